"""What a table is made of when it is made, and what comes with it; indexes and triggers on tables."""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.alter_passes import INDEXED
from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import SERIALS, Column, columns_in, read_column
from idemlint.replay.catalog.constraint import (
    SUFFIXES,
    Constraint,
    InlineKey,
    constraint_columns,
    constraint_name,
)
from idemlint.replay.catalog.definition import Definition, Need
from idemlint.replay.catalog.identifiers import ChosenName, chosen_name
from idemlint.replay.catalog.refs import relation
from idemlint.source.tree import Tree, folded, strings, unfolded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class ByProduct(NamedTuple):
    """A relation that comes with a table: a sequence of a column, an index of a constraint.

    `of_space` and `of` are what it goes with; without a `base` the name was given, so it must be free.
    """

    name: str
    is_index: bool
    of_space: Space
    of: str
    base: ChosenName | None


class TableDefinition(Definition):
    """Columns and constraints of a CREATE TABLE.

    `open`: it has more than the statement says (LIKE, INHERITS, OF, a partition).
    """

    __slots__ = ("_contents", "_tree", "name", "open", "partitioned", "partitioned_by")

    def __init__(self, name: str, tree: Tree) -> None:
        self.name = name
        self._contents: _Contents | None = None
        fields = tree.fields
        spec = fields.get("partspec", {}).get("partParams", ())
        self.partitioned = bool(spec)
        #: Columns by which it is partitioned, those in expressions included.
        self.partitioned_by = tuple(each for part in spec for each in _partition_columns(part))
        # Dumps make tens of thousands of tables.
        self._tree = folded(tree)
        self.open = (
            "inhRelations" in fields
            or "ofTypename" in fields
            or "partbound" in fields
            or any("TableLikeClause" in element for element in fields.get("tableElts", ()))
        )

    @property
    def contents(self) -> _Contents:
        """What the statement says; where only its JSON is kept, that of few tables is known at a time."""
        contents = self._contents
        if contents is None:
            contents = self._contents = _Contents(self.name, unfolded(self._tree).fields)
            if self._tree.__class__ is bytes:
                _read_last.append(self)
                if len(_read_last) > _MOST_READ:
                    _read_last.popleft()._contents = None
        return contents

    @property
    def statement(self) -> Tree:
        """The statement."""
        return unfolded(self._tree)

    @property
    def is_part_of_another(self) -> bool:
        """Whether it has the columns of another table, as a partition, or those of a type."""
        return not {"partbound", "ofTypename"}.isdisjoint(self.statement.fields)

    @property
    def column_names(self) -> frozenset[str]:
        """The names of its columns, without reading what they are."""
        return self.contents.column_names

    @property
    def columns(self) -> dict[str, Column]:
        """By name, in order."""
        return self.contents.columns

    @property
    def constraints(self) -> dict[str, Constraint]:
        """By name, inline ones included (NOT NULL apart)."""
        return self.contents.constraints

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether something of that name came with the statement; `None`: it does not say."""
        contents = self.contents
        if space is Space.COLUMN:
            return True if name in contents.column_names else (None if self.open else False)
        if space is Space.CONSTRAINT:
            return True if name in contents.constraints else (None if self.open else False)
        if space is Space.FACET:
            if name == "partitioned":
                return self.partitioned
            if name == "primary key":
                return contents.primary_key is not None or (None if self.open else False)
            facet, _, of = name.partition(":")
            known = contents.columns.get(of)
            if known is None:
                return None if self.open else False
            return known.identity if facet == "identity" else known.expression
        return None if self.open else False

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """What something inside goes with: a constraint with its columns, a property with its column."""
        if space is Space.CONSTRAINT:
            return tuple((Space.COLUMN, each) for each in self.constraints[name].columns)
        if space is Space.FACET and name != "partitioned":
            if name == "primary key":
                return ((Space.CONSTRAINT, self.contents.primary_key or ""),)
            return ((Space.COLUMN, name.partition(":")[2]),)
        return ()

    def names(self, space: Space) -> tuple[str, ...]:
        """What came with the statement."""
        if space is Space.COLUMN:
            return tuple(self.columns)
        return tuple(self.constraints) if space is Space.CONSTRAINT else ()

    def needs(self) -> tuple[Need, ...]:
        """Types of its columns and tables its foreign keys point at."""
        return self.contents.needs

    @property
    def needed_names(self) -> frozenset[tuple[Space, str]]:
        """The names of these types and tables."""
        return self.contents.needed_names

    def by_products(self) -> list[ByProduct]:
        """The sequences and indexes that PostgreSQL makes along with the table."""
        return self.contents.by_products

    def generated_from(self, column: str) -> Iterator[str]:
        """The generated columns that read a column."""
        for each in self.contents.columns.values():
            if column in each.reads:
                yield each.name

    def foreign_keys(self) -> tuple[InlineKey, ...]:
        """The foreign keys that come with it."""
        return self.contents.foreign_keys


def _partition_columns(part: dict[str, Any]) -> Iterator[str]:
    fields = part["PartitionElem"]
    if "name" in fields:
        yield fields["name"]
    yield from columns_in(fields.get("expr"))


#: Of the tables whose statement is kept as JSON, those that were asked last what they have.
_read_last: deque[TableDefinition] = deque()
_MOST_READ: Final = 1000


class _Contents:
    """What a CREATE TABLE says, read as far as somebody asked."""

    def __init__(self, table: str, fields: dict[str, Any]) -> None:
        self._table = table
        self._elements: Sequence[dict[str, Any]] = fields.get("tableElts", ())
        self._fields = fields

    @cached_property
    def column_names(self) -> frozenset[str]:
        return frozenset(
            element["ColumnDef"]["colname"] for element in self._elements if "ColumnDef" in element
        )

    @cached_property
    def columns(self) -> dict[str, Column]:
        columns = {
            element["ColumnDef"]["colname"]: read_column(element["ColumnDef"])
            for element in self._elements
            if "ColumnDef" in element
        }
        primary = self.primary_key
        for name in self.constraints[primary].columns if primary else ():
            known = columns.get(name)
            if known is not None:
                columns[name] = known._replace(not_null=True)
        return columns

    @cached_property
    def constraints(self) -> dict[str, Constraint]:
        reader = _ConstraintReader(self._table)
        for element in self._elements:
            if "ColumnDef" in element:
                fields = element["ColumnDef"]
                for each in _with_attributes(fields.get("constraints", ())):
                    reader.add(each, fields["colname"])
            elif "Constraint" in element:
                reader.add(element["Constraint"], None)
        return reader.found

    @cached_property
    def primary_key(self) -> str | None:
        found = self.constraints.values()
        return next((each.name for each in found if each.contype == "CONSTR_PRIMARY"), None)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        return tuple(self._read_needs())

    @cached_property
    def needed_names(self) -> frozenset[tuple[Space, str]]:
        return frozenset((need.space, need.name) for need in self.needs)

    def _read_needs(self) -> Iterator[Need]:
        # Where nothing is dropped, nobody asks.
        from idemlint.replay.catalog import needed

        yield from needed.column_needs(self.columns.values())
        yield from needed.check_needs(self.constraints.values())
        yield from needed.whole_needs(self._fields)
        for key in self.foreign_keys:
            if key.table.name != self._table:
                table = key.table
                yield Need(
                    Space.RELATION,
                    table.name,
                    table.schema,
                    Space.CONSTRAINT,
                    key.name,
                    key.columns,
                )

    @cached_property
    def foreign_keys(self) -> tuple[InlineKey, ...]:
        return tuple(
            InlineKey(
                each.name,
                relation(each.tree.pktable),
                tuple(strings(each.tree.pk_attrs)),
                tuple(self.columns[name].type for name in each.columns if name in self.columns),
            )
            for each in self.constraints.values()
            if each.contype == "CONSTR_FOREIGN" and each.tree is not None
        )

    @cached_property
    def by_products(self) -> list[ByProduct]:
        found = [
            ByProduct(base, False, Space.COLUMN, each.name, base)
            for each in self.columns.values()
            for base in (chosen_name(self._table, each.name, "seq"),)
            if each.identity or each.type in SERIALS
        ]
        found += [
            ByProduct(each.name, True, Space.CONSTRAINT, each.name, each.base)
            for each in self.constraints.values()
            if each.contype in INDEXED
        ]
        return found


def _with_attributes(constraints: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The constraints of a column; DEFERRABLE stands behind the one that it is said of
    (`transformConstraintAttrs`, src/backend/parser/parse_utilcmd.c)."""
    found: list[dict[str, Any]] = []
    if len(constraints) < 2:
        return [each["Constraint"] for each in constraints]
    for each in constraints:
        fields = each["Constraint"]
        if fields["contype"] == "CONSTR_ATTR_DEFERRABLE" and found:
            found[-1] = {**found[-1], "deferrable": True}
        else:
            found.append(fields)
    return found


