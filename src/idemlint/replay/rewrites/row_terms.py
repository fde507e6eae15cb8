"""Values over a row as it was before a statement changed it, as data that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Term(NamedTuple):
    """A value: `head` says what of, `args` are what it is made of.

    `column`: what a column had at first (`u.b`: one of another table); `string`, `number`, `bool`, `null`:
    a literal; `call`: a function or an operator; `cast`: to the type `name`; `document`: JSON in which
    something is set or removed (`args`: what was there, then what is done to it, by path); `compare`, `and`,
    `is null` …: a condition; `opaque`: what is not looked into, the same where its `args` are; `fresh`:
    another value each time.
    """

    head: str
    name: str
    args: tuple[Term, ...] = ()


NULL: Final = Term("null", "")
TRUE: Final = Term("bool", "true")
FALSE: Final = Term("bool", "false")
LITERALS: Final = frozenset({"string", "number", "bool"})
#: Parts of a path stand beside each other.
PATH: Final = "\0"


def call(name: str, *args: Term) -> Term:
    """A call that is not looked at."""
    return Term("call", name, args)


def string(text: str) -> Term:
    """A literal."""
    return Term("string", text)


def literal(term: Term) -> str | None:
    """The text of a literal, through casts to what keeps it; `None` for anything else, and for NULL."""
    while term.head == "cast" and "(" not in term.name:
        term = term.args[0]
    return term.name if term.head in LITERALS else None


def number(term: Term) -> int | float | None:
    """The number that a literal is."""
    text = literal(term)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        try:
            return float(text) if text.isascii() and len(text) < 40 else None
        except ValueError:
            return None


def is_of(term: Term, name: str, count: int = 0) -> bool:
    """Whether a term is a call of a name (with so many arguments)."""
    return term.head == "call" and term.name == name and (not count or len(term.args) == count)


def inside(term: Term) -> Iterator[Term]:
    """A term and all that is in it."""
    waiting = [term]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += each.args


def reads(term: Term, column: str) -> bool:
    """Whether a column is in it."""
    return any(each.head == "column" and each.name == column for each in inside(term))


def uncast(term: Term) -> Term:
    """Without the casts around it."""
    while term.head == "cast":
        term = term.args[0]
    return term


def parts_of(term: Term) -> tuple[Term, ...]:
    """What a concatenation joins, from left to right."""
    found: list[Term] = []
    waiting = [term]
    while waiting:
        each = waiting.pop()
        if each.head == "cast" and each.name in {"text", "varchar"}:
            waiting.append(each.args[0])
        elif each.head == "call" and each.name in {"||", "concat"}:
            waiting += reversed(each.args)
        else:
            found.append(each)
    return tuple(found)
