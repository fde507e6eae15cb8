"""pre-commit itself, on a small repository: a bad migration is stopped, and repaired by the fixing hook.

The hooks come from a copy of this checkout, installed by pre-commit as it would from anywhere; that
needs a package index, and nothing else of the network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
PARTS = ("src", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(find_spec("pre_commit") is None, reason="needs pre-commit"),
]

CLEAN = "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY);\n"
BAD = "ALTER TABLE users ADD COLUMN email text;\nALTER TABLE users ADD COLUMN name text;\n"
FIXED = BAD.replace("COLUMN", "COLUMN IF NOT EXISTS")
OLD = "migrations/0001_users.sql"
NEW = "migrations/0002_email.sql"
CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: {hook}
        args: [--output-format, concise]
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A home for pre-commit's installations of its own, and a name for git."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # The hooks must run what pre-commit installed, not this checkout.
    found.pop("PYTHONPATH", None)
    found["PRE_COMMIT_HOME"] = str(tmp_path_factory.mktemp("home"))
    found["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), found["PATH"]])
    for who in ("AUTHOR", "COMMITTER"):
        found[f"GIT_{who}_NAME"] = "Someone"
        found[f"GIT_{who}_EMAIL"] = "someone@example.com"
    return found


@pytest.fixture(scope="module")
def hooks(
    tmp_path_factory: pytest.TempPathFactory, environment: Mapping[str, str]
) -> tuple[Path, str]:
    """A repository with this checkout's files, and its commit."""
    copy = tmp_path_factory.mktemp("idemlint")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    run(copy, environment, "git", "init", "--quiet")
    run(copy, environment, "git", "add", "--all")
    run(copy, environment, "git", "commit", "--quiet", "--message", "hooks")
    return copy, run(copy, environment, "git", "rev-parse", "HEAD").stdout.strip()


class Repository:
    """A small repository with one migration, and the hook installed."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], hooks: tuple[Path, str], hook: str
    ) -> None:
        self.folder = folder
        self.environment = environment
        self.git("init", "--quiet", "--initial-branch=main")
        self.write(OLD, CLEAN)
        self.write(".pre-commit-config.yaml", CONFIG.format(repo=hooks[0], rev=hooks[1], hook=hook))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "first")
        self.run(sys.executable, "-m", "pre_commit", "install")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def run(self, *command: str, fails: bool = False) -> str:
        done = run(self.folder, self.environment, *command, check=not fails)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def git(self, *arguments: str, fails: bool = False) -> str:
        return self.run("git", *arguments, fails=fails)

    def commit(self, *, stopped: bool) -> str:
        self.git("add", "--all")
        return self.git("commit", "--message", "second", fails=stopped)

    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD"))


def run(
    folder: Path, environment: Mapping[str, str], *command: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture
def checking(tmp_path: Path, environment: Mapping[str, str], hooks: tuple[Path, str]) -> Repository:
    """A repository with the hook that reports."""
    return Repository(tmp_path, environment, hooks, "idemlint")


def findings(output: str) -> list[str]:
    """The findings in the concise format, whatever pre-commit prints around them."""
    return sorted(re.findall(r"^(?:migrations/.*: IDM\d{3} .*)$", output, re.MULTILINE))


def test_a_bad_migration_is_stopped(checking: Repository) -> None:
    checking.write(NEW, BAD)
    said = checking.commit(stopped=True)
    assert [line.split(" ")[0] for line in findings(said)] == [f"{NEW}:1:1:", f"{NEW}:2:1:"]
    assert checking.commits() == 1
    assert checking.read(NEW) == BAD
    checking.write(NEW, FIXED)
    checking.commit(stopped=False)
    assert checking.commits() == 2


def test_the_fixing_hook_repairs_it(
    tmp_path: Path, environment: Mapping[str, str], hooks: tuple[Path, str]
) -> None:
    fixing = Repository(tmp_path, environment, hooks, "idemlint-fix")
    fixing.write(NEW, BAD)
    said = fixing.commit(stopped=True)
    assert "files were modified by this hook" in said
    assert fixing.read(NEW) == FIXED
    assert fixing.read(OLD) == CLEAN
    fixing.commit(stopped=False)
    assert fixing.commits() == 2


def test_alone_in_a_batch_and_with_its_folder_a_file_gets_the_same(checking: Repository) -> None:
    checking.write(NEW, "ALTER TABLE users ADD COLUMN email text NOT NULL;\n")
    checking.write("migrations/0003_again.sql", "ALTER TABLE users DROP COLUMN email;\n")
    checking.git("add", "--all")
    pre_commit = (sys.executable, "-m", "pre_commit", "run", "idemlint")
    names = [OLD, NEW, "migrations/0003_again.sql"]
    alone = sorted(
        finding
        for name in names[1:]
        for finding in findings(checking.run(*pre_commit, "--files", name, fails=True))
    )
    batch = findings(checking.run(*pre_commit, "--files", *names, fails=True))
    whole = findings(checking.run(*pre_commit, "--all-files", fails=True))
    command = (sys.executable, "-m", "idemlint", "--output-format", "concise", "migrations")
    here = {**checking.environment, "PYTHONPATH": str(ROOT / "src")}
    folder = findings(run(checking.folder, here, *command, check=False).stdout)
    assert len(folder) >= 2
    assert alone == batch == whole == folder
