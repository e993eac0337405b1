"""A team's CI, run step by step: a Docker that notes what it is told, real Headgate, a real repository of DAGs."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import project
import pytest
from deployment import DEPLOY, TOP, Document, read

PASSWORD = "PASSWORD-4711"
DIGEST = "registry.example.org/data/shop@sha256:" + "5" * 64

# Programs of the images run here; folders are where they were mounted from.
DOCKER = """#!/usr/bin/env python3
import os, subprocess, sys
words, mounts, folder = sys.argv[1:], {}, None
with open(os.environ["DOCKER_LOG"], "a") as log:
    log.write(" ".join(words) + "\\n")
if words[0] == "inspect":
    print("registry.example.org/elsewhere/shop@sha256:00")
    print(os.environ["DIGEST"])
if words[0] != "run":
    sys.exit()
at = 1
while words[at].startswith("-"):
    if words[at] == "--rm":
        at += 1
        continue
    if words[at] == "--volume":
        here, _, there = words[at + 1].rpartition(":")
        mounts[there] = here
    if words[at] == "--workdir":
        folder = words[at + 1]
    if words[at] == "--env":
        name, _, value = words[at + 1].partition("=")
        os.environ[name] = value
    at += 2
def here(text):
    for there, mounted in mounts.items():
        text = text.replace(there, mounted)
    return text
image, given = words[at], [here(word) for word in words[at + 1:]]
os.environ["PATH"] = os.environ["BIN"] + ":" + os.environ["PATH"]
program = ["sh"] if "/airflow:" in image else [os.environ["HEADGATE_PROGRAM"]]
sys.exit(subprocess.run(program + given, cwd=here(folder) if folder else None).returncode)
"""


class Runner:
    """Does what GitHub's runner does with the steps of a job, as far as this workflow needs it."""

    def __init__(self, folder: Path) -> None:
        (self.job,) = read(DEPLOY / "ci/pipelines.yaml")[0]["jobs"].values()
        self.workspace, self.folder = folder / "workspace", folder
        project.write(self.workspace)
        (self.workspace / "Dockerfile").write_text((TOP / "docker/project/Dockerfile").read_text())
        programs = folder / "bin"
        programs.mkdir()
        (programs / "docker").write_text(DOCKER)
        (programs / "headgate-airflow").write_text(
            f'#!/bin/sh\nPYTHONPATH={TOP}/dags exec {sys.executable} -m headgate_airflow "$@"\n'
        )
        for program in programs.iterdir():
            program.chmod(0o755)
        git("init", "--quiet", "--bare", "--initial-branch=main", folder / "dags.git")
        self.other_team_pushes("first")
        self.exported: dict[str, str] = {}
        self.environment = {
            **os.environ,
            **read(DEPLOY / "ci/pipelines.yaml")[0]["env"],
            "PATH": f"{programs}:{os.environ['PATH']}",
            "BIN": str(programs),
            "DOCKER_LOG": str(folder / "docker.log"),
            "DIGEST": DIGEST,
            "HEADGATE_PROGRAM": project.headgate(),
            "GITHUB_SHA": "0123456789abcdef0123",
            "GITHUB_REPOSITORY": "data/shop",
            "GITHUB_ENV": str(folder / "env"),
        }

    def run(self, ref: str) -> None:
        for step in self.job["steps"]:
            if "if" in step and ref != "refs/heads/main":
                continue
            if "run" in step:
                self._shell(step)
            elif step.get("with", {}).get("repository") == "data/dags":
                git("clone", "--quiet", self.folder / "dags.git", self.workspace / "dags")
                # It merges at the same time.
                self.other_team_pushes("second")

    def other_team_pushes(self, name: str) -> None:
        other = self.folder / f"other-{name}"
        git("clone", "--quiet", self.folder / "dags.git", other)
        (other / "crm").mkdir(exist_ok=True)
        (other / "crm" / name).write_text(name)
        git("-C", other, "add", "--all")
        author = ("-c", "user.name=crm", "-c", "user.email=crm@example.org")
        git("-C", other, *author, "commit", "--quiet", "--message", name)
        git("-C", other, "push", "--quiet", "origin", "HEAD:main")

    def _shell(self, step: dict[str, Any]) -> None:
        exported = Path(self.environment["GITHUB_ENV"])
        if exported.exists():
            for line in exported.read_text().splitlines():
                name, _, value = line.partition("=")
                self.environment[name] = value
        secrets = {name: f"{name}-4711" for name in step.get("env", {})}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.workspace,
            env={**self.environment, **secrets},
            capture_output=True,
            text=True,
            check=False,
        )
        assert PASSWORD not in done.stdout + done.stderr
        assert done.returncode == 0, f"{step['name']}:\n{done.stdout}{done.stderr}"

    def told(self) -> list[list[str]]:
        return [line.split() for line in (self.folder / "docker.log").read_text().splitlines()]

    def image_json(self) -> Document:
        found: Document = json.loads((self.workspace / "manifests/image.json").read_text())
        return found


