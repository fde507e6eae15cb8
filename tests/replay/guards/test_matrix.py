"""The matrix of guards (`matrix`): what replay says of each cell, a server says too.

A spread sample runs; IDEMLINT_ALL_ROWS=1 runs every cell.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from postgres.conftest import server
from postgres.server import execute

from ..asking import verdicts
from .matrix import MAKERS, SETUP, Cell, cells

if TYPE_CHECKING:
    from postgres.server import Server, Session

__all__ = ["server"]

EVERY = 1 if os.environ.get("IDEMLINT_ALL_ROWS") == "1" else 41
#: Of a hundred cells, those that replay may leave open.
OPEN = 1


def test_every_maker_has_guards() -> None:
    asked = {each.id.partition(":")[0] for each in cells()}
    assert asked == {maker.id for maker in MAKERS}


@pytest.mark.server
def test_a_server_says_the_same(server: Server) -> None:
    chosen = list(cells())[::EVERY]
    with server.fresh_database() as database, database.connect() as session:
        for statement in SETUP:
            assert execute(session, statement) is None
        truth = {cell: _second_run(session, cell) for cell in chosen}
    before = ";\n".join(SETUP) + ";"
    said = {
        cell: verdicts(f"{cell.sql};", before=before, version=server.version)[0] for cell in truth
    }
    wrong = [
        f"{cell.id}: {said[cell]}, not {outcome}"
        for cell, outcome in truth.items()
        if said[cell] not in {outcome, "unknown"}
    ]
    left = [cell.id for cell in truth if said[cell] == "unknown"]
    assert wrong == []
    assert len(left) * 100 <= len(chosen) * OPEN, left


def _second_run(session: Session, cell: Cell) -> str:
    """What the second run of a cell comes to; nothing stays of it."""
    assert execute(session, "BEGIN") is None
    assert execute(session, cell.sql) is None, cell
    sqlstate = execute(session, cell.sql)
    assert execute(session, "ROLLBACK") is None
    return "safe" if sqlstate is None else f"fails {sqlstate}"
