"""Effects in words: what `idemlint replay --effects` shows of a statement.

One function (a row of `_TEXTS`) a word of the vocabulary, from the effect to one line, which begins with
the word's verb and leaves out what is as usual. What holds other effects has them below itself: a
command of an ALTER TABLE, a body, its branches and its statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres.kinds import Space, in_words
from idemlint.records import NamedTuple
from idemlint.replay.effects import vocabulary
from idemlint.replay.effects.access import told
from idemlint.replay.effects.program import program_within
from idemlint.replay.effects.vocabulary import SKIP
from idemlint.replay.guards.condition_words import asked, columns_in_words, row_in_words
from idemlint.replay.guards.kept import condition_of
from idemlint.replay.queries.scope import Reading, levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idemlint.plpgsql.nodes import Block, Node
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect

#: Bodies in bodies, branches in branches: what is deeper is left out.
_DEEPEST: Final = 40


class Described(NamedTuple):
    """An effect in words.

    `word` is its class (in a body: the class of the node of `plpgsql.nodes`), `text` one line without
    what it holds, `inner` what it holds.
    """

    word: str
    text: str
    inner: tuple[Described, ...] = ()


def describe(effects: Iterable[Effect], postgres_version: int) -> tuple[Described, ...]:
    """The effects of a statement in words, in their order."""
    return tuple(_Teller(postgres_version).effects(effects, 0))


# -- the words of the vocabulary -------------------------------------------------------------------


def _named(ref: Ref) -> str:
    return f"{ref.space.value} {_ref(ref)}"


def _thing(effect: vocabulary.Requires | vocabulary.Creates | vocabulary.Drops) -> str:
    ref = effect.ref
    if ref.space is Space.MEMBER or (ref.space is Space.FACET and ":" not in ref.name):
        return in_words(effect.kind, ref)
    return f"{effect.kind.noun} {_ref(ref)}"


def _ref(ref: Ref) -> str:
    """A name; a property of a column has the column's (`identity:a`: a)."""
    if ref.space is Space.FACET:
        ref = ref._replace(name=ref.name.rpartition(":")[2])
    return str(ref)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))


def _beside(table: Ref | None) -> str:
    return f" beside {table}" if table is not None else ""


def _requires(effect: vocabulary.Requires) -> str:
    presence = "present" if effect.want else "absent"
    otherwise = "skip" if effect.otherwise is SKIP else effect.otherwise
    wrong = effect.wrong_kind
    if wrong is not None:
        otherwise += f", of another kind {'skip' if wrong is SKIP else wrong}"
    what = f"{_thing(effect)}{_beside(effect.beside)}"
    verb = effect.verb.value + (" into" if effect.verb is vocabulary.Verb.WRITE else "")
    return f"requires {what} {presence}, else {otherwise} (to {verb} it)"


def _uses_columns(effect: vocabulary.UsesColumns) -> str:
    return f"uses {columns_in_words(effect.names)} of {effect.table}, else 42703"


def _reads(effect: vocabulary.ReadsColumns) -> str:
    names = dict.fromkeys(name for scope in levels(effect.scope) for name in scope.names)
    shown = [".".join(name) for name in names if name[-1] != "*"]
    return f"reads {columns_in_words(tuple(shown))}, else 42703"


def _calls(effect: vocabulary.Calls) -> str:
    return f"calls {effect.ref}, {'else 42883' if effect.unless is None else 'of an extension'}"


def _validates(effect: vocabulary.Validates) -> str:
    tables = dict.fromkeys(table for each in effect.body for table in _looked_for(each))
    reads = f": reads {_listed(tables)}" if tables else ""
    return f"validates its body{reads}, else 42P01 or 42703"


def _looked_for(each: Reading | vocabulary.Requires) -> tuple[Ref, ...]:
    return (each.ref,) if isinstance(each, vocabulary.Requires) else each.tables


def _bound(owners: tuple[Ref, ...], needs: tuple[Ref, ...]) -> str:
    goes = f", goes with {_listed(map(_named, owners))}" if owners else ""
    return goes + (f", needs {_listed(map(_named, needs))}" if needs else "")


def _creates(effect: vocabulary.Creates) -> str:
    verb = "creates or replaces" if effect.replaces else "creates"
    copies = f", with rows of {_listed(effect.copies)}" if effect.copies else ""
    what = f"{_thing(effect)}{_beside(effect.beside)}"
    return f"{verb} {what}{_bound(effect.owners, effect.needs)}{copies}"


def _creates_unnamed(effect: vocabulary.CreatesUnnamed) -> str:
    name = f"{effect.base}, or the next free name"
    return (
        f"creates {effect.kind.noun} {name}, on {effect.table}{_bound(effect.owners, effect.needs)}"
    )


