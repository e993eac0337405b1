"""Headgate's values behind a platform's: nothing of the platform is lost, and every setting is one that exists."""

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from deployment import DEPLOY, Document, documents, read, values
from headgate_airflow.settings import ROLES, Settings

FILES = sorted((DEPLOY / "airflow").glob("*.yaml"))

PLATFORM = """
executor: CeleryExecutor
images: {airflow: {repository: registry.example.org/platform/airflow, tag: "3.3.2", pullPolicy: IfNotPresent}}
env: [{name: AIRFLOW__CORE__LOAD_EXAMPLES, value: "False"}]
extraEnv: |
  - {name: AIRFLOW_CONN_WAREHOUSE, valueFrom: {secretKeyRef: {name: warehouse, key: connection}}}
extraEnvFrom: |
  - {secretRef: {name: airflow-connections}}
secret: [{envName: SMTP_PASSWORD, secretName: smtp, secretKey: password}]
workers: {replicas: 4, extraVolumes: [{name: ca, configMap: {name: ca}}]}
config:
  core: {parallelism: 64}
  celery: {worker_concurrency: 16}
  logging: {remote_logging: "True", remote_base_log_folder: "s3://platform-logs"}
dags: {gitSync: {enabled: true, repo: "https://git.example.org/platform/dags.git", subPath: dags}}
dagProcessor:
  dagBundleConfigList:
    - {name: platform, classpath: airflow.providers.git.bundles.git.GitDagBundle, kwargs: {tracking_ref: main}}
"""


def test_a_platform_keeps_all_it_has_set_but_the_image() -> None:
    (before,) = documents(PLATFORM)
    after = coalesced(before, values("values.yaml"))
    lost = {path for path, value in leaves(before).items() if leaves(after).get(path) != value}
    assert lost == {"images.airflow.repository", "images.airflow.tag"}


def test_only_one_file_has_a_list_and_it_says_so() -> None:
    with_lists = [file.name for file in FILES if _lists(read(file)[0])]
    assert with_lists == ["baked.yaml"]
    assert "Helm replaces lists" in (DEPLOY / "airflow/baked.yaml").read_text()


def test_every_setting_is_one_that_the_package_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = values("values.yaml")["config"]["headgate"]
    known = {field.name for field in dataclasses.fields(Settings)}
    assert set(settings) <= known
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__HEADGATE__{name.upper()}", str(value))
    read_back = Settings.read()
    assert set(read_back.roles) == set(ROLES)
    assert read_back.target == settings["target"]
    assert read_back.pages is not None
    assert read_back.pages.format(bucket="artefacts", key="shop") == (
        "https://files.example.org/artefacts/shop/"
    )


def test_no_value_is_taken_for_a_template_by_the_chart_or_for_a_reference_by_airflow() -> None:
    for file in FILES:
        for path, value in leaves(read(file)[0]).items():
            assert "{{" not in str(value), f"{file.name}: {path}"
            assert "%" not in str(value), f"{file.name}: {path}"


def test_roles_are_those_that_airflow_has_from_the_start() -> None:
    roles = json.loads(values("values.yaml")["config"]["headgate"]["roles"])
    assert {name for names in roles.values() for name in names} <= {"Admin", "Op", "User", "Viewer"}


def test_bundles_are_classes_of_this_airflow() -> None:
    import importlib

    for bundle in values("baked.yaml")["dagProcessor"]["dagBundleConfigList"]:
        module, _, name = bundle["classpath"].rpartition(".")
        made = getattr(importlib.import_module(module), name)(
            name=bundle["name"], **bundle["kwargs"]
        )
        assert Path(made.path).is_absolute()


def coalesced(below: Any, above: Any) -> Any:
    """As Helm lays one file of values over another: maps are merged, everything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return copy.deepcopy(above)
    merged = dict(below)
    for key, value in above.items():
        merged[key] = coalesced(below[key], value) if key in below else copy.deepcopy(value)
    return merged


def leaves(value: Document, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, below in value.items():
        at = f"{path}.{key}" if path else key
        found.update(leaves(below, at) if isinstance(below, dict) else {at: below})
    return found


def _lists(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_lists(below) for below in value.values())
    return isinstance(value, list)
