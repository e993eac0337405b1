"""What Great Expectations needs to work on DuckDB by SQLAlchemy."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any


@cache
def apply() -> None:
    """Makes results outlive their connection, and regular expressions work. Once per process."""
    _buffer_results()
    _regular_expressions()


def without_schema(url: str) -> tuple[str, str]:
    """The URL without ``?schema=``, which DuckDB does not know as an option, and its value."""
    import sqlalchemy

    parsed = sqlalchemy.make_url(url)
    schema = parsed.query.get("schema", "")
    rest = parsed.difference_update_query(["schema"]).render_as_string(hide_password=False)
    return rest, schema if isinstance(schema, str) else schema[0]


@contextmanager
def connections(schema: str) -> Iterator[None]:
    """Closes at the end every connection that is opened meanwhile, whoever still holds one.

    Names without a schema mean ``schema`` in them, unless it is empty.
    """
    import sqlalchemy

    opened: list[Any] = []

    def connected(connection: Any, _record: Any) -> None:
        opened.append(connection)
        if schema:
            quoted = schema.replace("'", "''")
            connection.execute(f"SET schema = '{quoted}'")

    sqlalchemy.event.listen(sqlalchemy.Pool, "connect", connected)
    try:
        yield
    finally:
        sqlalchemy.event.remove(sqlalchemy.Pool, "connect", connected)
        for connection in opened:
            with suppress(Exception):
                connection.close()


def _buffer_results() -> None:
    # Great Expectations reads rows after it has given the connection back, and DuckDB drops a
    # result then: rows are fetched at once.
    from duckdb_engine import Dialect
    from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

    class Buffered(Dialect.execution_ctx_cls):  # type: ignore[misc]
        def post_exec(self) -> None:
            super().post_exec()
            changes = self.compiled is not None and (
                self.isinsert or self.isupdate or self.isdelete or self.isddl
            )
            if not changes and self.cursor.description:
                self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                    self.cursor, initial_buffer=self.cursor.fetchall()
                )

    Dialect.execution_ctx_cls = Buffered


def _regular_expressions() -> None:
    # It knows the regular expressions of some dialects by name, DuckDB's not among them.
    import sqlalchemy
    from great_expectations.expectations.metrics.column_map_metrics import (
        column_values_match_regex,
        column_values_match_regex_list,
        column_values_not_match_regex,
        column_values_not_match_regex_list,
    )

    def expression(column: Any, regex: str, dialect: Any, positive: bool = True) -> Any:
        if getattr(getattr(dialect, "dialect", dialect), "name", "") != "duckdb":
            return original(column, regex, dialect, positive)
        matches = sqlalchemy.func.regexp_matches(column, sqlalchemy.literal(regex))
        return matches if positive else sqlalchemy.not_(matches)

    original = column_values_match_regex.get_dialect_regex_expression
    for module in (
        column_values_match_regex,
        column_values_match_regex_list,
        column_values_not_match_regex,
        column_values_not_match_regex_list,
    ):
        module.get_dialect_regex_expression = expression
