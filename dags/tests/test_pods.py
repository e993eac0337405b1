"""Pods as a try starts them, and what becomes of the task when they end."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException
from test_ending import pod as ended_pod

from headgate_airflow import dag_of
from headgate_airflow.ending import of_pod
from headgate_airflow.manifest import Manifest
from headgate_airflow.operators import GROUP_KEY, MemberOperator, StepOperator, publish_assets
from headgate_airflow.pod import Pods, StepPod

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Ti(SimpleNamespace):
    """A task instance that remembers XCom."""

    dag_id, run_id, task_id, map_index = "shop", "manual__1", "ingest", -1
    try_number, max_tries = 1, 0

    def xcom_push(self, key: str, value: Any) -> None:
        """Keeps it as this task's."""
        self.xcom[(self.task_id, key)] = value

    def xcom_pull(self, task_ids: str, key: str) -> Any:
        """What a task kept."""
        return self.xcom.get((task_ids, key))

    def get_dr_count(self, dag_id: str, states: list[str]) -> int:
        """Runs that are under way: this one alone, unless a test says otherwise."""
        return self.__dict__.get("running", 1)


def context(*, clear: int = 0, params: dict[str, Any] | None = None, **ti: Any) -> dict[str, Any]:
    """What Airflow hands to a task."""
    dag_run = SimpleNamespace(
        run_type="manual",
        logical_date=START,
        data_interval_start=START,
        data_interval_end=END,
        clear_number=clear,
    )
    instance = Ti(**({"xcom": {}} | ti))
    return {
        "ti": instance,
        "run_id": "manual__1",
        "dag": SimpleNamespace(),
        "dag_run": dag_run,
        "params": params or {},
        "outlet_events": {},
    }


