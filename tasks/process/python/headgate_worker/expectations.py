"""``gx.validate``: Great Expectations on the tables of one warehouse.

Request::

    {"url": "duckdb:////w/work.duckdb",      # SQLAlchemy; ${NAME}: a variable of the call;
                                             # ?schema=NAME: that of names in queries
     "samples": 0,                           # failing values to bring back for each expectation
     "suites": [
       {"name": "sources/movies",
        "schema": "main", "table": "movies", # or "query": "SELECT …"
        "expectations": [
          {"id": "sources/movies#1",         # unique in the request
           "type": "expect_column_values_to_not_be_null",
           "kwargs": {"column": "title", "mostly": 0.99},
           "row_condition": "title <> ''"}   # SQL, optional
        ]}]}

Events: ``{"event": "suite", "suite": name, "done": n, "total": m}``.

Answer, or ``{"unreachable": text}`` when the store cannot be opened::

    {"results": [
       {"id": "sources/movies#1",
        "status": "passed",                  # passed, failed, errored
        "observed": null,                    # any JSON
        "elements": 91, "unexpected": 0, "unexpected_percent": 0.0,
        "samples": [],
        "exception": null}]}                 # one line, when errored

An expectation that raised is ``errored``, never ``failed``. DuckDB files are opened read-only and
closed before the answer.
"""

import difflib
import gc
import re
import urllib.parse
import warnings
from collections.abc import Mapping
from typing import Any

from headgate_worker.call import Call

PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
Subject = tuple[str, str, str, str]
Row = dict[str, Any]


def validate(call: Call) -> Row:
    """Validates all suites; see the module."""
    warnings.filterwarnings("ignore")
    url = expand(call.request["url"], call.environment)
    if url.startswith("trino"):
        from headgate_worker import trino_fixes

        trino_fixes.apply()
    if not url.startswith("duckdb"):
        return _validate(call, url, {})
    from headgate_worker import duckdb_fixes

    duckdb_fixes.apply()
    url, schema = duckdb_fixes.without_schema(url)
    with duckdb_fixes.connections(schema):
        return _validate(call, url, {"connect_args": {"read_only": True}})


def _validate(call: Call, url: str, arguments: Row) -> Row:
    import great_expectations
    import sqlalchemy

    engine = sqlalchemy.create_engine(url, **arguments)
    try:
        with engine.connect():
            pass
    except sqlalchemy.exc.DBAPIError as refused:
        return {"unreachable": one_line(refused.orig or refused)}
    finally:
        engine.dispose()
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_sql(
        "warehouse", connection_string=url, kwargs=arguments, create_temp_table=False
    )
    try:
        results: list[Row] = []
        batches = grouped(call.request["suites"])
        for done, (subject, expectations) in enumerate(batches.items()):
            if call.cancelled.is_set():
                raise KeyboardInterrupt
            call.emit(
                {
                    "event": "suite",
                    "suite": expectations[0]["suite"],
                    "done": done,
                    "total": len(batches),
                }
            )
            results += _check(
                source, f"b{done}", subject, expectations, call.request.get("samples", 0)
            )
        return {"results": results}
    finally:
        close(source)


def grouped(suites: list[Row]) -> dict[Subject, list[Row]]:
    """What looks at the same rows is one batch, and so one scan."""
    batches: dict[Subject, list[Row]] = {}
    for suite in suites:
        for expectation in suite["expectations"]:
            subject = (
                suite.get("schema") or "",
                suite.get("table") or "",
                suite.get("query") or "",
                expectation.get("row_condition") or "",
            )
            batches.setdefault(subject, []).append({"suite": suite["name"], **expectation})
    return batches


