"""The tool that makes an image of a Dockerfile and a context."""

import hashlib
import json
import os
import shutil
import tarfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from headgate_images import workspace
from headgate_images.failures import Failure
from headgate_images.workspace import EPOCH, run


@dataclass(frozen=True)
class Built:
    """An image where the builder keeps it.

    :param name: as others call it, such as `headgate/headgate:0a1b2c`
    """

    name: str
    id: str


class Builder(ABC):
    """Builds, writes archives, pushes. Nothing of it writes where the user's own images are kept, but Docker."""

    @abstractmethod
    def build(
        self,
        dockerfile: Path,
        context: Path,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        """Makes an image and returns its id."""

    @abstractmethod
    def has(self, id: str) -> bool:
        """Whether an image is still there."""

    @abstractmethod
    def remove(self, id: str) -> None:
        """Removes an image with its names and what nothing else is made of; one that others are made of stays."""

    @abstractmethod
    def tag(self, id: str, name: str) -> None:
        """Gives an image a name."""

    @abstractmethod
    def archive(self, image: Built, file: Path) -> None:
        """Writes the image, under its name, for `docker load` and its like."""

    @abstractmethod
    def push(self, image: Built, name: str) -> str:
        """Pushes under that name; returns the reference by digest."""

    @abstractmethod
    def base(self, image: Built) -> str:
        """What a Dockerfile calls an image that was built here."""


class Buildah(Builder):
    """buildah without a daemon, in a storage of our own."""

    def __init__(self) -> None:
        if shutil.which("buildah") is None:
            raise Failure(
                "buildah is missing", "apt-get install buildah, or choose --builder docker"
            )
        self._storage = workspace.folder() / "storage"
        self._driver = os.environ.get("STORAGE_DRIVER") or self._first_that_works()

    def _first_that_works(self) -> str:
        chosen = workspace.folder() / "storage-driver"
        if chosen.is_file():
            return chosen.read_text()
        for driver in ("overlay", "vfs"):
            self._driver = driver
            try:
                self._buildah("info")
            except Failure as e:
                if driver == "vfs":
                    raise
                workspace.say(f"storage by overlay does not work here ({e}): by copies")
                shutil.rmtree(self._storage, ignore_errors=True)
                continue
            break
        chosen.write_text(self._driver)
        return self._driver

    def _buildah(self, *arguments: str | Path) -> str:
        return run(
            "buildah", "--root", self._storage, "--runroot", workspace.folder() / "storage-run",
            "--storage-driver", self._driver, *arguments,
            env={"BUILDAH_ISOLATION": os.environ.get("BUILDAH_ISOLATION", "chroot")},
        )  # fmt: skip

    def build(
        self,
        dockerfile: Path,
        context: Path,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        file = workspace.folder() / f".iid-{os.getpid()}"
        self._buildah(
            "bud", "--quiet", "--layers", "--identity-label=false", "--format", "docker", "--timestamp", str(EPOCH), "--iidfile", file,
            *(word for one in arguments.items() for word in ("--build-arg", "=".join(one))),
            *(word for one in labels.items() for word in ("--label", "=".join(one))),
            "--file", dockerfile, context,
        )  # fmt: skip
        made = file.read_text().strip()
        file.unlink()
        return made

    def has(self, id: str) -> bool:
        try:
            self._buildah("inspect", "--type", "image", "--format", "{{.FromImageID}}", id)
        except Failure:
            return False
        return True

    def remove(self, id: str) -> None:
        with suppress(Failure):
            self._buildah("rmi", "--force", id)

    def tag(self, id: str, name: str) -> None:
        self._buildah("tag", id, name)

    def archive(self, image: Built, file: Path) -> None:
        self._buildah("push", "--quiet", image.id, f"docker-archive:{file}:{image.name}")

    def push(self, image: Built, name: str) -> str:
        file = workspace.folder() / f".digest-{os.getpid()}"
        self._buildah("push", "--quiet", "--digestfile", file, image.id, f"docker://{name}")
        digest = file.read_text().strip()
        file.unlink()
        return f"{name.rpartition(':')[0]}@{digest}"

    def base(self, image: Built) -> str:
        return image.id.removeprefix("sha256:")


class Docker(Builder):
    """Whatever answers to `docker`."""

    def build(
        self,
        dockerfile: Path,
        context: Path,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        return run(
            "docker", "build", "--quiet",
            *(word for one in arguments.items() for word in ("--build-arg", "=".join(one))),
            *(word for one in labels.items() for word in ("--label", "=".join(one))),
            "--file", dockerfile, context,
            env={"SOURCE_DATE_EPOCH": str(EPOCH)},
        ).strip()  # fmt: skip

    def has(self, id: str) -> bool:
        try:
            run("docker", "image", "inspect", id)
        except Failure:
            return False
        return True

    def remove(self, id: str) -> None:
        """Leaves it: Docker's images are its user's."""

    def tag(self, id: str, name: str) -> None:
        run("docker", "tag", id, name)

    def archive(self, image: Built, file: Path) -> None:
        run("docker", "save", "--output", file, image.name)

    def push(self, image: Built, name: str) -> str:
        run("docker", "tag", image.name, name)
        run("docker", "push", "--quiet", name)
        digests = json.loads(
            run("docker", "image", "inspect", "--format", "{{json .RepoDigests}}", name)
        )
        repository = name.rpartition(":")[0]
        return next(str(one) for one in digests if one.startswith(f"{repository}@"))

    def base(self, image: Built) -> str:
        return image.name


def layers(archive: Path) -> list[dict[str, object]]:
    """Size and digest of each layer of an archive."""
    found: list[dict[str, object]] = []
    with tarfile.open(archive) as opened:
        manifest = opened.extractfile("manifest.json")
        assert manifest is not None
        for name in json.load(manifest)[0]["Layers"]:
            member = opened.getmember(name)
            digest = member.name.removesuffix(".tar").removesuffix("/layer")
            found.append({"layer": digest[-64:], "bytes": member.size})
    return found


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
