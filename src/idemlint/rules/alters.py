"""IDM2: it alters, and is already altered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint import fixes
from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.effects.vocabulary import (
    Converts,
    CreatesUnnamed,
    Drops,
    Renames,
    Retypes,
    Updates,
    Verb,
)
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.creates import CreateRule, makes
from idemlint.rules.kit.rule import FileRule, OutcomeRule, fails, repeats
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.sequence.migration import Case, Migration


class AddColumn(CreateRule):
    """`ALTER TABLE t ADD COLUMN c`, `ALTER TYPE t ADD ATTRIBUTE a`."""

    code = "IDM201"
    name = "add-column"
    what = "ADD COLUMN"
    on = makes(Kind.COLUMN, Kind.ATTRIBUTE)

    def title(self, case: Case) -> str:
        """ALTER TYPE adds attributes."""
        title = super().title(case)
        is_type = case.tree.objtype == "OBJECT_TYPE"
        return title.replace("COLUMN", "ATTRIBUTE", 1) if is_type else title

    def mend(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`, in all commands that can have it."""
        return fixes.alter_fixes.alter_table(case)


class AddConstraint(CreateRule):
    """`ALTER TABLE t ADD CONSTRAINT c`, and unnamed primary keys."""

    code = "IDM202"
    name = "add-constraint"
    what = "ADD CONSTRAINT"
    on = makes(Kind.CONSTRAINT)

    def title(self, case: Case) -> str:
        """A primary key is found whatever its name."""
        ref = fixes.create_fixes.ref_of(case)
        if ref is not None and ref.name == "primary key":
            return f"ADD PRIMARY KEY to {ref.parent}"
        if ref is not None and ref.space is Space.FACET and ref.parent is not None:
            return f"ADD CONSTRAINT USING INDEX {ref.parent}"
        return super().title(case)

    def mend(self, case: Case) -> Fix | None:
        """A lookup in pg_constraint, by name and table."""
        if case.tree.kind == "AlterDomainStmt":
            return fixes.create_fixes.guarded_create(case)
        return fixes.alter_fixes.alter_table(case)


