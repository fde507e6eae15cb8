"""OR REPLACE of what is another routine by now, and names that several have (IDM804)."""

from __future__ import annotations

import pytest

from idemlint.diagnostics import Severity

from .asking import codes, found

ONE = "CREATE OR REPLACE FUNCTION f(a text) RETURNS text LANGUAGE sql AS $$ SELECT a $$;"
DROPPED = "DROP FUNCTION IF EXISTS f(text);"


@pytest.mark.parametrize(
    ("now", "text"),
    [
        ("f(a text) RETURNS varchar", "f(text) returns varchar, not text"),
        ("f(a text) RETURNS SETOF text", "f(text) returns setof text, not text"),
        ("f(b text) RETURNS text", "f(text) has a parameter b, not a"),
        (
            "f(a text DEFAULT '') RETURNS text",
            "f(text) has a DEFAULT for 1 of its parameters, not 0",
        ),
    ],
)
def test_what_or_replace_keeps_is_named(now: str, text: str) -> None:
    after = f"CREATE FUNCTION {now} LANGUAGE plpgsql AS $$ BEGIN END $$;"
    [finding] = found(ONE + DROPPED + after, code="IDM804")
    assert text in finding.message
    assert finding.sqlstate == "42P13"
    assert finding.help.startswith("put DROP FUNCTION IF EXISTS f(text) before it")


@pytest.mark.parametrize(
    "use",
    [
        "COMMENT ON FUNCTION f IS 'x';",
        "GRANT EXECUTE ON FUNCTION f TO public;",
        "ALTER FUNCTION f STABLE;",
        "ALTER FUNCTION f OWNER TO current_user;",
        "DROP FUNCTION IF EXISTS f;",
    ],
)
def test_a_name_that_two_have(use: str) -> None:
    second = (
        "CREATE OR REPLACE FUNCTION f(a text, b int) RETURNS text LANGUAGE sql AS $$ SELECT a $$;"
    )
    first = "CREATE OR REPLACE FUNCTION f(a int) RETURNS text LANGUAGE sql AS $$ SELECT '' $$;"
    sql = use + ONE + second
    assert "IDM804" in codes(sql, first)


def test_a_routine_of_another_kind_is_no_missing_one() -> None:
    procedure = "CREATE PROCEDURE f(a text) LANGUAGE sql AS $$ SELECT 1 $$;"
    assert codes(DROPPED + procedure, ONE) == ["IDM804", "IDM110"]


NEW = "CREATE OR REPLACE FUNCTION f(a text, b int) RETURNS text LANGUAGE sql AS $$ SELECT a $$;"


def seconds(sql: str, *setup: str) -> list[str]:
    every = found(sql, *setup, code="IDM804")
    return [each.message for each in every if each.severity is Severity.WARNING]


def test_a_second_function_beside_the_first() -> None:
    [said] = seconds(NEW, ONE)
    assert said.startswith(
        "this makes a second function f, beside f(text), which 0001_it.sql:1 has made:"
    )


@pytest.mark.parametrize(
    ("sql", "setup"),
    [
        (DROPPED + NEW, [ONE]),
        (NEW + DROPPED, [ONE]),
        ("DROP FUNCTION f;" + NEW, [ONE]),
        # It is this one that is replaced.
        (NEW, [ONE, NEW]),
        # There were several before.
        (NEW.replace("int", "date"), [ONE + NEW]),
        # One file makes them all.
        (ONE + NEW, []),
        # It stands on the first.
        (NEW.replace("SELECT a", "SELECT f(a)"), [ONE]),
        (NEW + ONE, [ONE]),
        # Who makes it anew knows that it is another one.
        (NEW.replace("OR REPLACE ", ""), [ONE]),
        (NEW.replace("f(", "app.f("), ["CREATE SCHEMA app;" + ONE]),
    ],
)
def test_what_is_no_second_function(sql: str, setup: list[str]) -> None:
    assert seconds(sql, *setup) == []


def test_a_later_file_may_drop_the_first() -> None:
    from .asking import reports

    first = reports(ONE, NEW, "DROP FUNCTION IF EXISTS f(text);")[1]
    assert [each.code for each in first.diagnostics] == []


@pytest.mark.parametrize(
    ("now", "sqlstate"),
    [
        ("FUNCTION f(a text) RETURNS int", "42P13"),
        ("FUNCTION f(b text) RETURNS text", "42P13"),
        ("PROCEDURE f(a text)", "42809"),
    ],
)
def test_a_new_database_refuses_it_where_nobody_drops_the_first(now: str, sqlstate: str) -> None:
    sql = f"CREATE OR REPLACE {now} LANGUAGE plpgsql AS $$ BEGIN END $$;"
    [finding] = found(sql, ONE, code="IDM804")
    assert finding.sqlstate == sqlstate
    assert finding.message.endswith("(0001_it.sql:1): a new database stops here")
