"""The deployed platform as its people see it: Airflow over REST, the cluster by kubectl."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

TOP = Path(__file__).resolve().parents[3]
HEADGATE = os.environ.get("HEADGATE", str(TOP / "headgate"))
NAMESPACE = "headgate"
ENDED = ("success", "failed")

T = TypeVar("T")


def variable(name: str) -> str:
    """What the lab tells its clients."""
    return os.environ["HEADGATE_LAB_" + name]


def until(
    what: str | Callable[[], str],
    ask: Callable[[], T | None],
    seconds: float = 240,
    pause: float = 0.5,
) -> T:
    """The first answer that is neither None nor False."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer is not None and answer is not False:
            return answer
        if time.monotonic() > end:
            said = what if isinstance(what, str) else what()
            raise AssertionError(f"not within {seconds:.0f} s: {said}")
        time.sleep(pause)


class Refused(Exception):
    """The API server said no."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status


@dataclass
class Airflow:
    """One person's session with the REST API."""

    who: str = "admin"
    _token: str = field(default="", repr=False)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        if not self._token:
            login = {
                "username": variable(f"AIRFLOW_{self.who.upper()}_USER"),
                "password": variable(f"AIRFLOW_{self.who.upper()}_PASSWORD"),
            }
            self._token = self._send("POST", "/auth/token", login)["access_token"]
        return self._send(method, f"/api/v2/{path}", body)

    def _send(self, method: str, path: str, body: object) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(
            variable("AIRFLOW_URL") + path,
            None if body is None else json.dumps(body).encode(),
            headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as e:
            raise Refused(e.code, e.read().decode(errors="replace")) from e
        return json.loads(text) if text else None

    def trigger(
        self, dag: str, conf: dict[str, Any] | None = None, logical_date: str | None = None
    ) -> "DagRun":
        body = {"logical_date": logical_date, "conf": conf or {}}
        told = self.ask("POST", f"dags/{dag}/dagRuns", body)
        return DagRun(self, dag, told["dag_run_id"])


@dataclass
class DagRun:
    """A run of a DAG."""

    airflow: Airflow
    dag: str
    run_id: str

    @property
    def path(self) -> str:
        return f"dags/{self.dag}/dagRuns/{urllib.parse.quote(self.run_id, safe='')}"

    @property
    def headgate_id(self) -> str:
        """What tasks call it."""
        return f"{self.dag}.{self.run_id}"

    def state(self) -> str:
        return str(self.airflow.ask("GET", self.path)["state"])

    def followed_by(self, dag: str) -> "DagRun | None":
        """The first run of another DAG that came after this one had begun."""
        began = self.airflow.ask("GET", self.path)["start_date"]
        told = self.airflow.ask("GET", f"dags/{dag}/dagRuns?order_by=run_after&limit=100")
        for run in told["dag_runs"]:
            if run["run_after"] > began:
                return DagRun(self.airflow, dag, run["dag_run_id"])
        return None

    def tasks(self) -> dict[str, dict[str, Any]]:
        told = self.airflow.ask("GET", f"{self.path}/taskInstances")["task_instances"]
        return {one["task_id"]: one for one in told}

    def states(self) -> dict[str, str | None]:
        return {name: one["state"] for name, one in self.tasks().items()}

    def mapped(self, task: str) -> dict[str, str | None]:
        """States of the instances of a mapped task, by the names that people see."""
        told = self.airflow.ask("GET", f"{self.path}/taskInstances/{task}/listMapped")
        return {one["rendered_map_index"]: one["state"] for one in told["task_instances"]}

    def tries(self, task: str) -> int:
        return int(self.tasks()[task]["try_number"])

    def ended(self, seconds: float = 900) -> "DagRun":
        """Itself, when it has ended."""
        until(
            lambda: f"end of {self.headgate_id}: {self.states()}\n{pods()}",
            lambda: self.state() in ENDED,
            seconds,
            pause=1,
        )
        return self

    def well(self, seconds: float = 900) -> "DagRun":
        """Itself, when it has ended well."""
        self.ended(seconds)
        assert self.state() == "success", f"{self.states()}\n{self.logs()}"
        return self

    def until_task(self, task: str, *states: str | None, seconds: float = 240) -> None:
        until(
            lambda: f"{task} becomes {states}: {self.states()}\n{self.logs()[-3000:]}",
            lambda: self.states().get(task, "?") in states,
            seconds,
        )

    def xcom(self, task: str, key: str = "return_value") -> Any:
        try:
            path = f"{self.path}/taskInstances/{task}/xcomEntries/{key}?deserialize=true"
            return self.airflow.ask("GET", path)["value"]
        except Refused as e:
            if e.status == 404:
                return None
            raise

    def log(self, task: str, number: int) -> str:
        told = self.airflow.ask("GET", f"{self.path}/taskInstances/{task}/logs/{number}")
        return "\n".join(
            str(line.get("event", line)) if isinstance(line, dict) else str(line)
            for line in told["content"]
        )

    def logs(self) -> str:
        """The last try of each task that did not end well."""
        return "\n\n".join(
            f"--- {name}, try {one['try_number']}\n{self.log(name, one['try_number'])}"
            for name, one in self.tasks().items()
            if one["state"] in ("failed", "up_for_retry", "running") and one["try_number"]
        )

    def clear(self, *tasks: str) -> None:
        """Clears tasks and what is downstream of them."""
        body = {
            "dry_run": False,
            "task_ids": list(tasks),
            "dag_run_id": self.run_id,
            "include_downstream": True,
            "only_failed": False,
            "reset_dag_runs": True,
        }
        self.airflow.ask("POST", f"dags/{self.dag}/clearTaskInstances", body)

    def mark(self, task: str, state: str) -> None:
        self.airflow.ask("PATCH", f"{self.path}/taskInstances/{task}", {"new_state": state})

    def pod(self, task: str, phase: str = "Running", seconds: float = 240) -> str:
        """The name of the newest pod of a task, when it is in that phase."""

        def found() -> str | None:
            made = [pod for pod in self.pods() if pod["metadata"]["labels"]["task_id"] == task]
            newest = max(
                made, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), default=None
            )
            if newest is None or newest["status"]["phase"] != phase:
                return None
            return str(newest["metadata"]["name"])

        return until(
            lambda: f"a pod of {task} is {phase}: {self.states()}\n{pods()}\n{self.logs()[-3000:]}",
            found,
            seconds,
            pause=0.2,
        )

    def pods(self) -> list[dict[str, Any]]:
        """All of the DAG's pods that are there."""
        told = json.loads(kubectl("get", "pods", "-l", f"dag_id={self.dag}", "-o", "json"))
        return list(told["items"])

    def leaves_no_pod(self) -> None:
        """Returns when none is left that runs, or whose task ended well; those that failed are kept for people to look at.

        A pod is there for its grace period, at most, after its task has deleted it.
        """

        def left() -> list[str]:
            kept = [pod for pod in self.pods() if pod["status"]["phase"] != "Failed"]
            return [pod["metadata"]["name"] for pod in kept]

        until(lambda: f"no pod of it is left: {pods()}", lambda: not left(), 60)


def kubectl(
    *words: str, namespace: str = NAMESPACE, check: bool = True, text: str | None = None
) -> str:
    done = subprocess.run(
        [
            variable("KUBERNETES_KUBECTL"),
            "--kubeconfig",
            variable("KUBERNETES_KUBECONFIG"),
            "--namespace",
            namespace,
            *words,
        ],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if check:
        assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
    return done.stdout


def pods() -> str:
    """All pods and the last events, for who reads a failure."""
    return kubectl("get", "pods", "-o", "wide", check=False) + "\n".join(
        kubectl("get", "events", "--sort-by=.lastTimestamp", check=False).splitlines()[-8:]
    )
