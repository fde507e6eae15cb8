"""Which expressions are NULL, and that a server's functions are as the lists say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.replay.keys import nullness
from idemlint.replay.keys.nullness import not_null
from idemlint.source.parse import parse
from idemlint.source.text import decode
from postgres.conftest import server

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

VALUES = {"a": True, "n": False, "m": None}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a", True),
        ("n", False),
        ("m", None),
        ("lower(a)", True),
        ("lower(n)", False),
        ("lower(a || m)", None),
        ("coalesce(n, '')", True),
        ("coalesce(n, n)", False),
        ("coalesce(m, n)", None),
        ("concat(n)", True),
        ("nullif(a, '')", None),
        ("a ->> 'k'", None),
        ("n ->> 'k'", False),
        ("n::text", False),
        ("CASE WHEN m THEN a ELSE 'x' END", True),
        ("CASE WHEN m THEN a END", None),
        ("unheard_of(a)", None),
        ("NULL", False),
        ("'x'", True),
        ("n IS NULL", True),
    ],
)
def test_what_is_null(expression: str, expected: bool | None) -> None:
    parsed = parse(decode("case.sql", f"SELECT {expression}".encode()))
    tree = parsed.statements[0].tree
    assert tree is not None
    [target] = tree.targetList
    assert not_null(target.val, VALUES.get) is expected


@pytest.mark.server
def test_the_strict_functions_are_strict(server: Server) -> None:
    with server.fresh_database() as database, database.connect() as connection:
        lax = connection.execute(
            "SELECT DISTINCT proname FROM pg_proc WHERE NOT proisstrict AND proname = ANY (%s)"
            " AND pronamespace = 'pg_catalog'::regnamespace",
            (sorted(nullness._STRICT),),
        ).fetchall()
    assert lax == []
