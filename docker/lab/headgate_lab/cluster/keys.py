"""The cluster's own authority, and a certificate for each of its parts."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from headgate_lab import tools
from headgate_lab.cluster.addresses import NODE, Addresses
from headgate_lab.site import write_private

CLIENTS = {
    "admin": "/O=system:masters/CN=headgate-lab-admin",
    "apiserver-kubelet": "/O=system:masters/CN=kube-apiserver-kubelet-client",
    "kubelet": f"/O=system:nodes/CN=system:node:{NODE}",
    "kube-controller-manager": "/CN=system:kube-controller-manager",
    "kube-scheduler": "/CN=system:kube-scheduler",
    "kube-proxy": "/CN=system:kube-proxy",
    "coredns": "/CN=system:coredns",
}
API_PORT = 6443
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
_DAYS = "3650"
_WHAT = "making the cluster's certificates"


def make(folder: Path, own: Addresses) -> None:
    """Fills the folder whole or not at all; the authorities' keys are not kept."""
    if folder.exists():
        return
    tools.need("openssl", "openssl")
    partial = folder.with_name(f".{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    for name in ("ca", "front-proxy-ca"):
        _authority(partial, name)
    names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"]
    names.append("kubernetes.default.svc.cluster.local")
    reached = [own.api, own.node, "127.0.0.1"]
    alternatives = [f"DNS:{name}" for name in names] + [f"IP:{each}" for each in reached]
    _signed(partial, "apiserver", "/CN=kube-apiserver", "serverAuth", alternatives)
    serving = [f"DNS:{NODE}", f"IP:{own.node}"]
    _signed(partial, "kubelet-server", f"/CN={NODE}", "serverAuth", serving)
    for name, subject in CLIENTS.items():
        _signed(partial, name, subject, "clientAuth")
        write_private(
            partial / f"{name}.kubeconfig",
            kubeconfig(partial, name, f"https://{own.node}:{API_PORT}"),
        )
    tools.run(["openssl", "genrsa", "-out", partial / "tokens.key", "2048"], what=_WHAT)
    public = ["-pubout", "-out", partial / "tokens.pub"]
    tools.run(["openssl", "rsa", "-in", partial / "tokens.key", *public], what=_WHAT)
    for name in ("ca", "front-proxy-ca"):
        (partial / f"{name}.key").unlink()
    partial.rename(folder)


def kubeconfig(folder: Path, client: str, server: str, namespace: str = "default") -> str:
    """How a client finds the API server and shows who it is; JSON, which is YAML too."""

    def inline(name: str) -> str:
        return base64.b64encode((folder / name).read_bytes()).decode()

    cluster = {"server": server, "certificate-authority-data": inline("ca.crt")}
    user = {
        "client-certificate-data": inline(f"{client}.crt"),
        "client-key-data": inline(f"{client}.key"),
    }
    context = {"cluster": "lab", "user": client, "namespace": namespace}
    told = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "lab", "cluster": cluster}],
        "users": [{"name": client, "user": user}],
        "contexts": [{"name": "lab", "context": context}],
        "current-context": "lab",
    }
    return json.dumps(told, indent=2)


def _authority(folder: Path, name: str) -> None:
    made = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt", "-days", _DAYS]
    usage = ["-addext", "keyUsage = critical, keyCertSign, cRLSign, digitalSignature"]
    subject = ["-subj", f"/CN=Headgate lab {name}"]
    tools.run(["openssl", "req", "-x509", *_CURVE, *made, *subject, *usage], what=_WHAT)


def _signed(
    folder: Path, name: str, subject: str, use: str, alternatives: Sequence[str] = ()
) -> None:
    request, extensions = folder / "request", folder / "extensions"
    lines = ["keyUsage = critical, digitalSignature", f"extendedKeyUsage = {use}"]
    lines += [f"subjectAltName = {', '.join(alternatives)}"] if alternatives else []
    extensions.write_text("\n".join(lines) + "\n")
    made = ["-keyout", folder / f"{name}.key", "-out", request, "-subj", subject]
    tools.run(["openssl", "req", "-new", *_CURVE, *made], what=_WHAT)
    authority = ["-CA", folder / "ca.crt", "-CAkey", folder / "ca.key"]
    authority += ["-set_serial", f"0x{secrets.token_hex(16)}", "-extfile", extensions]
    signed = ["-days", _DAYS, "-in", request, "-out", folder / f"{name}.crt"]
    tools.run(["openssl", "x509", "-req", *authority, *signed], what=_WHAT)
    for each in (request, extensions):
        each.unlink()
