"""`idemlint init` looks at the folder and writes what fits it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, Result, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]


def drizzle(folder: str = "drizzle") -> None:
    entry = '{{"idx": {0}, "version": "7", "when": {0}, "tag": "{1}", "breakpoints": true}}'
    tags = ["0000_first", "0001_second"]
    entries = ", ".join(entry.format(number, tag) for number, tag in enumerate(tags))
    write(f"{folder}/meta/_journal.json", f'{{"version": "7", "entries": [{entries}]}}')
    for tag in tags:
        write(f"{folder}/{tag}.sql", BAD.replace("users", f"t{tag}"))


def test_paths_runner_and_start_after(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    write("seeds/demo.sql", BAD)
    result = idemlint("init")
    assert result.code == 0
    assert Path("idemlint.toml").read_text() == (
        'paths = ["drizzle"]\n'
        'runner = "drizzle"\n'
        "# up to here all is applied: read for context, not reported, not fixed\n"
        'start-after = "drizzle/0001_second.sql"\n'
    )
    assert Path("idemlint.toml").read_text() in result.out
    assert "Wrote idemlint.toml" in result.out


def test_afterwards_only_new_migrations_are_reported(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    assert idemlint("drizzle").code == 1
    idemlint("init")
    assert idemlint().code == 0


def test_into_an_existing_pyproject(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    before = "[project]\nname = 'x'  # stays\n"
    write("pyproject.toml", before)
    idemlint("init")
    text = Path("pyproject.toml").read_text()
    assert text.startswith(before)
    assert '\n[tool.idemlint]\npaths = ["drizzle"]\n' in text
    assert not Path("idemlint.toml").exists()
    assert idemlint("--show-files").code == 0


def test_nothing_is_overwritten_without_saying(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    write("idemlint.toml", 'ignore = ["IDM101"]\n')
    result = idemlint("init")
    assert result.code == 2
    assert "idemlint.toml configures idemlint already" in result.err
    assert Path("idemlint.toml").read_text() == 'ignore = ["IDM101"]\n'
    forced = idemlint("init", "--force")
    assert "Replaced idemlint.toml" in forced.out
    assert 'runner = "drizzle"' in Path("idemlint.toml").read_text()


def test_force_replaces_our_table_only(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    write("pyproject.toml", "[a]\nx = 1\n[tool.idemlint]\nignore = []\n[b]\ny = 2\n")
    idemlint("init", "--force")
    text = Path("pyproject.toml").read_text()
    assert "ignore" not in text
    assert "[a]\nx = 1\n" in text
    assert "[b]\ny = 2\n" in text


def test_a_folder_a_migration(idemlint: Idemlint, here: Path) -> None:
    for name in ("20240101000000_init", "20240201000000_more"):
        write(f"prisma/migrations/{name}/migration.sql", BAD)
    write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    idemlint("init")
    text = Path("idemlint.toml").read_text()
    assert 'paths = ["prisma/migrations"]' in text
    assert 'runner = "prisma"' in text
    assert 'start-after = "prisma/migrations/20240201000000_more/migration.sql"' in text


def test_several_folders_have_one_end_each(idemlint: Idemlint, here: Path) -> None:
    drizzle("one/drizzle")
    drizzle("two/drizzle")
    assert idemlint("init").code == 0
    assert (
        Path("idemlint.toml")
        .read_text()
        .endswith(
            'start-after."one/drizzle" = "one/drizzle/0001_second.sql"\n'
            'start-after."two/drizzle" = "two/drizzle/0001_second.sql"\n'
        )
    )
    assert idemlint().code == 0
    write("pyproject.toml", "[project]\nname = 'x'\n")
    Path("idemlint.toml").unlink()
    assert idemlint("init").code == 0
    assert 'start-after."two/drizzle" = ' in Path("pyproject.toml").read_text()
    assert idemlint().code == 0


def test_the_newest_file_is_that_of_the_default_branch(
    idemlint: Idemlint, repository: Path
) -> None:
    git("checkout", "--quiet", "-b", "feature")
    write("migrations/0002_new.sql", BAD.replace("users", "new"))
    commit("a feature")
    write("migrations/0003_newer.sql", BAD.replace("users", "newer"))
    result = idemlint("init")
    assert 'start-after = "migrations/0001_users.sql"' in Path("idemlint.toml").read_text()
    assert "migrations: 3 migrations, psql; not on main, and so not applied: 2" in result.out
    found = idemlint("--output-format", "concise").out
    assert "0002_new.sql" in found
    assert "0003_newer.sql" in found
    assert "0001_users.sql" not in found


def test_a_folder_that_is_new_on_the_branch_has_no_end(
    idemlint: Idemlint, repository: Path
) -> None:
    git("checkout", "--quiet", "-b", "feature")
    write("other/migrations/0001.sql", BAD)
    idemlint("init")
    text = Path("idemlint.toml").read_text()
    assert 'start-after."migrations" = "migrations/0001_users.sql"' in text
    assert "other/migrations/0001.sql" not in text
    assert "other/migrations/0001.sql" in idemlint("--output-format", "concise").out


def test_what_is_left_out_is_listed(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    write("seeds/demo.sql", BAD)
    write("seeds/more.sql", BAD)
    write("undo/V1__x.sql", BAD)
    write("undo/U1__x.sql", BAD)
    result = idemlint("init")
    why = "plain SQL: no runner's, and not called migrations"
    assert f"Left out: seeds: 2 files: {why}\n" in result.out
    assert "Left out: undo" not in result.out, "it is Flyway's"
    assert "seeds" not in Path("idemlint.toml").read_text()
    named = idemlint("init", "--force", "drizzle", "seeds")
    assert "Left out" not in named.out
    assert 'start-after."seeds" = "seeds/more.sql"' in Path("idemlint.toml").read_text()


def test_a_path_that_is_hidden_by_it_is_said(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    write("other/migrations/0001.sql", BAD)
    idemlint("init", "drizzle")
    for path in ("drizzle", "drizzle/0000_first.sql"):
        for options in ((), ("--fix",)):
            result = idemlint(*options, path)
            assert f"{path} is not checked: by start-after, all is applied" in result.err
    assert "is not checked" not in idemlint(".").err
    assert "is not checked" not in idemlint("--isolated", "drizzle").err


def test_without_sql_it_says_so(idemlint: Idemlint, here: Path) -> None:
    result = idemlint("init")
    assert (result.code, "no *.sql files found" in result.err) == (2, True)
    assert not Path("idemlint.toml").exists()


def test_files_that_the_runner_does_not_run_are_counted_apart(
    idemlint: Idemlint, here: Path
) -> None:
    for name in ("1_a.up.sql", "1_a.down.sql", "2_b.up.sql", "2_b.down.sql"):
        write(f"migrations/{name}", BAD)
    result = idemlint("init", "--runner", "golang-migrate")
    assert (
        "migrations: 2 migrations, golang-migrate (2 more files that it does not apply)"
        in result.out
    )
    assert 'start-after = "migrations/2_b.up.sql"' in Path("idemlint.toml").read_text()


def test_the_folder_is_the_one_that_new_migrations_come_into(
    idemlint: Idemlint, here: Path
) -> None:
    write("db/sqitch.plan", "%project=x\n\nusers 2024-01-01T00:00:00Z A <a@b.c> # u\n")
    for kind in ("deploy", "revert", "verify"):
        write(f"db/{kind}/users.sql", BAD)
    idemlint("init")
    text = Path("idemlint.toml").read_text()
    assert 'paths = ["db/deploy"]' in text
    assert 'runner = "sqitch"' in text
    assert 'start-after = "db/deploy/users.sql"' in text


def test_files_that_only_undo_are_no_migrations(idemlint: Idemlint, here: Path) -> None:
    write("m/1_a.down.sql", BAD)
    result = idemlint("init", "m", "--runner", "golang-migrate")
    assert result.code == 2
    assert "no migration among 1 *.sql file: name the folder" in result.err
    assert not Path("idemlint.toml").exists()


def test_a_folder_that_its_journal_does_not_list_has_no_last_migration(
    idemlint: Idemlint, here: Path
) -> None:
    write("drizzle/meta/_journal.json", '{"version": "7", "entries": []}')
    write("drizzle/0000_first.sql", BAD)
    result = idemlint("init")
    assert "drizzle: 0 migrations, drizzle (1 more file that it does not apply)" in result.out
    text = Path("idemlint.toml").read_text()
    assert text == 'paths = ["drizzle"]\nrunner = "drizzle"\n'
    assert "IDM101" in idemlint().out


def test_a_folder_inside_another_one_is_not_named_twice(idemlint: Idemlint, here: Path) -> None:
    write("0001_a.sql", BAD)
    write("more/0001_b.sql", BAD)
    idemlint("init", ".")
    assert 'paths = ["."]' in Path("idemlint.toml").read_text()


def test_what_runs_again_by_design_is_not_the_last_migration(
    idemlint: Idemlint, here: Path
) -> None:
    for name in ("V1__a", "V2__b", "V10__c", "R__v"):
        write(f"sql/{name}.sql", BAD)
    idemlint("init")
    assert 'start-after = "sql/V10__c.sql"' in Path("idemlint.toml").read_text()
    write("sql/V11__new.sql", BAD)
    assert idemlint("sql/V11__new.sql").code == 1


def test_what_is_applied_is_so_from_every_folder(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("db/migrations/001_a.sql", BAD)
    write("db/migrations/002_b.sql", BAD)
    idemlint("init")
    for folder in ("db", "db/migrations"):
        monkeypatch.chdir(here / folder)
        assert idemlint("--fix").code == 0
        assert (here / "db/migrations/001_a.sql").read_text() == BAD


@pytest.mark.parametrize(
    "before",
    [
        '[tool]\nidemlint = {ignore = ["IDM101"]}\n',
        'tool.idemlint.ignore = ["IDM101"]\n',
        '[tool.other]\ntext = """\n[tool.idemlint]\nignore = []\n"""\n',
    ],
)
def test_a_file_that_cannot_be_changed_by_lines_is_left_alone(
    idemlint: Idemlint, here: Path, before: str
) -> None:
    drizzle()
    write("pyproject.toml", before)
    result = idemlint("init", "--force")
    assert result.code == 2
    assert "write this there yourself" in result.err
    assert '[tool.idemlint]\npaths = ["drizzle"]' in result.err
    assert Path("pyproject.toml").read_text() == before


def test_a_pyproject_that_is_no_utf8_is_an_error_and_left_alone(
    idemlint: Idemlint, here: Path
) -> None:
    drizzle()
    before = "[project]\nname = 'caf\xe9'\n".encode("latin-1")
    Path("pyproject.toml").write_bytes(before)
    result = idemlint("init")
    assert (result.code, "pyproject.toml: byte 21: is not UTF-8 text" in result.err) == (2, True)
    assert Path("pyproject.toml").read_bytes() == before


def test_a_pyproject_that_cannot_be_written_is_as_it_was(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    drizzle()
    write("pyproject.toml", '[project]\nname = "a"\n')
    monkeypatch.setattr("os.fsync", full)
    result = idemlint("init")
    assert result.code == 2
    assert "pyproject.toml: cannot be written: No space left on device" in result.err
    assert Path("pyproject.toml").read_text() == '[project]\nname = "a"\n'
    assert sorted(each.name for each in here.iterdir()) == ["drizzle", "pyproject.toml"]


def test_line_ends_stay_as_they_are(idemlint: Idemlint, here: Path) -> None:
    drizzle()
    before = b"[project]\r\nname = 'x'\r\n"
    Path("pyproject.toml").write_bytes(before)
    assert idemlint("init").code == 0
    text = Path("pyproject.toml").read_bytes()
    assert text.startswith(before)
    assert text.count(b"\n") == text.count(b"\r\n")
