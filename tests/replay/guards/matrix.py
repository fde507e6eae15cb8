"""Every kind of statement that makes something, behind every form of guard: generated.

A maker is a statement; a lookup is FROM and WHERE over one relation of the catalogs that lists what the
maker makes (or seems to), with the thing's name spelled in one of several ways; a form is what a body does
with the lookup.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from idemlint.postgres.catalogs import CATALOGS, LETTERS
from idemlint.postgres.kinds import Kind, Space

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.postgres.catalogs import CatalogRelation

#: What is there before.
SETUP: Final = (
    "CREATE SCHEMA app",
    "CREATE TABLE base (id int PRIMARY KEY, n int, x text, r int4range)",
    "CREATE TABLE other (id int PRIMARY KEY, base_id int)",
    "CREATE TABLE part (id int, at date) PARTITION BY RANGE (id)",
    "CREATE VIEW shown AS SELECT 1 AS id",
    "CREATE TYPE mood AS ENUM ('low')",
    "CREATE DOMAIN code AS text",
    "CREATE PUBLICATION pub",
    "CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$",
    "CREATE FUNCTION fires_too() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN END $f$",
    "CREATE FUNCTION adds(int, int) RETURNS int LANGUAGE sql AS $f$ SELECT $1 + $2 $f$",
    "CREATE FOREIGN DATA WRAPPER away",
    "CREATE SERVER far FOREIGN DATA WRAPPER away",
)


class Maker(NamedTuple):
    """A statement, and what it makes: a namespace, a name, and what that is in (`parent`, a table or type),
    on, or a member of; `letter` is its sort."""

    id: str
    sql: str
    space: Space
    name: str
    parent: str = ""
    on: str = ""
    kind: Kind | None = None
    letter: str = ""
    column: str = ""
    schema: str = "public"


_C, _R, _T = Space.CONSTRAINT, Space.RELATION, Space.TYPE
MAKERS: Final = (
    Maker("table", "CREATE TABLE made (id int)", _R, "made", kind=Kind.TABLE),
    Maker(
        "table in schema",
        "CREATE TABLE app.made (i int)",
        _R,
        "made",
        "",
        "",
        Kind.TABLE,
        schema="app",
    ),
    Maker("table as", "CREATE TABLE made AS SELECT 1 AS id", _R, "made", kind=Kind.TABLE),
    Maker(
        "partitioned",
        "CREATE TABLE made (id int) PARTITION BY LIST (id)",
        _R,
        "made",
        kind=Kind.TABLE,
    ),
    Maker(
        "partition",
        "CREATE TABLE made PARTITION OF part FOR VALUES FROM (1) TO (9)",
        _R,
        "made",
        kind=Kind.TABLE,
    ),
    Maker("view", "CREATE VIEW made AS SELECT id FROM base", _R, "made", kind=Kind.VIEW),
    Maker(
        "materialized view",
        "CREATE MATERIALIZED VIEW made AS SELECT id FROM base",
        _R,
        "made",
        kind=Kind.MATERIALIZED_VIEW,
    ),
    Maker("sequence", "CREATE SEQUENCE made", _R, "made", kind=Kind.SEQUENCE),
    Maker(
        "foreign table",
        "CREATE FOREIGN TABLE made (id int) SERVER far",
        _R,
        "made",
        kind=Kind.FOREIGN_TABLE,
    ),
    Maker("index", "CREATE INDEX made ON base (n)", _R, "made", "", "base", Kind.INDEX, "i"),
    Maker(
        "unique index", "CREATE UNIQUE INDEX made ON base (n)", _R, "made", "", "base", Kind.INDEX
    ),
    Maker("unique index as constraint", "CREATE UNIQUE INDEX made ON base (n)", _C, "made", "base"),
    Maker("composite", "CREATE TYPE made AS (id int)", _T, "made", kind=Kind.COMPOSITE_TYPE),
    Maker("enum", "CREATE TYPE made AS ENUM ('a')", _T, "made", kind=Kind.TYPE, letter="e"),
    Maker("domain", "CREATE DOMAIN made AS int", _T, "made", kind=Kind.DOMAIN),
    Maker(
        "range",
        "CREATE TYPE made AS RANGE (subtype = float8)",
        _T,
        "made",
        kind=Kind.TYPE,
        letter="r",
    ),
    Maker("enum value", "ALTER TYPE mood ADD VALUE 'made'", Space.ENUM_VALUE, "made", "mood"),
    Maker("schema", "CREATE SCHEMA made", Space.SCHEMA, "made"),
    Maker(
        "function",
        "CREATE FUNCTION made() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        Space.ROUTINE,
        "made",
        kind=Kind.FUNCTION,
    ),
    Maker(
        "procedure",
        "CREATE PROCEDURE made(a int) LANGUAGE sql AS 'SELECT 1'",
        Space.ROUTINE,
        "made",
        kind=Kind.PROCEDURE,
    ),
    Maker(
        "aggregate",
        "CREATE AGGREGATE made(int) (SFUNC = adds, STYPE = int)",
        Space.ROUTINE,
        "made",
        kind=Kind.AGGREGATE,
    ),
    Maker(
        "trigger",
        "CREATE TRIGGER made BEFORE INSERT ON base FOR EACH ROW EXECUTE FUNCTION fires()",
        Space.TRIGGER,
        "made",
        "base",
    ),
    Maker(
        "truncate trigger",
        "CREATE TRIGGER made BEFORE TRUNCATE ON base EXECUTE FUNCTION fires()",
        Space.TRIGGER,
        "made",
        "base",
    ),
    Maker(
        "constraint trigger",
        "CREATE CONSTRAINT TRIGGER made AFTER INSERT ON base FOR EACH ROW EXECUTE FUNCTION fires()",
        Space.TRIGGER,
        "made",
        "base",
    ),
    Maker(
        "constraint trigger as constraint",
        "CREATE CONSTRAINT TRIGGER made AFTER INSERT ON base FOR EACH ROW EXECUTE FUNCTION fires()",
        _C,
        "made",
        "base",
    ),
    Maker(
        "event trigger",
        "CREATE EVENT TRIGGER made ON ddl_command_end EXECUTE FUNCTION fires_too()",
        Space.EVENT_TRIGGER,
        "made",
    ),
    Maker(
        "rule",
        "CREATE RULE made AS ON DELETE TO base DO INSTEAD NOTHING",
        Space.RULE,
        "made",
        "base",
    ),
    Maker("policy", "CREATE POLICY made ON base USING (true)", Space.POLICY, "made", "base"),
    Maker("publication", "CREATE PUBLICATION made", Space.PUBLICATION, "made"),
    Maker("published", "ALTER PUBLICATION pub ADD TABLE base", Space.MEMBER, "base", "pub"),
    Maker("role", "CREATE ROLE made", Space.ROLE, "made"),
    Maker("role that logs in", "CREATE ROLE made LOGIN", Space.ROLE, "made"),
    Maker("user", "CREATE USER made", Space.ROLE, "made"),
    Maker("column", "ALTER TABLE base ADD COLUMN made int", Space.COLUMN, "made", "base"),
    Maker(
        "check",
        "ALTER TABLE base ADD CONSTRAINT made CHECK (n > 0)",
        _C,
        "made",
        "base",
        "",
        None,
        "c",
    ),
    Maker(
        "unique",
        "ALTER TABLE base ADD CONSTRAINT made UNIQUE (n)",
        _C,
        "made",
        "base",
        "",
        None,
        "u",
    ),
    Maker(
        "unique as index",
        "ALTER TABLE base ADD CONSTRAINT made UNIQUE (n)",
        _R,
        "made",
        "",
        "base",
        Kind.INDEX,
    ),
    Maker(
        "foreign key",
        "ALTER TABLE other ADD CONSTRAINT made FOREIGN KEY (base_id) REFERENCES base (id)",
        _C,
        "made",
        "other",
        "",
        None,
        "f",
    ),
    Maker(
        "exclusion",
        "ALTER TABLE base ADD CONSTRAINT made EXCLUDE USING gist (r WITH &&)",
        _C,
        "made",
        "base",
        "",
        None,
        "x",
    ),
    Maker(
        "domain check",
        "ALTER DOMAIN code ADD CONSTRAINT made CHECK (VALUE <> '')",
        _C,
        "made",
        "code",
    ),
    Maker("statistics", "CREATE STATISTICS made ON id, n FROM base", Space.STATISTICS, "made"),
    Maker("collation", 'CREATE COLLATION made FROM "C"', Space.COLLATION, "made"),
    Maker("server", "CREATE SERVER made FOREIGN DATA WRAPPER away", Space.SERVER, "made"),
    Maker("wrapper", "CREATE FOREIGN DATA WRAPPER made", Space.FOREIGN_DATA_WRAPPER, "made"),
    Maker(
        "configuration",
        "CREATE TEXT SEARCH CONFIGURATION made (COPY = simple)",
        Space.TS_CONFIGURATION,
        "made",
    ),
    Maker(
        "dictionary",
        "CREATE TEXT SEARCH DICTIONARY made (TEMPLATE = simple)",
        Space.TS_DICTIONARY,
        "made",
    ),
)


# -- lookups ---------------------------------------------------------------------------------------


class Lookup(NamedTuple):
    """FROM with WHERE, and the column that names what is sought."""

    id: str
    text: str
    column: str


#: How the name is compared.
SPELLINGS: Final = {
    "=": "{column} = '{name}'",
    "qualified": "{column} = '{schema}.{name}'",
    "upper case": "{column} = '{upper}'",
    "lower()": "lower({column}) = '{name}'",
    "upper()": "upper({column}) = '{upper}'",
    "upper() of lower": "upper({column}) = '{name}'",
    "like": "{column} LIKE '{name}'",
    "ilike": "{column} ILIKE '{upper}'",
    "in": "{column} IN ('{name}', 'nowhere')",
    "any": "{column} = ANY (ARRAY['{name}'])",
    "text": "{column}::text = '{name}'::text",
    "null": "{column} = NULL",
    "unequal": "'{name}' = {column} AND {column} <> 'nowhere'",
}


def lookups(maker: Maker) -> Iterator[Lookup]:
    """The lookups in every relation that lists the namespace of what a maker makes."""
    for row in CATALOGS.values():
        if row.space is not maker.space or not _fits(row, maker):
            continue
        name = row.column("member") or row.column("name")
        if not name:
            continue
        plain = SPELLINGS["="]
        more = _narrowing(row, maker)
        yield _lookup(row, maker, name, "=", plain, ())
        yield _lookup(row, maker, name, "= and where", plain, tuple(more.values()))
        for role, condition in more.items():
            yield _lookup(row, maker, name, f"= and {role}", plain, (condition,))
            if role in {"parent", "on"}:
                bare = maker.parent if role == "parent" else maker.on
                wrong = condition.replace(f"'{bare}'", f"'public.{bare}'")
                yield _lookup(row, maker, name, f"= and qualified {role}", plain, (wrong,))
        for spelling, text in SPELLINGS.items():
            if spelling != "=":
                narrowed = tuple(more.values()) if spelling == "qualified" else ()
                yield _lookup(row, maker, name, spelling, text, narrowed)


def _fits(row: CatalogRelation, maker: Maker) -> bool:
    return not (row.space is Space.MEMBER and row.parent is not Space.PUBLICATION) and not (
        row.space in {_C, Space.ENUM_VALUE} and row.name == "information_schema.attributes"
    )


def _lookup(
    row: CatalogRelation, maker: Maker, column: str, id_: str, text: str, more: tuple[str, ...]
) -> Lookup:
    where = text.format(
        column=column, name=maker.name, upper=maker.name.upper(), schema=maker.schema
    )
    if row.space is Space.MEMBER:
        where = f"pubname = 'pub' AND {where}"
    return Lookup(f"{row.name} {id_}", f"{row.name} WHERE {' AND '.join((where, *more))}", column)


def _narrowing(row: CatalogRelation, maker: Maker) -> dict[str, str]:
    """More conditions that hold, by the role of their column."""
    found = {}
    of_type = maker.space is Space.ENUM_VALUE or row.parent is _T
    for column, role in row.roles.items():
        value = {
            "schema": f"'{maker.schema}'",
            "schema.oid": f"'{maker.schema}'::regnamespace",
            "parent": maker.parent and f"'{maker.parent}'",
            "parent.oid": maker.parent
            and f"'{maker.parent}'::{'regtype' if of_type or maker.parent == 'code' else 'regclass'}",
            "domain.oid": f"'{maker.parent}'::regtype" if maker.parent == "code" else "",
            "on": maker.on and f"'{maker.on}'",
            "on.oid": maker.on and f"'{maker.on}'::regclass",
            "kind": _word(column, maker),
            "live": {"attnum": "", "tgisinternal": "false", "attisdropped": "false"}.get(
                column, ""
            ),
        }.get(role, "")
        if role == "parent.oid" and maker.parent == "code" and row.name == "pg_constraint":
            value = ""
        if value and role not in found:
            found[role] = f"{column} = {value}"
    return found


def _word(column: str, maker: Maker) -> str:
    wanted = {maker.kind, maker.letter} - {None, ""}
    return next(
        (f"'{word}'" for word, kind in LETTERS.get(column, {}).items() if kind in wanted), ""
    )


# -- forms -----------------------------------------------------------------------------------------

#: What a body does with a lookup: `{text}`, `{column}`, `{name}` of it, and `{sql}`, the statement.
FORMS: Final = {
    "not exists": "BEGIN IF NOT EXISTS (SELECT 1 FROM {text}) THEN {sql}; END IF; END",
    "exists else": "BEGIN IF EXISTS (SELECT FROM {text}) THEN NULL; ELSE {sql}; END IF; END",
    "exists return": "BEGIN IF EXISTS (SELECT * FROM {text}) THEN RETURN; END IF; {sql}; END",
    "count zero": "BEGIN IF (SELECT count(*) FROM {text}) = 0 THEN {sql}; END IF; END",
    "count below one": "BEGIN IF (SELECT count(1) FROM {text}) < 1 THEN {sql}; END IF; END",
    "count of column": "BEGIN IF (SELECT count({column}) FROM {text}) = 0 THEN {sql}; END IF; END",
    "count coalesced": "BEGIN IF COALESCE((SELECT count(*) FROM {text}), 0) = 0 THEN {sql}; END IF; END",
    "count into": "DECLARE k int; BEGIN SELECT count(*) INTO k FROM {text};"
    " IF k = 0 THEN {sql}; END IF; END",
    "count assigned": "DECLARE k int; BEGIN k := (SELECT count(*) FROM {text});"
    " IF NOT k > 0 THEN {sql}; END IF; END",
    "count in case": "BEGIN IF (SELECT CASE WHEN count(*) > 0 THEN true ELSE false END FROM {text})"
    " IS FALSE THEN {sql}; END IF; END",
    "count in case of numbers": "BEGIN IF (SELECT CASE WHEN count(*) > 0 THEN 1 ELSE 0 END FROM {text}) = 0"
    " THEN {sql}; END IF; END",
    "case statement": "BEGIN CASE (SELECT count(*) FROM {text}) WHEN 0 THEN {sql}; ELSE NULL; END CASE; END",
    "case of exists": "BEGIN CASE WHEN EXISTS (SELECT 1 FROM {text}) THEN NULL; ELSE {sql}; END CASE; END",
    "not found": "BEGIN PERFORM 1 FROM {text}; IF NOT FOUND THEN {sql}; END IF; END",
    "found is false": "BEGIN PERFORM {column} FROM {text} LIMIT 1; IF FOUND = false THEN {sql}; END IF; END",
    "into not found": "DECLARE k record; BEGIN SELECT 1 AS a INTO k FROM {text} LIMIT 1;"
    " IF NOT FOUND THEN {sql}; END IF; END",
    "into is null": "DECLARE k text; BEGIN SELECT {column} INTO k FROM {text} LIMIT 1;"
    " IF k IS NULL THEN {sql}; END IF; END",
    "exists into": "DECLARE k boolean; BEGIN SELECT EXISTS (SELECT 1 FROM {text}) INTO k;"
    " IF NOT k THEN {sql}; END IF; END",
    "exists assigned": "DECLARE k boolean := EXISTS (SELECT 1 FROM {text}); BEGIN"
    " IF k IS NOT TRUE THEN {sql}; END IF; END",
    "true into": "DECLARE k boolean; BEGIN SELECT true INTO k FROM {text} LIMIT 1;"
    " IF k IS NULL THEN {sql}; END IF; END",
    "coalesced": "BEGIN IF NOT COALESCE((SELECT true FROM {text} LIMIT 1), false) THEN {sql}; END IF; END",
    "scalar is null": "BEGIN IF (SELECT {column} FROM {text} LIMIT 1) IS NULL THEN {sql}; END IF; END",
    "not in": "BEGIN IF '{name}' NOT IN (SELECT {column} FROM {text}) THEN {sql}; END IF; END",
    "all": "BEGIN IF '{name}' <> ALL (SELECT {column} FROM {text}) THEN {sql}; END IF; END",
    "array": "BEGIN IF NOT '{name}' = ANY (ARRAY(SELECT {column}::text FROM {text})) THEN {sql}; END IF; END",
    "bool_or": "BEGIN IF NOT COALESCE((SELECT bool_or(true) FROM {text}), false) THEN {sql}; END IF; END",
    "max": "BEGIN IF (SELECT max({column}::text) FROM {text}) IS NULL THEN {sql}; END IF; END",
    "sub-select in from": "BEGIN IF NOT EXISTS (SELECT 1 FROM (SELECT * FROM {text}) AS inside) THEN {sql};"
    " END IF; END",
    "with": "BEGIN IF NOT EXISTS (WITH f AS (SELECT * FROM {text}) SELECT 1 FROM f) THEN {sql}; END IF; END",
    "two tests": "BEGIN IF NOT EXISTS (SELECT 1 FROM {text}) AND EXISTS (SELECT 1 FROM pg_class WHERE"
    " relname = 'base') THEN {sql}; END IF; END",
    "executed": "BEGIN IF NOT EXISTS (SELECT 1 FROM {text}) THEN EXECUTE {literal}; END IF; END",
}


class Cell(NamedTuple):
    """A maker, a lookup and a form, as the DO statement that they come to."""

    id: str
    sql: str


def cells() -> Iterator[Cell]:
    """The whole matrix: each maker behind each lookup in the plainest form, and behind each form with a
    lookup in each relation that asks for all that may be asked."""
    for maker in MAKERS:
        found = list(lookups(maker))
        for lookup in found:
            yield _cell(maker, lookup, "not exists")
        for lookup, form in product(found, FORMS):
            if lookup.id.endswith(" = and where") and form != "not exists":
                yield _cell(maker, lookup, form)


def _cell(maker: Maker, lookup: Lookup, form: str) -> Cell:
    literal = "'" + maker.sql.replace("'", "''") + "'"
    body = FORMS[form].format(
        text=lookup.text, column=lookup.column, name=maker.name, sql=maker.sql, literal=literal
    )
    return Cell(f"{maker.id}: {form}: {lookup.id}", f"DO $do$ {body} $do$")
