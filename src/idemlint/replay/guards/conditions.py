"""Conditions about the catalog: what a guard asks, and what follows from its answer.

Three-valued throughout: what is not known stays unknown (`None`), it is never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idemlint.postgres.kinds import Kind, Ref

    Ask = Callable[["Fact | ErrorIs"], "Answer"]


class Exists(NamedTuple):
    """A lookup finds an object. What it does not ask for matters as much as what it does.

    `ref.name` is compared exactly, as catalogs do: `'Users'` is not `users` (`any_case`: it is). A
    `ref.schema` of `None` leaves it to the search_path, unless `any_schema`: then another schema's
    object answers as well; `any_parent` is the same for tables (a constraint looked up by its name
    alone), `any_name` says that no name was asked for. `kinds` are those the lookup sees (`None`:
    all of the namespace), `only` the letters of `contype`, `typtype` or `prokind` that it is
    narrowed to.

    `on` is a table that the thing has to belong to without living in it (an index), or whose
    columns it has to use (a constraint in constraint_column_usage); `columns` are columns it has to
    be about. `casts` are names whose cast (`'t'::regclass`) fails where they do not exist.
    `catalog` is the relation asked. `never`: what it compares, as text, is longer than any name can be;
    `ref` is what it means, and it does not find it, whether it is there or not.
    """

    ref: Ref
    kinds: frozenset[Kind] | None = None
    only: frozenset[str] = frozenset()
    any_name: bool = False
    any_case: bool = False
    any_schema: bool = False
    any_parent: bool = False
    on: Ref | None = None
    columns: frozenset[str] = frozenset()
    casts: tuple[Ref, ...] = ()
    catalog: str = ""
    never: bool = False


class RowExists(NamedTuple):
    """A table has a row with these values (column, value as text); without any: any row."""

    table: Ref
    row: frozenset[tuple[str, str]] = frozenset()


class Narrowed(NamedTuple):
    """True only if `fact` is, and something else as well that is not known."""

    fact: Exists | RowExists
    text: str


class Not(NamedTuple):
    """The opposite."""

    of: Condition


class And(NamedTuple):
    """All of them."""

    of: tuple[Condition, ...]


class Or(NamedTuple):
    """At least one of them."""

    of: tuple[Condition, ...]


class Constant(NamedTuple):
    """Always so."""

    value: bool


class ErrorIs(NamedTuple):
    """The error of a handler has one of these SQLSTATEs, or its message has all of these `words`."""

    sqlstates: frozenset[str]
    words: tuple[str, ...] = ()


class OnVersions(NamedTuple):
    """True on some major versions of PostgreSQL, false on others; of those in neither it cannot be told."""

    true: frozenset[int]
    false: frozenset[int]


class Steady(NamedTuple):
    """Not known, but the same whenever it is asked, as long as nobody writes into these tables; `truth` is
    the answer that it is asked for, and `text` is for people."""

    text: str
    truth: bool
    tables: tuple[Ref, ...]


class UnreadableCondition(NamedTuple):
    """Nothing can be said; `reason` is for people."""

    reason: str


Fact = Exists | RowExists
Condition = (
    Exists
    | RowExists
    | Narrowed
    | Not
    | And
    | Or
    | Constant
    | ErrorIs
    | OnVersions
    | Steady
    | UnreadableCondition
)
Answer = bool | None

TRUE: Final = Constant(True)
FALSE: Final = Constant(False)


def negation(condition: Condition) -> Condition:
    """The opposite, without doubled NOTs."""
    if isinstance(condition, Not):
        return condition.of
    if isinstance(condition, Constant):
        return FALSE if condition.value else TRUE
    return condition if isinstance(condition, UnreadableCondition) else Not(condition)


def conjunction(conditions: list[Condition]) -> Condition:
    """AND, flat, without what is always true."""
    return _joined(conditions, And, neutral=True)


def disjunction(conditions: list[Condition]) -> Condition:
    """OR, flat, without what is never true."""
    return _joined(conditions, Or, neutral=False)


def _joined(conditions: list[Condition], kind: type[And | Or], *, neutral: bool) -> Condition:
    flat: dict[Condition, None] = {}
    for condition in conditions:
        parts = condition.of if isinstance(condition, kind) else (condition,)
        for part in parts:
            if isinstance(part, Constant):
                if part.value is not neutral:
                    return part
            else:
                flat[part] = None
    if not flat:
        return Constant(neutral)
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))


def evaluate(condition: Condition, presence: Ask, version: int = 0) -> Answer:
    """What the condition is (`None`: cannot be known), given what is known of the facts in it, on a major
    version of PostgreSQL."""
    match condition:
        case Exists() | RowExists():
            return _found(condition, presence)
        case Narrowed(fact):
            return False if _found(fact, presence) is False else None
        case Not(of):
            answer = evaluate(of, presence, version)
            return None if answer is None else not answer
        case And(parts):
            return _all(parts, presence, version, stop=False)
        case Or(parts):
            return _all(parts, presence, version, stop=True)
        case Constant(value):
            return value
        case ErrorIs():
            return presence(condition)
        case OnVersions(true, false):
            return True if version in true else (False if version in false else None)
    return None


def _found(fact: Fact, presence: Ask) -> Answer:
    return False if isinstance(fact, Exists) and fact.never else presence(fact)


def _all(parts: tuple[Condition, ...], presence: Ask, version: int, *, stop: bool) -> Answer:
    """Kleene's AND (`stop` is false) and OR (true)."""
    result: Answer = not stop
    for part in parts:
        answer = evaluate(part, presence, version)
        if answer is stop:
            return stop
        if answer is None:
            result = None
    return result


def assume(condition: Condition, truth: bool) -> Iterator[tuple[Fact, bool]]:
    """The facts that must hold, and which way, if the condition has that truth value. What finds nothing
    whatever is there says nothing of it."""
    for fact, value in meant(condition, truth):
        if not (isinstance(fact, Exists) and fact.never):
            yield fact, value


def meant(condition: Condition, truth: bool) -> Iterator[tuple[Fact, bool]]:
    """The facts that it is meant to ask for, those among them that it never finds, and which way they would
    have to hold if the condition has that truth value."""
    match condition:
        case Exists() | RowExists():
            yield condition, truth
        case Narrowed(fact):
            if truth:
                yield fact, True
        case Not(of):
            yield from meant(of, not truth)
        case And(parts) | Or(parts):
            if truth is isinstance(condition, And) or len(parts) == 1:
                for part in parts:
                    yield from meant(part, truth)


def facts(condition: Condition) -> Iterator[tuple[Fact, bool]]:
    """All facts that a condition asks about, and whether it asks for their presence or absence."""
    match condition:
        case Exists() | RowExists():
            yield condition, True
        case Narrowed(fact):
            yield fact, True
        case Not(of):
            for fact, wanted in facts(of):
                yield fact, not wanted
        case And(parts) | Or(parts):
            for part in parts:
                yield from facts(part)
