"""A release: an archive with its own Java."""

import gzip
import platform
import tarfile
from pathlib import Path

from headgate_images.builder import sha256
from headgate_images.workspace import EPOCH

MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


def write(home: Path, version: str, out: Path) -> Path:
    """Writes `headgate-VERSION-linux-MACHINE.tar.gz` and its checksum: the same bytes of the same content."""
    name = f"headgate-{version}"
    machine = MACHINES.get(platform.machine(), platform.machine())
    file = out / f"{name}-linux-{machine}.tar.gz"
    partial = out / f".{file.name}"

    def plain(one: tarfile.TarInfo) -> tarfile.TarInfo:
        one.uid, one.gid, one.uname, one.gname, one.mtime = 0, 0, "root", "root", EPOCH
        return one

    with (
        partial.open("wb") as opened,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=opened, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        # Java's legal texts are links to one another.
        for path in [home, *sorted(home.rglob("*"))]:
            archive.inodes = {}  # type: ignore[attr-defined]
            archive.add(
                path,
                f"{name}/{path.relative_to(home)}".removesuffix("/."),
                recursive=False,
                filter=plain,
            )
    partial.rename(file)
    (out / f"{file.name}.sha256").write_text(f"{sha256(file)}  {file.name}\n")
    return file
