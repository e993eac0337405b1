"""The project of docs/deploy.md, with the reference pipeline in it, as a team would have it."""

import atexit
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

from deployment import TOP, Document
from page import blocks

PIPELINE = "streaming"
IMAGES = {
    "format": 1,
    "images": {"headgate-python": "registry.example.org/shop@sha256:" + "2" * 64},
    "commit": "abc123",
    "pipelines": "00",
}


def write(project: Path) -> None:
    """headgate.yaml of the page, and the reference pipeline."""
    project.mkdir()
    for block in blocks(TOP / "docs/deploy.md", "docs/deploy.md"):
        if block.directive == "file":
            (project / block.value).write_text(block.text)
    shutil.copytree(TOP / "pipelines" / PIPELINE, project / "pipelines" / PIPELINE)


def headgate() -> str:
    return os.environ.get("HEADGATE", str(TOP / "headgate"))


@cache
def compiled() -> Path:
    """The folder of manifests that Airflow would read."""
    folder = mkdtemp(prefix="headgate-project-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    project = Path(folder) / "shop"
    write(project)
    done = subprocess.run(
        [headgate(), "compile", "--out", "manifests"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (project / "manifests/image.json").write_text(json.dumps(IMAGES))
    return project / "manifests"


def manifest() -> Document:
    found: Document = json.loads((compiled() / PIPELINE / "manifest.json").read_text())
    return found


class Ti(SimpleNamespace):
    """A task instance that remembers XCom."""

    dag_id, run_id, task_id, map_index = PIPELINE, "manual__1", "any", -1
    try_number, max_tries = 1, 0

    def xcom_push(self, key: str, value: Any) -> None:
        self.xcom[key] = value


def context() -> dict[str, Any]:
    """What Airflow hands to a task of a manual run."""
    dag_run = SimpleNamespace(
        run_type="manual",
        logical_date=datetime(2026, 1, 1, tzinfo=UTC),
        data_interval_start=None,
        data_interval_end=None,
        clear_number=0,
    )
    return {
        "ti": Ti(xcom={}),
        "run_id": "manual__1",
        "dag": SimpleNamespace(),
        "dag_run": dag_run,
        "params": {},
    }


def tries(given: dict[str, Any]) -> dict[str, Any]:
    """A try of each task that starts a pod: the operator that starts it."""
    from headgate_airflow import dag_of
    from headgate_airflow.operators import MemberOperator, StepOperator
    from headgate_airflow.pod import StepPod

    return {
        task.task_id: StepPod(plan=task.plan, context=given, task_id=task.task_id)
        for task in dag_of(PIPELINE).tasks
        # A member of a group takes on what the group's pod told.
        if isinstance(task, StepOperator) and not isinstance(task, MemberOperator)
    }


def pods() -> dict[str, Document]:
    """The pod of each of these tasks, as a try sends it to Kubernetes."""
    from kubernetes.client import ApiClient

    given = context()
    made = {}
    for task, pod in tries(given).items():
        pod.name = pod._set_name(pod.name)
        built = ApiClient().sanitize_for_serialization(pod.build_pod_request_obj(given))
        made[task] = built
    return made
