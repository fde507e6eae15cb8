"""Settings, transactions, prepared statements, and other things that leave no object otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import qualified, relation
from idemlint.replay.effects.queries import constant
from idemlint.replay.effects.vocabulary import (
    Calls,
    Effect,
    EndsTemporary,
    Opaque,
    Requires,
    Sets,
    SetsPath,
    Transaction,
    Verb,
)
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from idemlint.source.tree import Tree


#: What of the session says whether the bodies of routines are looked at.
BODIES: Final = Ref(Space.FACET, "@bodies")


def variable_set(stmt: Tree) -> list[Effect]:
    """`SET`: only search_path matters to names."""
    kind = stmt.fields.get("kind")
    if kind == "VAR_RESET_ALL":
        return [SetsPath(None)]
    if stmt.name == "check_function_bodies":
        value = constant(stmt.args[0]) if stmt.args else None
        return [Sets(BODIES, "checked", value not in {"off", "false", "0", "no", "f"})]
    if stmt.name != "search_path":
        return []
    local = bool(stmt.is_local)
    if kind != "VAR_SET_VALUE":
        return [SetsPath(None, local)]
    names = [constant(argument) or "" for argument in stmt.args or ()]
    return [SetsPath(tuple(name for name in names if name and name != "$user"), local)]


def discard(stmt: Tree) -> list[Effect]:
    """`DISCARD`: ALL is, among others, RESET ALL and DISCARD TEMP."""
    target = stmt.fields.get("target", "DISCARD_ALL")
    if target == "DISCARD_ALL":
        return [EndsTemporary(), SetsPath(None)]
    return [EndsTemporary()] if target == "DISCARD_TEMP" else []


def transaction(stmt: Tree) -> list[Effect]:
    """BEGIN, COMMIT, ROLLBACK, SAVEPOINT …."""
    return [Transaction(stmt.fields["kind"], stmt.savepoint_name or stmt.gid or "")]


def execute(stmt: Tree) -> list[Effect]:
    """`EXECUTE` of a prepared statement."""
    return [Opaque(f"what prepared statement {stmt.name} does is not followed")]


def refresh(stmt: Tree) -> list[Effect]:
    """`REFRESH MATERIALIZED VIEW`."""
    ref = relation(stmt.relation)
    return [Requires(ref, True, "42P01", Kind.MATERIALIZED_VIEW, Verb.USE)]


def lock(stmt: Tree) -> list[Effect]:
    """`LOCK TABLE`."""
    return [
        Requires(relation(node), True, "42P01", Kind.TABLE, Verb.WRITE)
        for node in stmt.relations or ()
    ]


def call(stmt: Tree) -> list[Effect]:
    """`CALL p()`."""
    from idemlint.replay.effects.supplied.deeds import supplied

    called = stmt.funccall
    names = strings(called.funcname)
    does = supplied(names, called.fields, noun="procedure ")
    return [Calls(qualified(Space.ROUTINE, names)), *does]
