"""IDM3: it drops, and is already gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import (
    Calls,
    Deletes,
    Drops,
    ReadsColumns,
    Requires,
    Validates,
    Verb,
)
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.rule import OutcomeRule, fails, raises, repeats

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix
    from idemlint.sequence.migration import Case


class _DropRule(OutcomeRule):
    """What the DROP rules have in common."""

    of_names = True

    def message(self, case: Case) -> str:
        """It is gone; or something that the rerun should leave is taken away."""
        ref = fixes.create_fixes.ref_of(case)
        kind = getattr(case.effect, "kind", None)
        noun = f" {kind.noun.upper()}" if isinstance(kind, Kind) else ""
        verb = "repeats" if case.outcome.verdict is Verdict.REPEATS else "fails"
        return (
            f"DROP{noun}{f' {ref.name}' if ref is not None else ''} {verb} on a rerun:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """`IF EXISTS`, where what is missing is what fails."""
        if isinstance(case.effect, Requires) and case.outcome.verdict is Verdict.FAILS:
            if _takes_away(case):
                return fixes.create_fixes.advice(
                    f"leave out the DROP: with IF EXISTS, a rerun takes away the {case.subject} that"
                    " this file makes"
                )
            return self.mend(case)
        if case.outcome.verdict is Verdict.FAILS:
            return fixes.create_fixes.advice(_WAYS.get(case.outcome.sqlstate or "", _KEPT))
        return fixes.create_fixes.advice(
            "guard it by what the file makes afterwards, so that it runs only once"
        )

    def mend(self, case: Case) -> Fix | None:
        """The fix of a statement that fails."""
        return fixes.create_fixes.if_exists(case)


_KEPT: Final = "drop first what depends on it, or add CASCADE to drop it along"
#: SQLSTATE → the way out, where it is another one.
_WAYS: Final = {
    "22P02": "run it only while the column takes this value, or move it into a migration of its own",
    "42725": "say which one, with the types of its arguments",
    "42830": "make the foreign key only while its key is there, or move it into a migration of its own",
}


def _takes_away(case: Case) -> bool:
    """Whether another rerun drops what the file makes further on. There the failure is all that stands
    between the data and a guard."""
    outcomes = case.migration.outcomes[case.statement.index].values()
    return any(
        each.verdict is Verdict.REPEATS and isinstance(each.effect, Drops) for each in outcomes
    )


class DropObject(_DropRule):
    """`DROP TABLE t` and every other DROP of a thing of its own."""

    code = "IDM301"
    name = "drop-object"
    on = (
        fails(Verb.DROP)
        + fails(Drops)
        + repeats(Drops)
        + fails(Verb.USE, statement="DropStmt")
        + fails(Verb.USE, statement="DropUserMappingStmt")
    )


class DropColumn(_DropRule):
    """`ALTER TABLE t DROP COLUMN c`, `ALTER TYPE t DROP ATTRIBUTE a`."""

    code = "IDM302"
    name = "drop-column"
    on = (
        fails(Verb.DROP, Kind.COLUMN, Kind.ATTRIBUTE)
        + fails(Drops, Kind.COLUMN, Kind.ATTRIBUTE)
        + repeats(Drops, Kind.COLUMN, Kind.ATTRIBUTE)
    )

    def mend(self, case: Case) -> Fix | None:
        """`IF EXISTS`, in all commands that can have it."""
        return fixes.alter_fixes.alter_table(case)


class DropConstraint(_DropRule):
    """`ALTER TABLE t DROP CONSTRAINT c`."""

    code = "IDM303"
    name = "drop-constraint"
    on = (
        fails(Verb.DROP, Kind.CONSTRAINT)
        + fails(Drops, Kind.CONSTRAINT)
        + repeats(Drops, Kind.CONSTRAINT)
    )

    def mend(self, case: Case) -> Fix | None:
        """`IF EXISTS`, in all commands that can have it."""
        if case.tree.kind == "AlterDomainStmt":
            return fixes.create_fixes.if_exists_after(case, "DROP CONSTRAINT")
        return fixes.alter_fixes.alter_table(case)


class UsedAfterDrop(OutcomeRule):
    """A statement needs what a later statement of the file removes or renames."""

    code = "IDM304"
    name = "used-after-drop"
    on = (
        fails(Verb.USE)
        + fails(Verb.ALTER)
        + fails(Verb.WRITE)
        + fails(ReadsColumns)
        + fails(Calls)
        + fails(Validates)
        + raises("22P02", "42830")
    )
    of_names = True

    def message(self, case: Case) -> str:
        """What it needs, and since when that is gone."""
        return f"this fails on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Only while that is there; the order of the file is its author's."""
        fix = fixes.stages.while_there(case)
        if fix is not None:
            return fix
        return fixes.create_fixes.advice(
            _WAYS.get(case.outcome.sqlstate or "")
            or f"run it only while {case.subject} is there, or move it into a migration of its own"
        )


class TruncateUnderForeignKey(OutcomeRule):
    """`TRUNCATE t`, where a foreign key that comes later points at t."""

    code = "IDM306"
    name = "truncate-under-foreign-key"
    on = fails(Deletes)

    def message(self, case: Case) -> str:
        """Which table points at it by then."""
        return f"TRUNCATE fails on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Whether the other table's rows may go is for a person to say."""
        return fixes.create_fixes.advice(
            "empty both tables in one TRUNCATE, or delete the rows with DELETE"
        )


class DropThenCreate(OutcomeRule):
    """`DROP TABLE IF EXISTS t; CREATE TABLE t`: the rows are gone each time."""

    code = "IDM305"
    name = "drop-then-create"
    on = (*repeats(Drops, Kind.TABLE, Kind.FOREIGN_TABLE), *repeats(Deletes, Kind.TABLE))

    def message(self, case: Case) -> str:
        """What is lost."""
        return f"a rerun deletes data: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Whether the rows matter is for a person to say."""
        if isinstance(case.effect, Deletes):
            return fixes.create_fixes.advice(
                "insert the rows with ON CONFLICT, and delete only those that are to go"
            )
        return fixes.create_fixes.advice(
            "leave out the DROP, and make the table with IF NOT EXISTS"
        )
