"""Texts made to be slow: each of these took minutes, or memory without end, with a naive reading.

Nothing is timed here; a reading that is not linear would simply not come back.
"""

from __future__ import annotations

import pytest

from idemlint.source.lexer import tokens
from idemlint.source.split import split

from .words import parsed

MANY = 50_000

TEXTS = {
    "quotes": "'" * MANY,
    "odd quotes": "'" * (MANY + 1),
    "double quotes": '"' * (MANY + 1),
    "parentheses": "(" * MANY,
    "dollars": "$" * MANY,
    "tags": "".join(f"$a{number}$;" for number in range(MANY // 5)),
    "nested comments": "/*" * MANY,
    "backslashes": "\\" * MANY,
    "commands": "\\x\n" * MANY,
    "escape strings": "E''\n-- x\n" * (MANY // 5),
    "blanks in create rule": "CREATE" + " " * MANY + "X (;" * 10,
    "dashes in create rule": "CREATE" + "--" * MANY + "\nX (;",
    "open rules": "CREATE RULE (;" * (MANY // 10),
    "open bodies": "BEGIN ATOMIC CASE;" * (MANY // 10),
    "copies": "COPY t FROM stdin;\n\\.x\n" * (MANY // 20),
    "open single dollars": "DO $ x;\n" * (MANY // 5),
    "mismatched tags": "DO $a$ BEGIN END; $$;\n" * (MANY // 50),
    "ends": "DO $$" + "END;\n" * MANY,
    "braces": "{{" * MANY,
    "control tags": "{% " * MANY,
    "dollar braces": "${" * MANY,
    "colons": ":'a" * MANY,
    "ats": "@a" * MANY,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_text_is_read_in_linear_time(text):
    data = text.encode()
    assert sum(1 for _ in tokens(data, 0, len(data))) <= len(data)
    assert sum(1 for _ in tokens(data, 0, len(data), coarse=True)) <= len(data)
    assert sum(1 for _ in split(data, 0, len(data))) <= len(data)
    found = parsed(data)
    assert len(found.code) == len(data)
