"""docker/build: see docs/images.md."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from headgate_images import dags, outputs, prepare, release
from headgate_images.failures import Failure
from headgate_images.images import SOURCES, TITLES, Build
from headgate_images.project import Commit
from headgate_images.workspace import TOP, say

RELEASE = "release"
DEFAULT = ("project", "project-python", "xcom")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "docker/build", description="Builds images and releases of Headgate."
    )
    parser.add_argument(
        "images",
        nargs="*",
        metavar="IMAGE",
        help=f"of {', '.join(TITLES)}, {RELEASE}; else {', '.join(DEFAULT)}",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=TOP / "target/images",
        help="where archives, manifests and image.json go",
    )
    parser.add_argument(
        "--project",
        type=Path,
        default=TOP,
        help="folder of headgate.yaml; else this repository's own",
    )
    parser.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="PATH",
        help="more of the project than headgate.yaml and pipelines",
    )
    parser.add_argument(
        "--on", metavar="IMAGE", help="lay the project on this Headgate; nothing else is built"
    )
    parser.add_argument(
        "--manifests", type=Path, metavar="DIR", help="take these, which that Headgate compiled"
    )
    parser.add_argument("--tag", help="else the project's commit, with changes and the content")
    parser.add_argument("--prefix", default="headgate", help="of the images' names; else headgate")
    parser.add_argument(
        "--push", metavar="PREFIX", help="push as PREFIX/IMAGE:TAG; image.json then has digests"
    )
    parser.add_argument(
        "--context-only",
        action="store_true",
        help="write the contexts with their Dockerfiles, build no image",
    )
    parser.add_argument("--no-archive", action="store_true", help="write no archives")
    parser.add_argument(
        "--builder", choices=["buildah", "docker"], help="else buildah where it is there"
    )
    parser.add_argument(
        "--base",
        metavar="IMAGE",
        help="base of headgate; else one of this machine's Debian packages",
    )
    parser.add_argument(
        "--python-base",
        metavar="IMAGE",
        help="base of headgate-python, with Python 3.11; else that of headgate",
    )
    parser.add_argument(
        "--python",
        default="/usr/bin/python3.11",
        metavar="PATH",
        help="Python in that base; else /usr/bin/python3.11",
    )
    parser.add_argument("--airflow-base", metavar="IMAGE", help="the platform's Airflow image")
    parser.add_argument(
        "--baked", action="store_true", help="put the project's manifests into the airflow image"
    )
    parser.add_argument(
        "--busybox",
        type=Path,
        metavar="FILE",
        help="a static busybox for xcom; else that of Debian's packages",
    )
    parser.add_argument(
        "--fresh-base", action="store_true", help="make the base of packages anew, with today's"
    )
    parser.add_argument(
        "--label", action="append", default=[], metavar="NAME=VALUE", help="one more label"
    )
    return parser


def main() -> int:
    options = arguments().parse_args()
    try:
        images = options.images or list(DEFAULT)
        unknown = [one for one in images if one not in (*TITLES, RELEASE)]
        if unknown:
            raise Failure(f"no image {unknown[0]}", f"one of {', '.join(TITLES)}, {RELEASE}", 64)
        if (
            options.baked
            and "airflow" in images
            and not {"project", "project-python"} & set(images)
        ):
            raise Failure(
                "--baked writes the names of the project's images into airflow, and none is asked for",
                "build project-python along with it, or project",
                64,
            )
        images = sorted(set(images), key=(*TITLES, RELEASE).index)
        options.project = options.project.resolve()
        if options.builder is None:
            options.builder = (
                "buildah" if shutil.which("buildah") or not shutil.which("docker") else "docker"
            )
        out = options.out.resolve()
        out.mkdir(parents=True, exist_ok=True)
        build = Build(options, Commit.of(options.project), Commit.of(TOP, *SOURCES), images)
        if RELEASE in images:
            images.remove(RELEASE)
            file = release.write(build.home(), prepare.version(), out)
            say(f"{file}  {file.stat().st_size / 1e6:.0f} MB")
        if not images:
            return 0
        if bool(options.on) != bool(options.manifests):
            remedy = "both, or none: then the sources are built and compile"
            raise Failure("--on IMAGE goes with --manifests DIR", remedy, 64)
        if options.context_only:
            outputs.contexts(build, images, out)
            return 0
        if options.push:
            outputs.push(build, images, options.push)
        if not options.no_archive:
            outputs.archive(build, images, out)
            outputs.bills(build, images, out)
        if any(one.startswith("project") for one in images):
            document = build.image_json()
            dags.write(build.project().manifests, document, out / "manifests")
            (out / "image.json").write_text(json.dumps(document, indent=1) + "\n")
        build.forget_old()
        return 0
    except Failure as e:
        print(f"build: {e}", file=sys.stderr)
        return e.code


if __name__ == "__main__":
    sys.exit(main())
