"""A lab: the services of one name on this machine, and what can be done with them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from headgate_lab import cache, catalog, environment, ports, processes, starting, tools
from headgate_lab.failures import USAGE, LabError
from headgate_lab.service import NotReady
from headgate_lab.site import Site
from headgate_lab.terminal import say

RUNNING = "running"
DEAD = "dead"
DOWN = "down"


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
            rule = "a lab's name is of a-z, 0-9, '.', '_' and '-', at most 40 characters"
            raise LabError(f"{rule}: not '{name}'", USAGE)
        self.name = name
        self.home = home
        self.folder = home / name
        self.environment_file = self.folder / "env"

    def up(self, names: Iterable[str], options: Mapping[str, Mapping[str, str]]) -> list[Row]:
        """Brings these services up, and those they need; what runs stays as it is. Without names, also what was up."""
        given = list(names)
        wanted = catalog.with_needs(given)
        if not given:
            were_up = [site.service.name for site in self.sites() if site.state.wanted]
            wanted = catalog.with_needs([*(service.name for service in wanted), *were_up])
        with self._alone():
            sites = [Site(self.folder, service) for service in wanted]
            for site in sites:
                if site.service.name in options:
                    site.state.options.update(options[site.service.name])
                    site.save()
            sites = [site for site in sites if site.service.applies(site)]
            try:
                return _in_order(sites)
            finally:
                environment.write(self.environment_file, self.environment())

    def down(self, names: Iterable[str]) -> None:
        """Stops these services, and those that need them."""
        stopped = catalog.with_dependents(names)
        if not self.folder.exists():
            return
        with self._alone():
            for service in stopped:
                site = Site(self.folder, service)
                if site.begun():
                    site.state.wanted = False
                    starting.stop(site)
            environment.write(self.environment_file, self.environment())

    def restart(self, name: str) -> list[Row]:
        """Stops one service and starts it again; those that need it stay, unless its ports had to change."""
        service = catalog.known(name)
        with self._alone():
            starting.stop(Site(self.folder, service))
        return self.up(
            [name, *(site.service.name for site in self.sites() if site.state.wanted)], {}
        )

    def kill(self, name: str) -> None:
        """Ends a service at once, as a fault would; it stays wanted, and keeps its ports and data."""
        service = catalog.known(name)
        site = Site(self.folder, service)
        if site.state.identity is None or not site.running():
            raise LabError(f"{name} does not run in the lab {self.name}")
        processes.kill(site.state.identity)
        service.tidy(site)
        say(f"{name} killed (pid {site.state.identity.pid})")

    def status(self, names: Iterable[str]) -> list[Row]:
        """How each service is: running, not answering, dead (died or was killed), or down."""
        asked = [Site(self.folder, catalog.known(name)) for name in names] or self.sites()
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(_now, asked))

    def purge(self) -> None:
        """Stops everything and removes all that the lab keeps."""
        if not self.folder.exists():
            return
        self.down([])
        with self._alone():
            for site in self.sites():
                site.service.purge(site)
            shutil.rmtree(self.folder)
        (self.home / f".{self.name}.lock").unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """What clients need of the services that are up, by full names."""
        values = {"HEADGATE_LAB_NAME": self.name}
        for site in self.sites():
            if not site.state.wanted:
                continue
            if set(site.state.ports) != set(site.service.ports):
                if site.state.ports:
                    say(
                        f"{site.service.name} was started by another version: lab restart {site.service.name}"
                    )
                continue
            values.update(environment.prefixed(site.service.environment(site)))
        return values

    def sites(self) -> list[Site]:
        """Those of the services that were ever up here."""
        found = [Site(self.folder, service) for service in catalog.services().values()]
        return [site for site in found if site.begun() and site.service.applies(site)]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lab against other commands that change it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        waiting = f"another command works on the lab {self.name}: waiting for it"
        with cache.locked(self.home / f".{self.name}.lock", waiting):
            yield


def default_home() -> Path:
    """Where labs live."""
    told = os.environ.get("HEADGATE_LAB_HOME")
    if told:
        return Path(told).absolute()
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(base) / "headgate" / "lab"


def _in_order(sites: list[Site]) -> list[Row]:
    """Brings sites up at the same time, but each after those that it needs; installing begins at once for all."""
    done: dict[str, Future[Row]] = {}

    def one(site: Site, after: list[Future[Row]]) -> Row:
        if not site.running():
            _timed(f"{site.service.name} installed", lambda: site.service.prepare(site))
        if any(earlier.exception() is not None for earlier in after):
            raise LabError(f"{site.service.name} not started: what starts before it failed")
        started = time.monotonic()
        starting.bring_up(site)
        return _row(site, RUNNING, time.monotonic() - started)

    with ThreadPoolExecutor(max_workers=len(sites)) as pool:
        try:
            for site in sites:
                earlier = (*site.service.needs, *site.service.after)
                after = [done[name] for name in earlier if name in done]
                done[site.service.name] = pool.submit(one, site, after)
            wait(done.values())
        except BaseException:
            tools.cancel()
            raise
    failures = [error for each in done.values() if (error := each.exception()) is not None]
    expected = [error for error in failures if isinstance(error, LabError)]
    for error in failures:
        if not isinstance(error, LabError):
            raise error
    if expected:
        raise LabError("\n".join(str(error) for error in expected), expected[0].status)
    return [each.result() for each in done.values()]


def _timed(what: str, do: Callable[[], None]) -> None:
    started = time.monotonic()
    do()
    seconds = time.monotonic() - started
    if seconds > 1:
        say(f"{what} ({seconds:.0f} s)")


def _now(site: Site) -> Row:
    if not site.running():
        return _row(site, DEAD if site.state.wanted else DOWN)
    started = time.monotonic()
    try:
        site.service.probe(site)
    except NotReady as not_ready:
        return _row(site, f"not answering: {not_ready}")
    return _row(site, RUNNING, time.monotonic() - started)


def _row(site: Site, state: str, seconds: float | None = None) -> Row:
    listed = [f"{name} {ports.HOST}:{port}" for name, port in site.state.ports.items()]
    pid = str(site.state.identity.pid) if site.state.identity and site.running() else ""
    return Row(
        site.service.name,
        state,
        ", ".join(listed),
        pid,
        "" if seconds is None else f"{seconds:.1f} s",
    )
