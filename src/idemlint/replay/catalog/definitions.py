"""What an object is made of, read from the statement that made it, and only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.source.tree import Tree, strings, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

#: `NAMEDATALEN - 1` (src/include/pg_config_manual.h): longer names are cut, in bytes.
NAME_BYTES = 63

SERIALS = frozenset({"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"})
#: Functions in a DEFAULT that give another value each time.
_GENERATORS = frozenset(
    {
        "nextval",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "random",
        "now",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "txid_current",
        "gen_random_bytes",
        "cuid",
        "nanoid",
        "gen_ulid",
        "generate_ulid",
    }
)


def cut(name: str) -> str:
    """A name as PostgreSQL stores it: at most 63 bytes, never half a character."""
    encoded = name.encode()
    return name if len(encoded) <= NAME_BYTES else encoded[:NAME_BYTES].decode(errors="ignore")


class ChosenName(str):
    """A name that PostgreSQL chooses: where it is taken, the parts are cut anew to make room for a number."""

    __slots__ = ("parts",)

    def __new__(cls, table: str, columns: str, suffix: str) -> ChosenName:
        """From the table, the columns and what it is for (`key`, `idx`, …)."""
        self = super().__new__(cls, _object_name(table, columns, suffix))
        self.parts = (table, columns, suffix)
        return self

    parts: tuple[str, str, str]

    def numbered(self, number: int) -> str:
        """The name after `number` others were found taken."""
        table, columns, suffix = self.parts
        return _object_name(table, columns, f"{suffix}{number or ''}")


def chosen_name(table: str, columns: str, suffix: str) -> ChosenName:
    """`ChooseRelationName` (src/backend/commands/indexcmds.c), as long as nothing is in the way."""
    return ChosenName(table, columns, suffix)


def _object_name(table: str, columns: str, suffix: str) -> str:
    """`makeObjectName` (src/backend/commands/indexcmds.c): the longer part is cut until all fits."""
    first, second = table.encode(), columns.encode()
    spare = NAME_BYTES - len(suffix) - 1 - (1 if second else 0)
    one, two = len(first), len(second)
    while one + two > spare:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [first[:one].decode(errors="ignore")]
    if second:
        parts.append(second[:two].decode(errors="ignore"))
    return "_".join([*parts, suffix])


def type_name(node: Tree | None) -> str:
    """A type as an argument list or a comparison needs it: `int4`, `s.mood`, `text[]`.

    `pg_catalog.` is left out, since the grammar writes it for the words it knows (`int`).
    """
    return "" if node is None else _type_name(node.fields)


def _type_name(fields: dict[str, Any]) -> str:
    names = [part["String"].get("sval", "") for part in fields.get("names", ())]
    if names and names[0] == "pg_catalog":
        del names[0]
    name = names[0] if len(names) == 1 else ".".join(names)
    return name + "[]" * len(fields["arrayBounds"]) if "arrayBounds" in fields else name


class Column(NamedTuple):
    """A column as its definition says; `generated` where PostgreSQL fills it with a new value each time."""

    name: str
    type: str
    not_null: bool
    default: Tree | None
    generated: bool
    identity: bool
    expression: bool = False


class UniqueKey(NamedTuple):
    """Columns that no two rows share; `whole` unless it covers only some rows (a partial index)."""

    columns: tuple[str, ...]
    primary: bool
    whole: bool = True


class Need(NamedTuple):
    """What a part of an object keeps from being dropped: a type, a table (and the key of `columns`).

    `by` is the part: a column or a foreign key. With it, the need goes.
    """

    space: Space
    name: str
    schema: str | None
    by_space: Space
    by: str
    columns: tuple[str, ...] = ()


class Constraint(NamedTuple):
    """A constraint of a table: its name (from a `base` where none is given), `contype`, columns, tree."""

    name: str
    contype: str
    columns: tuple[str, ...]
    tree: Tree | None = None
    base: ChosenName | None = None

    def is_key_of(self, referenced: tuple[str, ...]) -> bool:
        """Whether a foreign key that names these columns (none: the primary key) stands on it."""
        if not referenced:
            return self.contype == "CONSTR_PRIMARY"
        return set(referenced) == set(self.columns)


def column(fields: dict[str, Any]) -> Column:
    """Read a raw `ColumnDef`."""
    name = _type_name(fields["typeName"]) if "typeName" in fields else ""
    default = None
    not_null = identity = expression = False
    for each in fields.get("constraints", ()):
        constraint = each["Constraint"]
        contype = constraint["contype"]
        if contype == "CONSTR_DEFAULT":
            default = wrap(constraint["raw_expr"])
        elif contype in {"CONSTR_NOTNULL", "CONSTR_PRIMARY"}:
            not_null = True
        elif contype == "CONSTR_IDENTITY":
            identity = True
        elif contype == "CONSTR_GENERATED":
            expression = True
    serial = name in SERIALS
    return Column(
        fields["colname"],
        name,
        not_null or identity or serial,
        default,
        identity or serial or generates(default),
        identity,
        expression,
    )


def generates(default: Tree | None) -> bool:
    """Whether a DEFAULT gives another value each time it is used."""
    if default is None:
        return False
    if default.kind == "FuncCall":
        return strings(default.funcname)[-1] in _GENERATORS
    if default.kind == "SQLValueFunction":
        return True
    if default.kind == "TypeCast":
        return generates(default.arg)
    return False


#: Constraints that are an index.
INDEXED: Final = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"})

_SUFFIX = {
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
    return chosen_name(table, middle, _SUFFIX.get(contype, "check"))


def constraint_columns(node: Tree, column_name: str | None = None) -> tuple[str, ...]:
    """The columns that a constraint names."""
    if column_name is not None:
        return (column_name,)
    contype = node.contype
    if contype == "CONSTR_FOREIGN":
        return tuple(strings(node.fk_attrs))
    if contype == "CONSTR_CHECK":
        return tuple(dict.fromkeys(_column_refs(node.fields.get("raw_expr"))))
    if contype == "CONSTR_EXCLUSION":
        names = []
        for pair in node.exclusions or ():
            element = (pair.items or (None,))[0]
            if element is not None and element.name:
                names.append(element.name)
        return tuple(names)
    return tuple(strings(node.keys))


def _column_refs(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("ColumnRef")
        if reference is not None:
            last = reference["fields"][-1].get("String")
            if last is not None:
                yield last.get("sval", "")
            return
        for inner in value.values():
            yield from _column_refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _column_refs(inner)


class ByProduct(NamedTuple):
    """A relation that comes with a table: a sequence of a column, an index of a constraint.

    `of_space` and `of` are what it goes with; without a `base` the name was given, so it must be free.
    """

    name: str
    is_index: bool
    of_space: Space
    of: str
    base: ChosenName | None


#: What is known of a relation that comes with another: that nobody asked for it by name.
BY_PRODUCT: Final = "by-product"


class TableDefinition:
    """Columns and constraints of a CREATE TABLE.

    `open`: it has more than the statement says (LIKE, INHERITS, OF, a partition).
    """

    __slots__ = ("_by_products", "_columns", "_constraints", "_names", "name", "open", "tree")

    def __init__(self, name: str, tree: Tree) -> None:
        self.name = name
        self.tree = tree
        self._names: frozenset[str] | None = None
        self._columns: dict[str, Column] | None = None
        self._constraints: dict[str, Constraint] | None = None
        self._by_products: list[ByProduct] | None = None
        fields = tree.fields
        self.open = (
            "inhRelations" in fields
            or "ofTypename" in fields
            or "partbound" in fields
            or any("TableLikeClause" in element for element in fields.get("tableElts", ()))
        )

    @property
    def column_names(self) -> frozenset[str]:
        """The names of its columns, without reading what they are."""
        if self._names is None:
            self._names = frozenset(
                element["ColumnDef"]["colname"]
                for element in self.tree.fields.get("tableElts", ())
                if "ColumnDef" in element
            )
        return self._names

    @property
    def columns(self) -> dict[str, Column]:
        """By name, in order."""
        if self._columns is None:
            self._columns = {
                element["ColumnDef"]["colname"]: column(element["ColumnDef"])
                for element in self.tree.fields.get("tableElts", ())
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
            self._constraints = {}
            for element in self.tree.fields.get("tableElts", ()):
                if "ColumnDef" in element:
                    fields = element["ColumnDef"]
                    for each in fields.get("constraints", ()):
                        self._add(each["Constraint"], fields["colname"])
                elif "Constraint" in element:
                    self._add(element["Constraint"], None)
        return self._constraints

    def unique_keys(self) -> list[UniqueKey]:
        """What no two rows may share."""
        return [
            UniqueKey(constraint.columns, constraint.contype == "CONSTR_PRIMARY")
            for constraint in self.constraints.values()
            if constraint.contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}
        ]

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
        for constraint in self.constraints.values():
            if constraint.contype == "CONSTR_PRIMARY":
                return constraint.name
        return None

    def names(self, space: Space) -> tuple[str, ...]:
        """What came with the statement."""
        if space is Space.COLUMN:
            return tuple(self.columns)
        return tuple(self.constraints) if space is Space.CONSTRAINT else ()

    def needs(self) -> Iterator[Need]:
        """Types of its columns and tables its foreign keys point at."""
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

    def _add(self, fields: dict[str, Any], column_name: str | None) -> None:
        contype = fields["contype"]
        if contype not in _SUFFIX or contype == "CONSTR_NOTNULL":
            return
        assert self._constraints is not None
        node = Tree("Constraint", fields)
        columns = constraint_columns(node, column_name)
        if contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}:
            twin = self._same_index(columns, fields)
            if twin is not None and contype == "CONSTR_UNIQUE":
                return
            if twin is not None:
                del self._constraints[twin]
        name = base = constraint_name(self.name, node, column_name)
        number = 0
        chosen = base if isinstance(base, ChosenName) else None
        while chosen is not None and name in self._constraints:
            number += 1
            name = chosen.numbered(number)
        self._constraints[name] = Constraint(name, contype, columns, node, chosen)

    def _same_index(self, columns: tuple[str, ...], fields: dict[str, Any]) -> str | None:
        """A key over the same columns: PostgreSQL makes one index of the two.

        `transformIndexConstraints` (src/backend/parser/parse_utilcmd.c).
        """
        for known in (self._constraints or {}).values():
            other = known.tree.fields if known.tree is not None else {}
            if (
                known.contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}
                and known.columns == columns
                and all(other.get(each) == fields.get(each) for each in _INDEX_OPTIONS)
            ):
                return known.name
        return None


_INDEX_OPTIONS: Final = ("deferrable", "initdeferred", "including", "nulls_not_distinct")


class EnumDefinition:
    """The labels of a CREATE TYPE … AS ENUM."""

    __slots__ = ("labels",)

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether it has a label."""
        return name in self.labels if space is Space.ENUM_VALUE else False

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """Nothing but the type."""
        return ()

    def names(self, space: Space) -> tuple[str, ...]:
        """Its labels."""
        return self.labels if space is Space.ENUM_VALUE else ()

    def needs(self) -> tuple[Need, ...]:
        """Nothing."""
        return ()


class CompositeDefinition:
    """The attributes of a CREATE TYPE … AS (…)."""

    __slots__ = ("attributes",)

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether it has an attribute."""
        return name in self.attributes if space is Space.COLUMN else False

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """Nothing but the type."""
        return ()

    def names(self, space: Space) -> tuple[str, ...]:
        """Its attributes."""
        return tuple(self.attributes) if space is Space.COLUMN else ()

    def needs(self) -> Iterator[Need]:
        """The types of its attributes."""
        for attribute, name in self.attributes.items():
            schema, _, bare = name.removesuffix("[]").rpartition(".")
            yield Need(Space.TYPE, bare, schema or None, Space.COLUMN, attribute)


#: Bits of `CreateTrigStmt.events` and `.timing` (src/include/catalog/pg_trigger.h).
BEFORE, INSERT, UPDATE = 2, 4, 16


class TriggerDefinition(NamedTuple):
    """When a trigger fires."""

    events: int
    before: bool


class Returns(str):
    """The result type of a function, which OR REPLACE cannot change."""

    __slots__ = ()


class ForeignKey(NamedTuple):
    """A foreign key made by ALTER TABLE: the columns it points at (none: the primary key)."""

    columns: tuple[str, ...]


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
