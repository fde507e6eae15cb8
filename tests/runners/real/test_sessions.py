"""What a file finds of the session of the one before it, as a profile says, and as the real runner has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.runners import get
from runners.real.drive import RUNNERS, Runner
from runners.real.test_truth import start

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Database

pytestmark = [pytest.mark.runner, pytest.mark.server, pytest.mark.slow]

#: Journals are made and found in the first schema.
PATH = "search_path = public, s"


def sees(name: str) -> str:
    """A statement that leaves a table where a name is found."""
    return f"""
DO $$ BEGIN
  IF to_regclass('{name}') IS NOT NULL THEN CREATE TABLE public.saw (); END IF;
END $$"""


each_runner = pytest.mark.parametrize(
    "runner", [each for each in RUNNERS if each.files > 1], ids=lambda each: each.profile
)


def left(database: Database) -> set[str]:
    """Those of the files' permanent tables that are there."""
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename IN ('x', 'saw') AND schemaname = 'public'"
        )
        return {str(row[0]) for row in rows.fetchall()}


@each_runner
@pytest.mark.parametrize("local", ["", "LOCAL "], ids=["SET", "SET LOCAL"])
def test_the_search_path(
    runner: Runner,
    local: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database: Database,
) -> None:
    files = [
        ["CREATE SCHEMA s", "CREATE TABLE s.a ()", f"SET {local}{PATH}"],
        [sees("a"), "CREATE TABLE x ()"],
    ]
    _, said = start(runner, files, request, tmp_path, database)
    session = get(runner.profile).session
    kept = session == "transaction" or (session == "kept" and not local)
    assert left(database) == ({"x", "saw"} if kept else {"x"}), said


@each_runner
def test_temporary_tables(
    runner: Runner, request: pytest.FixtureRequest, tmp_path: Path, database: Database
) -> None:
    """Whether they are there for the next file; they are not in the way of a permanent one."""
    files = [
        ["CREATE TEMP TABLE x (i int)"],
        [sees("pg_temp.x"), "CREATE TABLE IF NOT EXISTS x (i int)"],
    ]
    _, said = start(runner, files, request, tmp_path, database)
    kept = get(runner.profile).session != "new"
    assert left(database) == ({"x", "saw"} if kept else {"x"}), said
