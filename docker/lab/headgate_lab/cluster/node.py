"""The node: containerd, kubelet, kube-proxy and the cluster's name server, which end together, with all containers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from headgate_lab import tools
from headgate_lab.cluster.addresses import NODE, Addresses
from headgate_lab.cluster.first import Plan, Step
from headgate_lab.cluster.plane import HERE, KEYS, SHOWN, applet
from headgate_lab.site import write_private

SOCKET = "/run/containerd/containerd.sock"
PAUSE = "localhost/headgate-lab/pause:1"
HOST_NAME = "host.test"
_UNUSED = ("btrfs", "zfs", "aufs", "devmapper", "blockfile", "erofs")

_CONTAINERD = """\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [{unused}]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # Where the lab may not lower its own score, pods may not have a lower one either.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{here}/node"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{snapshotter}"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""

_COREDNS = """\
.:53 {{
    bind {node}
    errors
    hosts {{
        {host} {host_name}
        fallthrough
    }}
    cache 5
    kubernetes cluster.local in-addr.arpa {{
        kubeconfig {keys}/coredns.kubeconfig
        pods insecure
    }}
}}
"""


def plan(
    folder: Path, plane: Path, own: Addresses, hyperkube: Path, coredns: Path, plugins: Path
) -> Plan:
    """What runs in the inner namespaces. The pause image is expected in the folder as `pause.tar`."""
    for name in ("var", "config"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / "config"
    unused = ", ".join(f'"io.containerd.snapshotter.v1.{each}"' for each in _UNUSED)
    words = {
        "unused": unused,
        "snapshotter": _snapshotter(folder),
        "socket": SOCKET,
        "pause": PAUSE,
        "plugins": plugins,
        "here": HERE,
    }
    write_private(config / "containerd.toml", _CONTAINERD.format(**words))
    write_private(config / "10-pods.conflist", json.dumps(_pod_network(own), indent=2))
    write_private(config / "kubelet.yaml", json.dumps(_kubelet(own), indent=2))
    write_private(config / "kube-proxy.yaml", json.dumps(_proxy(own), indent=2))
    names = {"node": own.node, "host": own.host, "host_name": HOST_NAME, "keys": KEYS}
    write_private(config / "Corefile", _COREDNS.format(**names))
    write_private(config / "resolv.conf", f"nameserver {own.host}\n")
    return {
        "host": "",
        "link": [],
        "sysctls": {},
        "shown": SHOWN,
        "var": str(folder / "var"),
        "folders": {
            "keys": str(plane / "keys"),
            "node": str(config),
            "hyperkube": str(hyperkube.parent),
            "coredns": str(coredns.parent),
        },
        "steps": _steps(own),
    }


def _snapshotter(folder: Path) -> str:
    """How images are laid over each other: by the kernel, but for a disk that is laid over others itself."""
    lying = tools.run(["stat", "--file-system", "--format=%T", folder], what="looking at the disk")
    return "native" if lying.strip() in ("overlayfs", "tmpfs") else "overlayfs"


def _steps(own: Addresses) -> list[Step]:
    options = {
        "config": f"{HERE}/node/kubelet.yaml",
        "kubeconfig": f"{KEYS}/kubelet.kubeconfig",
        "root-dir": "/var/lib/kubelet",
        "hostname-override": NODE,
        # Otherwise it would look its name up, of which nobody here knows.
        "node-ip": str(own.node),
    }
    proxy = {"config": f"{HERE}/node/kube-proxy.yaml"}
    importing = ["ctr", "-a", SOCKET, "-n", "k8s.io", "images", "import", f"{HERE}/node/pause.tar"]
    names = [f"{HERE}/coredns/coredns", "-conf", f"{HERE}/node/Corefile"]
    return [
        {
            "name": "containerd",
            "argv": ["containerd", "-c", f"{HERE}/node/containerd.toml"],
            "serves": True,
        },
        {"name": "kube-proxy", "argv": applet("kube-proxy", proxy), "serves": True},
        {"name": "coredns", "argv": names, "serves": True},
        {"name": "import of the pause image", "argv": importing, "serves": False},
        {"name": "kubelet", "argv": applet("kubelet", options), "serves": True},
    ]


def _pod_network(own: Addresses) -> dict[str, Any]:
    """Each pod has a link of its own to the node, so that all between pods passes its rules. Who has which address is
    forgotten with the node, as are the pods."""
    addresses = {
        "type": "host-local",
        "dataDir": "/run/pod-addresses",
        "ranges": [[{"subnet": str(own.pods)}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    link = {"type": "ptp", "ipMasq": False, "ipam": addresses}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [link]}


def _kubelet(own: Addresses) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(own.node),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{KEYS}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{KEYS}/kubelet-server.crt",
        "tlsPrivateKeyFile": f"{KEYS}/kubelet-server.key",
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "cgroupRoot": f"/{own.name}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [str(own.node)],
        "resolvConf": f"{HERE}/node/resolv.conf",
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {
            "memory.available": "64Mi",
            "nodefs.available": "1%",
            "imagefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.inodesFree": "1%",
        },
        "maxPods": 110,
        "serializeImagePulls": False,
        "syncFrequency": "10s",
        "nodeStatusUpdateFrequency": "4s",
        "makeIPTablesUtilChains": False,
        "healthzPort": 0,
        "oomScoreAdj": 0,
    }


def _proxy(own: Addresses) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "bindAddress": "0.0.0.0",
        "hostnameOverride": NODE,
        "clientConnection": {"kubeconfig": f"{KEYS}/kube-proxy.kubeconfig"},
        "clusterCIDR": str(own.pods),
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "oomScoreAdj": 0,
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }
