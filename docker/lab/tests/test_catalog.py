from __future__ import annotations

import pytest

from headgate_lab import catalog
from headgate_lab.failures import LabError


def _names(services: list[object]) -> list[str]:
    return [str(service.name) for service in services]  # type: ignore[attr-defined]


def test_what_is_needed_comes_first_and_once() -> None:
    assert _names(list(catalog.with_needs(["trino", "minio"]))) == ["minio", "postgres", "trino"]
    names = _names(list(catalog.with_needs([])))
    assert names == _names(list(catalog.with_needs(["all"]))) == list(catalog.services())
    for name, service in catalog.services().items():
        assert all(names.index(needed) < names.index(name) for needed in service.needs)


def test_what_needs_it_is_stopped_before_it() -> None:
    assert _names(list(catalog.with_dependents(["minio"]))) == ["trino", "minio-tls", "minio"]


def test_an_unknown_service_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LabError, match=r"no service 'mysql': there are .*postgres"):
        catalog.with_needs(["mysql"])
