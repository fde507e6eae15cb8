"""Comments about transactions: whose they are, and what they do in the files of others."""

from __future__ import annotations

import pytest

from idemlint.runners import get, misdirectives, names
from idemlint.runners.directives import WORDS, may_have_directives
from runners.words import misleads

#: Runners' own ways to say it in a comment, as their manuals have it.
DIRECTIVES = {
    "atlas": "-- atlas:txmode none",
    "dbmate": "-- migrate:up transaction:false",
    "evolve": "-- evolve-tx-off",
    "goose": "-- +goose NO TRANSACTION",
    "graphile-migrate": "--! no-transaction",
    "postgres-migrations": "-- postgres-migrations disable-transaction",
    "sql-migrate": "-- +migrate Up notransaction",
    "sqlx": "-- no-transaction",
    "supabase": "-- pg-delta: transaction=false",
    "tern": "---- tern: disable-tx ----",
    "yoyo": "-- transactional: false",
}


@pytest.mark.parametrize("runner", DIRECTIVES)
def test_in_another_runners_file_it_does_nothing(runner: str) -> None:
    line = DIRECTIVES[runner]
    [found] = misdirectives(get("psql"), f"SELECT 1;\n{line}\n".encode())
    title = get(runner).title
    assert found.message == f"this directive is for {title}; psql does not read it"
    assert found.span == (10, 10 + len(line))


def test_a_variant_that_does_not_read_it_says_so() -> None:
    [found] = misdirectives(get("supabase-2.114"), b"-- pg-delta: transaction=false\n")
    assert found.message.endswith("the Supabase CLI before 2.115 does not read it")


def test_what_is_near_is_not_told_twice() -> None:
    assert misleads("sqlx", "SELECT 1;\n-- no-transaction\n") == ["-- no-transaction"]


@pytest.mark.parametrize("name", names())
def test_each_has_a_word_by_which_files_are_passed_over(name: str) -> None:
    """A runner whose directives have none of these words needs one more in `WORDS`."""
    profile = get(name)
    patterns = [profile.own_directive, *(each.pattern for each in profile.near_misses)]
    for pattern in filter(None, patterns):
        there = any(word.decode() in pattern.lower() for word in WORDS)
        assert there, f"add a word of {pattern} to WORDS, or nobody looks for it"


@pytest.mark.parametrize(
    ("sql", "maybe"),
    [
        ("-- NoTransaction", True),
        ("SELECT 1; /* tx */", True),
        ("/*\npostgres-migrations no transaction\n*/", True),
        ("\ufeff-- no-transaction", True),
        ("CREATE TABLE transactions (tx int);", False),
        ("-- a table\nCREATE TABLE transactions ();", False),
        ("CREATE TABLE transactions ();\n-- disable-tx", True),
    ],
)
def test_most_files_are_passed_over(sql: str, maybe: bool) -> None:
    assert may_have_directives(sql.encode()) is maybe


def test_other_comments_of_the_same_tool_are_left_alone() -> None:
    assert misleads("supabase", "-- pg-delta: schema\nCREATE TABLE transactions ();\n") == []
