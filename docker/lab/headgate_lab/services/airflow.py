"""Airflow from its locked environment: API server, scheduler with LocalExecutor, DAG processor and triggerer.

Each is a process of its own. Metadata lie in the lab's PostgreSQL, logs of tasks in its object store; pods run in its
Kubernetes where that is up.
"""

from __future__ import annotations

import json
import shlex
import time
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from headgate_lab import airflow_database, catalog, http, processes, tools
from headgate_lab import airflow_settings as settings
from headgate_lab.cache import key
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import NotReady, Service
from headgate_lab.services import minio
from headgate_lab.site import Site, write_private

BEAT_SECONDS = 40


class Airflow(Service):
    """The API server, which has the user interface too; brings the others along."""

    name = "airflow"
    needs = ("minio", "pages", "postgres")
    brings = ("airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")
    after = ("kubernetes", "kubernetes-node")
    by_default = False
    ports = ("http",)
    options: ClassVar[dict[str, str]] = {
        "auth": "fab",
        "kubeconfig": "",
        "xcom_sidecar_image": "",
        "pages": "",
    }
    start_seconds = 600
    failure = r"\b(CRITICAL|ERROR|Error|Exception)\b"

    def install(self) -> None:
        _environment()

    def basis(self, site: Site) -> dict[str, Any]:
        told = settings.settings(site)
        return {
            "settings": key(json.dumps(told, sort_keys=True)),
            "python": str(_python()),
            # The other parts need these too, although they wait for the API server alone.
            "servers": {name: site.of(catalog.known(name)).state.ports for name in self.needs},
        }

    def command(self, site: Site) -> Command:
        for folder in (settings.home(site), settings.dags(site)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        passwords = {name: site.password(name) for name in settings.PEOPLE}
        write_private(settings.home(site) / "passwords.json", json.dumps(passwords))
        _write_program(site)
        minio.own_bucket(site.of(minio.SERVICE), settings.DATABASE, settings.BUCKET)
        airflow_database.prepare(site, _python())
        return _command(site, site, "api-server")

    def probe(self, site: Site) -> None:
        told = health(site)["metadatabase"]["status"]
        if told != "healthy":
            raise NotReady(f"its metadata database is {told}")

    def environment(self, site: Site) -> dict[str, str]:
        values = {
            "AIRFLOW_URL": f"http://{HOST}:{site.port('http')}",
            "AIRFLOW_DAGS": str(settings.dags(site)),
            "AIRFLOW_HOME": str(settings.home(site)),
            "AIRFLOW_PYTHON": str(_python()),
            "AIRFLOW_COMMAND": str(_program(site)),
            "AIRFLOW_LOGS": f"s3://{settings.BUCKET}",
        }
        for name in settings.PEOPLE:
            values[f"AIRFLOW_{name.upper()}_USER"] = name
            values[f"AIRFLOW_{name.upper()}_PASSWORD"] = site.password(name)
        return values


class Part(Service):
    """Another process of Airflow, told of by the API server."""

    needs = ("airflow",)
    by_default = False
    ports: ClassVar[tuple[str, ...]] = ()
    options: ClassVar[dict[str, str]] = {"packages": ""}
    start_seconds = 400
    failure = r"\b(CRITICAL|ERROR|Error|Exception)\b"

    def __init__(self, part: str, *arguments: str) -> None:
        self.name = f"airflow-{part}"
        self._part = part
        self._arguments = arguments

    def install(self) -> None:
        _environment()

    def basis(self, site: Site) -> dict[str, Any]:
        return SERVICE.basis(site.of(SERVICE))

    def command(self, site: Site) -> Command:
        command = _command(site, site.of(SERVICE), self._part, *self._arguments)
        path = [command.environment["PYTHONPATH"], site.option("packages")]
        told = {**command.environment, "PYTHONPATH": ":".join(filter(None, path))}
        return replace(command, environment=told)

    def probe(self, site: Site) -> None:
        name = self._part.replace("-", "_")
        told = health(site.of(SERVICE))[name]
        beat = told[f"latest_{name}_heartbeat"]
        started = 0.0 if site.state.identity is None else processes.started(site.state.identity)
        if beat is None or datetime.fromisoformat(beat).timestamp() < max(
            started, time.time() - BEAT_SECONDS
        ):
            raise NotReady(f"no heartbeat since {beat}")

    def environment(self, site: Site) -> dict[str, str]:
        return {}


def health(site: Site) -> dict[str, dict[str, str | None]]:
    """What the API server says of all parts."""
    told: dict[str, dict[str, str | None]] = json.loads(
        http.request(f"http://{HOST}:{site.port('http')}/api/v2/monitor/health")
    )
    return told


@cache
def _environment() -> Path:
    made = tools.run(
        [settings.PROJECT / "dags/environment"], what="making the environment of Airflow"
    )
    return Path(made.strip())


def _python() -> Path:
    return _environment() / "bin/python"


def _command(site: Site, airflow: Site, *arguments: str) -> Command:
    program = str(_environment() / "bin/airflow")
    return Command(
        [program, *arguments], folder=site.folder, environment=settings.environment(airflow)
    )


def _program(site: Site) -> Path:
    return site.folder / "airflow"


def _write_program(site: Site) -> None:
    """Airflow's own command line, told what the servers are told."""
    told = settings.environment(site)
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in told.items())
    write_private(_program(site), f'#!/bin/sh\n{lines}exec {_environment()}/bin/airflow "$@"\n')
    _program(site).chmod(0o700)


SERVICE = Airflow()
SERVICES = (
    SERVICE,
    Part("scheduler", "--skip-serve-logs"),
    Part("dag-processor"),
    Part("triggerer", "--skip-serve-logs"),
)
