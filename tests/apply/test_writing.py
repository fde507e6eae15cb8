from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from idemlint.apply import writing
from idemlint.errors import UsageProblem

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs modes and links")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "0001_it.sql"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_the_new_bytes_are_there_and_nothing_else(file: Path) -> None:
    writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["0001_it.sql"]


def test_a_file_in_the_working_folder(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    writing.replace(Path(file.name), b"old", b"new")
    assert file.read_bytes() == b"new"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_the_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    writing.replace(file, b"old", b"new")
    assert stat.S_IMODE(file.stat().st_mode) == mode


@posix
def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    link = folder / "link.sql"
    link.symlink_to("../0001_it.sql")
    writing.replace(link, b"old", b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert names(folder) == ["link.sql"]


def test_a_file_that_changed_meanwhile_is_not_touched(file: Path) -> None:
    with pytest.raises(UsageProblem, match="changed while"):
        writing.replace(file, b"older", b"new")
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["0001_it.sql"]


def test_a_file_that_is_gone(file: Path) -> None:
    file.unlink()
    with pytest.raises(UsageProblem, match=r"cannot be written: No such file"):
        writing.replace(file, b"old", b"new")
    assert names(file.parent) == []


@posix
def test_a_link_that_leads_in_a_circle(tmp_path: Path) -> None:
    link = tmp_path / "a.sql"
    link.symlink_to("a.sql")
    with pytest.raises(UsageProblem, match="cannot be written"):
        writing.replace(link, b"old", b"new")


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_whatever_fails_the_old_file_is_there_and_nothing_else(
    file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(UsageProblem, match=r"No space left on device; it is as it was"):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["0001_it.sql"]


def test_an_interruption_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["0001_it.sql"]


def test_a_folder_that_takes_no_new_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(writing.tempfile, "mkstemp", refuse)
    with pytest.raises(UsageProblem, match="Read-only file system"):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"old"


def test_a_read_only_file_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write to any
    with pytest.raises(UsageProblem, match="read-only"):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"old"


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interrupt_waits_until_the_file_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    then = getattr(os, moment)

    def interrupted(*arguments: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return then(*arguments)

    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(os, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["0001_it.sql"]
    assert signal.getsignal(signal.SIGINT) is handler
