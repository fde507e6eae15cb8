"""Each failure of a folder's first run has one rule, and one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .asking import report, reports

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic

STOPS = "a new database stops here"


def stops(*texts: str, **options: object) -> list[Diagnostic]:
    """What stops a new database, in the last of the files."""
    last = reports(*texts, **options)[-1]  # type: ignore[arg-type]
    return [each for each in last.diagnostics if STOPS in each.message]


TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text, b text);"
VIEW = "CREATE VIEW v AS SELECT id, a FROM t;"
ENUM = "CREATE TYPE mood AS ENUM ('good');"
ROUTINE = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;"

#: What was there, what comes, its SQLSTATE and its rule.
FAILURES = [
    (TABLE, "CREATE TABLE t (id int);", "42P07", "IDM805"),
    (TABLE, "ALTER TABLE t ADD COLUMN a int;", "42701", "IDM805"),
    (ENUM, "CREATE TYPE mood AS ENUM ('bad');", "42710", "IDM805"),
    (ROUTINE, ROUTINE, "42723", "IDM805"),
    ("CREATE SCHEMA s;", "CREATE SCHEMA s;", "42P06", "IDM805"),
    ("SELECT 1;", "CREATE INDEX IF NOT EXISTS i ON t (id);" + TABLE, "42P01", "IDM806"),
    (TABLE, "CREATE INDEX IF NOT EXISTS i ON t (c);", "42703", "IDM807"),
    (TABLE, "ALTER TABLE t VALIDATE CONSTRAINT c;", "42704", "IDM807"),
    (ENUM, "CREATE TABLE IF NOT EXISTS d (m mood DEFAULT 'bad');", "22P02", "IDM807"),
    (ENUM, "ALTER TYPE mood RENAME VALUE 'bad' TO 'worse';", "22023", "IDM807"),
    (TABLE, "CREATE TABLE IF NOT EXISTS u (a text REFERENCES t (a));", "42830", "IDM807"),
    (TABLE, "CREATE TABLE IF NOT EXISTS u (i uuid REFERENCES t);", "42804", "IDM807"),
    (TABLE, "INSERT INTO t (id) VALUES (1) ON CONFLICT (a) DO NOTHING;", "42P10", "IDM402"),
    (
        TABLE,
        "INSERT INTO t (id) VALUES (1) ON CONFLICT ON CONSTRAINT c DO NOTHING;",
        "42704",
        "IDM402",
    ),
    (
        "CREATE TABLE IF NOT EXISTS p (id serial PRIMARY KEY, a text, b text);",
        "INSERT INTO p (a, b) VALUES ('x', 'y') ON CONFLICT (a, b) DO NOTHING;",
        "42P10",
        "IDM402",
    ),
    (TABLE + VIEW, "CREATE OR REPLACE VIEW v AS SELECT a FROM t;", "42P16", "IDM803"),
    (
        ROUTINE,
        "CREATE OR REPLACE FUNCTION f(b int) RETURNS int LANGUAGE sql AS $$ SELECT b $$;",
        "42P13",
        "IDM804",
    ),
    (
        ROUTINE + ROUTINE.replace("a int", "a text"),
        "COMMENT ON FUNCTION f IS 'two of them';",
        "42725",
        "IDM804",
    ),
    (TABLE + VIEW, "DROP TABLE t;", "2BP01", "IDM810"),
    (TABLE + VIEW, "ALTER TABLE t ALTER id TYPE bigint;", "0A000", "IDM810"),
    (TABLE + VIEW, "DROP TABLE IF EXISTS v;", "42809", "IDM810"),
    (TABLE, "INSERT INTO t VALUES (1, 'a', 'b', 'c') ON CONFLICT DO NOTHING;", "42601", "IDM810"),
    (TABLE, "ALTER TABLE t ALTER id SET DEFAULT 'one';", "22P02", "IDM810"),
]


@pytest.mark.parametrize(("before", "sql", "sqlstate", "code"), FAILURES)
def test_a_failure_has_one_rule(before: str, sql: str, sqlstate: str, code: str) -> None:
    [finding] = stops(before, sql)
    assert (finding.code, finding.sqlstate) == (code, sqlstate)
    assert finding.help


@pytest.mark.parametrize(("before", "sql", "sqlstate", "code"), FAILURES)
def test_the_rerun_of_the_same_is_not_said_again(
    before: str, sql: str, sqlstate: str, code: str
) -> None:
    every = report(sql, before).diagnostics
    first = next(each for each in every if STOPS in each.message)
    twins = [each for each in every if (each.span, each.sqlstate) == (first.span, sqlstate)]
    assert twins == [first]


def test_where_two_files_guard_a_table_the_first_wins() -> None:
    keyed = "CREATE TABLE IF NOT EXISTS p (id int, a text, UNIQUE (a));"
    plain = "CREATE TABLE IF NOT EXISTS p (id int, a text);"
    insert = "INSERT INTO p (a) VALUES ('x') ON CONFLICT (a) DO NOTHING;"
    assert [each.code for each in stops(plain, keyed + insert)] == ["IDM402"]
    assert stops(keyed, plain + insert) == []


def test_a_key_that_comes_too_late_helps_the_rerun_alone() -> None:
    insert = "INSERT INTO t (id, a) VALUES (1, 'x') ON CONFLICT (a) DO NOTHING;"
    sql = f"{insert} CREATE UNIQUE INDEX IF NOT EXISTS k ON t (a);"
    assert [each.code for each in stops(TABLE, sql)] == ["IDM402"]


def test_what_follows_from_a_failure_is_counted_there() -> None:
    sql = "CREATE TABLE u (i uuid REFERENCES t); CREATE INDEX x ON u (i); CREATE INDEX y ON u (i);"
    [finding] = stops(TABLE, sql)
    assert finding.message.endswith(f"{STOPS} (and 2 statements behind it that need it)")


def test_a_rule_that_is_switched_off_is_counted() -> None:
    last = reports(TABLE + VIEW, "DROP TABLE IF EXISTS v;", ignore="IDM810")[-1]
    assert "IDM810" not in {each.code for each in last.diagnostics}
    assert last.switched_off == (("IDM810", 1),)


def test_a_statement_with_another_finding_is_not_lost() -> None:
    last = reports(TABLE, TABLE, ignore="IDM805")[-1]
    assert [each.code for each in last.diagnostics] == ["IDM101"]
    assert last.switched_off == ()
