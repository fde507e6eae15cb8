"""First runs beyond one look at a folder: texts that change, orders that are guessed, files that have run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from idemlint.replay.judge.first import is_asked
from idemlint.report import outlooks
from idemlint.report.full import plain
from idemlint.sequence.first import first_run
from idemlint.sequence.terms import StartAfter

from .asking import FOLDER, opened, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint import engine
    from idemlint.analysis.file_report import FileReport

TABLE = "CREATE TABLE t (id int);\n"
INDEX = "CREATE INDEX i ON t (id);\n"


def told(folder: engine.Folder, name: str) -> list[str]:
    sequence = folder.sequence_of(f"{FOLDER}/{name}")
    assert sequence is not None
    rows = sequence.report(f"{FOLDER}/{name}").statements
    return [each.first.verdict + (each.first.sqlstate or "") for each in rows if each.first]


def test_a_later_file_that_changes_changes_what_is_said_of_an_earlier_one() -> None:
    folder = opened({"1.sql": INDEX, "2.sql": "SELECT 1;\n"})
    assert told(folder, "1.sql") == ["unknown"]
    assert told(folder, "2.sql") == ["runs"]
    moved = folder.update({f"{FOLDER}/2.sql": TABLE.encode()})
    assert f"{FOLDER}/1.sql" in moved
    assert told(folder, "1.sql") == ["fails42P01"]
    folder.update({f"{FOLDER}/2.sql": b"SELECT 2;\n"})
    assert told(folder, "1.sql") == ["unknown"]


def test_what_is_said_after_changes_is_what_is_said_of_a_new_folder() -> None:
    files = {"1.sql": TABLE, "2.sql": "ALTER TABLE t ADD COLUMN x int;\n", "3.sql": TABLE}
    folder = opened(files)
    for name, text in (
        ("1.sql", "CREATE TABLE t (id int, x int);\n"),
        ("3.sql", "DROP TABLE t;\n"),
        ("2.sql", "CREATE INDEX ON t (y);\nCREATE TABLE u (id int, PRIMARY KEY (no));\n"),
        ("3.sql", "ALTER TABLE u ADD COLUMN z int;\n"),
    ):
        files[name] = text
        folder.update({f"{FOLDER}/{name}": text.encode()})
        new = opened(files)
        assert [told(folder, each) for each in files] == [told(new, each) for each in files]


def test_the_row_of_who_is_to_blame_is_the_row_of_now() -> None:
    folder = opened({"1.sql": INDEX, "2.sql": TABLE})
    name = f"{FOLDER}/1.sql"

    def row() -> tuple[str, int] | None:
        sequence = folder.sequence_of(name)
        assert sequence is not None
        first = sequence.report(name).statements[0].first
        assert first is not None
        return first.because

    assert row() == (f"{FOLDER}/2.sql", 1)
    folder.update({f"{FOLDER}/2.sql": b"\n\n" + TABLE.encode()})
    assert row() == (f"{FOLDER}/2.sql", 3)


def test_nothing_rests_on_a_guessed_order() -> None:
    assert said({"b.sql": INDEX, "make.sql": TABLE}) == ["unknown", "runs"]
    assert said(
        {"a.sql": TABLE, "b.sql": "ALTER TABLE t DROP COLUMN id;\nCREATE INDEX ON t (id);\n"}
    )[2] == ("unknown")


def test_made_twice_is_certain_in_any_order_unless_somebody_drops_it() -> None:
    assert said({"a.sql": TABLE, "b.sql": TABLE}) == ["runs", "fails 42P07 by 1"]
    files = {"a.sql": TABLE, "b.sql": TABLE, "c.sql": "DROP TABLE t;\n"}
    assert said(files) == ["runs", "unknown", "runs"]


def test_what_nobody_makes_is_never_said_to_be_missing() -> None:
    files = {"1.sql": "ALTER TABLE old ADD COLUMN a int;\nCREATE INDEX ON old (b);\n"}
    assert said(files) == ["unknown", "unknown"]


def test_where_something_was_there_before_a_guarded_maker_proves_nothing() -> None:
    guarded = {"1.sql": INDEX, "2.sql": "CREATE TABLE IF NOT EXISTS t (id int);\n"}
    assert said(guarded) == ["fails 42P01 by 2", "runs"]
    assert said({**guarded, "3.sql": "TRUNCATE old;\n"})[0] == "unknown"


def test_a_file_that_has_run_has_done_its_work() -> None:
    files = {
        "1.sql": TABLE,
        "2.sql": "CREATE TABLE t (id int, x int);\n",
        "3.sql": "CREATE INDEX ON t (x);\n",
    }
    assert said(files)[2] == "fails 42703 after 2"
    start = StartAfter("2.sql", os.path.realpath(os.curdir))
    folder = opened(files, start_after=(start,))
    assert told(folder, "3.sql") == ["runs"]


@pytest.mark.faults
def test_an_error_of_ours_costs_its_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(first_run, "first", fails)
    folder = opened({"1.sql": TABLE})
    assert told(folder, "1.sql") == ["unknown"]


@pytest.mark.parametrize(
    ("sqlstate", "asked"),
    [("42P07", True), ("25001", False), ("55P04", False), ("23505", False), ("P0001", False)],
)
def test_what_is_asked(sqlstate: str, asked: bool) -> None:
    assert is_asked(sqlstate) is asked


def outlook(files: dict[str, str], runner: str) -> str:
    reports: Sequence[FileReport] = list(opened(files, runner=runner).reports())
    return plain(outlooks.outlooks(reports, None)).replace(f"{FOLDER}/", "").rstrip()


TWICE = {
    "0001_a.up.sql": TABLE,
    "0002_b.up.sql": f"SELECT 1;\n{TABLE}",
    "0003_c.up.sql": "SELECT 1;\n",
}


@pytest.mark.parametrize(
    ("files", "runner", "line"),
    [
        ({"0001_a.sql": TABLE}, "psql", "the file runs."),
        ({"0001_a.sql": TABLE, "0002_b.sql": INDEX}, "psql", "all 2 files run."),
        (
            {"0001_a.sql": TABLE, "0002_b.sql": TABLE},
            "psql",
            "1 statement fails, the first at 0002_b.sql:1 (42P07).",
        ),
        (
            TWICE,
            "golang-migrate",
            "stops at 0002_b.up.sql:2 (42P07); 1 file before it stays, nothing of it stays.",
        ),
        (
            {"0001_a.sql": TABLE, "0002_b.sql": TABLE, "0003_c.sql": INDEX},
            "drizzle",
            "stops at 0002_b.sql:1 (42P07); nothing of the 2 pending files stays.",
        ),
        (
            {"0001_a.sql": "ALTER TABLE old ADD COLUMN a int;\n"},
            "psql",
            "cannot tell: 1 statement of which it is not known whether it runs.",
        ),
    ],
)
def test_how_far_a_new_database_comes(files: dict[str, str], runner: str, line: str) -> None:
    assert outlook(files, runner) == f"On an empty database: {line}"
