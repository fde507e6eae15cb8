"""Routines that make something of a table: a hypertable, a policy of it, a distributed table, a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.definition import INSERT, UPDATE, TriggerDefinition
from idemlint.replay.catalog.refs import facet, inside
from idemlint.replay.effects.vocabulary import SKIP, Command, Creates, Drops, Requires, Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.effects.supplied.arguments import Arguments
    from idemlint.replay.effects.vocabulary import Effect

    Deed = Callable[[Arguments], list[Effect] | None]


def _made(table: Ref, name: str, kind: Kind, *, guarded: bool | None) -> list[Effect] | None:
    """A property that a table gets once."""
    if guarded is None:
        return None
    ref = facet(name, table)
    return [
        Requires(table, True, "42P01", Kind.TABLE, Verb.USE),
        Requires(ref, False, SKIP if guarded else kind.duplicate, kind, Verb.CREATE),
        Creates(ref, kind),
    ]


def _ended(table: Ref, name: str, kind: Kind, *, guarded: bool | None) -> list[Effect] | None:
    """A property that a table has no more."""
    if guarded is None:
        return None
    ref = facet(name, table)
    return [
        Requires(table, True, "42P01", Kind.TABLE, Verb.USE),
        Requires(ref, True, SKIP if guarded else kind.undefined, kind, Verb.DROP),
        Drops(ref, kind),
    ]


def create_hypertable(given: Arguments) -> list[Effect] | None:
    """`create_hypertable('t', 'at')`, or with `by_range('at')`: TS110 the second time, unless
    `if_not_exists` (TimescaleDB, src/hypertable.c; the arguments: sql/ddl_api.sql)."""
    table = given.table(0, "relation")
    if table is None:
        return None
    place = 7 if given.text(1, "time_column_name") is not None else 3
    guarded = given.flag(place, "if_not_exists")
    return _made(table, "hypertable", Kind.HYPERTABLE, guarded=guarded)


def add_dimension(given: Arguments) -> list[Effect] | None:
    """`add_dimension('t', 'place', 4)`, or with `by_hash('place', 4)`: TS160 the second time, unless
    `if_not_exists` (TimescaleDB, src/dimension.c)."""
    table, column = given.table(0, "hypertable"), given.text(1, "column_name")
    if table is None or column is None:
        return [] if given.flag(2, "if_not_exists") else None
    guarded = given.flag(5, "if_not_exists")
    return _made(table, f"dimension:{column}", Kind.DIMENSION, guarded=guarded)


def adds_policy(name: str, place: int, argument: str = "relation") -> Deed:
    """A policy of a hypertable: 42710 the second time, unless `if_not_exists` (TimescaleDB,
    tsl/src/bgw_policy/retention_api.c, compression_api.c, reorder_api.c)."""

    def add(given: Arguments) -> list[Effect] | None:
        table = given.table(0, argument)
        guarded = given.flag(place, "if_not_exists")
        return None if table is None else _made(table, name, Kind.TABLE_POLICY, guarded=guarded)

    return add


def removes_policy(name: str, argument: str = "relation") -> Deed:
    """42704 the second time, unless `if_exists` (the same files)."""

    def remove(given: Arguments) -> list[Effect] | None:
        table = given.table(0, argument)
        guarded = given.flag(1, "if_exists")
        return None if table is None else _ended(table, name, Kind.TABLE_POLICY, guarded=guarded)

    return remove


def safe_where(place: int, argument: str, *, default: bool = False) -> Deed:
    """What does nothing where it is done already, if it is told so."""

    def deed(given: Arguments) -> list[Effect] | None:
        return [] if given.flag(place, argument, default=default) else None

    return deed


def create_distributed_table(given: Arguments) -> list[Effect] | None:
    """`create_distributed_table('t', 'c')`: 42P16 the second time (Citus,
    src/backend/distributed/commands/create_distributed_table.c)."""
    table = given.table(0, "table_name")
    if table is None:
        return None
    return _made(table, "distribution", Kind.DISTRIBUTION, guarded=False)


#: What supa_audit puts on a table, by the events of each.
_TRACKING: Final = {"audit_i_u_d": INSERT | UPDATE, "audit_t": 0}


def enable_tracking(given: Arguments) -> list[Effect] | None:
    """`audit.enable_tracking('t')` makes its triggers where they are missing (supa_audit, supa_audit.sql)."""
    table = given.table(0, "")
    if table is None:
        return None
    made = (
        Command(
            (
                Requires(trigger, False, SKIP, Kind.TRIGGER, Verb.CREATE),
                Creates(trigger, Kind.TRIGGER, TriggerDefinition(events, False)),
            )
        )
        for trigger, events in _triggers(table)
    )
    return [Requires(table, True, "42P01", Kind.TABLE, Verb.USE), *made]


def disable_tracking(given: Arguments) -> list[Effect] | None:
    """DROP TRIGGER IF EXISTS of both (the same file)."""
    table = given.table(0, "")
    if table is None:
        return None
    ended = (
        Command(
            (
                Requires(trigger, True, SKIP, Kind.TRIGGER, Verb.DROP),
                Drops(trigger, Kind.TRIGGER),
            )
        )
        for trigger, _ in _triggers(table)
    )
    return [Requires(table, True, "42P01", Kind.TABLE, Verb.USE), *ended]


def _triggers(table: Ref) -> list[tuple[Ref, int]]:
    return [(inside(Space.TRIGGER, name, table), events) for name, events in _TRACKING.items()]


#: Where the SRID may stand: behind the column, the table, and the schema and the catalog if they are given.
_SRIDS: Final = (2, 3, 4)


def add_geometry_column(given: Arguments) -> list[Effect] | None:
    """`AddGeometryColumn([schema,] 't', 'c', 4326, 'POINT', 2)` is an ADD COLUMN (PostGIS, postgis.sql)."""
    place = next((each for each in _SRIDS if given.number(each, "new_srid") is not None), 0)
    column = _column(given, place - 1) if place else None
    if column is None or column.parent is None:
        return None
    return [
        Requires(column.parent, True, "P0001", Kind.TABLE, Verb.ALTER),
        Requires(column, False, "42701", Kind.COLUMN, Verb.CREATE),
        Creates(column, Kind.COLUMN, Column(column.name, "geometry", False, None, False, False)),
    ]


def drop_geometry_column(given: Arguments) -> list[Effect] | None:
    """`DropGeometryColumn([schema,] 't', 'c')` looks for the column first (PostGIS, postgis.sql)."""
    column = _column(given, given.count - 1)
    if column is None:
        return None
    return [
        Requires(column, True, "P0001", Kind.COLUMN, Verb.DROP),
        Drops(column, Kind.COLUMN),
    ]


def drop_geometry_table(given: Arguments) -> list[Effect] | None:
    """`DropGeometryTable([schema,] 't')` is a DROP TABLE IF EXISTS (PostGIS, postgis.sql)."""
    column = _column(given, given.count)
    table = column.parent if column is not None else None
    if table is None:
        return None
    return [Requires(table, True, SKIP, Kind.TABLE, Verb.DROP), Drops(table, Kind.TABLE)]


def _column(given: Arguments, place: int) -> Ref | None:
    """The column whose name stands at a place, with the table before it."""
    table = given.text(place - 1, "table_name")
    schema = given.text(place - 2, "schema_name")
    name = given.text(place, "column_name") if place < given.count else ""
    if not table or name is None:
        return None
    return inside(Space.COLUMN, name, Ref(Space.RELATION, table, schema or None))
