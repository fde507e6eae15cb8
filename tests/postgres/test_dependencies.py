"""What depends on what: each object × each place that can need it, on a server and in replay.

Every cell is a file that is run twice: the object is dropped if it is there and made, then the place is made
that may need it. What the second run raises tells the answer: what *goes along* with the object can be made
again, what *holds* it raises 2BP01 at its DROP, what is *not tracked* is in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replay.asking import verdicts

from .places import cells
from .server import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .places import Cell
    from .server import Server, Session

pytestmark = pytest.mark.server

#: Cells in which replay does not agree yet, and why.
_LINK = (
    "which partition belonged to a table that was dropped is not known where another has its name"
)
KNOWN: dict[str, str] = {
    "parent / detached": _LINK,
    "parent cascade / detached": _LINK,
}


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Session]:
    """One database for all cells: each is rolled back."""
    with server.fresh_database() as database, database.connect() as connection:
        yield connection


def truth(session: Session, cell: Cell) -> list[str]:
    """What the second run of a cell comes to on a server."""
    execute(session, "begin")
    try:
        assert execute(session, cell.before) is None
        first = [_one(session, each) for each in cell.statements]
        assert first == [None] * len(first), f"{cell.title}: {first}"
        second = [_one(session, each) for each in cell.statements]
    finally:
        execute(session, "rollback")
    return [f"fails {each}" if each else "fine" for each in second]


def _one(session: Session, statement: str) -> str | None:
    execute(session, "savepoint s")
    sqlstate = execute(session, statement)
    execute(session, "rollback to s" if sqlstate else "release s")
    return sqlstate


def told(cell: Cell, version: int) -> list[str]:
    """What replay says of it."""
    said = verdicts(";\n".join(cell.statements) + ";", before=cell.before, version=version)
    return ["fine" if each in {"safe", "repeats"} else each for each in said]


CELLS = {each.title: each for each in cells()}


@pytest.mark.parametrize("title", CELLS)
def test_a_server_and_replay_agree(server: Server, session: Session, title: str) -> None:
    cell = CELLS[title]
    if server.version < cell.since:
        pytest.skip(f"PostgreSQL {cell.since} and later")
    if cell.extension and not server.has_extension(cell.extension):
        pytest.skip(f"no {cell.extension} beside the server")
    on_server, by_replay = truth(session, cell), told(cell, server.version)
    if title in KNOWN:
        assert by_replay != on_server, f"{title} is no longer wrong: take it out of KNOWN"
    else:
        assert by_replay == on_server
