"""Routines that keep a list: a row of a table that migrations ask as well (`cron.job`, `vault.secrets`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.known_rows import Listed
from idemlint.replay.effects.vocabulary import Fails, Repeats

if TYPE_CHECKING:
    from idemlint.replay.effects.supplied.arguments import Arguments
    from idemlint.replay.effects.vocabulary import Effect


def _table(schema: str, name: str) -> Ref:
    return Ref(Space.RELATION, name, schema or None)


JOBS: Final = _table("cron", "job")
SECRETS: Final = _table("vault", "secrets")
SLOTS: Final = _table("pg_catalog", "pg_replication_slots")
ORIGINS: Final = _table("pg_catalog", "pg_replication_origin")
LARGE_OBJECTS: Final = _table("pg_catalog", "pg_largeobject_metadata")
#: Where a query runs one of these for the rows of its own list, it ends what it finds.
ENDING: Final = {
    "cron.unschedule": JOBS,
    "pg_drop_replication_slot": SLOTS,
    "pg_replication_origin_drop": ORIGINS,
    "lo_unlink": LARGE_OBJECTS,
}


def _kept(
    table: Ref, column: str, value: str, noun: str, *, there: bool, otherwise: str = ""
) -> list[Effect]:
    """A row is there from now on, or is not; `otherwise` is raised where it was so before."""
    state = "is there already" if there else "is not there"
    listed = Listed(table, frozenset({(column, value)}), there)
    return [Fails(otherwise, f"{noun} {value} {state}", listed=listed)]


def schedule(given: Arguments) -> list[Effect] | None:
    """`cron.schedule('nightly', …)` is an upsert by name and user; without a name each is a job of its own
    (`ScheduleCronJob`, pg_cron, src/job_metadata.c)."""
    place = 0 if given.count == 2 else 1
    told = {
        "schedule": given.text(place, "schedule"),
        "command": given.text(place + 1, "command"),
    }
    row = frozenset((column, value) for column, value in told.items() if value is not None)
    whole = len(row) == len(told)
    if place == 0:
        listed = Listed(JOBS, frozenset(), True, row, whole)
        return [Fails("", "", listed=listed), Repeats("makes one more job")]
    name = given.text(0, "job_name")
    key = frozenset({("jobname", name)}) if name else frozenset()
    return [Fails("", "", listed=Listed(JOBS, key, True, row, whole and bool(name)))]


def unschedule(given: Arguments) -> list[Effect] | None:
    """`cron.unschedule('nightly')`, by name or by number: an error without SQLSTATE where there is none
    (`cron_unschedule`, `cron_unschedule_named`, pg_cron, src/job_metadata.c)."""
    number = given.number(0, "job_id")
    if number is not None:
        return _kept(JOBS, "jobid", number, "job", there=False, otherwise="XX000")
    name = given.text(0, "job_name")
    if name:
        return _kept(JOBS, "jobname", name, "job", there=False, otherwise="XX000")
    # Of no job there is no number, and of NULL nothing is done.
    sought = given.looked_up(0, "job_id", JOBS)
    name = dict(sought or ()).get("jobname")
    return _kept(JOBS, "jobname", name, "job", there=False) if name else None


def create_secret(given: Arguments) -> list[Effect] | None:
    """`vault.create_secret('…', 'name')`: names are unique, where they are given (Supabase's vault,
    sql/supabase_vault--0.3.0.sql)."""
    if not given.has(1, "new_name"):
        return [Repeats("stores one more secret")]
    name = given.text(1, "new_name")
    return _kept(SECRETS, "name", name, "secret", there=True, otherwise="23505") if name else None


def create_parent(given: Arguments) -> list[Effect] | None:
    """`partman.create_parent('public.t', …)`: `part_config` has a key, and what it refuses is raised anew
    (pg_partman, sql/functions/create_parent.sql; asked of 4.7.2 and 5.1.0)."""
    table = given.text(0, "p_parent_table")
    config = _table(given.schema, "part_config")
    if not table:
        return None
    return _kept(
        config, "parent_table", table, "the partition set of", there=True, otherwise="P0001"
    )


def own_list(name: str, given: Arguments) -> list[Effect] | None:
    """PostgreSQL's own: large objects, replication slots and origins; `None`: which one cannot be told."""
    table, column, noun, there, sqlstate = _OWN[name]
    value = given.text(0, column)
    if value is None:
        return None
    if table is LARGE_OBJECTS and there and value in {"0", "-1"}:
        return [Repeats("makes one more large object")]
    return _kept(table, column, value, noun, there=there, otherwise=sqlstate)


#: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION, and
#: https://www.postgresql.org/docs/current/lo-funcs.html (SQLSTATEs: `tests/postgres/data`).
_OWN: Final[dict[str, tuple[Ref, str, str, bool, str]]] = {
    "lo_create": (LARGE_OBJECTS, "oid", "large object", True, "23505"),
    "lo_from_bytea": (LARGE_OBJECTS, "oid", "large object", True, "23505"),
    "lo_unlink": (LARGE_OBJECTS, "oid", "large object", False, "42704"),
    "pg_create_physical_replication_slot": (SLOTS, "slot_name", "replication slot", True, "42710"),
    "pg_create_logical_replication_slot": (SLOTS, "slot_name", "replication slot", True, "42710"),
    "pg_drop_replication_slot": (SLOTS, "slot_name", "replication slot", False, "42704"),
    "pg_replication_origin_create": (ORIGINS, "roname", "replication origin", True, "23505"),
    "pg_replication_origin_drop": (ORIGINS, "roname", "replication origin", False, "42704"),
}
