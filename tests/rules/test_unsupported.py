"""A guard that PostgreSQL does not have becomes one that the statement can have."""

from __future__ import annotations

import pytest

from .asking import fixed, found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CREATE OR REPLACE TABLE t (a int);", "CREATE TABLE IF NOT EXISTS t (a int);"),
        (
            "CREATE OR REPLACE INDEX CONCURRENTLY i ON t (a);",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);",
        ),
        (
            "create or replace materialized view v as select 1;",
            "create materialized view if not exists v as select 1;",
        ),
        (
            "CREATE OR REPLACE STATISTICS s ON a, b FROM t;",
            "CREATE STATISTICS IF NOT EXISTS s ON a, b FROM t;",
        ),
        (
            "CREATE OR REPLACE USER MAPPING FOR u SERVER s;",
            "CREATE USER MAPPING IF NOT EXISTS FOR u SERVER s;",
        ),
        ('CREATE OR REPLACE COLLATION c FROM "C";', 'CREATE COLLATION IF NOT EXISTS c FROM "C";'),
        ("CREATE OR REPLACE POLICY p ON t;", "CREATE POLICY p ON t;"),
        ("CREATE OR REPLACE TYPE e AS ENUM ('a');", "CREATE TYPE e AS ENUM ('a');"),
        ("CREATE VIEW IF NOT EXISTS v AS SELECT 1;", "CREATE OR REPLACE VIEW v AS SELECT 1;"),
        (
            "CREATE LANGUAGE IF NOT EXISTS l HANDLER h;",
            "CREATE OR REPLACE LANGUAGE l HANDLER h;",
        ),
        ("CREATE POLICY IF NOT EXISTS p ON t;", "CREATE POLICY p ON t;"),
        (
            "CREATE TRIGGER IF NOT EXISTS r BEFORE INSERT ON t EXECUTE FUNCTION f();",
            "CREATE TRIGGER r BEFORE INSERT ON t EXECUTE FUNCTION f();",
        ),
    ],
)
def test_the_guard_is_exchanged_or_left_away(before: str, after: str) -> None:
    [finding] = found(before, code="IDM006")
    assert fixed(finding, before) == after
