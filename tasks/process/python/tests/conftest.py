"""A worker as Headgate starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parent.parent


class Worker:
    """The other end of the pipe."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "headgate_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(PACKAGES)},
        )
        self._ids = 0

    def send(
        self, method: str, request: dict[str, Any], environment: dict[str, str] | None = None
    ) -> int:
        self._ids += 1
        self.write(
            {
                "id": self._ids,
                "method": method,
                "request": request,
                "environment": environment or {},
            }
        )
        return self._ids

    def write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the worker has gone"
        message: dict[str, Any] = json.loads(line)
        return message

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None and not stream.closed:
                stream.close()

    def call(
        self, method: str, request: dict[str, Any], environment: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The answer, and the events before it."""
        number = self.send(method, request, environment)
        events = []
        while True:
            message = self.receive()
            assert message["id"] == number
            if "event" not in message:
                return message, events
            events.append(message["event"])


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.end()


@pytest.fixture(scope="module")
def warm_worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.end()
