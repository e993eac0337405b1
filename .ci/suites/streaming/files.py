"""The real files, and fewer of them."""

import json
import os
import shutil
from pathlib import Path

import pytest

from project import TOP


@pytest.fixture(scope="session")
def real() -> Path:
    """The real files."""
    folder = Path(os.environ.get("HEADGATE_REAL_DATA", TOP.parent / "shared/streaming")).resolve()
    if not (folder / "internal/streams.csv").is_file():
        pytest.skip("the real files are not here; name their folder in HEADGATE_REAL_DATA")
    return folder


@pytest.fixture
def reduced(real: Path, tmp_path: Path) -> Path:
    """Every third stream and review of the real files, and two thirds of the users."""
    folder = tmp_path / "reduced"
    shutil.copytree(real, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    streams = folder / "internal/streams.csv"
    head, *lines = streams.read_text(encoding="utf-8").splitlines(keepends=True)
    streams.write_text(head + "".join(lines[::3]), encoding="utf-8")
    users = folder / "internal/users.csv"
    head, *lines = users.read_text(encoding="utf-8").splitlines(keepends=True)
    users.write_text(head + "".join(lines[: len(lines) * 2 // 3]), encoding="utf-8")
    reviews = folder / "vendor/reviews.json"
    reviews.write_text(json.dumps(json.loads(reviews.read_text(encoding="utf-8"))[::3]), "utf-8")
    return folder
