"""Guards that hide a difference (IDM801)."""

from __future__ import annotations

import pytest

from .asking import fixed, found

TABLE = "CREATE TABLE t (id int, a text);"


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("CREATE TABLE IF NOT EXISTS t (id int, a text);", 0),
        ("CREATE TABLE IF NOT EXISTS t (id int);", 0),
        ("CREATE TABLE IF NOT EXISTS t (id int, b int);", 1),
        ("CREATE TABLE IF NOT EXISTS u (id int, b int);", 0),
        ("CREATE TABLE IF NOT EXISTS t (b int); ALTER TABLE t ADD COLUMN IF NOT EXISTS b int;", 0),
        ("DROP TABLE t; CREATE TABLE IF NOT EXISTS t (b int);", 0),
        ("CREATE TABLE IF NOT EXISTS u (b int); ALTER TABLE u DROP COLUMN b;", 0),
        ("CREATE TABLE IF NOT EXISTS u (b int); DROP TABLE u; CREATE TABLE u (c int);", 0),
        ("CREATE TABLE IF NOT EXISTS u (b int); CREATE TABLE IF NOT EXISTS u (c int);", 1),
        ("CREATE TABLE IF NOT EXISTS u (LIKE t); CREATE TABLE IF NOT EXISTS u (c int);", 1),
        ("CREATE TABLE IF NOT EXISTS u (LIKE t); CREATE TABLE IF NOT EXISTS u (a text);", 0),
        ("CREATE TABLE IF NOT EXISTS u AS SELECT 1 AS b; CREATE TABLE IF NOT EXISTS u (c int);", 1),
        ("CREATE TABLE IF NOT EXISTS u AS SELECT 1 AS b; CREATE TABLE IF NOT EXISTS u (b int);", 0),
    ],
)
def test_tables_made_otherwise(sql: str, count: int) -> None:
    assert len(found(sql, TABLE, code="IDM801")) == count


def test_both_may_be_guarded() -> None:
    guarded = "CREATE TABLE IF NOT EXISTS t (id int);"
    assert found("CREATE TABLE IF NOT EXISTS t (id int, b int);", guarded, code="IDM801")


def test_missing_columns_are_added_as_they_are_written() -> None:
    sql = "create table if not exists t (\n  id int,\n  price numeric(10, 2) default 0,\n  b int\n);\n"
    [finding] = found(sql, TABLE, code="IDM801")
    added = (
        "alter table t add column if not exists price numeric(10, 2) default 0;\n"
        "alter table t add column if not exists b int;\n"
    )
    assert fixed(finding, sql) == sql + added


def test_drizzle_s_breakpoints_stand_between_them() -> None:
    sql = "CREATE TABLE IF NOT EXISTS t (b int);\n--> statement-breakpoint\nSELECT 1;\n"
    [finding] = found(sql, TABLE, code="IDM801", runner="drizzle")
    assert "(b int);--> statement-breakpoint\nALTER TABLE t ADD COLUMN" in fixed(finding, sql)


