"""Two labs at once, with real servers. Tests run in the order of the file; the last ones stop things."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from clients import LAB, Lab, Refused, clickhouse, fetch, postgres, s3, trino

ALL = ["clickhouse", "clickhouse-tls", "minio", "minio-tls", "postgres", "trino"]
SMALL = ["clickhouse", "minio", "postgres"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labs")


@pytest.fixture(scope="module")
def one(home: Path) -> Iterator[Lab]:
    """Everything."""
    lab = Lab("one", home)
    try:
        lab.run("up")
        yield lab
    finally:
        lab.run("purge")


@pytest.fixture(scope="module")
def two(one: Lab, home: Path) -> Iterator[Lab]:
    """What starts in a moment, beside the first lab."""
    lab = Lab("two", home)
    try:
        lab.run("up", *SMALL)
        yield lab
    finally:
        lab.run("purge")


@pytest.fixture(scope="module")
def env(one: Lab) -> dict[str, str]:
    return one.env()


def test_all_services_run_and_up_again_changes_nothing(one: Lab) -> None:
    assert one.states() == dict.fromkeys(ALL, "running")
    assert any(one.run("status", check=False).returncode == 0 for _ in range(10))
    before = one.pids()
    one.run("up")
    assert one.pids() == before


def test_two_labs_share_no_port_and_no_password(two: Lab, env: dict[str, str]) -> None:
    other = two.env()
    ports = [name for name in other if name.endswith("_PORT") or name == "S3_ENDPOINT"]
    secrets = [name for name in other if name.endswith(("_PASSWORD", "SECRET_KEY"))]
    assert len(ports) >= 4 and len(secrets) >= 8
    assert not {env[name] for name in ports} & {other[name] for name in ports}
    assert not {env[name] for name in secrets} & {other[name] for name in secrets}


def test_a_password_of_another_lab_is_refused(two: Lab, env: dict[str, str]) -> None:
    other = two.env()
    with pytest.raises(Refused, match="password authentication failed"):
        postgres(env, "admin", "SELECT 1", PGPASSWORD=other["POSTGRES_PASSWORD"])
    with pytest.raises(Refused, match="Authentication failed"):
        clickhouse(env, "admin", "SELECT 1", password=other["CLICKHOUSE_PASSWORD"])
    stolen = {**env, "S3_SECRET_KEY": other["S3_SECRET_KEY"]}
    with pytest.raises(Refused, match=r"SignatureDoesNotMatch|403"):
        s3(stolen, "admin", "SELECT count() FROM {}", "landing/none.parquet")


def test_no_secret_stands_in_an_argument_list_or_a_file_that_others_read(
    one: Lab, two: Lab
) -> None:
    secrets = {
        value
        for lab in (one, two)
        for name, value in lab.env().items()
        if name.endswith(("_PASSWORD", "SECRET_KEY", "TOKEN"))
    }
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        assert not [secret for secret in secrets if secret in words], entry
    for lab in (one, two):
        folder = lab.home / lab.name
        assert folder.stat().st_mode & 0o077 == 0
        for log in (folder / "logs").iterdir():
            text = log.read_text(errors="replace")
            assert not [secret for secret in secrets if secret in text], log


def test_servers_listen_on_loopback_only(one: Lab) -> None:
    """As the kernel sees it: every listening socket of the lab's processes is on 127.0.0.1 or ::1."""
    inodes = set()
    for pid in one.pids().values():
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(link.readlink())
            except FileNotFoundError:
                continue  # closed meanwhile
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    found = 0
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                assert fields[1].split(":")[0] in loopback, line
                found += 1
    assert found >= len(ALL)


def test_postgres_gives_the_pipeline_its_schemas_and_the_reader_what_is_granted(
    env: dict[str, str],
) -> None:
    postgres(
        env,
        "pipeline",
        "CREATE SCHEMA headgate_rights; CREATE TABLE headgate_rights.t AS SELECT 7 AS n",
    )
    with pytest.raises(Refused, match="permission denied for schema"):
        postgres(env, "reader", "SELECT n FROM headgate_rights.t")
    grant = "GRANT USAGE ON SCHEMA headgate_rights TO reader; GRANT SELECT ON headgate_rights.t TO reader"
    postgres(env, "pipeline", grant)
    assert postgres(env, "reader", "SELECT n FROM headgate_rights.t") == "7"
    for sql in (
        "DELETE FROM headgate_rights.t",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (n int)",
    ):
        with pytest.raises(Refused, match="permission denied"):
            postgres(env, "reader", sql)
    with pytest.raises(Refused, match="permission denied"):
        postgres(env, "pipeline", "CREATE ROLE more")
    with pytest.raises(Refused, match="permission denied for database"):
        postgres(env, "pipeline", "SELECT 1", PGDATABASE="iceberg")


