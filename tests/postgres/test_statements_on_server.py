"""The recorded outcomes of 897 forms hold on the server at hand.

They were recorded by another program, so agreement also shows that the judge judges right.
By default a spread sample runs; IDEMLINT_ALL_ROWS=1 runs every row.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .rerun import judge_statements

if TYPE_CHECKING:
    from .rerun import Judgement
    from .server import Server

pytestmark = pytest.mark.server

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "statements.jsonl").read_text().splitlines()
]
EVERY = 1 if os.environ.get("IDEMLINT_ALL_ROWS") == "1" else 9

# Rows that a server at hand may be unable to show. The extension has to be installed to be created;
# without it both runs fail, which says nothing about a rerun.
NEEDS_EXTENSION = {
    "extension-language-transform-access-method/create if not exists quoted": "uuid-ossp",
}

# Rows that were recorded in one session and say something about that session: the judge runs them
# in one session too. In a new one, which a rerun has, the outcome is the one given here.
ONE_SESSION = {
    "create-table-as-select-into/ctas temp": "safe",
    "create-table-as-select-into/select into temp": "safe",
    "create-view-materialized-view/temp": "safe",
    "sequence/temp": "safe",
    # `SET allow_in_place_tablespaces` is part of the setup.
    "database-tablespace-system/create tablespace in place": "fails 42P17",
    "session-cursor-prepared-and-transaction-commands/prepare": "safe",
    "session-cursor-prepared-and-transaction-commands/execute": "fails 26000",
    "session-cursor-prepared-and-transaction-commands/declare cursor with hold": "safe",
    "session-cursor-prepared-and-transaction-commands/fetch": "fails 34000",
}


def outcome_without_condition(recorded: str) -> str:
    """Return "fails 42P07" of "fails 42P07 duplicate_table", and all else as it is."""
    words = recorded.split()
    return " ".join(words[:2]) if words[0] == "fails" else recorded


def copied(statements: list[str]) -> bytes:
    """Return the line of data that the rows with COPY … FROM STDIN were recorded with."""
    return b"1,2\n" if any("csv" in one for one in statements) else b"1\t2\n"


def judge(server: Server, row: dict[str, Any], *, same_session: bool) -> Judgement:
    """Put a row to the server, or skip the test where the server cannot show it."""
    if str(server.version) not in row["server"]:
        pytest.skip(f"not recorded on PostgreSQL {server.version}")
    extension = NEEDS_EXTENSION.get(row["id"])
    if extension is not None and not server.has_extension(extension):
        pytest.skip(f"extension {extension} is not installed")
    with server.fresh_database() as database:
        return judge_statements(
            database,
            row["setup"],
            row["sql"],
            between=[row["between"]] if "between" in row else [],
            same_session=same_session,
            copy_data=copied(row["sql"]),
        )


def named(row: dict[str, Any]) -> str:
    return str(row["id"])


@pytest.mark.parametrize("row", ROWS[::EVERY], ids=named)
def test_recorded_outcome(server: Server, row: dict[str, Any]) -> None:
    judgement = judge(server, row, same_session=row["id"] in ONE_SESSION)
    assert str(judgement) == outcome_without_condition(row["server"][str(server.version)])


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in ONE_SESSION], ids=named)
def test_outcome_in_a_new_session(server: Server, row: dict[str, Any]) -> None:
    assert str(judge(server, row, same_session=False)) == ONE_SESSION[row["id"]]


def test_all_rows_are_there() -> None:
    ids = {row["id"] for row in ROWS}
    assert len(ROWS) == len(ids) == 897
    assert ids >= NEEDS_EXTENSION.keys() | ONE_SESSION.keys()
