"""Names and texts that would steer who reads along, through every command that shows them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, commit, git, write
from cli.test_terminal import at_a_terminal, needs_pty

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Result

    Idemlint = Callable[..., Result]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")

STEERING = "\x1b]0;owned\x07\x9b2J\u202e\r"
CONTROLS = frozenset("\x1b\x07\x9b\u202e\r")
NAME = f"1{STEERING}\n::error ::it ##[error]it`|.sql"
TEXT = f'CREATE TABLE "a{STEERING}\n::error ::b##[error]c" (id int);\n'


@pytest.fixture
def hostile(here: Path) -> Path:
    path = Path("migrations", NAME)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(TEXT.encode())
    return path


def is_harmless(text: str) -> bool:
    lines = text.split("\n")
    return (
        CONTROLS.isdisjoint(text)
        and not any(line.lstrip().startswith("::") for line in lines)
        and "##[" not in text
    )


COMMANDS = (
    ("migrations",),
    ("--output-format", "concise", "migrations"),
    ("--statistics", "migrations"),
    ("--show-files", "migrations"),
    ("replay", "migrations"),
    ("replay", "--effects", "migrations"),
    ("replay", "--output-format", "json", "migrations"),
    ("--fix", "migrations"),
    ("--add-ignore", "migrations"),
    ("-v", "migrations"),
    ("init", "."),
    ("explain", NAME),
    (NAME,),
    ("--select", NAME, "migrations"),
    ("--output-format", NAME, "migrations"),
    ("--" + NAME, "migrations"),
    ("--config", NAME, "migrations"),
    ("--baseline", NAME, "migrations"),
    ("--output-file", f"gone/{NAME}", "migrations"),
    ("--start-after", NAME, "migrations"),
    ("--runner", NAME, "migrations"),
    ("--since", NAME, "migrations"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda each: ascii(" ".join(each))[:40])
def test_no_command_shows_them_as_they_are(
    idemlint: Idemlint, hostile: Path, arguments: tuple[str, ...]
) -> None:
    result = idemlint(*arguments)
    assert result.out + result.err
    assert is_harmless(result.out)
    assert is_harmless(result.err)


@pytest.mark.parametrize("colour", ["NO_COLOR", "FORCE_COLOR"])
def test_nor_does_a_process_with_or_without_colours(hostile: Path, colour: str) -> None:
    for command in ("check", "replay"):
        done = subprocess.run(
            [sys.executable, "-m", "idemlint", command, "migrations"],
            env={**os.environ, colour: "1"},
            capture_output=True,
            check=False,
        )
        shown = done.stdout.decode()
        if colour == "FORCE_COLOR":
            assert "\x1b[1m" in shown
            shown = shown.replace("\x1b[", "")
        assert is_harmless(shown)


@needs_pty
@pytest.mark.parametrize("how", ["check", "--diff", "replay", "--show-files"])
def test_a_terminal_is_not_steered(hostile: Path, how: str) -> None:
    _, shown = at_a_terminal(how, "migrations")
    assert "owned" in shown
    assert not any(character in shown for character in "\x07\x9b\u202e\r")
    assert "\x1b]" not in shown


@needs_pty
def test_a_terminal_gets_a_patch_with_tabs_and_without_carriage_returns(here: Path) -> None:
    write("1.sql", "CREATE TABLE t (\r\n\tid int\r\n);\r\n")
    _, shown = at_a_terminal("--diff", "1.sql")
    assert "\n+CREATE TABLE IF NOT EXISTS t (\n" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\\x" not in shown


def test_a_pipe_gets_a_patch_that_can_be_applied(
    repository: Path, hostile: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    commit("hostile")
    diff = subprocess.run(
        [sys.executable, "-m", "idemlint", "--diff", "--fix-applied", "migrations"],
        capture_output=True,
        check=False,
    )
    subprocess.run(["git", "apply"], input=diff.stdout, check=True)
    assert hostile.read_bytes() == TEXT.replace("TABLE", "TABLE IF NOT EXISTS").encode()
    assert "users" in git("diff", "--stat")


def test_a_name_that_is_no_utf_8_can_be_found_again(idemlint: Idemlint, here: Path) -> None:
    path = Path(os.fsdecode(b"1_\xff.sql"))
    try:
        path.write_text(BAD)
    except OSError:
        pytest.skip("this file system wants UTF-8")
    assert "1_%FF.sql" in idemlint("--output-format", "sarif", ".").out
    for form in ("full", "concise", "github"):
        assert "1_\\xff.sql" in idemlint("--output-format", form, ".").out
    assert '"1_\\\\xff.sql"' in idemlint("--output-format", "json", ".").out
    assert '"path": "1_\\\\xff.sql"' in idemlint("--output-format", "gitlab", ".").out
    assert 'file="1_\\xff.sql"' in idemlint("--output-format", "junit", ".").out
    assert idemlint("--show-files", ".").out == "1_\\xff.sql\n"
