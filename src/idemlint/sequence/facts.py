"""What only a look at all files of a folder tells: who makes which relation, and who has which version.

`CREATE TABLE IF NOT EXISTS` skips whatever has that name, whatever its columns are: where another migration
makes the same table otherwise, a guard would hide the difference. Files are scanned for the names that
stand behind CREATE, which costs next to nothing, and only those that share one are parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from idemlint.errors import UsageProblem
from idemlint.plpgsql.nodes import Dynamic, Sql, walk
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.refs import table_of
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import Body, Creates, Opaque
from idemlint.sequence.first.first_outcome import StatementSite
from idemlint.sequence.paths import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.runners.profile import Profile
    from idemlint.sequence.script import Script, Scripts
    from idemlint.sequence.terms import Terms
    from idemlint.source.statement import ParsedFile, Statement

#: CREATE of a relation, in lower case, up to its name, which may hold placeholders.
_CREATE: Final = (
    rb"create\s+(?:or\s+replace\s+)?"
    rb"(?:(?:global|local|temp|temporary|unlogged|foreign|recursive|materialized|unique)\s+)*"
    rb"(?:table|view|index|sequence)\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?"
    rb"((?:\"[^\"]*\"|[^\s(;,\"'])+)"
)
#: Any command about a trigger (CREATE, DROP, ALTER, ENABLE, COMMENT ON …), up to its name.
_TRIGGER: Final = rb"\btrigger\s+(?:if\s+(?:not\s+)?exists\s+)?((?:\"[^\"]*\"|[^\s(;,\"'])+)"
_Key = TypeVar("_Key", str, bytes)
#: PostgreSQL cuts names at 63 bytes; a character that does not fit goes whole.
_SIGNIFICANT: Final = 60


class Maker(NamedTuple):
    """A statement of the folder that makes the relation `ref`, at its top or in a body.

    `columns` are a table's, with their types, by name; `None`: the statement does not tell them. `unread`
    says why the statement cannot be read, where only its text mentions the name.
    """

    file: str
    statement: int
    ref: Ref
    kind: Kind
    columns: Mapping[str, str] | None = None
    unread: str = ""


class OtherShape(NamedTuple):
    """A statement elsewhere that makes a table, and the columns that the table has there; `is_dump`: in a
    picture of a whole database, not in a migration."""

    site: StatementSite
    columns: frozenset[str]
    is_dump: bool


class OtherDefinition(NamedTuple):
    """Where else a table is made, and how that differs, in words; not `certain`: it cannot be read."""

    text: str
    certain: bool = True


class FolderFacts:
    """The files `names` of one runner, in its order, looked at together, and with them the `dumps` of
    databases that lie there.

    Nothing is read before it is asked for; what one file says is forgotten by `update`, not what the
    others say.
    """

    def __init__(
        self, names: Sequence[str], scripts: Scripts, terms: Terms, dumps: Sequence[str] = ()
    ) -> None:
        self.names = names
        self.dumps = dumps
        self._scripts = scripts
        self._profile = scripts.profile
        self._terms = terms
        self._places = {name: place for place, name in enumerate((*names, *dumps))}
        self._mentioned: dict[str, tuple[bytes, ...]] | None = None
        self._mentioning: dict[bytes, list[str]] = {}
        self._made: dict[str, list[Maker]] = {}
        self._beside: dict[bytes, set[str]] = {}
        self._by_relation: dict[str, dict[Ref, list[Maker]]] = {}
        self._definitions: dict[Ref, list[Maker]] = {}
        self._versions: dict[str, list[str]] | None = None

    def runs(self, name: str) -> bool:
        """Whether a file is one of them, not one beside them."""
        return self._places.get(name, len(self.names)) < len(self.names)

    def makers(self, relation: Ref) -> Iterator[Maker]:
        """All that makes a relation of that name, in the folder's order."""
        relation = self._resolved(relation)
        for name in dict.fromkeys(self._files_with(relation.name)):
            yield from self._grouped_by_relation(name).get(relation, ())

    def other_definitions(self, name: str, parsed: ParsedFile) -> dict[int, OtherDefinition]:
        """The CREATE TABLEs of a file (one of these, or one beside them) whose table is made otherwise too,
        by statement index."""
        found: dict[int, OtherDefinition] = {}
        for statement in parsed.statements:
            if statement.kind == "CreateStmt" and statement.section == "up":
                elsewhere = self._elsewhere(name, statement)
                if elsewhere is not None:
                    found[statement.index] = elsewhere
        return found

    def is_sole_mention(self, trigger: str) -> bool:
        """Whether the folder names a trigger once: it makes it, and does nothing else with it, or with one
        of another table that is called so."""
        return len(self._mentions_of(_trigger_key(trigger.encode()))) <= 1

    def other_shapes(self, table: Ref, name: str, *, later: bool) -> Iterator[OtherShape]:
        """What makes a table of that name in dumps, and where `later` is asked, in files behind `name`, as
        far as it tells the columns."""
        for made in self.makers(table):
            is_dump = made.file in self.dumps
            is_later = later and self._places[made.file] > self._places.get(name, -1)
            if made.kind is Kind.TABLE and made.columns is not None and (is_dump or is_later):
                script = self._scripts.read(made.file)
                start = script.parsed.statements[made.statement].start
                row = script.parsed.source.data.count(b"\n", 0, start) + 1
                site = StatementSite(made.file, made.statement, row)
                columns = frozenset(made.columns) | _added(script, table)
                yield OtherShape(site, columns, is_dump)

    def same_version(self, name: str) -> Iterator[str]:
        """The other files that have a file's version, where the runner knows its files by nothing else."""
        if self._versions is None:
            self._versions = _grouped((each, _versions(self._profile, each)) for each in self.names)
        for version in _versions(self._profile, name):
            yield from (other for other in self._versions.get(version, ()) if other != name)

    def update(self, name: str) -> frozenset[str]:
        """Look at a file anew. Returns the other files whose answers may be others now: those that make
        what this one makes otherwise than before."""
        self._by_relation.pop(name, None)
        self._definitions.clear()
        if self._mentioned is None or name not in self._mentioned:
            return frozenset()
        before, now = self._mentioned[name], _mentions(self._text(name))
        touched: set[bytes] = set()
        if before != now:
            touched = self._move(name, Counter(before), Counter(now))
            self._mentioned[name] = now
        made = self._made.pop(name, None)
        if made is not None:
            # Somebody has looked at what it makes; else only its mentions can have told anything.
            touched |= _keys_that_differ(made, self._made_by(name))
        return frozenset(
            other
            for key in touched
            for other in (*self._mentioning.get(key, ()), *self._beside.get(key, ()))
            if other != name
        )

    def _move(self, name: str, before: Counter[bytes], now: Counter[bytes]) -> set[bytes]:
        """Let the file stand where it mentions something now. Returns what it mentions more or less often."""
        moved = set()
        for key in before.keys() | now.keys():
            if before[key] != now[key]:
                moved.add(key)
                others = [each for each in self._mentioning.get(key, ()) if each != name]
                at = bisect_left(others, self._places[name], key=self._places.__getitem__)
                others[at:at] = [name] * now[key]
                self._mentioning[key] = others
        return moved

    def _elsewhere(self, name: str, statement: Statement) -> OtherDefinition | None:
        tree = statement.tree
        if tree is None:
            return None
        ref = table_of(tree.fields["relation"])
        if name not in self._places:
            self._beside.setdefault(_key(ref.name.encode()), set()).add(name)
        mentioning = self._files_with(ref.name)
        if not mentioning or (len(mentioning) == 1 and mentioning[0] == name):
            return None
        columns = _types(TableDefinition(ref.name, tree))
        for made in self._different(ref):
            difference = _difference(columns, made, later=made.file in self.dumps)
            if difference:
                text = f"{short_name(self._profile, made.file)} {difference}"
                return OtherDefinition(text, certain=not made.unread)
        return None

    def _different(self, table: Ref) -> list[Maker]:
        """The first two that make a table in ways that differ: a statement differs from one of them if it
        differs from any. Its own CREATE fails loudly where another relation is; nothing is hidden."""
        found = self._definitions.get(table)
        if found is None:
            found = []
            for made in self.makers(table):
                if made.kind is Kind.TABLE and (not found or made[4:] != found[0][4:]):
                    found.append(made)
                    if len(found) == 2:
                        break
            self._definitions[table] = found
        return found

    def _grouped_by_relation(self, name: str) -> dict[Ref, list[Maker]]:
        """What a file makes, by what it makes."""
        found = self._by_relation.get(name)
        if found is None:
            found = self._by_relation[name] = {}
            for made in self._made_by(name):
                found.setdefault(made.ref, []).append(made)
        return found

    def _files_with(self, relation: str) -> Sequence[str]:
        """The files that mention such a CREATE, in order; one that does so twice stands twice."""
        return self._mentions_of(_key(relation.encode()))

    def _mentions_of(self, key: bytes) -> Sequence[str]:
        if self._mentioned is None:
            self._mentioned = {name: _mentions(self._text(name)) for name in self._places}
            self._mentioning = _grouped(self._mentioned.items())
        return self._mentioning.get(key, ())

    def _made_by(self, name: str) -> list[Maker]:
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = list(self._made_in(name))
        return known

    def _text(self, name: str) -> bytes:
        """A file's bytes; where it cannot be read, none: who asks about another file is told of that one."""
        try:
            return self._scripts.data(name)
        except UsageProblem:
            return b""

    def _made_in(self, name: str) -> Iterator[Maker]:
        try:
            script = self._scripts.read(name)
        except UsageProblem:
            return
        for statement in script.parsed.statements:
            if statement.section == "up":
                yield from self._made_by_one(name, script, statement)

    def _made_by_one(self, name: str, script: Script, statement: Statement) -> Iterator[Maker]:
        """What a statement makes; most do not mention any CREATE, and are passed over."""
        mentioned = _made(script.parsed.code[statement.start : statement.end].lower())
        if not mentioned:
            return
        version = self._terms.postgres_version
        told = set()
        unread = ""
        for effect in _told(script.program(statement), version):
            if isinstance(effect, Opaque):
                unread = unread or effect.reason
            elif effect.ref.space is Space.RELATION:
                told.add(_key(effect.ref.name.encode()))
                definition = effect.definition
                columns = _types(definition) if isinstance(definition, TableDefinition) else None
                yield Maker(name, statement.index, self._resolved(effect.ref), effect.kind, columns)
        if unread:
            for key in mentioned:
                if key not in told:
                    ref = self._resolved(Ref(Space.RELATION, key.decode(errors="replace")))
                    yield Maker(name, statement.index, ref, Kind.TABLE, unread=unread)

    def _resolved(self, ref: Ref) -> Ref:
        """A name without a schema is made in the first one of the search_path."""
        if ref.schema is not None or not self._terms.search_path:
            return ref
        return ref._replace(schema=self._terms.search_path[0])


