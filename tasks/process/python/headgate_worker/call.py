"""One call in the worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

MASK = "*****"


@dataclass
class Call:
    """What a method gets: the request, a way to tell of progress, whether it was cancelled."""

    id: int
    method: str
    request: Mapping[str, Any]
    environment: Mapping[str, str]
    emit: Callable[[dict[str, Any]], None]
    cancelled: Event = field(default_factory=Event)

    def masked(self, value: Any) -> Any:
        """The value without what the call's environment holds: that may be secret."""
        secrets = [secret for secret in self.environment.values() if len(secret) > 3]
        secrets.sort(key=len, reverse=True)
        return _masked(value, secrets) if secrets else value


def _masked(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, dict):
        return {key: _masked(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, secrets) for item in value]
    return value
