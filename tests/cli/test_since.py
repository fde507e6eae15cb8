"""`--since REV`: only migrations added or changed since the merge base."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, Result, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]


def files(result: Result) -> list[str]:
    return sorted({Path(entry["filename"]).name for entry in json.loads(result.out)})


def since(idemlint: Idemlint, revision: str = "main", *paths: str) -> list[str]:
    return files(idemlint("--since", revision, "--output-format", "json", *(paths or (".",))))


def table(name: str) -> str:
    return BAD.replace("users", name)


def test_unchanged_files_are_context(idemlint: Idemlint, repository: Path) -> None:
    assert since(idemlint) == []


def test_committed_staged_changed_and_untracked_files_count(
    idemlint: Idemlint, repository: Path
) -> None:
    git("switch", "--quiet", "--create", "feature")
    write("migrations/0002_committed.sql", table("b"))
    commit("second")
    write("migrations/0003_staged.sql", table("c"))
    git("add", "--all")
    write("migrations/0004_untracked.sql", table("d"))
    assert since(idemlint) == ["0002_committed.sql", "0003_staged.sql", "0004_untracked.sql"]
    write("migrations/0001_users.sql", "-- changed\n" + BAD)
    assert "0001_users.sql" in since(idemlint)


def test_what_the_other_branch_did_since_does_not_count(
    idemlint: Idemlint, repository: Path
) -> None:
    git("switch", "--quiet", "--create", "feature")
    write("migrations/0002_mine.sql", table("b"))
    commit("mine")
    git("switch", "--quiet", "main")
    write("migrations/0001_users.sql", "-- changed on main\n" + BAD)
    commit("theirs")
    git("switch", "--quiet", "feature")
    assert since(idemlint) == ["0002_mine.sql"]


def test_a_file_that_only_moved_has_not_changed(idemlint: Idemlint, repository: Path) -> None:
    git("switch", "--quiet", "--create", "feature")
    write("migrations/long.sql", "".join(table(f"t{number}") for number in range(20)))
    commit("long")
    git("mv", "migrations", "moved")
    write("moved/long.sql", "".join(table(f"t{number}") for number in range(21)))
    commit("moved")
    assert since(idemlint, "HEAD~1") == ["long.sql"]


def test_from_a_subfolder(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("migrations/0002.sql", table("b"))
    write("elsewhere/0003.sql", table("c"))
    monkeypatch.chdir(repository / "migrations")
    assert since(idemlint) == ["0002.sql"]
    assert since(idemlint, "main", ".", "../elsewhere") == ["0002.sql", "0003.sql"]


def test_names_that_git_would_quote(idemlint: Idemlint, repository: Path) -> None:
    write("migrations/0002 größe.sql", table("b"))
    git("add", "--all")
    assert since(idemlint) == ["0002 größe.sql"]


def test_a_deleted_file_is_no_error(idemlint: Idemlint, repository: Path) -> None:
    Path("migrations/0001_users.sql").unlink()
    write("migrations/0002.sql", table("b"))
    assert since(idemlint) == ["0002.sql"]


def test_an_unknown_revision_is_2(idemlint: Idemlint, repository: Path) -> None:
    for revision in ("nowhere", "--output=x"):
        result = idemlint(f"--since={revision}", ".")
        assert result.code == 2
        assert revision in result.err
        assert not Path("x").exists()


def test_a_shallow_clone_is_explained(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("migrations/0002.sql", table("b"))
    commit("second")
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow"], check=True
    )
    monkeypatch.chdir(repository / "shallow")
    result = idemlint("--since", "HEAD~1", ".")
    assert result.code == 2
    assert "this is a shallow clone" in result.err


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give away"
)
def test_a_checkout_of_another_user_is_called_that(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    for name in ("SUDO_UID", "GIT_CONFIG_COUNT"):  # whoever runs the tests may trust all
        monkeypatch.delenv(name, raising=False)
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    result = idemlint("--since", "main", ".")
    assert result.code == 2
    assert "dubious ownership" in result.err
    assert "safe.directory" in result.err
    assert "not in a git repository" not in result.err


def test_without_a_repository_it_is_2(idemlint: Idemlint, bad: Path) -> None:
    result = idemlint("--since", "main", ".")
    assert (result.code, "is not in a git repository" in result.err) == (2, True)


def test_of_a_file_and_its_copy_only_the_copy_is_new(idemlint: Idemlint, repository: Path) -> None:
    write("migrations/0002_copy.sql", BAD)
    assert since(idemlint) == ["0002_copy.sql"]
    Path("migrations/0001_users.sql").unlink()
    assert since(idemlint) == [], "it only has another name"
    write("migrations/0003_copy.sql", BAD)
    assert since(idemlint) == ["0003_copy.sql"], "one of the two is new"


def test_a_file_that_git_lfs_keeps_has_not_changed(idemlint: Idemlint, repository: Path) -> None:
    text = BAD.encode()
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{hashlib.sha256(text).hexdigest()}\nsize {len(text)}\n"
    )
    write("migrations/0001_users.sql", pointer)
    commit("as LFS has it in the repository")
    write("migrations/0001_users.sql")
    assert since(idemlint, "HEAD") == []
    write("migrations/0001_users.sql", BAD + "SELECT 1;\n")
    assert since(idemlint, "HEAD") == ["0001_users.sql"]


def test_without_git_it_is_2(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    result = idemlint("--since", "main", ".")
    assert (result.code, "git is needed" in result.err) == (2, True)
