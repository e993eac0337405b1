"""Ctrl-C and TERM in any step: 143, nothing half-written or left running, the resume is right."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from shop import OTHER_ROWS, Shop, clear, ended, held

QUERY = "SELECT * FROM orders WHERE amount < 0"
SLOW = "AND (SELECT max(a.i * b.i) FROM range(90000) a(i), range(90000) b(i)) < 0"
SLOW_QUERY = f'"{QUERY} {SLOW}"'
PEOPLE = "email,name\nann@example.org,Ann\n"


def reach(shop: Shop, process: "subprocess.Popen[str]", step: str, before: str | None) -> None:
    """Waits until a step is at work: the one before it has ended, or the run is written down."""
    sign = f".headgate/runs/*/steps/{before}.json" if before else ".headgate/runs/*/run.json"
    shop.reach(process, sign)
    time.sleep(0.7)
    assert process.poll() is None, f"{step} was too fast to be stopped"


def session(leader: int) -> list[str]:
    """Command lines of what still runs in the session of a run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    found.append((entry / "cmdline").read_text())
            except (ProcessLookupError, FileNotFoundError):
                continue
    return found


def stop(process: "subprocess.Popen[str]", sent: signal.Signals) -> str:
    """Ctrl-C reaches all processes of a terminal, TERM one."""
    if sent is signal.SIGINT:
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    asked = time.monotonic()
    run = ended(process)
    assert time.monotonic() - asked < 30
    assert run.document["outcome"] == "stopped"
    while session(process.pid):
        assert time.monotonic() - asked < 40, session(process.pid)
        time.sleep(0.1)
    return clear(run, 143, "--resume")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("step", ["ingest", "judged", "publish"])
def test_stopped_step_leaves_no_halves_and_is_taken_up(
    step: str, sent: signal.Signals, shop: Shop
) -> None:
    subprocess.run(["rm", "-rf", str(shop.folder / ".headgate/runs")], check=True)
    before = shop.published()
    shop.write("data/orders.csv", OTHER_ROWS)
    if step == "ingest":
        people = (f"u{i}@example.org,{'x' * 60}{i}\n" for i in range(3_000_000))
        shop.write("data/people.csv", "email,name\n" + "".join(people))
    if step == "judged":
        shop.edit("pipelines/shop/pipeline.yaml", QUERY, SLOW_QUERY)
    holder = held(shop.warehouse, read_only=True) if step == "publish" else None

    process = shop.start("run", "--json")
    reach(shop, process, step, {"ingest": None, "judged": "ingest", "publish": "judged"}[step])
    print(stop(process, sent))
    if holder:
        holder.communicate()

    assert shop.published() == before
    halves = [
        str(file)
        for file in (shop.folder / ".headgate").rglob("*")
        if file.name.endswith((".tmp", ".partial", ".new")) or file.name.startswith(".making")
    ]
    assert not halves
    shop.write("data/people.csv", PEOPLE)
    pipeline = (shop.folder / "pipelines/shop/pipeline.yaml").read_text("utf-8")
    shop.write("pipelines/shop/pipeline.yaml", pipeline.replace(SLOW_QUERY, QUERY))
    shop.run("--resume").done()
    after = shop.published()
    assert after["shop.orders"] != before["shop.orders"]
    assert after["shop.people"] == before["shop.people"]
