"""Makes what images are put together from, each kept by the hash of what it is made from."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from headgate_images import sbom
from headgate_images.failures import Failure
from headgate_images.workspace import DOCKER, TOP, entry, key, link_tree, normalise, run

# What jdeps finds, less java.desktop, which drivers name for types that nobody here has; what is looked up by name: characters sets of
# files, addresses, and ciphers.
MODULES = (
    "java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,"
    "jdk.charsets,jdk.crypto.ec,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs"
)
ENTRY = DOCKER / "headgate" / "headgate"
PYTHON = "lib/python3.11/site-packages"
HOME = "/opt/headgate"
# Packages whose tests are a seventh of the environment.
TESTED_ELSEWHERE = ("networkx", "numpy", "pandas", "scipy")


def version() -> str:
    found = re.search(r"<version>([^<]+)</version>", (TOP / "pom.xml").read_text())
    assert found
    return found.group(1).removesuffix("-SNAPSHOT")


def launcher() -> tuple[Path, Path, Path]:
    """JDK, build and Python environment, as the launcher makes them."""
    process = subprocess.run(
        [TOP / "headgate"],
        env={**os.environ, "HEADGATE_BUILD_ONLY": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        raise Failure("the sources could not be built", code=process.returncode)
    jdk, build, python = process.stdout.splitlines()
    return Path(jdk), Path(build), Path(python)


def runtime(jdk: Path) -> Path:
    """A Java with the modules that are needed and no others."""

    def make(into: Path) -> None:
        run(
            jdk / "bin/jlink", "--add-modules", MODULES, "--output", into / "runtime",
            "--no-header-files", "--no-man-pages", "--strip-java-debug-attributes",
        )  # fmt: skip
        for name in (into / "runtime" / "bin").iterdir():
            if name.name != "java":
                name.unlink()
        normalise(into)

    return entry("runtime", key(jdk / "release", MODULES, "2"), make) / "runtime"


def home(jdk: Path, build: Path) -> Path:
    """A Headgate with its own Java, class archives and all: what a release holds."""
    java = runtime(jdk)

    def make(into: Path) -> None:
        place = into / "home"
        link_tree(java, place / "runtime")
        shutil.copytree(build / "lib", place / "lib")
        for name in ("start", "jvm.options", "dependencies"):
            shutil.copy(build / name, place)
        (place / "bin").mkdir()
        shutil.copy(ENTRY, place / "bin" / "headgate")
        shutil.copy(TOP / "LICENSE", place)
        (place / sbom.NAME).write_text(sbom.document("headgate", version(), sbom.jars(place)))
        (place / "dependencies").unlink()
        normalise(place)
        sources = TOP / "tasks/cli/src/main"
        run(sources / "launcher/archive", place / "runtime", place, sources, into / "work")
        shutil.rmtree(into / "work")
        normalise(place)

    return (
        entry("home", key(build.name, java.parent.name, ENTRY, Path(sbom.__file__), "3"), make)
        / "home"
    )


def python(environment: Path, interpreter: str) -> Path:
    """The Python environment as it lies in the image: compiled for good, bound to the image's interpreter."""
    lock = TOP / "tasks/process/python/requirements.lock"

    def make(into: Path) -> None:
        place = into / "python"
        site = place / PYTHON
        shutil.copytree(
            environment / PYTHON, site, symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__", "_virtualenv*", "*.c", "*.pyx"),
        )  # fmt: skip
        for package in TESTED_ELSEWHERE:
            for tests in list((site / package).rglob("tests")):
                shutil.rmtree(tests)
        (place / "bin").mkdir()
        (place / "bin" / "python").symlink_to(interpreter)
        (place / "bin" / "python3").symlink_to("python")
        (place / "pyvenv.cfg").write_text(
            f"home = {os.path.dirname(interpreter)}\ninclude-system-site-packages = false\nversion = 3.11\n"
        )
        (place / sbom.NAME).write_text(
            sbom.document("headgate-python", version(), sbom.wheels(site))
        )
        compile_python(environment, place, f"{HOME}/python")
        normalise(place)

    return (
        entry("python", key(environment.name, lock, interpreter, Path(sbom.__file__), "4"), make)
        / "python"
    )


def compile_python(environment: Path, place: Path, seen_as: str) -> None:
    """Bytecode that is never held against the time of its source: those are all the same in an image."""
    run(
        environment / "bin/python", "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash",
        "-s", place, "-p", seen_as, place,
        env={"PYTHONHASHSEED": "0"},
    )  # fmt: skip


def worker(environment: Path) -> Path:
    """The Python that Headgate feeds, outside of a jar, so that its bytecode is kept."""
    source = TOP / "tasks/process/python/headgate_worker"

    def make(into: Path) -> None:
        shutil.copytree(
            source,
            into / "python" / "headgate_worker",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        compile_python(environment, into / "python", f"{HOME}/python")
        normalise(into)

    return entry("worker", key(source, environment.name, "1"), make)


def context(into: Path, home_folder: Path, *, environment: Path | None, interpreter: str) -> None:
    """The context of headgate, or with an environment that of headgate-python."""
    own = [one for one in sorted(os.listdir(home_folder / "lib")) if one.startswith("headgate-")]
    others = [one for one in sorted(os.listdir(home_folder / "lib")) if one not in own]
    link_tree(home_folder / "runtime", into / "runtime")
    link_tree(home_folder / "lib", into / "libraries", others)
    link_tree(home_folder / "lib", into / "headgate" / "lib", own)
    rest = [one for one in sorted(os.listdir(home_folder)) if one not in ("runtime", "lib")]
    link_tree(home_folder, into / "headgate", rest)
    state = into / "state" / "state"
    state.mkdir(parents=True)
    state.chmod(0o1777)
    if environment is not None:
        link_tree(python(environment, interpreter), into / "python")
        link_tree(worker(environment), into / "headgate")


def xcom(into: Path, busybox: Path) -> None:
    """The context of the sidecar."""
    (into / "bin").mkdir(parents=True)
    shutil.copy(busybox, into / "bin" / "busybox")
    shutil.copy(DOCKER / "xcom" / "pgrep", into / "bin")
    normalise(into)
    for name in (
        "sh",
        "sleep",
        "cat",
        "kill",
        "id",
        "grep",
        "tr",
        "test",
        "[",
        "ls",
        "true",
        "base64",
    ):
        (into / "bin" / name).symlink_to("busybox")
