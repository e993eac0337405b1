"""What pods of DAGs by others need beside their command: the same image, resources, rights and secrets as those of Headgate's."""

from collections.abc import Mapping
from typing import Any

from kubernetes.client import models as k8s


def arguments(settings: Mapping[str, Any]) -> dict[str, Any]:
    """For a KubernetesPodOperator."""
    return {
        "image": settings["image"],
        "image_pull_policy": "IfNotPresent",
        "namespace": settings["namespace"],
        "kubernetes_conn_id": "kubernetes_default",
        "cmds": settings["dbt"],
        "env_vars": [k8s.V1EnvVar(name=name, value=value) for name, value in settings["env"].items()],
        "env_from": [k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name=settings["secret"]))],
        "service_account_name": "headgate",
        "automount_service_account_token": False,
        "security_context": k8s.V1PodSecurityContext(run_as_non_root=True, seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault")),
        "container_security_context": k8s.V1SecurityContext(
            allow_privilege_escalation=False, read_only_root_filesystem=True, capabilities=k8s.V1Capabilities(drop=["ALL"])
        ),
        "volumes": [k8s.V1Volume(name="tmp", empty_dir=k8s.V1EmptyDirVolumeSource())],
        "volume_mounts": [k8s.V1VolumeMount(name="tmp", mount_path="/tmp")],
        "startup_timeout_seconds": 600,
        # Headgate's look every half a second at first; by default it would be every five.
        "startup_check_interval_seconds": 1,
    }
