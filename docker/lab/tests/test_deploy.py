"""What comes before and after a cluster in a deployment: the demo's project, Secrets, answers that have to agree."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headgate_lab import catalog, demo, deploy, processes
from headgate_lab.failures import LabError
from headgate_lab.service import NotReady
from headgate_lab.services import airflow
from headgate_lab.site import Site


def test_the_demos_project_reads_from_the_object_store_and_waits_for_somebody(
    tmp_path: Path,
) -> None:
    project = demo.stage(tmp_path / "project")
    text = (project / "pipelines/streaming/pipeline.yaml").read_text()
    assert f"default: {demo.INCOMING}" in text
    assert "schedule:" not in text
    assert (project / "pipelines/streaming/dbt/dbt_project.yml").exists()
    for name in demo.THEN:
        then = (project / "pipelines" / name / "pipeline.yaml").read_text()
        assert "schedule: {after: streaming}" in then
        assert all(f"{{table: {demo.SCHEMA}.{model}}}" in then for model in demo.MODELS)
    (project / "left").write_text("of an earlier demo")
    assert not (demo.stage(tmp_path / "project") / "left").exists()


def test_answers_agree_as_numbers_with_each_other_and_with_what_demo_data_say(
    tmp_path: Path,
) -> None:
    same = {"users_affected": {"Iceberg": "4", "ClickHouse": "4.0", "PostgreSQL": "4.000"}}
    demo.verify(same, tmp_path)
    (tmp_path / "answers.json").write_text(json.dumps({"answers": {"users_affected": 4}}))
    demo.verify(same, tmp_path)
    (tmp_path / "answers.json").write_text(json.dumps({"answers": {"users_affected": 5}}))
    with pytest.raises(LabError, match=r"users_affected: .* expected 5"):
        demo.verify(same, tmp_path)


def test_a_store_that_answers_otherwise_is_told(tmp_path: Path) -> None:
    found = {"users_affected": {"Iceberg": "4", "ClickHouse": "4", "PostgreSQL": "3"}}
    with pytest.raises(LabError, match=r"users_affected: .*'PostgreSQL': '3'.* expected the same"):
        demo.verify(found, tmp_path)


def test_pods_reach_servers_by_the_hosts_name_and_passwords_stay_as_they_are() -> None:
    environment = {"HEADGATE_LAB_KUBERNETES_HOST": "host.test"}
    seen = [
        deploy.as_pods_see(environment, value)
        for value in ("127.0.0.1", "http://127.0.0.1:9000", "5432", "s3cret")
    ]
    assert seen == ["host.test", "http://host.test:9000", "5432", "s3cret"]


def test_secrets_are_those_of_the_target_that_runs(tmp_path: Path) -> None:
    def asked(name: str) -> dict[str, object]:
        return {"env": [{"name": name, "secret": "own", "key": f"{name}_KEY"}], "files": []}

    manifest = {
        "default_target": "lab",
        "steps": [
            {"secrets": {"lab": asked("A"), "dev": asked("B")}},
            {"secrets": {"dev": asked("C")}},
        ],
        "groups": [{"secrets": {"lab": asked("D")}}],
    }
    assert list(deploy._references(manifest)) == [("own", "A_KEY", "A"), ("own", "D_KEY", "D")]


def test_what_was_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"build\.json is missing: docker/build writes it"):
        deploy.archives(tmp_path)
    (tmp_path / "image.json").write_text('{"images": {"headgate": "a:2"}}')
    (tmp_path / "build.json").write_text('{"images": [{"image": "project", "name": "a:1"}]}')
    with pytest.raises(LabError, match="no archive of a:2"):
        deploy.image_names(tmp_path)
    with pytest.raises(LabError, match="no manifests in"):
        deploy.manifests(tmp_path)


def test_a_part_is_ready_by_a_heartbeat_of_its_own_and_not_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = catalog.services()["airflow-scheduler"]
    site = Site(tmp_path, scheduler)
    site.state.identity = processes.Identity(1, 0, "boot")
    now = datetime.now(UTC)
    beats: list[str | None] = []
    begun = time.time() - 5
    monkeypatch.setattr(processes, "started", lambda _identity: begun)
    monkeypatch.setattr(
        airflow,
        "health",
        lambda _site: {"scheduler": {"latest_scheduler_heartbeat": beats[-1]}},
    )
    for beat in (None, (now - timedelta(seconds=9)).isoformat()):
        beats.append(beat)
        with pytest.raises(NotReady, match="no heartbeat"):
            scheduler.probe(site)
    beats.append(now.isoformat())
    scheduler.probe(site)
