"""A text is cut at the semicolons that end a statement, and at no others."""

from __future__ import annotations

import pytest

from .words import pieces


@pytest.mark.parametrize(
    "sql", ["", " \n\t", "-- only this", "/* a */\n-- b\n", ";", " ;; -- a\n ; "]
)
def test_nothing_to_find(sql):
    assert pieces(sql) == []


def test_without_comments_and_blanks_around():
    sql = "-- a\nSELECT 1 /* b */ + 2 -- c\n/* d */ ; -- e\n SELECT 3\n -- f"
    assert pieces(sql) == ["SELECT 1 /* b */ + 2", "SELECT 3"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ';'",
        "SELECT ''';'",
        "SELECT E'\\';'",
        'SELECT ";"',
        "SELECT $$;$$",
        "SELECT $a$;$$;$a$",
        "SELECT 1 /* ; /* ; */ ; */ + 2",
        "SELECT 1 -- ;\n + 2",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;)",
        "create or /* ( */ replace rule r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; RETURN 2; END",
        "CREATE PROCEDURE p() begin /* ; */ atomic INSERT INTO t VALUES ('END;'); END",
    ],
)
def test_one_statement(sql):
    assert pieces(sql) == [sql]
    assert pieces(f"{sql};SELECT 2; {sql}") == [sql, "SELECT 2", sql]


def test_a_plain_block_of_a_transaction_is_cut():
    assert pieces("BEGIN; SELECT 1; END;") == ["BEGIN", "SELECT 1", "END"]


def test_an_open_parenthesis_does_not_swallow_the_rest():
    assert pieces("CREATE TABLE t (a int; SELECT 1") == ["CREATE TABLE t (a int", "SELECT 1"]


@pytest.mark.parametrize(
    "head",
    ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1"],
)
def test_nesting_that_never_closes_does_not_swallow_the_rest(head):
    assert pieces(f"SELECT 0; {head}; SELECT 2") == ["SELECT 0", head, "SELECT 2"]


def test_what_never_ends_is_the_last_statement():
    assert pieces("SELECT 1; SELECT 'a; SELECT 2") == ["SELECT 1", "SELECT 'a; SELECT 2"]
