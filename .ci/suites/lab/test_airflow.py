"""Airflow on a lab of its own: five people with what each may do, a DAG that runs, its log in the object store."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clients import Lab, Refused, fetch

PARTS = ["airflow", "airflow-dag-processor", "airflow-scheduler", "airflow-triggerer"]
PEOPLE = ["admin", "engineer", "scientist", "analyst", "viewer"]
DAG = """\
from datetime import datetime

from airflow.sdk import dag, task

READ = {"DAGs": {"can_read"}, "DAG Runs": {"can_read"}}
RUN = {"DAGs": {"can_read", "can_edit"}, "DAG Runs": {"can_read", "can_create"}}


@dag(start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False,
     access_control={"DataEngineer": RUN, "DataViewer": READ})
def greeting():
    @task
    def greet():
        print("a word for the log")
        return 7

    greet()


greeting()
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab("airflow", tmp_path_factory.mktemp("labs"))
    try:
        lab.run("up", "airflow")
        yield lab
    finally:
        lab.run("purge")


@pytest.fixture(scope="module")
def env(lab: Lab) -> dict[str, str]:
    return lab.env()


def ask(env: dict[str, str], who: str, path: str, body: object = None) -> Any:
    """What the REST API answers to one of the five."""
    login = {
        "username": env[f"AIRFLOW_{who.upper()}_USER"],
        "password": env[f"AIRFLOW_{who.upper()}_PASSWORD"],
    }
    plain = {"Content-Type": "application/json"}
    token = json.loads(fetch(f"{env['AIRFLOW_URL']}/auth/token", json.dumps(login), plain))[
        "access_token"
    ]
    return json.loads(
        fetch(
            f"{env['AIRFLOW_URL']}/api/v2/{path}",
            None if body is None else json.dumps(body),
            {**plain, "Authorization": f"Bearer {token}"},
        )
    )


def until(what: str, seconds: float, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.5)


def test_each_part_runs_as_a_process_of_its_own(lab: Lab) -> None:
    states = lab.states()
    assert {name: states[name] for name in PARTS} == dict.fromkeys(PARTS, "running")
    assert len({lab.pids()[name] for name in PARTS}) == len(PARTS)


def test_all_five_log_in_and_a_wrong_password_is_refused(env: dict[str, str]) -> None:
    for who in PEOPLE:
        assert "dags" in ask(env, who, "dags") if who == "admin" else ask(env, who, "version")
    with pytest.raises(Refused, match="Invalid credentials"):
        ask({**env, "AIRFLOW_ADMIN_PASSWORD": "wrong"}, "admin", "version")


def test_a_dag_is_run_by_whom_it_lets_and_its_log_lies_in_the_object_store(
    env: dict[str, str],
) -> None:
    Path(env["AIRFLOW_DAGS"], "greeting.py").write_text(DAG)
    until("the DAG is there", 300, lambda: ask(env, "admin", "dags")["total_entries"] == 1)
    assert [each["dag_id"] for each in ask(env, "viewer", "dags")["dags"]] == ["greeting"]
    for who in ("viewer", "analyst", "scientist"):
        with pytest.raises(Refused, match="Forbidden"):
            ask(env, who, "dags/greeting/dagRuns", {"logical_date": None})
    with pytest.raises(Refused, match="Forbidden"):
        ask(env, "analyst", "dags/greeting")

    ask(env, "engineer", "dags/greeting/dagRuns", {"logical_date": None, "dag_run_id": "one"})
    until(
        "the run ends",
        300,
        lambda: ask(env, "viewer", "dags/greeting/dagRuns/one")["state"] == "success",
    )

    def told() -> list[str]:
        path = "dags/greeting/dagRuns/one/taskInstances/greet/logs/1"
        return [line["event"] for line in ask(env, "viewer", path)["content"]]

    # The process of a task puts its log there once the task has ended.
    place = f"{env['AIRFLOW_LOGS']}/dag_id=greeting/run_id=one/task_id=greet/attempt=1.log"
    until("the log lies in the object store", 60, lambda: place in told())
    assert "a word for the log" in told()


def test_a_killed_part_is_told_and_comes_back(lab: Lab, env: dict[str, str]) -> None:
    before = lab.pids()
    lab.run("kill", "airflow-scheduler")
    assert lab.states()["airflow-scheduler"] == "dead"
    assert lab.states()["airflow"] == "running"
    lab.run("up", "airflow")
    assert lab.env() == env
    after = lab.pids()
    assert [name for name in before if before[name] != after[name]] == ["airflow-scheduler"]


def test_secrets_stand_in_no_argument_list(lab: Lab, env: dict[str, str]) -> None:
    secrets = [value for name, value in env.items() if name.endswith(("PASSWORD", "SECRET_KEY"))]
    for pid in lab.pids().values():
        words = Path(f"/proc/{pid}/cmdline").read_text()
        assert not [secret for secret in secrets if secret in words]
