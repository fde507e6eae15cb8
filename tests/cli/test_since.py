"""`--since REV`: only migrations added or changed since the merge base."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cli.conftest import BAD, Result, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

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


def test_without_git_it_is_2(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    result = idemlint("--since", "main", ".")
    assert (result.code, "git is needed" in result.err) == (2, True)
