"""Settings of a deployment: section [headgate] of airflow.cfg, or AIRFLOW__HEADGATE__<NAME>."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headgate_airflow.manifest import ManifestError

ROLES = ("admin", "engineer", "scientist", "analyst", "viewer")


@dataclass(frozen=True)
class Settings:
    """What a platform decides for all pipelines; docs/airflow.md says what each means."""

    manifests: Path
    images: Path | None
    target: str | None
    namespace: str | None
    kubernetes_conn_id: str
    image_pull_policy: str
    image_pull_secrets: tuple[str, ...]
    xcom_sidecar: bool
    xcom_sidecar_image: str | None
    xcom_sidecar_user: int
    startup_timeout: int
    termination_grace: int
    keep_failed_pods: int
    spill: str
    project: str
    pages: str | None
    roles: dict[str, tuple[str, ...]]
    deadline_callback: str

    @staticmethod
    def read() -> "Settings":
        """The settings of this deployment.

        :raises ManifestError: when one cannot be read
        """
        from airflow.sdk.configuration import conf

        def text(name: str, default: str = "") -> str:
            return str(conf.get("headgate", name, fallback=default)).strip()

        def number(name: str, default: int) -> int:
            value = text(name, str(default))
            if not value.isdecimal():
                raise ManifestError(f'[headgate] {name}: "{value}" is not a whole number')
            return int(value)

        images = text("images")
        return Settings(
            manifests=Path(text("manifests", "/opt/headgate/manifests")),
            images=Path(images) if images else None,
            target=text("target") or None,
            namespace=text("namespace") or None,
            kubernetes_conn_id=text("kubernetes_conn_id", "kubernetes_default"),
            image_pull_policy=text("image_pull_policy", "IfNotPresent"),
            image_pull_secrets=tuple(text("image_pull_secrets").replace(",", " ").split()),
            xcom_sidecar=text("xcom_sidecar", "true").lower() in ("true", "1", "yes", "on"),
            xcom_sidecar_image=text("xcom_sidecar_image") or None,
            xcom_sidecar_user=number("xcom_sidecar_user", 65534),
            startup_timeout=number("startup_timeout", 600),
            termination_grace=number("termination_grace", 30),
            keep_failed_pods=number("keep_failed_pods", 86400),
            spill=text("spill", "2Gi"),
            project=text("project", "/opt/headgate/project"),
            pages=text("pages") or None,
            roles=_roles(text("roles", "{}")),
            deadline_callback=text("deadline_callback", "headgate_airflow.deadlines.missed"),
        )


def _roles(value: str) -> dict[str, tuple[str, ...]]:
    try:
        given: Any = json.loads(value)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ManifestError('[headgate] roles: write JSON such as {"viewer": ["Viewer"]}')
    unknown = sorted(set(given) - set(ROLES))
    if unknown:
        raise ManifestError(
            f"[headgate] roles: {', '.join(unknown)} unknown; there are {', '.join(ROLES)}"
        )
    return {
        role: (names,) if isinstance(names, str) else tuple(str(name) for name in names)
        for role, names in given.items()
    }
