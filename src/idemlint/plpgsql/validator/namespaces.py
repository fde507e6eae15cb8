"""The variables and labels of a body, level by level (`plpgsql_ns_lookup`, src/pl/plpgsql/src/pl_funcs.c)."""

from __future__ import annotations

from typing import Final, Literal

from idemlint.records import NamedTuple

#: A scalar, a record, or (empty) one of the two: its type is not known.
Sort = Literal["scalar", "record", ""]


class Variable(NamedTuple):
    """What a name stands for. `is_cursor` is `None` where its type is not known; `parameters` are those of a
    cursor with a query of its own (`None`: it has no query)."""

    sort: Sort
    is_constant: bool = False
    is_cursor: bool | None = False
    parameters: tuple[str, ...] | None = None


SCALAR: Final = Variable("scalar")
RECORD: Final = Variable("record")
UNKNOWN: Final = Variable("", is_cursor=None)
CONSTANT: Final = Variable("scalar", is_constant=True)


class Level:
    """A block, a loop, or what is around all of them, with its variables."""

    __slots__ = ("is_loop", "label", "variables")

    def __init__(self, label: str | None, *, is_loop: bool = False) -> None:
        self.label = label
        self.is_loop = is_loop
        self.variables: dict[str, Variable] = {}


class Namespace:
    """The levels around a place, the outermost first."""

    __slots__ = ("levels",)

    def __init__(self) -> None:
        self.levels: list[Level] = []

    @property
    def top(self) -> Level:
        """The innermost level."""
        return self.levels[-1]

    def find(self, parts: tuple[str, ...]) -> Variable | None:
        """The variable, or the field of one, that a name of up to three parts means."""
        first, *rest = parts
        for level in reversed(self.levels):
            found = level.variables.get(first)
            if found is not None and (not rest or found.sort != "scalar"):
                return _field(found, len(rest))
            if rest and level.label == first:
                found = level.variables.get(rest[0])
                if found is not None and (len(rest) == 1 or found.sort != "scalar"):
                    return _field(found, len(rest) - 1)
        return None

    def label(self, name: str) -> Level | None:
        """The innermost level of a label."""
        return next((each for each in reversed(self.levels) if each.label == name), None)

    @property
    def is_in_loop(self) -> bool:
        """Whether a loop is around."""
        return any(each.is_loop for each in self.levels)


def _field(variable: Variable, depth: int) -> Variable:
    if not depth:
        return variable
    return SCALAR if variable.sort == "record" else UNKNOWN
