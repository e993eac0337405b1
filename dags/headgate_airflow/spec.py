"""The parts of a pod, as a plan asks for them. Never imported where a DAG is parsed."""

import copy
import json
from typing import Any, cast

from airflow.providers.cncf.kubernetes.pod_generator import make_safe_label_value
from kubernetes.client import models as k8s

from headgate_airflow import run
from headgate_airflow.manifest import Profile, Step
from headgate_airflow.plan import Plan

CONTAINER = "base"
STATE = "/headgate/state"
PIPELINE_LABEL = "headgate.io/pipeline"
STEP_LABEL = "headgate.io/step"
RUN_LABEL = "headgate.io/run"


def variables(
    plan: Plan, context: Any, resume_from: str | None = None, part: str | None = None
) -> list[k8s.V1EnvVar]:
    """HEADGATE_* first, so that what follows may refer to them."""
    manifest, ti, dag_run = plan.manifest, context["ti"], context["dag_run"]
    given = run.params(manifest, context["params"])
    values = {
        "HEADGATE_RUN_ID": plan.run_id(ti.dag_id, context["run_id"]),
        "HEADGATE_TRY": str(ti.try_number),
        "HEADGATE_TARGET": plan.deployment.target_name,
        "HEADGATE_MANIFEST_HASH": manifest["hash"],
        "HEADGATE_STATE": STATE,
        "HEADGATE_INTERVAL_START": "",
        "HEADGATE_INTERVAL_END": "",
    }
    # In a DAG of somebody else nobody knows what else runs the pipeline.
    if not plan.deployment.prefix and run.alone(manifest, ti, dag_run):
        values["HEADGATE_ALONE"] = "true"
    interval = run.interval(manifest, dag_run)
    if interval is not None:
        values["HEADGATE_INTERVAL_START"] = interval[0].isoformat()
        values["HEADGATE_INTERVAL_END"] = interval[1].isoformat()
    if resume_from is not None:
        values["HEADGATE_FROM"] = resume_from
    if part is not None:
        values["HEADGATE_PART"] = part
    values["HEADGATE_PARAMS"] = json.dumps(given, ensure_ascii=False)
    container = cast(Step, plan.unit).get("container")
    for name in container["params"] if container else []:
        value = run.text(given[name]) if name in given else ""
        values[f"HEADGATE_PARAM_{name.upper()}"] = value
    plain = {name: run.literal(value) for name, value in values.items()}
    for name, value in plan.deployment.target["pods"]["env"].items():
        plain.setdefault(name, run.literal(value))
    secrets = plan.unit["secrets"].get(plan.deployment.target_name)
    from_secrets = {one["name"]: one for one in secrets["env"]} if secrets else {}
    own = container["env"] if container else {}
    return [
        *(
            k8s.V1EnvVar(name=name, value=value)
            for name, value in plain.items()
            if name not in from_secrets and name not in own
        ),
        *(
            k8s.V1EnvVar(
                name=name,
                value_from=k8s.V1EnvVarSource(
                    secret_key_ref=k8s.V1SecretKeySelector(name=one["secret"], key=one["key"])
                ),
            )
            for name, one in from_secrets.items()
        ),
        *(k8s.V1EnvVar(name=name, value=value) for name, value in own.items()),
    ]


def volumes(plan: Plan) -> tuple[list[k8s.V1Volume], list[k8s.V1VolumeMount]]:
    """Room for what spills, and files with secrets."""
    limit = plan.unit["resources"]["spill"] or plan.settings.spill
    made = [
        k8s.V1Volume(name=name, empty_dir=k8s.V1EmptyDirVolumeSource(size_limit=limit))
        for name in ("headgate-state", "headgate-tmp")
    ]
    mounts = [
        k8s.V1VolumeMount(name="headgate-state", mount_path=STATE),
        k8s.V1VolumeMount(name="headgate-tmp", mount_path="/tmp"),
    ]
    secrets = plan.unit["secrets"].get(plan.deployment.target_name)
    for number, file in enumerate(secrets["files"] if secrets else []):
        path = file["path"]
        name = f"headgate-secret-{number}"
        made.append(
            k8s.V1Volume(
                name=name,
                secret=k8s.V1SecretVolumeSource(
                    secret_name=file["secret"],
                    items=[k8s.V1KeyToPath(key=file["key"], path="file")],
                ),
            )
        )
        mounts.append(
            k8s.V1VolumeMount(
                name=name,
                mount_path=path if path.startswith("/") else f"{plan.settings.project}/{path}",
                sub_path="file",
                read_only=True,
            )
        )
    return made, mounts


def resources(plan: Plan) -> k8s.V1ResourceRequirements:
    """Cores are asked for and not limited; memory is both."""
    asked = plan.unit["resources"]
    requests = {key: asked[key] for key in ("cpu", "memory") if asked[key]}
    limits = {"memory": asked["memory"]} if asked["memory"] else {}
    return k8s.V1ResourceRequirements(requests=requests or None, limits=limits or None)


def profile(plan: Plan) -> Profile:
    """What the target says of pods, and the step's profile on top."""
    pods = plan.deployment.target["pods"]
    own = pods["profiles"].get(plan.unit["profile"] or "")
    if own is None:
        return {
            "node_selector": pods["node_selector"],
            "tolerations": pods["tolerations"],
            "template": pods["template"],
        }
    return {
        "node_selector": {**pods["node_selector"], **own["node_selector"]},
        "tolerations": [*pods["tolerations"], *own["tolerations"]],
        "template": _laid_over(pods["template"], own["template"]),
    }


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            value = _laid_over(under, value)
        merged[key] = value
    return merged


def template(given: dict[str, Any]) -> dict[str, Any]:
    """A pod template whose first container is ours, which Airflow merges by position."""
    made = copy.deepcopy(given)
    spec = made.setdefault("spec", {})
    containers = spec.get("containers") or []
    ours = [one for one in containers if one.get("name") == CONTAINER] or [{"name": CONTAINER}]
    spec["containers"] = [ours[0], *(one for one in containers if one.get("name") != CONTAINER)]
    made.setdefault("metadata", {})
    return made


def tolerations(plan: Plan) -> list[k8s.V1Toleration]:
    """Taints that the pod bears."""
    return [
        k8s.V1Toleration(
            key=one["key"], operator=one["operator"], value=one["value"], effect=one["effect"]
        )
        for one in profile(plan)["tolerations"]
    ]


def labels(plan: Plan, context: Any) -> dict[str, str]:
    """Pipeline, step or group, and run, beside the target's own."""
    ti = context["ti"]
    return {
        **plan.deployment.target["pods"]["labels"],
        PIPELINE_LABEL: make_safe_label_value(plan.manifest["name"]),
        STEP_LABEL: make_safe_label_value(plan.unit["name"]),
        RUN_LABEL: make_safe_label_value(plan.run_id(ti.dag_id, context["run_id"])),
    }


def pod_security() -> k8s.V1PodSecurityContext:
    """What the profile "restricted" of Pod Security asks of a pod."""
    return k8s.V1PodSecurityContext(
        run_as_non_root=True, seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault")
    )


def container_security(
    *, read_only: bool | None = True, user: int | None = None
) -> k8s.V1SecurityContext:
    """What the profile "restricted" asks of a container; a read-only root file system too."""
    return k8s.V1SecurityContext(
        allow_privilege_escalation=False,
        capabilities=k8s.V1Capabilities(drop=["ALL"]),
        read_only_root_filesystem=read_only,
        run_as_non_root=True,
        run_as_user=user,
        seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault"),
    )
