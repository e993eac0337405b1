"""What a task is told of its run."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from headgate_airflow import run
from headgate_airflow.manifest import Manifest

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def dag_run(kind: str, **other: Any) -> Any:
    """A run of Airflow with an interval."""
    values = {"logical_date": START, "data_interval_start": START, "data_interval_end": END}
    return SimpleNamespace(run_type=kind, **(values | other))


def covering(manifest: Manifest, covers: str) -> Manifest:
    """The manifest with a schedule that covers something else."""
    assert manifest["schedule"]
    manifest["schedule"]["covers"] = covers
    return manifest


@pytest.mark.parametrize("kind", ["scheduled", "backfill", "manual"])
def test_passes_the_interval_on(manifest: Manifest, kind: str) -> None:
    assert run.interval(covering(manifest, "interval"), dag_run(kind)) == (START, END)


def test_a_run_without_a_logical_date_states_the_whole_truth(manifest: Manifest) -> None:
    assert run.interval(manifest, dag_run("manual", logical_date=None)) is None


def test_a_scheduled_run_that_covers_everything_has_none(manifest: Manifest) -> None:
    everything = covering(manifest, "everything")
    assert run.interval(everything, dag_run("scheduled")) is None
    assert run.interval(everything, dag_run("backfill")) == (START, END)


def test_an_empty_interval_is_none(manifest: Manifest) -> None:
    assert run.interval(manifest, dag_run("manual", data_interval_end=START)) is None


@pytest.mark.parametrize(
    ("limit", "kind", "running", "expected"),
    [
        (1, "scheduled", 1, True),
        (1, "manual", 1, True),
        # A run of a backfill goes beside it, or is one itself: its limit is the backfill's.
        (1, "scheduled", 2, False),
        (1, "backfill", 1, False),
        (2, "scheduled", 1, False),
    ],
)
def test_a_run_is_alone_when_no_other_is_under_way(
    manifest: Manifest, limit: int, kind: str, running: int, expected: bool
) -> None:
    manifest["max_active_runs"] = limit
    asked: list[Any] = []

    def count(**given: Any) -> int:
        asked.append(given)
        return running

    ti = SimpleNamespace(dag_id="shop", get_dr_count=count)
    assert run.alone(manifest, ti, dag_run(kind)) is expected
    assert asked in ([], [{"dag_id": "shop", "states": ["running"]}])


def test_a_run_is_not_alone_where_airflow_does_not_answer(manifest: Manifest) -> None:
    def count(**_: Any) -> int:
        raise RuntimeError("API_SERVER_ERROR")

    ti = SimpleNamespace(dag_id="shop", get_dr_count=count)
    assert run.alone(manifest, ti, dag_run("scheduled")) is False


def test_run_ids_of_two_dags_differ_and_are_safe() -> None:
    known = "scheduled__2026-01-01T00:00:00+00:00"
    assert run.run_id("shop", known) == f"shop.{known}"
    assert run.run_id("shop", known) != run.run_id("mine", known)
    odd = {run.run_id("shop", name) for name in ("a~b", "a b", "a/b", "x" * 300)}
    assert len(odd) == 4
    assert all(len(one) <= 250 and set("~ /").isdisjoint(one) for one in odd)


def test_passes_on_what_the_pipeline_knows_and_was_given(manifest: Manifest) -> None:
    given = {"source": "in", "parallel": 2, "day": None, "other": 1}
    assert run.params(manifest, given) == {"source": "in", "parallel": 2}


def test_text_refers_to_no_variable_of_the_pod() -> None:
    assert run.literal("$(LAKE_PASSWORD) $x") == "$$(LAKE_PASSWORD) $x"
