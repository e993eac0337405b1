"""Folders that builds share, and the commands they run."""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from headgate_images.failures import Failure

# When every file in an image was changed: layers of the same content are the same layers, whoever builds them and when.
EPOCH = 315619200
TOP = Path(__file__).resolve().parents[2]
DOCKER = TOP / "docker"


def say(text: str) -> None:
    print(f"build: {text}", file=sys.stderr, flush=True)


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "headgate"


def folder() -> Path:
    """Where what is made for images is kept."""
    return cache() / "images"


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """What the command writes.

    :raises Failure: with the end of what it complained about, when it fails
    """
    words = [str(word) for word in command]
    try:
        ended = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise Failure(f"{words[0]} is missing", "install it") from None
    if ended.returncode != 0:
        lines = (ended.stdout + ended.stderr).strip().splitlines()[-15:]
        raise Failure("\n".join([f"{words[0]} ended with {ended.returncode}", *lines]))
    return ended.stdout


def key(*inputs: str | bytes | Path) -> str:
    """Names what is made from these inputs; a file stands for its content, a folder for all in it."""
    digest = hashlib.sha256(f"{platform.machine()}\n".encode())

    def add(content: bytes) -> None:
        digest.update(f"{len(content)}\n".encode() + content)

    for each in inputs:
        if isinstance(each, str):
            add(each.encode())
        elif isinstance(each, bytes):
            add(each)
        elif each.is_dir():
            add(tree_hash(each).encode())
        else:
            add(each.read_bytes())
    return digest.hexdigest()[:16]


def tree_hash(root: Path) -> str:
    """SHA-256 of the names, contents and execute bits below a folder."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*"), key=lambda one: one.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            digest.update(f"link {name} {path.readlink()}\n".encode())
        elif path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"file {name} {os.access(path, os.X_OK):d} {content}\n".encode())
    return digest.hexdigest()


def entry(name: str, content_key: str, make: Callable[[Path], None]) -> Path:
    """What is kept under that name and key; when it is missing, `make` fills a folder, which is moved into place."""
    place = folder() / f"{name}-{content_key}"
    if place.is_dir():
        os.utime(place)
        return place
    with locked(name):
        if place.is_dir():
            return place
        for left in folder().glob(f".partial-{name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        # Class archives hold the place where they were made.
        partial = folder() / f".partial-{name}-{content_key}"
        partial.mkdir(mode=0o700)
        started = time.monotonic()
        say(f"making {name}")
        try:
            make(partial)
            partial.chmod(0o755)
            # What is made has the times of files in images; forget_old() goes by when it was used.
            os.utime(partial)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        say(f"{name} made in {time.monotonic() - started:.0f} s")
        forget_old(name)
    return place


def forget_old(name: str) -> None:
    """Keeps the last four of what has that name, and what was used within a day."""
    kept = sorted(folder().glob(f"{name}-*"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[4:]:
        if old.stat().st_mtime < time.time() - 86400:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Holds a lock between processes, which ends with this one at the latest."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f".{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another build makes {name}: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def normalise(root: Path) -> None:
    """Gives all below a folder the modes and times that files in images have."""
    for path in [*root.rglob("*"), root]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def link_tree(source: Path, target: Path, names: Sequence[str] | None = None) -> None:
    """Copies a folder, or what is named of it, by hard links."""
    target.mkdir(parents=True, exist_ok=True)
    for name in names if names is not None else sorted(os.listdir(source)):
        run("cp", "-al", source / name, target / name)
