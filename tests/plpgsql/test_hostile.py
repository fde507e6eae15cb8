"""Bodies made to be slow or deep: each took minutes, memory or a stack overflow in a naive reading.

Nothing is timed here; a reading that is not linear would simply not come back.
"""

from __future__ import annotations

import pytest

from idemlint.plpgsql.nodes import Block

from .story import read

MANY = 5_000

BODIES = {
    "open ifs": "BEGIN " + "IF a THEN " * MANY,
    "open blocks": "BEGIN " * MANY,
    "open loops": "BEGIN " + "LOOP " * MANY,
    "branches": "BEGIN IF a THEN NULL; " + "ELSIF b THEN NULL; " * MANY + "END IF; END",
    "cases": "BEGIN CASE " + "WHEN a THEN NULL; " * MANY + "END CASE; END",
    "jumps": "BEGIN LOOP " + "CONTINUE WHEN a; " * MANY + "END LOOP; END",
    "parentheses": "BEGIN IF " + "(" * MANY + " THEN NULL; END IF; END",
    "terms": "BEGIN IF " + "1+" * MANY + "1 THEN NULL; END IF; END",
    "strings": "BEGIN EXECUTE " + "'a'||" * MANY + "'b'; END",
    "formats": "BEGIN EXECUTE " + "format('%s'," * 400 + "'b'" + ")" * 400 + "; END",
    "open parentheses": "BEGIN " + "create ( ; " * MANY + "END",
    "rounds in rounds": "BEGIN "
    + "FOREACH a IN ARRAY ARRAY[1,2,3,4,5,6,7,8] LOOP " * 12
    + "EXECUTE 'SELECT ' || a;"
    + " END LOOP; " * 12
    + "END",
    "doubling": "DECLARE v text := 'aaaa'; BEGIN " + "v := v || v; " * 200 + "EXECUTE v; END",
    "variables": "BEGIN "
    + "".join(f"v{i} := (SELECT a FROM t{i}); UPDATE x SET a = 1; " for i in range(1000))
    + "END",
    "labels": "BEGIN " + "<<a>> " * MANY + "END",
    "declarations": "DECLARE " + "a int := " * MANY,
    "subscripts": "BEGIN " + "a[1 " * MANY,
    "open quote": "BEGIN '" * MANY,
    "dollars": "BEGIN $" * MANY,
}


@pytest.mark.parametrize("name", BODIES)
def test_they_are_read(name: str) -> None:
    assert isinstance(read(BODIES[name]), Block)
