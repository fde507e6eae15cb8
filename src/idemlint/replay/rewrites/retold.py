"""An UPDATE on a catalog: what its columns are, and what others write into them in the same rerun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog import known_rows, table_rows
from idemlint.replay.effects.vocabulary import Again, Updates
from idemlint.replay.rewrites.evaluated import Row, Values
from idemlint.replay.rewrites.picked import LIMITED, Rewriting, picked
from idemlint.replay.rewrites.row_terms import NULL, string
from idemlint.replay.rewrites.truths import Facts
from idemlint.replay.rewrites.twice import Columns, finds_none, second_run
from idemlint.replay.rewrites.unstable import mentions_in, unstable_names
from idemlint.replay.rewrites.ways import Choices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot


def retold(catalog: Catalog, table: Slot, effect: Updates, *, exhausts: bool) -> Updates:
    """The same, with what the types of the table's columns say of it. `exhausts`: it runs until it finds
    nothing, so that it finds nothing the second time."""
    told = effect.told
    if told is None:
        return effect
    if told.limited:
        return (
            effect._replace(again=Again.SAME, why="")
            if exhausts and effect.why == LIMITED
            else effect
        )
    found = second_run(told.rewriting, _columns(catalog, table))
    return effect._replace(again=found.again, why=found.why)


def finds_rows(catalog: Catalog, table: Slot, effect: Updates) -> bool:
    """Whether it may find rows once more."""
    told = effect.told
    return told is None or not finds_none(told.rewriting, _columns(catalog, table))


def _columns(catalog: Catalog, table: Slot) -> Columns:
    def type_of(name: str) -> str:
        column = table_rows.column_of(catalog, table, name)
        return column.type if column is not None else ""

    def is_there(name: str) -> bool:
        column = table_rows.column_of(catalog, table, name)
        return column is not None and column.not_null

    return Columns(type_of, is_there)


def found_again(
    catalog: Catalog, table: Slot, effect: Updates, others: Iterable[Updates], fresh: int
) -> Updates:
    """The same, where it does nothing since the rows that it changed are not found again, and others may
    change them back."""
    told = effect.told
    if told is None or not told.narrowed or effect.again is not Again.SAME:
        return effect
    if second_run(told.rewriting._replace(where=None, sources=())).again is Again.SAME:
        return effect
    why = changed_back(catalog, table, told.rewriting, others, fresh)
    return effect._replace(again=Again.UNKNOWN, why=why) if why else effect


def changed_back(
    catalog: Catalog, table: Slot, rewriting: Rewriting, others: Iterable[Updates], fresh: int
) -> str:
    """Why a row may be found again that was not to be: other UPDATEs that run as well set what its conditions
    read, or a column that is made anew, from identity `fresh` on, has nothing of what was set."""
    told_by = {name for name, _ in rewriting.sets if name in _read(rewriting)}
    for name in told_by:
        slot = catalog.find_key((Space.COLUMN, table.oid, name))
        if slot is not None and slot.oid >= fresh > table.oid:
            return f"{name}, by which it finds its rows, is made anew"
    columns = _columns(catalog, table)
    for each in others:
        values = dict(each.sets)
        for name in told_by.intersection(each.columns):
            if _finds(rewriting, columns, name, values.get(name)):
                return f"{name}, by which it finds its rows, is set by another statement as well"
    return ""


def _read(rewriting: Rewriting) -> set[str]:
    """The columns of the row that its conditions read."""
    names = [name for each in picked(rewriting).all for name in mentions_in(each.raw).names]
    return {name[-1] for name in names}


def _finds(rewriting: Rewriting, columns: Columns, name: str, value: str | None) -> bool:
    """Whether it may find a row that has this value (`None`: any)."""
    if value is None:
        return True
    facts = Facts(columns.type_of, columns.is_there)
    own = rewriting.own
    given = NULL if value == known_rows.NULL else string(value)
    row = Row(own, {name: given}, frozenset({name}), unstable_names(rewriting), 2)
    values = Values(row, facts, Choices(), columns.type_of)
    return all(True in facts.truth(values.of(each)) for each in picked(rewriting).all)
