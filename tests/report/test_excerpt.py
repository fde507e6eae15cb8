"""What the guilty lines look like."""

from __future__ import annotations

import pytest

from idemlint.report.excerpt import excerpt
from report.samples import finding


def drawn(source: str, guilty: str, width: int = 80) -> str:
    lines = finding(source.encode(), guilty.encode(), applicability=None).lines
    rows = excerpt(lines, width)
    return "\n".join("".join(piece.text for piece in row).rstrip() for row in rows)


def test_a_span_on_one_line_is_underlined() -> None:
    assert drawn("SELECT 1;\nDROP TABLE users;\n", "users") == (
        "  |\n2 | DROP TABLE users;\n  |            ^^^^^\n  |"
    )


def test_a_span_of_several_lines_is_embraced() -> None:
    source = "CREATE TABLE t (\n  id int\n);\n"
    assert drawn(source, source[:-2]) == (
        "  |\n1 | / CREATE TABLE t (\n2 | |   id int\n3 | | );\n  | |_^\n  |"
    )


def test_a_span_that_begins_within_a_line() -> None:
    source = "  SELECT 1; CREATE TABLE t (\n  id int\n);"
    assert drawn(source, source[source.index("CREATE") : -1]) == (
        "  |\n"
        "1 |     SELECT 1; CREATE TABLE t (\n"
        "  |  _____________^\n"
        "2 | |   id int\n"
        "3 | | );\n"
        "  | |_^\n"
        "  |"
    )


def test_of_a_long_span_the_ends_are_shown() -> None:
    source = "CREATE TABLE t (\n" + ",\n".join(f"  c{n} int" for n in range(40)) + "\n)"
    shown = drawn(source, source)
    assert "c0 int" in shown
    assert "c20" not in shown
    assert len(shown.splitlines()) < 10
    assert shown.splitlines()[-2].strip().startswith("| |_")


@pytest.mark.parametrize(
    ("source", "guilty", "line", "mark"),
    [
        ("\tDROP x;", "DROP", "    DROP x;", "    ^^^^"),
        ("a\tDROP x;", "DROP", "a   DROP x;", "    ^^^^"),
        ("'漢字' DROP", "DROP", "'漢字' DROP", "       ^^^^"),
        ("'e\u0301' DROP", "DROP", "'e\u0301' DROP", "    ^^^^"),
        ("a\x1b[31m DROP", "DROP", "a␛[31m DROP", "       ^^^^"),
        ("a\u202e DROP", "DROP", "a� DROP", "   ^^^^"),
        ("DROP x;\r\n", "DROP", "DROP x;", "^^^^"),
        ("DROP", "", "DROP", "^"),
    ],
    ids=["tab", "tab stop", "wide", "combining", "escape", "direction", "CRLF", "empty span"],
)
def test_the_mark_stands_below_the_text(source: str, guilty: str, line: str, mark: str) -> None:
    rows = drawn(source, guilty).splitlines()
    assert rows[1] == f"1 | {line}"
    assert rows[2] == f"  | {mark}"


def test_a_long_line_is_cut_around_the_span() -> None:
    source = "SELECT " + "'a', " * 100 + "guilty" + ", 'b'" * 100
    rows = drawn(source, "guilty", width=100).splitlines()
    assert all(len(row) <= 100 for row in rows)
    text, mark = rows[1], rows[2]
    assert text[mark.index("^") :].startswith("guilty")
    assert text.startswith("1 | …")
    assert text.endswith("…")


def test_a_span_longer_than_the_line_is_cut_too() -> None:
    rows = drawn("x" * 500, "x" * 500, width=100).splitlines()
    assert all(len(row) <= 100 for row in rows)
    assert rows[1].endswith("…")


def test_lines_without_end_do_not_take_for_ever() -> None:
    data = b"SELECT '" + b"x" * 5_000_000 + b"'\n;"
    rows = excerpt(finding(data, data, applicability=None).lines, 100)
    assert all(len("".join(piece.text for piece in row)) <= 100 for row in rows)
