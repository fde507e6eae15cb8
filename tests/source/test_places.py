"""Fixes and suppressions find their places by tokens."""

from __future__ import annotations

import pytest

from idemlint.source.statement import Span
from idemlint.source.tokens import anchor, comments, tokens_of

from .words import parsed


def anchored(sql: str, *keywords: str, statement: int = 0) -> str | None:
    found = parsed(sql)
    span = anchor(found, found.statements[statement], *keywords)
    return None if span is None else sql.encode()[slice(*span)].decode()


@pytest.mark.parametrize(
    ("sql", "keywords", "expected"),
    [
        ("CREATE TABLE t (a int)", ("TABLE",), "TABLE"),
        ("create unlogged table t (a int)", ("TABLE",), "table"),
        ("/* TABLE */ CREATE /* TABLE */ TABLE t (a int)", ("TABLE",), "TABLE"),
        ("ALTER TABLE t ADD /* é */ COLUMN a int", ("ADD", "COLUMN"), "ADD /* é */ COLUMN"),
        ('CREATE VIEW "table" AS SELECT 1', ("TABLE",), None),
        ("SELECT 'TABLE'", ("TABLE",), None),
        ("CREATE TABLE t (a int)", ("(",), "("),
        ("CREATE TABLE t (a int)", ("CREATE", "t"), None),
    ],
)
def test_the_first_place_where_keywords_follow_one_another(sql, keywords, expected):
    assert anchored(sql, *keywords) == expected


def test_places_are_true_behind_other_text():
    sql = "-- é\r\nSELECT 'ü'; CREATE TABLE t (a int);"
    assert anchored(sql, "TABLE", statement=1) == "TABLE"


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
