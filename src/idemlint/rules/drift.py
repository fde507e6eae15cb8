"""IDM8: a guard that hides a difference between what it skips and what is there."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.plpgsql.nodes import Sql, walk
from idemlint.postgres.kinds import Ref, Space, in_words
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.definition import SequenceDefinition
from idemlint.replay.catalog.refs import inside, qualified
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.catalog.view import PrimaryKey
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Creates
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.migration import Case
from idemlint.source.statement import Edit, Span
from idemlint.source.tree import shape, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.fixes.layout import Site
    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.view import Answers
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree

#: What has an IF NOT EXISTS, and a definition that can be compared.
_GUARDED: Final = {
    "CreateStmt": TableDefinition,
    "IndexStmt": IndexDefinition,
    "CreateSeqStmt": SequenceDefinition,
}


class DefinitionDrift(FileRule):
    """`CREATE TABLE IF NOT EXISTS` of a table that an earlier migration made otherwise."""

    code = "IDM801"
    name = "definition-drift"
    changes_meaning = comes_to_light = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """What a statement says, and is not so when the file is through."""
        changed: _Changed | None = None
        for statement in migration.applied():
            if statement.kind == "DoStmt":
                yield from self._labels(migration, statement)
                continue
            tree = statement.tree if statement.kind in _GUARDED else None
            if tree is None or not tree.if_not_exists:
                continue
            made = _made(migration, statement)
            if made is None:
                continue
            changed = changed or _Changed(migration)
            yield from self._difference(migration, statement, made, changed)

    def _difference(
        self, migration: Migration, statement: Statement, made: Creates, changed: _Changed
    ) -> Iterator[Diagnostic]:
        known = migration.after.as_made
        there = known.definition(made.ref)
        if there is made.definition or there is None:
            return
        if changed.last_makers.get(id(there), -1) > statement.index:
            # A later statement of the file made what is there: this one did not skip that.
            return
        if not isinstance(there, type(made.definition)):
            kind = known.kind(made.ref)
            if (
                kind is not None
                and kind is not made.kind
                and isinstance(there, tuple(_GUARDED.values()))
            ):
                text = f"{made.ref} is a {kind.noun}: IF NOT EXISTS skips this silently"
                fix = Fix(Applicability.DISPLAY, f"give the {made.kind.noun} a name of its own")
                yield self._found(migration, statement, text, fix)
            return
        if isinstance(made.definition, TableDefinition):
            yield from self._table(migration, statement, made, changed)
            return
        text = (
            _index(made.definition, there, changed.columns(_table_name(statement)))
            if isinstance(made.definition, IndexDefinition)
            else _sequence(made.definition, there)
        )
        if text:
            text = f"{in_words(made.kind, made.ref)} was made before otherwise, {text}"
            fix = Fix(
                Applicability.DISPLAY, "drop the old one first, or give this a name of its own"
            )
            yield self._found(migration, statement, f"{text}: {_SKIPS}", fix)

    def _table(
        self, migration: Migration, statement: Statement, made: Creates, changed: _Changed
    ) -> Iterator[Diagnostic]:
        known, table = migration.after.as_made, made.ref
        gone = changed.columns(table.name)
        columns = made.definition.columns
        missing = [
            column
            for name, column in columns.items()
            if name not in gone and known.presence(inside(Space.COLUMN, name, table)) is ABSENT
        ]
        if missing:
            names = ", ".join(each.name for each in missing)
            text = (
                f"{table} was made before without {names}: {_SKIPS}, and"
                f" {'it stays' if len(missing) == 1 else 'they stay'} missing"
            )
            yield self._found(migration, statement, text, _additions(migration, statement, missing))
        others = [
            text
            for name, column in columns.items()
            if name not in gone and column not in missing
            for text in _column(column, known, table)
        ]
        if table.name not in changed.keys:
            others += _keys(made.definition, known, table)
        if others:
            text = f"{table} was made before otherwise ({'; '.join(others)}): {_SKIPS}"
            fix = Fix(Applicability.DISPLAY, "change the table with ALTER TABLE behind it")
            yield self._found(migration, statement, text, fix)

    def _labels(self, migration: Migration, statement: Statement) -> Iterator[Diagnostic]:
        """`CREATE TYPE` in a body is there to be skipped where there is one."""
        body = migration.body(statement)
        for place in walk(body) if body is not None else ():
            node = place.node
            if not isinstance(node, Sql) or node.tree.kind != "CreateEnumStmt":
                continue
            ref = qualified(Space.TYPE, strings(node.tree.typeName))
            wanted = [each.fields.get("sval", "") for each in node.tree.vals or ()]
            known = migration.after.as_made
            there = known.labels(ref)
            if not isinstance(known.definition(ref), EnumDefinition) or not there.complete:
                continue
            missing = [label for label in wanted if label not in there.names]
            if missing and not _adds_labels(migration, ref):
                text = f"type {ref} was made before without {', '.join(missing)}: this is skipped silently"
                fix = Fix(
                    Applicability.DISPLAY,
                    "add them behind it: ALTER TYPE … ADD VALUE IF NOT EXISTS",
                )
                yield self._found(migration, statement, text, fix, node.span)

    def _found(
        self,
        migration: Migration,
        statement: Statement,
        text: str,
        fix: Fix,
        span: Span | None = None,
    ) -> Diagnostic:
        where = span or statement.span
        return self.diagnostic(migration, where, text, statement=statement.index, fix=fix)


_SKIPS: Final = "IF NOT EXISTS skips this silently"


def _made(migration: Migration, statement: Statement) -> Creates | None:
    """What a guarded CREATE makes where it does."""
    wanted = _GUARDED[statement.kind]
    for effect in flat(migration.programs.get(statement.index, ())):
        if isinstance(effect, Creates) and isinstance(effect.definition, wanted):
            return effect
    return None


def _last_makers(migration: Migration) -> dict[int, int]:
    """By the identity of a definition: the last statement of the file that makes something of it."""
    return {
        id(effect.definition): index
        for index, program in sorted(migration.programs.items())
        for effect in flat(program)
        if isinstance(effect, Creates)
    }


def _table_name(statement: Statement) -> str:
    tree = statement.tree
    return str(tree.relation.relname) if tree is not None and tree.relation is not None else ""


class _Changed:
    """What the file itself changes of tables: there, what CREATE says is not so for a reason."""

    def __init__(self, migration: Migration) -> None:
        self._columns: dict[str, set[str]] = {}
        self.last_makers = _last_makers(migration)
        self.keys: set[str] = set()
        for tree in _trees(migration):
            if tree.relation is None:
                continue
            if tree.kind == "RenameStmt" and tree.subname:
                self._columns.setdefault(tree.relation.relname, set()).add(tree.subname)
            elif tree.kind == "AlterTableStmt":
                self._alters(tree)

    def _alters(self, tree: Tree) -> None:
        names = self._columns.setdefault(tree.relation.relname, set())
        for command in tree.cmds or ():
            if command.name and command.subtype != "AT_DropConstraint":
                names.add(command.name)
            elif command.subtype in {"AT_AddConstraint", "AT_DropConstraint"}:
                self.keys.add(tree.relation.relname)

    def columns(self, table: str) -> set[str]:
        """The columns of a table that the file drops, renames or alters."""
        return self._columns.get(table, set())


def _trees(migration: Migration) -> Iterator[Tree]:
    """The statements of the file, those in bodies among them."""
    for statement in migration.applied():
        if statement.tree is not None and statement.kind in {
            "RenameStmt",
            "AlterTableStmt",
            "AlterEnumStmt",
        }:
            yield statement.tree
    for _, body in migration.bodies():
        for place in walk(body):
            if isinstance(place.node, Sql):
                yield place.node.tree


def _adds_labels(migration: Migration, ref: Ref) -> bool:
    return any(
        tree.kind == "AlterEnumStmt" and strings(tree.typeName)[-1] == ref.name
        for tree in _trees(migration)
    )


# -- how two differ, in words -------------------------------------------------------------------------


def _column(wanted: Column, known: Answers, table: Ref) -> Iterator[str]:
    ref = inside(Space.COLUMN, wanted.name, table)
    there = known.column(ref) if known.presence(ref) is PRESENT else None
    if there is None:
        return
    from idemlint.replay.catalog.routine import same_type

    name = wanted.name
    if same_type(there.type.removeprefix("public."), wanted.type.removeprefix("public.")) is False:
        yield f"{name} is {there.type}, not {wanted.type}"
    elif there.typmods not in {None, wanted.typmods}:
        yield f"{name} is {_typed(there)}, not {_typed(wanted)}"
    primary = known.primary_key(table)
    in_key = primary.presence is not ABSENT and (not primary.columns or name in primary.columns)
    if there.not_null is not wanted.not_null and not in_key:
        yield f"{name} is NOT NULL" if there.not_null else f"{name} is not NOT NULL"
    if there.identity or wanted.identity or there.expression or wanted.expression:
        return
    if (there.default is None) is not (wanted.default is None):
        yield f"{name} has {'no' if there.default is None else 'a'} DEFAULT"
    elif _constant(there.default) and _constant(wanted.default):
        old, new = _constant(there.default), _constant(wanted.default)
        if old != new:
            yield f"{name} has another DEFAULT"


def _typed(column: Column) -> str:
    return f"{column.type}({column.typmods})" if column.typmods else column.type


def _constant(default: Tree | None) -> str:
    """A constant, whatever it is cast to; empty: it is none."""
    node = default
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    return shape(node.fields) if node is not None and node.kind == "A_Const" else ""


def _keys(wanted: TableDefinition, known: Answers, table: Ref) -> Iterator[str]:
    """Keys that the statement has, and the table does not."""
    types = {key.contype for key in wanted.constraints.values()}
    there: set[frozenset[str]] = set()
    complete = False
    if "CONSTR_UNIQUE" in types:
        # A table that was altered often has much to look through.
        there = {frozenset(key.columns) for key in known.unique_keys(table) if key.whole}
        complete = known.names(Space.CONSTRAINT, table).complete
    primary = known.primary_key(table) if "CONSTR_PRIMARY" in types else PrimaryKey(UNKNOWN)
    for key in wanted.constraints.values():
        columns = ", ".join(key.columns)
        if key.contype == "CONSTR_PRIMARY":
            if primary.presence is ABSENT:
                yield f"it has no PRIMARY KEY ({columns})"
            elif primary.columns and primary.columns != key.columns:
                yield f"its PRIMARY KEY is ({', '.join(primary.columns)}), not ({columns})"
        elif key.contype == "CONSTR_UNIQUE" and complete and frozenset(key.columns) not in there:
            yield f"it has no UNIQUE ({columns})"


def _index(wanted: IndexDefinition, there: IndexDefinition, changed: set[str]) -> str:
    if changed.intersection(filter(None, (*wanted.columns, *there.columns))):
        return ""
    if wanted.columns != there.columns:
        return f"over ({_listed(there)}), not ({_listed(wanted)})"
    if wanted.unique is not there.unique:
        return "as UNIQUE" if there.unique else "not as UNIQUE"
    if wanted.partial is not there.partial:
        return "with a WHERE" if there.partial else "without the WHERE"
    return "with another expression, WHERE or method" if wanted.more != there.more else ""


def _listed(index: IndexDefinition) -> str:
    return ", ".join(name or "an expression" for name in index.columns)


def _sequence(wanted: SequenceDefinition, there: SequenceDefinition) -> str:
    differ = [
        name
        for name in dict.fromkeys([*wanted.options, *there.options])
        if name != "owned_by" and shape(wanted.options.get(name)) != shape(there.options.get(name))
    ]
    return f"with another {', '.join(differ)}" if differ else ""


# -- the columns that are missing ---------------------------------------------------------------------


def _additions(migration: Migration, statement: Statement, missing: list[Column]) -> Fix:
    """The columns one by one, behind the statement, as it spells them."""
    site = fixes.layout.Site(
        Case(migration, statement, next(iter(migration.outcomes[statement.index].values())))
    )
    end = site.after("EXISTS")
    name = site.name_after(end) if end is not None else None
    texts = _texts(site, [each.name for each in missing])
    message = "add the missing columns behind it with ADD COLUMN IF NOT EXISTS"
    bare = any(
        each.not_null and each.default is None and not each.generated and not each.expression
        for each in missing
    )
    if bare:
        return Fix(
            Applicability.DISPLAY,
            f"{message}; one that is NOT NULL needs a DEFAULT, or its rows filled first",
        )
    if name is None or not all(texts) or site.semicolon is None:
        return Fix(Applicability.DISPLAY, message)
    alter = site.style("ALTER TABLE"), site.raw(name), site.style("ADD COLUMN IF NOT EXISTS")
    lines = "".join(
        f"{site.breakpoint}{site.newline}{site.indent}{' '.join(alter)} {text};" for text in texts
    )
    edit = Edit(Span(site.semicolon, site.semicolon), lines)
    return Fix(Applicability.UNSAFE, message, (edit,))


def _texts(site: Site, names: list[str]) -> list[str]:
    """Columns' definitions as they are written, up to the comma behind them; empty: there is no such text."""
    places: dict[str, int | None] = {}
    for element in site.tree.tableElts or ():
        if element.kind == "ColumnDef":
            places.setdefault(element.colname, element.location)
    words = list(site.words)
    starts = [word.start for word in words]
    found = []
    for name in names:
        start, depth, stop = places.get(name), 0, None
        for word in words[bisect_left(starts, start) :] if start is not None else ():
            if depth == 0 and word.text in {",", ")"}:
                break
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            stop = word.end
        text = site.raw(Span(start, stop)) if start is not None and stop is not None else ""
        found.append("" if "\n" in text or "--" in text else text)
    return found
