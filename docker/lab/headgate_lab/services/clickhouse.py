"""ClickHouse out of the library of its npm package; users are of its XML file, as this build has no CREATE USER."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import platform
import shutil
import sys
import tarfile
from pathlib import Path
from xml.sax.saxutils import escape

from headgate_lab import cache, http, tools
from headgate_lab.failures import CONFIGURATION, LabError
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import Service
from headgate_lab.site import Site, write_private

SERVER = Path(__file__).resolve().parents[2] / "clickhouse/server.py"
LIBRARY = "libchdb.so"
VERSION = "26.7.3-stable.1"
PACKAGES = {
    "x86_64": (
        f"@chdb/lib-linux-x64-gnu@{VERSION}",
        "sha512-XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==",
    ),
}
ADMIN = "headgate_admin"
PREFIX = "headgate"
GRANTS = {
    "pipeline": (
        f"GRANT ALL ON {PREFIX}*.*",
        "GRANT TABLE ENGINE ON *",
        "GRANT READ ON S3",
        "GRANT WRITE ON S3",
        "GRANT CREATE TEMPORARY TABLE ON *.*",
    ),
    "reader": (f"GRANT SELECT ON {PREFIX}*.*",),
    "least": (
        "GRANT CREATE DATABASE, SHOW, SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE"
        f" ON {PREFIX}*.*",
        "GRANT TABLE ENGINE ON MergeTree, TABLE ENGINE ON ReplacingMergeTree",
        "GRANT SELECT ON system.processes",
        "GRANT SELECT ON system.parts",
        "GRANT TABLE ENGINE ON Memory",
    ),
}
"""``least`` has what docs/stores/clickhouse.md asks for, and no more."""

_OWN = """\
    <default><no_password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>"""
"""Who starts listening; the library insists on this name, and on no password, so it may do nothing else."""


class ClickHouse(Service):
    name = "clickhouse"
    ports = ("http", "tcp")
    port_taken = r"(?i)address already in use"
    failure = r"DB::Exception|ended with an error"

    def install(self) -> None:
        _library()

    def command(self, site: Site) -> Command:
        users = site.folder / "users.xml"
        config = site.folder / "config.xml"
        _users_folder(site).mkdir(parents=True, exist_ok=True)
        # This build forgets its log tables when it ends and would refuse to make them again beside their files.
        shutil.rmtree(site.folder / "data/data/system", ignore_errors=True)
        write_private(users, _users(site))
        write_private(config, _config(site, users))
        ports = [str(site.port(name)) for name in self.ports]
        return Command(
            [sys.executable, str(SERVER), str(_library()), str(config), str(site.folder), *ports],
            folder=site.folder,
        )

    def probe(self, site: Site) -> None:
        http.connect(site.port("tcp"))
        query(site, "SELECT count() FROM system.databases")

    def environment(self, site: Site) -> dict[str, str]:
        return {
            "CLICKHOUSE_HOST": HOST,
            "CLICKHOUSE_HTTP_PORT": str(site.port("http")),
            "CLICKHOUSE_TCP_PORT": str(site.port("tcp")),
            "CLICKHOUSE_URL": f"jdbc:clickhouse://{HOST}:{site.port('http')}",
            "CLICKHOUSE_DATABASE_PREFIX": PREFIX,
            "CLICKHOUSE_USER": ADMIN,
            "CLICKHOUSE_PASSWORD": site.password(ADMIN),
            "CLICKHOUSE_PIPELINE_USER": "pipeline",
            "CLICKHOUSE_PIPELINE_PASSWORD": site.password("pipeline"),
            "CLICKHOUSE_USERS_FOLDER": str(_users_folder(site)),
            "CLICKHOUSE_READER_USER": "reader",
            "CLICKHOUSE_READER_PASSWORD": site.password("reader"),
            "CLICKHOUSE_LEAST_USER": "least",
            "CLICKHOUSE_LEAST_PASSWORD": site.password("least"),
        }


def query(site: Site, sql: str) -> str:
    headers = {"X-ClickHouse-User": ADMIN, "X-ClickHouse-Key": site.password(ADMIN)}
    return http.request(f"http://{HOST}:{site.port('http')}/", sql, headers)


def _library() -> Path:
    found = PACKAGES.get(platform.machine())
    if found is None:
        raise LabError(
            f"ClickHouse's library is not pinned for {platform.machine()}", CONFIGURATION
        )
    package, integrity = found

    def make(folder: Path) -> None:
        npm = tools.need("npm", "npm")
        told = tools.run(
            [npm, "pack", "--json", package], folder=folder, what=f"fetching {package}"
        )
        archive = folder / json.loads(told)[0]["filename"]
        verify(archive, integrity)
        with tarfile.open(archive) as packed:
            content = packed.extractfile(f"package/{LIBRARY}")
            if content is None:
                raise LabError(f"{archive.name} holds no file {LIBRARY}")
            with content, (folder / LIBRARY).open("wb") as library:
                shutil.copyfileobj(content, library, 1024 * 1024)
        archive.unlink()

    return cache.entry("clickhouse", cache.key("1", package, integrity), make) / LIBRARY


def verify(archive: Path, integrity: str) -> None:
    """Fails unless a file has the hash that is pinned for it, written as npm writes it."""
    name, _, expected = integrity.partition("-")
    with archive.open("rb") as content:
        found = hashlib.file_digest(content, name).digest()
    if not hmac.compare_digest(found, base64.b64decode(expected)):
        raise LabError(
            f"{archive.name} is not what is pinned: its {name} is {base64.b64encode(found).decode()}"
        )


def _users_folder(site: Site) -> Path:
    """Files with more users, which ClickHouse reads when it starts."""
    return site.folder / "users.d"


def _users(site: Site) -> str:
    accounts = [_user(site, ADMIN, (), "<access_management>1</access_management>")]
    accounts += [_user(site, name, grants) for name, grants in GRANTS.items()]
    listed = "\n".join([_OWN, *accounts])
    return f"""\
<clickhouse>
  <profiles><default><log_queries>1</log_queries></default></profiles>
  <quotas><default/></quotas>
  <users>
{listed}
  </users>
</clickhouse>
"""


def _user(site: Site, name: str, grants: tuple[str, ...], more: str = "") -> str:
    hashed = hashlib.sha256(site.password(name).encode()).hexdigest()
    queries = "".join(f"<query>{escape(grant)}</query>" for grant in grants)
    return (
        f"    <{name}><password_sha256_hex>{hashed}</password_sha256_hex>"
        "<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>"
        f"{more}{f'<grants>{queries}</grants>' if grants else ''}</{name}>"
    )


def _config(site: Site, users: Path) -> str:
    logs = "\n".join(
        f"  <{table}><database>system</database><table>{table}</table>"
        f"<flush_interval_milliseconds>1000</flush_interval_milliseconds></{table}>"
        for table in ("query_log", "part_log")
    )
    return f"""\
<clickhouse>
  <logger><level>warning</level><console>1</console><console_log_level>warning</console_log_level></logger>
  <timezone>UTC</timezone>
  <max_server_memory_usage>4000000000</max_server_memory_usage>
{logs}
  <user_directories><users_xml><path>{escape(str(users))}</path></users_xml></user_directories>
</clickhouse>
"""


SERVICE = ClickHouse()
SERVICES = (SERVICE,)
