"""What Airflow is given: the package that makes DAGs, and manifests."""

import json
import os
import shutil
import sys
from pathlib import Path

from headgate_images import workspace
from headgate_images.failures import Failure
from headgate_images.workspace import EPOCH, TOP, entry, key, normalise, run

PACKAGE = TOP / "dags"


def wheel() -> Path:
    """A folder with the package as a wheel."""

    def make(into: Path) -> None:
        source = into / "source"
        source.mkdir()
        for name in ("pyproject.toml", "headgate_airflow"):
            run("cp", "-r", PACKAGE / name, source)
        environment = {"SOURCE_DATE_EPOCH": str(EPOCH), "UV_PYTHON_DOWNLOADS": "never"}
        run(_uv(), "build", "--quiet", "--wheel", "--out-dir", into, source, env=environment)
        shutil.rmtree(source)
        (into / ".gitignore").unlink(missing_ok=True)
        normalise(into)

    package = PACKAGE / "headgate_airflow"
    names = sorted(one for one in os.listdir(package) if one != "__pycache__")
    files = [package / name for name in names]
    return entry("wheel", key(PACKAGE / "pyproject.toml", *names, *files, "1"), make)


def _uv() -> str:
    own = workspace.cache() / "tools/uv/bin/uv"
    found = shutil.which("uv") or (str(own) if own.is_file() else None)
    if found is None:
        raise Failure("uv is missing", "install it; tasks/process/python/environment does so too")
    return found


def write(manifests: Path, image_json: dict[str, object], into: Path) -> None:
    """A folder for Airflow to read: manifests, a file dag.py beside each, image.json."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(manifests, into)
    (into / "image.json").write_text(json.dumps(image_json, indent=1) + "\n")
    run(
        sys.executable, "-m", "headgate_airflow", "stubs", into,
        env={"PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
