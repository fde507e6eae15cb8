"""What a rerun changed for good: a change counts only where it is still there when the rerun ends."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.definition import BY_PRODUCT, Definition
from idemlint.replay.catalog.knowledge import is_internal
from idemlint.replay.catalog.slots import ABSENT, PG_TEMP, PRESENT, ROWS, UNKNOWN
from idemlint.replay.effects.vocabulary import Renames, Sets
from idemlint.replay.judge.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from idemlint.modes import Rerun
    from idemlint.plpgsql.nodes import Sql
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Change, Key, Mark, Slot
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.swapped import Swaps
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Candidate
    from idemlint.source.statement import Span

    #: What did something: the effect, and its place in a body.
    Cause = tuple[Effect | None, Span | None, Sql | None]

_HOLDS_ROWS: Final = frozenset({Kind.TABLE, Kind.FOREIGN_TABLE})
_OF_QUERIES: Final = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW})


def repeated(run: Pass, begun: Mark, mode: Rerun, ends: Sequence[int] = ()) -> dict[int, Outcome]:
    """What the rerun changed since it had `begun`, and that is still changed when it ends.

    `ends` are the numbers of the last statements of files, in order, where several run. The answer is by
    the number of the statement that changed it: of several changes by one that is the first; the others are
    `behind` it where that is wanted.
    """
    catalog, fresh = run.catalog, run.fresh
    found: dict[int, list[Outcome]] = {}

    def note(statement: int, reason: str, cause: Cause) -> None:
        effect, span, leaf = cause
        known = found.setdefault(statement, [])
        if not known or run.machine.foresees:
            known.append(Outcome(Verdict.REPEATS, mode, reason, None, effect, span, leaf))

    def blame(change: Change, reason: str) -> None:
        note(change.statement, reason, change.cause or (None, None, None))

    before: dict[Key, Slot | None] = {}
    changed_by: dict[Key, Change] = {}
    killed_by: dict[int, Change] = {}
    renamed_by: dict[Key, list[Change]] = {}
    for change in catalog.changes(begun):
        if change.key is None:
            killed_by[change.oid] = change
            continue
        before.setdefault(change.key, change.before)
        if (
            change.key not in changed_by
            or not change.cause
            or not isinstance(change.cause[0], Sets)
        ):
            # Who only sets a property of what is there has not made it.
            changed_by[change.key] = change
        if change.cause and isinstance(change.cause[0], Renames):
            renamed_by.setdefault(change.key, []).append(change)
    for each in run.candidates:
        if _lasts(run, each, before, begun):
            note(each.statement, each.reason, (each.effect, each.span, each.leaf))
    # Most reruns drop nothing; and what was rolled back has another place than before.
    remade = _remade(run, before, killed_by, begun) if killed_by and mode != "redo" else None
    for key, old in before.items():
        if key[1] >= fresh or catalog.is_dead(key[1]) or is_internal(key):
            continue
        if key[1] == PG_TEMP:
            # It ends with the session.
            continue
        if mode == "redo" and key[0] is Space.FACET:
            # What is made again is compared by its name.
            continue
        reason = _difference(run, key, old, begun)
        change = changed_by[key]
        if not reason and remade is not None:
            followed = ends if key not in renamed_by else ()
            reason = _made_otherwise(run, key, old, killed_by, followed, remade)
            if reason:
                # Who made it again is to blame next to who dropped it.
                blame(change, reason)
        if reason:
            if old is not None and old.oid in killed_by:
                change = killed_by[old.oid]
            blame(change, reason)
            new = catalog.slot(key)
            renames = change.cause and isinstance(change.cause[0], Renames)
            if renames or (new is not None and new.presence is ABSENT):
                # Who renamed what was there before is as much to blame.
                for change in renamed_by.get(key, ()):
                    blame(change, reason)
            table = remade.swaps.table_of(key, old) if remade is not None else None
            if table is not None:
                # It came to its table's name, or left it.
                for change in renamed_by.get(table, ()):
                    blame(change, reason)
    return {statement: _first(outcomes) for statement, outcomes in found.items()}


class _Remade(NamedTuple):
    """What was dropped and made again: columns that have another place, tables that took one's place."""

    moved: frozenset[Key]
    swaps: Swaps


