"""kill -9 at seeded points of a run and of its resume."""

import os
import random
import time
from pathlib import Path

import pytest

from known import REAL
from project import Project, Run

KILLS = int(os.environ.get("HEADGATE_KILLS", "4"))
SEED = int(os.environ.get("HEADGATE_SEED", "20211225"))


@pytest.fixture(scope="module")
def seconds(demo_run: Project, real: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long a run on the real files takes here."""
    project = demo_run.copy(tmp_path_factory.mktemp("timed") / "clone")
    started = time.monotonic()
    project.run("--param", f"source={real}").done()
    return time.monotonic() - started


def taken_up(project: Project, source: tuple[str, ...]) -> Run:
    """The run resumed, or begun anew when it was killed before it could be written down."""
    run = project.run("--resume")
    return project.run(*source) if run.code == 64 else run


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_run_and_killed_resume_end_in_the_answers(
    number: int, demo_run: Project, real: Path, seconds: float, tmp_path: Path
) -> None:
    chance = random.Random(SEED * 1000 + number)
    before = demo_run.published()
    project = demo_run.copy(tmp_path / "clone")
    source = ("--param", f"source={real}")

    point = (number + chance.random()) / KILLS * seconds
    project.killed(point, chance.random() < 0.5, *source)
    assert project.published() in (before, REAL), point

    again = chance.random() * seconds
    project.killed(again, chance.random() < 0.5, "--resume")
    assert project.published() in (before, REAL), (point, again)

    assert taken_up(project, source).done().answers == REAL, (point, again)
    assert project.published() == REAL
    assert project.run(*source).done().answers == REAL
