"""A pattern that is compiled in other words finds what it says."""

from __future__ import annotations

import re

import pytest

from idemlint.runners.line_patterns import compiled

TEXT = b"""-- up
 -- up
x -- up
--  UP\r
----up
--
-- up -- up
-- down"""


@pytest.mark.parametrize(
    "pattern",
    [
        r"^--\s*up",
        r"^--[ \t]*up[^\n]*\n?",
        r"^(?-i:-- up)(?=\s|\Z)",
        r"^(?-i:-- UP)",
        r"^--[ \t]*down\Z",
        r"^[ \t]*--[ \t]*up",
    ],
)
def test_lines_are_found_as_written(pattern: str) -> None:
    plain = re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)
    quick = compiled(pattern)
    assert [each.span() for each in quick.finditer(TEXT)] == [
        each.span() for each in plain.finditer(TEXT)
    ]
    for start in range(len(TEXT)):
        assert (quick.match(TEXT, start) is None) == (plain.match(TEXT, start) is None)
