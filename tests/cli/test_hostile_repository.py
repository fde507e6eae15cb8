"""A checkout that is not trusted: no configuration of the repository runs a program, or writes elsewhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, Result, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that leaves a mark where it runs, and its marks beside it."""
    folder = tmp_path_factory.mktemp("trap")
    program = folder / "trap"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{folder}/ran"\ncat\n')
    program.chmod(0o755)
    return program


def ran(trap: Path) -> str:
    marks = trap.parent / "ran"
    return marks.read_text() if marks.exists() else ""


@pytest.fixture
def hostile(repository: Path, trap: Path) -> Path:
    """A repository in which whatever can name a program names that one."""
    hooks = repository / "hooks"
    hooks.mkdir()
    for name in (
        "post-index-change",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
    ):
        (hooks / name).symlink_to(trap)
    write(".gitattributes", "*.sql filter=x diff=x\n*.txt filter=y\n")
    commit("attributes")
    write("included", f"[core]\n\tfsmonitor = {trap}\n\tpager = {trap}\n")
    for key, value in {
        "core.fsmonitor": str(trap),
        "core.hooksPath": str(hooks),
        "core.pager": str(trap),
        "pager.ls-tree": str(trap),
        "core.editor": str(trap),
        "core.askPass": str(trap),
        "core.sshCommand": str(trap),
        "core.gitProxy": str(trap),
        "core.alternateRefsCommand": str(trap),
        "credential.helper": str(trap),
        "gpg.program": str(trap),
        "gpg.ssh.program": str(trap),
        "log.showSignature": "true",
        "diff.external": str(trap),
        "diff.x.textconv": str(trap),
        "diff.x.command": str(trap),
        "filter.x.clean": str(trap),
        "filter.x.smudge": str(trap),
        "filter.x.process": str(trap),
        "filter.x.required": "true",
        "filter.y.process": str(trap),
        "interactive.diffFilter": str(trap),
        "merge.x.driver": str(trap),
        "alias.ls-tree": f"!{trap}",
        "alias.rev-parse": f"!{trap}",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": str(trap),
        "extensions.partialClone": "origin",
        "uploadpack.packObjectsHook": str(trap),
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
        "trace2.eventTarget": str(trap),
        "includeIf.gitdir:**.path": str(repository / "included"),
    }.items():
        git("config", key, value)
    # What is new, edited and untracked would all be looked at by `git diff` and `git status`.
    write("migrations/0001_users.sql", "-- edited\n" + BAD)
    write("migrations/0002_new.sql", BAD.replace("users", "teams"))
    return repository


@pytest.mark.parametrize(
    "arguments",
    [
        ("--since", "HEAD", "migrations"),
        ("--start-after", "0001_users.sql", "migrations"),
        ("--fix", "--runner", "sqlx", "migrations"),
        ("--add-ignore", "--runner", "sqlx", "migrations"),
        ("init", "migrations"),
    ],
    ids=" ".join,
)
def test_nothing_that_the_repository_names_runs(
    idemlint: Idemlint, hostile: Path, trap: Path, arguments: tuple[str, ...]
) -> None:
    result = idemlint(*arguments)
    assert ran(trap) == ""
    assert result.code in (0, 1), result.err


def test_the_traps_would_work(hostile: Path, trap: Path) -> None:
    """What idemlint asked of git before would run them: the tests above can fail."""
    subprocess.run(["git", "diff", "--name-status", "HEAD", "--"], check=False, capture_output=True)
    assert str(trap) in ran(trap)


