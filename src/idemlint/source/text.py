"""Bytes of a file → its text, in which every byte offset stays true."""

from __future__ import annotations

import re
from typing import Final, Literal

from idemlint.source.positions import BOM
from idemlint.source.statement import Problem, SourceFile, Span

_BAD: Final = r"[\udc80-\udcff]"
#: Bytes that tell an encoding; an even number.
_HEAD: Final = 4096
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def decode(path: str, data: bytes) -> SourceFile:
    """Turn the bytes of a file into a `SourceFile`; whatever they are, this raises nothing.

    `text` in UTF-8 is as long as `data`: a byte order mark becomes three blanks, an undecodable
    byte one `?`. A file that PostgreSQL could not be sent at all (NUL bytes, UTF-16) becomes blanks
    altogether.
    """
    newline = _newline(data) if b"\r" in data else "\n"
    if b"\0" in data or data.startswith(_UTF16_BOMS):
        text = " " * len(data)
        return SourceFile(path, data, text, newline=newline, problems=(_refusal(data),))
    bom = data.startswith(BOM)
    raw = b"   " + data[3:] if bom else data
    try:
        return SourceFile(path, data, raw.decode(), bom, newline)
    except UnicodeDecodeError:
        text, problem = _salvage(raw)
        return SourceFile(path, data, text, bom, newline, (problem,))


def _newline(data: bytes) -> Literal["\n", "\r\n"]:
    """The line end that most lines have."""
    windows = data.count(b"\r\n")
    return "\r\n" if windows and 2 * windows > data.count(b"\n") else "\n"


def _refusal(data: bytes) -> Problem:
    """The reason not to read a file at all."""
    if data.startswith(_UTF16_BOMS):
        return Problem(
            "encoding",
            Span(0, 2),
            "this file is UTF-16; PostgreSQL's clients read migrations as UTF-8",
            help="save it as UTF-8",
        )
    order = _byte_order(data[:_HEAD])
    if order:
        return Problem(
            "encoding",
            Span(0, 2),
            f"this file is UTF-16 ({order}, without a byte order mark); PostgreSQL's clients read"
            " migrations as UTF-8",
            help="save it as UTF-8",
        )
    nul = data.find(b"\0")
    return Problem(
        "encoding",
        Span(nul, nul + 1),
        f"NUL byte at offset {nul}: PostgreSQL would not read past it; the file was skipped",
        help="remove the byte, or save the file as UTF-8 if it is UTF-16",
    )


def _byte_order(head: bytes) -> str:
    """The byte order of UTF-16; empty where it is another encoding. Most of a migration is ASCII: one of two
    bytes is zero, always the first or always the second."""
    firsts, seconds = head[::2], head[1::2]
    if len(seconds) < 2:  # too little to tell
        return ""
    if 2 * firsts.count(0) > len(firsts) and not seconds.count(0):
        return "big-endian"
    if 2 * seconds.count(0) > len(seconds) and not firsts.count(0):
        return "little-endian"
    return ""


def _salvage(data: bytes) -> tuple[str, Problem]:
    """Decode what can be decoded; one problem names the first bad byte and counts the others."""
    # surrogateescape turns each bad byte, and nothing else, into one lone surrogate.
    text = data.decode("utf-8", "surrogateescape")
    bad = [found.start() for found in re.finditer(_BAD, text)]
    count, first = len(bad), len(text[: bad[0]].encode())
    more = f", and {count - 1} more like it" if count > 1 else ""
    message = f"byte 0x{data[first]:02X} at offset {first} is not UTF-8{more}"
    problem = Problem("encoding", Span(first, first + 1), message, help="save the file as UTF-8")
    return text.encode("utf-8", "replace").decode(), problem
