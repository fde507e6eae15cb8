"""`start-after` and git: late migrations are judged, edited ones are found, what cannot be told is known."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import Result, commit, git, write
from idemlint.cli.options import Shared
from idemlint.cli.session import Session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]

UP = "CREATE TABLE {} (id int PRIMARY KEY);\n"


def found(result: Result) -> list[tuple[str, str, str]]:
    return [
        (Path(each["filename"]).name, each["code"], each["severity"])
        for each in json.loads(result.out)
    ]


def check(idemlint: Idemlint, *arguments: str) -> list[tuple[str, str, str]]:
    return found(idemlint("--output-format", "json", *arguments))


def session(*paths: str, start_after: str | None = None, since: str | None = None) -> Session:
    return open_session(
        Shared(paths=paths or ("migrations",), start_after=start_after, since=since)
    )


@pytest.fixture
def folder(repository: Path) -> Path:
    """golang-migrate's: 1 and 5 are on main, and a branch is checked out."""
    Path("migrations/0001_users.sql").unlink()
    write("migrations/0001_a.up.sql", UP.format("a"))
    write("migrations/0005_e.up.sql", UP.format("e"))
    write("idemlint.toml", 'runner = "golang-migrate"\nstart-after = "5"\n')
    commit("more")
    git("switch", "--quiet", "--create", "feature")
    return repository / "migrations"


LATE = ("0003_late.up.sql", "IDM823", "warning")


def test_a_late_migration_is_judged_and_its_fate_is_said(idemlint: Idemlint, folder: Path) -> None:
    write("migrations/0003_late.up.sql", UP.format("c"))
    judged = [("0003_late.up.sql", "IDM101", "error"), LATE]
    assert sorted(check(idemlint, "migrations")) == judged
    assert sorted(check(idemlint, "--since", "main", "migrations")) == judged
    assert sorted(check(idemlint, "migrations/0003_late.up.sql")) == judged
    assert sorted(check(idemlint, "--isolated", "--since", "main", "migrations")) == judged
    [late] = [
        each
        for each in json.loads(idemlint("--output-format", "json", "migrations").out)
        if each["code"] == "IDM823"
    ]
    assert late["message"] == (
        "main does not have this migration, but 0005_e.up.sql, which counts as applied, comes after it:"
        " golang-migrate skips it without a word on databases that are past it, and runs it on new ones"
    )
    commit("late")
    assert sorted(check(idemlint, "migrations")) == judged
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "feature")
    assert check(idemlint, "migrations") == []


@pytest.mark.parametrize(
    ("runner", "severity", "words"),
    [
        ("goose", "error", "goose refuses to run anything"),
        ("sqlx", "warning", "sqlx runs it last"),
        ("rambler", "error", "rambler refuses to run anything"),
        ("tern", "warning", "tern skips it"),
        ("psql", "warning", "what psql does with it on databases that are past it is not known"),
    ],
)
def test_what_the_runner_does_with_it(
    idemlint: Idemlint, repository: Path, runner: str, severity: str, words: str
) -> None:
    marker = f"-- +goose Up\n-- {runner} up\n"
    write("migrations/0005_e.sql", marker + UP.format("e"))
    commit("more")
    write("migrations/0003_late.sql", f"{marker}SELECT 1;\n")
    options = ("--runner", runner, "--start-after", "5", "--select", "IDM823")
    result = idemlint(*options, "--output-format", "json", "migrations")
    assert found(result) == [("0003_late.sql", "IDM823", severity)]
    assert words in json.loads(result.out)[0]["message"]


def test_what_a_change_was_before_it_was_reworked_is_not_late(
    idemlint: Idemlint, repository: Path
) -> None:
    """Sqitch's `rework` copies the script that has run to another name."""
    plan = "%syntax-version=1.0.0\n%project=app\n\na 2026-01-01T00:00:00Z A <a@example.com> # a\n@v1 2026\n"
    write("sqitch.plan", plan + "b 2026 B\n")
    write("deploy/a.sql", UP.format("a"))
    write("deploy/b.sql", UP.format("b"))
    commit("two changes")
    git("switch", "--quiet", "--create", "feature")
    write("sqitch.plan", plan + "b 2026 B\na [a@v1] 2026 A\n")
    write("deploy/a@v1.sql", UP.format("a"))
    options = ("--since", "main", "--select", "IDM823", "deploy")
    assert check(idemlint, *options) == []
    write("sqitch.plan", plan + "c 2026 C\nb 2026 B\n")
    write("deploy/c.sql", UP.format("c"))
    assert check(idemlint, *options) == [("c.sql", "IDM823", "error")]
    assert "put it behind b.sql" in idemlint(*options).out


