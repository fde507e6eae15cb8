"""Whether a row that an INSERT brings has the key of one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.known_rows import COMPUTED, DEFAULT, GIVEN, NEW, NULL, is_given
from idemlint.replay.catalog.relation import IndexDefinition
from idemlint.replay.catalog.table_rows import TableKey
from idemlint.replay.effects.queries import constant, walk
from idemlint.replay.keys.implied import Atom, Condition, compare, condition, every, some
from idemlint.replay.keys.inference import column_of_element
from idemlint.replay.keys.nullness import not_null

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import Rows
    from idemlint.replay.effects.vocabulary import Inserts
    from idemlint.replay.keys.given import GivenRows

    Values = Mapping[str, str | None]


class Keyed(NamedTuple):
    """A row as a key sees it.

    `meets`: whether the same row once more would be in its way (`None`: it cannot be told). `wanted` are
    the values that it was given of what the key looks at, `others` the columns that it was not given.
    """

    meets: bool | None
    wanted: frozenset[tuple[str, str]]
    others: tuple[str, ...]


class _ReadKey:
    """What a key looks at; made once for all rows. It keeps the `key`, and so its `id`."""

    __slots__ = ("_condition", "columns", "key", "looked_at", "plain", "renamed")

    def __init__(self, key: TableKey) -> None:
        definition = key.definition
        self.key = key
        self.renamed = dict(key.renamed)
        self.columns = key.columns
        self.looked_at = _looked_at(key, self.renamed)
        #: Whether it keeps all rows apart by the values of its columns alone.
        self.plain = self.columns is not None and not definition.partial and not key.lost
        self._condition: Condition | None = None

    @property
    def condition(self) -> Condition:
        """The WHERE of a partial index."""
        where = self.key.definition.where
        assert where is not None
        if self._condition is None:
            self._condition = condition(where, self.renamed)
        return self._condition


def _looked_at(key: TableKey, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that a key looks at, those of its expressions and its WHERE included."""
    definition = key.definition
    names = [each for each in definition.columns if each is not None]
    parts = [each.fields.get("expr") for each in definition.elements]
    if definition.where is not None:
        parts.append({definition.where.kind: definition.where.fields})
    names += [each[-1] for each in walk(parts).columns] if parts else []
    return tuple(dict.fromkeys(renamed.get(each, each) for each in names))


class Keys:
    """The keys of a table, asked row by row; one is made for a table, as long as its keys are the same."""

    def __init__(self, catalog: Catalog, table: Slot) -> None:
        self._catalog = catalog
        self._table = table
        self._columns: dict[str, Column | None] = {}
        self._read: dict[int, _ReadKey] = {}
        self.all = tuple(
            key
            for key in table_rows.keys_of(catalog, table)
            if key.definition.unique or key.definition.excludes
        )
        #: Whether there are no other keys.
        self.closed = table_rows.is_closed(table) and all(key.sure for key in self.all)

    # -- values --------------------------------------------------------------------------------------

    def _column(self, name: str) -> Column | None:
        if name not in self._columns:
            self._columns[name] = table_rows.column_of(self._catalog, self._table, name)
        return self._columns[name]

    def _value(self, row: Values, name: str) -> str | None:
        """A value of a new row: text, `NULL`, `NEW`, computed, or not known."""
        if name in row:
            value = row[name]
            return self._default(name) if value == DEFAULT else value
        return self._default(name)

    def _default(self, name: str) -> str | None:
        column = self._column(name)
        if column is None:
            return None
        if column.generated:
            return NEW
        if column.expression or "." in column.type:
            return (
                None  # computed of other columns, or of a type that may have a default of its own
            )
        if column.default is None:
            return NULL if column.type in _OWN_TYPES else None
        return constant(column.default) or _null_default(column)

    def _stored(self, row: Mapping[str, str], name: str) -> str | None:
        """A value of a row that is there."""
        value = row.get(name)
        if value is None:
            return self._default(name) if is_given(row, name) is False else None
        return self._default(name) if value == DEFAULT else value

    # -- keys ----------------------------------------------------------------------------------------

    def keyed(self, row: Values, key: TableKey) -> Keyed:
        """A new row as a key sees it."""
        if key.lost:
            return _UNTOLD
        read = self._reading(key)
        values = {name: self._value(row, name) for name in read.looked_at}
        wanted, others = [], []
        for name, value in values.items():
            if value is not None and row.get(name) == value:
                wanted.append((name, value))
            elif row.get(name) == DEFAULT:
                wanted.append((name, DEFAULT))
            else:
                others.append(name)
        if read.plain and not others and all(value[:1] != "\0" for _, value in wanted):
            meets: bool | None = True
        else:
            meets = every([self._apart(values, read), self._covered(values, read)])
        return Keyed(meets, frozenset(wanted), tuple(others))

    def _reading(self, key: TableKey) -> _ReadKey:
        read = self._read.get(id(key))
        if read is None:
            if len(self._read) > len(self.all):
                self._read.clear()  # a key that is assumed is another one for each statement
            read = self._read[id(key)] = _ReadKey(key)
        return read

    def _apart(self, values: Values, read: _ReadKey) -> bool | None:
        """Whether the key's own values are none that another row cannot have: NULL, or a new one."""
        definition = read.key.definition
        renamed = read.renamed
        answers: list[bool | None] = []

        def asked(name: str) -> bool | None:
            value = values.get(renamed.get(name, name))
            return None if value is None else value not in {NULL, NEW}

        for position, name in enumerate(definition.columns):
            if name is not None:
                answer = asked(name)
                if answer is False and definition.nulls_meet:
                    answer = values.get(renamed.get(name, name)) == NULL
            elif not definition.elements:
                answer = None
            else:
                expression = definition.elements[position].expr
                answer = not_null(expression, asked)
                parts = walk({expression.kind: expression.fields}).columns
                if any(values.get(renamed.get(each[-1], each[-1])) == NEW for each in parts):
                    answer = None if answer else answer
                if answer is False and definition.nulls_meet:
                    answer = None
            answers.append(answer)
        return every(answers)

    def _covered(self, values: Values, read: _ReadKey) -> bool | None:
        """Whether a row is one that a partial index has."""
        definition = read.key.definition
        if definition.where is None:
            return None if definition.partial else True
        return _holds(read.condition, values)

    def meet_themselves(self, rows: GivenRows, key: TableKey) -> bool | None:
        """Whether each of some new rows would be in the way of the same row once more."""
        read = self._reading(key)
        if read.plain and all(map(rows.literal, read.columns or ())):
            return True
        answers: set[bool | None] = set()
        for row in rows:
            answers.add(self.keyed(row, key).meets)
            if None in answers or len(answers) > 1:
                break
        # Where only some come again, rows come again.
        return None if None in answers else False not in answers

    def vague(self, rows: GivenRows) -> frozenset[str]:
        """The columns of which a DELETE may find what is not written in the rows."""
        known = getattr(self._table.definition, "columns", {})
        found = {name for name in rows.columns if not rows.literal(name)}
        others = [name for name in known if name not in rows.columns]
        return frozenset(found.union(name for name in others if self._default(name) in {None, NEW}))

    # -- rows ----------------------------------------------------------------------------------------

    def is_there(self, facts: Rows, row: Values, key: TableKey) -> bool | None:
        """Whether a row with a new row's key is there (`None`: it cannot be told)."""
        keyed = self.keyed(row, key)
        if keyed.meets is False or (facts.complete and not facts.rows):
            return False
        if keyed.meets is None:
            return None
        wanted = keyed.wanted or frozenset({(GIVEN, row.get(GIVEN) or "")})
        doubtful = False
        for found in facts.rows.find(wanted):
            pairs = dict(found)
            answers = [self._is_same(pairs, row, name) for name in keyed.others]
            answer = every(answers)
            if answer:
                return True
            doubtful = doubtful or answer is None
        return None if doubtful or self._may_be_there(facts, keyed, key) else False

    def _is_same(self, pairs: Mapping[str, str], row: Values, name: str) -> bool | None:
        stored, value = self._stored(pairs, name), self._value(row, name)
        if stored is None or value is None or COMPUTED in {stored[:2], value[:2]}:
            return None
        return stored == value

    def _may_be_there(self, facts: Rows, keyed: Keyed, key: TableKey) -> bool:
        """Whether a row that is not known to be there may be."""
        if self._reading(key).columns is None or any(
            value[:2] == COMPUTED for _, value in keyed.wanted
        ):
            return True
        names = {name for name, _ in keyed.wanted}.union(keyed.others)
        if not facts.complete:
            plain = not keyed.others and not key.definition.partial
            return not (plain and facts.gone.match(keyed.wanted))
        return not names.isdisjoint(facts.vague)


