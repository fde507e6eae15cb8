"""A text that is not closed gets the parser's answer, however long it is."""

from __future__ import annotations

import pytest

from idemlint.source.parse import parse
from idemlint.source.text import decode

FEW, MANY = 2, 100_000


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "SELECT 1;\n{}",
        "SELECT FROM WHERE;\nSELECT 1;{}",
        "SELECT ({}",
        "é{}",
        "{}*/",
        "SELECT '{}",
        'SELECT "{}',
        "SELECT $a${}",
        "SELECT E'{}",
        "SELECT b'{}",
        "SELECT x'{}",
    ],
)
def test_many_comments_are_answered_as_few_are(form: str) -> None:
    def problems(number: int) -> list[tuple[str, int, str]]:
        parsed = parse(decode("x.sql", form.format("/*" * number).encode()))
        return [
            (each.kind, each.span.start, each.message.partition(' near "')[0])
            for each in parsed.problems
        ]

    assert problems(FEW)
    assert problems(MANY) == problems(FEW)
