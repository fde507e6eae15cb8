"""The laws of functions, asked of a server with random values: f(f(x)) = f(x), of two as well where one
keeps what the other gives; and what is said to move does change some value."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from idemlint.postgres.laws import LAWS, MOVING, is_lasting_replacement, is_lasting_translation
from idemlint.replay.effects.vocabulary import Again
from idemlint.replay.rewrites.regexes import replaces_again
from replay.asking import programs

from .conftest import server

if TYPE_CHECKING:
    from psycopg import Connection

    from .server import Server

__all__ = ["server"]

#: Law → the call, over `x`, of which it is told; and the type of `x`.
CALLS: Final = {
    "lower": ("lower(x)", "text"),
    "upper": ("upper(x)", "text"),
    "initcap": ("initcap(x)", "text"),
    "btrim": ("btrim(x)", "text"),
    "ltrim": ("ltrim(x)", "text"),
    "rtrim": ("rtrim(x)", "text"),
    "left": ("left(x, 3)", "text"),
    "right": ("right(x, 3)", "text"),
    "lpad": ("lpad(x, 4, '0')", "text"),
    "rpad": ("rpad(x, 4)", "text"),
    "replace": ("replace(x, 'a', 'b')", "text"),
    "regexp_replace": (r"regexp_replace(x, '\s+', '-', 'g')", "text"),
    "translate": ("translate(x, 'ab', 'cd')", "text"),
    "normalize": ("normalize(x)", "text"),
    "abs": ("abs(x)", "numeric"),
    "sign": ("sign(x)", "numeric"),
    "round": ("round(x, 1)", "numeric"),
    "trunc": ("trunc(x, 1)", "numeric"),
    "floor": ("floor(x)", "numeric"),
    "ceil": ("ceil(x)", "numeric"),
    "%": ("x % 7", "numeric"),
    "&": ("x & 5", "int"),
    "|": ("x | 5", "int"),
    "date_trunc": ("date_trunc('hour', x)", "timestamp"),
    "array_remove": ("array_remove(x, 'a')", "text[]"),
    "array_replace": ("array_replace(x, 'a', 'b')", "text[]"),
    "jsonb_set": ("jsonb_set(x, '{a}', '1', false)", "jsonb"),
    "to_jsonb": ("to_jsonb(x)", "jsonb"),
    "to_json": ("to_json(x)", "jsonb"),
    "jsonb_strip_nulls": ("jsonb_strip_nulls(x)", "jsonb"),
    "json_strip_nulls": ("json_strip_nulls(x::json)::jsonb", "jsonb"),
    "jsonb_pretty": ("jsonb_pretty(x::jsonb)", "text of jsonb"),
}
#: Needs an extension.
ELSEWHERE: Final = frozenset({"unaccent"})
#: Property → the functions that give it.
GIVERS: Final = {
    each: [name for name, law in LAWS.items() if each in law.gives]
    for law in LAWS.values()
    for each in law.gives
}
#: What moves, over `x`.
MOVES: Final = {
    "text": [
        *("x || 'a'", "concat('a', x)", "concat_ws('-', 'a', x)", "repeat(x, 2)", "reverse(x)"),
        *("md5(x)", "quote_literal(x)"),
    ],
    "numeric": ["x + 1", "x - 1", "x * 2", "x / 2", "-x"],
    "int": ["x # 3", "x << 1", "~x"],
    "text[]": ["array_append(x, 'a')", "array_prepend('a', x)", "array_cat(x, array['a'])"],
    "jsonb": ["jsonb_build_object('a', x)", "jsonb_build_array(x)"],
}


def _values(type_name: str) -> list[str]:
    """Random values of a type, as literals."""
    choose = random.Random(type_name)
    letters = "aabbA -.:/x1Z\n"
    texts = ["".join(choose.choices(letters, k=choose.randint(0, 9))) for _ in range(300)]
    if type_name == "text":
        return texts
    if type_name == "numeric":
        return ["2", *(str(round(choose.uniform(-99, 99), choose.randint(0, 3))) for _ in texts)]
    if type_name == "int":
        return [str(choose.randint(-999, 999)) for _ in texts]
    if type_name == "timestamp":
        return [
            f"20{choose.randint(10, 29)}-0{choose.randint(1, 9)}-11 1{choose.randint(0, 9)}:13:14"
            for _ in texts
        ]
    if type_name == "text[]":
        return [_braced(",".join(choose.choices("abc", k=choose.randint(0, 5)))) for _ in texts]
    parts = ['"a": 1', '"b": null', '"c": {"d": null}', '"e": [1]']
    return [_braced(", ".join(choose.sample(parts, choose.randint(0, 4)))) for _ in texts]


def _braced(text: str) -> str:
    return f"{{{text}}}"


def _changed(connection: Connection[object], call: str, type_name: str, outer: str = "") -> int:
    """Of how many values a call (with another around it) makes something else of what it gave."""
    base = "jsonb" if type_name.endswith("of jsonb") else type_name
    column = "text" if type_name.endswith("of jsonb") else type_name
    once = f"({outer.replace('x', f'({call})')})" if outer else f"({call})"
    once = once.replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH v AS (SELECT unnest(%s::text[])::{base}::{column} AS x),"
            f" one AS (SELECT {once}::{column} AS x FROM v)"
            f" SELECT count(*) FROM one WHERE ({once})::{column} IS DISTINCT FROM x",
            (_values(base),),
        )
        row = cursor.fetchone()
    assert isinstance(row, tuple)
    return int(row[0])


def test_every_law_is_asked() -> None:
    assert set(CALLS) | ELSEWHERE == set(LAWS)
    assert not set(LAWS) & MOVING


@pytest.mark.server
def test_once_more_is_the_same(server: Server) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for name, (call, type_name) in CALLS.items():
            assert _changed(connection, call, type_name) == 0, name


@pytest.mark.server
def test_what_is_kept_is_kept(server: Server) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for name, law in LAWS.items():
            for inner in {giver for each in law.keeps for giver in GIVERS.get(each, ())}:
                if name in CALLS and inner in CALLS:
                    (outer, _), (call, type_name) = CALLS[name], CALLS[inner]
                    if _is_safe(f"UPDATE t SET x = {_around(outer, call)};"):
                        changed = _changed(connection, _around(outer, call), type_name)
                        assert changed == 0, (name, inner)


def _around(outer: str, call: str) -> str:
    before, _, behind = outer.replace("(x", "(\0").replace("x %", "\0 %").partition("\0")
    return f"{before}{call}{behind}"


def _is_safe(sql: str) -> bool:
    return programs(sql)[0][-1].again is Again.SAME


@pytest.mark.server
def test_what_moves_moves(server: Server) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for type_name, calls in MOVES.items():
            for call in calls:
                assert programs(f"UPDATE t SET x = {call};")[0][-1].again is Again.MOVES, call
                assert _changed(connection, call, type_name) > 0, call


PATTERNS: Final = [
    *(
        r"^",
        r"$",
        r"\s+",
        r"^\s+",
        r"\s+$",
        r"^\s+|\s+$",
        "a",
        "aa",
        "ab",
        "^a",
        "a$",
        "^ab$",
        "[ab]",
    ),
    *("[ab]+", "[^a-z]+", "[[:space:]]+", r"\.", "^a+", "a+$", "/", "://"),
]


@pytest.mark.server
def test_patterns_and_replacements(server: Server) -> None:
    """What is said to be done after once, or never, of a sample of all."""
    with server.fresh_database() as database, database.connect() as connection:
        for new in ("", "a", "b", "-", " ", "aa", "ab", "ba", "c"):
            for old in ("a", "aa", "ab", "ba", "aba", "-", "a b"):
                if is_lasting_replacement(old, new):
                    assert _changed(connection, f"replace(x, '{old}', '{new}')", "text") == 0, (
                        old,
                        new,
                    )
                if is_lasting_translation(old, new):
                    changed = _changed(connection, f"translate(x, '{old}', '{new}')", "text")
                    assert changed == 0, (old, new)
            for pattern in PATTERNS:
                for flags in ("", "g", "gi"):
                    again = replaces_again(pattern, new, flags)
                    call = f"regexp_replace(x, '{pattern}', '{new}', '{flags}')"
                    if again is not None:
                        assert (_changed(connection, call, "text") > 0) is again, call
