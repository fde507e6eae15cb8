"""What runs when a file runs: its statements, and in their midst those of the files that it has psql read.

All of it is one run: it begins again at the file's beginning, and a transaction goes on through what is read.
So a file that another one runs is judged there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.judge.rerun import replay_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.judge.rerun import FileReplay, Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.run import Machine
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.units import Delivery
    from idemlint.sequence.running.strays import Stray, Text
    from idemlint.sequence.script import Script
    from idemlint.source.statement import Statement


class Include(NamedTuple):
    """A command that runs another file: `target`, as that is named to us; where it is not followed, `why`
    says why not."""

    target: str
    why: str = ""


Includes = dict[str, tuple[Include, ...]]
"""By file, in order; files without any are not there."""


#: A dictionary, for groups are sent to other processes; nobody changes it.
_NONE: Final[Mapping[str, str]] = {}


class Followed(NamedTuple):
    """What the files of one runner run in their midst; by file, in whose run those are judged that others
    run (`hosts`); and those that are there for nothing else (`brought`). `downs`: by file, the one that rolls
    it back, where somebody asks what that does; it is judged in its run, too."""

    includes: Includes
    hosts: dict[str, str]
    brought: frozenset[str]
    downs: Mapping[str, str] = _NONE


NOTHING: Final = Followed({}, {}, frozenset())


class Running:
    """A file that runs nothing but itself. `name` is the file, as it was named to us."""

    __slots__ = ("_clues", "name", "script", "statements")

    def __init__(self, name: str, script: Script, clues: FolderClues) -> None:
        self.name = name
        self.script = script
        self.statements: Sequence[Statement] = script.applied
        self._clues = clues

    def programs(self) -> list[Program]:
        """What each statement does."""
        program = self.script.program
        return [program(each) for each in self.statements]

    def replay(
        self,
        machine: Machine,
        programs: Sequence[Program],
        units: Sequence[int],
        reruns: frozenset[Rerun],
        first: int,
    ) -> FileReplay:
        """Run it over the machine's state, and judge the `reruns`: see `replay_file`."""
        return replay_file(machine, programs, units, reruns, first)

    def strays(self, machine: Machine, before: Mapping[str, Text], first: int) -> list[Stray]:
        """What becomes of a database on which another text of the file stopped, which was here `before`, by
        name; `first` is the number of the statement before the first one."""
        old, data = before.get(self.name), self.script.parsed.source.data
        if old is None or old.data == data:
            return []
        from idemlint.sequence.running.strays import Text, strays  # only who fixes files asks

        new = Text(data, tuple(self.programs()), tuple(self.units()))
        return strays(machine, old, new, first) if len(old.units) > 1 else []

    @property
    def at_first(self) -> Running:
        """What of it runs for the first time."""
        return self

    def units(self) -> list[int]:
        """What commits together."""
        every = self.deliveries(self.name)
        return [every[each.index].unit for each in self.statements]

    def deliveries(self, name: str) -> Sequence[Delivery]:
        """How the statements of one of the files are sent, those included that are not applied."""
        return self.script.deliveries(self._clues)

    def blame(self, index: int, error: Exception) -> Program:
        """A statement cannot be followed, for an error of ours: what stands in its place."""
        return self.script.blame(self.statements[index], error)

    def give_up(self, error: Exception, reruns: Collection[Rerun]) -> list[dict[Rerun, Outcome]]:
        """Nothing can be told of any statement: their outcomes."""
        return [self.script.give_up(error, reruns) for _ in self.statements]

    def places(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The index of each statement in its file, and those files, where they are not all this one."""
        return tuple([each.index for each in self.statements]), ()

    def of(self, name: str, found: FileReplay) -> FileReplay:
        """Of what the run came to, what concerns one of the files."""
        return found

    def ran(self) -> Iterator[tuple[str, Script, Statement, Delivery]]:
        """Each statement, with its file and how it was sent."""
        sent = self.deliveries(self.name)
        for statement in self.statements:
            yield self.name, self.script, statement, sent[statement.index]

    def judged_here(self, inner: Mapping[str, Sequence[str]]) -> list[str]:
        """This file, and of those that it runs (`inner`, by file) the ones that can be read."""
        return [self.name]

    def script_of(self, name: str) -> Script:
        """One of the files that run."""
        return self.script

    def programs_of(self, name: str) -> dict[int, Program]:
        """What the statements of one of the files do, by their index there."""
        script = self.script
        return {each.index: script.program(each) for each in script.applied}
