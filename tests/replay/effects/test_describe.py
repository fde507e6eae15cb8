"""Effects in words: each word of the vocabulary, conditions, and what holds others."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.identifiers import chosen_name
from idemlint.replay.catalog.refs import facet, inside
from idemlint.replay.effects.describe import Described, describe
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Again,
    Arbiter,
    Body,
    Calls,
    Command,
    Converts,
    Creates,
    CreatesUnnamed,
    Deletes,
    Disowns,
    Drops,
    Effect,
    EndsAtCommit,
    EndsTemporary,
    Entitles,
    Fails,
    Fills,
    Inserts,
    Opaque,
    ReadsColumns,
    Renames,
    Repeats,
    Requires,
    Retypes,
    Sets,
    SetsPath,
    Transaction,
    Updates,
    UsesColumns,
    Validates,
    Verb,
)
from idemlint.replay.guards.conditions import Not, RowExists
from idemlint.replay.queries.scope import Reading, Scope
from idemlint.source.tree import Tree, wrap

from ..asking import VERSION, programs

if TYPE_CHECKING:
    from collections.abc import Iterator

USERS = Ref(Space.RELATION, "users")
ORDERS = Ref(Space.RELATION, "orders", "app")
APP = Ref(Space.ROLE, "app")
INDEX = Ref(Space.RELATION, "users_idx")
EMAIL = inside(Space.COLUMN, "email", USERS)
A_B = (wrap({"IndexElem": {"name": "a"}}), wrap({"IndexElem": {"name": "b"}}))
AN_EXPRESSION = wrap({"A_Const": {"ival": {"ival": 1}}})
AN_ELEMENT = wrap({"IndexElem": {"expr": {"A_Const": {"ival": {"ival": 1}}}}})

CASES: list[tuple[Effect, str]] = [
    (
        Requires(USERS, False, "42P07", Kind.TABLE, Verb.CREATE),
        "requires table users absent, else 42P07 (to create it)",
    ),
    (
        Requires(EMAIL, True, SKIP, Kind.COLUMN, Verb.DROP),
        "requires column email on users present, else skip (to drop it)",
    ),
    (
        Requires(ORDERS, True, "42P01", Kind.TABLE, Verb.WRITE, "42809"),
        "requires table app.orders present, else 42P01, of another kind 42809 (to write into it)",
    ),
    (
        Requires(INDEX, False, SKIP, Kind.INDEX, Verb.CREATE, beside=USERS),
        "requires index users_idx beside users absent, else skip (to create it)",
    ),
    (
        Requires(facet("identity:id", USERS), True, "55000", Kind.IDENTITY, Verb.ALTER),
        "requires identity id on users present, else 55000 (to alter it)",
    ),
    (UsesColumns(USERS, ("email",)), "uses column email of users, else 42703"),
    (UsesColumns(USERS, ("a", "b")), "uses columns a, b of users, else 42703"),
    (
        ReadsColumns(
            Scope(names=(("u", "a"), ("u", "*"), ("b",)), inner=(Scope(names=(("c",),)),))
        ),
        "reads columns u.a, b, c, else 42703",
    ),
    (Calls(Ref(Space.ROUTINE, "f", "app")), "calls app.f, else 42883"),
    (
        Validates((Reading(Scope(), (USERS,)), Reading(Scope(), (USERS, ORDERS)))),
        "validates its body: reads users, app.orders, else 42P01 or 42703",
    ),
    (Creates(USERS, Kind.TABLE), "creates table users"),
    (
        Creates(INDEX, Kind.INDEX, None, (USERS, EMAIL), (ORDERS,), beside=USERS),
        "creates index users_idx beside users, goes with relation users, column email on users"
        ", needs relation app.orders",
    ),
    (
        Creates(USERS, Kind.VIEW, copies=(ORDERS,), replaces=True),
        "creates or replaces view users, with rows of app.orders",
    ),
    (
        CreatesUnnamed(USERS, chosen_name("users", "email", "idx"), Kind.INDEX, owners=(USERS,)),
        "creates index users_email_idx, or the next free name, on users, goes with relation users",
    ),
    (EndsAtCommit(USERS), "ends users at COMMIT"),
    (EndsTemporary(), "ends all temporary objects"),
    (Drops(USERS, Kind.TABLE), "drops table users"),
    (Drops(USERS, Kind.TABLE, cascade=True), "drops table users, with all that needs it"),
    (Renames(USERS, ORDERS, Kind.TABLE), "renames table users to app.orders"),
    (Sets(EMAIL, "type", "text"), "sets type of column email on users to text"),
    (
        Retypes(EMAIL, "text"),
        "sets type of column email on users to text, unless something is made of it",
    ),
    (
        Sets(EMAIL, "default", AN_EXPRESSION),
        "sets default of column email on users to an expression",
    ),
    (Sets(EMAIL, "default", None), "sets default of column email on users to none"),
    (Sets(INDEX, "owners", ()), "sets owners of relation users_idx to none"),
    (
        Sets(INDEX, "owners", (EMAIL,)),
        "sets owners of relation users_idx to column email on users",
    ),
    (Sets(INDEX, "restart", True), "sets restart of relation users_idx"),
    (SetsPath(("app", "public")), "sets search_path to app, public"),
    (SetsPath(None), "resets search_path"),
    (SetsPath(("s",), local=True), "sets search_path to s until the transaction ends"),
    (
        Inserts(USERS, ("a", "b"), (("1", None), ("2", "x"))),
        "inserts 2 rows into users (a, b)",
    ),
    (Inserts(USERS, None, (("1",),), "nothing"), "inserts 1 row into users, on conflict nothing"),
    (
        Inserts(USERS, None, None, "update", Arbiter(A_B), update=Again.MOVES),
        "inserts rows into users, on conflict (a, b) update, once more: moved on",
    ),
    (
        Inserts(USERS, None, None, "nothing", Arbiter((AN_ELEMENT,), where=AN_EXPRESSION)),
        "inserts rows into users, on conflict (…) where … nothing",
    ),
    (
        Inserts(USERS, None, None, "nothing", Arbiter(constraint="k")),
        "inserts rows into users, on conflict on k nothing",
    ),
    (
        Inserts(USERS, None, None, sources=(ORDERS,)),
        "inserts rows into users, from app.orders",
    ),
    (
        Inserts(USERS, None, None, guard=Not(RowExists(USERS, frozenset({("a", "1")})))),
        "inserts rows into users, where not (users has a row with a = 1)",
    ),
    (
        Inserts(USERS, None, None, guarded=True),
        "inserts rows into users, behind a guard that cannot be read",
    ),
    (Inserts(USERS, None, None, from_file=True), "inserts rows into users, from a file"),
    (
        Inserts(USERS, None, None, kept=True),
        "inserts rows into users, kept out by a key the second time",
    ),
    (Updates(USERS, Again.SAME, "", ("a",)), "updates users (a), once more: the same"),
    (Updates(USERS, Again.UNKNOWN, "a call"), "updates users, once more: not known (a call)"),
    (
        Deletes(USERS, every=True, restarts=True),
        "deletes all rows of users, restarts its sequences",
    ),
    (Deletes(USERS, others=True), "deletes rows of users, others each time"),
    (
        Deletes(USERS, (frozenset({("b", "2"), ("a", "1")}), frozenset({("a", "3")}))),
        "deletes rows of users where a = 1 and b = 2 or a = 3",
    ),
    (
        Fills(USERS, "23502", EMAIL, Kind.COLUMN),
        "fills column email on users, else 23502 the first time, where users has rows",
    ),
    (Repeats("makes one more large object"), "repeats: makes one more large object"),
    (
        Repeats("nextval() moves it on", Kind.SEQUENCE, INDEX),
        "repeats: nextval() moves it on, of relation users_idx",
    ),
    (Fails("55000", "it did it already"), "fails with 55000 the second time: it did it already"),
    (Opaque("no model"), "opaque: no model"),
    (
        Opaque("no model", frozenset({"b", "a"})),
        "opaque: no model; not known any more: a, b",
    ),
    (Transaction("TRANS_STMT_ROLLBACK_TO", "s"), "transaction: ROLLBACK TO s"),
    (Transaction("TRANS_STMT_BEGIN"), "transaction: BEGIN"),
    (Entitles(USERS, (APP,), "@granted", ("select",)), "gives app privileges on users"),
    (
        Entitles(None, (APP,), "@default", ("select",), revokes=True),
        "takes from app privileges on what will be made",
    ),
    (Entitles(USERS, (APP,), "@owner", ("owner",)), "makes app the owner of users"),
    (
        Converts(Ref(Space.COLUMN, "a", None, USERS), "int4", USERS, Tree("A_Const", {})),
        "requires USING to give int4 for column a on users",
    ),
    (Disowns((APP,), drops=True), "drops all that belongs to app"),
    (
        Command((Drops(USERS, Kind.TABLE),)),
        "command (its guard skips all of it)\n  drops table users",
    ),
    (programs("DO $$ BEGIN END $$")[0][0], "body"),
]


def lines(described: tuple[Described, ...], margin: str = "") -> Iterator[str]:
    for each in described:
        yield margin + each.text
        yield from lines(each.inner, margin + "  ")


def told(effects: tuple[Effect, ...]) -> str:
    return "\n".join(lines(describe(effects, VERSION)))


@pytest.mark.parametrize(("effect", "text"), CASES, ids=[text for _, text in CASES])
def test_an_effect_in_words(effect: Effect, text: str) -> None:
    assert told((effect,)) == text
    assert describe((effect,), VERSION)[0].word == type(effect).__name__


def test_no_word_is_left_out() -> None:
    assert {type(effect) for effect, _ in CASES} == set(get_args(Effect))


def test_a_statement_in_the_order_in_which_postgresql_notices_things() -> None:
    [effects] = programs("ALTER TABLE app.users ADD COLUMN IF NOT EXISTS a int, DROP b")
    assert told(effects).splitlines() == [
        "requires table app.users present, else 42P01 (to alter it)",
        "command (its guard skips all of it)",
        "  requires column b on app.users present, else 42703 (to drop it)",
        "  drops column b on app.users",
        "command (its guard skips all of it)",
        "  requires column a on app.users absent, else skip (to create it)",
        "  creates column a on app.users",
    ]


def test_a_body_has_the_effects_of_its_statements_below_their_branches() -> None:
    [effects] = programs(
        """DO $$ BEGIN
          IF to_regclass('t') IS NULL THEN EXECUTE 'CREATE TABLE t ()';
          ELSE RAISE EXCEPTION 'x'; END IF;
          LOOP EXECUTE 'DROP TABLE ' || x; END LOOP;
          RETURN;
        EXCEPTION WHEN duplicate_table OR others THEN RAISE;
        END $$"""
    )
    assert told(effects).splitlines() == [
        "body",
        "  try",
        "    if not (relation t exists)",
        "      CreateStmt by EXECUTE",
        "        requires table t absent, else 42P07 (to create it)",
        "        creates table t",
        "    else",
        "      raises P0001",
        "    loop, any number of times",
        "      not read: EXECUTE of a string that is not constant, 'DROP TABLE %s'"
        "; not known any more: drop",
        "    returns",
        "  when duplicate_table or others",
        "    raises the error again",
    ]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 't')", "table t in any schema exists"),
        (
            "EXISTS (SELECT 1 FROM pg_class WHERE relname = 't' AND relkind IN ('r', 'v'))",
            "table/view t",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c')",
            "constraint c in any schema of any table exists",
        ),
        (
            "EXISTS (SELECT 1 FROM users WHERE a = 1) AND NOT EXISTS (SELECT 1 FROM users)",
            "(users has a row with a = 1) and (not (users has a row))",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = 't'::regclass)",
            "policy of any name on t exists",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'r') OR current_setting('x') = 'y'",
            "role r exists",
        ),
        ("random() < 0.5", "it cannot be told ("),
        ("true", "if true"),
    ],
)
def test_what_a_condition_asks(condition: str, text: str) -> None:
    [effects] = programs(f"DO $$ BEGIN IF {condition} THEN NULL; END IF; END $$")
    assert text in told(effects)


def test_what_is_nested_without_end_is_cut() -> None:
    nested = "BEGIN " + "IF a THEN " * 70 + "NULL; " + "END IF; " * 70 + "END"
    [effects] = programs(f"DO $$ {nested} $$")
    lines = told(effects).splitlines()
    assert lines[-1].strip() == "… nested too deeply to be shown"
    assert len(lines) < 70
    assert isinstance(effects[0], Body)
