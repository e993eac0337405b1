"""Free ports on loopback, below the range that the kernel gives to outgoing connections."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

HOST = "127.0.0.1"
FIRST = 20_000
LAST = 31_999


def is_free(port: int) -> bool:
    """Whether a server could listen here now, on loopback or on all addresses."""
    families = [(socket.AF_INET, HOST)] + [(socket.AF_INET6, "::1")] * _has_ipv6()
    for family, host in families:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As servers do it: connections that linger do not matter, somebody who listens does.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except OSError:
                return False
    return True


@cache
def _has_ipv6() -> bool:
    """Some servers also take the loopback of IPv6, where the machine has one."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def choose(
    names: Sequence[str],
    before: Mapping[str, int],
    taken: Collection[int],
    free: Callable[[int], bool] = is_free,
) -> dict[str, int]:
    """A port for each name: the one it had before where that is free, else one that nobody uses or was promised."""
    chosen: dict[str, int] = {}
    for name in names:
        port = before.get(name)
        if port is None or port in chosen.values() or not free(port):
            port = _any({*taken, *before.values(), *chosen.values()}, free)
        chosen[name] = port
    return chosen


def _any(taken: Collection[int], free: Callable[[int], bool]) -> int:
    for port in random.sample(range(FIRST, LAST + 1), LAST + 1 - FIRST):
        if port not in taken and free(port):
            return port
    raise OSError(f"no port is free between {FIRST} and {LAST}")
