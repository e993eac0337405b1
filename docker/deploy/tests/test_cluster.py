"""On a real cluster, as Airflow's account: what it may do, which pods are taken, which are not."""

import copy
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pods as lab_pods
import project
import pytest
from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.sdk.exceptions import AirflowFailException
from deployment import DEPLOY, TOP, Document
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream

KUBECONFIG = os.environ.get("HEADGATE_LAB_KUBERNETES_KUBECONFIG", "")
KUBECTL = os.environ.get("HEADGATE_LAB_KUBERNETES_KUBECTL", "kubectl")
TEAM, NAMESPACE = DEPLOY / "overlays/team", "headgate-shop"
pytestmark = pytest.mark.skipif(not KUBECONFIG, reason="no cluster: docker/lab/lab up kubernetes")

# What everybody who has logged in may ask of themselves.
SELF = ("authentication.k8s.io", "authorization.k8s.io")


def kubectl(*words: object) -> str:
    done = subprocess.run(
        [KUBECTL, "--kubeconfig", KUBECONFIG, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def admin() -> Iterator[client.ApiClient]:
    """The team's namespace, as the page has it made, and Airflow's account, as its chart makes it."""
    kubectl("apply", "--server-side", "--validate=strict", "-k", TEAM)
    # No pod is let in before the cluster has counted what there is.
    counted = ("--for=jsonpath={.status.hard}", "--timeout=120s")
    kubectl("wait", "-n", NAMESPACE, "resourcequota", "--all", *counted)
    had = json.loads(kubectl("get", "namespaces", "-o", "json"))["items"]
    if "airflow" not in {each["metadata"]["name"] for each in had}:
        kubectl("create", "namespace", "airflow")
    accounts = json.loads(kubectl("get", "serviceaccounts", "-n", "airflow", "-o", "json"))["items"]
    if "airflow-worker" not in {each["metadata"]["name"] for each in accounts}:
        kubectl("create", "serviceaccount", "-n", "airflow", "airflow-worker")
    keys = ("TRINO_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    document = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "headgate-shop", "namespace": NAMESPACE},
        "stringData": dict.fromkeys(keys, "not for Airflow"),
    }
    made = config.new_client_from_config(KUBECONFIG)
    client.CoreV1Api(made).create_namespaced_secret(NAMESPACE, document)
    yield made
    kubectl("delete", "-k", TEAM, "--timeout=600s")


@pytest.fixture(scope="module")
def airflow(admin: client.ApiClient) -> client.CoreV1Api:
    """The API as Airflow's account has it: with a token of its own and nothing else."""
    return client.CoreV1Api(_as(admin, "airflow", "airflow-worker"))


@pytest.fixture(scope="module")
def pods() -> dict[str, Document]:
    """The pods of the reference pipeline, in the project of the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__HEADGATE__MANIFESTS", str(project.compiled()))
        patch.setenv("AIRFLOW__HEADGATE__TARGET", "prod")
        patch.setenv("AIRFLOW__HEADGATE__XCOM_SIDECAR_IMAGE", "registry.example.org/xcom:1")
        patch.setattr(KubernetesHook, "get_connection", lambda *_: _Connection())
        patch.setattr(KubernetesHook, "is_in_cluster", property(lambda _: True))
        return project.pods()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A program of the lab's own tests, on the node."""
    lab = os.environ.get("HEADGATE_LAB_NAME")
    if not lab:
        pytest.skip("not a cluster of the lab's own: images cannot be loaded")
    file = lab_pods.archive(tmp_path_factory.mktemp("image"))
    loaded = [str(TOP / "docker/lab/lab"), "--name", lab, "load", str(file)]
    subprocess.run(loaded, check=True, stdout=subprocess.DEVNULL)
    return str(lab_pods.IMAGE)


@pytest.fixture
def pod_with_these_rights(
    image: str, airflow: client.CoreV1Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[dict[str, Any]], Any]:
    """Makes a try of the task `publish`, with another image, as Airflow's account."""
    images = {**project.IMAGES, "images": {"headgate-python": image}}
    (tmp_path / "image.json").write_text(json.dumps(images))
    kubeconfig = tmp_path / "kubeconfig"
    _write_kubeconfig(airflow.api_client.configuration, kubeconfig)
    connection = _Connection()
    connection.extra_dejson = {"kube_config_path": str(kubeconfig)}
    monkeypatch.setattr(KubernetesHook, "get_connection", lambda *_: connection)
    monkeypatch.setenv("AIRFLOW__HEADGATE__MANIFESTS", str(project.compiled()))
    monkeypatch.setenv("AIRFLOW__HEADGATE__IMAGES", str(tmp_path / "image.json"))
    monkeypatch.setenv("AIRFLOW__HEADGATE__TARGET", "prod")
    monkeypatch.setenv("AIRFLOW__HEADGATE__XCOM_SIDECAR", "false")
    return lambda given: project.tries(given)["publish"]


def test_the_account_may_do_what_the_page_says_and_nothing_else(admin: client.ApiClient) -> None:
    assert _rights(admin, "airflow", "airflow-worker", NAMESPACE) == _rights_of_the_page()


@pytest.mark.parametrize("elsewhere", ["default", "kube-system", "airflow"])
def test_the_account_may_do_nothing_in_other_namespaces(
    admin: client.ApiClient, elsewhere: str
) -> None:
    assert _rights(admin, "airflow", "airflow-worker", elsewhere) == set()


def test_the_account_of_pods_may_do_nothing(admin: client.ApiClient) -> None:
    assert _rights(admin, NAMESPACE, "headgate", NAMESPACE) == set()


def test_every_pod_of_a_pipeline_is_taken(
    airflow: client.CoreV1Api, pods: dict[str, Document]
) -> None:
    assert len(pods) >= 3
    for pod in pods.values():
        assert pod["metadata"]["namespace"] == NAMESPACE
        taken = airflow.create_namespaced_pod(NAMESPACE, pod, dry_run="All", _preload_content=False)
        assert "warning" not in {name.lower() for name in taken.headers}


def test_a_container_that_asks_for_nothing_gets_the_limits_of_the_namespace(
    airflow: client.CoreV1Api, pods: dict[str, Document]
) -> None:
    pod = pods["publish"]
    (base,) = [each for each in pod["spec"]["containers"] if each["name"] == "base"]
    assert not base.get("resources")
    taken = airflow.create_namespaced_pod(NAMESPACE, pod, dry_run="All")
    (given,) = [each.resources for each in taken.spec.containers if each.name == "base"]
    assert given.limits == {"memory": "2Gi"}
    assert given.requests == {"cpu": "250m", "memory": "1Gi"}


def test_a_try_starts_follows_and_ends_its_pod_with_these_rights(
    pod_with_these_rights: Any, airflow: client.CoreV1Api
) -> None:
    given = project.context()
    pod = pod_with_these_rights(given)
    pod.run_pod(given)
    assert pod.ending.exit_code == 0
    assert _eventually_gone(airflow, given["ti"].xcom["pod_name"])


def test_a_try_that_fails_tells_why_and_keeps_its_pod_with_these_rights(
    pod_with_these_rights: Any, airflow: client.CoreV1Api, capsys: pytest.CaptureFixture[str]
) -> None:
    given = project.context()
    pod = pod_with_these_rights(given)
    pod.arguments = ["exit", "65"]
    with pytest.raises(AirflowFailException, match="65"):
        pod.run_pod(given)
    kept = airflow.read_namespaced_pod(given["ti"].xcom["pod_name"], NAMESPACE)
    assert kept.metadata.labels["already_checked"] == "True"
    # Its events were read: that it was given to a node is one of them.
    assert "Successfully assigned" in capsys.readouterr().out


def test_a_try_reads_in_its_pod_and_ends_it_when_it_is_killed_with_these_rights(
    pod_with_these_rights: Any, airflow: client.CoreV1Api
) -> None:
    given = project.context()
    pod = pod_with_these_rights(given)
    pod.arguments = ["wait", "300"]
    pod.name = pod._set_name(pod.name)
    pod.pod_request_obj = pod.build_pod_request_obj(given)
    pod.pod = pod.get_or_create_pod(pod.pod_request_obj, given)
    pod.await_pod_start(pod.pod)
    # As XCom is read from the sidecar.
    name, command = pod.pod.metadata.name, ["/pod", "exit", "0"]
    run = airflow.connect_get_namespaced_pod_exec
    assert stream(run, name, NAMESPACE, command=command, stdout=True, stderr=True) == ""
    pod.on_kill()
    assert _eventually_gone(airflow, pod.pod.metadata.name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hostNetwork": True}, 'violates PodSecurity "restricted'),
        (
            {"volumes": [{"name": "a", "hostPath": {"path": "/"}}]},
            'violates PodSecurity "restricted',
        ),
        ({"securityContext": {"runAsUser": 0}}, 'violates PodSecurity "restricted'),
        ({"memory": "17Gi"}, "maximum memory usage per Container is 16Gi"),
        ({"cpu": "9"}, "exceeded quota"),
    ],
    ids=["host-network", "host-path", "root", "memory", "quota"],
)
def test_a_pod_that_is_too_much_is_refused(
    airflow: client.CoreV1Api, pods: dict[str, Document], change: dict[str, Any], said: str
) -> None:
    pod = copy.deepcopy(pods["publish"])
    asked = {key: change[key] for key in ("memory", "cpu") if key in change}
    if asked:
        limits = {"memory": asked["memory"]} if "memory" in asked else {}
        pod["spec"]["containers"][0]["resources"] = {"requests": asked, "limits": limits}
    elif "volumes" in change:
        pod["spec"]["volumes"] += change["volumes"]
    else:
        pod["spec"].update(change)
    with pytest.raises(ApiException) as refused:
        airflow.create_namespaced_pod(NAMESPACE, pod, dry_run="All")
    assert refused.value.status == 403
    assert said in json.loads(refused.value.body)["message"]


def test_airflow_cannot_read_the_secrets_that_its_pods_refer_to(airflow: client.CoreV1Api) -> None:
    with pytest.raises(ApiException) as refused:
        airflow.read_namespaced_secret("headgate-shop", NAMESPACE)
    assert refused.value.status == 403


def test_the_pod_that_tries_connections_is_taken(admin: client.ApiClient) -> None:
    file = TEAM / "try-connections.yaml"
    done = subprocess.run(
        [
            KUBECTL,
            "--kubeconfig",
            KUBECONFIG,
            "create",
            "--dry-run=server",
            "-n",
            NAMESPACE,
            "-f",
            file,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # A warning would be Pod Security's.
    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_applied_is_what_is_there(admin: client.ApiClient) -> None:
    """Nothing is changed by a second time: no field that Kubernetes rewrites and Argo CD would see as drift."""
    done = subprocess.run(
        [KUBECTL, "--kubeconfig", KUBECONFIG, "diff", "--server-side", "-k", str(TEAM)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_labs_overlay_is_taken_and_gives_a_kubeconfig_with_these_rights(
    admin: client.ApiClient, tmp_path: Path
) -> None:
    out = tmp_path / "kubeconfig"
    subprocess.run([DEPLOY / "overlays/lab/apply", out], check=True, stdout=subprocess.DEVNULL)
    assert out.stat().st_mode & 0o077 == 0
    mine = client.CoreV1Api(config.new_client_from_config(str(out)))
    assert mine.list_namespaced_pod("headgate").items is not None
    with pytest.raises(ApiException) as refused:
        mine.list_namespaced_secret("headgate")
    assert refused.value.status == 403
    assert _rights(admin, "airflow", "airflow-scheduler", "headgate") == _rights_of_the_page()


class _Connection:
    extra_dejson: dict[str, Any] = {}  # noqa: RUF012


def _eventually_gone(airflow: client.CoreV1Api, name: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pods = airflow.list_namespaced_pod(NAMESPACE, field_selector=f"metadata.name={name}").items
        if not pods:
            return True
        time.sleep(0.3)
    return False


def _write_kubeconfig(mine: client.Configuration, file: Path) -> None:
    cluster = {"server": mine.host, "certificate-authority": mine.ssl_ca_cert}
    user = {"token": mine.api_key["authorization"].removeprefix("Bearer ")}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "clusters": [{"name": "a", "cluster": cluster}],
        "users": [{"name": "a", "user": user}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
    }
    file.touch(mode=0o600)
    file.write_text(json.dumps(document))


def _as(admin: client.ApiClient, namespace: str, account: str) -> client.ApiClient:
    """The API with a token of an account and nothing else."""
    request = client.AuthenticationV1TokenRequest(
        spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=3600)
    )
    token = client.CoreV1Api(admin).create_namespaced_service_account_token(
        account, namespace, request
    )
    mine = client.Configuration()
    mine.host, mine.ssl_ca_cert = admin.configuration.host, admin.configuration.ssl_ca_cert
    mine.api_key = {"authorization": f"Bearer {token.status.token}"}
    return client.ApiClient(mine)


def _rights(
    admin: client.ApiClient, namespace: str, account: str, there: str
) -> set[tuple[str, str]]:
    """All that an account may do in a namespace, as Kubernetes itself lists it: (resource, verb)."""
    review = client.V1SelfSubjectRulesReview(
        spec=client.V1SelfSubjectRulesReviewSpec(namespace=there)
    )
    api = client.AuthorizationV1Api(_as(admin, namespace, account))
    status = api.create_self_subject_rules_review(review).status
    assert not status.incomplete
    rules = [each for each in status.resource_rules if not set(each.api_groups) <= set(SELF)]
    assert [each.resource_names for each in rules if each.resource_names] == []
    return {
        (f"{group}/{resource}" if group else resource, verb)
        for each in rules
        for group in each.api_groups
        for resource in each.resources
        for verb in each.verbs
    }


def _rights_of_the_page() -> set[tuple[str, str]]:
    text = (TOP / "docs/deploy.md").read_text(encoding="utf-8")
    table = text.split("## Rights")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z/]+) \| ([a-z, ]+) \| .* \|$", table, re.MULTILINE)
    rights = {(resource, verb) for resource, verbs in rows for verb in verbs.split(", ")}
    assert len(rights) >= 9
    return rights
