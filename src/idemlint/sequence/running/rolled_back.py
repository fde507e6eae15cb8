"""A migration and what rolls it back: a part of the same file, or a file of its own."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import Fails
from idemlint.replay.judge.redo import replay_redo
from idemlint.replay.judge.rerun import FileReplay
from idemlint.sequence.paths import shown
from idemlint.sequence.running.runs import Running
from idemlint.sequence.texts import full

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.run import Machine
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.runners.undoing import WithoutDown
    from idemlint.runners.units import Delivery
    from idemlint.sequence.order import Group
    from idemlint.sequence.running.runs import Followed
    from idemlint.sequence.running.strays import Stray, Text
    from idemlint.sequence.script import Script, Scripts
    from idemlint.source.statement import Statement

#: Why a file is not rolled back, by what its runner does where nothing says how.
_LACKS: Final[dict[WithoutDown, str]] = {
    "runs": "",
    "refuses": "nothing rolls this file back, and {} refuses to",
    "skips": "nothing rolls this file back, and {} passes it over",
    "never": "{} rolls nothing back",
    "unknown": "nothing rolls this file back",
}
#: How the machine names a statement of the run (`Pass`).
_NUMBER: Final = re.compile(r"statement (\d+) of this file")
#: What the name of a file may end with that is rolled back by another one of that name.
_UP: Final = re.compile(r"[._-]up\Z", re.IGNORECASE)


def redone(up: Running, scripts: Scripts, followed: Followed, clues: FolderClues) -> Redone:
    """A file that is run, rolled back and run again. Raises `UsageProblem` where the file that rolls it back
    cannot be read."""
    profile, name = up.script.profile, up.name
    if name in followed.downs:
        other = followed.downs[name]
        if other in followed.includes:
            from idemlint.sequence.running.spliced import Spliced  # hardly any file runs others

            return Redone(up, Spliced(other, scripts, followed, clues))
        return Redone(up, Running(other, scripts.read(other), clues))
    if profile.direction(name) == "repeatable":
        return Redone(up, None, "it runs again whenever it changes, and is never rolled back")
    if _has_part(profile, up.script.parsed.source.data):
        return Redone(up, _DownPart(up, clues))
    return Redone(up, None, _LACKS[profile.undoing.without].format(profile.title))


def _has_part(profile: Profile, data: bytes) -> bool:
    """Whether a file says in itself how it is rolled back."""
    if profile.undoing.comments:
        from idemlint.runners.commented import (
            are_rolled_back,
        )  # hardly any runner has such comments

        return are_rolled_back(profile, data)
    return any(part.section == "down" for part in profile.parts(data))


class _DownPart(Running):
    """What rolls a file back and stands in it."""

    __slots__ = ()

    def __init__(self, up: Running, clues: FolderClues) -> None:
        super().__init__(up.name, up.script, clues)
        script, profile = up.script, up.script.profile
        mine = [each for each in script.parsed.statements if each.section == "down"]
        if profile.undoing.last_first:
            parts = [part.span for part in profile.parts(script.parsed.source.data)]
            mine.sort(key=lambda each: -sum(span.start <= each.start for span in parts))
        self.statements = mine

    def programs_of(self, name: str) -> dict[int, Program]:
        """What its statements do, by their index in the file."""
        return {each.index: self.script.program(each) for each in self.statements}


class Redone(Running):
    """A file, and then what rolls it back (`None`: nothing does; `lacks` says why that is no rerun)."""

    __slots__ = ("_down", "_lacks", "_up")

    def __init__(self, up: Running, down: Running | None, lacks: str = "") -> None:
        self.name = up.name
        self.script = up.script
        self._up = up
        self._down = down
        self._lacks = lacks
        self.statements = [*up.statements, *(down.statements if down is not None else ())]

    def strays(self, machine: Machine, before: Mapping[str, Text], first: int) -> list[Stray]:
        """Nobody asks where another text of it stopped."""
        return []

    def programs(self) -> list[Program]:
        """What each statement does: those of the file, then those that roll it back."""
        down = self._down
        if down is None:
            return self._up.programs()
        rolled = [
            _refused(down.script, each) or program
            for each, program in zip(down.statements, down.programs(), strict=True)
        ]
        return [*self._up.programs(), *rolled]

    @property
    def at_first(self) -> Running:
        """The file without what rolls it back."""
        return self._up

    def units(self) -> list[int]:
        """What commits together, in each half."""
        return [*self._up.units(), *(self._down.units() if self._down is not None else ())]

    def replay(
        self,
        machine: Machine,
        programs: Sequence[Program],
        units: Sequence[int],
        reruns: frozenset[Rerun],
        first: int,
    ) -> FileReplay:
        """Run it over the machine's state, and judge what rolls it back, and itself after that."""
        return replay_redo(machine, programs, units, len(self._up.statements), first, self._lacks)

    def deliveries(self, name: str) -> Sequence[Delivery]:
        """How the statements of one of the files are sent."""
        return self._of(name).deliveries(name)

    def blame(self, index: int, error: Exception) -> Program:
        """A statement cannot be followed: what stands in its place."""
        ups = len(self._up.statements)
        if index < ups or self._down is None:
            return self._up.blame(index, error)
        return self._down.blame(index - ups, error)

    def give_up(self, error: Exception, reruns: Collection[Rerun]) -> list[dict[Rerun, Outcome]]:
        """Nothing can be told of any statement."""
        found = self._up.give_up(error, reruns)
        return found if self._down is None else found + self._down.give_up(error, reruns)

    def places(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The index of each statement in its file, and those files."""
        return tuple([index for _, index in self._places()]), tuple(
            [name for name, _ in self._places()]
        )

    def _places(self) -> Iterator[tuple[str, int]]:
        for half in (self._up, *filter(None, [self._down])):
            indexes, files = half.places()
            yield from zip(files or [half.name] * len(indexes), indexes, strict=True)

    def of(self, name: str, found: FileReplay) -> FileReplay:
        """Of what all of it came to, what concerns one of the files."""
        ups = len(self._up.statements)
        up = found._replace(outcomes=found.outcomes[:ups], rollback=None)
        down = FileReplay(found.outcomes[ups:], [])
        order = {index: place for place, index in enumerate(self.programs_of(name))}
        if self._down is None:
            told = self._up.of(name, up)
        elif self._down.name != self._up.name:
            told = self._down.of(name, down) if name == self._down.name else self._up.of(name, up)
        else:
            told = self._merged(self._up.of(name, up), self._down.of(name, down), order)
        rollback = found.rollback
        if rollback is not None:
            undoes = self._up.name if name != self._up.name and self._of(name) is self._down else ""
            places = list(self._places())
            rollback = rollback._replace(
                leavings=tuple(
                    (order[places[index][1]], each)
                    for index, each in rollback.leavings
                    if places[index][0] == name
                ),
                undoes=undoes,
            )
        outcomes = [
            {rerun: self._numbered(name, each) for rerun, each in one.items()}
            for one in told.outcomes
        ]
        return told._replace(outcomes=outcomes, rollback=rollback)

    def _merged(self, up: FileReplay, down: FileReplay, order: Mapping[int, int]) -> FileReplay:
        """Both halves of one file, as they stand there."""
        assert self._down is not None
        halves = ((self._up.programs_of(self.name), up), (self._down.programs_of(self.name), down))
        outcomes = {
            order[index]: each
            for mine, half in halves
            for index, each in zip(mine, half.outcomes, strict=True)
        }
        places = [order[index] for index in halves[0][0]]
        hazards = [(places[place], hazard) for place, hazard in up.hazards]
        told = [outcomes[place] for place in sorted(outcomes)]
        firsts = dict(zip(places, up.firsts, strict=False))
        return FileReplay(told, hazards, firsts=[firsts.get(place) for place in sorted(outcomes)])

    def _numbered(self, name: str, outcome: Outcome) -> Outcome:
        """An outcome whose reason says where the statement stands that it speaks of."""
        if outcome.half is None or "of this file" not in outcome.reason:
            return outcome
        places = list(self._places())
        ups = len(self._up.statements)

        def placed(found: re.Match[str]) -> str:
            number = int(found[1]) - 1
            if number >= len(places) or (outcome.half == "up" and number < ups):
                return found[0]
            owner, index = places[number]
            return f"statement {index + 1} of {'this file' if owner == name else shown(owner)}"

        return outcome._replace(reason=_NUMBER.sub(placed, outcome.reason))

    def judged_here(self, inner: Mapping[str, Sequence[str]]) -> list[str]:
        """The files of both halves that can be read."""
        down = self._down
        if down is None or down.name == self.name:
            return self._up.judged_here(inner)
        others = {
            name: [each for each in mine if each != down.name] for name, mine in inner.items()
        }
        return [*self._up.judged_here(others), *down.judged_here(others)]

    def script_of(self, name: str) -> Script:
        """One of the files."""
        return self._of(name).script_of(name)

    def programs_of(self, name: str) -> dict[int, Program]:
        """What the statements of one of the files do, by their index there."""
        found = self._of(name).programs_of(name)
        if self._down is not None and self._down.name == self.name == name:
            found = dict(sorted({**found, **self._down.programs_of(name)}.items()))
        return found

    def _of(self, name: str) -> Running:
        down = self._down
        return down if down is not None and name == down.name != self.name else self._up


def _refused(script: Script, statement: Statement) -> Program:
    """What a statement does that is none, which may come to light when somebody rolls back. Empty: it is one,
    or only we do not read it, or something is filled in."""
    problem = statement.problem
    if problem is None or problem.kind not in ("syntax", "unclosed"):
        return ()
    filled = script.profile.placeholders.pattern
    text = script.parsed.source.data[statement.start : statement.end].decode("utf-8", "replace")
    if filled and re.search(filled, text):
        return ()
    return (Fails("42601", problem.message),)


def with_downs(group: Group, clues: FolderClues) -> Group:
    """The same files, and with each the one that rolls it back, which is judged with it. Of these, those that
    nobody asked about are told of where somebody asks about what they undo."""
    profile, followed = group.profile, group.followed
    outside = {full(name): name for name in group.outside}
    known = set(group.names)
    downs = {}
    for name in group.names:
        if profile.direction(name) == "up":
            other = _down_of(profile, name, clues)
            if other is not None and other not in known:
                downs[name] = outside.get(full(other), other)
                known.add(other)
    if not downs:
        return group
    names = [
        each for name in group.names for each in ((downs[name], name) if name in downs else (name,))
    ]
    asked = {down for up, down in downs.items() if up in group.asked or down in group.outside}
    return group._replace(
        names=tuple(names),
        asked=group.asked | asked,
        outside={
            name: why for name, why in group.outside.items() if name not in set(downs.values())
        },
        followed=followed._replace(
            hosts={**followed.hosts, **{down: up for up, down in downs.items()}},
            brought=followed.brought | (set(downs.values()) - group.outside.keys()),
            downs={**followed.downs, **downs},
        ),
    )


def _down_of(profile: Profile, name: str, clues: FolderClues) -> str | None:
    """The file that rolls one back: it has its version, or where there is none its name, and stands beside
    it, or in the folder that the runner has for such files."""
    folder, _, own = name.replace("\\", "/").rpartition("/")
    found = profile.named(name)
    if found is None:
        return None
    if profile.undoing.folders is not None:
        other = _in_other_folder(folder, *profile.undoing.folders)
        there = other is not None and own in clues.names(other or ".")
        return posixpath.join(other, own) if other is not None and there else None
    candidates = [
        path
        for each in sorted(clues.names(folder or "."))
        for path in (posixpath.join(folder, each),)
        if profile.direction(path) == "down" and _is_pair(profile, name, path)
    ]
    return min(candidates, key=lambda path: _distance(profile, name, path), default=None)


def _in_other_folder(folder: str, of_up: str, of_down: str) -> str | None:
    """The folder that mirrors one in another one: `app/revert/x` mirrors `app/deploy/x`."""
    names = folder.split("/")
    for place in range(len(names) - 1, -1, -1):
        if names[place] == of_up:
            return "/".join([*names[:place], of_down, *names[place + 1 :]])
    return None


def _is_pair(profile: Profile, up: str, down: str) -> bool:
    one, other = profile.named(up), profile.named(down)
    if one is None or other is None:
        return False
    if one[0].folders and other[0].folders:
        return True
    if one[1].groupdict().get("version") and other[1].groupdict().get("version"):
        return profile.version_of(up) == profile.version_of(down) and (
            profile.version_alone or _name(one[1]) == _name(other[1])
        )
    return _name(one[1]) == _name(other[1])


def _name(match: re.Match[str]) -> str:
    return _UP.sub("", match.groupdict().get("name") or "")


def _distance(profile: Profile, up: str, down: str) -> tuple[bool, bool, str]:
    """One for this very server comes before one for all, and one of the same name before others."""
    one, other = profile.named(up), profile.named(down)
    assert one is not None
    assert other is not None
    general = not other[1].groupdict().get("dialect")
    return (general, _name(one[1]) != _name(other[1]), down)
