"""`--rerun redo`: both halves are shown, and what is found stands where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.conftest import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Result

    Idemlint = Callable[..., Result]

UP = "CREATE TYPE mood AS ENUM ('calm');\nCREATE TABLE people (id int, mood mood);\n"
DOWN = "DROP TYPE mood;\nDROP TABLE people;\n"


@pytest.fixture
def pair(idemlint: Idemlint) -> Idemlint:
    """A folder of golang-migrate."""
    write("idemlint.toml", 'runner = "golang-migrate"\n')
    write("migrations/1_people.up.sql", UP)
    write("migrations/1_people.down.sql", DOWN)
    return idemlint


def test_the_json_of_the_promise(pair: Idemlint) -> None:
    result = pair("replay", "--rerun", "redo", "--output-format", "json", "migrations")
    up, down = json.loads(result.out)["files"]
    assert (up["filename"], down["filename"]) == (
        "migrations/1_people.up.sql",
        "migrations/1_people.down.sql",
    )
    assert list(down) == ["filename", "runner", "undoes", "statements"]
    assert down["undoes"] == up["filename"]
    create, _ = up["statements"]
    drop, _ = down["statements"]
    assert list(drop)[-3:] == ["half", "leaves", "loses"]
    assert (create["half"], create["rerun"], create["sqlstate"]) == ("up", "redo", "42710")
    assert (drop["half"], drop["rerun"], drop["sqlstate"]) == ("down", "redo", "2BP01")
    assert (drop["codes"], drop["leaves"], drop["loses"]) == (["IDM811"], ["type mood"], [])


def test_other_reruns_have_no_halves(pair: Idemlint) -> None:
    result = pair("replay", "--output-format", "json", "migrations")
    (file,) = json.loads(result.out)["files"]
    assert "half" not in file["statements"][0]


def test_the_table_shows_both_halves(pair: Idemlint) -> None:
    result = pair("replay", "--rerun", "redo", "migrations")
    assert "golang-migrate, rolls back migrations/1_people.up.sql" in result.out
    assert "up    fails           42710" in result.out
    assert "down  fails           2BP01" in result.out
    assert "the rollback leaves type mood" in result.out
    assert "4 statements in 2 files: 2 safe, 2 fails" in result.out


def test_the_account_counts_what_rolls_back(pair: Idemlint) -> None:
    assert "1 file checked, 1 down" in pair("migrations").out
    assert "2 files checked" in pair("--rerun", "redo", "migrations").out


def test_what_is_found_stands_in_the_file_that_rolls_back(pair: Idemlint) -> None:
    found = pair("--rerun", "redo", "--output-format", "json", "migrations")
    assert [(each["code"], each["filename"], each["rerun"]) for each in json.loads(found.out)] == [
        ("IDM104", "migrations/1_people.up.sql", "redo"),
        ("IDM811", "migrations/1_people.down.sql", "redo"),
    ]


def test_who_asks_about_the_file_hears_of_its_rollback(pair: Idemlint) -> None:
    found = pair("--rerun", "redo", "--output-format", "concise", "migrations/1_people.up.sql")
    assert "migrations/1_people.down.sql:1:1: IDM811" in found.out


def test_a_comment_suppresses_it_and_is_idle_nowhere(pair: Idemlint) -> None:
    write(
        "migrations/1_people.down.sql",
        f"-- idemlint: ignore[IDM811] nobody rolls back\n{DOWN}",
    )
    write("migrations/1_people.up.sql", f"-- idemlint: ignore[IDM104] known\n{UP}")
    assert "IDM" not in pair("--rerun", "redo", "--output-format", "concise", "migrations").out
    write("migrations/1_people.down.sql", "DROP TABLE people; DROP TYPE mood;")
    assert "IDM007" not in pair("--rerun", "redo", "migrations").out


def test_a_comment_for_rollbacks_is_not_idle_elsewhere(idemlint: Idemlint) -> None:
    write(
        "migrations/001_x.sql",
        "-- +goose Up\n-- idemlint: ignore[IDM812] meant\nCREATE TABLE IF NOT EXISTS t (id int);\n",
    )
    assert "IDM007" not in idemlint("--select", "ALL", "migrations").out


def test_what_a_rollback_leaves_is_told_where_it_is_wanted(pair: Idemlint) -> None:
    write("migrations/1_people.down.sql", "DROP TABLE people;")
    command = ("--rerun", "redo", "--output-format", "concise", "migrations")
    assert "IDM812" not in pair(*command).out
    assert "1_people.up.sql:1:1: IDM812 the rollback leaves type mood behind" in (
        pair("--extend-select", "IDM812", *command).out
    )


def test_a_fix_is_proved_there_too(pair: Idemlint) -> None:
    write("migrations/1_people.down.sql", "DROP TABLE people;")
    result = pair("--fix", "--fix-applied", "--rerun", "redo", "migrations")
    assert result.code == 0
    assert "Found" not in result.out


def test_several_processes_say_the_same(pair: Idemlint) -> None:
    for folder in "ab":
        write(f"{folder}/1_x.up.sql", UP)
        write(f"{folder}/1_x.down.sql", DOWN)
    command = ("--rerun", "redo", "--output-format", "concise", "a", "b")
    assert pair(*command, "--jobs", "1").out == pair(*command, "--jobs", "2").out
