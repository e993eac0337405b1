"""Base images of Debian packages, for where no registry is at hand."""

import copy
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from headgate_images.failures import Failure
from headgate_images.workspace import EPOCH, run

SUITE = "bookworm"
# The last one keeps Perl away, which otherwise comes to move /bin to where it lies already.
PACKAGES = "ca-certificates,libstdc++6,tzdata,usr-is-merged"
PYTHON_PACKAGES = ("python3.11-minimal", "libpython3.11-stdlib")
LEFT_OUT = re.compile(
    r"(etc/apt|var/lib/apt|var/cache|var/log|tmp|run|proc|sys|dev)/.+"
    r"|etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/(hostname|resolv\.conf|machine-id)"
    r"|var/lib/dpkg/.*-old|var/lib/dpkg/lock.*|root/\..+"
)
RELEASE = "etc/debian_version"


def sources() -> str:
    """The lines of apt's sources on this machine that are Debian's.

    :raises Failure: when this machine has none of the release that images are made of
    """
    listed = run(
        "apt-get", "indextargets", "--no-release-info",
        "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages",
    )  # fmt: skip
    lines = []
    for line in sorted(set(listed.splitlines())):
        uri, suite, component = line.split()
        if suite.split("-")[0] == SUITE and component == "main":
            lines.append(f"deb {uri} {suite} {component}")
    if not lines:
        raise Failure(
            f"this machine's apt knows no Debian {SUITE}",
            "give --base (and --python-base), images that exist; or run apt-get update on a Debian 12",
        )
    return "\n".join(lines) + "\n"


def make(into: Path) -> None:
    """Writes `base/` and `python/`, each a build context with one layer, and the packages in each."""
    if shutil.which("mmdebstrap") is None:
        raise Failure(
            "mmdebstrap is missing", "apt-get install mmdebstrap, or give --base and --python-base"
        )
    if os.geteuid() != 0:
        raise Failure(
            "a base image of packages is made by root", "use sudo, or give --base and --python-base"
        )
    mirrors = into / "sources"
    mirrors.write_text(sources())
    first, second = into / "first.tar", into / "second.tar"
    snapshot = f'tar -C "$1" --one-file-system --numeric-owner --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -cf {shlex.quote(str(first))} .'
    add = (
        'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --yes -qq -oDPkg::Chroot-Directory="$1" install '
        + " ".join(PYTHON_PACKAGES)
    )
    # Bytecode that is not held against the times of files, which are all the same in an image.
    compiled = (
        'PYTHONHASHSEED=0 chroot "$1" /usr/bin/python3.11 -m compileall -q -f --invalidation-mode unchecked-hash'
        " /usr/lib/python3.11"
    )
    download = (
        f'cd {shlex.quote(str(into))} && APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq download busybox-static'
        " && dpkg-deb -x busybox-static_*.deb busybox"
        " && dpkg-deb -W --showformat='${Package} ${Version} ${Architecture}' busybox-static_*.deb >busybox.txt"
        " && rm busybox-static_*.deb"
    )
    run(
        "mmdebstrap", "--mode=root", "--variant=essential",
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", f"--include={PACKAGES}", "--quiet",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")),
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        f"--customize-hook={snapshot}", f"--customize-hook={add}",
        f"--customize-hook={compiled}", f"--customize-hook={download}",
        SUITE, second, mirrors,
        env={"SOURCE_DATE_EPOCH": str(EPOCH), "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
    )  # fmt: skip
    with tarfile.open(first) as below, tarfile.open(second) as above:
        known = {name: _identity(below, one) for name, one in _members(below)}
        _layer(below, into / "base", lambda name, one: True)
        _layer(above, into / "python", lambda name, one: known.get(name) != _identity(above, one))
        for archive, name in ((below, "base"), (above, "python")):
            packages = _packages(archive)
            (into / f"{name}.json").write_text(json.dumps(packages, indent=1) + "\n")
        package, version, architecture = (into / "busybox.txt").read_text().split()
        busybox = {"package": package, "version": version, "architecture": architecture}
        (into / "busybox.json").write_text(json.dumps([busybox]) + "\n")
        release = below.extractfile(_find(below, RELEASE))
        assert release is not None
        (into / "version").write_text(release.read().decode().strip())
    for left in (first, second, mirrors, into / "busybox.txt"):
        left.unlink()


def _find(archive: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    return next(one for found, one in _members(archive) if found == name)


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    for one in archive.getmembers():
        name = one.name.removeprefix("./").rstrip("/")
        if name not in ("", ".") and not LEFT_OUT.fullmatch(name):
            yield name, one


def _content(archive: tarfile.TarFile, one: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(one) if one.isreg() or one.islnk() else None
    return file.read() if file else b""


def _identity(archive: tarfile.TarFile, one: tarfile.TarInfo) -> tuple[object, ...]:
    digest = hashlib.sha256(_content(archive, one)).digest()
    return one.type, one.mode, one.uid, one.gid, one.linkname, digest


def _layer(
    archive: tarfile.TarFile, context: Path, wanted: Callable[[str, tarfile.TarInfo], bool]
) -> None:
    """One layer of what is wanted of an archive, sorted, with fixed times."""
    context.mkdir()
    layer = context / "layer.tar"
    with tarfile.open(layer, "w", format=tarfile.GNU_FORMAT) as made:
        for name, one in sorted(_members(archive), key=lambda pair: pair[0]):
            if not wanted(name, one):
                continue
            entry = copy.copy(one)
            entry.mode &= 0o1777  # nothing here becomes another user
            entry.name, entry.mtime, entry.uname, entry.gname = name, EPOCH, "", ""
            content = _content(archive, one)
            if one.islnk():
                # A link's file may lie in the layer below: it becomes a file of its own.
                entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", len(content)
            made.addfile(entry, io.BytesIO(content))
    (context / "Dockerfile").write_text("ARG BASE=scratch\nFROM ${BASE}\nADD layer.tar /\n")


def _packages(archive: tarfile.TarFile) -> list[dict[str, str]]:
    """What dpkg says is installed."""
    status = archive.extractfile(_find(archive, "var/lib/dpkg/status"))
    assert status is not None
    found = []
    for stanza in status.read().decode().strip().split("\n\n"):
        fields = dict(
            re.findall(r"^(Package|Version|Architecture|Source|Status): *(.*)$", stanza, re.M)
        )
        if fields.pop("Status", "") == "install ok installed":
            found.append({name.lower(): value for name, value in fields.items()})
    return sorted(found, key=lambda one: one["package"])
