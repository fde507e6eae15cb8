"""What guards are read as, what they evaluate to, and what follows from them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from idemlint.plpgsql.nodes import Block, Dynamic, If, Loop, Node, Try
from idemlint.plpgsql.sql import expression
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.guards.conditions import (
    And,
    Condition,
    Constant,
    ErrorIs,
    Exists,
    Fact,
    Narrowed,
    Not,
    OnVersions,
    Or,
    RowExists,
    Steady,
    UnreadableCondition,
    assume,
    evaluate,
    facts,
)
from idemlint.replay.guards.read import read
from idemlint.source.tree import wrap

from ..asking import programs

DATA = Path(__file__).parents[2] / "postgres" / "data" / "statements.jsonl"
FLAGS = ("any_name", "any_case", "any_schema", "any_parent")


def guard(text: str) -> Condition:
    return read(wrap(expression(text, 0)))


def found(where: str) -> str:
    """What `EXISTS (SELECT 1 FROM …)` is read as, in words."""
    return told(guard(f"EXISTS (SELECT 1 FROM {where})"))


def told(condition: Condition) -> str:
    match condition:
        case Exists(ref, kinds, only):
            words = [f"{ref.space.value} {ref}".rstrip()]
            words += [flag for flag in FLAGS if getattr(condition, flag)]
            if kinds:
                words.append("kinds=" + ",".join(sorted(kind.name.lower() for kind in kinds)))
            if only:
                words.append("only=" + "".join(sorted(only)))
            if condition.on is not None:
                words.append(f"on={condition.on}")
            if condition.columns:
                words.append("columns=" + ",".join(sorted(condition.columns)))
            words += [f"cast={ref}" for ref in condition.casts]
            return " ".join(words)
        case RowExists(table, row):
            return f"row of {table} " + ",".join(f"{name}={value}" for name, value in sorted(row))
        case Narrowed(fact, text):
            return f"{told(fact)} and {text}"
        case Not(of):
            return f"no {told(of)}"
        case And(parts) | Or(parts):
            word = " AND " if isinstance(condition, And) else " OR "
            return "(" + word.join(map(told, parts)) + ")"
        case Constant(value):
            return str(value)
        case Steady(text, truth, tables):
            return f"{'' if truth else 'not '}steady {text} {' '.join(map(str, tables))}".rstrip()
        case OnVersions(true, false):
            return f"{len(true)} versions from {min(true)}, not {len(false)} from {min(false)}"
        case ErrorIs(sqlstates, words):
            return f"error {' '.join((*sorted(sqlstates), *words))}"
        case UnreadableCondition(reason):
            return f"? {reason}"


# -- what the catalogs are asked -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # relations
        ("pg_class WHERE relname = 't'", "relation t any_schema"),
        ("pg_catalog.pg_class WHERE relname = 'Users'", "relation Users any_schema"),
        (
            "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND 't' = c.relname AND c.relkind IN ('r', 'p')",
            "relation public.t kinds=table",
        ),
        (
            "pg_class c, pg_namespace n WHERE c.relnamespace = n.oid AND nspname = 's' AND relname = 't'",
            "relation s.t",
        ),
        ("pg_class WHERE relname = 't' AND pg_table_is_visible(oid)", "relation t"),
        (
            "pg_conversion WHERE conname = 'c' AND pg_conversion_is_visible(oid)",
            "conversion c",
        ),
        (
            "pg_class WHERE relname = 't' AND pg_table_is_visible(reltoastrelid)",
            "relation t any_schema and pg_table_is_visible(…)",
        ),
        (
            "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace OR n.nspname = 's'"
            " WHERE c.relname = 't' AND n.nspname = 's'",
            "relation t any_schema and oid = relnamespace OR nspname = 's' AND a row of pg_namespace",
        ),
        ("pg_class WHERE relname = 't' AND relnamespace = 's'::regnamespace", "relation s.t"),
        ("pg_class WHERE oid = to_regclass('s.t')", "relation s.t"),
        ("pg_class WHERE oid = 's.t'::regclass", "relation s.t cast=s.t"),
        (
            "pg_class WHERE relname::text = 't'::name AND relkind = 'i'",
            "relation t any_schema kinds=index",
        ),
        ("pg_tables WHERE schemaname = 's' AND tablename = 't'", "relation s.t kinds=table"),
        ("pg_tables WHERE lower(tablename) = 't'", "relation t any_case any_schema kinds=table"),
        ("pg_views WHERE viewname = 'v'", "relation v any_schema kinds=view"),
        ("pg_matviews WHERE matviewname = 'v'", "relation v any_schema kinds=materialized_view"),
        ("pg_sequences WHERE sequencename = 'q'", "relation q any_schema kinds=sequence"),
        (
            "pg_indexes WHERE schemaname = 's' AND tablename = 't' AND indexname = 'i'",
            "relation s.i kinds=index on=s.t",
        ),
        (
            "information_schema.tables WHERE table_name = 't' AND table_type = 'BASE TABLE'",
            "relation t any_schema kinds=table",
        ),
        (
            "information_schema.tables WHERE table_name = 't' AND table_schema = current_schema()",
            "relation t kinds=foreign_table,table,view",
        ),
        (
            "information_schema.tables WHERE table_catalog = current_database() AND table_name = 't'"
            " AND table_schema = ANY (current_schemas(false))",
            "relation t kinds=foreign_table,table,view",
        ),
        (
            "pg_class c JOIN pg_index x ON x.indexrelid = c.oid WHERE c.relname = 'i' AND NOT indisvalid",
            "relation i any_schema kinds=index and NOT indisvalid",
        ),
        (
            "pg_index WHERE indrelid = 't'::regclass AND indisprimary",
            "property primary key on t only=p cast=t",
        ),
        # columns
        (
            "information_schema.columns WHERE table_name = 't' AND column_name = 'c'",
            "column c on t any_schema",
        ),
        (
            "information_schema.columns WHERE column_name = 'c' AND table_schema = 's' AND table_name = 't'",
            "column c on s.t",
        ),
        ("information_schema.columns WHERE column_name = 'c'", "column c any_schema any_parent"),
        (
            "pg_attribute WHERE attrelid = 's.t'::regclass AND attname = 'c' AND NOT attisdropped"
            " AND attnum > 0",
            "column c on s.t cast=s.t",
        ),
        (
            "pg_attribute a JOIN pg_class c ON a.attrelid = c.oid"
            " JOIN pg_namespace n ON c.relnamespace = n.oid"
            " WHERE n.nspname = 's' AND c.relname = 't' AND a.attname = 'c' AND a.attisdropped = false",
            "column c on s.t",
        ),
        (
            "pg_attribute WHERE attrelid = (SELECT oid FROM pg_class WHERE relname = 't') AND attname = 'c'",
            "column c on t any_schema",
        ),
        (
            "information_schema.columns WHERE table_name = 't' AND column_name = 'c' AND data_type = 'text'",
            "column c on t any_schema and data_type = 'text'",
        ),
        (
            "information_schema.columns WHERE table_schema = 's' AND table_name = 't' AND column_name = 'c'"
            " AND is_identity = 'YES'",
            "property identity:c on s.t",
        ),
        (
            "pg_attribute WHERE attrelid = 't'::regclass AND attname = 'c' AND attgenerated <> ''",
            "property expression:c on t cast=t",
        ),
        # constraints
        ("pg_constraint WHERE conname = 'c'", "constraint c any_schema any_parent"),
        (
            "pg_constraint WHERE conname = 'c' AND conrelid = 't'::regclass",
            "constraint c on t cast=t",
        ),
        ("pg_constraint WHERE conname = 'c' AND conrelid = to_regclass('t')", "constraint c on t"),
        (
            "pg_constraint WHERE conname = 'c' AND conrelid::regclass::text = 's.t'",
            "constraint c on s.t",
        ),
        (
            "pg_constraint k JOIN pg_class t ON t.oid = k.conrelid"
            " JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE k.conname = 'c' AND t.relname = 't' AND n.nspname = 's' AND k.contype = 'u'",
            "constraint c on s.t only=u",
        ),
        (
            "pg_constraint WHERE conname = 'c' AND connamespace = 's'::regnamespace",
            "constraint s.c any_parent",
        ),
        (
            "information_schema.table_constraints WHERE constraint_name = 'c' AND table_name = 't'",
            "constraint c on t any_schema",
        ),
        (
            "information_schema.table_constraints WHERE constraint_schema = 's' AND constraint_name = 'c'",
            "constraint s.c any_parent",
        ),
        (
            "information_schema.table_constraints WHERE table_name = 't' AND constraint_type = 'PRIMARY KEY'",
            "property primary key on t any_schema only=p",
        ),
        (
            "information_schema.table_constraints WHERE table_name = 't' AND constraint_type = 'UNIQUE'",
            "constraint  on t any_name any_schema only=u",
        ),
        (
            "information_schema.table_constraints tc JOIN information_schema.key_column_usage k"
            " ON tc.constraint_name = k.constraint_name AND tc.table_schema = k.table_schema"
            " WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_name = 't' AND k.column_name = 'c'",
            "constraint  on t any_name any_schema only=f columns=c",
        ),
        (
            "information_schema.constraint_column_usage WHERE table_name = 't' AND constraint_name = 'c'",
            "constraint c any_schema any_parent on=t",
        ),
        (
            "information_schema.referential_constraints WHERE constraint_name = 'c'",
            "constraint c any_schema any_parent",
        ),
        (
            "pg_constraint WHERE conname = 'c' AND conrelid = 't'::regclass AND confdeltype = 'c'",
            "constraint c on t cast=t and confdeltype = 'c'",
        ),
        # triggers, rules, policies
        ("pg_trigger WHERE tgname = 'r' AND NOT tgisinternal", "trigger r any_schema any_parent"),
        (
            "pg_trigger WHERE tgname = 'r' AND tgrelid = 's.t'::regclass",
            "trigger r on s.t cast=s.t",
        ),
        (
            "information_schema.triggers WHERE trigger_name = 'r' AND event_object_table = 't'",
            "trigger r on t any_schema",
        ),
        ("pg_rules WHERE rulename = 'r' AND tablename = 't'", "rule r on t any_schema"),
        (
            "pg_policies WHERE schemaname = 's' AND tablename = 't' AND policyname = 'My policy'",
            "policy My policy on s.t",
        ),
        ("pg_policy WHERE polname = 'p'", "policy p any_schema any_parent"),
        # types
        ("pg_type WHERE typname = 'e'", "type e any_schema"),
        ("pg_type WHERE typname = 'e' AND typtype = 'e'", "type e any_schema only=e"),
        (
            "pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'd' AND nspname = 's'"
            " AND typtype = 'd'",
            "type s.d kinds=domain",
        ),
        (
            "pg_enum WHERE enumlabel = 'x' AND enumtypid = 's.e'::regtype",
            "enum value x on s.e cast=s.e",
        ),
        (
            "pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'e' AND e.enumlabel = 'X'",
            "enum value X on e any_schema",
        ),
        (
            "pg_enum WHERE enumlabel = 'x' AND enumtypid = (SELECT oid FROM pg_type WHERE typname = 'e')",
            "enum value x on e any_schema",
        ),
        ("pg_enum WHERE enumlabel = 'x'", "enum value x any_schema any_parent"),
        ("unnest(enum_range(NULL::s.e)) AS v WHERE v::text = 'x'", "enum value x on s.e"),
        # the others
        ("pg_proc WHERE proname = 'f'", "routine f any_schema"),
        (
            "pg_proc p JOIN pg_namespace n ON p.pronamespace = n.oid WHERE nspname = 's' AND proname = 'f'",
            "routine s.f",
        ),
        (
            "information_schema.routines WHERE routine_name = 'f' AND routine_type = 'FUNCTION'",
            "routine f any_schema kinds=function",
        ),
        ("pg_proc WHERE oid = to_regprocedure('s.f(int, text)')", "routine s.f(int4,text)"),
        (
            "pg_cast WHERE castsource = 'int'::regtype AND casttarget = to_regtype('s.\"T\"')",
            "cast int4 AS s.T cast=pg_catalog.int4",
        ),
        ("pg_cast WHERE castsource = 'int'::regtype", "? pg_cast without both types"),
        ("pg_namespace WHERE nspname = 's'", "schema s"),
        ("information_schema.schemata WHERE schema_name = 's'", "schema s"),
        ("pg_extension WHERE extname = 'citext'", "extension citext"),
        ("pg_roles WHERE rolname = 'r'", "role r"),
        ("pg_user WHERE usename = 'r'", "role r"),
        ("pg_publication WHERE pubname = 'p'", "publication p"),
        (
            "pg_publication_tables WHERE pubname = 'p' AND schemaname = 's' AND tablename = 't'",
            "member table s.t on p",
        ),
        (
            "pg_inherits WHERE inhrelid = 's.c'::regclass AND inhparent = 's.p'::regclass",
            "(member partition s.c on s.p cast=s.p cast=s.c OR member child s.c on s.p cast=s.p cast=s.c)",
        ),
        ("pg_event_trigger WHERE evtname = 'e'", "event trigger e"),
        ("pg_foreign_server WHERE srvname = 's'", "server s"),
        ("pg_statistic_ext WHERE stxname = 's'", "statistics object s any_schema"),
        # several names
        (
            "pg_class WHERE relname IN ('a', 'b')",
            "(relation a any_schema OR relation b any_schema)",
        ),
        ("pg_class WHERE relname = ANY (ARRAY['a'])", "relation a any_schema"),
        ("pg_class WHERE relname = ANY ('{a}'::text[])", "relation a any_schema"),
        ("pg_roles WHERE rolname = 'a' OR rolname = 'b'", "(role a OR role b)"),
        # rows of the application's
        ("t WHERE a = 1 AND 'x' = t.b", "row of t a=1,b=x"),
        ("s.t", "row of s.t "),
        ("t WHERE a = 1 AND b > 2", "row of t a=1 and b > 2"),
        # what is asked besides is kept
        (
            "pg_class WHERE relname = 't' AND relrowsecurity",
            "relation t any_schema and relrowsecurity",
        ),
        # what says nothing about one object cannot be read
        ("pg_class WHERE relname LIKE 'x%'", "? relname LIKE 'x%'"),
        ("pg_class WHERE relname = v", "? relname = v"),
        ("pg_stat_activity WHERE pid = 1", "? a lookup in pg_stat_activity"),
        ("pg_class c JOIN t ON t.name = c.relname", "? a join with t"),
        (
            "pg_class LEFT JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 't'",
            "relation t any_schema",
        ),
    ],
)
def test_lookups(where: str, expected: str) -> None:
    assert found(where) == expected


def test_names_are_cut_as_postgresql_cuts_them() -> None:
    assert found(f"pg_roles WHERE rolname = '{'r' * 70}'") == f"role {'r' * 63}"


# -- how they are asked ----------------------------------------------------------------------------

T = "relation t any_schema"
ROWS = "FROM pg_class WHERE relname = 't'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"NOT EXISTS (SELECT {ROWS})", f"no {T}"),
        (f"NOT (NOT EXISTS (SELECT {ROWS}))", T),
        (f"EXISTS (SELECT {ROWS}) = false", f"no {T}"),
        (f"EXISTS (SELECT {ROWS}) IS NOT TRUE", f"no {T}"),
        (f"(SELECT count(*) {ROWS}) = 0", f"no {T}"),
        (f"(SELECT count(*) {ROWS}) > 0", T),
        (f"(SELECT count(1) {ROWS}) >= 1", T),
        (f"0 < (SELECT count(*) {ROWS})", T),
        (f"(SELECT count(*) {ROWS}) < 1", f"no {T}"),
        (f"(SELECT count(*) {ROWS}) <> 0", T),
        (f"(SELECT count(*) > 0 {ROWS})", T),
        (f"NOT (SELECT count(*) = 0 {ROWS})", T),
        (f"(SELECT relname {ROWS}) IS NULL", f"no {T}"),
        (f"(SELECT 1 {ROWS}) IS NOT NULL", T),
        (f"(SELECT max(relname) {ROWS}) IS NULL", f"no {T}"),
        (f"COALESCE((SELECT true {ROWS}), false)", T),
        (f"NOT COALESCE((SELECT true {ROWS}), false)", f"no {T}"),
        (f"(SELECT EXISTS (SELECT 1 {ROWS}))", T),
        (f"EXISTS (SELECT 1 {ROWS}) IS DISTINCT FROM true", f"no {T}"),
        (f"'t' IN (SELECT relname {ROWS})", T),
        ("to_regclass('s.t') IS NULL", "no relation s.t"),
        ("""to_regclass('s."T"') IS NOT NULL""", "relation s.T"),
        ("to_regclass('S.T'::cstring) IS NULL", "no relation s.t"),
        ("to_regclass(format('%I.%I', 's', 'T')) IS NULL", "no relation s.T"),
        ("to_regtype('e') IS NULL", "no type e"),
        ("to_regprocedure('s.f(int)') IS NULL", "no routine s.f(int4)"),
        ("to_regrole('r') IS NULL", "no role r"),
        ("to_regnamespace('s') IS NULL", "no schema s"),
        ("(SELECT to_regclass('t')) IS NULL", "no relation t"),
        ("'x' = ANY (enum_range(NULL::e)::text[])", "enum value x on e cast=e"),
        (f"EXISTS (SELECT 1 {ROWS}) AND to_regclass('u') IS NULL", f"({T} AND no relation u)"),
        (f"NOT EXISTS (SELECT 1 {ROWS}) OR x", f"(no {T} OR ? x)"),
        (
            "(SELECT data_type FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c')"
            " = 'text'",
            "column c on t any_schema and data_type = 'text'",
        ),
        (
            "(SELECT column_default FROM information_schema.columns WHERE table_name = 't'"
            " AND column_name = 'c') IS NULL",
            "no column c on t any_schema and column_default IS NOT NULL",
        ),
        (
            "(SELECT count(*) FROM pg_roles WHERE rolname IN ('a', 'b')) = 2",
            "(role a AND role b)",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_roles WHERE rolname IN ('a', 'b') HAVING count(*) = 2)",
            "(role a AND role b)",
        ),
        ("(SELECT id FROM t WHERE id = 1) IS NULL", "no row of t id=1"),
        ("(SELECT a FROM t WHERE id = 1) IS NULL", "no row of t id=1 and a IS NOT NULL"),
        # traps
        (f"EXISTS (SELECT count(*) {ROWS})", "True"),
        (f"NOT (SELECT true {ROWS})", "False"),
        ("EXISTS (SELECT to_regclass('t'))", "True"),
        ("true", "True"),
        ("NULL", "False"),
        ("NOT NULL::boolean", "False"),
        # of the server
        ("current_setting('a') = 'b'", "steady current_setting(…) = 'b'"),
        ("NOT current_setting('a', true) = 'b'", "not steady current_setting(…) = 'b'"),
        ("current_database() IN ('a', 'b')", "steady current_database(…) IN (…)"),
        (
            "current_setting('server_version_num')::int < 140000",
            "6 versions from 8, not 26 from 14",
        ),
        (
            "split_part(current_setting('server_version'), '.', 1)::int >= 15",
            "25 versions from 15, not 7 from 8",
        ),
        ("(SELECT max(n) FROM s.t WHERE n > 3) > 5", "steady (…) > 5 s.t"),
        ("EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'x')", "steady (…)"),
        ("EXISTS (WITH w AS (SELECT 1) SELECT 1 FROM w)", "steady (…)"),
        ("SQLSTATE = '42P07'", "error 42P07"),
        ("SQLERRM LIKE '%already exists%'", "error already exists"),
        # not readable
        ("x > 3", "? x > 3"),
        ("pg_table_size('a') = 3", "? pg_table_size(…) = 3"),
        (
            "EXISTS (WITH w AS (SELECT FROM pg_am), v AS (SELECT 1) SELECT 1 FROM w)",
            "? WITH and OFFSET",
        ),
    ],
)
def test_ways_to_ask(text: str, expected: str) -> None:
    assert told(guard(text)) == expected


def test_a_condition_that_is_no_expression() -> None:
    assert isinstance(read(None), UnreadableCondition)


# -- what follows ----------------------------------------------------------------------------------

A = Exists(Ref(Space.RELATION, "a"))
B = Exists(Ref(Space.RELATION, "b"))
UNKNOWN = UnreadableCondition("?")
CASES: list[tuple[Condition, bool | None, bool | None, bool | None]] = [
    (A, True, None, True),
    (A, None, None, None),
    (Not(A), True, None, False),
    (Not(A), None, None, None),
    (And((A, B)), False, None, False),
    (And((A, B)), True, None, None),
    (And((A, B)), True, True, True),
    (Or((A, B)), True, None, True),
    (Or((A, B)), False, None, None),
    (Or((A, B)), False, False, False),
    (Narrowed(A, "x"), True, None, None),
    (Narrowed(A, "x"), False, None, False),
    (Not(Narrowed(A, "x")), False, None, True),
    (And((A, UNKNOWN)), False, None, False),
    (And((A, UNKNOWN)), True, None, None),
    (Constant(False), None, None, False),
]


@pytest.mark.parametrize(("condition", "a", "b", "expected"), CASES)
def test_evaluate(
    condition: Condition, a: bool | None, b: bool | None, expected: bool | None
) -> None:
    known: dict[Fact, bool | None] = {A: a, B: b}
    assert evaluate(condition, known.__getitem__) is expected


@pytest.mark.parametrize(
    ("condition", "truth", "expected"),
    [
        (A, True, [(A, True)]),
        (A, False, [(A, False)]),
        (Not(A), True, [(A, False)]),
        (And((A, Not(B))), True, [(A, True), (B, False)]),
        (And((A, B)), False, []),
        (Or((A, B)), False, [(A, False), (B, False)]),
        (Or((A, B)), True, []),
        (Narrowed(A, "x"), True, [(A, True)]),
        (Narrowed(A, "x"), False, []),
        (And((A, UNKNOWN)), True, [(A, True)]),
        (UNKNOWN, True, []),
        (Constant(True), True, []),
    ],
)
def test_assume(condition: Condition, truth: bool, expected: list[tuple[Fact, bool]]) -> None:
    assert list(assume(condition, truth)) == expected


def test_what_is_assumed_never_contradicts_what_is_evaluated() -> None:
    for condition, *_ in CASES:
        for a in (True, False):
            for b in (True, False):
                known: dict[Fact, bool | None] = {A: a, B: b}
                truth = evaluate(condition, known.__getitem__)
                if truth is not None:
                    assert all(known[fact] is value for fact, value in assume(condition, truth))


def test_facts_tell_what_is_asked_for() -> None:
    assert list(facts(And((Not(A), Or((B, UNKNOWN)))))) == [(A, False), (B, True)]


def test_a_kind_is_part_of_the_question() -> None:
    asked = guard("EXISTS (SELECT 1 FROM pg_matviews WHERE matviewname = 'v')")
    assert isinstance(asked, Exists)
    assert asked.kinds == {Kind.MATERIALIZED_VIEW}
    assert asked.catalog == "pg_matviews"


# -- the bodies that servers ran -------------------------------------------------------------------

BODY = re.compile(r"\s*DO\s+(\$\w*\$)(.*)\1\s*", re.DOTALL)
#: What these do is not in their text.
COMPUTED = {
    "do-blocks-and-guards/do dynamic add column for each table",
}


def bodies() -> list[tuple[str, str]]:
    rows = map(json.loads, DATA.read_text(encoding="utf-8").splitlines())
    return [
        (row["id"], statement)
        for row in rows
        for statement in row["sql"]
        if BODY.fullmatch(statement) is not None
    ]


def unread(node: Node) -> list[str]:
    match node:
        case Dynamic(reason):
            return [reason]
        case Block(body):
            return [reason for each in body for reason in unread(each)]
        case If(condition, then, otherwise):
            guarded = read(condition)
            own = [guarded.reason] if isinstance(guarded, UnreadableCondition) else []
            return own + unread(then) + unread(otherwise)
        case Try(body, handlers):
            return unread(body) + [reason for each in handlers for reason in unread(each.body)]
        case Loop(body):
            return unread(body)
    return []


def test_all_that_is_static_in_them_is_read() -> None:
    found = bodies()
    assert len(found) > 200
    for name, statement in found:
        [[body]] = programs(statement)
        assert bool(unread(body.block)) == (name in COMPUTED), name
