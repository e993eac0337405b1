"""An Airflow of the tests' own: a folder, no database, no server."""

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_home = tempfile.mkdtemp(prefix="headgate-airflow-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["AIRFLOW_HOME"] = _home
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACKS"] = "False"
os.environ["AIRFLOW__LOGGING__BASE_LOG_FOLDER"] = str(Path(_home) / "logs")

import pytest  # noqa: E402

from headgate_airflow.__main__ import write  # noqa: E402
from headgate_airflow.manifest import Manifest  # noqa: E402

COMPILED = Path(__file__).parent / "compiled" / "shop" / "manifest.json"
IMAGES = {
    "format": 1,
    "images": {"headgate-python": "registry/shop@sha256:22"},
    "commit": "abc123",
    "pipelines": "00",
}


@pytest.fixture
def manifest() -> Manifest:
    """What headgate compile wrote for the project of the tests."""
    read: Manifest = json.loads(COMPILED.read_text())
    return read


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment: a folder of manifests, stubs and image.json, as settings name it."""
    place = tmp_path / "manifests"
    shutil.copytree(COMPILED.parent, place / "shop")
    (place / "image.json").write_text(json.dumps(IMAGES))
    write(place)
    monkeypatch.setenv("AIRFLOW__HEADGATE__MANIFESTS", str(place))
    monkeypatch.setenv("AIRFLOW__HEADGATE__XCOM_SIDECAR_IMAGE", "registry/sidecar@sha256:33")
    return place


@pytest.fixture
def change(folder: Path) -> Callable[..., None]:
    """Writes the manifest anew with other keys, or that of another pipeline."""

    def changed(pipeline: str = "shop", **keys: Any) -> None:
        document = json.loads(COMPILED.read_text()) | {"name": pipeline} | keys
        place = folder / pipeline
        place.mkdir(exist_ok=True)
        (place / "manifest.json").write_text(json.dumps(document))
        write(folder)

    return changed
