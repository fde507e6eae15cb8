"""A migration looked at by the rules: trees and all, for those who fix it; `report_of` makes plain data."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idemlint.analysis.findings import Ruling, asked_in, findings, foreseen, of_applied, worst
from idemlint.faults import Noted, ours
from idemlint.records import NamedTuple
from idemlint.replay.judge.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idemlint.diagnostics import Diagnostic
    from idemlint.modes import Mode
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import ParsedFile


class Judged(NamedTuple):
    """A migration, the outcome of each of its statements, what the rules that are switched on find, and
    what they failed at. `foreseen` are findings that come to light in a body, by statement index, one after
    the other, where all before them are mended."""

    migration: Migration
    outcomes: tuple[Outcome, ...]
    diagnostics: tuple[Diagnostic, ...]
    faults: Mapping[Ruling, Exception] = MappingProxyType({})
    foreseen: Mapping[int, tuple[Diagnostic, ...]] = MappingProxyType({})
    switched_off: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        """The file, as it was named to us."""
        return self.migration.path

    @property
    def filename(self) -> str:
        """The file, as it is shown."""
        return self.migration.filename

    @property
    def parsed(self) -> ParsedFile:
        """Its statements."""
        return self.migration.parsed

    @property
    def to_come(self) -> Iterator[Diagnostic]:
        """What is found, and what is foreseen."""
        return chain(self.diagnostics, *self.foreseen.values())

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.migration.data


def judge(migration: Migration, codes: frozenset[str], rerun: Mode) -> Judged:
    """Ask the rules `codes` about a migration that was just replayed; `rerun` is the mode that counts."""
    codes = asked_in(codes, redo=rerun == "redo")
    was_said = migration.is_applied and bool(migration.edited_on)
    if was_said:
        codes = of_applied(codes)  # what it does was said before it ran
    applied = {index: each for index, each in migration.outcomes.items() if each}
    worst_of = {index: worst(each) for index, each in applied.items()}
    counts = (
        worst_of
        if rerun == "any"
        else {index: outcomes[rerun] for index, outcomes in applied.items()}
    )
    faults: Noted[Ruling] = Noted()
    switched_off: Counter[str] = Counter()
    diagnostics = findings(migration, worst_of, codes, faults, switched_off)
    for each, error in faults.items():
        if each.statement is not None:
            rerun = counts[each.statement].rerun
            counts[each.statement] = Outcome(Verdict.UNKNOWN, rerun, ours(error))
    return Judged(
        migration,
        tuple(counts.get(each.index, _NOT_APPLIED) for each in migration.parsed.statements),
        tuple(diagnostics),
        faults,
        foreseen(migration, worst_of, codes, diagnostics),
        () if was_said else tuple(switched_off.items()),
    )


_NOT_APPLIED: Final = Outcome(Verdict.NOT_APPLICABLE, "file", "it is not part of what is applied")
