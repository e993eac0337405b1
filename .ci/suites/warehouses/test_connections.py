"""What ``headgate connections test`` says of the lab's servers."""

import json
from pathlib import Path
from typing import Any

import pytest

from project import Project
from warehouse import PASSWORD, USER, Postgres, Warehouse, known, variable


def findings(project: Project, *arguments: str) -> dict[str, dict[str, Any]]:
    out, _ = project.streams("connections", "test", "--json", *arguments)
    said = json.loads(out)
    return {finding["name"]: finding for finding in said["connections"]}


def test_reaches_each_store_and_tells_its_version(warehouse: Warehouse, project: Project) -> None:
    with warehouse.reader() as query:
        version = str(query("SELECT version()")[0][0])
    for name, finding in findings(project).items():
        assert finding["exit_code"] == 0, (name, finding)
        assert finding["latency_ms"] > 0
    lab = findings(project, "lab")["lab"]
    assert lab["version"].split()[0] in version
    assert lab["rights"]
    assert all(right["given"] for right in lab["rights"])


def logged_in(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    account = known(name)
    monkeypatch.setenv(USER, account.user)
    monkeypatch.setenv(PASSWORD, account.password)


@pytest.fixture
def postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    if not Postgres.here():
        pytest.skip("no postgres here: docker/lab/lab up, then eval its env")
    logged_in(monkeypatch, "POSTGRES")
    return Postgres().project(tmp_path / "project")


def test_names_the_missing_right_and_the_grant(
    postgres: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_in(monkeypatch, "POSTGRES_READER")

    lab = findings(postgres)["lab"]

    assert lab["exit_code"] == 78
    missing = [right for right in lab["rights"] if not right["given"]]
    assert missing
    reader = variable("POSTGRES_READER_USER")
    assert all(f'AUTHORIZATION "{reader}"' in right["remedy"] for right in missing)


@pytest.mark.parametrize(
    ("key", "value", "code", "words"),
    [
        ("port", "1", 75, "is the server up?"),
        ("password", "${env:HEADGATE_LAB_POSTGRES_USER}", 78, "password"),
        ("database", "nowhere", 78, "nowhere"),
        ("host", "no.such.host.invalid", 75, "no.such.host.invalid"),
    ],
)
def test_says_in_one_line_why_it_cannot_enter(
    postgres: Project, key: str, value: str, code: int, words: str
) -> None:
    config = postgres.folder / "headgate.yaml"
    lines = config.read_text(encoding="utf-8").splitlines()
    changed = [f"    {key}: {value}" if line.startswith(f"    {key}:") else line for line in lines]
    config.write_text("\n".join(changed), encoding="utf-8")

    lab = findings(postgres)["lab"]

    assert lab["exit_code"] == code, lab
    assert words in lab["problem"] + lab["remedy"]
    assert "\n" not in lab["problem"]
    assert variable("POSTGRES_PASSWORD") not in str(lab)