class Cluster:
    """The calls that a try makes of Kubernetes."""

    def __init__(self, found: Any) -> None:
        self.found = found
        self.deleted: list[str] = []
        self.patched: list[str] = []
        self.kept: list[Any] = []

    def delete_namespaced_pod(self, name: str, **_: Any) -> None:
        """Remembers it."""
        self.deleted.append(name)

    def patch_namespaced_pod(self, name: str, **_: Any) -> None:
        """Remembers it."""
        self.patched.append(name)

    def list_namespaced_pod(self, **_: Any) -> Any:
        """The failed pods that are still there."""
        return SimpleNamespace(items=self.kept)


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection of Airflow, and a cluster around us."""
    monkeypatch.setattr(
        KubernetesHook, "get_connection", lambda *_: SimpleNamespace(extra_dejson={})
    )
    monkeypatch.setattr(KubernetesHook, "is_in_cluster", property(lambda _: True))
    yield


def step_pod(task: str, **more: Any) -> StepPod:
    """The pod of a task of the shop."""
    operator: Any = dag_of("shop").get_task(task)
    given = context(**more)
    return StepPod(plan=operator.plan, context=given, task_id=task)


def built(task: str, **more: Any) -> dict[str, Any]:
    """A pod as it goes to Kubernetes."""
    pod = step_pod(task, **more)
    made: dict[str, Any] = ApiClient().sanitize_for_serialization(
        pod.build_pod_request_obj(context(**more))
    )
    return made


def container(pod: dict[str, Any], name: str = "base") -> dict[str, Any]:
    """One of its containers."""
    return next(one for one in pod["spec"]["containers"] if one["name"] == name)


def env(pod: dict[str, Any]) -> dict[str, Any]:
    """Variables by name."""
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container(pod)["env"]}


@pytest.mark.parametrize("task", ["ingest", "sources_ok__trusted_ok.pod", "publish"])
def test_every_container_of_ours_is_restricted(folder: Path, connection: None, task: str) -> None:
    pod = built(task)
    spec = pod["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not spec.get("hostNetwork")
    for name in ("base", "airflow-xcom-sidecar"):
        security = container(pod, name)["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["readOnlyRootFilesystem"] is True
    kinds = {key for volume in spec["volumes"] for key in volume if key != "name"}
    assert kinds <= {"emptyDir", "secret"}


def test_the_sidecar_is_the_settings_else_the_one_that_was_built_with_the_images(
    folder: Path, connection: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "image.json"
    images = json.loads(file.read_text())
    images["images"]["xcom"] = "registry/xcom@sha256:44"
    file.write_text(json.dumps(images))
    assert (
        container(built("ingest"), "airflow-xcom-sidecar")["image"] == "registry/sidecar@sha256:33"
    )
    monkeypatch.delenv("AIRFLOW__HEADGATE__XCOM_SIDECAR_IMAGE")
    assert container(built("ingest"), "airflow-xcom-sidecar")["image"] == "registry/xcom@sha256:44"


def test_the_pod_is_what_the_manifest_asks_for(folder: Path, connection: None) -> None:
    pod = built("ingest", params={"source": "a.json", "day": None})
    base = container(pod)
    assert base["image"] == "registry/shop@sha256:22"
    assert base["args"] == ["task", "shop/ingest"]
    assert base["resources"] == {
        "requests": {"cpu": "500m", "memory": "900Mi"},
        "limits": {"memory": "900Mi"},
    }
    spec = pod["spec"]
    assert spec["volumes"][1]["emptyDir"] == {"sizeLimit": "10Gi"}
    assert spec["nodeSelector"] == {"size": "xl"}
    assert spec["tolerations"][0]["key"] == "dedicated"
    assert spec["serviceAccountName"] == "headgate"
    assert spec["priorityClassName"] == "batch"
    assert spec["activeDeadlineSeconds"] == 600
    assert [one["name"] for one in spec["containers"]] == ["base", "proxy", "airflow-xcom-sidecar"]
    assert pod["metadata"]["namespace"] == "data"
    labels = pod["metadata"]["labels"]
    assert labels["headgate.io/pipeline"] == "shop"
    assert labels["headgate.io/step"] == "ingest"
    assert labels["headgate.io/run"] == "shop.manual__1"
    assert labels["team"] == "shop"


def test_the_task_is_told_of_its_run(folder: Path, connection: None, manifest: Any) -> None:
    told = env(built("ingest", params={"source": "$(LAKE_PASSWORD)", "parallel": 2}))
    assert told["HEADGATE_RUN_ID"] == "shop.manual__1"
    assert told["HEADGATE_TRY"] == "1"
    assert told["HEADGATE_TARGET"] == "prod"
    assert told["HEADGATE_ALONE"] == "true"
    assert told["HEADGATE_MANIFEST_HASH"] == manifest["hash"]
    assert told["HEADGATE_INTERVAL_START"] == "2026-01-01T00:00:00+00:00"
    assert json.loads(told["HEADGATE_PARAMS"]) == {"source": "$$(LAKE_PASSWORD)", "parallel": 2}
    assert told["LAKE_HOST"] == "lake.data.svc"


def test_a_task_beside_another_run_is_not_told_that_it_is_alone(
    folder: Path, connection: None
) -> None:
    assert "HEADGATE_ALONE" not in env(built("ingest", running=2))


def test_secrets_come_by_reference_only(folder: Path, connection: None) -> None:
    told = env(built("ingest"))
    assert told["LAKE_PASSWORD"] == {"secretKeyRef": {"name": "lake-loader", "key": "password"}}
    assert told["S3_SECRET"] == {"secretKeyRef": {"name": "headgate-shop", "key": "S3_SECRET"}}


def test_a_container_of_somebody_else_stands_as_it_is(
    folder: Path, connection: None, manifest: Any, change: Callable[..., None]
) -> None:
    step = manifest["steps"][-1]
    step["image"] = "own"
    step["container"] = {
        "image": "registry/tell@sha256:11",
        "command": [],
        "args": ["--config", "rules.json", "{{ ds }}", "$(HEADGATE_PARAM_SOURCE)"],
        "env": {"MODE": "$(HEADGATE_PARAM_MODE)"},
        "params": ["mode", "source"],
    }
    change(steps=manifest["steps"])
    pod = built("publish", params={"source": "in", "mode": "fast"})
    base = container(pod)
    assert base["image"] == "registry/tell@sha256:11"
    assert base["args"] == step["container"]["args"]
    assert "readOnlyRootFilesystem" not in base["securityContext"]
    names = [one["name"] for one in base["env"]]
    assert names.index("HEADGATE_PARAM_MODE") < names.index("MODE")
    assert env(pod)["HEADGATE_PARAM_SOURCE"] == "in"


def judged(pod: Any, **more: Any) -> tuple[StepPod, Cluster, dict[str, Any]]:
    """A try whose pod's fresh status is that one."""
    task = more.pop("task", "ingest")
    step = step_pod(task)
    cluster = Cluster(pod)
    step.__dict__["client"] = cluster

    def read(_: Any) -> Any:
        if pod is None:
            raise ApiException(status=404)
        return pod

    step.__dict__["pod_manager"] = SimpleNamespace(
        read_pod=read, read_pod_events=lambda _: SimpleNamespace(items=[])
    )
    return step, cluster, context()


