"""The same answers on every warehouse, whatever came before."""

import os
import random
import time
from pathlib import Path

import pytest
from watching import Watch

import expected
from known import REAL, REAL_ROWS
from project import Project, Run
from warehouse import Warehouse

KILLS = int(os.environ.get("HEADGATE_KILLS", "1"))
SEED = int(os.environ.get("HEADGATE_SEED", "20211225"))


def test_answers_gate_and_rollback_under_a_reader_that_polls(
    warehouse: Warehouse, project: Project, real: Path, reduced: Path
) -> None:
    few = expected.answers(reduced)
    gate = project.folder / "pipelines/streaming/checks/share.sql"
    sound = gate.read_text(encoding="utf-8")
    with Watch(warehouse) as seen:
        run = project.run("--param", f"source={real}").done()
        assert run.answers == REAL == warehouse.published()
        assert run.read() == REAL_ROWS
        for name, table in run.rows().items():
            assert table["rejected"] == (1 if name == "authors" else 0), name
            assert table["written"] == table["read"] - table["rejected"], name
            assert warehouse.loaded(name) == table["written"], name

        second = project.run("--param", f"source={reduced}").done()
        assert second.answers == few == warehouse.published()
        for name, table in second.rows().items():
            assert warehouse.loaded(name) == table["written"], name

        gate.write_text("select answer from movies_based_on_books", encoding="utf-8")
        blocked = project.run("--param", f"source={real}")
        assert blocked.code == 65, blocked.log
        assert warehouse.published() == few
        gate.write_text(sound, encoding="utf-8")

        said = project.call("rollback", second.document["run"])
        assert warehouse.published() == REAL, said
        assert project.run("--param", f"source={reduced}").done().answers == few
    seen.only(REAL, few, together=warehouse.kind == "postgres")


@pytest.fixture
def quick(warehouse: Warehouse) -> Warehouse:
    """All but Trino, where a run takes a minute; all of them in the soak."""
    if warehouse.kind == "trino" and "HEADGATE_SOAK" not in os.environ:
        pytest.skip("Trino takes its time: .ci/soak runs this there, HEADGATE_SOAK=1 here")
    return warehouse


def test_intervals_end_in_the_answers_of_the_month(
    quick: Warehouse, project: Project, real: Path
) -> None:
    source = ("--param", f"source={real}")
    for interval in ("2021-12-01/2021-12-20", "2021-12-10/2022-01-01"):
        run = project.run(*source, "--interval", interval).done()
        streams = run.rows()["streams"]
        assert streams["read"] == REAL_ROWS["streams"] == streams["written"] + streams["skipped"]

    assert run.answers == REAL
    assert quick.published() == REAL
    assert quick.loaded("streams") == REAL_ROWS["streams"]
    assert quick.loaded("stage_streams") == REAL_ROWS["streams"]


def taken_up(project: Project, source: tuple[str, ...]) -> Run:
    """The run resumed, or begun anew when it was killed before it could be written down."""
    run = project.run("--resume")
    return project.run(*source) if run.code == 64 else run


def test_killed_runs_and_killed_resumes_end_in_the_answers(
    quick: Warehouse, project: Project, real: Path, reduced: Path
) -> None:
    chance = random.Random(f"{SEED} {quick.kind}")
    sources = (reduced, real)
    answers = [expected.answers(source) for source in sources]
    started = time.monotonic()
    project.run("--param", f"source={reduced}").done()
    seconds = time.monotonic() - started
    for number in range(KILLS):
        before, after = answers[number % 2], answers[(number + 1) % 2]
        source = ("--param", f"source={sources[(number + 1) % 2]}")
        point = (number + chance.random()) / KILLS * seconds
        project.killed(point, chance.random() < 0.5, *source)
        again = chance.random() * seconds
        quick.revived()
        project.killed(again, chance.random() < 0.5, "--resume")
        quick.revived()
        assert set(quick.published().items()) <= {*before.items(), *after.items()}
        assert taken_up(project, source).done().answers == after, (point, again)
        assert quick.published() == after
