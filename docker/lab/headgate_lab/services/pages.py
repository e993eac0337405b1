"""What runs leave in the object store, as a browser shows it: `pages`, for the people of Airflow."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import ClassVar

from headgate_lab import catalog, http
from headgate_lab.airflow_settings import PEOPLE
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import Service
from headgate_lab.services import minio
from headgate_lab.site import Site, write_private

PROGRAM = Path(__file__).resolve().parents[2] / "pages/browse.py"
BUCKETS = ("artefacts",)


class Pages(Service):
    name = "pages"
    needs = ("minio",)
    by_default = False
    ports: ClassVar[tuple[str, ...]] = ("http",)
    failure = r"\w*Error"

    def install(self) -> None:
        """Python has all of it."""

    def command(self, site: Site) -> Command:
        airflow = site.of(catalog.known("airflow"))
        endpoint, key, secret = minio.account(site.of(minio.SERVICE), "reader")
        plan = {
            "endpoint": endpoint,
            "region": minio.REGION,
            "access_key": key,
            "secret_key": secret,
            "buckets": BUCKETS,
            "people": {name: airflow.password(name) for name in PEOPLE},
        }
        site.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = site.folder / "plan.json"
        write_private(file, json.dumps(plan))
        return Command(
            [sys.executable, str(PROGRAM), str(site.port("http")), str(file)], folder=site.folder
        )

    def probe(self, site: Site) -> None:
        http.request(f"{address(site)}/health")

    def environment(self, site: Site) -> dict[str, str]:
        return {"PAGES_URL": address(site)}


def address(site: Site) -> str:
    """Where a browser sees them, a bucket's name behind it."""
    return f"http://{HOST}:{site.port('http')}"


SERVICE = Pages()
SERVICES = (SERVICE,)