def named(pod: Any, phase: str = "Failed") -> Any:
    """The same with a name."""
    pod.metadata = k8s.V1ObjectMeta(name="shop-1", namespace="data", labels={})
    pod.status.phase = phase
    return pod


STALE = k8s.V1Pod(
    metadata=k8s.V1ObjectMeta(name="shop-1", namespace="data"),
    status=k8s.V1PodStatus(phase="Running"),
)


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        (64, AirflowFailException),
        (65, AirflowFailException),
        (78, AirflowFailException),
        (99, AirflowSkipException),
        (70, AirflowException),
        (75, AirflowException),
        (137, AirflowException),
        (143, AirflowException),
    ],
)
def test_the_task_ends_as_the_fresh_status_says(
    folder: Path, code: int, raised: type[Exception]
) -> None:
    step, cluster, given = judged(named(ended_pod(code)))
    with pytest.raises(raised) as caught:
        step.cleanup(STALE, STALE, None, given)
    assert type(caught.value) is raised
    assert cluster.patched == ([] if code == 99 else ["shop-1"])


def test_a_pod_that_ended_well_is_removed(folder: Path) -> None:
    step, cluster, given = judged(named(ended_pod(0), "Succeeded"))
    step.cleanup(STALE, STALE, None, given)
    assert cluster.deleted == ["shop-1"]


def test_a_pod_that_is_gone_is_tried_again(folder: Path) -> None:
    step, _, given = judged(None)
    with pytest.raises(AirflowException, match="the pod is gone") as caught:
        step.cleanup(STALE, STALE, None, given)
    assert not isinstance(caught.value, AirflowFailException)


def test_a_pod_that_still_runs_is_stopped_before_the_next_try(folder: Path) -> None:
    step, cluster, given = judged(named(ended_pod(None), "Running"))
    with pytest.raises(AirflowException):
        step.cleanup(STALE, STALE, None, given)
    assert cluster.deleted == ["shop-1"]


def test_the_outcome_is_kept_on_failure(folder: Path) -> None:
    told = {"code": 65, "outcome": "blocked", "summary": "2 checks"}
    step, _, given = judged(named(ended_pod(65, message=json.dumps(told))))
    with pytest.raises(AirflowFailException, match="2 checks"):
        step.cleanup(STALE, STALE, None, given)
    assert given["ti"].xcom[("ingest", "return_value")] == told


class Leaving(Cluster):
    """A cluster in which a pod of an earlier try is being deleted."""

    def __init__(self, looks: int) -> None:
        super().__init__(None)
        self.looks, self.selectors = looks, list[str]()

    def list_namespaced_pod(self, label_selector: str, **given: Any) -> Any:
        """Failed pods, of which there are none, or pods of the task."""
        if "field_selector" in given:
            return SimpleNamespace(items=[])
        self.selectors.append(label_selector)
        self.looks -= 1
        gone = datetime.now(UTC) if self.looks >= 0 else None
        meta = k8s.V1ObjectMeta(name="shop-1", namespace="data", deletion_timestamp=gone)
        return SimpleNamespace(items=[k8s.V1Pod(metadata=meta)])


