"""What the source package hands on: files, statements, and what is wrong with their text.

Dataclasses take a millisecond each to declare, and frozen ones long to make: these are named tuples.

All positions are **byte** offsets into the file as it is on disk (a BOM counts), because that is
what libpg_query gives and what edits need. Rows and columns are made from them only for display.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple
from idemlint.source.tree import unfolded

if TYPE_CHECKING:
    from idemlint.source.tree import Tree

Section = Literal["up", "down"]


class Span(NamedTuple):
    """A half-open range of bytes of a file."""

    start: int
    end: int


class Edit(NamedTuple):
    """Replace the bytes of `span` by `content` (an empty span inserts)."""

    span: Span
    content: str


class Chunk(NamedTuple):
    """A stretch of a file that its runner sends, and whether it applies or reverts."""

    span: Span
    section: Section = "up"


ProblemKind = Literal[
    "encoding",  # the bytes are no UTF-8 text
    "too-large",  # nothing of the file is read
    "too-deep",  # only we cannot read the statement: PostgreSQL may well accept it
    "included",  # statements of another file, which psql reads in its place
    "client-command",  # of psql, which does something nobody can follow
    "syntax",  # PostgreSQL's grammar refuses the statement
    "misquoted",  # a body between single `$`
    "unclosed",  # a body that ends with another tag than it opens with, or never
]


class Problem(NamedTuple):
    """Something that keeps a stretch of text from being read as it stands.

    `repair` are the edits that would mend it, `certain` where they cannot be wrong.
    """

    kind: ProblemKind
    span: Span
    message: str
    help: str = ""
    repair: tuple[Edit, ...] = ()
    certain: bool = False


class SourceFile(NamedTuple):
    """A file as it was read.

    `data` are its bytes on disk; `text` is the SQL to analyse, whose UTF-8 form is exactly as long
    as `data` (BOM and undecodable bytes are replaced one for one).
    """

    path: str
    data: bytes
    text: str
    bom: bool = False
    newline: Literal["\n", "\r\n"] = "\n"
    problems: tuple[Problem, ...] = ()


#: Of a statement's text, so many bytes are kept to show how it begins.
_BEGINNING: Final = 288


# Not a tuple: a runner's sections are assigned once a file is read, and no two are equal.
class Statement:
    """One statement of a file.

    `start` and `end` are its own bytes, without comments around it and without the closing `;`.
    `kind` is the parse node's name (`CreateStmt`), empty where there is no tree; then `tree` is
    `None` and `problem` says why. All locations in the tree are byte offsets into the file.

    A tree takes ten times as much room as the JSON that it is made of: of a large file, that is kept.
    """

    __slots__ = ("_tree", "end", "index", "kind", "problem", "section", "start")

    def __init__(
        self,
        index: int,
        start: int,
        end: int,
        kind: str,
        tree: Tree | bytes | None,
        section: Section = "up",
        problem: Problem | None = None,
    ) -> None:
        self.index = index
        self.start = start
        self.end = end
        self.kind = kind
        self._tree = tree
        self.section = section
        self.problem = problem

    @property
    def tree(self) -> Tree | None:
        """The parse tree. In a large file it is made anew each time: ask for the `kind` first."""
        kept = self._tree
        return unfolded(kept) if isinstance(kept, bytes) else kept

    @property
    def span(self) -> Span:
        """The statement's own bytes."""
        return Span(self.start, self.end)

    def beginning(self, data: bytes) -> str:
        """The first part of its text, by which it is shown; `data` are the file's bytes."""
        return data[self.start : min(self.end, self.start + _BEGINNING)].decode("utf-8", "replace")


class ParsedFile(NamedTuple):
    """A file's statements in file order, and all that is wrong with its text.

    `code` is what the parser saw, in UTF-8, byte for byte at the offsets of the file: with repaired
    dollar quotes, blanked psql commands and COPY data, and with placeholders filled in. `problems`
    are those of the file and of its statements, but for what only we do not read. `masks` are in order
    of place.
    """

    source: SourceFile
    code: bytes
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()
    masks: tuple[Mask, ...] = ()


class Mask(NamedTuple):
    """A stretch that was blanked before parsing, and what it was."""

    span: Span
    what: Literal["psql", "copy-data", "directive", "placeholder"]
