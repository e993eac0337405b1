"""docker/build: see docs/images.md."""

import argparse
import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from headgate_images import base, builder, prepare, project, workspace
from headgate_images.builder import Buildah, Builder, Built, Docker
from headgate_images.failures import Failure
from headgate_images.project import Commit, Project
from headgate_images.workspace import DOCKER, TOP, entry, key, say

TITLES = {
    "headgate": "Headgate: runs steps of pipelines that need no Python",
    "headgate-python": "Headgate with dbt and Great Expectations",
    "project": "A project on Headgate",
    "project-python": "A project on Headgate with dbt and Great Expectations",
    "xcom": "Holds the result of a task for Airflow",
    "airflow": "Airflow with DAGs of Headgate's pipelines",
}
# What Headgate is built from. A change to something else is no change to its images.
SOURCES = ("headgate", "pom.xml", "tasks", "quality", "pipelines/model", "docker/headgate", "docker/headgate-python", "docker/headgate_images")
DEFAULT = ("project", "project-python", "xcom")


@dataclass
class Build:
    """One call of docker/build: makes what is asked for, and what that needs, once."""

    options: argparse.Namespace
    commit: Commit
    own: Commit
    built: dict[str, Built] = field(default_factory=dict)
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

    def project(self) -> Project:
        if self._project is None:
            self._project = project.compile_project(self.options.project, self.home(), self.options.include)
        return self._project

    def tag(self) -> str:
        """The commit, or with changes the commit and the content."""
        if self.options.tag:
            return str(self.options.tag)
        home = self.home()
        assert self._environment is not None
        parts = [self.commit.short]
        if self.options.project != TOP:
            parts.append(self.own.short)
        if self.commit.changed or self.own.changed:
            content = (home.parent.name, self._environment.name, self.project().context.name, workspace.tree_hash(DOCKER))
            parts.append(key(*content)[:8])
        return "-".join(parts)

    def name(self, image: str) -> str:
        if image in ("base", "base-python"):
            made = self.debian()
            return f"{self.options.prefix}/{image}:{(made / 'version').read_text()}-{made.name[-8:]}"
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

    def debian(self) -> Path:
        content = key(base.sources(), Path(base.__file__))
        if self.options.fresh_base:
            shutil.rmtree(workspace.folder() / f"base-{content}", ignore_errors=True)
            self.options.fresh_base = False
        return entry("base", content, base.make)

    def base(self, *, with_python: bool) -> str:
        """The image to begin with: one that is given, or one of this machine's packages."""
        given = self.options.python_base or self.options.base if with_python else self.options.base
        return str(given) if given else self.builder.base(self.image("base-python" if with_python else "base"))

    def image(self, image: str) -> Built:
        """Makes an image, after those below it; takes it as it is when it was made of the same before."""
        if image not in self.built:
            name, below, labels = self.name(image), self.below(image), self.labels(image)
            dockerfile = self.dockerfile(image)
            note = workspace.folder() / (
                f".built-{self.options.builder}-{key(image, below, str(labels), dockerfile, *self.contents(image))}"
            )
            made = note.read_text() if note.is_file() else ""
            if not made or not self.builder.has(made):
                with workspace.locked(f"image-{image}"):
                    context = self.context(image)
                    made = self.builder.build(dockerfile, context, {"BASE": below}, labels)
                    shutil.rmtree(context)
                note.write_text(made)
            self.builder.tag(made, name)
            self.built[image] = Built(name, made)
        return self.built[image]

    def below(self, image: str) -> str:
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
                python = prepare.python(self._environment, self.options.python)
                return [home.parent.name, python.parent.name, prepare.worker(self._environment).name]
            case "project" | "project-python":
                return [self.project().context.name]
            case "xcom":
                return [self.busybox(), Path(prepare.__file__)]
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
        place = workspace.folder() / f".context-{image}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        match image:
            case "base" | "base-python":
                workspace.link_tree(self.dockerfile(image).parent, place)
            case "headgate":
                prepare.context(place, self.home(), environment=None, interpreter=self.options.python)
            case "headgate-python":
                home = self.home()
                prepare.context(place, home, environment=self._environment, interpreter=self.options.python)
            case "project" | "project-python":
                workspace.link_tree(self.project().context, place)
            case "xcom":
                prepare.xcom(place, self.busybox())
            case _:
                raise Failure(f"no image {image}", code=64)
        return place


