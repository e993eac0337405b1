"""Every example of every page is tried, or says that it is only an illustration."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from page import Block, blocks

TOP = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
HEADGATE = Path(os.environ.get("HEADGATE", str(TOP / "headgate")))
PAGES = sorted(
    str(page.relative_to(TOP))
    for page in (TOP / "README.md", *(TOP / "docs").rglob("*.md"))
    if not page.is_relative_to(TOP / "docs/reference")
)
RUN_ID = re.compile(r"\b(7f3c|876e)\b")
VARYING = (
    (re.compile(r"\brun [0-9a-f]{4}\b|(?<=rollback )[0-9a-f]{4}\b|(?<=list )[0-9a-f]{4}\b"), "ID"),
    (re.compile(r"(?<=runs/)[0-9a-f]{4}\b"), "ID"),
    (re.compile(r"\b\d+(\.\d+)?s\b|\b\d+m \d+s\b"), "T"),
    (re.compile(r" +"), " "),
)


class Reader:
    """Somebody who follows a page word for word, in a home and a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.folder = folder / "work"
        shutil.copytree(HERE / "home", self.home)
        shutil.copytree(HERE / "work", self.folder)
        tools = self.home / "bin"
        tools.mkdir()
        (tools / "headgate").symlink_to(HEADGATE)
        (tools / "duckdb").write_text(
            f'#!/bin/sh\nexec {sys.executable} {HERE}/duckdb_shell.py "$@"\n'
        )
        (tools / "duckdb").chmod(0o755)
        self.state = folder / "state"
        self.state.write_text(f"cd {self.folder}\n")
        cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        self.environment = {
            **os.environ,
            "HOME": str(self.home),
            "XDG_CACHE_HOME": cache,
            "PATH": f"{tools}:{os.environ['PATH']}",
        }
        self.printed = ""

    @property
    def project(self) -> Path:
        return Path(shlex.split(self.state.read_text().splitlines()[-1])[1])

    def latest(self) -> str:
        """Id of the newest run; what pages call 7f3c."""
        runs = list(self.project.glob(".headgate/runs/*/run.json"))
        return max(runs, key=lambda run: run.stat().st_mtime_ns).parent.name if runs else "7f3c"

    def do(self, command: str) -> int:
        command = RUN_ID.sub(lambda _: self.latest(), command).replace(
            "/path/to/headgate", str(TOP)
        )
        script = f"source {self.state}\n{command}\ncode=$?\nprintf 'cd %q\\n' \"$PWD\" >{self.state}\nexit $code"
        done = subprocess.run(
            ["bash", "-c", script],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        self.printed = done.stdout
        return done.returncode

    def follow(self, block: Block) -> None:
        commands = [block.text] if block.directive == "setup" else _commands(block.text)
        for number, command in enumerate(commands, 1):
            last = number == len(commands)
            expected = int(block.value) if block.directive == "exits" and last else 0
            code = self.do(command)
            assert code == expected, f"{block.place}: {command}\nexit {code}\n{self.printed}"

    def write(self, block: Block) -> None:
        path = self.project / block.value
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{block.more}\n{block.text}" if block.more else block.text)
        code = self.do("headgate validate")
        assert code == 0, (
            f"{block.place}: {block.value} is not valid\n{self.printed}\n{path.read_text()}"
        )


def _commands(text: str) -> list[str]:
    """Lines; those that end with a backslash go on."""
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def _plain(text: str) -> list[str]:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_can_follow(name: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for block in blocks(TOP / name, name):
        if block.directive == "illustrative":
            assert block.value, f"{block.place}: why is it only an illustration?"
        elif block.directive == "file":
            reader.write(block)
        elif block.directive == "output":
            assert _plain(reader.printed) == _plain(block.text), block.place
        elif block.directive == "compile":
            continue
        else:
            assert block.language == "sh", (
                f"{block.place}: neither run nor marked, see {HERE.name}/page.py"
            )
            reader.follow(block)


def test_links_lead_somewhere() -> None:
    broken = []
    for name in (*PAGES, *(str(p.relative_to(TOP)) for p in (TOP / "docs/reference").glob("*.md"))):
        text = (TOP / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if "://" not in target and not (TOP / name).parent.joinpath(target).exists():
                broken.append(f"{name}: {target}")
    assert broken == []


def test_the_reference_is_up_to_date(tmp_path: Path) -> None:
    subprocess.run(
        [HEADGATE, "reference", "--out", tmp_path], check=True, stdout=subprocess.DEVNULL
    )
    told = {page.name: page.read_text() for page in tmp_path.iterdir()}
    kept = {page.name: page.read_text() for page in (TOP / "docs/reference").iterdir()}
    assert told == kept, "out of date: run ./headgate reference --out docs/reference"
