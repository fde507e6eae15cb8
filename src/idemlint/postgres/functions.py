"""What calling a function comes to when it is called again.

PostgreSQL's own functions are known by name (`pg_proc.provolatile`, PostgreSQL 18: `pure_functions.txt`
holds the ones that are immutable or stable in all their forms). Those of extensions are data of their own
(`extension_functions`), since a folder may have made them; of any other function nothing is known.
"""

from __future__ import annotations

import os
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


class Call(Enum):
    """What calling it again comes to."""

    PURE = "pure"
    CLOCK = "clock"
    VOLATILE = "volatile"
    HARMLESS = "harmless"
    REPEATS = "repeats"
    FAILS = "fails"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__


#: Stable within a transaction, another value in the next.
_CLOCK: Final = frozenset(
    {
        "now",
        "transaction_timestamp",
        "statement_timestamp",
        "clock_timestamp",
        "timeofday",
        "txid_current",
        "pg_current_xact_id",
        "current_timestamp",
    }
)

#: Another value at every call.
_VOLATILE: Final = frozenset(
    {
        "random",
        "random_normal",
        "gen_random_uuid",
        "gen_random_bytes",
        "gen_salt",
        "pgp_sym_encrypt",
        "pgp_sym_encrypt_bytea",
        "pgp_pub_encrypt",
        "pgp_pub_encrypt_bytea",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "array_shuffle",
        "array_sample",
        "gen_ulid",
        "generate_ulid",
        "nanoid",
        "cuid",
    }
)

#: Volatile by declaration, but a second call leaves the database as it was.
_HARMLESS: Final = frozenset(
    {
        "currval",
        "lastval",
        "set_config",
        "setseed",
        "setval",
        "lo_get",
        "lo_put",
        "lo_open",
        "lo_close",
        "loread",
        "current_query",
        "txid_status",
        "pg_notify",
        "pg_reload_conf",
        "pg_rotate_logfile",
        "pg_switch_wal",
        "pg_create_restore_point",
        "pg_logical_emit_message",
        "pg_log_backend_memory_contexts",
        "pg_cancel_backend",
        "pg_terminate_backend",
        "pg_relation_size",
        "pg_table_size",
        "pg_indexes_size",
        "pg_total_relation_size",
        "pg_database_size",
        "pg_is_in_recovery",
        "pg_export_snapshot",
        "pg_nextoid",
        "plainto_tsquery",
        "crypt",
        "digest",
        "hmac",
        "similarity",
        "word_similarity",
        "show_trgm",
        "unaccent",
        "uuid_generate_v5",
        "uuid_generate_v3",
        "uuid_nil",
        "uuid_ns_dns",
        "uuid_ns_url",
    }
)
_HARMLESS_PREFIXES: Final = ("pg_advisory_", "pg_try_advisory_", "pg_stat_", "pg_sleep", "pg_get_")

#: Function → what it does once more.
REPEATS: Final[dict[str, str]] = {
    "nextval": "moves a sequence on",
    "lo_creat": "makes one more large object",
    "lo_import": "makes one more large object",
}

#: Function → SQLSTATE of the second call with the same arguments (`tests/postgres/data`).
FAILS: Final[dict[str, str]] = {
    "lo_create": "23505",
    "lo_from_bytea": "23505",
    "lo_unlink": "42704",
    "pg_create_physical_replication_slot": "42710",
    "pg_create_logical_replication_slot": "42710",
    "pg_drop_replication_slot": "42704",
    "pg_replication_origin_create": "23505",
    "pg_replication_origin_drop": "42704",
}


@cache
def _pure() -> frozenset[str]:
    return frozenset(facts_in("pure_functions.txt").split())


@cache
def aggregates() -> frozenset[str]:
    """PostgreSQL's aggregates (`pg_proc.prokind`, PostgreSQL 18: `aggregates.txt`)."""
    return frozenset(facts_in("aggregates.txt").split())


def facts_in(name: str) -> str:
    """The text of a file of facts that lies beside this one."""
    path = os.path.join(os.path.dirname(__file__), name)  # noqa: PTH118, PTH120
    with open(path, encoding="ascii") as file:  # noqa: PTH123
        return file.read()


def call(name: Sequence[str]) -> Call:
    """What calling a function (its dotted name) a second time comes to."""
    last = name[-1]
    if len(name) > 1 and name[-2] not in {"pg_catalog", "extensions", "public"}:
        return Call.UNKNOWN
    if last in _CLOCK:
        return Call.CLOCK
    if last in _VOLATILE:
        return Call.VOLATILE
    if last in REPEATS:
        return Call.REPEATS
    if last in FAILS:
        return Call.FAILS
    if last in _HARMLESS or last.startswith(_HARMLESS_PREFIXES):
        return Call.HARMLESS
    return Call.PURE if last in _pure() else Call.UNKNOWN
