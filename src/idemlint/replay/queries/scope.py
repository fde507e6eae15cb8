"""Levels of a query: what a name can stand for there, and which names are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.source.tree import Tree

#: A dotted name: `("t", "a")` for `t.a`, `("t", "*")` for `t.*`.
Name = tuple[str, ...]


def field_names(fields: list[dict[str, Any]]) -> Name:
    """A raw dotted name; `*` at its end stands for all columns."""
    return tuple([each["String"].get("sval", "") if "String" in each else "*" for each in fields])


def as_column(*names: str) -> dict[str, Any]:
    """A dotted name as a raw expression."""
    return {"ColumnRef": {"fields": [{"String": {"sval": each}} for each in names]}}


class RangeEntry(NamedTuple):
    """An entry of FROM: what it is called there, and where its columns come from.

    A `table` or a `query` has them; neither: what it has cannot be told. `columns` are names given to the
    first of them (`t (a, b)`, `AS x (a int)`), `only` that it has no others. `lateral`: its query sees the
    other entries.
    """

    name: str
    table: Ref | None = None
    query: Scope | None = None
    columns: tuple[str, ...] = ()
    only: bool = False
    lateral: bool = False


class Target(NamedTuple):
    """A column that a query gives: its label, the column that it is (`("t", "*")`: all of t), or its type
    where the expression says it (`""`: it does not)."""

    label: str
    name: Name = ()
    type: str = ""


class Meeting(NamedTuple):
    """A column that meets a literal, a constant of a `type`, or another column: compared (`=`, `<` …), set
    to it (`:=`), matched with a pattern (`~~`), or given to a function (`lower()`)."""

    column: Name
    operator: str
    literal: str | None = None
    other: Name = ()
    type: str = ""


class Scope(NamedTuple):
    """One level. `inner` are levels that see this one; `targets`, `None`: they cannot be told.

    `apart` are levels that see only what is around this one (a query in FROM, the sides of a UNION).
    `casts` are literals that are cast to a type that somebody made. `after` is, for each of the `names`, how
    many tables the whole query has looked for before.
    """

    sources: tuple[RangeEntry, ...] = ()
    names: tuple[Name, ...] = ()
    inner: tuple[Scope, ...] = ()
    apart: tuple[Scope, ...] = ()
    targets: tuple[Target, ...] | None = ()
    meetings: tuple[Meeting, ...] = ()
    casts: tuple[tuple[Ref, str], ...] = ()
    after: tuple[int, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether there is any name to look up."""
        return bool(self.names or self.inner or self.apart or self.meetings or self.casts)


#: Statements that write, and may stand in a WITH.
WRITES: Final = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


def levels(scope: Scope) -> Iterator[Scope]:
    """A level and all that are in it, the outer ones first."""
    waiting = [scope]
    while waiting:
        level = waiting.pop()
        yield level
        waiting += reversed((*level.apart, *level.inner))


class GroupedLevel(NamedTuple):
    """A level with GROUP BY: its entries of FROM, the columns it is grouped by, and others that it gives."""

    sources: tuple[RangeEntry, ...]
    by: tuple[Name, ...]
    others: tuple[Name, ...]


class Reading(NamedTuple):
    """All that a query or an expression mentions.

    `scope` has its columns; `tables` are the relations that it reads, `functions` the calls (name,
    `FuncCall`), `types` what it casts to, with collations, operators and text search configurations;
    `groupings` are its GROUP BYs, `regclasses` the literals cast to regclass or given to nextval.
    `writes` are its data-modifying WITH clauses, each with what its own WITH list makes known to it.
    `alternates`: it asks for a column before it has looked for all of its tables.
    """

    scope: Scope
    tables: tuple[Ref, ...] = ()
    functions: tuple[tuple[Name, Tree], ...] = ()
    types: tuple[Ref, ...] = ()
    regclasses: tuple[str, ...] = ()
    writes: tuple[tuple[Tree, tuple[tuple[str, RangeEntry], ...]], ...] = ()
    groupings: tuple[GroupedLevel, ...] = ()
    alternates: bool = False

    def until(self, table: Ref) -> Scope:
        """What is asked before a table is looked for."""
        count = self.tables.index(table)
        return _until(self.scope, count, frozenset(self.tables[count:]))


def _until(scope: Scope, count: int, later: frozenset[Ref]) -> Scope:
    inner, apart = (
        tuple([part for each in given if (part := _until(each, count, later)).asks])
        for given in (scope.inner, scope.apart)
    )
    names = [name for name, after in zip(scope.names, scope.after, strict=True) if after <= count]
    sources = [each for each in scope.sources if each.table not in later]
    return Scope(tuple(sources), tuple(names), inner, apart, scope.targets)
