"""Dollar quotes that went wrong: `DO $ … $;`, `$body$ … $$`, and bodies that never end.

A `$$` becomes a `$` where a migration went through a templating step or JavaScript's
`String.replace`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.source.lexer import Literals, tokens
from idemlint.source.statement import Edit, Problem, Span

if TYPE_CHECKING:
    from idemlint.source.lexer import Token
    from idemlint.source.mask import Piece

# What stands before a body, and what may follow its closing quote.
_BEFORE: Final = re.compile(rb"(?:\b(?:DO|AS)|\bLANGUAGE\s+'?\w+'?)\s*\Z", re.IGNORECASE)
_AFTER: Final = (
    rb"(?=\s*(?:;|\Z|--|(?:LANGUAGE|IMMUTABLE|STABLE|VOLATILE|STRICT|SECURITY|PARALLEL|COST|ROWS|SET"
    rb"|LEAKPROOF|CALLED|RETURNS|WINDOW|SUPPORT|NOT|EXTERNAL)\b))"
)
_LONE: Final = re.compile(rb"(?<!\$)\$(?![A-Za-z0-9_$\x80-\xff])" + _AFTER, re.IGNORECASE)
_OPENING: Final = re.compile(rb"\$(?:\s|(?:DECLARE|BEGIN|SELECT)\b)", re.IGNORECASE)
_TAG: Final = re.compile(rb"\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$")
_CLOSES: Final = re.compile(_AFTER, re.IGNORECASE)
_BODY_END: Final = re.compile(rb"(?:\bEND\s*;?|;)\s*\Z", re.IGNORECASE)
# The END of a block, and then a statement (or a clause of CREATE FUNCTION) at the start of a line.
_LOST_END: Final = re.compile(
    rb"\b(?P<end>END(?:[ \t]*;)?)[ \t\r]*(?:\Z|\n(?:[ \t\r]*\n|--[^\n]*\n)*"
    rb"(?=[ \t\r]*\Z|(?:CREATE|ALTER|DROP|DO|COMMENT|GRANT|REVOKE|SELECT|INSERT|UPDATE|DELETE|WITH"
    rb"|SET|BEGIN|COMMIT|TRUNCATE|LANGUAGE)\b))",
    re.IGNORECASE,
)
_LANGUAGE: Final = re.compile(rb"\s*LANGUAGE\b[^;]*", re.IGNORECASE)


class Misquote(NamedTuple):
    """A misquoted body.

    `pieces` make it readable without moving anything; without them it cannot be read. The body ends
    at `end`, or -1 if that cannot be told.
    """

    problem: Problem
    pieces: list[Piece]
    end: int


class Singles:
    """The single `$` of a text, up to `limit`, that can close a body.

    They are looked for once, behind the first body that is asked about; the others follow it.
    """

    def __init__(self, code: bytes, limit: int) -> None:
        self.code = code
        self.limit = limit
        self._places: list[int] | None = None

    def closing(self, opening: int) -> int:
        """Where the one is that closes the body, outside literals and comments; else -1."""
        if self._places is None:
            behind = _LONE.finditer(self.code, opening + 1, self.limit)
            self._places = [found.start() for found in behind]
        places = self._places
        first = bisect_right(places, opening)
        if first == len(places):
            return -1
        literals = Literals(self.code, opening + 1, self.limit)
        for number in range(first, len(places)):
            if not literals.cover(places[number]):
                return places[number]
        return -1


def find(singles: Singles, start: int, end: int) -> Misquote | None:
    """Look for the first misquoted body of a statement that does not parse, `singles.code[start:end]`.

    The body, and with it the statement, may go on behind `end`, up to `singles.limit`.
    """
    code, limit = singles.code, singles.limit
    for token in tokens(code, start, end, coarse=True):
        if token.kind == "other" and _opens(code, start, token.start):
            return _collapsed(code, token.start, limit, singles.closing(token.start))
        if token.kind == "dollar" or (
            token.kind == "unterminated" and _TAG.match(code, token.start, end)
        ):
            misquote = _mismatched(code, token, limit)
            if misquote is not None:
                return misquote
    return None


def _opens(code: bytes, start: int, quote: int) -> bool:
    """Whether the `$` stands where a body begins."""
    return (
        code[quote] == 0x24
        and _OPENING.match(code, quote) is not None
        and _BEFORE.search(code[max(start, quote - 80) : quote]) is not None
    )


def _collapsed(code: bytes, opening: int, limit: int, closing: int) -> Misquote:
    """A body between two single `$`; `closing` is -1 where the second one is missing."""
    if closing < 0:
        problem = Problem(
            "unclosed",
            Span(opening, opening + 1),
            "this body opens with a single `$` and never ends",
            help="quote the body with `$$` on both sides",
        )
        return Misquote(problem, [], _lost_end(code, opening + 1, limit)[1])
    body = code[opening + 1 : closing]
    problem = Problem(
        "misquoted",
        Span(opening, opening + 1),
        "this body is quoted with a single `$`; PostgreSQL needs `$$`",
        help="write `$$` on both sides (a replacement step may have collapsed it)",
        repair=tuple([Edit(Span(place, place), "$") for place in (opening, closing)]),
        certain=b"$$" not in body,
    )
    return Misquote(problem, _widened(code, opening, closing), closing + 1)


def _widened(code: bytes, opening: int, closing: int) -> list[Piece]:
    """Make both `$` a `$$` at the cost of a blank beside each, if there is one."""
    pieces = []
    if code[opening + 1 : opening + 2].isspace():
        pieces.append((Span(opening, opening + 2), b"$$"))
    elif code[opening - 2 : opening].isspace():
        pieces.append((Span(opening - 1, opening + 1), b"$$"))
    # An END does not need its `;` at the end of a body.
    if code[closing - 1 : closing] in (b" ", b"\t", b"\n", b"\r", b";") and closing - opening > 3:
        pieces.append((Span(closing - 1, closing + 1), b"$$"))
    elif code[closing + 1 : closing + 2].isspace():
        pieces.append((Span(closing, closing + 2), b"$$"))
    return pieces if len(pieces) == 2 else []


def _mismatched(code: bytes, token: Token, limit: int) -> Misquote | None:
    """A body whose closing quote has another tag than the opening one, or is missing."""
    found = _TAG.match(code, token.start)
    if found is None:
        return None
    tag = found.group()
    ends = token.kind == "dollar"
    inner_end = token.end - len(tag) if ends else limit
    wrong = _wrong_close(code, found.end(), inner_end)
    if wrong is not None:
        name, other = tag.decode("utf-8", "replace"), wrong.group().decode("utf-8", "replace")
        problem = Problem(
            "unclosed",
            Span(token.start, found.end()),
            f"this body opens with `{name}` but ends with `{other}`",
            help=f"end it with `{name}`",
            repair=(Edit(Span(*wrong.span()), name),),
        )
        return Misquote(problem, _matched(code, found, wrong), wrong.end())
    return None if ends else _endless(code, found, limit)


def _wrong_close(code: bytes, start: int, end: int) -> re.Match[bytes] | None:
    """The first quote of another tag that ends a body, not one that is paired inside."""
    inner = b""
    for found in _TAG.finditer(code, start, end):
        if inner:
            if found.group() == inner:
                inner = b""
        elif _CLOSES.match(code, found.end()) and _BODY_END.search(
            code[max(start, found.start() - 40) : found.start()]
        ):
            return found
        else:
            inner = found.group()
    return None


def _matched(code: bytes, opening: re.Match[bytes], closing: re.Match[bytes]) -> list[Piece]:
    """Give both quotes the shorter tag, and the body blanks for the rest of the longer."""
    tag = min(opening.group(), closing.group(), key=len)
    if tag in code[opening.end() : closing.start()]:
        return []
    return [
        (Span(*opening.span()), tag.ljust(len(opening.group()))),
        (Span(*closing.span()), tag.rjust(len(closing.group()))),
    ]


def _endless(code: bytes, opening: re.Match[bytes], limit: int) -> Misquote:
    """A body that is never closed; where an END looks like its end, closing it is proposed."""
    tag = opening.group().decode("utf-8", "replace")
    end, clause = _lost_end(code, opening.end(), limit)
    repair: tuple[Edit, ...] = ()
    if end >= 0:
        newline = "\r\n" if b"\r\n" in code[opening.end() : end] else "\n"
        repair = (Edit(Span(end, end), newline + tag + (";" if clause == end else "")),)
    problem = Problem(
        "unclosed",
        Span(*opening.span()),
        f"this body opens with `{tag}` and never ends",
        help=f"close it with `{tag}`",
        repair=repair,
    )
    return Misquote(problem, [], clause)


def _lost_end(code: bytes, start: int, limit: int) -> tuple[int, int]:
    """Where a body that is never closed seems to end, and where its statement; else -1."""
    found = _LOST_END.search(code, start, limit)
    if found is None:
        return -1, -1
    end = found.end("end")
    clause = _LANGUAGE.match(code, end, limit)
    return end, clause.end() if clause else end
