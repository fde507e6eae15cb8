"""`idemlint replay`: every statement with its verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cli.conftest import BAD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]


def test_the_json_of_the_promise(idemlint: Idemlint, bad: Path) -> None:
    bad.write_text("-- first\n" + BAD + "SELECT 1;\n")
    result = idemlint("replay", "--output-format", "json", "migrations")
    assert result.code == 0
    (file,) = json.loads(result.out)["files"]
    assert list(file) == ["filename", "runner", "statements"]
    assert file["filename"] == "migrations/0001_users.sql"
    create, select = file["statements"]
    assert list(create) == [
        *("index", "start", "end", "kind", "unit", "verdict", "sqlstate", "condition"),
        *("reason", "rerun", "codes", "first"),
    ]
    assert (create["index"], create["start"], create["end"]) == (0, 9, 48)
    assert create["kind"] == "CreateStmt"
    assert (create["verdict"], create["rerun"]) == ("fails", "file")
    assert (create["sqlstate"], create["condition"]) == ("42P07", "duplicate_table")
    assert create["codes"] == ["IDM101"]
    assert create["first"] == {
        "verdict": "runs",
        "sqlstate": None,
        "condition": None,
        "reason": "",
        "because": None,
        "follows": None,
    }
    assert create["reason"]
    assert (select["verdict"], select["sqlstate"], select["codes"]) == ("safe", None, [])


def test_it_exits_0_whatever_the_verdicts(idemlint: Idemlint, bad: Path) -> None:
    assert idemlint("replay", "migrations").code == 0


def test_it_exits_2_on_errors(idemlint: Idemlint, here: Path) -> None:
    result = idemlint("replay", "gone.sql")
    assert (result.code, "gone.sql: no such file" in result.err) == (2, True)


def test_the_table_for_people(idemlint: Idemlint, bad: Path) -> None:
    result = idemlint("replay", "migrations")
    assert "fails" in result.out
    assert "42P07" in result.out
    assert "CREATE TABLE users" in result.out
    assert "1 statement in 1 file: 1 fails" in result.out


def test_a_selection_does_not_hide_verdicts(idemlint: Idemlint, bad: Path) -> None:
    write("idemlint.toml", 'ignore = ["IDM101"]')
    result = idemlint("replay", "--output-format", "json", "migrations")
    ((statement,),) = [file["statements"] for file in json.loads(result.out)["files"]]
    assert statement["verdict"] == "fails"


GUARDED = "ALTER TABLE users ADD COLUMN IF NOT EXISTS age int;\n"


def test_effects_on_demand_for_people(idemlint: Idemlint, bad: Path) -> None:
    bad.write_text(GUARDED)
    first, _ = idemlint("replay", "migrations").out.split("\n\n")
    assert "requires" not in first
    shown, totals = idemlint("replay", "--effects", "migrations").out.split("\n\n")
    assert shown.startswith(first)
    assert [line.strip() for line in shown.removeprefix(first).splitlines() if line] == [
        "· requires table users present, else 42P01 (to alter it)",
        "· command (its guard skips all of it)",
        "· requires column age on users absent, else skip (to create it)",
        "· creates column age on users",
    ]
    command, inner = (
        next(line for line in shown.splitlines() if word in line) for word in ("command", "creates")
    )
    assert inner.index("·") == command.index("·") + 2
    assert totals == (
        "On an empty database: cannot tell: 1 statement of which it is not known whether it runs.\n"
        "1 statement in 1 file: 1 safe\n1 file checked.\n"
    )


def test_effects_on_demand_in_json(idemlint: Idemlint, bad: Path) -> None:
    bad.write_text(GUARDED + "SELECT 1;\n")
    asked = ("replay", "--output-format", "json", "migrations")
    without = json.loads(idemlint(*asked).out)
    told = json.loads(idemlint(*asked, "--effects").out)
    alter, select = (each.pop("effects") for each in told["files"][0]["statements"])
    assert told == without
    assert alter == [
        {"word": "Requires", "text": "requires table users present, else 42P01 (to alter it)"},
        {
            "word": "Command",
            "text": "command (its guard skips all of it)",
            "effects": [
                {
                    "word": "Requires",
                    "text": "requires column age on users absent, else skip (to create it)",
                },
                {"word": "Creates", "text": "creates column age on users"},
            ],
        },
    ]
    assert select == []


def test_the_effects_of_a_deep_body_are_json_too(idemlint: Idemlint, bad: Path) -> None:
    nested = "IF a THEN " * 70 + "NULL; " + "END IF; " * 70
    bad.write_text(f"DO $$ BEGIN {nested} END $$;\n")
    result = idemlint("replay", "--effects", "--output-format", "json", "migrations")
    assert (result.code, json.loads(result.out)["files"][0]["filename"] != "") == (0, True)
