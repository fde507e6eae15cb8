"""IDM503: a value of an enum is used in the transaction that adds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.plpgsql.nodes import statements as statements_in
from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.catalog.refs import inside, relation
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.paths import short_name
from idemlint.source.tree import Tree, nodes_in, strings

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.view import Answers
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Span, Statement

#: From this version on, values may be used where their type was made in the same transaction, too.
_LENIENT: Final = 17


class _Leaf(NamedTuple):
    """A statement of the file, or of a DO body in it."""

    statement: Statement
    tree: Tree
    span: Span


class _Added(NamedTuple):
    """A value that the transaction added, the how manieth it was, the enum's name, and the file that
    added it; empty: this one."""

    place: int
    value: str
    enum: str
    file: str = ""


class EnumValueUsedTooSoon(FileRule):
    """`ALTER TYPE mood ADD VALUE 'calm'; UPDATE t SET mood = 'calm'`."""

    code = "IDM503"
    name = "enum-value-used-too-soon"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Transaction by transaction: values that were added, and statements that use them."""
        created, added = _before(migration)
        if not added and not _may_add(migration):
            return
        unit = _first_unit(migration)
        tables = _Tables(migration)
        for leaf in _leaves(migration):
            delivery = migration.deliveries[leaf.statement.index]
            if delivery.unit != unit or delivery.block == "none":
                unit, added, created = delivery.unit, {}, set()
            tree = leaf.tree
            if tree.kind == "CreateEnumStmt":
                created.add(strings(tree.typeName)[-1])
            elif tree.kind == "AlterEnumStmt" and tree.newVal and not tree.oldVal:
                name = strings(tree.typeName)[-1]
                if migration.postgres_version < _LENIENT or name not in created:
                    known = added.get(tree.newVal)
                    place = len(added) if known is None else known.place
                    added[tree.newVal] = _Added(place, tree.newVal, name)
            elif added:
                used = [
                    added[value]
                    for value, enum in uses(tables, tree, added)
                    if added[value].enum == enum
                ]
                if used:
                    yield self._found(migration, leaf, min(used))

    def _found(self, migration: Migration, leaf: _Leaf, first: _Added) -> Diagnostic:
        where = "in this very transaction,"
        if first.file:
            name = short_name(migration.profile, first.file)
            where = f"by {name} in the same transaction, which holds all pending files,"
        return self.diagnostic(
            migration,
            leaf.span,
            f"'{first.value}' was added to {first.enum} {where} and cannot be used before it commits",
            statement=leaf.statement.index,
            sqlstate="55P04",
            fix=Fix(
                Applicability.DISPLAY,
                "deploy the file that adds the value first, and this one when it has run"
                if first.file
                else "add the value in a migration of its own, before this one",
            ),
        )


def _before(migration: Migration) -> tuple[set[str], dict[str, _Added]]:
    """Enums that the transaction made before this file, and values that it added and that the file may
    use."""
    left = migration.uncommitted
    if left is None or not left.added:
        return set(left.created) if left is not None else set(), {}
    added: dict[str, _Added] = {}
    for value in _quoted(migration.data, left.added):
        each = left.added[value]
        if migration.postgres_version < _LENIENT or each.enum not in left.created:
            added[value] = _Added(*each)
    return set(left.created), added


def _quoted(data: bytes, values: Collection[str]) -> set[str]:
    """Those of the values that stand in quotes in a text, and some that stand between two literals."""
    parts = {part.decode("utf-8", "replace") for part in set(data.split(b"'"))}
    found = parts.intersection(values)
    if b"''" in data:
        found.update(v for v in values if "'" in v and v.replace("'", "''").encode() in data)
    return found


def _first_unit(migration: Migration) -> int:
    """The unit that goes on with the transaction of the file before."""
    statements = migration.applied()
    return migration.deliveries[statements[0].index].unit if statements else -1


def _may_add(migration: Migration) -> bool:
    if any(each.kind == "AlterEnumStmt" for each in migration.applied()):
        return True
    return bool(migration.bodies()) and b"VALUE" in migration.data.upper()


def _leaves(migration: Migration) -> Iterator[_Leaf]:
    for statement in migration.applied():
        body = migration.body(statement)
        if body is not None:
            for leaf in statements_in(body):
                yield _Leaf(statement, leaf.tree, leaf.span or statement.span)
        elif statement.tree is not None:
            yield _Leaf(statement, statement.tree, statement.span)


