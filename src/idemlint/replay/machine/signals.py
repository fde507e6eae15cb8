"""What carrying out effects gives back: errors, signals, and what there is to say about a rerun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Sql, Try
    from idemlint.postgres.kinds import Kind, Ref
    from idemlint.replay.catalog.known_rows import Row
    from idemlint.replay.effects.vocabulary import Effect, Fills
    from idemlint.source.statement import Span


class Raised(NamedTuple):
    """An error: its SQLSTATE, the effect that raised it, and why.

    `passed` are the blocks whose handlers do not catch it, the innermost first. `behind` is what would fail
    next in the body, and then, where that was sought (`foresight`).
    """

    sqlstate: str
    effect: Effect | None
    reason: str
    span: Span | None = None
    leaf: Sql | None = None
    passed: tuple[Try, ...] = ()
    behind: tuple[Raised, ...] = ()


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
    """A repetition that counts if what it changed is still there when the rerun ends; `of_new`: and if the
    table is one that the rerun has made, in nobody's place; `gone`: and if there is no such row by then."""

    statement: int
    reason: str
    effect: Effect
    oid: int = 0
    epoch: int = 0
    span: Span | None = None
    leaf: Sql | None = None
    of_new: bool = False
    gone: Row | None = None


class Hazard(NamedTuple):
    """A first run that fails on a database with rows."""

    statement: int
    effect: Fills
    span: Span | None = None
    leaf: Sql | None = None


#: Stands in a `Pattern` for a name that is not constant.
STAND_IN: Final = "_any"


class Touched(NamedTuple):
    """What some statements do to objects, by their names: `drops` are those that they drop or rename,
    `changes` those that they replace, `makes` those that they only make, or give another their name; `ends`
    are the kinds of what they drop or rename."""

    drops: frozenset[Ref]
    changes: frozenset[Ref]
    makes: frozenset[Ref]
    ends: frozenset[Kind]


NOTHING_TOUCHED: Final = Touched(frozenset(), frozenset(), frozenset(), frozenset())


class Pattern(NamedTuple):
    """What an EXECUTE of a computed string comes to: whether its second run is `safe` (otherwise what it
    raises, if anything), and what it touches."""

    safe: bool
    sqlstate: str | None
    touched: Touched
