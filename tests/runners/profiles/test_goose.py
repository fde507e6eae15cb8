"""goose: cuts at line ends, blind to bodies; StatementBegin and NO TRANSACTION."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from runners.words import Folder, misleads, opt_out, sections, sent, torn, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
UP = "-- +goose Up\n"
OFF = "-- +goose NO TRANSACTION\n"
BODY = "DO $$\nBEGIN\n  PERFORM 1;\nEND $$;\n"
BEGIN, END = "-- +goose StatementBegin\n", "-- +goose StatementEnd\n"


def test_its_annotations_give_it_away(folder: Folder) -> None:
    folder.write({"db/001_a.sql": f"{UP}SELECT 1;\n", "db/20240101_b.sql": "-- +GOOSE up\n"})
    assert folder.runners() == {"goose"}


def test_up_and_down() -> None:
    sql = f"{UP}CREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n"
    assert sections("goose", sql) == [
        ("up", "CREATE TABLE a ();\n"),
        ("down", "DROP TABLE a;\n"),
    ]


def test_up_is_one_transaction_and_down_another() -> None:
    sql = f"{UP}SELECT 1;\nSELECT 2;\n-- +goose Down\nSELECT 3;\n"
    assert sent("goose", sql) == ["0 transaction!", "0 transaction!", "1 transaction!"]


def test_no_transaction_anywhere_frees_the_whole_file() -> None:
    sql = f"{UP}SELECT 1;\n{CIC}\n-- +goose Down\nSELECT 2;\n{OFF}"
    assert sent("goose", sql) == ["0 none", "1 none", "2 none"]


def test_a_line_or_a_statement_block_is_one_message_even_then() -> None:
    assert sent("goose", f"{OFF}{UP}SELECT 1; {CIC}\n") == ["0 message!"] * 2
    assert sent("goose", f"{OFF}{UP}{BEGIN}SELECT 1;\n{CIC}\n{END}") == ["0 message!"] * 2


def test_after_a_commit_the_rest_goes_line_by_line() -> None:
    sql = f"{UP}SELECT 1;\nCOMMIT;\n{CIC}\nSELECT 2;\n"
    assert sent("goose", sql) == ["0 transaction!", "0 transaction!", "1 none", "2 none"]


def test_a_body_is_torn_where_a_line_ends_in_a_semicolon() -> None:
    assert torn("goose", UP + BODY) == ["END $$"]
    assert torn("goose", f"{UP}{BEGIN}{BODY}{END}") == []
    assert torn("goose", f"{UP}DO $$ BEGIN PERFORM 1; END $$;\n") == []
    assert torn("goose", f"{UP}DO $$\nBEGIN\n  PERFORM 1; -- one\nEND $$;\n") == ["END $$"]


@pytest.mark.parametrize(
    "near",
    ["-- +goose NOTRANSACTION", "  -- +goose NO TRANSACTION", "-- +goose NO TRANSACTION please"],
)
def test_near_misses(near: str) -> None:
    assert opt_out("goose", f"{near}\n{UP}{CIC}\n") is None
    assert misleads("goose", f"{near}\n{UP}{CIC}\n") == [near.strip("\n")]


def test_the_fix_writes_the_directive_before_up() -> None:
    assert with_directive("goose", f"-- why\n{UP}{CIC}\n") == f"-- why\n{OFF}{UP}{CIC}\n"


def test_a_do_block_needs_markers_and_envsub_spoils_it() -> None:
    profile = get("goose")
    assert profile.wrap == ("-- +goose StatementBegin", "-- +goose StatementEnd")
    assert profile.placeholders.when is not None
    assert profile.placeholders.breaks == r"\$\$"


def test_versions_are_numbers(folder: Folder) -> None:
    folder.write(dict.fromkeys(["10_b.sql", "2_a.sql", "README.sql"], ""))
    assert folder.order("goose") == ["2_a.sql", "10_b.sql"]