def _added(script: Script, table: Ref) -> set[str]:
    """The columns that a file adds to a table."""
    return {
        effect.ref.name
        for statement in script.parsed.statements
        for effect in flat(script.program(statement))
        if isinstance(effect, Creates) and effect.ref.space is Space.COLUMN
        if effect.ref.parent is not None and effect.ref.parent.name == table.name
    }


def _told(effects: Iterable[Effect], postgres_version: int) -> Iterator[Creates | Opaque]:
    """What is made, and what cannot be read, in bodies too."""
    for effect in flat(effects):
        if isinstance(effect, Creates | Opaque):
            yield effect
        elif isinstance(effect, Body):
            for place in walk(effect.block):
                node = place.node
                if isinstance(node, Dynamic):
                    yield Opaque(node.reason, node.mentions)
                elif isinstance(node, Sql):
                    yield from _told(effects_of(node.tree, postgres_version), postgres_version)


def _keys_that_differ(before: Iterable[Maker], now: Iterable[Maker]) -> set[bytes]:
    """The names of what a file no longer makes as it did; which of its statements does so is all one."""
    one, other = _by_key(before), _by_key(now)
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def _by_key(makers: Iterable[Maker]) -> dict[bytes, list[tuple[object, ...]]]:
    found: dict[bytes, list[tuple[object, ...]]] = {}
    for made in makers:
        # The order of columns shows in what is said of them.
        columns = None if made.columns is None else tuple(made.columns.items())
        told = (made.ref, made.kind, columns, made.unread)
        found.setdefault(_key(made.ref.name.encode()), []).append(told)
    return found


