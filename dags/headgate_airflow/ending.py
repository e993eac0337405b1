"""How a pod ended, and what follows from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, cast

SKIPPED = 99
FINAL = {64: "wrong call", 65: "blocked by the data", 78: "wrong configuration"}
PASSING = {70: "a fault of Headgate", 75: "away for a while", 143: "stopped"}
CONTRACT = {0, SKIPPED, *FINAL, *PASSING}


class Verdict(Enum):
    """What Airflow does with the task."""

    DONE = "done"
    SKIP = "skip"
    FAIL = "fail"
    RETRY = "retry"


def verdict(code: int | None) -> Verdict:
    """64, 65 and 78 fail for good; what is not known, or no code at all, is tried again."""
    if code == 0:
        return Verdict.DONE
    if code == SKIPPED:
        return Verdict.SKIP
    return Verdict.FAIL if code in FINAL else Verdict.RETRY


@dataclass(frozen=True)
class Ending:
    """How a container ended.

    :param exit_code: None when nobody knows: the pod is gone, was evicted, never started
    :param reason: a word of Kubernetes, such as OOMKilled or Evicted
    :param outcome: what the task wrote to the termination log, where it got so far
    """

    exit_code: int | None
    reason: str | None = None
    outcome: Mapping[str, Any] | None = None

    @property
    def code(self) -> int | None:
        """The exit code; what the task wrote last where it was killed after that."""
        if self.exit_code not in CONTRACT and self.outcome is not None:
            written = self.outcome.get("code")
            if isinstance(written, int) and not isinstance(written, bool):
                return written
        return self.exit_code

    @property
    def verdict(self) -> Verdict:
        """What Airflow does with the task."""
        return verdict(self.code)

    def line(self) -> str:
        """How it ended, for people, in one line."""
        if self.code is None:
            what = self.reason or "no exit code"
        else:
            meaning = {**FINAL, **PASSING, SKIPPED: "skipped", 0: "done"}.get(self.code)
            what = f"exit {self.code}" + (f", {meaning}" if meaning else "")
            if self.reason not in (None, "Error", "Completed"):
                what += f", {self.reason}"
        summary = (self.outcome or {}).get("summary")
        return f"{what}: {summary}" if summary else what


def parse_outcome(message: str | None) -> Mapping[str, Any] | None:
    """What the termination log holds, when it is of the contract."""
    try:
        document = json.loads(message or "")
    except ValueError:
        return None
    return document if isinstance(document, dict) and "code" in document else None


def of_pod(pod: Any, container: str) -> Ending:
    """How the container of a pod ended, as its status tells; None is a pod that is gone."""
    if pod is None:
        return Ending(None, "the pod is gone")
    reason = pod.status.reason if pod.status else None
    ended = _terminated(pod, container)
    if ended is not None:
        return Ending(ended.exit_code, reason or ended.reason, parse_outcome(ended.message))
    return Ending(None, reason)


def ended_at(pod: Any, container: str) -> datetime:
    """When the container ended; when its pod was made, where nobody knows."""
    ended = _terminated(pod, container)
    at: datetime | None = ended.finished_at if ended is not None else None
    return at or cast(datetime, pod.metadata.creation_timestamp)


def _terminated(pod: Any, container: str) -> Any:
    for one in (pod.status.container_statuses if pod.status else None) or []:
        if one.name == container and one.state and one.state.terminated is not None:
            return one.state.terminated
    return None
