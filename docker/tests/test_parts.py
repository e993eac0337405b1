"""Parts of images come out the same, and hold what they should."""

import argparse
import io
import json
import os
import tarfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from headgate_images import base, project, release, sbom, workspace
from headgate_images.__main__ import main
from headgate_images.failures import Failure
from headgate_images.images import Build
from headgate_images.project import Commit


def _archive(file: Path, *members: tuple[tarfile.TarInfo, bytes]) -> tarfile.TarFile:
    with tarfile.open(file, "w") as made:
        for one, content in members:
            one.size = len(content)
            made.addfile(one, io.BytesIO(content))
    return tarfile.open(file)


def _member(name: str, **given: object) -> tarfile.TarInfo:
    one = tarfile.TarInfo(name)
    for key, value in given.items():
        setattr(one, key, value)
    return one


def _layer(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> dict[str, tarfile.TarInfo]:
    with _archive(folder / "packages.tar", *members) as packages:
        base._layer(packages, folder / "made", lambda name, one: True)
    with tarfile.open(folder / "made/layer.tar") as made:
        return {one.name: one for one in made}


def test_layer_has_no_times_no_setuid_and_nothing_of_apt(tmp_path: Path) -> None:
    found = _layer(
        tmp_path,
        (_member("./usr/bin/su", mode=0o4755, mtime=1700000000), b"su"),
        (_member("./etc/apt/sources.list", mtime=1700000000), b"deb http://mirror.example.org"),
        (_member("./tmp", type=tarfile.DIRTYPE, mode=0o1777), b""),
        (_member("./etc/shadow", mode=0o640, gid=42), b"root:*:"),
    )
    assert sorted(found) == ["etc/shadow", "tmp", "usr/bin/su"]
    assert {one.mtime for one in found.values()} == {workspace.EPOCH}
    assert (found["usr/bin/su"].mode, found["tmp"].mode) == (0o755, 0o1777)
    assert found["etc/shadow"].gid == 42


def test_hard_link_in_layer_is_a_file_of_its_own(tmp_path: Path) -> None:
    _layer(
        tmp_path,
        (_member("./usr/bin/perl"), b"interpreter"),
        (_member("./usr/bin/perl5", type=tarfile.LNKTYPE, linkname="./usr/bin/perl"), b""),
    )
    with tarfile.open(tmp_path / "made/layer.tar") as made:
        second = made.extractfile("usr/bin/perl5")
        assert made.getmember("usr/bin/perl5").isreg()
        assert second is not None and second.read() == b"interpreter"


def _project(folder: Path) -> Path:
    for name, content in {
        "headgate.yaml": "version: 1",
        "pipelines/shop/pipeline.yaml": "name: shop",
        "pipelines/shop/.env": "TOKEN=hidden",
        "pipelines/shop/dbt/target/manifest.json": "{}",
        "pipelines/shop/dbt/models/one.sql": "select 1",
        "pipelines/code/Main.java": "class Main {}",
        "data/orders.csv": "id",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def test_of_a_project_come_pipelines_and_what_is_named(tmp_path: Path) -> None:
    project.stage(_project(tmp_path / "shop"), tmp_path / "staged", ["data"])
    found = {
        str(one.relative_to(tmp_path / "staged"))
        for one in (tmp_path / "staged").rglob("*")
        if one.is_file()
    }
    assert found == {
        "headgate.yaml",
        "pipelines/shop/pipeline.yaml",
        "pipelines/shop/dbt/models/one.sql",
        "data/orders.csv",
    }


@pytest.mark.parametrize("name", ["..", "../shop-secrets", "/etc/passwd", "missing"])
def test_nothing_from_outside_of_a_project_comes_along(tmp_path: Path, name: str) -> None:
    (tmp_path / "shop-secrets").mkdir()
    with pytest.raises(Failure, match="nothing of that name"):
        project.stage(_project(tmp_path / "shop"), tmp_path / "staged", [name])


def test_link_out_of_a_project_is_refused(tmp_path: Path) -> None:
    shop = _project(tmp_path / "shop")
    (tmp_path / "secret").write_text("token")
    (shop / "pipelines/shop/linked").symlink_to(tmp_path / "secret")
    with pytest.raises(Failure, match="leads out of"):
        project.stage(shop, tmp_path / "staged", [])


def test_content_names_a_folder_whatever_its_times(tmp_path: Path) -> None:
    one, other = _project(tmp_path / "one"), _project(tmp_path / "other")
    os.utime(other / "headgate.yaml", (0, 0))
    assert workspace.key(one) == workspace.key(other)
    (other / "headgate.yaml").chmod(0o755)
    assert workspace.key(one) != workspace.key(other)


def test_release_has_the_same_bytes_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "bin/headgate").write_text("#!/bin/sh\n")
    (home / "bin/headgate").chmod(0o755)
    (home / "again").hardlink_to(home / "bin/headgate")
    made: list[Path] = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        os.utime(home / "bin/headgate", (len(made), len(made)))
        made.append(release.write(home, "1.2.3", tmp_path / name))
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as opened:
        assert opened.getmember("headgate-1.2.3/bin/headgate").mode == 0o755
        assert opened.getmember("headgate-1.2.3/again").isreg()


def test_bill_names_wheels_as_the_index_does(tmp_path: Path) -> None:
    folder = tmp_path / "Great_Things-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Name: Great_Things\nVersion: 1.0\nLicense-Expression: MIT\n\nText"
    )
    document = json.loads(sbom.document("x", "1", sbom.wheels(tmp_path)))
    (one,) = document["components"]
    assert (one["purl"], one["licenses"]) == ("pkg:pypi/great-things@1.0", [{"expression": "MIT"}])


