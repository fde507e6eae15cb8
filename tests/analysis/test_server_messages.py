"""What we say that PostgreSQL says, PostgreSQL says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.analysis.server_messages import server_message
from idemlint.settings import Settings
from postgres.conftest import database, server

if TYPE_CHECKING:
    from postgres.server import Database

__all__ = ["database", "server"]  # fixtures

TABLE = "CREATE TABLE t (id int, c int, CONSTRAINT k CHECK (id > 0));"
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;"
PARTITIONED = "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE a (id int);"
SERVER = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
SEARCH = 'CREATE TEXT SEARCH CONFIGURATION x (PARSER = "default");'

#: What was there before, and the statement that runs twice.
TWICE = [
    ("", "CREATE TABLE t (id int)"),
    ("CREATE SCHEMA s;", "CREATE TABLE s.t (id int)"),
    (TABLE, "CREATE INDEX i ON t (id)"),
    ("", "CREATE VIEW v AS SELECT 1 AS one"),
    ("", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one"),
    ("", "CREATE SEQUENCE q"),
    ("", "CREATE TYPE e AS ENUM ('a')"),
    ("", "CREATE TYPE y AS (a int)"),
    ("", "CREATE DOMAIN d AS int"),
    ("", "CREATE SCHEMA s"),
    ("", "CREATE ROLE idemlint_messages"),
    (TABLE, "ALTER TABLE t ADD COLUMN x int"),
    (TABLE, "ALTER TABLE t ADD CONSTRAINT x CHECK (id > 1)"),
    (TABLE + FUNCTION, "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"),
    (TABLE, "CREATE POLICY x ON t"),
    (TABLE, "CREATE RULE x AS ON INSERT TO t DO INSTEAD NOTHING"),
    ("CREATE DOMAIN d AS int;", "ALTER DOMAIN d ADD CONSTRAINT x CHECK (value > 0)"),
    ("CREATE TYPE y AS (a int);", "ALTER TYPE y ADD ATTRIBUTE x int"),
    (TABLE, "ALTER TABLE t ADD PRIMARY KEY (id)"),
    (TABLE, "ALTER TABLE t ADD CONSTRAINT x PRIMARY KEY (id)"),
    (TABLE, "ALTER TABLE t ADD CONSTRAINT x UNIQUE (id)"),
    (
        TABLE + "CREATE UNIQUE INDEX i ON t (id);",
        "ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i",
    ),
    ("CREATE TABLE n (a int NOT NULL);", "ALTER TABLE n ALTER a ADD GENERATED ALWAYS AS IDENTITY"),
    (
        "CREATE TABLE n (a int NOT NULL);",
        "ALTER TABLE n ALTER a ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME b)",
    ),
    ("CREATE TABLE n (a int GENERATED ALWAYS AS IDENTITY);", "ALTER TABLE n ALTER a DROP IDENTITY"),
    (TABLE, "DROP TABLE t"),
    ("CREATE VIEW v AS SELECT 1 AS one;", "DROP VIEW v"),
    ("CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;", "DROP MATERIALIZED VIEW m"),
    ("CREATE SEQUENCE q;", "DROP SEQUENCE q"),
    (TABLE + "CREATE INDEX i ON t (id);", "DROP INDEX i"),
    ("CREATE TYPE e AS ENUM ('a');", "DROP TYPE e"),
    ("CREATE DOMAIN d AS int;", "DROP DOMAIN d"),
    ("CREATE SCHEMA s;", "DROP SCHEMA s"),
    ("CREATE ROLE idemlint_messages;", "DROP ROLE idemlint_messages"),
    (TABLE, "ALTER TABLE t DROP COLUMN c"),
    (TABLE, "ALTER TABLE t DROP CONSTRAINT k"),
    (
        "CREATE DOMAIN d AS int CONSTRAINT x CHECK (value > 0);",
        "ALTER DOMAIN d DROP CONSTRAINT x",
    ),
    (
        TABLE + FUNCTION + "CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f();",
        "DROP TRIGGER x ON t",
    ),
    (TABLE + "CREATE POLICY x ON t;", "DROP POLICY x ON t"),
    (TABLE + "CREATE RULE x AS ON INSERT TO t DO INSTEAD NOTHING;", "DROP RULE x ON t"),
    (PARTITIONED, "ALTER TABLE p ATTACH PARTITION a FOR VALUES IN (1)"),
    (
        PARTITIONED + "ALTER TABLE p ATTACH PARTITION a FOR VALUES IN (1);",
        "ALTER TABLE p DETACH PARTITION a",
    ),
    (TABLE + "CREATE TABLE u () INHERITS (t);", "ALTER TABLE u NO INHERIT t"),
    ("CREATE TABLE t (a int); CREATE TABLE u (a int);", "ALTER TABLE u INHERIT t"),
    ("CREATE TYPE y AS (a int); CREATE TABLE t OF y;", "ALTER TABLE t NOT OF"),
    ("CREATE TYPE y AS (a int);", "ALTER TYPE y DROP ATTRIBUTE a"),
    ("CREATE TYPE e AS ENUM ('a');", "ALTER TYPE e ADD VALUE 'b'"),
    (TABLE + "CREATE PUBLICATION p;", "ALTER PUBLICATION p ADD TABLE t"),
    (TABLE + "CREATE PUBLICATION p FOR TABLE t;", "ALTER PUBLICATION p DROP TABLE t"),
    (SERVER, "ALTER SERVER s OPTIONS (ADD a 'b')"),
    (SERVER + "ALTER SERVER s OPTIONS (ADD a 'b');", "ALTER SERVER s OPTIONS (DROP a)"),
    (SEARCH, "ALTER TEXT SEARCH CONFIGURATION x ADD MAPPING FOR word WITH simple"),
    (
        SEARCH + "ALTER TEXT SEARCH CONFIGURATION x ADD MAPPING FOR word WITH simple;",
        "ALTER TEXT SEARCH CONFIGURATION x DROP MAPPING FOR word",
    ),
]

#: Messages of other forms: better none than a wrong one.
SILENT = [
    (TABLE, "ALTER TABLE t RENAME COLUMN c TO x"),
    (TABLE, "ALTER TABLE t RENAME TO x"),
    ("CREATE SCHEMA s; CREATE PUBLICATION p;", "ALTER PUBLICATION p ADD TABLES IN SCHEMA s"),
    (FUNCTION, "DROP FUNCTION f()"),
]


def foreseen(setup: str, statement: str) -> str:
    settings = Settings(rules=frozenset(), root=Path(), rerun="statement")
    data = f"{setup}\n{statement};\n".encode()
    (sequence,) = engine.open(["x.sql"], settings, {"x.sql": data})
    outcome = sequence.judged("x.sql").outcomes[-1]
    assert outcome.verdict.value == "fails"
    return server_message(outcome)


@pytest.mark.server
@pytest.mark.parametrize(("setup", "statement"), TWICE, ids=[each[1][:40] for each in TWICE])
def test_the_message_is_the_servers(setup: str, statement: str, database: Database) -> None:
    with database.connect() as session:
        session.autocommit = True
        if setup:
            session.execute(setup)
        session.execute(statement)
        with pytest.raises(Exception) as raised:
            session.execute(statement)
    message = raised.value.diag.message_primary  # type: ignore[attr-defined]
    assert foreseen(setup, statement) == message


@pytest.mark.parametrize(("setup", "statement"), SILENT, ids=[each[1][:40] for each in SILENT])
def test_where_it_is_not_certain_nothing_is_said(setup: str, statement: str) -> None:
    assert foreseen(setup, statement) == ""