@pytest.mark.parametrize(("leaves_after", "waited"), [(0, 0), (3, 3), (9999, 45)])
def test_a_pod_that_is_being_deleted_is_not_taken_over(
    folder: Path,
    connection: None,
    monkeypatch: pytest.MonkeyPatch,
    leaves_after: int,
    waited: int,
) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr("time.sleep", lambda seconds: clock.append(clock.pop() + seconds))
    taken: list[float] = []
    monkeypatch.setattr(
        KubernetesPodOperator, "get_or_create_pod", lambda *_: taken.append(clock[0])
    )
    step, cluster = step_pod("ingest"), Leaving(leaves_after)
    step.__dict__["client"] = cluster
    given = context()
    step.get_or_create_pod(step.build_pod_request_obj(given), given)
    # At most the grace period and a little: what a dead node holds is the operator's matter.
    assert taken == [waited]
    assert set(cluster.selectors) == {step._build_find_pod_label_selector(given)}
    assert cluster.deleted == []


def test_failed_pods_are_removed_when_kept_long_enough(folder: Path) -> None:
    step, cluster, _ = judged(None)
    now = datetime.now(UTC)
    for name, age in (("old", HOUR * 25), ("new", HOUR)):
        meta = k8s.V1ObjectMeta(name=name, namespace="data", creation_timestamp=now - age)
        cluster.kept.append(k8s.V1Pod(metadata=meta))
    step._sweep("data")
    assert cluster.deleted == ["old"]


def test_a_failed_pod_is_kept_from_its_end_on_however_long_it_ran(folder: Path) -> None:
    step, cluster, _ = judged(None)
    now = datetime.now(UTC)
    for name, age in (("long", HOUR), ("old", HOUR * 25)):
        pod = ended_pod(70)
        pod.status.container_statuses[0].state.terminated.finished_at = now - age
        pod.metadata = k8s.V1ObjectMeta(
            name=name, namespace="data", creation_timestamp=now - HOUR * 26
        )
        cluster.kept.append(pod)
    step._sweep("data")
    assert cluster.deleted == ["old"]


POD = "sources_ok__trusted_ok.pod"


def message(**codes: int) -> dict[str, Any]:
    """What a group's pod told."""
    return {"steps": {step: {"code": code, "step": step} for step, code in codes.items()}}


def member(step: str) -> MemberOperator:
    """The task of a step of the group."""
    task: Any = dag_of("shop").get_task(step)
    return task


def kept(clear: int, told: Any, task: str = POD) -> dict[tuple[str, str], Any]:
    """XCom of who ran the pod."""
    return {(task, GROUP_KEY): {"clear": clear, "message": told}}


def test_a_step_of_a_group_takes_its_outcome_on(folder: Path) -> None:
    xcom = kept(0, message(sources_ok=0, trusted_ok=65))
    given = context(xcom=xcom, max_tries=1)
    assert member("sources_ok").execute.__wrapped__(member("sources_ok"), given)["code"] == 0
    with pytest.raises(AirflowFailException, match="blocked"):
        member("trusted_ok").execute.__wrapped__(member("trusted_ok"), given)


def test_a_step_that_did_not_run_fails(folder: Path) -> None:
    given = context(xcom=kept(0, {"steps": {}}), max_tries=1)
    with pytest.raises(AirflowFailException):
        member("sources_ok").execute.__wrapped__(member("sources_ok"), given)


def test_a_step_whose_group_never_began_starts_no_pod(folder: Path) -> None:
    # One of several steps before the group failed: its pod is upstream_failed, another need is not.
    with pytest.raises(AirflowFailException, match="never began"):
        member("sources_ok").execute.__wrapped__(member("sources_ok"), context(max_tries=1))


def test_a_group_without_an_outcome_fails(folder: Path) -> None:
    given = context(xcom=kept(0, None), max_tries=1)
    with pytest.raises(AirflowFailException, match="left no outcome"):
        member("sources_ok").execute.__wrapped__(member("sources_ok"), given)


def test_a_cleared_step_runs_the_pod_from_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run_pod(_: Any, context: Any, resume_from: str | None = None) -> Any:
        asked.append(resume_from)
        return message(sources_ok=0, trusted_ok=0)

    monkeypatch.setattr(StepOperator, "run_pod", run_pod)
    xcom = kept(0, message(sources_ok=0, trusted_ok=65))
    given = context(clear=1, xcom=xcom, try_number=2, max_tries=2)
    task = member("trusted_ok")
    assert task.execute.__wrapped__(task, given)["code"] == 0
    assert asked == ["trusted_ok"]


