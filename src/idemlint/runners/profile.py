"""What a migration runner is to the rest of idemlint: one frozen record of facts, with a few hooks.

A profile says which files are its own, in which order they run, which parts of a file are applied,
in what messages they reach the server, which transaction stands around them, and what a file can do
about that. Whoever wants to know something of a runner reads a field here; no name of a runner is
written down anywhere else. The facts are taken from the runners' sources and manuals, cited in the
docstrings of `profiles`, or were measured. Offsets are bytes of the file; patterns are regular
expressions of Python, letter case ignored unless said otherwise.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from idemlint.records import NamedTuple
from idemlint.runners.line_patterns import compiled
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Chunk, Edit, Section, Span, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.runners.clues import FolderClues

Sending = Literal["stmt", "msg", "pipe", "tx", "tx-all"]
"""How a file reaches the server, and what stands around it.

`stmt`: statement by statement, autocommit. `msg`: as one simple-query message (several statements
in it form an implicit block). `pipe`: extended protocol with one Sync. `tx`: inside the runner's
BEGIN … COMMIT. `tx-all`: the same, and every pending file shares it.
"""
IN_TRANSACTION: Final[frozenset[Sending]] = frozenset({"tx", "tx-all"})
"""With these the runner opens a transaction itself, and ends what is open with a COMMIT."""

Session = Literal["transaction", "kept", "reset", "new"]
"""What a file finds of the session of the one before it, where one run applies both.

`transaction`: all, for the transaction goes on (`tx-all`). `kept`: what outlives a transaction: temporary
tables, prepared statements, settings. `reset`: the same, but search_path is as at the beginning. `new`:
nothing, since each has a session of its own, or may get another one.
"""

Direction = Literal["up", "down", "repeatable", "ignored"]
Edits = Literal["error", "warn", "ignored"]
LateFiles = Literal["skips", "refuses", "runs", "unknown", "never"]
"""What becomes of a migration that stands before one that has run already (it was merged later).

`skips`: it goes on from the newest one that ran. `refuses`: it stops. `runs`: its journal is a set, and
what is not in it runs, in the order of what is left. `never`: such a file is no new migration, but what
another one was before.
"""
Message = Literal["statement", "piece", "section"]
"""What one message holds: one statement (the runner's lexer knows SQL), one piece as the runner's cutter
makes it (it may hold several statements, or a torn one), or the whole section."""


class Part(NamedTuple):
    """A stretch of a file that the runner applies as a whole, and in which direction.

    `sending` and `message` are set where a directive of that very stretch changes them. `group`
    numbers transactions: parts of one group share one.
    """

    span: Span
    section: Section = "up"
    sending: Sending | None = None
    message: Message | None = None
    group: int = 0


class NearMiss(NamedTuple):
    """A text that looks like the runner's opt-out and does nothing, or another thing: its pattern (lines of
    bytes), what to say of it, and what to write instead. Where its line says other things, too, `wrong` is
    the pattern of what is wrong there, and `right` what to write in its place."""

    pattern: str
    message: str
    help: str = ""
    wrong: str = ""
    right: str = ""


class WholeBody(NamedTuple):
    """How a body stays whole that the cutter would tear: in words, and as an edit where a word does it."""

    advice: str
    edit: Edit | None = None


class Named(NamedTuple):
    """Which files of a runner's folder go which way, by name.

    `pattern` is the whole name of a file, `folders` are the names of the folders above it that the
    runner goes by, outermost first: patterns as well, each for one name, letter case ignored unless
    `exact`. No pattern reaches over a slash, so that siblings are sought in these folders only. The
    groups `version` and `name` are the file's version and description. `late` is said where it is not the
    runner's (`Profile.late`).
    """

    pattern: str
    direction: Direction
    rank: int = 0
    exact: bool = False
    folders: tuple[str, ...] = ()
    late: LateFiles | None = None


class Claim(NamedTuple):
    """One reason to believe that a file is the runner's: all that is set must hold; the highest
    score wins.

    `needle` (lower case) and `text` are sought in the file's first 4 KB, `near` means: there, or in
    that of one of a few siblings. `folder` is matched against the end of the folder's path.
    `beside` names files (`*` stands for anything) in the folder, `above` in it or a folder above it (a
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

    @property
    def is_marker(self) -> bool:
        """Whether it is what the file itself says: a word that only its runner reads."""
        return self.needle is not None and not self.near

    @property
    def is_surroundings(self) -> bool:
        """Whether a journal, a configuration file or a manifest that names the runner bears it out,
        not just a name that others use, too."""
        around = bool(self.beside or self.above or self.depends)
        return around and self.score >= _NO_CUSTOM and not self.is_marker


_NO_CUSTOM: Final = 40
"""Claims below are customs: a folder's name, or what stands there by habit (`*.go`)."""


class Reads(NamedTuple):
    """Which files a runner runs nothing of, though they lie in its folder, and what it does then.

    `names` is a name that it reads, as an example, and `other_name` what it does with others; empty:
    nothing is known. `marker` is the pattern (lines of bytes) without which it runs nothing of a file,
    `line` how it is written, `alike` what is mistaken for it, `unmarked` what it does with such a file.
    `unlisted`: why a file that the `journal` leaves out never runs. `empty`: what it does with a file
    without a byte of text. What it does stands in words: "passes it over without a word".
    """

    names: str = ""
    other_name: str = "passes it over without a word"
    marker: str = ""
    line: str = ""
    alike: str = ""
    unmarked: str = ""
    unlisted: str = ""
    empty: str = ""


class Placeholders(NamedTuple):
    """What a runner fills in before the server sees the text.

    `pattern` finds them; `in_bodies` says that literals and bodies are not spared; `breaks` finds what a fix
    must never write, since it would be destroyed, `when` the line without which a file has none.
    """

    pattern: str | None = None
    in_bodies: bool = False
    when: str | None = None
    breaks: str | None = None

    def spoils(self, text: str, data: bytes = b"") -> bool:
        """Whether substitution would destroy this text, written into that file."""
        if self.breaks is None or re.search(self.breaks, text) is None:
            return False
        return not self.when or compiled(self.when).search(data) is not None


NO_PLACEHOLDERS: Final = Placeholders()


def _one_part(data: bytes) -> tuple[Part, ...]:
    return (Part(Span(0, len(data))),)


def _cannot_keep(data: bytes, part: Part) -> WholeBody | None:
    return None


def _never_by_design(path: str, data: bytes, clues: FolderClues) -> str | None:
    return None


def _no_edit(data: bytes) -> Edit | None:
    return None


def _as_declared(data: bytes, statements: Sequence[Statement], sending: Sending) -> Sending:
    return sending


def _with_the_rest(statement: Statement) -> bool:
    return False


class Profile(NamedTuple):
    """All that idemlint knows of one runner.

    Hooks that are not given say: one part, no cutting, no opt-out, nothing repeats by design. Paths
    are those of the files as they were given; `data` is a file's text.
    """

    name: str
    """What `--runner` takes, and (with `_` for `-`) its module; variants stand beside their `family`."""
    title: str
    """What people call it, inside a sentence."""
    edits: Edits
    """What it does when an applied file was edited: refuses (`error`), complains, does not see it."""
    sending: Sending
    session: Session
    late: LateFiles = "unknown"
    """What it does with a new file whose place is before one that ran already."""
    late_option: str = ""
    """How it is told to run that one all the same."""
    family: str = ""
    """For a variant: the name of the runner that it is a version or a mode of."""

    # -- whose a file is, and when it runs -----------------------------------------------------------

    claims: tuple[Claim, ...] = ()
    files: tuple[Named, ...] = ()
    other_files: Direction = "ignored"
    """Direction of a file that none of `files` names."""
    ordered_by: Literal["number", "text", "path"] = "number"
    """How versions compare; `path`: it sorts the names of files or folders, not the versions."""
    seen_as: Callable[[str], str] = str
    """A path as it compares where names do."""
    version_without: str = ""
    """Characters that it leaves out of a version."""
    version_alone: bool = False
    """Its journal knows a file by its version alone: of two with one it runs one, or refuses."""
    journal: Callable[[str, Sequence[str], FolderClues], Sequence[str] | None] | None = None
    """Where a journal or plan rules: the paths of a folder's files in its order, those that never
    run left out; None: the names rule here."""
    plan: str = ""
    """The file that the `journal` reads, where names alone give no order: without it the order of files
    that have no version is nobody's."""
    goes_below: bool = False
    """It reads the folders inside of its own, too, as one order."""
    reruns: Callable[[str, bytes, FolderClues], str | None] = _never_by_design
    """Why this file runs again by design, or None."""
    has_journal: bool = True
    """It keeps one order and a journal of what ran; else somebody runs files by hand."""
    reads: Reads = Reads()
    """What it does with files that it does not run."""
    begins_again: Literal["file", "part", "statement"] = "file"
    """Where it begins after a failure: at the file, at the part that failed (those before it are in its
    journal), or at the statement behind the last one that committed."""

    undoing: Undoing = Undoing()
    """How it rolls a file back."""
    runs_files: bool = False
    """Its files are psql's, and may have psql run others in their midst (`\\i`)."""

    # -- how it is sent ------------------------------------------------------------------------------

    parts: Callable[[bytes], tuple[Part, ...]] = _one_part
    """The stretches that it applies, each a transaction of its own unless they share a `group`."""
    message: Message = "section"
    cutter: Callable[[bytes, Part], tuple[Span, ...]] | None = None
    """The pieces that it cuts a part into, where that is not SQL's own way."""
    breakpoint: str = ""
    """What its files have between statements besides `;`: the cutter cuts there."""
    keep_body: Callable[[bytes, Part], WholeBody | None] = _cannot_keep
    """How its bodies stay whole, apart from `wrap` and from taking a `breakpoint` out; None: unknown."""
    wrap: tuple[str, str] = ("", "")
    """Lines that must stand before and after a DO block, so that the cutter leaves it whole."""
    undelimited: Callable[[bytes], bytes] = bytes
    """A file's text with a `;` wherever it ends statements by something else, at the same offsets."""
    do_blocks: bool = True
    """A fix may write a DO block here (with `wrap` around it)."""
    placeholders: Placeholders = NO_PLACEHOLDERS
    sending_of: Callable[[bytes, Sequence[Statement], Sending], Sending] = _as_declared
    """Changes the sending after a look at a part's statements."""
    sent_alone: Callable[[Statement], bool] = _with_the_rest
    """Statements that it takes out of the batch and sends by themselves, what was before being
    committed."""

    # -- the way out of its transaction --------------------------------------------------------------

    opt_out: Callable[[str, bytes, FolderClues], Sending | None] | None = None
    """How it sends a file that opted out of the transaction, in its text, by its name, or in a file
    beside it; None: this one did not. No hook: no file can."""
    opt_out_edit: Callable[[bytes], Edit | None] = _no_edit
    """The edit that opts a file out; None: no word in it does."""
    own_directive: str = ""
    """Pattern (lines of bytes) of the comment that opts a file out, as the runner's own manual
    writes it: in another runner's file it does nothing. Empty: there is none."""
    directives_read: str = ""
    """Pattern (lines of bytes) of the directives about transactions that it does read: these are no
    near misses, whatever they look like."""
    near_misses: tuple[NearMiss, ...] = ()
    """What is mistaken for its opt-out."""
    way_out: str = ""
    """Advice for a statement that refuses transactions, where the way out is not a line of the
    file."""
    renders: tuple[tuple[str, str], ...] = ()
    """Migrations of its that are no SQL: languages (`not_sql`), each with what gives their SQL."""
    refusal: str = ""
    """Why such a statement does not run, where the runner itself refuses to send it."""

    def sections(self, data: bytes) -> tuple[Chunk, ...]:
        """The parts of a file, as the parser wants them."""
        return tuple(Chunk(part.span, part.section) for part in self.parts(data))

    def named(self, path: str) -> tuple[Named, re.Match[str]] | None:
        """The first of `files` that fits the path, with its match."""
        return _fitting(self.files, path)

    def holds(self, name: str, level: int, depth: int) -> bool:
        """Whether a folder of this name may hold migrations that it runs: one of `depth` folders that
        their names have, `level` of them above it."""
        return any(
            len(rule.folders) == depth
            and rule.direction in ("up", "repeatable")
            and _whole(rule.folders[level], rule.exact)(name) is not None
            for rule in self.files
        )

    def direction(self, path: str) -> Direction:
        """Which way the file goes, by its name alone."""
        found = self.named(path)
        return found[0].direction if found else self.other_files

    def late_of(self, path: str) -> LateFiles:
        """What becomes of the file where it is merged after a newer one has run."""
        found = self.named(path)
        return (found[0].late if found else None) or self.late

    def version_of(self, path: str) -> str:
        """The file's version as its name has it; the file's name where it has none."""
        found = self.named(path)
        version = found[1].groupdict().get("version") if found else None
        if not version:
            return posixpath.basename(path.replace("\\", "/"))
        return version.replace(self.version_without, "") if self.version_without else version

    def key_of(self, path: str) -> tuple[Any, ...]:
        """Sorts the files of a folder as the runner does, journals and plans aside."""
        path = path.replace("\\", "/")
        found = self.named(path)
        rank = found[0].rank if found else 0
        version = found[1].groupdict().get("version") if found else None
        if not version or self.ordered_by == "path":
            return (rank, 1, self.seen_as(path), path)
        if self.ordered_by == "text":
            return (rank, 0, self.version_of(path), path)
        return (rank, 0, version_key(version), path)

    def order(self, paths: Sequence[str], clues: FolderClues) -> list[str]:
        """Those of a folder's files that a fresh database would get, first to last."""
        runs = [path for path in paths if self.direction(path) in ("up", "repeatable")]
        if self.journal is not None and runs:
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


@lru_cache(4096)  # each path is asked for several times
def _fitting(rules: tuple[Named, ...], path: str) -> tuple[Named, re.Match[str]] | None:
    names = path.replace("\\", "/").split("/")
    for rule in rules:
        own = "/".join(names[-1 - len(rule.folders) :]) if rule.folders else names[-1]
        if match := _whole(rule.pattern, rule.exact, rule.folders)(own):
            return rule, match
    return None


@cache
def _whole(
    pattern: str, exact: bool, folders: tuple[str, ...] = ()
) -> Callable[[str], re.Match[str] | None]:
    return re.compile("/".join((*folders, pattern)), 0 if exact else re.IGNORECASE).fullmatch