def _ends_at_commit(effect: vocabulary.EndsAtCommit) -> str:
    return f"ends {effect.ref} at COMMIT"


def _ends_temporary(_: vocabulary.EndsTemporary) -> str:
    return "ends all temporary objects"


def _drops(effect: vocabulary.Drops) -> str:
    cascade = ", with all that needs it" if effect.cascade else ""
    return f"drops {_thing(effect)}{cascade}"


def _renames(effect: vocabulary.Renames) -> str:
    return f"renames {effect.kind.noun} {effect.ref} to {effect.to}"


def _sets(effect: vocabulary.Sets) -> str:
    return f"sets {effect.facet} of {_named(effect.ref)}{_value(effect.value)}"


def _value(value: object) -> str:
    """What a property is set to; an expression is its parse tree, which does not go into a line."""
    if value is True:
        return ""
    if value is None or value == ():
        return " to none"
    if isinstance(value, tuple) and not isinstance(value, Reading):
        return f" to {_listed(map(_named, value))}"
    return f" to {value}" if isinstance(value, str) else " to an expression"


def _converts(effect: vocabulary.Converts) -> str:
    return f"requires USING to give {effect.type} for {_named(effect.ref)}"


def _retypes(effect: vocabulary.Retypes) -> str:
    typmods = f"({effect.typmods})" if effect.typmods else ""
    return f"sets type of {_named(effect.ref)} to {effect.type}{typmods}, unless something is made of it"


def _sets_path(effect: vocabulary.SetsPath) -> str:
    schemas = effect.schemas
    what = "resets search_path" if schemas is None else f"sets search_path to {_listed(schemas)}"
    return f"{what} until the transaction ends" if effect.local else what


_AGAIN: Final = {
    vocabulary.Again.SAME: "the same",
    vocabulary.Again.MOVES: "moved on",
    vocabulary.Again.VOLATILE: "another value each time",
    vocabulary.Again.UNKNOWN: "not known",
}


def _inserts(effect: vocabulary.Inserts) -> str:
    number = len(effect.rows) if effect.rows is not None else 0
    rows = f"{number} row{'s' * (number > 1)}" if number else "rows"
    given = f" ({_listed(effect.columns)})" if effect.columns is not None else ""
    parts = [f"inserts {rows} into {effect.table}{given}"]
    if effect.from_file:
        parts.append("from a file")
    if effect.sources:
        parts.append(f"from {_listed(effect.sources)}")
    if effect.guard is not None:
        parts.append(f"where {asked(effect.guard)}")
    elif effect.guarded:
        parts.append("behind a guard that cannot be read")
    if effect.conflict:
        parts.append(f"on conflict{_arbiter(effect.arbiter)} {effect.conflict}")
    if effect.update is not None:
        parts.append(f"once more: {_AGAIN[effect.update]}")
    if effect.kept is not None:
        parts.append(f"{'kept out' if effect.kept else 'not kept out'} by a key the second time")
    return ", ".join(parts)


def _arbiter(arbiter: vocabulary.Arbiter | None) -> str:
    if arbiter is None:
        return ""
    if arbiter.constraint:
        return f" on {arbiter.constraint}"
    where = " where …" if arbiter.where is not None else ""
    return f" ({_listed([each.name or '…' for each in arbiter.elements])}){where}"


def _updates(effect: vocabulary.Updates) -> str:
    columns = f" ({_listed(effect.columns)})" if effect.columns else ""
    why = f" ({effect.why})" if effect.why else ""
    return f"updates {effect.table}{columns}, once more: {_AGAIN[effect.again]}{why}"


def _deletes(effect: vocabulary.Deletes) -> str:
    if effect.every:
        text = f"deletes all rows of {effect.table}"
    elif effect.rows is None:
        text = f"deletes rows of {effect.table}"
    else:
        text = f"deletes rows of {effect.table} where {' or '.join(map(row_in_words, effect.rows))}"
    if effect.others:
        text += ", others each time"
    return text + (", restarts its sequences" if effect.restarts else "")


def _fills(effect: vocabulary.Fills) -> str:
    subject = f"{effect.kind.noun} {effect.subject}"
    return f"fills {subject}, else {effect.sqlstate} the first time, where {effect.table} has rows"


def _repeats(effect: vocabulary.Repeats) -> str:
    subject = f", of {_named(effect.subject)}" if effect.subject is not None else ""
    return f"repeats: {effect.what}{subject}"


def _fails(effect: vocabulary.Fails) -> str:
    if effect.listed is not None:
        listing = "lists" if effect.listed.there else "no longer lists"
        otherwise = f", else {effect.sqlstate}: {effect.reason}" if effect.sqlstate else ""
        return f"{listing} {row_in_words(effect.listed.row)} in {effect.listed.table}{otherwise}"
    when = "the second time" if effect.body is None and effect.span is None else "each time"
    return f"fails with {effect.sqlstate} {when}: {effect.reason}"


