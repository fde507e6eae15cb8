"""The rows that an INSERT gives: as written, or found in what is known of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.known_rows import COMPUTED, NULL, STAR, Picked, given
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT, ROWS
from idemlint.replay.queries.columns import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from idemlint.replay.catalog.known_rows import Source, Value
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Inserts

    Values = dict[str, str | None]


class GivenRows:
    """Rows one after the other: seed files hold very many.

    `columns` are those that they give values, by position where the table's are not known; `found` tells
    that they are made of those of another table.
    """

    __slots__ = ("_catalog", "_mark", "_rows", "columns", "found")

    def __init__(
        self,
        catalog: Catalog,
        columns: tuple[str, ...],
        rows: tuple[tuple[Value, ...], ...],
        *,
        found: bool,
    ) -> None:
        self._catalog = catalog
        self.columns = columns
        self._rows = rows
        self._mark = given(columns)
        self.found = found

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Values]:
        columns, (name, mark) = self.columns, self._mark
        for row in self._rows:
            values: Sequence[Value] = row
            if _picks(row):
                values = [
                    _picked(self._catalog, each) if isinstance(each, Picked) else each
                    for each in row
                ]
            found = cast("Values", dict(zip(columns, values, strict=False)))
            found[name] = mark
            yield found

    def literal(self, column: str) -> bool:
        """Whether all rows give a column a literal."""
        if column not in self.columns:
            return False
        # Of two columns of one name, the last counts.
        place = len(self.columns) - 1 - self.columns[::-1].index(column)
        given = (row[place] if place < len(row) else None for row in self._rows)
        return all(isinstance(each, str) and each[:1] != "\0" for each in given)


def _picks(row: Sequence[Value]) -> bool:
    """Whether any value of a row is one of another table's: rows may be many, and most have none."""
    return Picked in map(type, row)


#: A sub-select that gives one value finds several rows.
SEVERAL: Final = "several"


def read(
    catalog: Catalog, effect: Inserts, table: Slot, *, in_order: bool = True
) -> GivenRows | str | None:
    """The rows of an INSERT; `None`: they are not known; `SEVERAL`: PostgreSQL makes none of it.

    `in_order`: without a list of columns, they are those of the table, else those of the view before it.
    """
    if effect.rows is None:
        return None
    found = effect.source is not None
    if effect.source is not None and not _has_rows(catalog, effect.source):
        return None
    width = max(map(len, effect.rows), default=0)
    columns = effect.columns
    if columns is None:
        relation = table if in_order else catalog.find(effect.table)
        columns = (catalog.made_of(relation, names_of) if relation is not None else ()) or None
    if columns is None and in_order and isinstance(table.definition, TableDefinition):
        columns = tuple(table.definition.columns)
    if columns is None:
        columns = tuple(f"#{number}" for number in range(width))
    if not found and _finds_several(catalog, effect):
        return SEVERAL
    rows = effect.rows
    if found and any(each.__class__ is Picked and each.column == STAR for each in rows[0]):
        assert effect.source is not None
        whole = _whole(catalog, effect.source, rows[0])
        if whole is None:
            return None
        rows, width = (whole,), len(whole)
    if effect.source is not None:
        rows = _each(catalog, effect.source, rows[0])
    return GivenRows(catalog, columns[:width], rows, found=found)


#: Of a table with more rows than this, one row stands for all.
_MOST_FOUND: Final = 200


def _each(
    catalog: Catalog, source: Source, row: tuple[Value, ...]
) -> tuple[tuple[Value, ...], ...]:
    """What a query makes of the rows of a table: of each, where all are known."""
    slot = catalog.find(source.table)
    assert slot is not None
    facts = table_rows.rows_of(catalog, slot)
    if not facts.complete or len(facts.rows) > _MOST_FOUND or source.rows is None:
        return (row,)
    found = [dict(each) for wanted in source.rows for each in facts.rows.find(wanted)]
    return tuple([tuple([_of_row(each, value) for value in row]) for each in found])


def _of_row(pairs: Mapping[str, str], value: Value) -> Value:
    if not isinstance(value, Picked) or value.row:
        return value
    text = pairs.get(value.column)
    return text if text is not None and (text == NULL or text[:1] != "\0") else value


def _whole(catalog: Catalog, source: Source, row: tuple[Value, ...]) -> tuple[Value, ...] | None:
    """A row with the columns of its table in place of `*`, where these are known in their order."""
    slot = catalog.find(source.table)
    if slot is None or not table_rows.is_closed(slot):
        return None
    names = tuple(slot.definition.columns)
    known = [key[2] for key, _ in catalog.contents(slot.oid) if key[0] is Space.COLUMN]
    if not set(known) <= set(names) or catalog.lacks(slot, names):
        return None
    found: list[Value] = []
    for each in row:
        if isinstance(each, Picked) and each.column == STAR:
            found += [each._replace(column=name) for name in names]
        else:
            found.append(each)
    return tuple(found)


def _has_rows(catalog: Catalog, source: Source) -> bool:
    """Whether a query surely finds rows."""
    slot = catalog.find(source.table)
    if slot is None or slot.presence is not PRESENT or source.rows is None:
        return False
    facts = table_rows.rows_of(catalog, slot)
    return any(facts.rows.have(row) for row in source.rows)


def _finds_several(catalog: Catalog, effect: Inserts) -> bool:
    for row in filter(_picks, effect.rows or ()):
        for each in row:
            if isinstance(each, Picked) and each.row and not each.limited:
                slot = catalog.find(each.table)
                if slot is None or slot.presence is not PRESENT:
                    continue
                found = table_rows.rows_of(catalog, slot).rows.find(each.row)
                if next(found, None) is not None and next(found, None) is not None:
                    return True
    return False


def _picked(catalog: Catalog, value: Picked) -> str | None:
    """The value that a query finds: the literal, or a word for what it is while nothing is changed there."""
    slot = catalog.find(value.table)
    if slot is None or slot.presence is not PRESENT:
        return None
    facts = table_rows.rows_of(catalog, slot)
    if value.row:
        if facts.rows.have(value.row):
            text = dict(next(facts.rows.find(value.row))).get(value.column)
            if text is not None and (text == NULL or text[:1] != "\0"):
                return text
        elif table_rows.holds(facts, value.row) is False:
            return NULL
        else:
            return None
    column = table_rows.column_of(catalog, slot, value.column)
    if column is None or not column.not_null:
        return None
    state = catalog.recorded((Space.FACET, slot.oid, ROWS))
    version = state.oid if state is not None else 0
    where = ",".join(sorted(f"{name}={text}" for name, text in value.row))
    return f"{COMPUTED}{slot.oid}.{version}.{value.column} {where}"


__all__ = ["SEVERAL", "GivenRows", "read"]
