"""The facts about types, casts, operators and functions are those of a server's catalogs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idemlint.postgres import expression_types
from postgres.conftest import server

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

pytestmark = pytest.mark.server

_NAME = """
  CASE WHEN {0}.typelem <> 0 AND {0}.typcategory = 'A'
  THEN substr({0}.typname::text, 2) || '[]' ELSE {0}.typname::text END
"""
TYPES = (
    "SELECT typname::text, typcategory::text, typispreferred FROM pg_type WHERE typnamespace = 11"
)
CASTS = """
  SELECT s.typname::text, t.typname::text, castcontext::text
  FROM pg_cast JOIN pg_type s ON s.oid = castsource JOIN pg_type t ON t.oid = casttarget
"""
OPERATORS = f"""
  SELECT oprname::text, array_remove(ARRAY[{_NAME.format("l")}, {_NAME.format("r")}], NULL), false, 0,
    {_NAME.format("x")}
  FROM pg_operator LEFT JOIN pg_type l ON l.oid = oprleft JOIN pg_type r ON r.oid = oprright
    JOIN pg_type x ON x.oid = oprresult
  WHERE oprnamespace = 11
"""
FUNCTIONS = f"""
  SELECT proname::text, ARRAY(
      SELECT {_NAME.format("t")} FROM unnest(proargtypes) WITH ORDINALITY a (oid, place)
      JOIN pg_type t ON t.oid = a.oid ORDER BY place
    ), provariadic <> 0, pronargdefaults, {_NAME.format("x")}
  FROM pg_proc JOIN pg_type x ON x.oid = prorettype
  WHERE pronamespace = 11 AND prokind = 'f' AND NOT proretset
"""
CONTEXTS = {"i": "implicit", "a": "assignment", "e": "explicit"}
#: What is a function's name in one version and a word of the grammar in another.
_ELSEWHERE = {"extract", "date_part"}


def _rows(server: Server, query: str) -> list[tuple[Any, ...]]:
    with server.fresh_database() as database, database.connect() as connection:
        return connection.execute(query).fetchall()


def test_types(server: Server) -> None:
    known = expression_types._facts().types
    found = {name: (category, preferred) for name, category, preferred in _rows(server, TYPES)}
    assert known.items() <= found.items()


def test_casts(server: Server) -> None:
    facts = expression_types._facts()
    found = {
        (source, target): CONTEXTS[context]
        for source, target, context in _rows(server, CASTS)
        if source in facts.types and target in facts.types
    }
    sure = {pair: context for pair, context in facts.casts.items() if context != "newer"}
    newer = facts.casts.keys() - sure.keys()
    assert {pair: context for pair, context in found.items() if pair not in newer} == sure
    assert {found[pair] for pair in newer & found.keys()} <= {"explicit"}


@pytest.mark.parametrize("sort", ["operator", "function"])
def test_all_of_a_name_are_known_that_a_known_type_may_mean(server: Server, sort: str) -> None:
    facts = expression_types._facts()
    names = facts.operator if sort == "operator" else facts.function
    found: dict[str, set[tuple[Any, ...]]] = {}
    for name, takes, variadic, defaults, gives in _rows(
        server, OPERATORS if sort == "operator" else FUNCTIONS
    ):
        if variadic:
            takes[-1] = takes[-1].removesuffix("[]")
        found.setdefault(name, set()).add((tuple(takes), gives, variadic, defaults))
    usable = {*facts.types, *(f"{name}[]" for name in facts.types), *expression_types._ANY}
    for name in names:
        known = expression_types._candidates(sort, name)
        assert known is not None
        candidates, open_counts = known
        there = {
            row
            for row in found.get(name, ())
            if usable.issuperset((*row[0], row[1])) and len(row[0]) not in open_counts
        }
        told = {
            (each.takes, each.gives, each.variadic, each.defaults)
            for each in candidates
            if usable.issuperset((*each.takes, each.gives)) and len(each.takes) not in open_counts
        }
        if name == "||" or name in _ELSEWHERE or name == "regexp_replace":
            # Others in other versions, of which no call here can tell.
            continue
        assert {row[:3] for row in there} == {row[:3] for row in told}, name
