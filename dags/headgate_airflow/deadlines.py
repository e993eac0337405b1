"""What happens when a run is late, unless the deployment names something else."""

import logging
from typing import Any

log = logging.getLogger(__name__)


async def missed(
    pipeline: str, severity: str, runbook: str | None, context: Any = None, **_: Any
) -> None:
    """Runs in the triggerer, once for each run that is late: says so in its log."""
    run = ((context or {}).get("dag_run") or {}).get("dag_run_id", "")
    log.log(
        logging.WARNING if severity in ("info", "warning") else logging.ERROR,
        "deadline missed: pipeline %s, run %s, severity %s, runbook %s",
        pipeline,
        run,
        severity,
        runbook or "none",
    )
