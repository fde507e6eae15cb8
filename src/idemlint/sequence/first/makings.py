"""Who in a folder makes what: asked of names that a first run does not find.

Few names are: what a folder uses it has mostly made before. So nothing is looked for ahead; a file is read
for what it makes when it holds a name that somebody asked about, and what it makes is kept without its trees.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeGuard

from idemlint.errors import UsageProblem
from idemlint.plpgsql.nodes import Dynamic, Sql, parts
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Body,
    Creates,
    Drops,
    Opaque,
    Renames,
    Requires,
    SetsPath,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from idemlint.plpgsql.nodes import Block, Node
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.sequence.script import Scripts
    from idemlint.sequence.terms import Terms


class Making(NamedTuple):
    """A statement, by its file and its index there, that makes something of a name, or renames it to that.

    `guarded`: it may do so only where there is none.
    """

    file: str
    statement: int
    ref: Ref
    guarded: bool


class _Facts(NamedTuple):
    """What a file makes, what it ends or renames; the tables that it takes to be there, and those that it may
    make where it builds its SQL, by their bare names."""

    made: Mapping[Ref, list[Making]]
    ended: frozenset[Ref]
    used: frozenset[str]
    named: frozenset[str]


_NO_FACTS: Final = _Facts(MappingProxyType({}), frozenset(), frozenset(), frozenset())


class Makings:
    """What the files `names` of one runner make, in its order."""

    def __init__(self, names: Sequence[str], scripts: Scripts, terms: Terms) -> None:
        self._names = names
        self._scripts = scripts
        self._version = terms.postgres_version
        self._home = terms.search_path[0] if terms.search_path else "public"
        self._places = {name: place for place, name in enumerate(names)}
        self._facts: dict[str, _Facts] = {}
        self._texts: tuple[bytes, list[int]] | None = None
        self._mentioned: dict[bytes, list[str]] = {}
        #: What was asked, and at which place first; the first place at which all files were asked.
        self._asked: dict[Ref, tuple[int, list[Making]]] = {}
        self._asked_of_all = len(names)
        #: Where the run is that asks.
        self.place = 0
        self._has_baseline: bool | None = None
        self._inline: frozenset[bytes] | None = None

    def of(self, ref: Ref) -> list[Making]:
        """All that makes a thing of that name, in the folder's order; a routine whatever its arguments."""
        asked = self.resolved(ref)
        found = self._made(asked)
        self._asked.setdefault(asked, (self.place, found))
        return list(found)

    def _made(self, ref: Ref) -> list[Making]:
        found: list[Making] = []
        for name in self._mentioning(ref):
            found += self._of_file(name).made.get(ref, ())
        return found

    def makes_any(self, space: Space, name: str) -> bool:
        """Whether the folder makes a thing of that name, whatever that is in."""
        self._asked_of_all = min(self._asked_of_all, self.place)
        return any(
            ref.space is space and ref.name == name
            for file in self._naming(name)
            for ref in self._of_file(file).made
        )

    def is_inline(self, constraint: str) -> bool:
        """Whether a CREATE TABLE of the folder seems to give a constraint that name."""
        self._asked_of_all = min(self._asked_of_all, self.place)
        if self._inline is None:
            text, _ = self._all_texts()
            self._inline = frozenset(re.findall(_INLINE, text))
        word = constraint.lower().encode("utf-8", "surrogateescape")
        return re.fullmatch(rb"\w+", word) is None or word in self._inline

    def is_by(self, origin: tuple[str, int] | None, ref: Ref) -> bool:
        """Whether a statement, by its file and its index there, makes a thing of that name."""
        if origin is None:
            return False
        name, index = origin
        makings = self._of_file(name).made.get(self.resolved(ref), ())
        return any(each.statement == index for each in makings)

    def place_of(self, name: str) -> int:
        """A file's place in the order."""
        return self._places.get(name, -1)

    @property
    def has_baseline(self) -> bool:
        """Whether the folder uses tables that nobody in it makes: something was there before it."""
        self._asked_of_all = min(self._asked_of_all, self.place)
        if self._has_baseline is None:
            every = [self._of_file(name) for name in self._names]
            made = {ref.name for each in every for ref in each.made}
            made.update(*(each.named for each in every))
            self._has_baseline = not all(each.used <= made for each in every)
        return self._has_baseline

    def is_ended(self, ref: Ref) -> bool:
        """Whether anything in the folder drops a thing of that name, or renames it."""
        asked = self.resolved(ref)
        self._asked_of_all = min(self._asked_of_all, self.place)
        return any(asked in self._of_file(name).ended for name in self._naming(ref.name))

    def is_ended_later(self, ref: Ref) -> bool:
        """Whether a file behind the present one drops a thing of that name, or renames it."""
        asked = self.resolved(ref)
        self._asked_of_all = min(self._asked_of_all, self.place)
        later = (each for each in self._naming(ref.name) if self.place_of(each) > self.place)
        return any(asked in self._of_file(name).ended for name in later)

    def update(self, names: Sequence[str]) -> int:
        """Files have other texts now. Returns the first place at which an answer was given that may be
        another one since; behind all files where there is none."""
        for name in names:
            self._facts.pop(name, None)
        self._texts = None
        self._mentioned.clear()
        self._has_baseline = self._inline = None
        place, self._asked_of_all = self._asked_of_all, len(self._names)
        for ref, (at, before) in list(self._asked.items()):
            if self._made(ref) != before:
                del self._asked[ref]
                place = min(place, at)
        return place

    def _mentioning(self, ref: Ref) -> list[str]:
        """The files that may make a thing of that name, as far as their texts say: one that stands by itself
        stands behind CREATE or a rename; else it may be in whatever mentions it."""
        if ref.parent is not None:
            return self._naming(ref.name)
        return self._found(ref.name, lambda word: _MAKING % re.escape(word))

    def _naming(self, name: str) -> list[str]:
        """The files that mention a name."""
        return self._found(name, re.escape)

    def _found(self, name: str, pattern: Callable[[bytes], bytes]) -> list[str]:
        word = name.lower().encode("utf-8", "surrogateescape")
        asked = pattern(word)
        known = self._mentioned.get(asked)
        if known is None:
            text, starts = self._all_texts()
            places: dict[int, None] = {}
            if word in text:
                found = re.finditer(asked, text)
                places = dict.fromkeys(bisect_right(starts, each.start()) - 1 for each in found)
            known = self._mentioned[asked] = [self._names[place] for place in places]
        return known

    def _all_texts(self) -> tuple[bytes, list[int]]:
        """The files in lower case, one behind the other, and where each begins: one look serves all."""
        if self._texts is None:
            texts = [self._text(name) for name in self._names]
            starts = [0, *accumulate(len(each) + len(_BETWEEN) for each in texts)]
            self._texts = _BETWEEN.join(texts), starts[:-1]
        return self._texts

    def _text(self, name: str) -> bytes:
        """A file in lower case; empty where it cannot be read."""
        try:
            return self._scripts.data(name).lower()
        except UsageProblem:
            return b""

    def _of_file(self, name: str) -> _Facts:
        known = self._facts.get(name)
        if known is None:
            known = self._facts[name] = self._read(name)
        return known

    def _read(self, name: str) -> _Facts:
        try:
            script = self._scripts.read(name)
        except UsageProblem:
            return _NO_FACTS
        made: dict[Ref, list[Making]] = {}
        ended: set[Ref] = set()
        used: set[str] = set()
        named: set[str] = set()
        elsewhere = False
        for statement in script.applied:
            effects = list(self._flat(script.program(statement)))
            skips = {
                self.resolved(each.ref)
                for each in effects
                if isinstance(each, Requires) and each.otherwise is SKIP and not each.want
            }
            is_body = statement.kind == "DoStmt"
            for effect in effects:
                if isinstance(effect, Drops | Renames):
                    ended.add(self.resolved(effect.ref))
                if isinstance(effect, SetsPath):
                    elsewhere = True
                elif isinstance(effect, Opaque):
                    named |= effect.mentions
                elif isinstance(effect, Creates | Renames):
                    given = effect.to if isinstance(effect, Renames) else effect.ref
                    ref = self.resolved(given)
                    if isinstance(effect, Creates) and isinstance(effect.definition, Routine):
                        body = effect.definition.body
                        if body is not None and body.builds:
                            named |= body.mentions()
                    if elsewhere and given.schema is None and given.parent is None:
                        # Where that is cannot be told without a run.
                        named.add(given.name)
                        continue
                    making = Making(name, statement.index, ref, is_body or ref in skips)
                    made.setdefault(ref, []).append(making)
                elif _is_table_used(effect, self._home):
                    used.add(effect.ref.name)
        return _Facts(made, frozenset(ended), frozenset(used), frozenset(named))

    def _flat(self, effects: Iterable[Effect]) -> Iterator[Effect]:
        for effect in flat(effects):
            if not isinstance(effect, Body):
                yield effect
                continue
            for node in _nodes(effect.block):
                if isinstance(node, Dynamic):
                    yield Opaque(node.reason, node.mentions)
                elif isinstance(node, Sql):
                    # Where the body has run, they are known.
                    known = node.effects
                    ran = known is not None and known[0] == self._version
                    yield from self._flat(known[1] if ran else effects_of(node.tree, self._version))

    def resolved(self, ref: Ref) -> Ref:
        """The name that a thing is known by here: with a schema, without arguments."""
        parent = ref.parent
        if parent is not None:
            return Ref(ref.space, ref.name, None, self.resolved(parent))
        if ref.space in {Space.RELATION, Space.TYPE, Space.ROUTINE}:
            return Ref(ref.space, ref.name, ref.schema or self._home)
        return Ref(ref.space, ref.name)


def _nodes(block: Block) -> Iterator[Node]:
    """All nodes of a body, those inside of others too, however deep they stand."""
    waiting = [block]
    while waiting:
        for node in waiting.pop().body:
            yield node
            waiting += parts(node)


def _is_table_used(effect: Effect, home: str) -> TypeGuard[Requires]:
    """Whether an effect takes a table to be there, in the schema that names without one mean."""
    return (
        isinstance(effect, Requires)
        and effect.want
        and effect.otherwise == "42P01"
        and effect.kind is Kind.TABLE
        and effect.ref.schema in {None, home}
    )


#: What no name reaches over.
_BETWEEN: Final = b"\n;\n"
#: CREATE and SELECT INTO with a name, or a rename to it.
_MAKING: Final = rb"\b(?:create\b[^;(]{0,200}?|to\s+|into\s+)(?:[\w\"]+\.)?\"?%s\b|set\s+schema\b"
#: CONSTRAINT with a name, where it is not one that is added, dropped or spoken of.
_INLINE: Final = (
    rb"(?:[(,)'\"]|\b(?!(?:add|drop|validate|rename|alter|on|exists)\b)\w+)\s*\bconstraint\s+"
    rb"\"?(\w+)"
)