#: What was made before, guarded or not, and what of the second is reported.
OTHERWISE = [
    ("TABLE {} x (a int)", "TABLE {} x (a numeric)", "a is int4, not numeric"),
    ("TABLE {} x (a int)", "TABLE {} x (a integer)", ""),
    (
        "TABLE {} x (a varchar(20))",
        "TABLE {} x (a varchar(50))",
        "a is varchar(20), not varchar(50)",
    ),
    ("TABLE {} x (a varchar)", "TABLE {} x (a character varying)", ""),
    ("TABLE {} x (a numeric(10,2))", "TABLE {} x (a numeric(10, 2))", ""),
    ("TABLE {} x (a int)", "TABLE {} x (a int NOT NULL)", "a is not NOT NULL"),
    ("TABLE {} x (a int NOT NULL)", "TABLE {} x (a int)", "a is NOT NULL"),
    ("TABLE {} x (a int PRIMARY KEY)", "TABLE {} x (a int NOT NULL PRIMARY KEY)", ""),
    ("TABLE {} x (a int)", "TABLE {} x (a int DEFAULT 0)", "a has no DEFAULT"),
    ("TABLE {} x (a int DEFAULT 0)", "TABLE {} x (a int DEFAULT 1)", "a has another DEFAULT"),
    ("TABLE {} x (a jsonb DEFAULT '{{}}')", "TABLE {} x (a jsonb DEFAULT '{{}}'::jsonb)", ""),
    ("TABLE {} x (a int DEFAULT now())", "TABLE {} x (a int DEFAULT CURRENT_TIMESTAMP)", ""),
    ("TABLE {} x (a int)", "TABLE {} x (a int PRIMARY KEY)", "it has no PRIMARY KEY (a)"),
    (
        "TABLE {} x (a int, b int, PRIMARY KEY (a))",
        "TABLE {} x (a int, b int, PRIMARY KEY (a, b))",
        "its PRIMARY KEY is (a), not (a, b)",
    ),
    ("TABLE {} x (a int)", "TABLE {} x (a int UNIQUE)", "it has no UNIQUE (a)"),
    ("TABLE {} x (a int, b int)", "TABLE {} x (a int)", ""),
    ("INDEX {} i ON t (id)", "INDEX {} i ON t (a)", "over (id), not (a)"),
    ("INDEX {} i ON t (id)", "INDEX {} i ON t (id)", ""),
    ("INDEX {} i ON t USING btree (id)", "INDEX {} i ON t (id)", ""),
    ("INDEX {} i ON t (id)", "UNIQUE INDEX {} i ON t (id)", "not as UNIQUE"),
    ("INDEX {} i ON t (id)", "INDEX {} i ON t (id) WHERE id > 0", "without the WHERE"),
    (
        "INDEX {} i ON t (id) WHERE id > 1",
        "INDEX {} i ON t (id) WHERE id > 0",
        "with another expression, WHERE or method",
    ),
    ("INDEX {} i ON t (lower(a))", "INDEX {} i ON t (upper(a))", "with another expression"),
    ("INDEX {} i ON t (lower(a))", "INDEX {} i ON t ( lower(a) )", ""),
    ("INDEX {} i ON t (id)", "INDEX {} i ON t USING hash (id)", "with another expression"),
    ("TABLE {} i (a int)", "INDEX {} i ON t (id)", "i is a table"),
    ("SEQUENCE {} s", "SEQUENCE {} s", ""),
    ("SEQUENCE {} s", "SEQUENCE {} s START 5", "with another start"),
    ("SEQUENCE {} s INCREMENT 1", "SEQUENCE {} s INCREMENT BY 2", "with another increment"),
]


@pytest.mark.parametrize("guard", ["IF NOT EXISTS", ""])
@pytest.mark.parametrize(("before", "now", "text"), OTHERWISE)
def test_what_differs_is_said(before: str, now: str, text: str, guard: str) -> None:
    setup = f"CREATE {before.format(guard)};"
    each = found(f"CREATE {now.format('IF NOT EXISTS')};", TABLE, setup, code="IDM801")
    assert [text in finding.message for finding in each] == ([True] if text else [])


def test_what_an_alter_made_of_it_counts() -> None:
    before = "CREATE TABLE x (a int); ALTER TABLE x ALTER a TYPE bigint, ALTER a SET NOT NULL;"
    assert not found("CREATE TABLE IF NOT EXISTS x (a bigint NOT NULL);", before, code="IDM801")
    [finding] = found("CREATE TABLE IF NOT EXISTS x (a int);", before, code="IDM801")
    assert "(a is int8, not int4; a is NOT NULL)" in finding.message


def test_what_the_file_itself_alters_is_not_compared() -> None:
    sql = "CREATE TABLE IF NOT EXISTS x (a int NOT NULL); ALTER TABLE x ALTER a DROP NOT NULL;"
    assert not found(sql, code="IDM801")
    assert not found(sql, "CREATE TABLE x (a int);", code="IDM801")