def test_where_late_files_run_the_users_word_alone_makes_one_late(
    idemlint: Idemlint, repository: Path
) -> None:
    write("migrations/0005_e.sql", UP.format("e"))
    commit("more")
    write("migrations/0003_new.sql", "SELECT 1;\n")
    options = ("--runner", "sqlx", "--since", "main", "--select", "IDM823")
    assert check(idemlint, *options, "migrations") == []
    assert len(check(idemlint, *options, "--start-after", "5", "migrations")) == 1


def test_an_edited_migration_is_found_and_nothing_else_is_said_of_it(
    idemlint: Idemlint, folder: Path
) -> None:
    write("migrations/0001_a.up.sql", UP.format("aa"))
    assert check(idemlint, "migrations") == [("0001_a.up.sql", "IDM822", "warning")]
    assert check(idemlint, "migrations/0001_a.up.sql") == [("0001_a.up.sql", "IDM822", "warning")]
    assert "--fix-applied" in idemlint("migrations").out
    write("migrations/0001_a.up.sql", "-- idemlint: ignore-file[IDM822] why\n" + UP.format("aa"))
    assert check(idemlint, "migrations") == []


def test_it_is_an_error_where_the_runner_minds(idemlint: Idemlint, repository: Path) -> None:
    write("migrations/0001_users.sql", UP.format("people"))
    options = ("--runner", "sqlx", "--select", "IDM822", "migrations")
    assert check(idemlint, "--since", "main", *options) == [("0001_users.sql", "IDM822", "error")]
    assert check(idemlint, *options) == [], "git is asked where start-after or --since is given"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_ends_of_lines_are_no_edit(
    idemlint: Idemlint, folder: Path, newline: str, repository: Path
) -> None:
    here = "\n" if newline == "\r\n" else "\r\n"
    Path("migrations/0001_a.up.sql").write_bytes(f"SELECT 1;{newline}SELECT 2;{newline}".encode())
    git("config", "core.autocrlf", "false")
    commit("as it is")
    git("branch", "--force", "main", "HEAD")
    Path("migrations/0001_a.up.sql").write_bytes(f"SELECT 1;{here}SELECT 2;{here}".encode())
    assert check(idemlint, "migrations") == []
    assert check(idemlint, "--isolated", "--since", "HEAD", "migrations") == []


def test_what_a_filter_made_is_not_called_edited(idemlint: Idemlint, folder: Path) -> None:
    """Its work tree's text is another one than the blob, and only the filter could tell."""
    write(".gitattributes", "*.sql filter=secret\n")
    write("migrations/0001_a.up.sql", UP.format("plain"))
    assert check(idemlint, "migrations") == []
    git("add", "--all")
    commit("another blob")
    assert check(idemlint, "migrations") == [("0001_a.up.sql", "IDM822", "warning")]


def test_a_folder_that_moved_is_the_same(idemlint: Idemlint, folder: Path) -> None:
    git("mv", "migrations", "db")
    commit("moved")
    assert check(idemlint, "db") == []
    write("db/0001_a.up.sql", UP.format("aa"))
    assert check(idemlint, "db") == [("0001_a.up.sql", "IDM822", "warning")]


def test_one_that_got_another_number_is_another(idemlint: Idemlint, folder: Path) -> None:
    git("mv", "migrations/0001_a.up.sql", "migrations/0002_a.up.sql")
    assert ("0002_a.up.sql", "IDM823", "warning") in check(idemlint, "migrations")


