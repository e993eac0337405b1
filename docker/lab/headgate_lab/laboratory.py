"""A lab: the services of one name on this machine, and what can be done with them."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from headgate_lab import cache, environment, ports, processes
from headgate_lab.failures import USAGE, LabError, PortTaken
from headgate_lab.service import NotReady, Service, services
from headgate_lab.site import Site

ATTEMPTS = 3
PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Row:
    """A line of the table that people see."""

    service: str
    state: str
    address: str
    pid: str
    seconds: str


class Lab:
    def __init__(self, name: str, home: Path) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", name):
            raise LabError(
                f"a lab's name is of a-z, 0-9, '.', '_' and '-', at most 40 characters: not '{name}'", USAGE
            )
        self.name = name
        self.home = home
        self.folder = home / name
        self.environment_file = self.folder / "env"

    # ---- What people ask for.

    def up(self, names: Iterable[str], options: Mapping[str, Mapping[str, str]]) -> list[Row]:
        """Brings these services up, and those they need; what runs stays as it is."""
        wanted = _with_needs(names)
        with self._alone():
            sites = [self.site(service) for service in wanted]
            for site in sites:
                site.state.options.update(options.get(site.service.name, {}))
            rows = self._in_order(sites, self._up)
            self._write_environment()
        return rows

    def down(self, names: Iterable[str]) -> None:
        """Stops these services, and those that need them."""
        with self._alone():
            for service in reversed(_with_dependents(names)):
                self._down(self.site(service))
            self._write_environment()

    def kill(self, name: str) -> None:
        """Ends a service at once, as a fault would; it stays wanted, and keeps its ports and data."""
        with self._alone():
            site = self.site(_known(name))
            if site.state.identity is None or not site.running():
                raise LabError(f"{name} does not run in the lab {self.name}")
            processes.kill(site.state.identity)
            say(f"{name} killed (pid {site.state.identity.pid})")

    def status(self, names: Iterable[str]) -> list[Row]:
        """How each service is: running, not answering, dead (died or was killed), or down."""
        asked = [self.site(_known(name)) for name in names] or self.sites()
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(_row_now, asked))

    def purge(self) -> None:
        """Stops everything and removes all that the lab keeps."""
        if not self.folder.exists():
            return
        self.down([])
        with self._alone():
            for site in self.sites():
                site.service.purge(site)
            shutil.rmtree(self.folder)

    def environment(self) -> dict[str, str]:
        """What clients need of the services that are up, by full names."""
        values = {"HEADGATE_LAB_NAME": self.name}
        for site in self.sites():
            if site.state.wanted:
                values.update(environment.prefixed(site.service.environment(site)))
        return values

    def sites(self) -> list[Site]:
        """Those of the services that were ever up here."""
        found = [self.site(service) for service in services().values()]
        return [site for site in found if site.state.ports]

    def site(self, service: Service) -> Site:
        return Site(self.folder, service)

    # ---- How it is done.

    def _alone(self) -> AbstractContextManager[None]:
        """Holds the lab against other commands that change it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cache.locked(self.home / f".{self.name}.lock")

    def _in_order(self, sites: list[Site], do: Callable[[Site], Row]) -> list[Row]:
        """Does it for each site at the same time, but after those that it needs; installing begins at once for all."""
        done: dict[str, Future[Row]] = {}

        def one(site: Site, after: list[Future[Row]]) -> Row:
            if not site.running():
                _timed(f"{site.service.name} installed", site.service.install)
            for needed in after:
                if needed.exception() is not None:
                    raise LabError(f"{site.service.name} not started: what it needs failed")
            return do(site)

        with ThreadPoolExecutor(max_workers=len(sites)) as pool:
            for site in sites:
                after = [done[name] for name in site.service.needs]
                done[site.service.name] = pool.submit(one, site, after)
        errors = [error for error in (each.exception() for each in done.values()) if error is not None]
        for error in errors:
            if not isinstance(error, LabError):
                raise error
        if errors:
            self._write_environment()
            first = next(error for error in errors if isinstance(error, LabError))
            raise LabError("\n".join(str(error) for error in errors), first.status)
        return [each.result() for each in done.values()]

    def _up(self, site: Site) -> Row:
        started = time.monotonic()
        if not site.running():
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    self._start(site)
                    break
                except PortTaken as taken:
                    if attempt == ATTEMPTS:
                        raise
                    say(f"{taken}; another port is tried")
        else:
            self._wait(site)
        site.service.settle(site)
        site.state.wanted = True
        site.save()
        return _row(site, "running", f"{time.monotonic() - started:.1f} s")

    def _start(self, site: Site) -> None:
        name = site.service.name
        with cache.locked(self.home / ".ports.lock"):
            before = site.state.ports
            site.state.ports = ports.choose(site.service.ports, before, self._promised(site))
            site.save()
        if before and before != site.state.ports:
            say(f"{name} had {before}, taken by another now: it gets {site.state.ports}")
        command = site.service.command(site)
        site.begin_log()
        child = processes.start(command, site.log)
        site.state.identity = processes.identify(child.pid)
        site.state.wanted = True
        site.save()
        self._wait(site)
        child.returncode = 0  # It is nobody's child from here on: keeps Popen from complaining that it still runs.

    def _wait(self, site: Site) -> None:
        """Returns once the service answers."""
        name = site.service.name
        deadline = time.monotonic() + site.service.start_seconds
        while True:
            if not site.running():
                log = site.log_of_this_start()
                reason = f"{name} did not start: {site.service.reason(log)}"
                if re.search(site.service.port_taken, log):
                    site.state.ports = {}
                    raise PortTaken(reason)
                raise LabError(f"{reason}\n{_tail(log)}\n(all of it: lab logs {name})")
            try:
                site.service.probe(site)
                return
            except NotReady as not_ready:
                if time.monotonic() > deadline:
                    raise LabError(
                        f"{name} runs but is not healthy after {site.service.start_seconds:.0f} s: {not_ready}"
                        f"\n{_tail(site.log_of_this_start())}"
                    ) from not_ready
            time.sleep(PAUSE_SECONDS)

    def _down(self, site: Site) -> None:
        if not site.state.ports:
            return
        identity = site.state.identity
        if identity is not None and identity.alive():
            how = site.service.stop_signal
            processes.stop(identity, how, site.service.stop_seconds)
            say(f"{site.service.name} stopped (pid {identity.pid})")
        site.state.identity = None
        site.state.wanted = False
        site.save()

    def _promised(self, site: Site) -> set[int]:
        """Ports that other services of this and other labs have or will have again."""
        found: set[int] = set()
        for lab in self.home.iterdir():
            for service in services().values():
                if lab.is_dir() and (lab, service.name) != (site.lab, site.service.name):
                    found.update(Site(lab, service).state.ports.values())
        return found

    def _write_environment(self) -> None:
        environment.write(self.environment_file, self.environment())


