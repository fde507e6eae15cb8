"""IDM81: a migration is rolled back, and run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.rule import FileRule, On, OutcomeRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.replay.judge.left_behind import Leaving
    from idemlint.sequence.migration import Case, Migration

_GONE: Final = (
    "take away what the migration makes, under the name that it has by then, and what depends on a thing"
    " before that"
)
_THERE: Final = "leave it out, or guard it: the migration has not taken it away"
#: SQLSTATE → the way out, where it is another one.
_WAYS: Final = {
    "2BP01": "drop first what depends on it, or add CASCADE to drop it along",
    "42701": _THERE,
    "42710": _THERE,
    "42723": _THERE,
    "42P06": _THERE,
    "42P07": _THERE,
}
#: So many things are named in one sentence.
_MOST: Final = 4


class DownFails(OutcomeRule):
    """A statement that rolls a migration back cannot run after it."""

    code = "IDM811"
    name = "down-fails"
    of_redo = of_down = True
    on = (On(Verdict.FAILS),)

    def message(self, case: Case) -> str:
        """Why it fails."""
        return f"the rollback fails: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """What the rollback is to do is its author's to say."""
        return Fix(Applicability.DISPLAY, _WAYS.get(case.outcome.sqlstate or "", _GONE))


class DownLeaves(FileRule):
    """A rollback leaves objects that its migration made, or takes such as were there before."""

    code = "IDM812"
    name = "down-leaves"
    default = False
    of_redo = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """A finding for each statement that is to blame; one for the file where nothing rolls it back."""
        rollback = migration.rollback
        found = migration.left_behind
        if rollback is None or not found:
            return
        if rollback.is_empty:
            every = [each for mine in found.values() for each in mine]
            yield self._finding(migration, min(found), every, "nothing rolls this back: it")
            return
        for index, mine in sorted(found.items()):
            outcome = migration.outcomes[index]["redo"]
            if outcome.half == "down" and outcome.verdict is Verdict.FAILS:
                continue  # that it fails is said
            for what in ("leaves", "loses"):
                those = [each for each in mine if each.what == what]
                if those:
                    yield self._finding(migration, index, those, "the rollback")

    def _finding(
        self, migration: Migration, index: int, those: list[Leaving], who: str
    ) -> Diagnostic:
        statement = migration.parsed.statements[index]
        names = ", ".join(map(str, those[:_MOST]))
        if len(those) > _MOST:
            names += f" and {len(those) - _MOST:,} more"
        if those[0].what == "leaves":
            told = f"{who} leaves {names} behind"
            way = "take away in the rollback what the migration makes"
        else:
            told = f"{who} ends without {names}, which was there before the migration"
            way = "let the rollback make again what the migration takes away, and no more"
        return self.diagnostic(
            migration,
            (those[0].span if len(those) == 1 else None) or statement.span,
            told,
            help_text=way,
            statement=index,
            rerun="redo",
        )
