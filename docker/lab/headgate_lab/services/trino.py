"""Trino from its jars: Iceberg (catalog `lake`) and Hive (catalog `hive`) on MinIO, rights by a file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import zipfile
from pathlib import Path
from typing import ClassVar

from headgate_lab import cache, http, tools
from headgate_lab.failures import USAGE, LabError
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import NotReady, Service
from headgate_lab.services import minio, postgres
from headgate_lab.site import Site, write_private

SOURCES = Path(__file__).resolve().parents[2] / "trino"
VERSION = "483"
PLUGINS = {
    "iceberg": "io.trino.plugin.iceberg.IcebergPlugin",
    "hive": "io.trino.plugin.hive.HivePlugin",
    "tpch": "io.trino.plugin.tpch.TpchPlugin",
}
ADMIN = "headgate_admin"
CATALOG = "lake"
HIVE_CATALOG = "hive"

_JVM = (
    "-XX:+UseG1GC",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:ReservedCodeCacheSize=256M",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "--enable-native-access=ALL-UNNAMED",
    "--add-modules=jdk.incubator.vector",
    "--sun-misc-unsafe-memory-access=allow",
)

_RULES = {
    "catalogs": [
        {"user": ADMIN, "allow": "owner"},
        {"user": "pipeline", "catalog": "lake|hive|tpch", "allow": "all"},
        {"user": "reader", "catalog": "lake", "allow": "read-only"},
        {"catalog": "system", "allow": "read-only"},
    ],
    "schemas": [
        {"user": ADMIN, "owner": True},
        {"user": "pipeline", "schema": "headgate.*", "owner": True},
        {"owner": False},
    ],
    "tables": [
        {
            "user": ADMIN,
            "privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP", "GRANT_SELECT"],
        },
        {
            "user": "pipeline",
            "schema": "headgate.*",
            "privileges": ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP", "GRANT_SELECT"],
        },
        {"user": "reader", "schema": "headgate(?!.*__).*", "privileges": ["SELECT"]},
        {"schema": "information_schema", "privileges": ["SELECT"]},
        {"catalog": "system|tpch", "privileges": ["SELECT"]},
    ],
    "procedures": [
        {"user": ADMIN, "privileges": ["EXECUTE", "GRANT_EXECUTE"]},
        {"user": "pipeline", "catalog": "lake|hive", "privileges": ["EXECUTE"]},
    ],
    "functions": [
        {"user": ADMIN, "privileges": ["EXECUTE", "GRANT_EXECUTE", "OWNERSHIP"]},
        {"catalog": "system", "schema": "builtin", "privileges": ["EXECUTE", "GRANT_EXECUTE"]},
    ],
    "queries": [
        {"user": ADMIN, "allow": ["execute", "kill", "view"]},
        {"allow": ["execute"]},
    ],
    "system_information": [{"user": ADMIN, "allow": ["read", "write"]}],
}


class Trino(Service):
    name = "trino"
    needs = ("postgres", "minio")
    ports = ("http", "https")
    options: ClassVar[dict[str, str]] = {"heap": "1G"}
    start_seconds = 400
    stop_seconds = 30
    port_taken = r"(?i)address already in use|Failed to bind"
    failure = r"\sERROR\s|^Caused by|^\d+\) "

    def install(self) -> None:
        tools.jdk()
        _home()

    def command(self, site: Site) -> Command:
        etc = site.folder / "etc"
        (etc / "catalog").mkdir(parents=True, exist_ok=True, mode=0o700)
        (site.folder / "data").mkdir(exist_ok=True)
        for name, text in _configuration(site).items():
            write_private(etc / name, text)
        home = _home()
        properties = {
            "headgate.lab.trino": VERSION,
            "node.environment": "lab",
            "node.id": "lab",
            "node.data-dir": site.folder / "data",
            "config": etc / "config.properties",
            "log.levels-file": etc / "log.properties",
            "catalog.config-dir": etc / "catalog",
            "plugin.dir": home / "plugin",
        }
        return Command(
            [str(tools.jdk() / "bin/java"), f"-Xmx{site.option('heap')}", *_JVM]
            + [f"-D{name}={value}" for name, value in properties.items()]
            + ["-cp", f"{home}/launcher:{home}/server/*", "TrinoMain"],
            folder=site.folder,
        )

    def probe(self, site: Site) -> None:
        if '"starting":false' not in http.request(f"{_address(site)}/v1/info"):
            raise NotReady("is starting")
        for catalog in (CATALOG, HIVE_CATALOG):
            query(site, f"SHOW SCHEMAS FROM {catalog}")

    def environment(self, site: Site) -> dict[str, str]:
        return {
            "TRINO_HOST": HOST,
            "TRINO_PORT": str(site.port("http")),
            "TRINO_URL": f"jdbc:trino://{HOST}:{site.port('http')}",
            "TRINO_HTTPS_PORT": str(site.port("https")),
            "TRINO_CA": str(site.certificates().authority),
            "TRINO_USER": ADMIN,
            "TRINO_TOKEN": token(site, ADMIN),
            "TRINO_PIPELINE_USER": "pipeline",
            "TRINO_PIPELINE_TOKEN": token(site, "pipeline"),
            "TRINO_READER_USER": "reader",
            "TRINO_READER_TOKEN": token(site, "reader"),
            "TRINO_CATALOG": CATALOG,
            "TRINO_HIVE_CATALOG": HIVE_CATALOG,
            "TRINO_SCHEMA_PREFIX": "headgate",
            "TRINO_RULES": str(site.folder / "etc/rules.json"),
        }


def query(site: Site, sql: str) -> list[list[object]]:
    """The rows of a small answer."""
    headers = {"X-Trino-User": ADMIN, "X-Trino-Source": "lab"}
    answer = json.loads(http.request(f"{_address(site)}/v1/statement", sql, headers, seconds=20))
    rows: list[list[object]] = []
    while True:
        if "error" in answer:
            raise NotReady(f"{sql}: {answer['error'].get('message')}")
        rows.extend(answer.get("data", []))
        if "nextUri" not in answer:
            return rows
        answer = json.loads(http.request(answer["nextUri"], None, headers, seconds=20))


def token(site: Site, user: str) -> str:
    """A JSON web token with which this user is let in over TLS."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": user, "exp": 4102444800})
    text = ".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    signature = hmac.digest(site.password("token").encode(), text.encode(), "sha256")
    return f"{text}.{_base64(signature)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _address(site: Site) -> str:
    return f"http://{HOST}:{site.port('http')}"