_UNTOLD: Final = Keyed(None, frozenset(), ())


def assumed_key(effect: Inserts) -> TableKey | None:
    """The key that ON CONFLICT (…) found in the first run, where it is not known which it was."""
    arbiter = effect.arbiter
    if arbiter is None or arbiter.constraint:
        return None
    columns = tuple(map(column_of_element, arbiter.elements))
    partial = arbiter.where is not None
    elements = arbiter.elements if None in columns else ()
    return TableKey(IndexDefinition(columns, True, partial, elements, arbiter.where), sure=True)


#: Types that are no domains: without a default they are NULL.
_OWN_TYPES: Final = frozenset(
    [
        "bool",
        "boolean",
        "bpchar",
        "bytea",
        "char",
        "cidr",
        "citext",
        "date",
        "float4",
        "float8",
        "inet",
        "int2",
        "int4",
        "int8",
        "interval",
        "json",
        "jsonb",
        "macaddr",
        "numeric",
        "text",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
        "uuid",
        "varchar",
        "xml",
    ]
)


def _null_default(column: Column) -> str | None:
    default = column.default
    while default is not None and default.kind == "TypeCast":
        default = default.arg
    is_null = default is not None and default.kind == "A_Const" and default.fields.get("isnull")
    return NULL if is_null else None


def _holds(read: Condition, values: Values) -> bool | None:
    """Whether a condition is true of some values, as far as it is one of those that are read."""
    if not isinstance(read, Atom):
        answers: Iterable[bool | None] = [_holds(each, values) for each in read.parts]
        return every(answers) if read.kind == "AND_EXPR" else some(answers)
    value = values.get(read.column) if read.test else None
    if value is None:
        return None
    if read.test in {"null", "not null"}:
        if value == NEW:
            return read.test == "not null"
        return (value == NULL) is (read.test == "null")
    if value == NULL:
        return False
    if value[:1] == "\0":
        return None
    if read.test in {"true", "false"}:
        says = _BOOLEANS.get(value.lower())
        return None if says is None else says is (read.test == "true")
    return _compares(value, read.test, read.value)


_BOOLEANS: Final = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


def _compares(value: str, operator: str, bound: str) -> bool | None:
    """Whether a comparison of two literals is true; texts are compared for being the same alone."""
    try:
        return compare(int(value), operator, int(bound))
    except ValueError:
        pass
    if value == bound and operator in {"=", "<>"}:
        return operator == "="
    alike = value.casefold() == bound.casefold()
    if alike or operator not in {"=", "<>"} or not (value.isalpha() and bound.isalpha()):
        return None
    return operator == "<>"
