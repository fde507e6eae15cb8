"""What a migration runner is to the rest of idemlint: one frozen record of facts, with a few hooks.

A profile module says which files are its own, in which order they run, which stretches of a file
are applied, in what messages they reach the server, and which transaction stands around them.
`units.deliver` turns that into facts about single statements. Where the words come from: `docs` of
the runners and their sources, cited in each profile's docstring.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from idemlint.records import NamedTuple
from idemlint.source.statement import Chunk, Edit, Section, Span, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

Sending = Literal["stmt", "msg", "pipe", "tx", "tx-all"]
"""How a file reaches the server, and what stands around it.

`stmt`: statement by statement, autocommit. `msg`: as one simple-query message (several statements
in it form an implicit block). `pipe`: extended protocol with one Sync. `tx`: inside the runner's
BEGIN … COMMIT. `tx-all`: the same, and every pending file shares it.
"""

Direction = Literal["up", "down", "repeatable", "ignored"]
Edits = Literal["error", "warn", "ignored"]
Message = Literal["statement", "piece", "section"]
"""What one message to the server holds: one statement (the runner's lexer knows SQL), one piece as
the runner's cutter makes it (it may hold several statements, or a torn one), or the whole
section."""


class Part(NamedTuple):
    """A stretch of a file that the runner applies as a whole, and in which direction.

    `sending` is set where a directive of that very stretch changes it (dbmate, tern, Liquibase),
    `message` likewise (Liquibase's `splitStatements:false`). `group` numbers transactions: parts
    of one group share one.
    """

    span: Span
    section: Section = "up"
    sending: Sending | None = None
    message: Message | None = None
    group: int = 0


class OptOut(NamedTuple):
    """The runner's own way out of its transaction, found in this file (or beside it: then the span
    is empty)."""

    span: Span
    sending: Sending


class Misdirective(NamedTuple):
    """Something that looks like an opt-out and is none, or is another runner's."""

    span: Span
    message: str
    help: str = ""


class Tear(NamedTuple):
    """A place (`at`, an offset) where the runner's cutter ends a message inside a body."""

    body: Span
    at: int


class Named(NamedTuple):
    """Which files of a runner's folder go which way, by name.

    `pattern` is matched against the end of the path, whole components only, letter case ignored
    unless `exact`. Its groups `version` and `name` are the file's version and description.
    """

    pattern: str
    direction: Direction
    rank: int = 0
    exact: bool = False


class Claim(NamedTuple):
    """One reason to believe that a file is the runner's: all that is set must hold; the highest
    score wins.

    `needle` (lower case) and `text` are sought in the file's first 4 KB, `near` means: there, or in
    that of one of a few siblings. `folder` is matched against the end of the folder's path.
    `beside` names files (`fnmatch` patterns) in the folder, `above` in it or a folder above it (a
    slash: below that), `depends` a manifest above and what stands in it.
    """

    score: int
    name: str | None = None
    folder: str | None = None
    needle: bytes | None = None
    text: str | None = None
    near: bool = False
    beside: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    depends: tuple[tuple[str, str], ...] = ()


class Placeholders(NamedTuple):
    """What a runner fills in before the server sees the text.

    `pattern` finds them; `in_bodies` says that string literals and dollar-quoted bodies are not
    spared; `breaks` finds what a fix must never write, since substitution would destroy it.
    """

    pattern: str | None = None
    in_bodies: bool = False
    when: str | None = None
    breaks: str | None = None

    def spoils(self, text: str, data: bytes = b"") -> bool:
        """Whether substitution would destroy this text, written into that file."""
        if self.breaks is None or (self.when and not _lines(self.when).search(data)):
            return False
        return re.search(self.breaks, text) is not None


#: Every runner's opt-out by a comment: its name → how it is called, and the pattern.
Directives = Callable[[], Mapping[str, tuple[str, str]]]

NO_PLACEHOLDERS: Final = Placeholders()


def _one_part(data: bytes) -> tuple[Part, ...]:
    return (Part(Span(0, len(data))),)


def _no_opt_out(path: str, data: bytes, clues: FolderClues) -> OptOut | None:
    return None


def _no_misdirectives(
    path: str, data: bytes, clues: FolderClues, others: Directives
) -> tuple[Misdirective, ...]:
    return ()


def _never_by_design(path: str, data: bytes, clues: FolderClues) -> str | None:
    return None


def _no_way_to_keep(data: bytes, part: Part) -> tuple[str, Edit] | None:
    return None


def _no_directive(data: bytes) -> Edit | None:
    return None


def _as_declared(data: bytes, statements: Sequence[Statement], sending: Sending) -> Sending:
    return sending


class Profile(NamedTuple):
    """All that idemlint knows of one runner.

    Hooks that are not given say: one section, no opt-out, no cutting, nothing repeats by design.
    """

    name: str
    title: str
    edits: Edits
    """What it does when an applied file was edited: refuses (`error`), complains (`warn`), does not
    see it."""
    sending: Sending
    family: str = ""
    """For a variant: the name of the runner that it is a version or a mode of."""
    message: Message = "section"
    claims: tuple[Claim, ...] = ()
    files: tuple[Named, ...] = ()
    otherwise: Direction = "ignored"
    """Direction of a file that none of `files` names."""
    by: Literal["number", "text", "path"] = "number"
    """How versions compare; `path`: it sorts the names of files or folders, not the versions."""
    joined: str = ""
    """Characters that it drops from a version (Diesel: dashes)."""
    parts: Callable[[bytes], tuple[Part, ...]] = _one_part
    """The stretches that it applies, each a transaction of its own unless they share a `group`."""
    pieces: Callable[[bytes, Part], tuple[Span, ...]] | None = None
    """How its cutter cuts a section, where that is not SQL's own way."""
    opt_out: Callable[[str, bytes, FolderClues], OptOut | None] = _no_opt_out
    misdirectives: Callable[[str, bytes, FolderClues, Directives], tuple[Misdirective, ...]] = (
        _no_misdirectives
    )
    """What is mistaken for an opt-out; the last argument gives every runner's `own_directive`."""
    own_directive: str = ""
    """The pattern of its opt-out by a comment, as its documentation writes it: in another runner's
    file it does nothing."""
    way_out: str = ""
    """What to do with a statement that refuses its transaction, where the way is no line of the
    file."""
    version_alone: bool = False
    """It notes a version, and nothing else of a file's name: it tells two files of one version not
    apart."""
    breakpoint: bytes = b""
    """The marker that it cuts at, which must stand between statements that a fix makes."""
    keep_body: str = ""
    """How a body is kept from its cutter, in words (where `wrap` is not the way)."""
    keep_part: Callable[[bytes, Part], tuple[str, Edit] | None] = _no_way_to_keep
    """The same as an edit of the part that the body stands in, with its words."""
    opted_out: Sending | None = None
    """How it sends a file that opted out; None: there is no opt-out inside the file."""
    directive: Callable[[bytes], Edit | None] = _no_directive
    """The edit that opts a file out of the transaction."""
    journal: Callable[[str, Sequence[str], FolderClues], Sequence[str] | None] | None = None
    """Where a journal or plan rules: the paths of a folder's files in its order, those that never
    run left out."""
    alone: Callable[[Statement], bool] | None = None
    """Statements that it takes out of the batch and sends by themselves, what was before being
    committed (Supabase)."""
    sending_of: Callable[[bytes, Sequence[Statement], Sending], Sending] = _as_declared
    """Changes the sending after a look at the statements (Flyway, Prisma, Supabase)."""
    blocks: str = ""
    """What it says itself where it will not send a statement that cannot run in a block
    (Flyway)."""
    placeholders: Placeholders = NO_PLACEHOLDERS
    do_blocks: bool = True
    """A fix may write a DO block here (with `wrap` around it)."""
    wrap: tuple[str, str] = ("", "")
    """Lines that must stand before and after a DO block, so that the cutter leaves it whole."""
    reruns: Callable[[str, bytes, FolderClues], str | None] = _never_by_design
    """Why this file runs again by design, or None."""
    facts: Mapping[str, str] = MappingProxyType({})
    """What could not be verified, by topic."""

    def sections(self, data: bytes) -> tuple[Chunk, ...]:
        """The stretches of a file that it sends, as the parser wants them."""
        return tuple(Chunk(part.span, part.section) for part in self.parts(data))

    def named(self, path: str) -> tuple[Named, re.Match[str]] | None:
        """The first of `files` that fits the path, with its match."""
        tail = "/" + path.replace("\\", "/")
        for rule in self.files:
            if match := _tail(rule.pattern, rule.exact).search(tail):
                return rule, match
        return None

    def direction(self, path: str) -> Direction:
        """Which way the file goes, by its name alone."""
        found = self.named(path)
        return found[0].direction if found else self.otherwise

    def version_of(self, path: str) -> str:
        """The file's version as its name has it; the file's name where it has none."""
        found = self.named(path)
        version = found[1].groupdict().get("version") if found else None
        if not version:
            return posixpath.basename(path.replace("\\", "/"))
        return version.replace(self.joined, "") if self.joined else version

    def key_of(self, path: str) -> tuple[Any, ...]:
        """Sorts the files of a folder as the runner does, journals and plans aside."""
        path = path.replace("\\", "/")
        found = self.named(path)
        rank = found[0].rank if found else 0
        version = found[1].groupdict().get("version") if found else None
        if not version or self.by == "path":
            return (rank, 1, path)
        if self.by == "text":
            return (rank, 0, self.version_of(path), path)
        return (rank, 0, version_key(version), path)

    def order(self, paths: Sequence[str], clues: FolderClues | None = None) -> list[str]:
        """Those of a folder's files that a fresh database would get, first to last."""
        runs = [path for path in paths if self.direction(path) in ("up", "repeatable")]
        if self.journal is not None and clues is not None and runs:
            ruled = self.journal(posixpath.dirname(runs[0].replace("\\", "/")), runs, clues)
            if ruled is not None:
                return list(ruled)
        return sorted(runs, key=self.key_of)


def version_key(version: str) -> tuple[int, ...]:
    """`1.10` sorts after `1.9`, `2_0` equals `2`: numbers, part by part, without trailing zeros."""
    parts = [int(part) for part in re.findall(r"\d+", version)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


@cache
def _lines(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)


@cache
def _tail(pattern: str, exact: bool) -> re.Pattern[str]:
    return re.compile(rf"/(?:{pattern})\Z", 0 if exact else re.IGNORECASE)
