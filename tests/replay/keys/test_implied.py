"""What the WHERE of an ON CONFLICT implies; `tests/postgres/test_conflicts.py` asks a server."""

from __future__ import annotations

import pytest

from idemlint.replay.keys.implied import implied
from idemlint.source.parse import parse
from idemlint.source.text import decode
from idemlint.source.tree import Tree


def where(condition: str) -> Tree:
    parsed = parse(decode("case.sql", f"SELECT 1 FROM t WHERE {condition}".encode()))
    tree = parsed.statements[0].tree
    assert tree is not None
    found = tree.whereClause
    assert isinstance(found, Tree)
    return found


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("a IS NULL", "a IS NULL", True),
        ("NOT (a IS NOT NULL)", "(a) IS NULL", True),
        ("a IS NULL", "a IS NOT NULL", False),
        ("a IS NULL AND b = 1", "a IS NULL", True),
        ("a IS NULL", "a IS NULL AND b = 1", False),
        ("a IS NULL OR b = 1", "a IS NULL", False),
        ("a IS NULL", "a IS NULL OR b = 1", True),
        ("b = 1", "b IN (1, 2)", True),
        ("b IN (1, 2)", "b = 1 OR b = 2", True),
        ("b BETWEEN 1 AND 2", "b >= 1", True),
        ("b = 5", "b > 3", True),
        ("b = 5", "3 < b", True),
        ("b = 2", "b > 3", False),
        ("b > 5", "b > 3", None),
        ("b = 5", "b IS NOT NULL", True),
        ("live", "live = true", True),
        ("NOT live", "live = false", True),
        ("NOT live", "live", None),
        ("t.s = 'x'::text", "s = 'x'", True),
        ("s = 'y'", "s = 'x'", None),
        ("lower(s) = 'x'", "s IS NOT NULL", None),
        ("c = 1", "b = 1", False),
        ("true", "b = 1", None),
        ("b = 1", "true", True),
    ],
)
def test_what_is_implied(given: str, wanted: str, expected: bool | None) -> None:
    assert implied(where(wanted), where(given), {}) is expected


def test_no_clause_implies_nothing() -> None:
    assert implied(where("a IS NULL"), None, {}) is False
    assert implied(where("true"), None, {}) is True


def test_columns_are_those_of_today() -> None:
    assert implied(where("old IS NULL"), where("a IS NULL"), {"old": "a"}) is True
    assert implied(where("old IS NULL"), where("old IS NULL"), {"old": "a"}) is False
