"""Variables: which names are theirs at a place of a body, and what straight-line code makes plain of their
values.

A variable that was set to a constant stands for the constant; one that was set from a query stands
for the query, until something runs that may change the answer: a condition is looked at in the
catalog as it is when the condition is reached, so a query may be put there only if it still gives
what it gave.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql.cursor import QUOTED, STRING, Tokens
from idemlint.postgres.names import is_cut
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.sql import Json

#: The variable that PL/pgSQL sets after most statements.
FOUND: Final = "found"
_LARGE: Final = 2000  # words in a value
_MANY: Final = 200  # values known at once: each statement is held against all of them


class Value(NamedTuple):
    """What a variable stands for.

    `depends` are the names whose change may change it, `None` for a constant; `catalog` says that
    it depends on the catalog only, not on rows. `size` counts words, so that no text can make it
    explode.
    """

    tree: Json
    depends: frozenset[str] | None = None
    catalog: bool = False
    size: int = 1


class Variables:
    """The values of variables at one place of a body; a name that is not there is not known.

    `names` are the variables that hold names: they cut what is put into them as PostgreSQL's names do.
    `dotted` are the names of some that have several parts: `record.field`, `label.variable`.
    """

    __slots__ = ("dotted", "known", "names")

    def __init__(
        self,
        known: dict[str, Value] | None = None,
        names: set[str] | None = None,
        dotted: set[str] | None = None,
    ) -> None:
        self.known = known if known is not None else {}
        self.names = names if names is not None else set()
        self.dotted = dotted if dotted is not None else set()

    def copy(self) -> Variables:
        """The same, to go another way with."""
        return Variables(dict(self.known), self.names, self.dotted)

    def merge(self, others: list[Variables]) -> None:
        """Keep what is the same on all ways that lead here."""
        known = self.known
        for name in [
            name
            for name, value in known.items()
            if any(other.known.get(name) is not value for other in others)
        ]:
            del known[name]

    def set(self, name: str | None, value: Value | None) -> None:
        """Note an assignment; `None` as value means that it is not known."""
        if name is None:
            return
        self._forget_parts(frozenset((name,)))
        if "." in name:
            self.dotted.add(name)
        if value is None or value.size > _LARGE or len(self.known) > _MANY:
            self.known.pop(name, None)
        else:
            self.known[name] = value if name in self.names else _as_text(value)

    def forget(self, *, all_queries: bool = False, names: frozenset[str] = frozenset()) -> None:
        """Forget some variables, or all whose value comes from a query."""
        for name, value in list(self.known.items()):
            if name in names or (all_queries and value.depends is not None):
                del self.known[name]
        self._forget_parts(names)

    def _forget_parts(self, names: frozenset[str]) -> None:
        """Forget what goes by one of these names and another: the fields of a record, `label.variable`."""
        for each in self.dotted:
            first, _, last = each.partition(".")
            if first in names or last in names:
                self.known.pop(each, None)

    def used(self, words: list[str]) -> dict[str, Value]:
        """Those that stand among the words of an expression."""
        known = self.known
        if not known:
            return known
        spoken = set(words)
        found = {name: known[name] for name in known.keys() & spoken}
        for name in self.dotted:
            if name in known and name.rpartition(".")[2] in spoken:
                found[name] = known[name]
        return found

    def disturb(self, tokens: Tokens, first: int, last: int) -> None:
        """Forget what the statement made of the tokens `first` to `last` may have changed."""
        queries = [(name, value) for name, value in self.known.items() if value.depends is not None]
        if not queries:
            return
        verb = tokens.words[first]
        words = statement_names(tokens, first, last)
        for name, value in queries:
            depends = value.depends or frozenset()
            if verb in _ROWS and value.catalog:
                continue
            if verb == "select" or verb == "perform":
                continue
            if depends.isdisjoint(words):
                continue
            if verb in _HARMLESS and value.catalog:
                continue
            if (
                verb == "alter"
                and value.catalog
                and not depends <= words
                and _REMOVING.isdisjoint(words)
            ):
                continue
            del self.known[name]


_ROWS: Final = frozenset({"insert", "update", "delete", "merge", "copy"})
_HARMLESS: Final = frozenset({"comment", "grant", "revoke", "analyze", "vacuum", "lock", "set"})
_REMOVING: Final = frozenset({"drop", "rename", "schema", "attach", "detach", "inherit"})


def _as_text(value: Value) -> Value:
    """A value as a variable holds it: a literal that is longer than a name is none any more, but text."""
    text = value.tree.get("A_Const", _NOTHING).get("sval", _NOTHING).get("sval", "")
    return value._replace(tree=cast(value.tree, "text")) if is_cut(text) else value


_NOTHING: Final[dict[str, Any]] = {}


def cast(tree: Json, type_name: str) -> Json:
    """`tree::type_name`."""
    names = [{"String": {"sval": type_name}}]
    return {"TypeCast": {"arg": tree, "typeName": {"names": names, "typemod": -1}}}


def statement_names(tokens: Tokens, first: int, last: int) -> frozenset[str]:
    """All words and quoted names between two tokens, and what plain literals say."""
    found = set(tokens.words[first:last])
    if QUOTED in found or STRING in found:
        for index in range(first, last):
            word = tokens.words[index]
            if word == QUOTED:
                found.add(tokens.name(index) or "")
            elif word == STRING:
                found.add(tokens.literal(index) or "")
    return frozenset(found)


_CATALOG: Final = re.compile(r"(?:pg_|information_schema\Z|to_reg|reg[a-z]+\Z)")
# Columns that say where or what a thing is, not which: its name is what a statement has to mention.
_NOT_WHICH: Final = re.compile(r"schema|nsp|type\Z|kind|catalog|database|namespace|nullable")
_BETWEEN: Final = frozenset({"=", "(", ",", "in", "any", "array", "[", ")", "::", "lower", STRING})


def query_value(tree: Json, tokens: Tokens, first: int, last: int, used: dict[str, Value]) -> Value:
    """The value that the expression or query between two tokens gives."""
    words = tokens.words[first:last]
    size = len(words) + sum(value.size * words.count(name) for name, value in used.items())
    depends: set[str] = set()
    for value in used.values():
        depends |= value.depends or set()
    if "from" not in words and "(" not in words and "::" not in words:
        queried = any(value.depends is not None for value in used.values())
        catalog = all(value.catalog or value.depends is None for value in used.values())
        return Value(tree, frozenset(depends) if queried else None, catalog, size)
    catalog = any(_CATALOG.match(word) for word in words)
    which = _named(tokens, first, last) if catalog else set()
    depends |= which or statement_names(tokens, first, last)
    return Value(tree, frozenset(depends), catalog, size)


def _named(tokens: Tokens, first: int, last: int) -> set[str]:
    """The names that a query about the catalog asks for."""
    found = set()
    asked = tokens.words[first - 1]  # what the next literal is compared with
    for index in range(first, last):
        text = tokens.literal(index)
        if text is not None and not _NOT_WHICH.search(asked):
            found.add(text.rpartition(".")[2].strip('"'))
        if index == first or tokens.words[index] not in _BETWEEN:
            asked = tokens.words[index]
    return found


def substitute(tree: Any, values: dict[str, Value]) -> Any:
    """A copy of the tree with the values in place of the variables; what has none is shared."""
    if not values:
        return tree
    if tree.__class__ is list:
        items = [substitute(item, values) for item in tree]
        return items if any(a is not b for a, b in zip(items, tree, strict=True)) else tree
    if tree.__class__ is not dict:
        return tree
    name = _variable(tree)
    if name is not None:
        value = values.get(name)
        return tree if value is None else value.tree
    changed = None
    for key, item in tree.items():
        if item.__class__ is dict or item.__class__ is list:
            other = substitute(item, values)
            if other is not item:
                changed = changed or dict(tree)
                changed[key] = other
    return tree if changed is None else changed


def _variable(tree: Json) -> str | None:
    """What an expression names that may be a variable: `v`, `label.v`, `$1`; `None`: it is another."""
    reference = tree.get("ColumnRef")
    if reference is not None:
        parts = [each["String"]["sval"] for each in reference["fields"] if "String" in each]
        return ".".join(parts) if len(parts) == len(reference["fields"]) < 3 else ""
    place = tree.get("ParamRef")
    return f"${place.get('number', 0)}" if place is not None else None


# -- names -----------------------------------------------------------------------------------------


def _bare(words: tuple[str, ...]) -> Iterator[str]:
    """The words of a type, without what is declared besides and without the numbers behind it."""
    inside = False
    for word in words:
        inside = (inside or word == "(") and word != ")"
        if word == "not":
            break
        if not inside and word not in {"constant", ")"}:
            yield word


#: How types are written that most variables are of, and what they are called in the catalog.
_TYPES: Final = {
    "int": "int4",
    "integer": "int4",
    "int4": "int4",
    "bigint": "int8",
    "int8": "int8",
    "smallint": "int2",
    "int2": "int2",
    "text": "text",
    "varchar": "varchar",
    "character varying": "varchar",
    "real": "float4",
    "double precision": "float8",
    "boolean": "bool",
    "bool": "bool",
    "numeric": "numeric",
    "decimal": "numeric",
    "uuid": "uuid",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp without time zone": "timestamp",
    "timestamptz": "timestamptz",
    "timestamp with time zone": "timestamptz",
    "json": "json",
    "jsonb": "jsonb",
}


class Given(NamedTuple):
    """What a routine is called with: its name, and for each of its parameters the name (empty: it has none),
    the type, and the value where that is constant."""

    label: str
    parameters: tuple[tuple[str, str, Json | None], ...] = ()

    def values(self) -> Iterator[tuple[str, Value]]:
        """The parameters whose value is known, by all that they are called in the body."""
        for place, (name, _, tree) in enumerate(self.parameters, start=1):
            if tree is None:
                continue
            value = Value(tree)
            yield f"${place}", value
            if name:
                yield name, value
                yield f"{self.label}.{name}", value


NOTHING_GIVEN: Final = Given("")


class Declared:
    """What is declared at a place, in its block and in those around it: variables, and labels of blocks and
    loops.

    What an SQL statement calls by such a name may be the variable: PL/pgSQL is asked where the query has no
    column of that name, and where it has one (`plpgsql_post_column_ref`, src/pl/plpgsql/src/pl_comp.c).

    `conflict` says what a name is that is a column's and a variable's (`#variable_conflict`).
    """

    __slots__ = ("_labels", "_outer", "_types", "conflict")

    def __init__(self, outer: Declared | None = None, label: str | None = None) -> None:
        self._outer = outer
        self._types: dict[str, str] = {}
        self._labels = frozenset([label] if label is not None else ())
        self.conflict: str = outer.conflict if outer is not None else "error"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Declared) and (
            (self._types, self._labels, self.conflict, self._outer)
            == (other._types, other._labels, other.conflict, other._outer)
        )

    def __hash__(self) -> int:
        return hash(self._labels)

    @property
    def clash(self) -> bool:
        """Whether it is an error (42702) that a name is a column's and a variable's."""
        return self.conflict == "error"

    @property
    def come_first(self) -> bool:
        """Whether a variable hides a column of its name."""
        return self.conflict == "use_variable"

    def add(self, name: str, words: tuple[str, ...] = ()) -> None:
        """Declare a variable; `words` are those of its declaration behind its name."""
        written = words[0] if len(words) == 1 else " ".join(_bare(words))
        self._types[name] = _TYPES.get(written, "")

    def type_of(self, name: str) -> str | None:
        """The type of a variable, as the catalog calls it (empty: it is not known); `None`: there is no such
        variable."""
        level: Declared | None = self
        while level is not None:
            if name in level._types:
                return level._types[name]
            level = level._outer
        return None

    def knows(self, name: str) -> bool:
        """Whether a dotted name that begins so may be a variable's."""
        level: Declared | None = self
        while level is not None:
            if name in level._types or name in level._labels:
                return True
            level = level._outer
        return False
