"""Processes that are known again: by pid, start time and boot, so that a reused pid is never mistaken for ours."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROC = Path("/proc")
POLL_SECONDS = 0.02
LEFTOVER_SECONDS = 0.3


@dataclass(frozen=True)
class Identity:
    """A process, for as long as the machine keeps its name: `started` is in clock ticks since `boot`."""

    pid: int
    started: int
    boot: str

    def alive(self) -> bool:
        """Whether this very process still runs; one that ended and waits for its parent does not."""
        return identify(self.pid) == self

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Identity:
        return Identity(int(value["pid"]), int(value["started"]), str(value["boot"]))


@dataclass(frozen=True)
class Command:
    """How to start a server. `argv` holds no secret; `user` is whom to become when the lab runs as root."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None


def boot_id() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def identify(pid: int) -> Identity | None:
    """Who runs under a pid now, if anybody does."""
    stat = _stat(pid)
    # A process whose first thread has ended is still there, sockets included, until the last one has.
    if stat is None or (stat[0] in "ZX" and int(stat[17]) <= 1):
        return None
    return Identity(pid, int(stat[19]), boot_id())


def started(identity: Identity) -> float:
    """When a process began, in seconds since the epoch, to a second or so."""
    lines = (PROC / "stat").read_text().splitlines()
    boot = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
    return boot + identity.started / os.sysconf("SC_CLK_TCK")


def start(command: Command, log: Path) -> subprocess.Popen[bytes]:
    """Starts a server in a session of its own, its output appended to the log, with nothing else of ours open."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
    }
    environment["HOME"] = str(command.folder)
    environment.update(command.environment)
    account: dict[str, Any] = {}
    if command.user is not None and os.geteuid() == 0:
        account = {"user": command.user, "group": command.user, "extra_groups": []}
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            list(command.argv),
            cwd=command.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            umask=0o077,
            **account,
        )
    finally:
        os.close(descriptor)


def marked(name: str, value: str) -> list[Identity]:
    """Processes that were started with this environment variable, and those that got it from them."""
    mark = f"{name}={value}".encode()
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        identity = identify(int(entry.name))
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if identity is not None and mark in words:
            found.append(identity)
    return found


def family(root: Identity) -> list[Identity]:
    """A process and all that descend from it now, the root first."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            if stat is not None:
                children.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [root]
    waiting = [root.pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            identity = identify(child)
            if identity is not None:
                found.append(identity)
                waiting.append(child)
    return found


def stop(root: Identity, how: signal.Signals, seconds: float) -> None:
    """Asks a process to end and waits; when it has not ended by then, or left descendants, those are killed."""
    if not root.alive():
        return
    members = family(root)
    _send(root, how)
    if not _ended([root], seconds) or not _ended(members, LEFTOVER_SECONDS):
        kill(root, members)


def kill(root: Identity, members: Sequence[Identity] = ()) -> None:
    """Ends a process and its descendants at once, as a fault would."""
    known = list(members) or family(root)
    for member in known:
        _send(member, signal.SIGKILL)
    if not _ended(known, 30):
        raise OSError(f"process {root.pid} is still there 30 s after KILL")


def _send(identity: Identity, how: signal.Signals) -> None:
    try:
        descriptor = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return
    try:
        # The descriptor holds the process, so that what is checked here is what gets the signal.
        if identity.alive():
            signal.pidfd_send_signal(descriptor, how)
    except ProcessLookupError:
        pass
    finally:
        os.close(descriptor)


def _ended(members: Sequence[Identity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(member.alive() for member in members):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _stat(pid: int) -> list[str] | None:
    """State, parent, … of a process: the fields of its stat file after the name."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2 :].split()
