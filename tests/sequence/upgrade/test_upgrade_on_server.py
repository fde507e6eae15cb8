"""Small folders before and after a branch, each with what a server makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postgres.conftest import server

from .upgrading import held_against, opened

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

Files = dict[str, str]

T = "CREATE TABLE t (id int, x int);"
VIEW = "CREATE OR REPLACE VIEW v AS SELECT id, x FROM t;"

#: What it is about, the runner, the files of then and those of now, the SQLSTATEs of statements that fail on
#: databases of then alone, and what is not the same in the end.
CASES: list[tuple[str, str, Files, Files, list[str], list[str]]] = [
    (
        "a view that is there holds a column back",
        "flyway",
        {"V1__a.sql": T, "R__v.sql": VIEW},
        {"V1__a.sql": T, "R__v.sql": VIEW, "V2__b.sql": "ALTER TABLE t ALTER x TYPE bigint;"},
        ["0A000"],
        [],
    ),
    (
        "a view that was dropped is not made again",
        "flyway",
        {"V1__a.sql": T, "R__v.sql": VIEW},
        {"V1__a.sql": T, "R__v.sql": VIEW, "V2__b.sql": "DROP VIEW IF EXISTS v;"},
        [],
        ["view v"],
    ),
    (
        "a repeatable that changed runs over its view",
        "flyway",
        {"V1__a.sql": T, "R__v.sql": VIEW},
        {"V1__a.sql": T, "R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT x FROM t;"},
        ["42P16"],
        [],
    ),
    (
        "a late file runs last and finds its table renamed",
        "sqlx",
        {"1_a.sql": T, "3_c.sql": "ALTER TABLE t RENAME TO u;"},
        {
            "1_a.sql": T,
            "2_b.sql": "ALTER TABLE t ADD COLUMN y int;",
            "3_c.sql": "ALTER TABLE t RENAME TO u;",
        },
        ["42P01"],
        [],
    ),
    (
        "a late file drops what a newer one has made",
        "sqlx",
        {"1_a.sql": T, "3_c.sql": "CREATE TABLE IF NOT EXISTS u (id int);"},
        {
            "1_a.sql": T,
            "2_b.sql": "DROP TABLE IF EXISTS u;",
            "3_c.sql": "CREATE TABLE IF NOT EXISTS u (id int);",
        },
        [],
        ["table u"],
    ),
    (
        "a late file gives a view its older meaning",
        "sqlx",
        {"1_a.sql": T, "3_c.sql": VIEW},
        {
            "1_a.sql": T,
            "2_b.sql": "CREATE OR REPLACE VIEW v AS SELECT id, x * 2 AS x FROM t;",
            "3_c.sql": VIEW,
        },
        [],
        ["view v"],
    ),
    (
        "a late file adds a column and a table of its own",
        "sqlx",
        {"1_a.sql": T, "3_c.sql": "CREATE TABLE c (id int PRIMARY KEY);"},
        {
            "1_a.sql": T,
            "2_b.sql": "CREATE TABLE b (id int); ALTER TABLE t ADD COLUMN z text;",
            "3_c.sql": "CREATE TABLE c (id int PRIMARY KEY);",
        },
        [],
        [],
    ),
    (
        "a late file is skipped, and what needs it fails",
        "golang-migrate",
        {"1_a.up.sql": T, "3_c.up.sql": "SELECT 1;"},
        {
            "1_a.up.sql": T,
            "2_b.up.sql": "CREATE TABLE b (id int);",
            "3_c.up.sql": "SELECT 1;",
            "4_d.up.sql": "CREATE INDEX i ON b (id);",
        },
        ["42P01"],
        ["table b"],
    ),
    (
        "an edit of what has run reaches new databases only",
        "sqlx",
        {"1_a.sql": "CREATE TABLE t (id int);"},
        {"1_a.sql": T, "2_b.sql": "CREATE INDEX i ON t (x);"},
        ["42703"],
        ["column x on t"],
    ),
    (
        "an edit changes a type",
        "sqlx",
        {"1_a.sql": "CREATE TABLE t (id int);"},
        {"1_a.sql": "CREATE TABLE t (id bigint);"},
        [],
        ["column id on t"],
    ),
    (
        "an edit changes what a type can be",
        "sqlx",
        {"1_a.sql": "CREATE TYPE s AS ENUM ('a');"},
        {"1_a.sql": "CREATE TYPE s AS ENUM ('a', 'b');"},
        [],
        ["label b of s"],
    ),
    (
        "what a deleted file has made is in the way",
        "sqlx",
        {"1_a.sql": "CREATE TABLE t (id int);", "2_b.sql": "CREATE TABLE u (id int);"},
        {"1_a.sql": "CREATE TABLE t (id int);", "3_c.sql": "CREATE TABLE u (id int);"},
        ["42P07"],
        [],
    ),
    (
        "what a deleted file has made stays",
        "sqlx",
        {"1_a.sql": "CREATE TABLE t (id int);", "2_b.sql": "CREATE TABLE u (id serial);"},
        {"1_a.sql": "CREATE TABLE t (id int);"},
        [],
        ["table u"],
    ),
    (
        "what is appended comes to the same",
        "sqlx",
        {"1_a.sql": T},
        {"1_a.sql": T, "2_b.sql": VIEW},
        [],
        [],
    ),
]


def said(then: Files, now: Files, runner: str) -> tuple[list[str], list[str]]:
    _, path = opened(_bytes(then), _bytes(now), runner)
    assert path is not None
    states = [each.outcome.sqlstate for mine in path.failures.values() for each in mine]
    subjects = [each.subject for mine in path.divergences.values() for each in mine]
    subjects += [each for mine in path.lost.values() for each in mine]
    return [each for each in states if each is not None], subjects


def _bytes(files: Files) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


cases = pytest.mark.parametrize(
    ("runner", "then", "now", "fails", "differs"),
    [each[1:] for each in CASES],
    ids=[e[0] for e in CASES],
)


@cases
def test_what_is_said(
    runner: str, then: Files, now: Files, fails: list[str], differs: list[str]
) -> None:
    assert said(then, now, runner) == (fails, differs)


@pytest.mark.server
@cases
def test_a_server_does_that(
    server: Server, runner: str, then: Files, now: Files, fails: list[str], differs: list[str]
) -> None:
    found = held_against(server, _bytes(then), _bytes(now), runner)
    assert (found.wrong, found.missed) == ([], [])
    assert (found.wrong_divergences, found.missed_differences) == ([], [])
    assert found.claims == len(fails)
    assert found.differences or not differs
