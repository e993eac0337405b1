"""Kubernetes, CoreDNS and the pause program, built from Go modules that pin all they are built from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headgate_lab import cache, go, tools

SOURCES = Path(__file__).resolve().parents[2] / "kubernetes"
VERSION = "1.36.3"
OLDEST_GO = (1, 26)
PACKAGES = (
    ("containerd", "containerd"),
    ("runc", "runc"),
    ("nft", "nftables"),
    ("ip", "iproute2"),
    ("nsenter", "util-linux"),
)
PLUGINS = (Path("/usr/lib/cni"), Path("/opt/cni/bin"))


def hyperkube() -> Path:
    """The program of all Kubernetes servers; beside it `kubectl`."""
    version, client = "k8s.io/component-base/version", "k8s.io/client-go/pkg/version"
    variables = {
        f"{version}.gitVersion": f"v{VERSION}",
        f"{version}.gitMajor": "1",
        f"{version}.gitMinor": "36",
        f"{version}.gitTreeState": "clean",
        f"{version}.buildDate": "2026-01-01T00:00:00Z",
        f"{version}/verflag.programName": "Kubernetes",
        f"{client}.gitVersion": f"v{VERSION}",
        f"{client}.gitMajor": "1",
        f"{client}.gitMinor": "36",
    }
    linked = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in variables.items())])
    flags = ["-tags", "grpcnotrace", "-ldflags", linked]
    return _built("hyperkube", flags, "about five minutes on two idle cores", "kubectl")


def coredns() -> Path:
    return _built("coredns", ["-ldflags", "-s -w"], "about a minute")


def pause() -> Path:
    return _built("pause", ["-ldflags", "-s -w"], "seconds")


def install() -> None:
    """Brings what runs containers onto the machine."""
    for program, package in PACKAGES:
        tools.need(program, package)
    if not any((folder / "ptp").exists() for folder in PLUGINS):
        tools.install("containernetworking-plugins")


def plugins() -> Path:
    """The folder with the programs that connect pods to the network."""
    return next((folder for folder in PLUGINS if (folder / "ptp").exists()), PLUGINS[0])


def _built(name: str, flags: Sequence[str], how_long: str, *other_names: str) -> Path:
    folder = SOURCES / name

    def make(place: Path) -> None:
        words = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", *flags]
        with tools.patiently(f"building {name}, once: {how_long}"):
            tools.run(
                [go.program(OLDEST_GO), *words, "-o", place / name, "."],
                folder=folder,
                environment={"CGO_ENABLED": "0"},
                what=f"building {name}",
            )
        for other in other_names:
            (place / other).symlink_to(name)

    pins = [path for path in sorted(folder.iterdir()) if path.name in ("go.mod", "go.sum")]
    return cache.entry(name, cache.key("2", *flags, *pins, folder / "main.go"), make) / name
