"""Which addresses a lab's cluster has: a block of its own, apart from all that this machine reaches by a route."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from headgate_lab import cache, tools
from headgate_lab.failures import CONFIGURATION, LabError
from headgate_lab.site import Site, write_private

SPACE = IPv4Network("10.192.0.0/11")
NODE = "node1"


@dataclass(frozen=True)
class Addresses:
    """The first quarter of a block connects host and node, the second is the pods', the third the services'."""

    block: IPv4Network
    name: str
    """Names the host's end of the connection, and the cluster's groups of processes."""

    @property
    def host(self) -> IPv4Address:
        """Where pods reach the lab's servers."""
        return self.block[1]

    @property
    def node(self) -> IPv4Address:
        return self.block[2]

    @property
    def pods(self) -> IPv4Network:
        return self._quarter(1)

    @property
    def services(self) -> IPv4Network:
        return self._quarter(2)

    @property
    def api(self) -> IPv4Address:
        """The API server's address as a service."""
        return self.services[1]

    def _quarter(self, number: int) -> IPv4Network:
        return list(self.block.subnets(prefixlen_diff=2))[number]


def addresses(site: Site) -> Addresses:
    """Those of a lab's cluster: chosen once, as the cluster's data hold them."""
    told = site.folder / "addresses.json"
    name = f"hgl{hashlib.sha256(str(site.folder).encode()).hexdigest()[:8]}"
    with cache.locked(site.lab.parent / ".addresses.lock"):
        if not told.exists():
            block = choose([*_routes(name), *_promised(site)])
            site.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(told, json.dumps({"block": str(block)}))
    return Addresses(IPv4Network(json.loads(told.read_text())["block"]), name)


def choose(taken: Iterable[IPv4Network]) -> IPv4Network:
    """A block that overlaps none of these networks."""
    known = list(taken)
    blocks = list(SPACE.subnets(new_prefix=22))
    for block in random.sample(blocks, len(blocks)):
        if not any(block.overlaps(each) for each in known):
            return block
    raise LabError(f"no addresses are free for a cluster: all of {SPACE} has routes", CONFIGURATION)


def check_free(own: Addresses) -> None:
    """Fails when this machine has got a route to the block since it was chosen."""
    for route in _routes(own.name):
        if route.overlaps(own.block):
            raise LabError(
                f"the cluster's addresses {own.block} are in use by another network of this machine ({route}):"
                " end that, or remove the cluster with `lab purge`",
                CONFIGURATION,
            )


def _routes(own_interface: str) -> list[IPv4Network]:
    """All networks that this machine has a route to, but for the default one and the cluster's own."""
    told = tools.run(["ip", "-json", "-4", "route", "show", "table", "all"], what="reading routes")
    found = []
    for route in json.loads(told or "[]"):
        destination = route.get("dst", "default")
        if destination not in ("default", "0.0.0.0/0") and route.get("dev") != own_interface:
            found.append(ipaddress.IPv4Network(destination, strict=False))
    return found


def _promised(site: Site) -> list[IPv4Network]:
    """The blocks of other labs, which they will have again."""
    others = site.lab.parent.glob(f"*/{site.service.name}/addresses.json")
    return [IPv4Network(json.loads(Path(each).read_text())["block"]) for each in others]