def test_a_step_that_the_pod_did_not_reach_runs_it_when_those_before_it_were_marked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def run_pod(_: Any, context: Any, resume_from: str | None = None) -> Any:
        asked.append(resume_from)
        return message(trusted_ok=0)

    monkeypatch.setattr(StepOperator, "run_pod", run_pod)
    # sources_ok was marked as successful, and trusted_ok, which was upstream_failed, cleared.
    given = context(clear=1, xcom=kept(0, message(sources_ok=65)), max_tries=1)
    task = member("trusted_ok")
    assert task.execute.__wrapped__(task, given)["code"] == 0
    assert asked == ["trusted_ok"]


@pytest.mark.parametrize("step", ["sources_ok", "trusted_ok"])
def test_clearing_another_task_of_the_run_starts_no_pod(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def run_pod(*_: Any, **__: Any) -> Any:
        raise AssertionError("the group runs again")

    monkeypatch.setattr(StepOperator, "run_pod", run_pod)
    task = member(step)
    # ingest was cleared while the pod ran: the pod's task has the number of its own start.
    given = context(clear=2, xcom=kept(1, message(sources_ok=0, trusted_ok=0)), max_tries=1)
    assert task.execute.__wrapped__(task, given)["code"] == 0
    given = context(clear=2, xcom=kept(1, None), max_tries=1)
    with pytest.raises(AirflowFailException, match="left no outcome"):
        task.execute.__wrapped__(task, given)


def test_of_those_who_ran_the_pod_the_last_one_is_believed(folder: Path) -> None:
    xcom = kept(0, message(sources_ok=0, trusted_ok=65)) | kept(
        1, message(sources_ok=0, trusted_ok=0), "sources_ok"
    )
    task = member("trusted_ok")
    given = context(clear=2, xcom=xcom, max_tries=1)
    assert task.execute.__wrapped__(task, given)["code"] == 0


def test_steps_that_are_cleared_with_their_pod_take_on_what_it_told_anew(folder: Path) -> None:
    xcom = kept(1, message(sources_ok=0, trusted_ok=0))
    task = member("trusted_ok")
    given = context(clear=1, xcom=xcom, try_number=2, max_tries=2)
    assert task.execute.__wrapped__(task, given)["code"] == 0


def test_those_behind_a_cleared_step_take_on_what_it_ran(folder: Path) -> None:
    xcom = kept(0, message(sources_ok=0, trusted_ok=65)) | kept(
        1, message(sources_ok=0, trusted_ok=0), "sources_ok"
    )
    task = member("trusted_ok")
    given = context(clear=1, xcom=xcom, max_tries=1)
    assert task.execute.__wrapped__(task, given)["code"] == 0


def test_ends_are_read_of_the_container_of_the_task() -> None:
    assert of_pod(named(ended_pod(3)), "other").code is None


def test_a_pod_that_starts_soon_is_seen_soon(
    folder: Path, connection: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = iter(["Pending", "Pending", "Running"])
    slept: list[float] = []
    awaited: list[Any] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(
        KubernetesPodOperator, "await_pod_start", lambda _, pod: awaited.append(pod)
    )
    step = step_pod("ingest")
    step.__dict__["pod_manager"] = SimpleNamespace(
        read_pod=lambda _: k8s.V1Pod(status=k8s.V1PodStatus(phase=next(phases)))
    )
    made = k8s.V1Pod()
    step.await_pod_start(made)
    assert sum(slept) == 1
    # The operator's own wait goes on from there: it knows of time limits and what cannot start.
    assert awaited == [made]


def test_an_image_that_cannot_be_pulled_is_left_to_the_operator_at_once(
    folder: Path, connection: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = k8s.V1ContainerStateWaiting(reason="InvalidImageName", message="no such name")
    status = k8s.V1ContainerStatus(
        name="base",
        image="?",
        image_id="",
        ready=False,
        restart_count=0,
        state=k8s.V1ContainerState(waiting=waiting),
    )
    pending = k8s.V1Pod(status=k8s.V1PodStatus(phase="Pending", container_statuses=[status]))
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(KubernetesPodOperator, "await_pod_start", lambda _, pod: None)
    step = step_pod("ingest")
    step.__dict__["pod_manager"] = SimpleNamespace(read_pod=lambda _: pending)
    step.await_pod_start(k8s.V1Pod())
    assert slept == []


@pytest.mark.parametrize(
    ("container", "until", "expected", "looks"),
    [
        # Its log has ended: lines are not read again while the cluster has yet to say so.
        ("base", 2, False, 3),
        # The log was interrupted.
        ("base", 99, True, 11),
        # The sidecar is asked for because it should run.
        ("airflow-xcom-sidecar", 99, True, 1),
    ],
)
def test_the_end_of_a_container_is_waited_for_where_its_log_has_ended(
    monkeypatch: pytest.MonkeyPatch, container: str, until: int, expected: bool, looks: int
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    looked: list[str] = []

    def read(name: str, _: str) -> Any:
        looked.append(name)
        running = k8s.V1ContainerStateRunning() if len(looked) <= until else None
        status = k8s.V1ContainerStatus(
            name=container,
            image="i",
            image_id="i",
            ready=True,
            restart_count=0,
            state=k8s.V1ContainerState(running=running),
        )
        return k8s.V1Pod(status=k8s.V1PodStatus(container_statuses=[status]))

    client: Any = SimpleNamespace(read_namespaced_pod=read)
    pod = k8s.V1Pod(metadata=k8s.V1ObjectMeta(name="one", namespace="team"))
    assert Pods(kube_client=client).container_is_running(pod, container) is expected
    assert len(looked) == looks


def test_a_slice_is_told_which_part_of_the_step_it_is(
    folder: Path, connection: None, change: Callable[..., None], manifest: Manifest
) -> None:
    first, *others = manifest["steps"]
    fan_out = {"by": "tables", "limit": 2, "slices": ["orders", "users"]}
    change(steps=[{**first, "fan_out": fan_out}, *others])
    given = context(task_id="ingest.slices", map_index=1)
    mapped: Any = dag_of("shop").get_task("ingest.slices")
    operator = mapped.unmap({"slice_name": "users"})
    assert (operator.retries, operator.pool) == (3, "warehouse")
    pod = StepPod(plan=operator.plan, context=given, task_id=operator.task_id, part=operator.part)
    made = ApiClient().sanitize_for_serialization(pod.build_pod_request_obj(given))
    assert container(made)["args"] == ["task", "shop/ingest"]
    assert env(made)["HEADGATE_PART"] == "slice:users"
    assert made["metadata"]["labels"]["map_index"] == "1"
    assert "HEADGATE_PART" not in env(built("publish"))


def test_assets_tell_what_was_published(folder: Path) -> None:
    publish: Any = dag_of("shop").get_task("publish")
    events = {asset: SimpleNamespace(extra={}) for asset in publish.outlets}
    table = {"table": "orders", "rows": 42, "change": "replaced", "load_id": "4f1c"}
    told = {"run": "shop.manual__1", "facts": {"publication": "7", "tables": [table]}}

    publish_assets(publish, {"outlet_events": events}, told)

    whole = {"pipeline": "shop", "run": "shop.manual__1", "publication": "7"}
    extras = {asset.name: event.extra for asset, event in events.items()}
    del table["table"]
    assert extras == {"shop": whole, "shop.orders": whole | table}


def test_a_plan_returns_the_names_of_slices(
    folder: Path, change: Callable[..., None], manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = manifest["steps"]
    change(steps=[{**first, "fan_out": {"by": "files", "limit": 2, "slices": []}}, *others])
    planned: Any = dag_of("shop").get_task("ingest.plan")
    told: dict[str, Any] = {"facts": {"slices": ["orders-1", "orders-2"]}}
    monkeypatch.setattr(type(planned), "run_pod", lambda *_: told)
    execute = planned.execute.__wrapped__
    assert execute(planned, context()) == ["orders-1", "orders-2"]
    told.clear()
    with pytest.raises(AirflowFailException, match="by the sidecar alone"):
        execute(planned, context())
