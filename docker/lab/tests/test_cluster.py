from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import os
import secrets
import socket
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from headgate_lab import processes
from headgate_lab.cluster import addresses, groups, images, node, plane
from headgate_lab.cluster.addresses import Addresses
from headgate_lab.cluster.forward import Forwarder, Way
from headgate_lab.cluster.space import Servers
from headgate_lab.failures import LabError
from headgate_lab.services import kubernetes
from headgate_lab.site import Site

HOST = "127.0.0.1"
OWN = Addresses(IPv4Network("10.200.4.0/22"), "hgl0")


def test_a_block_is_split_into_a_link_pods_and_services() -> None:
    assert (OWN.host, OWN.node) == (IPv4Address("10.200.4.1"), IPv4Address("10.200.4.2"))
    assert OWN.pods == IPv4Network("10.200.5.0/24")
    assert OWN.services == IPv4Network("10.200.6.0/24")
    assert OWN.api == IPv4Address("10.200.6.1")


def test_a_block_is_chosen_that_nothing_has_a_route_to() -> None:
    # All but the last block: half of the space, a quarter, and so on.
    taken: list[IPv4Network] = []
    rest = addresses.SPACE
    while rest.prefixlen < 22:
        half, rest = rest.subnets()
        taken.append(half)
    assert addresses.choose(taken) == rest == IPv4Network("10.223.252.0/22")
    with pytest.raises(LabError, match="no addresses are free"):
        addresses.choose([*taken, IPv4Network("10.223.255.7/32")])


def test_the_node_finds_what_it_is_told_of_at_the_labs_addresses(tmp_path: Path) -> None:
    programs = (tmp_path / "hyperkube", tmp_path / "coredns", Path("/usr/lib/cni"))
    plan = node.plan(tmp_path, tmp_path, OWN, *programs)
    kubelet = json.loads((tmp_path / "config/kubelet.yaml").read_text())
    assert kubelet["cgroupRoot"] == "/hgl0"
    assert kubelet["clusterDNS"] == ["10.200.4.2"]
    assert "10.200.4.1 host.test" in (tmp_path / "config/Corefile").read_text()
    assert all(Path(folder).is_dir() for folder in plan["folders"].values() if "keys" not in folder)
    serving = [step["name"] for step in plan["steps"] if step["serves"]]
    assert serving == ["containerd", "kube-proxy", "coredns", "kubelet"]


