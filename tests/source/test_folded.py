"""Of a large file no trees are kept, but what they are made of; nobody can tell from what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.settings import Settings
from idemlint.source import parse as parsing
from idemlint.source.tree import folded

from .words import parsed

if TYPE_CHECKING:
    from pathlib import Path

    from idemlint.source.statement import ParsedFile

FILES = {
    "one": "SELECT 1",
    "none": "-- nothing\n",
    "several": "\ufeff-- a\r\nCREATE TABLE t (a int DEFAULT 1 + 2); DROP VIEW v -- b\n;;\nSELECT 'ü', 1",
    "without fields": "CHECKPOINT; DISCARD ALL; BEGIN; COMMIT; VACUUM",
    "JSON in strings": """
        SELECT '{"stmt":{"a":1}},"stmt_location":7,"stmt_len":8},{"stmt":{';
        COMMENT ON TABLE t IS '"stmt_len":1}]}'; SELECT E'\\\\"}}]}\\"', '{"stmt":{'
    """,
    "long": "SELECT " + ", ".join(f"'{number}'" for number in range(2_000)) + "; SELECT 2",
    "deep": "SELECT " + "abs(" * 200 + "1" + ")" * 200 + "; SELECT 2",
    "statements in statements": """
        CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; RETURN 2; END;
        CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1;
        CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM w);
        PREPARE p AS SELECT 1; EXPLAIN SELECT 2; DO $$ BEGIN CREATE TABLE t (a int); END $$;
    """,
    "broken": "CREATE TABLE t (a int); SELEC 1; DROP TABLE {{ name }}; ALTER TABLE t ADD b int",
    "too deep": "SELECT 1; SELECT " + "1+" * 5_000 + "1; CREATE TABLE t (a int)",
}


def facts(found: ParsedFile) -> list[object]:
    statements = [
        (each.index, each.span, each.kind, each.tree, each.section, each.problem)
        for each in found.statements
    ]
    return [*statements, found.code, found.problems, found.masks]


@pytest.mark.parametrize("name", FILES)
def test_the_statements_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = parsed(FILES[name])
    monkeypatch.setattr(parsing, "LARGE", 0)
    assert facts(parsed(FILES[name])) == facts(kept)


def test_what_is_kept_of_a_statement_is_what_others_keep_of_its_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parsing, "LARGE", 0)
    [statement] = parsed("CREATE TABLE t (a int)").statements
    one, two = statement.tree, statement.tree
    assert one is not None
    assert two is not None
    assert one is not two
    assert isinstance(folded(one), bytes)
    assert folded(one) is folded(two)


def test_a_tree_that_is_there_is_kept_as_it_is() -> None:
    [statement] = parsed("CREATE TABLE t (a int)").statements
    assert statement.tree is not None
    assert folded(statement.tree) is statement.tree is statement.tree


def test_a_large_file_is_judged_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
        CREATE TABLE one (id serial PRIMARY KEY, a int REFERENCES two, b text DEFAULT now()::text UNIQUE);
        ALTER TABLE one ADD COLUMN c int, ADD CONSTRAINT d CHECK (c > 1);
        INSERT INTO one (a) VALUES (1);
        UPDATE one SET a = a + 1;
        DROP TABLE IF EXISTS two;
        CREATE TABLE two (id int PRIMARY KEY);
        CREATE TYPE mood AS ENUM ('a');
        ALTER TYPE mood ADD VALUE 'b';
        CREATE INDEX ON one (a, lower(b));
        CREATE TABLE IF NOT EXISTS two (id int PRIMARY KEY, more int);
        DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'three') THEN
            CREATE TABLE three (a int); END IF; END $$;
    """
    (tmp_path / "1.sql").write_text(text)
    settings = Settings.load([tmp_path], isolated=True, select=["ALL"])
    [expected] = engine.open([tmp_path], settings).reports(effects=True)
    assert len(expected.findings) > 5
    monkeypatch.setattr(parsing, "LARGE", 0)
    [found] = engine.open([tmp_path], settings).reports(effects=True)
    assert found == expected
