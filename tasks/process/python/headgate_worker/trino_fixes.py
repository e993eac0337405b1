"""What Great Expectations needs to work on Trino by SQLAlchemy."""

import logging
from functools import cache
from typing import Any


@cache
def apply() -> None:
    """Makes the columns of a query known. Once per process."""
    # The driver says at each import that it keeps no tokens; none are used.
    logging.getLogger("trino.auth").setLevel(logging.WARNING)
    _columns_of_queries()


def _columns_of_queries() -> None:
    # Great Expectations looks a query up in information_schema as if it were the name of a table.
    import sqlalchemy
    from great_expectations.expectations.metrics import util

    def reflected(
        selectable: Any, dialect: Any, sqlalchemy_engine: Any, schema_name: Any = None
    ) -> Any:
        if dialect.name.lower() != "trino" or not isinstance(selectable, sqlalchemy.TextClause):
            return original(selectable, dialect, sqlalchemy_engine, schema_name)
        none = sqlalchemy.text(f"SELECT * FROM (\n{selectable.text}\n) AS subject LIMIT 0")
        with sqlalchemy_engine.connect() as connection:
            columns = connection.execute(none).cursor.description
        return [{"name": column[0], "type": str(column[1]).upper()} for column in columns]

    original = util.column_reflection_fallback
    util.column_reflection_fallback = reflected
