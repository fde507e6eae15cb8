"""IDM7: it fails on a database with rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.replay.catalog.column import read_column
from idemlint.replay.catalog.refs import relation
from idemlint.replay.effects.vocabulary import Fills
from idemlint.rules.kit.rule import FileRule
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement


class AddNotNull(FileRule):
    """`ADD COLUMN c text NOT NULL` on a table that may have rows."""

    code = "IDM701"
    name = "add-not-null-without-default"
    changes_meaning = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Columns whose old rows would be NULL."""
        for index, hazard in migration.hazards:
            effect = hazard.effect
            if not isinstance(effect, Fills) or effect.sqlstate != "23502":
                continue
            if _is_new(migration, effect.table):
                continue
            yield self.diagnostic(
                migration,
                hazard.span or migration.parsed.statements[index].span,
                f"fails where {effect.table} has rows: column {effect.subject.name} is NOT NULL and has no"
                " default",
                statement=index,
                sqlstate=effect.sqlstate,
                fix=Fix(
                    Applicability.DISPLAY,
                    "give it a DEFAULT, or add it without NOT NULL, fill the rows, and SET NOT NULL then",
                ),
            )


class _Command(NamedTuple):
    """A command of an ALTER TABLE on a table that the file did not make."""

    statement: Statement
    table: Ref
    tree: Tree

    @property
    def definition(self) -> Tree | None:
        """What it adds."""
        found = getattr(self.tree, "def")
        return found if isinstance(found, Tree) else None


def _commands(migration: Migration, subtype: str) -> Iterator[_Command]:
    made = _made_here(migration)
    for statement in migration.applied():
        if statement.kind != "AlterTableStmt" or statement.tree is None:
            continue
        table = relation(statement.tree.relation)
        if table.name in made or _is_new(migration, table):
            continue
        for command in statement.tree.cmds or ():
            if command.subtype == subtype:
                yield _Command(statement, table, command)


def _made_here(migration: Migration) -> set[str]:
    """The tables that the file makes: they are empty, but for one that databases have already, so that a
    guard skips it."""
    made = set()
    for statement in migration.applied():
        where = _MADE.get(statement.kind)
        tree = statement.tree if where is not None else None
        if where is not None and tree is not None:
            table = relation(where(tree))
            if not tree.if_not_exists or migration.upgrade is None or _is_new(migration, table):
                made.add(table.name)
    return made


def _is_new(migration: Migration, table: Ref) -> bool:
    """Whether no database has the table that has run a revision, where one is named."""
    return migration.upgrade is not None and migration.upgrade.is_new(table)


#: Where a statement that makes a table names it.
_MADE: Final[dict[str, Callable[[Tree], Tree]]] = {
    "CreateStmt": lambda tree: tree.relation,
    "CreateTableAsStmt": lambda tree: tree.into.rel,
}


