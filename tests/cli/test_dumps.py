"""Dumps of databases: said, and judged only where somebody means them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, GOOD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]

DUMP = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n\n" + BAD


@pytest.fixture
def dump(here: Path) -> Path:
    """A folder of migrations, and a dump beside it."""
    write("db/migrations/001_users.sql", GOOD)
    return write("db/structure.sql", DUMP)


@pytest.mark.usefixtures("dump")
class TestBesideMigrations:
    def test_it_is_left_out(self, idemlint: Idemlint) -> None:
        result = idemlint("--strict", "db")
        assert result.code == 0
        assert "1 file checked, 1 dumped from a database.\n" in result.out

    def test_among_them(self, idemlint: Idemlint) -> None:
        write("db/migrations/schema.sql", DUMP)
        assert "1 file checked, 1 dumped from a database.\n" in idemlint("db/migrations").out

    def test_one_that_is_named_is_judged(self, idemlint: Idemlint) -> None:
        assert "db/structure.sql:7:1: IDM101" in idemlint("db/structure.sql").out
        assert "2 files checked.\n" in idemlint("db/structure.sql", "db/migrations").out

    def test_one_that_the_configuration_names_too(self, idemlint: Idemlint) -> None:
        write("idemlint.toml", 'paths = ["db/migrations", "db/structure.sql"]\n')
        assert "2 files checked.\n" in idemlint().out

    def test_but_not_by_a_hook_which_names_all(self, idemlint: Idemlint) -> None:
        both = "db/structure.sql", "db/migrations/001_users.sql"
        result = idemlint("check", "--force-exclude", *both)
        assert "1 file checked, 1 dumped from a database.\n" in result.out
        result = idemlint("check", "--force-exclude", both[0])
        assert (result.code, "0 files checked, 1 dumped from a database." in result.out) == (
            0,
            True,
        )

    def test_a_text_that_is_piped_in_is_judged(self, idemlint: Idemlint, here: Path) -> None:
        import subprocess
        import sys

        command = [sys.executable, "-m", "idemlint", "-", "--stdin-filename", "db/structure.sql"]
        done = subprocess.run(command, input=DUMP.encode(), capture_output=True, check=False)
        assert b"IDM101" in done.stdout

    def test_init_says_so(self, idemlint: Idemlint) -> None:
        assert "Left out: db: 1 file: dumps of databases\n" in idemlint("init").out

    def test_it_tells_where_a_guard_would_hide_a_difference(self, idemlint: Idemlint) -> None:
        write("db/migrations/schema.sql", DUMP)
        write(
            "db/migrations/001_users.sql", "CREATE TABLE users (id int PRIMARY KEY, email text);\n"
        )
        assert "IDM101 [*]" not in idemlint("db/migrations").out
        # Later migrations add columns: that a dump has them says nothing.
        write("db/migrations/001_users.sql", BAD)
        write("db/migrations/schema.sql", DUMP.replace("KEY)", "KEY, email text)"))
        assert "IDM101 [*]" in idemlint("db/migrations").out


@pytest.mark.parametrize("schema", ["db/schema.sql", "db/structure.sql"])
def test_a_schema_beside_the_migrations_is_another_shape(
    idemlint: Idemlint, here: Path, schema: str
) -> None:
    """One that is loaded wins over a guard; which columns it lacks is said once, with both places."""
    write(schema, "CREATE TABLE users (id int, email text);\n")
    write(
        "db/migrations/001_users.sql",
        "CREATE TABLE IF NOT EXISTS users (id int, email text, phone text, fax text);\n",
    )
    write("db/migrations/002_more.sql", "ALTER TABLE users DROP COLUMN IF EXISTS fax;\n")
    out = idemlint("db/migrations").out
    assert out.count("IDM801") == 1
    name = schema.removeprefix("db/")
    assert f"001_users.sql:1:1: IDM801 {name}:1 makes users without phone: that one wins on" in out


def test_a_schema_that_says_the_same_in_two_steps_is_none(idemlint: Idemlint, here: Path) -> None:
    write("db/schema.sql", "CREATE TABLE users (id int);\nALTER TABLE users ADD COLUMN a text;\n")
    write("db/migrations/001_users.sql", "CREATE TABLE IF NOT EXISTS users (id int, a text);\n")
    assert "IDM801" not in idemlint("db/migrations").out


def test_where_there_is_nothing_else_it_is_judged(idemlint: Idemlint, here: Path) -> None:
    write("db/structure.sql", DUMP)
    write("db/20240101_users.rb", "")
    result = idemlint("db")
    assert "IDM101" in result.out
    assert "1 file checked, 1 not SQL.\n" in result.out


def test_a_first_migration_may_be_one(idemlint: Idemlint, here: Path) -> None:
    write("m/V1__init.sql", DUMP)
    write("m/V2__more.sql", GOOD)
    assert "2 files checked.\n" in idemlint("m").out
