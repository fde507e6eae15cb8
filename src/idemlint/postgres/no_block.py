"""Statements that refuse a transaction block (SQLSTATE 25001), and those that begin and end one.

The list is PostgreSQL's own: every caller of `PreventInTransactionBlock` (postgres/postgres:
src/backend/tcop/utility.c, commands/{tablecmds,subscriptioncmds,indexcmds,cluster,vacuum}.c,
access/transam/xact.c). What depends on the catalog (CLUSTER or REINDEX of a partitioned table, DROP
SUBSCRIPTION with a slot) is left out: only the certain ones are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree

Verb = Literal["begin", "end", "chain", "other"]

_VERBS: Final[dict[str, Verb]] = {
    "TRANS_STMT_BEGIN": "begin",
    "TRANS_STMT_START": "begin",
    "TRANS_STMT_COMMIT": "end",
    "TRANS_STMT_ROLLBACK": "end",
    "TRANS_STMT_PREPARE": "end",
}
_FALSE: Final = frozenset({"false", "off", "0", "no"})


def transaction_verb(statement: Statement) -> Verb | None:
    """What a transaction statement does to the block; None for every other statement."""
    if statement.kind != "TransactionStmt" or statement.tree is None:
        return None
    # `tree.kind` is the node's name: the field of that name is asked for in `fields`.
    verb = _VERBS.get(statement.tree.fields.get("kind", ""), "other")
    return "chain" if verb == "end" and statement.tree.chain else verb


def refuses_block(statement: Statement) -> bool:
    """Whether PostgreSQL is certain to refuse the statement inside a transaction block."""
    row = _REFUSES.get(statement.kind)
    return row is not None and statement.tree is not None and row[0](statement.tree)


def called(statement: Statement) -> str:
    """What people call a statement that refuses a transaction block."""
    _, words = _REFUSES[statement.kind]
    return f"{words} CONCURRENTLY" if words == "REINDEX" and concurrently(statement) else words


def concurrently(statement: Statement) -> bool:
    """CREATE, DROP or REINDEX INDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY."""
    check = _CONCURRENT.get(statement.kind)
    return check is not None and statement.tree is not None and check(statement.tree)


def _always(tree: Tree) -> bool:
    return True


def _flag(name: str) -> Callable[[Tree], bool]:
    return lambda tree: bool(tree.fields.get(name))


def _options(tree: Tree, field: str) -> dict[str, Any]:
    """The options of a `(a, b off)` list, as Python values; a bare option is True."""
    found: dict[str, Any] = {}
    for option in getattr(tree, field) or ():
        argument = option.arg
        value: Any = True
        if argument is not None:
            word = argument.sval if argument.kind == "String" else argument.boolval or argument.ival
            value = bool(word) and str(word).lower() not in _FALSE
        found[option.defname] = value
    return found


def _reindex(tree: Tree) -> bool:
    whole = tree.fields.get("kind") in (
        "REINDEX_OBJECT_SCHEMA",
        "REINDEX_OBJECT_SYSTEM",
        "REINDEX_OBJECT_DATABASE",
    )
    return whole or _reindex_concurrently(tree)


def _reindex_concurrently(tree: Tree) -> bool:
    return bool(_options(tree, "params").get("concurrently"))


def _detach(tree: Tree) -> bool:
    for each in tree.fields.get("cmds", ()):
        command = each["AlterTableCmd"]
        if command["subtype"] == "AT_DetachPartition" and command.get("def"):
            definition = command["def"]
            if definition.get("PartitionCmd", definition).get("concurrent"):
                return True
    return False


def _moves_database(tree: Tree) -> bool:
    return any(option.defname == "tablespace" for option in tree.options or ())


def _makes_slot(tree: Tree) -> bool:
    options = _options(tree, "options")
    return bool(options.get("create_slot", options.get("connect", True)))


def _refreshes(tree: Tree) -> bool:
    options = _options(tree, "options")
    if tree.fields.get("kind") == "ALTER_SUBSCRIPTION_REFRESH":
        return bool(options.get("copy_data", True))
    return False


#: By node: which of these statements are refused, and what people call those.
_REFUSES: Final[dict[str, tuple[Callable[[Tree], bool], str]]] = {
    "CreatedbStmt": (_always, "CREATE DATABASE"),
    "DropdbStmt": (_always, "DROP DATABASE"),
    "AlterDatabaseStmt": (_moves_database, "ALTER DATABASE … SET TABLESPACE"),
    "AlterSystemStmt": (_always, "ALTER SYSTEM"),
    "CreateTableSpaceStmt": (_always, "CREATE TABLESPACE"),
    "DropTableSpaceStmt": (_always, "DROP TABLESPACE"),
    "VacuumStmt": (_flag("is_vacuumcmd"), "VACUUM"),
    "ClusterStmt": (lambda tree: tree.relation is None, "CLUSTER"),
    "ReindexStmt": (_reindex, "REINDEX"),
    "IndexStmt": (_flag("concurrent"), "CREATE INDEX CONCURRENTLY"),
    "DropStmt": (_flag("concurrent"), "DROP INDEX CONCURRENTLY"),
    "AlterTableStmt": (_detach, "DETACH PARTITION CONCURRENTLY"),
    "CreateSubscriptionStmt": (_makes_slot, "CREATE SUBSCRIPTION"),
    "AlterSubscriptionStmt": (_refreshes, "ALTER SUBSCRIPTION … REFRESH PUBLICATION"),
    "DiscardStmt": (lambda tree: tree.target in (None, "DISCARD_ALL"), "DISCARD ALL"),
    "TransactionStmt": (
        lambda tree: (
            tree.fields.get("kind")
            in ("TRANS_STMT_COMMIT_PREPARED", "TRANS_STMT_ROLLBACK_PREPARED")
        ),
        "COMMIT PREPARED and ROLLBACK PREPARED",
    ),
}
_CONCURRENT: Final[dict[str, Callable[[Tree], bool]]] = {
    "IndexStmt": _flag("concurrent"),
    "DropStmt": _flag("concurrent"),
    "ReindexStmt": _reindex_concurrently,
    "AlterTableStmt": _detach,
}
