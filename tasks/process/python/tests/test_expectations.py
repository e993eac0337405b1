"""Great Expectations on DuckDB, and what becomes of each expectation."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Worker

from headgate_worker.expectations import exception_of, expand, grouped


def test_variables_in_the_url_are_escaped() -> None:
    url = expand("postgresql://u:${PW}@h/db", {"PW": "p@ss/w:rd%"})
    assert url == "postgresql://u:p%40ss%2Fw%3Ard%25@h/db"


def test_an_exception_is_found_in_both_shapes() -> None:
    told = {"raised_exception": True, "exception_message": "no\n such  column"}
    assert exception_of(told) == "no such column"
    assert exception_of({"('column.max', 'x', ())": told}) == "no such column"
    assert exception_of({"raised_exception": False, "exception_message": None}) is None
    assert exception_of({}) is None


def test_what_looks_at_the_same_rows_is_one_batch() -> None:
    suites: list[dict[str, Any]] = [
        {
            "name": "a",
            "table": "t",
            "expectations": [{"id": "1"}, {"id": "2", "row_condition": "x"}],
        },
        {"name": "b", "table": "t", "expectations": [{"id": "3"}]},
    ]
    batches = grouped(suites)
    assert [[row["id"] for row in rows] for rows in batches.values()] == [["1", "3"], ["2"]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gx") / "work.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute(
            'CREATE TABLE raw."odd ""name" AS SELECT range AS id, '
            "CASE WHEN range < 3 THEN NULL ELSE 'v' || range END AS name, "
            "range % 4 AS kind FROM range(100)"
        )
    return path


def results(
    worker: Worker, file: Path, *expectations: dict[str, Any], samples: int = 0
) -> dict[str, Any]:
    answer, _ = worker.call(
        "gx.validate",
        {
            "url": f"duckdb:///{file}",
            "samples": samples,
            "suites": [
                {
                    "name": "s",
                    "schema": "raw",
                    "table": 'odd "name',
                    "expectations": list(expectations),
                }
            ],
        },
    )
    assert "result" in answer, answer.get("error", {}).get("traceback")
    return {row["id"]: row for row in answer["result"]["results"]}


def expectation(identity: str, kind: str, condition: str = "", **kwargs: Any) -> dict[str, Any]:
    made = {"id": identity, "type": kind, "kwargs": kwargs}
    return {**made, "row_condition": condition} if condition else made


def test_counts_what_fails(warm_worker: Worker, file: Path) -> None:
    found = results(
        warm_worker,
        file,
        expectation("null", "expect_column_values_to_not_be_null", column="name"),
        expectation("mostly", "expect_column_values_to_not_be_null", column="name", mostly=0.9),
        expectation("rows", "expect_table_row_count_to_equal", value=100),
        expectation("unique", "expect_column_values_to_be_unique", column="kind"),
        expectation("max", "expect_column_max_to_be_between", column="id", max_value=98),
        expectation("fine", "expect_column_values_to_be_between", column="id", min_value=0),
    )
    assert {key: row["status"] for key, row in found.items()} == {
        "null": "failed",
        "mostly": "passed",
        "rows": "passed",
        "unique": "failed",
        "max": "failed",
        "fine": "passed",
    }
    assert (found["null"]["unexpected"], found["null"]["elements"]) == (3, 100)
    assert found["mostly"]["unexpected_percent"] == 3.0
    assert found["unique"]["unexpected"] == 100
    assert found["max"]["observed"] == 99
    assert found["null"]["samples"] == []


def test_row_conditions_are_sql(warm_worker: Worker, file: Path) -> None:
    found = results(
        warm_worker,
        file,
        expectation("c", "expect_column_values_to_not_be_null", "kind = 1 -- odd", column="name"),
        expectation("n", "expect_table_row_count_to_equal", "id >= 10 AND id < 20", value=10),
    )
    assert (found["c"]["elements"], found["c"]["unexpected"]) == (25, 1)
    assert found["n"]["status"] == "passed"


def test_regular_expressions_work_on_duckdb(warm_worker: Worker, file: Path) -> None:
    found = results(
        warm_worker,
        file,
        expectation("ok", "expect_column_values_to_match_regex", column="name", regex="^v[0-9]+$"),
        expectation("bad", "expect_column_values_to_match_regex", column="name", regex="^v[0-9]$"),
        expectation("not", "expect_column_values_to_not_match_regex", column="name", regex="7$"),
        expectation(
            "list",
            "expect_column_values_to_match_regex_list",
            column="name",
            regex_list=["^v", "z"],
        ),
    )
    assert found["ok"]["status"] == "passed"
    assert (found["bad"]["status"], found["bad"]["unexpected"]) == ("failed", 90)
    assert (found["not"]["status"], found["not"]["unexpected"]) == ("failed", 10)
    assert found["list"]["status"] == "passed"


def test_unexpected_rows_are_counted(warm_worker: Worker, file: Path) -> None:
    found = results(
        warm_worker,
        file,
        expectation(
            "q",
            "unexpected_rows_expectation",
            unexpected_rows_query="SELECT * FROM {batch} WHERE kind = 3",
        ),
    )
    assert (found["q"]["status"], found["q"]["unexpected"]) == ("failed", 25)


def test_what_raised_is_errored_and_spoils_nothing_else(warm_worker: Worker, file: Path) -> None:
    found = results(
        warm_worker,
        file,
        expectation("gone", "expect_column_max_to_be_between", column="nope", max_value=1),
        expectation("sql", "expect_table_row_count_to_equal", "no such sql", value=1),
        expectation("type", "expect_column_value_to_be_unique", column="id"),
        expectation("kwargs", "expect_column_values_to_be_unique", colum="id"),
        expectation("fine", "expect_table_row_count_to_equal", value=100),
    )
    assert {key: row["status"] for key, row in found.items()} == {
        "gone": "errored",
        "sql": "errored",
        "type": "errored",
        "kwargs": "errored",
        "fine": "passed",
    }
    assert "nope" in found["gone"]["exception"]
    assert 'did you mean "expect_column_values_to_be_unique"' in found["type"]["exception"]
    assert all("\n" not in (row["exception"] or "") for row in found.values())


def test_samples_only_when_asked_for(warm_worker: Worker, file: Path) -> None:
    wanted = expectation("s", "expect_column_values_to_be_in_set", column="kind", value_set=[0])
    found = results(warm_worker, file, wanted, samples=2)["s"]
    assert (len(found["samples"]), found["unexpected"]) == (2, 75)


def test_the_file_is_free_after_the_answer(warm_worker: Worker, file: Path) -> None:
    results(warm_worker, file, expectation("n", "expect_table_row_count_to_equal", value=100))
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE OR REPLACE TABLE ours AS SELECT 1")


def test_a_file_that_somebody_holds_is_unreachable(warm_worker: Worker, file: Path) -> None:
    with duckdb.connect(str(file)):
        answer, _ = warm_worker.call(
            "gx.validate", {"url": f"duckdb:///{file}", "samples": 0, "suites": []}
        )
    assert "lock" in answer["result"]["unreachable"]


def test_leaves_no_temporary_files(worker: Worker, file: Path, tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    answer, _ = worker.call(
        "gx.validate",
        {
            "url": f"duckdb:///{file}",
            "suites": [
                {
                    "name": "s",
                    "query": "SELECT 1 AS x",
                    "expectations": [expectation("n", "expect_table_row_count_to_equal", value=1)],
                }
            ],
        },
        environment,
    )
    assert answer["result"]["results"][0]["status"] == "passed"
    assert list(tmp_path.iterdir()) == []
