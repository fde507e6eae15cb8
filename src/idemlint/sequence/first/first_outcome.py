"""What becomes of a statement in the first run of its folder, on a database that was empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Sql
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.first import FirstVerdict
    from idemlint.source.statement import Span


class StatementSite(NamedTuple):
    """A statement: its file, its index there, and its row."""

    file: str
    statement: int
    row: int


class FirstOutcome(NamedTuple):
    """What becomes of a statement in the first run, the SQLSTATE and why.

    `because` is the statement that is to blame: one that made what is in the way, whose guard skipped what is
    needed (`is_skipped`), or that makes it later (`is_to_come`). `follows` is the earlier failure that this
    one is only a consequence of. `is_made_twice`: what it makes is there already, and `is_same` as it would
    make it.
    """

    verdict: FirstVerdict
    sqlstate: str | None = None
    reason: str = ""
    effect: Effect | None = None
    span: Span | None = None
    leaf: Sql | None = None
    because: StatementSite | None = None
    follows: StatementSite | None = None
    is_made_twice: bool = False
    is_same: bool = False
    is_to_come: bool = False
    is_skipped: bool = False


RUNS: Final = FirstOutcome("runs")


class FirstFailure(NamedTuple):
    """A statement that failed, by its number: what it would have made and ended, the tables that it would
    have given a key (`keyed`), and the failure that all began with."""

    number: int
    root: StatementSite
    made: dict[Ref, object]
    ended: frozenset[Ref]
    keyed: frozenset[Ref]