def uses(tables: _Tables, tree: Tree, values: Container[str]) -> Iterator[_Read]:
    """Which of these literals a statement surely reads as a value of which type: by a cast or by a column."""
    if tree.kind in {"CreateFunctionStmt", "DoStmt"}:
        return
    table = tree.relation if tree.kind in _WITH_TABLE else None
    own = tables.columns(relation(table)) if table is not None else None
    if tree.kind == "InsertStmt" and own is not None:
        yield from _inserts(tree, own, values)
    yield from _reads(tree.fields, own, values)


#: A literal, and the name of the type that it is read as.
_Read = tuple[str, str]

_WITH_TABLE: Final = frozenset(
    {"InsertStmt", "UpdateStmt", "DeleteStmt", "AlterTableStmt", "CreateStmt", "IndexStmt"}
)


class _Tables:
    """The columns of tables, as the folder makes them; each table is looked up once."""

    def __init__(self, migration: Migration) -> None:
        self._migration = migration
        self._columns: dict[Ref, _Columns] = {}

    def columns(self, table: Ref) -> _Columns:
        """Those of one table."""
        found = self._columns.get(table)
        if found is None:
            found = self._columns[table] = _Columns(self._migration.after.as_made, table)
        return found


class _Columns:
    """The types of a table's columns."""

    def __init__(self, known: Answers, table: Ref) -> None:
        self._table = table
        self._known = known
        self._made: dict[str, Column | None] | None = None
        self._types: dict[str, str] = {}

    @property
    def made(self) -> dict[str, Column | None]:
        """How they are made, in order."""
        if self._made is None:
            self._made = self._known.columns(self._table)
        return self._made

    def type_of(self, name: str) -> str:
        """The name of a column's type, without schema; that which it had when the file dropped it."""
        found = self._types.get(name)
        if found is None:
            column = self.made.get(name)
            if column is None:
                column = self._known.column(inside(Space.COLUMN, name, self._table))
            found = _bare(column.type if column is not None else "")
            self._types[name] = found
        return found


def _bare(type_: str) -> str:
    return type_.rpartition(".")[2]


def _inserts(tree: Tree, own: _Columns, values: Container[str]) -> Iterator[_Read]:
    columns = tuple(each.name for each in tree.cols) if tree.cols else tuple(own.made)
    source = tree.selectStmt
    if source is None:
        return
    rows = [row.items for row in source.valuesLists or ()]
    if not rows and source.targetList:
        rows = [tuple(target.val for target in source.targetList)]
    for row in rows:
        for column, item in zip(columns, row, strict=False):
            value = _said(item)
            if value in values:
                yield value, own.type_of(column)


def _said(item: Tree | None) -> str:
    """What a literal says; empty where it is none."""
    if item is None or item.kind != "A_Const":
        return ""
    return str(item.fields.get("sval", {}).get("sval", ""))


def _reads(root: Any, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    """Casts, comparisons, assignments and defaults that read a literal as a type's value."""
    for kind, inner in nodes_in(root):
        read = _READS.get(kind)
        if read is not None and isinstance(inner, dict):
            yield from read(Tree(kind, inner), own, values)


def _cast(tree: Tree, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    value = _said(tree.arg)
    if value in values:
        yield value, _bare(type_name(tree.typeName))


def _column_def(tree: Tree, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    for each in tree.constraints or ():
        value = _said(each.raw_expr)
        if value in values:
            yield value, _bare(type_name(tree.typeName))


def _compared(tree: Tree, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    left, right = tree.lexpr, tree.rexpr
    if own is None or left is None or right is None or left.kind != "ColumnRef":
        return
    for item in right.items if right.kind == "List" else (right,):
        value = _said(item)
        if value in values:
            yield value, own.type_of(_name(left))


def _name(column: Tree) -> str:
    last = column.fields["fields"][-1]
    return str(last.get("String", {}).get("sval", ""))


def _assigned(tree: Tree, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    value = _said(tree.val)
    if own is not None and value in values:
        yield value, own.type_of(tree.name or "")


def _default(tree: Tree, own: _Columns | None, values: Container[str]) -> Iterator[_Read]:
    value = _said(getattr(tree, "def"))
    if own is not None and tree.subtype == "AT_ColumnDefault" and value in values:
        yield value, own.type_of(tree.name or "")


_READS: Final = {
    "TypeCast": _cast,
    "ColumnDef": _column_def,
    "A_Expr": _compared,
    "ResTarget": _assigned,
    "AlterTableCmd": _default,
}
