"""`idemlint replay --stopped-at FILE:LINE`: the story of a run that stopped, and what is no place for one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.conftest import Result, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]

UP = (
    "-- migrate:up\n"
    "CREATE TABLE a (id int);\n"
    "\n"
    "ALTER TABLE a ADD COLUMN b int; ALTER TABLE a ADD COLUMN c int;\n"
    "-- migrate:down\n"
    "DROP TABLE a;\n"
)


@pytest.fixture
def plain(here: Path) -> None:
    """A file that psql sends statement by statement."""
    write(
        "m/1.sql",
        "CREATE TABLE a (id int);\nALTER TABLE a\n  ADD COLUMN b int;\n\nCREATE TABLE c (id int);\n",
    )


@pytest.mark.usefixtures("plain")
class TestTheStory:
    def test_for_people(self, idemlint: Idemlint) -> None:
        result = idemlint("replay", "--stopped-at", "m/1.sql:3")
        assert result.code == 0
        assert [line for line in result.out.splitlines() if line and not line.startswith(" ")] == [
            "m/1.sql  psql",
            "Stopped at",
            "Ran and stays: 1 statement",
            "Ran and was taken back: nothing",
            "Never ran: 1 statement",
            "The rerun begins at line 1, and stops first at",
            "The runner's journal",
        ]
        assert "  1  42P07  CREATE TABLE a (id int)\n" in result.out

    def test_as_json(self, idemlint: Idemlint) -> None:
        result = idemlint("replay", "--stopped-at", "m/1.sql:2", "--output-format", "json", "m")
        told = json.loads(result.out)["stopped_at"]
        assert list(told) == [
            *("filename", "runner", "statement", "exact", "note", "about"),
            *("stays", "taken_back", "never_ran", "earlier_files", "rerun", "journal"),
        ]
        assert (told["filename"], told["runner"]) == ("m/1.sql", "psql")
        assert told["statement"] == {
            "filename": "m/1.sql",
            "index": 1,
            "row": 2,
            "start": 25,
            "end": 57,
            "kind": "AlterTableStmt",
        }
        assert (told["exact"], told["note"]) == (True, None)
        assert [each["index"] for each in told["stays"]["statements"]] == [0]
        assert [each["index"] for each in told["never_ran"]["statements"]] == [2]
        assert list(told["rerun"]) == ["begins", "hits", "repeats", "unknown"]
        hits = told["rerun"]["hits"]
        assert (hits["index"], hits["sqlstate"], hits["condition"]) == (
            0,
            "42P07",
            "duplicate_table",
        )
        assert list(told["journal"]) == ["says", "commands"]

    def test_into_a_file(self, idemlint: Idemlint, here: Path) -> None:
        idemlint("replay", "--stopped-at", "m/1.sql:2", "--output-file", "json:told.json", "m")
        assert json.loads((here / "told.json").read_text())["stopped_at"]["runner"] == "psql"

    def test_between_two_statements_the_next_one_is_taken(self, idemlint: Idemlint) -> None:
        result = idemlint("replay", "--stopped-at", "m/1.sql:4", "m")
        assert "Line 4 is in no statement: the next one, on line 5, is taken." in result.out
        assert "  5  CREATE TABLE c (id int)\n" in result.out


def test_of_several_statements_on_a_line_the_first_is_taken(idemlint: Idemlint, here: Path) -> None:
    write("m/1_a.sql", UP)
    result = idemlint("replay", "--stopped-at", "m/1_a.sql:4", "m")
    said = " ".join(result.out.split())
    assert "Line 4 has 2 statements: the one that begins at column 1 is taken." in said
    third = idemlint("replay", "--stopped-at", "m/1_a.sql:4:33", "--output-format", "json", "m")
    assert json.loads(third.out)["stopped_at"]["statement"]["index"] == 2


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("gone.sql:3", "no migration here is called `gone.sql`"),
        ("1_b.sql:3", "(did you mean `m/1_a.sql`?)"),
        ("1_a.sql:99", "m/1_a.sql has 6 lines: there is no line 99"),
        ("1_a.sql:6", "m/1_a.sql: line 6 is in the down section, which does not run in a deploy"),
        ("1_a.sql:5", "line 5 is behind the last statement that is applied"),
        ("1_a.sql", "`1_a.sql` is not FILE:LINE, such as 0002_orders.sql:17"),
        ("1_a.sql:0", "there is no line 0"),
    ],
)
def test_what_is_no_place_is_2_and_says_why(
    idemlint: Idemlint, here: Path, place: str, message: str
) -> None:
    write("m/1_a.sql", UP)
    result = idemlint("replay", "--stopped-at", place, "m")
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize("option", ["--effects", "--rerun=file"])
def test_it_is_a_rerun_by_itself(idemlint: Idemlint, here: Path, option: str) -> None:
    write("m/1_a.sql", UP)
    result = idemlint("replay", "--stopped-at", "1_a.sql:2", option, "m")
    assert result.code == 2
    assert "--stopped-at is a rerun by itself" in result.err