def archive(build: Build, images: list[str], out: Path) -> None:
    """Writes archives, and what is in them, beside each other; one that is there and the same stays."""
    listed = out / "build.json"
    before = {}
    if listed.is_file():
        before = {one["image"]: one for one in json.loads(listed.read_text())["images"]}
    now = []
    for image in images:
        made = build.image(image)
        file = out / f"{image}.tar"
        known = before.get(image)
        if known and (known["id"], known["name"]) == (made.id, made.name) and file.is_file():
            now.append(known)
            continue
        partial = out / f".{image}.tar"
        partial.unlink(missing_ok=True)
        build.builder.archive(made, partial)
        partial.rename(file)
        now.append(
            {
                "image": image, "name": made.name, "id": made.id, "archive": file.name,
                "bytes": file.stat().st_size, "layers": builder.layers(file),
            }  # fmt: skip
        )
    listed.write_text(json.dumps({"format": 1, "images": now}, indent=1) + "\n")
    for one in now:
        say(f"{one['name']}  {one['bytes'] / 1e6:.0f} MB  {one['id'].removeprefix('sha256:')[:12]}  {out / one['archive']}")


def push(build: Build, images: list[str], prefix: str) -> dict[str, str]:
    """The references by digest."""
    pushed = {}
    for image in images:
        pushed[image] = build.builder.push(build.image(image), f"{prefix}/{image}:{build.tag()}")
        say(f"pushed {pushed[image]}")
    return pushed


def image_json(build: Build, images: list[str], pushed: dict[str, str], out: Path) -> None:
    """What the DAGs are told of the project's images."""
    names = {"project": "headgate", "project-python": "headgate-python"}
    chosen = {kind: pushed.get(one) or build.name(one) for one, kind in names.items() if one in images}
    if not chosen:
        return
    document = {"format": 1, "images": chosen, "commit": build.commit.label, "pipelines": build.project().pipelines}
    manifests = out / "manifests"
    shutil.rmtree(manifests, ignore_errors=True)
    shutil.copytree(build.project().manifests, manifests)
    for place in (out, manifests):
        (place / "image.json").write_text(json.dumps(document, indent=1) + "\n")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("docker/build", description="Builds images and releases of Headgate.")
    parser.add_argument("images", nargs="*", metavar="IMAGE", help=f"of {', '.join(TITLES)}; else {', '.join(DEFAULT)}")
    parser.add_argument("--out", type=Path, default=TOP / "target/images", help="where archives, manifests and image.json go")
    parser.add_argument("--project", type=Path, default=TOP, help="folder of headgate.yaml; else this repository's own")
    parser.add_argument("--include", action="append", default=[], metavar="PATH", help="more of the project than headgate.yaml and pipelines")
    parser.add_argument("--tag", help="else the project's commit, with changes and the content")
    parser.add_argument("--prefix", default="headgate", help="of the images' names; else headgate")
    parser.add_argument("--push", metavar="PREFIX", help="push as PREFIX/IMAGE:TAG; image.json then has digests")
    parser.add_argument("--no-archive", action="store_true", help="write no archives")
    parser.add_argument("--builder", choices=["buildah", "docker"], help="else buildah where it is there")
    parser.add_argument("--base", metavar="IMAGE", help="base of headgate; else one of this machine's Debian packages")
    parser.add_argument("--python-base", metavar="IMAGE", help="base of headgate-python, with Python 3.11; else that of headgate")
    parser.add_argument("--python", default="/usr/bin/python3.11", metavar="PATH", help="Python in that base; else /usr/bin/python3.11")
    parser.add_argument("--airflow-base", metavar="IMAGE", help="the platform's Airflow image")
    parser.add_argument("--busybox", type=Path, metavar="FILE", help="a static busybox for xcom; else that of Debian's packages")
    parser.add_argument("--fresh-base", action="store_true", help="make the base of packages anew, with today's")
    parser.add_argument("--label", action="append", default=[], metavar="NAME=VALUE", help="one more label")
    return parser


def main() -> int:
    options = arguments().parse_args()
    try:
        images = options.images or list(DEFAULT)
        unknown = [one for one in images if one not in TITLES]
        if unknown:
            raise Failure(f"no image {unknown[0]}", f"one of {', '.join(TITLES)}", 64)
        options.project = options.project.resolve()
        if options.builder is None:
            options.builder = "buildah" if shutil.which("buildah") or not shutil.which("docker") else "docker"
        out = options.out.resolve()
        out.mkdir(parents=True, exist_ok=True)
        build = Build(options, Commit.of(options.project), Commit.of(TOP, *SOURCES))
        build.home()
        pushed = push(build, images, options.push) if options.push else {}
        if not options.no_archive:
            archive(build, images, out)
        image_json(build, images, pushed, out)
        return 0
    except Failure as e:
        print(f"build: {e}", file=sys.stderr)
        return e.code


if __name__ == "__main__":
    sys.exit(main())