def test_objects_that_are_not_here_are_not_fetched(
    idemlint: Idemlint, hostile: Path, trap: Path
) -> None:
    """A partial clone fetches what it lacks, by a transport that the repository names."""
    blob = git("rev-parse", "HEAD:migrations/0001_users.sql").strip()
    (hostile / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    result = idemlint("--since", "HEAD", "--output-format", "concise", "migrations")
    assert ran(trap) == ""
    assert (result.code, "0001_users.sql" in result.out) == (1, True)


def test_a_bare_repository_in_the_tree_is_no_repository(
    idemlint: Idemlint, repository: Path, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "--quiet", "--bare", "migrations/inner")
    write(
        "migrations/inner/config",
        f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = {trap}\n\tpager = {trap}\n",
    )
    write("migrations/inner/0002_new.sql", BAD.replace("users", "teams"))
    monkeypatch.chdir(repository / "migrations" / "inner")
    result = idemlint("--since", "main", "--output-format", "concise", ".")
    assert ran(trap) == ""
    assert (result.code, "0002_new.sql" in result.out) == (1, True)


def test_a_git_in_the_repository_is_not_run(
    idemlint: Idemlint, repository: Path, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "git").symlink_to(trap)
    monkeypatch.setenv("PATH", f":.:{os.environ['PATH']}:")
    assert idemlint("--since", "HEAD", "migrations").code == 0
    assert ran(trap) == ""


def test_a_pipe_is_not_read_before_its_time(
    idemlint: Idemlint, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read, written = os.pipe()
    os.write(written, BAD.encode())
    os.close(written)
    try:
        result = idemlint("--since", "HEAD", "--output-format", "concise", f"/dev/fd/{read}")
    finally:
        os.close(read)
    assert (result.code, "IDM101" in result.out) == (1, True), result


class TestConfiguredPaths:
    """What a configuration names outside of the project is read, and never written."""

    @pytest.fixture
    def outside(self, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("outside")
        (folder / "0001_theirs.sql").write_text(BAD)
        write("idemlint.toml", f'paths = ["{os.path.relpath(folder)}"]\n')
        return folder

    def test_that_they_lead_out_is_said(self, idemlint: Idemlint, outside: Path) -> None:
        result = idemlint()
        assert "leads out of the project" in result.err
        assert result.code == 1

    @pytest.mark.parametrize("option", ["--fix", "--add-ignore"])
    def test_nothing_is_written_there(self, idemlint: Idemlint, outside: Path, option: str) -> None:
        result = idemlint(option)
        assert result.code == 2
        assert "lies outside of the project" in result.err
        assert (outside / "0001_theirs.sql").read_text() == BAD

    def test_nor_through_a_link(self, idemlint: Idemlint, outside: Path) -> None:
        write("idemlint.toml", 'paths = ["migrations"]\n')
        Path("migrations/0002_link.sql").symlink_to(outside / "0001_theirs.sql")
        assert idemlint("--fix").code == 2
        assert idemlint("--fix", ".").code == 2
        assert (outside / "0001_theirs.sql").read_text() == BAD

    @pytest.mark.parametrize("arguments", [("--fix",), ("--add-ignore=why",)])
    def test_a_link_that_leads_out_costs_no_other_file_its_fix(
        self, idemlint: Idemlint, outside: Path, arguments: tuple[str, ...]
    ) -> None:
        write("migrations/0003_teams.sql", BAD.replace("users", "teams"))
        link, theirs = Path("migrations/0002_link.sql"), outside / "0001_theirs.sql"
        link.symlink_to(theirs)
        theirs.write_text(BAD.replace("users", "theirs"))
        result = idemlint(*arguments, "migrations")
        assert result.code == 2
        assert (
            f"error: migrations/0002_link.sql: lies outside of the project ({theirs}), and was not named:"
            " it was not written; name it on the command line where that is meant\n"
        ) in result.err
        assert theirs.read_text() == BAD.replace("users", "theirs")
        assert link.is_symlink()
        for name in ("0001_users.sql", "0003_teams.sql"):
            assert Path("migrations", name).read_text() not in (BAD, BAD.replace("users", "teams"))

    def test_what_is_left_in_it_is_still_reported(self, idemlint: Idemlint, outside: Path) -> None:
        Path("migrations/0002_link.sql").symlink_to(outside / "0001_theirs.sql")
        (outside / "0001_theirs.sql").write_text(BAD.replace("users", "theirs"))
        result = idemlint("--fix", "--output-format", "concise", "migrations")
        assert "migrations/0002_link.sql:1:1" in result.out
        assert "0001_users.sql" not in result.out

    def test_one_that_needs_no_fix_is_nothing_to_speak_of(
        self, idemlint: Idemlint, outside: Path
    ) -> None:
        Path("migrations/0002_link.sql").symlink_to(outside / "0001_theirs.sql")
        (outside / "0001_theirs.sql").write_text("SELECT 1;\n")
        result = idemlint("--fix", "migrations")
        assert (result.code, "outside" in result.err) == (0, False)

    def test_named_by_itself_a_link_is_written_through(
        self, idemlint: Idemlint, outside: Path
    ) -> None:
        link, theirs = Path("migrations/0002_link.sql"), outside / "0001_theirs.sql"
        link.symlink_to(theirs)
        theirs.write_text(BAD.replace("users", "theirs"))
        assert idemlint("--fix", "migrations", str(link)).code == 0
        assert "IF NOT EXISTS" in theirs.read_text()
        assert link.is_symlink()

    def test_nothing_is_swept_up_outside(self, idemlint: Idemlint, outside: Path) -> None:
        """The name is that of what a killed run leaves; there, it is none of our business."""
        left = outside / ".0001_theirs.sql.idemlint-0123456789abcdef.tmp"
        left.write_text("theirs")
        Path("migrations/0002_link.sql").symlink_to(outside / "0001_theirs.sql")
        (outside / "0001_theirs.sql").write_text(BAD.replace("users", "theirs"))
        assert idemlint("--fix", "migrations").code == 2
        assert left.exists()

    def test_of_a_thousand_files_the_first_are_named(
        self, idemlint: Idemlint, outside: Path
    ) -> None:
        for number in range(2, 16):
            (outside / f"{number:04}_theirs.sql").write_text(BAD.replace("users", f"t{number}"))
        result = idemlint("--fix")
        assert result.err.count("lies outside of the project") == 10
        assert "5 more files outside of the project: not written either" in result.err

    def test_the_command_line_is_the_users_own_word(
        self, idemlint: Idemlint, outside: Path
    ) -> None:
        assert idemlint("--fix", str(outside)).code == 0
        assert "IF NOT EXISTS" in (outside / "0001_theirs.sql").read_text()

    def test_a_diff_writes_nothing(self, idemlint: Idemlint, outside: Path) -> None:
        assert idemlint("--fix", "--diff").code == 1
