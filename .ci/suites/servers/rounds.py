"""A pipeline with a step for each load mode, fed round after round; what it holds is arithmetic."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from project import HEADGATE, Run
from warehouse import PASSWORD, USER, Warehouse

ROWS = 20_000
SHIFT = 10
MODES = ("replace", "append", "merge", "replace_interval")
TABLES = {"replace": "entire", "append": "added", "merge": "merged", "replace_interval": "daily"}

PIPELINE = """\
version: 1
name: rounds
owner: servers
warehouse: main
steps:
  replace: {kind: ingest, from: data, tables: {entire: {files: "entire*", mode: replace}}}
  append:
    {kind: ingest, needs: replace, from: data, tables: {added: {files: "added*", mode: append}}}
  merge:
    kind: ingest
    needs: append
    from: data
    tables: {merged: {files: "merged*", key: i, mode: merge}}
  replace_interval:
    kind: ingest
    needs: merge
    from: data
    tables: {daily: {files: "daily*", event_time: happened, mode: replace-interval}}
  publish:
    kind: publish
    needs: replace_interval
    ungated: true
    tables: [entire, added, merged, daily]
"""

CONTRACT = """\
columns:
  i: {type: bigint, nullable: false}
  n: {type: int, nullable: false}
  happened: {type: timestamp, nullable: false}
"""


@dataclass(frozen=True)
class Moment:
    """A stretch of a run, in seconds from its start."""

    begin: float
    length: float


class Rounds:
    """The project, in a warehouse."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder = folder
        self.warehouse = warehouse
        place = folder / "pipelines/rounds"
        (place / "contracts").mkdir(parents=True)
        (place / "pipeline.yaml").write_text(PIPELINE, "utf-8")
        for table in TABLES.values():
            (place / f"contracts/{table}.yaml").write_text(CONTRACT, "utf-8")
        (folder / "data").mkdir()
        warehouse.configure(folder)

    def feed(self, number: int) -> None:
        """The files of a round, in place of those of the one before."""
        day = day_of(number)
        for table in TABLES.values():
            first = number * (SHIFT if table == "merged" else ROWS)
            lines = (f"{first + k},{number},{day} 0{k % 10}:00:00" for k in range(ROWS))
            text = "i,n,happened\n" + "\n".join(lines) + "\n"
            (self.folder / f"data/{table}.csv").write_text(text, "utf-8")

    def start(self, number: int, **more: str) -> subprocess.Popen[str]:
        account = {
            USER: self.warehouse.pipeline.user,
            PASSWORD: self.warehouse.pipeline.password,
        }
        leases = {"HEADGATE_LEASE_WAIT": "30", "HEADGATE_LEASE_EXPIRY": "5"}
        interval = f"{day_of(number)}/{day_of(number + 1)}"
        return subprocess.Popen(
            [HEADGATE, "run", "rounds", "--json", "--interval", interval],
            cwd=self.folder,
            env={**os.environ, **account, **leases, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, number: int, **more: str) -> Run:
        return ended(self.start(number, **more))

    def timed(self, number: int, **more: str) -> dict[str, Moment]:
        """Runs a round; when each step was at work."""
        self.feed(number)
        began = time.time()
        run = self.run(number, **more).done()
        return {
            step["name"]: Moment(
                datetime.fromisoformat(step["started_at"]).timestamp() - began,
                float(step["seconds"]),
            )
            for step in run.document["steps"]
        }

    def seen(self, schema: str) -> dict[str, tuple[int, int, int]]:
        """Of each table: rows, different ones, sum of their rounds."""
        found = {}
        with self.warehouse.reader() as query:
            for table in TABLES.values():
                place = self.warehouse.place(schema, table)
                sql = f"SELECT count(*), count(DISTINCT i), sum(n) FROM {place}"
                rows, different, total = query(sql)[0]
                found[table] = (int(rows), int(different), int(total))
        return found


def day_of(number: int) -> date:
    return date(2021, 12, 1) + timedelta(days=number)


def expected(number: int) -> dict[str, tuple[int, int, int]]:
    """What :meth:`Rounds.seen` gives after the rounds from 0 to this one, each loaded once."""
    rounds = number + 1
    every = (ROWS * rounds, ROWS * rounds, ROWS * sum(range(rounds)))
    # A later round takes over all keys of the one before but the first few.
    merged = ROWS + SHIFT * number
    return {
        "entire": (ROWS, ROWS, ROWS * number),
        "added": every,
        "merged": (merged, merged, ROWS * number + SHIFT * sum(range(number))),
        "daily": every,
    }


def ended(process: subprocess.Popen[str]) -> Run:
    """A run that was started, once it has ended."""
    out, err = process.communicate(timeout=400)
    document: Mapping[str, Any] = json.loads(out) if out.strip() else {}
    return Run(process.returncode, dict(document), err)
