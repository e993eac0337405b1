"""The images, and what each is made of."""

import argparse
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from headgate_images import base, dags, prepare, project, workspace
from headgate_images.builder import Buildah, Builder, Built, Docker
from headgate_images.failures import Failure
from headgate_images.project import Commit, Compiler, Project
from headgate_images.workspace import DOCKER, TOP, entry, key

TITLES = {
    "headgate": "Headgate: runs steps of pipelines that need no Python",
    "headgate-python": "Headgate with dbt and Great Expectations",
    "project": "A project on Headgate",
    "project-python": "A project on Headgate with dbt and Great Expectations",
    "xcom": "Holds the result of a task for Airflow",
    "airflow": "Airflow with DAGs of Headgate's pipelines",
}
# What Headgate is built from. A change to something else is no change to its images.
SOURCES = (
    "headgate",
    "pom.xml",
    "tasks",
    "quality",
    "pipelines/model",
    "docker/headgate",
    "docker/headgate-python",
    "docker/headgate_images",
)


@dataclass
class Build:
    """One call of docker/build: makes what is asked for, and what that needs, once."""

    options: argparse.Namespace
    commit: Commit
    own: Commit
    asked: list[str]
    built: dict[str, Built] = field(default_factory=dict)
    pushed: dict[str, str] = field(default_factory=dict)
    _builder: Builder | None = None
    _home: Path | None = None
    _environment: Path | None = None
    _project: Project | None = None

    @property
    def builder(self) -> Builder:
        if self._builder is None:
            self._builder = Docker() if self.options.builder == "docker" else Buildah()
        return self._builder

    def home(self) -> Path:
        if self._home is None:
            jdk, made, self._environment = prepare.launcher()
            self._home = prepare.home(jdk, made)
        return self._home

    def python(self) -> Path:
        self.home()
        assert self._environment is not None
        return prepare.python(self._environment, self.options.python)

    def project(self) -> Project:
        if self._project is None:
            given: Path | None = self.options.manifests
            compiler = Compiler.done(given) if given else Compiler.of(self.home())
            self._project = project.prepare(self.options.project, self.options.include, compiler)
        return self._project

    def tag(self) -> str:
        """The commit, or with changes the commit and the content."""
        if self.options.tag:
            return str(self.options.tag)
        parts = [self.commit.short]
        if self.options.project != TOP and not self.options.on:
            parts.append(self.own.short)
        if self.commit.changed or self.own.changed:
            content = [self.project().context.name, workspace.tree_hash(DOCKER)]
            if not self.options.on:
                content += [self.home().parent.name, self.python().parent.name]
            parts.append(key(*content)[:8])
        return "-".join(parts)

    def name(self, image: str) -> str:
        if image in ("base", "base-python"):
            made = self.debian()
            return (
                f"{self.options.prefix}/{image}:{(made / 'version').read_text()}-{made.name[-8:]}"
            )
        return f"{self.options.prefix}/{image}:{self.tag()}"

    def labels(self, image: str) -> dict[str, str]:
        if image in ("base", "base-python"):
            return {}
        commit = self.commit if image.startswith("project") else self.own
        return {
            "org.opencontainers.image.title": image,
            "org.opencontainers.image.description": TITLES[image],
            "org.opencontainers.image.version": prepare.version(),
            "org.opencontainers.image.revision": commit.label,
            "org.opencontainers.image.created": commit.time,
            "org.opencontainers.image.licenses": "Apache-2.0",
            **dict(one.split("=", 1) for one in self.options.label),
        }

    def image_json(self) -> dict[str, object]:
        """What the DAGs are told of the images that were asked for."""
        kinds = {"project": "headgate", "project-python": "headgate-python", "xcom": "xcom"}
        return {
            "format": 1,
            "images": {
                kind: self.pushed.get(one) or self.name(one)
                for one, kind in kinds.items()
                if one in self.asked
            },
            "commit": self.commit.label,
            "pipelines": self.project().pipelines,
        }

    def debian(self) -> Path:
        content = key(base.sources(), Path(base.__file__))
        if self.options.fresh_base:
            shutil.rmtree(workspace.folder() / f"base-{content}", ignore_errors=True)
            self.options.fresh_base = False
        return entry("base", content, base.make)

    def base(self, *, with_python: bool) -> str:
        """The image to begin with: one that is given, or one of this machine's packages."""
        given = self.options.python_base or self.options.base if with_python else self.options.base
        return (
            str(given)
            if given
            else self.builder.base(self.image("base-python" if with_python else "base"))
        )

    def image(self, image: str) -> Built:
        """Makes an image, after those below it; takes it as it is when it was made of the same before."""
        if image not in self.built:
            name, below, labels = self.name(image), self.below(image), self.labels(image)
            dockerfile = self.dockerfile(image)
            note = workspace.folder() / (
                f"{self._notes}{key(image, below, str(labels), dockerfile, *self.contents(image))}"
            )
            made = note.read_text() if note.is_file() else ""
            if made:
                os.utime(note)
            if not made or not self.builder.has(made):
                with workspace.locked(f"image-{image}"):
                    context = self.context(image)
                    made = self.builder.build(dockerfile, context, {"BASE": below}, labels)
                    shutil.rmtree(context)
                note.write_text(made)
            self.builder.tag(made, name)
            self.built[image] = Built(name, made)
        return self.built[image]

    @property
    def _notes(self) -> str:
        """How the names of files begin that hold the ids of images."""
        return f".built-{self.options.builder}-"

    def forget_old(self) -> None:
        """Removes images of our own storage that no build has asked for within a week."""
        since = time.time() - 7 * 86400
        with workspace.locked("forget"):
            notes = list(workspace.folder().glob(f"{self._notes}*"))
            old = [note for note in notes if note.stat().st_mtime < since]
            wanted = {note.read_text() for note in notes if note not in old}
            for note in old:
                if note.read_text() not in wanted:
                    self.builder.remove(note.read_text())
                note.unlink()

    def below(self, image: str) -> str:
        if self.options.on and image.startswith("project"):
            return str(self.options.on)
        match image:
            case "base" | "xcom":
                return "scratch"
            case "base-python":
                return self.builder.base(self.image("base"))
            case "project":
                return self.builder.base(self.image("headgate"))
            case "project-python":
                return self.builder.base(self.image("headgate-python"))
            case "airflow":
                if not self.options.airflow_base:
                    raise Failure("airflow needs the platform's image", "--airflow-base IMAGE", 64)
                return str(self.options.airflow_base)
            case _:
                return self.base(with_python=image == "headgate-python")

    def contents(self, image: str) -> list[str | Path]:
        """What the image is made of."""
        match image:
            case "base" | "base-python":
                return [self.debian().name]
            case "headgate":
                return [self.home().parent.name]
            case "headgate-python":
                home = self.home()
                assert self._environment is not None
                return [
                    home.parent.name,
                    self.python().parent.name,
                    prepare.worker(self._environment).name,
                ]
            case "project" | "project-python":
                return [self.project().context.name]
            case "xcom":
                return [self.busybox(), DOCKER / "xcom/pgrep", Path(prepare.__file__)]
            case "airflow":
                if not self.options.baked:
                    return [dags.wheel().name]
                return [dags.wheel().name, self.project().context.name, str(self.image_json())]
            case _:
                raise Failure(f"no image {image}", code=64)

    def busybox(self) -> Path:
        given: Path | None = self.options.busybox
        return given or self.debian() / "busybox/bin/busybox"

    def dockerfile(self, image: str) -> Path:
        if image in ("base", "base-python"):
            return self.debian() / image.removeprefix("base-") / "Dockerfile"
        return DOCKER / image.replace("project-python", "project") / "Dockerfile"

    def context(self, image: str) -> Path:
        """A folder with all that the Dockerfile copies."""
        place = workspace.folder() / f".context-{image}-{os.getpid()}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        match image:
            case "base" | "base-python":
                workspace.link_tree(self.dockerfile(image).parent, place)
            case "headgate":
                prepare.context(
                    place, self.home(), environment=None, interpreter=self.options.python
                )
            case "headgate-python":
                home = self.home()
                prepare.context(
                    place, home, environment=self._environment, interpreter=self.options.python
                )
            case "project" | "project-python":
                workspace.link_tree(self.project().context, place)
            case "xcom":
                prepare.xcom(place, self.busybox())
            case "airflow":
                workspace.link_tree(dags.wheel(), place / "wheels")
                if self.options.baked:
                    dags.write(self.project().manifests, self.image_json(), place / "manifests")
                (place / "manifests").mkdir(exist_ok=True)
                workspace.normalise(place)
            case _:
                raise Failure(f"no image {image}", code=64)
        return place
