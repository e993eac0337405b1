"""What a task is told of its run: the HEADGATE_* variables of docs/tasks.md."""

import hashlib
import json
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
    run_type = getattr(dag_run, "run_type", "")
    kind = str(getattr(run_type, "value", run_type))
    if kind == "scheduled" and schedule is not None and schedule["covers"] == "everything":
        return None
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    if start is None or end is None or start >= end:
        return None
    return start, end


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
