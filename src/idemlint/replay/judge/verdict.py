"""What the rerun of a statement comes to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.modes import Half, Rerun
    from idemlint.plpgsql.nodes import Sql, Try
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.source.statement import Span


class Verdict(Enum):
    """What a rerun does, best first: the mode `any` takes the worse of its two reruns."""

    NOT_APPLICABLE = "not-applicable"
    SAFE = "safe"
    UNKNOWN = "unknown"
    REPEATS = "repeats"
    FAILS = "fails"

    __hash__ = object.__hash__

    @property
    def rank(self) -> int:
        """Position from best to worst."""
        return _RANK[self]


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Outcome(NamedTuple):
    """A statement's verdict in one rerun.

    `effect` is the one that decided it, `sqlstate` what PostgreSQL raises where it fails, `reason`
    a sentence for people. `leaf` is the guilty statement where it stands inside a body, `span` the
    place there. `passed` are the blocks with an EXCEPTION part that let the error through, the innermost
    first. `behind` is what would come to light of the same body, one after the other, where all before it
    was mended; empty where nobody asked. `half` is which part of a `redo` it is of, `None` elsewhere.
    """

    verdict: Verdict
    rerun: Rerun
    reason: str = ""
    sqlstate: str | None = None
    effect: Effect | None = None
    span: Span | None = None
    leaf: Sql | None = None
    passed: tuple[Try, ...] = ()
    behind: tuple[Outcome, ...] = ()
    half: Half | None = None


_SAFE: dict[tuple[Rerun, Half | None], Outcome] = {}


def safe(rerun: Rerun, half: Half | None = None) -> Outcome:
    """Nothing happens in a rerun: one and the same for all statements, since most of them are."""
    found = _SAFE.get((rerun, half))
    if found is None:
        found = _SAFE[rerun, half] = Outcome(Verdict.SAFE, rerun, half=half)
    return found
