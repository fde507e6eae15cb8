"""The rows that an INSERT gives, as far as they are known: as written, or found in what is known of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.known_rows import COMPUTED, NULL, given
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.keys.values import Picked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Inserts
    from idemlint.replay.keys.values import Source, Value
    from idemlint.replay.machine.run import Pass

    Values = dict[str, str | None]


class GivenRows:
    """Rows one after the other: seed files hold very many.

    `columns` are those that they give values, by position where the table's are not known; `found` tells
    that they are made of those of another table.
    """

    __slots__ = ("_mark", "_rows", "_run", "columns", "found")

    def __init__(
        self, run: Pass, columns: tuple[str, ...], rows: tuple[tuple[Value, ...], ...], *, found: bool
    ) -> None:
        self._run = run
        self.columns = columns
        self._rows = rows
        self._mark = given(columns)
        self.found = found

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Values]:
        columns, (name, mark) = self.columns, self._mark
        for row in self._rows:
            values = [
                _picked(self._run, each) if each.__class__ is Picked else each for each in row
            ]
            found: Values = dict(zip(columns, values, strict=False))  # type: ignore[arg-type]
            found[name] = mark
            yield found

    def literal(self, column: str) -> bool:
        """Whether all rows give a column a literal."""
        if column not in self.columns:
            return False
        # Of two columns of one name, the last counts.
        place = len(self.columns) - 1 - self.columns[::-1].index(column)
        return all(
            place < len(row) and row[place].__class__ is str and row[place][:1] != "\0"  # type: ignore[index]
            for row in self._rows
        )



#: A sub-select that gives one value finds several rows.
SEVERAL: Final = "several"


def read(run: Pass, effect: Inserts, table: Slot) -> GivenRows | str | None:
    """The rows of an INSERT; `None`: they are not known; `SEVERAL`: PostgreSQL makes none of it."""
    if effect.rows is None:
        return None
    found = effect.source is not None
    if effect.source is not None and not _has_rows(run, effect.source):
        return None
    width = max(map(len, effect.rows), default=0)
    columns = effect.columns
    if columns is None and isinstance(table.definition, TableDefinition):
        columns = tuple(table.definition.columns)
    if columns is None:
        columns = tuple(f"#{number}" for number in range(width))
    if not found and _finds_several(run, effect):
        return SEVERAL
    return GivenRows(run, columns[:width], effect.rows, found=found)


def _has_rows(run: Pass, source: Source) -> bool:
    """Whether a query surely finds rows."""
    slot = run.catalog.find(source.table)
    if slot is None or slot.presence is not PRESENT or source.rows is None:
        return False
    facts = table_rows.rows_of(run.catalog, slot)
    return any(facts.rows.have(row) for row in source.rows)


def _finds_several(run: Pass, effect: Inserts) -> bool:
    for row in effect.rows or ():
        for each in row:
            if isinstance(each, Picked) and each.row and not each.limited:
                slot = run.catalog.find(each.table)
                if slot is None or slot.presence is not PRESENT:
                    continue
                found = table_rows.rows_of(run.catalog, slot).rows.find(each.row)
                if next(found, None) is not None and next(found, None) is not None:
                    return True
    return False


def _picked(run: Pass, value: Picked) -> str | None:
    """The value that a query finds: the literal, or a word for what it is while nothing is changed there."""
    catalog = run.catalog
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
    state = catalog.recorded((Space.FACET, slot.oid, table_rows.ROWS))
    version = state.oid if state is not None else 0
    where = ",".join(sorted(f"{name}={text}" for name, text in value.row))
    return f"{COMPUTED}{slot.oid}.{version}.{value.column} {where}"


__all__ = ["SEVERAL", "GivenRows", "read"]
