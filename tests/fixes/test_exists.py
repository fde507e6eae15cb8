"""The questions that fixes write: read back as the same questions, and answered truly by a server."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from idemlint.fixes import exists
from idemlint.plpgsql import sql
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import object_ref
from idemlint.replay.guards.conditions import Condition, Exists, Not, Or
from idemlint.replay.guards.read import read
from idemlint.source.tree import Tree, wrap
from postgres.conftest import database, server

if TYPE_CHECKING:
    from postgres.server import Database, Session

__all__ = ["database", "server"]  # fixtures

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

ODD = (
    "t",
    "Users",
    "a b",
    "a.b",
    'q"q',
    "O'Hara",
    "back\\slash",
    "order",
    "int",
    "(x)",
    "été",
    "{a}",
)
SCHEMAS = (None, "s", "My s.chema", "user")
IN_SCHEMAS = [kind for kind, listing in exists.LOOKUPS.items() if listing.column("schema.oid")]
IN_PARENTS = [kind for kind, listing in exists.LOOKUPS.items() if listing.column("parent.oid")]

names = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1
).filter(lambda name: len(name.encode()) < 64)


def back(text: str | None) -> Condition:
    assert text is not None
    return read(wrap(sql.expression(text, 0)))


def space_of(kind: Kind) -> Space:
    """A composite type is asked after as the type that it is."""
    return Space.TYPE if kind is Kind.COMPOSITE_TYPE else kind.space


def parent_of(kind: Kind, name: str, schema: str | None) -> Ref:
    return Ref(exists.LOOKUPS[kind].parent, name, schema)


def ref_of(kind: Kind, name: str, schema: str | None) -> Ref:
    """A thing of a kind; what lives in another object lives in one of the same name."""
    if kind in IN_PARENTS:
        return Ref(kind.space, name, None, parent_of(kind, name, schema))
    return Ref(space_of(kind), name, schema if kind in IN_SCHEMAS else None)


def question(kind: Kind, ref: Ref) -> Exists:
    """This very thing, of any sort; a cast says that its parent has to be there."""
    casts = () if ref.parent is None else (ref.parent,)
    return Exists(ref, casts=casts, catalog=exists.LOOKUPS[kind].name)


# -- read back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", exists.LOOKUPS, ids=lambda kind: kind.name)
def test_a_lookup_is_read_back_as_the_question_it_is(kind: Kind) -> None:
    for name, schema in product(ODD, SCHEMAS):
        ref = ref_of(kind, name, schema)
        assert back(exists.exists(kind, ref)) == question(kind, ref)
        assert back(exists.missing(kind, ref)) == Not(question(kind, ref))


@hypothesis.given(st.sampled_from(list(exists.LOOKUPS)), names, names | st.none(), st.booleans())
def test_whatever_it_is_called(kind: Kind, name: str, schema: str | None, absent: bool) -> None:
    ref = ref_of(kind, name, schema)
    text = exists.missing(kind, ref) if absent else exists.exists(kind, ref)
    fact = question(kind, ref)
    assert back(text) == (Not(fact) if absent else fact)


@pytest.mark.parametrize("kind", IN_PARENTS, ids=lambda kind: kind.name)
def test_a_parent_that_may_be_missing_is_no_cast_that_fails(kind: Kind) -> None:
    ref = ref_of(kind, "a b", "s")
    assert ref.parent is not None
    if ref.parent.space is Space.RELATION:
        text = exists.exists(kind, ref, exists.maybe_relation(ref.parent))
        assert back(text) == question(kind, ref)._replace(casts=())


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", ODD)
def test_a_type_is_read_back(name: str, schema: str | None) -> None:
    ref = Ref(Space.TYPE, name, schema)
    listed = "to_reg" if schema is not None else "pg_type"
    assert back(exists.missing_type(ref)) == Not(Exists(ref, catalog=listed))
    for kind in (Kind.TYPE, Kind.DOMAIN, Kind.COMPOSITE_TYPE):
        assert back(exists.found(kind, ref)) == Exists(ref, catalog="to_reg")


@pytest.mark.parametrize(
    "name",
    ["f", "f()", "f(int, text[])", 's."F x"("Mood", s."A b"[])', '"f(x)"(numeric(5,2), "char")'],
)
def test_a_routine_is_read_back_with_its_arguments(name: str) -> None:
    kind, ref = dropped(f"DROP FUNCTION {name}")
    assert back(exists.found(kind, ref)) == Exists(ref, catalog="to_reg")


@pytest.mark.parametrize("name", ["<<>> (int, text)", 's.@ (NONE, "Mood")', "public.|| (e, e)"])
def test_an_operator_is_read_back_with_its_arguments(name: str) -> None:
    _, ref = dropped(f"DROP OPERATOR {name}")
    assert back(exists.missing_operator(ref)) == Not(Exists(ref, catalog="to_reg"))


@pytest.mark.parametrize(
    ("source", "target"), [("int", "text"), ('s."Mood"', "timestamp with time zone"), ("e", "e[]")]
)
def test_a_cast_is_read_back_by_its_types(source: str, target: str) -> None:
    _, ref = dropped(f"DROP CAST ({source} AS {target})")
    fact = back(exists.missing_cast(source, target))
    assert isinstance(fact, Not)
    assert isinstance(fact.of, Exists)
    assert fact.of._replace(casts=()) == Exists(ref, catalog="pg_cast")


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", ODD)
def test_what_a_table_is_or_has_is_read_back(name: str, schema: str | None) -> None:
    table = Ref(Space.RELATION, name, schema)
    oid = exists.relation(table)
    key = Ref(Space.FACET, "primary key", None, table)
    identity = Ref(Space.FACET, f"identity:{name}", None, table)
    asked = Exists(key, only=frozenset("p"), casts=(table,), catalog="pg_constraint")
    assert back(exists.no_primary_key(oid)) == Not(asked)
    asked = Exists(identity, casts=(table,), catalog="pg_attribute")
    assert back(exists.not_identity(oid, name)) == Not(asked)
    child = exists.maybe_relation(table)
    assert members(back(exists.inherits(oid, child))) >= {
        Ref(Space.MEMBER, f"{word} {table}", None, table) for word in ("partition", "child")
    }
    publication = Ref(Space.PUBLICATION, name)
    assert Ref(Space.MEMBER, f"table {table}", None, publication) in members(
        back(exists.published(name, oid))
    )


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("name", ODD)
def test_a_domains_constraint_is_read_back(name: str, schema: str | None) -> None:
    domain = Ref(Space.TYPE, name, schema)
    ref = Ref(Space.CONSTRAINT, name, None, domain)
    asked = Exists(ref, casts=(domain,), catalog="pg_constraint")
    assert back(exists.on_domain(ref)) == asked
    assert back(exists.missing_on_domain(ref)) == Not(asked)


def dropped(text: str) -> tuple[Kind, Ref]:
    """What a DROP names, as effects name it."""
    [found] = sql.statements(text, 0)
    tree = Tree("DropStmt", found["DropStmt"])
    named = object_ref(tree.removeType, tree.objects[0])
    assert named is not None
    return named


def members(condition: Condition) -> set[Ref]:
    parts = condition.of if isinstance(condition, Or) else (condition,)
    assert all(isinstance(part, Exists) for part in parts)
    return {part.ref for part in parts if isinstance(part, Exists)}


# -- on a server -----------------------------------------------------------------------------------

#: What makes a thing of a kind; `{name}` and `{parent}` are as SQL spells them.
MAKES = {
    Kind.TYPE: "CREATE TYPE {name} AS ENUM ('a')",
    Kind.DOMAIN: "CREATE DOMAIN {name} AS int",
    Kind.COMPOSITE_TYPE: "CREATE TYPE {name} AS (a int)",
    Kind.COLLATION: 'CREATE COLLATION {name} FROM "C"',
    Kind.CONVERSION: "CREATE CONVERSION {name} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    Kind.STATISTICS: "CREATE STATISTICS {name} ON a, b FROM public.ab",
    Kind.TS_CONFIGURATION: 'CREATE TEXT SEARCH CONFIGURATION {name} (parser = "default")',
    Kind.TS_DICTIONARY: "CREATE TEXT SEARCH DICTIONARY {name} (template = simple)",
    Kind.TS_PARSER: "CREATE TEXT SEARCH PARSER {name} (start = prsd_start,"
    " gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
    Kind.TS_TEMPLATE: "CREATE TEXT SEARCH TEMPLATE {name} (lexize = dsimple_lexize)",
    Kind.SCHEMA: "CREATE SCHEMA {name}",
    Kind.ROLE: "CREATE ROLE {name}",
    Kind.LANGUAGE: "CREATE LANGUAGE {name} HANDLER plpgsql_call_handler",
    Kind.ACCESS_METHOD: "CREATE ACCESS METHOD {name} TYPE index HANDLER bthandler",
    Kind.EVENT_TRIGGER: "CREATE EVENT TRIGGER {name} ON sql_drop EXECUTE FUNCTION public.ef()",
    Kind.FOREIGN_DATA_WRAPPER: "CREATE FOREIGN DATA WRAPPER {name}",
    Kind.SERVER: "CREATE SERVER {name} FOREIGN DATA WRAPPER fdw",
    Kind.PUBLICATION: "CREATE PUBLICATION {name}",
    Kind.COLUMN: "ALTER TABLE {parent} ADD {name} int",
    Kind.ATTRIBUTE: "ALTER TYPE {parent} ADD ATTRIBUTE {name} int",
    Kind.CONSTRAINT: "ALTER TABLE {parent} ADD CONSTRAINT {name} CHECK (a > 0)",
    Kind.TRIGGER: "CREATE TRIGGER {name} BEFORE INSERT ON {parent} EXECUTE FUNCTION public.tf()",
    Kind.RULE: "CREATE RULE {name} AS ON INSERT TO {parent} DO INSTEAD NOTHING",
    Kind.POLICY: "CREATE POLICY {name} ON {parent}",
    Kind.ENUM_VALUE: "ALTER TYPE {parent} ADD VALUE {text}",
}
PARENTS = {
    Kind.ATTRIBUTE: "CREATE TYPE {name} AS (a int)",
    Kind.ENUM_VALUE: "CREATE TYPE {name} AS ENUM ('first')",
}
BEFORE = """
CREATE TABLE ab (a int, b int);
CREATE FOREIGN DATA WRAPPER fdw;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
"""
NAMED = ("idemlint_x", "O'Hara's \"B.ig\" x", "order")


def quoted(*parts: str | None) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts if part is not None)


def holds(session: Session, condition: str | None) -> bool:
    assert condition is not None
    row = session.execute(f"SELECT {condition}".encode()).fetchone()
    assert row is not None
    return bool(row[0])


def check(session: Session, absent: str | None, made: str, present: str | None) -> None:
    """One condition holds before a thing is made, the other afterwards."""
    assert holds(session, absent), absent
    assert present is None or not holds(session, present), present
    session.execute(made.encode())
    assert not holds(session, absent), absent
    assert present is None or holds(session, present), present


@pytest.mark.server
@pytest.mark.parametrize("kind", exists.LOOKUPS, ids=lambda kind: kind.name)
def test_a_server_answers_by_what_is_there(kind: Kind, database: Database) -> None:
    with database.connect() as session:
        session.execute(BEFORE)
        session.execute(f"CREATE SCHEMA {quoted('My s')}".encode())
        for name, schema in product(NAMED, (None, "My s")):
            if schema is not None and kind not in IN_SCHEMAS + IN_PARENTS:
                continue
            ref = ref_of(kind, name, schema)
            parent = ""
            if ref.parent is not None:
                parent = quoted(schema, name)
                made = PARENTS.get(kind, "CREATE TABLE {name} (a int)").format(name=parent)
                session.execute(made.encode())
            made = MAKES[kind].format(
                name=quoted(name) if parent else quoted(ref.schema, name),
                parent=parent,
                text=exists.literal(name),
            )
            # PostgreSQL would not make the type where anything of that name is a type
            check(session, exists.missing(kind, ref), made, exists.exists(kind, ref))


@pytest.mark.server
@pytest.mark.parametrize("schema", [None, "public", "My s"])
@pytest.mark.parametrize("name", NAMED)
def test_a_server_finds_types_and_what_they_have(
    name: str, schema: str | None, database: Database
) -> None:
    ref = Ref(Space.TYPE, name, schema)
    with database.connect() as session:
        session.execute(f"CREATE SCHEMA {quoted('My s')}".encode())
        whole = quoted(schema, name)
        made = f"CREATE DOMAIN {whole} AS int"
        check(session, exists.missing_type(ref), made, exists.found(Kind.DOMAIN, ref))
        constraint = Ref(Space.CONSTRAINT, name, None, ref)
        made = f"ALTER DOMAIN {whole} ADD CONSTRAINT {quoted(name)} CHECK (value > 0)"
        check(session, exists.missing_on_domain(constraint), made, exists.on_domain(constraint))


@pytest.mark.server
def test_a_server_finds_routines_operators_and_casts(database: Database) -> None:
    types = 's."Mood"[], "order", "char", int'
    with database.connect() as session:
        session.execute(
            """CREATE SCHEMA s; CREATE TYPE s."Mood" AS ENUM ('a'); CREATE DOMAIN "order" AS int;
            CREATE FUNCTION conv(s."Mood") RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION "F x"(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"""
        )
        for name in ('s."F x"', '"F x"'):
            kind, ref = dropped(f"DROP FUNCTION {name}({types})")
            assert not holds(session, exists.found(kind, ref))
            session.execute(
                f"CREATE FUNCTION {name}({types}) RETURNS int LANGUAGE sql AS 'SELECT 1'".encode()
            )
            assert holds(session, exists.found(kind, ref))
        kind, ref = dropped('DROP FUNCTION s."F x"')
        assert holds(session, exists.found(kind, ref))
        for name, arguments in (
            ("s.<<>>", "leftarg = int, rightarg = int, function = int4pl"),
            ("!!!", "rightarg = int, function = int4um"),
        ):
            left = "int" if "leftarg" in arguments else "NONE"
            _, ref = dropped(f"DROP OPERATOR {name} ({left}, int)")
            check(
                session, exists.missing_operator(ref), f"CREATE OPERATOR {name} ({arguments})", None
            )
        made = 'CREATE CAST (s."Mood" AS int) WITH FUNCTION conv(s."Mood")'
        check(session, exists.missing_cast('s."Mood"', "int"), made, None)


@pytest.mark.server
@pytest.mark.parametrize("name", NAMED)
def test_a_server_answers_by_what_a_table_is(name: str, database: Database) -> None:
    table, child = Ref(Space.RELATION, name), Ref(Space.RELATION, "child")
    oid, whole = exists.relation(table), quoted(name)
    with database.connect() as session:
        column = f"ALTER TABLE {whole} ALTER {whole}"
        session.execute(f"CREATE TABLE {whole} ({whole} int NOT NULL)".encode())
        session.execute(f"CREATE TABLE child ({whole} int NOT NULL)".encode())
        session.execute(f"CREATE PUBLICATION {whole}".encode())
        identity = f"{column} ADD GENERATED ALWAYS AS IDENTITY"
        check(session, exists.not_identity(oid, name), identity, None)
        key = f"ALTER TABLE {whole} ADD PRIMARY KEY ({whole})"
        check(session, exists.no_primary_key(oid), key, None)
        inherits = exists.inherits(oid, exists.maybe_relation(child))
        check(session, f"NOT {inherits}", f"ALTER TABLE child INHERIT {whole}", inherits)
        published = exists.published(name, oid)
        made = f"ALTER PUBLICATION {whole} ADD TABLE {whole}"
        check(session, f"NOT {published}", made, published)
