"""What overlays apply keeps pods in, whatever a team changes where it may."""

from pathlib import Path
from typing import Any

import pytest
from deployment import DEPLOY, OVERLAYS, Document, one, rendered

TEAM, LAB = DEPLOY / "overlays/team", DEPLOY / "overlays/lab"
each_overlay = pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda folder: folder.name)


@each_overlay
def test_the_namespace_of_pods_enforces_restricted(overlay: Path) -> None:
    built = rendered(overlay)
    labels = one(built, "Namespace", _pods(built))["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@each_overlay
def test_all_that_is_namespaced_is_in_the_namespace_of_pods(overlay: Path) -> None:
    built = rendered(overlay)
    elsewhere = {
        (each["kind"], each["metadata"]["name"])
        for each in built
        if each["metadata"].get("namespace", _pods(built)) != _pods(built)
    }
    assert elsewhere == ({("ServiceAccount", "airflow-scheduler")} if overlay == LAB else set())


@each_overlay
def test_the_account_of_pods_has_no_token_and_no_rights(overlay: Path) -> None:
    built = rendered(overlay)
    account = one(built, "ServiceAccount", "headgate")
    assert account["automountServiceAccountToken"] is False
    bound = one(built, "RoleBinding")["subjects"]
    assert [each for each in bound if each["namespace"] == _pods(built)] == []


@each_overlay
def test_nothing_is_granted_for_the_cluster(overlay: Path) -> None:
    kinds = {each["kind"] for each in rendered(overlay)}
    assert kinds & {"ClusterRole", "ClusterRoleBinding", "Secret"} == set()


def test_workers_are_bound_unless_tasks_run_in_the_scheduler() -> None:
    assert one(rendered(TEAM), "RoleBinding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "airflow-worker", "namespace": "airflow"}
    ]
    assert one(rendered(LAB), "RoleBinding")["subjects"] == [
        {"kind": "ServiceAccount", "name": "airflow-scheduler", "namespace": "airflow"}
    ]


@each_overlay
def test_a_policy_denies_every_pod_both_ways(overlay: Path) -> None:
    deny = one(rendered(overlay), "NetworkPolicy", "deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@each_overlay
def test_no_policy_lets_anybody_in_or_pods_out_to_anywhere(overlay: Path) -> None:
    for policy in _policies(overlay):
        assert "ingress" not in policy["spec"]
        for rule in policy["spec"].get("egress", []):
            assert rule.get("to"), policy["metadata"]["name"]
            for peer in rule["to"]:
                assert peer.get("ipBlock", {}).get("cidr", "") not in ("0.0.0.0/0", "::/0")
                # A namespace alone would be all of its pods.
                assert "ipBlock" in peer or {"namespaceSelector", "podSelector"} <= set(peer)


def test_a_team_reaches_stores_by_their_ports_only() -> None:
    for policy in _policies(TEAM):
        for rule in policy["spec"].get("egress", []):
            assert rule.get("ports"), policy["metadata"]["name"]


@each_overlay
def test_the_quota_admits_a_container_that_asks_for_nothing(overlay: Path) -> None:
    """A quota on what a container does not ask for refuses its pod, so the limit range has to fill it in."""
    built = rendered(overlay)
    (limits,) = one(built, "LimitRange")["spec"]["limits"]
    given = {
        *(f"requests.{key}" for key in limits["defaultRequest"]),
        *(f"limits.{key}" for key in limits["default"]),
    }
    counted = {key for key in one(built, "ResourceQuota")["spec"]["hard"] if "." in key}
    assert counted <= given


@each_overlay
def test_there_is_room_for_more_than_one_pod_of_the_largest_kind(overlay: Path) -> None:
    built = rendered(overlay)
    (limits,) = one(built, "LimitRange")["spec"]["limits"]
    hard = one(built, "ResourceQuota")["spec"]["hard"]
    assert _gibibytes(hard["limits.memory"]) >= 2 * _gibibytes(limits["max"]["memory"])
    assert _gibibytes(hard["limits.memory"]) >= _gibibytes(hard["requests.memory"])


def _pods(built: list[Document]) -> str:
    name: str = one(built, "Role")["metadata"]["namespace"]
    return name


def _policies(overlay: Path) -> list[dict[str, Any]]:
    found = [each for each in rendered(overlay) if each["kind"] == "NetworkPolicy"]
    assert len(found) >= 3
    return found


def _gibibytes(quantity: str) -> int:
    assert quantity.endswith("Gi")
    return int(quantity[:-2])
