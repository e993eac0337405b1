"""The example of docs/add-a-step-kind.md compiles with all warnings and runs."""

import os
import re
import subprocess
from pathlib import Path

from page import blocks
from test_pages import HEADGATE, TOP

PAGE = "docs/add-a-step-kind.md"


def test_the_example_kind_runs(tmp_path: Path) -> None:
    jdk, class_path = _launched_with()
    (java,) = [block for block in blocks(TOP / PAGE, PAGE) if block.directive == "compile"]
    name, pipeline = [
        block.text for block in blocks(TOP / PAGE, PAGE) if block.directive == "illustrative"
    ]
    source = tmp_path / "HeartbeatKind.java"
    source.write_text(java.text)
    classes = tmp_path / "classes"
    (classes / "META-INF/services").mkdir(parents=True)
    (classes / "META-INF/services/io.headgate.api.StepKind").write_text(name)
    _do(
        jdk / "bin/javac",
        "-Xlint:all,-classfile,-processing",
        "-Werror",
        "-proc:none",
        "-cp",
        class_path,
        "-d",
        classes,
        source,
    )

    project = tmp_path / "project"
    (project / "pipelines/shop").mkdir(parents=True)
    (project / "headgate.yaml").write_text(
        "version: 1\nconnections: {local: {kind: duckdb, path: w.duckdb}}\n"
        "targets: {dev: {warehouses: {main: {connection: local}}}}\n"
    )
    file = project / "pipelines/shop/pipeline.yaml"
    file.write_text(f"version: 1\nname: shop\nowner: me\n{pipeline}")
    command = (
        jdk / "bin/java",
        "-cp",
        f"{class_path}{os.pathsep}{classes}",
        "io.headgate.cli.Main",
    )
    _do(*command, "run", cwd=project)
    assert (project / "beats/shop").read_text().startswith("alive ")

    file.write_text(file.read_text().replace("beats/shop", "../beats"))
    refused = subprocess.run([*command, "validate"], cwd=project, capture_output=True, text=True)
    assert refused.returncode == 78
    assert "leads out of the project" in refused.stdout + refused.stderr


def _launched_with() -> tuple[Path, str]:
    """The JDK and the class path that the launcher starts with."""
    told = subprocess.run(
        [HEADGATE, "--version"],
        env={**os.environ, "HEADGATE_JAVA_OPTIONS": "-XshowSettings:properties"},
        capture_output=True,
        text=True,
        check=True,
    )
    text = told.stderr + told.stdout
    home = re.search(r"java\.home = (.+)", text)
    path = re.search(r"java\.class\.path = (.+(?:\n {8,}\S.*)*)", text)
    assert home and path, text
    return Path(home[1].strip()), os.pathsep.join(line.strip() for line in path[1].splitlines())


def _do(*command: object, cwd: Path | None = None) -> None:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
