"""What the lab says to people while it works: on the error stream, a line each."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)
