"""Files that their runner does not read, and folders whose files disagree: never a silent pass."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, GOOD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("here")


def found(result: Result) -> dict[str, set[str]]:
    """The codes of each file, of a run with `--output-format json`."""
    codes: dict[str, set[str]] = {}
    for finding in json.loads(result.out):
        codes.setdefault(finding["filename"], set()).add(finding["code"])
    return codes


def test_three_plain_files_beside_one_with_a_marker(idemlint: Idemlint) -> None:
    write("m/004_d.sql", f"-- +migrate Up\n{GOOD}")
    plain = [write(f"m/00{number}_{name}.sql", GOOD) for number, name in enumerate("abc", 1)]
    result = idemlint("m", "--output-format", "json")
    assert result.code == 1
    assert found(result) == {path.as_posix(): {"IDM821"} for path in plain}
    assert "1 of 4 files here have such a line" in result.out


@pytest.mark.parametrize("runner", ["goose", "dbmate", "sql-migrate"])
def test_unmarked_sql_for_a_runner_that_was_named(idemlint: Idemlint, runner: str) -> None:
    write("m/1_a.sql", GOOD)
    result = idemlint("--runner", runner, "m", "--output-format", "json")
    assert (result.code, found(result)) == (1, {"m/1_a.sql": {"IDM821"}})


def test_a_comment_that_begins_as_the_marker_does(idemlint: Idemlint) -> None:
    write("m/1_a.sql", f"-- +goose Up\n{GOOD}")
    write("m/2_b.sql", f"-- +goose Up: the second one\n{GOOD}")
    result = idemlint("m")
    assert result.code == 1
    assert "goose stops with an error at this file: no line of it is `-- +goose Up`" in result.out
    assert "(`-- +goose Up: the second one` is another thing)" in result.out


def test_what_a_file_says_is_shown_without_its_control_characters(idemlint: Idemlint) -> None:
    write("m/1_a.sql", f"-- +goose Up\n{GOOD}")
    write("m/2_b.sql", f"-- +goose Up\x1b[2J\u202e\n{GOOD}")
    result = idemlint("m", "--output-format", "concise")
    assert "IDM821" in result.out
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out


def test_a_letter_behind_the_number_under_supabase(idemlint: Idemlint) -> None:
    write("supabase/migrations/008_a.sql", GOOD)
    write("supabase/migrations/008b_x.sql", GOOD)
    result = idemlint("supabase", "--output-format", "json")
    assert found(result) == {"supabase/migrations/008b_x.sql": {"IDM821"}}


def test_a_name_that_says_that_it_undoes_what_is_not_there(idemlint: Idemlint) -> None:
    write("m/001_a.sql", GOOD)
    write("m/002_scale_down.sql", GOOD)
    write("m/001_a_down.sql", "DROP TABLE users;\n")
    result = idemlint("m", "--output-format", "json")
    assert found(result) == {"m/002_scale_down.sql": {"IDM821"}}


def test_it_can_be_said_that_a_file_is_run_by_hand(idemlint: Idemlint) -> None:
    write("supabase/migrations/008b_x.sql", f"-- idemlint: ignore-file[IDM821] by hand\n{GOOD}")
    result = idemlint("supabase")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("asked", [".", "9999_index.sql"])
def test_one_file_with_breakpoints_and_one_without(idemlint: Idemlint, asked: str) -> None:
    write("0000_a.sql", f"{GOOD}--> statement-breakpoint\nSELECT 1;\n")
    write("9999_index.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (id);\n")
    result = idemlint(asked, "--output-format", "json")
    assert result.code == 1
    assert {"IDM501", "IDM825"} <= found(result)["9999_index.sql"]
    assert "1 of 2 files in this folder is marked as Drizzle's" in result.out
    named = idemlint(asked, "--runner", "drizzle", "--output-format", "json")
    assert "IDM825" not in named.out
    assert "IDM501" in named.out


def test_it_is_said_once_a_folder(idemlint: Idemlint) -> None:
    write("0000_a.sql", f"{GOOD}--> statement-breakpoint\nSELECT 1;\n")
    for number in range(1, 5):
        write(f"000{number}_b.sql", GOOD)
    result = idemlint(".", "--output-format", "concise")
    assert result.out.count("IDM825") == 1
    assert result.out.startswith("0004_b.sql:1:1: IDM825")


@pytest.mark.parametrize("runner", ["goose", "auto"])
def test_what_comes_from_standard_input_has_no_name_to_go_by(
    idemlint: Idemlint, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    text = f"-- +goose Up\n{BAD}".encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    result = idemlint("--runner", runner, "-", "--output-format", "json")
    assert found(result) == {"<stdin>": {"IDM101"}}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    result = idemlint("--runner", runner, "-", "--output-format", "json")
    assert found(result) == ({"<stdin>": {"IDM821"}} if runner == "goose" else {})


def test_what_only_undoes_is_no_finding_of_a_folder(idemlint: Idemlint) -> None:
    for name in ("1_a.up.sql", "1_a.down.sql"):
        write(f"m/{name}", GOOD)
    assert idemlint("m").code == 0
    assert Path("m/1_a.down.sql").exists()
