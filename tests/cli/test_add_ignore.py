"""Where `--add-ignore` writes its comments."""

from __future__ import annotations

import pytest

from idemlint.cli.add_ignore import with_ignores


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"DROP x;", b"-- idemlint: ignore[IDM301] old\nDROP x;"),
        (b"a;\n  DROP x;\n", b"a;\n  -- idemlint: ignore[IDM301] old\n  DROP x;\n"),
        (b"a;\r\nDROP x;\r\n", b"a;\r\n-- idemlint: ignore[IDM301] old\r\nDROP x;\r\n"),
        (b"\xef\xbb\xbfDROP x;", b"\xef\xbb\xbf-- idemlint: ignore[IDM301] old\nDROP x;"),
        (b"a; DROP x;", b"a; \n-- idemlint: ignore[IDM301] old\nDROP x;"),
        (
            b"-- idemlint: ignore[IDM901] why\nDROP x;",
            b"-- idemlint: ignore[IDM301, IDM901] why\nDROP x;",
        ),
        (
            b"-- another comment\nDROP x;",
            b"-- another comment\n-- idemlint: ignore[IDM301] old\nDROP x;",
        ),
    ],
    ids=["plain", "indented", "CRLF", "BOM", "mid-line", "merged", "comment"],
)
def test_one_comment(before: bytes, after: bytes) -> None:
    start = before.index(b"DROP")
    assert with_ignores(before, {start: ["IDM301"]}, "old") == after


def test_several_codes_and_statements() -> None:
    before = b"DROP a;\nDROP b;\n"
    assert with_ignores(before, {0: ["IDM901", "IDM301", "IDM301"], 8: ["IDM301"]}) == (
        b"-- idemlint: ignore[IDM301, IDM901]\nDROP a;\n-- idemlint: ignore[IDM301]\nDROP b;\n"
    )
