"""What a call changes is taken back."""

import os
import tempfile
from pathlib import Path

import pytest

from headgate_worker.surroundings import surroundings, temporary_files


def test_restores_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "before")
    monkeypatch.setenv("REMOVED", "before")
    before = dict(os.environ)
    directory = Path.cwd()
    with pytest.raises(KeyError), surroundings({"KEPT": "during", "SECRET": "s"}):
        assert os.environ["KEPT"] == "during"
        assert os.environ["SECRET"] == "s"
        os.environ["MADE"] = "by the call"
        del os.environ["REMOVED"]
        os.chdir(tmp_path)
        raise KeyError
    assert dict(os.environ) == before
    assert Path.cwd() == directory


def test_removes_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_files():
        made = Path(tempfile.mkdtemp())
        assert made.is_dir()
    assert not made.exists()
    assert list(tmp_path.iterdir()) == []
    assert tempfile.gettempdir() == str(tmp_path)