@pytest.mark.parametrize(("labels", "count"), [("'a', 'b'", 0), ("'b'", 0), ("'a', 'c'", 1)])
@pytest.mark.parametrize(
    "block",
    [
        "DO $$ BEGIN CREATE TYPE e AS ENUM ({}); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'e') THEN"
        " CREATE TYPE e AS ENUM ({}); END IF; END $$;",
    ],
)
def test_labels_that_a_block_skips(block: str, labels: str, count: int) -> None:
    before = "CREATE TYPE e AS ENUM ('a', 'b');"
    assert len(found(block.format(labels), before, code="IDM801")) == count
    assert len(found(block.format(labels), block.format("'a', 'b'"), code="IDM801")) == count
    added = block.format(labels) + " ALTER TYPE e ADD VALUE IF NOT EXISTS 'c';"
    assert not found(added, before, code="IDM801")


GUARDED = "CREATE TABLE IF NOT EXISTS t (id int, x int);"


def message(sql: str, *setup: str, **options: object) -> str:
    [finding] = found(sql, *setup, code="IDM801", **options)
    return finding.message


def test_who_made_it_is_said() -> None:
    assert message(GUARDED, "SELECT 1;\n" + TABLE).startswith(
        "t was made before without x, by 0001_it.sql:2: IF NOT EXISTS skips this silently"
    )
    twice = "CREATE TABLE IF NOT EXISTS t (id int);\n" + GUARDED
    assert "without x, by line 1: " in message(twice)


@pytest.mark.parametrize(
    ("use", "needs"),
    [
        ("CREATE INDEX IF NOT EXISTS i ON t (x);", "line 2 needs t.x"),
        ("UPDATE t SET x = 1;\nALTER TABLE t ALTER x SET NOT NULL;", "lines 2 and 3 need t.x"),
        ("UPDATE t SET x = 1;\n" * 5, "lines 2, 3 and … need t.x"),
    ],
)
def test_what_a_later_statement_takes_for_granted_is_still_missing(use: str, needs: str) -> None:
    said = message(f"{GUARDED}\n{use}", TABLE)
    assert said.startswith("t was made before without x")
    assert said.endswith(f"it stays missing; {needs}")


def test_a_column_that_the_folder_adds_is_not_missing() -> None:
    added = "ALTER TABLE t ADD COLUMN IF NOT EXISTS x int;"
    assert not found(f"{GUARDED} CREATE INDEX i ON t (x);", TABLE, added, code="IDM801")
    assert not found(f"{GUARDED} {added} CREATE INDEX i ON t (x);", TABLE, code="IDM801")


@pytest.mark.parametrize(
    ("before", "has_edits"),
    [
        ("CREATE TABLE t (id int);", True),
        ("CREATE TABLE t (id int); INSERT INTO t VALUES (1);", False),
        # A guard may have met an older table.
        ("CREATE TABLE IF NOT EXISTS t (id int);", False),
    ],
)
def test_not_null_is_added_where_there_can_be_no_rows(before: str, has_edits: bool) -> None:
    sql = f"{before} CREATE TABLE IF NOT EXISTS t (id int, x int NOT NULL);"
    [finding] = found(sql, code="IDM801")
    assert finding.fix is not None
    assert bool(finding.fix.edits) is has_edits
    if has_edits:
        assert "ADD COLUMN IF NOT EXISTS x int NOT NULL;" in fixed(finding, sql)
        assert not found(fixed(finding, sql), code="IDM701")


def test_another_file_may_have_run_long_ago() -> None:
    sql = "CREATE TABLE IF NOT EXISTS t (id int, x int NOT NULL);"
    [finding] = found(sql, "CREATE TABLE t (id int);", code="IDM801")
    assert finding.fix is not None
    assert not finding.fix.edits
