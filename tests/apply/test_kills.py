"""`--fix` that is killed, runs twice at once, or has no room: each file is the old one or the new one.

`IDEMLINT_KILLS=300` kills so often, at random moments; a few times is what every run of the tests does.
"""

from __future__ import annotations

import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals, modes and limits")

COMMAND = [sys.executable, "-m", "idemlint", "--isolated", "-q", "--output-format", "concise"]
KILLS = int(os.environ.get("IDEMLINT_KILLS", "5"))
#: So many that most of a run's time goes into writing them.
FILES = 150
#: What a killed run may leave: hidden, and not what a runner reads.
LEFT = re.compile(r"\.\d{4}_it\.sql\.idemlint-[0-9a-f]+\.tmp")


def old(number: int) -> bytes:
    return b"-- %d\n" % number * 50 + b"CREATE TABLE t%d (id int);\n" % number


def new(number: int) -> bytes:
    return old(number).replace(b"TABLE t", b"TABLE IF NOT EXISTS t")


class Folder:
    """The files, and what has become of them."""

    def __init__(self, path: Path, files: int = FILES) -> None:
        self.path = path
        self.files = {f"{number:04}_it.sql": number for number in range(files)}
        self.reset()

    def reset(self) -> None:
        for name, number in self.files.items():
            path = self.path / name
            path.write_bytes(old(number))
            path.chmod(0o640)

    def fixed(self) -> int:
        """How many are new; all others are old, and nothing about any is otherwise."""
        count = 0
        for name, number in self.files.items():
            data = (self.path / name).read_bytes()
            assert data in (old(number), new(number)), name
            assert stat.S_IMODE((self.path / name).stat().st_mode) == 0o640
            count += data == new(number)
        return count

    def others(self) -> list[str]:
        return [each.name for each in self.path.iterdir() if each.name not in self.files]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def fix(folder: Folder, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "--fix", folder.path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


@pytest.mark.slow
def test_killed_at_any_moment(folder: Folder) -> None:
    begun = time.monotonic()
    assert fix(folder).wait() == 0
    whole = time.monotonic() - begun
    dice = random.Random(1)
    between = left = 0
    for _ in range(KILLS):
        folder.reset()
        process = fix(folder)
        time.sleep(whole * dice.uniform(0.3, 1.0))
        process.kill()
        process.communicate()
        between += 0 < folder.fixed() < FILES
        others = folder.others()
        assert len(others) <= 1
        assert all(map(LEFT.fullmatch, others))
        left += len(others)
        again = fix(folder)
        assert again.wait() == 0, again.communicate()
        assert folder.fixed() == FILES
        assert folder.others() == []
    print(f"{KILLS} kills: {between} while files were written, {left} left a temporary file")


def test_terminated_it_says_so_by_its_exit_code(folder: Folder) -> None:
    process = fix(folder)
    time.sleep(0.5)
    process.terminate()
    process.communicate()
    assert process.returncode in (0, -signal.SIGTERM)
    folder.fixed()
    assert len(folder.others()) <= 1


def test_two_at_once(folder: Folder) -> None:
    for _ in range(2):
        folder.reset()
        both = [fix(folder), fix(folder)]
        for process in both:
            _, err = process.communicate()
            assert process.returncode == 0, err
        assert folder.fixed() == FILES
        assert folder.others() == []


def limited(size: int) -> None:
    """No file of this process may be longer; the error is EFBIG, as of a disk that is full ENOSPC."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_for_one_of_them(tmp_path: Path) -> None:
    folder = Folder(tmp_path, files=3)
    big = tmp_path / "0001_it.sql"
    folder.files.pop(big.name)
    text = b"-- " + b"x" * 100_000 + b"\nCREATE TABLE big (id int);\n"
    big.write_bytes(text)
    process = fix(folder, preexec_fn=lambda: limited(50_000))
    out, err = process.communicate()
    assert process.returncode == 2
    assert re.search(
        r"error: .*0001_it\.sql: cannot be written: File too large; it is as it was", err
    )
    assert big.read_bytes() == text
    assert folder.fixed() == 2  # the rest went on
    assert "IDM101" in out
    assert big.name in out  # what it has is still found
    assert folder.others() == [big.name]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a disk")
def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        folder = Folder(disk, files=4)
        with (disk / "full").open("wb", buffering=0) as full, suppress(OSError):
            while True:
                full.write(b"x" * 4096)
        process = fix(folder)
        _, err = process.communicate()
        assert process.returncode == 2
        assert err.count("No space left on device; it is as it was") == 4
        assert folder.fixed() == 0
        assert folder.others() == ["full"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_what_cannot_be_written_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path, files=3)
    other = tmp_path / "other"
    os.link(tmp_path / "0001_it.sql", other)
    process = fix(folder)
    out, err = process.communicate()
    assert process.returncode == 2
    assert "0001_it.sql: cannot be written: it has 2 names" in err
    assert folder.fixed() == 2
    assert "0001_it.sql" in out
    process = subprocess.Popen(
        [*COMMAND, "--add-ignore=so", folder.path], stderr=subprocess.PIPE, text=True
    )
    _, err = process.communicate()
    assert process.returncode == 2
    assert "Suppressed 0 findings." in err
