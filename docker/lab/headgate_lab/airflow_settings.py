"""What the lab's Airflow is told, all of it by environment variables."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headgate_lab import catalog
from headgate_lab.failures import USAGE, LabError
from headgate_lab.ports import HOST
from headgate_lab.services import minio, postgres
from headgate_lab.site import Site

if TYPE_CHECKING:
    from headgate_lab.service import Service

SOURCES = Path(__file__).resolve().parents[1] / "airflow"
PROJECT = Path(__file__).resolve().parents[3]
BUCKET = "airflow-logs"
DATABASE = "airflow"
PEOPLE = {
    "admin": "Admin",
    "engineer": "DataEngineer",
    "scientist": "DataScientist",
    "analyst": "DataAnalyst",
    "viewer": "DataViewer",
}
"""The platform's five roles, each with a user of that name, and what Airflow calls them."""

_SIMPLE = {
    "admin": "admin",
    "engineer": "op",
    "scientist": "user",
    "analyst": "viewer",
    "viewer": "viewer",
}
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
_MANAGERS = {
    "fab": FAB,
    "simple": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
}

# Quick enough for tests, and the same machinery as in production: what a dead scheduler held is found within a minute.
_PACE = {
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "45",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "5",
    "DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "2",
    "DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "0",
    "CORE__PARALLELISM": "8",
    "API__WORKERS": "1",
}


def home(site: Site) -> Path:
    return site.folder / "home"


def dags(site: Site) -> Path:
    """The folder that Airflow reads DAGs from, manifests beside them."""
    return site.folder / "dags"


def connection(site: Site, database: str = DATABASE) -> str:
    """How Airflow reaches its metadata database."""
    server = site.of(postgres.SERVICE)
    password = server.password(DATABASE)
    return f"postgresql+psycopg2://{DATABASE}:{password}@{HOST}:{server.port('sql')}/{database}"


def settings(site: Site) -> dict[str, str]:
    """What does not depend on ports: a change of it starts Airflow anew. `site` is that of the service airflow."""
    values = {
        **_PACE,
        **_files(site),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__AUTH_MANAGER": auth_manager(site),
        "CORE__FERNET_KEY": _fernet(site.password("fernet")),
        "API__SECRET_KEY": site.password("session"),
        "API_AUTH__JWT_SECRET": site.password("token") + site.password("token-rest"),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(
            f"{name}:{role}" for name, role in _SIMPLE.items()
        ),
        "FAB__CUSTOM_ROLES": json.dumps(custom_roles()),
        "LOGGING__REMOTE_LOGGING": "True",
        "LOGGING__REMOTE_BASE_LOG_FOLDER": f"s3://{BUCKET}",
        "LOGGING__REMOTE_LOG_CONN_ID": "lab_objects",
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
        "HEADGATE__ROLES": json.dumps({person: [role] for person, role in PEOPLE.items()}),
        "HEADGATE__XCOM_SIDECAR_IMAGE": site.option("xcom_sidecar_image"),
    }
    told = {f"AIRFLOW__{name}": value for name, value in values.items() if value}
    return {**told, **_kubernetes(site)}


def environment(site: Site) -> dict[str, str]:
    """All that a process of Airflow is started with."""
    address = f"http://{HOST}:{site.port('http')}"
    return {
        **settings(site),
        "AIRFLOW_HOME": str(home(site)),
        "PYTHONPATH": str(PROJECT / "dags"),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(site.port("http")),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__HEADGATE__PAGES": site.option("pages") or _pages(site),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": connection(site),
        "AIRFLOW_CONN_LAB_OBJECTS": json.dumps(_objects(site)),
    }


def auth_manager(site: Site) -> str:
    asked = site.option("auth")
    if asked not in _MANAGERS:
        raise LabError(f"airflow.auth={asked}: there are {', '.join(_MANAGERS)}", USAGE)
    return _MANAGERS[asked]


@cache
def custom_roles() -> dict[str, list[dict[str, str]]]:
    """The platform's own roles, as [fab] custom_roles has them. None of them sees a DAG that it was not given."""
    described: dict[str, dict[str, Any]] = json.loads((SOURCES / "roles.json").read_text())

    def allowed(role: str) -> set[tuple[str, str]]:
        own = dict(described[role])
        like = own.pop("like", None)
        below = allowed(like) if like else set()
        return below | {(action, name) for action, names in own.items() for name in names}

    return {
        role: [{"action": action, "resource": name} for action, name in sorted(allowed(role))]
        for role in described
    }


def _files(site: Site) -> dict[str, str]:
    return {
        "CORE__DAGS_FOLDER": str(dags(site)),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home(site) / "passwords.json"),
        "LOGGING__BASE_LOG_FOLDER": str(home(site) / "logs"),
        "DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home(site) / "bundles"),
        "HEADGATE__MANIFESTS": str(dags(site)),
    }


def cluster(site: Site) -> dict[str, str]:
    """What the lab's Kubernetes tells clients, where it is up."""
    kubernetes: Service | None = catalog.services().get("kubernetes")
    if kubernetes is None:
        return {}
    there = site.of(kubernetes)
    return kubernetes.environment(there) if there.state.wanted else {}


def _kubernetes(site: Site) -> dict[str, str]:
    """Airflow's connection to the cluster, where there is one."""
    told = cluster(site)
    if not told:
        return {}
    extra = {
        "kube_config_path": site.option("kubeconfig") or told["KUBERNETES_KUBECONFIG"],
        "namespace": told["KUBERNETES_NAMESPACE"],
        "in_cluster": False,
    }
    return {
        "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps({"conn_type": "kubernetes", "extra": extra}),
        "AIRFLOW__HEADGATE__NAMESPACE": told["KUBERNETES_NAMESPACE"],
    }


def _pages(site: Site) -> str:
    there = site.of(catalog.known("pages"))
    return f"http://{HOST}:{there.port('http')}/{{bucket}}/{{key}}/"


def _objects(site: Site) -> dict[str, Any]:
    endpoint, key, secret = minio.account(site.of(minio.SERVICE), DATABASE)
    return {
        "conn_type": "aws",
        "login": key,
        "password": secret,
        "extra": {
            "endpoint_url": endpoint,
            "region_name": minio.REGION,
            "config_kwargs": {"s3": {"addressing_style": "path"}},
        },
    }


def _fernet(password: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(password.encode()).digest()).decode()
