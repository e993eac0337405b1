"""Stands for DuckDB's own shell, of which the pages use: duckdb -readonly FILE QUERY."""

import sys

import duckdb

option, file, query = sys.argv[1:]
if option != "-readonly":
    sys.exit(f"not known here: {option}")
with duckdb.connect(file, read_only=True) as connection:
    for row in connection.execute(query).fetchall():
        print(*row)
