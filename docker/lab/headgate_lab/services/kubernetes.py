"""Kubernetes: a real cluster of one node in namespaces of its own, or any other cluster by its kubeconfig.

`kubernetes` holds the control plane and the network, and all else ends with it; `kubernetes-node` is the node, which
can be killed with all its containers while the API server stays up.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from headgate_lab import processes, tools
from headgate_lab.cluster import addresses, groups, images, keys, node, plane, programs
from headgate_lab.cluster.addresses import NODE, Addresses
from headgate_lab.cluster.space import Space
from headgate_lab.failures import CONFIGURATION, LabError
from headgate_lab.ports import HOST
from headgate_lab.processes import Command
from headgate_lab.service import NotReady, Service
from headgate_lab.site import Site, write_private

PACKAGE = Path(__file__).resolve().parents[2]
NAMESPACE = "headgate"
ACCOUNT = "headgate"
_PATIENCE_SECONDS = 60
_LABELS = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
}


class Kubernetes(Service):
    name = "kubernetes"
    brings = ("kubernetes-node",)
    ports = ("api",)
    by_default = False
    options: ClassVar[dict[str, str]] = {"kubeconfig": "", "host": ""}
    start_seconds = 240
    failure = r"^error:|\bFATAL\b|^F\d{4} |\"level\":\"(fatal|panic)\""

    def install(self) -> None:
        programs.install()
        programs.hyperkube()

    def prepare(self, site: Site) -> None:
        if elsewhere(site):
            if not _kubeconfig(site).is_file():
                raise LabError(
                    f"no kubeconfig at {_kubeconfig(site)}: give another by --set kubernetes.kubeconfig=FILE,"
                    " or none, for a cluster of the lab's own, by --set kubernetes.kubeconfig=",
                    CONFIGURATION,
                )
            _kubectl(site)
            return
        _check_root()
        self.install()

    def command(self, site: Site) -> Command:
        space: Space = {
            "argv": [],
            "device": "",
            "host": site.option("host"),
            "ways": [],
            "api": [],
            "lab": str(site.lab),
            "inside": str(site.folder / "inside"),
        }
        site.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not elsewhere(site):
            own = addresses.addresses(site)
            addresses.check_free(own)
            keys.make(site.folder / "keys", own)
            plan = plane.plan(site.folder, own, programs.hyperkube())
            server = f"https://{HOST}:{site.port('api')}"
            told = keys.kubeconfig(site.folder / "keys", "admin", server, NAMESPACE)
            write_private(site.folder / "kubeconfig", told)
            space |= {
                "argv": _first(site, plan),
                "device": own.name,
                "host": str(own.host),
                "ways": [[str(each), str(own.node)] for each in (own.pods, own.services)],
                "api": [str(site.port("api")), str(own.node), str(keys.API_PORT)],
            }
        write_private(site.folder / "space.json", json.dumps(space, indent=2))
        argv = _python("space", site.folder / "space.json")
        return Command(argv, folder=site.folder, environment=_environment())

    def probe(self, site: Site) -> None:
        if kubectl(site, "get", "--raw", "/readyz") != "ok":
            raise NotReady("is not ready")

    def settle(self, site: Site) -> None:
        space = {"name": NAMESPACE, "labels": _LABELS}
        account = {"name": ACCOUNT, "namespace": NAMESPACE}
        objects: list[dict[str, Any]] = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": space},
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": account,
                "automountServiceAccountToken": False,
            },
        ]
        if not elsewhere(site):
            objects += _names_rights()
        _apply(site, objects)

    def environment(self, site: Site) -> dict[str, str]:
        host = site.option("host") or HOST
        if not elsewhere(site):
            host = node.HOST_NAME
        return {
            "KUBERNETES_KUBECONFIG": str(_kubeconfig(site)),
            "KUBERNETES_NAMESPACE": NAMESPACE,
            "KUBERNETES_HOST": host,
            "KUBERNETES_KUBECTL": str(_kubectl(site)),
        }

    def tidy(self, site: Site) -> None:
        if (site.folder / "addresses.json").exists():
            name = addresses.addresses(site).name
            groups.remove(name)
            if Path("/sys/class/net", name).exists():
                subprocess.run(["ip", "link", "del", name], capture_output=True, check=False)


class KubernetesNode(Service):
    name = "kubernetes-node"
    needs = ("kubernetes",)
    ports = ()
    by_default = False
    start_seconds = 240
    failure = r"^error:|level=fatal|^F\d{4} "

    def install(self) -> None:
        programs.coredns()
        programs.pause()

    def applies(self, site: Site) -> bool:
        return not elsewhere(_cluster(site))

    def prepare(self, site: Site) -> None:
        _check_root()
        self.install()

    def command(self, site: Site) -> Command:
        cluster = _cluster(site)
        own = addresses.addresses(cluster)
        built = (programs.hyperkube(), programs.coredns(), programs.plugins())
        plan = node.plan(site.folder, cluster.folder, own, *built)
        pause = site.folder / "config/pause.tar"
        images.of_program(programs.pause(), node.PAUSE, pause)
        groups.make(own.name)
        inside = (cluster.folder / "inside").read_text()
        enter = ["nsenter", "--target", inside, "--net", "--uts", "--ipc", "--pid", "--"]
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]
        argv = [*enter, *apart, "--propagation", "private", *_first(site, plan)]
        return Command(argv, folder=site.folder, environment=_environment())

    def probe(self, site: Site) -> None:
        """The node said by itself, since it was started, that it is ready; names and services are found."""
        cluster = _cluster(site)
        told = json.loads(kubectl(cluster, "get", "node", NODE, "-o", "json"))
        conditions = {each["type"]: each for each in told["status"].get("conditions", [])}
        ready = conditions.get("Ready", {"status": "Unknown", "lastHeartbeatTime": ""})
        if ready["status"] != "True" or told["spec"].get("taints"):
            raise NotReady(f"the node is not ready: {ready.get('message', 'it has said nothing')}")
        heard = datetime.fromisoformat(ready["lastHeartbeatTime"]).timestamp()
        if heard < int((site.folder / "plan.json").stat().st_mtime):
            raise NotReady("the node has not said yet that it is ready")
        own = addresses.addresses(cluster)
        _find_name(own)
        try:
            socket.create_connection((str(own.api), 443), timeout=2).close()
        except OSError as error:
            raise NotReady(f"services are not reached: {error}") from error

    def settle(self, site: Site) -> None:
        """Pods may be made in the namespace once it has its default account."""
        ask = ("get", "serviceaccount", "default", "--namespace", NAMESPACE)
        _patiently("its default account", lambda: kubectl(_cluster(site), *ask))

    def environment(self, site: Site) -> dict[str, str]:
        return {}

    def tidy(self, site: Site) -> None:
        told = _cluster(site)
        if (told.folder / "addresses.json").exists():
            groups.remove(addresses.addresses(told).name)


def load(site: Site, archives: Sequence[Path]) -> list[tuple[str, bool]]:
    """Brings image archives to the node of a lab's cluster."""
    if elsewhere(_cluster(site)):
        raise LabError("this lab uses another cluster: bring images to it by its own means")
    identity = site.state.identity
    if identity is None or not identity.alive():
        raise LabError("no node runs to load images into: lab up kubernetes", CONFIGURATION)
    # The command that enters the namespaces, the one that makes the node's own, and the first process in those.
    _, _, first, *_ = processes.family(identity)
    return images.load(site, first.pid, archives)


