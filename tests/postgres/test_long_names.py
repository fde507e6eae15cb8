"""Names of more than 63 bytes: where PostgreSQL cuts what they are compared with, and where not.

A column of the catalogs is of type `name`, or of `sql_identifier`, which is made of it. A literal without a
type becomes a name beside one, and is cut as the name itself was; text is not, and never equals what was.
`FORMS` is that table; the reader of guards is held against it, and so is the server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from idemlint.plpgsql.sql import expression
from idemlint.postgres.names import NAME_BYTES, cut
from idemlint.replay.guards.conditions import Exists, evaluate
from idemlint.replay.guards.read import read
from idemlint.source.tree import wrap
from replay.asking import split, verdicts

from .conftest import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .server import Server, Session

__all__ = ["server"]  # a fixture

LONG: Final = "of_more_than_sixty_three_bytes_that_postgresql_cuts_at_the_end"
assert len(LONG) < NAME_BYTES < len(f"t_{LONG}")

#: What is made: all of a name that is longer than it may be.
MADE: Final = f"""
CREATE TABLE t_{LONG} (n_{LONG} int, CONSTRAINT n_{LONG} CHECK (true));
CREATE INDEX i_{LONG} ON t_{LONG} (n_{LONG});
CREATE POLICY n_{LONG} ON t_{LONG};
CREATE FUNCTION f_{LONG}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER n_{LONG} BEFORE INSERT ON t_{LONG} FOR EACH ROW EXECUTE FUNCTION f_{LONG}();
CREATE TYPE y_{LONG} AS ENUM ('a');
CREATE PUBLICATION n_{LONG};
CREATE SCHEMA s_{LONG};
CREATE VIEW v_{LONG} AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW m_{LONG} AS SELECT 1 AS one;
CREATE SEQUENCE q_{LONG};
"""

#: Where names stand, and the first letter of one that is there: columns of either type.
COLUMNS: Final = [
    ("pg_class", "relname", "t"),
    ("pg_tables", "tablename", "t"),
    ("information_schema.tables", "table_name", "t"),
    ("pg_attribute", "attname", "n"),
    ("information_schema.columns", "column_name", "n"),
    ("pg_constraint", "conname", "n"),
    ("information_schema.table_constraints", "constraint_name", "n"),
    ("pg_indexes", "indexname", "i"),
    ("pg_policies", "policyname", "n"),
    ("pg_trigger", "tgname", "n"),
    ("information_schema.triggers", "trigger_name", "n"),
    ("pg_type", "typname", "y"),
    ("pg_proc", "proname", "f"),
    ("information_schema.routines", "routine_name", "f"),
    ("pg_publication", "pubname", "n"),
    ("pg_namespace", "nspname", "s"),
    ("information_schema.schemata", "schema_name", "s"),
    ("pg_views", "viewname", "v"),
    ("information_schema.views", "table_name", "v"),
    ("pg_matviews", "matviewname", "m"),
    ("pg_sequences", "sequencename", "q"),
    ("information_schema.sequences", "sequence_name", "q"),
]

#: A comparison of a column `c` with the name as it was written, and whether it finds what there is.
FORMS: Final = {
    "c = 'x'": True,
    "'x' = c": True,
    "c = 'x'::name": True,
    "c::name = 'x'": True,
    "c IN ('x')": True,
    "c IN ('x', 'other')": True,
    "c IN ('x'::name, 'other')": True,
    "c = ANY ('{x, other}')": True,
    "c = ANY ('{x, other}'::name[])": True,
    "c = ANY (ARRAY['x', 'other']::name[])": True,
    "c = ANY (ARRAY['x'::name, 'other'])": True,
    "c IN ('x'::text, 'other')": True,
    "c IN (lower('x'), 'other')": True,
    "c = ANY (ARRAY['x'::name, 'other'::text])": True,
    "c = ANY (ARRAY['other', 'x'::name])": True,
    "c = 'x'::text": False,
    "c = 'x'::varchar": False,
    "c::text = 'x'": False,
    "c::varchar = 'x'": False,
    "c::name::text = 'x'": False,
    "c IN ('x'::text)": False,
    "c = ANY (ARRAY['x'::text, 'other'::name])": False,
    "c::text IN ('x', 'other')": False,
    "c = ANY (ARRAY['x', 'other'])": False,
    "c = ANY ('{x, other}'::text[])": False,
    "c = ANY (ARRAY['x', 'other']::text[])": False,
    "lower(c) = 'x'": False,
    "lower(c) = lower('x')": False,
    "c = lower('x')": False,
    "c = concat('', 'x')": False,
    "c = '' || 'x'": False,
    "c = format('%s', 'x')": False,
    "c = COALESCE('x', 'other')": False,
    "c LIKE 'x'": False,
}

#: What names a thing in a text, with one letter for a name that is there.
REFERENCES: Final = {
    "to_regclass('t') IS NOT NULL": True,
    "to_regclass('public.t') IS NOT NULL": True,
    "to_regtype('y') IS NOT NULL": True,
    "to_regprocedure('f()') IS NOT NULL": True,
    "to_regnamespace('s') IS NOT NULL": True,
    "'n' IN (SELECT conname FROM pg_constraint)": True,
    "'n' IN (SELECT conname::text FROM pg_constraint)": False,
    "(SELECT count(*) FROM pg_constraint WHERE conname::text = 'n') > 0": False,
    "(SELECT conname FROM pg_constraint WHERE conname = 'n') IS NOT NULL": True,
    "EXISTS (SELECT FROM pg_constraint WHERE conname = 'n' AND conrelid = 't'::regclass)": True,
    "EXISTS (SELECT FROM pg_constraint WHERE conname = 'n' AND conrelid::regclass = 't'::regclass)": True,
    "EXISTS (SELECT FROM pg_constraint WHERE conname = 'n' AND conrelid::regclass::text = 't')": False,
}


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Session]:
    with server.fresh_database() as database, database.connect() as connection:
        for statement in split(MADE):
            connection.execute(statement)
        yield connection


def asked(form: str, relation: str, column: str, letter: str) -> str:
    condition = re.sub(r"\bx\b", f"{letter}_{LONG}", re.sub(r"\bc\b", column, form))
    return f"EXISTS (SELECT FROM {relation} WHERE {condition})"


def found(condition: str) -> bool | None:
    """What the reader of guards takes a condition for, where all that it can ask for is there."""
    return evaluate(
        read(wrap(expression(condition, 0))),
        lambda fact: isinstance(fact, Exists) and fact.ref.name != "other",
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("relation", "column", "letter"), COLUMNS)
def test_a_guard_is_read_so(form: str, relation: str, column: str, letter: str) -> None:
    assert found(asked(form, relation, column, letter)) is FORMS[form]


@pytest.mark.server
@pytest.mark.parametrize("form", FORMS)
def test_a_server_compares_so(session: Session, form: str) -> None:
    told = {
        f"{column} of {relation}": session.execute(
            f"SELECT {asked(form, relation, column, letter)}"
        ).fetchone()
        for relation, column, letter in COLUMNS
    }
    assert told == dict.fromkeys(told, (FORMS[form],))


def referring(form: str) -> str:
    return re.sub(r"(?<=['.])([tyfsn])(?=['(])", rf"\1_{LONG}", form)


@pytest.mark.parametrize("form", REFERENCES)
def test_a_reference_is_read_so(form: str) -> None:
    assert found(referring(form)) is REFERENCES[form]


@pytest.mark.server
@pytest.mark.parametrize("form", REFERENCES)
def test_a_server_refers_so(session: Session, form: str) -> None:
    assert session.execute(f"SELECT {referring(form)}").fetchone() == (REFERENCES[form],)


def test_a_name_that_fits_is_found_either_way() -> None:
    assert found("EXISTS (SELECT FROM pg_constraint WHERE conname::text = 'short')") is True
    fits = "é" * 31
    assert found(f"EXISTS (SELECT FROM pg_constraint WHERE conname::text = '{fits}')") is True
    assert found(f"EXISTS (SELECT FROM pg_constraint WHERE conname::text = '{fits}é')") is False


def test_of_several_names_the_one_that_fits_is_left() -> None:
    condition = f"EXISTS (SELECT FROM pg_class WHERE relname = ANY (ARRAY['t_{LONG}', 'u']))"
    fact = read(wrap(expression(condition, 0)))
    assert isinstance(fact, Exists)
    assert (fact.ref.name, fact.never) == ("u", False)


# -- variables -----------------------------------------------------------------------------------------

BLOCK = """DO $$
DECLARE
  v {type};
