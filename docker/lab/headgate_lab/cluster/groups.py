"""Control groups of a cluster's containers, below one of its own in each hierarchy of the kernel."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = {"cpu", "cpuset", "hugetlb", "memory", "pids"}
_PATIENCE_SECONDS = 30


def make(name: str) -> None:
    """The kubelet insists that the group which holds all of its own exists, with all controllers that there are."""
    for hierarchy in _hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)
        passed_on = hierarchy / "cgroup.subtree_control"
        if hierarchy == ROOT:
            there = set((hierarchy / "cgroup.controllers").read_text().split())
            for controller in sorted(_CONTROLLERS & there - set(passed_on.read_text().split())):
                passed_on.write_text(f"+{controller}")


def remove(name: str) -> None:
    """Removes the group and all below it, which nobody is in any more; one that was just left takes a moment."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for hierarchy in _hierarchies():
        top = hierarchy / name
        while top.exists():
            for group in sorted(top.rglob("*/"), key=lambda each: len(each.parts), reverse=True):
                with contextlib.suppress(OSError):
                    group.rmdir()
            try:
                top.rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def _hierarchies() -> Iterator[Path]:
    """The one of version 2, or those of version 1."""
    if (ROOT / "cgroup.procs").exists():
        yield ROOT
        return
    for each in ROOT.iterdir():
        if (each / "cgroup.procs").exists() and not each.is_symlink():
            yield each
