from __future__ import annotations

import os
import signal
import stat
import subprocess
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
    def refuse(*arguments: object, **more: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(writing, "_new", refuse)
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


def test_what_somebody_else_made_of_it_already_is_left(file: Path) -> None:
    file.write_bytes(b"new")
    before = file.stat().st_ino
    writing.replace(file, b"old", b"new")
    assert file.stat().st_ino == before


def test_a_file_that_changes_while_the_new_one_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        file.write_bytes(b"theirs")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(UsageProblem, match="changed while"):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"theirs"
    assert names(file.parent) == ["0001_it.sql"]


@posix
def test_a_file_with_two_names_is_not_torn_from_the_other(file: Path) -> None:
    other = file.with_name("other.sql")
    os.link(file, other)
    with pytest.raises(UsageProblem, match="has 2 names"):
        writing.replace(file, b"old", b"new")
    assert file.read_bytes() == other.read_bytes() == b"old"
    assert file.samefile(other)


@posix
def test_a_file_whose_owner_cannot_be_kept_is_left(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    real = os.stat

    def stat_of(path: object, **more: object) -> os.stat_result:
        found = real(path, **more)  # type: ignore[arg-type]
        values = list(found)
        values[stat.ST_UID] = found.st_uid + 1
        return os.stat_result(values)

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(writing.os, "stat", stat_of)
    with pytest.raises(UsageProblem, match="belongs to another user"):
        writing.replace(file, b"old", b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["0001_it.sql"]


@posix
def test_attributes_stay(file: Path) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("needs extended attributes")
    try:
        os.setxattr(file, "user.idemlint", b"kept")
    except OSError:
        pytest.skip("this file system has no attributes")
    writing.replace(file, b"old", b"new")
    assert os.getxattr(file, "user.idemlint") == b"kept"


@posix
def test_without_nameless_files_it_goes_the_same_way(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    seen = []
    real = os.fsync

    def fsync(handle: int) -> None:
        seen.extend(name for name in names(file.parent) if name.endswith(".tmp"))
        writing.sweep([str(file.parent)])  # another process begins meanwhile
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    writing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["0001_it.sql"]
    assert len(set(seen)) == 1
    assert seen[0].startswith(".0001_it.sql.idemlint-")


class TestSweep:
    LEFT = ".0001_it.sql.idemlint-00112233445566aa.tmp"

    @posix
    def test_what_a_dead_process_left_is_taken_away(self, file: Path) -> None:
        (file.parent / self.LEFT).write_bytes(b"half")
        (file.parent / ".other.tmp").write_bytes(b"not ours")
        writing.sweep([str(file.parent), str(file.parent / "gone")])
        assert names(file.parent) == [".other.tmp", "0001_it.sql"]

    @posix
    def test_what_a_living_process_writes_stays(self, file: Path) -> None:
        path = file.parent / self.LEFT
        code = (
            "import fcntl, sys; f = open(sys.argv[1], 'wb'); fcntl.flock(f, fcntl.LOCK_EX);"
            " print('locked', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            other.stdout.readline()
            writing.sweep([str(file.parent)])
            assert self.LEFT in names(file.parent)
            other.kill()
        writing.sweep([str(file.parent)])
        assert self.LEFT not in names(file.parent)

    @posix
    def test_a_link_with_such_a_name_is_not_ours(self, file: Path) -> None:
        (file.parent / self.LEFT).symlink_to(file)
        writing.sweep([str(file.parent)])
        assert (file.parent / self.LEFT).is_symlink()


class TestPut:
    def test_a_new_file(self, tmp_path: Path) -> None:
        path = tmp_path / "x.sarif"
        writing.put(str(path), b"all")
        assert path.read_bytes() == b"all"
        assert names(path.parent) == ["x.sarif"]

    @posix
    def test_a_new_file_may_be_read_by_those_whom_umask_lets(self, tmp_path: Path) -> None:
        path = tmp_path / "x"
        old = os.umask(0o027)
        try:
            writing.put(str(path), b"all")
        finally:
            os.umask(old)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    @posix
    def test_one_that_is_there_keeps_its_mode_and_its_link(self, file: Path) -> None:
        file.chmod(0o600)
        link = file.with_name("link")
        link.symlink_to(file.name)
        writing.put(str(link), b"other")
        assert link.is_symlink()
        assert file.read_bytes() == b"other"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    @pytest.mark.parametrize("step", ["replace", "fsync"])
    def test_whatever_fails_the_old_one_is_there(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        def fail(*arguments: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, step, fail)
        with pytest.raises(UsageProblem, match="No space left on device"):
            writing.put(str(file), b"new")
        assert file.read_bytes() == b"old"
        assert names(file.parent) == ["0001_it.sql"]

    def test_a_mounted_file_is_written_where_it_is(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*arguments: object) -> None:
            raise OSError(16, "Device or resource busy")

        monkeypatch.setattr(os, "replace", busy)
        writing.put(str(file), b"new")
        assert file.read_bytes() == b"new"
        assert names(file.parent) == ["0001_it.sql"]

    @posix
    def test_a_pipe_gets_the_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as reader:
            writing.put(str(path), b"all")
            assert reader.communicate()[0] == b"all"
        assert stat.S_ISFIFO(path.stat().st_mode)

    @posix
    @pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    def test_the_standard_output_is_not_replaced(self, file: Path, name: str) -> None:
        if not Path(name).exists():
            pytest.skip(f"there is no {name} here")
        code = "import sys; from idemlint.apply import writing; writing.put(sys.argv[1], b'new')"
        command = [sys.executable, "-c", code, name]
        assert subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout == b"new"
        before = file.stat().st_ino
        with file.open("wb") as stdout:
            subprocess.run(command, stdout=stdout, check=True)
        assert (file.read_bytes(), file.stat().st_ino) == (b"new", before)

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UsageProblem, match="cannot be written"):
            writing.put(str(tmp_path), b"all")
