"""ON CONFLICT and keys: what a server does when an INSERT runs twice is what replay says.

By default a spread sample of the cells runs; IDEMLINT_ALL_ROWS=1 runs every one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from replay.asking import verdicts

from .conflicts import CLAUSES, KEYS, ROWS, Cell, ask, cells

if TYPE_CHECKING:
    from .server import Database

pytestmark = pytest.mark.server

#: No divisor of the lists' lengths, so that all of them get their turn.
EVERY = 1 if os.environ.get("IDEMLINT_ALL_ROWS") == "1" else 7
#: Where a value is computed, whether it meets an index's WHERE is not known.
UNKNOWN = {("a where b > 0", "a call")}


def said(cell: Cell) -> str:
    return verdicts(f"{cell.insert};", before=cell.before)[0]


def test_replay_says_what_the_server_does(database: Database) -> None:
    asked = list(cells())[::EVERY]
    with database.connect() as connection:
        found = [(cell, said(cell), truth) for cell, truth in ask(connection, asked)]
    wrong = [each for each in found if each[1] not in {each[2], "unknown"}]
    assert wrong == []
    unknown = {(cell.key, cell.rows) for cell, told, truth in found if told != truth}
    assert unknown <= UNKNOWN
    assert len(found) > len(asked) * 0.9


def test_the_sample_has_all_that_the_lists_have() -> None:
    asked = list(cells())[::EVERY]
    assert {cell.key for cell in asked} == set(KEYS)
    assert {cell.clause for cell in asked} == set(CLAUSES)
    assert {cell.rows for cell in asked} == set(ROWS)