BEGIN
  {assign}
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = v AND conrelid = 't'::regclass) THEN
    ALTER TABLE t ADD CONSTRAINT n_{long} CHECK (id > 0);
  END IF;
END
$$;"""

#: How a variable is declared, and set; and what the second run of the block does.
VARIABLES = [
    ("text := 'x'", "", "fails 42710"),
    ("constant varchar := 'x'", "", "fails 42710"),
    ("text", "v := 'x';", "fails 42710"),
    ("name := 'x'", "", "safe"),
    ("name", "v := 'x';", "safe"),
    ("pg_constraint.conname%TYPE := 'x'", "", "safe"),
]


def block(type_: str, assign: str) -> str:
    name = f"n_{LONG}"
    kind, assign = type_.replace("x'", f"{name}'"), assign.replace("x'", f"{name}'")
    return BLOCK.format(type=kind, assign=assign, long=LONG)


@pytest.mark.parametrize(("type_", "assign", "expected"), VARIABLES)
def test_a_variable_is_text_unless_it_is_a_name(type_: str, assign: str, expected: str) -> None:
    assert verdicts(block(type_, assign), before="CREATE TABLE t (id int);") == [expected]


@pytest.mark.server
@pytest.mark.parametrize(("type_", "assign", "expected"), VARIABLES)
def test_a_server_takes_variables_so(
    server: Server, type_: str, assign: str, expected: str
) -> None:
    with server.fresh_database() as database:
        again = block(type_, assign)
        assert database.run(["CREATE TABLE t (id int)", again]) == [None, None]
        assert database.run([again]) == [
            expected.removeprefix("fails ").replace("safe", "") or None
        ]


# -- one name in place of another ----------------------------------------------------------------------

ONE, OTHER = f"i_{LONG}_one", f"i_{LONG}_other"

#: Statements that share what PostgreSQL keeps of a name, and what the second of them raises at once.
SHARED = [
    ("CREATE TABLE {one} (a int); CREATE TABLE {other} (a int);", "42P07"),
    ("CREATE TABLE {one} (a int); CREATE TABLE IF NOT EXISTS {other} (a int);", None),
    ("CREATE INDEX {one} ON t (id); CREATE INDEX {other} ON t (id);", "42P07"),
    ("CREATE INDEX {one} ON t (id); CREATE INDEX IF NOT EXISTS {other} ON t (id);", None),
    ("ALTER TABLE t ADD COLUMN {one} int; ALTER TABLE t ADD COLUMN {other} int;", "42701"),
    (
        "ALTER TABLE t ADD CONSTRAINT {one} CHECK (true);"
        " ALTER TABLE t ADD CONSTRAINT {other} CHECK (true);",
        "42710",
    ),
    ("CREATE SCHEMA {one}; CREATE SCHEMA IF NOT EXISTS {other};", None),
    ("CREATE POLICY {one} ON t; CREATE POLICY {other} ON t;", "42710"),
]


@pytest.mark.server
@pytest.mark.parametrize(("sql", "sqlstate"), SHARED)
def test_names_that_share_what_is_kept_are_one(
    server: Server, sql: str, sqlstate: str | None
) -> None:
    assert cut(ONE) == cut(OTHER)
    with server.fresh_database() as database:
        statements = split(sql.format(one=ONE, other=OTHER))
        assert database.run(["CREATE TABLE t (id int)", *statements]) == [None, None, sqlstate]


@pytest.mark.server
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TYPE y AS ENUM ('a', '{label}')",
        "ALTER TYPE e ADD VALUE '{label}'",
        "ALTER TYPE e ADD VALUE IF NOT EXISTS '{label}'",
        "ALTER TYPE e RENAME VALUE 'a' TO '{label}'",
    ],
)
def test_labels_are_not_cut_but_refused(server: Server, statement: str) -> None:
    with server.fresh_database() as database:
        made = "CREATE TYPE e AS ENUM ('a')"
        assert database.run([made, statement.format(label="l" * 64)]) == [None, "42602"]
    with server.fresh_database() as database:
        assert database.run([made, statement.format(label="é" * 31)]) == [None, None]