class AddConstraintUnnamed(CreateRule):
    """`ALTER TABLE t ADD UNIQUE (a)`: one more each time."""

    code = "IDM203"
    name = "add-constraint-unnamed"
    on = repeats(CreatesUnnamed, Kind.CONSTRAINT)

    def message(self, case: Case) -> str:
        """It never fails."""
        effect = case.effect
        assert isinstance(effect, CreatesUnnamed)
        return (
            f"a constraint without a name is added to {effect.table} once more on every rerun:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """The name that PostgreSQL chooses, and a lookup."""
        return fixes.alter_fixes.name_constraint(case)


class Rename(OutcomeRule):
    """`ALTER … RENAME`."""

    code = "IDM204"
    name = "rename"
    on = fails(Verb.RENAME) + repeats(Renames)
    of_names = True

    def message(self, case: Case) -> str:
        """The old name is gone, or the new one taken."""
        verb = "repeats" if case.outcome.verdict is Verdict.REPEATS else "fails"
        return f"RENAME {verb} on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """`IF EXISTS`, or a lookup of the old name."""
        return fixes.alter_fixes.rename(case)


class AddEnumValue(CreateRule):
    """`ALTER TYPE e ADD VALUE 'v'`."""

    code = "IDM205"
    name = "add-enum-value"
    what = "ADD VALUE"
    on = makes(Kind.ENUM_VALUE)

    def mend(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`."""
        return fixes.create_fixes.if_not_exists(case)


class IdentityOrGenerated(CreateRule):
    """`ADD GENERATED AS IDENTITY`, `DROP IDENTITY`, `DROP EXPRESSION`."""

    code = "IDM206"
    name = "identity-or-generated"
    on = (
        makes(Kind.IDENTITY, Kind.GENERATION_EXPRESSION)
        + fails(Verb.DROP, Kind.IDENTITY, Kind.GENERATION_EXPRESSION)
        + repeats(Drops, Kind.IDENTITY, Kind.GENERATION_EXPRESSION)
    )

    def title(self, case: Case) -> str:
        """The effect's ref is a property with the column's name behind a colon."""
        ref = fixes.create_fixes.ref_of(case)
        column = ref.name.partition(":")[2] if ref is not None else ""
        adds = getattr(case.effect, "verb", None) is Verb.CREATE
        return f"{'ADD GENERATED AS IDENTITY' if adds else 'DROP'} on column {column}"

    def mend(self, case: Case) -> Fix | None:
        """`IF EXISTS`, or a lookup in pg_attribute."""
        return fixes.alter_fixes.alter_table(case)


class AttachOrDetachPartition(CreateRule):
    """`ATTACH PARTITION`, `DETACH PARTITION`."""

    code = "IDM207"
    name = "attach-or-detach-partition"
    what = "ATTACH or DETACH"
    on = makes(Kind.PARTITION) + fails(Verb.DROP, Kind.PARTITION) + repeats(Drops, Kind.PARTITION)

    def mend(self, case: Case) -> Fix | None:
        """A lookup in pg_inherits."""
        return fixes.alter_fixes.link(case)


class Inherit(CreateRule):
    """`INHERIT`, `NO INHERIT`, `NOT OF`."""

    code = "IDM208"
    name = "inherit"
    what = "INHERIT or NO INHERIT"
    on = (
        makes(Kind.INHERITANCE, Kind.TYPED_TABLE)
        + fails(Verb.DROP, Kind.INHERITANCE, Kind.TYPED_TABLE)
        + repeats(Drops, Kind.INHERITANCE, Kind.TYPED_TABLE)
    )

    def mend(self, case: Case) -> Fix | None:
        """A lookup in pg_inherits."""
        return fixes.alter_fixes.link(case)


class SetSchema(OutcomeRule):
    """`ALTER … SET SCHEMA s`."""

    code = "IDM209"
    name = "set-schema"
    on = fails(Verb.MOVE) + fails(Renames) + repeats(Renames, statement="AlterObjectSchemaStmt")
    of_names = True

    def message(self, case: Case) -> str:
        """It is in the other schema."""
        return f"SET SCHEMA fails on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """`IF EXISTS`, or a lookup."""
        return fixes.alter_fixes.set_schema(case)


_MEMBERS = (
    Kind.PUBLICATION_MEMBER,
    Kind.SUBSCRIBED_PUBLICATION,
    Kind.EXTENSION_MEMBER,
    Kind.OPERATOR_FAMILY_MEMBER,
    Kind.TS_MAPPING,
    Kind.OPTION,
)


class AddToSet(CreateRule):
    """A member is added to, or taken from, a publication, an extension, an operator family …"""

    code = "IDM210"
    name = "add-to-set"
    what = "ADD or DROP"
    on = makes(*_MEMBERS) + fails(Verb.DROP, *_MEMBERS) + repeats(Drops, *_MEMBERS)

    def title(self, case: Case) -> str:
        """The member's ref says what it is."""
        ref = fixes.create_fixes.ref_of(case)
        adds = getattr(case.effect, "verb", None) is Verb.CREATE
        return f"{'ADD' if adds else 'DROP'} {ref.name if ref is not None else ''}".strip()

    def mend(self, case: Case) -> Fix | None:
        """A lookup, for publications."""
        return fixes.alter_fixes.publication_member(case)


class InlineConstraintSkipped(FileRule):
    """`ADD COLUMN IF NOT EXISTS c … REFERENCES`: skipped together with the column."""

    code = "IDM211"
    name = "inline-constraint-skipped"
    comes_to_light = one_at_a_time = True
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Guarded columns with a constraint of their own."""
        for statement in migration.applied():
            if statement.kind != "AlterTableStmt" or statement.tree is None:
                continue
            for command in statement.tree.cmds or ():
                found = _inline(command.fields) if command.subtype == "AT_AddColumn" else ""
                if found:
                    column = command.fields["def"]["ColumnDef"]["colname"]
                    yield self.diagnostic(
                        migration,
                        Span(statement.start, statement.end),
                        f"where column {column} is there already, IF NOT EXISTS skips its {found}, too",
                        help_text=f"add the {found} in a statement of its own, with its own guard",
                        statement=statement.index,
                    )


_INLINE = {
    "CONSTR_UNIQUE": "UNIQUE",
    "CONSTR_PRIMARY": "PRIMARY KEY",
    "CONSTR_FOREIGN": "REFERENCES",
    "CONSTR_CHECK": "CHECK",
}


def _inline(command: dict[str, object]) -> str:
    if not command.get("missing_ok"):
        return ""
    definition = command["def"]
    assert isinstance(definition, dict)
    for constraint in definition["ColumnDef"].get("constraints", ()):
        name = _INLINE.get(constraint["Constraint"]["contype"])
        if name:
            return name
    return ""


class ChangeTypeInUse(OutcomeRule):
    """`ALTER COLUMN c TYPE t`, where a view or a policy that comes later reads the column."""

    code = "IDM213"
    name = "change-type-in-use"
    on = fails(Retypes)

    def message(self, case: Case) -> str:
        """What is made of the column by then."""
        return f"ALTER COLUMN … TYPE fails on a rerun, be the type the same: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """What reads the column has to go before, and to come back behind it."""
        return fixes.create_fixes.advice(
            "drop what reads the column before (IF EXISTS), and make it again behind; or change the type only"
            " while the column has its old one"
        )


class ChangeTypeFromOld(OutcomeRule):
    """`ALTER COLUMN c TYPE text[] USING string_to_array(c, ',')`: by then c is of the new type, which has no
    such function."""

    code = "IDM214"
    name = "change-type-from-old"
    on = fails(Converts)

    def message(self, case: Case) -> str:
        """What USING asks of a type that is no more."""
        return f"USING is written for the column's old type, and fails on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """A lookup of the column's type: the old one is another."""
        return fixes.alter_fixes.change_type(case)


class ChangeTypeUsing(OutcomeRule):
    """`ALTER COLUMN c TYPE t USING c * 100`: it moves the value once more."""

    code = "IDM212"
    name = "change-type-using"
    on = repeats(Updates, statement="AlterTableStmt")

    def message(self, case: Case) -> str:
        """What USING does."""
        return f"ALTER COLUMN … TYPE changes the data again on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Only a person knows what the old type was."""
        return fixes.create_fixes.advice(
            "look in pg_attribute whether the column still has its old type, and change it only then"
        )
