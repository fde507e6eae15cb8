"""What is said of each statement of a file, as plain data: its verdict, and its first run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.names import shown as said
from idemlint.records import NamedTuple
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.analysis.judged import Judged
    from idemlint.replay.effects.describe import Described
    from idemlint.replay.judge.left_behind import Leaving
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.source.positions import Lines


class FirstRow(NamedTuple):
    """What a statement does in the first run of its folder on an empty database (`runs`, `fails`, `unknown`).

    `because` is the statement that is to blame, `follows` the earlier failure that this is a consequence of:
    each by its file, as it is shown, and its row.
    """

    verdict: str
    sqlstate: str | None
    reason: str
    because: tuple[str, int] | None
    follows: tuple[str, int] | None


class StatementRow(NamedTuple):
    """A statement and its verdict. `start` and `end` are bytes; `section` is `up` or `down`; `beginning`
    is the first part of its text; `effects` are what it is taken to do, `None` where nobody asked.

    `half` is the part of a `redo` that it is of: `down` rolls back, `up` runs again. There, `leaves` is what
    is there after the rollback because of it and was not before, `loses` what is gone, in words.
    """

    index: int  # type: ignore[assignment]
    start: int
    end: int
    row: int
    kind: str
    section: str
    unit: int
    verdict: str
    sqlstate: str | None
    reason: str
    rerun: str
    codes: tuple[str, ...]
    beginning: str
    effects: tuple[Described, ...] | None = None
    first: FirstRow | None = None
    half: str | None = None
    leaves: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    upgrade: FirstRow | None = None


def rows_of(judged: Judged, lines: Lines, *, effects: bool) -> Iterator[StatementRow]:
    """A row for each statement of a judged migration; `effects`: with what it is taken to do."""
    data = judged.data
    described = _described(judged) if effects else {}
    codes: list[list[str]] = [[] for _ in judged.outcomes]
    for diagnostic in judged.diagnostics:
        if diagnostic.statement is not None and diagnostic.code not in codes[diagnostic.statement]:
            codes[diagnostic.statement].append(diagnostic.code)
    deliveries = judged.migration.deliveries
    for statement, outcome, delivery, named in zip(
        judged.parsed.statements, judged.outcomes, deliveries, codes, strict=True
    ):
        start, end = statement.span
        left = judged.migration.left_behind.get(statement.index, ())
        yield StatementRow(
            statement.index,
            start,
            end,
            lines.row(start),
            statement.kind,
            statement.section,
            delivery.unit,
            outcome.verdict.value,
            outcome.sqlstate,
            said(outcome.reason),
            outcome.rerun,
            tuple(named),
            statement.beginning(data),
            described.get(statement.index, ()) if effects else None,
            _first(judged.migration.firsts.get(statement.index)),
            outcome.half,
            _named(left, "leaves"),
            _named(left, "loses"),
            _first(judged.migration.on_upgrade(statement.index)),
        )


def _first(outcome: FirstOutcome | None) -> FirstRow | None:
    if outcome is None:
        return None
    because, follows = (
        (shown(site.file), site.row) if site is not None else None
        for site in (outcome.because, outcome.follows)
    )
    return FirstRow(outcome.verdict, outcome.sqlstate, said(outcome.reason), because, follows)


def _named(leavings: Iterable[Leaving], what: str) -> tuple[str, ...]:
    """What a rollback leaves, or loses, in words."""
    return tuple(str(each) for each in leavings if each.what == what)


def _described(judged: Judged) -> dict[int, tuple[Described, ...]]:
    # Hardly anybody asks.
    from idemlint.replay.effects.describe import describe

    migration = judged.migration
    return {
        index: describe(program, migration.postgres_version)
        for index, program in migration.programs.items()
    }
