"""Where Liquibase cuts a changeset, be it at `;` or at an `endDelimiter` of its own.

The words are those of its own lexer, which knows no dollar quotes, and so is what ends a statement:
liquibase/liquibase, liquibase-standard: javacc/liquibase/util/grammar/SimpleSqlGrammar.jj and
util/StringUtil.java (`processMultiLineSQL`, `mergeTokens`, `isDelimiter`). Held against Liquibase 4.28.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.source.mask import BLANKED, patch
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLANK: Final = (
    rb"(?:[ \t\r\n]|\xc2[\x85\xa0]|\xe2\x80[\x80-\x8d\xa8\xa9\xaf]|\xe3\x80\x80|\xef\xbb\xbf)+"
)
_WORD: Final = rb"[A-Za-z$_@#\x80-\xff][\w$@#\x80-\xff]*"
_NAME: Final = rb"(?:%b|\"[^\"\r\n]+\"|`[^`\r\n]+`|\[[^\]\d][^\]\r\n]*\])" % _WORD
_TEXT: Final = (
    rb"(?:rb|[uenrb])?(?:'(?:''|\\.|[^\\'])*(?:'|\\')|\"(?:\"\"|\\.|[^\\\"])*(?:\"|\\\"))"
)
#: The longest that fits, as the lexer takes it: so the order of these matters.
_TOKEN: Final = re.compile(
    rb"(?is)(?P<comment>--[^\r\n]*|/\*.*?\*/)|(?P<blank>%b)|%b(?:[\r\n ]*\.[\r\n ]*%b)+|%b|%b"
    rb"|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|." % (_BLANK, _NAME, _NAME, _TEXT, _NAME)
)
#: What follows the word BEGIN, or END, where it opens or closes no block.
_NO_END: Final = frozenset([b"transaction", b"trans", b"tran"])
_NO_BLOCK: Final = _NO_END | {b"dialog", b"conversation", b"distributed"}
#: Delimiters that may be the end of a word, for that lexer; its manual has them cut there, too.
_GLUED: Final = re.compile(rb"[#@]+")
#: A regular expression that takes ever longer is none that anybody means.
_HEAVY: Final = re.compile(rb"\)[*+{]|(?:[*+}][^|]*){4}")
_LONGEST: Final = 80


class Lexeme(NamedTuple):
    """A word of Liquibase's lexer: where it stands, and its text."""

    start: int
    end: int
    text: bytes

    @property
    def is_blank(self) -> bool:
        """Whether nothing is to be seen of it."""
        return not self.text.strip()


def delimiters(data: bytes, span: Span, delimiter: bytes | None, strips: bool) -> tuple[Span, ...]:
    """The places of what ends a statement in `data[span]`; `None`: a `;`, or GO or `/` where a line begins.

    `strips`: the comments are taken out first. What ends the last one may be part of a delimiter.
    """
    words = list(_tokens(data, span, strips))
    if delimiter is not None:
        words, left = _merged(words, delimiter)
    found: list[Span] = []
    depth = 0
    before: bytes | None = None
    for index, word in enumerate(words):
        text = word.text
        if len(text) in (3, 5) and (text := text.lower()) in (b"begin", b"end"):
            following = _following(words, index)
            if text == b"begin" and following not in _NO_BLOCK:
                depth += 1
            elif text == b"end" and depth and following not in _NO_END:
                depth -= 1
        if not depth and _cuts(word.text, before, delimiter):
            found.append(Span(word.start, word.end))
        elif not depth and delimiter and _is_glued(words, index, delimiter):
            found.append(Span(word.end - len(delimiter), word.end))
        before = word.text
    if delimiter is not None:
        found += [Span(word.start, word.end) for word in left]
    return tuple(found)


def undelimited(data: bytes, places: Sequence[Span]) -> bytes:
    """The text with a `;` in place of each delimiter, byte for byte at the same offsets."""
    pieces = [
        (place, b";" + data[place.start + 1 : place.end].translate(BLANKED)) for place in places
    ]
    return patch(data, pieces)


def _tokens(data: bytes, span: Span, strips: bool) -> Iterator[Lexeme]:
    start, end = span
    text = data[start:end]
    end -= len(text) - len(text.rstrip())
    start += len(text) - len(text.lstrip())
    for found in _TOKEN.finditer(data, start, max(start, end)):
        if not strips or found.lastgroup != "comment":
            yield Lexeme(*found.span(), found.group().replace(b"\r", b""))


def _merged(words: Sequence[Lexeme], delimiter: bytes) -> tuple[list[Lexeme], list[Lexeme]]:
    """The words, with those put together that make the delimiter, and what is left of one at the end."""
    merged: list[Lexeme] = []
    some: list[Lexeme] = []
    for word in words:
        if not some:
            (some if delimiter.startswith(word.text) else merged).append(word)
            continue
        text = b"".join([each.text for each in some]) + word.text
        if text == delimiter:
            merged.append(Lexeme(some[0].start, word.end, text))
            some = []
        elif delimiter.startswith(text):
            some.append(word)
        else:
            merged += [*some, word]
            some = []
    return merged, some


def _cuts(text: bytes, before: bytes | None, delimiter: bytes | None) -> bool:
    """Whether a word ends a statement; `before` is the one before it, if any."""
    begins_line = before is None or before.endswith(b"\n")
    if delimiter is None:
        return text == b";" or (begins_line and text.lower() in (b"go", b"/"))
    if len(delimiter) == 1:
        return text.lower() == delimiter.lower() and (delimiter != b"/" or begins_line)
    return text.lower() == delimiter.lower() or _matches(before or b"null", text, delimiter)


def _is_glued(words: Sequence[Lexeme], index: int, delimiter: bytes) -> bool:
    """Whether the delimiter is the end of a word that ends its line."""
    text = words[index].text
    if (
        not text.endswith(delimiter)
        or len(text) == len(delimiter)
        or not _GLUED.fullmatch(delimiter)
    ):
        return False
    behind = words[index + 1].text if index + 1 < len(words) else b"\n"
    return behind.lstrip(b" \t").startswith(b"\n")


def _following(words: Sequence[Lexeme], index: int) -> bytes:
    """The next word that is to be seen, in lower case."""
    for word in words[index + 1 : index + 4]:
        if not word.is_blank:
            return word.text.lower()
    return b""


def _matches(before: bytes, text: bytes, delimiter: bytes) -> bool:
    """Whether two words are what the delimiter, a regular expression, describes."""
    if len(text) > _LONGEST:
        return False
    pattern = _pattern(delimiter)
    both = before[-_LONGEST // 2 :] + text
    return pattern is not None and pattern.fullmatch(both.lower()) is not None


@lru_cache(16)
def _pattern(delimiter: bytes) -> re.Pattern[bytes] | None:
    if _HEAVY.search(delimiter):
        return None
    try:
        return re.compile(rb"\s*" + delimiter.lower())
    except re.error:
        return None
