"""What is in a file but not PostgreSQL's: psql's commands, COPY's data, a template's placeholders.

It is overwritten with text of the same length, so that all offsets stay true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from idemlint.source.lexer import GAP, Literals, tokens
from idemlint.source.model import Mask, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANKED: Final = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))
_NAMED: Final = bytes(
    byte if byte >= 0x80 or chr(byte).isalnum() else 0x5F  # _
    for byte in range(256)
)

_COPY: Final = re.compile(GAP + rb"*COPY\b", re.IGNORECASE)
_FROM_STDIN: Final = re.compile(rb"\bFROM[ \t\r\n\f\v]+P?STDIN\b", re.IGNORECASE)
_END_OF_DATA: Final = re.compile(rb"^\\\.[ \t]*\r?$", re.MULTILINE)
_COMMAND: Final = re.compile(rb"\\([A-Za-z]*)([^\r\n]*)")
# Commands that send the query before them, as a `;` would.
_SENDS: Final = frozenset(
    [b"g", b"gx", b"gset", b"gexec", b"gdesc", b"crosstabview", b"watch", b"parse", b"bind"]
)

# A span, and the text of its length that replaces it.
Piece = tuple[Span, bytes]

Family = Literal["braces", "dollar", "colon", "at", "percent"]
FAMILIES: Final[frozenset[Family]] = frozenset(["braces", "dollar", "colon", "at", "percent"])
_PLACEHOLDERS: Final[dict[Family, bytes]] = {
    "braces": rb"\{\{(?:[^{}]|\}(?!\})|\{(?!\{))*\}\}|\{%(?:[^%]|%(?!\}))*%\}",
    "dollar": rb"\$\{[^{}\r\n]*\}|\$%\w+%\$|\$[A-Za-z_]\w*(?![\w$])",
    "colon": rb"(?<!:):(?:[A-Za-z_]\w*|'\w+'|\"\w+\"|\{\?\w+\})",
    "at": rb"@[A-Za-z_][\w:]*@",
    "percent": rb"%\(\w+\)[a-z]",
}
_CONTROL: Final = re.compile(
    rb"\{%|\{\{-?\s*(?:if|else|end|range|with|define|block|template|/\*|[#/!])"
)

Guise = Literal["name", "literal", "number", "nothing"]
GUISES: Final[tuple[Guise, ...]] = ("name", "literal", "number", "nothing")


def blank_commands(code: bytes, start: int, end: int) -> tuple[bytes, list[Mask]]:
    """Blank psql's commands and the data of COPY … FROM stdin in `code[start:end]`.

    A command that sends the query before it becomes a `;`.
    """
    masks: list[Mask] = []
    pieces: list[Piece] = []
    position = begin = start  # `begin`: where the current statement does
    has_data = True
    while position < end:
        for kind, first, _ in tokens(code, position, end, coarse=True):
            if kind == "other" and code[first] == 0x5C:  # \
                command = _command(code, first, end)
                pieces.append((command, _replacement(code, command)))
                masks.append(Mask(command, "psql"))
                position = command.end
                if has_data and _reads_data(code, command):
                    data = _data(code, position, end)
                    has_data = data is not None
                    if data is not None:
                        pieces.append((data, _blank(code, data)))
                        masks.append(Mask(data, "copy-data"))
                        position = data.end
                break
            if kind == "punctuation" and code[first] == 0x3B:  # ;
                statement, begin = begin, first + 1
                if (
                    has_data
                    and _COPY.match(code, statement, first)
                    and _FROM_STDIN.search(code, statement, first)
                ):
                    data = _data(code, begin, end)
                    has_data = data is not None
                    if data is not None:
                        pieces.append((data, _blank(code, data)))
                        masks.append(Mask(data, "copy-data"))
                        position = begin = data.end
                        break
        else:
            break
    return patch(code, pieces), masks


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


def placeholders(
    code: bytes, start: int, end: int, families: frozenset[Family] = FAMILIES
) -> list[Span]:
    """The placeholders of `code[start:end]` that stand outside literals and comments."""
    literals = Literals(code, start, end)
    return [
        Span(*found.span())
        for found in _pattern(families).finditer(code, start, end)
        if not literals.cover(found.start())
    ]


def fill(placeholder: bytes, guise: Guise) -> bytes:
    """The text, of the same length, that stands for a placeholder.

    As a `name` it is an identifier made of the placeholder's own letters, so that equal ones stay
    equal. psql's `:'x'` is a literal and `:"x"` a quoted name always; a template's control tags
    become blanks.
    """
    if placeholder.startswith((b":'", b':"')):
        quote = placeholder[1:2]
        return quote + b"_" + placeholder[2:-1] + quote
    if _CONTROL.match(placeholder) or guise == "nothing":
        return placeholder.translate(_BLANKED)
    if guise == "name":
        return placeholder.translate(_NAMED)
    if guise == "literal":
        return b"'" + placeholder[1:-1].translate(_NAMED) + b"'"
    return b"1".ljust(len(placeholder))


_PATTERNS: Final[dict[frozenset[Family], re.Pattern[bytes]]] = {}


def _pattern(families: frozenset[Family]) -> re.Pattern[bytes]:
    if families not in _PATTERNS:
        alternatives = [_PLACEHOLDERS[family] for family in _PLACEHOLDERS if family in families]
        _PATTERNS[families] = re.compile(b"|".join(alternatives) or rb"(?!)")
    return _PATTERNS[families]


def _command(code: bytes, start: int, end: int) -> Span:
    """The psql command at `start`: the rest of its line, but of `\\;` only that."""
    if code[start + 1 : start + 2] == b";":
        return Span(start, start + 2)
    found = _COMMAND.match(code, start, end)
    return Span(start, found.end() if found else start + 1)


def _replacement(code: bytes, command: Span) -> bytes:
    text = code[command.start : command.end]
    found = _COMMAND.match(text)
    if text == b"\\;":
        return b" ;"
    blank = text.translate(_BLANKED)
    return b";" + blank[1:] if found and found[1] in _SENDS else blank


def _reads_data(code: bytes, command: Span) -> bool:
    """Whether it is `\\copy … from stdin`."""
    text = code[command.start : command.end]
    return text[:5].lower() == b"\\copy" and _FROM_STDIN.search(text) is not None


def _data(code: bytes, position: int, end: int) -> Span | None:
    """The lines of data that begin after the line of `position`, with the `\\.` that ends them."""
    line = code.find(b"\n", position, end)
    close = _END_OF_DATA.search(code, line + 1, end) if line >= 0 else None
    return Span(line + 1, close.end()) if close else None


def _blank(code: bytes, span: Span) -> bytes:
    return code[span.start : span.end].translate(_BLANKED)
