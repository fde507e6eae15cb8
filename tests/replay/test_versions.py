"""Answers that differ from version to version: as the server that is here has it, and by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postgres.conftest import server

from .asking import split, verdicts

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

BEFORE = (
    "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE q (a int) PARTITION BY LIST (a);"
    " CREATE TABLE x (a int);"
)
ATTACHED = """
ALTER TABLE p ATTACH PARTITION x FOR VALUES IN (3);
ALTER TABLE p DETACH PARTITION x;
ALTER TABLE q ATTACH PARTITION x FOR VALUES IN (3);
DROP TABLE p CASCADE;
CREATE TABLE p (a int);
"""


@pytest.mark.parametrize(("version", "sqlstate"), [(13, "42P17"), (17, "42P17"), (18, "42809")])
def test_attach_and_detach_of_a_table_that_is_not_partitioned_any_more(
    version: int, sqlstate: str
) -> None:
    told = verdicts(ATTACHED, before=BEFORE, version=version)
    assert told[:3] == [f"fails {sqlstate}", f"fails {sqlstate}", "fails 42809"]


@pytest.mark.server
def test_a_server_says_so_of_attach_and_detach(server: Server) -> None:
    told = verdicts(ATTACHED, before=BEFORE, version=server.installation.major)
    with server.fresh_database() as database:
        first, statements = split(BEFORE), split(ATTACHED)
        assert not any(database.run([*first, *statements]))
        raised = database.run(statements)
    assert told[:3] == [f"fails {each}" for each in raised[:3]]
