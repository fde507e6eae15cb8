"""What is known of a row, and what conditions come to by that: true, false, NULL, or which of them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from idemlint.postgres.laws import NEVER_NULL, STRICT
from idemlint.postgres.value_types import FALSE as NO
from idemlint.postgres.value_types import TRUE as YES
from idemlint.replay.rewrites import documents
from idemlint.replay.rewrites.lawful import kind_of
from idemlint.replay.rewrites.likeness import COMPARED, are_different
from idemlint.replay.rewrites.number_bounds import bounds_of
from idemlint.replay.rewrites.row_terms import (
    NULL,
    Term,
    literal,
    number,
    parts_of,
    uncast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    #: What a condition may come to.
    Truth = frozenset[bool | None]

_TRUE: Final[Truth] = frozenset({True})
_FALSE: Final[Truth] = frozenset({False})
_NULL: Final[Truth] = frozenset({None})
_ANY: Final[Truth] = frozenset({True, False, None})
_EITHER: Final[Truth] = frozenset({True, False})
_OPPOSITE: Final = {"<>": "=", "!~~": "~~", "!~~*": "~~*", "!~": "~", "!~*": "~*"}
_ORDERS: Final = frozenset({"<", ">", "<=", ">="})
_MIRRORED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
#: Literals that were in the past when they were written.
_MOMENT: Final = r"(19\d\d|20[01]\d|202[0-4])-\d\d-\d\d\b.*"
_MOMENTS: Final = frozenset(
    {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp"}
)


def negated(truth: Truth) -> Truth:
    """NOT."""
    return frozenset(None if each is None else not each for each in truth)


def both(one: Truth, other: Truth) -> Truth:
    """AND."""
    return frozenset(
        False if False in {first, second} else None if None in {first, second} else True
        for first in one
        for second in other
    )


class Facts:
    """What is known of the values of a row. `type_of` gives the type of a column, empty where unknown."""

    def __init__(self, type_of: Callable[[str], str], is_there: Callable[[str], bool]) -> None:
        self._type_of = type_of
        self._is_there = is_there
        self._told: dict[Term, Truth] = {}
        self._nulls: dict[Term, bool] = {}
        #: Literals that a value is one of, and those that it is not.
        self._one_of: dict[Term, frozenset[str]] = {}
        self._none_of: dict[Term, frozenset[str]] = {}
        self._bounds: dict[Term, tuple[float, float]] = {}

    # -- learning ----------------------------------------------------------------------------------------

    def learn(self, condition: Term, truth: Truth) -> None:
        """A condition comes to one of these."""
        known = self.truth(condition) & truth
        truth = known or truth
        self._told[condition] = truth
        if condition.head == "not":
            self.learn(condition.args[0], negated(truth))
        elif condition.head == "and" and truth == _TRUE:
            for each in condition.args:
                self.learn(each, _TRUE)
        elif condition.head == "or" and truth == _TRUE:
            self._learn_choices(condition.args)
        elif condition.head == "or" and True not in truth:
            for each in condition.args:
                self.learn(each, truth)
        elif condition.head == "is null" and len(truth) == 1:
            self._learn_null(condition.args[0], is_null=truth == _TRUE)
        elif (
            condition.head == "compare"
            and None not in truth
            and condition.name in _STRICT_OPERATORS
        ):
            for each in condition.args:
                self._learn_null(each, is_null=False)
        if condition.head == "compare":
            self._learn_comparison(condition, truth)

    def _learn_choices(self, parts: tuple[Term, ...]) -> None:
        """`c IN ('a', 'b')`."""
        values = {each.args[0] for each in parts if each.head == "compare" and each.name == "="}
        texts = [
            literal(each.args[1]) for each in parts if each.head == "compare" and each.name == "="
        ]
        if len(values) == 1 and len(texts) == len(parts) and None not in texts:
            [value] = values
            self._one_of[uncast(value)] = frozenset(each for each in texts if each is not None)
            self._learn_null(value, is_null=False)

    def _learn_null(self, term: Term, *, is_null: bool) -> None:
        self._nulls[term] = is_null
        if is_null:
            causes = [each for each in _causes(term) if self.nullness(each) is not False]
            if len(causes) == 1 and causes[0] != term:
                self._learn_null(causes[0], is_null=True)
            return
        # What is strict is not NULL where nothing in it is.
        inner = uncast(term)
        if inner != term:
            self._learn_null(inner, is_null=False)
        elif term.head == "call" and (term.name in STRICT or term.name in _READING):
            for each in term.args:
                self._learn_null(each, is_null=False)

    def _learn_comparison(self, condition: Term, truth: Truth) -> None:
        name, (one, other) = condition.name, condition.args
        if name in _OPPOSITE:
            self.learn(Term("compare", _OPPOSITE[name], condition.args), negated(truth))
            return
        if literal(one) is not None and name in _MIRRORED:
            one, other, name = other, one, _MIRRORED[name]
        text = literal(other)
        one = uncast(one)
        if text is None:
            return
        if name == "=" and truth == _TRUE:
            self._one_of[one] = self._one_of.get(one, frozenset({text})) & {text}
        elif name == "=" and True not in truth:
            self._none_of[one] = self._none_of.get(one, frozenset()) | {text}
        bound = number(other)
        if bound is not None and name in {*_ORDERS, "="} and len(truth) == 1 and None not in truth:
            low, high = self.bounds(one)
            if name == "=" and truth == _TRUE:
                low = high = float(bound)
            elif name != "=" and (name.startswith(">")) is (truth == _TRUE):
                low = max(low, float(bound))
            elif name != "=":
                high = min(high, float(bound))
            self._bounds[one] = low, high

    # -- asking ------------------------------------------------------------------------------------------

    def truth(self, condition: Term) -> Truth:
        """What a condition may come to."""
        known = self._told.get(condition, _ANY)
        if len(known) == 1:
            return known
        return (self._truth(condition) & known) or known

    def _truth(self, condition: Term) -> Truth:
        head = condition.head
        if head in {"bool", "string"}:
            word = condition.name.strip().lower()
            return _TRUE if word in YES else _FALSE if word in NO else _ANY
        if condition == NULL:
            return _NULL
        if head == "not":
            return negated(self.truth(condition.args[0]))
        if head == "and":
            found = _TRUE
            for each in condition.args:
                found = both(found, self.truth(each))
            return found
        if head == "or":
            found = _TRUE
            for each in condition.args:
                found = both(found, negated(self.truth(each)))
            return negated(found)
        if head == "is null":
            is_null = self.nullness(condition.args[0])
            return _EITHER if is_null is None else _TRUE if is_null else _FALSE
        if head == "is":
            return self._is(condition)
        if head == "compare":
            return self._comparison(condition)
        is_null = self.nullness(condition)
        return _NULL if is_null else _EITHER if is_null is False else _ANY

    def _is(self, condition: Term) -> Truth:
        """`IS TRUE` and its like; `IS NOT DISTINCT FROM`."""
        if condition.name == "same":
            one, other = condition.args
            nulls = self.nullness(one), self.nullness(other)
            if one == other or nulls == (True, True):
                return _TRUE
            if True in nulls:
                return _EITHER if None in nulls else _FALSE
            found = self._comparison(Term("compare", "=", condition.args))
            if None not in nulls:
                return found - _NULL or _EITHER
            return _EITHER if True in found else _FALSE
        given = self.truth(condition.args[0])
        wanted = {"true": True, "false": False, "unknown": None}[condition.name]
        return frozenset(each is wanted for each in given)

    def nullness(self, term: Term) -> bool | None:
        """Whether a value is NULL; `None`: it may be, or not."""
        known = self._nulls.get(term)
        if known is not None:
            return known
        if term == NULL:
            return True
        if term.head in {"string", "number", "bool", "is null", "is"}:
            return False
        if term.head == "cast":
            return self.nullness(term.args[0])
        if term.head == "column":
            return False if self._is_there(term.name) else None
        if term.head == "fresh":
            return False if term.name.split("#")[0] in NEVER_NULL else None
        if term.head == "document":
            return _all([self.nullness(each) for each in documents.strict_values(term)])
        if term.head == "call":
            return self._of_call(term)
        if term.head in {"compare", "not"} and term.name in {*_STRICT_OPERATORS, ""}:
            return _all([self.nullness(each) for each in term.args])
        return None

    def _of_call(self, term: Term) -> bool | None:
        if term.name in NEVER_NULL:
            return False
        given = [self.nullness(each) for each in term.args]
        if term.name in {"greatest", "least", "array_cat"} and False in given:
            return False
        if term.name == "||" and "array" in map(_sort, term.args):
            return False if False in given else None
        return _all(given) if term.name in STRICT else None

    def bounds(self, term: Term) -> tuple[float, float]:
        """Between which numbers a value is."""
        term = uncast(term)
        exact = number(term)
        if exact is not None:
            return float(exact), float(exact)
        low, high = self._bounds.get(term, (-math.inf, math.inf))
        if term.head == "call" and term.args:
            found = bounds_of(term, [self.bounds(each) for each in term.args])
            low, high = max(low, found[0]), min(high, found[1])
        return low, high

    def _comparison(self, condition: Term) -> Truth:
        name, args = condition.name, condition.args
        if name in _OPPOSITE:
            return negated(self.truth(Term("compare", _OPPOSITE[name], args)))
        nulls = {self.nullness(each) for each in args}
        if True in nulls and name in _STRICT_OPERATORS:
            return _NULL
        maybe: Truth = _NULL if None in nulls or name not in _STRICT_OPERATORS else frozenset()
        found = self._told_by_values(name, *args)
        if found is None:
            return _EITHER | maybe
        return frozenset({found}) | maybe

    def _told_by_values(self, name: str, one: Term, other: Term) -> bool | None:
        if name == "=" and one == other and not _is_fresh(one):
            return True
        reader = COMPARED.get(name)
        if reader is not None:
            return reader(one, other)
        if literal(one) is not None and literal(other) is None and name in _MIRRORED:
            one, other, name = other, one, _MIRRORED[name]
        if name == "=":
            return self._equal(one, other)
        return self._ordered(name, one, other) if name in _ORDERS else None

    def _equal(self, one: Term, other: Term) -> bool | None:
        wanted = literal(other)
        inner = uncast(one)
        if wanted is None:
            return None
        if inner.head == "fresh":
            return False
        given = literal(inner)
        choices = self._one_of.get(inner) if given is None else frozenset({given})
        if choices:
            type_name = self._type_of(inner.name) if inner.head == "column" else ""
            if all(each == wanted for each in choices):
                return True
            if all(are_different(type_name, each, wanted) for each in choices):
                return False
        if wanted in self._none_of.get(inner, ()):
            return False
        low, high = self.bounds(inner)
        bound = number(other)
        if bound is not None and not low <= bound <= high:
            return False
        if bound is not None and low == high == bound:
            return True
        if inner.head == "document" or _sort(inner) == "json":
            return False if wanted == "" else None
        if not wanted:
            # What is joined is empty only where all of it is.
            return False if any(literal(each) for each in parts_of(inner)) else None
        starts = literal(parts_of(inner)[0])
        if starts and inner.head == "call" and not wanted.startswith(starts[: len(wanted)]):
            return False
        return None

    def _ordered(self, name: str, one: Term, other: Term) -> bool | None:
        if uncast(one).head == "fresh":
            text = literal(other)
            is_past = uncast(one).name.split("#")[0] in _MOMENTS and text is not None
            return name.startswith(">") if is_past and re.fullmatch(_MOMENT, str(text)) else None
        (low, high), (least, most) = self.bounds(one), self.bounds(other)
        strict = len(name) == 1
        if name.startswith(">"):
            low, high, least, most = least, most, low, high
        # Now: is `one` below `other`.
        if high < least or (high == least and not strict):
            return True
        if low > most or (low == most and strict):
            return False
        return None


def _is_fresh(term: Term) -> bool:
    return uncast(term).head == "fresh"


def _sort(term: Term) -> str:
    return kind_of(term, lambda name: "")


#: Reading a document gives NULL where it is NULL.
_READING: Final = frozenset({documents.GET, documents.GET_TEXT})
_STRICT_OPERATORS: Final = frozenset(
    {
        "=",
        "<>",
        *_ORDERS,
        "~~",
        "!~~",
        "~~*",
        "!~~*",
        "~",
        "!~",
        "~*",
        "!~*",
        "?",
        "@>",
        "<@",
        "&&",
        "starts",
    }
)


def _all(given: Iterable[bool | None]) -> bool | None:
    """Whether something strict is NULL."""
    parts = list(given)
    return True if True in parts else None if None in parts else False


def _causes(term: Term) -> Iterable[Term]:
    """The values one of which is NULL where a strict one is."""
    if term.head == "document":
        return list(documents.strict_values(term))
    if term.head == "cast":
        return [term.args[0]]
    strict = STRICT if term.head == "call" else _STRICT_OPERATORS if term.head == "compare" else ()
    return term.args if term.name in strict else ()
