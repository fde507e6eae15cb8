"""Strings that are put together from constants."""

from __future__ import annotations

import pytest

from idemlint.plpgsql.constants import constant, mentions, pattern
from idemlint.plpgsql.sql import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a' || 'b' || 1", "ab1"),
        ("'a'::text || $$b$$", "ab"),
        ("format('%I.%I = %L %%', 'S', 'order', 'o''k')", """"S"."order" = 'o''k' %"""),
        ("format('%2$s %1$s %s', 'a', 'b')", "b a b"),
        ("format('%s|%L', NULL, NULL)", "|NULL"),
        ("quote_ident('a') || quote_ident('B')", 'a"B"'),
        ("quote_literal('it''s')", "'it''s'"),
        ("concat('a', NULL, 1)", "a1"),
        ("concat_ws('.', 'a', NULL, 'b')", "a.b"),
        ("replace('a_b', '_', '-')", "a-b"),
        ("lower('Ab') || upper('c')", "abC"),
        ("coalesce(NULL, 'a')", "a"),
        ("true", "true"),
        ("0", "0"),
        ("'a' || NULL", None),
        ("'a' || b", None),
        ("format('%10s', 'a')", None),
        ("now()", None),
    ],
)
def test_constant(text: str, expected: str | None) -> None:
    assert constant(expression(text, 0)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("format('ALTER TABLE %I ADD %s', t, 'x')", "ALTER TABLE %I ADD x"),
        ("'DROP TABLE ' || quote_ident(t)", "DROP TABLE %I"),
        ("'x = ' || quote_literal(t)", "x = %L"),
        ("t", None),
        ("f('a')", None),
    ],
)
def test_pattern(text: str, expected: str | None) -> None:
    assert pattern(expression(text, 0)) == expected


def test_mentions_are_names_without_reserved_words() -> None:
    found = mentions('CREATE TABLE app."My ""T" (a int REFERENCES Users) -- \'x\'')
    assert {"app", 'My "T', "users", "a", "x"} <= found
    assert not {"create", "table", "references"} & found
