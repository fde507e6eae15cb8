"""What laws say of calls: whether a value is what a function gives already, and what literals come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.laws import (
    GIVES,
    LAWS,
    Law,
    is_lasting_replacement,
    is_lasting_translation,
)
from idemlint.replay.rewrites import documents
from idemlint.replay.rewrites.regexes import replaces_again
from idemlint.replay.rewrites.row_terms import (
    Term,
    is_of,
    literal,
    number,
    parts_of,
    string,
    uncast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    #: What kind of value a column has: `text`, `array`, `json` …, empty where that is not known.
    KindOf = Callable[[str], str]

TEXTS: Final = frozenset({"text", "varchar", "citext", "name"})
#: Casts that leave a value what it is, if it is of that sort at all.
_FAITHFUL: Final = frozenset(
    {
        *TEXTS,
        *("numeric", "float8", "float4", "int2", "int4", "int8", "json", "jsonb"),
        *("timestamp", "timestamptz", "date"),
    }
)
_WHOLE: Final = Law(("whole",), frozenset({"positive"}))
_BLANK: Final = string(" ")


def kind_of(term: Term, columns: KindOf) -> str:
    """Whether a value is `json`, an `array`, a `text`, a `number`; empty: that is not known."""
    if term.head == "document":
        return "json"
    if term.head == "cast":
        return kind_of_type(term.name)
    if term.head == "call":
        return GIVES.get(term.name, "json" if term.name == documents.GET else "")
    if term.head == "column":
        return columns(term.name)
    return "number" if term.head == "number" else ""


def kind_of_type(name: str) -> str:
    """The same of a type."""
    bare = name.partition("(")[0]
    if bare.endswith("[]"):
        return "array"
    return {
        "json": "json",
        "jsonb": "json",
        "hstore": "hstore",
        "text": "text",
        "varchar": "text",
    }.get(bare, bare and "other")


def law_of(name: str, args: Sequence[Term]) -> Law | None:
    """The law of a call, where its other arguments are such that it holds."""
    law = LAWS.get(name)
    if law is None or len(args) <= law.of:
        return None
    if name in {"round", "trunc"} and len(args) == 1:
        return _WHOLE
    holds = _HOLDS.get(name)
    return law if holds is None or holds(args) else None


def others_of(name: str, args: Sequence[Term], law: Law) -> tuple[Term, ...]:
    """The arguments of a call that its law does not hand on."""
    others = tuple(uncast(each) for place, each in enumerate(args) if place != law.of)
    return others or ((_BLANK,) if "trim" in name else ())


def has(term: Term, wanted: str, others: tuple[Term, ...]) -> bool:
    """Whether a value is what a law gives: with a property, by the law's other arguments."""
    while True:
        if term.head == "cast" and term.name in _FAITHFUL:
            term = term.args[0]
            continue
        text = literal(term)
        if text is not None:
            test = _OF_LITERALS.get(wanted)
            return (
                text.isascii()
                and test is not None
                and test(text, [literal(each) for each in others])
            )
        if term.head != "call":
            return False
        if wanted == "without" and is_of(term, "array_append", 2):
            if not are_others(term.args[1], others[0]):
                return False
            term = term.args[0]
            continue
        law = law_of(term.name, term.args)
        if law is None:
            return False
        if wanted in law.gives and others_of(term.name, term.args, law) == others:
            return True
        if wanted not in law.keeps or not _keeps(term, wanted, others):
            return False
        term = term.args[law.of]


def are_others(one: Term, other: Term) -> bool:
    """Whether two are literals that are written otherwise."""
    first, second = literal(one), literal(other)
    return first is not None and second is not None and first != second


def _keeps(term: Term, wanted: str, others: tuple[Term, ...]) -> bool:
    """Whether this call keeps the property that its function may keep."""
    if wanted in _BLANKS and others != (_BLANK,) and term.name not in {"btrim", "ltrim", "rtrim"}:
        return False
    if wanted == "capital" and term.name.endswith("trim") and len(term.args) > 1:
        return False
    if wanted == "runs" and term.name != "regexp_replace":
        new = literal(others[1]) if len(others) > 1 else None
        return new is not None and len(new) < 2
    if term.name not in {"replace", "regexp_replace"}:
        return True
    new = literal(term.args[2]) if len(term.args) > 2 else None
    if new is None or not new.isascii():
        return False
    if wanted == "lacks":
        old = literal(others[0]) or ""
        return not set(old) & set(new) and (bool(new) or len(old) == 1)
    if wanted in _BLANKS:
        return bool(new) and new == new.strip()
    return new == (new.lower() if wanted == "lower" else new.upper())


