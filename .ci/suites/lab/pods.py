"""Pods for tests of the lab's cluster: what they run, how they are made and waited for."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from clients import LAB, Lab

sys.path.insert(0, str(LAB.parent))
from headgate_lab import go
from headgate_lab.cluster import images

IMAGE = "localhost/headgate-lab/pod:1"


def archive(folder: Path) -> Path:
    """An image archive with the program beside this file, which does what its arguments say."""
    program = folder / "pod"
    words = ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", str(program), "."]
    environment = {**os.environ, "CGO_ENABLED": "0"}
    subprocess.run(
        [go.program(), *words], cwd=Path(__file__).parent / "pod", env=environment, check=True
    )
    images.of_program(program, IMAGE, folder / "pod.tar")
    return folder / "pod.tar"


class Cluster:
    """The cluster of a lab, as its clients see it."""

    def __init__(self, lab: Lab) -> None:
        self.env = lab.env()

    def kubectl(self, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        argv = [
            self.env["KUBERNETES_KUBECTL"],
            "--kubeconfig",
            self.env["KUBERNETES_KUBECONFIG"],
            *words,
        ]
        return subprocess.run(argv, input=text, capture_output=True, text=True, timeout=240)

    def ask(self, *words: str, text: str | None = None) -> str:
        done = self.kubectl(*words, text=text)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def start(self, **pods: list[str]) -> None:
        """Pods by name and arguments, with all that "restricted" asks for."""
        items = [_pod(name, arguments) for name, arguments in pods.items()]
        self.ask(
            "apply",
            "-f",
            "-",
            text=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}),
        )

    def pod(self, name: str) -> dict[str, Any]:
        pod: dict[str, Any] = json.loads(self.ask("get", "pod", name, "-o", "json"))
        return pod

    def ended(self, name: str, seconds: float = 180) -> tuple[int, str]:
        """Exit code and reason of a pod's container, once it has ended."""
        deadline = time.monotonic() + seconds
        while True:
            status = self.pod(name)["status"]
            for container in status.get("containerStatuses", []):
                if "terminated" in container["state"]:
                    state = container["state"]["terminated"]
                    return state["exitCode"], state.get("reason", "")
            assert time.monotonic() < deadline, f"{name} has not ended: {json.dumps(status)}"
            time.sleep(0.2)

    def runs(self, name: str) -> None:
        self.ask("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=180s")


def _pod(name: str, arguments: list[str]) -> dict[str, Any]:
    container = {
        "name": "base",
        "image": IMAGE,
        "args": arguments,
        "resources": {"limits": {"memory": "48Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    secure = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "headgate"},
        "spec": {
            "restartPolicy": "Never",
            "serviceAccountName": "headgate",
            "terminationGracePeriodSeconds": 10,
            "securityContext": {**secure, "runAsUser": 65534},
            "containers": [container],
        },
    }
