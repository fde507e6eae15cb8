"""A file that was read: its statements, and what each of them does.

That hangs on the file's bytes and its runner alone, not on the files around it; so it is read once, and kept
for those who come back to the same bytes: an editor, and who tries fixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.faults import Noted, ours
from idemlint.replay.effects.program import program_of
from idemlint.replay.effects.vocabulary import Opaque
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.replay.machine.budget import OverBudget
from idemlint.runners.units import deliver, read
from idemlint.sequence.paths import shown
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.modes import Rerun
    from idemlint.replay.judge.rerun import Program
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.runners.units import Delivery
    from idemlint.sequence.terms import Terms
    from idemlint.sequence.texts import Texts
    from idemlint.source.statement import Statement

#: So many bytes of SQL are kept parsed: trees take thirty to sixty times as much memory as their text.
KEPT: Final = 4_000_000


class Unjudged(UsageProblem):
    """A file cannot be read, for an error of ours: its cause."""

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(f"{shown(name)}: cannot be read, for {ours(error)}")
        self.error = error


class Script:
    """A file that was read; nobody changes it. `applied` are the statements that run; `faults` those of
    which, by an error of ours, nothing can be told, by index (`None`: all of them)."""

    __slots__ = ("_programs", "_sent", "_version", "applied", "faults", "parsed", "profile")

    def __init__(self, name: str, data: bytes, profile: Profile, terms: Terms) -> None:
        self.profile = profile
        source = decode(shown(name), data)
        if terms.rerun == "redo" and profile.undoing.comments:
            from idemlint.runners.commented import (
                uncommented,
            )  # hardly any runner has such comments

            code, chunks = uncommented(profile, data)
            self.parsed = parse(decode(shown(name), code), chunks)._replace(source=source)
        else:
            self.parsed = read(profile, source)
        self.applied = tuple(
            each
            for each in self.parsed.statements
            if each.section == "up" or (terms.down and terms.rerun != "redo")
        )
        self._version = terms.postgres_version
        self.faults: Noted[int | None] = Noted()
        self._programs: dict[int, Program] = {}
        self._sent: tuple[FolderClues, tuple[Delivery, ...]] | None = None

    def program(self, statement: Statement) -> Program:
        """What one of its statements does."""
        found = self._programs.get(statement.index)
        if found is None:
            try:
                found = program_of(self.parsed, statement, self._version)
            except Exception as error:
                return self.blame(statement, error)
            self._programs[statement.index] = found
        return found

    def blame(self, statement: Statement, error: Exception) -> Program:
        """A statement cannot be followed: from now on nothing is known of what it does."""
        if isinstance(error, OverBudget):
            reason = str(error)
        else:
            self.faults.note(statement.index, error)
            reason = ours(error)
        program = (Opaque(reason, self.mentions(statement)),)
        self._programs[statement.index] = program
        return program

    def mentions(self, statement: Statement) -> frozenset[str]:
        """The names that a statement may mean, by its text alone."""
        # Hardly any run comes here.
        from idemlint.plpgsql.constants import mentions

        text = self.parsed.code[statement.start : statement.end].decode("utf-8", "replace")
        return mentions(text)

    def give_up(self, error: Exception, reruns: Iterable[Rerun]) -> dict[Rerun, Outcome]:
        """Nothing can be told of any statement: the outcomes of each."""
        self.faults.note(None, error)
        reason = ours(error)
        return {rerun: Outcome(Verdict.UNKNOWN, rerun, reason) for rerun in reruns}

    def deliveries(self, clues: FolderClues) -> tuple[Delivery, ...]:
        """How each of its statements reaches the server: a file beside it may have a say in that."""
        if self._sent is None or self._sent[0] is not clues:
            parsed = self.parsed
            self._sent = clues, deliver(self.profile, parsed.source, parsed.statements, clues)
        return self._sent[1]


class Shelf:
    """Scripts, by runner, file and bytes: `limit` bytes of text at most, and what does not fit goes in the
    order in which it was last asked for. The one that was read last is always there."""

    __slots__ = ("_scripts", "_size", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._scripts: dict[tuple[str, str, bytes], Script] = {}
        self._size = 0

    def take(self, runner: str, name: str, data: bytes) -> Script | None:
        """The script of these bytes, where it is there still."""
        key = (runner, name, data)
        found = self._scripts.pop(key, None)
        if found is not None:
            self._scripts[key] = found
        return found

    def make_room(self, size: int) -> None:
        """Let go of what was asked for longest ago, so that one of so many bytes fits."""
        while self._scripts and self._size + size > self.limit:
            oldest = next(iter(self._scripts))
            del self._scripts[oldest]
            self._size -= len(oldest[2])

    def put(self, runner: str, name: str, data: bytes, script: Script) -> None:
        """Keep a script that was just read."""
        self._scripts[runner, name, data] = script
        self._size += len(data)


class Scripts:
    """The files of one runner, from their texts; what was read lies on the shelf."""

    __slots__ = ("_shelf", "_terms", "_texts", "keeps", "profile")

    def __init__(self, profile: Profile, texts: Texts, terms: Terms, shelf: Shelf) -> None:
        self.profile = profile
        #: Whether files are read for somebody who may come back to them.
        self.keeps = shelf.limit > 0
        self._texts = texts
        self._terms = terms
        self._shelf = shelf

    def data(self, name: str) -> bytes:
        """A file's bytes. Raises `UsageProblem` where it cannot be read."""
        return self._texts.read(name)

    def read(self, name: str) -> Script:
        """A file. Raises `UsageProblem` where it cannot be read."""
        data = self._texts.read(name)
        runner = self.profile.name
        script = self._shelf.take(runner, name, data)
        if script is None:
            self._shelf.make_room(len(data))
            try:
                script = Script(name, data, self.profile, self._terms)
            except Exception as error:
                raise Unjudged(name, error) from error
            self._shelf.put(runner, name, data, script)
        return script
