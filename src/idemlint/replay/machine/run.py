"""Carrying out effects on the catalog, in one of two moods.

*Assuming*: the first run succeeded, so an unmet or unknown requirement teaches what was there before.
*Judging*: the rerun; a requirement that is surely unmet raises, an unknown one is a doubt.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Catalog, Key, Slot
from idemlint.replay.effects.vocabulary import Drops, Effect, Fills, Requires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idemlint.plpgsql.nodes import Sql, Try
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.guards.conditions import Condition
    from idemlint.replay.judge.patterns import Pattern
    from idemlint.source.statement import Span


class Raised(NamedTuple):
    """An error: its SQLSTATE, the effect that raised it, and why.

    `passed` are the blocks whose handlers do not catch it, the innermost first.
    """

    sqlstate: str
    effect: Effect | None
    reason: str
    span: Span | None = None
    leaf: Sql | None = None
    passed: tuple[Try, ...] = ()


class Signal(NamedTuple):
    """Control flow that is no error: `skip` leaves a statement, `return` a body."""

    name: str


SKIPPED: Final = Signal("skip")
RETURNED: Final = Signal("return")
FORK: Final = Signal("fork")

Result = Raised | Signal | None


class Doubt(NamedTuple):
    """Something that cannot be told: it may raise `sqlstate` (`None`: anything)."""

    reason: str
    effect: Effect | None
    sqlstate: str | None = None
    span: Span | None = None
    leaf: Sql | None = None


class Candidate(NamedTuple):
    """A repetition that counts if what it changed is still there when the rerun ends."""

    statement: int
    reason: str
    effect: Effect
    oid: int = 0
    epoch: int = 0
    span: Span | None = None
    leaf: Sql | None = None


class Hazard(NamedTuple):
    """A first run that fails on a database with rows."""

    statement: int
    effect: Fills
    span: Span | None = None
    leaf: Sql | None = None


class Machine:
    """Carries out effects. `statement` numbers run through the folder; 0 is what was there before."""

    def __init__(self, catalog: Catalog, postgres_version: int) -> None:
        # The handlers drive the machine: they can be looked up when there is one.
        from idemlint.replay.machine.handlers import HANDLERS

        self._handlers = HANDLERS
        self.catalog = catalog
        self.postgres_version = postgres_version
        self.judging = False
        self.uncertain = False
        self.in_body = 0
        self.catches: Callable[[str], bool] | None = None
        self.span: Span | None = None
        self.leaf: Sql | None = None
        self.doubts: list[Doubt] = []
        self.candidates: list[Candidate] = []
        self.hazards: list[Hazard] = []
        self.file_start = 0
        self.in_folder = False
        self.current_error: Raised | None = None
        self.leaves: dict[int, tuple[object, tuple[Effect, ...]]] = {}
        self.conditions: dict[int, tuple[object, Condition]] = {}
        self.patterns: dict[int, tuple[object, Pattern | None]] = {}
        # What the condition of the branch that is being run says: it cannot be wrong there.
        self.believed: frozenset[Key] = frozenset()
        self.savepoints: dict[str, tuple[int, int]] = {}
        # In a rerun, the first identity that was not there when it began.
        self.fresh = 0
        self.until_commit: list[Key] = []
        self.restarted: set[Key] = set()
        self.copied: set[int] = set()

    # -- running -------------------------------------------------------------------------------------

    def run(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out a statement: all of it or, where it raises, nothing."""
        catalog = self.catalog
        mark = catalog.mark()
        before = self.uncertain
        result = self.apply(effects)
        self.uncertain = before
        if result.__class__ is Raised:
            catalog.rollback(mark)
        return result

    def apply(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out effects in order; where a guard may or may not skip the rest, both ways are taken."""
        handlers = self._handlers
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
        if all(isinstance(each, Drops) and each.ref == effect.ref for each in rest):
            catalog.set_presence(effect.ref, ABSENT, effect.kind)
            return None

        def met() -> Result:
            catalog.set_presence(effect.ref, PRESENT if effect.want else ABSENT, effect.kind)
            return self.apply(rest)

        def unmet() -> Result:
            catalog.set_presence(effect.ref, ABSENT if effect.want else PRESENT, effect.kind)
            return None

        return self.either(met, unmet)

    def either(self, first: Callable[[], Result], second: Callable[[], Result]) -> Result:
        """Take both of two ways and join the catalogs; an error on one of them is a doubt.

        In the assuming mood the way that raises cannot have been the one that was taken.
        """
        catalog = self.catalog
        mark = catalog.mark()
        candidates = len(self.candidates)
        one = first()
        after_one = catalog.state_since(mark)
        catalog.rollback(mark)
        two = second()
        one_raised, two_raised = one.__class__ is Raised, two.__class__ is Raised
        if one_raised and two_raised:
            return two
        if one_raised or two_raised:
            raised = one if one_raised else two
            assert isinstance(raised, Raised)
            if two_raised:
                catalog.rollback(mark)
                catalog.restore(after_one)
            if self.judging:
                self.doubts.append(
                    Doubt(
                        f"it may fail: {raised.reason}", raised.effect, raised.sqlstate, raised.span
                    )
                )
            return None
        catalog.join(mark, after_one)
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

    def doubt(self, reason: str, effect: Effect, sqlstate: str | None = None) -> None:
        """Something cannot be told, while judging."""
        if self.judging:
            self.doubts.append(Doubt(reason, effect, sqlstate, self.span, self.leaf))

    def candidate(self, reason: str, effect: Effect, oid: int = 0, epoch: int = 0) -> None:
        """Something is done once more, while judging."""
        if self.judging:
            self.candidates.append(
                Candidate(self.catalog.statement, reason, effect, oid, epoch, self.span, self.leaf)
            )

    def raised(self, sqlstate: str, effect: Effect, reason: str) -> Raised:
        """An error at the place that is being run."""
        return Raised(sqlstate, effect, reason, self.span, self.leaf)

    @contextmanager
    def at(self, span: Span | None, leaf: Sql | None = None) -> Iterator[None]:
        """What happens inside happens at that place of a body."""
        before = self.span, self.leaf
        self.span, self.leaf = span or before[0], leaf
        yield
        self.span, self.leaf = before

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
        found = []
        for ref in refs:
            slot = self.catalog.find(ref)
            if slot is None and not self.judging:
                slot = self.catalog.set_presence(ref, PRESENT)
            if slot is not None and slot.presence is PRESENT:
                found.append(slot.oid)
        return tuple(found)