def test_no_secret_stands_in_the_argument_lists_of_the_control_plane(tmp_path: Path) -> None:
    plan = plane.plan(tmp_path, OWN, tmp_path / "hyperkube")
    words = [word for step in plan["steps"] for word in step["argv"]]
    assert "--service-cluster-ip-range=10.200.6.0/24" in words
    assert not [word for word in words if "token" in word and "/run/headgate/keys/" not in word]


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers with all it got, once it has got all; its port."""

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(ConnectionError):
            received = b"".join(iter(lambda: connection.recv(65536), b""))
            connection.sendall(received)

    with socket.create_server((HOST, 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken, _ = server.accept()
                    threading.Thread(target=answer, args=(taken,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def forwarding() -> Iterator[Callable[[set[Way]], None]]:
    """Serves the ways that a test asks for, until it ends."""
    forwarder, wanted, done, served = Forwarder(), set[Way](), threading.Event(), threading.Event()

    def run() -> None:
        while not done.is_set():
            forwarder.serve_only(set(wanted))
            served.set()
            forwarder.accept(0.02)
        forwarder.serve_only(set())

    def serve(ways: set[Way]) -> None:
        wanted.clear()
        wanted.update(ways)
        for _ in range(2):
            served.clear()
            assert served.wait(5)

    thread = threading.Thread(target=run)
    thread.start()
    yield serve
    done.set()
    thread.join()


def _free() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


def _say(port: int, words: bytes) -> bytes:
    with socket.create_connection((HOST, port), timeout=20) as client:

        def speak() -> None:
            with contextlib.suppress(ConnectionError):
                client.sendall(words)
                client.shutdown(socket.SHUT_WR)

        threading.Thread(target=speak, daemon=True).start()
        return b"".join(iter(lambda: client.recv(65536), b""))


def test_all_bytes_pass_both_ways_and_the_end_of_one_is_not_that_of_the_other(
    echo: int, forwarding: Callable[[set[Way]], None]
) -> None:
    port = _free()
    forwarding({Way(HOST, port, HOST, echo)})
    for size in (0, 1, 70_000, 9_000_001):
        words = secrets.token_bytes(size)
        assert _say(port, words) == words


def test_clients_are_refused_where_a_way_is_gone_and_others_stay(
    echo: int, forwarding: Callable[[set[Way]], None]
) -> None:
    one, two = Way(HOST, _free(), HOST, echo), Way(HOST, _free(), HOST, echo)
    forwarding({one, two})
    assert _say(one.port, b"a") == _say(two.port, b"a") == b"a"
    forwarding({two})
    with pytest.raises(ConnectionRefusedError):
        _say(one.port, b"a")
    assert _say(two.port, b"a") == b"a"


def test_a_port_that_somebody_has_keeps_no_other_way_from_being_served(
    echo: int, forwarding: Callable[[set[Way]], None], capfd: pytest.CaptureFixture[str]
) -> None:
    free = Way(HOST, _free(), HOST, echo)
    forwarding({Way(HOST, echo, HOST, 1), free})
    assert _say(free.port, b"a") == b"a"
    assert capfd.readouterr().out.count(f"{HOST}:{echo} is not passed on") == 1


def test_a_connection_breaks_when_nobody_listens_behind(
    forwarding: Callable[[set[Way]], None],
) -> None:
    way = Way(HOST, _free(), HOST, _free())
    forwarding({way})
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        assert _say(way.port, b"") == b""


def test_ports_are_those_of_servers_that_run_now(tmp_path: Path) -> None:
    servers = Servers(tmp_path)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as server:
        identity = processes.identify(server.pid)
        assert identity is not None
        _note(tmp_path, "minio", identity, 9000)
        _note(tmp_path, "postgres", None, 5432)
        _note(tmp_path, "kubernetes", identity, 6443)
        assert servers.ports() == {9000}
        _note(tmp_path, "postgres", identity, 5432)
        (tmp_path / "strange").mkdir()
        (tmp_path / "strange/state.json").write_text('{"identity"')
        assert servers.ports() == {9000, 5432}
        server.kill()
        server.wait()
    assert servers.ports() == set()


def _note(lab: Path, name: str, identity: processes.Identity | None, port: int) -> None:
    told = {"identity": identity and dataclasses.asdict(identity), "ports": {"x": port}}
    (lab / name).mkdir(exist_ok=True)
    file = lab / name / "state.json"
    changed = file.stat().st_mtime_ns + 1 if file.exists() else 1
    file.write_text(json.dumps(told))
    os.utime(file, ns=(changed, changed))


def test_an_image_of_a_program_is_whole_named_and_the_same_each_time(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF...")
    for name in ("one.tar", "two.tar"):
        images.of_program(program, "localhost/a/b:1", tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as whole:
        content = {each.name: _read(whole, each) for each in whole}
    blobs = {name: blob for name, blob in content.items() if name.startswith("blobs/")}
    assert len(blobs) == 3
    for name, blob in blobs.items():
        assert name == f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}"
    assert images.names(tmp_path / "one.tar")[0] == ["localhost/a/b:1"]


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = archive.extractfile(member)
    assert content is not None
    return content.read()


def test_an_archive_tells_its_names_and_is_known_again_by_what_it_holds(tmp_path: Path) -> None:
    one = _archive(tmp_path / "1.tar", {"manifest.json": [{"Config": "a", "RepoTags": ["a:1"]}]})
    two = _archive(tmp_path / "2.tar", {"manifest.json": [{"Config": "b", "RepoTags": ["a:1"]}]})
    assert images.names(one)[0] == images.names(two)[0] == ["a:1"]
    assert images.names(one)[1] != images.names(two)[1]
    same = _archive(tmp_path / "3.tar", {"manifest.json": [{"Config": "a", "RepoTags": ["a:1"]}]})
    assert images.names(same) == images.names(one)


@pytest.mark.parametrize(
    "told",
    [
        {"manifest.json": [{"Config": "a", "RepoTags": None}]},
        {"index.json": {"manifests": [{"digest": "sha256:1"}]}},
        {"other.json": {}},
    ],
)
def test_an_archive_without_a_name_is_refused(tmp_path: Path, told: dict[str, object]) -> None:
    with pytest.raises(LabError, match="without a name"):
        images.names(_archive(tmp_path / "a.tar", told))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"no archive", b"\x1f\x8b"):
        (tmp_path / "a.tar").write_bytes(content)
        with pytest.raises(LabError, match="not a readable archive"):
            images.names(tmp_path / "a.tar")
    with pytest.raises(LabError, match="not a readable archive"):
        images.names(tmp_path / "none.tar")


def _archive(path: Path, told: dict[str, object]) -> Path:
    with tarfile.open(path, "w") as whole:
        for name, value in told.items():
            content = json.dumps(value).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            whole.addfile(entry, io.BytesIO(content))
    return path


def test_control_groups_go_with_all_below_them_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "ROOT", tmp_path)
    for name in ("cpu", "memory"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup.procs").touch()
    (tmp_path / "cpuacct").symlink_to("cpu")
    groups.make("hgl0")
    groups.make("hgl1")
    (tmp_path / "cpu/hgl0/kubepods/burstable/pod1/container").mkdir(parents=True)
    groups.remove("hgl0")
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("hgl*")}
    assert left == {"cpu/hgl1", "memory/hgl1"}


def test_a_control_group_of_version_2_gets_the_controllers_that_the_kubelet_looks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "ROOT", tmp_path)
    (tmp_path / "cgroup.procs").touch()
    (tmp_path / "cgroup.controllers").write_text("cpu cpuset io memory pids rdma\n")
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids\n")
    groups.make("hgl0")
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+cpuset"
    assert (tmp_path / "hgl0").is_dir()


def test_another_cluster_is_told_of_as_it_is_and_has_no_node_of_ours(tmp_path: Path) -> None:
    site = Site(tmp_path, kubernetes.SERVICE)
    own = Site(tmp_path, kubernetes.NODE_SERVICE)
    assert kubernetes.NODE_SERVICE.applies(own)
    site.state.options = {"kubeconfig": str(tmp_path / "theirs"), "host": "10.0.0.7"}
    site.save()
    assert not kubernetes.NODE_SERVICE.applies(own)
    assert kubernetes.elsewhere(site)
    with pytest.raises(LabError, match="another cluster"):
        kubernetes.load(own, [])
