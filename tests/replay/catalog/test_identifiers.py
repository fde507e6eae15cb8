"""Names that PostgreSQL chooses: worked out here, and compared with what a real server chose.

`makeObjectName`, `ChooseRelationName` and `ChooseIndexName` (src/backend/commands/indexcmds.c),
`ChooseConstraintName` (src/backend/catalog/pg_constraint.c).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from idemlint.replay.catalog.identifiers import NAME_BYTES, chosen_name, cut
from postgres.conftest import server

from ..asking import after

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

LONG = "a_table_with_a_name_of_some_length"


@pytest.mark.parametrize(
    ("table", "columns", "suffix", "expected"),
    [
        ("t", "a", "key", "t_a_key"),
        ("t", "", "pkey", "t_pkey"),
        ("t", "a_b_c", "idx", "t_a_b_c_idx"),
        # The longer part loses bytes until all fits into 63.
        ("t" * 63, "", "pkey", "t" * 58 + "_pkey"),
        ("t" * 63, "a", "key", "t" * 57 + "_a_key"),
        ("t", "c" * 63, "key", "t_" + "c" * 57 + "_key"),
        ("t" * 40, "c" * 40, "fkey", "t" * 29 + "_" + "c" * 28 + "_fkey"),
        # Never half a character: what is left of one goes, too.
        ("ü" * 31, "", "pkey", "ü" * 29 + "_pkey"),
        ("ü" * 31, "a", "key", "ü" * 28 + "_a_key"),
        ("表" * 21, "列" * 21, "key", "表" * 9 + "_" + "列" * 9 + "_key"),
    ],
)
def test_a_chosen_name(table: str, columns: str, suffix: str, expected: str) -> None:
    assert chosen_name(table, columns, suffix) == expected
    assert len(expected.encode()) <= NAME_BYTES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users", "users"),
        ("u" * 64, "u" * 63),
        ("ü" * 32, "ü" * 31),
        ("x" + "ü" * 31, "x" + "ü" * 31),
        ("表" * 22, "表" * 21),
    ],
)
def test_a_long_name_is_cut(name: str, expected: str) -> None:
    assert cut(name) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE)", {"t_id_seq", "t_pkey", "t_a_key"}),
        ("CREATE TABLE t (a int, b int, UNIQUE (a, b))", {"t_a_b_key"}),
        ("CREATE TABLE t (a int, UNIQUE (a), UNIQUE (a) DEFERRABLE)", {"t_a_key", "t_a_key1"}),
        ("CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)", {"t_a_seq"}),
        ("CREATE TABLE t_a_key (b int); CREATE TABLE t (a int UNIQUE)", {"t_a_key", "t_a_key1"}),
        ("CREATE TABLE t (a int); CREATE INDEX ON t (a); CREATE INDEX ON t (a)",
         {"t_a_idx", "t_a_idx1"}),
        ("CREATE TABLE t (a text); CREATE INDEX ON t (lower(a), (a || 'x'), a)",
         {"t_lower_expr_a_idx"}),
        ("CREATE TABLE t (); ALTER TABLE t ADD COLUMN id bigserial PRIMARY KEY",
         {"t_id_seq", "t_pkey"}),
    ],
)  # fmt: skip
def test_the_relations_that_come_with_a_table(sql: str, expected: set[str]) -> None:
    assert expected <= after(sql).relations


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE TABLE t (a int CHECK (a > 0), b int CHECK (b > 0))", {"t_a_check", "t_b_check"}),
        ("CREATE TABLE t (a int, b int, CHECK (a > b))", {"t_check"}),
        ("CREATE TABLE t (a int, b int, CHECK (a > b), CHECK (b > 0))", {"t_check", "t_b_check"}),
        ("CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9))", {"t_a_check", "t_a_check1"}),
        ("CREATE TABLE u (id int PRIMARY KEY); CREATE TABLE t (u_id int REFERENCES u)",
         {"t_u_id_fkey"}),
        ("CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a > 0); ALTER TABLE t ADD CHECK (a > 1)",
         {"t_a_check", "t_a_check1"}),
    ],
)  # fmt: skip
def test_constraints_get_names(sql: str, expected: set[str]) -> None:
    assert expected <= after(sql).constraints["t"]


# -- the same, at random, against a server ------------------------------------------------------------

_LETTERS = "ab_üñ表é"


def _name(rng: random.Random, used: set[str]) -> str:
    """A name that is not taken after cutting, short or about as long as it can be."""
    while True:
        length = rng.choice((1, 2, 5, 20, 28, 30, 40, 62, 63))
        name = "n" + "".join(rng.choice(_LETTERS) for _ in range(length))
        if (name := cut(name)) not in used:
            used.add(name)
            return name


def _table(rng: random.Random, used: set[str], others: list[tuple[str, str]]) -> list[str]:
    """The statements of a table with constraints and indexes that have no names."""
    table = _name(rng, used)
    columns: list[str] = []
    mine: set[str] = set()
    parts, key = [], False
    for _ in range(rng.randint(1, 4)):
        column = _name(rng, mine)
        columns.append(column)
        parts.append(f'"{column}" ' + rng.choice(("int", "int", "serial", "int UNIQUE")))
        if rng.random() < 0.3:
            parts[-1] += f' CHECK ("{column}" > 0)'
        if others and rng.random() < 0.3:
            target, referenced = rng.choice(others)
            parts[-1] += f' REFERENCES "{target}" ("{referenced}")'
    chosen = rng.sample(columns, rng.randint(1, len(columns)))
    listed = ", ".join(f'"{each}"' for each in chosen)
    if rng.random() < 0.6:
        key = True
        parts.append(f"PRIMARY KEY ({listed})")
    if rng.random() < 0.3:
        parts.append("CHECK (" + " + ".join(f'"{each}"' for each in chosen) + " > 0)")
    statements = [f'CREATE TABLE "{table}" ({", ".join(parts)})']
    for _ in range(rng.randint(0, 3)):
        picked = rng.sample(columns, rng.randint(1, len(columns)))
        shown = ", ".join(f'"{each}"' for each in picked)
        forms = [
            f'ALTER TABLE "{table}" ADD UNIQUE ({shown})',
            f'ALTER TABLE "{table}" ADD CHECK ("{picked[0]}" < 99)',
            f'CREATE INDEX ON "{table}" ({shown})',
            f'CREATE INDEX ON "{table}" (abs("{picked[0]}"), ("{picked[0]}" + 1))',
            f'ALTER TABLE "{table}" ADD COLUMN "{_name(rng, mine)}" bigserial',
        ]
        statements.append(rng.choice(forms))
    if rng.random() < 0.3:
        renamed = _name(rng, used)
        statements.append(f'ALTER TABLE "{table}" RENAME TO "{renamed}"')
        # The old name is free again: what is called after it is not.
        statements.append(f'CREATE TABLE "{table}" ("{columns[0]}" serial PRIMARY KEY)')
    elif key and len(chosen) == 1:
        others.append((table, chosen[0]))
    return statements


_RELATIONS = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'i', 'S')"""
_CONSTRAINTS = """SELECT c.relname, n.conname FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
    WHERE n.connamespace = 'public'::regnamespace AND n.contype <> 'n'"""


@pytest.mark.server
@pytest.mark.parametrize("seed", range(12))
def test_a_server_chooses_the_same_names(server: Server, seed: int) -> None:
    rng = random.Random(seed)
    used: set[str] = set()
    others: list[tuple[str, str]] = []
    statements = [each for _ in range(6) for each in _table(rng, used, others)]
    with server.fresh_database() as database, database.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        relations = {name for (name,) in connection.execute(_RELATIONS)}
        constraints: dict[str, set[str]] = {}
        for table, name in connection.execute(_CONSTRAINTS):
            constraints.setdefault(str(table), set()).add(str(name))
    here = after(";\n".join(statements))
    assert here.relations == relations
    assert {name: found for name, found in here.constraints.items() if found} == constraints
