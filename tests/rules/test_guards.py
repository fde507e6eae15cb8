"""IDM6 beyond what the pages show."""

from __future__ import annotations

import pytest

from idemlint.diagnostics import Applicability

from .asking import codes, fixed, found

TABLE = "CREATE TABLE t (id int, a text);"


def do(body: str) -> str:
    return f"DO $$\nBEGIN\n{body}\nEND\n$$;"


def caught(statement: str, conditions: str, handler: str = "NULL;") -> str:
    return do(f"  {statement};\nEXCEPTION\n  WHEN {conditions} THEN {handler}")


@pytest.mark.parametrize(
    ("statement", "conditions", "added"),
    [
        ("CREATE TABLE u ()", "duplicate_object", "duplicate_table"),
        ("CREATE INDEX i ON t (a)", "duplicate_object", "duplicate_table"),
        ("ALTER TABLE t ADD PRIMARY KEY (id)", "duplicate_table", "invalid_table_definition"),
        ("ALTER TABLE t ADD COLUMN b int", "duplicate_object", "duplicate_column"),
        ("CREATE TYPE m AS ENUM ()", "duplicate_table", "duplicate_object"),
        ("CREATE SCHEMA x", "duplicate_object", "duplicate_schema"),
    ],
)
def test_the_missing_condition_is_added(statement: str, conditions: str, added: str) -> None:
    sql = caught(statement, conditions)
    [finding] = found(sql, TABLE, code="IDM602")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SAFE
    good = sql.replace(conditions, f"{conditions} OR {added}")
    assert fixed(finding, sql) == good
    assert codes(good, TABLE) == []
    assert codes(sql, TABLE) == ["IDM602"]


def test_lower_case_stays_lower_case() -> None:
    sql = caught("create table u ()", "duplicate_object").lower()
    [finding] = found(sql, code="IDM602")
    assert "when duplicate_object or duplicate_table then" in fixed(finding, sql)


def test_a_handler_without_a_condition_is_no_guard_that_could_be_mended() -> None:
    sql = "DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0); EXCEPTION WHEN THEN END $$;"
    assert codes(sql, TABLE) == ["IDM001"]


def test_a_handler_that_raises_is_no_guard() -> None:
    sql = caught("CREATE TABLE u ()", "undefined_table", "RAISE EXCEPTION 'no';")
    assert codes(sql) == ["IDM101"]


def test_a_handler_around_the_one_that_raises_counts() -> None:
    inner = "BEGIN\nCREATE TABLE u ();\nEXCEPTION WHEN undefined_table THEN RAISE;\nEND"
    [finding] = found(caught(inner, "duplicate_object"), code="IDM602")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SAFE


def missing(table: str, statement: str) -> str:
    lookup = f"SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = '{table}'"
    return do(f"  IF NOT EXISTS ({lookup}) THEN\n    {statement};\n  END IF;")


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (missing("u", "CREATE TABLE public.u ()"), ""),
        (missing("v", "CREATE TABLE public.u ()"), "IDM601"),
        (missing("U", "CREATE TABLE public.u ()"), "IDM607"),
        (missing("u", 'CREATE TABLE public."U" ()'), "IDM607"),
        (missing("v", "CREATE TABLE IF NOT EXISTS public.u ()"), ""),
        (missing("t", "CREATE TYPE m AS ENUM ()"), ""),
        (do("IF to_regclass('t') IS NOT NULL THEN ALTER TABLE t ADD b int; END IF;"), "IDM201"),
    ],
)
def test_what_the_guard_asks_for(sql: str, code: str) -> None:
    assert codes(sql, TABLE) == ([code] if code else [])


@pytest.mark.parametrize(
    ("condition", "branch", "inverted"),
    [
        ("to_regclass('public.u') IS NOT NULL", "CREATE TABLE public.u ()", True),
        ("to_regclass('public.t') IS NULL", "DROP TABLE public.t", True),
        (
            "to_regclass('public.u') IS NOT NULL",
            "DROP TABLE public.u; CREATE TABLE public.u ()",
            False,
        ),
        ("to_regclass('public.u') IS NOT NULL", "CREATE TABLE IF NOT EXISTS public.u ()", False),
        (
            "to_regclass('public.u') IS NOT NULL",
            "ALTER TABLE public.u RENAME TO u_old; CREATE TABLE public.u ()",
            False,
        ),
        ("to_regclass('public.u') IS NULL", "CREATE TABLE public.u (); DROP TABLE public.u", False),
        ("to_regclass('public.v') IS NOT NULL", "CREATE TABLE public.u ()", False),
    ],
)
def test_inverted(condition: str, branch: str, inverted: bool) -> None:
    sql = do(f"IF {condition} THEN {branch}; END IF;")
    assert len(found(sql, TABLE, code="IDM606")) == inverted


def test_else_is_the_other_way_round() -> None:
    right = (
        "IF to_regclass('public.u') IS NOT NULL THEN NULL; ELSE CREATE TABLE public.u (); END IF;"
    )
    assert not found(do(right), code="IDM606")
    wrong = right.replace("NOT NULL", "NULL")
    assert len(found(do(wrong), code="IDM606")) == 1


@pytest.mark.parametrize(
    ("lookup", "made", "good"),
    [
        (
            "pg_type WHERE typname = 'm'",
            "CREATE TYPE m AS ENUM ()",
            "typname = 'm' AND typnamespace = current_schema()::regnamespace",
        ),
        (
            "information_schema.tables AS x WHERE x.table_name = 'u'",
            "CREATE TABLE app.u ()",
            "x.table_name = 'u' AND x.table_schema = 'app'",
        ),
        ("pg_type WHERE lower(typname) = lower('m')", "CREATE TYPE m AS ENUM ()", ""),
    ],
)
def test_the_schema_is_added(lookup: str, made: str, good: str) -> None:
    sql = do(f"IF NOT EXISTS (SELECT FROM {lookup}) THEN {made}; END IF;")
    found_here = found(sql, code="IDM604")
    if not good:
        assert all(each.fix is not None and not each.fix.edits for each in found_here)
        return
    [finding] = found_here
    assert good in fixed(finding, sql)
    assert not found(fixed(finding, sql), code="IDM604")


def test_one_test_for_several_objects() -> None:
    both = missing("u", "CREATE TABLE public.u (); CREATE TABLE public.v ()")
    assert len(found(both, code="IDM608")) == 1
    index = missing("u", "CREATE TABLE public.u (a int); CREATE INDEX i ON public.u (a)")
    assert not found(index, code="IDM608")


def test_what_stands_behind_a_caught_statement() -> None:
    sql = caught("CREATE TYPE m AS ENUM (); CREATE TYPE n AS ENUM ()", "duplicate_object")
    assert len(found(sql, code="IDM609")) == 1
    assert not found(caught("CREATE TYPE m AS ENUM ()", "duplicate_object"), code="IDM609")
    assert not found(caught("SELECT 1; CREATE TYPE n AS ENUM ()", "others"), code="IDM609")
