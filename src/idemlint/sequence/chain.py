"""One runner's files in their order, alive: replayed as far as somebody asks, and back again.

The files run one after the other over one catalog. Asking is pulling: a file is judged when it is asked
about, what stands before it runs for what it leaves, and what stands behind it does not run at all. Before
each file a mark is set; a changed text rolls back to its file's mark, and later files run again when they
are asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.replay.catalog.view import View
from idemlint.replay.effects.program import program_of
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file, replay_folder
from idemlint.runners.units import deliver
from idemlint.sequence.facts import FolderFacts
from idemlint.sequence.migration import Migration
from idemlint.sequence.order import last_applied
from idemlint.sequence.paths import shown
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from idemlint.modes import Mode
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.run import Machine
    from idemlint.replay.machine.state import StateMark
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.sequence.terms import Terms
    from idemlint.sequence.texts import Texts


#: Which reruns a mode asks for.
_RERUNS: Final[dict[Mode, frozenset[str]]] = {
    "statement": frozenset({"statement"}),
    "file": frozenset({"file"}),
    "interrupted": frozenset({"interrupted", "file"}),
    "any": frozenset({"file", "interrupted"}),
    "folder": frozenset({"file"}),
}


class _Run(NamedTuple):
    """A file that has run: the state before it, and the statements that ran, by index in the file.

    They are numbered through the folder: the first has the number `first` + 1.
    """

    mark: StateMark
    first: int
    statements: tuple[int, ...]


class Chain:
    """The files `names` of one runner, in its order. Knows no rule.

    `facts` are those of the folder that the files stand in, where that is more than these.
    """

    def __init__(
        self,
        profile: Profile,
        names: Iterable[str],
        texts: Texts,
        clues: FolderClues,
        terms: Terms,
        facts: FolderFacts | None = None,
    ) -> None:
        self.profile = profile
        self.names = tuple(names)
        self.terms = terms
        self.facts = facts or FolderFacts(self.names, texts.read, profile, terms)
        self._texts = texts
        self._clues = clues
        self._places = {name: place for place, name in enumerate(self.names)}
        self._applied = last_applied(profile, self.names, terms.start_after)
        self._machine = new_machine(terms.search_path, terms.postgres_version, profile.session)
        self._runs: list[_Run] = []
        self._moment = 0
        self._again: dict[str, Migration] = {}

    def is_applied(self, name: str) -> bool:
        """Whether the file counts as applied (`start_after`) and does not run again by design."""
        if self._places[name] > self._applied:
            return False
        return not self.profile.reruns(name, self._texts.read(name), self._clues)

    def judged(self, name: str) -> Migration:
        """The file with the outcomes of its reruns; the catalog is what it leaves. Raises `UsageProblem`
        where it cannot be read."""
        if self.terms.rerun == "folder":
            return self._judged_with_all(name)
        self._go_to(self._places[name])
        migration = self._migration(name)
        self._run(migration, _RERUNS[self.terms.rerun])
        return migration

    def after(self, name: str) -> View:
        """What is known when the file has run, read-only; it refuses once the chain has moved on."""
        place = self._places[name] + 1
        if len(self._runs) != place:
            self._go_to(place)
        return self._view()

    def origin(self, number: int) -> tuple[str, int] | None:
        """Which statement has a number: the file, and its index there; `None`: it has not run."""
        for name, run in zip(self.names, self._runs, strict=False):
            if run.first < number <= run.first + len(run.statements):
                return name, run.statements[number - run.first - 1]
        return None

    def update(self, name: str) -> frozenset[str]:
        """The file's text is another one now: forget what it did. Returns the files whose answers may be
        others: itself, those behind it, and those that the folder's facts connect with it."""
        place = self._places[name]
        self._again = {}
        self._back_to(place)
        moved = self.names[place:] if self.terms.rerun != "folder" else self.names
        return frozenset(moved) | self.facts.update(name)

    def retire(self) -> None:
        """There is another chain in place of this one: its Views answer no more."""
        self._moment += 1

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if `files` (all, where that is `None`) run again, in their order, over what all of
        them left, or over another database, `over`: outcomes by file and statement index.

        A file that cannot be read is left out.
        """
        migrations = self._run_all()
        machine = self._machine if over is None else self._machine.over(over)
        return self._again_over(machine, migrations, files)

    # -- running -------------------------------------------------------------------------------------

    def _go_to(self, place: int) -> None:
        """Make it so that exactly the files before `place` have run."""
        self._back_to(place)
        for name in self.names[len(self._runs) : place]:
            migration = self._migration_or_none(name)
            if migration is not None:
                self._run(migration, frozenset())

    def _run(self, migration: Migration, reruns: frozenset[str]) -> None:
        """Run the file's applied part over the catalog; outcomes go into the migration."""
        statements = [
            statement
            for statement in migration.parsed.statements
            if statement.section == "up" or self.terms.down
        ]
        version = self.terms.postgres_version
        programs = [program_of(migration.parsed, statement, version) for statement in statements]
        migration.programs = {
            statement.index: program
            for statement, program in zip(statements, programs, strict=True)
        }
        units = [migration.deliveries[statement.index].unit for statement in statements]
        first = self._number()
        indexes = tuple(statement.index for statement in statements)
        self._runs.append(_Run(self._mark(), first, indexes))
        self._moment += 1
        try:
            replayed = replay_file(self._machine, programs, units, reruns, first)
        except BaseException:
            self._back_to(len(self._runs) - 1)
            raise
        migration.after = self._view()
        migration.outcomes = dict(zip(indexes, replayed.outcomes, strict=True))
        migration.hazards = [
            (statements[index].index, hazard) for index, hazard in replayed.hazards
        ]

    def _judged_with_all(self, name: str) -> Migration:
        """The file where all files run again, over what all of them left."""
        self._texts.read(name)
        migrations = self._run_all()
        if self._again is not migrations:
            for each, outcomes in self._again_over(self._machine, migrations, None).items():
                migration = migrations[each]
                migration.outcomes = {
                    index: {"folder": outcome} for index, outcome in outcomes.items()
                }
                migration.after = self._view()
            self._again = migrations
        return migrations[name]

    def _again_over(
        self, machine: Machine, migrations: dict[str, Migration], files: Container[str] | None
    ) -> dict[str, dict[int, Outcome]]:
        places = {
            place: name for place, name in enumerate(migrations) if files is None or name in files
        }
        programs = [list(each.programs.values()) for each in migrations.values()]
        units = [[each.deliveries[at].unit for at in each.programs] for each in migrations.values()]
        outcomes = replay_folder(machine, programs, units, frozenset(places))
        return {
            name: dict(zip(migrations[name].programs, outcomes[place], strict=True))
            for place, name in places.items()
        }

    def _run_all(self) -> dict[str, Migration]:
        """All files that can be read, after the last of them has run."""
        if self._again and len(self._runs) == len(self.names):
            return self._again
        self._back_to(0)
        migrations = {}
        for name in self.names:
            migration = self._migration_or_none(name)
            if migration is not None:
                self._run(migration, frozenset())
                migrations[name] = migration
        return migrations

    def _migration_or_none(self, name: str) -> Migration | None:
        """The file, where it can be read. Where nobody asked about it, that is no reason to stop: what it
        does is not known, and the next one is judged without."""
        try:
            return self._migration(name)
        except UsageProblem:
            self._runs.append(_Run(self._mark(), self._number(), ()))
            return None

    def _migration(self, name: str) -> Migration:
        data = self._texts.read(name)
        profile = self.profile
        source = decode(shown(name), data)
        parsed = parse(source, profile.sections(data))
        return Migration(
            name,
            parsed,
            profile,
            deliver(profile, source, parsed.statements, self._clues),
            self.terms.postgres_version,
            self._clues,
            self.facts,
            reruns=profile.reruns(name, data, self._clues) or "",
        )

    # -- marks ---------------------------------------------------------------------------------------

    def _number(self) -> int:
        """How many statements have run."""
        return self._runs[-1].first + len(self._runs[-1].statements) if self._runs else 0

    def _mark(self) -> StateMark:
        return self._machine.state.mark()

    def _back_to(self, place: int) -> None:
        """Undo the files from `place` on."""
        if len(self._runs) > place:
            self._machine.state.rollback(self._runs[place].mark)
            del self._runs[place:]
            self._moment += 1

    def _view(self) -> View:
        """What is known now, until the next file runs or one is taken back."""
        return View(self._machine.state.catalog, self._moment, lambda: self._moment)
