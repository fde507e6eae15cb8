"""A run that stops in the midst of a folder, on a server: what stays, and what the rerun meets first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.outage.story import outage_of
from idemlint.sequence.terms import StartAfter
from idemlint.settings import Settings

from .server import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .server import Database

pytestmark = pytest.mark.server

#: A file: its statements, each on a line of its own.
File = list[str]
#: How a runner sends the statements of its files; says the file and the statement that failed, with the
#: SQLSTATE, or None.
Failure = tuple[int, int, str]
Way = "Callable[[Database, Sequence[File]], Failure | None]"


def one_by_one(database: Database, files: Sequence[File]) -> Failure | None:
    """Autocommit, stopping at the first error (psql with ON_ERROR_STOP)."""
    with database.connect() as connection:
        for place, file in enumerate(files):
            for index, statement in enumerate(file):
                if (sqlstate := execute(connection, statement)) is not None:
                    return place, index, sqlstate
    return None


def a_transaction_each(database: Database, files: Sequence[File]) -> Failure | None:
    """BEGIN, the file, COMMIT."""
    with database.connect() as connection:
        for place, file in enumerate(files):
            failure = _in_transaction(connection, [file], place)
            if failure is not None:
                return failure
    return None


def one_transaction(database: Database, files: Sequence[File]) -> Failure | None:
    """BEGIN, all files, COMMIT."""
    with database.connect() as connection:
        return _in_transaction(connection, files, 0)


def _in_transaction(connection: object, files: Sequence[File], first: int) -> Failure | None:
    execute(connection, "BEGIN")  # type: ignore[arg-type]
    for place, file in enumerate(files, first):
        for index, statement in enumerate(file):
            if (sqlstate := execute(connection, statement)) is not None:  # type: ignore[arg-type]
                execute(connection, "ROLLBACK")  # type: ignore[arg-type]
                return place, index, sqlstate
    execute(connection, "COMMIT")  # type: ignore[arg-type]
    return None


def a_message_each(database: Database, files: Sequence[File]) -> Failure | None:
    """The file is one message; the server does not say which statement it was that failed, but which
    ones are there to fail is known: the first whose turn it is in a message of its own prefix."""
    for place, file in enumerate(files):
        with database.copy() as tried:
            index = _fails_in_message(tried, file)
        sqlstate = database.send(";\n".join(file))
        if sqlstate is not None:
            return place, index, sqlstate
    return None


def _fails_in_message(database: Database, file: File) -> int:
    for number in range(1, len(file) + 1):
        with database.copy() as copied:
            # A last statement that holds the message open, so that it has several.
            if copied.send(";\n".join([*file[:number], "SELECT 1"])) is not None:
                return number - 1
    return len(file)


ROWS = "CREATE TABLE people (id int); INSERT INTO people VALUES (1), (1)"
STOPS = "ALTER TABLE people ADD COLUMN phone text NOT NULL"

#: Name → how it is run, the runner's name, what was there before, the files. The last file is where it stops.
SHAPES: dict[str, tuple[Callable[..., Failure | None], str, list[File], str]] = {
    "plain": (
        one_by_one,
        "psql",
        [["CREATE TABLE a (id int)", "CREATE TABLE b (id int)", STOPS, "CREATE TABLE c (id int)"]],
        "stays",
    ),
    "plain, guarded": (
        one_by_one,
        "psql",
        [["CREATE TABLE IF NOT EXISTS a (id int)", "UPDATE people SET id = id + 1", STOPS]],
        "stays",
    ),
    "plain, what it dropped is gone": (
        one_by_one,
        "psql",
        [["CREATE TABLE IF NOT EXISTS a (id int)", "ALTER TABLE a RENAME TO b", "DROP TABLE b", STOPS]],
        "stays",
    ),
    "plain, a column that went": (
        one_by_one,
        "psql",
        [
            ["CREATE TABLE a (id int, old int)"],
            ["ALTER TABLE a DROP COLUMN old", "CREATE TABLE b (id int)", STOPS],
        ],
        "stays",
    ),
    "a transaction": (
        a_transaction_each,
        "goose",
        [["CREATE TABLE a (id int)"], ["CREATE TABLE b (id int)", STOPS]],
        "undone",
    ),
    "one transaction": (
        one_transaction,
        "drizzle",
        [["CREATE TABLE a (id int)"], ["CREATE TABLE b (id int)", STOPS]],
        "undone",
    ),
    "one transaction that the file ended": (
        one_transaction,
        "drizzle",
        [["CREATE TABLE a (id int)"], ["CREATE TABLE b (id int)", "COMMIT", "SELECT 1", STOPS]],
        "stays",
    ),
    "one transaction that an earlier file ended": (
        one_transaction,
        "drizzle",
        [
            ["CREATE TABLE a (id int)", "COMMIT", "CREATE TABLE z (id int)"],
            ["CREATE TABLE b (id int)", STOPS],
        ],
        "stays",
    ),
    "a message": (
        a_message_each,
        "golang-migrate",
        [["CREATE TABLE a (id int)"], ["CREATE TABLE b (id int)", STOPS]],
        "undone",
    ),
    "a message with a COMMIT": (
        a_message_each,
        "golang-migrate",
        [["CREATE TABLE b (id int)", "COMMIT", "CREATE TABLE c (id int)", STOPS]],
        "both",
    ),
    "authored transactions": (
        one_by_one,
        "psql",
        [
            [
                *("BEGIN", "CREATE TABLE IF NOT EXISTS a (id int)", "COMMIT"),
                *("BEGIN", "CREATE TABLE b (id int)", STOPS, "COMMIT"),
            ]
        ],
        "both",
    ),
    "concurrently, the index that failed stays": (
        one_by_one,
        "psql",
        [["CREATE INDEX IF NOT EXISTS i ON people (id)", "CREATE UNIQUE INDEX CONCURRENTLY u ON people (id)"]],  # noqa: E501
        "stays",
    ),
    "concurrently before": (
        one_by_one,
        "goose",
        [["CREATE INDEX CONCURRENTLY i ON people (id)", STOPS]],
        "stays",
    ),
    "a DO block that looks first": (
        one_by_one,
        "psql",
        [
            [
                "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",  # noqa: E501
                "CREATE TYPE size AS ENUM ('s')",
                STOPS,
            ]
        ],
        "stays",
    ),
}  # fmt: skip


def written(folder: Path, runner: str, way: object, files: Sequence[File]) -> list[Path]:
    """The folder as the runner has it; a header is one line, or two, before the statements."""
    header = ""
    if runner == "goose":
        header = "-- +goose Up\n"
        if way is one_by_one:
            header = "-- +goose NO TRANSACTION\n-- +goose Up\n"
    names = []
    for number, file in enumerate(files):
        up = ".up" if runner == "golang-migrate" else ""
        path = folder / f"{number:04}_x{up}.sql"
        between = ";--> statement-breakpoint\n" if runner == "drizzle" else ";\n"
        path.write_text(header + between.join(file) + ";\n")
        names.append(path)
    return names


@pytest.mark.parametrize("shape", SHAPES)
def test_the_rerun_meets_what_is_told(database: Database, tmp_path: Path, shape: str) -> None:
    way, runner, files, fate = SHAPES[shape]
    names = written(tmp_path, runner, way, files)
    with database.connect() as connection:
        for statement in ROWS.split("; "):
            assert execute(connection, statement) is None
    first = way(database, files)
    assert first is not None
    place, index, _ = first
    assert place == len(files) - 1
    header = names[place].read_text().split(files[place][0], maxsplit=1)[0].count("\n")
    pending = runner == "drizzle"
    if pending:
        # All of them were pending: what was applied is a file before these.
        (tmp_path / "0000_a.sql").write_text("SELECT 1;\n")
    start = (StartAfter("0000_a.sql", str(tmp_path)),) if pending else ()
    settings = Settings(frozenset(), str(tmp_path), runner, start_after=start)
    folder = engine.open([tmp_path], settings)
    (sequence,) = folder
    outage = outage_of(sequence.stopped(str(names[place]), header + 1 + index))
    assert outage.at.index == index

    # What is there now is what is told to stay.
    told = {
        "stays": bool(outage.stays.steps) and not outage.undone.steps,
        "undone": bool(outage.undone.steps) and not outage.stays.steps,
        "both": bool(outage.undone.steps) and bool(outage.stays.steps),
    }
    assert told[fate]
    kept = {each.beginning for each in outage.stays.steps}
    for step in (*outage.stays.steps, *outage.undone.steps):
        if step.beginning.startswith("CREATE TABLE ") and "DROP TABLE b" not in files[-1]:
            assert _is_there(database, step.beginning) is (step.beginning in kept)

    # A runner with a journal has the files before this one behind it, unless they were taken back too.
    begins = next(
        number for number, name in enumerate(names) if str(name).endswith(outage.begins.filename)
    )
    again = way(database, files[begins:])
    assert again is not None
    expected = outage.hits or outage.at
    at = (begins + again[0], again[1])
    assert at == (
        next(n for n, name in enumerate(names) if str(name).endswith(expected.filename)),
        expected.index,
    )
    if outage.hits is not None:
        assert outage.hits.sqlstate == again[2]
    elif again[2] != first[2]:
        # It fails otherwise than before: then that was told.
        assert again[2] in outage.about


def _is_there(database: Database, create: str) -> bool:
    name = create.split("(")[0].split()[-1]
    with database.connect() as connection:
        (found,) = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone() or (
            None,
        )
    return bool(found)
