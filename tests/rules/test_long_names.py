"""IDM610 and IDM809 beyond what their pages show. What a server does: `postgres/test_long_names.py`."""

from __future__ import annotations

import pytest

from idemlint.diagnostics import Applicability, Severity
from idemlint.postgres.names import cut
from postgres.test_long_names import LONG, ONE, OTHER, SHARED

from .asking import codes, fixed, found, report

TABLE = "CREATE TABLE t (id int, a text);"
NAME = f"n_{LONG}"


def do(condition: str, statement: str, declare: str = "") -> str:
    return f"DO $$ {declare} BEGIN IF {condition} THEN {statement}; END IF; END $$;"


class TestGuards:
    ADDS = f"ALTER TABLE t ADD CONSTRAINT {NAME} CHECK (id > 0)"
    LOOKUPS = (
        "conname::text = '{}'",
        "conname = '{}'::text",
        "lower(conname) = '{}'",
        "conname LIKE '{}'",
        "conname = ANY (ARRAY['{}'])",
    )

    @pytest.mark.parametrize("lookup", LOOKUPS)
    def test_the_name_is_cut_by_the_fix(self, lookup: str) -> None:
        exists = f"NOT EXISTS (SELECT FROM pg_constraint WHERE {lookup})"
        sql = do(exists.format(NAME), self.ADDS)
        [finding] = report(sql, TABLE).diagnostics
        assert (finding.code, finding.sqlstate, finding.severity) == (
            "IDM610",
            "42710",
            Severity.ERROR,
        )
        assert finding.fix is not None
        assert finding.fix.applicability is Applicability.SAFE
        good = do(exists.format(cut(NAME)), self.ADDS)
        assert fixed(finding, sql) == good

    @pytest.mark.parametrize("lookup", ["conname = '{}'", "conname IN ('{}', 'x')"])
    def test_what_is_cut_as_the_name_is_finds_it(self, lookup: str) -> None:
        exists = f"NOT EXISTS (SELECT FROM pg_constraint WHERE {lookup.format(NAME)})"
        assert codes(do(exists, self.ADDS), TABLE) == []

    def test_a_variable_of_type_text(self) -> None:
        exists = "NOT EXISTS (SELECT FROM pg_constraint WHERE conname = v)"
        declared = "DECLARE v {} := '{}';"
        sql = do(exists, self.ADDS, declared.format("text", NAME))
        [finding] = found(sql, TABLE, code="IDM610")
        assert finding.fix is not None
        assert finding.fix.applicability is Applicability.DISPLAY
        assert codes(do(exists, self.ADDS, declared.format("name", NAME)), TABLE) == []

    def test_what_is_never_found_is_never_dropped(self) -> None:
        exists = f"EXISTS (SELECT FROM pg_constraint WHERE conname::text = '{NAME}')"
        drops = f"ALTER TABLE t DROP CONSTRAINT {NAME}"
        [finding] = report(do(exists, drops), TABLE, f"{self.ADDS};").diagnostics
        assert (finding.code, finding.severity) == ("IDM610", Severity.WARNING)
        assert finding.fix is not None
        assert finding.fix.edits == ()

    def test_its_table_may_be_what_is_too_long(self) -> None:
        table = f"t_{LONG}"
        exists = (
            "NOT EXISTS (SELECT FROM information_schema.columns"
            f" WHERE table_name::text = '{table}' AND column_name = 'b')"
        )
        sql = do(exists, f"ALTER TABLE {table} ADD COLUMN b int")
        [finding] = found(sql, f"CREATE TABLE {table} (a int);", code="IDM610")
        assert f"'{cut(table)}'" in fixed(finding, sql)

    def test_a_statement_with_a_guard_of_its_own_needs_no_other(self) -> None:
        exists = f"NOT EXISTS (SELECT FROM pg_class WHERE relname::text = 't_{LONG}')"
        assert codes(do(exists, f"CREATE TABLE IF NOT EXISTS t_{LONG} ()")) == []


