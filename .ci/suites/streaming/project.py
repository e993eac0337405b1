"""A copy of the reference project, and the launcher to run it with."""

import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

TOP = Path(__file__).resolve().parents[3]
HEADGATE = os.environ.get("HEADGATE", str(TOP / "headgate"))
MODELS = (
    "movies_based_on_books",
    "users_affected",
    "movies_based_on_books_by_singaporeans",
    "average_streaming_duration",
    "median_streaming_size",
    "users_watched_50_percent",
)


@dataclass(frozen=True)
class Run:
    """One run as ``--json`` told it."""

    code: int
    document: dict[str, Any]
    log: str

    @property
    def answers(self) -> dict[str, Decimal]:
        return {name: Decimal(value) for name, value in self.document["answers"].items()}

    def rows(self) -> dict[str, dict[str, Any]]:
        """Counts of the ingest step by table."""
        (ingest,) = [step for step in self.document["steps"] if step["kind"] == "ingest"]
        return {table["table"]: table for table in ingest["rows"]}

    def read(self) -> dict[str, int]:
        return {name: int(table["read"]) for name, table in self.rows().items()}

    def done(self) -> "Run":
        """Itself, when it ended well."""
        assert self.code == 0, f"exit {self.code}\n{self.log}\n{self.document}"
        return self


class Project:
    """A project of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.exists():
            (folder / "pipelines").mkdir(parents=True)
            shutil.copy(TOP / "headgate.yaml", folder)
            shutil.copytree(TOP / "pipelines/streaming", folder / "pipelines/streaming")

    def copy(self, folder: Path) -> "Project":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        command = [HEADGATE, "run", "pipelines/streaming", "--json", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> Run:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=900)
        document = json.loads(out, parse_float=Decimal) if out.strip() else {}
        return Run(process.returncode, document, err)

    def call(self, *arguments: str) -> str:
        """What another command says, on either stream."""
        out, err = self.streams(*arguments)
        return out + err

    def streams(self, *arguments: str) -> tuple[str, str]:
        """What another command says on its output, and what beside it."""
        process = subprocess.run(
            [HEADGATE, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120
        )
        return process.stdout, process.stderr

    def killed(self, after: float, whole_group: bool, *arguments: str) -> bool:
        """Starts a run and kills it; whether it was still running."""
        process = self.start(*arguments)
        try:
            process.communicate(timeout=after)
            return False
        except subprocess.TimeoutExpired:
            if whole_group:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.communicate()
            return True

    def published(self) -> dict[str, Decimal]:
        """What readers see; empty before the first publication."""
        file = self.folder / "warehouse/dev.duckdb"
        if not file.exists():
            return {}
        with _opened(file) as connection:
            tables = {name for (name,) in connection.execute(_TABLES).fetchall()}
            return {
                model: Decimal(_one(connection, f"SELECT answer FROM streaming.{model}"))
                for model in MODELS
                if model in tables
            }

    def loaded(self, table: str) -> int:
        """How many rows the private table has."""
        (file,) = self.folder.glob(".headgate/work/dev/streaming/**/work.duckdb")
        with _opened(file) as connection:
            return int(_one(connection, f"SELECT count(*) FROM streaming.{table}"))


_TABLES = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'streaming'"


def _opened(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection, also when a child of a killed run lets go of the file only in a moment."""
    for _ in range(50):
        try:
            return duckdb.connect(str(file), read_only=True)
        except duckdb.IOException:
            time.sleep(0.2)
    return duckdb.connect(str(file), read_only=True)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    row = connection.execute(query).fetchone()
    assert row is not None, query
    return str(row[0])
