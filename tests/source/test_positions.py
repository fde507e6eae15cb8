"""Rows and columns count characters from 1; offsets count bytes."""

from __future__ import annotations

import pytest

from idemlint.source.positions import Lines


@pytest.mark.parametrize(
    ("data", "offset", "row", "column"),
    [
        (b"", 0, 1, 1),
        (b"a\nb", 0, 1, 1),
        (b"a\nb", 1, 1, 2),
        (b"a\nb", 2, 2, 1),
        (b"a\r\nb", 3, 2, 1),
        (b"a\n", 2, 2, 1),
        ("größe x".encode(), 8, 1, 7),
        ("漢字\nид x".encode(), 12, 2, 4),
        (b"ab\nc", 4, 2, 2),
        (b"\xff\xffx", 2, 1, 3),  # what cannot be decoded is shown as a character each
        (b"\xef\xbb\xbfSELECT", 0, 1, 1),
        (b"\xef\xbb\xbfSELECT", 3, 1, 1),  # nobody counts a BOM as a column
        (b"\xef\xbb\xbfSELECT", 5, 1, 3),
    ],
)
def test_a_place_in_a_file(data: bytes, offset: int, row: int, column: int) -> None:
    assert Lines(data).position(offset) == (row, column, offset)


def test_places_may_be_asked_for_in_any_order() -> None:
    text = "ä" * 50 + "\n" + "ö" * 50
    offsets = [len(text[:number].encode()) for number in range(len(text))]
    lines = Lines(text.encode())
    forth = [lines.position(offset) for offset in offsets]
    back = [lines.position(offset) for offset in reversed(offsets)]
    assert forth == back[::-1]


def test_a_long_line_is_gone_through_once() -> None:
    """A generated file of one line of 2 MB, a finding on every statement: no quadratic step."""
    data = "INSERT INTO t VALUES ('ä');".encode() * 80_000
    lines = Lines(data)
    step = len(data) // 80_000
    last = [lines.position(offset) for offset in range(0, len(data), step)][-1]
    assert last.column == len(data.decode()) - 26


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("", 0, 0),
        ("SELECT |1", 0, 7),
        ("a\r\n|b", 1, 0),
        ("größe |x", 0, 6),
        ("漢字 |x", 0, 3),
        ("SELECT '🐘🐘'|", 0, 13),  # beyond the basic plane: a surrogate pair each
        ("🐘\n🐘|🐘", 1, 2),
        ("\ufeffSELECT |1", 0, 7),
    ],
)
def test_editors_count_from_nought_and_in_utf_16(text: str, row: int, column: int) -> None:
    before, _, after = text.partition("|")
    lines = Lines((before + after).encode())
    assert lines.utf16(len(before.encode())) == (row, column)


def test_what_cannot_be_decoded_is_one_unit_a_byte() -> None:
    assert Lines(b"\xff\xffx").utf16(2) == (0, 2)


def test_a_row_is_shown_without_its_line_end() -> None:
    lines = Lines("a é\r\nb\n\n\xff".encode("latin-1").replace(b"\xe9", "é".encode()))
    assert [lines.slice(*lines.bounds(row)) for row in (1, 2, 3, 4)] == ["a é", "b", "", "\ufffd"]
    assert len(lines) == 4
    assert lines.bounds(2) == (6, 7)


@pytest.mark.parametrize("data", [b"one\ntwo", b"one\r\ntwo\r\n"])
def test_the_bounds_of_a_line_leave_its_end_out(data: bytes) -> None:
    lines = Lines(data)
    assert [lines.slice(*lines.bounds(row)) for row in (1, 2)] == ["one", "two"]
