"""Where Liquibase cuts: what Liquibase 4.28 itself made of these texts."""

from __future__ import annotations

import pytest

from idemlint.runners.delimiters import delimiters, undelimited
from idemlint.source.statement import Span

BODY = "CREATE FUNCTION f() AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql"


def cut(text: str, delimiter: str | None, strips: bool = True) -> list[str]:
    """The statements that Liquibase sends, comments and all."""
    data = text.encode()
    own = None if delimiter is None else delimiter.encode()
    found: list[str] = []
    start = 0
    for place in (*delimiters(data, Span(0, len(data)), own, strips), Span(len(data), len(data))):
        if piece := data[start : place.start].decode().strip():
            found.append(piece)
        start = place.end
    return found


@pytest.mark.parametrize(
    ("delimiter", "between"),
    [
        (None, ";\n"),
        (None, "\n/\n"),
        (None, "\ngo\n"),
        ("/", "\n/\n"),
        ("/", "\r\n/\r\n"),
        (";;", ";;\n"),
        ("#", "\n#\n"),
        ("#", " #\n"),
        ("//", "//\n"),
        ("@@", "\n@@\n"),
        ("GO", "\nGO\n"),
        (r"\nGO", "\nGO\n"),
        (r"\nGO", "\n\ngo\n"),
        (r"\n\s*/\s*\n|\n\s*/\s*$", "\n  /\n"),
        ("$$", "\n$$\n"),
        ("||", "||\n"),
        ("^", "^\n"),
        ("X", " x\n"),
        ("/;", "\n/;\n"),
    ],
)
def test_what_ends_a_statement(delimiter: str | None, between: str) -> None:
    text = between.join(["SELECT 1 AS a, ';'", "SELECT (2)", "SELECT 3", ""])
    assert cut(text, delimiter) == ["SELECT 1 AS a, ';'", "SELECT (2)", "SELECT 3"]


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        ("/", "SELECT 4 / 2"),
        ("/", "SELECT 4 /\n2"),
        ("/", "SELECT 4\n /\n2"),
        ("/", "SELECT 1;\nSELECT 2;"),
        ("/", "SELECT '\n/\n'"),
        ("/", "/*\n/\n*/ SELECT 1"),
        ("/", "BEGIN\n/\nCOMMIT"),
        ("#", 'SELECT 1 AS "a#"'),
        ("--//", "SELECT 1\n--//\n"),
        ("", "SELECT 1; SELECT 2"),
        ('"/"', "SELECT 4\n/\n2"),
        (r"\nGO", "SELECT 1 GO"),
        (r"\n;;", "SELECT 1\n;;\nSELECT 2"),
        ("(a+)+$", "SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("((", "SELECT (1)"),
    ],
)
def test_what_ends_none(delimiter: str, text: str) -> None:
    assert cut(text, delimiter) == [text.strip()]


def test_it_takes_a_word_for_one_that_ends_with_the_delimiter() -> None:
    """Its manual has a statement end there; Liquibase 4.28 goes on, and PostgreSQL then refuses that."""
    assert cut(f"{BODY}#\nSELECT 1#\n", "#") == [BODY, "SELECT 1"]
    assert cut("SELECT a#b\n#\n", "#") == ["SELECT a#b"]


def test_blocks_are_counted() -> None:
    assert cut(f"{BODY};\nSELECT 1;", None) == [
        BODY.partition("; $$")[0],
        "$$ LANGUAGE plpgsql",
        "SELECT 1",
    ]
    assert cut("BEGIN TRANSACTION; SELECT 1; END;", None) == [
        "BEGIN TRANSACTION",
        "SELECT 1",
        "END",
    ]
    assert cut("BEGIN; SELECT 1; END; SELECT 2;", None) == ["BEGIN; SELECT 1; END", "SELECT 2"]
    assert cut("DO $$BEGIN a; END$$;", None) == ["DO $$BEGIN a", "END$$"]


def test_a_comment_is_a_word_unless_it_is_stripped() -> None:
    text = "SELECT 1\n-- c\n/\nSELECT 2"
    assert cut(text, "/") == cut(text, "/", strips=False) == ["SELECT 1\n-- c", "SELECT 2"]
    assert cut("SELECT 1 /* \n*// 2", "/") == ["SELECT 1 /* \n*// 2"]


def test_a_semicolon_takes_its_place() -> None:
    data = b"SELECT 1//\nSELECT 2\nGO\n"
    assert (
        undelimited(data, [Span(8, 10), Span(20, 22)]) == b"SELECT 1; \nSELECT 2\n; \n"[: len(data)]
    )
