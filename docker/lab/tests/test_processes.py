from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headgate_lab import processes
from headgate_lab.processes import Command, Identity

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]


def _identity(process: subprocess.Popen[bytes]) -> Identity:
    found = processes.identify(process.pid)
    assert found is not None
    return found


def test_knows_a_process_until_it_ends(tmp_path: Path) -> None:
    process = processes.start(Command(SLEEP, tmp_path), tmp_path / "log")
    identity = _identity(process)
    assert identity.alive()
    processes.kill(identity)
    assert not identity.alive()
    assert process.wait() == -signal.SIGKILL


def test_another_process_with_the_same_pid_is_neither_ours_nor_touched(tmp_path: Path) -> None:
    process = processes.start(Command(SLEEP, tmp_path), tmp_path / "log")
    real = _identity(process)
    for stranger in (
        dataclasses.replace(real, started=real.started - 1),
        dataclasses.replace(real, boot="another boot"),
    ):
        assert not stranger.alive()
        processes.stop(stranger, signal.SIGTERM, 0.1)
        processes.kill(stranger, [stranger])
    time.sleep(0.1)
    assert real.alive()
    processes.kill(real)
    process.wait()


def test_kills_what_does_not_end_when_asked(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start(Command(DEAF, tmp_path), log)
    while "deaf" not in log.read_text():
        time.sleep(0.01)
    processes.stop(_identity(process), signal.SIGTERM, 0.2)
    assert process.wait() == -signal.SIGKILL


def test_killing_takes_the_children_along(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    log = tmp_path / "log"
    process = processes.start(Command([sys.executable, "-c", program], tmp_path), log)
    while not log.read_text().endswith("\n"):
        time.sleep(0.01)
    child = processes.identify(int(log.read_text()))
    assert child is not None
    processes.kill(_identity(process))
    process.wait()
    assert not child.alive()


def test_a_server_has_a_session_of_its_own_and_only_the_environment_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "seen")
    program = (
        "import os\n"
        "alone = os.getsid(0) == os.getpid()\n"
        "print(alone, os.environ.get('SECRET_OF_THE_SHELL'), os.environ['GIVEN'])"
    )
    log = tmp_path / "log"
    command = Command([sys.executable, "-c", program], tmp_path, {"GIVEN": "yes"})
    assert processes.start(command, log).wait() == 0
    assert log.read_text() == "True None yes\n"
    assert log.stat().st_mode & 0o777 == 0o600