def _mentions(data: bytes) -> tuple[bytes, ...]:
    """What a text makes, and the triggers that it names."""
    lower = data.lower()
    if b"trigger" not in lower:
        return _made(lower)
    triggers = (_trigger_key(_bare(match[1])) for match in re.finditer(_TRIGGER, lower))
    return (*_made(lower), *triggers)


def _made(lower: bytes) -> tuple[bytes, ...]:
    """The names, without schema, that stand behind the CREATE of a relation in a text in lower case."""
    return tuple(_key(_bare(match[1])) for match in re.finditer(_CREATE, lower))


def _bare(name: bytes) -> bytes:
    return name.rpartition(b".")[2].strip(b'"')


def _trigger_key(name: bytes) -> bytes:
    """No relation's name has a NUL in it."""
    return b"\0" + _key(name)


def _key(name: bytes) -> bytes:
    return name.lower()[:_SIGNIFICANT]


def _versions(profile: Profile, name: str) -> tuple[str, ...]:
    """A file's version, where the runner tells files apart by it alone."""
    named = profile.named(name) if profile.version_alone else None
    if named is None or named[0].direction != "up":
        return ()
    return (profile.version_of(name),) if named[1].groupdict().get("version") else ()


def _grouped(pairs: Iterable[tuple[str, Iterable[_Key]]]) -> dict[_Key, list[str]]:
    """The files of each key, in order."""
    found: dict[_Key, list[str]] = {}
    for name, keys in pairs:
        for key in keys:
            found.setdefault(key, []).append(name)
    return found


def _types(definition: TableDefinition) -> dict[str, str]:
    return {name: column.type for name, column in definition.columns.items()}


def _difference(mine: Mapping[str, str], made: Maker, *, later: bool) -> str:
    """How what is made differs from a table with these columns, in words; empty where it does not.

    `later`: it is a dump, which has the columns that other migrations add, too.
    """
    if made.unread:
        return f"makes it, too, in a way that cannot be read ({made.unread})"
    other = made.columns
    if other is None:
        return "makes it from a query"
    if other == mine:
        return ""
    parts = []
    for word, names in (
        ("with", [] if later else [name for name in other if name not in mine]),
        ("without", [name for name in mine if name not in other]),
        ("with another type of", [n for n in mine if n in other and mine[n] != other[n]]),
    ):
        if names:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            parts.append(f"{word} {shown}")
    return f"makes it {' and '.join(parts)}" if parts else ""