def test_clickhouse_gives_the_pipeline_its_databases_and_the_reader_reading(
    env: dict[str, str],
) -> None:
    clickhouse(env, "pipeline", "CREATE DATABASE headgate_rights")
    make = "CREATE TABLE headgate_rights.t ENGINE = MergeTree ORDER BY n AS SELECT 7 AS n"
    clickhouse(env, "pipeline", make)
    assert clickhouse(env, "reader", "SELECT n FROM headgate_rights.t") == "7"
    for who, sql in (
        ("reader", "INSERT INTO headgate_rights.t VALUES (1)"),
        ("reader", "DROP TABLE headgate_rights.t"),
        ("pipeline", "CREATE DATABASE other"),
        ("pipeline", "SELECT * FROM file('/etc/hostname', 'LineAsString')"),
    ):
        with pytest.raises(Refused, match="Not enough privileges"):
            clickhouse(env, who, sql)
    nobody = {**env, "CLICKHOUSE_USER": "default", "CLICKHOUSE_PASSWORD": ""}
    with pytest.raises(Refused, match="Not enough privileges"):
        clickhouse(nobody, "admin", "SELECT n FROM headgate_rights.t")


def test_the_object_store_lets_the_reader_read_only(env: dict[str, str]) -> None:
    s3(env, "pipeline", "INSERT INTO FUNCTION {} SELECT 7 AS n", "landing/rights.parquet")
    assert s3(env, "reader", "SELECT n FROM {}", "landing/rights.parquet") == "7"
    with pytest.raises(Refused, match=r"Access Denied|AccessDenied"):
        s3(env, "reader", "INSERT INTO FUNCTION {} SELECT 8 AS n", "landing/mine.parquet")
    with pytest.raises(Refused, match="ACCESS_DENIED"):
        s3(env, "pipeline", "INSERT INTO FUNCTION {} SELECT 8 AS n", "strange/mine.parquet")


def test_trino_gives_the_pipeline_its_schemas_and_the_reader_reading(env: dict[str, str]) -> None:
    for catalog, location in (
        ("lake", ""),
        ("hive", "WITH (external_location = 's3://landing/rights/')"),
    ):
        trino(env, "pipeline", f"CREATE SCHEMA {catalog}.headgate_rights")
        trino(
            env, "pipeline", f"CREATE TABLE {catalog}.headgate_rights.t {location} AS SELECT 7 AS n"
        )
        assert trino(env, "pipeline", f"SELECT n FROM {catalog}.headgate_rights.t") == [[7]]
        for who, sql in (
            ("reader", f"INSERT INTO {catalog}.headgate_rights.t VALUES 1"),
            ("reader", f"DROP TABLE {catalog}.headgate_rights.t"),
            ("pipeline", f"CREATE SCHEMA {catalog}.other"),
        ):
            with pytest.raises(Refused, match="Access Denied"):
                trino(env, who, sql)
    assert trino(env, "reader", "SELECT n FROM lake.headgate_rights.t") == [[7]]
    trino(env, "pipeline", "CREATE SCHEMA lake.headgate_rights__private")
    trino(env, "pipeline", "CREATE TABLE lake.headgate_rights__private.t AS SELECT 7 AS n")
    for closed in ("lake.headgate_rights__private.t", "hive.headgate_rights.t"):
        with pytest.raises(Refused, match="Access Denied"):
            trino(env, "reader", f"SELECT n FROM {closed}")


def test_tls_is_trusted_by_the_labs_authority_and_by_no_other(env: dict[str, str]) -> None:
    assert clickhouse(env, "admin", "SELECT 7", secure=True) == "7"
    assert fetch(f"{env['S3_TLS_ENDPOINT']}/minio/health/ready", ca=env["S3_CA"]) == ""
    assert trino(env, "pipeline", "SELECT current_user", env["TRINO_PIPELINE_TOKEN"]) == [
        ["pipeline"]
    ]
    with pytest.raises(Refused, match=r"(?i)jwt|unauthorized"):
        trino(env, "pipeline", "SELECT 1", "wrong")
    with pytest.raises(Refused, match="certificate"):
        postgres(env, "admin", "SELECT 1", PGSSLROOTCERT="/etc/ssl/certs/ca-certificates.crt")
    for url in (
        f"{env['S3_TLS_ENDPOINT']}/minio/health/ready",
        f"https://127.0.0.1:{env['CLICKHOUSE_HTTPS_PORT']}/ping",
        f"https://127.0.0.1:{env['TRINO_HTTPS_PORT']}/v1/info",
    ):
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            fetch(url)


