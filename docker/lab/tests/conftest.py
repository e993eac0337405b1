from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headgate_lab import catalog
from headgate_lab.laboratory import Lab
from headgate_lab.service import Service

MakeLab = Callable[..., Lab]


@pytest.fixture
def make_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeLab]:
    """Makes labs of given services in a home of their own; whatever runs is stopped at the end."""
    made: list[Lab] = []

    def make(*services: Service, name: str = "test") -> Lab:
        if services:
            known = {service.name: service for service in services}
            monkeypatch.setattr(catalog, "services", lambda: known)
        lab = Lab(name, tmp_path / "home")
        made.append(lab)
        return lab

    yield make
    for lab in made:
        lab.purge()
