"""The accounts with which all tests here work have the rights that the stores' pages ask for."""

from typing import Any

import pytest
from rights import clickhouse_grants, trino_rules

from headgate_lab.services.clickhouse import GRANTS, PREFIX
from headgate_lab.services.trino import _RULES
from warehouse import Postgres


def test_the_labs_account_in_clickhouse_has_what_the_page_asks_for() -> None:
    assert clickhouse_grants("pipeline", PREFIX) == set(GRANTS["least"])


def ours(rules: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What is said of the pipeline, a reader and everybody, without what the lab has besides."""
    kept = ("catalogs", "schemas", "tables", "procedures", "functions")
    return {
        kind: [
            {**rule, "catalog": catalog.replace("|tpch", "")} if catalog else rule
            for rule in rules[kind]
            if rule.get("user") != "headgate_admin"
            for catalog in [rule.get("catalog")]
        ]
        for kind in kept
    }


def test_the_labs_rules_in_trino_are_those_of_the_page() -> None:
    assert ours(_RULES) == ours(trino_rules())


def test_a_reader_in_postgres_may_not_look_at_private_tables() -> None:
    if not Postgres.here():
        pytest.skip("no postgres here: docker/lab/lab up, then eval its env")
    with Postgres() as store:
        with store.reader(store.pipeline) as query:
            query(f"CREATE TABLE {store.schema}.open AS SELECT 1 AS i")
            query(f"CREATE TABLE {store.private}.closed AS SELECT 1 AS i")
        with store.reader(store.people) as query:
            assert query(f"SELECT i FROM {store.schema}.open") == [(1,)]
        for sql in (
            f"SELECT i FROM {store.private}.closed",
            f"DELETE FROM {store.schema}.open",
            f"CREATE TABLE {store.schema}.own (i int)",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                store.reader(store.people) as query,
            ):
                query(sql)