class SetNotNull(FileRule):
    """`ALTER COLUMN c SET NOT NULL` over rows that nobody filled."""

    code = "IDM702"
    name = "set-not-null-without-backfill"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Where nothing before it in the file writes the column."""
        filled: _Filled | None = None
        for command in _commands(migration, "AT_SetNotNull"):
            name = command.tree.name or ""
            filled = filled or _Filled(migration)
            if filled.before(command.statement, name):
                continue
            yield self.diagnostic(
                migration,
                command.statement.span,
                f"fails where a row of {command.table} has no {name}: nothing in the file fills it before",
                statement=command.statement.index,
                sqlstate="23502",
                fix=Fix(
                    Applicability.DISPLAY,
                    f"fill the rows first: UPDATE {command.table} SET {name} = … WHERE {name} IS NULL",
                ),
            )


#: What may fill a column, or remove the rows without a value.
_FILLING: Final = frozenset(
    {"UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt", "DoStmt", "CallStmt", "SelectStmt"}
)


class _Filled:
    """What the file fills with values: at which statement first."""

    def __init__(self, migration: Migration) -> None:
        self._data = migration.data
        self._filling = [
            each for each in migration.applied() if each.kind in _FILLING and each.tree is not None
        ]
        self._words: dict[bytes, int] = {}
        for statement in self._filling:
            for word in _words(self._data[statement.start : statement.end]):
                self._words.setdefault(word, statement.index)
        self._added: dict[str, int] = {}
        for statement in migration.applied():
            if statement.kind == "AlterTableStmt" and statement.tree is not None:
                for name in _added_with_value(statement.tree):
                    self._added.setdefault(name, statement.index)

    def before(self, statement: Statement, name: str) -> bool:
        """Whether a column is filled by the statement, or before it: or its name is mentioned there."""
        return min(self._added.get(name, _NEVER), self._mentioned(name.encode())) <= statement.index

    def _mentioned(self, name: bytes) -> int:
        if _words(name) == {name.lower()}:
            return self._words.get(name.lower(), _NEVER)
        word = re.compile(rb"\b" + re.escape(name) + rb"\b", re.IGNORECASE)
        found = (each for each in self._filling if word.search(self._data, each.start, each.end))
        return next((each.index for each in found), _NEVER)


#: More than a statement's index can be.
_NEVER: Final = 1 << 62


def _words(text: bytes) -> set[bytes]:
    return set(re.findall(rb"\w+", text.lower()))


def _added_with_value(tree: Tree) -> Iterator[str]:
    for command in tree.cmds or ():
        if command.subtype == "AT_AddColumn":
            added = read_column(getattr(command, "def").fields)
            if added.default is not None or added.generated:
                yield added.name


class AddUnique(FileRule):
    """`ADD CONSTRAINT … UNIQUE` and `CREATE UNIQUE INDEX` over rows that may be alike."""

    code = "IDM703"
    name = "add-unique-over-rows"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Keys on tables that the file did not make."""
        for command in _commands(migration, "AT_AddConstraint"):
            node = command.definition
            if node is not None and node.contype in _KEYS and not node.indexname:
                columns = ", ".join(strings(node.keys))
                yield self._found(migration, command.statement, str(command.table), columns)
        made = _made_here(migration)
        for statement in migration.applied():
            tree = statement.tree
            if statement.kind == "IndexStmt" and tree is not None and tree.unique:
                table = relation(tree.relation)
                if table.name not in made and not _is_new(migration, table):
                    columns = ", ".join(each.name or "…" for each in tree.indexParams or ())
                    yield self._found(migration, statement, str(table), columns)

    def _found(
        self, migration: Migration, statement: Statement, table: str, columns: str
    ) -> Diagnostic:
        return self.diagnostic(
            migration,
            statement.span,
            f"fails where two rows of {table} have the same ({columns})",
            statement=statement.index,
            sqlstate="23505",
            fix=Fix(Applicability.DISPLAY, "look for rows that are alike, and merge them first"),
        )


_KEYS: Final = frozenset({"CONSTR_UNIQUE", "CONSTR_PRIMARY"})

#: Values that nobody would want in a row for good.
_PLACEHOLDER: Final = (
    r"(?i)(?:te?mp\b|temp[_-]|todo|tbd|fixme|changeme|change[_ -]me|placeholder|dummy|xxx+$|n/?a$)"
)


class PlaceholderDefault(FileRule):
    """`ADD COLUMN slug text NOT NULL DEFAULT 'temp'`, and the default stays."""

    code = "IDM704"
    name = "placeholder-default"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Defaults that look as if they were there only for NOT NULL, and are not dropped in the file."""
        # Off by default, and the only rule outside of bodies that needs it.
        from idemlint.plpgsql.constants import constant

        dropped = {
            (command.table, command.tree.name)
            for command in _commands(migration, "AT_ColumnDefault")
        }
        for command in _commands(migration, "AT_AddColumn"):
            if command.definition is None:
                continue
            added = read_column(command.definition.fields)
            value = constant({added.default.kind: added.default.fields}) if added.default else None
            if value is None or not added.not_null or re.match(_PLACEHOLDER, value) is None:
                continue
            if (command.table, added.name) in dropped:
                continue
            yield self.diagnostic(
                migration,
                command.statement.span,
                f"every row of {command.table} gets '{value}' as its {added.name}, and new ones too:"
                " the default stays",
                statement=command.statement.index,
                fix=Fix(
                    Applicability.DISPLAY,
                    f"fill the rows with what belongs there, and ALTER COLUMN {added.name} DROP DEFAULT",
                ),
            )
