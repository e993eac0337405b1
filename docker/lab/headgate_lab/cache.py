"""Installed things, kept by the hash of what they are made from, put in place whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from headgate_lab.terminal import say


def root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "headgate" / "lab"


def key(*inputs: str | bytes | Path) -> str:
    """Names what is made from these inputs on this kind of machine; a path stands for its content."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}\n".encode())
    for each in inputs:
        content = each.read_bytes() if isinstance(each, Path) else each
        content = content.encode() if isinstance(content, str) else content
        digest.update(f"{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def entry(name: str, content_key: str, make: Callable[[Path], None]) -> Path:
    """The folder of an installed thing; when it is missing, `make` fills an empty one, which is moved into place."""
    place = root() / f"{name}-{content_key}"
    if place.is_dir():
        return place
    with locked(root() / f".{name}.lock", f"{name} is being installed already: waiting for it"):
        if place.is_dir():
            return place
        # Under the lock: whatever lies here was left by an install that was killed.
        for left in root().glob(f".partial-{name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(prefix=f".partial-{name}-", dir=root()))
        try:
            make(partial)
            partial.chmod(0o755)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return place


@contextmanager
def locked(path: Path, waiting: str | None = None) -> Iterator[None]:
    """Holds a lock between processes, which ends with this one at the latest; says so when it has to wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waiting is not None:
                    say(waiting)
                fcntl.flock(lock, fcntl.LOCK_EX)
            # Whoever held it before may have removed the file: then others lock another one.
            if not path.exists() or not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                continue
            yield
            return
