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
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Span, Statement

#: From this version on, values may be used where their type was made in the same transaction, too.
_LENIENT: Final = 17


class _Leaf(NamedTuple):
    """A statement of the file, or of a DO body in it."""

    statement: Statement
    tree: Tree
    span: Span


class EnumValueUsedTooSoon(FileRule):
    """`ALTER TYPE mood ADD VALUE 'calm'; UPDATE t SET mood = 'calm'`."""

    code = "IDM503"
    name = "enum-value-used-too-soon"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Transaction by transaction: values that were added, and statements that use them."""
        if b"VALUE" not in migration.data.upper():
            return
        unit = -1
        added: dict[str, str] = {}
        created: set[str] = set()
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
                    added[tree.newVal] = name
            elif added:
                for value, enum in added.items():
                    if uses(migration, tree, value, enum):
                        yield self._found(migration, leaf, value, enum)
                        break

    def _found(self, migration: Migration, leaf: _Leaf, value: str, enum: str) -> Diagnostic:
        return self.diagnostic(
            migration,
            leaf.span,
            f"'{value}' was added to {enum} in this very transaction, and cannot be used before it commits",
            statement=leaf.statement.index,
            sqlstate="55P04",
            fix=Fix(
                Applicability.DISPLAY, "add the value in a migration of its own, before this one"
            ),
        )


def _leaves(migration: Migration) -> Iterator[_Leaf]:
    for statement in migration.applied():
        body = migration.body(statement)
        if body is not None:
            for leaf in statements_in(body):
                yield _Leaf(statement, leaf.tree, leaf.span or statement.span)
        elif statement.tree is not None:
            yield _Leaf(statement, statement.tree, statement.span)


def uses(migration: Migration, tree: Tree, value: str, enum: str) -> bool:
    """Whether a statement surely reads a literal as a value of the enum: by a cast or by its column."""
    table = tree.relation if tree.kind in _WITH_TABLE else None
    own = _Columns(migration, table) if table is not None else None
    if tree.kind in {"CreateFunctionStmt", "DoStmt"}:
        return False
    if tree.kind == "InsertStmt" and own is not None and _inserts(tree, own, value, enum):
        return True
    return _finds(tree.fields, own, value, enum)


_WITH_TABLE: Final = frozenset(
    {"InsertStmt", "UpdateStmt", "DeleteStmt", "AlterTableStmt", "CreateStmt", "IndexStmt"}
)


class _Columns:
    """The types of a table's columns, as the folder makes them."""

    def __init__(self, migration: Migration, table: Tree) -> None:
        self._table = relation(table)
        self._known = migration.after.as_made
        self._types: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Their names in order."""
        return tuple(self._known.columns(self._table))

    def is_enum(self, column: str, enum: str) -> bool:
        """Whether a column is of the enum's type, or was when the file dropped it."""
        if column not in self._types:
            made = self._known.column(inside(Space.COLUMN, column, self._table))
            self._types[column] = made.type if made is not None else ""
        return self._types[column].rpartition(".")[2] == enum


def _inserts(tree: Tree, own: _Columns, value: str, enum: str) -> bool:
    columns = tuple(each.name for each in tree.cols) if tree.cols else own.names
    source = tree.selectStmt
    if source is None:
        return False
    rows = [row.items for row in source.valuesLists or ()]
    if not rows and source.targetList:
        rows = [tuple(target.val for target in source.targetList)]
    return any(
        own.is_enum(column, enum) and _says(item, value)
        for row in rows
        for column, item in zip(columns, row, strict=False)
    )


def _says(item: Tree | None, value: str) -> bool:
    if item is None or item.kind != "A_Const":
        return False
    return bool(item.fields.get("sval", {}).get("sval") == value)


def _finds(node: Any, own: _Columns | None, value: str, enum: str) -> bool:
    """Casts, comparisons, assignments and defaults that read the literal as the enum."""
    if isinstance(node, list):
        return any(_finds(each, own, value, enum) for each in node)
    if not isinstance(node, dict):
        return False
    for kind, check in _READS.items():
        inner = node.get(kind)
        if isinstance(inner, dict) and check(Tree(kind, inner), own, value, enum):
            return True
    return any(_finds(each, own, value, enum) for each in node.values())


def _cast(tree: Tree, own: _Columns | None, value: str, enum: str) -> bool:
    return type_name(tree.typeName).rpartition(".")[2] == enum and _says(tree.arg, value)


def _column_def(tree: Tree, own: _Columns | None, value: str, enum: str) -> bool:
    if type_name(tree.typeName).rpartition(".")[2] != enum:
        return False
    return any(_says(each.raw_expr, value) for each in tree.constraints or ())


def _compared(tree: Tree, own: _Columns | None, value: str, enum: str) -> bool:
    left, right = tree.lexpr, tree.rexpr
    if own is None or left is None or right is None or left.kind != "ColumnRef":
        return False
    items = right.items if right.kind == "List" else (right,)
    return own.is_enum(_name(left), enum) and any(_says(item, value) for item in items)


def _name(column: Tree) -> str:
    last = column.fields["fields"][-1]
    return str(last.get("String", {}).get("sval", ""))


def _assigned(tree: Tree, own: _Columns | None, value: str, enum: str) -> bool:
    return own is not None and own.is_enum(tree.name or "", enum) and _says(tree.val, value)


def _default(tree: Tree, own: _Columns | None, value: str, enum: str) -> bool:
    if own is None or tree.subtype != "AT_ColumnDefault" or not own.is_enum(tree.name or "", enum):
        return False
    return _says(getattr(tree, "def"), value)


_READS: Final = {
    "TypeCast": _cast,
    "ColumnDef": _column_def,
    "A_Expr": _compared,
    "ResTarget": _assigned,
    "AlterTableCmd": _default,
}
