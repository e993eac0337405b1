"""What a call may change around it, and gets taken back afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_folders: set[str] = set()


@contextmanager
def surroundings(environment: Mapping[str, str]) -> Iterator[None]:
    """Sets variables for a call; afterwards environment and working directory are as before."""
    before = dict(os.environ)
    directory = Path.cwd()
    os.environ.update(environment)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value
        os.chdir(directory)


@contextmanager
def temporary_files() -> Iterator[None]:
    """Removes at the end what a library leaves in temporary folders meanwhile."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="headgate-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder
        _folders.add(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
            _folders.discard(folder)


def remove_temporary_files() -> None:
    """The same for a process that ends without leaving what it is in."""
    for folder in tuple(_folders):
        shutil.rmtree(folder, ignore_errors=True)
