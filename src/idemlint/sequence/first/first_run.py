"""The first run of a sequence, on a database that was empty: what is there is what its files have made.

It goes along with the replay that takes first runs to have succeeded, and runs the same programs over a
catalog of its own. What nobody has made yet is absent where a statement of the folder makes it later; what
nobody in the folder makes is outside, and unknown.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Final, TypeVar

from idemlint.faults import ours
from idemlint.postgres.kinds import Ref, Space
from idemlint.postgres.names import NAME_BYTES
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import SKIP, Creates, Renames, Requires
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.first import first
from idemlint.replay.judge.rerun import ends_of
from idemlint.replay.machine.run import Pass
from idemlint.sequence.first.blame import Blame
from idemlint.sequence.first.first_outcome import RUNS, FirstOutcome, StatementSite
from idemlint.sequence.first.fresh_database import FreshDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.view import View
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.machine.signals import Result
    from idemlint.replay.machine.state import StateMark
    from idemlint.sequence.first.blame import Along
    from idemlint.sequence.running.runs import Running
    from idemlint.sequence.script import Scripts


_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


class _Place(NamedTuple):
    """A file that has run: the state before it, how many failures and doubts there were by then, the
    identity that was given last, and the number of the statement before its first one. An empty `name`: it
    did nothing by itself, or cannot be read."""

    mark: StateMark
    failures: int
    doubts: int
    unsure: int
    notable: int
    opened: int
    opened_before: int
    gone_before: tuple[int, int]
    last_oid: int
    name: str = ""
    number: int = 0


class FirstRun:
    """The first run, which goes `along` with a replay: file by file, and back again."""

    def __init__(self, along: Along, scripts: Scripts) -> None:
        # Who holds on to it is the replay: it must not be held in turn.
        along = weakref.proxy(along)
        terms = along.terms
        session = scripts.profile.session
        self._machine = new_machine(terms.search_path, terms.postgres_version, session)
        self._along = along
        self._blame = Blame(along, scripts, self._machine.catalog)
        self._places: list[_Place] = []
        #: Files that have run, and were taken back for what another file says now.
        self._waiting: list[_Place] = []
        #: What statements make of which it cannot be told whether they run, first made first.
        self._doubtful: dict[Ref, StatementSite] = {}
        #: The numbers of statements of which it cannot be told whether they run, in their order.
        self._unsure: dict[int, None] = {}
        #: What does not run, or of which it cannot be told, by its file and its index there.
        self.notable: list[tuple[tuple[str, int], FirstOutcome]] = []

    def back_to(self, place: int) -> None:
        """Undo the files from `place` on."""
        ran = len(self._places)
        del self._waiting[max(place - ran, 0) :]
        if ran > place:
            before = self._places[place]
            self._machine.state.rollback(before.mark)
            catalog = self._machine.catalog
            _cut(catalog.opened, before.opened)
            catalog.opened_before = before.opened_before
            catalog.gone_before = before.gone_before
            self._blame.back_to(place, before.failures)
            del self.notable[before.notable :]
            _cut(self._doubtful, before.doubts)
            _cut(self._unsure, before.unsure)
            del self._places[place:]

    def update(self, names: Sequence[str]) -> int:
        """Some files have other texts now. Returns the place of the first file of which something else may be
        said for that, though it stands before them."""
        place = self._blame.update(names)
        if place < len(self._places):
            waiting = [*self._places[place:], *self._waiting]
            self.back_to(place)
            self._waiting = waiting
        return place

    def passed(self, name: str = "", number: int = 0) -> None:
        """A file begins that does nothing by itself (without a `name`), or what `run` says."""
        catalog = self._machine.catalog
        self._blame.place = len(self._places)
        self._places.append(
            _Place(
                self._machine.state.mark(),
                len(self._blame.failures),
                len(self._doubtful),
                len(self._unsure),
                len(self.notable),
                len(catalog.opened),
                catalog.opened_before,
                catalog.gone_before,
                catalog.last_oid,
                name,
                number,
            )
        )

    def fresh(self, place: int, view: Callable[[Catalog], View]) -> FreshDatabase:
        """What is there now, for who asks about the file at a place."""
        last_oid = self._places[place].last_oid
        return FreshDatabase(view(self._machine.catalog), self._blame, last_oid)

    def run(self, runs: Running, number: int) -> list[FirstOutcome]:
        """Run what a file runs; the first statement has the number behind `number`. Where the file has run on
        the live database, a statement that fails here has done its work there, and counts as done."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if each.name:
                self._run(self._along.running(each.name), each.number)
            else:
                self.passed()
        return self._run(runs.at_first, number)

    def _run(self, runs: Running, number: int) -> list[FirstOutcome]:
        machine, state = self._machine, self._machine.state
        programs, ends = runs.programs(), ends_of(state, runs.units())
        has_run = self._along.is_applied(runs.name)
        self.passed(runs.name, number)
        machine.faults.clear()
        state.begin_file()
        run = Pass(machine, judging=True, file_start=number, world=self)
        told = []
        for index, program in enumerate(programs):
            mine = number + 1 + index
            result = run.statement(mine, program)
            error = machine.faults.get(mine)
            try:
                outcome = self._outcome(run, mine, program, result, has_run=has_run)
            except Exception as ours_too:
                error = error or ours_too
            if error is not None:
                runs.blame(index, error)
                outcome = FirstOutcome("unknown", reason=ours(error))
            told.append(outcome)
            origin = self._along.origin(mine) if outcome is not RUNS else None
            if origin is not None:
                self.notable.append((origin, outcome))
            if index in ends:
                state.end_unit()
        state.end_file()
        return told

    def _outcome(
        self, run: Pass, number: int, program: Program, result: Result, *, has_run: bool
    ) -> FirstOutcome:
        """What becomes of a statement that has just run; where it failed, what that takes along is noted."""
        found = first(run, result)
        outcome = RUNS if found.verdict == "runs" else self._blame.told(found, program)
        if outcome.verdict == "fails" and not self._unsure.keys().isdisjoint(
            (found.maker, found.home_maker)
        ):
            reason = f"{outcome.reason}, if that has run"
            outcome = outcome._replace(verdict="unknown", sqlstate=None, reason=reason)
        if outcome.verdict == "runs" and self._doubtful:
            outcome = self._rests_on_doubt(program) or outcome
        if outcome.verdict == "unknown":
            self._unsure[number] = None
            self._doubts(number, program, outcome.follows)
        if result is not None and found.sqlstate is not None:
            self._failed(number, program, outcome, has_run=has_run)
        return outcome

    def _failed(
        self, number: int, program: Program, outcome: FirstOutcome, *, has_run: bool
    ) -> None:
        if has_run or outcome.verdict != "fails":
            # Where it cannot be told that it failed, it is taken to have done its work.
            Pass(self._machine, judging=False, file_start=number).statement(number, program)
            return
        self._blame.failed(number, outcome, program)

    def _doubts(self, number: int, program: Program, root: StatementSite | None) -> None:
        """What a statement makes may not be there: it cannot be told whether it runs, since it cannot be told
        of the `root`, where there is one."""
        site, catalog = root, self._machine.catalog
        for effect in flat(program):
            if isinstance(effect, Creates | Renames):
                made = effect.to if isinstance(effect, Renames) else effect.ref
                slot = catalog.find(made) if isinstance(effect, Creates) else None
                if slot is not None and slot.presence is PRESENT and slot.maker != number:
                    # Another statement has made it.
                    continue
                site = site or self._blame.site_of(number)
                if site is not None:
                    self._doubtful.setdefault(self._blame.makings.resolved(made), site)

    def _rests_on_doubt(self, program: Program) -> FirstOutcome | None:
        """A statement that needs what may not be there."""
        for effect in flat(program):
            if isinstance(effect, Requires) and effect.want and effect.otherwise is not SKIP:
                ref = effect.ref
                for needed_ref in (ref, ref.parent):
                    site = (
                        self._doubtful.get(self._blame.makings.resolved(needed_ref))
                        if needed_ref
                        else None
                    )
                    if site is not None:
                        reason = f"it needs {needed_ref}, and whether that was made cannot be told"
                        return FirstOutcome("unknown", None, reason, effect, follows=site)
        return None

    # -- what the run came to -------------------------------------------------------------------------

    @property
    def catalog(self) -> Catalog:
        """What is there now."""
        return self._machine.catalog

    def site(self, origin: tuple[str, int] | None) -> StatementSite | None:
        """A statement by its file and its index there, with its row."""
        return self._blame.site(origin)

    def is_in_doubt(self, ref: Ref, spared: Container[str] = ()) -> bool:
        """Whether a thing is, or is not, there for a statement that failed, or of which that is not known;
        what is not known of statements of the files `spared` does not count."""
        resolved = self._blame.makings.resolved(ref)
        doubt = self._doubtful.get(resolved)
        return (doubt is not None and doubt.file not in spared) or any(
            resolved in each.made or resolved in each.ended for each in self._blame.failures
        )

    # -- what a name is that nobody has made yet -----------------------------------------------------

    def is_to_come(self, ref: Ref, *, changes: bool = False) -> bool:
        """Whether it is surely not there: a statement of the folder makes it, and has not done so yet. Where
        something was there before the folder, what is only made with a guard may have been among it, and what
        somebody `changes` first."""
        if self._blame.doubt or ref.parent is not None or ref.space not in _CLOSED:
            return False
        catalog = self._machine.catalog
        if knowledge.is_open(catalog, ref.name):
            return False
        if self._blame.makings.is_by(self._along.origin(catalog.statement), ref):
            # It asks for what it makes itself.
            return True
        makings = self._blame.made(ref)
        if not makings or self._blame.doubt_about(makings):
            return False
        in_doubt = changes or any(each.guarded for each in makings)
        if in_doubt and self._blame.makings.has_baseline:
            knowledge.open_all(catalog, (ref.name,))
            return False
        return True

    def is_nowhere(self, ref: Ref) -> bool:
        """Whether nothing has that name, whatever it would be in: nobody has made such a thing yet, and if
        there was something before the folder, it is the folder that makes what is called that."""
        catalog, makings = self._machine.catalog, self._blame.makings
        if self._blame.doubt or ref.space not in _OPENLY or knowledge.is_open(catalog, ref.name):
            return False
        named = catalog.named(ref.space, ref.name)
        if any(slot.presence is not ABSENT and catalog.alive(slot) for _, slot in named):
            return False
        if ref.space is Space.CONSTRAINT and self._may_come_with_a_table(ref.name):
            return False
        return makings.makes_any(ref.space, ref.name) or not makings.has_baseline

    def _may_come_with_a_table(self, constraint: str) -> bool:
        """Whether a constraint may be one of a CREATE TABLE: by a name that this gives, or by the one that
        PostgreSQL chooses, which begins with the table's, be that called otherwise since."""
        makings = self._blame.makings
        if len(constraint.encode()) >= NAME_BYTES or makings.is_inline(constraint):
            return True
        parts = constraint.split("_")
        tables = ("_".join(parts[:end]) for end in range(1, len(parts)))
        for table in tables:
            for _, slot in self._machine.catalog.named(Space.RELATION, table):
                came = getattr(slot.definition, "inside", None)
                if came is None or came(Space.CONSTRAINT, constraint) is not False:
                    return True
            if makings.is_ended(Ref(Space.RELATION, table)):
                return True
        return False

    def may_be_there(self, ref: Ref) -> bool:
        """Whether it may be there all the same: of what built its SQL, nobody knows what it made."""
        return knowledge.is_open(self._machine.catalog, ref.name)


def _cut(kept: dict[_Name, _Value], size: int) -> None:
    """Forget what was put into a dictionary after it had that size."""
    while len(kept) > size:
        kept.popitem()


#: What is in a table, and is made by a statement that says how it is called, or (constraints) with the table.
_OPENLY: Final = frozenset({Space.CONSTRAINT, Space.TRIGGER, Space.POLICY, Space.RULE})
#: Of these names the folder's statements tell which there are; others come with the server, or extensions.
_CLOSED: Final = frozenset({Space.RELATION, Space.TYPE, Space.ROUTINE, Space.SCHEMA})