def test_a_shallow_checkout_goes_by_start_after_alone_and_knows_it(
    idemlint: Idemlint, folder: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 5):
        write(f"migrations/000{number}_x.up.sql", UP.format(f"x{number}"))
    write("migrations/0006_new.up.sql", UP.format("new"))
    commit("feature")
    git("clone", "--quiet", "--depth=1", "--branch=feature", repository.as_uri(), "clone")
    monkeypatch.chdir(repository / "clone")
    assert check(idemlint, "migrations") == [("0006_new.up.sql", "IDM101", "error")]
    assert "shallow" in session().applied_unknown
    monkeypatch.chdir(repository)
    assert session().applied_unknown == ""


@pytest.mark.parametrize("since", [None, "main"])
def test_without_git_check_goes_on(
    idemlint: Idemlint, folder: Path, monkeypatch: pytest.MonkeyPatch, since: str | None
) -> None:
    monkeypatch.setenv("PATH", "")
    if since is None:
        assert check(idemlint, "migrations") == []
        assert "was not found" in session().applied_unknown
    else:
        assert idemlint("--since", since, "migrations").code == 2


def test_nobody_asks_git_without_start_after(
    idemlint: Idemlint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("git was started"))
    assert idemlint("migrations").code == 1
    assert session().applied_unknown == ""


def test_the_configuration_says_which_branch_counts(idemlint: Idemlint, folder: Path) -> None:
    git("branch", "--move", "main", "trunk")
    write("migrations/0003_late.up.sql", UP.format("c"))
    assert check(idemlint, "migrations") == []
    assert "--default-branch" in session().applied_unknown
    assert LATE in check(idemlint, "--default-branch", "trunk", "migrations")
    with Path("idemlint.toml").open("a") as file:
        file.write('default-branch = "trunk"\n')
    assert LATE in check(idemlint, "migrations")


def test_a_file_that_is_meant_and_skipped_is_known(folder: Path) -> None:
    write("migrations/0003_late.up.sql", UP.format("c"))
    named = session("migrations/0001_a.up.sql", "./migrations/")
    assert named.is_pointed_at("migrations/0001_a.up.sql")
    assert not named.is_pointed_at("migrations/0005_e.up.sql")
    changed = session(since="main")
    assert changed.is_pointed_at("migrations/0003_late.up.sql")
    assert not changed.is_pointed_at("migrations/0001_a.up.sql")


def test_in_a_hook_git_says_which_repository_it_is(
    idemlint: Idemlint, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git --git-dir … --work-tree … commit` hands both to its hooks."""
    write("migrations/0003_late.up.sql", UP.format("c"))
    Path(".git").rename("elsewhere.git")
    monkeypatch.setenv("GIT_DIR", "elsewhere.git")
    monkeypatch.setenv("GIT_WORK_TREE", os.curdir)
    monkeypatch.setenv("GIT_INDEX_FILE", "elsewhere.git/index")
    assert LATE in check(idemlint, "migrations")
    assert LATE in check(idemlint, "--since", "main", "migrations")


class TestFix:
    """`--fix` in a runner that keeps checksums."""

    def test_it_leaves_alone_what_it_cannot_tell(
        self, idemlint: Idemlint, repository: Path
    ) -> None:
        git("branch", "--move", "main", "trunk")
        path = repository / "migrations" / "0001_users.sql"
        before = path.read_bytes()
        result = idemlint("--fix", "--runner", "sqlx", "migrations")
        assert path.read_bytes() == before
        assert "cannot tell what is applied" in result.err
        assert "--default-branch" in result.err
        assert "--fix-applied" in result.err
        result = idemlint("--fix", "--runner", "sqlx", "--default-branch", "trunk", "migrations")
        assert "it is on trunk already" in result.err
        assert path.read_bytes() == before
        result = idemlint("--fix", "--fix-applied", "--runner", "sqlx", "migrations")
        assert "ignore-file[IDM822]" in result.err
        assert path.read_bytes() != before

    def test_so_it_does_without_a_repository(self, idemlint: Idemlint, bad: Path) -> None:
        before = bad.read_bytes()
        result = idemlint("--fix", "--runner", "flyway", "migrations")
        assert "cannot tell what is applied: it is in no git repository" in result.err
        assert bad.read_bytes() == before
