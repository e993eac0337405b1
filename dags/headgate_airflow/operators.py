"""The tasks of a DAG. What starts pods is imported when one starts: parsing stays cheap."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from headgate_airflow import run
from headgate_airflow.ending import Ending, Verdict
from headgate_airflow.links import RunLink
from headgate_airflow.plan import Plan

if TYPE_CHECKING:
    from headgate_airflow.pod import StepPod

GROUP_KEY = "headgate_group"
RUN_KEY = "headgate_run"
SLICE_KEY = "headgate_slice"


class StepOperator(BaseOperator):
    """A task with a pod: a step, or the steps of a group."""

    template_fields: Sequence[str] = ()
    ui_color = "#d6ecf5"
    operator_extra_links = (RunLink(),)
    __supports_durable_execution: ClassVar[bool] = True

    def __init__(self, *, plan: Plan, part: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.part = part
        self._pod: StepPod | None = None

    def execute(self, context: Any) -> Any:
        """Runs the pod; what the task told becomes the XCom."""
        outcome = self.run_pod(context)
        if self.plan.group is None:
            publish_assets(self, context, outcome)
        return outcome

    def run_pod(self, context: Any, resume_from: str | None = None) -> Mapping[str, Any] | None:
        """Runs the pod to its end; the run's folder and a group's message are kept in XCom."""
        from headgate_airflow.pod import StepPod

        if self.plan.unit["needs_interval"] and (
            run.interval(self.plan.manifest, context["dag_run"]) is None
        ):
            raise AirflowFailException(
                f"{self.plan.unit['name']} refers to the interval, and this run has none:"
                " trigger it with a logical date"
            )
        ti = context["ti"]
        ti.xcom_push(RUN_KEY, self.plan.run_folder(ti.dag_id, context["run_id"]))
        self._keep(context, None)
        self._pod = StepPod(
            plan=self.plan,
            context=context,
            task_id=self.task_id,
            resume_from=resume_from,
            part=self.part,
        )
        try:
            return self._pod.run_pod(context)
        finally:
            self._keep(context, self._pod.outcome)

    def _keep(self, context: Any, message: Mapping[str, Any] | None) -> None:
        """For the steps of a group, which take on what the pod told; None says that it began."""
        if self.plan.group is not None:
            kept = {"clear": clear_number(context), "message": dict(message) if message else None}
            context["ti"].xcom_push(GROUP_KEY, kept)

    def on_kill(self) -> None:
        """Stops the pod, and with it what it does in a store."""
        if self._pod is not None:
            self._pod.on_kill()


class PlanOperator(StepOperator):
    """Lists the slices of a step; what it returns is what the next task is mapped over."""

    def execute(self, context: Any) -> Any:
        """Names of slices."""
        told = self.run_pod(context) or {}
        slices = (told.get("facts") or {}).get("slices")
        if not isinstance(slices, list):
            raise AirflowFailException(
                f"{self.plan.unit['name']}: the slices are not known:"
                " they reach Airflow by the sidecar alone ([headgate] xcom_sidecar)"
            )
        return slices


class SliceOperator(StepOperator):
    """One slice of a step, of as many as there are."""

    def __init__(self, *, slice_name: str, **kwargs: Any) -> None:
        super().__init__(part=f"slice:{slice_name}", **kwargs)
        self.slice_name = slice_name

    def execute(self, context: Any) -> Any:
        """Runs the pod; the name shows in place of the map index."""
        context[SLICE_KEY] = self.slice_name
        return self.run_pod(context)


class MemberOperator(StepOperator):
    """A step of a group: takes on the outcome that the group's pod recorded for it.

    Cleared without the pod, it runs the pod again from its step on; the steps behind it then take
    on what that pod recorded.
    """

    ui_color = "#eef5d6"

    def __init__(
        self, *, plan: Plan, step: str, pod_task_id: str, before: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(plan=plan, **kwargs)
        self.step = step
        self.pod_task_id = pod_task_id
        self.before = tuple(before)

    def execute(self, context: Any) -> Any:
        """Ends as the step ended."""
        first_try = context["ti"].try_number <= context["ti"].max_tries - (self.retries or 0) + 1
        told = self._told(context)
        if not told:
            # A step before the group failed, or the run had no interval.
            raise AirflowFailException(f"{self.step}: its group never began")
        source, message = self._newest(context, told)
        retried = not first_try and source != self.pod_task_id
        if source == self.pod_task_id and message is None:
            raise AirflowFailException(f"{self.step}: the pod of its group left no outcome")
        if message is None or retried:
            message = self._run_from_here(context)
            source = self.task_id
        outcome = self._own(message)
        ending = Ending(_code(outcome), None, outcome)
        if ending.verdict is Verdict.SKIP:
            raise AirflowSkipException(ending.line())
        if ending.verdict is not Verdict.DONE:
            context["ti"].xcom_push("return_value", dict(outcome))
            final = ending.verdict is Verdict.FAIL or source == self.pod_task_id
            raise (AirflowFailException if final else AirflowException)(
                f"{self.step}: {ending.line()}"
            )
        publish_assets(self, context, outcome)
        return dict(outcome)

    def _told(self, context: Any) -> dict[str, Mapping[str, Any]]:
        """What those who ran the group's pod kept, the pod's own task first."""
        pulled = {
            task_id: context["ti"].xcom_pull(task_ids=task_id, key=GROUP_KEY)
            for task_id in (self.pod_task_id, *self.before)
        }
        return {task_id: kept for task_id, kept in pulled.items() if isinstance(kept, Mapping)}

    def _newest(
        self, context: Any, told: Mapping[str, Mapping[str, Any]]
    ) -> tuple[str | None, Mapping[str, Any] | None]:
        """Who ran the group's pod since this step was cleared, and what it told."""
        last = max(reversed(list(told)), key=lambda task_id: int(told[task_id]["clear"]))
        message: Mapping[str, Any] | None = told[last]["message"]
        if told[last]["clear"] == clear_number(context):
            return last, message
        # The number counts what is cleared anywhere in the run: to a step that never was, it says
        # nothing. One that the pod did not reach has its turn when those before it were marked.
        reached = message is None or self._own(message).get("outcome") != "not-run"
        if context["ti"].try_number == 1 and reached:
            return last, message
        return None, None

    def _run_from_here(self, context: Any) -> Mapping[str, Any]:
        try:
            message = self.run_pod(context, resume_from=self.step)
        except AirflowException:
            message = self._pod.outcome if self._pod else None
            if message is None or self._own(message).get("outcome") == "not-run":
                raise
        if message is None:
            raise AirflowException(f"{self.step}: the pod left no outcome")
        return message

    def _own(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """This step's part of a group's message; the termination log has its code only."""
        part = (message.get("steps") or {}).get(self.step)
        if isinstance(part, Mapping):
            return part
        if isinstance(part, int):
            return {"code": part, "step": self.step}
        return {"outcome": "not-run", "summary": message.get("summary", "")}


def _code(outcome: Mapping[str, Any]) -> int | None:
    code = outcome.get("code")
    return code if isinstance(code, int) else None


def clear_number(context: Any) -> int:
    """How often tasks of this run have been cleared."""
    return int(getattr(context["dag_run"], "clear_number", 0) or 0)


def publish_assets(operator: Any, context: Any, outcome: Mapping[str, Any] | None) -> None:
    """Tells those who wait for an asset what was published: rows, change and load of each table."""
    told = outcome or {}
    facts = told.get("facts") or {}
    tables = {one["table"]: one for one in facts.get("tables") or []}
    pipeline = operator.plan.manifest["name"]
    for asset in operator.outlets:
        extra: dict[str, Any] = {"pipeline": pipeline, "run": told.get("run", "")}
        if "publication" in facts:
            extra["publication"] = facts["publication"]
        table = tables.get(asset.name.removeprefix(f"{pipeline}."), {})
        extra |= {key: table[key] for key in ("rows", "change", "load_id") if key in table}
        context["outlet_events"][asset].extra = extra
