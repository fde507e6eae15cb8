"""A folder of migrations as something to change: statements with their words and trees, and edits.

Edits are in bytes of the files. Statements with other characters than ASCII are never changed
inside, since the scanner's places are then no places in bytes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from pglast.parser import ParseError, parse_sql_json, scan

from .truth import names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .comparison import Migration, Verdict

#: What Drizzle cuts its files at.
BREAKPOINT = b"--> statement-breakpoint"
#: A statement that does nothing.
NOTHING = "SELECT 1"
SEMICOLON = re.compile(rb"\s*;")
COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
WORD = re.compile(r"\w+")


class Edit(NamedTuple):
    """Bytes `start` to `end` of a file, and what they become."""

    filename: str
    start: int
    end: int
    text: bytes


class Token(NamedTuple):
    """A word of a statement with its place in it."""

    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The word as a name: folded, without quotes."""
        return self.text[1:-1] if self.text.startswith('"') else self.text.lower()

    def otherwise(self, suffix: str) -> str:
        """Another name of the same style."""
        return f'"{self.name}{suffix}"' if self.text.startswith('"') else self.text + suffix


@dataclass(frozen=True)
class Statement:
    """A statement of the folder with its number among all of them."""

    number: int
    filename: str
    verdict: Verdict

    @property
    def text(self) -> str:
        """The statement without its semicolon."""
        return self.verdict.text

    @property
    def start(self) -> int:
        """Where it begins in its file."""
        return self.verdict.start

    @cached_property
    def end(self) -> int:
        """Where it ends in its file, without the semicolon."""
        return self.start + len(self.text.encode())

    @property
    def where(self) -> str:
        """Its file and row."""
        return f"{self.filename}:{self.verdict.row}"

    @cached_property
    def node(self) -> tuple[str, dict[str, Any]]:
        """The kind and the fields of its tree; empty where it cannot be read or changed."""
        if not self.text.isascii() or self.verdict.copy_data or self.verdict.runs_programs:
            return "", {}
        try:
            ((kind, fields),) = json.loads(parse_sql_json(self.text))["stmts"][0]["stmt"].items()
        except (ParseError, ValueError, IndexError):
            return "", {}
        return kind, fields

    @cached_property
    def tokens(self) -> list[Token]:
        """Its words, without comments."""
        return [
            Token(self.text[one.start : one.end + 1], one.start, one.end + 1)
            for one in scan(self.text)
            if one.name not in COMMENTS
        ]

    def after(self, *words: str, start: int = 0) -> int | None:
        """Return the index of the token behind a sequence of words, from a token on."""
        texts = [one.text.lower() for one in self.tokens]
        for index in range(start, len(texts) - len(words)):
            if tuple(texts[index : index + len(words)]) == words:
                return index + len(words)
        return None

    def at(self, place: int) -> int | None:
        """Return the index of the token that begins at a place of the text."""
        return next((index for index, one in enumerate(self.tokens) if one.start == place), None)

    def last_part(self, index: int) -> int:
        """Return the index of the last token of a dotted name that begins at a token."""
        while index + 2 < len(self.tokens) and self.tokens[index + 1].text == ".":
            index += 2
        return index

    @cached_property
    def elements(self) -> list[tuple[int, int]]:
        """What stands between commas in the first parentheses: begin and end of each in the text."""
        opened = next((index for index, one in enumerate(self.tokens) if one.text == "("), None)
        if opened is None:
            return []
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in self.tokens[opened:]:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
            if depth == 0:
                break
            if depth == 1 and token.text == ",":
                parts.append([])
            elif not (depth == 1 and token.text == "(" and not parts[-1] and len(parts) == 1):
                parts[-1].append(token)
        return [(part[0].start, part[-1].end) for part in parts if part]

    def without(self, element: int) -> tuple[int, int]:
        """Return the part of the text that goes where an element goes, with a comma."""
        if element > 0:
            return self.elements[element - 1][1], self.elements[element][1]
        return self.elements[0][0], self.elements[1][0]

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Change a part of the text."""
        return Edit(self.filename, self.start + start, self.start + end, text.encode())

    def renamed(self, index: int, suffix: str) -> Edit:
        """Give a token that is a name another one."""
        token = self.tokens[index]
        return self.edit(token.start, token.end, token.otherwise(suffix))


class Folder:
    """The statements of a folder, and the bytes of its files."""

    def __init__(self, migrations: Sequence[Migration], contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        flat = [(one.filename, verdict) for one in migrations for verdict in one.verdicts]
        self.statements = [Statement(index, *each) for index, each in enumerate(flat)]

    @cached_property
    def last(self) -> Statement:
        """The last statement of all."""
        return self.statements[-1]

    @cached_property
    def uses(self) -> Counter[str]:
        """In how many statements a word stands, folded."""
        return Counter(
            word for one in self.statements for word in set(WORD.findall(one.text.lower()))
        )

    def named_before(self, statement: Statement) -> set[str]:
        """What statements before one in its file name."""
        return {
            name
            for one in self.statements[: statement.number]
            if one.filename == statement.filename
            for name in names_in(one.text)
        }

    def separator(self, filename: str) -> bytes:
        """What stands between two statements of a file."""
        return b"\n" + BREAKPOINT + b"\n" if BREAKPOINT in self.contents[filename] else b"\n"

    def appended(self, texts: Sequence[str]) -> Edit:
        """Write statements behind the last one of all."""
        last = self.last
        ended = SEMICOLON.match(self.contents[last.filename], last.end)
        place = ended.end() if ended else last.end
        between = self.separator(last.filename)
        text = between.join(one.encode() + b";" for one in texts)
        return Edit(last.filename, place, place, (b"" if ended else b";") + between + text)

    def inserted(self, statement: Statement, text: str) -> Edit:
        """Write a statement before another."""
        between = self.separator(statement.filename)
        written = text.encode() + b";" + between
        return Edit(statement.filename, statement.start, statement.start, written)

    def first_of_file(self, statement: Statement) -> Statement:
        """Return the first statement of the same file."""
        return next(one for one in self.statements if one.filename == statement.filename)

    def taken_away(self, statement: Statement) -> Edit:
        """Let a statement do nothing; the rows stay where they are.

        Something stays, since runners pass over a file in which nothing is.
        """
        gone = re.sub(r"[^\n\r]", " ", statement.text)
        return Edit(statement.filename, statement.start, statement.end, f"{NOTHING}{gone}".encode())


def changed(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Apply edits to the bytes of their file; they may touch, and must not overlap."""
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content


def overlap(edits: Sequence[Edit]) -> bool:
    """Tell whether two edits change the same bytes."""
    ordered = sorted(edits, key=lambda one: (one.filename, one.start, one.end))
    return any(
        one.filename == other.filename and one.end > other.start for one, other in pairwise(ordered)
    )
