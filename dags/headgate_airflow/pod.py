"""The pod of a step: KubernetesPodOperator, with endings as the contract of tasks has them."""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, cast

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.pod_manager import (
    PodManager,
    PodPhase,
    detect_pod_terminate_early_issues,
)
from airflow.providers.cncf.kubernetes.utils.xcom_sidecar import PodDefaults
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from kubernetes.client import models as k8s
from kubernetes.client.exceptions import ApiException

from headgate_airflow import spec
from headgate_airflow.ending import Ending, Verdict, ended_at, of_pod
from headgate_airflow.manifest import Step
from headgate_airflow.plan import Plan

# TERM too: a pod that is deleted ends with its task, not with its grace period.
_SIDECAR = 'trap "exit 0" INT TERM; while true; do sleep 1; done;'
# Most pods start within seconds; the operator looks every five.
_SOON_SECONDS = 15.0
_LOOK_SECONDS = 0.5
# The cluster says that a container ended up to a second after its log did.
_STATUS_LOOKS = 10
_STATUS_SECONDS = 0.2
# A pod has its grace period to end, and the cluster some seconds to forget it.
_GONE_SECONDS = 15.0
_LEAVING_SECONDS = 1.0


class Pods(PodManager):
    """Waits for a container's end where its log has ended, before it reads the log's end again."""

    def container_is_running(self, pod: k8s.V1Pod, container_name: str) -> bool:
        """Whether it still runs when its status had the time to be told."""
        for _ in range(_STATUS_LOOKS if container_name == spec.CONTAINER else 0):
            if not super().container_is_running(pod, container_name):
                return False
            time.sleep(_STATUS_SECONDS)
        return bool(super().container_is_running(pod, container_name))


