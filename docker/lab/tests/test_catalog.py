from __future__ import annotations

import pytest
from fake import Fake

from headgate_lab import catalog
from headgate_lab.failures import LabError


def _names(services: list[object]) -> list[str]:
    return [str(service.name) for service in services]  # type: ignore[attr-defined]


def test_what_is_needed_comes_first_and_once() -> None:
    assert _names(list(catalog.with_needs(["trino", "minio"]))) == ["minio", "postgres", "trino"]
    names = _names(list(catalog.with_needs(["all"])))
    assert names == list(catalog.services())
    for name, service in catalog.services().items():
        for earlier in (*service.needs, *service.after):
            assert earlier not in names or names.index(earlier) < names.index(name)


def test_up_without_names_leaves_out_what_has_to_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, cluster, platform, part = (
        Fake("store"),
        Fake("cluster"),
        Fake("platform", ("store",)),
        Fake("part", ("platform",)),
    )
    cluster.by_default = platform.by_default = part.by_default = False
    platform.after, platform.brings = ("cluster",), ("part",)
    known = {each.name: each for each in (store, cluster, platform, part)}
    monkeypatch.setattr(catalog, "services", lambda: known)
    assert _names(list(catalog.with_needs([]))) == ["store"]
    assert _names(list(catalog.with_needs(["all"]))) == ["store", "cluster", "platform", "part"]
    assert _names(list(catalog.with_needs(["platform"]))) == ["store", "platform", "part"]
    assert _names(list(catalog.with_needs(["part"]))) == ["store", "platform", "part"]


def test_what_somebody_has_to_ask_for_is_not_among_all_that_come_unasked() -> None:
    unasked = _names(list(catalog.with_needs([])))
    assert {"clickhouse", "minio", "postgres", "trino"} <= set(unasked)
    assert "kubernetes" not in unasked
    assert set(catalog.services()) > set(unasked)


def test_what_a_service_brings_along_comes_with_it_and_after_it() -> None:
    assert _names(list(catalog.with_needs(["kubernetes"]))) == ["kubernetes", "kubernetes-node"]


def test_what_needs_it_is_stopped_before_it() -> None:
    assert _names(list(catalog.with_dependents(["minio"]))) == [
        "trino",
        "minio-tls",
        "airflow-triggerer",
        "airflow-scheduler",
        "airflow-dag-processor",
        "airflow",
        "pages",
        "minio",
    ]


def test_an_unknown_service_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LabError, match=r"no service 'mysql': there are .*postgres"):
        catalog.with_needs(["mysql"])
