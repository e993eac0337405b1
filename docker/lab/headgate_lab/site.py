"""Where one service of one lab lives: its folder, ports, log and what is remembered of it between commands."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate_lab.certificates import Certificates, certificates
from headgate_lab.processes import Identity

if TYPE_CHECKING:
    from headgate_lab.service import Service

LOG_LIMIT = 20_000_000


@dataclass
class State:
    """What is remembered of a service.

    `wanted` says that it was brought up and not down since: a dead one that is wanted died or was killed.
    `basis` is what its configuration was made from besides its own ports: when that changes, it has to start anew.
    """

    wanted: bool = False
    identity: Identity | None = None
    ports: dict[str, int] = field(default_factory=dict)
    log_start: int = 0
    options: dict[str, str] = field(default_factory=dict)
    basis: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> State:
        """Another version's state is read too: what is unknown is left out, what is missing as at first."""
        names = {each.name for each in fields(State)}
        known = {name: kept for name, kept in value.items() if name in names}
        identity = known.get("identity")
        return State(**{**known, "identity": identity and Identity.from_json(identity)})


class Site:
    """One service's part of a lab's folder. `service` says what runs there."""

    def __init__(self, lab: Path, service: Service) -> None:
        self.lab = lab
        self.service = service
        self.folder = lab / service.name
        self.log = lab / "logs" / f"{service.name}.log"
        self._state_file = self.folder / "state.json"
        self.state = State()
        if self._state_file.exists():
            self.state = State.from_json(json.loads(self._state_file.read_text()))

    def of(self, service: Service) -> Site:
        """The same lab's site of another service."""
        return Site(self.lab, service)

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._state_file, json.dumps(self.state.to_json(), indent=2))

    def begun(self) -> bool:
        """Whether the service was ever up here."""
        return self._state_file.exists()

    def running(self) -> bool:
        return self.state.identity is not None and self.state.identity.alive()

    def port(self, name: str) -> int:
        return self.state.ports[name]

    def option(self, name: str) -> str:
        return self.state.options.get(name) or self.service.options[name]

    def certificates(self) -> Certificates:
        return certificates(self.lab / "certificates")

    def password(self, name: str) -> str:
        """A random password of this service, the same each time it is asked for."""
        path = self.folder / "passwords.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if name not in known:
            known[name] = secrets.token_hex(16)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, json.dumps(known, indent=2))
        return known[name]

    def begin_log(self) -> None:
        """Makes room in the log and remembers where this start's lines begin."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.rename(self.log.with_suffix(".log.1"))
        self.state.log_start = self.log.stat().st_size if self.log.exists() else 0

    def log_of_this_start(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self.state.log_start)
            return log.read().decode(errors="replace")


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step by one that only its owner can read."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.rename(path)
