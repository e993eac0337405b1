"""A small project: two files, a gate of SQL, a publication. A run takes a second or two."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from project import HEADGATE, Run, _opened

PROJECT = """\
version: 1
connections:
  local: {kind: duckdb, path: warehouse/dev.duckdb}
targets:
  dev:
    warehouses:
      main: {connection: local}
"""

PIPELINE = """\
version: 1
name: shop
owner: shop
warehouse: main
params:
  source: {type: path, default: data}
steps:
  ingest:
    kind: ingest
    from: ${param:source}
    tables:
      orders: {files: "orders*"}
      people: {files: people.csv}
  judged:
    kind: gate
    needs: ingest
    checks:
      - {id: no_refunds, query: SELECT * FROM orders WHERE amount < 0, table: orders}
  publish:
    kind: publish
    needs: judged
    tables: [orders, people]
"""

ORDERS = """\
key: id
columns:
  id: {type: int, nullable: false}
  amount: decimal(10,2)
  day: date
  note: text
"""

PEOPLE = """\
key: email
columns:
  email: {type: text, nullable: false, mask: true}
  name: text
"""

ROWS = "id,amount,day,note\n1,2.50,2021-12-01,a\n2,3.50,2021-12-02,b\n"
OTHER_ROWS = "id,amount,day,note\n1,2.75,2021-12-01,a\n3,9.00,2021-12-03,c\n"
REFUNDED = OTHER_ROWS + "4,-9.00,2021-12-03,d\n"


HOLDS = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "True")
print("held", flush=True)
sys.stdin.read()
"""


class Shop:
    """The project in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pipeline = folder / "pipelines/shop/pipeline.yaml"
        self.orders = folder / "data/orders.csv"
        self.warehouse = folder / "warehouse/dev.duckdb"
        if not folder.exists():
            self.write("headgate.yaml", PROJECT)
            self.write("pipelines/shop/pipeline.yaml", PIPELINE)
            self.write("pipelines/shop/contracts/orders.yaml", ORDERS)
            self.write("pipelines/shop/contracts/people.yaml", PEOPLE)
            self.write("data/orders.csv", ROWS)
            self.write("data/people.csv", "email,name\nann@example.org,Ann\n")

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path).read_text("utf-8")
        assert old in text, f"{path} has no {old}"
        self.write(path, text.replace(old, new))

    def copy(self, folder: Path) -> "Shop":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Shop(folder)

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """``headgate`` with these arguments, in a group of processes of its own."""
        return subprocess.Popen(
            [HEADGATE, *arguments],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """``headgate`` with these arguments, to its end; the log is all it wrote."""
        process = self.start(*arguments, environment=environment)
        out, err = process.communicate(timeout=120)
        return Run(process.returncode, {}, out + err)

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        process = self.start("run", "--json", *arguments, environment=environment)
        return ended(process)

    def reach(
        self,
        process: subprocess.Popen[str],
        sign: str,
        known: Collection[Path] = (),
    ) -> None:
        """Waits until a run has written such a file, besides those that are known."""
        end = time.monotonic() + 120
        while not set(self.folder.glob(sign)) - set(known):
            assert process.poll() is None, f"ended before {sign}"
            assert time.monotonic() < end, f"no {sign}"
            time.sleep(0.02)

    def published(self) -> dict[str, str]:
        """A hash of names, types and rows of each table that readers see."""
        if not self.warehouse.exists():
            return {}
        found = {}
        with _opened(self.warehouse) as connection:
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables()"
                " WHERE schema_name <> '_headgate'"
            ).fetchall()
            for schema, table in tables:
                rows = connection.sql(f"FROM {quoted(schema)}.{quoted(table)} ORDER BY ALL")
                content = repr((rows.columns, rows.types, rows.fetchall()))
                found[f"{schema}.{table}"] = hashlib.sha256(content.encode()).hexdigest()
        return found

    def dead_letters(self, table: str = "orders") -> list[tuple[str, str]]:
        """What is said of each rejected row, and its file."""
        files = self.folder.glob(f".headgate/dead-letters/shop/ingest/{table}/*.parquet")
        found: list[tuple[str, str]] = []
        for file in files:
            found += duckdb.sql(
                f"""SELECT concat_ws(' ', "column", reason), file FROM '{file}' ORDER BY 1"""
            ).fetchall()
        return found

    def audit(self) -> str:
        files = sorted((self.folder / ".headgate/audit").rglob("*"))
        return "\n".join(file.read_text("utf-8") for file in files if file.is_file())


def ended(process: subprocess.Popen[str]) -> Run:
    """A run with ``--json`` that was started, once it has ended."""
    out, err = process.communicate(timeout=120)
    return Run(process.returncode, json.loads(out) if out.strip() else {}, err)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def clear(run: Run, code: int, *parts: str) -> str:
    """Checks that a command failed with a code and said so for people; returns what it said."""
    assert run.code == code, f"exit {run.code}, not {code}\n{run.log}"
    for trace in ("Exception", "\tat ", "Traceback", "java.", "unexpected "):
        assert trace not in run.log, run.log
    for part in parts:
        assert part in run.log, f"does not say {part!r}\n{run.log}"
    return run.log


def held(file: Path, read_only: bool = False) -> subprocess.Popen[str]:
    """A process that has a database open until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file), str(read_only)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process
