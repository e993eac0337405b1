"""What clients of a lab need, as environment variables."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from headgate_lab.service import PREFIX
from headgate_lab.site import write_private


def prefixed(values: Mapping[str, str]) -> dict[str, str]:
    return {f"{PREFIX}{name}": value for name, value in values.items()}


def exports(values: Mapping[str, str]) -> str:
    """Lines for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def write(path: Path, values: Mapping[str, str]) -> None:
    write_private(path, exports(values))
