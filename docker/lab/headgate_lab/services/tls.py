"""TLS in front of servers that are started without: `minio-tls` and `clickhouse-tls`, with the lab's own authority."""

from __future__ import annotations

import sys
from pathlib import Path

from headgate_lab import http
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import Service
from headgate_lab.services import clickhouse, minio
from headgate_lab.site import Site

FRONT = Path(__file__).resolve().parents[2] / "tls/front.py"


class TlsFront(Service):
    ports = ("https",)
    failure = r"\w*Error"

    def __init__(self, behind: Service, port: str, health: str) -> None:
        self.name = f"{behind.name}-tls"
        self.needs = (behind.name,)
        self._behind = behind
        self._port = port
        self._health = health

    def install(self) -> None:
        """Python has all of it."""

    def command(self, site: Site) -> Command:
        own = site.certificates()
        ports = [str(site.port("https")), str(site.of(self._behind).port(self._port))]
        return Command(
            [sys.executable, str(FRONT), str(own.server), str(own.key), *ports], folder=site.folder
        )

    def probe(self, site: Site) -> None:
        address = f"https://{HOST}:{site.port('https')}{self._health}"
        http.request(address, authority=site.certificates().authority)

    def environment(self, site: Site) -> dict[str, str]:
        name = "S3" if self._behind is minio.SERVICE else "CLICKHOUSE"
        values = {f"{name}_CA": str(site.certificates().authority)}
        if name == "S3":
            return {"S3_TLS_ENDPOINT": f"https://{HOST}:{site.port('https')}", **values}
        return {"CLICKHOUSE_HTTPS_PORT": str(site.port("https")), **values}


SERVICES = (
    TlsFront(minio.SERVICE, "s3", "/minio/health/ready"),
    TlsFront(clickhouse.SERVICE, "http", "/ping"),
)
