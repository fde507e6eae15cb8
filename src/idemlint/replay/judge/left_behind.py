"""What a rollback leaves behind of what its migration made, and what it takes that was there before.

Objects only, and each by itself: what is in a table that stays goes without saying, and so does what went
with one that is gone. Not extensions, which others use as well, nor labels of an enum, which nobody can take
back, nor the order of columns, nor rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.postgres.kinds import Kind, Ref, Space, in_words
from idemlint.records import NamedTuple
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.slots import BUILTIN_SCHEMAS, PG_TEMP, PRESENT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Change, Key, Mark, Slot
    from idemlint.source.statement import Span

#: Namespaces of what is no object that anybody would roll back.
_NO_OBJECTS: Final = frozenset({Space.EXTENSION, Space.ENUM_VALUE, Space.FACET, Space.MEMBER})
_SCHEMAS: Final = {oid: name for name, oid in BUILTIN_SCHEMAS.items()}


class Leaving(NamedTuple):
    """An object that is there after a rollback and was not before (`leaves`), or the other way round
    (`loses`); `span` is its place in a body, where it has one there."""

    what: Literal["leaves", "loses"]
    kind: Kind
    ref: Ref
    span: Span | None = None

    def __str__(self) -> str:
        return in_words(self.kind, self.ref)


class Rollback(NamedTuple):
    """What rolling a file back comes to, besides outcomes: what it leaves and loses, by statement index.

    `is_empty`: there is no statement that does it; `lacks` says why nothing does at all. `undoes` is the file
    that this one rolls back, as that is shown, where it is there for that.
    """

    leavings: tuple[tuple[int, Leaving], ...] = ()
    is_empty: bool = False
    lacks: str = ""
    undoes: str = ""


class _History(NamedTuple):
    """What became of a name: what it was at first, and who made something of it or took it, in order."""

    first: Slot | None
    changes: list[Change]


def leavings(catalog: Catalog, begun: Mark, first: int, last: int) -> Iterator[tuple[int, Leaving]]:
    """What is another object now than it was at the mark `begun`, by the number of the statement that is to
    blame: who made it, or took it. Those from `first` + 1 to `last` were taken to succeed."""
    told = dict(_histories(catalog, begun, last))
    lost = {
        each.first.oid for key, each in told.items() if each.first and _is_lost(catalog, key, each)
    }
    for key, each in told.items():
        now = catalog.slot(key)
        if key[0] in _NO_OBJECTS or key[1] == PG_TEMP or now is None:
            continue
        if _is_left(each, now):
            if now.definition is BY_PRODUCT or _is_of_new(catalog, key, now, first):
                continue
            maker = next(
                (one for one in reversed(each.changes) if one.oid == now.oid), each.changes[-1]
            )
            yield maker.statement, _told("leaves", catalog, key, now, maker)
        elif each.first is not None and each.first.oid in lost:
            old = each.first
            if _is_of_new(catalog, key, old, first):
                continue
            if old.definition is BY_PRODUCT or not lost.isdisjoint((*old.owners, key[1])):
                continue
            taker = each.changes[-1]
            yield taker.statement, _told("loses", catalog, key, old, taker)


def _histories(catalog: Catalog, begun: Mark, last: int) -> Iterator[tuple[Key, _History]]:
    """Each name that something happened to. What a first run proves of how it was before, is how it was."""
    changes: dict[Key, list[Change]] = {}
    for change in catalog.changes(begun):
        if change.key is not None:
            changes.setdefault(change.key, []).append(change)
    for key, mine in changes.items():
        first = mine[0].before
        if first is not None and not catalog.alive(first, begun):
            first = None
        after = mine[1].before if len(mine) > 1 else catalog.recorded(key)
        is_shown = mine[0].statement <= last and mine[0].home in (None, key)
        if is_shown and after is not None and after.maker != mine[0].statement:
            if not _is_same(first, after):
                mine = mine[1:]
            first = after
        if first is not None and first.presence is UNKNOWN:
            first = None
        if mine:
            yield key, _History(first, mine)


def _is_same(one: Slot | None, other: Slot) -> bool:
    """Whether as much is known of a name."""
    return one is not None and one.presence is other.presence


def _was_there(each: _History) -> bool:
    return each.first is not None and each.first.presence is PRESENT


def _is_left(each: _History, now: Slot) -> bool:
    return not _was_there(each) and now.presence is PRESENT


def _is_lost(catalog: Catalog, key: Key, each: _History) -> bool:
    now = catalog.slot(key)
    gone = now is not None and now.presence not in (PRESENT, UNKNOWN)
    return gone and _was_there(each) and not catalog.is_dead(key[1])


def _is_of_new(catalog: Catalog, key: Key, slot: Slot, first: int) -> bool:
    """Whether it is in something, or hangs on something, that was made by a later statement than `first`: a
    column in its table, an index on it."""
    holders = (catalog.by_oid(oid) for oid in (key[1], *slot.owners))
    return any(holder is not None and holder.maker > first for holder in holders)


def _told(
    what: Literal["leaves", "loses"], catalog: Catalog, key: Key, slot: Slot, change: Change
) -> Leaving:
    span = change.cause[1] if change.cause else None
    return Leaving(what, slot.kind or _ANY[key[0]], ref_of(catalog, key), span)


#: What a thing of a namespace is called where nobody said of which kind it is.
_ANY: Final = {kind.space: kind for kind in reversed(Kind)}


def ref_of(catalog: Catalog, key: Key) -> Ref:
    """The name that stands under a key, with the schema where that is not `public`, and what holds it."""
    space, container, name = key
    bare, bracket, arguments = name.partition("(")
    signature = arguments.removesuffix(")") if bracket and space is Space.ROUTINE else None
    if signature is not None:
        name = bare
    if not container:
        return Ref(space, name)
    holder = catalog.key_of(container)
    if holder is not None and holder[0] is not Space.SCHEMA:
        return Ref(space, name, None, ref_of(catalog, holder), signature)
    schema = holder[2] if holder is not None else _SCHEMAS.get(container)
    return Ref(space, name, None if schema == "public" else schema, None, signature)
