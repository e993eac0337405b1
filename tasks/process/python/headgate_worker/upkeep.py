"""What keeps a worker ready, and what tests it."""

import os
import sys
import time
from importlib import import_module
from typing import Any

from headgate_worker.call import Call

_DBT = ["dbt.cli.main"]
_GX = ["great_expectations", "great_expectations.expectations"]
MODULES = {
    "dbt": _DBT,
    "dbt-duckdb": [*_DBT, "dbt.adapters.duckdb"],
    "dbt-postgres": [*_DBT, "dbt.adapters.postgres"],
    "dbt-clickhouse": [*_DBT, "dbt.adapters.clickhouse"],
    "dbt-trino": [*_DBT, "dbt.adapters.trino"],
    "gx": _GX,
    "gx-duckdb": [*_GX, "duckdb_engine"],
    "gx-postgres": [*_GX, "psycopg2"],
    "gx-clickhouse": [*_GX, "clickhouse_connect.cc_sqlalchemy"],
    "gx-trino": [*_GX, "trino.sqlalchemy"],
}


def warm(call: Call) -> dict[str, Any]:
    """``{"tools": ["dbt", "gx"]}``: imports them; answers with seconds by tool."""
    seconds = {}
    for tool in call.request["tools"]:
        begin = time.monotonic()
        for module in MODULES.get(tool, []):
            import_module(module)
        seconds[tool] = round(time.monotonic() - begin, 3)
    return {"seconds": seconds}


def ping(call: Call) -> dict[str, Any]:
    """Tells who answers."""
    return {"pid": os.getpid(), "python": sys.version.split()[0], "echo": call.request.get("echo")}


def sleep(call: Call) -> dict[str, Any]:
    """``{"seconds": 1.5}``: does nothing for so long; ``stubborn`` ignores being cancelled."""
    end = time.monotonic() + call.request["seconds"]
    asleep = False
    while time.monotonic() < end:
        try:
            if not asleep:
                asleep = True
                call.emit({"event": "asleep"})
            time.sleep(max(0.0, end - time.monotonic()))
        except KeyboardInterrupt:
            if not call.request.get("stubborn"):
                raise
    return {}
