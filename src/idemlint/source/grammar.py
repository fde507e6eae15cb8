"""PostgreSQL's own parser, asked for one stretch of text at a time.

Only `parse_sql_json` is used: pglast's `parse_sql` crashes the process on deep trees.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import orjson
from pglast.parser import ParseError, parse_sql_json

from idemlint.source.split import trim
from idemlint.source.tree import Tree

# A key of the JSON: inside a value its quotes would be escaped.
_LOCATION: Final = re.compile(r'location":(\d+)')
_EXHAUSTED: Final = ("stack depth limit exceeded", "memory exhausted")


class Parsed(NamedTuple):
    """A statement and its bytes, without blanks and comments around it."""

    start: int
    end: int
    kind: str
    tree: Tree


class Rejected(Exception):
    """The text is not PostgreSQL's: its parser's message, and the byte it points at."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TooDeep(Exception):
    """The text is nested too deeply to be parsed, or its tree to be decoded."""


def parse_stretch(code: bytes, start: int, end: int) -> list[Parsed]:
    """The statements of `code[start:end]`, with all positions relative to `code`.

    Raises `Rejected` where PostgreSQL does, for all of the stretch, and `TooDeep`.
    """
    if start:
        # A blank in front keeps every location above 0, which the JSON leaves out.
        text = " " + code[start:end].decode("utf-8", "replace")
        shift = start - 1
    else:
        text = code[:end].decode("utf-8", "replace")
        shift = 0
    try:
        tree = parse_sql_json(text)
    except ParseError as error:
        raise _failure(error, text, shift) from None
    if shift:
        tree = _LOCATION.sub(lambda found: f'location":{int(found[1]) + shift}', tree)
    return _statements(code, end, tree)


def _statements(code: bytes, stop: int, tree: str) -> list[Parsed]:
    """Decode the parser's answer."""
    try:
        decoded = orjson.loads(tree)
    except (ValueError, RecursionError):
        raise TooDeep from None
    found = []
    for item in decoded["stmts"]:
        start = item.get("stmt_location", 0)
        length = item.get("stmt_len", 0)  # none if nothing ends the last statement
        end = start + length if length else stop
        [(kind, fields)] = item["stmt"].items()
        found.append(Parsed(start, _last_token_end(code, start, end), kind, Tree(kind, fields)))
    return found


def _last_token_end(code: bytes, start: int, end: int) -> int:
    """The end of a statement without the blanks and comments that precede its `;`."""
    end = start + len(code[start:end].rstrip())
    line = max(code.rfind(b"\n", start, end), start)
    if code.find(b"--", line, end) >= 0 or code[end - 2 : end] == b"*/":
        return trim(code, start, end).end
    return end


def _failure(error: ParseError, text: str, shift: int) -> Rejected | TooDeep:
    """What the parser's refusal means; it counts in characters, and sometimes gives no place."""
    message: str = error.args[0]
    if message.startswith(_EXHAUSTED):
        return TooDeep()
    place: Any = error.args[1] if len(error.args) > 1 else None
    before = text[: max(0, place or 0)]
    return Rejected(message, shift + (len(before) if before.isascii() else len(before.encode())))
