"""IDM1: it creates, and will already be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from idemlint import fixes
from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.effects.vocabulary import Creates, CreatesUnnamed, Requires, Verb
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.rule import OutcomeRule, fails, repeats
from idemlint.source.tree import holds

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix
    from idemlint.rules.kit.rule import On
    from idemlint.sequence.migration import Case


def makes(*kinds: Kind) -> tuple[On, ...]:
    """All outcomes of making something of these kinds: it is there, or it is there once more."""
    return fails(Verb.CREATE, *kinds) + repeats(Creates, *kinds)


_GUARD: Final = "the file removes or renames it later: guard it by what is left then"
_NAME_COLUMNS: Final = f"name the columns instead of `*`; or, if {_GUARD}"
_ALL_COLUMNS: Final = frozenset({"A_Star"})


class CreateRule(OutcomeRule):
    """What the CREATE rules have in common: the sentence, and a fix from `fixes.create_fixes`."""

    what: ClassVar[str] = "CREATE"
    of_names = True

    def title(self, case: Case) -> str:
        """What the statement does, as it begins: `CREATE TABLE users`."""
        effect = case.effect
        ref = fixes.create_fixes.ref_of(case)
        if ref is None:
            return self.what
        kind = effect.kind if isinstance(effect, (Requires, Creates)) else None
        if kind is not None and ref.space is Space.FACET and ref.parent is not None:
            return f"{self.what} {ref.parent}"
        noun = "" if kind is None or self.what != "CREATE" else f" {kind.noun.upper()}"
        return f"{self.what}{noun} {ref.name}"

    def message(self, case: Case) -> str:
        """It fails, since it is there; or it makes one more."""
        outcome = case.outcome
        if outcome.verdict is Verdict.REPEATS:
            return f"{self.title(case)} repeats on a rerun: {outcome.reason}"
        return f"{self.title(case)} fails on a rerun: {outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Its own guard, or one around it. What is made once more needs another file order."""
        outcomes = case.migration.outcomes.get(case.statement.index, {}).values()
        if any(
            outcome.verdict is Verdict.REPEATS and isinstance(outcome.effect, Creates)
            for outcome in outcomes
        ):
            return fixes.create_fixes.advice(self.once_more(case))
        if isinstance(case.effect, Creates) and case.effect.kind is Kind.TABLE:
            return fixes.create_fixes.advice(
                "its own name is free, and one that comes with it is not: guard it by what is left of it"
            )
        return self.mend(case)

    def once_more(self, case: Case) -> str:
        """What to do about something that is made once more."""
        return _GUARD

    def mend(self, case: Case) -> Fix | None:
        """The fix of a statement that fails."""
        return fixes.create_fixes.create(case)


class CreateTable(CreateRule):
    """`CREATE TABLE t`."""

    code = "IDM101"
    name = "create-table"
    on = makes(Kind.TABLE) + fails(Creates, Kind.TABLE)

    def mend(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`."""
        return fixes.create_fixes.create_table(case)


class CreateIndex(CreateRule):
    """`CREATE INDEX i ON t (a)`."""

    code = "IDM102"
    name = "create-index"
    on = makes(Kind.INDEX)


class CreateIndexUnnamed(CreateRule):
    """`CREATE INDEX ON t (a)`: one more each time."""

    code = "IDM103"
    name = "create-index-unnamed"
    on = repeats(CreatesUnnamed, Kind.INDEX)

    def message(self, case: Case) -> str:
        """It never fails, and that is the trouble."""
        effect = case.effect
        assert isinstance(effect, CreatesUnnamed)
        return (
            f"CREATE INDEX ON {effect.table} without a name builds one more index on every rerun:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """The name that PostgreSQL chooses."""
        return fixes.alter_fixes.name_index(case)


class CreateType(CreateRule):
    """`CREATE TYPE`, `CREATE DOMAIN`."""

    code = "IDM104"
    name = "create-type"
    on = makes(Kind.TYPE, Kind.DOMAIN, Kind.COMPOSITE_TYPE)


class CreateSchema(CreateRule):
    """`CREATE SCHEMA s`."""

    code = "IDM105"
    name = "create-schema"
    on = makes(Kind.SCHEMA)


class CreateExtension(CreateRule):
    """`CREATE EXTENSION e`."""

    code = "IDM106"
    name = "create-extension"
    on = makes(Kind.EXTENSION)


class CreateSequence(CreateRule):
    """`CREATE SEQUENCE s`."""

    code = "IDM107"
    name = "create-sequence"
    on = makes(Kind.SEQUENCE)


class _OfQuery(CreateRule):
    """A view: `*` is other columns by then."""

    def once_more(self, case: Case) -> str:
        """Its columns by name, if it has all of a table."""
        return _NAME_COLUMNS if holds(case.tree.fields, _ALL_COLUMNS) else _GUARD


class CreateView(_OfQuery):
    """`CREATE VIEW v`, and `OR REPLACE` over something that is no view."""

    code = "IDM108"
    name = "create-view"
    on = makes(Kind.VIEW) + fails(Creates, Kind.VIEW)

    def mend(self, case: Case) -> Fix | None:
        """`OR REPLACE`, where that is not what fails."""
        if isinstance(case.effect, Requires):
            return fixes.create_fixes.or_replace(case)
        if case.outcome.sqlstate == "42P16":
            return fixes.create_fixes.advice(
                "put DROP VIEW IF EXISTS before it, and make again what goes with the view"
            )
        return fixes.create_fixes.advice("give the view a name of its own")


class CreateMaterializedView(_OfQuery):
    """`CREATE MATERIALIZED VIEW m`."""

    code = "IDM109"
    name = "create-materialized-view"
    on = makes(Kind.MATERIALIZED_VIEW)


class CreateRoutine(CreateRule):
    """`CREATE FUNCTION`, `PROCEDURE`, `AGGREGATE`."""

    code = "IDM110"
    name = "create-routine"
    on = makes(Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.ROUTINE)

    def mend(self, case: Case) -> Fix | None:
        """`OR REPLACE`."""
        return fixes.create_fixes.or_replace(case)


class CreateTrigger(CreateRule):
    """`CREATE TRIGGER`, `CREATE EVENT TRIGGER`."""

    code = "IDM111"
    name = "create-trigger"
    on = makes(Kind.TRIGGER, Kind.EVENT_TRIGGER)

    def mend(self, case: Case) -> Fix | None:
        """`OR REPLACE`, or DROP before it."""
        return fixes.create_fixes.trigger(case)


class CreatePolicy(CreateRule):
    """`CREATE POLICY p ON t`."""

    code = "IDM112"
    name = "create-policy"
    on = makes(Kind.POLICY)

    def mend(self, case: Case) -> Fix | None:
        """A lookup in pg_policy."""
        return fixes.create_fixes.policy(case)


class CreateTableAs(CreateRule):
    """`CREATE TABLE t AS SELECT`, `SELECT INTO`."""

    code = "IDM118"
    name = "create-table-as"
    on = (
        fails(Verb.CREATE, Kind.TABLE, statement="CreateTableAsStmt")
        + repeats(Creates, Kind.TABLE, statement="CreateTableAsStmt")
        + fails(Verb.CREATE, Kind.TABLE, statement="SelectStmt")
        + repeats(Creates, Kind.TABLE, statement="SelectStmt")
    )

    def mend(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`; a SELECT INTO has to be written anew for it."""
        if case.tree.kind == "SelectStmt":
            return fixes.create_fixes.select_into(case)
        return fixes.create_fixes.create_table(case)
