"""`idemlint` alone, where no configuration names paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import BAD, GOOD, write

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Idemlint


def test_it_looks_at_the_folders_of_migrations_and_names_them(
    idemlint: Idemlint, here: Path
) -> None:
    write("db/migrations/0001.sql", BAD)
    write("db/migrations/0002.sql", BAD.replace("users", "b"))
    write("services/a/sql/V1__c.sql", BAD)
    write("queries/report.sql", "CREATE TABLE x (a int);\n")
    write("node_modules/y/migrations/0001.sql", BAD)
    result = idemlint("--output-format", "concise")
    assert result.code == 1
    assert result.err.splitlines()[:2] == [
        "Looking at db/migrations: 2 files, psql",
        "Looking at services/a/sql: 1 file, flyway",
    ]
    assert "services/a/sql/V1__c.sql" in result.out
    assert "db/migrations/0002.sql" in result.out
    assert "queries" not in result.out
    assert "node_modules" not in result.out + result.err
    assert "Not at 1 other *.sql file; `idemlint .` looks at all." in result.err
    assert "Looking" not in idemlint("--quiet").err


def test_folders_that_are_called_migrations_will_do(idemlint: Idemlint, here: Path) -> None:
    write("db/migrations/0001.sql", BAD)
    write("queries/report.sql", "CREATE TABLE x (a int);\n")
    result = idemlint("--output-format", "concise")
    assert "Looking at db/migrations: 1 file, psql" in result.err
    assert result.out.startswith("db/migrations/0001.sql:1:1: IDM101")
    assert "queries" not in result.out


def test_it_is_what_gitignore_leaves(idemlint: Idemlint, repository: Path) -> None:
    write(".gitignore", "build/\n")
    write("build/migrations/0001.sql", BAD)
    result = idemlint()
    assert "Looking at migrations: 1 file, psql" in result.err
    assert "build" not in result.out + result.err


def test_where_there_is_nothing_it_says_so(idemlint: Idemlint, here: Path) -> None:
    result = idemlint()
    assert result.code == 2
    assert "no PATHS, and there are no migrations here" in result.err
    write("queries/report.sql", GOOD)
    result = idemlint()
    assert result.code == 2
    assert "there is SQL here, but nothing says that it is migrations" in result.err


def test_a_configuration_without_paths_is_kept_to(idemlint: Idemlint, here: Path) -> None:
    write("db/migrations/0001.sql", BAD)
    write("idemlint.toml", 'ignore = ["IDM1"]\n')
    assert idemlint().code == 0
    write("idemlint.toml", 'exclude = ["db"]\n')
    assert idemlint().code == 2  # nothing is left to look at, which is no pass
