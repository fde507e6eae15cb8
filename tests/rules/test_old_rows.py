"""IDM7 and IDM8 beyond what the pages show."""

from __future__ import annotations

import pytest

from .asking import found

TABLE = "CREATE TABLE t (id int, a text);"


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("ALTER TABLE t ADD COLUMN b int NOT NULL;", 1),
        ("ALTER TABLE t ADD COLUMN b int NOT NULL DEFAULT 0;", 0),
        ("ALTER TABLE t ADD COLUMN b serial;", 0),
        ("ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (id) STORED NOT NULL;", 0),
        ("ALTER TABLE t ADD COLUMN b int, ADD COLUMN c int NOT NULL;", 1),
        ("CREATE TABLE u (a int); ALTER TABLE u ADD COLUMN b int NOT NULL;", 0),
        ("DO $$ BEGIN ALTER TABLE t ADD COLUMN b int NOT NULL; END $$;", 1),
    ],
)
def test_not_null_without_default(sql: str, count: int) -> None:
    assert len(found(sql, TABLE, code="IDM701")) == count


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ("", 1),
        ("UPDATE t SET a = '' WHERE a IS NULL;", 0),
        ("DELETE FROM t WHERE a IS NULL;", 0),
        ("UPDATE t SET id = 1;", 1),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT '';", 1),
        ("ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a text DEFAULT '';", 0),
    ],
)
def test_set_not_null(before: str, count: int) -> None:
    sql = f"{before} ALTER TABLE t ALTER COLUMN a SET NOT NULL;"
    assert len(found(sql, TABLE, code="IDM702")) == count


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);", 1),
        ("ALTER TABLE t ADD PRIMARY KEY (id);", 1),
        ("CREATE UNIQUE INDEX i ON t (lower(a));", 1),
        ("CREATE INDEX i ON t (a);", 0),
        ("CREATE TABLE u (a int); CREATE UNIQUE INDEX i ON u (a);", 0),
        ("ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i;", 0),
    ],
)
def test_unique_over_rows(sql: str, count: int) -> None:
    assert len(found(sql, TABLE, code="IDM703")) == count


@pytest.mark.parametrize(
    ("column", "count"),
    [
        ("slug text NOT NULL DEFAULT 'temp-slug'", 1),
        ("slug text NOT NULL DEFAULT 'TODO'", 1),
        ("slug text NOT NULL DEFAULT 'default'", 0),
        ("slug text NOT NULL DEFAULT ''", 0),
        ("slug text DEFAULT 'temp'", 0),
        ("slug text NOT NULL DEFAULT 'temperate'", 0),
    ],
)
def test_makeshift_defaults(column: str, count: int) -> None:
    assert len(found(f"ALTER TABLE t ADD COLUMN {column};", TABLE, code="IDM704")) == count
