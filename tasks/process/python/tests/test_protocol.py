"""Lines in, lines out; and the end of the worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from conftest import PACKAGES, Worker


def gone(pid: int, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with Path(f"/proc/{pid}/stat").open() as stat:
                if stat.read().split(") ")[1][0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_answers_in_the_order_of_the_calls(worker: Worker) -> None:
    numbers = [worker.send("ping", {"echo": i}) for i in range(5)]
    answers = [worker.receive() for _ in numbers]
    assert [answer["id"] for answer in answers] == numbers
    assert [answer["result"]["echo"] for answer in answers] == list(range(5))


def test_says_what_was_raised(worker: Worker) -> None:
    answer, _ = worker.call("nonsense", {})
    assert answer["error"]["type"] == "LookupError"
    assert "no method nonsense" in answer["error"]["message"]
    answer, _ = worker.call("sleep", {"seconds": "text"})
    assert answer["error"]["type"] == "TypeError"
    assert worker.call("ping", {"echo": 1})[0]["result"]["echo"] == 1


def test_masks_the_environment_of_the_call(worker: Worker) -> None:
    answer, _ = worker.call("ping", {"echo": ["a hunter2 b"]}, {"PASSWORD": "hunter2"})
    assert answer["result"]["echo"] == ["a ***** b"]


def test_cancelling_a_running_call_keeps_the_worker(worker: Worker) -> None:
    number = worker.send("sleep", {"seconds": 60})
    assert worker.receive()["event"] == {"event": "asleep"}
    begin = time.monotonic()
    worker.write({"cancel": number})
    assert worker.receive() == {"id": number, "cancelled": True}
    assert time.monotonic() - begin < 30
    assert "result" in worker.call("ping", {})[0]


def test_cancelling_a_waiting_call_leaves_the_running_one(worker: Worker) -> None:
    first = worker.send("sleep", {"seconds": 3})
    worker.receive()
    second = worker.send("sleep", {"seconds": 60})
    worker.write({"cancel": second})
    assert worker.receive() == {"id": first, "result": {}}
    assert worker.receive() == {"id": second, "cancelled": True}


def test_a_late_cancel_is_no_harm(worker: Worker) -> None:
    for _ in range(20):
        number = worker.send("sleep", {"seconds": 0})
        worker.write({"cancel": number})
        while "event" in worker.receive():
            pass
    assert "result" in worker.call("ping", {})[0]


def test_warming_gives_way_to_calls(worker: Worker) -> None:
    running = worker.send("sleep", {"seconds": 3})
    worker.receive()
    warming = worker.send("warm", {"tools": []})
    call = worker.send("ping", {})
    assert [worker.receive()["id"] for _ in range(3)] == [running, call, warming]


def test_interrupts_of_the_terminal_do_not_reach_it(worker: Worker) -> None:
    worker.call("ping", {})
    assert os.getpgid(worker.process.pid) == worker.process.pid
    os.kill(worker.process.pid, signal.SIGINT)
    assert "result" in worker.call("ping", {})[0]


def test_ends_with_its_input(worker: Worker) -> None:
    worker.call("ping", {})
    assert worker.process.stdin
    worker.process.stdin.close()
    assert gone(worker.process.pid)


def test_leaves_no_temporary_folder_when_it_ends_in_the_midst_of_a_call(
    worker: Worker, tmp_path: Path
) -> None:
    worker.send("sleep", {"seconds": 60}, {"TMPDIR": str(tmp_path)})
    assert worker.receive()["event"] == {"event": "asleep"}
    assert len(list(tmp_path.iterdir())) == 1
    assert worker.process.stdin
    worker.process.stdin.close()
    assert gone(worker.process.pid)
    assert list(tmp_path.iterdir()) == []


def test_ends_with_its_parent_in_the_midst_of_a_call() -> None:
    # A parent that starts a worker, lets it sleep and is killed.
    script = """
import json, os, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-P", "-m", "headgate_worker"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
worker.stdin.write(b'{"id": 1, "method": "sleep", "request": {"seconds": 60, "stubborn": true}}\\n')
worker.stdin.flush()
worker.stdout.readline()
print(worker.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PACKAGES)},
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert not gone(pid, 0.2)
    parent.kill()
    parent.wait()
    assert gone(pid)
    parent.stdout.close()
