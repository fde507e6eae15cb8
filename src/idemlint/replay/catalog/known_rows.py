"""Thousands of literal rows as values: nothing is changed in place, and nothing is copied for one more row.

The undo log keeps what was known before each statement, so the rows of a table must be a value. They are kept
in layers, the oldest first. A layer says what happened to the rows below it (some were deleted, some columns
were set to what is not known), and has rows of its own. One that is as large as the one below is merged
with it, so that there are few: n rows have about log n layers, and are copied about log n times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idemlint.postgres.kinds import Ref

#: A row as far as it is literal: column → value. A pattern stands for all rows that have its values.
Row = frozenset[tuple[str, str]]
_NOTHING: Final[frozenset[str]] = frozenset()

#: Values that are no literals begin with what no text of PostgreSQL can have: NULL, what is another one each
#: time, what DEFAULT stands for, and (with its expression behind it) what is the same at each run.
NULL: Final = "\0null"
NEW: Final = "\0new"
DEFAULT: Final = "\0default"
COMPUTED: Final = "\0="
#: In a row, beside its values: which columns it was given, while none of them was changed.
GIVEN: Final = "\0given"
#: In a row, beside its values: another one with its key may have been there in its place (ON CONFLICT).
OR_ANOTHER: Final = ("\0another", "")


class Picked(NamedTuple):
    """A `column` of the row of a `table` that has the values of `row`; no row: NULL; several: 21000, unless
    they are `limited` to one."""

    table: Ref
    row: Row
    column: str
    limited: bool = False


class Source(NamedTuple):
    """The table that the rows of an INSERT … SELECT come from: all of it, or those with one of `rows`."""

    table: Ref
    rows: tuple[Row, ...] | None


class Listed(NamedTuple):
    """A row that a `table` has from now on, or has not (`there`), told by a key (`row`; empty: it is one
    more) and by `more` of its columns; `whole`: these are all that anybody asks for."""

    table: Ref
    row: Row
    there: bool
    more: Row = frozenset()
    whole: bool = True


#: The column of a `Picked` that stands for all columns of its table.
STAR: Final = "*"
#: A literal, or one of the words of `known_rows`; `None`: not known, or another one each time.
Value = str | Picked | None


def given(columns: Iterable[str]) -> tuple[str, str]:
    """The pair that says which columns a row was given."""
    return GIVEN, "\0".join(("", *columns, ""))


def is_given(row: Mapping[str, str], column: str) -> bool | None:
    """Whether a row was given a column; `None`: that is not known any more."""
    columns = row.get(GIVEN)
    return None if columns is None else f"\0{column}\0" in columns


def literal(row: Iterable[tuple[str, str]]) -> Row:
    """The literals of a row."""
    return frozenset(pair for pair in row if pair[0][:1] != "\0" and pair[1][:1] != "\0")


class Patterns:
    """Patterns that are asked whether one of them is in a row."""

    __slots__ = ("_layers",)

    def __init__(self, layers: tuple[_Layer, ...] = ()) -> None:
        self._layers = layers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patterns) and self._layers == other._layers

    def plus(self, patterns: Iterable[Row]) -> Patterns:
        """These, and some more."""
        return Patterns(_piled(self._layers, _Layer(gone=tuple(patterns))))

    def match(self, row: Row) -> bool:
        """Whether a row has all values of one of them."""
        return any(layer.deletes(row) for layer in self._layers)


class KnownRows:
    """Rows, some of which were deleted or changed since; their number is that of those that are left."""

    __slots__ = ("_deleted", "_layers", "_left")

    def __init__(self, layers: tuple[_Layer, ...] = (), left: int = 0, deleted: int = 0) -> None:
        self._layers = layers
        self._left = left
        self._deleted = deleted

    def __len__(self) -> int:
        return self._left

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KnownRows) and self._layers == other._layers

    def plus(self, rows: Iterable[Row]) -> KnownRows:
        """These, and some more."""
        layer = _Layer(rows=tuple(rows))
        if not layer.rows:
            return self
        return KnownRows(_piled(self._layers, layer), self._left + len(layer.rows), self._deleted)

    def without_columns(self, columns: Iterable[str]) -> KnownRows:
        """What these have in some columns is not known any more."""
        if not self._left:
            return self
        return KnownRows(
            _piled(self._layers, _Layer(blurred=frozenset(columns))), self._left, self._deleted
        )

    def without(self, patterns: Iterable[Row]) -> KnownRows:
        """Those that have no pattern's values."""
        known = self
        for pattern in patterns:
            known = known._without(pattern)
        return known

    def have(self, wanted: Row) -> bool:
        """Whether there is a row with these values."""
        return self._left > 0 if not wanted else next(self._found(wanted), None) is not None

    def find(self, wanted: Row) -> Iterator[Row]:
        """The rows that have some values, or all (where these are none), with what else they have."""
        for place in range(len(self._layers) - 1, -1, -1):
            layer = self._layers[place]
            if not layer.rows:
                continue
            for row in layer.rows_with(wanted) if wanted else layer.rows:
                known: Row | None = row
                for above in self._layers[place + 1 :]:
                    known = None if above.deletes(known or row) else above.blur(known or row)
                    if known is None:
                        break
                if known is not None and wanted <= known:
                    yield known

    def _without(self, pattern: Row) -> KnownRows:
        number = self._left if not pattern else sum(1 for _ in self._found(pattern))
        if not number:
            return self
        left, deleted = self._left - number, self._deleted + number
        layers = _piled(self._layers, _Layer(gone=(pattern,)))
        if deleted <= left:
            return KnownRows(layers, left, deleted)
        # Looking must not be at more that are gone than at some that are left.
        whole = layers[0]
        for layer in layers[1:]:
            whole = whole.under(layer)
        return KnownRows((_Layer(rows=whole.rows),) if whole.rows else (), left)

    def _found(self, wanted: Row) -> Iterator[Row]:
        """The rows that have some values, which are not none."""
        layers = self._layers
        for place in range(len(layers) - 1, -1, -1):
            layer = layers[place]
            if layer.rows:
                for row in layer.rows_with(wanted):
                    if not _is_deleted(row, layers[place + 1 :]):
                        yield row
            if layer.blurred and not layer.blurred.isdisjoint(column for column, _ in wanted):
                return


