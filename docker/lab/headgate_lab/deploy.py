"""Puts a project's pipelines onto the lab's Airflow and Kubernetes, from what docker/build wrote of it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from headgate_lab import tools
from headgate_lab.airflow_client import Airflow
from headgate_lab.airflow_settings import PROJECT
from headgate_lab.failures import CONFIGURATION, LabError
from headgate_lab.laboratory import Lab
from headgate_lab.ports import HOST
from headgate_lab.services import kubernetes
from headgate_lab.site import Site
from headgate_lab.terminal import say

BUILD = PROJECT / "docker/build"


def build(project: Path, out: Path) -> None:
    """Makes the images of a project, and compiles it; what they say of it goes to the terminal."""
    if not BUILD.exists():
        raise LabError(f"there is no {BUILD.relative_to(PROJECT)} to build images with")
    code = subprocess.run(
        [BUILD, "--project", project, "--out", out], stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code != 0:
        raise LabError("images were not built: see above", code)


def deploy(lab: Lab, out: Path) -> None:
    """Brings images to the node, Secrets to the cluster and DAGs to Airflow, and waits until it has them."""
    image_names(out)
    environment = lab.environment()
    for name in ("KUBERNETES_KUBECONFIG", "AIRFLOW_URL"):
        if f"HEADGATE_LAB_{name}" not in environment:
            raise LabError("kubernetes and airflow have to be up: lab up kubernetes airflow")
    for name, new in kubernetes.load(Site(lab.folder, kubernetes.NODE_SERVICE), archives(out)):
        if new:
            say(f"{name} loaded")
    secrets(lab, out)
    place(environment, out)


def archives(out: Path) -> list[Path]:
    """The images that were built."""
    return [out / str(each["archive"]) for each in _read(out / "build.json")["images"]]


def image_names(out: Path) -> dict[str, Any]:
    """What image.json says; refuses names of which there is no archive."""
    told = _read(out / "image.json")
    built = {each["name"] for each in _read(out / "build.json")["images"]}
    missing = sorted(set(told["images"].values()) - built)
    if missing:
        raise LabError(f"{out} has no archive of {', '.join(missing)}: build it again")
    return told


def secrets(lab: Lab, out: Path) -> None:
    """Gives the cluster what the pipelines' pods refer to: addresses as pods see them, and passwords."""
    environment = lab.environment()
    wanted: dict[str, dict[str, str]] = {}
    for manifest in manifests(out).values():
        for secret, key, name in _references(manifest):
            if name not in environment:
                raise LabError(
                    f"{manifest['name']} needs {name}, of which this lab knows nothing: bring all up",
                    CONFIGURATION,
                )
            wanted.setdefault(secret, {})[key] = as_pods_see(environment, environment[name])
    for name, values in wanted.items():
        data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
        document = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": kubernetes.NAMESPACE},
            "data": data,
        }
        cluster = Site(lab.folder, kubernetes.SERVICE)
        kubernetes.kubectl(cluster, "apply", "-f", "-", text=json.dumps(document))


def as_pods_see(environment: Mapping[str, str], value: str) -> str:
    """An address of a server of the lab, from within a pod."""
    return value.replace(HOST, environment["HEADGATE_LAB_KUBERNETES_HOST"])


def place(environment: Mapping[str, str], out: Path) -> None:
    """Puts manifests, the images' names and a file a DAG where Airflow reads them, and waits until it has."""
    dags = Path(environment["HEADGATE_LAB_AIRFLOW_DAGS"])
    known = manifests(out)
    for name in known:
        shutil.copytree(out / "manifests" / name, dags / name, dirs_exist_ok=True)
    images = image_names(out)
    partial = dags / ".image.json"
    partial.write_text(json.dumps(images, indent=1) + "\n")
    partial.rename(dags / "image.json")
    tools.run(
        [environment["HEADGATE_LAB_AIRFLOW_PYTHON"], "-m", "headgate_airflow", "stubs", dags],
        environment={"PYTHONPATH": str(PROJECT / "dags")},
        what="placing DAGs",
    )
    airflow = Airflow(environment)
    for name, manifest in known.items():
        # A file that did not change is parsed again later than one that did.
        (dags / name / "dag.py").touch()
        airflow.await_dag(name, str(manifest["hash"])[:12])


def manifests(out: Path) -> dict[str, dict[str, Any]]:
    """The manifests that lie in the output of docker/build, by pipeline."""
    found = sorted((out / "manifests").glob("*/manifest.json"))
    if not found:
        raise LabError(f"no manifests in {out}: docker/build --project DIR --out {out}")
    return {file.parent.name: _read(file) for file in found}


def upload(environment: Mapping[str, str], folder: Path, address: str) -> None:
    """Puts the files of a folder at an address such as s3://landing/incoming, unless they are there."""
    account = {
        "AWS_ENDPOINT_URL": environment["HEADGATE_LAB_S3_ENDPOINT"],
        "AWS_ACCESS_KEY_ID": environment["HEADGATE_LAB_S3_PIPELINE_ACCESS_KEY"],
        "AWS_SECRET_ACCESS_KEY": environment["HEADGATE_LAB_S3_PIPELINE_SECRET_KEY"],
        "AWS_DEFAULT_REGION": environment["HEADGATE_LAB_S3_REGION"],
        "NO_PROXY": HOST,
        "no_proxy": HOST,
    }
    program = PROJECT / "docker/lab/airflow/upload.py"
    tools.run(
        [environment["HEADGATE_LAB_AIRFLOW_PYTHON"], program, folder, address],
        environment=account,
        what=f"putting {folder} into the object store",
    )


def _references(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Secret, key and variable of each reference, at the target that runs by default."""
    target = manifest["default_target"]
    for unit in (*manifest["steps"], *manifest["groups"]):
        asked = unit["secrets"].get(target)
        for each in asked["env"] if asked else ():
            yield each["secret"], each["key"], each["name"]


def _read(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        raise LabError(f"{file} is missing: docker/build writes it") from None
    return document
