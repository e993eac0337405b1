"""What lies in docker/deploy, as a cluster, Helm or Argo CD would read it."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from headgate_lab import cache as kept
from headgate_lab import go, tools

DEPLOY = Path(__file__).resolve().parents[1]
TOP = DEPLOY.parents[1]
OVERLAYS = sorted(file.parent for file in DEPLOY.glob("overlays/*/kustomization.yaml"))
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"

Document = dict[str, Any]


def documents(text: str) -> list[Document]:
    """The documents of a YAML text; a key that is there twice is an error."""
    return [each for each in yaml.load_all(text, Loader=_Strict) if each is not None]


def read(file: Path) -> list[Document]:
    return documents(file.read_text(encoding="utf-8"))


def values(name: str) -> Document:
    (found,) = read(DEPLOY / "airflow" / name)
    return found


@cache
def _built(folder: Path) -> str:
    done = subprocess.run([*_kustomize(), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{folder}: {done.stderr}"
    # Without a warning: what is deprecated today is gone tomorrow.
    assert done.stderr == "", f"{folder}: {done.stderr}"
    return done.stdout


def rendered(folder: Path) -> list[Document]:
    """What `kubectl apply -k` would send."""
    return documents(_built(folder))


def one(built: list[Document], kind: str, name: str | None = None) -> Document:
    (found,) = [
        each for each in built if each["kind"] == kind and name in (None, each["metadata"]["name"])
    ]
    return found


@cache
def _kustomize() -> tuple[str, ...]:
    kubectl = os.environ.get("HEADGATE_LAB_KUBERNETES_KUBECTL") or shutil.which("kubectl")
    if kubectl is not None:
        said = subprocess.run(
            [kubectl, "version", "--client"], capture_output=True, text=True, check=False
        ).stdout
        if "Kustomize Version: v5" in said:
            return kubectl, "kustomize"
    place = kept.entry("kustomize", kept.key("1", KUSTOMIZE), _install)
    return str(place / "kustomize"), "build"


def _install(folder: Path) -> None:
    tools.run(
        [go.program(), "install", "-trimpath", "-ldflags=-s -w", KUSTOMIZE],
        environment={"GOBIN": str(folder), "CGO_ENABLED": "0", "GOFLAGS": ""},
        what="building kustomize",
    )


class _Strict(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that is there twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{node.start_mark}: twice: {', '.join(sorted(twice))}"
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping
