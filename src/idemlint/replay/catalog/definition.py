"""What the catalog asks of a definition: what came with the statement that made an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Namespaces of what lives inside an object, that its definition speaks of.
INSIDE: Final = frozenset(
    {
        Space.COLUMN,
        Space.CONSTRAINT,
        Space.TRIGGER,
        Space.RULE,
        Space.POLICY,
        Space.ENUM_VALUE,
        Space.FACET,
    }
)


class Need(NamedTuple):
    """What a part of an object keeps from being dropped: a type, a table (and the key of `columns`).

    `by` is the part: a column or a constraint; empty: the object itself. With it, the need goes.
    `by_default`: it is the column's DEFAULT that needs it; `by_computing`: what computes the column does.
    """

    space: Space
    name: str
    schema: str | None
    by_space: Space
    by: str
    columns: tuple[str, ...] = ()
    by_default: bool = False
    by_computing: bool = False


_NONE: Final[frozenset[tuple[Space, str]]] = frozenset()


class Definition:
    """What a statement says of the object that it makes. This one says nothing."""

    __slots__ = ()

    #: Whether a table of this definition has columns or keys that it does not tell.
    open = True

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether something of that name came with the statement; `None`: it does not say."""
        return None

    def hangs_on(self, space: Space, name: str) -> tuple[tuple[Space, str], ...]:
        """What else inside the object something inside it goes with, the object itself apart."""
        return ()

    def names(self, space: Space) -> tuple[str, ...]:
        """What came with the statement, in its order."""
        return ()

    def needs(self) -> Iterable[Need]:
        """What its parts keep from being dropped."""
        return ()

    @property
    def needed_names(self) -> frozenset[tuple[Space, str]]:
        """The names of what they need."""
        needs = self.needs()
        return frozenset((need.space, need.name) for need in needs) if needs else _NONE


#: https://www.postgresql.org/docs/current/sql-createsequence.html
_OF_SEQUENCES: Final = frozenset({"last_value", "log_cnt", "is_called"})


class SequenceDefinition(Definition):
    """The raw options of a CREATE SEQUENCE, by name."""

    __slots__ = ("options",)

    def __init__(self, options: dict[str, object]) -> None:
        self.options = options

    def inside(self, space: Space, name: str) -> bool | None:
        """What every sequence has can be read as columns."""
        return space is Space.COLUMN and name in _OF_SEQUENCES


#: Bits of `CreateTrigStmt.events` and `.timing` (src/include/catalog/pg_trigger.h).
BEFORE, INSERT, UPDATE, TRUNCATE = 2, 4, 16, 32


class TriggerDefinition(NamedTuple):
    """When a trigger fires, and what: for each `row` or once, `columns` those of UPDATE OF."""

    events: int
    before: bool
    row: bool = False
    columns: tuple[str, ...] = ()
    function: str = ""

    def fires(self, event: int, columns: tuple[str, ...] | None = None, *, before: bool) -> bool:
        """Whether it fires for an event (`before`: before it) that sets some `columns`."""
        if not self.events & event or (before and not self.before):
            return False
        told = event == UPDATE and columns is not None and self.columns
        return not told or not set(self.columns).isdisjoint(columns or ())


class RoleDefinition(NamedTuple):
    """Whether a role may log in."""

    login: bool


def login_of(statement: dict[str, Any]) -> bool | None:
    """What the options of a CREATE ROLE or ALTER ROLE say of that; `None`: nothing."""
    for option in statement.get("options", ()):
        if option["DefElem"]["defname"] == "canlogin":
            return bool(option["DefElem"].get("arg", {}).get("Boolean", {}).get("boolval"))
    return None


#: What is known of a relation that comes with another: that nobody asked for it by name.
BY_PRODUCT: Final = Definition()