def _check(
    source: Any, name: str, subject: Subject, expectations: list[Row], samples: int
) -> list[Row]:
    import great_expectations

    results: list[Row] = []
    members = []
    for expectation in expectations:
        try:
            members.append(_member(expectation))
        except Exception as wrong:
            results.append(errored(expectation["id"], wrong))
    if not members:
        return results
    try:
        batch = _asset(source, name, subject).add_batch_definition_whole_table("all").get_batch()
        suite = great_expectations.ExpectationSuite(name=name, expectations=members)
        validated = batch.validate(
            suite,
            result_format={
                "result_format": "BASIC",
                "partial_unexpected_count": samples,
            },
        )
    except Exception as raised:
        return results + [errored(member.meta["id"], raised) for member in members]
    return results + [_result(result) for result in validated.results]


def _member(expectation: Row) -> Any:
    from great_expectations.expectations.registry import (
        get_expectation_impl,
        list_registered_expectation_implementations,
    )

    known = list_registered_expectation_implementations()
    if expectation["type"] not in known:
        near = difflib.get_close_matches(expectation["type"], known, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        raise LookupError(f"no expectation {expectation['type']}{hint}")
    implementation = get_expectation_impl(expectation["type"])
    return implementation(**(expectation.get("kwargs") or {}), meta={"id": expectation["id"]})


def _asset(source: Any, name: str, subject: Subject) -> Any:
    import sqlalchemy

    schema, table, query, condition = subject
    # Great Expectations takes quotes in names for its own; a query says any name.
    plain = PLAIN_NAME.fullmatch(table) and (not schema or PLAIN_NAME.fullmatch(schema))
    if plain and not condition:
        return source.add_table_asset(name, table_name=table, schema_name=schema or None)
    if not query:
        prepare = source.get_execution_engine().engine.dialect.identifier_preparer
        place = prepare.format_table(sqlalchemy.table(table, schema=schema or None))
        query = f"SELECT * FROM {place}"
    if condition:
        query = f"SELECT * FROM (\n{query}\n) AS subject WHERE (\n{condition}\n)"
    return source.add_query_asset(name, query=query)


def _result(result: Any) -> Row:
    identity = result.expectation_config.meta["id"]
    raised = exception_of(result.exception_info)
    found = result.result or {}
    observed = found.get("observed_value")
    unexpected = found.get("unexpected_count")
    if unexpected is None and result.expectation_config.type == "unexpected_rows_expectation":
        unexpected = observed
    return {
        "id": identity,
        "status": "errored" if raised else "passed" if result.success else "failed",
        "observed": observed,
        "elements": found.get("element_count"),
        "unexpected": unexpected,
        "unexpected_percent": found.get("unexpected_percent"),
        "samples": list(found.get("partial_unexpected_list") or []),
        "exception": raised,
    }


def exception_of(info: Any) -> str | None:
    """The exception of a result, told directly or by metric; ``None`` when nothing was raised."""
    if not isinstance(info, Mapping):
        return None
    if info.get("raised_exception") is True:
        return one_line(info.get("exception_message") or "raised without a message")
    for nested in info.values():
        found = exception_of(nested)
        if found is not None:
            return found
    return None


def errored(identity: str, raised: Exception) -> Row:
    """The result of an expectation that could not be evaluated."""
    return {
        "id": identity,
        "status": "errored",
        "observed": None,
        "elements": None,
        "unexpected": None,
        "unexpected_percent": None,
        "samples": [],
        "exception": one_line(raised),
    }


def one_line(raised: Any) -> str:
    """The text of an exception without line breaks, cut to a readable length."""
    text = " ".join(str(raised).split(" [SQL:")[0].split("\n[SQL:")[0].split())
    return (text if len(text) <= 500 else text[:499] + "…") or type(raised).__name__


def expand(url: str, environment: Mapping[str, str]) -> str:
    """The URL with each ``${NAME}`` replaced by that variable, escaped."""

    def value(match: re.Match[str]) -> str:
        return urllib.parse.quote(environment[match[1]], safe="")

    return re.sub(r"\$\{(\w+)\}", value, url)


def close(source: Any) -> None:
    """Gives back every connection of the source."""
    execution = source.execution_engine
    if execution is not None:
        execution.close()
        execution.engine.dispose()
    engine = source.get_engine()
    engine.dispose()
    # Results that an exception's frames still hold keep the file open.
    gc.collect()
