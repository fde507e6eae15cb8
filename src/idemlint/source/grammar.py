"""PostgreSQL's own parser, asked for one stretch of text at a time.

Only `parse_sql_json` is used: pglast's `parse_sql` crashes the process on deep trees.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import orjson

from idemlint.source.lexer import tokens
from idemlint.source.libpg_query import ParseError, parse_sql_json
from idemlint.source.split import trim
from idemlint.source.statement import Statement
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.source.statement import Section

# A key of the JSON: inside a value its quotes would be escaped.
_LOCATION: Final = re.compile(r'location":(\d+)')
_SLASH: Final = 0x2F
_STAR: Final = 0x2A
# How a statement begins in the JSON, and how it ends: where there is a 0, it is left out.
_BEGINNING: Final = '{"stmt":{'
_END: Final = re.compile(r'(?:,"stmt_location":(\d+))?(?:,"stmt_len":(\d+))?\}(?:,|\]\})\Z')
_LONGEST_END: Final = 64
# JSON of fewer characters is not nested so deeply that it cannot be decoded.
_FOLDED: Final = 4096
_EXHAUSTED: Final = ("stack depth limit exceeded", "memory exhausted")

# PostgreSQL's scanner reads a whole run of operator characters at each `/*` in it: 200 KB of
# `/*/*…` take it a minute. Nobody writes this; the count is there to make the question cheap.
_MANY_COMMENTS: Final = 1000
#: What PostgreSQL's scanner calls a token that is not closed, by how it begins (scan.l).
_UNTERMINATED: Final = {
    "/": "/* comment",
    '"': "quoted identifier",
    "$": "dollar-quoted string",
    "b": "bit string literal",
    "x": "hexadecimal string literal",
}
_AT_END: Final = "at end of input"
#: Characters of the text that a message quotes.
_QUOTED: Final = 60
_SLOW_TO_SCAN: Final = rb"/\*[~!@#^&|`?+\-*/%<>=]{4000}"


class Rejected(Exception):
    """The text is not PostgreSQL's: its parser's message, and the byte it points at."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooDeep(Exception):
    """The text is nested too deeply to be parsed, or its tree to be decoded."""


def parse_whole(text: str, code: bytes, *, fold: bool = False) -> list[Statement]:
    """The statements of a file, given as `text` and in UTF-8 as `code`; `fold`: they keep no trees, but
    what these are made of.

    Raises `Rejected` where PostgreSQL does, and `TooDeep`.
    """
    answer = _answer(text, code, 0)
    return _statements(code, 0, answer, "up", 0, fold=fold)


def parse_stretch(
    raw: bytes, base: int, section: Section, index: int, *, fold: bool = False
) -> list[Statement]:
    """The statements of a stretch that stands at `base` in its file, numbered from `index`.

    All positions, those in the trees too, are the file's. `fold` and what is raised: see `parse_whole`.
    """
    # The blank in front keeps every location above 0, which the JSON would leave out.
    text = " " + raw.decode("utf-8", "replace")
    shift = base - 1
    answer = _answer(text, raw, shift)
    if shift:
        answer = _LOCATION.sub(lambda found: f'location":{int(found[1]) + shift}', answer)
    return _statements(raw, base, answer, section, index, fold=fold)


def rejection(raw: bytes, base: int) -> Rejected | None:
    """Why PostgreSQL does not take a text that stands at `base`; `None`: it takes it. Raises `TooDeep`."""
    try:
        _answer(" " + raw.decode("utf-8", "replace"), raw, base - 1)
    except Rejected as error:
        # Its traceback leads to frames that hold it.
        error.__traceback__ = error.__context__ = None
        return error
    return None


def _answer(text: str, raw: bytes, shift: int) -> str:
    """The parser's answer to `text`, in UTF-8 `raw`; the place of an error is moved by `shift`."""
    if raw.count(b"/*") > _MANY_COMMENTS and re.search(_SLOW_TO_SCAN, raw):
        raise _unterminated(text, raw, shift) or TooDeep
    try:
        answer: str = parse_sql_json(text)
    except ParseError as error:
        raise _failure(error, text, shift) from None
    return answer


