"""What a build leaves: archives, lists of what is in them, contexts, pushed images."""

import json
import shutil
from pathlib import Path

from headgate_images import builder, sbom
from headgate_images.images import Build
from headgate_images.workspace import say


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
                "image": image,
                "name": made.name,
                "id": made.id,
                "archive": file.name,
                "bytes": file.stat().st_size,
                "layers": builder.layers(file),
            }
        )
    listed.write_text(json.dumps({"format": 1, "images": now}, indent=1) + "\n")
    for one in now:
        say(
            f"{one['name']}  {one['bytes'] / 1e6:.0f} MB  {one['id'].removeprefix('sha256:')[:12]}  {out / one['archive']}"
        )


def bills(build: Build, images: list[str], out: Path) -> None:
    """Writes beside each archive what is in the image; what a given base holds, its own bill says."""
    for image in images:
        if build.options.on and image.startswith("project"):
            continue
        components: list[sbom.Component] = []
        with_python = image.endswith("-python")
        if image in ("headgate", "headgate-python", "project", "project-python"):
            components += json.loads((build.home() / sbom.NAME).read_text())["components"]
            if with_python:
                components += json.loads((build.python() / sbom.NAME).read_text())["components"]
            if not (build.options.base or (with_python and build.options.python_base)):
                made = build.debian()
                release = (made / "version").read_text()
                components += sbom.debian(
                    made / ("python.json" if with_python else "base.json"), release
                )
        elif image == "xcom" and not build.options.busybox:
            made = build.debian()
            components += sbom.debian(made / "busybox.json", (made / "version").read_text())
        bill = sbom.document(build.name(image), build.image(image).id, components, "container")
        (out / f"{image}.{sbom.NAME.removeprefix('sbom.')}").write_text(bill)


def push(build: Build, images: list[str], prefix: str) -> None:
    """Pushes, and notes the references by digest: first the project's, which others name."""
    for image in images:
        name = f"{prefix}/{image}:{build.tag()}"
        build.pushed[image] = build.builder.push(build.image(image), name)
        say(f"pushed {build.pushed[image]}")


def contexts(build: Build, images: list[str], out: Path) -> None:
    """Writes what any builder makes the images of, those below them included."""
    wanted: list[str] = []
    for image in images:
        own = image.startswith("project") and not build.options.on
        below = [image.replace("project", "headgate")] if own else []
        wanted += [one for one in (*below, image) if one not in wanted]
    for image in wanted:
        place = out / "contexts" / image
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(build.context(image), place)
        shutil.copy(build.dockerfile(image), place / "Dockerfile")
        labels = "".join(
            f" {name}={json.dumps(value)}" for name, value in build.labels(image).items()
        )
        with (place / "Dockerfile").open("a") as file:
            file.write(f"LABEL{labels}\n")
        say(f"{place}")
