"""What images and releases are made of, as CycloneDX 1.6."""

import email.parser
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

Component = dict[str, Any]
NAME = "sbom.cdx.json"


def jars(home: Path) -> list[Component]:
    """Java's runtime and the jars, of Maven's own list of them."""
    release: dict[str, str] = dict(
        re.findall(r'^(\w+)="(.*)"$', (home / "runtime/release").read_text(), re.M)
    )
    java = release.get("JAVA_RUNTIME_VERSION") or release["JAVA_VERSION"]
    found = [
        _component(
            "OpenJDK",
            java,
            f"pkg:generic/openjdk@{quote(java, safe='')}",
            release.get("IMPLEMENTOR"),
        ),
    ]
    listed = re.findall(
        r"^ *([\w.-]+):([\w.-]+):jar:(?:[\w.-]+:)?([\w.-]+):(?:compile|runtime)",
        _dependencies(home),
        re.M,
    )
    versions = {(group, name): version for group, name, version in listed}
    for (group, name), version in sorted(versions.items()):
        jar = home / "lib" / f"{name}-{version}.jar"
        found.append(
            _component(
                name, version, f"pkg:maven/{group}/{name}@{quote(version)}?type=jar", group, jar
            )
        )
    return found


def _dependencies(home: Path) -> str:
    return (home / "dependencies").read_text()


def wheels(site: Path) -> list[Component]:
    """Python packages, of what they say of themselves."""
    found = []
    for file in sorted(site.glob("*.dist-info/METADATA")):
        metadata = email.parser.Parser().parsestr(
            file.read_text(errors="replace"), headersonly=True
        )
        name, version = str(metadata["Name"]), str(metadata["Version"])
        plain = re.sub(r"[-_.]+", "-", name).lower()
        one = _component(name, version, f"pkg:pypi/{plain}@{quote(version)}")
        expression = metadata["License-Expression"]
        if expression:
            one["licenses"] = [{"expression": str(expression)}]
        found.append(one)
    return found


def debian(listed: Path, release: str) -> list[Component]:
    """Debian's packages."""
    return [
        _component(
            one["package"],
            one["version"],
            f"pkg:deb/debian/{quote(one['package'])}@{quote(one['version'], safe='')}"
            f"?arch={one['architecture']}&distro=debian-{release}",
        )
        for one in json.loads(listed.read_text())
    ]


def document(
    name: str, version: str, components: list[Component], kind: str = "application"
) -> str:
    """The same components make the same document."""
    subject = {"type": kind, "bom-ref": name, "name": name, "version": version}
    made = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": subject},
        "components": sorted(components, key=lambda one: one["bom-ref"]),
    }
    return json.dumps(made, indent=1) + "\n"


def _component(
    name: str, version: str, purl: str, group: str | None = None, file: Path | None = None
) -> Component:
    made: Component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
    }
    if group:
        made["group"] = group
    if file is not None and file.is_file():
        made["hashes"] = [
            {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}
        ]
    return made
