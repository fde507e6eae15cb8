"""What is written down about each kind agrees with itself, and with PostgreSQL's grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.plpgsql import sql
from idemlint.postgres.catalogs import CATALOGS, LETTERS
from idemlint.postgres.create_drop import COMMAND_GUARDS, EVER, FORMS, forms_of
from idemlint.postgres.kinds import Kind, Space
from idemlint.postgres.messages import MESSAGES
from idemlint.replay.catalog.refs import KINDS

if TYPE_CHECKING:
    from postgres.server import Database

from postgres.conftest import database, server

__all__ = ["database", "server"]  # fixtures

#: A statement that makes one of each kind, as `CREATE [OR REPLACE] <keyword> [IF NOT EXISTS] <rest>`.
MADE = {
    Kind.TABLE: "x (a int)",
    Kind.VIEW: "x AS SELECT 1",
    Kind.MATERIALIZED_VIEW: "x AS SELECT 1",
    Kind.SEQUENCE: "x",
    Kind.INDEX: "x ON t (a)",
    Kind.FOREIGN_TABLE: "x (a int) SERVER s",
    Kind.COMPOSITE_TYPE: "x AS (a int)",
    Kind.TYPE: "x AS ENUM ('a')",
    Kind.DOMAIN: "x AS int",
    Kind.FUNCTION: "x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    Kind.PROCEDURE: "x() LANGUAGE sql AS 'SELECT 1'",
    Kind.AGGREGATE: "x (int) (sfunc = int4pl, stype = int)",
    Kind.OPERATOR: "<<>> (leftarg = int, rightarg = int, function = int4pl)",
    Kind.OPERATOR_CLASS: "x FOR TYPE int USING btree AS OPERATOR 1 <",
    Kind.OPERATOR_FAMILY: "x USING btree",
    Kind.COLLATION: 'x FROM "C"',
    Kind.CONVERSION: "x FOR 'UTF8' TO 'LATIN1' FROM f",
    Kind.STATISTICS: "x ON a, b FROM t",
    Kind.TS_CONFIGURATION: "x (parser = p)",
    Kind.TS_DICTIONARY: "x (template = p)",
    Kind.TS_PARSER: "x (start = f)",
    Kind.TS_TEMPLATE: "x (lexize = f)",
    Kind.SCHEMA: "x",
    Kind.EXTENSION: "x",
    Kind.ROLE: "x",
    Kind.DATABASE: "x",
    Kind.TABLESPACE: "x LOCATION '/tmp'",
    Kind.LANGUAGE: "x HANDLER f",
    Kind.CAST: "(a AS b) WITHOUT FUNCTION",
    Kind.TRANSFORM: "FOR a LANGUAGE b (FROM SQL WITH FUNCTION f(int))",
    Kind.ACCESS_METHOD: "x TYPE index HANDLER f",
    Kind.FOREIGN_DATA_WRAPPER: "x",
    Kind.SERVER: "x FOREIGN DATA WRAPPER w",
    Kind.USER_MAPPING: "FOR a SERVER s",
    Kind.PUBLICATION: "x",
    Kind.SUBSCRIPTION: "x CONNECTION 'a' PUBLICATION b",
    Kind.EVENT_TRIGGER: "x ON sql_drop EXECUTE FUNCTION f()",
    Kind.TRIGGER: "x BEFORE INSERT ON t EXECUTE FUNCTION f()",
    Kind.RULE: "x AS ON INSERT TO t DO INSTEAD NOTHING",
    Kind.POLICY: "x ON t",
}
#: What DROP names, where it is not `x`.
DROPPED = {
    Kind.FUNCTION: "x()",
    Kind.PROCEDURE: "x()",
    Kind.AGGREGATE: "x(int)",
    Kind.ROUTINE: "x()",
    Kind.OPERATOR: "<<>> (int, int)",
    Kind.OPERATOR_CLASS: "x USING btree",
    Kind.OPERATOR_FAMILY: "x USING btree",
    Kind.CAST: "(a AS b)",
    Kind.TRANSFORM: "FOR a LANGUAGE b",
    Kind.USER_MAPPING: "FOR a SERVER s",
    Kind.TRIGGER: "x ON t",
    Kind.RULE: "x ON t",
    Kind.POLICY: "x ON t",
}
BY_NAME = [kind for kind in Kind if kind.space not in {Space.MEMBER, Space.FACET}]


def node(text: str) -> str:
    """The node of a statement; empty where PostgreSQL's grammar refuses it."""
    try:
        [found] = sql.statements(text, 0)
    except sql.Unreadable:
        return ""
    [name] = found
    return name


# -- the grammar -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MADE, ids=str)
def test_create_makes_one_of_the_nodes(kind: Kind) -> None:
    made = node(f"CREATE {FORMS[kind].keyword} {MADE[kind]}")
    assert made in FORMS[kind].nodes.split()
    assert FORMS[kind] in forms_of(made)


