"""A user's project as it lies in an image."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
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


@dataclass(frozen=True)
class Compiler:
    """Where manifests come from.

    :param content: names what compiles
    :param write: takes the project, and the folder for the manifests
    """

    content: str
    write: Callable[[Path, Path], None]

    @staticmethod
    def of(home: Path) -> "Compiler":
        """The Headgate that will run them."""

        def write(project: Path, manifests: Path) -> None:
            process = subprocess.run(
                [home / "bin/headgate", "compile", "--out", manifests],
                cwd=project,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if process.returncode != 0:
                raise Failure(
                    f"the project does not compile:\n{process.stdout.strip()}",
                    code=process.returncode,
                )

        return Compiler(home.parent.name, write)

    @staticmethod
    def done(compiled: Path) -> "Compiler":
        """They are there already."""
        if not list(compiled.glob("*/manifest.json")):
            raise Failure(
                f"no manifests in {compiled}", "headgate compile --out DIR, then --manifests DIR"
            )

        def write(project: Path, manifests: Path) -> None:
            for one in sorted(compiled.glob("*/manifest.json")):
                left_out = shutil.ignore_patterns("dag.py", ".*", "__pycache__")
                shutil.copytree(one.parent, manifests / one.parent.name, ignore=left_out)

        return Compiler(tree_hash(compiled), write)


def within(path: Path, source: Path) -> Path:
    """The same path, whose links all lead to something of the project: what they lead to is copied.

    :raises Failure: when one does not
    """
    top = source.resolve()
    for one in [path, *(path.rglob("*") if path.is_dir() else ())]:
        if not one.resolve().is_relative_to(top):
            raise Failure(
                f"{one} leads out of the project, to {one.resolve()}", "copy it, or take it away"
            )
    return path


def stage(source: Path, into: Path, more: list[str]) -> None:
    """Copies headgate.yaml, the folders of pipelines, and what else is named."""
    if not (source / "headgate.yaml").is_file():
        raise Failure(f"no headgate.yaml in {source}", "give the project's folder: --project DIR")
    into.mkdir(parents=True)
    shutil.copy(within(source / "headgate.yaml", source), into)
    for pipeline in sorted((source / "pipelines").glob("*/pipeline.yaml")):
        shutil.copytree(
            within(pipeline.parent, source),
            into / "pipelines" / pipeline.parent.name,
            ignore=LEFT_OUT,
        )
    for name in more:
        found = (source / name).resolve()
        if not found.is_relative_to(source.resolve()) or not found.exists():
            raise Failure(
                f"--include {name}: nothing of that name in {source}",
                "name something below the project",
            )
        place = into / found.relative_to(source.resolve())
        place.parent.mkdir(parents=True, exist_ok=True)
        if found.is_dir():
            shutil.copytree(within(found, source), place, ignore=LEFT_OUT, dirs_exist_ok=True)
        else:
            shutil.copy(found, place)


def prepare(source: Path, more: list[str], compiler: Compiler) -> Project:
    """The project as its image has it, compiled from just that."""
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
            compiler.write(place / "project", place / "manifests")
            shutil.rmtree(place / "project/.headgate", ignore_errors=True)
            normalise(into)

        return Project(
            entry("project", key(tree_hash(staging), compiler.content, "1"), make), pipelines
        )
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
            return Commit(
                hashlib.sha256(str(folder).encode()).hexdigest()[:40],
                "1980-01-02T00:00:00+00:00",
                True,
            )
        return Commit(listed[0], listed[1], bool(changed))
