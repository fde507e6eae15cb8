"""dbmate: a transaction a section; `transaction:false` leaves one message."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, sections, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
DOWN = "-- migrate:down\nDROP INDEX i;\n"


def test_its_markers_give_it_away(folder: Folder) -> None:
    folder.write({"db/migrations/20240101_x.sql": "-- a comment\n-- migrate:up\nSELECT 1;\n"})
    assert folder.runners() == {"dbmate"}


def test_up_and_down() -> None:
    assert sections("dbmate", f"-- migrate:up\n{CIC}{DOWN}") == [
        ("up", CIC),
        ("down", "DROP INDEX i;\n"),
    ]


def test_each_section_is_a_transaction() -> None:
    assert sent("dbmate", f"-- migrate:up\nSELECT 1;\n{CIC}{DOWN}") == [
        "0 transaction!",
        "0 transaction!",
        "1 transaction!",
    ]


def test_transaction_false_leaves_one_message() -> None:
    up = "-- migrate:up transaction:false\n"
    assert sent("dbmate", f"{up}{CIC}") == ["0 none"]
    assert sent("dbmate", f"{up}SELECT 1;\n{CIC}") == ["0 message!"] * 2


def test_it_holds_for_its_own_section() -> None:
    sql = f"-- migrate:up transaction:false\n{CIC}-- migrate:down\nSELECT 1;\n"
    assert sent("dbmate", sql) == ["0 none", "1 transaction!"]


@pytest.mark.parametrize(
    "near",
    [
        "-- migrate:up transaction: false",
        "-- migrate:up transaction=false",
        "-- migrate:up\n-- transaction:false",
    ],
)
def test_near_misses(near: str) -> None:
    assert opt_out("dbmate", f"{near}\n{CIC}") is None
    assert misleads("dbmate", f"{near}\n{CIC}") == [near.split("\n")[-1]]


def test_what_works_is_no_near_miss() -> None:
    assert misleads("dbmate", f"-- migrate:up transaction:false\n{CIC}{DOWN}") == []


def test_the_fix_adds_the_option() -> None:
    fixed = f"-- migrate:up transaction:false\r\n{CIC}"
    assert with_directive("dbmate", f"-- migrate:up\r\n{CIC}") == fixed
