"""What keeps a worker ready, and what tests it."""

import os
import sys
import time
from importlib import import_module
from typing import Any

from headgate_worker.call import Call

MODULES = {
    "dbt": ["dbt.cli.main"],
    "dbt-duckdb": ["dbt.cli.main", "dbt.adapters.duckdb"],
    "gx": ["great_expectations", "great_expectations.expectations"],
    "gx-duckdb": ["great_expectations", "great_expectations.expectations", "duckdb_engine"],
}


def warm(call: Call) -> dict[str, Any]:
    """``{"tools": ["dbt", "gx"]}``: imports them; answers with seconds by tool."""
    seconds = {}
    for tool in call.request["tools"]:
        begin = time.monotonic()
        for module in MODULES[tool]:
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
