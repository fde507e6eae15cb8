"""What the files of a folder say about one table in several places.

`CREATE TABLE IF NOT EXISTS` skips a table of that name whatever its columns are; where another migration
makes the same table otherwise, a guard would hide the difference. Files are scanned for the names of the
tables they make, which costs next to nothing, and only those that share one are parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.effects.queries import table_of
from idemlint.source.parse import parse
from idemlint.source.text import decode
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.runners.profile import Profile
    from idemlint.source.statement import ParsedFile, Statement

_MARK: Final = b"create table"
_NAME: Final = re.compile(
    rb'\s+(?:if\s+not\s+exists\s+)?((?:"[^"]*"|[\w$]+)(?:\s*\.\s*(?:"[^"]*"|[\w$]+))?)'
)


class FolderFacts:
    """What has to look at all files of a sequence: who makes which table, with which columns.

    Nothing is read before it is asked for; what one file says is forgotten by `update`, not what the
    others say.
    """

    def __init__(
        self, names: Sequence[str], read: Callable[[str], bytes], profile: Profile
    ) -> None:
        self.names = names
        self._read = read
        self._profile = profile
        self._mentioned: dict[str, tuple[bytes, ...]] | None = None
        self._makers: dict[bytes, list[str]] = {}
        self._made: dict[str, list[tuple[Ref, dict[str, str]]]] = {}

    def other_definitions(self, parsed: ParsedFile) -> dict[int, str]:
        """The CREATE TABLEs of a file whose table is made otherwise too: statement index → where."""
        found: dict[int, str] = {}
        for statement in parsed.statements:
            if statement.kind == "CreateStmt" and statement.section == "up":
                elsewhere = self._elsewhere(statement)
                if elsewhere:
                    found[statement.index] = elsewhere
        return found

    def update(self, name: str) -> frozenset[str]:
        """Look at a file anew. Returns the other files whose answers may be others now: those that make
        a table which this one makes, or made."""
        self._made.pop(name, None)
        if self._mentioned is None or name not in self._mentioned:
            return frozenset()
        before = self._mentioned[name]
        self._mentioned[name] = _tables_made(self._read(name))
        self._makers = _by_table(self._mentioned)
        touched = {*before, *self._mentioned[name]}
        return frozenset(
            other for table in touched for other in self._makers.get(table, ()) if other != name
        )

    def _elsewhere(self, statement: Statement) -> str:
        tree = statement.tree
        if tree is None:
            return ""
        ref = table_of(tree.fields["relation"])
        makers = self._makers_of(ref.name.lower().encode())
        if len(makers) < 2:
            return ""
        columns = _columns(ref, tree.fields)
        for maker in dict.fromkeys(makers):
            for other, other_columns in self._tables(maker):
                if other == ref and other_columns != columns:
                    return f"{_name(maker)} makes it {_difference(columns, other_columns)}"
        return ""

    def _makers_of(self, table: bytes) -> Sequence[str]:
        """The files that make a table of that name, in order; one that does so twice stands twice."""
        if self._mentioned is None:
            self._mentioned = {name: _tables_made(self._read(name)) for name in self.names}
            self._makers = _by_table(self._mentioned)
        return self._makers.get(table, ())

    def _tables(self, name: str) -> list[tuple[Ref, dict[str, str]]]:
        known = self._made.get(name)
        if known is None:
            data = self._read(name)
            parsed = parse(decode(name, data), self._profile.sections(data))
            known = self._made[name] = [
                (ref, _columns(ref, statement.tree.fields))
                for statement in parsed.statements
                if statement.kind == "CreateStmt"
                and statement.section == "up"
                and statement.tree is not None
                for ref in (table_of(statement.tree.fields["relation"]),)
            ]
        return known


def _tables_made(data: bytes) -> tuple[bytes, ...]:
    """The names, in lower case and without schema, that stand behind CREATE TABLE in a text."""
    found = []
    for piece in data.lower().split(_MARK)[1:]:
        match = _NAME.match(piece)
        if match is not None:
            found.append(match[1].rpartition(b".")[2].strip().strip(b'"'))
    return tuple(found)


def _by_table(mentioned: dict[str, tuple[bytes, ...]]) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for name, tables in mentioned.items():
        for table in tables:
            found.setdefault(table, []).append(name)
    return found


def _columns(ref: Ref, fields: dict[str, object]) -> dict[str, str]:
    definition = TableDefinition(ref.name, Tree("CreateStmt", fields))
    return {name: column.type for name, column in definition.columns.items()}


def _name(path: str) -> str:
    """A migration's name: its file's, with its folder's where all files have one name."""
    folder, _, file = path.replace("\\", "/").rpartition("/")
    return f"{folder.rpartition('/')[2]}/{file}" if file in _COMMON_NAMES else file


_COMMON_NAMES: Final = frozenset({"migration.sql", "up.sql"})


def _difference(mine: dict[str, str], other: dict[str, str]) -> str:
    """How another definition differs, in words: columns more, columns less, other types."""
    parts = []
    for word, names in (
        ("with", [name for name in other if name not in mine]),
        ("without", [name for name in mine if name not in other]),
        ("with another type of", [n for n in mine if n in other and mine[n] != other[n]]),
    ):
        if names:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            parts.append(f"{word} {shown}")
    return " and ".join(parts) or "otherwise"
