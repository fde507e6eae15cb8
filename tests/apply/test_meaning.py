"""What a fix may change, and what it may not."""

from __future__ import annotations

import pytest

from idemlint.apply.meaning import atoms_of, comments_of, difference
from idemlint.source.parse import parse
from idemlint.source.text import decode

SAME = [
    ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a int)"),
    ("CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW v AS SELECT 1"),
    ("DROP TABLE t", "DROP TABLE IF EXISTS t"),
    ("ALTER TABLE t DROP COLUMN a", "ALTER TABLE IF EXISTS t DROP COLUMN IF EXISTS a"),
    ("ALTER TYPE e ADD VALUE 'x'", "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'"),
    ("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING"),
    ("CREATE INDEX ON t (a)", "CREATE INDEX IF NOT EXISTS t_a_idx ON t (a)"),
    ("ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a)"),
    ("SELECT 1 INTO t", "CREATE TABLE IF NOT EXISTS t AS SELECT 1"),
    (
        "CREATE TYPE e AS ENUM ('a')",
        "DO $$ BEGIN CREATE TYPE e AS ENUM ('a');"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    ),
    (
        "CREATE TYPE e AS ENUM ('a')",
        "DO $do$\nBEGIN\n  IF to_regtype('e') IS NULL THEN\n    CREATE TYPE e AS ENUM ('a');\n"
        "  END IF;\nEND\n$do$",
    ),
    (
        "ALTER TABLE t ADD COLUMN a int, ADD CONSTRAINT c UNIQUE (a)",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;"
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint) THEN"
        " ALTER TABLE t ADD CONSTRAINT c UNIQUE (a); END IF; END $$",
    ),
    ("DROP TABLE a, b", "DROP TABLE IF EXISTS a; DROP TABLE IF EXISTS b"),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
        "DO $do$ BEGIN IF true THEN EXECUTE $f$CREATE FUNCTION f() RETURNS int LANGUAGE sql"
        " AS $$ SELECT 1 $$$f$; END IF; END $do$",
    ),
    (
        "CREATE POLICY p ON s.t USING (true)",
        "DROP POLICY IF EXISTS p ON s.t; CREATE POLICY p ON s.t USING (true)",
    ),
    (
        "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
        "DROP TRIGGER IF EXISTS g ON t; CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
    ),
    (
        "DO $$ BEGIN CREATE TABLE t (a int); END $$",
        "DO $$ BEGIN CREATE TABLE IF NOT EXISTS t (a int); END $$",
    ),
]

DIFFERENT = [
    ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a bigint)"),
    ("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS s.t (a int)"),
    ("CREATE TABLE t (a int)", ""),
    ("CREATE TABLE t (a int)", "CREATE TABLE t (a int); CREATE TABLE u (a int)"),
    ("SELECT 1; SELECT 2", "SELECT 2; SELECT 1"),
    ("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING"),
    (
        "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1",
        "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
    ),
    ("CREATE INDEX i ON t (a)", "CREATE INDEX IF NOT EXISTS j ON t (a)"),
    ("CREATE INDEX i ON t (a)", "DROP INDEX IF EXISTS i; CREATE INDEX i ON t (a)"),
    ("CREATE TABLE t (a int)", "DROP TABLE IF EXISTS t; CREATE TABLE t (a int)"),
    (
        "CREATE POLICY p ON t USING (true)",
        "DROP POLICY IF EXISTS p ON u; CREATE POLICY p ON t USING (true)",
    ),
    (
        "CREATE POLICY p ON t USING (true)",
        "DROP POLICY p ON t; CREATE POLICY p ON t USING (true)",
    ),
    ("DROP TABLE t", "DROP TABLE IF EXISTS t CASCADE"),
    (
        "CREATE TYPE e AS ENUM ('a')",
        "DO $$ BEGIN CREATE TYPE e AS ENUM ('b');"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    ),
    (
        "CREATE TYPE e AS ENUM ('a')",
        "DO $$ BEGIN CREATE TYPE e AS ENUM ('a');"
        " EXCEPTION WHEN duplicate_object THEN DROP TYPE e; END $$",
    ),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$",
    ),
]


def changed(old: str, new: str) -> str:
    before, after = (parse(decode("a.sql", text.encode())) for text in (old, new))
    return difference(atoms_of(before, before.statements), atoms_of(after, after.statements))[0]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_a_guard_changes_nothing(old: str, new: str) -> None:
    assert changed(old, new) == ""


@pytest.mark.parametrize(("old", "new"), DIFFERENT)
def test_all_else_is_a_change(old: str, new: str) -> None:
    assert changed(old, new)


def test_comments_are_found_in_bodies_too() -> None:
    text = b"-- a\nDO $x$ -- b\n  EXECUTE $$ /* c\n   d */ $$; $x$; SELECT '-- no'; /* e /* f */ */"
    assert sorted(comments_of(text)) == [b"-- a", b"-- b", b"/* c\nd */", b"/* e /* f */ */"]
