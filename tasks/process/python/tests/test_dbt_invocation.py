"""dbt in the worker."""

import json
import time
from pathlib import Path

import duckdb
import pytest
from conftest import Worker

SECRET = "Pl4nted-s3cret"
LONG = """{{ config(materialized="table") }}
select count(*) as n from range(10000000) x, range(10000000) y"""


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "work.duckdb"
        (root / "models").mkdir()
        (root / "profiles").mkdir()
        (root / "dbt_project.yml").write_text("name: demo\nprofile: demo\nversion: '1.0'\n")
        output = {
            "type": "duckdb",
            "path": str(self.file),
            "settings": {"http_proxy_password": "{{ env_var('DBT_ENV_SECRET_PW', 'none') }}"},
        }
        profile = {"demo": {"target": "dev", "outputs": {"dev": output}}}
        (root / "profiles" / "profiles.yml").write_text(json.dumps(profile))

    def model(self, name: str, sql: str) -> None:
        (self.root / "models" / f"{name}.sql").write_text(sql)

    def request(self, *args: str) -> dict[str, object]:
        return {
            "args": [
                *args,
                "--project-dir", str(self.root),
                "--profiles-dir", str(self.root / "profiles"),
                "--target-path", str(self.root / "out"),
                "--log-path", str(self.root / "logs"),
                "--log-level", "none",
            ],
            "project_dir": str(self.root),
        }  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_tells_of_each_node(warm_worker: Worker, project: Project) -> None:
    project.model("a", "select 1 as id")
    project.model("b", "select nonsense from {{ ref('a') }}")
    answer, events = warm_worker.call("dbt.invoke", project.request("build"))
    assert answer["result"] == {"success": False, "exit_code": 1, "exception": None}
    finished = [event for event in events if event["event"] == "finished"]
    assert [(row["unique_id"], row["status"], row["done"], row["total"]) for row in finished] == [
        ("model.demo.a", "success", 1, 2),
        ("model.demo.b", "error", 2, 2),
    ]
    assert "nonsense" in finished[1]["message"]
    assert (project.root / "out" / "run_results.json").exists()


def test_tells_of_a_project_that_does_not_parse(warm_worker: Worker, project: Project) -> None:
    project.model("a", "select * from {{ ref('gone') }}")
    answer, _ = warm_worker.call("dbt.invoke", project.request("build"))
    assert answer["result"]["exit_code"] == 2
    assert answer["result"]["exception"]["expected"] is True
    assert "gone" in answer["result"]["exception"]["message"]


def test_the_file_is_free_after_the_answer(warm_worker: Worker, project: Project) -> None:
    for sql in ("select 1 as id", "select error('boom') as id", "select nonsense"):
        project.model("a", sql)
        warm_worker.call("dbt.invoke", project.request("build"))
        with duckdb.connect(str(project.file)) as connection:
            connection.execute("CREATE OR REPLACE TABLE ours AS SELECT 1")


def test_secrets_last_as_long_as_the_call(warm_worker: Worker, project: Project) -> None:
    project.model("a", 'select \'{{ env_var("FLAVOUR", "plain") }}\' as flavour')

    def flavour(environment: dict[str, str]) -> object:
        answer, _ = warm_worker.call("dbt.invoke", project.request("build"), environment)
        assert answer["result"]["success"], answer
        with duckdb.connect(str(project.file)) as connection:
            return connection.execute("SELECT flavour FROM a").fetchall()[0][0]

    assert flavour({"FLAVOUR": "sour", "DBT_ENV_SECRET_PW": SECRET}) == "sour"
    assert flavour({}) == "plain"
    for path in project.root.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_cancelling_ends_the_query_and_frees_the_file(
    warm_worker: Worker, project: Project
) -> None:
    project.model("a", LONG)
    number = warm_worker.send("dbt.invoke", project.request("build"))
    while warm_worker.receive()["event"]["event"] != "started":
        pass
    time.sleep(2)  # dbt tells of the start before the query runs
    begin = time.monotonic()
    warm_worker.write({"cancel": number})
    while "event" in (message := warm_worker.receive()):
        pass
    assert message == {"id": number, "cancelled": True}
    assert time.monotonic() - begin < 60
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("CREATE TABLE ours AS SELECT 1")


def test_ends_with_its_input_in_the_midst_of_dbt(worker: Worker, project: Project) -> None:
    project.model("a", LONG)
    worker.send("dbt.invoke", project.request("build"))
    while worker.receive()["event"]["event"] != "started":
        pass
    time.sleep(0.3)
    assert worker.process.stdin
    worker.process.stdin.close()
    worker.process.wait(timeout=60)
    with duckdb.connect(str(project.file)) as connection:
        connection.execute("CREATE TABLE ours AS SELECT 1")
