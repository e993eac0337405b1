"""What a server of the lab is made of. A new one is a file in `services/` that lists it in `SERVICES`."""

from __future__ import annotations

import re
import shutil
import signal
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from headgate_lab.processes import Command
from headgate_lab.site import Site

PREFIX = "HEADGATE_LAB_"


class NotReady(Exception):
    """A server does not answer yet, or not rightly; says what was missing."""


class Service(ABC):
    """One server: how it is installed, started, asked for its health and described to clients."""

    name: str
    """What it is called on the command line."""

    needs: tuple[str, ...] = ()
    """Services that have to be healthy before this one starts."""

    brings: tuple[str, ...] = ()
    """Services that come along when this one is named; they may need it."""

    after: tuple[str, ...] = ()
    """Services that are healthy before this one starts, where they are asked for too."""

    by_default: bool = True
    """Whether `up` without names brings it; `up all` brings every one."""

    ports: ClassVar[tuple[str, ...]]
    """Names of the ports it listens on; the first is the one that people are shown."""

    options: ClassVar[dict[str, str]] = {}
    """What `--set` may change, with what holds otherwise."""

    start_seconds: ClassVar[float] = 240
    stop_seconds: ClassVar[float] = 20
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    transient: ClassVar[str | None] = None
    """How its log says that a start failed for what passes by itself in a moment."""

    port_taken: ClassVar[str] = r"(?i)address already in use"
    """How its log says that another process has its port."""

    failure: ClassVar[str] = r"\b(FATAL|ERROR|Exception|error)\b"
    """How a line of its log looks that says why it did not start."""

    @abstractmethod
    def install(self) -> None:
        """Brings what it needs onto this machine; quick when it is there."""

    def basis(self, site: Site) -> dict[str, Any]:
        """What it is started for besides options and the ports of what it needs: a change starts it anew."""
        return {}

    def prepare(self, site: Site) -> None:
        """Installs what this lab's options ask for, before anything of it starts."""
        self.install()

    def applies(self, site: Site) -> bool:
        """Whether there is anything to start, given the site's options."""
        return True

    @abstractmethod
    def command(self, site: Site) -> Command:
        """Writes its configuration for the site's ports and says how to start it."""

    @abstractmethod
    def probe(self, site: Site) -> None:
        """Asks it a real question; raises NotReady while it cannot answer."""

    def settle(self, site: Site) -> None:
        """Makes users, databases and the like once it answers; done after each start, so it has to be repeatable."""
        return

    @abstractmethod
    def environment(self, site: Site) -> dict[str, str]:
        """What clients need, by names without the prefix."""

    def tidy(self, site: Site) -> None:
        """Removes what it leaves behind on the machine when it ends; done after each end and before each start."""
        return

    def purge(self, site: Site) -> None:
        """Removes what it keeps outside of its site's folder as well as that."""
        shutil.rmtree(site.folder, ignore_errors=True)

    def reason(self, log: str) -> str:
        """The line of a log that says best why a start failed."""
        lines = [line.strip() for line in log.splitlines() if line.strip()]
        telling = [line for line in lines if re.search(self.port_taken, line)]
        telling = telling or [line for line in lines if re.search(self.failure, line)]
        return (telling or lines or ["it wrote no log"])[-1][:300]