def _home() -> Path:
    """The folder with Trino's jars, its plugins and our main class."""
    poms = [SOURCES / name / "pom.xml" for name in ("server", *PLUGINS)]
    inputs = [*poms, SOURCES / "launcher/TrinoMain.java", SOURCES / "jars.sha256"]
    return cache.entry("trino", cache.key("1", *inputs), _install)


def _install(folder: Path) -> None:
    maven = tools.need("mvn", "maven")
    for name in ("server", *PLUGINS):
        place = folder / ("server" if name == "server" else f"plugin/{name}")
        tools.run(
            [
                maven,
                "-B",
                "-ntp",
                "-q",
                "--strict-checksums",
                "-f",
                SOURCES / name / "pom.xml",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={place}",
            ],
            what=f"fetching the jars of Trino's {name}",
        )
    verify(folder)
    for name, plugin in PLUGINS.items():
        with zipfile.ZipFile(folder / f"plugin/{name}/headgate-lab-service.jar", "w") as jar:
            jar.writestr("META-INF/services/io.trino.spi.Plugin", f"{plugin}\n")
    tools.run(
        [
            tools.jdk() / "bin/javac",
            "-cp",
            f"{folder}/server/*",
            "-d",
            folder / "launcher",
            SOURCES / "launcher/TrinoMain.java",
        ],
        what="compiling Trino's main class",
    )


