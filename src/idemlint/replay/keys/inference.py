"""Which index ON CONFLICT asks for, and what PostgreSQL says where there is none.

`infer_arbiter_indexes` (src/backend/optimizer/util/plancat.c): the columns are exactly the index's, and so
are the expressions; collation and operator class count only where the INSERT names them; the index's WHERE
has to follow from the one behind the columns. It is asked before a row is looked at, and of a view's table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.keys.implied import every, implied, some
from idemlint.replay.keys.shapes import same, shape
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import TableKey
    from idemlint.replay.effects.vocabulary import Arbiter, Inserts


class Inference(NamedTuple):
    """The keys that are looked at (`None`: it is not known which), or an SQLSTATE and why."""

    keys: tuple[TableKey, ...] | None
    sqlstate: str = ""
    reason: str = ""


#: What PostgreSQL says where a table has no such key, or no such constraint.
BY_KEYS: Final = frozenset({"42P10", "42704"})
_UNKNOWN: Final = Inference(None)


def infer(catalog: Catalog, table: Slot, effect: Inserts) -> Inference:
    """What the ON CONFLICT of an INSERT into a table finds."""
    keys = table_rows.keys_of(catalog, table)
    closed = table_rows.is_closed(table)
    arbiter = effect.arbiter
    if arbiter is None:
        sure = closed and all(key.sure and not key.lost for key in keys)
        return Inference(keys) if sure else _UNKNOWN
    if arbiter.constraint:
        return _by_name(catalog, table, effect, keys, closed=closed)
    return _by_elements(catalog, table, effect, keys, closed=closed)


# -- ON CONSTRAINT -----------------------------------------------------------------------------------


def _by_name(
    catalog: Catalog, table: Slot, effect: Inserts, keys: tuple[TableKey, ...], *, closed: bool
) -> Inference:
    assert effect.arbiter is not None
    name = effect.arbiter.constraint
    slot = catalog.find_key((Space.CONSTRAINT, table.oid, name))
    named = [key for key in keys if key.constraint == name]
    if slot is not None and not named:
        # Made of an index that was there.
        named = [key for key in keys if key.oid in slot.owners]
    if any(not key.sure for key in keys if key.constraint in {name, ""}) and not named:
        return _UNKNOWN
    if named:
        if named[0].definition.excludes and effect.conflict == "update":
            return Inference(None, "42809", f"constraint {name} excludes: DO UPDATE needs a key")
        return Inference((named[0],)) if named[0].sure else _UNKNOWN
    if slot is not None and slot.presence is PRESENT:
        if _is_no_index(table, slot, name):
            return Inference(None, "42809", f"constraint {name} has no index")
        return _UNKNOWN
    if slot is not None and slot.presence is not ABSENT:
        return _UNKNOWN
    if not closed or any(key.constraint == "" and key.lost for key in keys):
        return _UNKNOWN
    return Inference(None, "42704", f"{effect.table} has no constraint {name}")


def _is_no_index(table: Slot, slot: Slot, name: str) -> bool:
    """Whether it surely is a check or a foreign key."""
    if isinstance(table.definition, TableDefinition) and name in table.definition.constraints:
        return slot.owners[:1] == (table.oid,)
    return slot.maker > 0


# -- ON CONFLICT (columns) ---------------------------------------------------------------------------


def _by_elements(
    catalog: Catalog, table: Slot, effect: Inserts, keys: tuple[TableKey, ...], *, closed: bool
) -> Inference:
    assert effect.arbiter is not None
    wanted = _Wanted(effect.arbiter)
    for name in wanted.columns:
        column = catalog.find_key((Space.COLUMN, table.oid, name))
        if column is not None and column.presence is ABSENT:
            return Inference(None, "42703", f"{effect.table} has no column {name}")
    if wanted.ordered:
        return Inference(None, "42P10", "ASC, DESC and NULLS are not allowed in ON CONFLICT")
    found, doubtful, unsure = [], not closed, False
    for key in keys:
        fits = _fits(catalog, table, key, wanted)
        if fits is True and key.sure:
            found.append(key)
        elif fits is not False:
            doubtful = True
            unsure = unsure or fits is True
    if found and not doubtful:
        return Inference(tuple(found))
    if unsure and not found:
        return Inference(
            None, "", "whether the key that ON CONFLICT asks for is there cannot be told"
        )
    if found or doubtful:
        return _UNKNOWN
    return Inference(None, "42P10", _no_index(effect, keys, wanted))


def _no_index(effect: Inserts, keys: tuple[TableKey, ...], wanted: _Wanted) -> str:
    partial = [key for key in keys if key.definition.partial]
    if any(key.columns is not None and set(key.columns) == wanted.columns for key in partial):
        return f"the unique index of {effect.table} is partial, and ON CONFLICT does not repeat its WHERE"
    return f"no unique index of {effect.table} is over exactly the columns that ON CONFLICT names"


class _Wanted:
    """What stands behind ON CONFLICT."""

    __slots__ = ("columns", "elements", "ordered", "shapes", "where")

    def __init__(self, arbiter: Arbiter) -> None:
        self.elements = arbiter.elements
        self.where = arbiter.where
        self.columns = frozenset(filter(None, map(column_of_element, self.elements)))
        self.shapes = tuple(
            shape(each.expr, {}) for each in self.elements if column_of_element(each) is None
        )
        self.ordered = any(
            each.fields.get("ordering", "SORTBY_DEFAULT") != "SORTBY_DEFAULT"
            or each.fields.get("nulls_ordering", _NULLS) != _NULLS
            for each in self.elements
        )


_NULLS: Final = "SORTBY_NULLS_DEFAULT"


def column_of_element(element: Tree) -> str | None:
    """The column that an `IndexElem` is; `((a))` is one too."""
    if element.name:
        name: str = element.name
        return name
    expression = element.expr
    if expression is None or expression.kind != "ColumnRef":
        return None
    last = expression.fields["fields"][-1].get("String")
    return last.get("sval", "") if last is not None else None


def _fits(catalog: Catalog, table: Slot, key: TableKey, wanted: _Wanted) -> bool | None:
    """Whether a key is one that ON CONFLICT asks for."""
    definition = key.definition
    if not definition.unique:
        return False
    if key.lost:
        return None
    renamed = dict(key.renamed)
    columns = {renamed.get(each, each) for each in definition.columns if each is not None}
    if columns != wanted.columns:
        return False
    shapes = [
        shape(element.expr, renamed)
        for element, column in zip(definition.elements, definition.columns, strict=False)
        if column is None and element.expr is not None
    ]
    answers = [some([same(each, other) for other in shapes]) for each in wanted.shapes]
    answers += [some([same(each, other) for other in wanted.shapes]) for each in shapes]
    answers += [
        _same_order(catalog, table, key, each, renamed)
        for each in wanted.elements
        if each.collation or each.opclass
    ]
    if definition.where is not None and False not in answers:
        answers.append(implied(definition.where, wanted.where, renamed))
    return every(answers)


# -- collations and operator classes -----------------------------------------------------------------


def _same_order(
    catalog: Catalog, table: Slot, key: TableKey, wanted: Tree, renamed: Mapping[str, str]
) -> bool | None:
    """Whether the index sorts as an element says (`infer_collation_opclass_match`)."""
    name = column_of_element(wanted)
    elements = key.definition.elements
    if name is None:
        return None
    answers = []
    for position, own in enumerate(key.definition.columns):
        if own is None or renamed.get(own, own) != name:
            continue
        element = elements[position] if elements else None
        column = table_rows.column_of(catalog, table, name)
        type_name = column.type.rpartition(".")[2] if column is not None else ""
        collation = _last(element.collation) if element is not None and element.collation else ""
        collation = collation or (column.collation if column is not None else "")
        if not collation and type_name in _TEXTS:
            collation = "default"
        opclass = _last(element.opclass) if element is not None and element.opclass else ""
        opclass = opclass or _DEFAULT_CLASSES.get(type_name, "")
        answers.append(
            every(
                (
                    _is_named(_last(wanted.collation), collation),
                    _is_named(_class(_last(wanted.opclass)), _class(opclass)),
                )
            )
        )
    return some(answers)


def _last(names: tuple[Tree, ...] | None) -> str:
    return strings(names)[-1] if names else ""


def _is_named(wanted: str, own: str) -> bool | None:
    if not wanted:
        return True
    return wanted == own if own else None


def _class(name: str) -> str:
    """`varchar_ops` is `text_ops` by another name (src/include/catalog/pg_opclass.dat)."""
    return name.replace("varchar_", "text_")


_TEXTS: Final = frozenset({"text", "varchar", "bpchar"})
#: The B-tree operator class of a type (src/include/catalog/pg_opclass.dat).
_DEFAULT_CLASSES: Final = {
    "text": "text_ops",
    "varchar": "text_ops",
    "bpchar": "bpchar_ops",
    "int2": "int2_ops",
    "int4": "int4_ops",
    "int8": "int8_ops",
    "uuid": "uuid_ops",
    "bool": "bool_ops",
    "date": "date_ops",
    "timestamp": "timestamp_ops",
    "timestamptz": "timestamptz_ops",
    "numeric": "numeric_ops",
    "bytea": "bytea_ops",
    "jsonb": "jsonb_ops",
    "serial": "int4_ops",
    "bigserial": "int8_ops",
}

__all__ = ["Inference", "column_of_element", "infer"]
