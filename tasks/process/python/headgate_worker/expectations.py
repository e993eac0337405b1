"""``gx.validate``: Great Expectations on the tables of one warehouse.

Request::

    {"url": "duckdb:////w/work.duckdb",      # SQLAlchemy; ${NAME} is taken from the call's environment
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
