"""Migrations that somebody's database has already are not edited where the runner minds."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from idemlint import runners
from idemlint.apply.applied import Applied
from idemlint.runners.majority import Evidence

if TYPE_CHECKING:
    from pathlib import Path

MINDS, DOES_NOT = "sqlx", "drizzle"
SURE = Evidence("named")
DIVIDED = Evidence("guessed", 1, ("0001_old.sql", "0002_new.sql"))


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


def reason(
    path: Path, runner: str = MINDS, branch: str | None = None, evidence: Evidence = SURE
) -> str:
    found = Applied(branch).reason(str(path), runners.get(runner), evidence)
    return found.why if found is not None else ""


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


def test_it_does_where_that_runner_is_a_guess(repository: Path) -> None:
    assert reason(repository / "0001_old.sql", DOES_NOT, evidence=DIVIDED) == (
        "it is on main already, and that Drizzle runs it is a guess (1 of 3 files here is marked as"
        " Drizzle's): another runner might refuse applied migrations that were edited"
    )
    assert reason(repository / "0002_new.sql", DOES_NOT, evidence=DIVIDED) == ""


@pytest.mark.parametrize(
    "evidence",
    [Evidence("proved", 1, ("0002_new.sql",)), Evidence("guessed", 0, ("0001_old.sql",))],
)
def test_evidence_that_does_not_contradict_itself_is_enough(
    repository: Path, evidence: Evidence
) -> None:
    assert reason(repository / "0001_old.sql", DOES_NOT, evidence=evidence) == ""


def test_a_guess_is_named_where_naming_it_is_the_way_on(repository: Path) -> None:
    path, applied = str(repository / "0001_old.sql"), Applied()
    guess = applied.reason(path, runners.get(DOES_NOT), DIVIDED)
    assert guess is not None
    assert guess.guessed == DOES_NOT
    known = applied.reason(path, runners.get(MINDS), DIVIDED)
    assert known is not None
    assert known.guessed == ""


def test_a_guess_fails_closed(tmp_path: Path) -> None:
    path = tmp_path / "0001_old.sql"
    path.write_text("SELECT 1;")
    assert reason(path, DOES_NOT, evidence=DIVIDED).startswith(
        "cannot tell what is applied: it is in no git repository, and that Drizzle runs it is a guess"
    )


def test_without_a_repository_it_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "0001_old.sql"
    path.write_text("SELECT 1;")
    assert reason(path) == (
        "cannot tell what is applied: it is in no git repository, and"
        f" {runners.get(MINDS).title} refuses applied migrations that were edited"
    )


def test_a_text_that_is_nowhere_on_disk_is_free(tmp_path: Path) -> None:
    assert reason(tmp_path / "0001_buffer.sql") == ""


def test_nothing_is_applied_in_a_repository_without_a_commit(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("name", ["develop", "trunk"])
def test_a_default_branch_with_another_name_has_to_be_said(repository: Path, name: str) -> None:
    git(repository, "branch", "--move", "main", name)
    why = reason(repository / "0001_old.sql")
    assert "cannot tell what is applied" in why
    assert "--default-branch" in why
    assert reason(repository / "0002_new.sql") == why, "what is committed may have run"
    assert reason(repository / "0003_untracked.sql") == "", "what is not has not left the work tree"
    assert f"on {name} already" in reason(repository / "0001_old.sql", branch=name)
    assert reason(repository / "0002_new.sql", branch=name) == ""
    assert "git knows no branch `mian`" in reason(repository / "0001_old.sql", branch="mian")


def test_a_branch_that_alone_was_cloned_is_not_the_default_one(
    repository: Path, tmp_path: Path
) -> None:
    """The remote says that it is its HEAD, as this one's does, and says nothing where it is not."""
    for name, option in (("shallow", "--depth=1"), ("single", "--single-branch")):
        git(tmp_path, "clone", "--quiet", option, "--branch", "feature", repository.as_uri(), name)
        assert "cannot tell what is applied" in reason(tmp_path / name / "0001_old.sql")
    assert "this is a shallow checkout" in reason(tmp_path / "shallow" / "0001_old.sql")


def test_a_shallow_clone_of_main_is_enough(repository: Path, tmp_path: Path) -> None:
    git(repository, "switch", "--quiet", "main")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "clone")
    assert "on origin/main already" in reason(tmp_path / "clone" / "0001_old.sql")


def test_the_checkout_of_a_pull_request_cannot_tell(repository: Path, tmp_path: Path) -> None:
    """As actions/checkout makes it: one commit, detached, and no branch."""
    git(repository, "update-ref", "refs/pull/7/merge", "feature")
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=main")
    git(clone, "remote", "add", "origin", repository.as_uri())
    there = "refs/remotes/pull/7/merge"
    git(clone, "fetch", "--quiet", "--depth=1", "origin", f"+refs/pull/7/merge:{there}")
    git(clone, "checkout", "--quiet", "--detach", there)
    why = reason(clone / "0001_old.sql")
    assert "cannot tell what is applied" in why
    assert "fetch-depth: 0" in why
    git(clone, "fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    assert "on origin/main already" in reason(clone / "0001_old.sql")
    assert reason(clone / "0002_new.sql") == ""


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away"
)
def test_a_checkout_of_another_user_is_not_read(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SUDO_UID", "GIT_CONFIG_COUNT"):  # whoever runs the tests may trust all
        monkeypatch.delenv(name, raising=False)
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    for name in ("0001_old.sql", "0003_untracked.sql"):
        why = reason(repository / name)
        assert "cannot tell what is applied" in why
        assert "dubious ownership" in why
        assert "safe.directory" in why


def test_without_git_it_cannot_be_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "git is needed for this, and was not found" in reason(repository / "0001_old.sql")


def test_a_branch_that_is_merged_is_on_the_default_branch(repository: Path) -> None:
    """Squashed, so that the branch's own commits are not."""
    git(repository, "switch", "--quiet", "main")
    git(repository, "merge", "--quiet", "--squash", "feature")
    git(repository, "commit", "--quiet", "--message", "squashed")
    git(repository, "switch", "--quiet", "feature")
    assert "on main already" in reason(repository / "0002_new.sql")


def test_a_head_that_is_broken_is_not_taken_for_one_without_commits(repository: Path) -> None:
    head = git_says(repository, "rev-parse", "HEAD")
    (repository / ".git" / "objects" / head[:2] / head[2:]).unlink()
    git(repository, "branch", "--move", "main", "trunk")
    assert "cannot tell what is applied" in reason(repository / "0002_new.sql")


def git_says(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()
