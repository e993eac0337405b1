"""What a task is told of its run: the HEADGATE_* variables of docs/tasks.md."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headgate_airflow.manifest import Manifest

_LONGEST_RUN_ID = 250


def run_id(dag_id: str, airflow_run_id: str, prefix: str = "") -> str:
    """The run as tasks know it: unlike in Airflow, no two DAGs have runs of the same id."""
    whole = f"{dag_id}.{prefix}{airflow_run_id}"
    safe = re.sub(r"[^A-Za-z0-9_.:+-]", "_", whole)
    if safe == whole and len(safe) <= _LONGEST_RUN_ID:
        return safe
    digest = hashlib.sha256(whole.encode()).hexdigest()[:16]
    return f"{safe[: _LONGEST_RUN_ID - 17]}-{digest}"


def interval(manifest: Manifest, dag_run: Any) -> tuple[datetime, datetime] | None:
    """The interval that a run passes on; None where it states the whole truth.

    A run without a logical date has none: a manual one, or one that assets started. Neither has a
    scheduled one of a pipeline that covers everything.
    """
    schedule = manifest["schedule"]
    if getattr(dag_run, "logical_date", None) is None:
        return None
    if (
        _kind(dag_run) == "scheduled"
        and schedule is not None
        and schedule["covers"] == "everything"
    ):
        return None
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    if start is None or end is None or start >= end:
        return None
    return start, end


def alone(manifest: Manifest, ti: Any, dag_run: Any) -> bool:
    """Whether no other run of the DAG is under way.

    The limit of runs does not tell by itself: Airflow counts those of a backfill on their own.
    """
    if manifest["max_active_runs"] != 1 or _kind(dag_run) == "backfill":
        return False
    try:
        return bool(ti.get_dr_count(dag_id=ti.dag_id, states=["running"]) == 1)
    except Exception as e:
        # Without an answer the task waits for the private tables as if there were others.
        logging.getLogger(__name__).warning("other runs of the DAG cannot be counted: %s", e)
        return False


def _kind(dag_run: Any) -> str:
    run_type = getattr(dag_run, "run_type", "")
    return str(getattr(run_type, "value", run_type))


def params(manifest: Manifest, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a run that the pipeline knows; what is empty is not given."""
    return {
        name: given[name]
        for name in manifest["params"]
        if name in given and given[name] is not None
    }


def text(value: Any) -> str:
    """A parameter as text."""
    return value if isinstance(value, str) else json.dumps(value)


def literal(value: str) -> str:
    """Text that Kubernetes takes as it stands: `$(NAME)` in it refers to no variable."""
    return value.replace("$(", "$$(")