class _ConstraintReader:
    """Constraints of one CREATE TABLE, taken in one after the other: names are chosen, equal keys are one."""

    def __init__(self, table: str) -> None:
        self.found: dict[str, Constraint] = {}
        self._table = table
        # The keys over some columns; and which number a chosen name has to be tried with next.
        self._keys: dict[tuple[str, ...], list[str]] = {}
        self._numbers: dict[str, int] = {}

    def add(self, fields: dict[str, Any], column_name: str | None) -> None:
        contype = fields["contype"]
        if contype not in SUFFIXES or contype == "CONSTR_NOTNULL":
            return
        node = Tree("Constraint", fields)
        columns = constraint_columns(node, column_name)
        is_key = contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}
        if is_key:
            twin = self._same_index(columns, fields)
            if twin is not None and contype == "CONSTR_UNIQUE":
                return
            if twin is not None:
                del self.found[twin]
                self._keys[columns].remove(twin)
                self._numbers.clear()
        name = base = constraint_name(self._table, node, column_name)
        chosen = base if isinstance(base, ChosenName) else None
        if chosen is not None and name in self.found:
            number = self._numbers.get(base, 1)
            while (name := chosen.numbered(number)) in self.found:
                number += 1
            self._numbers[base] = number + 1
        self.found[name] = Constraint(name, contype, columns, node, chosen)
        if is_key:
            self._keys.setdefault(columns, []).append(name)

    def _same_index(self, columns: tuple[str, ...], fields: dict[str, Any]) -> str | None:
        """A key over the same columns: PostgreSQL makes one index of the two.

        `transformIndexConstraints` (src/backend/parser/parse_utilcmd.c).
        """
        for name in self._keys.get(columns, ()):
            tree = self.found[name].tree
            other = tree.fields if tree is not None else {}
            if all(other.get(each) == fields.get(each) for each in _INDEX_OPTIONS):
                return name
        return None


