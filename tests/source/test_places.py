"""Fixes and suppressions find their places by tokens."""

from __future__ import annotations

import pytest

from idemlint.source.statement import Span
from idemlint.source.tokens import comments, tokens_of

from .words import parsed


@pytest.mark.parametrize(
    ("sql", "keyword", "expected"),
    [
        ("CREATE TABLE t (a int)", "TABLE", ["TABLE"]),
        ("create unlogged table t (a int)", "TABLE", ["table"]),
        ("/* TABLE */ CREATE /* TABLE */ TABLE t (a int)", "TABLE", ["TABLE"]),
        ('CREATE VIEW "table" AS TABLE t', "TABLE", ["TABLE"]),
        ("SELECT 'TABLE'", "TABLE", []),
        ("CREATE TABLE t (a int)", "(", ["("]),
        ("ALTER TABLE t ADD a int, ADD /* é */ COLUMN b int", "add", ["ADD", "ADD"]),
    ],
)
def test_the_tokens_that_say_a_keyword(sql: str, keyword: str, expected: list[str]) -> None:
    found = parsed(sql)
    words = [word for word in tokens_of(found, found.statements[0]) if word.says(keyword)]
    assert [sql.encode()[slice(*word.span)].decode() for word in words] == expected
    assert [word.text for word in words] == expected


def test_tokens_are_true_behind_other_text() -> None:
    sql = "-- é\r\nSELECT 'ü'; CREATE TABLE t (a int);"
    found = parsed(sql)
    words = list(tokens_of(found, found.statements[1]))
    assert [word.text for word in words] == ["CREATE", "TABLE", "t", "(", "a", "int", ")"]
    assert [sql.encode()[slice(*word.span)].decode() for word in words] == [w.text for w in words]


def test_a_stretch_of_a_body_has_tokens_too():
    sql = "DO $$ BEGIN CREATE TABLE é (a int); END $$"
    start, end = (len(sql[: sql.index(word)].encode()) for word in ("CREATE", "; END"))
    words = list(tokens_of(parsed(sql), Span(start, end)))
    assert [word.text for word in words] == ["CREATE", "TABLE", "é", "(", "a", "int", ")"]
    assert words[2].span == (start + 13, start + 15)
    assert words[0].says("create")


class TestComments:
    SQL = (
        "-- idemlint: ignore[IDM101] é\n"
        "SELECT '-- idemlint: no', $$-- idemlint: no$$; /* idemlint: b */ -- c"
    )

    def found(self, sql: str, marker: bytes = b"") -> list[str]:
        return [sql.encode()[slice(*span)].decode() for span in comments(parsed(sql), marker)]

    def test_those_with_the_marker(self):
        assert self.found(self.SQL, b"idemlint:") == [
            "-- idemlint: ignore[IDM101] é",
            "/* idemlint: b */",
        ]

    def test_all(self):
        assert self.found(self.SQL)[-1] == "-- c"

    def test_none(self):
        assert self.found("SELECT 1 -- a", b"idemlint:") == []
