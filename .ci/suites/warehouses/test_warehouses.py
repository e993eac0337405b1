"""The same answers on every warehouse, whatever came before."""

import os
import random
import time
from pathlib import Path

import expected
from known import REAL, REAL_ROWS
from project import Project, Run
from watching import Watch

from warehouse import Warehouse

KILLS = int(os.environ.get("HEADGATE_KILLS", "2"))
SEED = int(os.environ.get("HEADGATE_SEED", "20211225"))


def test_real_reduced_real_under_a_reader_that_polls(
    warehouse: Warehouse, project: Project, real: Path, reduced: Path
) -> None:
    few = expected.answers(reduced)
    with Watch(warehouse) as seen:
        for source, answers in ((real, REAL), (reduced, few), (real, REAL), (real, REAL)):
            run = project.run("--param", f"source={source}").done()
            assert run.answers == answers
            assert warehouse.published() == answers
            if source == real:
                assert run.read() == REAL_ROWS
            for name, table in run.rows().items():
                rejected = table["rejected"]
                assert rejected == (1 if name == "authors" and table["read"] == 201 else 0), name
                assert table["written"] == table["read"] - rejected, name
                assert warehouse.loaded(name) == table["written"], name
    seen.only(REAL, few, together=warehouse.kind == "postgres")


def test_intervals_end_in_the_answers_of_the_month(
    warehouse: Warehouse, project: Project, real: Path
) -> None:
    source = ("--param", f"source={real}")
    for interval in ("2021-12-01/2021-12-20", "2021-12-10/2022-01-01", "2021-12-15"):
        run = project.run(*source, "--interval", interval).done()
        streams = run.rows()["streams"]
        assert streams["read"] == REAL_ROWS["streams"] == streams["written"] + streams["skipped"]

    assert run.answers == REAL
    assert warehouse.published() == REAL
    assert warehouse.loaded("streams") == REAL_ROWS["streams"]
    assert warehouse.loaded("stage_streams") == REAL_ROWS["streams"]


def taken_up(project: Project, source: tuple[str, ...]) -> Run:
    """The run resumed, or begun anew when it was killed before it could be written down."""
    run = project.run("--resume")
    return project.run(*source) if run.code == 64 else run


def test_killed_runs_and_killed_resumes_end_in_the_answers(
    warehouse: Warehouse, project: Project, real: Path, reduced: Path
) -> None:
    chance = random.Random(f"{SEED} {warehouse.kind}")
    few = expected.answers(reduced)
    started = time.monotonic()
    project.run("--param", f"source={reduced}").done()
    seconds = time.monotonic() - started
    source = ("--param", f"source={real}")
    for number in range(KILLS):
        before = warehouse.published()
        point = (number + chance.random()) / KILLS * seconds
        project.killed(point, chance.random() < 0.5, *source)
        again = chance.random() * seconds
        project.killed(again, chance.random() < 0.5, "--resume")
        assert set(warehouse.published().items()) <= {*before.items(), *REAL.items()}
        assert taken_up(project, source).done().answers == REAL, (point, again)
        assert warehouse.published() == REAL
        source = ("--param", f"source={reduced if number % 2 == 0 else real}")
        if number % 2 == 0:
            assert project.run(*source).done().answers == few
            source = ("--param", f"source={real}")


def test_a_blocked_gate_leaves_readers_what_they_had_and_a_rollback_leads_back(
    warehouse: Warehouse, project: Project, real: Path, reduced: Path
) -> None:
    few = expected.answers(reduced)
    project.run("--param", f"source={reduced}").done()
    second = project.run("--param", f"source={real}").done()
    gate = project.folder / "pipelines/streaming/checks/share.sql"
    sound = gate.read_text(encoding="utf-8")
    gate.write_text("select answer from movies_based_on_books", encoding="utf-8")

    blocked = project.run("--param", f"source={reduced}")
    assert blocked.code == 65, blocked.log
    assert warehouse.published() == REAL

    gate.write_text(sound, encoding="utf-8")
    said = project.call("rollback", second.document["run"])
    assert warehouse.published() == few, said
    assert project.run("--param", f"source={real}").done().answers == REAL
