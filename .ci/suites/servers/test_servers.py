"""kill -9 of a server that a run works with, at points of each load mode and of publications."""

import contextlib
import os
import random
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest
from relay import Relay
from rounds import MODES, Moment, Rounds, ended, expected
from shop import clear
from trino.exceptions import Error as TrinoError

from headgate_lab.laboratory import Lab
from project import Run
from warehouse import ClickHouse, Postgres, Trino

SOAK = "HEADGATE_SOAK" in os.environ
KILLS = int(os.environ.get("HEADGATE_KILLS", "2"))
SEED = int(os.environ.get("HEADGATE_SEED", "20211225"))
PHASES = (*MODES, "publish")


class OnClickHouse(ClickHouse):
    name = "rounds"


class OnPostgres(Postgres):
    name = "rounds"


class OnTrino(Trino):
    name = "rounds"

    def __enter__(self) -> Self:
        # Its catalog keeps connections to a database that others here kill; a use finds that out.
        good = 0
        for _ in range(60):
            try:
                with self.reader() as query:
                    query("SHOW SCHEMAS")
                good += 1
            except TrinoError:
                good = 0
                time.sleep(1)
            if good == 5:
                return self
        raise AssertionError("the catalog behind Trino does not come back")


class OnObjects(OnPostgres):
    """Rows land, and the state is kept, in the object store."""

    connections = Postgres.connections + Trino.connections[Trino.connections.index("  objects:") :]
    settings = Trino.settings


BROKEN = {
    "postgres": (OnPostgres, PHASES, KILLS),
    "clickhouse": (OnClickHouse, PHASES, KILLS),
    "trino": (OnTrino, PHASES, KILLS) if SOAK else (OnTrino, ("merge", "publish"), 1),
    "minio": (OnObjects, PHASES, KILLS) if SOAK else (OnObjects, ("append", "publish"), 1),
}
"""What is killed; where the run works, which parts of it are hit, and how often each.

Trino takes long to start: it is hit in all parts in the soak only.
"""


WAYS = {
    "postgres": (OnPostgres, "HEADGATE_LAB_POSTGRES_PORT"),
    "clickhouse": (OnClickHouse, "HEADGATE_LAB_CLICKHOUSE_HTTP_PORT"),
    "trino": (OnTrino, "HEADGATE_LAB_TRINO_PORT"),
}


def point(phase: Moment, chance: random.Random) -> float:
    return phase.begin + chance.random() * phase.length


@pytest.mark.parametrize("service", BROKEN)
def test_a_server_that_is_killed_and_comes_back_loses_no_row_and_has_none_twice(
    service: str, lab: Lab, tmp_path: Path
) -> None:
    kind, phases, kills = BROKEN[service]
    chance = random.Random(f"{SEED} {service}")
    with kind() as warehouse:
        rounds = Rounds(tmp_path / "project", warehouse)
        rounds.timed(0)
        phase = rounds.timed(1)
        points = [point(phase[name], chance) for name in phases for _ in range(kills)]
        failed = [
            again_after(rounds, number, killed(rounds, number, service, moment, chance, lab))
            for number, moment in enumerate(points, start=2)
        ]
        # An object store that is back soon enough is waited for: retries hide the kill.
        assert any(failed) or service == "minio", "no kill met a run at work"


@pytest.mark.parametrize("service", WAYS)
def test_a_connection_that_is_reset_loses_no_row_and_has_none_twice(
    service: str, lab: Lab, tmp_path: Path
) -> None:
    kind, variable = WAYS[service]
    port = int(os.environ[variable])
    chance = random.Random(f"{SEED} {service} reset")
    with kind() as warehouse:
        rounds = Rounds(tmp_path / "project", warehouse)
        with Relay(port) as whole:
            rounds.timed(0, **{variable: str(whole.port)})
        for number in range(1, (KILLS if SOAK or service != "trino" else 1) + 1):
            rounds.feed(number)
            # What Trino is asked follows how long it takes: half of it is there in a fast round too.
            most = 0.4 if service == "trino" else 0.8
            limit = int(whole.passed * (0.1 + most * chance.random()))
            with Relay(port, limit) as cut:
                run = rounds.run(number, **{variable: str(cut.port)})
            # The lab's build of ClickHouse does not survive every reset.
            lab.up([service], {})
            print(f"round {number}: reset after {limit} of {whole.passed} bytes, exit {run.code}")
            assert cut.broken
            again_after(rounds, number, run)


def killed(
    rounds: Rounds, number: int, service: str, moment: float, chance: random.Random, lab: Lab
) -> Run:
    """A round in which a server is killed; it is back when this returns."""
    rounds.feed(number)
    process = rounds.start(number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(moment)
    lab.kill(service)
    began = time.monotonic()
    if chance.random() < 0.5:
        lab.up([service], {})
    run = ended(process)
    seconds = time.monotonic() - began
    print(
        f"round {number}: {service} killed at {moment:.1f} s; exit {run.code} after {seconds:.1f} s"
    )
    lab.up([service], {})
    return run


def again_after(rounds: Rounds, number: int, run: Run) -> bool:
    """Looks at what a broken round left, and runs it again; whether it failed."""
    if run.code != 0:
        print(clear(run, 75, "→"))
    before, after = expected(number - 1), expected(number)
    for table, state in rounds.seen(rounds.warehouse.schema).items():
        assert state in (before[table], after[table]), (number, table)
    rounds.run(number).done()
    assert rounds.seen(rounds.warehouse.schema) == after, number
    assert rounds.seen(rounds.warehouse.private) == after, number
    return run.code != 0
