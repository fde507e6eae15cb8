"""What replaces what: OR REPLACE over a routine that is otherwise, and names that several routines have.

Every case is a file that is run twice: on a server, and by replay. Its first statements are written for the
state of the first run; what comes behind them makes another one, which they meet the second time.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest

from replay.asking import verdicts

from .server import execute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .server import Database, Server

pytestmark = pytest.mark.server


class Case(NamedTuple):
    statements: Sequence[str]
    before: Sequence[str] = ()

    def __str__(self) -> str:
        return "; ".join((*self.before, "---", *self.statements))


# -- the routine as it is × the routine that replaces it ----------------------------------------------

PLPGSQL = "language plpgsql as $$ begin null; end $$"
#: Without `create or replace`; all take one int, `f(int)`.
SHAPES = (
    f"function f(a int) returns int {PLPGSQL}",
    f"function f(a int default 1) returns int {PLPGSQL}",
    f"function f(int) returns int {PLPGSQL}",
    f"function f(b int) returns int {PLPGSQL}",
    f"function f(a int) returns bigint {PLPGSQL}",
    f"function f(a int) returns setof int {PLPGSQL}",
    f"function f(a int) returns table (x int) {PLPGSQL}",
    f"function f(a int) returns table (y int) {PLPGSQL}",
    f"function f(a int, out x int) {PLPGSQL}",
    f"function f(a int, out x int, out y int) {PLPGSQL}",
    f"function f(a int, out int, out int) {PLPGSQL}",
    f"function f(a int, out x int, out y text) {PLPGSQL}",
    f"function f(inout a int) {PLPGSQL}",
    f"function f(a int) returns table (x int, y int) {PLPGSQL}",
    f"function f(a int) returns table (x int, y varchar(3)) {PLPGSQL}",
    f"function f(a int) returns table (x int, y varchar(9)) {PLPGSQL}",
    f"function f(a int) returns setof record {PLPGSQL}",
    f"function f(a int) returns void {PLPGSQL}",
    "function f(a int) returns int language internal window as 'window_row_number'",
    f"procedure f(a int) {PLPGSQL}",
    f"procedure f(inout a int) {PLPGSQL}",
    f"procedure f(b int) {PLPGSQL}",
    "aggregate f(int) (sfunc = int4pl, stype = int)",
    "aggregate f(a int) (sfunc = int4pl, stype = int)",
    "aggregate f(int) (sfunc = int8_avg_accum, stype = internal, finalfunc = int8_avg)",
)
#: The same with names and defaults of several parameters.
MORE = (
    f"function f(a int, b text) returns int {PLPGSQL}",
    f"function f(a int, b text default 'x') returns int {PLPGSQL}",
    f"function f(a int default 1, b text default 'x') returns int {PLPGSQL}",
    f"function f(a int, text) returns int {PLPGSQL}",
    f"function f(b int, a text) returns int {PLPGSQL}",
    f"function f(out a int, b int, c text) {PLPGSQL}",
)
#: From PostgreSQL 14 on.
PROCEDURES = (
    f"procedure f(a int) {PLPGSQL}",
    f"procedure f(a int, out x int) {PLPGSQL}",
    f"procedure f(a int, out x text) {PLPGSQL}",
    f"procedure f(out x int, a int) {PLPGSQL}",
    f"procedure f(inout a int) {PLPGSQL}",
)


def replacements(shapes: Sequence[str], arguments: str) -> Iterator[Case]:
    for wanted, there in product(shapes, shapes):
        yield Case(
            (f"create or replace {wanted}", f"drop routine f({arguments})", f"create {there}")
        )


# -- spellings of a type ------------------------------------------------------------------------------

TYPES = (
    *(
        "int",
        "integer",
        "int4",
        "pg_catalog.int4",
        "bool",
        "boolean",
        "varchar",
        "varchar(20)",
        "text",
    ),
    *("character varying", "char", '"char"', "bpchar", "character(3)", "decimal", "numeric(10,2)"),
    *(
        "float",
        "float8",
        "double precision",
        "float(20)",
        "real",
        "int[]",
        "_int4",
        "int[3][]",
        "text[]",
    ),
    *("timestamp", "timestamp with time zone", "timestamptz(3)", "bit varying", "varbit", "bit"),
    *(
        "mood",
        "public.mood",
        "aside.mood",
        "mood[]",
        "public.mood[]",
        "item",
        "public.item",
        "json",
    ),
    *(
        "item.id%type",
        "public.item.id%type",
        "item.kind%type",
        "item.note%type",
        "dom",
        "public.dom",
    ),
)
#: A spelling and others that it is compared with: the whole square would be 2,000.
NEIGHBOURS = 5
TYPES_THERE = (
    "create type mood as enum ('a')",
    "create schema aside",
    "create type aside.mood as enum ('a')",
    "create domain dom as text",
    "create table item (id bigserial, kind public.mood, note varchar(4))",
)


def spellings() -> Iterator[Case]:
    for place, one in enumerate(TYPES):
        for other in TYPES[max(0, place - NEIGHBOURS) : place + NEIGHBOURS]:
            yield Case(
                (
                    f"create or replace function f(a {one}) returns int {PLPGSQL}",
                    f"drop function f({one})",
                    f"create function f(a {other}) returns text {PLPGSQL}",
                ),
                TYPES_THERE,
            )
            yield Case(
                (
                    f"create or replace function f() returns table (a {one}, b int) {PLPGSQL}",
                    "drop function f()",
                    f"create function f() returns table (a {other}, b int) {PLPGSQL}",
                ),
                TYPES_THERE,
            )


def paths() -> Iterator[Case]:
    """Names of types along the search_path, and a column whose type changes."""
    there = (
        "create schema app",
        "create type app.kind as enum ('a')",
        "create type tag as enum ('a')",
    )
    for one, other in product(("kind", "app.kind", "tag", "public.tag"), repeat=2):
        yield Case(
            (
                "set search_path = app, public",
                f"create or replace function f(a {one}) returns int {PLPGSQL}",
                f"drop function f({one})",
                f"create function f(a {other}) returns text {PLPGSQL}",
                "reset search_path",
            ),
            there,
        )
    for to in ("bigint", "int"):
        yield Case(
            (
                f"create or replace function f() returns t.a%type {PLPGSQL}",
                f"create or replace function g(a t.a%type) returns int {PLPGSQL}",
                f"alter table t alter a type {to}",
                "comment on function g is 'g'",
            ),
            ("create table t (a int)",),
        )


# -- by its name alone, or by its arguments -----------------------------------------------------------

KINDS = {
    "function": f"create function k({{}}) returns int {PLPGSQL}",
    "procedure": f"create procedure k({{}}) {PLPGSQL}",
    "aggregate": "create aggregate k({}) (sfunc = int4pl, stype = int)",
}
POPULATIONS = (
    ("function int",),
    ("procedure int",),
    ("aggregate int",),
    ("function int", "function text"),
    ("function int", "procedure text"),
    ("procedure int", "procedure text"),
    ("procedure int", "aggregate text"),
    ("function int", "aggregate text"),
    ("function text",),
    (),
)
#: `{0}` is the keyword, `{1}` the name as it is given.
USES = (
    "comment on {0} {1} is 'x'",
    "grant execute on {0} {1} to public",
    "revoke execute on {0} {1} from public",
    "alter {0} {1} owner to current_user",
    "alter {0} {1} security definer",
    "alter {0} {1} depends on extension plpgsql",
    "alter {0} {1} set schema public",
    "alter {0} {1} rename to k",
    "drop {0} {1}",
    "drop {0} if exists {1}",
)
#: What the grammar does not have.
NO_SUCH = {"aggregate": ("grant", "revoke", "security", "depends")}


def uses() -> Iterator[Case]:
    for (kind, make), use, population in product(KINDS.items(), USES, POPULATIONS):
        if any(word in use for word in NO_SUCH.get(kind, ())) or "rename" in use:
            continue
        arguments = ("k(int)",) if kind == "aggregate" else ("k", "k(int)", "k(text)")
        for keyword, name in product((kind, "routine"), arguments):
            if keyword == "routine" and ("revoke" in use or name == "k(text)"):
                continue
            first = make.format("text" if "text" in name else "int")
            made = [KINDS[each.split()[0]].format(each.split()[1]) for each in population]
            again = [] if use.startswith("drop") else [f"drop routine {name.replace('k', 'k', 1)}"]
            yield Case((use.format(keyword, name), *again, *made), (first,))


def renames() -> Iterator[Case]:
    for name, other in product(("k", "k(int)"), ("int", "text")):
        yield Case(
            (
                f"alter function {name} rename to l",
                f"create function k(int) returns int {PLPGSQL}",
            ),
            (
                f"create function k(int) returns int {PLPGSQL}",
                f"create function m({other}) returns int {PLPGSQL}",
            ),
        )
        yield Case(
            (
                f"alter function {name} rename to l",
                "drop function l(int)",
                f"create function k(int) returns int {PLPGSQL}",
                f"create function l({other}) returns int {PLPGSQL}",
            ),
            (f"create function k(int) returns int {PLPGSQL}",),
        )


#: From PostgreSQL 14 on: a procedure's OUT parameters may be named, or left out.
WITH_OUT = [
    Case((use.format(*names),), (f"create procedure k(a int, out b text) {PLPGSQL}",))
    for use in ("comment on {0} {1} is 'x'", "drop {0} {1}", "grant execute on {0} {1} to public")
    for names in (
        ("procedure", "k(int)"),
        ("procedure", "k(int, text)"),
        ("procedure", "k(int, out text)"),
        ("routine", "k(int, text)"),
        ("procedure", "k"),
    )
]
WITH_OUT.append(
    Case(
        (
            "comment on procedure k(int, int) is 'x'",
            f"create procedure k(a int, b int) {PLPGSQL}",
        ),
        (f"create procedure k(a int, out b int) {PLPGSQL}",),
    )
)

OTHERS = (
    # What looks for f() exactly takes no notice of its namesakes.
    Case(
        (
            "create or replace function k() returns trigger language plpgsql as $$ begin return new; end $$",
            "create or replace function k(a int) returns int " + PLPGSQL,
            "drop trigger if exists k on t",
            "create trigger k before insert on t execute function k()",
            "comment on function k() is 'x'",
        ),
        ("create table t (a int)",),
    ),
    # Aggregates in the old style, without arguments, of all rows.
    Case(
        (
            "create aggregate k (basetype = int4, sfunc = int4pl, stype = int4)",
            "comment on aggregate k(int) is 'x'",
            "create aggregate k (basetype = 'ANY', sfunc = int8inc, stype = int8)",
            "create aggregate k (basetype = text, sfunc = textcat, stype = text)",
            "alter aggregate k(*) owner to current_user",
            "comment on aggregate k(*) is 'x'",
            "drop aggregate k(*)",
        )
    ),
    Case(
        (
            "create aggregate k(*) (sfunc = int8inc, stype = int8)",
            "drop aggregate k(*)",
            "create or replace aggregate k(*) (sfunc = int8inc, stype = int8, initcond = '0')",
        )
    ),
    Case(
        (
            f"create or replace function k(variadic a int[]) returns int {PLPGSQL}",
            f"create or replace function k(variadic a text[]) returns int {PLPGSQL}",
            "comment on function k(variadic int[]) is 'x'",
            "comment on function k(_text) is 'x'",
            "drop function k(int[])",
            f"create or replace function k(a int[]) returns int {PLPGSQL}",
        )
    ),
    Case(
        (
            "comment on function k is 'x'",
            "grant execute on function k to public",
            f"create or replace function k(a int, b text default null) returns int {PLPGSQL}",
            "comment on function k(int, text) is 'x'",
        ),
        (f"create function k(a int) returns int {PLPGSQL}",),
    ),
    Case(
        (
            f"create or replace function public.k(a int) returns int {PLPGSQL}",
            "comment on function k is 'x'",
            "create schema if not exists app",
            f"create or replace function app.k(a int, b int) returns int {PLPGSQL}",
            "comment on function app.k is 'x'",
            "set search_path = app, public",
            f"create or replace function app.k(a int) returns int {PLPGSQL}",
            "reset search_path",
        )
    ),
)


# -- both are asked -----------------------------------------------------------------------------------


def raised(
    database: Database, cases: Iterable[Case]
) -> Iterator[tuple[Case, list[str | None] | None]]:
    """What the second run of each raises; `None` where the first one fails."""
    with database.connect() as connection:
        for case in cases:
            for each in ("public", "app", "aside"):
                execute(connection, f"drop schema if exists {each} cascade")
            execute(connection, "create schema public")
            first = [execute(connection, each) for each in (*case.before, *case.statements)]
            if any(first):
                yield case, None
                continue
            yield case, [execute(connection, each) for each in case.statements]


def replayed(case: Case, version: int) -> list[str | None]:
    """What replay says of it: an SQLSTATE, nothing, or `unknown`."""
    before = "".join(f"{each};\n" for each in case.before)
    sql = "".join(f"{each};\n" for each in case.statements)
    said = verdicts(sql, before=before, version=version)
    return [
        each.removeprefix("fails ") if each not in {"safe", "repeats"} else None for each in said
    ]


@pytest.mark.parametrize(
    ("cases", "since"),
    [
        pytest.param(list(replacements(SHAPES, "int")), 13, id="one parameter"),
        pytest.param(list(replacements(MORE, "int, text")), 13, id="two parameters"),
        pytest.param(list(replacements(PROCEDURES, "int")), 14, id="procedures"),
        pytest.param(list(spellings()), 13, id="types"),
        pytest.param(list(paths()), 13, id="search_path"),
        pytest.param(list(uses()), 13, id="uses"),
        pytest.param(list(renames()), 13, id="renames"),
        pytest.param(WITH_OUT, 14, id="named with OUT"),
        pytest.param(list(OTHERS), 13, id="others"),
    ],
)
def test_replay_says_what_a_server_raises(server: Server, cases: list[Case], since: int) -> None:
    if server.version < since:
        pytest.skip(f"from PostgreSQL {since} on")
    asked = unknown = 0
    wrong = []
    with server.fresh_database() as database:
        for case, truth in raised(database, cases):
            if truth is None:
                continue
            asked += 1
            said = replayed(case, server.version)
            unknown += "unknown" in said
            if any(
                one != other for one, other in zip(said, truth, strict=True) if one != "unknown"
            ):
                wrong.append(f"{case}\n  server {truth}\n  replay {said}")
    assert asked > len(cases) / 3
    assert not wrong, f"{len(wrong)} of {asked}\n" + "\n".join(wrong[:20])
    assert unknown <= max(1, asked / 20), f"{unknown} of {asked}"
