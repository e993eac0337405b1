"""A cluster of the lab's own, with real pods. Tests run in the order of the file; the last ones stop things."""

import json
import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from clients import Lab
from pods import Cluster, archive

SERVICES = ("kubernetes", "postgres", "minio")
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="NOT TESTED: a cluster of the lab's own needs root, for namespaces and control groups",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clusters")


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[Lab]:
    lab = Lab("cluster", home)
    try:
        lab.run("up", *SERVICES)
        yield lab
    finally:
        lab.run("purge")


@pytest.fixture(scope="module")
def cluster(lab: Lab) -> Cluster:
    return Cluster(lab)


@pytest.fixture(scope="module")
def image(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = archive(tmp_path_factory.mktemp("image"))
    assert "loaded" in lab.run("load", str(file)).stdout
    return file


def test_the_cluster_runs_and_up_again_changes_nothing(lab: Lab, cluster: Cluster) -> None:
    before = lab.pids()
    assert {"kubernetes", "kubernetes-node"} <= before.keys()
    lab.run("up", *SERVICES)
    assert lab.pids() == before
    assert lab.states()["kubernetes-node"] == "running"
    assert (
        json.loads(cluster.ask("get", "node", "-o", "json"))["items"][0]["spec"].get("taints")
        is None
    )


def test_a_pod_that_is_not_restricted_is_refused(cluster: Cluster) -> None:
    done = cluster.kubectl("run", "strong", "--image=localhost/none:1", "--privileged")
    assert done.returncode != 0
    assert 'violates PodSecurity "restricted:latest": privileged' in done.stderr


def test_images_of_archives_are_there_after_load_which_says_so_the_second_time(
    lab: Lab, image: Path
) -> None:
    assert lab.run("load", str(image)).stdout == "localhost/headgate-lab/pod:1: is there\n"
    wrong = image.with_name("wrong.tar")
    wrong.write_text("no archive")
    done = lab.run("load", str(wrong), check=False)
    assert done.returncode == 64 and "not a readable archive" in done.stderr


def test_pods_end_as_their_programs_do_and_reach_the_labs_servers(
    lab: Lab, cluster: Cluster, image: Path
) -> None:
    env, host = cluster.env, cluster.env["KUBERNETES_HOST"]
    health = f"http://{host}:{env['S3_ENDPOINT'].rsplit(':', 1)[1]}/minio/health/ready"
    cluster.start(
        well=["exit", "0"],
        badly=["exit", "7"],
        hungry=["eat", "500"],
        database=["postgres", f"{host}:{env['POSTGRES_PORT']}"],
        objects=["get", health],
        service=["get", "https://kubernetes.default.svc"],
    )
    assert cluster.ended("well") == (0, "Completed")
    assert cluster.ended("badly") == (7, "Error")
    assert cluster.ended("hungry") == (137, "OOMKilled")
    assert cluster.ended("database")[0] == cluster.ended("objects")[0] == 0
    assert cluster.ask("logs", "database") == "S"
    assert cluster.ask("logs", "objects").startswith("200,")
    assert cluster.ended("service")[0] == 1
    assert "certificate signed by unknown authority" in cluster.ask("logs", "service")
    assert "volumes" not in cluster.pod("well")["spec"]


def test_pods_are_refused_where_a_server_was_killed_and_find_it_again(
    lab: Lab, cluster: Cluster, image: Path
) -> None:
    address = f"{cluster.env['KUBERNETES_HOST']}:{cluster.env['POSTGRES_PORT']}"
    lab.run("kill", "postgres")
    time.sleep(0.5)
    cluster.start(away=["postgres", address])
    assert cluster.ended("away")[0] == 1
    assert "connection refused" in cluster.ask("logs", "away")
    lab.run("up", "postgres")
    cluster.start(again=["postgres", address])
    assert cluster.ended("again")[0] == 0


def test_nothing_listens_outside_of_loopback_but_on_the_link_to_the_pods(
    lab: Lab, cluster: Cluster
) -> None:
    """As the kernel sees it, of all processes of the cluster that are in this machine's network."""
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    ours = [
        line.split()[3]
        for line in listening.splitlines()
        if f"pid={lab.pids()['kubernetes']}," in line
    ]
    assert len(ours) >= 3
    assert all(re.match(r"127\.0\.0\.1:|10\.[\d.]+%hgl\w+:", address) for address in ours), ours
    udp = subprocess.run(["ss", "-Hlunp"], capture_output=True, text=True, check=True).stdout
    assert f"pid={lab.pids()['kubernetes']}," not in udp


def test_an_evicted_pod_is_told_to_end(cluster: Cluster, image: Path) -> None:
    cluster.start(evicted=["wait", "60"])
    cluster.runs("evicted")
    name = {"name": "evicted", "namespace": "headgate"}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": name}
    path = "/api/v1/namespaces/headgate/pods/evicted/eviction"
    following = ["logs", "-f", "evicted"]
    argv = [
        cluster.env["KUBERNETES_KUBECTL"],
        "--kubeconfig",
        cluster.env["KUBERNETES_KUBECONFIG"],
        *following,
    ]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as log:
        assert log.stdout is not None
        assert log.stdout.readline() == "waiting\n"
        cluster.ask("create", "--raw", path, "-f", "-", text=json.dumps(eviction))
        assert log.communicate(timeout=120)[0] == "told to end\n"
    cluster.ask("wait", "--for=delete", "pod/evicted", "--timeout=120s")


def test_another_lab_may_use_this_cluster_by_its_kubeconfig(home: Path, cluster: Cluster) -> None:
    other = Lab("other", home)
    try:
        given = cluster.env["KUBERNETES_KUBECONFIG"]
        other.run("up", "--set", f"kubernetes.kubeconfig={given}", "kubernetes")
        assert other.states() == {"kubernetes": "running"}
        assert other.env()["KUBERNETES_KUBECONFIG"] == given
        assert "another cluster" in other.run("load", "none.tar", check=False).stderr
    finally:
        other.run("purge")
    assert cluster.ask("get", "namespace", "headgate", "-o", "name") == "namespace/headgate"


def test_the_node_dies_with_its_pods_alone_and_comes_back(
    lab: Lab, cluster: Cluster, image: Path
) -> None:
    seconds = _unlike_others()
    cluster.start(struck=["wait", seconds])
    cluster.runs("struck")
    assert _processes(f"wait\x00{seconds}")
    lab.run("kill", "kubernetes-node")
    assert not _processes(f"wait\x00{seconds}")
    assert lab.states()["kubernetes-node"] == "dead"
    assert lab.states()["kubernetes"] == "running"
    assert cluster.pod("struck")["status"]["phase"] == "Running"
    lab.run("up", "kubernetes")
    assert cluster.ended("struck") == (255, "Unknown")
    cluster.start(afterwards=["exit", "0"])
    assert cluster.ended("afterwards") == (0, "Completed")


def test_a_killed_cluster_leaves_nothing_and_comes_back_with_its_data(
    lab: Lab, cluster: Cluster, image: Path
) -> None:
    cluster.ask("create", "configmap", "kept", "--from-literal=word=kept")
    seconds = _unlike_others()
    cluster.start(lost=["wait", seconds])
    cluster.runs("lost")
    name = _link(lab)
    assert _left(name)
    for end, back in (
        (("kill", "kubernetes"), ("up", "kubernetes")),
        (("down", "kubernetes"), ("up", "kubernetes")),
    ):
        lab.run(*end)
        assert not _processes(f"wait\x00{seconds}")
        assert not _left(name)
        lab.run(*back)
        assert cluster.ask("get", "configmap", "kept", "-o", "jsonpath={.data.word}") == "kept"
    assert cluster.ended("lost") == (255, "Unknown")
    assert lab.run("load", str(image)).stdout == "localhost/headgate-lab/pod:1: is there\n"
    assert cluster.env == lab.env()


def test_settings_of_this_machine_are_as_they_were(lab: Lab) -> None:
    """The kubelet insists on these and must not have set them: it was shown others."""
    assert Path("/proc/sys/net/ipv4/ip_forward").read_text() == _FORWARD
    assert {name: Path("/proc/sys", name).read_text() for name in _SETTINGS} == _SETTINGS


def test_purge_of_a_running_cluster_leaves_nothing(lab: Lab, home: Path) -> None:
    name = _link(lab)
    lab.run("purge")
    assert not _left(name)
    assert not (home / "cluster").exists()


_FORWARD = Path("/proc/sys/net/ipv4/ip_forward").read_text()
_SETTINGS = {
    name: Path("/proc/sys", name).read_text()
    for name in ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")
}


def _link(lab: Lab) -> str:
    return str(json.loads((lab.home / lab.name / "kubernetes/space.json").read_text())["device"])


def _left(name: str) -> list[str]:
    """What there is of a cluster besides its folder and processes: its link, its control groups, mounts and names."""
    # Groups of others go meanwhile, which a glob does not forgive.
    found = [top for top, below, _ in os.walk("/sys/fs/cgroup") if name in below]
    found += [name] if Path("/sys/class/net", name).exists() else []
    found += [
        line for line in Path("/proc/self/mountinfo").read_text().splitlines() if name in line
    ]
    routes = subprocess.run(["ip", "route"], capture_output=True, text=True, check=True).stdout
    return found + [line for line in routes.splitlines() if name in line]


def _unlike_others() -> str:
    """Seconds to wait for, by which a process is told from those of other labs on this machine."""
    return str(300 + secrets.randbelow(100_000))


def _processes(words: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if words in entry.read_text(errors="replace"):
                found.append(entry.parent.name)
        except OSError:
            continue
    return found