class TestNames:
    @pytest.mark.parametrize(("sql", "sqlstate"), SHARED)
    def test_two_names_that_are_one(self, sql: str, sqlstate: str | None) -> None:
        [finding] = found(sql.format(one=ONE, other=OTHER), TABLE, code="IDM809")
        assert finding.sqlstate == sqlstate
        assert finding.statement == 1
        assert finding.severity is (Severity.WARNING if sqlstate is None else Severity.ERROR)

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE INDEX {one} ON t (id); DROP INDEX {one}; CREATE INDEX {other} ON t (id);",
            "CREATE INDEX {one} ON t (id); ALTER INDEX {one} RENAME TO i; CREATE INDEX {other} ON t (a);",
            "CREATE TABLE u (a int); CREATE INDEX {one} ON u (a); DROP TABLE u;"
            " CREATE INDEX {other} ON t (a);",
            "ALTER TABLE t ADD CONSTRAINT {one} CHECK (true); CREATE TABLE u (a int);"
            " ALTER TABLE u ADD CONSTRAINT {other} CHECK (true);",
            "CREATE INDEX IF NOT EXISTS {one} ON t (id); CREATE INDEX IF NOT EXISTS {one} ON t (id);",
            "CREATE FUNCTION {one}() RETURNS int LANGUAGE sql AS 'SELECT 1';"
            " CREATE FUNCTION {other}(int) RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ],
    )
    def test_names_that_do_not_meet(self, sql: str) -> None:
        assert found(sql.format(one=ONE, other=OTHER), TABLE, code="IDM809") == []

    def test_in_a_body(self) -> None:
        sql = f"DO $$ BEGIN CREATE INDEX {ONE} ON t (id); CREATE INDEX {OTHER} ON t (a); END $$;"
        [finding] = found(sql, TABLE, code="IDM809")
        assert sql.encode()[finding.span.start :].startswith(f"CREATE INDEX {OTHER}".encode())

    def test_characters_of_several_bytes(self) -> None:
        one, other = f"{'é' * 31}é", f"{'é' * 31}ü"
        sql = f'CREATE INDEX "{one}" ON t (id); CREATE INDEX IF NOT EXISTS "{other}" ON t (a);'
        assert len(found(sql, TABLE, code="IDM809")) == 1

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TYPE e AS ENUM ('{}')",
            "ALTER TYPE e ADD VALUE '{}'",
            "ALTER TYPE e ADD VALUE IF NOT EXISTS '{}'",
            "ALTER TYPE e RENAME VALUE 'a' TO '{}'",
            "DO $$ BEGIN CREATE TYPE e AS ENUM ('{}'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        ],
    )
    def test_a_label_that_is_refused(self, sql: str) -> None:
        [finding] = found(f"{sql.format('l' * 64)};", code="IDM809")
        assert finding.sqlstate == "42602"
        assert found(f"{sql.format('l' * 63)};", code="IDM809") == []

    @pytest.mark.parametrize("quote", ["", '"'])
    @pytest.mark.parametrize(("stem", "expected"), [("n" * 62, 0), ("n" * 63, 1)])
    def test_where_a_name_is_too_long(self, stem: str, expected: int, quote: str) -> None:
        one, other = f"{quote}{stem}x{quote}", f"{quote}{stem}y{quote}"
        sql = f"CREATE INDEX {one} ON t (id); CREATE INDEX IF NOT EXISTS {other} ON t (a);"
        assert len(found(sql, TABLE, code="IDM809")) == expected

    def test_a_quoted_name_of_many_words(self) -> None:
        stem = f"no word of it is long {'-' * 41}"
        sql = f'CREATE INDEX "{stem}x" ON t (id); CREATE INDEX IF NOT EXISTS "{stem}y" ON t (a);'
        assert len(found(sql, TABLE, code="IDM809")) == 1
