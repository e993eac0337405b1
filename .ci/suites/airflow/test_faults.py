"""Pods, node and scheduler that go away while a step loads: the run ends right, and no row is there twice."""

import errno
import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Platform
from deployed import NAMESPACE, Airflow, DagRun, kubectl, until

from stores import query, write

ROWS = 1_000_000
ROUNDS = range(int(os.environ.get("HEADGATE_ROUNDS", "1")))


@dataclass
class Events:
    """A table that each run adds a file to."""

    airflow: Airflow
    rows: int

    def run(self) -> DagRun:
        new = range(self.rows, self.rows + ROWS)
        lines = "".join(f"{number},{number % 1000}.25\n" for number in new)
        write(f"big/events-{self.rows}.csv", f"id,amount\n{lines}")
        self.rows += ROWS
        return self.airflow.trigger("big")

    def under_way(self) -> tuple[DagRun, str]:
        """A run whose first step is at work, and the pod of that."""
        run = self.run()
        pod = run.pod("load")
        later = random.uniform(0.2, 2)
        print(f"{later:.2f} s after the first step began")
        time.sleep(later)
        return run, pod

    def all_there_once(self, run: DagRun) -> None:
        """The run ended well, every row is published once, and nothing of it runs any more."""
        run.well()
        sql = "SELECT count(*), count(DISTINCT id), max(id) FROM headgate_streaming.events"
        assert tuple(query("postgres", sql)[0]) == (self.rows, self.rows, self.rows - 1)
        run.leaves_no_pod()


@pytest.fixture(scope="module")
def events(airflow: Airflow) -> Events:
    there = query("postgres", "SELECT to_regclass('headgate_streaming.events') IS NOT NULL")[0][0]
    rows = query("postgres", "SELECT count(*) FROM headgate_streaming.events")[0][0] if there else 0
    return Events(airflow, int(rows))


def delete(pod: str) -> None:
    kubectl("delete", "pod", pod, "--wait=false")


def evict(pod: str) -> None:
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction"
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": NAMESPACE},
    }
    kubectl("create", "--raw", path, "-f", "-", text=json.dumps(body))


def starve(pod: str) -> None:
    """Lets the kernel kill the container for want of memory, as it does at the limit."""
    status = json.loads(kubectl("get", "pod", pod, "-o", "json"))["status"]
    (own,) = [one for one in status["containerStatuses"] if one["name"] == "base"]
    container = own["containerID"].partition("://")[2]
    # Groups of others go meanwhile, which a glob does not forgive.
    groups = os.walk("/sys/fs/cgroup/memory")
    (group,) = [Path(top, container) for top, below, _ in groups if container in below]

    least = sys.maxsize

    def killed() -> bool:
        """Sets the limit to what is used, and lower when that becomes less."""
        nonlocal least
        try:
            used = int((group / "memory.usage_in_bytes").read_text()) + 131072
            if used < least:
                (group / "memory.limit_in_bytes").write_text(str(used))
                least = used
        except FileNotFoundError:
            return True
        except OSError as e:
            # It grew meanwhile.
            if e.errno != errno.EBUSY:
                raise
        return False

    until("the kernel kills the container", killed, 60, pause=0.02)


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("fault", [delete, evict, starve], ids=lambda fault: fault.__name__)
def test_a_pod_that_goes_away_is_started_anew(
    events: Events, fault: Callable[[str], None], _round: int
) -> None:
    run, pod = events.under_way()
    fault(pod)
    events.all_there_once(run)
    assert run.tries("load") == 2
    if fault is starve:
        assert "OOMKilled" in run.log("load", 1)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_node_that_goes_away_and_comes_back(
    platform: Platform, events: Events, _round: int
) -> None:
    run, _ = events.under_way()
    platform.lab_command("kill", "kubernetes-node")
    time.sleep(5)
    platform.lab_command("up", "kubernetes-node")
    events.all_there_once(run)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_scheduler_that_is_killed_and_comes_back(
    platform: Platform, events: Events, _round: int
) -> None:
    run, _ = events.under_way()
    platform.lab_command("kill", "airflow-scheduler")
    time.sleep(5)
    platform.lab_command("up", "airflow")
    events.all_there_once(run)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_task_that_is_marked_failed_stops_its_pod_and_what_it_does_in_the_store(
    events: Events, _round: int
) -> None:
    run, pod = events.under_way()
    run.mark("load", "failed")
    # A heartbeat, the grace period and what a busy machine takes.
    until("the pod is gone", lambda: pod not in kubectl("get", "pods", "-o", "name"), 90)
    working = (
        "SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' AND query LIKE '%headgate_streaming%'"
    )
    until("the store has noticed", lambda: query("postgres", working) == [], 15)
    run.ended()
    assert run.state() == "failed"
    # What it was about to add comes with the next run.
    events.all_there_once(events.run())
