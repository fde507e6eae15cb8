"""Statements → effects, found by the statement's node name.

A new form of statement is a row in this table and a function (or a row) in the module of its family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.effects import (
    alter_objects,
    alter_table,
    create_objects,
    create_types,
    dml,
    drop_rename,
    indexes,
    session_commands,
    tables,
)
from idemlint.replay.effects.vocabulary import Effect, Opaque

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
    "CreateSchemaStmt": create_objects.create_schema,
    "CreateExtensionStmt": create_objects.create_extension,
    "CreateSeqStmt": create_objects.create_sequence,
    "AlterSeqStmt": alter_objects.alter_sequence,
    "ViewStmt": create_objects.create_view,
    "CreateEnumStmt": create_types.create_enum,
    "CreateRangeStmt": create_types.create_range,
    "CompositeTypeStmt": create_types.create_composite,
    "CreateDomainStmt": create_types.create_domain,
    "AlterDomainStmt": alter_objects.alter_domain,
    "AlterEnumStmt": alter_objects.alter_enum,
    "CreateFunctionStmt": create_types.create_function,
    "DefineStmt": create_types.define,
    "RuleStmt": create_objects.create_rule,
    "CreatePolicyStmt": create_objects.create_policy,
    "AlterPolicyStmt": alter_objects.alter_policy,
    "CreateEventTrigStmt": create_objects.create_event_trigger,
    "AlterEventTrigStmt": alter_objects.alter_event_trigger,
    "CreateRoleStmt": create_objects.create_role,
    "AlterRoleStmt": alter_objects.alter_role,
    "AlterRoleSetStmt": alter_objects.alter_role,
    "DropRoleStmt": create_objects.drop_role,
    "CreateCastStmt": create_types.create_cast,
    "CreateTransformStmt": create_types.create_transform,
    "CreateOpClassStmt": create_types.create_operator_class,
    "CreateOpFamilyStmt": create_types.create_operator_family,
    "AlterOpFamilyStmt": alter_objects.alter_operator_family,
    "CreatePLangStmt": create_types.create_language,
    "CreateConversionStmt": create_types.create_conversion,
    "CreateAmStmt": create_objects.create_access_method,
    "CreateFdwStmt": create_objects.create_wrapper,
    "AlterFdwStmt": alter_objects.alter_wrapper,
    "CreateForeignServerStmt": create_objects.create_server,
    "AlterForeignServerStmt": alter_objects.alter_server,
    "CreateUserMappingStmt": create_objects.create_user_mapping,
    "AlterUserMappingStmt": alter_objects.alter_user_mapping,
    "DropUserMappingStmt": create_objects.drop_user_mapping,
    "ImportForeignSchemaStmt": create_objects.import_foreign_schema,
    "CreatePublicationStmt": create_objects.create_publication,
    "AlterPublicationStmt": alter_objects.alter_publication,
    "CreateSubscriptionStmt": create_objects.create_subscription,
    "AlterSubscriptionStmt": alter_objects.alter_subscription,
    "DropSubscriptionStmt": create_objects.drop_named(
        Space.SUBSCRIPTION, "subname", Kind.SUBSCRIPTION
    ),
    "CreatedbStmt": create_objects.create_database,
    "DropdbStmt": create_objects.drop_named(Space.DATABASE, "dbname", Kind.DATABASE),
    "CreateTableSpaceStmt": create_objects.create_tablespace,
    "DropTableSpaceStmt": create_objects.drop_named(
        Space.TABLESPACE, "tablespacename", Kind.TABLESPACE
    ),
    "AlterExtensionContentsStmt": alter_objects.alter_extension_contents,
    "AlterExtensionStmt": alter_objects.alter_extension,
    "AlterTSConfigurationStmt": alter_objects.alter_text_search,
    "AlterFunctionStmt": alter_objects.alter_function,
    "AlterOwnerStmt": alter_objects.owner,
    "CommentStmt": alter_objects.comment,
    "GrantStmt": alter_objects.grant,
    "GrantRoleStmt": alter_objects.grant_role,
    "DropOwnedStmt": alter_objects.role_owned,
    "ReassignOwnedStmt": alter_objects.role_owned,
    "DropStmt": drop_rename.drop,
    "AlterObjectSchemaStmt": drop_rename.set_schema,
    "SelectStmt": dml.select,
    "InsertStmt": dml.insert,
    "UpdateStmt": dml.update,
    "DeleteStmt": dml.delete,
    "MergeStmt": dml.merge,
    "TruncateStmt": dml.truncate,
    "CopyStmt": dml.copy,
    "RefreshMatViewStmt": dml.refresh,
    "LockStmt": dml.lock,
    "ExplainStmt": dml.explain,
    "CallStmt": dml.call,
    "VariableSetStmt": session_commands.variable_set,
    "TransactionStmt": session_commands.transaction,
    "ExecuteStmt": session_commands.execute,
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
    "RenameStmt": drop_rename.rename,
    "CreateTrigStmt": create_objects.create_trigger,
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
