from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from headgate_lab import cache


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_the_key_follows_contents_and_nothing_else(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("pins")
    other.write_text("pins")
    assert cache.key("1", one) == cache.key("1", other) == cache.key("1", "pins")
    other.write_text("pins of another version")
    assert cache.key("1", one) != cache.key("1", other)
    assert cache.key("ab", "c") != cache.key("a", "bc")


def test_makes_a_thing_once() -> None:
    calls = []

    def make(folder: Path) -> None:
        calls.append(folder)
        (folder / "program").write_text("good")

    places = {cache.entry("thing", "key", make) for _ in range(3)}
    assert [(place / "program").read_text() for place in places] == ["good"]
    assert len(calls) == 1


def test_a_failed_install_leaves_nothing_and_can_be_repeated() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError):
        cache.entry("thing", "key", fail)
    assert [path.name for path in cache.root().iterdir()] == [".thing.lock"]
    place = cache.entry("thing", "key", lambda folder: (folder / "whole").touch())
    assert [path.name for path in place.iterdir()] == ["whole"]


def _hang(ready: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("half")
        ready.touch()
        time.sleep(600)

    cache.entry("thing", "key", make)


def test_a_killed_install_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    process = multiprocessing.get_context("fork").Process(target=_hang, args=(ready,))
    process.start()
    while not ready.exists():
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert list(cache.root().glob(".partial-*"))
    place = cache.entry("thing", "key", lambda folder: (folder / "whole").touch())
    assert [path.name for path in place.iterdir()] == ["whole"]
    assert not list(cache.root().glob(".partial-*"))


def _install(log: Path) -> None:
    def make(folder: Path) -> None:
        with log.open("a") as file:
            file.write("made\n")
        time.sleep(0.2)
        (folder / "whole").touch()

    assert (cache.entry("thing", "key", make) / "whole").exists()


def test_two_installs_at_once_make_it_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    forked = multiprocessing.get_context("fork")
    both = [forked.Process(target=_install, args=(log,)) for _ in range(4)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0, 0, 0]
    assert log.read_text() == "made\n"
