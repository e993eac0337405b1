from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headgate_lab import airflow_settings, catalog, environment, processes
from headgate_lab.certificates import certificates
from headgate_lab.failures import LabError
from headgate_lab.services import clickhouse, postgres, trino
from headgate_lab.site import Site


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"pinned")
    pinned = "sha512-" + base64.b64encode(hashlib.sha512(b"pinned").digest()).decode()
    clickhouse.verify(archive, pinned)
    archive.write_bytes(b"pinned?")
    with pytest.raises(LabError, match="not what is pinned"):
        clickhouse.verify(archive, pinned)


def test_jars_that_are_changed_missing_or_new_are_refused(tmp_path: Path) -> None:
    pinned = [line.split("  ") for line in (trino.SOURCES / "jars.sha256").read_text().splitlines()]
    assert len(pinned) > 100
    assert all(len(digest) == 64 and name.endswith(".jar") for digest, name in pinned)
    (tmp_path / pinned[0][1]).write_bytes(b"changed")
    with pytest.raises(LabError, match="jars of Trino are not as pinned"):
        trino.verify(tmp_path)


def test_services_that_start_side_by_side_have_one_certificate(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as services:
        made = set(services.map(certificates, [tmp_path / "certificates"] * 16))
    (one,) = made
    assert sorted(one.server.parent.iterdir()) == sorted((one.authority, one.key, one.server))
    verify = ["openssl", "verify", "-CAfile", str(one.authority), str(one.server)]
    assert subprocess.run(verify, check=False).returncode == 0


def test_postgres_keeps_a_verifier_and_not_the_password() -> None:
    # The client's and the server's keys of RFC 7677's example: password "pencil", 4096 rounds.
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = postgres.verifier("pencil", salt)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
        "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_the_note_of_a_killed_postgres_goes_even_before_its_exit_status_is_collected(
    tmp_path: Path,
) -> None:
    program = tmp_path / "postgres"
    program.symlink_to(shutil.which("sleep") or "/bin/sleep")
    note = tmp_path / "postmaster.pid"
    with subprocess.Popen([program, "600"]) as server:
        note.write_text(f"{server.pid}\n{tmp_path}\n")
        while Path(f"/proc/{server.pid}/comm").read_text() != "postgres\n":
            time.sleep(0.01)
        postgres.forget_the_dead(tmp_path)
        assert note.exists()
        server.kill()
        while processes.identify(server.pid) is not None:
            time.sleep(0.01)
        assert Path(f"/proc/{server.pid}").exists()
        postgres.forget_the_dead(tmp_path)
        assert not note.exists()


def test_trinos_token_names_the_user_and_is_signed(tmp_path: Path) -> None:
    site = Site(tmp_path, trino.SERVICE)
    head, body, signature = trino.token(site, "pipeline").split(".")
    assert json.loads(base64.urlsafe_b64decode(body + "=="))["sub"] == "pipeline"
    assert json.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "HS256"
    assert len(base64.urlsafe_b64decode(signature + "==")) == 32
    assert trino.token(site, "pipeline") != trino.token(
        Site(tmp_path / "other", trino.SERVICE), "pipeline"
    )


@pytest.mark.parametrize(("heap", "query"), [("1G", "512MB"), ("1536m", "768MB"), ("2g", "1024MB")])
def test_trinos_memory_follows_its_heap(heap: str, query: str) -> None:
    assert trino.memory(heap)["query.max-memory"] == query


@pytest.mark.parametrize("heap", ["", "2", "G", "-1G", "2T", "1.5G"])
def test_a_heap_that_is_none_is_refused(heap: str) -> None:
    with pytest.raises(LabError, match="heap"):
        trino.memory(heap)


def test_nobody_but_the_admin_has_a_right_on_all_dags() -> None:
    roles = {
        role: {(each["action"], each["resource"]) for each in allowed}
        for role, allowed in airflow_settings.custom_roles().items()
    }
    assert set(roles) | {"Admin"} == set(airflow_settings.PEOPLE.values())
    everything = {pair for allowed in roles.values() for pair in allowed}
    assert {action for action, name in everything if name == "DAGs"} == {"menu_access"}
    assert ("can_create", "DAG Runs") not in everything
    assert {action for action, _ in roles["DataViewer"]} == {"can_read", "can_edit", "menu_access"}
    assert roles["DataViewer"] < roles["DataAnalyst"] < roles["DataScientist"]
    assert ("can_edit", "Task Instances") in roles["DataEngineer"] - roles["DataViewer"]


def test_an_auth_manager_that_is_none_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path, catalog.services()["airflow"])
    site.state.options["auth"] = "ldap"
    with pytest.raises(LabError, match=r"airflow\.auth=ldap: there are fab, simple"):
        airflow_settings.settings(site)


def test_airflow_goes_to_the_cluster_by_the_kubeconfig_that_it_is_given(tmp_path: Path) -> None:
    cluster = Site(tmp_path, catalog.services()["kubernetes"])
    cluster.state.wanted = True
    cluster.state.options["kubeconfig"] = str(tmp_path / "cluster")
    cluster.save()
    site = Site(tmp_path, catalog.services()["airflow"])
    assert _kubeconfig(site) == str(tmp_path / "cluster")
    site.state.options["kubeconfig"] = str(tmp_path / "least-rights")
    assert _kubeconfig(site) == str(tmp_path / "least-rights")


def _kubeconfig(site: Site) -> str:
    connection = json.loads(airflow_settings.settings(site)["AIRFLOW_CONN_KUBERNETES_DEFAULT"])
    return str(connection["extra"]["kube_config_path"])


def test_the_page_names_what_clients_are_told(tmp_path: Path) -> None:
    page = (trino.SOURCES.parent / "README.md").read_text()
    table = [line.split("|")[2] for line in page.splitlines() if line.count("|") == 4]
    named = {name for cell in table for name in re.findall("`([A-Z0-9_]+)`", cell)}
    told = {"NAME"}
    for service in catalog.services().values():
        site = Site(tmp_path, service)
        site.state.ports = dict.fromkeys(service.ports, 1)
        site.save()
    for service in catalog.services().values():
        told.update(service.environment(Site(tmp_path, service)))
    assert named == told


def test_exports_survive_a_shell() -> None:
    assert environment.exports({"A": "it's $HOME"}) == "export A='it'\"'\"'s $HOME'\n"
