"""Bytes become text; nothing a file may hold makes that fail."""

from __future__ import annotations

import pytest

from idemlint.source.text import decode

from .words import kinds, parsed


def test_utf8_is_itself():
    source = decode("a.sql", "SELECT 'é';".encode())
    assert source.text == "SELECT 'é';"
    assert not source.bom
    assert source.problems == ()


def test_a_byte_order_mark_becomes_blanks_so_that_offsets_stay_true():
    source = decode("a.sql", b"\xef\xbb\xbfSELECT 1")
    assert source.text == "   SELECT 1"
    assert source.bom
    assert source.data.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("data", "newline"),
    [
        (b"", "\n"),
        (b"SELECT 1", "\n"),
        (b"a\nb\n", "\n"),
        (b"a\r\nb\r\n", "\r\n"),
        (b"a\r\nb\r\nc\n", "\r\n"),
        (b"a\r\nb\nc\n", "\n"),
        (b"a\r\nb\n", "\n"),
        (b"a\rb\r", "\n"),
    ],
)
def test_the_newline_is_the_one_that_most_lines_have(data, newline):
    assert decode("a.sql", data).newline == newline


def test_undecodable_bytes_are_one_problem_that_names_the_first():
    source = decode("a.sql", b"-- caf\xe9\nSELECT '\xfc\xfc';")
    assert source.text == "-- caf?\nSELECT '??';"
    [problem] = source.problems
    assert problem.kind == "encoding"
    assert problem.span == (6, 7)
    assert problem.message == "byte 0xE9 at offset 6 is not UTF-8, and 2 more like it"


def test_an_undecodable_byte_behind_other_characters_has_its_byte_offset():
    [problem] = decode("a.sql", "-- éé\u2028é ".encode() + b"\xff").problems
    assert problem.span == (13, 14)


def test_what_stands_beside_undecodable_bytes_is_still_read():
    assert kinds(b"SELECT 1; -- \xe9\nSELECT 2;") == ["SelectStmt", "SelectStmt"]


def test_a_file_with_a_nul_is_not_read_at_all():
    found = parsed(b"SELECT 1;\nSELECT 2\0; SELECT 3;")
    assert found.statements == ()
    [problem] = found.problems
    assert problem.span == (18, 19)
    assert "NUL byte at offset 18" in problem.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_encodings_are_one_problem(encoding):
    data = "SELECT 1;\n".encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    found = parsed(data)
    assert found.statements == ()
    [problem] = found.problems
    assert "UTF-16" in problem.message


@pytest.mark.parametrize(
    "data",
    [b"", b"\xef\xbb\xbf", b"\xef\xbb", b"\xff\xff\r\n\xff", b"\xed\xa0\x80", "é\xff".encode()],
)
def test_the_text_is_as_long_as_the_data(data):
    assert len(decode("a.sql", data).text.encode()) == len(data)


@pytest.mark.parametrize(
    ("codec", "order"), [("utf-16-be", "big-endian"), ("utf-16-le", "little-endian")]
)
def test_utf_16_without_a_mark_is_called_by_its_name(codec: str, order: str) -> None:
    (problem,) = decode("x.sql", "CREATE TABLE tête (id int);\n".encode(codec)).problems
    assert f"this file is UTF-16 ({order}, without a byte order mark)" in problem.message


@pytest.mark.parametrize("data", [b"\0\0\0\0", b"SELECT 1;\0", b"\0", b"S\0ELECT 1, 2, 3;"])
def test_other_zeros_are_not_taken_for_it(data: bytes) -> None:
    (problem,) = decode("x.sql", data).problems
    assert problem.message.startswith("NUL byte")
