"""What a folder's next file finds of the session before it, by the word of its runner's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.postgres.kinds import Ref, Space
from idemlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from idemlint.replay.catalog.view import View

SETTINGS = Settings.load(isolated=True)


#: How their files are named, where it is not `1_x.sql`.
NAMES = {"flyway": "V{}__x.sql", "golang-migrate": "{}_x.up.sql"}


def verdicts(root: Path, runner: str, *files: str, rerun: str = "file") -> list[list[str]]:
    """What each file's statements come to."""
    return [
        [f"{each.verdict} {each.sqlstate or ''}".rstrip() for each in report.statements]
        for report in _open(root, runner, *files, rerun=rerun).reports()
    ]


def after(root: Path, runner: str, *files: str) -> View:
    """What is there when all files have run."""
    (one,) = _open(root, runner, *files)
    return one.after(one.files[-1])


def _open(root: Path, runner: str, *files: str, rerun: str = "file") -> engine.Folder:
    name = NAMES.get(runner, "{}_x.sql")
    root /= runner
    root.mkdir(exist_ok=True)
    for number, text in enumerate(files, 1):
        head = "-- migrate:up\n" if runner == "dbmate" else ""
        (root / name.format(number)).write_text(head + text)
    return engine.open([root], SETTINGS._replace(runner=runner, rerun=rerun))


def is_there(view: View, name: str, schema: str) -> bool:
    return view.as_made.presence(Ref(Space.RELATION, name, schema)) == "present"


RUNNERS = {
    "psql": "new",
    "yoyo": "new",
    "flyway": "reset",
    "dbmate": "kept",
    "golang-migrate": "kept",
    "drizzle": "transaction",
}


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_temporary_table_is_not_in_the_way_of_a_permanent_one(
    runner: str, tmp_path: Path
) -> None:
    files = ["CREATE TEMP TABLE t (id int);", "CREATE TABLE IF NOT EXISTS t (id int);"]
    assert is_there(after(tmp_path, runner, *files), "t", "public")
    assert verdicts(tmp_path, runner, *files) == [["safe"], ["safe"]]


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("local", ["", "LOCAL "])
def test_where_the_next_file_makes_a_table(runner: str, local: str, tmp_path: Path) -> None:
    files = ["CREATE SCHEMA s;", f"SET {local}search_path = s, public;", "CREATE TABLE u (id int);"]
    goes_on = {"transaction"} if local else {"transaction", "kept"}
    schema = "s" if RUNNERS[runner] in goes_on else "public"
    assert is_there(after(tmp_path, runner, *files), "u", schema)


@pytest.mark.parametrize("runner", RUNNERS)
def test_the_rerun_of_the_folder_finds_the_same(runner: str, tmp_path: Path) -> None:
    files = [
        "CREATE SCHEMA IF NOT EXISTS s;",
        "SET search_path = s, public;",
        "CREATE TABLE u (id int);",
        "DROP TABLE s.u;",
    ]
    # Made in s and dropped there, or made in public, where it stays.
    expected = "safe" if RUNNERS[runner] in {"transaction", "kept"} else "fails 42P07"
    assert verdicts(tmp_path, runner, *files, rerun="folder")[2] == [expected]


def test_the_rerun_of_a_file_is_a_session_of_its_own(tmp_path: Path) -> None:
    """The first run was in s; this one is in public, where it makes one more."""
    files = ["SET search_path = s, public;", "CREATE TABLE u (id int);"]
    assert verdicts(tmp_path, "golang-migrate", *files)[1] == ["repeats"]
    assert verdicts(tmp_path, "psql", *files)[1] == ["fails 42P07"]
