"""The first process in namespaces of its own: shows its children folders where they expect them, starts them in order,
and ends when one of them ends, at which the kernel ends all others.

Usage: python -m headgate_lab.cluster.first PLAN; what the plan holds is told by `Plan`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TypedDict

_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_WAIT_SECONDS = 180
_libc = ctypes.CDLL(None, use_errno=True)


class Step(TypedDict):
    """A server that has to keep running, or a program that has to succeed before the next step, tried until it does."""

    name: str
    argv: list[str]
    serves: bool


class Plan(TypedDict):
    host: str
    """The name that the machine seems to have."""
    link: list[list[str]]
    """Arguments of `ip`, tried until they succeed: the other end is made meanwhile."""
    sysctls: dict[str, str]
    """Set in the network's own namespace."""
    shown: dict[str, str]
    """Kernel settings that programs insist on: they see these, the machine's stay."""
    var: str
    """The folder that is /var here."""
    folders: dict[str, str]
    """Folders that are below /run/headgate here."""
    steps: list[Step]


def main(path: str) -> int:
    plan: Plan = json.loads(Path(path).read_text())
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    # What images hold is for others than root too.
    os.umask(0o022)
    _arrange(plan)
    names: dict[int, str] = {}
    servers = []
    for step in plan["steps"]:
        if step["serves"]:
            servers.append(_start(step))
            names[servers[-1].pid] = step["name"]
        else:
            _await(step, names)
    print("all is started", flush=True)
    while True:
        _ended(*os.waitpid(-1, 0), names)


def _arrange(plan: Plan) -> None:
    held = {name: os.open(folder, os.O_PATH) for name, folder in plan["folders"].items()}
    var = os.open(plan["var"], os.O_PATH)
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    for name, descriptor in held.items():
        place = Path("/run/headgate") / name
        place.mkdir(parents=True)
        _mount(f"/proc/self/fd/{descriptor}", str(place), "", _BIND | _RECURSIVE)
    _mount(f"/proc/self/fd/{var}", "/var", "", _BIND)
    for name in ("lib", "log", "cache", "tmp"):
        Path("/var", name).mkdir(exist_ok=True)
    if not Path("/var/run").is_symlink():
        Path("/var/run").symlink_to("/run")
    for setting, value in plan["shown"].items():
        file = Path("/run/headgate", setting.replace("/", "."))
        file.write_text(f"{value}\n")
        _mount(str(file), f"/proc/sys/{setting}", "", _BIND)
    for setting, value in plan["sysctls"].items():
        Path("/proc/sys", setting).write_text(value)
    if plan["host"]:
        socket.sethostname(plan["host"])
    for words in plan["link"]:
        _await({"name": "network", "argv": ["ip", *words], "serves": False}, {})
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    many = 65536 if hard == resource.RLIM_INFINITY else min(65536, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (many, hard))


def _start(step: Step, output: Any = None) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "HEADGATE_LAB_SITE") if name in os.environ}
    environment = {**kept, "HOME": "/root", "TMPDIR": "/tmp"}
    return subprocess.Popen(
        step["argv"],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def _await(step: Step, names: dict[int, str]) -> None:
    """Runs a program again and again until it succeeds; a server that ends meanwhile ends all."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        child = _start(step, subprocess.PIPE)
        said, _ = child.communicate()
        if child.returncode == 0:
            return
        for server in names:
            pid, status = os.waitpid(server, os.WNOHANG)
            if pid:
                _ended(pid, status, names)
        if time.monotonic() > deadline:
            words = " ".join(said.decode(errors="replace").split())[-300:]
            sys.exit(f"error: {step['name']} did not succeed in {_WAIT_SECONDS} s: {words}")
        time.sleep(0.05)


def _ended(pid: int, status: int, names: dict[int, str]) -> None:
    """Others are orphans that were collected; a server that has ended ends all."""
    if pid in names:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(f"error: {names[pid]} ended with {code}: everything here ends")


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    words = [each.encode() or None for each in (source, target, kind)]
    if _libc.mount(*words, ctypes.c_ulong(flags), data.encode() or None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mounting {target}: {os.strerror(number)}")


def _end(_number: int, _frame: object) -> None:
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
