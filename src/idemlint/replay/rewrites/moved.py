"""Whether a new value surely goes on from the one that was there: it grows, or loses what it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.laws import LAWS, MOVING
from idemlint.replay.rewrites import documents
from idemlint.replay.rewrites.lawful import pattern_again
from idemlint.replay.rewrites.row_terms import Term, inside, literal, number, reads, uncast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Calls that hand on one of what they are given.
_CHOOSING: Final = frozenset({"greatest", "least", "merged", "defaults"})
_SUMS: Final = frozenset({"||", "concat", "+", "-", "*", "/", "#"})
_LITERALS: Final = frozenset({"string", "number", "bool", "null"})


def moves_on(before: Term, value: Term, column: str, others: Sequence[str]) -> bool:
    """Whether a value that a column got (`before`) and the one that it gets the second time are surely two,
    where they are not known to be one. `others` are columns that are set as well."""
    if is_moved(before, column):
        return True
    one, other = uncast(before), uncast(value)
    if one.head in _LITERALS and other.head in _LITERALS:
        return True
    # What it was taken from is set by the same statement: `SET a = b, b = a`, `SET a = b, b = NULL`.
    if one.head == "column" and one.name in others:
        return other.head in {*_LITERALS, "column"}
    return False


def is_moved(term: Term, column: str) -> bool:
    """Whether a value goes on from what the column had."""
    if term.head == "column" or not reads(term, column):
        return False
    if term.head in {"cast", "not"}:
        return term.head == "not" or is_moved(term.args[0], column)
    if term.head == "document":
        return _is_moved_document(term, column)
    if term.head != "call":
        return False
    test = _TESTS.get(term.name)
    if test is not None and test(term.args):
        return True
    if term.name in {documents.GET, documents.GET_TEXT}:
        return term.args[0] == Term("column", column)
    if term.name in MOVING:
        return not _may_cancel_out(term, column)
    if term.name in _CHOOSING:
        return any(is_moved(each, column) for each in term.args)
    law = LAWS.get(term.name)
    if law is not None and len(term.args) > law.of:
        inner = term.args[law.of]
        # In the session's own time zone AT TIME ZONE gives the same.
        zoned = law.of == 1 and any(each.name == "timezone" for each in inside(inner))
        return not zoned and is_moved(inner, column)
    return False


def _may_cancel_out(term: Term, column: str) -> bool:
    """Whether one part of a sum may undo what the other does: `x - x % 10`; or only the zone is read."""
    if term.name == "timezone":
        return not reads(term.args[-1], column)
    if (
        term.name not in _SUMS
        or len(term.args) < 2
        or not all(reads(each, column) for each in term.args)
    ):
        return False
    return term.name == "-" or any(uncast(each).head != "column" for each in term.args)


def _is_moved_document(term: Term, column: str) -> bool:
    """Whether what it sets is made of what stood at a place that it sets or removes; of a new one, all that
    was read of the old one is there no more."""
    base = documents.base_of_document(term)
    if base == documents.EMPTY:
        values = [value for each in documents.steps(term) for value in each.args]
        return any(
            reads(each, column) and (_is_taken(each) or each.head == "column") for each in values
        )
    return is_moved(base, column) or any(
        meets and (is_moved(value, column) or _is_taken(value))
        for value, meets in documents.reads_what_it_writes(term)
    )


def _is_taken(value: Term) -> bool:
    """Whether it is what stood there, as it stood there."""
    inner = uncast(value)
    return inner.head == "call" and inner.name in {documents.GET, documents.GET_TEXT}


def _is_negative(args: Sequence[Term]) -> bool:
    count = number(args[1]) if len(args) > 1 else None
    return count is not None and count < 0


def _holds_itself(args: Sequence[Term]) -> bool:
    if len(args) < 3:
        return False
    old, new = literal(args[1]), literal(args[2])
    return bool(old) and new is not None and str(old) in new and old != new


def _starts_later(args: Sequence[Term]) -> bool:
    start = number(args[1]) if len(args) > 1 else None
    return start is not None and start > 1


def _is_later_part(args: Sequence[Term]) -> bool:
    part = number(args[2]) if len(args) > 2 else None
    return part is not None and part > 1


def _is_framed(args: Sequence[Term]) -> bool:
    form = literal(args[0])
    return form is not None and form != "%s"


#: Function → whether it makes something else of what it gave, by its arguments.
_TESTS: Final[dict[str, Callable[[Sequence[Term]], bool]]] = {
    "left": _is_negative,
    "right": _is_negative,
    "replace": _holds_itself,
    "substr": _starts_later,
    "split_part": _is_later_part,
    "format": _is_framed,
    "regexp_replace": lambda args: pattern_again(args) is True,
}
