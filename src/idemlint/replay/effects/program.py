"""A statement of a file → what the machine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.effects import effects_of
from idemlint.replay.effects.vocabulary import (
    Body,
    Effect,
    Inserts,
    Opaque,
    ReadsColumns,
    Requires,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.plpgsql.nodes import Asks, Sql
    from idemlint.source.statement import ParsedFile, Statement


def program_of(
    parsed: ParsedFile, statement: Statement, postgres_version: int
) -> tuple[Effect, ...]:
    """The effects of a statement; one that cannot be read is `Opaque`, with the reason."""
    tree = statement.tree
    if tree is None:
        problem = statement.problem
        reason = problem.message if problem is not None else "it cannot be read"
        return (Opaque(reason),)
    if tree.kind == "DoStmt":
        # Most files have no body, and its reader is a seventh of all modules.
        from idemlint.plpgsql.body import body_of
        from idemlint.replay.effects.routines.located import is_of_no_use, of_do

        block = body_of(parsed, statement)
        if block is None:
            return (Opaque("the body cannot be read"),)
        ahead = of_do(parsed, statement, postgres_version)
        return ahead if is_of_no_use(ahead) else (*ahead, Body(block))
    if tree.kind == "SelectStmt" and parsed.masks:
        from idemlint.source.psql_commands import is_executed

        if is_executed(parsed, statement):
            from idemlint.replay.guards.gexec import results_of

            return (Body(results_of(tree, parsed.code[statement.start : statement.end])),)
    effects = effects_of(tree, postgres_version)
    if tree.kind == "CreateFunctionStmt":
        from idemlint.replay.effects.routines.located import of_routine

        return tuple(of_routine(parsed, statement, effects))
    if tree.kind == "CopyStmt" and _has_no_data(parsed.source.data, statement.end):
        return tuple([each for each in effects if not isinstance(each, Inserts)])
    return effects


def program_within(node: Sql | Asks, postgres_version: int) -> tuple[Effect, ...]:
    """The effects of a statement of a body. What it reads it reads as it is written: a value that is known of
    a variable is none that the query has, and is of the variable's type."""
    # Most files have no body.
    from idemlint.plpgsql.nodes import Asks
    from idemlint.replay.effects.queries import reads
    from idemlint.replay.queries.compiled import read_query

    if isinstance(node, Asks):
        effects = tuple(reads(read_query(node.query.fields)))
    else:
        effects = effects_of(node.tree, postgres_version)
        if node.written is not None:
            effects = _read_as(effects, effects_of(node.written, postgres_version))
    if node.names is None:
        return effects
    return tuple(
        [
            each._replace(names=node.names) if isinstance(each, ReadsColumns) else each
            for each in effects
        ]
    )


def _read_as(effects: tuple[Effect, ...], written: Iterable[Effect]) -> tuple[Effect, ...]:
    """Effects that read what others read, behind the tables that have to be there."""
    kept: list[Effect] = [each for each in effects if not isinstance(each, ReadsColumns)]
    behind = max((i for i, each in enumerate(kept, 1) if isinstance(each, Requires)), default=0)
    kept[behind:behind] = [each for each in written if isinstance(each, ReadsColumns)]
    return tuple(kept)


def _has_no_data(data: bytes, end: int) -> bool:
    """Whether the data of a `COPY … FROM stdin` end where they begin, as a dump's do for each empty table."""
    line = data.find(b"\n", end)
    return line >= 0 and data.startswith(b"\\.", line + 1) and data.find(b";", end, line) >= 0
