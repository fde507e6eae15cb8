"""The passes of ALTER TABLE: of two commands, a server runs the one of the earlier pass first, wherever it
stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.plpgsql import sql
from idemlint.postgres.alter_passes import alter_pass
from postgres.conftest import database, server

if TYPE_CHECKING:
    from postgres.server import Database

__all__ = ["database", "server"]  # fixtures

TABLE = (
    "CREATE TABLE t (id int, a int CONSTRAINT c CHECK (a > 0), d int GENERATED ALWAYS AS IDENTITY);"
)

#: Each would fail if its commands ran as they are written.
TURNED_ROUND = [
    "ADD COLUMN a text, DROP COLUMN a",
    "ADD CONSTRAINT c CHECK (a > 1), DROP CONSTRAINT c",
    "ADD CHECK (n > 0), ADD COLUMN n int",
    "ADD UNIQUE (n), ADD COLUMN n int",
    "ADD FOREIGN KEY (a) REFERENCES t (id), ADD PRIMARY KEY (id)",
    "ALTER n SET DEFAULT 1, ADD COLUMN n int",
    "ALTER d ADD GENERATED ALWAYS AS IDENTITY, ALTER d DROP IDENTITY",
    "VALIDATE CONSTRAINT v, ADD CONSTRAINT v CHECK (a > 2) NOT VALID",
    "ADD CHECK (a LIKE 'x%'), DROP CONSTRAINT c, ALTER a TYPE text",
]


def passes(commands: str) -> list[int]:
    """The pass of each command, as they are written."""
    [statement] = sql.statements(f"ALTER TABLE t {commands}", 0)
    found = []
    for each in statement["AlterTableStmt"]["cmds"]:
        command = each["AlterTableCmd"]
        contype = command.get("def", {}).get("Constraint", {}).get("contype")
        found.append(alter_pass(command["subtype"], contype))
    return found


@pytest.mark.parametrize("commands", TURNED_ROUND)
def test_a_server_runs_them_in_the_order_of_their_passes(database: Database, commands: str) -> None:
    assert passes(commands) != sorted(passes(commands))
    assert database.send(TABLE) is None
    assert database.send(f"ALTER TABLE t {commands}") is None
