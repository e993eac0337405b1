"""Starting one server and waiting until it is healthy."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from headgate_lab import cache, catalog, ports, processes, tools
from headgate_lab.failures import TEMPORARY, LabError
from headgate_lab.service import NotReady
from headgate_lab.site import Site
from headgate_lab.terminal import say

ATTEMPTS = 3
PAUSE_SECONDS = 0.1
MARK = "HEADGATE_LAB_SITE"
"""A variable in the environment of what the lab starts, with the site's folder."""


class _Again(LabError):
    """A start failed for a reason that another attempt may not meet."""


def bring_up(site: Site) -> None:
    """Leaves the service running, healthy and settled; one that runs stays when it was started for the same."""
    basis = _basis(site)
    if site.running() and not _as_started(site, basis):
        say(f"{site.service.name} starts anew: what it was started for has changed")
        stop(site)
    for attempt in range(1, ATTEMPTS + 1):
        found = site.running()
        try:
            if not found:
                _start(site, basis)
            _wait(site, found)
            break
        except _Again as failure:
            if attempt == ATTEMPTS:
                raise
            say(f"{str(failure).splitlines()[0]}; tried again")
            time.sleep(0.5)
    site.service.settle(site)
    site.state.wanted = True
    site.save()


def stop(site: Site) -> None:
    """Ends the service, by force when it does not end by itself."""
    identity = site.state.identity
    if identity is not None and identity.alive():
        processes.stop(identity, site.service.stop_signal, site.service.stop_seconds)
        say(f"{site.service.name} stopped (pid {identity.pid})")
    site.service.tidy(site)
    site.state.identity = None
    site.save()


def _basis(site: Site) -> dict[str, Any]:
    needs = {name: site.of(catalog.known(name)).state.ports for name in site.service.needs}
    options = {name: site.option(name) for name in site.service.options}
    return {"options": options, "needs": needs, **site.service.basis(site)}


def _as_started(site: Site, basis: dict[str, Any]) -> bool:
    return site.state.basis == basis and set(site.state.ports) == set(site.service.ports)


def _start(site: Site, basis: dict[str, Any]) -> None:
    name = site.service.name
    home = site.lab.parent
    with cache.locked(home / ".ports.lock"):
        before = site.state.ports
        site.state.ports = ports.choose(site.service.ports, before, _promised(site))
        site.state.basis = basis
        site.save()
    moved = [
        f"{before[key]} by {port}"
        for key, port in site.state.ports.items()
        if before.get(key, port) != port
    ]
    if moved:
        say(f"{name}: a port was taken by another, replaced {', '.join(moved)}")
    # Left by a command that was killed before it could note whom it had started.
    for stray in processes.marked(MARK, str(site.folder)):
        if stray.alive():
            processes.kill(stray)
            say(f"{name}: ended pid {stray.pid}, which an earlier command left behind")
    site.service.tidy(site)
    command = site.service.command(site)
    marked = replace(command, environment={**command.environment, MARK: str(site.folder)})
    site.begin_log()
    child = processes.start(marked, site.log)
    site.state.identity = processes.identify(child.pid)
    site.state.wanted = True
    site.save()
    # It is nobody's child from here on: keeps Popen from complaining that it still runs.
    child.returncode = 0


def _wait(site: Site, found: bool) -> None:
    """Returns once the service answers; one that was found running may have been about to end."""
    name = site.service.name
    deadline = time.monotonic() + site.service.start_seconds
    while True:
        tools.check_cancelled()
        if not site.running():
            raise _Again(f"{name} has ended") if found else _not_started(site)
        try:
            site.service.probe(site)
            return
        except NotReady as not_ready:
            if time.monotonic() > deadline:
                seconds = site.service.start_seconds
                raise LabError(
                    f"{name} runs but is not healthy after {seconds:.0f} s: {not_ready}\n{_tail(site)}"
                ) from not_ready
        time.sleep(PAUSE_SECONDS)


def _not_started(site: Site) -> LabError:
    name = site.service.name
    log = site.log_of_this_start()
    message = f"{name} did not start: {site.service.reason(log)}\n{_tail(site)}\n(all of it: lab logs {name})"
    if re.search(site.service.port_taken, log):
        site.state.ports = {}
        return _Again(message, TEMPORARY)
    if site.service.transient is not None and re.search(site.service.transient, log):
        return _Again(message, TEMPORARY)
    return LabError(message)


def _promised(site: Site) -> Collection[int]:
    """Ports that other services of this and other labs have or will have again."""
    found: set[int] = set()
    for lab in site.lab.parent.iterdir():
        for service in catalog.services().values():
            if lab.is_dir() and (lab, service.name) != (site.lab, site.service.name):
                found.update(Site(lab, service).state.ports.values())
    return found


def _tail(site: Site, lines: int = 15) -> str:
    return "\n".join(f"  | {line[:200]}" for line in site.log_of_this_start().splitlines()[-lines:])