def default_home() -> Path:
    """Where labs live."""
    told = os.environ.get("HEADGATE_LAB_HOME")
    if told:
        return Path(told).absolute()
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(base) / "headgate" / "lab"


def say(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)


def _timed(what: str, do: Callable[[], None]) -> None:
    started = time.monotonic()
    do()
    seconds = time.monotonic() - started
    if seconds > 1:
        say(f"{what} ({seconds:.0f} s)")


def _known(name: str) -> Service:
    found = services().get(name)
    if found is None:
        raise LabError(f"no service '{name}': there are {', '.join(services())}", USAGE)
    return found


def _with_needs(names: Iterable[str]) -> list[Service]:
    """Those named, all if none is, with what they need before them."""
    asked = {_known(name).name for name in names if name != "all"} or set(services())
    for service in reversed(services().values()):
        if service.name in asked:
            asked.update(service.needs)
    return [service for service in services().values() if service.name in asked]


def _with_dependents(names: Iterable[str]) -> list[Service]:
    """Those named, all if none is, with those that need them after them."""
    asked = {_known(name).name for name in names if name != "all"} or set(services())
    for service in services().values():
        if asked.intersection(service.needs):
            asked.add(service.name)
    return [service for service in services().values() if service.name in asked]


def _row_now(site: Site) -> Row:
    if not site.running():
        return _row(site, "dead" if site.state.wanted else "down", "")
    started = time.monotonic()
    try:
        site.service.probe(site)
    except NotReady as not_ready:
        return _row(site, f"not answering: {not_ready}", "")
    return _row(site, "running", f"{time.monotonic() - started:.1f} s")


def _row(site: Site, state: str, seconds: str) -> Row:
    listed = [f"{name} {ports.HOST}:{port}" for name, port in site.state.ports.items()]
    pid = str(site.state.identity.pid) if site.state.identity and site.running() else ""
    return Row(site.service.name, state, ", ".join(listed), pid, seconds)


def _tail(log: str, lines: int = 15) -> str:
    return "\n".join(f"  | {line[:200]}" for line in log.splitlines()[-lines:])
