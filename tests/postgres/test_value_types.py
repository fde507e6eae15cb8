"""What is said of types and literals is what a server says."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from idemlint.postgres import value_types
from postgres.conftest import server
from postgres.server import execute

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

pytestmark = pytest.mark.server

#: A serial type is one only where a column is made.
TYPES = sorted(name for name in value_types.GROUP_OF if "serial" not in name)
LITERALS = (
    *("", " ", "x", "1", " 1 ", "-1", "+07", "07", "32768", "2147483648", "9223372036854775808"),
    *(
        "1.5",
        ".5",
        "1.",
        "1e3",
        "1e",
        "nan",
        "inf",
        "-Infinity",
        "0x1F",
        "1_000",
        "t",
        "TRUE",
        "no",
    ),
    *("of", "off", "tru", "{1}", "[1]", "{", "null", '"a"', "2020-01-01", "12:00", "now", "today"),
    "5bb2a91b-a33a-425e-8503-2ba69d7cabe7",
    "{5BB2A91BA33A425E85032BA69D7CABE7}",
)


@pytest.mark.parametrize("name", [*TYPES, "int4[]", "text[]"])
def test_what_is_refused_is(server: Server, name: str) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for literal in LITERALS:
            told = value_types.refused(name, literal)
            if told is not None:
                assert execute(connection, f"SELECT '{literal}'::{name}") == told, literal


@pytest.mark.parametrize("name", [name for name in TYPES if name not in {"json", "name"}])
def test_what_differs_does(server: Server, name: str) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for one, other in permutations(LITERALS, 2):
            valid = value_types.refused(name, one) is value_types.refused(name, other) is None
            if not valid or not value_types.differ(name, one, other):
                continue
            # Whichever of the two is none in this version raises 22P02.
            query = f"SELECT 1 / ('{one}'::{name} IS DISTINCT FROM '{other}'::{name})::int"
            assert execute(connection, query) in {None, "22P02"}, (one, other)


def test_what_is_not_compared_or_assigned_is_not(server: Server) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        for one, other in permutations(TYPES, 2):
            told = value_types.compared(one, other)
            if told is not None:
                query = f"SELECT NULL::{one} = NULL::{other}"
                assert execute(connection, query) == told, query
            told = value_types.assigned(one, other)
            if told is not None:
                # One message is one transaction: the table goes with the error.
                query = f"CREATE TEMP TABLE t (a {one}); INSERT INTO t SELECT NULL::{other}"
                assert execute(connection, query) == told, query


@pytest.mark.parametrize("function", sorted(value_types.TAKES_TEXT))
def test_what_takes_no_such_argument_does_not(server: Server, function: str) -> None:
    more = {"replace": ", 'a', 'b'", "split_part": ", 'a', 1", "string_to_array": ", 'a'"}
    with server.fresh_database() as database, database.connect() as connection:
        for name in TYPES:
            told = value_types.called(function, name)
            if told is not None and function in {*more, "lower", "upper", "initcap"}:
                query = f"SELECT {function}(NULL::{name}{more.get(function, '')})"
                assert execute(connection, query) == told, query
