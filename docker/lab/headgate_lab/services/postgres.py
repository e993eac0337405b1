"""PostgreSQL from Debian's package: TLS, passwords for everyone, no fsync."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from headgate_lab import processes, tools
from headgate_lab.failures import CONFIGURATION, LabError
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import NotReady, Service
from headgate_lab.site import Site

INSTALLED = Path("/usr/lib/postgresql")
FOLDERS_OF_ROOT = Path("/var/lib/headgate-lab")
OLDEST = 15
ADMIN = "headgate_admin"
DATABASE = "headgate"
ICEBERG = "iceberg"

_ACCESS = """\
local all all reject
host  all all 127.0.0.1/32 scram-sha-256
"""

_ICEBERG_CATALOG = """
CREATE TABLE IF NOT EXISTS iceberg_tables (
  catalog_name varchar(255) NOT NULL,
  table_namespace varchar(255) NOT NULL,
  table_name varchar(255) NOT NULL,
  metadata_location varchar(1000),
  previous_metadata_location varchar(1000),
  iceberg_type varchar(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name)
);
CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
  catalog_name varchar(255) NOT NULL,
  namespace varchar(255) NOT NULL,
  property_key varchar(255),
  property_value varchar(1000),
  PRIMARY KEY (catalog_name, namespace, property_key)
);
ALTER TABLE iceberg_tables OWNER TO iceberg;
ALTER TABLE iceberg_namespace_properties OWNER TO iceberg;
"""


class Postgres(Service):
    name = "postgres"
    ports = ("sql",)
    stop_signal = signal.SIGINT
    transient = r"pre-existing shared memory block"
    failure = r"\b(FATAL|PANIC|ERROR)\b"

    def install(self) -> None:
        if not _releases():
            _install()
        if not _releases():
            raise LabError(f"no PostgreSQL {OLDEST} or newer below {INSTALLED}", CONFIGURATION)

    def command(self, site: Site) -> Command:
        data = _data(site)
        if not (data / "PG_VERSION").exists():
            _make_cluster(site, data)
        release = int((data / "PG_VERSION").read_text())
        if release not in _releases():
            raise LabError(
                f"this lab's data are of PostgreSQL {release}, which is no longer installed:"
                " install it, or `lab purge`",
                CONFIGURATION,
            )
        forget_the_dead(data)
        _write(data / "server.pem", site.certificates().server.read_text())
        _write(data / "server.key", site.certificates().key.read_text())
        _write(data / "pg_hba.conf", _ACCESS)
        _write(data / "postgresql.auto.conf", _settings(site))
        return Command(
            [str(_releases()[release] / "postgres"), "-D", str(data)],
            folder=data,
            user=_account(),
        )

    def probe(self, site: Site) -> None:
        try:
            query(site, "SELECT 1")
        except LabError as error:
            raise NotReady(str(error)) from error

    def settle(self, site: Site) -> None:
        for role in ("pipeline", "reader", ICEBERG):
            if not query(site, f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
                query(site, f"CREATE ROLE {role} LOGIN")
            query(
                site,
                f"ALTER ROLE {role} PASSWORD '{verifier(site.password(role), secrets.token_bytes(16))}'",
            )
        for database, owner in ((DATABASE, ADMIN), (ICEBERG, ICEBERG)):
            if not query(site, f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
                query(site, f"CREATE DATABASE {database} OWNER {owner}")
            query(site, f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        query(site, f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {DATABASE} TO pipeline")
        query(site, f"GRANT CONNECT ON DATABASE {DATABASE} TO reader")
        query(site, _ICEBERG_CATALOG, ICEBERG)

    def environment(self, site: Site) -> dict[str, str]:
        port = site.port("sql")
        return {
            "POSTGRES_HOST": HOST,
            "POSTGRES_PORT": str(port),
            "POSTGRES_DATABASE": DATABASE,
            "POSTGRES_URL": f"jdbc:postgresql://{HOST}:{port}/{DATABASE}",
            "POSTGRES_USER": ADMIN,
            "POSTGRES_PASSWORD": site.password(ADMIN),
            "POSTGRES_PIPELINE_USER": "pipeline",
            "POSTGRES_PIPELINE_PASSWORD": site.password("pipeline"),
            "POSTGRES_READER_USER": "reader",
            "POSTGRES_READER_PASSWORD": site.password("reader"),
            "POSTGRES_CA": str(site.certificates().authority),
        }

    def purge(self, site: Site) -> None:
        if os.geteuid() == 0:
            shutil.rmtree(_folder_of_root(site), ignore_errors=True)
        super().purge(site)


def own_database(site: Site, name: str) -> None:
    """Makes a role, and a database of its name that is the role's own."""
    if not query(site, f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
        query(site, f"CREATE ROLE {name} LOGIN")
    known = verifier(site.password(name), secrets.token_bytes(16))
    query(site, f"ALTER ROLE {name} PASSWORD '{known}'")
    if not query(site, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        query(site, f"CREATE DATABASE {name} OWNER {name}")
    query(site, f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")


def dump(site: Site, database: str) -> str:
    """All of a database as SQL, without owners and grants."""
    return tools.run(
        [list(_releases().values())[-1] / "pg_dump", "--no-owner", "--no-acl"],
        environment=_client(site, database),
        what=f"reading the database {database}",
    )


def iceberg_account(site: Site) -> tuple[str, str, str]:
    """JDBC address, user and password of the database that holds Iceberg's catalog."""
    address = f"jdbc:postgresql://{HOST}:{site.port('sql')}/{ICEBERG}"
    return address, ICEBERG, site.password(ICEBERG)


def _releases() -> dict[int, Path]:
    """Programs by release, the newest last."""
    found = {
        int(folder.name): folder / "bin"
        for folder in INSTALLED.glob("*")
        if folder.name.isdigit() and (folder / "bin/initdb").exists()
    }
    return {release: found[release] for release in sorted(found) if release >= OLDEST}


def _install() -> None:
    """Installs the server without the cluster that Debian would make and start on its own."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    switch = Path("/etc/postgresql-common/createcluster.d/headgate-lab.conf")
    tools.run([*sudo, "mkdir", "-p", switch.parent], what="preparing PostgreSQL's package")
    tools.run(
        [*sudo, "tee", switch],
        text="create_main_cluster = false\n",
        what="preparing PostgreSQL's package",
    )
    try:
        tools.install("postgresql")
    finally:
        tools.run([*sudo, "rm", "-f", switch], what="tidying up after PostgreSQL's package")


def _account() -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise LabError("root cannot run PostgreSQL and there is no user postgres", CONFIGURATION)


def _folder_of_root(site: Site) -> Path:
    """PostgreSQL's own account cannot enter root's home, so its files lie elsewhere."""
    return FOLDERS_OF_ROOT / hashlib.sha256(str(site.folder).encode()).hexdigest()[:16]


def _data(site: Site) -> Path:
    if os.geteuid() != 0:
        return site.folder / "data"
    return _folder_of_root(site) / "data"


def _make_cluster(site: Site, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        (data.parent / "lab").write_text(f"{site.lab}\n")
    partial = data.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    account = _account()
    if account is not None:
        shutil.chown(partial, account)
    release, programs = list(_releases().items())[-1]
    password = data.with_name("password")
    _write(password, site.password(ADMIN) + "\n")
    try:
        tools.run(
            [
                programs / "initdb",
                "-D",
                partial,
                "-U",
                ADMIN,
                f"--pwfile={password}",
                "--no-sync",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            folder=partial,
            user=account,
            what=f"initdb of PostgreSQL {release}",
        )
    finally:
        password.unlink()
    partial.rename(data)


def forget_the_dead(data: Path) -> None:
    """Removes the note of a server that was killed: PostgreSQL takes it for alive while nobody has collected its exit
    status, or when its pid is another program's by now."""
    note = data / "postmaster.pid"
    if not note.exists():
        return
    pid = int(note.read_text().split("\n", 1)[0])
    program = processes.PROC / str(pid) / "comm"
    if processes.identify(pid) is None or program.read_text().strip() != "postgres":
        note.unlink()


def _settings(site: Site) -> str:
    settings = {
        "listen_addresses": HOST,
        "port": str(site.port("sql")),
        "unix_socket_directories": "",
        "ssl": "on",
        "ssl_cert_file": "server.pem",
        "ssl_key_file": "server.key",
        "password_encryption": "scram-sha-256",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        "max_wal_size": "4GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    account = _account()
    if account is not None:
        shutil.chown(partial, account)
    partial.rename(path)


def query(site: Site, sql: str, database: str = "postgres") -> str:
    """What a statement answers, asked as administrator over TLS; passwords go by the environment and standard input."""
    programs = list(_releases().values())[-1]
    done = subprocess.run(
        [str(programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=sql,
        env=_client(site, database),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(" ".join(done.stderr.split())[-300:])
    return done.stdout.strip()


def _client(site: Site, database: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "PGHOST": HOST,
        "PGPORT": str(site.port("sql")),
        "PGUSER": ADMIN,
        "PGPASSWORD": site.password(ADMIN),
        "PGDATABASE": database,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(site.certificates().authority),
        "PGCONNECT_TIMEOUT": "5",
    }


def verifier(password: str, salt: bytes) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), so that no log can hold the password itself."""
    rounds = 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    salt64, stored64, server64 = (
        base64.b64encode(each).decode() for each in (salt, stored, server)
    )
    return f"SCRAM-SHA-256${rounds}:{salt64}${stored64}:{server64}"


SERVICE = Postgres()
SERVICES = (SERVICE,)
