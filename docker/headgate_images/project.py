"""A user's project as it lies in an image."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from headgate_images import workspace
from headgate_images.failures import Failure
from headgate_images.workspace import entry, key, normalise, run, tree_hash

# What runs leave in a project, and what is nobody's business: nothing that begins with a dot comes along.
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "target", "logs")


@dataclass(frozen=True)
class Project:
    """A project, compiled.

    :param context: its folder `opt/headgate` has `project` and `manifests`
    :param pipelines: SHA-256 of what lies below `pipelines/`
    """

    context: Path
    pipelines: str

    @property
    def manifests(self) -> Path:
        return self.context / "opt/headgate/manifests"


def stage(source: Path, into: Path, more: list[str]) -> None:
    """Copies headgate.yaml, the folders of pipelines, and what else is named."""
    if not (source / "headgate.yaml").is_file():
        raise Failure(f"no headgate.yaml in {source}", "give the project's folder: --project DIR")
    into.mkdir(parents=True)
    shutil.copy(source / "headgate.yaml", into)
    for pipeline in sorted((source / "pipelines").glob("*/pipeline.yaml")):
        shutil.copytree(pipeline.parent, into / "pipelines" / pipeline.parent.name, ignore=LEFT_OUT)
    for name in more:
        found = (source / name).resolve()
        if not found.is_relative_to(source.resolve()) or not found.exists():
            raise Failure(f"--include {name}: nothing of that name in {source}", "name something below the project")
        place = into / found.relative_to(source.resolve())
        place.parent.mkdir(parents=True, exist_ok=True)
        if found.is_dir():
            shutil.copytree(found, place, ignore=LEFT_OUT, dirs_exist_ok=True)
        else:
            shutil.copy(found, place)


def compile_project(source: Path, home: Path, more: list[str]) -> Project:
    """Compiles it with the Headgate that will run it."""
    staging = workspace.folder() / f".staging-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        stage(source, staging, more)
        normalise(staging)
        pipelines = tree_hash(staging / "pipelines")

        def make(into: Path) -> None:
            place = into / "opt/headgate"
            place.mkdir(parents=True)
            staging.rename(place / "project")
            process = subprocess.run(
                [home / "bin/headgate", "compile", "--out", place / "manifests"],
                cwd=place / "project", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False,
            )  # fmt: skip
            if process.returncode != 0:
                raise Failure(f"the project does not compile:\n{process.stdout.strip()}", code=process.returncode)
            shutil.rmtree(place / "project/.headgate", ignore_errors=True)
            normalise(into)

        made = entry("project", key(tree_hash(staging), home.parent.name, "1"), make)
        return Project(made, pipelines)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@dataclass(frozen=True)
class Commit:
    """What a folder was checked out from.

    :param changed: whether something differs from it
    :param time: of the commit, ISO 8601
    """

    id: str
    time: str
    changed: bool

    @property
    def short(self) -> str:
        return self.id[:12]

    @property
    def label(self) -> str:
        return self.id + ("-changed" if self.changed else "")

    @staticmethod
    def of(folder: Path, *names: str) -> "Commit":
        """The one that last changed something of that name, and whether they differ from it."""
        try:
            listed = run("git", "log", "-1", "--format=%H %cI", "--", *names, cwd=folder).split()
            changed = run("git", "status", "--porcelain", "--", *(names or "."), cwd=folder).strip()
        except Failure:
            listed, changed = [], "no repository"
        if not listed:
            return Commit(hashlib.sha256(str(folder).encode()).hexdigest()[:40], "1980-01-02T00:00:00+00:00", True)
        return Commit(listed[0], listed[1], bool(changed))