def git(*words: object) -> str:
    done = subprocess.run(["git", *map(str, words)], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """After the workflow has run for a pull request."""
    runner = Runner(tmp_path_factory.mktemp("change"))
    runner.run("refs/pull/1/merge")
    return runner


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """After the workflow has run for what was merged."""
    runner = Runner(tmp_path_factory.mktemp("main"))
    runner.run("refs/heads/main")
    return runner


def test_a_change_is_compiled_built_and_made_into_dags_and_nothing_leaves(change: Runner) -> None:
    commands = [words[0] for words in change.told()]
    assert "build" in commands
    assert "push" not in commands
    assert change.image_json()["images"] == {
        "headgate-python": "registry.example.org/data/shop:0123456789ab"
    }
    assert (change.workspace / "manifests/streaming/dag.py").is_file()


def test_what_comes_to_main_is_pushed_and_handed_over_by_digest(main: Runner) -> None:
    assert ["push", "registry.example.org/data/shop:0123456789ab"] in main.told()
    dags = main.folder / "dags.git"
    names = git("-C", dags, "ls-tree", "-r", "--name-only", "main").split()
    assert {"shop/image.json", "shop/streaming/dag.py", "shop/streaming/manifest.json"} <= set(
        names
    )
    # What another team pushed meanwhile is there too.
    assert {"crm/first", "crm/second"} <= set(names)
    handed = json.loads(git("-C", dags, "show", "main:shop/image.json"))
    assert handed["images"] == {"headgate-python": DIGEST}
    assert handed["commit"] == "0123456789abcdef0123"


def test_the_image_holds_the_project_and_what_was_compiled_of_it(change: Runner) -> None:
    (build,) = [words for words in change.told() if words[0] == "build"]
    assert f"BASE={change.environment['HEADGATE']}" in build
    held = change.workspace / build[-1] / "opt/headgate"
    assert sorted(each.name for each in held.iterdir()) == ["manifests", "project"]
    assert sorted(each.name for each in (held / "project").iterdir()) == [
        "headgate.yaml",
        "pipelines",
    ]
    dockerfile = (TOP / "docker/project/Dockerfile").read_text()
    assert "COPY opt/ /opt/" in dockerfile
    assert "HEADGATE_COMPILED=/opt/headgate/manifests" in dockerfile


def test_no_password_is_on_a_command_line(main: Runner) -> None:
    log = (main.folder / "docker.log").read_text()
    assert "--password-stdin" in log
    assert PASSWORD not in log


def test_the_platforms_workflow_calls_the_build_as_it_is() -> None:
    from headgate_images.__main__ import arguments
    from headgate_images.images import TITLES

    (job,) = read(DEPLOY / "ci/platform.yaml")[0]["jobs"].values()
    page = (TOP / "docs/deploy.md").read_text()
    commands = [
        arguments().parse_args(shlex.split(command.replace("\\\n", " ")))
        for text in (job["steps"][-1]["run"], page)
        for command in re.findall(r"^ *docker/build ((?:.*\\\n)*.*)", text, re.MULTILINE)
    ]
    assert len(commands) == 3
    for told in commands:
        assert set(told.images) <= set(TITLES)
        assert told.push
        assert ("airflow" in told.images) == bool(told.airflow_base)
