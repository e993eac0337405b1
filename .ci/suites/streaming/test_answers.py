"""Six answers, whatever came before."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import expected
from known import REAL, REAL_ROWS
from project import Project


def test_counting_the_real_files_gives_the_known_answers(real: Path) -> None:
    assert expected.answers(real) == REAL


def test_demo_data_is_made_and_answered(demo_run: Project) -> None:
    data = demo_run.folder / ".headgate/demo-data"
    about = json.loads((data / "answers.json").read_text(), parse_float=Decimal)
    known = {name: Decimal(value) for name, value in about["answers"].items()}

    assert known == expected.answers(data)
    assert demo_run.published() == known
    again = demo_run.run().done()
    assert again.answers == known
    assert again.read() == about["rows"]


def test_real_files_are_answered_and_every_row_is_accounted_for(
    project: Project, real: Path
) -> None:
    run = project.run("--param", f"source={real}").done()

    assert run.answers == REAL
    assert project.published() == REAL
    assert run.read() == REAL_ROWS
    for name, table in run.rows().items():
        rejected = 1 if name == "authors" else 0
        assert (table["rejected"], table["skipped"]) == (rejected, 0), name
        assert table["written"] == REAL_ROWS[name] - rejected == project.loaded(name), name


def test_demo_real_reduced_real_one_after_the_other(
    demo_run: Project, real: Path, reduced: Path, tmp_path: Path
) -> None:
    project = demo_run.copy(tmp_path / "clone")
    few = expected.answers(reduced)
    assert few != REAL

    for source, answers in ((real, REAL), (real, REAL), (reduced, few), (real, REAL)):
        run = project.run("--param", f"source={source}").done()
        assert run.answers == answers
        assert project.published() == answers
        letters = project.call("dead-letters", "list", run.document["run"])
        assert ("metadata.name is null" in letters) == (run.rows()["authors"]["rejected"] == 1)


def test_same_files_twice_under_other_names(demo_run: Project, real: Path, tmp_path: Path) -> None:
    project = demo_run.copy(tmp_path / "clone")
    project.run("--param", f"source={real}").done()
    twice = tmp_path / "twice"
    for file in real.glob("*/*.*"):
        (twice / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, twice / file.parent.name / file.name)
        shutil.copy(file, twice / file.parent.name / f"{file.stem}-again{file.suffix}")

    run = project.run("--param", f"source={twice}").done()

    assert run.answers == REAL
    assert run.read() == {name: 2 * rows for name, rows in REAL_ROWS.items()}
    assert project.loaded("streams") == REAL_ROWS["streams"]
