"""Images without a registry: one made of a single program, and archives that are brought to the node."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import platform
import re
import subprocess
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from headgate_lab.cluster.node import SOCKET
from headgate_lab.failures import USAGE, LabError
from headgate_lab.site import Site, write_private

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_TAR = "application/vnd.oci.image.layer.v1.tar"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"


def of_program(program: Path, name: str, archive: Path) -> None:
    """Writes an OCI archive of an image that holds and starts one static program; the same bytes each time."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.GNU_FORMAT) as content:
        _add(content, program.name, program.read_bytes(), 0o755)
    blobs: dict[str, bytes] = {}

    def described(media: str, blob: bytes) -> dict[str, object]:
        digest = hashlib.sha256(blob).hexdigest()
        blobs[digest] = blob
        return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(blob)}

    only = described(_TAR, layer.getvalue())
    machine = {"architecture": _ARCHITECTURES[platform.machine()], "os": "linux"}
    config = {
        **machine,
        "created": "1970-01-01T00:00:00Z",
        "config": {"Entrypoint": [f"/{program.name}"], "User": "65534"},
        "rootfs": {"type": "layers", "diff_ids": [only["digest"]]},
    }
    settings = described("application/vnd.oci.image.config.v1+json", json.dumps(config).encode())
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": settings, "layers": [only]}
    listed = described(_MANIFEST, json.dumps(manifest).encode())
    annotations = {"io.containerd.image.name": name}
    index = {
        "schemaVersion": 2,
        "mediaType": _INDEX,
        "manifests": [{**listed, "platform": machine, "annotations": annotations}],
    }
    with tarfile.open(archive, "w") as whole:
        _add(whole, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        for digest, blob in blobs.items():
            _add(whole, f"blobs/sha256/{digest}", blob)
        _add(whole, "index.json", json.dumps(index).encode())


def names(archive: Path) -> tuple[list[str], str]:
    """The names of the images in an archive, and a hash that stands for all that it holds."""
    told: dict[str, bytes] = {}
    try:
        with tarfile.open(archive) as whole:
            for member in whole:
                if member.name in ("manifest.json", "index.json"):
                    content = whole.extractfile(member)
                    told[member.name] = content.read() if content else b""
    except (OSError, EOFError, tarfile.TarError, zlib.error, lzma.LZMAError) as error:
        raise LabError(f"{archive} is not a readable archive: {error}", USAGE) from error
    found: list[str] = []
    if "manifest.json" in told:
        for image in json.loads(told["manifest.json"]):
            found += image.get("RepoTags") or []
    elif "index.json" in told:
        for image in json.loads(told["index.json"])["manifests"]:
            found.append(image.get("annotations", {}).get("io.containerd.image.name"))
    if not found or not all(found):
        raise LabError(
            f"{archive} holds an image without a name: write it by `docker save NAME:TAG`, or push it to"
            " docker-archive:FILE:NAME:TAG",
            USAGE,
        )
    return found, hashlib.sha256(b"".join(told[name] for name in sorted(told))).hexdigest()


def load(site: Site, inside: int, archives: Sequence[Path]) -> list[tuple[str, bool]]:
    """Brings images to the node; returns each one's name there and whether it was brought now."""
    memory = site.folder / "loaded.json"
    loaded: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    done = []
    for archive in archives:
        found, digest = names(archive)
        there = set(_ctr(inside, "images", "ls", "-q").split())
        known = [name for name, of in loaded.items() if of == digest and name in there]
        if len(known) == len(found):
            done += [(name, False) for name in known]
            continue
        said = _ctr(inside, "images", "import", str(archive.absolute()))
        brought = re.findall(r"^unpacking (\S+) ", said, re.MULTILINE)
        for name in brought:
            first = name.partition("/")[0]
            if "." not in first and ":" not in first and first != "localhost":
                raise LabError(
                    f"{archive} names an image {name}, which Kubernetes takes for one of the default registry and"
                    " does not find: name it with a registry or localhost/, or write a docker-archive",
                    USAGE,
                )
        loaded.update(dict.fromkeys(brought, digest))
        write_private(memory, json.dumps(loaded, indent=2))
        done += [(name, True) for name in brought]
    return done


def _ctr(inside: int, *words: str) -> str:
    socket = f"/proc/{inside}/root{SOCKET}"
    done = subprocess.run(
        ["ctr", "-a", socket, "-n", "k8s.io", *words], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LabError(f"ctr {' '.join(words)} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))
