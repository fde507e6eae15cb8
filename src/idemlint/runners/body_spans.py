"""Where the bodies are that a naive cutter does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.source.lexer import tokens
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


def bodies(data: bytes, start: int, end: int) -> list[Span]:
    """The dollar-quoted and `BEGIN ATOMIC … END` bodies between two offsets, delimiters
    included."""
    found = [
        Span(token.start, token.end)
        for token in tokens(data, start, end, coarse=True)
        if token.kind == "dollar" or (token.kind == "unterminated" and data[token.start] == 0x24)
    ]
    if b"atomic" in data[start:end].lower():
        found += _atomic(data, start, end)
    return found


def _atomic(data: bytes, start: int, end: int) -> Iterator[Span]:
    begin = depth = 0
    before, before_at = b"", start
    for token in tokens(data, start, end):
        if token.kind != "word":
            continue
        word = data[token.start : token.end].upper()
        if word == b"ATOMIC" and before == b"BEGIN" and not depth:
            begin, depth = before_at, 1
        elif depth and word == b"CASE":
            depth += 1
        elif depth and word == b"END":
            depth -= 1
            if not depth:
                yield Span(begin, token.end)
        before, before_at = word, token.start
