"""What the tests share."""

from pathlib import Path

import pytest

from files import real, reduced
from project import Project

__all__ = ["real", "reduced"]


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that ran on demo data, as it was made by the run. Copy it before you change it."""
    project = Project(tmp_path_factory.mktemp("demo") / "project")
    project.run().done()
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")