@pytest.mark.parametrize("kind", MADE, ids=str)
def test_create_has_the_guards_that_it_is_said_to_have(kind: Kind) -> None:
    form = FORMS[kind]
    guarded = node(f"CREATE {form.keyword} IF NOT EXISTS {MADE[kind]}")
    replacing = node(f"CREATE OR REPLACE {form.keyword} {MADE[kind]}")
    assert bool(guarded) is (form.if_not_exists is not None)
    assert bool(replacing) is (form.or_replace is not None)


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind is not Kind.ENUM_VALUE], ids=str)
def test_drop_has_the_guard_that_it_is_said_to_have(kind: Kind) -> None:
    name = DROPPED.get(kind, "x")
    assert node(f"DROP {FORMS[kind].keyword} {name}")
    guarded = node(f"DROP {FORMS[kind].keyword} IF EXISTS {name}")
    assert bool(guarded) is (FORMS[kind].if_exists is not None)


@pytest.mark.parametrize(
    "kind", [kind for kind in FORMS if FORMS[kind].name], ids=lambda kind: kind.name
)
def test_the_fields_of_a_node_hold_the_name_and_the_table(kind: Kind) -> None:
    form = FORMS[kind]
    [found] = sql.statements(f"CREATE {form.keyword} {MADE[kind]}", 0)
    fields = found[form.nodes]
    assert fields[form.name] == "x"
    assert not form.table or fields[form.table]["relname"] == "t"


@pytest.mark.parametrize("command", COMMAND_GUARDS)
def test_a_command_can_have_its_guard(command: str) -> None:
    guard = COMMAND_GUARDS[command]
    column = command in {"AT_DropIdentity", "AT_DropExpression"}
    object_type = "TYPE" if command == "AT_DropAttribute" else "TABLE"
    for optional in ("", guard.optional):
        words = f"{' '.join(guard.words)} {optional} {guard.text}"
        name = "" if column else "x int" if command == "AT_AddColumn" else "x"
        text = f"ALTER {object_type} t {'ALTER c ' if column else ''}{words} {name}"
        assert node(text) == "AlterTableStmt", text


@pytest.mark.server
def test_or_replace_is_as_old_as_it_is_said_to_be(database: Database) -> None:
    """A server says `syntax error` (42601) where it is older than the guard."""
    with database.connect() as session:
        version = session.info.server_version // 10000
    for kind, form in FORMS.items():
        if form.or_replace is None or kind not in MADE:
            continue
        answer = database.send(f"CREATE OR REPLACE {form.keyword} {MADE[kind]}")
        assert (answer == "42601") is (version < form.or_replace), (kind, answer)
        assert form.or_replace == EVER or form.or_replace > 13


@pytest.mark.server
def test_if_not_exists_is_known_to_this_server(database: Database) -> None:
    for kind, form in FORMS.items():
        if form.if_not_exists is not None and kind in MADE:
            answer = database.send(f"CREATE {form.keyword} IF NOT EXISTS {MADE[kind]}")
            assert answer != "42601", kind


# -- the tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BY_NAME, ids=str)
def test_a_kind_that_has_a_name_has_a_whole_passport(kind: Kind) -> None:
    assert kind.objects or kind in {Kind.COMPOSITE_TYPE, Kind.ENUM_VALUE, Kind.USER_MAPPING}
    within = kind.space in {Space.COLUMN, Space.CONSTRAINT}
    assert kind in FORMS or within or kind is Kind.LARGE_OBJECT


def test_the_grammar_calls_every_kind_by_a_word_of_its_own() -> None:
    words = [word for kind in Kind for word in kind.objects]
    assert len(words) == len(set(words)) == len(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.catalog], ids=str)
def test_the_catalog_of_a_kind_lists_its_namespace(kind: Kind) -> None:
    listing = CATALOGS[kind.catalog]
    space = Space.TYPE if kind is Kind.COMPOSITE_TYPE else kind.space
    assert listing.space is space
    assert listing.kinds is None or kind in listing.kinds


def test_letters_stand_for_kinds_of_the_same_catalog() -> None:
    for column, letters in LETTERS.items():
        homes = {
            kind.catalog
            for kind in letters.values()
            if isinstance(kind, Kind) and kind is not Kind.COMPOSITE_TYPE
        }
        assert len(homes) <= 1, column


@pytest.mark.parametrize("kind", MESSAGES, ids=str)
def test_messages_name_the_parent_of_what_has_one(kind: Kind) -> None:
    within = kind.space in {
        Space.COLUMN,
        Space.CONSTRAINT,
        Space.TRIGGER,
        Space.RULE,
        Space.POLICY,
    }
    for message in filter(None, MESSAGES[kind]):
        assert "{name}" in message
        assert ("{parent}" in message) is within


@pytest.mark.server
@pytest.mark.parametrize("name", sorted(CATALOGS))
def test_a_server_has_the_relation_and_its_columns(name: str, database: Database) -> None:
    columns = ", ".join(CATALOGS[name].roles)
    with database.connect() as session:
        session.execute(f"SELECT {columns} FROM {name} LIMIT 0")
