"""What a shell completes, and the script that makes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idemlint.cli.app import COMMANDS

from .conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Idemlint


def completed(*words: str) -> list[str]:
    """What bash is told for a command line whose last word is not complete."""
    environment = {
        **os.environ,
        "_IDEMLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("idemlint", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "idemlint"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_first_word_is_a_command_or_a_path(here: Path) -> None:
    assert {f"plain,{name}" for name in COMMANDS} < set(completed(""))
    assert completed("re") == ["plain,replay", "file,re"]


def test_options_of_the_default_command(here: Path) -> None:
    assert "plain,--fix" in completed("--f")
    assert "plain,--version" in completed("--")
    assert "plain,--fix-applied" in completed("--diff", "--fix")
    assert completed("--output-format", "sa") == ["plain,sarif"]
    assert completed("--fix", "mig") == ["file,mig"]


def test_options_of_other_commands(here: Path) -> None:
    assert completed("replay", "--eff") == ["plain,--effects"]
    assert completed("completion", "") == ["plain,bash", "plain,zsh", "plain,fish"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script(idemlint: Idemlint, here: Path, shell: str) -> None:
    result = idemlint("completion", shell)
    assert result.code == 0
    assert f"_IDEMLINT_COMPLETE={shell}_complete" in result.out
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    script = write("script", result.out)
    subprocess.run([program, "-n", str(script)], check=True)


def test_another_shell_is_an_error(idemlint: Idemlint, here: Path) -> None:
    result = idemlint("completion", "csh")
    assert result.code == 2
    assert "bash" in result.err


@pytest.mark.parametrize(
    ("word", "command"),
    [("chek", "check"), ("repaly", "replay"), ("explian", "explain"), ("rule", "rules")],
)
def test_a_mistyped_command_is_guessed(
    idemlint: Idemlint, here: Path, word: str, command: str
) -> None:
    for arguments in ((word,), (word, "migrations")):
        result = idemlint(*arguments)
        assert result.code == 2
        assert f"{word}: no such file or folder (did you mean `{command}`?)" in result.err


def test_a_path_that_is_not_there_is_no_command(idemlint: Idemlint, here: Path) -> None:
    assert "did you mean" not in idemlint("migrations").err
    assert "did you mean" not in idemlint("./chek").err