def _remade(
    run: Pass, before: dict[Key, Slot | None], dropped: Container[int], begun: Mark
) -> _Remade:
    from idemlint.replay.judge import column_places
    from idemlint.replay.judge.swapped import Swaps

    moved = frozenset(column_places.moved(run.catalog, before, dropped, begun))
    return _Remade(moved, Swaps(run.catalog, before, begun))


def _made_otherwise(
    run: Pass,
    key: Key,
    old: Slot | None,
    killed_by: dict[int, Change],
    ends: Sequence[int],
    remade: _Remade,
) -> str:
    """How something that is there as before differs from what was dropped; empty where it does not."""
    if key[0] is Space.COLUMN:
        reason = _values_gone(run, key, old, killed_by, ends) if ends else ""
        if not reason and key in remade.moved:
            reason = f"column {key[2]} is dropped and made again: it stands behind the others"
        return reason
    new = run.catalog.slot(key)
    if old is not None and new is not None and new.oid != old.oid:
        reason = _other_columns(key, old, new)
        if reason:
            return reason
    return remade.swaps.otherwise(key, old)


def _first(outcomes: list[Outcome]) -> Outcome:
    """The first of a statement's outcomes, with the first one of each other place in it behind that."""
    if len(outcomes) == 1:
        return outcomes[0]
    places: dict[Span | None, Outcome] = {}
    for each in outcomes:
        places.setdefault(each.span, each)
    first, *behind = places.values()
    return first._replace(behind=tuple(behind))


class Point(NamedTuple):
    """Where a run is: what the catalog's history is, and how much was found besides."""

    mark: Mark
    found: tuple[int, ...]


def point(run: Pass) -> Point:
    """Where a run is now, to ask later whether it changed anything."""
    return Point(run.catalog.mark(), _found(run))


def _found(run: Pass) -> tuple[int, ...]:
    return len(run.candidates), len(run.restarted), len(run.copied)


def changed_since(run: Pass, since: Point) -> bool:
    """Whether anything is not what it was: what was taken back is none, nor what is unknown as before."""
    catalog = run.catalog
    if _found(run) != since.found:
        return True
    before: dict[Key, Slot | None] = {}
    for change in catalog.changes(since.mark):
        if change.key is None:
            return True
        before.setdefault(change.key, change.before)
    return any(_is_another(catalog, key, old) for key, old in before.items())


def _is_another(catalog: Catalog, key: Key, old: Slot | None) -> bool:
    new = catalog.recorded(key)
    if new is None:
        return old is not None
    if old is None:
        # Where all that an object has is known, an unknown name inside is news. Not of what no name leads to.
        holder = catalog.by_oid(key[1])
        inside = not key[1] or (holder is not None and holder.presence is PRESENT)
        return inside or new.presence is not UNKNOWN
    if new.presence is UNKNOWN and old.presence is UNKNOWN:
        return False
    return new != old._replace(maker=new.maker)


def _lasts(run: Pass, each: Candidate, before: dict[Key, Slot | None], begun: Mark) -> bool:
    if not each.oid:
        return True
    catalog = run.catalog
    table, key = catalog.by_oid(each.oid), catalog.key_of(each.oid)
    if table is None or table.presence is not PRESENT or catalog.is_dead(each.oid):
        return False
    if key is not None and key[1] == PG_TEMP:
        return False
    if each.of_new and not _is_one_more(run, each.oid, before, begun):
        return False
    facts = table_rows.rows_of(catalog, table)
    if each.gone is not None:
        known = before.get((Space.FACET, each.oid, ROWS))
        if known is None or not known.definition.rows.have(each.gone):
            # It came with the rerun itself, and went again.
            return False
        return not facts.rows.have(each.gone) or (each.oid, each.gone) in run.renewed
    return facts.epoch == each.epoch


