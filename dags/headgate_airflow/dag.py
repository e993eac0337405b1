"""DAGs and task groups from manifests."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from airflow.sdk import (
    DAG,
    Asset,
    BaseOperator,
    CronDataIntervalTimetable,
    Param,
    TaskGroup,
    TriggerRule,
)
from airflow.sdk.definitions._internal.node import DAGNode
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from headgate_airflow.access import access_control
from headgate_airflow.images import Images
from headgate_airflow.manifest import FanOut, Group, Manifest, Step, Unit, read
from headgate_airflow.operators import (
    SLICE_KEY,
    MemberOperator,
    PlanOperator,
    SliceOperator,
    StepOperator,
)
from headgate_airflow.plan import Deployment, Plan
from headgate_airflow.settings import Settings

MANIFEST = "manifest.json"
IMAGES = "image.json"
_FIRST_DAY = datetime(2020, 1, 1)


def dag_beside(file: str) -> DAG:
    """The DAG of the manifest that lies beside a file: `dag = dag_beside(__file__)`."""
    return dag_of(Path(file).with_name(MANIFEST))


def dag_of(pipeline: str | Path) -> DAG:
    """The DAG of a pipeline: its name, looked for below [headgate] manifests, or a manifest's path.

    :raises ManifestError: when the manifest, the image or a setting does not fit; one line
    """
    deployment = _deployment(pipeline)
    manifest, settings = deployment.manifest, deployment.settings
    with DAG(
        dag_id=manifest["name"],
        description=manifest["description"] or None,
        doc_md=_docs(manifest, deployment),
        schedule=_schedule(manifest),
        start_date=_start(manifest),
        catchup=bool(manifest["schedule"] and manifest["schedule"]["catch_up"]),
        max_active_runs=manifest["max_active_runs"],
        tags=sorted({"headgate", *manifest["tags"]}),
        params=_params(manifest),
        access_control=access_control(settings.roles),
        deadline=_deadline(manifest, settings),
        default_args={"owner": manifest["owner"] or "airflow"},
    ) as dag:
        _tasks(deployment)
    return dag


def headgate_task_group(
    pipeline: str | Path, group_id: str | None = None, **kwargs: Any
) -> TaskGroup:
    """The steps of a pipeline as a task group of somebody's own DAG.

    Parameters of the run that the pipeline knows are passed on; the DAG declares them or not.

    :raises ManifestError: as for dag_of
    """
    deployment = _deployment(pipeline)
    name = group_id or deployment.manifest["name"]
    kwargs.setdefault("tooltip", deployment.manifest["description"])
    with TaskGroup(group_id=name, **kwargs) as group:
        _tasks(
            Deployment(
                deployment.manifest,
                deployment.settings,
                deployment.images,
                deployment.target_name,
                prefix=group.child_id(""),
            )
        )
    return group


def _deployment(pipeline: str | Path) -> Deployment:
    settings = Settings.read()
    file = pipeline if isinstance(pipeline, Path) else settings.manifests / pipeline / MANIFEST
    images = settings.images or file.parent.parent / IMAGES
    return Deployment.of(read(file), settings, Images.read(images))


def _docs(manifest: Manifest, deployment: Deployment) -> str:
    runbook = manifest["alerts"]["runbook"]
    facts = [
        manifest["docs"] or manifest["description"],
        f"Runbook: {runbook}" if runbook else "",
        f"Target `{deployment.target_name}`, manifest `{manifest['hash'][:12]}`"
        + (f", commit `{deployment.images.commit}`" if deployment.images.commit else ""),
    ]
    # Airflow takes text that ends in .md for the name of a file.
    return "\n\n".join(fact for fact in facts if fact) + "\n"


def _schedule(manifest: Manifest) -> Any:
    schedule = manifest["schedule"]
    if schedule is None:
        return None
    if schedule["cron"] is not None:
        return CronDataIntervalTimetable(schedule["cron"], timezone=manifest["timezone"])
    return [Asset.ref(name=name) for name in schedule["after"]]


def _start(manifest: Manifest) -> datetime:
    schedule = manifest["schedule"]
    day = (
        datetime.fromisoformat(schedule["start"]) if schedule and schedule["start"] else _FIRST_DAY
    )
    return day if day.tzinfo else day.replace(tzinfo=ZoneInfo(manifest["timezone"]))


def _params(manifest: Manifest) -> dict[str, Param]:
    params = {}
    for name, param in manifest["params"].items():
        if param["required"] and param["default"] is None:
            params[name] = Param(**param["schema"])
        else:
            params[name] = Param(param["default"], **param["schema"])
    return params


def _deadline(manifest: Manifest, settings: Settings) -> DeadlineAlert | None:
    alerts = manifest["alerts"]
    if alerts["deadline_seconds"] is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(seconds=alerts["deadline_seconds"]),
        callback=AsyncCallback(
            settings.deadline_callback,
            kwargs={
                "pipeline": manifest["name"],
                "severity": alerts["severity"],
                "runbook": alerts["runbook"],
            },
        ),
    )


def _tasks(deployment: Deployment) -> None:
    """The tasks of all steps, each after those that it needs."""
    manifest = deployment.manifest
    groups = {group["name"]: group for group in manifest["groups"]}
    entries: dict[str, list[DAGNode]] = {}
    ends: dict[str, BaseOperator] = {}
    needs: dict[str, list[str]] = {}
    for step in manifest["steps"]:
        name = step["group"]
        if name is None:
            first, last = _step(deployment.plan(step), step)
            entries[step["name"]], ends[step["name"]] = [first], last
            needs[step["name"]] = step["needs"]
        elif name in groups:
            group = groups.pop(name)
            entries[name] = _group(deployment.plan(group), group, manifest, ends)
            needs[name] = group["needs"]
    for name, tasks in entries.items():
        for need in needs[name]:
            ends[need] >> tasks


def _common(unit: Unit, plan: Plan) -> dict[str, Any]:
    retries, settings = unit["retries"], plan.settings
    timeout = unit["timeout_seconds"]
    common: dict[str, Any] = {
        "plan": plan,
        "retries": retries["max"],
        "retry_delay": timedelta(seconds=retries["delay_seconds"]),
        "retry_exponential_backoff": retries["backoff"],
        "max_retry_delay": timedelta(seconds=retries["max_delay_seconds"]),
    }
    if timeout is not None:
        # The pod ends itself in time; this is for when nobody hears of it.
        spare = settings.startup_timeout + settings.termination_grace + 60
        common["execution_timeout"] = timedelta(seconds=timeout + spare)
    if unit["pool"]:
        common["pool"] = unit["pool"]
    return common


def _about(step: Step) -> dict[str, Any]:
    text = step["description"]
    return {
        "doc_md": f"{text}\n" if text else None,
        "outlets": [Asset(name=one["name"], uri=one["uri"]) for one in step["assets"]],
    }


def _step(plan: Plan, step: Step) -> tuple[DAGNode, BaseOperator]:
    """The task of a step, or the first and the last of one that is spread."""
    fan_out = step.get("fan_out")
    if fan_out is not None:
        return _spread(plan, step, fan_out)
    task = StepOperator(task_id=step["name"], **_common(step, plan), **_about(step))
    return task, task


def _spread(plan: Plan, step: Step, fan_out: FanOut) -> tuple[DAGNode, BaseOperator]:
    """Slices side by side, and the step itself, which takes on what they did."""
    name, common = step["name"], _common(step, plan)
    slices = SliceOperator.partial(
        task_id=f"{name}.slices",
        max_active_tis_per_dagrun=fan_out["limit"],
        map_index_template=f"{{{{ {SLICE_KEY} }}}}",
        **common,
    )
    closing = {"task_id": name, "part": "close", **common, **_about(step)}
    if fan_out["slices"]:
        mapped = slices.expand(slice_name=fan_out["slices"])
        step_itself = StepOperator(**closing)
        mapped >> step_itself
        return mapped, step_itself
    planned = PlanOperator(task_id=f"{name}.plan", part="plan", **common)
    mapped = slices.expand(slice_name=planned.output)
    # Airflow skips a mapped task that has nothing to do; the step has its say all the same.
    step_itself = StepOperator(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS, **closing)
    [planned, mapped] >> step_itself
    return planned, step_itself


def _group(
    plan: Plan, group: Group, manifest: Manifest, ends: dict[str, BaseOperator]
) -> list[BaseOperator]:
    """The pod, and the steps that take their outcomes on; those that wait for the needs."""
    steps = {step["name"]: step for step in manifest["steps"]}
    common = _common(cast(Unit, group), plan)
    # The group stands for nothing in the names of its tasks, but the groups around it do.
    prefix = plan.deployment.prefix
    with TaskGroup(group_id=group["name"], prefix_group_id=False):
        pod = StepOperator(task_id=f"{prefix}{group['name']}.pod", **common)
        # A blocked step fails the pod, and the steps before it still ended well: the first one
        # begins whatever the pod came to, unless the group never began: not with a pod that was
        # skipped, since a branch of somebody's own DAG did not lead here.
        rule = TriggerRule.ALL_DONE_MIN_ONE_SUCCESS if group["needs"] else TriggerRule.NONE_SKIPPED
        before: list[BaseOperator] = []
        for name in group["steps"]:
            member = MemberOperator(
                task_id=prefix + name,
                step=name,
                pod_task_id=pod.task_id,
                before=[task.task_id for task in before],
                trigger_rule=rule if not before else TriggerRule.ALL_SUCCESS,
                **common,
                **_about(steps[name]),
            )
            (before[-1] if before else pod) >> member
            before.append(member)
            ends[name] = member
    return [pod, before[0]]
