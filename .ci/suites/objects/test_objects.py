"""Landing and state in an object store."""

from pathlib import Path

import pytest
from store import Store

from known import REAL, REAL_ROWS
from project import Project


def test_answers_stay_the_same_and_what_the_run_left_outlives_its_machine(
    project: Project,
    store: Store,
    real: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = project.run("--param", f"source={real}").done()
    assert run.answers == REAL
    assert project.published() == REAL
    assert run.read() == REAL_ROWS

    landed = [name for name in store.names("landing") if name.startswith("streaming/")]
    assert {name.split("/")[2] for name in landed} == set(REAL_ROWS)
    assert sum(name.endswith("/manifest.json") for name in landed) == len(REAL_ROWS)
    assert not (project.folder / ".headgate/landing").exists()
    assert not list((project.folder / ".headgate/tmp").rglob("*.parquet"))

    run_id = run.document["run"]
    kept = store.names("artefacts")
    assert f"runs/{run_id}/index.html" in kept
    assert f"runs/{run_id}/run.json" in kept
    assert any(name.startswith(f"runs/{run_id}/logs/") for name in kept)
    assert any(name.startswith(f"runs/{run_id}/artefacts/") for name in kept)

    monkeypatch.setenv("STORE_KEY", store.accounts["reader"][0])
    monkeypatch.setenv("STORE_SECRET", store.accounts["reader"][1])
    elsewhere = Project(tmp_path / "elsewhere")
    store.configure(elsewhere)
    assert "metadata.name is null" in elsewhere.call("dead-letters", "list", run_id)

    again = project.run("--param", f"source={real}")
    assert again.code == 78
    assert "allow s3:PutObject on bucket" in again.log or "access denied" in again.log


def test_a_second_run_lands_nothing_twice(project: Project, store: Store, real: Path) -> None:
    project.run("--param", f"source={real}").done()
    landed = store.names("landing")
    assert project.run("--param", f"source={real}").done().answers == REAL
    assert store.names("landing") == landed


def test_a_store_that_is_away_fails_the_landing_for_a_while(
    project: Project, real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_ENDPOINT", "http://127.0.0.1:1")
    run = project.run("--param", f"source={real}")
    assert run.code == 75
    assert "the store cannot be reached" in run.log


def test_what_a_run_left_never_fails_a_good_load(
    project: Project, store: Store, real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_KEY", store.accounts["no runs"][0])
    monkeypatch.setenv("STORE_SECRET", store.accounts["no runs"][1])
    run = project.run("--param", f"source={real}").done()
    assert run.answers == REAL
    assert "stays on this machine alone" in run.log
    assert "allow s3:PutObject on bucket artefacts" in run.log