def _is_one_more(run: Pass, oid: int, before: dict[Key, Slot | None], begun: Mark) -> bool:
    """Whether an object that the rerun made is in nobody's place, and stays."""
    key = run.catalog.key_of(oid)
    if key is None or key not in before or key[1] >= run.fresh:
        # In a schema that is made anew, all is in the place of what was in the old one.
        return False
    old, new = before[key], run.catalog.slot(key)
    return new is not None and new.presence is PRESENT and _makes_one_more(run, old, new, begun)


def _makes_one_more(run: Pass, old: Slot | None, new: Slot, begun: Mark) -> bool:
    there = old is not None and old.presence is PRESENT and run.catalog.alive(old, begun)
    unknown = old is not None and old.presence is UNKNOWN
    return not there and not unknown and new.maker > run.file_start


def _values_gone(
    run: Pass, key: Key, old: Slot | None, killed_by: dict[int, Change], ends: Sequence[int]
) -> str:
    """How a column has lost its values: one file drops it, and a later one made it again; empty where it has
    not. Where one file does both, its first run has done so already. What is computed is computed again."""
    new = run.catalog.slot(key)
    dropped = killed_by.get(old.oid) if old is not None else None
    if dropped is None or new is None or new.presence is not PRESENT:
        return ""
    if isinstance(new.definition, Column) and new.definition.computed is not None:
        return ""
    if bisect(ends, dropped.statement - 1) == bisect(ends, new.maker - 1):
        return ""
    return f"column {key[2]} is dropped and made again: its values are gone"


def _other_columns(key: Key, old: Slot, new: Slot) -> str:
    """What else a view gives that is made or replaced once more: `*` is other columns by then."""
    if new.kind not in _OF_QUERIES or not old.presence is new.presence is PRESENT:
        return ""
    if not (old.certain and new.certain):
        return ""
    definitions = old.definition, new.definition
    if not all(isinstance(each, Definition) for each in definitions):
        return ""
    had, has = (each.names(Space.COLUMN) for each in definitions)
    if not had or not has or had == has:
        return ""
    more = ", ".join(sorted(set(has) ^ set(had)))
    noun = new.kind.noun if new.kind is not None else ""
    return f"{noun} {key[2]} has other columns than after the first run: {more or 'their order'}"


def _difference(run: Pass, key: Key, old: Slot | None, begun: Mark) -> str:
    """How a name differs from what it was when the rerun began; empty where it does not."""
    catalog = run.catalog
    new = catalog.slot(key)
    if new is None or new.presence is UNKNOWN or new.definition is BY_PRODUCT:
        return ""
    noun = new.kind.noun if new.kind is not None else key[0].value
    there = old is not None and old.presence is PRESENT and catalog.alive(old, begun)
    if new.presence is PRESENT:
        if not there:
            one_more = _makes_one_more(run, old, new, begun)
            return f"it makes one more {noun}, {key[2]}" if one_more else ""
        assert old is not None
        if new.oid == old.oid:
            return _other_columns(key, old, new)
        if not catalog.is_dead(old.oid):
            # Two that were there both before: one took the other's name.
            swapped = new.oid < run.fresh and catalog.key_of(old.oid) is not None
            return f"{noun} {key[2]} is another one than after the first run" if swapped else ""
        if new.kind not in _HOLDS_ROWS or key[0] is not Space.RELATION:
            return ""
        if old.oid in run.copied:
            return ""
        return f"{noun} {key[2]} is dropped and made again: its rows are gone"
    if new.presence is ABSENT and there:
        return f"{noun} {key[2]} is there after the first run and gone after the rerun"
    return ""
