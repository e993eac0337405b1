"""Airflow's REST API as the demo and suites need it: who asks, what runs, how it ended."""

from __future__ import annotations

import json
import time
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from headgate_lab import http
from headgate_lab.failures import TEMPORARY, LabError
from headgate_lab.service import NotReady

ENDED = ("success", "failed")


class Airflow:
    """The API as one of the five users sees it."""

    def __init__(self, environment: Mapping[str, str], user: str = "admin") -> None:
        """:param environment: what `lab env` prints"""
        who = f"HEADGATE_LAB_AIRFLOW_{user.upper()}"
        self._address = environment["HEADGATE_LAB_AIRFLOW_URL"]
        login = {"username": environment[f"{who}_USER"], "password": environment[f"{who}_PASSWORD"]}
        answer = self._send("/auth/token", login, {})
        self._token = str(answer["access_token"])

    def ask(self, path: str, body: object = None, method: str | None = None) -> Any:
        """What the API answers to a path below /api/v2/; NotReady for anything but success."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._send(f"/api/v2/{path}", body, headers, method)

    def await_dag(self, name: str, telling: str = "", seconds: float = 300) -> None:
        """Returns once a DAG is there, and its documentation tells of this, such as a manifest's hash."""

        def there() -> bool:
            try:
                told = self.ask(f"dags/{_quoted(name)}/details")
            except NotReady:
                return False
            return not told["is_stale"] and telling in (told["doc_md"] or "")

        _until(f"Airflow has no DAG {name} {telling}", seconds, there, self._import_errors)

    def unpause(self, name: str) -> None:
        self.ask(f"dags/{_quoted(name)}", {"is_paused": False}, "PATCH")

    def trigger(self, name: str, parameters: Mapping[str, Any] | None = None) -> str:
        """Starts a run without a logical date; returns its id."""
        body = {"logical_date": None, "conf": dict(parameters or {})}
        return str(self.ask(f"dags/{_quoted(name)}/dagRuns", body)["dag_run_id"])

    def runs(self, name: str) -> list[dict[str, Any]]:
        """The runs of a DAG, the newest first."""
        listed = self.ask(f"dags/{_quoted(name)}/dagRuns?order_by=-run_after&limit=100")
        return list(listed["dag_runs"])

    def tasks(self, name: str, run: str) -> list[dict[str, Any]]:
        """The tasks of a run, in the order in which they started."""
        path = f"dags/{_quoted(name)}/dagRuns/{_quoted(run)}/taskInstances?limit=200"
        listed: list[dict[str, Any]] = self.ask(path)["task_instances"]
        return sorted(listed, key=lambda one: (one["start_date"] or "~", one["task_id"]))

    def log(self, name: str, run: str, task: str, attempt: int = 1) -> str:
        """The lines of a task's log."""
        path = f"dags/{_quoted(name)}/dagRuns/{_quoted(run)}/taskInstances/{_quoted(task)}"
        lines = self.ask(f"{path}/logs/{attempt}")["content"]
        return "\n".join(str(line.get("event", "")) for line in lines)

    def await_run(
        self, name: str, run: str, seconds: float, seen: Callable[[str, str], None] | None = None
    ) -> str:
        """How a run ended; `seen` is told of each task's state when it changes."""
        states: dict[str, str] = {}

        def ended() -> bool:
            for task in self.tasks(name, run):
                state = str(task["state"])
                if states.get(task["task_id"]) != state:
                    states[task["task_id"]] = state
                    if seen is not None and task["state"] is not None:
                        seen(str(task["task_id"]), state)
            return self.state(name, run) in ENDED

        _until(f"run {run} of {name} has not ended", seconds, ended, lambda: str(states))
        return self.state(name, run)

    def state(self, name: str, run: str) -> str:
        path = f"dags/{_quoted(name)}/dagRuns/{_quoted(run)}"
        return str(self.ask(path)["state"])

    def _import_errors(self) -> str:
        errors = self.ask("importErrors")["import_errors"]
        return "; ".join(str(each["stack_trace"]).strip().splitlines()[-1] for each in errors)

    def _send(
        self, path: str, body: object, headers: Mapping[str, str], method: str | None = None
    ) -> Any:
        text = http.request(
            self._address + path,
            None if body is None else json.dumps(body),
            {"Content-Type": "application/json", **headers},
            seconds=30,
            method=method,
        )
        return json.loads(text) if text else None


def _until(what: str, seconds: float, done: Callable[[], bool], more: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise LabError(f"{what} after {seconds:.0f} s: {more()}", TEMPORARY)
        time.sleep(1)


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")
