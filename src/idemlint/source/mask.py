"""What is in a psql script but not PostgreSQL's: psql's own commands, and the data of COPY.

It is overwritten with blanks, and line ends kept, so that all offsets and rows stay true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.source.lexer import GAP, tokens
from idemlint.source.statement import Mask, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEMICOLON: Final = 0x3B
_BACKSLASH: Final = 0x5C
BLANKED: Final = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))

_COPY: Final = re.compile(GAP + rb"*COPY\b", re.IGNORECASE)
_GAPS: Final = re.compile(GAP + rb"*")
_FROM_STDIN: Final = re.compile(rb"\bFROM[ \t\r\n\f\v]+P?STDIN\b", re.IGNORECASE)
_END_OF_DATA: Final = re.compile(rb"^\\\.[ \t]*\r?$", re.MULTILINE)
_COMMAND: Final = re.compile(rb"\\([A-Za-z_]*)([^\r\n]*)")
# Commands that send the query before them, as a `;` would.
_SENDS: Final = frozenset(
    [b"g", b"gx", b"gset", b"gexec", b"gdesc", b"crosstabview", b"watch", b"parse", b"bind"]
)

# A span, and the text of its length that replaces it.
Piece = tuple[Span, bytes]


def blank_commands(code: bytes, start: int, end: int) -> tuple[bytes, list[Mask]]:
    """Blank psql's commands and the data of COPY … FROM stdin in `code[start:end]`.

    A command that sends the query before it becomes a `;`.
    """
    masks: list[Mask] = []
    position = statement = start  # `statement`: where the current one begins
    has_data = True  # until a search for the end of data found none
    while position < end:
        data = None
        for kind, first, _ in tokens(code, position, end, coarse=True):
            if kind == "other" and code[first] == _BACKSLASH:
                command = _command(code, first, end)
                masks.append(Mask(command, "psql"))
                position = command.end
                reads = _reads_data(code, command)
                if _sends(code, command) or _GAPS.fullmatch(code, statement, first):
                    statement = position
            elif kind == "punctuation" and code[first] == _SEMICOLON:
                reads = _copies(code, statement, first)
                position = statement = first + 1
                if not reads:
                    continue
            else:
                continue
            if reads and has_data:
                data = _data(code, position, end)
                has_data = data is not None
            if data is not None:
                masks.append(Mask(data, "copy-data"))
                position = data.end
                statement = max(statement, position)
            break
        else:
            break
    return patch(code, [(mask.span, _replacement(code, mask)) for mask in masks]), masks


def command_at(code: bytes, mask: Mask) -> tuple[bytes, bytes]:
    """Name and arguments of the command that a mask is, empty where it is none; `code` is the text before it
    was blanked."""
    found = _COMMAND.match(code, mask.span.start, mask.span.end) if mask.what == "psql" else None
    if found is None:
        return b"", b""
    if not found[1] and found[2].startswith(b"!"):
        return b"!", found[2][1:]
    return found[1], found[2]


def patch(code: bytes, pieces: Sequence[Piece]) -> bytes:
    """Overwrite the spans, which ascend, by texts of their lengths."""
    if not pieces:
        return code
    parts: list[bytes] = []
    position = 0
    for (start, end), content in pieces:
        parts += (code[position:start], content)
        position = end
    parts.append(code[position:])
    return b"".join(parts)


def _command(code: bytes, start: int, end: int) -> Span:
    """The psql command at `start`: the rest of its line, but of `\\;` only that."""
    if code[start + 1 : start + 2] == b";":
        return Span(start, start + 2)
    found = _COMMAND.match(code, start, end)
    return Span(start, found.end() if found else start + 1)


def _replacement(code: bytes, mask: Mask) -> bytes:
    """The text, of the same length, that the parser sees instead."""
    text = code[mask.span.start : mask.span.end]
    if mask.what == "psql" and text == b"\\;":
        return b" ;"
    blank = text.translate(BLANKED)
    return b";" + blank[1:] if mask.what == "psql" and _sends(code, mask.span) else blank


def _sends(code: bytes, command: Span) -> bool:
    """Whether the command ends the statement before it."""
    found = _COMMAND.match(code, command.start, command.end)
    return found is not None and (found[1] in _SENDS or (not found[1] and found[2] == b";"))


def _reads_data(code: bytes, command: Span) -> bool:
    """Whether it is `\\copy … from stdin`."""
    return (
        code[command.start : command.start + 5].lower() == b"\\copy"
        and _FROM_STDIN.search(code, command.start, command.end) is not None
    )


def _copies(code: bytes, start: int, end: int) -> bool:
    """Whether it is `COPY … FROM stdin`."""
    return (
        _COPY.match(code, start, end) is not None
        and _FROM_STDIN.search(code, start, end) is not None
    )


def _data(code: bytes, position: int, end: int) -> Span | None:
    """The lines of data that begin after the line of `position`, with the `\\.` that ends them."""
    line = code.find(b"\n", position, end)
    close = _END_OF_DATA.search(code, line + 1, end) if line >= 0 else None
    return Span(line + 1, close.end()) if close else None
