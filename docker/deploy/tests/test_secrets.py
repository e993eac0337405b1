"""The Secret that the page tells of holds what its project's pods want: compiled as a reader would."""

import json
import os
import shutil
import subprocess

import pytest
from deployment import DEPLOY, TOP, Document, one, read, rendered
from page import blocks

TEAM = DEPLOY / "overlays/team"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The reference pipeline, compiled for the project of docs/deploy.md."""
    project = tmp_path_factory.mktemp("project")
    for block in blocks(TOP / "docs/deploy.md", "docs/deploy.md"):
        if block.directive == "file":
            (project / block.value).write_text(block.text)
    shutil.copytree(TOP / "pipelines/streaming", project / "pipelines/streaming")
    headgate = os.environ.get("HEADGATE", str(TOP / "headgate"))
    done = subprocess.run(
        [headgate, "compile", "--out", "manifests", "streaming"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: Document = json.loads((project / "manifests/streaming/manifest.json").read_text())
    return found


def test_the_template_names_what_pods_want_and_holds_no_value(manifest: Document) -> None:
    lines = [
        line
        for line in (TEAM / "secrets.env.template").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert all(line.endswith("=") for line in lines)
    assert {line.removesuffix("=") for line in lines} == _wanted(manifest)


def test_the_external_secret_is_the_same_one(manifest: Document) -> None:
    (secret,) = read(TEAM / "external-secret.yaml")
    assert {each["secretKey"] for each in secret["spec"]["data"]} == _wanted(manifest)
    pods = manifest["targets"]["prod"]["pods"]
    assert (
        secret["spec"]["target"]["name"] == pods["secret"] if "secret" in pods else "headgate-shop"
    )
    assert "Secret" not in {each["kind"] for each in rendered(TEAM)}


def test_pods_go_where_the_overlay_makes_room_for_them(manifest: Document) -> None:
    pods, built = manifest["targets"]["prod"]["pods"], rendered(TEAM)
    account = one(built, "ServiceAccount", pods["service_account"])
    assert account["metadata"]["namespace"] == pods["namespace"]


def _wanted(manifest: Document) -> set[str]:
    given = [step["secrets"]["prod"] for step in manifest["steps"] if "prod" in step["secrets"]]
    assert {each["secret"] for one in given for each in one["env"]} == {"headgate-shop"}
    return {each["key"] for one in given for each in (*one["env"], *one["files"])}
