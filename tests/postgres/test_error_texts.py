"""The SQLSTATEs of messages are those that a server gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pytest

from idemlint.postgres.error_texts import needle, sqlstate_of

if TYPE_CHECKING:
    from .server import Database

SETUP = """
CREATE TABLE t (id int PRIMARY KEY, name text, n int CONSTRAINT positive CHECK (n > 0));
INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 1);
CREATE TABLE u (t int CONSTRAINT to_t REFERENCES t);
CREATE INDEX i ON t (name);
CREATE TYPE mood AS ENUM ('ok');
CREATE VIEW v AS SELECT name FROM t;
CREATE SCHEMA s;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g(a text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE POLICY p ON t;
"""
STATEMENTS = [
    "CREATE TABLE t (id int)",
    "CREATE INDEX i ON t (id)",
    "CREATE TYPE mood AS ENUM ('ok')",
    "ALTER TYPE mood ADD VALUE 'ok'",
    "CREATE SCHEMA s",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TRIGGER g BEFORE UPDATE ON t EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE POLICY p ON t",
    "ALTER TABLE t ADD COLUMN name text",
    "ALTER TABLE u ADD CONSTRAINT to_t FOREIGN KEY (t) REFERENCES t",
    "ALTER TABLE t ADD PRIMARY KEY (name)",
    "DROP TABLE gone",
    "SELECT * FROM gone",
    "DROP VIEW gone",
    "DROP INDEX gone",
    "DROP TYPE gone",
    "DROP SCHEMA gone",
    "DROP EXTENSION gone",
    "DROP TRIGGER gone ON t",
    "DROP POLICY gone ON t",
    "DROP ROLE gone",
    "SELECT gone FROM t",
    "ALTER TABLE t DROP COLUMN gone",
    "ALTER TABLE t DROP CONSTRAINT gone",
    "SELECT gone()",
    "INSERT INTO t VALUES (1, 'b', 1)",
    "CREATE UNIQUE INDEX one ON t (name)",
    "INSERT INTO t VALUES (NULL, 'b', 1)",
    "ALTER TABLE t ADD COLUMN phone text NOT NULL",
    "INSERT INTO u VALUES (9)",
    "INSERT INTO t VALUES (3, 'b', 0)",
    "ALTER TABLE t ADD CHECK (n > 5)",
    "DROP TABLE t",
    "SELEC 1",
    "SELECT 'open",
    "ALTER TABLE t ALTER COLUMN name TYPE int",
    "ALTER TABLE t ALTER COLUMN name TYPE varchar(9)",
    "INSERT INTO t VALUES (4, 'b', 'x')",
    "INSERT INTO t VALUES (4, 'b', 1) ON CONFLICT (name) DO NOTHING",
    "ALTER TABLE u ADD FOREIGN KEY (t) REFERENCES t (n)",
    "SELECT 1 / 0",
    "SELECT 3000000000::int",
    "SELECT 'abc'::mood",
    "DROP TABLE v",
    "LOCK TABLE t",
    "CREATE OR REPLACE VIEW v AS SELECT id FROM t",
    "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT $$$$'",
    "CREATE OR REPLACE FUNCTION g(b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION g(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'",
    "COMMENT ON FUNCTION g IS 'two'",
    "COMMENT ON FUNCTION p() IS 'none'",
    "CREATE INDEX ON t ((random()))",
    "SET lock_timeout = 1; SET statement_timeout = 1; SELECT pg_sleep(1)",
    "BEGIN; CREATE INDEX CONCURRENTLY c ON t (name)",
    "BEGIN; ALTER TYPE mood ADD VALUE 'new'; SELECT 'new'::mood",
]


@pytest.mark.server
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_message_has_the_code_that_the_server_gives(database: Database, statement: str) -> None:
    with database.connect() as connection:
        for each in SETUP.strip().split(";\n"):
            connection.execute(each)
        *before, last = statement.split("; ")
        for each in before:
            connection.execute(each)
        with pytest.raises(psycopg.Error) as raised:
            connection.execute(last)
    message = raised.value.diag.message_primary or ""
    assert sqlstate_of(message) == raised.value.sqlstate, message


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"cannot (?:run|be (?:sent|executed)) inside", "cannot be sent inside"),
        (r"(?:sorry, )?too many clients already", "too many clients already"),
        (r"no pg_hba\.conf entry", "no pg_hba.conf entry"),
        (r"Dirty database version -?\d+", "Dirty database version 12"),
        (r"colou?rs\s*[ab|]* and", "colors and"),
        (r"(?:a|b(?:c|d)) and e+f", "bc and eef"),
    ],
)
def test_what_a_pattern_needs_stands_in_what_it_matches(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    assert needle(pattern) in text
    assert len(needle(pattern)) >= 4