def elsewhere(site: Site) -> bool:
    """Whether this lab uses a cluster that is not its own."""
    return bool(site.option("kubeconfig"))


def kubectl(site: Site, *words: str, text: str | None = None) -> str:
    """What kubectl answers, asked as administrator; when it fails, the cluster is not ready."""
    argv = [
        str(_kubectl(site)),
        f"--kubeconfig={_kubeconfig(site)}",
        "--request-timeout=5s",
        *words,
    ]
    try:
        done = subprocess.run(
            argv, input=text, capture_output=True, text=True, timeout=30, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotReady("kubectl does not end") from error
    if done.returncode != 0:
        raise NotReady(" ".join(done.stderr.split())[-300:])
    return done.stdout


def _cluster(site: Site) -> Site:
    return site.of(SERVICE)


def _kubeconfig(site: Site) -> Path:
    if elsewhere(site):
        return Path(site.option("kubeconfig")).expanduser().absolute()
    return site.folder / "kubeconfig"


def _kubectl(site: Site) -> Path:
    found = shutil.which("kubectl") if elsewhere(site) else None
    return Path(found) if found else programs.hyperkube().with_name("kubectl")


def _check_root() -> None:
    if os.geteuid() != 0:
        raise LabError(
            "a cluster of the lab's own needs root, for namespaces and groups of processes: run this as root, or use"
            " another cluster by --set kubernetes.kubeconfig=FILE",
            CONFIGURATION,
        )


def _first(site: Site, plan: Mapping[str, object]) -> list[str]:
    write_private(site.folder / "plan.json", json.dumps(plan, indent=2))
    return _python("first", site.folder / "plan.json")


def _python(module: str, told: Path) -> list[str]:
    return [sys.executable, "-m", f"headgate_lab.cluster.{module}", str(told)]


def _environment() -> dict[str, str]:
    path = os.pathsep.join([os.environ.get("PATH", "/usr/bin:/bin"), "/usr/sbin", "/sbin"])
    return {"PATH": path, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}


def _apply(site: Site, objects: list[dict[str, Any]]) -> None:
    told = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    apply = ("apply", "--validate=false", "-f", "-")
    _patiently("namespace and account", lambda: kubectl(site, *apply, text=told))


def _patiently(what: str, do: Callable[[], object]) -> None:
    """A cluster that has just started refuses now and then what it soon does."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        tools.check_cancelled()
        try:
            do()
            return
        except NotReady as error:
            if time.monotonic() > deadline:
                raise LabError(f"setting up Kubernetes, {what}: {error}") from error
        time.sleep(0.1)


def _names_rights() -> list[dict[str, Any]]:
    """What the cluster's name server may look at."""
    group, name = "rbac.authorization.k8s.io", {"name": "system:coredns"}
    look = ["list", "watch"]
    rules = [
        {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": look},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": look},
    ]
    role = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": name, "rules": rules}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": name,
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", **name},
        "subjects": [{"apiGroup": group, "kind": "User", **name}],
    }
    return [role, binding]


def _find_name(own: Addresses) -> None:
    """Asks the cluster's name server for the lab's host, as pods do."""
    labels = b"".join(bytes([len(word)]) + word.encode() for word in node.HOST_NAME.split("."))
    query = b"\x07\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(1)
        try:
            asked.sendto(query, (str(own.node), 53))
            answer = asked.recv(512)
        except OSError as error:
            raise NotReady(f"names are not found: {error}") from error
    if own.host.packed not in answer:
        raise NotReady(f"{node.HOST_NAME} is not found")


SERVICE = Kubernetes()
NODE_SERVICE = KubernetesNode()
SERVICES = (SERVICE, NODE_SERVICE)
