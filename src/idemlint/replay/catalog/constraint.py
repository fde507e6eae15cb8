"""What a constraint is: its columns, the index it is, the name it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import columns_in
from idemlint.replay.catalog.identifiers import ChosenName, chosen_name, cut
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref


class UniqueKey(NamedTuple):
    """Columns that no two rows share; `whole` unless it covers only some rows (a partial index)."""

    columns: tuple[str, ...]
    primary: bool
    whole: bool = True


class Constraint(NamedTuple):
    """A constraint of a table: its name (from a `base` where none is given), `contype`, columns, tree."""

    name: str
    contype: str
    columns: tuple[str, ...]
    tree: Tree | None = None
    base: ChosenName | None = None


class ForeignKey(NamedTuple):
    """A foreign key: the table and the columns that it points at (none: the primary key), and the types of
    its own columns, where they are known."""

    table: Ref
    columns: tuple[str, ...]
    own_types: tuple[str, ...] = ()


class InlineKey(NamedTuple):
    """A foreign key of a CREATE TABLE: its name, the table and the columns that it points at, and the types
    of its own."""

    name: str
    table: Ref
    columns: tuple[str, ...]
    own_types: tuple[str, ...]


#: Constraints with a name that PostgreSQL may choose, and how it ends then.
SUFFIXES: Final = {
    "CONSTR_PRIMARY": "pkey",
    "CONSTR_UNIQUE": "key",
    "CONSTR_EXCLUSION": "excl",
    "CONSTR_FOREIGN": "fkey",
    "CONSTR_CHECK": "check",
    "CONSTR_NOTNULL": "not_null",
}


def constraint_name(table: str, node: Tree, column_name: str | None) -> str:
    """The name of a constraint: its own, or the one that PostgreSQL chooses if nothing is in the way.

    `ChooseConstraintName` (src/backend/catalog/pg_constraint.c) and `ChooseIndexName`
    (src/backend/commands/indexcmds.c).
    """
    return cut(node.conname) if node.conname else chosen_constraint(table, node, column_name)


def chosen_constraint(table: str, node: Tree, column_name: str | None) -> ChosenName:
    """The name that PostgreSQL chooses for a constraint without one."""
    contype = node.contype
    columns = constraint_columns(node, column_name)
    if contype == "CONSTR_PRIMARY" or (contype == "CONSTR_CHECK" and len(columns) != 1):
        middle = ""
    else:
        middle = "_".join(columns)
    return chosen_name(table, middle, SUFFIXES.get(contype, "check"))


def constraint_columns(node: Tree, column_name: str | None = None) -> tuple[str, ...]:
    """The columns that a constraint names."""
    if column_name is not None:
        return (column_name,)
    contype = node.contype
    if contype == "CONSTR_FOREIGN":
        return tuple(strings(node.fk_attrs))
    if contype == "CONSTR_CHECK":
        return tuple(dict.fromkeys(columns_in(node.fields.get("raw_expr"))))
    if contype == "CONSTR_EXCLUSION":
        names = []
        for pair in node.exclusions or ():
            element = (pair.items or (None,))[0]
            if element is not None and element.name:
                names.append(element.name)
        return tuple(names)
    return tuple(strings(node.keys))