def _unterminated(text: str, raw: bytes, shift: int) -> Rejected | None:
    """What the parser would say, in its time, of a text whose last token is not closed."""
    ends = deque(tokens(raw, 0, len(raw), coarse=True), maxlen=1)
    if not ends or ends[0].kind != "unterminated":
        return None
    last = ends[0]
    lead = len(text.encode("utf-8", "replace")) - len(raw)
    before = raw[: last.start]
    try:
        _answer(text[:lead] + before.decode("utf-8", "replace"), before, shift)
    except Rejected as error:
        if not error.message.endswith(_AT_END):
            return error
    except TooDeep:
        return None
    quoted = raw[last.start : last.start + 4 * _QUOTED].decode("utf-8", "replace")
    what = _UNTERMINATED.get(quoted[:1].lower(), "quoted string")
    message = _shortened(f'unterminated {what} at or near "{quoted}"')
    return Rejected(message, shift + lead + last.start)


def _statements(
    raw: bytes, base: int, answer: str, section: Section, index: int, *, fold: bool
) -> list[Statement]:
    """Decode the parser's answer about a stretch."""
    found = []
    nowhere = len(raw)
    comment = -1  # the next `--`; most statements have none
    for kind, tree, place, size in _folded(answer) if fold else _decoded(answer):
        start = place - base
        end = start + size if size else nowhere
        # What precedes the `;` is stripped; a comment there shows in the last line.
        if raw[end - 1] <= 32:
            end = start + len(raw[start:end].rstrip())
        if comment < start:
            comment = raw.find(b"--", start)
            if comment < 0:
                comment = nowhere
        if (
            comment < end and raw.find(b"--", max(raw.rfind(b"\n", start, end), start), end) >= 0
        ) or (raw[end - 1] == _SLASH and raw[end - 2] == _STAR):
            end = trim(raw, start, end).end
        found.append(Statement(index, start + base, end + base, kind, tree, section))
        index += 1
    return found


def _decoded(answer: str) -> Iterator[tuple[str, Tree | bytes, int, int]]:
    """Of each statement in an answer: its kind, its tree, where it begins and how long it is, which the
    last one does not say (0)."""
    for item in _loads(answer)["stmts"]:
        [(kind, fields)] = item["stmt"].items()
        yield kind, Tree(kind, fields), item.get("stmt_location", 0), item.get("stmt_len", 0)


def _folded(answer: str) -> Iterator[tuple[str, Tree | bytes, int, int]]:
    """The same, with the JSON in place of the trees. What is long may be too deep to be decoded: that it
    is not must be known now."""
    _, *items = answer.split(_BEGINNING)
    for item in items:
        end = _END.search(item, max(len(item) - _LONGEST_END, 0))
        if end is None:  # not as libpg_query writes it
            raise TooDeep
        json = f"{{{item[: end.start()]}".encode("utf-8", "replace")
        kind = item[1 : item.index('"', 1)]
        folded = json if len(json) < _FOLDED else wrap(_loads(json))
        yield kind, folded, int(end[1] or 0), int(end[2] or 0)


def _loads(json: str | bytes) -> dict[str, Any]:
    try:
        decoded: dict[str, Any] = orjson.loads(json)
    except (ValueError, RecursionError):
        raise TooDeep from None
    return decoded


def _failure(error: ParseError, text: str, shift: int) -> Rejected | TooDeep:
    """What the parser's refusal means; it counts in characters, and sometimes gives no place."""
    message = _shortened(error.args[0])
    if message.startswith(_EXHAUSTED):
        return TooDeep()
    place: Any = error.args[1] if len(error.args) > 1 else None
    before = text[: max(0, place or 0)]
    return Rejected(message, shift + (len(before) if before.isascii() else len(before.encode())))


def _shortened(message: str) -> str:
    """PostgreSQL's message; what it quotes of the text is cut short (it may be all of the rest)."""
    head, near, quoted = message.partition(' at or near "')
    first = quoted.partition("\n")[0]
    if len(first) == len(quoted) <= _QUOTED:
        return message
    return f'{head}{near}{first[:_QUOTED].rstrip()}…"'