def _is_deleted(row: Row, above: Iterable[_Layer]) -> bool:
    for layer in above:
        if layer.deletes(row):
            return True
        row = layer.blur(row)
    return False


class _Layer:
    """What happened to the rows below, first deletions (`gone`) and then changes (`blurred` columns), and the
    rows that came then."""

    __slots__ = ("_by_pair", "_patterns", "blurred", "gone", "rows")

    def __init__(
        self,
        rows: tuple[Row, ...] = (),
        gone: tuple[Row, ...] = (),
        blurred: frozenset[str] = _NOTHING,
    ) -> None:
        self.rows = rows
        self.gone = gone
        self.blurred = blurred
        self._by_pair: dict[tuple[str, str], list[Row]] | None = None
        self._patterns: dict[tuple[str, str] | None, list[Row]] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Layer) and self._said() == other._said()

    def _said(self) -> tuple[object, ...]:
        return self.rows, self.gone, self.blurred

    @property
    def weight(self) -> int:
        """What it costs to copy it."""
        return len(self.rows) + len(self.gone) + 1

    def deletes(self, row: Row) -> bool:
        """Whether a row below is deleted here."""
        if not self.gone:
            return False
        if self._patterns is None:
            self._patterns = {}
            for pattern in self.gone:
                self._patterns.setdefault(min(pattern, default=None), []).append(pattern)
        found = self._patterns
        return None in found or any(
            pattern <= row for pair in row for pattern in found.get(pair, ())
        )

    def blur(self, row: Row) -> Row:
        """What is known of a row below afterwards."""
        if not self.blurred:
            return row
        return frozenset(pair for pair in row if pair[0] not in self.blurred)

    def rows_with(self, wanted: Row) -> Iterable[Row]:
        """Its own rows that have some values, which are not none."""
        found = self._by_pair
        if found is None:
            found = self._by_pair = {}
            for row in self.rows:
                for pair in row:
                    found.setdefault(pair, []).append(row)
        few: list[Row] | None = None
        for pair in wanted:
            rows = found.get(pair)
            if rows is None:
                return ()
            if few is None or len(rows) < len(few):
                few = rows
        assert few is not None
        return few if len(wanted) == 1 else (row for row in few if wanted <= row)

    def under(self, other: _Layer) -> _Layer:
        """This one and the one above it, as one."""
        rows = self.rows
        if other.gone:
            rows = tuple(row for row in rows if not other.deletes(row))
        if other.blurred:
            rows = tuple(map(other.blur, rows))
        # What is not known any more of the rows below is not what some are deleted by.
        gone = [
            pattern
            for pattern in other.gone
            if not self.blurred or self.blurred.isdisjoint(column for column, _ in pattern)
        ]
        blurred = self.blurred | other.blurred if other.blurred else self.blurred
        return _Layer(rows + other.rows, (*self.gone, *gone), blurred)


def _piled(layers: tuple[_Layer, ...], layer: _Layer) -> tuple[_Layer, ...]:
    while layers and layers[-1].weight <= layer.weight:
        layer = layers[-1].under(layer)
        layers = layers[:-1]
    return (*layers, layer)