class StepPod(KubernetesPodOperator):
    """One try of a step or a group. Nothing in it is rendered: a manifest stands as it is."""

    template_fields = ()

    def __init__(
        self,
        *,
        plan: Plan,
        context: Any,
        resume_from: str | None = None,
        part: str | None = None,
        **kwargs: Any,
    ) -> None:
        settings, unit, pods = plan.settings, plan.unit, plan.deployment.target["pods"]
        container = cast(Step, unit).get("container")
        profile = spec.profile(plan)
        made, mounts = spec.volumes(plan)
        grace = settings.termination_grace
        super().__init__(
            kubernetes_conn_id=settings.kubernetes_conn_id,
            namespace=settings.namespace or pods["namespace"],
            name=f"{plan.manifest['name']}-{unit['name']}"[:50],
            image=plan.image,
            image_pull_policy=settings.image_pull_policy,
            image_pull_secrets=[
                k8s.V1LocalObjectReference(name=name) for name in settings.image_pull_secrets
            ],
            cmds=list(container["command"]) if container else [],
            arguments=(
                list(container["args"])
                if container
                else ["task", f"{plan.manifest['name']}/{unit['name']}"]
            ),
            env_vars=spec.variables(plan, context, resume_from, part),
            volumes=made,
            volume_mounts=mounts,
            container_resources=spec.resources(plan),
            labels=spec.labels(plan, context),
            annotations=dict(pods["annotations"]),
            node_selector=dict(profile["node_selector"]),
            tolerations=spec.tolerations(plan),
            pod_template_dict=spec.template(profile["template"]),
            service_account_name=pods["service_account"],
            automount_service_account_token=False,
            security_context=spec.pod_security(),
            container_security_context=spec.container_security(
                read_only=None if container else True
            ),
            xcom_sidecar_container_security_context=spec.container_security(
                user=settings.xcom_sidecar_user
            ),
            do_xcom_push=settings.xcom_sidecar,
            base_container_name=spec.CONTAINER,
            startup_timeout_seconds=settings.startup_timeout,
            termination_grace_period=grace,
            active_deadline_seconds=(
                max(1, round(unit["timeout_seconds"])) if unit["timeout_seconds"] else None
            ),
            on_finish_action="delete_succeeded_pod",
            durable=True,
            deferrable=False,
            get_logs=True,
            log_events_on_failure=True,
            log_pod_spec_on_failure=False,
            **kwargs,
        )
        self.plan = plan
        self.ending: Ending | None = None
        self.told: Mapping[str, Any] | None = None
        self.in_group = plan.group is not None

    @cached_property
    def pod_manager(self) -> PodManager:
        """Reads pods and their logs."""
        return Pods(kube_client=self.client, callbacks=self.callbacks)

    def run_pod(self, context: Any) -> Mapping[str, Any] | None:
        """Runs the pod to its end.

        :return: what the task told, from XCom or else the termination log
        :raises AirflowSkipException: 99
        :raises AirflowFailException: 64, 65, 78: no other try would help
        :raises AirflowException: anything else
        """
        self.name: str | None = self._set_name(self.name)
        self.execute_sync(context)
        return self.outcome

    @property
    def outcome(self) -> Mapping[str, Any] | None:
        """What the task told so far: by XCom, or in short in the termination log."""
        return self.told or (self.ending.outcome if self.ending else None)

    def build_pod_request_obj(self, context: Any = None, *, dry_run: bool = False) -> k8s.V1Pod:
        """The pod of the operator's own making, its sidecar as ours should be."""
        pod = super().build_pod_request_obj(context, dry_run=dry_run)
        pod.spec.enable_service_links = False
        settings = self.plan.settings
        for container in pod.spec.containers:
            if container.name == PodDefaults.SIDECAR_CONTAINER_NAME:
                container.command = ["sh", "-c", _SIDECAR]
                built = self.plan.deployment.images.by_kind.get("xcom")
                container.image = settings.xcom_sidecar_image or built or container.image
                container.image_pull_policy = settings.image_pull_policy
                container.resources = k8s.V1ResourceRequirements(
                    requests={"cpu": "1m", "memory": "16Mi"}, limits={"memory": "64Mi"}
                )
        return pod

    def get_or_create_pod(self, pod_request_obj: k8s.V1Pod, context: Any) -> k8s.V1Pod:
        """Also removes failed pods of this pipeline that were kept long enough."""
        namespace = pod_request_obj.metadata.namespace
        self._sweep(namespace)
        self._await_leaving(namespace, context)
        return super().get_or_create_pod(pod_request_obj, context)

    def _await_leaving(self, namespace: str, context: Any) -> None:
        """A pod that is being deleted is not taken over: it would end with the last try's 143."""
        selector = self._build_find_pod_label_selector(context)
        grace = self.termination_grace_period or 0
        until = time.monotonic() + grace + _GONE_SECONDS
        while time.monotonic() < until:
            found = self.client.list_namespaced_pod(namespace=namespace, label_selector=selector)
            leaving = [one for one in found.items if one.metadata.deletion_timestamp]
            if not leaving:
                return
            self.log.info("waiting until pod %s is gone", leaving[0].metadata.name)
            time.sleep(_LEAVING_SECONDS)

    def await_pod_start(self, pod: k8s.V1Pod) -> None:
        """Looks more often at first; what takes longer is left to the operator's own pace."""
        until = time.monotonic() + min(_SOON_SECONDS, self.startup_timeout_seconds)
        while time.monotonic() < until:
            now = self.pod_manager.read_pod(pod)
            waits = now.status.phase in (PodPhase.PENDING, PodPhase.UNKNOWN)
            if not waits or detect_pod_terminate_early_issues(now):
                break
            time.sleep(_LOOK_SECONDS)
        super().await_pod_start(pod)

    def extract_xcom(self, pod: k8s.V1Pod, **kwargs: Any) -> Any:
        """None where there is nothing to read: the termination log holds the outcome too."""
        try:
            told = super().extract_xcom(pod, **kwargs)
        except Exception as e:
            # The exit code decides, whatever became of the sidecar.
            self.log.warning("no XCom from pod %s: %s", pod.metadata.name, e)
            return None
        self.told = told if isinstance(told, Mapping) else None
        return self.told

    def cleanup(
        self,
        pod: k8s.V1Pod,
        remote_pod: k8s.V1Pod,
        xcom_result: dict[str, Any] | None = None,
        context: Any = None,
    ) -> None:
        """Judges the pod by its status of this moment, not of the one at which something broke."""
        if self._killed or not remote_pod:
            return
        fresh = self._fresh(remote_pod)
        ending = self.ending = of_pod(fresh, self.base_container_name)
        verdict = ending.verdict
        if verdict is Verdict.SKIP and self.in_group:
            # The steps of the group tell which of them was skipped.
            verdict = Verdict.DONE
        if verdict is Verdict.DONE:
            self._delete(fresh)
            return
        if self.outcome is not None and context is not None:
            context["ti"].xcom_push("return_value", dict(self.outcome))
        if verdict is Verdict.SKIP:
            self._delete(fresh)
            raise AirflowSkipException(ending.line())
        self._read_pod_container_states(remote_pod, reraise=False)
        self._read_pod_events(remote_pod, reraise=False)
        cause = sys.exc_info()[1]
        self._let_go(fresh)
        line = f"pod {remote_pod.metadata.name}: {ending.line()}"
        if verdict is Verdict.FAIL:
            raise AirflowFailException(line)
        if ending.code is None and cause is not None:
            line = f"{line}: {cause}"
        raise AirflowException(line)

    def _fresh(self, pod: k8s.V1Pod) -> k8s.V1Pod | None:
        try:
            return self.pod_manager.read_pod(pod)
        except ApiException as e:
            if e.status == 404:
                return None
            raise

    def _let_go(self, pod: k8s.V1Pod | None) -> None:
        """No try runs beside the next one; one that ended is kept for who wants to see it."""
        if pod is None:
            return
        ended = of_pod(pod, self.base_container_name).exit_code is not None
        if pod.status.phase in (PodPhase.SUCCEEDED, PodPhase.FAILED) or ended:
            self.patch_already_checked(pod, reraise=False)
            if pod.status.phase not in (PodPhase.SUCCEEDED, PodPhase.FAILED):
                self._kill_sidecar(pod)
        else:
            self._delete(pod)

    def _kill_sidecar(self, pod: k8s.V1Pod) -> None:
        """A failed pod is kept when all of it has ended; else it would hold its node's room."""
        try:
            self.pod_manager.extract_xcom_kill(pod)
        except Exception:
            self._delete(pod)

    def _delete(self, pod: k8s.V1Pod | None) -> None:
        if pod is None:
            return
        try:
            self.client.delete_namespaced_pod(
                name=pod.metadata.name,
                namespace=pod.metadata.namespace,
                grace_period_seconds=self.termination_grace_period,
            )
        except ApiException as e:
            if e.status != 404:
                self.log.warning("pod %s cannot be deleted: %s", pod.metadata.name, e.reason)

    def _sweep(self, namespace: str) -> None:
        selector = (
            f"{spec.PIPELINE_LABEL}={self.labels[spec.PIPELINE_LABEL]},{self.POD_CHECKED_KEY}=True"
        )
        before = datetime.now(UTC) - timedelta(seconds=self.plan.settings.keep_failed_pods)
        try:
            kept = self.client.list_namespaced_pod(
                namespace=namespace, label_selector=selector, field_selector="status.phase=Failed"
            ).items
        except ApiException as e:
            self.log.warning("failed pods cannot be listed: %s", e.reason)
            return
        for pod in kept:
            if ended_at(pod, self.base_container_name) < before:
                self._delete(pod)
