"""What the tests share."""

from pathlib import Path

import pytest
from store import Store

from files import real, reduced
from project import Project

__all__ = ["real", "reduced"]


@pytest.fixture(scope="session")
def store() -> Store:
    """The lab's object store, with accounts that have the documented rights and no others."""
    store = Store.of_lab()
    if store is None:
        pytest.skip('its server is not there: docker/lab/lab up, then eval "$(docker/lab/lab env)"')
    store.add_accounts()
    return store


@pytest.fixture
def project(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The reference project, its landing and state in the object store."""
    monkeypatch.setenv("STORE_ENDPOINT", store.endpoint)
    monkeypatch.setenv("STORE_KEY", store.accounts["pipeline"][0])
    monkeypatch.setenv("STORE_SECRET", store.accounts["pipeline"][1])
    project = Project(tmp_path / "project")
    store.configure(project)
    return project
