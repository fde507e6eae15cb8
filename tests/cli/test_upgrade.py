"""`--from REV`: what becomes of databases that have run a revision, as the command line tells it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.conftest import Result, commit, git, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]


@pytest.fixture
def folder(here: Path) -> Path:
    """A git repository in which `m` has nothing yet."""
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.email", "someone@example.com")
    git("config", "user.name", "Someone")
    return here


def first(**files: str) -> None:
    """What main has."""
    for name, text in files.items():
        write(f"m/{name.replace('__dot__', '.')}.sql", text)
    commit("first")


def found(idemlint: Idemlint, runner: str, *options: str) -> list[dict[str, Any]]:
    options = options or ("--from", "main")
    chosen = ("--runner", runner, "--select", "IDM82,IDM70", "--output-format", "json")
    result = idemlint("check", "--isolated", *chosen, *options, "m")
    assert result.code in (0, 1), result.err
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


def told(idemlint: Idemlint, runner: str, *options: str) -> list[tuple[str, str, str | None]]:
    return [
        (Path(each["filename"]).name, each["code"], each["sqlstate"])
        for each in found(idemlint, runner, *options)
    ]


def test_a_view_that_is_there_holds_a_column_back(idemlint: Idemlint, folder: Path) -> None:
    first(V1__a="CREATE TABLE t (x int);", R__v="CREATE OR REPLACE VIEW v AS SELECT x FROM t;")
    write("m/V2__b.sql", "ALTER TABLE t ALTER COLUMN x TYPE bigint;")
    assert told(idemlint, "flyway") == [("V2__b.sql", "IDM824", "0A000")]


def test_since_asks_for_the_upgrade_path_as_well(idemlint: Idemlint, folder: Path) -> None:
    first(V1__a="CREATE TABLE t (x int);", R__v="CREATE OR REPLACE VIEW v AS SELECT x FROM t;")
    write("m/V2__b.sql", "ALTER TABLE t ALTER COLUMN x TYPE bigint;")
    assert told(idemlint, "flyway", "--since", "main") == [("V2__b.sql", "IDM824", "0A000")]


def test_a_view_that_is_dropped_before_holds_nothing_back(idemlint: Idemlint, folder: Path) -> None:
    first(V1__a="CREATE TABLE t (x int);", R__v="CREATE OR REPLACE VIEW v AS SELECT x FROM t;")
    text = "DROP VIEW IF EXISTS v; ALTER TABLE t ALTER COLUMN x TYPE bigint;"
    write("m/V2__b.sql", text)
    write("m/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT x FROM t; -- again")
    assert told(idemlint, "flyway") == []


def test_a_view_that_is_dropped_and_does_not_run_again_is_gone(
    idemlint: Idemlint, folder: Path
) -> None:
    first(V1__a="CREATE TABLE t (x int);", R__v="CREATE OR REPLACE VIEW v AS SELECT x FROM t;")
    write("m/V2__b.sql", "DROP VIEW IF EXISTS v; ALTER TABLE t ALTER COLUMN x TYPE bigint;")
    (each,) = found(idemlint, "flyway")
    assert each["message"] == (
        "a new database has view v (R__v.sql:1), one that has run main has not: line 1 takes it away"
    )


def test_what_is_appended_comes_to_the_same(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE t (x int);"})
    write("m/0002_b.sql", "ALTER TABLE t ADD COLUMN y int; CREATE INDEX i ON t (y);")
    assert told(idemlint, "sqlx") == []


@pytest.mark.parametrize(
    ("runner", "severity", "words"),
    [
        ("golang-migrate", "warning", "skips it without a word"),
        ("postgrator", "warning", "skips it without a word"),
        ("tern", "warning", "skips it without a word"),
    ],
)
def test_what_a_skipped_file_would_have_made_is_said(
    idemlint: Idemlint, folder: Path, runner: str, severity: str, words: str
) -> None:
    name = {"golang-migrate": "{}_x.up", "postgrator": "{}.do.x", "tern": "{}_x"}[runner]
    first(**{name.format("001"): "CREATE TABLE a (id int);", name.format("003"): "SELECT 1;"})
    write(
        f"m/{name.format('002')}.sql", "CREATE TABLE users (id int); CREATE INDEX i ON users (id);"
    )
    (each,) = found(idemlint, runner)
    assert (each["code"], each["severity"]) == ("IDM823", severity)
    assert words in each["message"]
    assert each["message"].endswith("those never get table users")


def test_what_needs_a_skipped_file_fails(idemlint: Idemlint, folder: Path) -> None:
    first(**{"1_a.up": "CREATE TABLE a (id int);", "3_c.up": "SELECT 1;"})
    write("m/2_b.up.sql", "CREATE TABLE users (id int);\nALTER TABLE a ADD COLUMN x int;")
    write("m/4_d.up.sql", "CREATE INDEX i ON users (id);\nCREATE INDEX j ON a (x);")
    assert told(idemlint, "golang-migrate") == [
        ("2_b.up.sql", "IDM823", None),
        ("4_d.up.sql", "IDM824", "42P01"),
        ("4_d.up.sql", "IDM824", "42703"),
    ]


def test_a_refusal_is_said_and_nothing_else(idemlint: Idemlint, folder: Path) -> None:
    up = "-- +goose Up\n"
    first(**{"1_a": f"{up}CREATE TABLE a (id int);", "3_c": f"{up}SELECT 1;"})
    write("m/2_b.sql", f"{up}CREATE TABLE users (id int);")
    write("m/4_d.sql", f"{up}CREATE INDEX i ON users (id);")
    (each,) = found(idemlint, "goose")
    assert (each["code"], each["severity"]) == ("IDM823", "error")
    assert "refuses to run anything" in each["message"]


def test_what_runs_last_may_undo_what_ran_before(idemlint: Idemlint, folder: Path) -> None:
    first(
        **{
            "1_a": "CREATE TABLE a (id int);",
            "3_c": "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';",
        }
    )
    write("m/2_b.sql", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';")
    (each,) = found(idemlint, "sqlx")
    assert (each["code"], Path(each["filename"]).name) == ("IDM824", "2_b.sql")
    assert each["message"] == (
        "function f() is as 3_c.sql:1 makes it on a new database, and as line 1 does on one that has run main"
    )
    assert (
        each["help"] == "give it a version after 3_c.sql: then it runs behind it on all databases"
    )


def test_late_files_that_touch_nothing_of_the_others_are_nobodys_concern(
    idemlint: Idemlint, folder: Path
) -> None:
    first(**{"1_a": "CREATE TABLE a (id int);", "3_c": "CREATE TABLE c (id int);"})
    write("m/2_b.sql", "CREATE TABLE b (id int); ALTER TABLE a ADD COLUMN x text;")
    assert told(idemlint, "sqlx") == []


def test_a_late_file_may_find_its_table_renamed(idemlint: Idemlint, folder: Path) -> None:
    first(**{"1_a": "CREATE TABLE a (id int);", "3_c": "ALTER TABLE a RENAME TO c;"})
    write("m/2_b.sql", "ALTER TABLE a ADD COLUMN x text;")
    assert told(idemlint, "sqlx")[0] == ("2_b.sql", "IDM824", "42P01")


def test_an_edit_reaches_new_databases_only(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE users (id int, name text);"})
    write("m/0001_a.sql", "CREATE TABLE users (\n  id bigint,\n  name text,\n  email text\n);")
    write("m/0002_b.sql", "CREATE INDEX i ON users (email);")
    by_file = {
        each["message"]: each for each in found(idemlint, "sqlx") if each["code"] == "IDM824"
    }
    assert list(by_file) == [
        "a new database has column email on users (line 1), one that has run main has not",
        "column id on users is as line 1 makes it on a new database (int8), and as 0001_a.sql:1 of main does"
        " on one that has run main (int4)",
        "a new database runs this, one that has run main stops here: there is no column email on users"
        " (see 0001_a.sql:1)",
    ]


def test_what_a_deleted_file_made_stays(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);", "0002_b": "CREATE TABLE b (id int);"})
    Path("m/0002_b.sql").unlink()
    write("m/0003_c.sql", "CREATE TABLE c (id int);")
    (each,) = found(idemlint, "sqlx")
    assert each["message"] == (
        "a database that has run main has table b (0002_b.sql:1 of main), a new one has not"
    )
    write("m/0003_c.sql", "CREATE TABLE b (id int);")
    assert told(idemlint, "sqlx") == [("0003_c.sql", "IDM824", "42P07")]


def test_what_the_other_branch_has_got_since_is_no_difference(
    idemlint: Idemlint, folder: Path
) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);"})
    git("switch", "--quiet", "--create", "feature")
    write("m/0002_mine.sql", "CREATE TABLE mine (id int);")
    commit("mine")
    git("switch", "--quiet", "main")
    write("m/0003_theirs.sql", "CREATE TABLE theirs (id int);")
    commit("theirs")
    git("switch", "--quiet", "feature")
    assert told(idemlint, "sqlx") == []
    assert told(idemlint, "tern") == [("0002_mine.sql", "IDM823", None)]
    assert told(idemlint, "sqlx", "--since", "main") == []


def test_a_renamed_file_is_the_same_migration_by_its_version(
    idemlint: Idemlint, folder: Path
) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);"})
    shutil.move("m/0001_a.sql", "m/0001_b.sql")
    assert told(idemlint, "sqlx") == []
    shutil.move("m/0001_b.sql", "m/0002_b.sql")
    assert told(idemlint, "sqlx") == [("0002_b.sql", "IDM824", "42P07")]


def test_folders_of_migrations_are_read_from_the_revision(idemlint: Idemlint, folder: Path) -> None:
    one, two, three = (f"m/2024010{day}000000_x/migration.sql" for day in (1, 2, 3))
    write(one, "CREATE TABLE a (id int);")
    write(three, "ALTER TABLE a RENAME TO c;")
    commit("first")
    write(two, "ALTER TABLE a ADD COLUMN x text;")
    codes = [(each["filename"], each["sqlstate"]) for each in found(idemlint, "prisma")]
    assert codes[0] == (two, "42P01")


def test_the_journal_of_the_revision_counts(idemlint: Idemlint, folder: Path) -> None:
    def journal(*tags: str) -> None:
        write("m/meta/_journal.json", json.dumps({"entries": [{"tag": each} for each in tags]}))

    journal("0000_a", "0001_c")
    first(**{"0000_a": "CREATE TABLE a (id int);", "0001_c": "CREATE TABLE c (id int);"})
    journal("0000_a", "0001_b", "0001_c")
    write("m/0001_b.sql", "CREATE TABLE b (id int);")
    (each,) = found(idemlint, "drizzle")
    assert (each["code"], Path(each["filename"]).name) == ("IDM823", "0001_b.sql")
    journal("0000_a", "0001_c", "0001_b")
    assert told(idemlint, "drizzle") == []


def test_tables_that_no_database_has_are_empty(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);"})
    write("m/0002_b.sql", "CREATE TABLE b (id int);")
    write(
        "m/0003_c.sql",
        "ALTER TABLE a ADD COLUMN x int NOT NULL;\nALTER TABLE b ADD COLUMN x int NOT NULL;",
    )
    assert [(each["code"], each["location"]["row"]) for each in found(idemlint, "sqlx")] == [
        ("IDM701", 1)
    ]
    write("m/0002_b.sql", "CREATE TABLE b (id int);\nINSERT INTO b VALUES (1);")
    assert len(found(idemlint, "sqlx")) == 2


def test_a_guard_may_skip_a_table_with_rows(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);"})
    text = "CREATE TABLE IF NOT EXISTS a (id int);\nCREATE UNIQUE INDEX i ON a (id);"
    write("m/0002_b.sql", text)
    assert told(idemlint, "sqlx") == [("0002_b.sql", "IDM703", "23505")]


def test_other_ends_of_lines_are_no_edit(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE a (\n  id int\n);\n"})
    write("m/0001_a.sql", "CREATE TABLE a (\r\n  id int\r\n);\r\n")
    write("m/0002_b.sql", "ALTER TABLE a ADD COLUMN x int;\n")
    assert told(idemlint, "sqlx") == []


def test_a_picture_of_the_database_is_none_of_its_files(idemlint: Idemlint, folder: Path) -> None:
    dump = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE {} (id int);\n"
    first(**{"0001_a": "CREATE TABLE a (id int);", "schema": dump.format("a")})
    write("m/schema.sql", dump.format("b"))
    write("m/0002_b.sql", "ALTER TABLE a RENAME TO b;")
    assert told(idemlint, "psql") == []


def test_what_is_not_known_of_both_is_no_difference(idemlint: Idemlint, folder: Path) -> None:
    text = "DO $$ BEGIN IF current_setting('x') = 'y' THEN UPDATE t SET x = 1; END IF; END $$;"
    first(**{"1_a": f"CREATE TABLE t (x int);\n{text}", "2_b": "ALTER TABLE t ADD COLUMN y int;"})
    write("m/2_b.sql", "ALTER TABLE t ADD COLUMN z int;")
    subjects = [each["message"] for each in found(idemlint, "sqlx") if each["code"] == "IDM824"]
    assert [each.partition(" on t")[0] for each in subjects] == [
        "a database that has run main has column y",
        "a new database has column z",
    ]


def test_an_unknown_revision_is_wrong_usage(idemlint: Idemlint, folder: Path) -> None:
    first(**{"0001_a": "CREATE TABLE a (id int);"})
    result = idemlint("check", "--from", "mian", "m")
    assert (result.code, "git knows no revision `mian`" in result.err) == (2, True)


def test_where_a_clone_lacks_a_text_nothing_is_asked(idemlint: Idemlint, folder: Path) -> None:
    first(**{"1_a": "CREATE TABLE a (id int);", "2_b": "CREATE TABLE b (id int);"})
    blob = git("rev-parse", "HEAD:m/2_b.sql").strip()
    Path("m/2_b.sql").unlink()
    Path(".git", "objects", blob[:2], blob[2:]).unlink()
    result = idemlint("check", "--isolated", "--runner", "sqlx", "--from", "main", "m")
    assert "IDM824" not in result.out
    assert "the upgrade path was not asked: this clone does not have m/2_b.sql" in result.out


def test_since_does_not_ask_repositories_that_do_not_know_the_revision(
    idemlint: Idemlint, folder: Path
) -> None:
    first(**{"1_a": "CREATE TABLE IF NOT EXISTS a (id int);"})
    git("branch", "base")
    git("init", "--quiet", "--initial-branch=main", "m/inner")
    write("m/inner/1_a.sql", "CREATE TABLE IF NOT EXISTS a (id int);")
    assert idemlint("check", "--isolated", "--since", "base", "m").code == 0
    assert idemlint("check", "--isolated", "--from", "base", "m").code == 2


def test_without_git_nothing_is_asked_and_that_is_said(idemlint: Idemlint, here: Path) -> None:
    write("m/0001_a.sql", "CREATE TABLE IF NOT EXISTS a (id int);")
    result = idemlint("check", "--from", "main", "m")
    assert result.code == 0
    assert "the upgrade path was not asked: " in result.out + result.err


def test_a_guessed_order_is_not_asked(idemlint: Idemlint, folder: Path) -> None:
    first(a="CREATE TABLE a (id int);", c="ALTER TABLE a RENAME TO c;")
    write("m/b.sql", "ALTER TABLE a ADD COLUMN x text;")
    assert told(idemlint, "psql") == []


def test_replay_says_where_an_old_database_stops(idemlint: Idemlint, folder: Path) -> None:
    first(**{"1_a": "CREATE TABLE a (id int);", "3_c": "ALTER TABLE a RENAME TO c;"})
    write("m/2_b.sql", "CREATE TABLE b (id int);\nALTER TABLE a ADD COLUMN x text;")
    options = ("replay", "--isolated", "--runner", "sqlx", "--from", "main", "m")
    assert (
        "On a database that has run main: stops at m/2_b.sql:2 (42P01).\n" in idemlint(*options).out
    )
    told = json.loads(idemlint(*options, "--output-format", "json").out)
    by_file = {file["filename"]: file["statements"] for file in told["files"]}
    assert [each["upgrade"]["verdict"] for each in by_file["m/2_b.sql"]] == ["runs", "fails"]
    assert by_file["m/2_b.sql"][1]["upgrade"]["because"] == {"filename": "main:m/3_c.sql", "row": 1}
    assert "upgrade" not in by_file["m/1_a.sql"][0]


@pytest.mark.parametrize(
    ("runner", "late", "words"),
    [
        ("sqlx", "2_b", "the file that is left runs"),
        ("tern", "2_b", "nothing is left to run; 1 late file never runs"),
        ("tern", "4_b", "the file that is left runs"),
        ("atlas", "2_b", "Atlas refuses m/2_b.sql, which comes late, and nothing runs"),
    ],
)
def test_replay_says_what_an_old_database_runs(
    idemlint: Idemlint, folder: Path, runner: str, late: str, words: str
) -> None:
    first(**{"1_a": "CREATE TABLE a (id int);", "3_c": "CREATE TABLE c (id int);"})
    write(f"m/{late}.sql", "CREATE TABLE b (id int);")
    result = idemlint("replay", "--isolated", "--runner", runner, "--from", "main", "m")
    assert f"On a database that has run main: {words}.\n" in result.out


def test_several_processes_say_the_same(idemlint: Idemlint, folder: Path) -> None:
    for name in ("m/one", "m/two"):
        write(f"{name}/1_a.sql", "CREATE TABLE a (id int);")
        write(f"{name}/3_c.sql", "ALTER TABLE a RENAME TO c;")
    commit("first")
    for name in ("m/one", "m/two"):
        write(f"{name}/2_b.sql", "ALTER TABLE a ADD COLUMN x text;")
    alone, together = (found(idemlint, "sqlx", "--from", "main", "--jobs", n) for n in ("1", "2"))
    assert len(alone) == 2
    assert alone == together
