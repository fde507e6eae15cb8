"""IDM610 and IDM809: names of which PostgreSQL keeps less than is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Fix, Severity
from idemlint.plpgsql.nodes import If, Sql, walk
from idemlint.postgres.names import NAME_BYTES, cut, is_cut
from idemlint.records import NamedTuple
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import SKIP, Creates, Drops, Renames, Requires, Verb
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import kit
from idemlint.rules.kit.rule import FileRule
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.plpgsql.nodes import Block
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.guards.conditions import Exists
    from idemlint.rules.kit.branches import Made
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement
    from idemlint.source.tokens import Placed
    from idemlint.source.tree import Tree

#: What may be a text of more than PostgreSQL keeps; most files have none.
_TEXT: Final = rb"'[^'\n]{64}"
#: Where all that can be in a name, quoted or not, is one letter, a name that is too long is found much
#: quicker than by an expression.
_WORDS: Final = bytes(
    ord("a" if byte > 127 or byte in b"_$" or chr(byte).isalnum() else " ") for byte in range(256)
)
_QUOTED: Final = bytes(byte if byte in b'"\n' else ord("a") for byte in range(256))
_LONG: Final = b"a" * (NAME_BYTES + 1)
_OF_ENUMS: Final = frozenset({"CreateEnumStmt", "AlterEnumStmt"})

#: A character of four bytes that does not fit goes whole.
_LEAST: Final = NAME_BYTES - 3


class GuardNameTooLong(FileRule):
    """`IF NOT EXISTS (… conname::text = 'a name of more than 63 bytes')`."""

    code = "IDM610"
    name = "guard-name-too-long"
    explains = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Branches that hang on whether something is there, where what is asked never finds it."""
        bodies = migration.bodies()
        if not bodies or re.search(_TEXT, migration.data) is None:
            return
        for statement, body in bodies:
            for place in walk(body):
                node = place.node
                if isinstance(node, If):
                    for branch in (node.then, node.otherwise):
                        found = _never_found(node, branch)
                        if found is not None:
                            yield self._told(migration, statement, node, *found)
                            break

    def _told(
        self,
        migration: Migration,
        statement: Statement,
        node: If,
        made: Made,
        fact: Exists,
        runs: bool,
    ) -> Diagnostic:
        outcomes = migration.outcomes.get(statement.index, {}).values()
        sqlstate = next(
            (
                each.sqlstate
                for each in outcomes
                if each.verdict is Verdict.FAILS and each.leaf is made.leaf
            ),
            None,
        )
        follows = "lets this run each time" if runs else "never lets this run"
        found = self.diagnostic(
            migration,
            made.leaf.span or node.span or statement.span,
            f"PostgreSQL keeps {NAME_BYTES} bytes of this name, the guard compares the whole of it as text:"
            f" it never finds {made.ref}, and {follows}",
            statement=statement.index,
            sqlstate=sqlstate,
            fix=_cut_in_guard(migration, node, fact, runs=runs),
        )
        return found if runs else found._replace(severity=Severity.WARNING)


def _never_found(node: If, branch: Block) -> tuple[Made, Exists, bool] | None:
    """What a branch makes though it is there, or leaves alone though it is there; what its IF asks instead;
    and whether the branch runs."""
    asked = [(fact, present) for fact, present in kit.branches.asked(node, branch) if fact.never]
    if not asked or not branch.body:
        return None
    doing = kit.branches.doings(branch)
    for fact, present in asked:
        for made in doing.needs if present else doing.creates:
            if kit.branches.likeness(fact, made.ref) == "same":
                return made, fact, not present
    return None


def _cut_in_guard(migration: Migration, node: If, fact: Exists, *, runs: bool) -> Fix:
    """The literals of the condition, as PostgreSQL keeps what they name."""
    message = "compare with the name as PostgreSQL keeps it"
    owners = (fact.ref, fact.ref.parent, fact.on)
    names = {ref.name for ref in owners if ref is not None}
    edits = []
    for word in tokens_of(migration.parsed, node.test) if node.test is not None else ():
        text = word.text[1:-1].replace("''", "'")
        if word.kind == "string" and word.text[0] == "'" and is_cut(text) and cut(text) in names:
            edits.append(Edit(word.span, fixes.exists.literal(cut(text))))
    # What never ran is another statement where it runs.
    safe = edits and runs
    return Fix(
        Applicability.SAFE if safe else Applicability.DISPLAY, message, tuple(edits if safe else ())
    )


class _Written(NamedTuple):
    """A name as it is written, where it is given, and the tables that it goes with."""

    text: str
    statement: int
    owners: tuple[str, ...]


