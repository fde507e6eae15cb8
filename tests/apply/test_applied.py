"""Migrations that somebody's database has already are not edited where the runner minds."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from idemlint import runners
from idemlint.apply.applied import Applied

if TYPE_CHECKING:
    from pathlib import Path

MINDS, DOES_NOT = "sqlx", "drizzle"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One migration on main, another on the branch that is checked out."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "0001_old.sql").write_text("SELECT 1;")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "switch", "--quiet", "--create", "feature")
    (folder / "0002_new.sql").write_text("SELECT 2;")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "second")
    (folder / "0003_untracked.sql").write_text("SELECT 3;")
    return folder


def reason(path: Path, runner: str = MINDS) -> str:
    return Applied().reason(path, runners.get(runner))


def test_the_profiles_are_what_these_tests_take_them_for() -> None:
    assert runners.get(MINDS).edits == "error"
    assert runners.get(DOES_NOT).edits == "ignored"


def test_a_file_of_the_default_branch_looks_applied(repository: Path) -> None:
    assert reason(repository / "0001_old.sql") == (
        f"it is on main already, and {runners.get(MINDS).title} refuses applied migrations that"
        " were edited"
    )


def test_so_it_does_when_it_was_edited_since(repository: Path) -> None:
    (repository / "0001_old.sql").write_text("SELECT 11;")
    assert reason(repository / "0001_old.sql")


@pytest.mark.parametrize("name", ["0002_new.sql", "0003_untracked.sql"])
def test_a_file_of_the_branch_does_not(repository: Path, name: str) -> None:
    assert reason(repository / name) == ""


def test_nor_does_it_matter_where_the_runner_does_not_mind(repository: Path) -> None:
    assert reason(repository / "0001_old.sql", DOES_NOT) == ""


def test_nothing_is_applied_without_git(tmp_path: Path) -> None:
    path = tmp_path / "0001_old.sql"
    path.write_text("SELECT 1;")
    assert reason(path) == ""


def test_nor_in_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    path = tmp_path / "0001_old.sql"
    path.write_text("SELECT 1;")
    assert reason(path) == ""


def test_the_remote_says_which_branch_counts(repository: Path, tmp_path: Path) -> None:
    git(repository, "branch", "--move", "main", "trunk")
    git(tmp_path, "clone", "--quiet", "--branch", "feature", str(repository), "clone")
    clone = tmp_path / "clone"
    git(clone, "remote", "set-head", "origin", "trunk")
    assert "on origin/trunk already" in reason(clone / "0001_old.sql")
    assert reason(clone / "0002_new.sql") == ""


def test_a_link_is_what_it_leads_to(repository: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repository)
    assert reason(link / "0001_old.sql")