def test_snapshots_can_be_expired_at_once_and_files_added(env: dict[str, str]) -> None:
    table = "lake.headgate_rights.cleaned"
    trino(env, "pipeline", f"CREATE TABLE {table} AS SELECT 1 AS n")
    trino(env, "pipeline", f"INSERT INTO {table} VALUES 2")
    expire = f"ALTER TABLE {table} EXECUTE expire_snapshots(retention_threshold => '0s')"
    trino(env, "pipeline", expire)
    assert trino(
        env, "pipeline", 'SELECT count(*) FROM lake.headgate_rights."cleaned$snapshots"'
    ) == [[1]]
    s3(env, "pipeline", "INSERT INTO FUNCTION {} SELECT toInt32(3) AS n", "landing/added/a.parquet")
    add = f"ALTER TABLE {table} EXECUTE add_files(location => 's3://landing/added', format => 'PARQUET')"
    trino(env, "pipeline", add)
    assert trino(env, "pipeline", f"SELECT sum(n) FROM {table}") == [[6]]


def test_killed_servers_come_back_with_their_data_and_ports(
    one: Lab, two: Lab, env: dict[str, str]
) -> None:
    before, neighbours = one.pids(), two.pids()
    for name in ALL:
        one.run("kill", name)
    assert one.run("status", check=False).returncode == 1
    assert one.states() == dict.fromkeys(ALL, "dead")
    assert not [pid for pid in before.values() if Path(f"/proc/{pid}/cwd").exists()]
    assert one.env() == env
    one.run("up")
    assert one.env() == env
    assert one.states() == dict.fromkeys(ALL, "running")
    assert not set(before.values()) & set(one.pids().values())
    assert postgres(env, "reader", "SELECT n FROM headgate_rights.t") == "7"
    assert clickhouse(env, "reader", "SELECT n FROM headgate_rights.t") == "7"
    assert s3(env, "reader", "SELECT n FROM {}", "landing/rights.parquet") == "7"
    assert trino(env, "reader", "SELECT n FROM lake.headgate_rights.t") == [[7]]
    assert trino(env, "pipeline", "SELECT n FROM hive.headgate_rights.t") == [[7]]
    assert two.pids() == neighbours


def test_a_server_that_is_killed_from_outside_can_be_started_at_once(two: Lab) -> None:
    env = two.env()
    for name in SMALL:
        os.kill(two.pids()[name], signal.SIGKILL)
    two.run("up", *SMALL)
    assert two.env() == env
    assert two.run("status").returncode == 0


def test_an_interrupted_up_can_be_repeated(home: Path) -> None:
    """However it ends, the next `up` is healthy, with one server for each service."""
    lab = Lab("three", home)
    try:
        for how, after in (
            (signal.SIGKILL, 0.6),
            (signal.SIGTERM, 0.6),
            (signal.SIGKILL, 1.2),
            (signal.SIGINT, 0.3),
        ):
            started = subprocess.Popen(
                ["env", "--default-signal=INT", *lab.argv("up", "postgres", "minio")],
                env=lab.environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(after)
            started.send_signal(how)
            started.wait(timeout=60)
        lab.run("up", "postgres", "minio")
        assert postgres(lab.env(), "admin", "SELECT 7") == "7"
        ours = set(lab.pids().values())
        mine = {
            int(entry.parent.name)
            for entry in Path("/proc").glob("[0-9]*/cmdline")
            if f"{home}/three/minio/data" in _words(entry)
        }
        assert mine and mine <= ours
    finally:
        lab.run("purge")


def test_down_stops_one_lab_and_nothing_else(one: Lab, two: Lab) -> None:
    neighbours = two.pids()
    ours = one.pids()
    one.run("down")
    assert not [pid for pid in ours.values() if Path(f"/proc/{pid}/cwd").exists()]
    assert one.states() == dict.fromkeys(ALL, "down")
    assert two.pids() == neighbours
    assert two.run("status").returncode == 0


def test_status_and_usage_tell_by_their_exit_codes(one: Lab, two: Lab, home: Path) -> None:
    assert one.run("status", check=False).returncode == 3
    assert one.run("env", check=False).returncode == 3
    assert Lab("never", home).run("status", check=False).returncode == 3
    assert not (home / "never").exists()
    two.run("kill", "minio")
    assert two.run("status", check=False).returncode == 1
    assert two.run("status", "postgres").returncode == 0
    for wrong in (["up", "mysql"], ["up", "--set", "trino.hep=1G"], ["kill"], ["frobnicate"], []):
        done = two.run(*wrong, check=False)
        assert done.returncode == 64, wrong
        assert "Traceback" not in done.stderr
    assert "trino.heap" in two.run("up", "--set", "trino.hep=1G", check=False).stderr
    assert subprocess.run([LAB, "--help"], capture_output=True).returncode == 0


def test_purge_leaves_nothing(two: Lab, home: Path) -> None:
    two.run("purge")
    assert not (home / "two").exists()
    for note in Path("/var/lib/headgate-lab").glob("*/lab"):
        # Labs of others go meanwhile.
        with contextlib.suppress(FileNotFoundError):
            assert note.read_text().strip() != str(home / "two")


def _words(entry: Path) -> str:
    try:
        return entry.read_bytes().decode(errors="replace")
    except OSError:
        return ""