_INDEX_OPTIONS: Final = ("deferrable", "initdeferred", "including", "nulls_not_distinct")


class IndexDefinition(NamedTuple):
    """What an index covers: plain columns (`None`: an expression), and whether it keeps rows apart.

    `elements` are its raw `IndexElem`s where the columns do not say it all, `where` the condition of a
    `partial` one. `deferrable` is a constraint's, and `excludes`: `equal` columns, something `other`,
    or (a key WITHOUT OVERLAPS) what `overlaps`.
    `doubtful`: it may not be valid (ON ONLY); `nulls_meet`: NULLS NOT DISTINCT.
    `more` is what else its statement says of it (`source.tree.shape`): expressions, its predicate, the
    method; empty for a plain one.
    """

    columns: tuple[str | None, ...]
    unique: bool
    partial: bool
    elements: tuple[Tree, ...] = ()
    where: Tree | None = None
    deferrable: bool = False
    excludes: str = ""
    doubtful: bool = False
    nulls_meet: bool = False
    more: str = ""

    def inside(self, space: Space, name: str) -> bool | None:
        """Nothing lives inside an index."""
        return False

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """Nothing."""
        return ()

    def names(self, space: Space) -> tuple[str, ...]:
        """Nothing."""
        return ()

    def needs(self) -> tuple[Need, ...]:
        """Nothing beyond its owners."""
        return ()


def constraint_index(node: Tree, columns: tuple[str | None, ...]) -> IndexDefinition:
    """The index that a PRIMARY KEY, UNIQUE or EXCLUDE constraint is."""
    fields = node.fields
    # A key WITHOUT OVERLAPS (PostgreSQL 18) is an exclusion constraint inside.
    excludes = "overlaps" if fields.get("without_overlaps") else ""
    if fields["contype"] == "CONSTR_EXCLUSION":
        pairs = [pair.items for pair in node.exclusions or ()]
        equal = all(element.name and strings(by.items) == ["="] for element, by in pairs)
        excludes = "equal" if equal else "other"
    return IndexDefinition(
        columns,
        not excludes,
        "where_clause" in fields,
        where=node.where_clause,
        deferrable=bool(fields.get("deferrable")),
        excludes=excludes,
        nulls_meet=bool(fields.get("nulls_not_distinct")),
    )
