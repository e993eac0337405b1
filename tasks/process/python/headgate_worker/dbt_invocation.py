"""``dbt.invoke``: one dbt command in this process, as ``dbtRunner`` runs it.

Request::

    {"args": ["build", "--project-dir", …], "project_dir": "/p/dbt",
     "build_past_failed_tests": false}     # whether models below a failed test are built

Events::

    {"event": "started",  "unique_id": …, "name": …, "resource_type": "model", "total": 12}
    {"event": "finished", "unique_id": …, "name": …, "resource_type": "model", "total": 12,
     "done": 3, "status": "success", "message": "OK", "seconds": 0.31}
    {"event": "log", "level": "warn", "name": "NoNodesSelected", "message": …}

Answer::

    {"success": true, "exit_code": 0,      # 0 ok, 1 a node failed, 2 dbt did not get to run them
     "exception": null}                    # or {"type": …, "message": …, "expected": true} (dbt's)

What became of each node is in ``run_results.json``, not here. Connections are closed before the
answer.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from headgate_worker.call import Call


def invoke(call: Call) -> dict[str, Any]:
    """Runs the command; see the module."""
    os.chdir(call.request["project_dir"])
    from dbt.cli.main import dbtRunner

    try:
        with failed_tests(blocking=not call.request.get("build_past_failed_tests")):
            outcome = dbtRunner(callbacks=[Progress(call)]).invoke(list(call.request["args"]))
    finally:
        release()
    raised = outcome.exception
    if isinstance(raised, KeyboardInterrupt | SystemExit) and call.cancelled.is_set():
        raise KeyboardInterrupt
    return {
        "success": outcome.success,
        "exit_code": 0 if outcome.success else 1 if raised is None else 2,
        "exception": None
        if raised is None
        else {
            "type": type(raised).__name__,
            "message": str(raised),
            "expected": type(raised).__module__.startswith(("dbt.", "dbt_common.")),
        },
    }


@contextmanager
def failed_tests(blocking: bool) -> Iterator[None]:
    """Whether ``dbt build`` leaves out what stands below a failed test."""
    from dbt.artifacts.schemas.results import NodeStatus
    from dbt.task.build import BuildTask

    usual = BuildTask.MARK_DEPENDENT_ERRORS_STATUSES
    if not blocking:
        BuildTask.MARK_DEPENDENT_ERRORS_STATUSES = [
            status for status in usual if status != NodeStatus.Fail
        ]
    try:
        yield
    finally:
        BuildTask.MARK_DEPENDENT_ERRORS_STATUSES = usual


class Progress:
    """Turns dbt's structured events into ours. Called from dbt's threads."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._lock = Lock()
        self._total = -1
        self._done = 0

    def __call__(self, message: Any) -> None:
        name = message.info.name
        if name == "NodeStart":
            self._call.emit({"event": "started", **self._node(message.data.node_info)})
        elif name in ("LogStartLine", "SkippingDetails", "LogSkipBecauseError"):
            self._total = message.data.total
        elif name == "NodeFinished":
            result = message.data.run_result
            with self._lock:
                self._done += 1
                self._call.emit(
                    {
                        "event": "finished",
                        **self._node(message.data.node_info),
                        "done": self._done,
                        "status": message.data.node_info.node_status or result.status,
                        "message": result.message,
                        "seconds": round(result.execution_time, 3),
                    }
                )
        elif message.info.level in ("warn", "error"):
            self._call.emit(
                {
                    "event": "log",
                    "level": message.info.level,
                    "name": name,
                    "message": message.info.msg,
                }
            )

    def _node(self, info: Any) -> dict[str, Any]:
        return {
            "unique_id": info.unique_id,
            "name": info.node_name,
            "resource_type": info.resource_type,
            "total": self._total,
        }


def release() -> None:
    """Lets go of every store that dbt's adapters hold."""
    factory = sys.modules.get("dbt.adapters.factory")
    if factory is not None:
        factory.cleanup_connections()
        factory.reset_adapters()
    duckdb = sys.modules.get("dbt.adapters.duckdb.connections")
    if duckdb is not None:
        manager = duckdb.DuckDBConnectionManager
        with manager._LOCK:
            if manager._ENV is not None:
                manager._ENV.close()
                manager._ENV = None
    # Cursors that an exception's frames still hold keep the file open.
    gc.collect()
