"""The link from a task's page to what its run left: page, logs, artefacts."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from headgate_airflow.operators import StepOperator


def page(template: str | None, folder: str) -> str:
    """Where a browser sees a folder such as `s3://bucket/a/runs/1/`; empty where nobody serves it.

    :param template: an address with `{bucket}` and `{key}`, the key without a slash at its end
    """
    if not template:
        return ""
    parts = urlsplit(folder)
    key = quote(parts.path.strip("/"))
    return template.replace("{bucket}", quote(parts.netloc)).replace("{key}", key)


class RunLink(BaseOperatorLink):
    """What the run left; Airflow keeps the address with the task."""

    @property
    def name(self) -> str:
        """What the button says."""
        return "Run page, logs, artefacts"

    @property
    def xcom_key(self) -> str:
        """Where Airflow keeps it."""
        return "_link_headgate_run"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The address; empty where the deployment names no place that shows state."""
        step: StepOperator = operator
        plan = step.plan
        return page(plan.settings.pages, plan.run_folder(ti_key.dag_id, ti_key.run_id))
