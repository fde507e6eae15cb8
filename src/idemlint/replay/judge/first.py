"""What a statement does when the folder runs for the first time, on an empty database.

Each statement stands for itself: one that fails has done nothing, and the next one runs all the same, as on a
server that goes on. Nothing is said of what the runner's transaction forbids, nor of what rows do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.effects.vocabulary import Creates, Inserts, Requires
from idemlint.replay.machine.requirements import place
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Sql
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result
    from idemlint.source.statement import Span

FirstVerdict = Literal["runs", "fails", "unknown"]


class First(NamedTuple):
    """What becomes of a statement, the SQLSTATE and why.

    `maker` is the number of the statement that made what is in the way, or that took away what is needed
    (0: none did), `home_maker` that of the one that made what it is in. `is_made_twice`: what it makes is
    there already.
    """

    verdict: FirstVerdict
    sqlstate: str | None = None
    reason: str = ""
    effect: Effect | None = None
    span: Span | None = None
    leaf: Sql | None = None
    maker: int = 0
    home_maker: int = 0
    is_made_twice: bool = False


RUNS: Final = First("runs")

#: What the runner's transaction is to blame for, rows, or who wrote the statement so that it raises.
_NOT_ASKED: Final = frozenset({"25001", "55P04", "25P02", "P0001", "P0004"})
_OF_ROWS: Final = "23"


def is_asked(sqlstate: str) -> bool:
    """Whether a first run on an empty database is asked about an error of this kind."""
    return sqlstate not in _NOT_ASKED and not sqlstate.startswith(_OF_ROWS)


def first(run: Pass, result: Result) -> First:
    """What a statement came to that has just run, and left `result`."""
    doubts = [each for each in run.doubts if each.sqlstate is None or is_asked(each.sqlstate)]
    if isinstance(result, Raised):
        earlier = next((each for each in doubts if each.sqlstate != result.sqlstate), None)
        if earlier is not None:
            # It fails, but what is asked before may be what it fails for.
            return First(
                "unknown", None, earlier.reason, earlier.effect, earlier.span, earlier.leaf
            )
        if not is_asked(result.sqlstate):
            return First("unknown", None, result.reason, result.effect, result.span, result.leaf)
        found = First(
            "fails", result.sqlstate, result.reason, result.effect, result.span, result.leaf
        )
        return found._replace(
            maker=_maker(run, result),
            home_maker=_home_maker(run, result),
            is_made_twice=_is_there(result),
        )
    if doubts:
        doubt = doubts[0]
        return First("unknown", None, doubt.reason, doubt.effect, doubt.span, doubt.leaf)
    return RUNS


def _is_there(raised: Raised) -> bool:
    effect = raised.effect
    return isinstance(effect, Requires) and not effect.want


def _maker(run: Pass, raised: Raised) -> int:
    """The statement that made what is in the way, or that made what is needed another thing."""
    slot = _concerned(run, raised.effect)
    return slot.maker if slot is not None else 0


def _home_maker(run: Pass, raised: Raised) -> int:
    """The statement that made the table that something is, or is not, in."""
    effect = raised.effect
    home = effect.ref.parent if isinstance(effect, Requires | Creates) else None
    slot = run.catalog.find(home) if home is not None else None
    return slot.maker if slot is not None and slot.presence is PRESENT else 0


def _concerned(run: Pass, effect: Effect | None) -> Slot | None:
    catalog = run.catalog
    if isinstance(effect, Requires):
        ref = effect.ref if effect.want else place(run, effect)
        slot = catalog.find(ref)
        if effect.want and slot is not None and slot.presence is ABSENT and not slot.maker:
            return None
        return slot
    if isinstance(effect, Creates):
        slot = catalog.find(effect.ref)
        return slot if slot is not None and slot.presence is PRESENT else None
    if isinstance(effect, Inserts):
        return catalog.find(effect.table)
    return None
