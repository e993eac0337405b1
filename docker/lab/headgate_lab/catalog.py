"""The services that the lab knows, and in which order they depend on each other."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from headgate_lab.failures import USAGE, LabError
from headgate_lab.service import Service

ALL = "all"


@cache
def services() -> dict[str, Service]:
    """All of them by name, each after those that have to be healthy first."""
    package = importlib.import_module("headgate_lab.services")
    found: dict[str, Service] = {}
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        found.update({service.name: service for service in loaded.SERVICES})
    ordered: dict[str, Service] = {}

    def add(name: str) -> None:
        for earlier in (*found[name].needs, *found[name].after):
            if earlier in found:
                add(earlier)
        ordered.setdefault(name, found[name])

    for name in sorted(found):
        add(name)
    return ordered


def known(name: str) -> Service:
    found = services().get(name)
    if found is None:
        raise LabError(f"no service '{name}': there are {', '.join(services())}", USAGE)
    return found


def with_needs(names: Iterable[str]) -> list[Service]:
    """Those named, those of a plain `up` if none is, and what they need, in the order of starting."""
    given = list(names)
    asked = _asked(given or [each.name for each in services().values() if each.by_default])
    for service in services().values():
        if service.name in asked:
            asked.update(service.brings)
    for service in reversed(services().values()):
        if service.name in asked:
            asked.update(service.needs)
    return [service for service in services().values() if service.name in asked]


def with_dependents(names: Iterable[str]) -> list[Service]:
    """Those named, all if none is, and what needs them, in the order of stopping."""
    asked = _asked(names)
    for service in services().values():
        if asked.intersection(service.needs):
            asked.add(service.name)
    return [service for service in reversed(services().values()) if service.name in asked]


def _asked(names: Iterable[str]) -> set[str]:
    given = list(names)
    if not given or ALL in given:
        return set(services())
    return {known(name).name for name in given}
