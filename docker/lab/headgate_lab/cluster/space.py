"""Holds a cluster: starts its first process in namespaces of its own, connects them to this machine by one link, and
passes the pods' connections on to the lab's servers. When this process ends, all of it ends.

Usage: python -m headgate_lab.cluster.space SPACE; what the file holds is told by `Space`.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

from headgate_lab import processes
from headgate_lab.cluster.forward import Forwarder, Way
from headgate_lab.ports import HOST
from headgate_lab.processes import Identity
from headgate_lab.site import write_private

LOOK_SECONDS = 0.2
NAMESPACES = ("--net", "--mount", "--uts", "--ipc", "--pid")


class Space(TypedDict):
    argv: list[str]
    """The first process in the new namespaces; nothing when only connections are passed on."""
    device: str
    """The name of this machine's end of the link, if the cluster is ours."""
    host: str
    """The address at which pods reach the lab's servers."""
    ways: list[list[str]]
    """Networks that are reached through the link, and the address to send them to."""
    api: list[str]
    """Port on loopback, address and port of the API server."""
    lab: str
    """The folder of the lab, whose servers' ports are passed on."""
    inside: str
    """A file for the pid of the first process."""


def main(path: str) -> int:
    space: Space = json.loads(Path(path).read_text())
    child = _enter(space) if space["argv"] else None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    # Six for each connection, and connections by the hundred.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    forwarder = Forwarder()
    servers = Servers(Path(space["lab"]))
    fixed = set()
    if space["api"]:
        port, address, its_port = space["api"]
        fixed = {Way(HOST, int(port), address, int(its_port))}
    try:
        while child is None or child.poll() is None:
            ports = servers.ports() if space["host"] else set()
            ways = {Way(space["host"], port, HOST, port, space["device"]) for port in ports}
            forwarder.serve_only(fixed | ways)
            until = time.monotonic() + LOOK_SECONDS
            while (left := until - time.monotonic()) > 0:
                forwarder.accept(left)
    finally:
        if child is not None:
            child.kill()
            child.wait()
    print(f"error: the cluster ended with {child.returncode}", flush=True)
    return 1


def _enter(space: Space) -> subprocess.Popen[bytes]:
    """Starts the first process and makes the link, one end here and the other in its network."""
    with_us = ["setpriv", "--pdeathsig", "KILL", "unshare", *NAMESPACES, "--fork"]
    options = ["--kill-child=KILL", "--mount-proc", "--propagation", "private"]
    child = subprocess.Popen([*with_us, *options, *space["argv"]], stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    ours = Path("/proc/self/ns/net").readlink()
    root = processes.identify(child.pid)
    while True:
        members = [] if root is None else processes.family(root)
        entered = len(members) > 1 and _network_of(members[1]) not in (None, ours)
        if entered:
            break
        if child.poll() is not None or time.monotonic() > deadline:
            child.kill()
            sys.exit("error: no namespaces of our own: is this user allowed to make them?")
        time.sleep(0.01)
    device = space["device"]
    peer = ["peer", "name", "eth0", "netns", str(members[1].pid)]
    _ip("link", "add", device, "type", "veth", *peer)
    _ip("addr", "add", f"{space['host']}/30", "dev", device)
    _ip("link", "set", device, "up")
    for network, gateway in space["ways"]:
        _ip("route", "add", network, "via", gateway, "dev", device)
    write_private(Path(space["inside"]), str(members[1].pid))
    return child


def _network_of(identity: Identity) -> Path | None:
    try:
        return Path(f"/proc/{identity.pid}/ns/net").readlink()
    except OSError:
        return None


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"error: ip {' '.join(words)}: {done.stderr.strip()}")


class Servers:
    """Which ports the lab's servers have while they run; looks again when what the lab remembers of one has changed."""

    def __init__(self, lab: Path) -> None:
        self._lab = lab
        self._told: dict[Path, tuple[int, Identity | None, set[int]]] = {}

    def ports(self) -> set[int]:
        found: set[int] = set()
        for file in self._lab.glob("*/state.json"):
            if file.parent.name.startswith("kubernetes"):
                continue
            try:
                changed = file.stat().st_mtime_ns
                if self._told.get(file, (0,))[0] != changed:
                    state = json.loads(file.read_text())
                    known = state["identity"] and Identity.from_json(state["identity"])
                    self._told[file] = (changed, known, set(state["ports"].values()))
            except (FileNotFoundError, ValueError, KeyError):
                # Gone, or not of the lab: nothing that the cluster should end for.
                continue
            _, identity, ports = self._told[file]
            if identity is not None and identity.alive():
                found |= ports
        return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