def _opaque(effect: vocabulary.Opaque) -> str:
    return f"opaque: {effect.reason}{_forgotten(effect.mentions)}"


def _forgotten(mentions: frozenset[str]) -> str:
    return f"; not known any more: {_listed(sorted(mentions))}" if mentions else ""


def _command(effect: vocabulary.Command) -> str:
    return "command (its guard skips all of it)"


def _transaction(effect: vocabulary.Transaction) -> str:
    words = effect.kind.removeprefix("TRANS_STMT_").replace("_", " ")
    return f"transaction: {words} {effect.name}".rstrip()


def _body(effect: vocabulary.Body) -> str:
    return "body"


_TEXTS: Final[dict[type, Callable[..., str]]] = {
    vocabulary.Requires: _requires,
    vocabulary.UsesColumns: _uses_columns,
    vocabulary.ReadsColumns: _reads,
    vocabulary.Calls: _calls,
    vocabulary.Validates: _validates,
    vocabulary.Creates: _creates,
    vocabulary.CreatesUnnamed: _creates_unnamed,
    vocabulary.EndsAtCommit: _ends_at_commit,
    vocabulary.EndsTemporary: _ends_temporary,
    vocabulary.Drops: _drops,
    vocabulary.Renames: _renames,
    vocabulary.Sets: _sets,
    vocabulary.Converts: _converts,
    vocabulary.Retypes: _retypes,
    vocabulary.Entitles: told.entitles,
    vocabulary.Disowns: told.disowns,
    vocabulary.SetsPath: _sets_path,
    vocabulary.Inserts: _inserts,
    vocabulary.Updates: _updates,
    vocabulary.Deletes: _deletes,
    vocabulary.Fills: _fills,
    vocabulary.Repeats: _repeats,
    vocabulary.Fails: _fails,
    vocabulary.Opaque: _opaque,
    vocabulary.Command: _command,
    vocabulary.Transaction: _transaction,
    vocabulary.Body: _body,
}


# -- what holds others -----------------------------------------------------------------------------


class _Teller:
    """Goes down into commands and bodies; a statement in a body has the effects of this version."""

    def __init__(self, postgres_version: int) -> None:
        self.postgres_version = postgres_version

    def effects(self, effects: Iterable[Effect], depth: int) -> Iterator[Described]:
        for effect in effects:
            inner: Iterable[Described] = ()
            if isinstance(effect, vocabulary.Command):
                inner = self.effects(effect.effects, depth + 1)
            elif isinstance(effect, vocabulary.Body):
                inner = self.block(effect.block, depth + 1)
            kind = effect.__class__
            yield Described(kind.__name__, _TEXTS[kind](effect), tuple(inner))

    def block(self, block: Block, depth: int) -> Iterator[Described]:
        if depth > _DEEPEST:
            yield Described("Block", "… nested too deeply to be shown")
            return
        for node in block.body:
            yield from self.node(node, depth)

    def node(self, node: Node, depth: int) -> Iterator[Described]:
        match node:
            case nodes.Block():
                yield from self.block(node, depth + 1)
            case nodes.Sql():
                effects = program_within(node, self.postgres_version)
                text = node.tree.kind + (" by EXECUTE" if node.executed else "")
                yield Described("Sql", text, tuple(self.effects(effects, depth + 1)))
            case nodes.Asks():
                effects = program_within(node, self.postgres_version)
                yield Described("Asks", "looks", tuple(self.effects(effects, depth + 1)))
            case nodes.If():
                yield self.below("If", f"if {asked(condition_of(node))}", node.then, depth)
                if node.otherwise.body:
                    yield self.below("If", "else", node.otherwise, depth)
            case nodes.Try():
                yield self.below("Try", "try", node.body, depth)
                for handler in node.handlers:
                    text = f"when {' or '.join(handler.conditions)}"
                    yield self.below("Handler", text, handler.body, depth)
            case nodes.Loop():
                yield self.below("Loop", "loop, any number of times", node.body, depth)
            case nodes.Dynamic():
                pattern = f", {node.pattern!r}" if node.pattern is not None else ""
                text = f"not read: {node.reason}{pattern}{_forgotten(node.mentions)}"
                yield Described("Dynamic", text)
            case nodes.Raise():
                yield Described("Raise", f"raises {node.sqlstate or 'the error again'}")
            case nodes.Return():
                yield Described("Return", "returns")

    def below(self, word: str, text: str, block: Block, depth: int) -> Described:
        return Described(word, text, tuple(self.block(block, depth + 1)))
