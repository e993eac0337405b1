"""Programs that installing and starting need: found, or installed by the machine's package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from headgate_lab import cache
from headgate_lab.failures import CONFIGURATION, FAULT, LabError
from headgate_lab.terminal import say

_running: set[subprocess.Popen[str]] = set()
_cancelled = threading.Event()


def run(
    argv: Sequence[object],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    text: str | None = None,
    user: str | None = None,
    what: str,
) -> str:
    """Runs a program to its end and returns its output; when it fails, its last lines and `what` failed."""
    account = user if user is not None and os.geteuid() == 0 else None
    with subprocess.Popen(
        [str(word) for word in argv],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=account,
        group=account,
        extra_groups=[] if account else None,
    ) as process:
        _running.add(process)
        try:
            check_cancelled()
            output, errors = process.communicate(text)
        finally:
            process.kill()
            _running.discard(process)
    check_cancelled()
    if process.returncode != 0:
        tail = "\n".join((output + errors).strip().splitlines()[-15:])
        raise LabError(f"{what} failed (exit {process.returncode}):\n{tail}", CONFIGURATION)
    return output


@contextmanager
def patiently(what: str, every: float = 30) -> Iterator[None]:
    """Says now and then that something which takes long is still going on."""
    ended = threading.Event()
    began = time.monotonic()

    def remind() -> None:
        while not ended.wait(every):
            say(f"still {what} ({time.monotonic() - began:.0f} s)")

    say(what)
    reminder = threading.Thread(target=remind, daemon=True)
    reminder.start()
    try:
        yield
    finally:
        ended.set()
        reminder.join()


def cancel() -> None:
    """Ends what `run` runs now and keeps it from running more: somebody wants the whole lab command to end."""
    _cancelled.set()
    for process in tuple(_running):
        process.kill()


def check_cancelled() -> None:
    if _cancelled.is_set():
        raise LabError("interrupted", FAULT)


def need(program: str, *packages: str) -> str:
    """The path of a program, installing the Debian packages that bring it when it is missing."""
    found = shutil.which(program)
    if found is None:
        install(*packages)
        found = shutil.which(program)
    if found is None:
        raise LabError(
            f"{program} is missing after {', '.join(packages)} was installed", CONFIGURATION
        )
    return found


def install(*packages: str) -> None:
    """Installs Debian packages, as root or by sudo; apt checks their signatures."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise LabError(f"missing here and no apt-get to install it: {names}", CONFIGURATION)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with cache.locked(cache.root() / ".apt.lock"):
        run([*sudo, "apt-get", "update", "-qq"], what="apt-get update")
        run(
            [
                *sudo,
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "-y",
                "-qq",
                "--no-install-recommends",
                *packages,
            ],
            environment=quiet,
            what=f"installing {names}",
        )


def jdk(release: int = 25) -> Path:
    """A JDK of this release, found where the launcher of Headgate finds its own."""
    home = Path.home()
    java = shutil.which("java")
    candidates = [
        Path(os.environ[name])
        for name in ("JAVA_HOME", f"JAVA{release}_HOME")
        if os.environ.get(name)
    ]
    if java is not None:
        candidates.append(Path(java).resolve().parent.parent)
    for folder in (
        Path("/usr/lib/jvm"),
        home / ".jdks",
        home / ".sdkman/candidates/java",
        Path("/opt"),
    ):
        if folder.is_dir():
            candidates.extend(sorted(folder.iterdir()))
    for candidate in candidates:
        about = candidate / "release"
        if (candidate / "bin/javac").exists() and about.is_file():
            lines = about.read_text().splitlines()
            if any(
                line.startswith((f'JAVA_VERSION="{release}.', f'JAVA_VERSION="{release}"'))
                for line in lines
            ):
                return candidate
    raise LabError(
        f"Trino needs a JDK {release} and there is none: install one (such as temurin-{release}-jdk)"
        " or set JAVA_HOME to one",
        CONFIGURATION,
    )
