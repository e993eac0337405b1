"""A platform of this suite's own: stores, a Kubernetes, an Airflow with least rights in it, images with the suite's project."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from deployed import HEADGATE, TOP, Airflow, until, variable

from files import real
from headgate_lab import demo
from headgate_lab.tools import need

__all__ = ["real"]

HERE = Path(__file__).resolve().parent
LAB = TOP / "docker/lab/lab"


def run(*words: object, folder: Path | None = None) -> str:
    """What a command says; it has to end well."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Platform:
    """What the tests work on."""

    lab: str
    project: Path

    def lab_command(self, *words: str) -> str:
        return run(LAB, "--name", self.lab, *words)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One that is removed in the end, unless HEADGATE_AIRFLOW_LAB names a lab and HEADGATE_AIRFLOW_WORK a folder."""
    if os.geteuid() != 0:
        pytest.skip("the lab's Kubernetes needs root")
    kept = os.environ.get("HEADGATE_AIRFLOW_LAB")
    name = kept or f"ci-{os.getpid()}"
    work = Path(os.environ.get("HEADGATE_AIRFLOW_WORK") or tmp_path_factory.mktemp("platform"))
    before = dict(os.environ)
    platform = Platform(name, work / "project")
    try:
        for program in ("buildah", "mmdebstrap"):
            need(program, program)
        platform.lab_command("up", "postgres", "minio", "clickhouse", "trino", "kubernetes")
        learn(platform)
        account = work / "airflow.kubeconfig"
        run(TOP / "docker/deploy/overlays/lab/apply", account)
        platform.lab_command("up", "--set", f"airflow.kubeconfig={account}", "airflow")
        learn(platform)
        build(platform, work / "images")
        platform.lab_command("deploy", str(work / "images"))
        outdate(platform, "stale")
        yield platform
    finally:
        os.environ.clear()
        os.environ.update(before)
        if kept is None:
            run(LAB, "--name", name, "purge")


def learn(platform: Platform) -> None:
    """Takes the lab's environment over."""
    for line in platform.lab_command("env").splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        os.environ[name] = shlex.split(value)[0] if value else ""


def build(platform: Platform, out: Path) -> None:
    """The demo's project, with the pipelines of this suite, in images."""
    sidecar = out.with_name("sidecar")
    run(TOP / "docker/build", "xcom", "--out", sidecar)
    platform.lab_command("load", str(sidecar / "xcom.tar"))
    image = json.loads((sidecar / "build.json").read_text())["images"][0]["name"]
    demo.stage(platform.project)
    for pipeline in (HERE / "pipelines").iterdir():
        place = platform.project / "pipelines" / pipeline.name
        shutil.copytree(pipeline, place)
        text = (place / "pipeline.yaml").read_text(encoding="utf-8")
        (place / "pipeline.yaml").write_text(text.replace("@XCOM_IMAGE@", image), encoding="utf-8")
    run(TOP / "docker/build", "--project", platform.project, "--out", out)


def outdate(platform: Platform, pipeline: str) -> None:
    """Compiles a pipeline anew, from another state than that of the images."""
    source = platform.project / f"pipelines/{pipeline}/pipeline.yaml"
    source.write_text(source.read_text(encoding="utf-8") + "tags: [changed]\n", encoding="utf-8")
    run(HEADGATE, "compile", "--out", "anew", folder=platform.project)
    place = Path(variable("AIRFLOW_DAGS")) / pipeline
    shutil.copy(platform.project / "anew" / pipeline / "manifest.json", place)
    (place / "dag.py").touch()


@pytest.fixture(scope="session")
def airflow(platform: Platform) -> Airflow:
    """The administrator's session; all DAGs are there, and not paused."""
    airflow = Airflow()
    wanted = {file.parent.name for file in platform.project.glob("pipelines/*/pipeline.yaml")}

    def there() -> bool:
        known = {dag["dag_id"] for dag in airflow.ask("GET", "dags")["dags"]}
        return wanted <= known

    until(lambda: f"DAGs: {airflow.ask('GET', 'importErrors')}", there, 300)
    for dag in wanted:
        airflow.ask("PATCH", f"dags/{dag}", {"is_paused": False})
    return airflow
