"""The command as a process: at a terminal, and in a pipe."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, write
from idemlint.cli.progress import Watch, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Result

    Idemlint = Callable[..., Result]

COMMAND = [sys.executable, "-m", "idemlint"]

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")


def at_a_terminal(*arguments: str, columns: int = 80) -> tuple[int, str]:
    """Run with stdout and stderr on a terminal; its exit code, and what it shows."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    environment["TERM"] = "xterm-256color"
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(ours)
    return process.wait(), shown.decode().replace("\r\n", "\n")


@needs_pty
def test_a_terminal_gets_colours_and_the_same_words(here: Path, bad: Path) -> None:
    code, shown = at_a_terminal("migrations", columns=200)
    assert code == 1
    assert "\x1b[" in shown
    piped = subprocess.run([*COMMAND, "migrations"], capture_output=True, text=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == piped.stdout


@needs_pty
def test_a_wall_is_summed_up_on_a_terminal_only(here: Path) -> None:
    for number in range(120):
        write(f"migrations/{number:04}.sql", BAD.replace("users", f"t{number}"))
    code, shown = at_a_terminal("--color", "never", "migrations")
    assert code == 1
    assert "120 findings in 120 files, by rule:" in shown
    assert re.findall(r"^migrations/(\d+)", shown, re.MULTILINE) == ["0117", "0118", "0119"]
    assert "`idemlint init migrations` makes" in shown
    assert "`idemlint --write-baseline idemlint-baseline.json migrations` lists" in shown
    assert "--since" not in shown, "there is no repository"
    _, everything = at_a_terminal("--color", "never", "--no-limit", "migrations")
    assert len(re.findall(r"^migrations/(\d+)", everything, re.MULTILINE)) == 120
    assert "120  IDM101 [*] create-table" in everything
    piped = subprocess.run([*COMMAND, "migrations"], capture_output=True, text=True)
    assert piped.stdout.count("IDM101") == 120
    assert piped.returncode == 1


@needs_pty
def test_the_ways_on_are_those_of_the_repository(repository: Path) -> None:
    for number in range(60):
        write(f"migrations/{number:04}.sql", BAD.replace("users", f"t{number}"))
    write("idemlint.toml", 'paths = ["migrations"]\n')
    _, shown = at_a_terminal("--color", "never")
    assert "`idemlint --since main` reports only" in shown
    assert "`idemlint init" not in shown
    _, since = at_a_terminal("--color", "never", "--since", "main")
    assert "--since main` reports" not in since


@needs_pty
@pytest.mark.parametrize("command", [(), ("replay",)])
def test_eighty_columns_are_enough(here: Path, command: tuple[str, ...]) -> None:
    columns = ", ".join(f"column_{number} int NOT NULL" for number in range(20))
    write("m/0001.sql", f"CREATE TABLE a_table_with_a_long_name ({columns});\n")
    write("m/0002.sql", "DROP INDEX the_first_index_of_all, the_second_index_of_all;\n")
    _, shown = at_a_terminal(*command, "--color", "never", "m", columns=80)
    assert max(map(len, shown.splitlines())) <= 80
    assert "a_table_with_a_long_name" in shown


@needs_pty
def test_a_difference_is_coloured(here: Path, bad: Path) -> None:
    _, shown = at_a_terminal("--diff", "migrations")
    assert "\x1b[31m-CREATE TABLE users" in shown
    assert "\x1b[32m+CREATE TABLE IF NOT EXISTS users" in shown
    assert "\x1b[" not in at_a_terminal("--diff", "--color", "never", "migrations")[1]
    forced = subprocess.run(
        [*COMMAND, "--diff", "--color", "always", "migrations"], capture_output=True
    ).stdout
    piped = subprocess.run([*COMMAND, "--diff", "migrations"], capture_output=True).stdout
    assert re.sub(rb"\x1b\[[\d;]*m", b"", forced) == piped
    assert b"\x1b[36m@@" in forced


def test_a_reader_who_leaves_early_hears_no_complaint(here: Path) -> None:
    write("migrations/1.sql", "".join(BAD.replace("users", f"t{n}") for n in range(3000)))
    process = subprocess.Popen(
        [*COMMAND, "--output-format", "concise", "migrations"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b"migrations/1.sql:1:1: IDM101")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


def test_an_interrupt_is_130(here: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--verbose", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    # It says what it has read; then it waits for its standard input.
    assert process.stderr.readline().startswith(b"configuration:")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in error
    assert error.splitlines()[-1] == b"interrupted"


#: What another module's import does is not for us to choose; here, an object goes away meanwhile, and what
#: is raised in a callback is lost.
LOST = """\
import signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "idemlint.engine":
            Going()

class Going:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder())
from idemlint.cli import main
main()
"""


def test_an_interrupt_is_never_lost(here: Path) -> None:
    write("migrations/1.sql", BAD)
    result = subprocess.run(
        [sys.executable, "-c", LOST, "migrations"], capture_output=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"interrupted\n")


def test_who_is_to_ignore_interrupts_does(here: Path) -> None:
    write("migrations/1.sql", BAD)
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    result = subprocess.run(
        [sys.executable, "-c", ignoring + LOST, "migrations"], capture_output=True, check=False
    )
    assert (result.returncode, result.stderr) == (1, b"")


class TestProgress:
    def test_nothing_is_shown_in_the_first_second(self) -> None:
        watch = Watch(20, lambda: "a.sql", 0.0)
        assert watch.line(0.9) == ""

    def test_then_there_is_a_bar(self) -> None:
        watch = Watch(20, lambda: "a.sql", 0.0)
        watch.add(10)
        assert watch.line(1.1) == "━" * 15 + " " * 15 + " 10/20 files"

    def test_a_file_that_takes_more_than_two_seconds_is_named(self) -> None:
        names = ["a.sql"]
        watch = Watch(2, lambda: names[-1], 0.0)
        assert watch.line(1.9).endswith(" 0/2 files")
        assert watch.line(4.0).endswith(" 0/2 files a.sql")
        names.append("b.sql")
        watch.add(1)
        assert watch.line(4.1).endswith(" 1/2 files")
        assert watch.line(6.2).endswith(" 1/2 files b.sql")

    def test_the_only_file_has_no_bar_and_is_named(self) -> None:
        watch = Watch(1, lambda: "one.sql", 0.0)
        watch.line(0.1)
        assert watch.line(1.9) == ""
        assert watch.line(2.2) == "one.sql"

    def test_a_name_cannot_steer_the_terminal(self) -> None:
        watch = Watch(1, lambda: "a\x1b[31m\r.sql", 0.0)
        watch.line(0.1)
        assert watch.line(2.2) == r"a\x1b[31m\x0d.sql"

    def test_it_is_drawn_on_a_terminal_and_erased(self, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = Drawn()
        monkeypatch.setattr(sys, "stderr", drawn)
        monkeypatch.setattr("idemlint.cli.progress.BAR", -1.0)
        with progress(20, lambda: "", quiet=False) as step:
            step(20)
            assert drawn.shows("20/20 files")
        assert drawn.text.endswith("\r\x1b[2K")

    @pytest.mark.parametrize(("is_terminal", "quiet"), [(False, False), (True, True)])
    def test_it_is_drawn_nowhere_else(
        self, monkeypatch: pytest.MonkeyPatch, is_terminal: bool, quiet: bool
    ) -> None:
        drawn = Drawn(is_terminal=is_terminal)
        monkeypatch.setattr(sys, "stderr", drawn)
        with progress(20, lambda: "", quiet=quiet) as step:
            step(20)
        assert drawn.text == ""


class Drawn:
    """A stderr that remembers."""

    def __init__(self, *, is_terminal: bool = True) -> None:
        self.text = ""
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass

    def shows(self, text: str) -> bool:
        """Whether it comes to stand there, sooner or later."""
        ends = time.monotonic() + 30
        while text not in self.text and time.monotonic() < ends:
            time.sleep(0.01)
        return text in self.text


def test_help_and_version(idemlint: Idemlint) -> None:
    from idemlint import __version__

    for option in ("-h", "--help"):
        shown = idemlint(option)
        assert shown.code == 0
        assert "--start-after" in shown.out
        assert all(command in shown.out for command in ("replay", "init", "explain", "rules"))
    for option in ("-V", "--version"):
        assert __version__ in idemlint(option).out
    assert "--since" in idemlint("replay", "--help").out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ("migrations",),
        ("--output-format", "json", "migrations"),
        ("--diff", "migrations"),
        ("replay", "migrations"),
        ("rules",),
        ("explain", "IDM101"),
        ("--help",),
        ("--version",),
        ("--color", "always", "migrations"),
    ],
    ids=" ".join,
)
def test_a_full_disk_is_no_bug(bad: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "idemlint", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 2
    assert "standard output: cannot be written: No space left on device" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
def test_an_output_file_that_is_full_is_named(idemlint: Idemlint, bad: Path) -> None:
    result = idemlint("--output-file", "/dev/full", "migrations")
    assert result.code == 2
    assert "/dev/full: cannot be written" in result.err
