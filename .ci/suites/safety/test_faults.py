"""Faults of the machine: one clear line, the right code, readers keep theirs.

The same command works once the cause is gone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from shop import OTHER_ROWS, Shop, clear, held

from project import Run

QUICKLY = {"HEADGATE_LEASE_WAIT": "1"}
JUDGED = ".headgate/runs/*/steps/judged.json"


@contextmanager
def mounted(place: Path, size: str) -> Iterator[None]:
    """A file system of that size at a place, with what was there."""
    kept = place.with_name(place.name + "-kept")
    if place.exists():
        place.rename(kept)
    place.mkdir(parents=True)
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if made.returncode != 0:
        pytest.skip("may not mount a file system here: " + made.stderr.strip())
    try:
        if kept.exists():
            subprocess.run(["cp", "-a", f"{kept}/.", str(place)], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def remounted(place: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(place)], check=True)


def fill(place: Path, leave: int) -> Path:
    """Leaves only so many bytes free."""
    space = os.statvfs(place)
    file = place / "filler"
    with file.open("wb") as out:
        out.write(b"\0" * max(0, space.f_bavail * space.f_frsize - leave))
    return file


def many_rows() -> str:
    rows = (f"{i},{i % 97}.50,2021-12-01,{i * 7919}-{i * 104729}" for i in range(200_000))
    return "id,amount,day,note\n" + "\n".join(rows) + "\n"


def failed(shop: Shop, run: Run, before: dict[str, str], code: int, *parts: str) -> None:
    print(clear(run, code, *parts))
    assert shop.published() == before


@pytest.mark.parametrize("leave", [0, 16_384, 300_000, 1_500_000, 6_000_000])
def test_full_disk_below_headgate(leave: int, shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", many_rows())
    with mounted(shop.folder / ".headgate", "60m"):
        filler = fill(shop.folder / ".headgate", leave)
        run = shop.run(environment=QUICKLY)
        print(clear(run, 75, "disk is full", "free some space"))
        # The copy to roll back to is made last: readers may have the new state, which is said.
        assert (shop.published() == before) is ("readers of" not in run.log)
        filler.unlink()
        shop.run(environment=QUICKLY).done()
        assert shop.published() != before


@pytest.mark.parametrize("leave", [0, 100_000, 2_000_000])
def test_full_disk_of_the_published_file(leave: int, shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", many_rows())
    with mounted(shop.warehouse.parent, "60m"):
        filler = fill(shop.warehouse.parent, leave)
        run = shop.run(environment=QUICKLY)
        failed(shop, run, before, 75, "disk is full")
        filler.unlink()
        shop.run("--resume", environment=QUICKLY).done()
        assert shop.published() != before


def test_read_only_place_of_the_published_file(shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", OTHER_ROWS)
    with mounted(shop.warehouse.parent, "60m"):
        remounted(shop.warehouse.parent, "ro")
        run = shop.run()
        failed(shop, run, before, 78, "warehouse/dev.duckdb", "make the place writable")
        remounted(shop.warehouse.parent, "rw")
        shop.run().done()
        assert shop.published() != before


def test_read_only_place_of_a_first_publication(shop: Shop, tmp_path: Path) -> None:
    fresh = Shop(tmp_path / "fresh")
    with mounted(fresh.warehouse.parent, "60m"):
        remounted(fresh.warehouse.parent, "ro")
        clear(fresh.run(), 78, "warehouse", "make the place writable")
        remounted(fresh.warehouse.parent, "rw")
        fresh.run().done()


def test_read_only_headgate_folder(shop: Shop) -> None:
    before = shop.published()
    with mounted(shop.folder / ".headgate", "60m"):
        remounted(shop.folder / ".headgate", "ro")
        failed(shop, shop.run(), before, 78, ".headgate", "writable")
        remounted(shop.folder / ".headgate", "rw")
        shop.run().done()


@pytest.mark.parametrize("how", ["reads", "writes"])
def test_published_file_in_other_hands(how: str, shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", OTHER_ROWS)
    holder = held(shop.warehouse, read_only=how == "reads")
    try:
        run = shop.run(environment=QUICKLY)
        print(clear(run, 75, f"process {holder.pid}", "warehouse/dev.duckdb"))
    finally:
        holder.communicate()
    assert shop.published() == before
    shop.run("--resume", environment=QUICKLY).done()
    assert shop.published() != before


def test_published_file_that_is_let_go_in_time_is_waited_for(shop: Shop) -> None:
    shop.write("data/orders.csv", OTHER_ROWS)
    before = shop.published()
    holder = held(shop.warehouse)
    known = set(shop.folder.glob(JUDGED))
    process = shop.start("run", "--json", environment={"HEADGATE_LEASE_WAIT": "120"})
    shop.reach(process, JUDGED, known)
    time.sleep(1)
    holder.communicate()
    process.communicate(timeout=180)
    assert process.returncode == 0
    assert shop.published() != before


def test_private_file_in_other_hands(shop: Shop) -> None:
    before = shop.published()
    shop.write("data/orders.csv", OTHER_ROWS)
    (work,) = shop.folder.glob(".headgate/work/dev/shop/**/work.duckdb")
    holder = held(work)
    try:
        run = shop.run(environment=QUICKLY)
        print(clear(run, 75, f"process {holder.pid}", "work.duckdb"))
    finally:
        holder.communicate()
    assert shop.published() == before
    shop.run(environment=QUICKLY).done()


def test_two_runs_at_once_the_second_waits_or_names_the_first(shop: Shop) -> None:
    shop.write("data/orders.csv", OTHER_ROWS)
    holder = held(shop.warehouse)
    known = set(shop.folder.glob(JUDGED))
    first = shop.start("run", "--json", environment={"HEADGATE_LEASE_WAIT": "120"})
    shop.reach(first, JUDGED, known)
    second = shop.run(environment=QUICKLY)
    holder.communicate()
    first.communicate(timeout=180)
    print(clear(second, 75, f"process {first.pid}"))
    assert first.returncode == 0


def test_published_file_that_is_no_database(shop: Shop) -> None:
    kept = shop.warehouse.read_bytes()
    shop.warehouse.write_bytes(b"not a database" * 1000)
    print(clear(shop.run(), 70, "warehouse/dev.duckdb", "move it away"))
    assert shop.warehouse.read_bytes() == b"not a database" * 1000
    shop.warehouse.write_bytes(kept)
    shop.run().done()


@pytest.mark.parametrize(
    "python", ["/nowhere/python", sys.executable.replace("bin/python", "pyvenv.cfg")]
)
def test_missing_python(python: str, shop: Shop) -> None:
    before = shop.published()
    shop.write("pipelines/shop/expectations/orders.yaml",
        "table: orders\nexpectations:\n  - {expect: column_values_to_not_be_null, column: id}\n")  # fmt: skip
    shop.edit(
        "pipelines/shop/pipeline.yaml",
        "    checks:\n",
        "    suites: expectations/orders.yaml\n    checks:\n",
    )
    shop.write("data/orders.csv", OTHER_ROWS)
    run = shop.run(environment={"HEADGATE_JAVA_OPTIONS": f"-Dheadgate.python={python}"})
    failed(shop, run, before, 78, python)
    shop.run("--resume").done()
    assert shop.published() != before
