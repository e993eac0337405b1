"""Every file of docker/deploy is what its reader takes."""

import re
import subprocess
from pathlib import Path

import pytest
import schemas
from deployment import DEPLOY, OVERLAYS, TOP, documents, read, rendered

FILES = sorted(
    file
    for file in DEPLOY.rglob("*.yaml")
    if not file.is_relative_to(DEPLOY / "tests") and file.parent.name not in ("airflow", "ci")
)
VALUES = sorted((DEPLOY / "airflow").glob("*.yaml"))
WORKFLOWS = sorted((DEPLOY / "ci").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DEPLOY)))
def test_every_document_is_of_its_kind(file: Path) -> None:
    found = read(file)
    assert found
    assert [each["kind"] for each in found if schemas.problems(each)] == [], [
        line for each in found for line in schemas.problems(each)
    ]


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda folder: folder.name)
def test_what_an_overlay_applies_is_of_its_kind(overlay: Path) -> None:
    built = rendered(overlay)
    assert len(built) > 5
    assert [line for each in built for line in schemas.problems(each)] == []


@pytest.mark.parametrize("file", VALUES, ids=lambda file: file.name)
def test_values_have_only_keys_that_the_chart_knows(file: Path) -> None:
    (values,) = read(file)
    assert schemas.against("airflow-chart", values) == []


def test_the_values_in_an_application_are_the_charts_too() -> None:
    (application,) = read(DEPLOY / "argocd/airflow.yaml")
    given = [source["helm"]["valuesObject"] for source in application["spec"]["sources"][:1]]
    assert [line for each in given for line in schemas.against("airflow-chart", each)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_is_one(file: Path) -> None:
    (found,) = read(file)
    assert schemas.workflow(found) == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_what_a_workflow_runs_is_bash_and_holds_no_expression(file: Path) -> None:
    """An expression inside of a script would let the name of a branch be part of it."""
    steps = [step for job in read(file)[0]["jobs"].values() for step in job["steps"]]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts
    for script in scripts:
        assert "${{" not in script
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.mark.parametrize("name", ["base/network.yaml", "overlays/team/try-connections.yaml"])
def test_what_is_marked_to_be_uncommented_fits(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    whole, count = re.subn(r"^( +)# (?=-| )", r"\1", text, flags=re.MULTILINE)
    assert count > 1
    found = documents(whole)
    assert found != documents(text)
    assert [schemas.problems(one) for one in found] == [[]] * len(found)


def test_pods_ask_for_names_where_clusters_answer() -> None:
    text = (DEPLOY / "base/network.yaml").read_text(encoding="utf-8")
    _, names = documents(re.sub(r"^( +)# (?=-| )", r"\1", text, flags=re.MULTILINE))
    (usual, openshift) = names["spec"]["egress"]
    assert {"ipBlock": {"cidr": "169.254.20.10/32"}} in usual["to"]
    assert {one["port"] for one in usual["ports"]} == {53}
    assert {one["port"] for one in openshift["ports"]} == {5353}


def test_the_check_sees_what_is_wrong() -> None:
    (policy,) = documents(
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelectors: {}}}"
    )
    assert any("podSelectors" in line for line in schemas.problems(policy))
    (role,) = documents(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [{verbs: get}]}"
    )
    assert any(line.startswith("rules.0.verbs") for line in schemas.problems(role))
    assert schemas.against("airflow-chart", {"image": {}}) != []
    assert schemas.workflow({"on": "push", "jobs": {"a": {"step": []}}}) != []


def test_nothing_names_a_place_of_somebody() -> None:
    """Hosts in files that people copy are those reserved for examples."""
    for file in sorted(DEPLOY.rglob("*")):
        hidden = any(part.startswith(("__", ".")) for part in file.relative_to(DEPLOY).parts)
        if hidden or not file.is_file() or file.is_relative_to(DEPLOY / "tests"):
            continue
        hosts = re.findall(r"https?://([\w.-]+)", file.read_text(encoding="utf-8"))
        foreign = [
            host for host in hosts if not host.endswith((".example.org", "kubernetes.default.svc"))
        ]
        assert foreign == [], file.relative_to(TOP)
