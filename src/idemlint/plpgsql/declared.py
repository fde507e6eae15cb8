"""Names that a body gives a meaning to: its variables, and the labels of its blocks and loops.

What an SQL statement of a body calls by such a name may be the variable: PL/pgSQL is asked where the query
has no column of that name, and again where it has one (`plpgsql_post_column_ref`, src/pl/plpgsql/src/pl_comp.c).
"""

from __future__ import annotations

from typing import Final

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
    "boolean": "bool",
    "bool": "bool",
    "numeric": "numeric",
    "decimal": "numeric",
    "uuid": "uuid",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "json": "json",
    "jsonb": "jsonb",
}


class Declared:
    """What is declared at a place: in its block, and in those around it.

    `conflict` says what a name is that is a column's and a variable's (`#variable_conflict`).
    """

    __slots__ = ("_labels", "_outer", "_types", "conflict")

    def __init__(self, outer: Declared | None = None, label: str | None = None) -> None:
        self._outer = outer
        self._types: dict[str, str] = {}
        self._labels = frozenset([label] if label is not None else ())
        self.conflict = outer.conflict if outer is not None else "error"

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
        """Declare a variable; `words` are those of its type."""
        self._types[name] = _TYPES.get(words[0], "") if len(words) == 1 else ""

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