def verify(folder: Path) -> None:
    """Fails unless the jars are those that are pinned, no more and no fewer."""
    found = {f"{_sha256(jar)}  {jar.name}" for jar in folder.rglob("*.jar")}
    expected = set((SOURCES / "jars.sha256").read_text().splitlines())
    strange = sorted(found ^ expected)
    if strange:
        names = ", ".join(line.split("  ")[1] for line in strange[:5])
        raise LabError(
            f"{len(strange)} jars of Trino are not as pinned in {SOURCES.name}/jars.sha256: {names}"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _configuration(site: Site) -> dict[str, str]:
    port = site.port("http")
    database, database_user, database_password = postgres.iceberg_account(site.of(postgres.SERVICE))
    endpoint, access_key, secret_key = minio.trino_account(site.of(minio.SERVICE))
    own = site.certificates()
    storage = {
        "fs.s3.enabled": "true",
        "s3.endpoint": endpoint,
        "s3.region": minio.REGION,
        "s3.path-style-access": "true",
        "s3.aws-access-key": access_key,
        "s3.aws-secret-key": secret_key,
    }
    lake = {
        "connector.name": "iceberg",
        "iceberg.catalog.type": "jdbc",
        "iceberg.jdbc-catalog.catalog-name": CATALOG,
        "iceberg.jdbc-catalog.driver-class": "org.postgresql.Driver",
        "iceberg.jdbc-catalog.connection-url": database,
        "iceberg.jdbc-catalog.connection-user": database_user,
        "iceberg.jdbc-catalog.connection-password": database_password,
        "iceberg.jdbc-catalog.default-warehouse-dir": "s3://lake/iceberg",
        "iceberg.add-files-procedure.enabled": "true",
        "iceberg.register-table-procedure.enabled": "true",
        "iceberg.expire-snapshots.min-retention": "0s",
        "iceberg.remove-orphan-files.min-retention": "0s",
        "iceberg.unique-table-location": "true",
        **storage,
    }
    hive = {
        "connector.name": "hive",
        "hive.metastore": "file",
        "hive.metastore.catalog.dir": "s3://lake/hive-metastore",
        "hive.metastore.disable-location-checks": "true",
        "hive.non-managed-table-writes-enabled": "true",
        "hive.allow-register-partition-procedure": "true",
        "hive.recursive-directories": "true",
        **storage,
    }
    config = {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "http-server.http.port": str(port),
        "node.bind-ip": HOST,
        "node.internal-address": HOST,
        "discovery.uri": f"http://{HOST}:{port}",
        "http-server.https.enabled": "true",
        "http-server.https.port": str(site.port("https")),
        "http-server.https.keystore.path": str(site.folder / "etc/server.pem"),
        "http-server.authentication.type": "JWT",
        "http-server.authentication.jwt.key-file": str(site.folder / "etc/token.key"),
        "http-server.authentication.allow-insecure-over-http": "true",
        "internal-communication.shared-secret": site.password("internal"),
        "catalog.management": "dynamic",
        "access-control.config-files": str(site.folder / "etc/access-control.properties"),
        **memory(site.option("heap")),
    }
    rules = {
        "access-control.name": "file",
        "security.config-file": str(site.folder / "etc/rules.json"),
        "security.refresh-period": "1s",
    }
    return {
        "config.properties": _properties(config),
        "log.properties": _properties({"io.trino": "INFO"}),
        "access-control.properties": _properties(rules),
        "rules.json": json.dumps(_RULES, indent=2),
        "server.pem": own.key.read_text() + own.server.read_text(),
        "token.key": _base64(site.password("token").encode()),
        "catalog/lake.properties": _properties(lake),
        "catalog/hive.properties": _properties(hive),
        "catalog/tpch.properties": _properties({"connector.name": "tpch"}),
    }


def memory(heap: str) -> dict[str, str]:
    """Half of the heap for queries, a quarter for what Trino does not account for."""
    told = re.fullmatch(r"(\d+)([MmGg])", heap)
    if told is None:
        raise LabError(f"Trino's heap is a number and M or G, such as 2G: not '{heap}'", USAGE)
    megabytes = int(told[1]) * (1024 if told[2] in "Gg" else 1)
    return {
        "query.max-memory": f"{megabytes // 2}MB",
        "query.max-memory-per-node": f"{megabytes // 2}MB",
        "memory.heap-headroom-per-node": f"{megabytes // 4}MB",
    }


def _properties(values: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


SERVICE = Trino()
SERVICES = (SERVICE,)
