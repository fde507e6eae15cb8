"""Carrying out effects on the catalog, in one of two moods.

*Assuming*: the first run succeeded, so an unmet or unknown requirement teaches what was there before.
*Judging*: the rerun; a requirement that is surely unmet raises, an unknown one is a doubt. So is a first run
on an empty database (`world`): what is not known there, nobody has made.

What outlives a run is the `State`. What one run finds out is its `Pass`: a rerun is a new one over the
same state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from idemlint.faults import Noted
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.effects.vocabulary import OF_ROWS, SKIP, Drops, Requires
from idemlint.replay.machine.signals import (
    FORK,
    Candidate,
    Doubt,
    Hazard,
    Pattern,
    Raised,
    Result,
)
from idemlint.replay.machine.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.plpgsql.bindings import Declared
    from idemlint.plpgsql.nodes import Sql
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.known_rows import Row
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.replay.effects.vocabulary import Effect, Fills
    from idemlint.replay.machine.budget import Budget
    from idemlint.replay.machine.foresight import Foresight
    from idemlint.replay.queries.resolve import Resolved
    from idemlint.replay.queries.scope import Scope
    from idemlint.replay.rewrites.reruns import Reruns
    from idemlint.source.statement import Span

#: An identity that nothing has.
NEVER: Final = 1 << 62

#: By the class of an effect: the function that carries it out.
Handler = Callable[["Pass", Any], Result]
Handlers = Mapping[type, Handler]
#: ReadsColumns the string of an EXECUTE as far as it is constant, with a machine of its own.
ReadPattern = Callable[["Machine", str], "Pattern | None"]


class World(Protocol):
    """What a first run on an empty database asks of the folder."""

    def is_to_come(self, ref: Ref, *, changes: bool = False) -> bool:
        """Whether a name, which no statement has made yet, is surely not there: one of the folder makes it
        later. Who `changes` it, or drops it, may have had it from elsewhere."""

    def is_nowhere(self, ref: Ref) -> bool:
        """Whether there is surely nothing of a name inside of anything, whatever it is in."""

    def may_be_there(self, ref: Ref) -> bool:
        """Whether a name, which no statement has made yet, may be there all the same."""


class Machine(NamedTuple):
    """A state, and what is able to change it.

    Both abilities are given (`judge.assembly`), since both need what is in here.
    """

    state: State
    postgres_version: int
    handlers: Handlers
    read_pattern: ReadPattern
    #: Statements that could not be carried out, by number; who runs them makes something of it.
    faults: Noted[int]
    budget: Budget
    #: A rerun tells what would fail behind the first failure of a body, too.
    foresees: bool = False

    @property
    def catalog(self) -> Catalog:
        """What is known of the database now."""
        return self.state.catalog

    def anew(self) -> Machine:
        """The same machine over a database of which nothing is known."""
        return self._replace(state=State(), faults=Noted())

    def over(self, catalog: Catalog) -> Machine:
        """The same machine over another database."""
        return self._replace(state=self.state.over(catalog))


def _ends_inside(effect: Effect, parent: Ref) -> bool:
    """Whether an effect drops what is in another thing, or asks whether that is there."""
    if isinstance(effect, Requires):
        return effect.want and effect.otherwise is SKIP and effect.ref.parent == parent
    return isinstance(effect, Drops) and effect.ref.parent == parent


class Pass:
    """One run over the state: the first run of a file, or a rerun.

    Statements are numbered through the folder; 0 is what was there before. `file_start` is the number
    before the file's first one. `fresh` is, in a rerun, the first identity that was not there when it
    began; `believed` what the condition of the branch that is being run says: it cannot be wrong there.
    `calling` are the routines whose bodies are being run, the outermost first; `within` says so in reasons.
    `world` is there in the first run on an empty database.
    """

    __slots__ = (
        "again",
        "believed",
        "calling",
        "candidates",
        "catalog",
        "catches",
        "copied",
        "current_error",
        "doubts",
        "exhausts",
        "file_start",
        "foresight",
        "fresh",
        "handlers",
        "hazards",
        "in_body",
        "in_folder",
        "judging",
        "leaf",
        "machine",
        "renewed",
        "reruns",
        "restarted",
        "span",
        "state",
        "uncertain",
        "within",
        "world",
    )

    def __init__(
        self,
        machine: Machine,
        *,
        judging: bool,
        file_start: int = 0,
        in_folder: bool = False,
        world: World | None = None,
    ) -> None:
        self.machine = machine
        self.handlers = machine.handlers
        self.state = machine.state
        self.catalog = machine.state.catalog
        self.judging = judging
        self.file_start = file_start
        self.in_folder = in_folder
        self.world = world
        self.fresh = self.catalog.new_oid() if judging else 0
        if world is not None:
            # Nothing was there before it.
            self.fresh = NEVER
        #: In a rerun, all programs, the indexes of those that run again, and the number before the first one.
        self.again: tuple[Sequence[tuple[Effect, ...]], Sequence[int], int] | None = None
        self.reruns: Reruns | None = None
        # What was found.
        self.doubts: list[Doubt] = []
        self.candidates: list[Candidate] = []
        self.hazards: list[Hazard] = []
        self.restarted: set[Key] = set()
        self.copied: set[int] = set()
        self.renewed: set[tuple[int, Row]] = set()
        self.begin()

    def begin(self) -> None:
        """Between two statements; then, where in one the run is."""
        self.span: Span | None = None
        self.leaf: Sql | None = None
        self.in_body = 0
        self.calling: tuple[int, ...] = ()
        self.within = ""
        self.uncertain = False
        #: Inside a loop that goes on until nothing is found.
        self.exhausts = False
        self.catches: Callable[[str], bool] | None = None
        self.believed: frozenset[Key] = frozenset()
        self.current_error: Raised | None = None
        self.foresight: Foresight | None = None

    def resolve(
        self, scope: Scope, *, stars: bool = False, names: Declared | None = None
    ) -> Resolved:
        """What the names of a query come to now; see `Resolutions`."""
        known = self.state.resolutions
        if known is None:
            from idemlint.replay.queries.resolutions import Resolutions

            known = self.state.resolutions = Resolutions()
        return known.resolve(self.catalog, scope, stars=stars, names=names)

    # -- running -------------------------------------------------------------------------------------

    def statement(self, number: int, effects: tuple[Effect, ...]) -> Result:
        """Carry out the statement of a number; its doubts are those that are found. An error of ours is
        noted by that number, and the statement has done nothing."""
        self.catalog.statement = number
        self.doubts.clear()
        try:
            return self.execute(effects)
        except Exception as error:
            self.begin()
            self.machine.faults.note(number, error)
            return None

    def execute(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out a statement: all of it or, where it raises or something of ours fails, nothing."""
        catalog = self.catalog
        mark = catalog.mark()
        before = self.uncertain
        try:
            result = self.apply(effects)
        except Exception:
            catalog.rollback(mark)
            raise
        self.uncertain = before
        if result.__class__ is Raised:
            catalog.rollback(mark)
        return result

    def execute_at(
        self, effects: tuple[Effect, ...], span: Span | None, leaf: Sql | None = None
    ) -> Result:
        """The same for a statement at a place of a body."""
        before = self.span, self.leaf
        self.span, self.leaf = span or before[0], leaf
        result = self.execute(effects)
        self.span, self.leaf = before
        return result

    def apply(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out effects in order; where a guard may or may not skip the rest, both ways are taken."""
        handlers = self.handlers
        for position, effect in enumerate(effects):
            result = handlers[effect.__class__](self, effect)
            if result is None:
                continue
            if result is FORK:
                return self._fork(effect, effects[position + 1 :])
            return result
        return None

    def _fork(self, effect: Effect, rest: tuple[Effect, ...]) -> Result:
        assert isinstance(effect, Requires)
        catalog = self.catalog
        ref = effect.ref if effect.want else catalog.place(effect.ref, effect.beside)
        if all(isinstance(each, Drops) and each.ref == effect.ref for each in rest):
            gone = catalog.set_presence(ref, ABSENT, effect.kind)
            if gone is not None:
                # If it was there, what it had went with it.
                catalog.kill(gone.oid)
            return None
        if effect.want and rest and all(_ends_inside(each, effect.ref) for each in rest):
            # Where its parent is not there, it is not there either.
            return self.apply(rest)
        if effect.want:
            catalog.identify(ref)

        def met() -> Result:
            catalog.set_presence(ref, PRESENT if effect.want else ABSENT, effect.kind)
            return self.apply(rest)

        def unmet() -> Result:
            catalog.set_presence(ref, ABSENT if effect.want else PRESENT, effect.kind)
            return None

        return self.either(met, unmet)

    def either(self, first: Callable[[], Result], second: Callable[[], Result]) -> Result:
        """Take both of two ways and join the catalogs; an error on one of them is a doubt.

        In the assuming mood the way that raises cannot have been the one that was taken.
        """
        catalog = self.catalog
        mark = catalog.mark()
        candidates = len(self.candidates)
        # What fails on one of two ways may not fail.
        foresight, self.foresight = self.foresight, None
        one = first()
        after_one = knowledge.way_since(catalog, mark)
        # What both ways look at has one identity.
        catalog.revert(mark)
        two = second()
        self.foresight = foresight
        one_raised, two_raised = one.__class__ is Raised, two.__class__ is Raised
        if one_raised and two_raised:
            return two
        if one_raised or two_raised:
            raised = one if one_raised else two
            assert isinstance(raised, Raised)
            if two_raised:
                catalog.revert(mark)
                knowledge.go(catalog, after_one)
            if self.judging:
                self.doubts.append(
                    Doubt(
                        f"it may fail: {raised.reason}", raised.effect, raised.sqlstate, raised.span
                    )
                )
            return None
        knowledge.join(catalog, mark, after_one)
        if self.judging:
            self._doubt_candidates(candidates)
        return one if one is two else None

    def _doubt_candidates(self, since: int) -> None:
        """What repeats on one of two ways may repeat."""
        for each in self.candidates[since:]:
            self.doubts.append(
                Doubt(f"it may repeat: {each.reason}", each.effect, "", each.span, each.leaf)
            )
        del self.candidates[since:]

    # -- knowledge -----------------------------------------------------------------------------------

    def doubt(
        self, reason: str, effect: Effect, sqlstate: str | None = None, span: Span | None = None
    ) -> None:
        """Something cannot be told, while judging; `span` where it is not the place that is being run."""
        if self.world is not None and effect.__class__ in OF_ROWS:
            # What becomes of rows a second time is not asked.
            return
        if self.judging:
            place = (self.span, self.leaf) if span is None else (span, None)
            self.doubts.append(Doubt(reason + self.within, effect, sqlstate, *place))

    def candidate(
        self,
        reason: str,
        effect: Effect,
        oid: int = 0,
        epoch: int = 0,
        *,
        of_new: bool = False,
        gone: Row | None = None,
    ) -> None:
        """Something is done once more, while judging."""
        if self.judging:
            number, place = self.catalog.statement, (self.span, self.leaf)
            self.candidates.append(
                Candidate(number, reason + self.within, effect, oid, epoch, *place, of_new, gone)
            )

    def hazard(self, effect: Fills) -> None:
        """The first run may fail on a database with rows."""
        if not self.judging:
            self.hazards.append(Hazard(self.catalog.statement, effect, self.span, self.leaf))

    def raised(self, sqlstate: str, effect: Effect, reason: str) -> Raised:
        """An error at the place that is being run."""
        return Raised(sqlstate, effect, reason + self.within, self.span, self.leaf)

    def since(self, slot: Slot | None) -> str:
        """When something came to be as it is, in words."""
        maker = slot.maker if slot is not None else 0
        if maker == self.catalog.statement:
            return "since this statement's first run"
        if self.in_folder:
            return "since the folder's first run"
        if maker > self.file_start:
            return f"since statement {maker - self.file_start} of this file"
        return "since an earlier migration" if maker else "already"

    def oids(self, refs: tuple[Ref, ...]) -> tuple[int, ...]:
        """The identities of what is there of some names; the first run proves that it is."""
        if not refs:
            return ()
        found = []
        for ref in refs:
            slot = self.catalog.find(ref)
            if slot is None and not self.judging:
                slot = self.catalog.set_presence(ref, PRESENT)
            if slot is not None and slot.presence is PRESENT:
                found.append(slot.oid)
        return tuple(found)
