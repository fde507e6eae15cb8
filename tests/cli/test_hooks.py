"""The pre-commit hooks: a bad migration is stopped, or repaired, and batches change nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from cli.conftest import BAD, GOOD, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Result

    Idemlint = Callable[..., Result]

ROOT = Path(__file__).parents[2]
HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}


def test_their_names_and_languages() -> None:
    assert list(HOOKS) == ["idemlint", "idemlint-fix"]
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["types"] == ["sql"]


@pytest.mark.parametrize(("hook", "left"), [("idemlint", BAD), ("idemlint-fix", GOOD)])
def test_what_the_hooks_run(idemlint: Idemlint, bad: Path, hook: str, left: str) -> None:
    command, *arguments = HOOKS[hook]["entry"].split()
    assert command == "idemlint"
    assert idemlint(*arguments, str(bad)).code == 1
    assert bad.read_text() == left


def test_a_batch_says_what_the_folder_says(idemlint: Idemlint, here: Path) -> None:
    """pre-commit cuts the list of files; the siblings of a file are read from its folder."""
    for number in range(6):
        name = f"t{number // 2}"
        write(f"migrations/{number:04}.sql", f"ALTER TABLE {name} ADD COLUMN c{number} int;\n")
    write("migrations/0000.sql", "".join(f"CREATE TABLE t{n} (id int);\n" for n in range(3)))
    options = ("--output-format", "concise", "-q", "--force-exclude")
    names = sorted(str(path) for path in Path("migrations").iterdir())
    whole = idemlint(*options, "migrations").out.splitlines()
    alone = [line for name in names for line in idemlint(*options, name).out.splitlines()]
    halves = [
        line
        for batch in (names[::2], names[1::2])
        for line in idemlint(*options, *batch).out.splitlines()
    ]
    assert len(whole) == 8
    assert sorted(alone) == sorted(halves) == sorted(whole)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_pre_commit_stops_the_commit_and_repairs_it(repository: Path) -> None:
    write("migrations/0002_people.sql", BAD.replace("users", "people"))
    git("add", "--all")

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), name, "--verbose"]
        return subprocess.run(command, capture_output=True, text=True)

    stopped = hook("idemlint")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr
    assert "migrations/0002_people.sql:1:" in stopped.stdout
    assert "0001_users.sql:" not in stopped.stdout
    repaired = hook("idemlint-fix")
    assert repaired.returncode == 1
    assert "files were modified by this hook" in repaired.stdout
    assert Path("migrations/0002_people.sql").read_text() == GOOD.replace("users", "people")
    git("add", "--all")
    assert hook("idemlint").returncode == 0
