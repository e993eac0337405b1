"""Plain clients of the lab's servers, made from nothing but the environment that a lab prints."""

import json
import os
import shlex
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

LAB = Path(__file__).resolve().parents[3] / "docker/lab/lab"


class Refused(Exception):
    """A server said no."""


class Lab:
    """A lab of one name in a home of its own."""

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.home = home

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.argv(*arguments), env=self.environment(), capture_output=True, text=True
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def argv(self, *arguments: str) -> list[str]:
        return [str(LAB), "--name", self.name, *arguments]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "HEADGATE_LAB_HOME": str(self.home)}

    def env(self) -> dict[str, str]:
        """What clients are told, by names without the prefix."""
        words = (shlex.split(line)[1] for line in self.run("env").stdout.splitlines())
        return {
            name.removeprefix("HEADGATE_LAB_"): value
            for name, value in (word.split("=", 1) for word in words)
        }

    def states(self, seconds: float = 60) -> dict[str, str]:
        """How each service is; one that does not answer is asked again for a while."""
        deadline = time.monotonic() + seconds
        while True:
            lines = self.run("status", check=False).stdout.splitlines()[1:]
            states = {row[0]: row[1] for row in (line.split() for line in lines)}
            if "not" not in states.values() or time.monotonic() > deadline:
                return states
            time.sleep(1)

    def pids(self) -> dict[str, int]:
        files = self.home.glob(f"{self.name}/*/state.json")
        told = {file.parent.name: json.loads(file.read_text())["identity"] for file in files}
        return {name: identity["pid"] for name, identity in told.items() if identity}


def fetch(
    url: str, body: str | None = None, headers: dict[str, str] | None = None, ca: str | None = None
) -> str:
    asked = urllib.request.Request(url, None if body is None else body.encode(), headers or {})
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if ca is not None:
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
    try:
        with urllib.request.build_opener(*handlers).open(asked, timeout=30) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise Refused(error.read().decode()) from error


def postgres(env: dict[str, str], who: str, sql: str, **more: str) -> str:
    role = "" if who == "admin" else f"{who.upper()}_"
    told = {
        "PATH": os.environ["PATH"],
        "PGHOST": env["POSTGRES_HOST"],
        "PGPORT": env["POSTGRES_PORT"],
        "PGDATABASE": env["POSTGRES_DATABASE"],
        "PGUSER": env[f"POSTGRES_{role}USER"],
        "PGPASSWORD": env[f"POSTGRES_{role}PASSWORD"],
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": env["POSTGRES_CA"],
        **more,
    }
    done = subprocess.run(["psql", "-XAtqc", sql], env=told, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr)
    return done.stdout.strip()


def clickhouse(
    env: dict[str, str], who: str, sql: str, password: str | None = None, secure: bool = False
) -> str:
    role = "" if who == "admin" else f"{who.upper()}_"
    headers = {
        "X-ClickHouse-User": env[f"CLICKHOUSE_{role}USER"],
        "X-ClickHouse-Key": password or env[f"CLICKHOUSE_{role}PASSWORD"],
    }
    port, ca = env["CLICKHOUSE_HTTP_PORT"], None
    if secure:
        port, ca = env["CLICKHOUSE_HTTPS_PORT"], env["CLICKHOUSE_CA"]
    return fetch(f"http{'s' if secure else ''}://127.0.0.1:{port}/", sql, headers, ca).strip()


def s3(env: dict[str, str], who: str, sql: str, key: str) -> str:
    """Runs SQL of ClickHouse on an object: `{}` stands for it. Whose rights count is told by `who`."""
    role = "" if who == "admin" else f"{who.upper()}_"
    words = [
        f"{env['S3_ENDPOINT']}/{key}",
        env[f"S3_{role}ACCESS_KEY"],
        env[f"S3_{role}SECRET_KEY"],
    ]
    return clickhouse(
        env, "admin", sql.format("s3({})".format(", ".join(f"'{word}'" for word in words)))
    )


def trino(env: dict[str, str], who: str, sql: str, token: str | None = None) -> list[list[object]]:
    """Over plain HTTP as anybody, or over TLS as whom a token names."""
    role = "" if who == "admin" else f"{who.upper()}_"
    headers, ca = {"X-Trino-User": env[f"TRINO_{role}USER"]}, None
    url = f"http://127.0.0.1:{env['TRINO_PORT']}/v1/statement"
    if token is not None:
        headers, ca = {"Authorization": f"Bearer {token}"}, env["TRINO_CA"]
        url = f"https://127.0.0.1:{env['TRINO_HTTPS_PORT']}/v1/statement"
    rows: list[list[object]] = []
    answer = json.loads(fetch(url, sql, headers, ca))
    while True:
        if "error" in answer:
            raise Refused(answer["error"]["message"])
        rows.extend(answer.get("data", []))
        if "nextUri" not in answer:
            return rows
        answer = json.loads(fetch(answer["nextUri"], None, headers, ca))
