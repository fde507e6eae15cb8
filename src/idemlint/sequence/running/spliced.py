"""A file that runs others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from idemlint.errors import UsageProblem
from idemlint.replay.effects.vocabulary import Opaque
from idemlint.replay.judge.rerun import FileReplay
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.runners.units import one_by_one
from idemlint.sequence.paths import shown
from idemlint.sequence.running.runs import Include, Running

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.machine.run import Machine
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.units import Delivery
    from idemlint.sequence.running.runs import Followed
    from idemlint.sequence.running.strays import Stray, Text
    from idemlint.sequence.script import Script, Scripts
    from idemlint.source.statement import Statement

#: So many statements are put into a file's own, and files into each other so deeply: a file that runs another
#: one twice, which does the same, comes to any number.
_MOST: Final = 200_000
_DEEPEST: Final = 50
#: How the machine names a statement of the run (`Pass`).
_NUMBER: Final = re.compile(r"statement (\d+) of this file")
_IN_IT: Final = {
    Verdict.FAILS: "it runs statement {} of {}, which fails",
    Verdict.REPEATS: "it runs statement {} of {}, which repeats",
    Verdict.UNKNOWN: "it runs statement {} of {}, which cannot be judged",
}
_NOT_SAFE: Final = frozenset(_IN_IT)
_UNCLEAR: Final = Include("", "it is not clear which one")


class Spliced(Running):
    """A file that runs others."""

    __slots__ = (
        "_added",
        "_elsewhere",
        "_hosts",
        "_instead",
        "_names",
        "_places",
        "_read",
        "_scripts",
        "_sent",
    )

    def __init__(self, name: str, scripts: Scripts, followed: Followed, clues: FolderClues) -> None:
        super().__init__(name, scripts.read(name), clues)
        self._hosts = followed.hosts
        #: By the place of a command that runs a file which is judged elsewhere: the places of what it runs.
        self._elsewhere: dict[int, range] = {}
        self._read = scripts.read
        self._scripts: dict[str, Script] = {name: self.script}
        #: The file of each statement, and what runs in the place of those that run a file.
        self._names: list[str] = []
        self._instead: dict[tuple[str, int], Program] = {}
        self._added = 0
        statements: list[Statement] = []
        self._splice(name, statements, followed.includes, ())
        self.statements = statements
        #: Where the statements of each file run, by their index there: a file may be run twice.
        self._places: dict[str, dict[int, list[int]]] = {}
        for place, (owner, statement) in enumerate(zip(self._names, statements, strict=True)):
            own = self._places.setdefault(owner, {})
            own.setdefault(statement.index, []).append(place)
        self._sent = one_by_one(self.script.profile, statements)

    def _splice(
        self,
        name: str,
        statements: list[Statement],
        includes: Mapping[str, tuple[Include, ...]],
        above: tuple[str, ...],
    ) -> None:
        """Put the statements of a file behind the others; `above` are the files in whose midst that is."""
        inner = iter(includes.get(name, ()))
        for statement in self._scripts[name].applied:
            if _runs_a_file(statement):
                include = next(inner, _UNCLEAR)
                why = self._why_not(include, (*above, name))
                first = len(statements)
                if not why:
                    self._splice(include.target, statements, includes, (*above, name))
                    if self._hosts.get(include.target) != self.name:
                        self._elsewhere[len(statements)] = range(first, len(statements))
                # One that runs in two places may be followed in one of them only.
                before = self._instead.get((name, statement.index))
                self._instead[name, statement.index] = before or _left(statement, why)
            statements.append(statement)
            self._names.append(name)

    def _why_not(self, include: Include, above: tuple[str, ...]) -> str:
        """Why a file is not gone into; empty: it is."""
        target = include.target
        if include.why:
            return include.why
        if target in above:
            return "it is running already"
        if len(above) > _DEEPEST:
            return f"it is {_DEEPEST} files deep"
        if target not in self._scripts:
            try:
                self._scripts[target] = self._read(target)
            except UsageProblem as problem:
                return str(problem)
        self._added += len(self._scripts[target].applied)
        if self._added > _MOST:
            return f"more than {_MOST:,} statements would run here"
        return ""

    def strays(self, machine: Machine, before: Mapping[str, Text], first: int) -> list[Stray]:
        """Nobody asks where another text of it stopped."""
        return []

    def programs(self) -> list[Program]:
        """What each statement does."""
        return [self._program(*each) for each in zip(self._names, self.statements, strict=True)]

    def _program(self, name: str, statement: Statement) -> Program:
        instead = self._instead.get((name, statement.index))
        return self._scripts[name].program(statement) if instead is None else instead

    def units(self) -> list[int]:
        """What commits together."""
        return [each.unit for each in self._sent]

    def deliveries(self, name: str) -> Sequence[Delivery]:
        """How the statements of one of the files are sent: as here, in what is open around them."""
        every = list(self.script_of(name).deliveries(self._clues))
        for index, places in self._places.get(name, {}).items():
            every[index] = self._sent[places[0]]
        return every

    def blame(self, index: int, error: Exception) -> Program:
        """A statement cannot be followed: what stands in its place."""
        return self._scripts[self._names[index]].blame(self.statements[index], error)

    def give_up(self, error: Exception, reruns: Collection[Rerun]) -> list[dict[Rerun, Outcome]]:
        """Nothing can be told of any statement."""
        return [self._scripts[name].give_up(error, reruns) for name in self._names]

    def places(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The index of each statement in its file, and those files."""
        return tuple([each.index for each in self.statements]), tuple(self._names)

    def of(self, name: str, found: FileReplay) -> FileReplay:
        """What concerns one of the files; of a statement that ran twice, the worst."""
        own = self._places.get(name)
        if own is None:
            reruns = found.outcomes[0] if found.outcomes else {}
            unknown = {each: Outcome(Verdict.UNKNOWN, each, self._unreached()) for each in reruns}
            return FileReplay([unknown for _ in self.script_of(name).applied], [])
        order = {index: place for place, index in enumerate(own)}
        outcomes = [
            self._told(name, _worst([self._outcomes(each, found) for each in places]))
            for places in own.values()
        ]
        hazards = [
            (order[self.statements[place].index], hazard)
            for place, hazard in found.hazards
            if self._names[place] == name
        ]
        firsts = [
            max(
                (found.firsts[place] for place in places),
                key=lambda one: _FIRSTS.index(one.verdict),
            )
            for places in (own.values() if found.firsts else ())
        ]
        return FileReplay(outcomes, hazards, firsts=firsts)

    def _outcomes(self, place: int, found: FileReplay) -> dict[Rerun, Outcome]:
        """Those of a statement. Of a command that runs a file which is judged elsewhere, nobody says here
        what becomes of that file's statements: it is not told as safe where they are not."""
        outcomes = found.outcomes[place]
        for inner in self._elsewhere.get(place, ()):
            for rerun, each in found.outcomes[inner].items():
                if each.verdict in _NOT_SAFE and outcomes[rerun].verdict not in _NOT_SAFE:
                    name, row = self._names[inner], self.statements[inner].index + 1
                    reason = _IN_IT[each.verdict].format(row, shown(name))
                    told = Outcome(Verdict.UNKNOWN, rerun, reason)
                    outcomes = {**outcomes, rerun: told}
        return outcomes

    def _told(self, name: str, outcomes: dict[Rerun, Outcome]) -> dict[Rerun, Outcome]:
        """Outcomes of a statement of a file; reasons that number one of the run say where it stands."""

        def numbered(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            if not 0 <= place < len(self._names):
                return found[0]
            owner, number = self._names[place], self.statements[place].index + 1
            return f"statement {number} of {'this file' if owner == name else shown(owner)}"

        return {
            rerun: each
            if "of this file" not in each.reason
            else each._replace(reason=_NUMBER.sub(numbered, each.reason))
            for rerun, each in outcomes.items()
        }

    def ran(self) -> Iterator[tuple[str, Script, Statement, Delivery]]:
        """Each statement, without the commands that run files."""
        for name, statement, sent in zip(self._names, self.statements, self._sent, strict=True):
            if (name, statement.index) not in self._instead:
                yield name, self._scripts[name], statement, sent

    def judged_here(self, inner: Mapping[str, Sequence[str]]) -> list[str]:
        """This file, and of those that are judged in its run the ones that can be read."""
        return [self.name, *filter(self._is_readable, inner.get(self.name, ()))]

    def _is_readable(self, name: str) -> bool:
        try:
            self.script_of(name)
        except UsageProblem:
            return False  # that costs this file alone: who asks about it is told
        return True

    def script_of(self, name: str) -> Script:
        """One of the files that run, or would."""
        if name not in self._scripts:
            self._scripts[name] = self._read(name)
        return self._scripts[name]

    def programs_of(self, name: str) -> dict[int, Program]:
        """What the statements of one of the files do."""
        own = self._places.get(name)
        if own is None:
            nothing: Program = (Opaque(self._unreached()),)
            return {each.index: nothing for each in self.script_of(name).applied}
        return {
            index: self._program(name, self.statements[places[0]]) for index, places in own.items()
        }

    def _unreached(self) -> str:
        return f"{shown(self.name)} runs this file, and is not followed so far"


#: What becomes of a statement in the first run, best first.
_FIRSTS: Final = ("runs", "unknown", "fails")


def _runs_a_file(statement: Statement) -> bool:
    return statement.problem is not None and statement.problem.kind == "included"


def _left(statement: Statement, why: str) -> Program:
    """What is left to do for the command itself: nothing, where what it runs stands before it."""
    assert statement.problem is not None
    return (Opaque(f"{statement.problem.message}: {why}"),) if why else ()


def _worst(found: Sequence[dict[Rerun, Outcome]]) -> dict[Rerun, Outcome]:
    """Of outcomes of one statement, the worst of each rerun."""
    first, *others = found
    if not others:
        return first
    modes: dict[Any, None] = dict.fromkeys(mode for each in found for mode in each)
    return {
        mode: max((each[mode] for each in found if mode in each), key=lambda one: one.verdict.rank)
        for mode in modes
    }
