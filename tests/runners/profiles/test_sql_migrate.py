"""sql-migrate: cuts as goose does; `notransaction` on the section that it is for."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, sent, torn, with_directive

UP = "-- +migrate Up\n"
CIC = "CREATE INDEX CONCURRENTLY i ON t (a);\n"


def test_its_markers_give_it_away(folder: Folder) -> None:
    folder.write({"20240101-x.sql": f"\n{UP}SELECT 1;\n"})
    assert folder.runners() == {"sql-migrate"}


def test_up_and_down_are_transactions() -> None:
    sql = f"{UP}SELECT 1;\nSELECT 2;\n-- +migrate Down\nSELECT 3;\n"
    assert sent("sql-migrate", sql) == ["0 transaction!", "0 transaction!", "1 transaction!"]


def test_notransaction_holds_for_its_section() -> None:
    sql = f"-- +migrate Up notransaction\nSELECT 1;\n{CIC}-- +migrate Down\nSELECT 2;\n"
    assert sent("sql-migrate", sql) == ["0 none", "1 none", "2 transaction!"]


@pytest.mark.parametrize(
    "near",
    [
        "-- +migrate Up no-transaction",
        "-- +migrate Up NOTRANSACTION",
        "--+migrate Up notransaction",
    ],
)
def test_near_misses(near: str) -> None:
    assert opt_out("sql-migrate", f"{near}\n{CIC}") is None
    assert misleads("sql-migrate", f"{near}\n{CIC}") == [near]


def test_a_body_is_torn_unless_marked() -> None:
    body = "DO $$\nBEGIN\n  PERFORM 1;\nEND $$;\n"
    begin, end = "-- +migrate StatementBegin\n", "-- +migrate StatementEnd\n"
    assert torn("sql-migrate", UP + body) == ["END $$"]
    assert torn("sql-migrate", UP + begin + body + end) == []


def test_the_fix_adds_the_word() -> None:
    assert with_directive("sql-migrate", UP + CIC) == f"-- +migrate Up notransaction\n{CIC}"
