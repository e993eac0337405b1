"""A certificate authority of the lab's own, and one server certificate signed by it, for loopback and for pods."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headgate_lab import tools
from headgate_lab.cache import locked

_EXTENSIONS = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, DNS:host.test
"""


@dataclass(frozen=True)
class Certificates:
    authority: Path
    server: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """Those in this folder, made when they are not there; the authority's own key is not kept."""
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    if not made.server.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Services that start side by side need them at the same time.
        with locked(folder.with_suffix(".lock")):
            if not made.server.exists():
                _make(folder, made)
    return made


def _make(folder: Path, made: Certificates) -> None:
    """The certificate itself comes last: where it is, all is."""
    openssl = tools.need("openssl", "openssl")
    authority_key, request, extensions = (folder / name for name in ("ca.key", "request", "ext"))
    extensions.write_text(_EXTENSIONS)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    what = "making the lab's certificates"
    tools.run(
        [
            openssl,
            "req",
            "-x509",
            *curve,
            "-keyout",
            authority_key,
            "-out",
            made.authority,
            "-days",
            "3650",
            "-subj",
            "/CN=Headgate lab authority",
            "-addext",
            "keyUsage = critical, keyCertSign, cRLSign",
        ],
        what=what,
    )
    tools.run(
        [
            openssl,
            "req",
            "-new",
            *curve,
            "-keyout",
            made.key,
            "-out",
            request,
            "-subj",
            "/CN=localhost",
        ],
        what=what,
    )
    signed = folder / "signed"
    tools.run(
        [
            openssl,
            "x509",
            "-req",
            "-in",
            request,
            "-CA",
            made.authority,
            "-CAkey",
            authority_key,
            "-CAcreateserial",
            "-days",
            "3650",
            "-extfile",
            extensions,
            "-out",
            signed,
        ],
        what=what,
    )
    made.key.chmod(0o600)
    for path in folder.iterdir():
        if path not in (made.authority, made.key, signed):
            path.unlink()
    signed.rename(made.server)
