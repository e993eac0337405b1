"""What follows from a pod's status and its termination log."""

import json
from typing import Any

import pytest
from kubernetes.client import models as k8s

from headgate_airflow.ending import Ending, Verdict, of_pod, verdict


def pod(code: int | None, *, reason: str | None = None, message: str | None = None) -> Any:
    """A pod whose container ended so."""
    ended = k8s.V1ContainerStateTerminated(exit_code=code or 0, reason=reason, message=message)
    status = k8s.V1ContainerStatus(
        name="base",
        image="i",
        image_id="i",
        ready=False,
        restart_count=0,
        state=k8s.V1ContainerState(terminated=ended if code is not None else None),
    )
    return k8s.V1Pod(status=k8s.V1PodStatus(phase="Failed", container_statuses=[status]))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, Verdict.DONE),
        (99, Verdict.SKIP),
        (64, Verdict.FAIL),
        (65, Verdict.FAIL),
        (78, Verdict.FAIL),
        (70, Verdict.RETRY),
        (75, Verdict.RETRY),
        (143, Verdict.RETRY),
        (137, Verdict.RETRY),
        (1, Verdict.RETRY),
        (None, Verdict.RETRY),
    ],
)
def test_decides_by_the_contract(code: int | None, expected: Verdict) -> None:
    assert verdict(code) is expected
    assert of_pod(pod(code), "base").verdict is expected


def test_believes_what_a_task_wrote_before_it_was_killed() -> None:
    told = json.dumps({"code": 0, "outcome": "done"})
    assert of_pod(pod(137, reason="Error", message=told), "base").verdict is Verdict.DONE


def test_believes_the_exit_code_where_it_is_of_the_contract() -> None:
    told = json.dumps({"code": 0, "outcome": "done"})
    assert of_pod(pod(65, message=told), "base").verdict is Verdict.FAIL


def test_tries_again_when_memory_ran_out() -> None:
    ending = of_pod(pod(137, reason="OOMKilled"), "base")
    assert ending.verdict is Verdict.RETRY
    assert ending.line() == "exit 137, OOMKilled"


def test_tries_again_when_the_pod_is_gone_or_evicted() -> None:
    evicted = k8s.V1Pod(status=k8s.V1PodStatus(phase="Failed", reason="Evicted"))
    assert of_pod(None, "base").verdict is Verdict.RETRY
    assert of_pod(evicted, "base") == Ending(None, "Evicted")


def test_says_what_the_task_said_in_one_line() -> None:
    told = json.dumps({"code": 65, "summary": "2 checks failed"})
    assert of_pod(pod(65, reason="Error", message=told), "base").line() == (
        "exit 65, blocked by the data: 2 checks failed"
    )


@pytest.mark.parametrize("message", [None, "", "Killed", "[1]", '{"a": 1}', "{"])
def test_passes_over_a_termination_log_of_something_else(message: str | None) -> None:
    assert of_pod(pod(1, message=message), "base") == Ending(1, None, None)