class NameTooLong(FileRule):
    """`CREATE INDEX a_name_of_more_than_63_bytes…_1` and `…_2`: one and the same name."""

    code = "IDM809"
    name = "name-too-long"
    explains = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Names that PostgreSQL cuts to one that the file has given before, and labels, which it refuses."""
        has_names = _holds_long_names(migration.data)
        has_texts = bool(migration.bodies()) and re.search(_TEXT, migration.data) is not None
        given: dict[Ref, _Written] = {}
        for statement in migration.applied():
            kind = statement.kind
            if not (has_names or kind in _OF_ENUMS or (has_texts and kind == "DoStmt")):
                continue
            for tree, place in _parts(migration, statement):
                yield from self._labels(migration, statement, tree, place)
                if has_names:
                    whole = place is statement
                    effects = (
                        flat(migration.programs[statement.index])
                        if whole
                        else kit.branches.effects(tree)
                    )
                    yield from self._names(migration, statement, list(effects), place, given)

    def _labels(
        self, migration: Migration, statement: Statement, tree: Tree, place: Placed
    ) -> Iterator[Diagnostic]:
        label = next(filter(is_cut, _labels(tree)), None)
        if label is not None:
            yield self.diagnostic(
                migration,
                Span(place.start, place.end),
                f"a label of an enum has {NAME_BYTES} bytes at most: PostgreSQL refuses '{label}' each time",
                statement=statement.index,
                sqlstate="42602",
                fix=Fix(Applicability.DISPLAY, "choose a shorter label"),
            )

    def _names(
        self,
        migration: Migration,
        statement: Statement,
        effects: list[Effect],
        place: Placed,
        given: dict[Ref, _Written],
    ) -> Iterator[Diagnostic]:
        written = _written(migration, place, effects)
        for effect in effects:
            if isinstance(effect, Drops):
                _forget(given, effect.ref)
            elif isinstance(effect, Renames):
                _forget(given, effect.ref)
                given.pop(effect.to, None)
                if effect.to.name in written:
                    given[effect.to] = _Written(written[effect.to.name], statement.index, ())
            elif isinstance(effect, Creates) and effect.ref.name in written:
                text = written[effect.ref.name]
                before = given.get(effect.ref)
                if before is None or effect.replaces:
                    owners = tuple(each.name for each in effect.owners)
                    given[effect.ref] = _Written(text, statement.index, owners)
                elif before.text != text:
                    yield self._shared(
                        migration, statement, place, effects, effect.ref, text, before
                    )

    def _shared(
        self,
        migration: Migration,
        statement: Statement,
        place: Placed,
        effects: list[Effect],
        ref: Ref,
        text: str,
        before: _Written,
    ) -> Diagnostic:
        otherwise = next(
            (
                each.otherwise
                for each in effects
                if isinstance(each, Requires) and each.verb is Verb.CREATE and each.ref == ref
            ),
            SKIP,
        )
        skips = otherwise is SKIP
        comes = "it is skipped for that one" if skips else "it fails on its first run"
        found = self.diagnostic(
            migration,
            Span(place.start, place.end),
            f"PostgreSQL keeps {NAME_BYTES} bytes of {text}, and of {before.text} (statement"
            f" {before.statement + 1}) the same ones: {comes}",
            statement=statement.index,
            sqlstate=None if skips else otherwise,
            fix=Fix(Applicability.DISPLAY, f"choose a name that differs within {NAME_BYTES} bytes"),
        )
        return found._replace(severity=Severity.WARNING) if skips else found


def _holds_long_names(data: bytes) -> bool:
    return _LONG in data.translate(_WORDS) or b'"' + _LONG in data.translate(_QUOTED)


def _parts(migration: Migration, statement: Statement) -> Iterator[tuple[Tree, Placed]]:
    """A statement, or those in its body, each with its place."""
    body = migration.body(statement)
    if body is None:
        if statement.tree is not None:
            yield statement.tree, statement
        return
    for place in walk(body):
        node = place.node
        if isinstance(node, Sql) and node.span is not None:
            yield node.tree, node.span


def _labels(tree: Tree) -> Iterator[str]:
    """The labels that a statement gives to an enum."""
    if tree.kind == "CreateEnumStmt":
        yield from (each.fields.get("sval", "") for each in tree.vals or ())
    elif tree.kind == "AlterEnumStmt" and tree.newVal is not None:
        yield tree.newVal


def _written(migration: Migration, place: Placed, effects: list[Effect]) -> dict[str, str]:
    """The names of a statement that are cut, as they are written, by what is left of them."""
    names = {
        ref.name
        for each in effects
        for ref in (getattr(each, "to", None) or getattr(each, "ref", None),)
        if ref is not None
    }
    # What is left of one that is cut has 60 bytes at least.
    if all(_bytes_in(name) < _LEAST for name in names):
        return {}
    found = {}
    for word in tokens_of(migration.parsed, place):
        if word.kind == "quoted":
            text = word.text[1:-1].replace('""', '"')
        elif word.kind == "word":
            text = word.text.lower()
        else:
            continue
        if is_cut(text) and cut(text) in names:
            found[cut(text)] = text
    return found


def _bytes_in(name: str) -> int:
    return len(name) if name.isascii() else len(name.encode())


def _forget(given: dict[Ref, _Written], gone: Ref) -> None:
    """A name is free again, and so are those of what went with it."""
    for ref, each in list(given.items()):
        if ref == gone or ref.parent == gone or gone.name in each.owners:
            del given[ref]
