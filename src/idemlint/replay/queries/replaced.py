"""CREATE OR REPLACE VIEW: columns may be added behind those that are there, and nothing else
(`checkViewColumns`, src/backend/commands/view.c)."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.queries.columns import Output, bare_type, columns_of

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.queries.columns import QueryDefinition

#: Types that are written so where a column is made, and what it has then.
_MADE: Final = {"serial": "int4", "bigserial": "int8", "smallserial": "int2"}
_MADE.update({"serial2": "int2", "serial4": "int4", "serial8": "int8"})


def other_columns(catalog: Catalog, view: Slot, definition: QueryDefinition) -> str | None:
    """Why PostgreSQL refuses (42P16) to give a view other columns, in words; `None`: it does not, or what
    the view has cannot be told. Types count where both are known."""
    now = [Output(*each) for each in definition.types.items()]
    for old, new in zip_longest(columns_of(catalog, view) or (), now):
        if old is None:
            return None
        if new is None:
            return f"it has a column {old.name}, which OR REPLACE cannot take away"
        if old.name != new.name:
            return f"its column {old.name} would be called {new.name}"
        types = _made(old.type), _made(new.type)
        if types[0] != types[1] and BUILTIN.issuperset(map(bare_type, types)):
            return f"its column {old.name} is of type {types[0]}, not {types[1]}"
    return None


def _made(name: str) -> str:
    """A type as a column has it, without brackets of an array: they may be more than they say."""
    return _MADE.get(name, name)
