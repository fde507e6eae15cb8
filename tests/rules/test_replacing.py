"""OR REPLACE of what is another routine by now, and names that several have (IDM804)."""

from __future__ import annotations

import pytest

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
