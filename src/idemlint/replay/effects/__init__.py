"""Statements → effects, found by the statement's node name.

A new form of statement is a row in this table and a function (or a row) in the module of its family.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import Command, Effect, Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idemlint.source.tree import Tree


def _nothing(stmt: Tree) -> list[Effect]:
    return []


#: Module → statement → function. A module is imported when a file has a statement of its family: most
#: files have two or three.
_FAMILIES: Final = {
    "tables": {
        "CreateStmt": "create_table",
        "CreateForeignTableStmt": "create_foreign_table",
        "CreateTableAsStmt": "create_table_as",
    },
    "alter_table": {
        "AlterTableStmt": "alter_table",
    },
    "indexes": {
        "IndexStmt": "create_index",
        "ReindexStmt": "reindex",
        "VacuumStmt": "vacuum",
        "ClusterStmt": "cluster",
        "CreateStatsStmt": "create_statistics",
    },
    "create_objects": {
        "CreateTrigStmt": "create_trigger",
        "CreateSchemaStmt": "create_schema",
        "CreateExtensionStmt": "create_extension",
        "CreateSeqStmt": "create_sequence",
        "ViewStmt": "create_view",
        "RuleStmt": "create_rule",
        "CreatePolicyStmt": "create_policy",
        "CreateEventTrigStmt": "create_event_trigger",
        "CreateRoleStmt": "create_role",
        "DropRoleStmt": "drop_role",
        "CreateAmStmt": "create_access_method",
        "CreateFdwStmt": "create_wrapper",
        "CreateForeignServerStmt": "create_server",
        "CreateUserMappingStmt": "create_user_mapping",
        "DropUserMappingStmt": "drop_user_mapping",
        "ImportForeignSchemaStmt": "import_foreign_schema",
        "CreatePublicationStmt": "create_publication",
        "CreateSubscriptionStmt": "create_subscription",
        "DropSubscriptionStmt": "drop_subscription",
        "CreatedbStmt": "create_database",
        "DropdbStmt": "drop_database",
        "CreateTableSpaceStmt": "create_tablespace",
        "DropTableSpaceStmt": "drop_tablespace",
    },
    "access.privileges": {
        "AlterPolicyStmt": "alter_policy",
        "AlterRoleStmt": "alter_role",
        "AlterRoleSetStmt": "alter_role",
        "AlterOwnerStmt": "owner",
        "AlterDefaultPrivilegesStmt": "default_privileges",
        "GrantStmt": "grant",
        "GrantRoleStmt": "grant_role",
        "DropOwnedStmt": "role_owned",
        "ReassignOwnedStmt": "role_owned",
    },
    "alter_objects": {
        "AlterSeqStmt": "alter_sequence",
        "AlterDomainStmt": "alter_domain",
        "AlterEnumStmt": "alter_enum",
        "AlterEventTrigStmt": "alter_event_trigger",
        "AlterOpFamilyStmt": "alter_operator_family",
        "AlterFdwStmt": "alter_wrapper",
        "AlterForeignServerStmt": "alter_server",
        "AlterUserMappingStmt": "alter_user_mapping",
        "AlterPublicationStmt": "alter_publication",
        "AlterSubscriptionStmt": "alter_subscription",
        "AlterExtensionContentsStmt": "alter_extension_contents",
        "AlterExtensionStmt": "alter_extension",
        "AlterTSConfigurationStmt": "alter_text_search",
        "AlterFunctionStmt": "alter_function",
        "AlterObjectDependsStmt": "depends_on_extension",
        "SecLabelStmt": "security_label",
        "CommentStmt": "comment",
    },
    "create_types": {
        "CreateEnumStmt": "create_enum",
        "CreateRangeStmt": "create_range",
        "CompositeTypeStmt": "create_composite",
        "CreateDomainStmt": "create_domain",
        "CreateFunctionStmt": "create_function",
        "DefineStmt": "define",
        "CreateCastStmt": "create_cast",
        "CreateTransformStmt": "create_transform",
        "CreateOpClassStmt": "create_operator_class",
        "CreateOpFamilyStmt": "create_operator_family",
        "CreatePLangStmt": "create_language",
        "CreateConversionStmt": "create_conversion",
    },
    "drop_rename": {
        "RenameStmt": "rename",
        "DropStmt": "drop",
        "AlterObjectSchemaStmt": "set_schema",
    },
    "dml": {
        "SelectStmt": "select",
        "InsertStmt": "insert",
        "UpdateStmt": "update",
        "DeleteStmt": "delete",
        "MergeStmt": "merge",
        "TruncateStmt": "truncate",
        "CopyStmt": "copy",
        "ExplainStmt": "explain",
    },
    "session_commands": {
        "VariableSetStmt": "variable_set",
        "DiscardStmt": "discard",
        "TransactionStmt": "transaction",
        "ExecuteStmt": "execute",
        "RefreshMatViewStmt": "refresh",
        "LockStmt": "lock",
        "CallStmt": "call",
    },
}

#: They set a value, or something that ends with the session.
_WITHOUT_EFFECT: Final = frozenset(
    {
        "AlterCollationStmt",
        "AlterDatabaseRefreshCollStmt",
        "AlterDatabaseSetStmt",
        "AlterDatabaseStmt",
        "AlterOperatorStmt",
        "AlterStatsStmt",
        "AlterSystemStmt",
        "AlterTableMoveAllStmt",
        "AlterTableSpaceOptionsStmt",
        "AlterTSDictionaryStmt",
        "AlterTypeStmt",
        "CheckPointStmt",
        "ClosePortalStmt",
        "ConstraintsSetStmt",
        "DeallocateStmt",
        "DeclareCursorStmt",
        "FetchStmt",
        "ListenStmt",
        "LoadStmt",
        "NotifyStmt",
        "PrepareStmt",
        "UnlistenStmt",
        "VariableShowStmt",
    }
)

#: Statements whose SQLSTATE depends on the server's version: their functions are given it.
_VERSIONED: Final = frozenset(
    {"AlterTableStmt", "RenameStmt", "CreateTrigStmt", "CreateFunctionStmt"}
)

_FAMILY_OF: Final = {kind: family for family, functions in _FAMILIES.items() for kind in functions}


@cache
def _model(kind: str) -> Callable[..., list[Effect]] | None:
    """The function that tells what a statement does; `None`: there is none."""
    if kind in _WITHOUT_EFFECT:
        return _nothing
    family = _FAMILY_OF.get(kind)
    if family is None:
        return None
    module = import_module(f"{__name__}.{family}")
    found: Callable[..., list[Effect]] = getattr(module, _FAMILIES[family][kind])
    return found


def flat(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Effects in their order, those of the commands of an ALTER TABLE among them."""
    for effect in effects:
        if isinstance(effect, Command):
            yield from flat(effect.effects)
        else:
            yield effect


def effects_of(tree: Tree, postgres_version: int) -> tuple[Effect, ...]:
    """The effects of one statement; a kind without a model is `Opaque`, never nothing."""
    model = _model(tree.kind)
    if model is None:
        return (Opaque(f"idemlint has no model of {tree.kind} yet"),)
    return tuple(model(tree, postgres_version) if tree.kind in _VERSIONED else model(tree))
