"""The control plane: etcd, API server, controller manager and scheduler, in namespaces that the node enters too."""

from __future__ import annotations

from pathlib import Path

from headgate_lab.cluster.addresses import Addresses
from headgate_lab.cluster.first import Plan, Step
from headgate_lab.cluster.keys import API_PORT

HERE = "/run/headgate"
KEYS = f"{HERE}/keys"
HYPERKUBE = f"{HERE}/hyperkube/hyperkube"
_ETCD = "http://127.0.0.1:2379"

SHOWN = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def plan(folder: Path, own: Addresses, hyperkube: Path) -> Plan:
    """What runs in the outer namespaces, of which the network's is the node's too."""
    for name in ("var", "etcd"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "host": "node1",
        "link": [
            ["link", "set", "lo", "up"],
            ["link", "set", "eth0", "up"],
            ["addr", "replace", f"{own.node}/30", "dev", "eth0"],
            ["route", "replace", "default", "via", str(own.host)],
        ],
        "sysctls": {"net/ipv4/ip_forward": "1"},
        "shown": SHOWN,
        "var": str(folder / "var"),
        "folders": {
            "keys": str(folder / "keys"),
            "etcd": str(folder / "etcd"),
            "hyperkube": str(hyperkube.parent),
        },
        "steps": [_etcd(), _api(own), _ready(), *_controllers()],
    }


def _etcd() -> Step:
    argv = [
        *(HYPERKUBE, "etcd", f"--data-dir={HERE}/etcd", "--unsafe-no-fsync", "--log-level=warn"),
        *(f"--listen-client-urls={_ETCD}", f"--advertise-client-urls={_ETCD}"),
        "--listen-peer-urls=http://127.0.0.1:2380",
    ]
    return {"name": "etcd", "argv": argv, "serves": True}


def _api(own: Addresses) -> Step:
    options = {
        "etcd-servers": _ETCD,
        "advertise-address": str(own.node),
        "bind-address": "0.0.0.0",
        "secure-port": str(API_PORT),
        "service-cluster-ip-range": str(own.services),
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "anonymous-auth": "false",
        "allow-privileged": "true",
        "profiling": "false",
        "client-ca-file": f"{KEYS}/ca.crt",
        "tls-cert-file": f"{KEYS}/apiserver.crt",
        "tls-private-key-file": f"{KEYS}/apiserver.key",
        "kubelet-certificate-authority": f"{KEYS}/ca.crt",
        "kubelet-client-certificate": f"{KEYS}/apiserver-kubelet.crt",
        "kubelet-client-key": f"{KEYS}/apiserver-kubelet.key",
        "kubelet-preferred-address-types": "InternalIP",
        "requestheader-client-ca-file": f"{KEYS}/front-proxy-ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": f"{KEYS}/tokens.pub",
        "service-account-signing-key-file": f"{KEYS}/tokens.key",
    }
    return {"name": "kube-apiserver", "argv": applet("kube-apiserver", options), "serves": True}


def _ready() -> Step:
    ask = ["kubectl", f"--kubeconfig={KEYS}/admin.kubeconfig", "get", "--raw", "/readyz"]
    return {"name": "API server", "argv": [HYPERKUBE, *ask], "serves": False}


def _controllers() -> list[Step]:
    steps: list[Step] = []
    own = {
        "kube-controller-manager": {
            "service-account-private-key-file": f"{KEYS}/tokens.key",
            "root-ca-file": f"{KEYS}/ca.crt",
            "use-service-account-credentials": "true",
        },
        "kube-scheduler": {},
    }
    for name, more in own.items():
        config = f"{KEYS}/{name}.kubeconfig"
        who = dict.fromkeys(
            ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"), config
        )
        options = {**who, **more, "leader-elect": "false", "bind-address": "127.0.0.1"}
        steps.append({"name": name, "argv": applet(name, options), "serves": True})
    return steps


def applet(name: str, options: dict[str, str]) -> list[str]:
    return [HYPERKUBE, name, *(f"--{option}={value}" for option, value in options.items())]
