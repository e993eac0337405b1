"""The platform with the streaming pipeline in it: files in MinIO, answers in Iceberg, ClickHouse and PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from headgate_lab import deploy, tools
from headgate_lab.airflow_client import Airflow
from headgate_lab.airflow_settings import PEOPLE, PROJECT
from headgate_lab.failures import FAULT, LabError
from headgate_lab.laboratory import Lab
from headgate_lab.services import clickhouse, postgres, trino
from headgate_lab.site import Site
from headgate_lab.terminal import say

SOURCES = PROJECT / "docker/lab/demo"
PIPELINE = PROJECT / "pipelines/streaming"
INCOMING = "s3://landing/incoming/streaming"
SCHEMA = "headgate_streaming"
MODELS = (
    "movies_based_on_books",
    "users_affected",
    "movies_based_on_books_by_singaporeans",
    "average_streaming_duration",
    "median_streaming_size",
    "users_watched_50_percent",
)
FIRST = "streaming"
THEN = ("streaming_clickhouse", "streaming_postgres")
"""Begin by themselves, when the first one has published."""

_SCHEDULE = 'schedule: {cron: "0 6 * * *", timezone: Europe/Berlin}\n'
_SOURCE = "default: .headgate/demo-data"
RUN_SECONDS = 1800


def demo(lab: Lab, data: Path | None, images: Path | None) -> None:
    """Brings everything up, and the streaming DAG to its end; prints where to look and the answers."""
    lab.up(["all"], {})
    environment = lab.environment()
    folder = lab.folder / "demo"
    out = images or folder / "images"
    if images is None:
        deploy.build(stage(folder / "project"), out)
    files = data or _data(folder)
    deploy.upload(environment, files, INCOMING)
    deploy.deploy(lab, out)
    seconds = run(environment)
    found = answers(lab)
    print(
        f"{1 + len(THEN)} DAGs ran in {seconds:.0f} s\n\n{_table(found)}\n{_where(lab, environment)}"
    )
    verify(found, files)


def stage(folder: Path) -> Path:
    """Makes the demo's project: the streaming pipeline, reading from the object store when somebody starts it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCES, folder)
    copied = folder / "pipelines/streaming"
    shutil.copytree(PIPELINE, copied)
    text = (copied / "pipeline.yaml").read_text()
    if text.count(_SCHEDULE) != 1 or text.count(_SOURCE) != 1:
        raise LabError(f"{PIPELINE} has another schedule or source than the demo expects", FAULT)
    text = text.replace(_SCHEDULE, "").replace(_SOURCE, f"default: {INCOMING}")
    (copied / "pipeline.yaml").write_text(text)
    return folder


def run(environment: Mapping[str, str]) -> float:
    """Starts the first DAG, and waits for it and for those that follow it; returns the seconds."""
    airflow = Airflow(environment)
    for name in (FIRST, *THEN):
        airflow.unpause(name)
    before = {name: {each["dag_run_id"] for each in airflow.runs(name)} for name in THEN}
    started = time.monotonic()
    _ended(airflow, FIRST, airflow.trigger(FIRST))
    for name in THEN:
        _ended(airflow, name, _new(airflow, name, before[name]))
    return time.monotonic() - started


def answers(lab: Lab) -> dict[str, dict[str, str]]:
    """What readers see, by model and store."""
    found: dict[str, dict[str, str]] = {}
    for model in MODELS:
        iceberg = trino.query(
            Site(lab.folder, trino.SERVICE),
            f"SELECT CAST(answer AS varchar) FROM {trino.CATALOG}.{SCHEMA}.{model}",
        )
        found[model] = {
            "Iceberg": str(iceberg[0][0]),
            "ClickHouse": clickhouse.query(
                Site(lab.folder, clickhouse.SERVICE), f"SELECT answer FROM {SCHEMA}.{model}"
            ).strip(),
            "PostgreSQL": postgres.query(
                Site(lab.folder, postgres.SERVICE),
                f"SELECT answer FROM {SCHEMA}.{model}",
                postgres.DATABASE,
            ),
        }
    return found


def verify(found: Mapping[str, Mapping[str, str]], files: Path) -> None:
    """Refuses answers that differ between the stores, or from what demo data were made to say."""
    known = files / "answers.json"
    expected: dict[str, object] = json.loads(known.read_text())["answers"] if known.exists() else {}
    wrong = []
    for model, by_store in found.items():
        told = {Decimal(value).normalize() for value in by_store.values()}
        if model in expected:
            told.add(Decimal(str(expected[model])).normalize())
        if len(told) != 1:
            wrong.append(f"{model}: {dict(by_store)}, expected {expected.get(model, 'the same')}")
    if wrong:
        raise LabError("\n".join(wrong))


def _data(folder: Path) -> Path:
    """Files of the person's own choice, or invented ones."""
    real = os.environ.get("HEADGATE_REAL_DATA")
    if real:
        return Path(real)
    made = folder / "data"
    if not (made / "answers.json").exists():
        tools.run(
            [PROJECT / "headgate", "demo-data", "--out", made],
            folder=PROJECT,
            what="making demo data",
        )
    return made


def _new(airflow: Airflow, name: str, before: set[str]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        runs = [each["dag_run_id"] for each in airflow.runs(name)]
        new = [each for each in runs if each not in before]
        if new:
            return str(new[-1])
        time.sleep(1)
    raise LabError(f"{name} did not begin after {FIRST} had published")


def _ended(airflow: Airflow, name: str, run_id: str) -> None:
    state = airflow.await_run(
        name, run_id, RUN_SECONDS, lambda task, state: say(f"{name}/{task}: {state}")
    )
    if state != "success":
        failed = [task for task in airflow.tasks(name, run_id) if task["state"] == "failed"]
        lines = [
            airflow.log(name, run_id, task["task_id"], task["try_number"]).splitlines()[-15:]
            for task in failed[:1]
        ]
        log = "\n".join(f"  | {line[:200]}" for each in lines for line in each)
        names = ", ".join(str(task["task_id"]) for task in failed)
        raise LabError(f"{name} {state}: {names}\n{log}")


def _table(found: Mapping[str, Mapping[str, str]]) -> str:
    rows = [("ANSWER", *next(iter(found.values())))]
    rows += [(model, *values.values()) for model, values in found.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _where(lab: Lab, environment: Mapping[str, str]) -> str:
    return (
        f"\nAirflow: {environment['HEADGATE_LAB_AIRFLOW_URL']}\n"
        f"people: {', '.join(PEOPLE)}; their passwords: {lab.environment_file}"
    )
