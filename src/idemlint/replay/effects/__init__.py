"""Statements → effects, found by the statement's node name.

A new form of statement is a row in this table and a function (or a row) in the module of its family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects import (
    alter_table,
    alters,
    indexes,
    names,
    objects,
    rows,
    session,
    tables,
)
from idemlint.replay.effects.model import Effect, Opaque
from idemlint.replay.names import Kind, Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.source.tree import Tree


def _nothing(stmt: Tree) -> list[Effect]:
    return []


_MODELS: Final[dict[str, Callable[[Tree], list[Effect]]]] = {
    "CreateStmt": tables.create_table,
    "CreateForeignTableStmt": tables.create_foreign_table,
    "CreateTableAsStmt": tables.create_table_as,
    "AlterTableStmt": alter_table.alter_table,
    "IndexStmt": indexes.create_index,
    "ReindexStmt": indexes.reindex,
    "ClusterStmt": indexes.cluster,
    "CreateStatsStmt": indexes.create_statistics,
    "CreateSchemaStmt": objects.create_schema,
    "CreateExtensionStmt": objects.create_extension,
    "CreateSeqStmt": objects.create_sequence,
    "AlterSeqStmt": alters.alter_sequence,
    "ViewStmt": objects.create_view,
    "CreateEnumStmt": objects.create_enum,
    "CreateRangeStmt": objects.create_range,
    "CompositeTypeStmt": objects.create_composite,
    "CreateDomainStmt": objects.create_domain,
    "AlterDomainStmt": alters.alter_domain,
    "AlterEnumStmt": alters.alter_enum,
    "CreateFunctionStmt": objects.create_function,
    "DefineStmt": objects.define,
    "RuleStmt": objects.create_rule,
    "CreatePolicyStmt": objects.create_policy,
    "AlterPolicyStmt": alters.alter_policy,
    "CreateEventTrigStmt": objects.create_event_trigger,
    "AlterEventTrigStmt": alters.alter_event_trigger,
    "CreateRoleStmt": objects.create_role,
    "AlterRoleStmt": alters.alter_role,
    "AlterRoleSetStmt": alters.alter_role,
    "DropRoleStmt": objects.drop_role,
    "CreateCastStmt": objects.create_cast,
    "CreateTransformStmt": objects.create_transform,
    "CreateOpClassStmt": objects.create_operator_class,
    "CreateOpFamilyStmt": objects.create_operator_family,
    "AlterOpFamilyStmt": alters.alter_operator_family,
    "CreatePLangStmt": objects.create_language,
    "CreateConversionStmt": objects.create_conversion,
    "CreateAmStmt": objects.create_access_method,
    "CreateFdwStmt": objects.create_wrapper,
    "AlterFdwStmt": alters.alter_wrapper,
    "CreateForeignServerStmt": objects.create_server,
    "AlterForeignServerStmt": alters.alter_server,
    "CreateUserMappingStmt": objects.create_user_mapping,
    "AlterUserMappingStmt": alters.alter_user_mapping,
    "DropUserMappingStmt": objects.drop_user_mapping,
    "ImportForeignSchemaStmt": objects.import_foreign_schema,
    "CreatePublicationStmt": objects.create_publication,
    "AlterPublicationStmt": alters.alter_publication,
    "CreateSubscriptionStmt": objects.create_subscription,
    "AlterSubscriptionStmt": alters.alter_subscription,
    "DropSubscriptionStmt": objects.drop_named(Space.SUBSCRIPTION, "subname", Kind.SUBSCRIPTION),
    "CreatedbStmt": objects.create_database,
    "DropdbStmt": objects.drop_named(Space.DATABASE, "dbname", Kind.DATABASE),
    "CreateTableSpaceStmt": objects.create_tablespace,
    "DropTableSpaceStmt": objects.drop_named(Space.TABLESPACE, "tablespacename", Kind.TABLESPACE),
    "AlterExtensionContentsStmt": alters.alter_extension_contents,
    "AlterExtensionStmt": alters.alter_extension,
    "AlterTSConfigurationStmt": alters.alter_text_search,
    "AlterFunctionStmt": alters.alter_function,
    "AlterOwnerStmt": alters.owner,
    "CommentStmt": alters.comment,
    "GrantStmt": alters.grant,
    "GrantRoleStmt": alters.grant_role,
    "DropOwnedStmt": alters.role_owned,
    "ReassignOwnedStmt": alters.role_owned,
    "DropStmt": names.drop,
    "AlterObjectSchemaStmt": names.set_schema,
    "SelectStmt": rows.select,
    "InsertStmt": rows.insert,
    "UpdateStmt": rows.update,
    "DeleteStmt": rows.delete,
    "MergeStmt": rows.merge,
    "TruncateStmt": rows.truncate,
    "CopyStmt": rows.copy,
    "RefreshMatViewStmt": rows.refresh,
    "LockStmt": rows.lock,
    "ExplainStmt": rows.explain,
    "CallStmt": rows.call,
    "VariableSetStmt": session.variable_set,
    "TransactionStmt": session.transaction,
    "ExecuteStmt": session.execute,
    # They set a value, or something that ends with the session.
    **dict.fromkeys(
        (
            "AlterCollationStmt",
            "AlterDatabaseRefreshCollStmt",
            "AlterDatabaseSetStmt",
            "AlterDatabaseStmt",
            "AlterDefaultPrivilegesStmt",
            "AlterObjectDependsStmt",
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
            "DiscardStmt",
            "FetchStmt",
            "ListenStmt",
            "LoadStmt",
            "NotifyStmt",
            "PrepareStmt",
            "SecLabelStmt",
            "UnlistenStmt",
            "VacuumStmt",
            "VariableShowStmt",
        ),
        _nothing,
    ),
}


#: Statements whose SQLSTATE depends on the server's version.
_VERSIONED: Final[dict[str, Callable[[Tree, int], list[Effect]]]] = {
    "RenameStmt": names.rename,
    "CreateTrigStmt": objects.create_trigger,
}


def effects_of(tree: Tree, postgres_version: int) -> tuple[Effect, ...]:
    """The effects of one statement; a kind without a model is `Opaque`, never nothing."""
    versioned = _VERSIONED.get(tree.kind)
    if versioned is not None:
        return tuple(versioned(tree, postgres_version))
    model = _MODELS.get(tree.kind)
    if model is None:
        return (Opaque(f"idemlint has no model of {tree.kind} yet"),)
    return tuple(model(tree))
