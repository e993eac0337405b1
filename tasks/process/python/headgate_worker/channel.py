"""JSON lines on a pair of pipes."""

import json
import os
import threading
from collections.abc import Iterator
from typing import Any


class Channel:
    """Lines in, lines out. Writing is safe from any thread and never blocks reading."""

    def __init__(self, requests: int, answers: int) -> None:
        self._in = os.fdopen(requests, "r", encoding="utf-8", newline="\n")
        self._out = os.fdopen(answers, "wb", buffering=0)
        self._lock = threading.Lock()

    def lines(self) -> Iterator[dict[str, Any]]:
        """Each message as it comes; ends when the other side has gone."""
        for line in self._in:
            if line.strip():
                yield json.loads(line)

    def send(self, message: dict[str, Any]) -> None:
        """Writes one message; what JSON cannot say goes as text."""
        data = json.dumps(plain(message), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        with self._lock:
            view = memoryview(data)
            while view:
                view = view[self._out.write(view) or 0 :]


def plain(value: Any) -> Any:
    """The value in JSON's own types: numbers that JSON lacks, dates and the like become text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    item = getattr(value, "item", None)  # NumPy's scalars
    if callable(item) and type(value).__module__ == "numpy":
        try:
            return plain(item())
        except (TypeError, ValueError):
            return str(value)
    return str(value)
