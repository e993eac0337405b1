"""What the benchmarks share: the rows, a project that loads them, processes measured by turns, one table."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADGATE = os.environ.get("HEADGATE", str(ROOT / "headgate"))
SCHEMA = "headgate_bench"
OURS, NO_ROWS = "**Headgate**", "Headgate, a table of no rows"

COLUMNS = {
    "id": "BIGINT",
    "customer_id": "INTEGER",
    "qty": "INTEGER",
    "price": "DECIMAL(12,2)",
    "score": "DOUBLE",
    "name": "VARCHAR",
    "status": "VARCHAR",
    "note": "VARCHAR",
    "created_at": "TIMESTAMP",
    "day": "DATE",
}

ORDERS = """
SELECT i AS id, (hash(i) % 1000000)::INTEGER AS customer_id, (hash(i + 1) % 100)::INTEGER AS qty,
  ((hash(i + 2) % 50000) / 100)::DECIMAL(12,2) AS price, (hash(i + 3) % 1000000007) / 1000000007 AS score,
  'name_' || hash(i + 4) % 100000 AS name, ['NEW', 'PAID', 'SHIPPED', 'RETURNED'][1 + (hash(i + 5) % 4)::INTEGER] AS status,
  'some longer text field number ' || i || ' with words' AS note, TIMESTAMP '2026-01-01' + to_seconds(i) AS created_at,
  DATE '2023-01-01' + (hash(i + 6) % 700)::INTEGER AS day
"""


@dataclass(frozen=True)
class Figures:
    wall: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True)
class Tools:
    """Interpreters and programs of others; dlt and sling are left out where they are not given."""

    python: str
    dlt: str | None
    sling: str | None


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    before makes room for a run and is not measured; run does it; after says how many rows arrived. expected is how many must, where that is not all.
    """

    name: str
    before: Callable[[], object]
    run: Callable[[], Figures]
    after: Callable[[], int]
    expected: int | None = None


def lab(kind: str, name: str) -> str:
    value = os.environ.get(f"HEADGATE_LAB_{kind}_{name}")
    if value is None:
        sys.exit(f'no {kind.lower()}: docker/lab/lab up {kind.lower()}, then eval "$(docker/lab/lab env)"')
    return value


def measured(command: list[str], folder: Path, **more: str) -> Figures:
    """Runs a process to its end: wall seconds, CPU seconds and peak memory, with those of its children."""
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **more}, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        if status != 0:
            output.seek(0)
            sys.exit(f"{command[0]} failed:\n{output.read().decode(errors='replace')[-3000:]}")
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def by_turns(rows: int, what: str, contenders: list[Contender], runs: int) -> None:
    """Prints a line for each contender; the first one is what the others are compared to."""
    figures: dict[str, list[Figures]] = {one.name: [] for one in contenders}
    for _ in range(runs):
        for one in contenders:
            one.before()
            figures[one.name].append(one.run())
            arrived, expected = one.after(), rows if one.expected is None else one.expected
            if arrived != expected:
                sys.exit(f"{one.name}: {arrived:,} of {expected:,} rows arrived")
    base = statistics.median(one.wall for one in figures[contenders[0].name])
    for name, all_runs in figures.items():
        wall, cpu, peak = (statistics.median(getattr(one, part) for one in all_runs) for part in ("wall", "cpu", "peak_mb"))
        spread = f"{min(one.wall for one in all_runs):.2f}–{max(one.wall for one in all_runs):.2f}"
        print(f"| {rows:,} | {what} | {name} | {wall:.2f} | {spread} | {wall / base:.2f}× | {cpu:.2f} | {peak:.0f} |", flush=True)
    if NO_ROWS in figures:
        wall = statistics.median(one.wall - none.wall for one, none in zip(figures[OURS], figures[NO_ROWS], strict=True))
        print(f"| {rows:,} | {what} | Headgate, what the rows take of it | {wall:.2f} | | {wall / base:.2f}× | | |", flush=True)


def heading() -> None:
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start, {time.strftime('%Y-%m-%d %H:%M')}\n")
    print("| rows | what | by | wall s | least–most | | client CPU s | client peak MB |\n|---|---|---|---|---|---|---|---|", flush=True)


def csv(folder: Path, rows: int, python: str) -> Path:
    file = folder / f"good-orders-{rows}.csv"
    if not file.exists():
        making = file.with_suffix(".making")
        sql = f"COPY ({ORDERS} FROM range({rows}) t(i)) TO '{making}' (FORMAT csv, HEADER)"
        subprocess.run([python, "-c", "import duckdb, sys; duckdb.connect().execute(sys.argv[1])", sql], check=True)
        making.rename(file)
    return file


def project(folder: Path, rest: str, ingest: str, table: str = "orders") -> Path:
    """A project with a pipeline of one ingest step."""
    shutil.rmtree(folder, ignore_errors=True)
    contracts = folder / "pipelines/bench/contracts"
    contracts.mkdir(parents=True)
    (folder / "headgate.yaml").write_text("version: 1\n" + rest)
    head = "version: 1\nname: bench\nowner: bench\nwarehouse: main\nsteps:\n  ingest:\n    kind: ingest\n"
    (folder / "pipelines/bench/pipeline.yaml").write_text(head + ingest)
    columns = "".join(f"  {name}: {{type: '{kind}'}}\n" for name, kind in COLUMNS.items())
    (contracts / f"{table}.yaml").write_text("columns:\n" + columns)
    return folder


def options(text: str | None, **more: str) -> tuple[argparse.Namespace, Path, Tools]:
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "headgate-bench")
    parser.add_argument("--python", default=os.environ.get("HEADGATE_PYTHON", sys.executable), help="has duckdb and pyarrow")
    parser.add_argument("--tools", type=Path, help="a virtual environment with dlt and sling, see bench/README.md")
    for name, default in more.items():
        parser.add_argument(f"--{name}", default=default)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([HEADGATE, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds, if need be
    python = sling = None
    if chosen.tools:
        python = str(chosen.tools / "bin/python")
        sling = str(next(chosen.tools.glob("lib/*/site-packages/sling_linux_*/bin/sling-linux-*")))
    return chosen, chosen.folder, Tools(chosen.python, python, sling)
