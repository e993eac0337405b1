"""What the tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from files import real, reduced
from project import Project
from warehouse import KINDS, PASSWORD, USER, Warehouse

__all__ = ["real", "reduced"]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def warehouse(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    """A schema of its own in each store of the lab, and an account that may do what it must."""
    if not request.param.here():
        pytest.skip(f"no {request.param.kind} here: docker/lab/lab up, then eval its env")
    with request.param() as made:
        monkeypatch.setenv(USER, made.pipeline.user)
        monkeypatch.setenv(PASSWORD, made.pipeline.password)
        yield made


@pytest.fixture
def project(warehouse: Warehouse, tmp_path: Path) -> Project:
    return warehouse.project(tmp_path / "project")