_BLANKS: Final = frozenset({"no blank before", "no blank behind"})


def is_count(args: Sequence[Term]) -> bool:
    """Whether the second argument is a number from 0 on."""
    count = number(args[1]) if len(args) > 1 else None
    return isinstance(count, int) and count >= 0


def _texts(args: Sequence[Term]) -> tuple[str, str] | None:
    if len(args) < 3:
        return None
    old, new = literal(args[1]), literal(args[2])
    return None if old is None or new is None else (old, new)


def _replacement(args: Sequence[Term]) -> bool:
    texts = _texts(args)
    return texts is not None and is_lasting_replacement(*texts)


def _translation(args: Sequence[Term]) -> bool:
    texts = _texts(args)
    return texts is not None and is_lasting_translation(*texts)


def pattern_again(args: Sequence[Term]) -> bool | None:
    """Whether a regexp_replace makes something else of what it gave; `None`: that cannot be told."""
    texts = _texts(args)
    flags = literal(args[3]) if len(args) > 3 else ""
    if texts is None or flags is None or len(args) > 4:
        return None
    return replaces_again(*texts, flags)


#: Function → what must hold of its arguments that its law holds.
_HOLDS: Final[dict[str, Callable[[Sequence[Term]], bool]]] = {
    **dict.fromkeys(("left", "right", "lpad", "rpad"), is_count),
    "replace": _replacement,
    "translate": _translation,
    "regexp_replace": lambda args: pattern_again(args) is False,
    "jsonb_set": lambda args: len(args) == 4 and literal(args[3]) == "false",
    "%": lambda args: bool(number(args[1])),
    "&": lambda args: len(args) == 2,
    "|": lambda args: len(args) == 2,
}


def _is_short(text: str, others: Sequence[str | None]) -> bool:
    return len(text) <= int(others[0] or 0)


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdigit()


#: Property → whether a literal has it.
_OF_LITERALS: Final[dict[str, Callable[[str, Sequence[str | None]], bool]]] = {
    "lower": lambda text, others: text == text.lower(),
    "upper": lambda text, others: text == text.upper(),
    "no blank before": lambda text, others: text == text.lstrip(others[0] or " "),
    "no blank behind": lambda text, others: text == text.rstrip(others[0] or " "),
    "lacks": lambda text, others: bool(others[0]) and str(others[0]) not in text,
    "short": _is_short,
    "tail": _is_short,
    "whole": lambda text, others: _is_number(text),
    "rounded": lambda text, others: _is_number(text),
    "truncated": lambda text, others: _is_number(text),
    "positive": lambda text, others: text.isdigit(),
}


def folded(name: str, args: Sequence[Term]) -> Term | None:
    """What a function makes of literals."""
    texts = [literal(each) for each in args]
    if name == "left" and len(args) == 2:
        first = next((literal(each) for each in parts_of(args[0])), None)
        count = number(args[1])
        if first is not None and isinstance(count, int) and 0 <= count <= len(first):
            return string(first[:count])
    if name == "right" and len(args) == 2:
        last = literal(parts_of(args[0])[-1])
        count = number(args[1])
        if last is not None and isinstance(count, int) and 0 < count <= len(last):
            return string(last[-count:])
    if not texts or None in texts:
        return None
    given = [each for each in texts if each is not None]
    fold = _FOLDS.get((name, len(given)))
    if fold is not None and all(each.isascii() for each in given):
        return string(fold(*given))
    if len(given) == 2 and name in _SUMS:
        one, other = number(args[0]), number(args[1])
        if isinstance(one, int) and isinstance(other, int):
            return Term("number", str(_SUMS[name](one, other)))
    return None


_FOLDS: Final[dict[tuple[str, int], Callable[..., str]]] = {
    ("lower", 1): str.lower,
    ("upper", 1): str.upper,
    ("btrim", 1): lambda text: text.strip(" "),
    ("ltrim", 1): lambda text: text.lstrip(" "),
    ("rtrim", 1): lambda text: text.rstrip(" "),
    ("replace", 3): lambda text, old, new: text.replace(old, new) if old else text,
}
_SUMS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
}
