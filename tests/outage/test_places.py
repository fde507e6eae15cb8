"""From the row that a log tells to the row of the file."""

from __future__ import annotations

import pytest

from idemlint.outage.places import names_of, rows_of
from idemlint.outage.reading import Failure

TEXT = "-- a\nCREATE TABLE a (id int);\nALTER TABLE a\n  ADD COLUMN b nope;\nSELECT 1;\n"
FAILED = Failure(1, "")


def test_a_row_of_the_file_is_that_row() -> None:
    assert rows_of(TEXT, FAILED._replace(row=4), ()) == (4,)


def test_a_row_of_a_block_counts_from_the_line_that_begins_it() -> None:
    failure = FAILED._replace(row=2, rows="block")
    assert rows_of(TEXT, failure, [(3, 5)]) == (4,)


def test_a_row_that_only_one_block_has_is_in_that_one() -> None:
    failure = FAILED._replace(row=3, rows="block")
    assert rows_of(TEXT, failure, [(1, 2), (3, 5)]) == (5,)


def test_a_row_that_several_blocks_have_is_in_either() -> None:
    failure = FAILED._replace(row=2, rows="block")
    assert rows_of(TEXT, failure, [(1, 2), (3, 5)]) == (2, 4)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("\nALTER TABLE a\n  ADD COLUMN b nope;", 3),
        ("ALTER TABLE a\n  ADD COLUMN b nope;\n", 2),
        (TEXT, 4),
    ],
)
def test_a_row_of_the_text_that_is_printed_counts_from_its_beginning(
    statement: str, row: int
) -> None:
    failure = FAILED._replace(row=row, rows="text", statement=statement.rstrip())
    assert rows_of(TEXT, failure, ()) == (4,)


def test_line_ends_of_windows_do_not_matter() -> None:
    failure = FAILED._replace(row=2, rows="text", statement="ALTER TABLE a\n  ADD COLUMN b nope;")
    assert rows_of(TEXT.replace("\n", "\r\n"), failure, ()) == (4,)


def test_a_line_that_is_shown_is_found_by_its_text() -> None:
    """libpq cuts long lines, and marks the cuts."""
    assert rows_of(TEXT, FAILED._replace(excerpt="...ADD COLUMN b nope;"), ()) == (4,)
    assert rows_of(TEXT, FAILED._replace(excerpt="ADD COLUMN b..."), ()) == (4,)


def test_a_line_that_is_there_twice_is_nowhere() -> None:
    assert rows_of(TEXT + TEXT, FAILED._replace(excerpt="  ADD COLUMN b nope;"), ()) == ()


def test_a_short_piece_may_stand_anywhere() -> None:
    assert rows_of(TEXT, FAILED._replace(excerpt="1;"), ()) == ()


def test_a_line_that_is_shown_tells_which_of_several_rows_it_is() -> None:
    failure = FAILED._replace(row=2, rows="block", excerpt="ADD COLUMN b nope;")
    assert rows_of(TEXT, failure, [(1, 2), (3, 5)]) == (4,)


def test_a_text_that_is_not_in_the_file_has_no_row_there() -> None:
    failure = FAILED._replace(row=1, rows="text", statement="DROP TABLE users;")
    assert rows_of(TEXT, failure, ()) == ()


@pytest.mark.parametrize(
    "message",
    [
        'relation "orders" already exists',
        "Relation »orders« existiert bereits",
        "la relation « orders » existe déjà",
        "la relación «orders» ya existe",
        r"relation \"orders\" already exists",
    ],
)
def test_names_in_the_marks_of_each_language(message: str) -> None:
    assert names_of(message) == ("orders",)
