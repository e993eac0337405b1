"""MinIO, built from its Go module; buckets, users and policies are made by the small program beside its pins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from headgate_lab import cache, go, http, tools
from headgate_lab.failures import LabError
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import NotReady, Service
from headgate_lab.site import Site

SOURCES = Path(__file__).resolve().parents[2] / "minio"
ROOT = "headgate_admin"
REGION = "us-east-1"
BUCKETS = ("landing", "lake", "artefacts")


class Minio(Service):
    name = "minio"
    ports = ("s3",)
    port_taken = r"(?i)(address|port) .*already in use"

    def install(self) -> None:
        _server()
        _setup()

    def command(self, site: Site) -> Command:
        data = site.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        return Command(
            [str(_server()), "server", "--address", f"{HOST}:{site.port('s3')}", str(data)],
            folder=site.folder,
            environment={
                "MINIO_ROOT_USER": ROOT,
                "MINIO_ROOT_PASSWORD": site.password(ROOT),
                "MINIO_SITE_REGION": REGION,
                "MINIO_BROWSER": "off",
                "MINIO_UPDATE": "off",
            },
        )

    def probe(self, site: Site) -> None:
        http.request(f"http://{HOST}:{site.port('s3')}/minio/health/ready")
        try:
            _set_up(site, buckets=[], users=[])
        except LabError as error:
            raise NotReady(str(error)) from error

    def settle(self, site: Site) -> None:
        users = [
            ("trino", _policy(("s3:*",), ("*",))),
            (
                "pipeline",
                _policy(("s3:*Object*", "s3:ListBucket*", "s3:GetBucketLocation"), BUCKETS),
            ),
            ("reader", _policy(("s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"), BUCKETS)),
        ]
        _set_up(
            site,
            buckets=list(BUCKETS),
            users=[
                {"access_key": name, "secret_key": site.password(name), "policy": policy}
                for name, policy in users
            ],
        )

    def environment(self, site: Site) -> dict[str, str]:
        return {
            "S3_ENDPOINT": f"http://{HOST}:{site.port('s3')}",
            "S3_REGION": REGION,
            "S3_ACCESS_KEY": ROOT,
            "S3_SECRET_KEY": site.password(ROOT),
            "S3_PIPELINE_ACCESS_KEY": "pipeline",
            "S3_PIPELINE_SECRET_KEY": site.password("pipeline"),
            "S3_READER_ACCESS_KEY": "reader",
            "S3_READER_SECRET_KEY": site.password("reader"),
            "S3_LANDING_BUCKET": "landing",
            "S3_LAKE_BUCKET": "lake",
            "S3_ARTEFACTS_BUCKET": "artefacts",
        }


def own_bucket(site: Site, name: str, bucket: str) -> None:
    """Makes a bucket, and a user that may do everything in it."""
    rights = _policy(("s3:*",), (bucket,))
    user = {"access_key": name, "secret_key": site.password(name), "policy": rights}
    _set_up(site, buckets=[bucket], users=[user])


def account(site: Site, name: str) -> tuple[str, str, str]:
    """Address, access key and secret key of a user."""
    return f"http://{HOST}:{site.port('s3')}", name, site.password(name)


def trino_account(site: Site) -> tuple[str, str, str]:
    """Address, access key and secret key for Trino's file systems."""
    return account(site, "trino")


def _server() -> Path:
    return _built("minio", "github.com/minio/minio")


def _setup() -> Path:
    return _built("minio-setup", "./setup", SOURCES / "setup/main.go")


def _built(name: str, package: str, *sources: Path) -> Path:
    """A program of the Go module here, whose pins hold for all that it is built from."""

    def make(folder: Path) -> None:
        tools.run(
            [
                go.program(),
                "build",
                "-mod=readonly",
                "-trimpath",
                "-ldflags=-s -w",
                "-o",
                folder / name,
                package,
            ],
            folder=SOURCES,
            environment={"CGO_ENABLED": "0"},
            what=f"building {name}",
        )

    pins = (SOURCES / "go.mod", SOURCES / "go.sum")
    return cache.entry(name, cache.key("1", package, *pins, *sources), make) / name


def _set_up(site: Site, buckets: list[str], users: list[dict[str, Any]]) -> None:
    plan = {
        "address": f"{HOST}:{site.port('s3')}",
        "access_key": ROOT,
        "secret_key": site.password(ROOT),
        "region": REGION,
        "buckets": buckets,
        "users": users,
    }
    tools.run([_setup()], text=json.dumps(plan), what="setting up MinIO")


def _policy(actions: tuple[str, ...], buckets: tuple[str, ...]) -> dict[str, Any]:
    names = [f"arn:aws:s3:::{bucket}" for bucket in buckets]
    within = [f"arn:aws:s3:::{bucket}/*" for bucket in buckets]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": names + within}
    return {"Version": "2012-10-17", "Statement": [statement]}


SERVICE = Minio()
SERVICES = (SERVICE,)