@pytest.mark.parametrize("images", [["airflow"], ["airflow", "xcom", "headgate-python"]])
def test_dags_are_not_baked_without_an_image_that_they_could_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    images: list[str],
) -> None:
    monkeypatch.setattr(Build, "image", lambda *_: pytest.fail("it builds"))
    out = tmp_path / "out"
    given = ["--baked", "--airflow-base", "airflow:3", "--out", str(out), *images]
    monkeypatch.setattr("sys.argv", ["docker/build", *given])
    assert main() == 64
    (line,) = capsys.readouterr().err.splitlines()
    assert "--baked" in line and "project-python" in line
    assert not out.exists()


def test_dags_are_told_of_the_images_that_were_asked_for_and_of_the_sidecar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Build, "project", lambda _: SimpleNamespace(pipelines="00"))
    options = argparse.Namespace(prefix="headgate", tag="1")
    commit = Commit.of(tmp_path)
    build = Build(options, commit, commit, ["project-python", "xcom", "airflow"])
    build.pushed["project-python"] = "registry/shop@sha256:22"
    assert build.image_json()["images"] == {
        "headgate-python": "registry/shop@sha256:22",
        "xcom": "headgate/xcom:1",
    }


def test_images_that_no_build_asked_for_within_a_week_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "headgate/images"
    folder.mkdir(parents=True)
    (folder / "storage-driver").write_text("vfs")
    notes = {"old": ("gone", 8), "fresh": ("asked for", 6), "same": ("asked for", 8)}
    for name, (image, days) in notes.items():
        note = folder / f".built-buildah-{name}"
        note.write_text(image)
        os.utime(note, (time.time() - days * 86400,) * 2)
    removed: list[str] = []
    monkeypatch.setattr(Build, "builder", SimpleNamespace(remove=removed.append))
    commit = Commit.of(tmp_path)

    Build(argparse.Namespace(builder="buildah"), commit, commit, []).forget_old()

    assert removed == ["gone"]
    assert [one.name for one in folder.glob(".built-*")] == [".built-buildah-fresh"]
