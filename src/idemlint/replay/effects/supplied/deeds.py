"""What calling a routine of an extension or a platform does, by its name: a table of facts.

A deed reads the arguments and gives effects, none where calling it again leaves all as it was; `None`: that
cannot be told. Names with a schema are those of extensions that have one of their own; the others are called
by their bare names, or with the schema that the extension was put into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.extension_functions import HOMES, value_of_call
from idemlint.postgres.functions import FAILS, Call
from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.refs import qualified
from idemlint.replay.effects.queries import call_of
from idemlint.replay.effects.supplied import list_deeds, table_deeds
from idemlint.replay.effects.supplied.arguments import Arguments
from idemlint.replay.effects.vocabulary import Calls, Command, Fails, Opaque, Repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.effects.supplied.table_deeds import Deed
    from idemlint.replay.effects.vocabulary import Effect


def _harmless(given: Arguments) -> list[Effect] | None:
    return []


def _repeats(what: str) -> Deed:
    return lambda given: [Repeats(what)]


_ONE_MORE_REQUEST: Final = _repeats("sends one more request")
_ONE_MORE_MESSAGE: Final = _repeats("sends one more message")

#: In a schema of their own.
_QUALIFIED: Final[dict[str, Deed]] = {
    # https://github.com/citusdata/pg_cron, src/job_metadata.c
    "cron.schedule": list_deeds.schedule,
    "cron.schedule_in_database": list_deeds.schedule,
    "cron.unschedule": list_deeds.unschedule,
    "cron.alter_job": _harmless,
    # https://github.com/supabase/pg_net, sql/pg_net.sql: rows of a queue
    "net.http_get": _ONE_MORE_REQUEST,
    "net.http_post": _ONE_MORE_REQUEST,
    "net.http_delete": _ONE_MORE_REQUEST,
    # https://github.com/tembo-io/pgmq, pgmq-extension/sql/pgmq.sql: CREATE … IF NOT EXISTS throughout
    "pgmq.create": _harmless,
    "pgmq.create_non_partitioned": _harmless,
    "pgmq.create_unlogged": _harmless,
    "pgmq.purge_queue": _harmless,
    "pgmq.send": _ONE_MORE_MESSAGE,
    "pgmq.send_batch": _ONE_MORE_MESSAGE,
    # https://github.com/supabase/vault, sql/supabase_vault--0.3.0.sql
    "vault.create_secret": list_deeds.create_secret,
    "vault.update_secret": _harmless,
    # https://github.com/supabase/supa_audit, supa_audit--0.3.1.sql
    "audit.enable_tracking": table_deeds.enable_tracking,
    "audit.disable_tracking": table_deeds.disable_tracking,
    # https://supabase.com/docs/guides/realtime/broadcast
    "realtime.send": _ONE_MORE_MESSAGE,
    "realtime.broadcast_changes": _ONE_MORE_MESSAGE,
}

#: Wherever their extension was put.
_BARE: Final[dict[str, Deed]] = {
    # https://github.com/timescale/timescaledb, sql/ddl_api.sql and sql/policy_api.sql
    "create_hypertable": table_deeds.create_hypertable,
    "add_dimension": table_deeds.add_dimension,
    "add_retention_policy": table_deeds.adds_policy("retention policy", 2),
    "add_compression_policy": table_deeds.adds_policy("columnstore policy", 2, "hypertable"),
    "add_columnstore_policy": table_deeds.adds_policy("columnstore policy", 2, "hypertable"),
    "add_reorder_policy": table_deeds.adds_policy("reorder policy", 2, "hypertable"),
    # Without the guard, which SQLSTATE it is depends on the version.
    "add_continuous_aggregate_policy": table_deeds.safe_where(4, "if_not_exists"),
    "remove_retention_policy": table_deeds.removes_policy("retention policy"),
    "remove_compression_policy": table_deeds.removes_policy("columnstore policy", "hypertable"),
    "remove_columnstore_policy": table_deeds.removes_policy("columnstore policy", "hypertable"),
    "remove_reorder_policy": table_deeds.removes_policy("reorder policy", "hypertable"),
    "remove_continuous_aggregate_policy": table_deeds.safe_where(2, "if_exists"),
    "enable_chunk_skipping": table_deeds.safe_where(2, "if_not_exists"),
    "disable_chunk_skipping": table_deeds.safe_where(2, "if_not_exists"),
    "attach_tablespace": table_deeds.safe_where(2, "if_not_attached"),
    "detach_tablespace": table_deeds.safe_where(2, "if_attached"),
    "set_chunk_time_interval": _harmless,
    "set_partitioning_interval": _harmless,
    "set_number_partitions": _harmless,
    "drop_chunks": _harmless,
    "refresh_continuous_aggregate": _harmless,
    # https://postgis.net/docs/reference.html#Management_Functions
    "addgeometrycolumn": table_deeds.add_geometry_column,
    "dropgeometrycolumn": table_deeds.drop_geometry_column,
    "dropgeometrytable": table_deeds.drop_geometry_table,
    "updategeometrysrid": _harmless,
    "populate_geometry_columns": _harmless,
    # https://github.com/citusdata/citus, src/backend/distributed/commands/create_distributed_table.c
    "create_distributed_table": table_deeds.create_distributed_table,
}

#: In whatever schema pg_partman was put (https://github.com/pgpartman/pg_partman, sql/functions).
_OF_PARTMAN: Final[dict[str, Deed]] = {
    "create_parent": list_deeds.create_parent,
    "run_maintenance": _harmless,
    "run_maintenance_proc": _harmless,
}


def supplied(
    name: Sequence[str], fields: dict[str, Any], *, noun: str = "", many: bool = False
) -> list[Effect]:
    """What a call of a routine does that is not PostgreSQL's: what is known of an extension's, as long as the
    folder makes none of that name."""
    reason = f"what {noun}{'.'.join(name)}() does cannot be seen"
    unseen = Opaque(reason, frozenset(), call_of(name, fields, many=many))
    deed = deed_of(name)
    schema = name[-2] if len(name) > 1 else ""
    if deed is not None:
        done = deed(Arguments(fields, schema))
    else:
        done = None if value_of_call(name) is Call.UNKNOWN else []
    if done is None:
        return [unseen]
    ref = qualified(Space.ROUTINE, list(name))
    return [Command((Calls(ref, unless=unseen), *done))]


def kept_list(name: Sequence[str], fields: dict[str, Any]) -> list[Effect]:
    """What a call of PostgreSQL's own does that fails the second time, unless its list says otherwise."""
    done = list_deeds.own_list(name[-1], Arguments(fields))
    return [Fails(FAILS[name[-1]], f"{name[-1]}() did it already")] if done is None else done


def deed_of(name: Sequence[str]) -> Deed | None:
    """What is known of a routine."""
    schema, bare = name[-2] if len(name) > 1 else "", name[-1]
    if schema and (found := _QUALIFIED.get(f"{schema}.{bare}")):
        return found
    if not schema or schema in HOMES:
        return _BARE.get(bare) or _OF_PARTMAN.get(bare)
    return _OF_PARTMAN.get(bare) if "partman" in schema else None
