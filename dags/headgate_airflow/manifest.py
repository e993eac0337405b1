"""What `headgate compile` writes: docs/reference/manifest.md says what each key means."""

import json
from pathlib import Path
from typing import Any, TypedDict, cast

FORMAT = 1


class ManifestError(Exception):
    """What is wrong with a compiled pipeline or its deployment, in one line."""


class Schedule(TypedDict):
    """When a pipeline runs: by time, or after others."""

    cron: str | None
    after: list[str]
    start: str | None
    catch_up: bool
    covers: str


class Param(TypedDict):
    """A value that a run may be given."""

    type: str
    default: Any
    required: bool
    schema: dict[str, Any]


class Container(TypedDict):
    """What a step with an image of its own runs."""

    image: str
    command: list[str]
    args: list[str]
    env: dict[str, str]
    params: list[str]


class FanOut(TypedDict):
    """How a step is spread over several pods."""

    by: str
    limit: int
    slices: list[str]


class Retries(TypedDict):
    """Tries after a failure that may pass."""

    max: int
    delay_seconds: float
    backoff: float
    max_delay_seconds: float


class Resources(TypedDict):
    """What a pod asks for."""

    cpu: str | None
    memory: str | None
    spill: str | None


class AssetName(TypedDict):
    """Data that others may wait for."""

    name: str
    uri: str


class EnvSecret(TypedDict):
    """A variable from a Secret."""

    name: str
    secret: str
    key: str


class FileSecret(TypedDict):
    """A file from a Secret."""

    path: str
    secret: str
    key: str


class Secrets(TypedDict):
    """Where variables and files with secrets come from."""

    env: list[EnvSecret]
    files: list[FileSecret]


class Unit(TypedDict):
    """What a pod runs: what a step and a group have in common."""

    name: str
    needs: list[str]
    image: str
    retries: Retries
    timeout_seconds: float | None
    resources: Resources
    pool: str | None
    profile: str | None
    needs_interval: bool
    secrets: dict[str, Secrets]


class Step(Unit):
    """A step: one task."""

    kind: str
    group: str | None
    description: str
    container: Container | None
    fan_out: FanOut | None
    assets: list[AssetName]
    sha256: str


class Group(Unit):
    """Steps that share one pod."""

    steps: list[str]


class Toleration(TypedDict):
    """A taint that pods bear."""

    key: str | None
    operator: str
    value: str | None
    effect: str | None


class Profile(TypedDict):
    """What the pods of some steps have beside, or instead."""

    node_selector: dict[str, str]
    tolerations: list[Toleration]
    template: dict[str, Any]


class Pods(Profile):
    """What the pods of a target are like."""

    namespace: str | None
    service_account: str | None
    env: dict[str, str]
    labels: dict[str, str]
    annotations: dict[str, str]
    profiles: dict[str, Profile]


class Target(TypedDict):
    """Where a pipeline may run."""

    not_for_pods: str | None
    state: str
    pods: Pods


class Alerts(TypedDict):
    """What people on call are told."""

    runbook: str | None
    severity: str
    deadline_seconds: float | None


class Manifest(TypedDict):
    """All that a DAG needs to know of a pipeline."""

    format: int
    hash: str
    name: str
    directory: str
    description: str
    docs: str | None
    owner: str
    tags: list[str]
    schedule: Schedule | None
    timezone: str
    max_active_runs: int
    params: dict[str, Param]
    steps: list[Step]
    groups: list[Group]
    alerts: Alerts
    default_target: str
    targets: dict[str, Target]


def read(file: Path) -> Manifest:
    """The manifest in a file.

    :raises ManifestError: when there is none, or it is not one, or of a format that is not known
    """
    document = read_object(file, "run headgate compile")
    found = document.get("format")
    if found != FORMAT:
        raise ManifestError(
            f"{file}: format {found} is not known, only {FORMAT}:"
            " headgate-airflow and the headgate that compiled it must be of one release"
        )
    missing = [key for key in Manifest.__required_keys__ if key not in document]
    if missing:
        raise ManifestError(f"{file}: {', '.join(sorted(missing))} missing: run headgate compile")
    return cast(Manifest, document)


def read_object(file: Path, remedy: str) -> dict[str, Any]:
    """A JSON object in a file.

    :raises ManifestError: when there is none
    """
    try:
        document = json.loads(file.read_bytes())
    except OSError as e:
        raise ManifestError(f"{file}: {e.strerror}: {remedy}") from None
    except ValueError as e:
        raise ManifestError(f"{file}: not JSON: {e}") from None
    if not isinstance(document, dict):
        raise ManifestError(f"{file}: not a JSON object: {remedy}")
    return document
