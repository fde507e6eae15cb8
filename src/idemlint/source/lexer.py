"""PostgreSQL's lexical structure, read tolerantly from bytes.

After `scan.l` and https://www.postgresql.org/docs/current/sql-syntax-lexical.html, with three
freedoms: what never ends is one `unterminated` token up to the end of the stretch, a byte that no
token begins with is a token `other`, and a trailing `+` or `-` stays with its operator.

Every byte is looked at a bounded number of times, whatever the text: no alternative can fail after
having read far, and what needs counting (nested comments) or looking ahead (dollar quotes) is found
by a search that consumes what it passed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Token(NamedTuple):
    """A token and its bytes, `end` exclusive. Blanks are not tokens, comments are.

    `kind` is one of word, quoted, string, dollar, number, param, operator, punctuation, comment,
    unterminated, other.
    """

    kind: str
    start: int
    end: int


_IDENT_START: Final = rb"[A-Za-z_\x80-\xff]"
_IDENT: Final = rb"[A-Za-z0-9_$\x80-\xff]"

# The closing quote is a group of its own: everything before it matches any text at all, so a quote
# that is never closed is noticed by the missing group, without backtracking.
_LITERALS: Final = (
    rb"""
      (?P<escape>[eE]'[^'\\]*(?:(?:\\[\x00-\xff]|'')[^'\\]*)*(?P<escape_end>')?)
    | (?P<string>(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*(?P<string_end>')?)
    | (?P<quoted>(?:[uU]&)?"[^"]*(?:""[^"]*)*(?P<quoted_end>")?)
    | (?P<comment>--[^\r\n]*)
    | (?P<block>/\*)
    | (?P<dollar>\$(?:"""
    + _IDENT_START
    + rb"""[A-Za-z0-9_\x80-\xff]*)?\$)
"""
)


@cache
def _full() -> re.Pattern[bytes]:
    """The next token. Not made before it is asked for: most files need none of these patterns."""
    return re.compile(
        rb"[ \t\r\n\f\v]*(?:"
        + _LITERALS
        + rb"| (?P<word>"
        + _IDENT_START
        + _IDENT
        + rb"""*)
        | (?P<param>\$\d+)
        | (?P<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
            |(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)
        | (?P<punctuation>[,;()\[\]]|\.\.?|:(?![:=]))
        | (?P<operator>::|:=|(?:[~!@\#^&|`?+%<>=*]|-(?!-)|/(?!\*))+)
        | (?P<other>[^\ \t\r\n\f\v])
        )?""",
        re.VERBOSE,
    )


@cache
def _coarse() -> re.Pattern[bytes]:
    """The next literal, comment, `;` or parenthesis.

    Everything that cannot hold or hide one is passed in one leap. A single letter before a quote is
    left out of the leap, since it may say how to read the literal. The leap is bounded and what comes
    behind it optional: there is nothing to backtrack for.
    """
    return re.compile(
        rb"(?:[^A-Za-z_\x80-\xff'\"$;()/\-\\]+|(?![eEbBxXnN]'|[uU]&['\"])"
        + _IDENT_START
        + _IDENT
        + rb"*){0,400}(?:"
        + _LITERALS
        + rb"| (?P<punctuation>[;()]) | (?P<other>[-/$\\]) )?",
        re.VERBOSE,
    )


# Blanks and comments (not nested ones), for other modules' patterns. There is one way only to match
# any stretch of them, so that a failure behind it costs no more than a success.
GAP: Final = rb"(?:[ \t\r\n\f\v]|--[^\r\n]*(?=[\r\n])|/\*(?:[^*]|\*(?!/))*\*/)"

_COMMENT_MARK: Final = re.compile(rb"/\*|\*/")


class Literals:
    """The literals and comments of a stretch, asked about in ascending order."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._tokens = tokens(data, start, end, coarse=True)
        self._start = self._end = start

    def cover(self, offset: int) -> bool:
        """Whether the byte is inside a literal or comment."""
        while self._end <= offset:
            token = next(self._tokens, None)
            if token is None:
                return False
            if token.kind not in ("punctuation", "other"):
                self._start, self._end = token.start, token.end
            elif token.start >= offset:
                return False
        return self._start <= offset


def tokens(data: bytes, start: int, end: int, *, coarse: bool = False) -> Iterator[Token]:
    """The tokens of `data[start:end]` in order; offsets are those of `data`.

    `coarse` is several times faster and leaves out words, numbers, operators and most punctuation:
    it gives literals, comments, `;`, `(`, `)`, and bytes that begin no token.
    """
    pattern = _coarse() if coarse else _full()
    position = start
    while position < end:
        for found in pattern.finditer(data, position, end):
            kind = found.lastgroup
            if kind is None:  # blanks up to the end, or a leap that found nothing yet
                continue
            begin, position = found.span(kind)
            if kind in _ENDS_ELSEWHERE:
                kind, position = _ENDS_ELSEWHERE[kind](data, found, position, end)
                yield Token(kind, begin, position)
                break  # go on where it ends
            if position == end and kind in _ENDS and found.end(_ENDS[kind]) < 0:
                kind = "unterminated"
            elif coarse and kind == "other" and _PASSED.match(data, begin, end):
                continue
            yield _new(Token, (kind, begin, position))  # there are very many: no call of __new__
        else:
            return


_new: Final = tuple.__new__
_ENDS: Final = {"string": "string_end", "quoted": "quoted_end"}
# What the coarse pattern stops at for nothing: operators, parameters.
_PASSED: Final = re.compile(rb"[-/]|\$\d")


def _block(data: bytes, found: re.Match[bytes], position: int, end: int) -> tuple[str, int]:
    """The comment whose `/*` ends at `position`: its kind, and where it ends."""
    depth = 1
    for mark in _COMMENT_MARK.finditer(data, position, end):
        depth += 1 if mark.group() == b"/*" else -1
        if depth == 0:
            return "comment", mark.end()
    return "unterminated", end


def _dollar(data: bytes, found: re.Match[bytes], position: int, end: int) -> tuple[str, int]:
    """The literal whose opening tag ends at `position`."""
    tag = found["dollar"]
    close = data.find(tag, position, end)
    return ("unterminated", end) if close < 0 else ("dollar", close + len(tag))


def _escape(data: bytes, found: re.Match[bytes], position: int, end: int) -> tuple[str, int]:
    """An `E'…'` with the halves on later lines."""
    gaps, rests = _halves()
    while found.end("escape_end") >= 0:
        gap = gaps.match(data, position, end)
        rest = gap and rests.match(data, gap.end(), end)
        if not rest:
            return "string", position
        found, position = rest, rest.end()
    return "unterminated", end


_ENDS_ELSEWHERE: Final = {"block": _block, "dollar": _dollar, "escape": _escape}


@cache
def _halves() -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What may stand between two halves of one literal (`quotecontinue` in scan.l), and a later half."""
    return (
        re.compile(rb"[ \t\f\v]*[\r\n](?:[ \t\r\n\f\v]|--[^\r\n]*[\r\n])*(?=')"),
        re.compile(rb"'[^'\\]*(?:(?:\\[\x00-\xff]|'')[^'\\]*)*(?P<escape_end>')?"),
    )
