"""What a table is made of when it is made, and what comes with it; indexes and triggers on tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.alter_passes import INDEXED
from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import SERIALS, Column, read_column
from idemlint.replay.catalog.constraint import (
    SUFFIXES,
    Constraint,
    constraint_columns,
    constraint_name,
)
from idemlint.replay.catalog.definition import Definition, Need
from idemlint.replay.catalog.identifiers import ChosenName, chosen_name
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

    __slots__ = (
        "_by_products",
        "_columns",
        "_constraints",
        "_names",
        "_needed_names",
        "_needs",
        "_primary",
        "_tree",
        "name",
        "open",
    )

    def __init__(self, name: str, tree: Tree) -> None:
        self.name = name
        self._names: frozenset[str] | None = None
        self._columns: dict[str, Column] | None = None
        self._constraints: dict[str, Constraint] | None = None
        self._by_products: list[ByProduct] | None = None
        self._needs: tuple[Need, ...] | None = None
        self._needed_names: frozenset[tuple[Space, str]] | None = None
        self._primary: str | None = None
        fields = tree.fields
        # Dumps make tens of thousands of tables.
        self._tree = folded(tree)
        self.open = (
            "inhRelations" in fields
            or "ofTypename" in fields
            or "partbound" in fields
            or any("TableLikeClause" in element for element in fields.get("tableElts", ()))
        )

    @property
    def _elements(self) -> Sequence[dict[str, Any]]:
        elements: Sequence[dict[str, Any]] = unfolded(self._tree).fields.get("tableElts", ())
        return elements

    @property
    def column_names(self) -> frozenset[str]:
        """The names of its columns, without reading what they are."""
        if self._names is None:
            self._names = frozenset(
                element["ColumnDef"]["colname"]
                for element in self._elements
                if "ColumnDef" in element
            )
        return self._names

    @property
    def columns(self) -> dict[str, Column]:
        """By name, in order."""
        if self._columns is None:
            self._columns = {
                element["ColumnDef"]["colname"]: read_column(element["ColumnDef"])
                for element in self._elements
                if "ColumnDef" in element
            }
            primary = self._primary_key
            for name in self.constraints[primary].columns if primary else ():
                known = self._columns.get(name)
                if known is not None:
                    self._columns[name] = known._replace(not_null=True)
        return self._columns

    @property
    def constraints(self) -> dict[str, Constraint]:
        """By name, inline ones included (NOT NULL apart)."""
        if self._constraints is None:
            reader = _ConstraintReader(self.name)
            for element in self._elements:
                if "ColumnDef" in element:
                    fields = element["ColumnDef"]
                    for each in fields.get("constraints", ()):
                        reader.add(each["Constraint"], fields["colname"])
                elif "Constraint" in element:
                    reader.add(element["Constraint"], None)
            self._constraints = reader.found
            self._primary = next(
                (each.name for each in reader.found.values() if each.contype == "CONSTR_PRIMARY"),
                None,
            )
        return self._constraints

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether something of that name came with the statement; `None`: it does not say."""
        if space is Space.COLUMN:
            return True if name in self.column_names else (None if self.open else False)
        if space is Space.CONSTRAINT:
            return True if name in self.constraints else (None if self.open else False)
        if space is Space.FACET:
            if name == "primary key":
                return self._primary_key is not None or (None if self.open else False)
            facet, _, of = name.partition(":")
            known = self.columns.get(of)
            if known is None:
                return None if self.open else False
            return known.identity if facet == "identity" else known.expression
        return None if self.open else False

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """What something inside goes with: a constraint with its columns, a property with its column."""
        if space is Space.CONSTRAINT:
            return tuple((Space.COLUMN, each) for each in self.constraints[name].columns)
        if space is Space.FACET:
            if name == "primary key":
                return ((Space.CONSTRAINT, self._primary_key or ""),)
            return ((Space.COLUMN, name.partition(":")[2]),)
        return ()

    @property
    def _primary_key(self) -> str | None:
        return self._primary if self.constraints else None

    def names(self, space: Space) -> tuple[str, ...]:
        """What came with the statement."""
        if space is Space.COLUMN:
            return tuple(self.columns)
        return tuple(self.constraints) if space is Space.CONSTRAINT else ()

    def needs(self) -> tuple[Need, ...]:
        """Types of its columns and tables its foreign keys point at."""
        if self._needs is None:
            self._needs = tuple(self._read_needs())
        return self._needs

    @property
    def needed_names(self) -> frozenset[tuple[Space, str]]:
        """The names of these types and tables."""
        if self._needed_names is None:
            self._needed_names = frozenset((need.space, need.name) for need in self.needs())
        return self._needed_names

    def _read_needs(self) -> Iterator[Need]:
        for each in self.columns.values():
            schema, _, name = each.type.removesuffix("[]").rpartition(".")
            yield Need(Space.TYPE, name, schema or None, Space.COLUMN, each.name)
        for constraint in self.constraints.values():
            if constraint.contype == "CONSTR_FOREIGN":
                tree = constraint.tree
                target = tree.pktable if tree is not None else None
                if tree is not None and target is not None and target.relname != self.name:
                    columns = tuple(strings(tree.pk_attrs))
                    yield Need(
                        Space.RELATION,
                        target.relname,
                        target.schemaname,
                        Space.CONSTRAINT,
                        constraint.name,
                        columns,
                    )

    def by_products(self) -> list[ByProduct]:
        """The sequences and indexes that PostgreSQL makes along with the table."""
        if self._by_products is None:
            self._by_products = [
                ByProduct(base, False, Space.COLUMN, each.name, base)
                for each in self.columns.values()
                for base in (chosen_name(self.name, each.name, "seq"),)
                if each.identity or each.type in SERIALS
            ]
            self._by_products += [
                ByProduct(each.name, True, Space.CONSTRAINT, each.name, each.base)
                for each in self.constraints.values()
                if each.contype in INDEXED
            ]
        return self._by_products


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
    """What an index covers: plain columns (`None`: an expression), and whether it keeps rows apart."""

    columns: tuple[str | None, ...]
    unique: bool
    partial: bool

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


#: Bits of `CreateTrigStmt.events` and `.timing` (src/include/catalog/pg_trigger.h).
BEFORE, INSERT, UPDATE = 2, 4, 16


class TriggerDefinition(NamedTuple):
    """When a trigger fires."""

    events: int
    before: bool
