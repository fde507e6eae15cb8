"""IDM8: a guard that hides a difference between what it skips and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.plpgsql.nodes import Sql, walk
from idemlint.postgres.kinds import Kind, Ref, Space, in_words
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.definition import SequenceDefinition
from idemlint.replay.catalog.refs import inside, qualified
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Creates
from idemlint.rules.kit import first_runs
from idemlint.rules.kit.rule import FileRule
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Span, Statement
    from idemlint.source.tree import Tree

#: What has an IF NOT EXISTS, and a definition that can be compared.
_GUARDED: Final = {
    "CreateStmt": TableDefinition,
    "IndexStmt": IndexDefinition,
    "CreateSeqStmt": SequenceDefinition,
}


class DefinitionDrift(FileRule):
    """`CREATE TABLE IF NOT EXISTS` of a table that an earlier migration made otherwise."""

    code = "IDM801"
    name = "definition-drift"
    changes_meaning = comes_to_light = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """What a statement says, and is not so when the file is through."""
        changed: _Changed | None = None
        for statement in migration.applied():
            if statement.kind == "DoStmt":
                yield from self._labels(migration, statement)
                continue
            tree = statement.tree if statement.kind in _GUARDED else None
            if tree is None or not tree.if_not_exists:
                continue
            made = _made(migration, statement)
            if made is None:
                continue
            changed = changed or _Changed(migration)
            yield from self._difference(migration, statement, made, changed)

    def _difference(
        self, migration: Migration, statement: Statement, made: Creates, changed: _Changed
    ) -> Iterator[Diagnostic]:
        known = migration.after.as_made
        there = known.definition(made.ref)
        if there is made.definition and made.kind is Kind.TABLE:
            yield from self._other_shapes(migration, statement, made)
        if there is made.definition or there is None:
            return
        if changed.last_makers.get(id(there), -1) > statement.index:
            # A later statement of the file made what is there: this one did not skip that.
            return
        kind = known.kind(made.ref)
        is_table = made.kind is kind is Kind.TABLE  # be it made from a query
        if not is_table and not isinstance(there, type(made.definition)):
            if (
                kind is not None
                and kind is not made.kind
                and isinstance(there, tuple(_GUARDED.values()))
            ):
                text = f"{made.ref} is a {kind.noun}{_by(migration, made.ref)}: {_SKIPS}"
                fix = Fix(Applicability.DISPLAY, f"give the {made.kind.noun} a name of its own")
                yield self._found(migration, statement, text, fix)
            return
        if isinstance(made.definition, TableDefinition):
            yield from self._table(migration, statement, made, changed)
            return
        from idemlint.rules.kit import differences

        text = (
            differences.index(made.definition, there, changed.columns(_table_name(statement)))
            if isinstance(made.definition, IndexDefinition)
            else differences.sequence(made.definition, there)
        )
        if text:
            by = _by(migration, made.ref)
            text = f"{in_words(made.kind, made.ref)} was made before otherwise{by}, {text}"
            fix = Fix(
                Applicability.DISPLAY, "drop the old one first, or give this a name of its own"
            )
            yield self._found(migration, statement, f"{text}: {_SKIPS}", fix)

    def _table(
        self, migration: Migration, statement: Statement, made: Creates, changed: _Changed
    ) -> Iterator[Diagnostic]:
        # Most files hide nothing.
        from idemlint.rules.kit import differences
        from idemlint.rules.kit.missing_columns import additions, who_needs

        known, table = migration.after.as_made, made.ref
        gone = changed.columns(table.name)
        columns = made.definition.columns
        missing = [
            column
            for name, column in columns.items()
            if name not in gone and _is_missing(migration, inside(Space.COLUMN, name, table))
        ]
        by = _by(migration, table)
        if missing:
            names = ", ".join(each.name for each in missing)
            text = (
                f"{table} was made before without {names}{by}: {_SKIPS}, and"
                f" {'it stays' if len(missing) == 1 else 'they stay'} missing"
                f"{who_needs(migration, statement, table)}"
            )
            # A guard may have met an older table, with rows.
            is_guarded = migration.after.surely.maker(table) is None
            has_rows = is_guarded or migration.fresh.can_have_rows(table)
            fix = additions(migration, statement, missing, has_rows=has_rows)
            yield self._found(migration, statement, text, fix)
        others = [
            text
            for name, column in columns.items()
            if name not in gone and column not in missing
            for text in differences.column(column, known, table)
        ]
        if table.name not in changed.keys:
            others += differences.keys(made.definition, known, table)
        if others:
            text = f"{table} was made before otherwise{by} ({'; '.join(others)}): {_SKIPS}"
            fix = Fix(Applicability.DISPLAY, "change the table with ALTER TABLE behind it")
            yield self._found(migration, statement, text, fix)

    def _other_shapes(
        self, migration: Migration, statement: Statement, made: Creates
    ) -> Iterator[Diagnostic]:
        """Where a new database gets this table, and another one has a table without some of its columns."""
        late = migration.late is not None
        for shape in migration.facts.other_shapes(made.ref, migration.path, later=late):
            fresh, table = migration.fresh, made.ref
            if fresh.is_ended(table):
                return
            lacking = [
                name
                for name in made.definition.columns
                if name not in shape.columns
                and not fresh.is_ended(inside(Space.COLUMN, name, table))
            ]
            if not lacking:
                continue
            where = first_runs.place(migration, shape.site)
            has = "was loaded from it" if shape.is_dump else "has run it"
            text = (
                f"{where} makes {table} without {', '.join(lacking)}: that one wins on a database that"
                f" {has}, where {_SKIPS}, and this one on a new database"
            )
            fix = Fix(
                Applicability.DISPLAY,
                "add the columns behind it with ADD COLUMN IF NOT EXISTS, or let both make the same",
            )
            yield self._found(migration, statement, text, fix)
            return

    def _labels(self, migration: Migration, statement: Statement) -> Iterator[Diagnostic]:
        """`CREATE TYPE` in a body is there to be skipped where there is one."""
        body = migration.body(statement)
        for place in walk(body) if body is not None else ():
            node = place.node
            if not isinstance(node, Sql) or node.tree.kind != "CreateEnumStmt":
                continue
            ref = qualified(Space.TYPE, strings(node.tree.typeName))
            wanted = [each.fields.get("sval", "") for each in node.tree.vals or ()]
            known = migration.after.as_made
            there = known.labels(ref)
            if not isinstance(known.definition(ref), EnumDefinition) or not there.complete:
                continue
            missing = [label for label in wanted if label not in there.names]
            if missing and not _adds_labels(migration, ref):
                text = f"type {ref} was made before without {', '.join(missing)}: this is skipped silently"
                fix = Fix(
                    Applicability.DISPLAY,
                    "add them behind it: ALTER TYPE … ADD VALUE IF NOT EXISTS",
                )
                yield self._found(migration, statement, text, fix, node.span)

    def _found(
        self,
        migration: Migration,
        statement: Statement,
        text: str,
        fix: Fix,
        span: Span | None = None,
    ) -> Diagnostic:
        where = span or statement.span
        return self.diagnostic(migration, where, text, statement=statement.index, fix=fix)


_SKIPS: Final = "IF NOT EXISTS skips this silently"


def _by(migration: Migration, ref: Ref) -> str:
    """Who has made what is there."""
    site = migration.fresh.site_of(migration.after.as_made.maker(ref))
    return f", by {first_runs.place(migration, site)}" if site is not None else ""


def _is_missing(migration: Migration, ref: Ref) -> bool:
    """Whether a column is surely not there. What a later statement takes to be there, a new database, which
    has only what was made, still does not have."""
    known = migration.after.as_made
    if known.presence(ref) is ABSENT:
        return True
    return migration.fresh.answers.presence(ref) is ABSENT and not known.maker(ref)


def _made(migration: Migration, statement: Statement) -> Creates | None:
    """What a guarded CREATE makes where it does."""
    wanted = _GUARDED[statement.kind]
    for effect in flat(migration.programs.get(statement.index, ())):
        if isinstance(effect, Creates) and isinstance(effect.definition, wanted):
            return effect
    return None


def _last_makers(migration: Migration) -> dict[int, int]:
    """By the identity of a definition: the last statement of the file that makes something of it."""
    return {
        id(effect.definition): index
        for index, program in sorted(migration.programs.items())
        for effect in flat(program)
        if isinstance(effect, Creates)
    }


def _table_name(statement: Statement) -> str:
    tree = statement.tree
    return str(tree.relation.relname) if tree is not None and tree.relation is not None else ""


class _Changed:
    """What the file itself changes of tables: there, what CREATE says is not so for a reason."""

    def __init__(self, migration: Migration) -> None:
        self._columns: dict[str, set[str]] = {}
        self.last_makers = _last_makers(migration)
        self.keys: set[str] = set()
        for tree in _trees(migration):
            if tree.relation is None:
                continue
            if tree.kind == "RenameStmt" and tree.subname:
                self._columns.setdefault(tree.relation.relname, set()).add(tree.subname)
            elif tree.kind == "AlterTableStmt":
                self._alters(tree)

    def _alters(self, tree: Tree) -> None:
        names = self._columns.setdefault(tree.relation.relname, set())
        for command in tree.cmds or ():
            if command.name and command.subtype != "AT_DropConstraint":
                names.add(command.name)
            elif command.subtype in {"AT_AddConstraint", "AT_DropConstraint"}:
                self.keys.add(tree.relation.relname)

    def columns(self, table: str) -> set[str]:
        """The columns of a table that the file drops, renames or alters."""
        return self._columns.get(table, set())


def _trees(migration: Migration) -> Iterator[Tree]:
    """The statements of the file, those in bodies among them."""
    for statement in migration.applied():
        first = migration.firsts.get(statement.index)
        if first is not None and first.is_skipped:
            # It does nothing to a column that a guard hides.
            continue
        if statement.tree is not None and statement.kind in {
            "RenameStmt",
            "AlterTableStmt",
            "AlterEnumStmt",
        }:
            yield statement.tree
    for _, body in migration.bodies():
        for place in walk(body):
            if isinstance(place.node, Sql):
                yield place.node.tree


def _adds_labels(migration: Migration, ref: Ref) -> bool:
    return any(
        tree.kind == "AlterEnumStmt" and strings(tree.typeName)[-1] == ref.name
        for tree in _trees(migration)
    )
