"""DAGs as Airflow's own DagBag makes them of a folder of manifests."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.ti_deps.deps.trigger_rule_dep import TriggerRuleDep

from headgate_airflow import dag_of, headgate_task_group
from headgate_airflow.__main__ import check, main
from headgate_airflow.manifest import Manifest, ManifestError


def bag(folder: Path) -> DagBag:
    """What Airflow finds in a folder."""
    return DagBag(dag_folder=str(folder), bundle_path=folder)


def test_makes_a_dag_of_each_manifest(folder: Path) -> None:
    found = bag(folder)
    assert found.import_errors == {}
    dag = found.dags["shop"]
    assert set(dag.task_ids) == {
        "ingest",
        "sources_ok__trusted_ok.pod",
        "sources_ok",
        "trusted_ok",
        "publish",
    }
    assert (dag.max_active_runs, dag.catchup, dag.owner) == (1, False, "data-platform")
    assert dag.tags == {"headgate", "sales"}
    assert "https://wiki/shop" in (dag.doc_md or "")
    assert dag.get_task("ingest").pool == "warehouse"
    assert dag.get_task("ingest").retries == 3
    assert dag.deadline[0].interval == timedelta(hours=2)


def test_a_dag_survives_being_written_down(folder: Path) -> None:
    dag = bag(folder).dags["shop"]
    again = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
    assert set(again.task_ids) == set(dag.task_ids)


def test_a_bad_manifest_is_an_error_of_its_own(folder: Path, change: Callable[..., None]) -> None:
    change("later", format=2)
    change("away", targets={})
    found = bag(folder)
    assert set(found.dags) == {"shop"}
    assert set(found.import_errors) == {"later/dag.py", "away/dag.py"}
    assert "format 2 is not known" in found.import_errors["later/dag.py"]


def test_refuses_a_target_without_pods(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__TARGET", "dev")
    with pytest.raises(ManifestError, match="no pods at target"):
        dag_of("shop")
    assert len(check(folder)) == 1


def test_check_tells_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0
    (folder / "image.json").unlink()
    assert main(["check", str(folder)]) == 78
    assert "image.json" in capsys.readouterr().err


def test_a_group_is_a_pod_and_its_steps_one_after_the_other(folder: Path) -> None:
    dag = dag_of("shop")
    pod = dag.get_task("sources_ok__trusted_ok.pod")
    assert pod.upstream_task_ids == {"ingest"}
    assert dag.get_task("sources_ok").upstream_task_ids == {pod.task_id, "ingest"}
    assert dag.get_task("sources_ok").trigger_rule == "all_done_min_one_success"
    assert dag.get_task("trusted_ok").upstream_task_ids == {"sources_ok"}
    assert dag.get_task("publish").upstream_task_ids == {"trusted_ok"}


def scheduled(task: Any, pod_state: str) -> str:
    """What the scheduler makes of the first step of a group when its pod came to that."""
    made: list[str] = []
    pod: Any = SimpleNamespace(task_id=task.pod_task_id, state=pod_state, map_index=-1)
    written = DagSerialization.from_dict(DagSerialization.to_dict(task.dag))
    pod.task = written.get_task(task.pod_task_id)
    ti: Any = SimpleNamespace(
        task=written.get_task(task.task_id),
        map_index=-1,
        get_dagrun=lambda session: None,
        set_state=lambda state, session: made.append(state),
    )
    around: Any = SimpleNamespace(
        flag_upstream_failed=True,
        wait_for_past_depends_before_skipping=False,
        ensure_finished_tis=lambda *_, session: [pod] if pod_state != "running" else [],
    )
    session: Any = None
    refused = list(TriggerRuleDep()._get_dep_statuses(ti, around, session=session))
    if made:
        return made[0]
    return "waits" if refused else "runs"


@pytest.mark.parametrize(
    ("pod", "step"),
    [
        ("running", "waits"),
        ("success", "runs"),
        ("failed", "runs"),
        # A branch of the DAG around it did not lead to the group.
        ("skipped", "skipped"),
    ],
)
def test_the_first_step_of_a_group_without_needs_follows_its_pod(
    folder: Path, change: Callable[..., None], manifest: Manifest, pod: str, step: str
) -> None:
    (group,) = manifest["groups"]
    change(groups=[{**group, "needs": []}])
    with DAG("mine", schedule=None, start_date=datetime(2026, 1, 1)) as dag:
        headgate_task_group("shop")
    assert scheduled(dag.get_task("shop.sources_ok"), pod) == step


def test_the_form_has_typed_fields(folder: Path) -> None:
    params = dag_of("shop").params
    assert params.dump() == {"source": "data", "parallel": 4, "mode": "sure", "day": None}
    parallel = params.get_param("parallel")
    assert (parallel.schema["minimum"], parallel.schema["maximum"]) == (1, 8)
    for name, wrong in (("parallel", 9), ("parallel", "many"), ("mode", "slow")):
        with pytest.raises(ValueError, match="Failed validating"):
            params.get_param(name).resolve(wrong)


def test_maps_the_five_roles(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dag_of("shop").access_control is None
    roles = {"engineer": ["Op", "Shop"], "viewer": "Viewer"}
    monkeypatch.setenv("AIRFLOW__HEADGATE__ROLES", json.dumps(roles))
    granted: Any = dag_of("shop").access_control
    assert granted["Viewer"] == {"DAGs": {"can_read"}, "DAG Runs": {"can_read"}}
    assert "can_create" in granted["Op"]["DAG Runs"]
    assert granted["Op"] == granted["Shop"]


def test_refuses_a_role_that_there_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__HEADGATE__ROLES", '{"boss": "Admin"}')
    with pytest.raises(ManifestError, match="boss unknown"):
        dag_of("shop")


def test_a_dag_of_somebody_else_takes_the_steps_in(folder: Path) -> None:
    with DAG("mine", schedule=None) as dag:
        headgate_task_group("shop")
        headgate_task_group("shop", group_id="again")
    assert {"shop.ingest", "again.publish"} <= set(dag.task_ids)
    folders = {
        dag.get_task(f"{group}.ingest").plan.run_folder("mine", "r") for group in ("shop", "again")
    }
    assert len(folders) == 2


def test_assets_are_new_after_publish(folder: Path) -> None:
    outlets = dag_of("shop").get_task("publish").outlets
    assert [asset.name for asset in outlets] == ["shop", "shop.orders"]


def test_starts_when_assets_are_new(folder: Path, change: Callable[..., None]) -> None:
    schedule = {
        "cron": None,
        "after": ["shop.orders"],
        "start": None,
        "catch_up": False,
        "covers": "everything",
    }
    change("later", schedule=schedule)
    assert bag(folder).import_errors == {}


def test_documentation_that_looks_like_a_file_is_text(
    folder: Path, change: Callable[..., None]
) -> None:
    change(
        docs="see other.md",
        alerts={
            "runbook": None,
            "severity": "error",
            "deadline_seconds": None,
            "freshness_seconds": {},
        },
    )
    assert "see other.md" in (dag_of("shop").doc_md or "")


def test_parsing_imports_nothing_of_kubernetes(folder: Path) -> None:
    code = (
        "import sys; from headgate_airflow import dag_of; dag_of('shop');"
        "print([m for m in sys.modules if m.split('.')[0] == 'kubernetes'"
        " or 'cncf.kubernetes.operators' in m])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_a_manifest_names_no_secret_value(manifest: Manifest, folder: Path) -> None:
    written = json.dumps(DagSerialization.to_dict(dag_of("shop")))
    assert "lake-loader" not in written


def spread(manifest: Manifest, slices: list[str]) -> list[Any]:
    """The steps, the first of which fans out."""
    first, *others = manifest["steps"]
    return [{**first, "fan_out": {"by": "tables", "limit": 3, "slices": slices}}, *others]


def test_slices_of_a_step_are_mapped(
    folder: Path, change: Callable[..., None], manifest: Manifest
) -> None:
    change(steps=spread(manifest, ["orders", "users"]))
    found = bag(folder)
    assert found.import_errors == {}
    dag = found.dags["shop"]
    slices: Any = dag.get_task("ingest.slices")
    assert slices.is_mapped
    assert slices.partial_kwargs["max_active_tis_per_dagrun"] == 3
    assert slices.expand_input.value == {"slice_name": ["orders", "users"]}
    assert slices.upstream_task_ids == set()
    closing: Any = dag.get_task("ingest")
    assert (closing.part, closing.upstream_task_ids) == ("close", {"ingest.slices"})
    assert closing.trigger_rule == "all_success"
    assert dag.get_task("sources_ok__trusted_ok.pod").upstream_task_ids == {"ingest"}


def test_slices_that_a_task_lists_are_mapped_over_what_it_found(
    folder: Path, change: Callable[..., None], manifest: Manifest
) -> None:
    change(steps=spread(manifest, []))
    dag = bag(folder).dags["shop"]
    planned: Any = dag.get_task("ingest.plan")
    assert planned.part == "plan"
    assert dag.get_task("ingest.slices").upstream_task_ids == {"ingest.plan"}
    closing = dag.get_task("ingest")
    assert closing.upstream_task_ids == {"ingest.plan", "ingest.slices"}
    # Nothing to do for slices is no reason to skip the step; a step before it that was skipped is.
    assert closing.trigger_rule == "none_failed_min_one_success"


def test_a_dag_with_slices_survives_being_written_down(
    folder: Path, change: Callable[..., None], manifest: Manifest
) -> None:
    for slices in (["orders", "users"], []):
        change(steps=spread(manifest, slices))
        written = json.dumps(DagSerialization.to_dict(bag(folder).dags["shop"]))
        assert "lake-loader" not in written
        again: Any = DagSerialization.from_dict(json.loads(written))
        mapped = again.get_task("ingest.slices")
        assert mapped.is_mapped
        assert mapped.max_active_tis_per_dagrun == 3
        assert mapped.retries == 3
        assert mapped.pool == "warehouse"
