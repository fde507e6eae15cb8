"""Comparisons that are told by what is written in the values: patterns, elements, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.postgres.value_types import FALSE as NO
from idemlint.postgres.value_types import TRUE as YES
from idemlint.postgres.value_types import differ
from idemlint.replay.rewrites import documents
from idemlint.replay.rewrites.lawful import has
from idemlint.replay.rewrites.regexes import literal_of
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
    from collections.abc import Callable, Iterable


def are_different(type_name: str, one: str, other: str) -> bool:
    """Whether two literals are two values, where the type may not be known."""
    if one == other:
        return False
    bare = type_name.partition("(")[0]
    if bare and differ(bare, one, other):
        return True
    if bare in {"text", "varchar"}:
        return True
    numbers = number(string(one)), number(string(other))
    if None not in numbers:
        return numbers[0] != numbers[1]
    words = one.strip().lower(), other.strip().lower()
    if words[0] == words[1]:
        return False
    if all(each in YES | NO for each in words):
        return (words[0] in YES) != (words[1] in YES)
    if any(each[:1] in "{[(" for each in words if each):
        return not all(each[:1] in "{[(" for each in words if each)
    return not all(each[:1].isdigit() for each in words if each) or "" in words


def _like(one: Term, pattern: Term, *, blind: bool = False) -> bool | None:
    wanted = literal(pattern)
    if wanted is None or "\\" in wanted:
        return None
    given = literal(one)
    fold = str.lower if blind else str
    if given is not None:
        told = "".join(
            ".*" if each == "%" else "." if each == "_" else re.escape(each)
            for each in fold(wanted)
        )
        return re.fullmatch(told, fold(given), re.DOTALL) is not None
    inner = fold(wanted.strip("%"))
    if "%" in inner or "_" in inner:
        return None
    return _matches(
        one, inner, starts=not wanted.startswith("%"), ends=not wanted.endswith("%"), fold=fold
    )


def _matches(
    one: Term, inner: str, *, starts: bool, ends: bool, fold: Callable[[str], str]
) -> bool | None:
    """Whether a text has another in it, or begins or ends so."""
    if starts and ends:
        return None
    parts = [None if (text := literal(each)) is None else fold(text) for each in parts_of(one)]
    first, last = parts[0], parts[-1]
    if starts:
        if first and first.startswith(inner):
            return True
        return False if first and not inner.startswith(first) else None
    if ends:
        if last and last.endswith(inner):
            return True
        return False if last and not inner.endswith(last) else None
    if any(each and inner in each for each in (*parts, *map(fold, _always_in(one)))):
        return True
    return False if inner and has(uncast(one), "lacks", (string(inner),)) else None


def _always_in(term: Term) -> Iterable[str]:
    """What stands in all that a `to_char` gives: what its format quotes."""
    inner = uncast(term)
    form = literal(inner.args[1]) if is_of(inner, "to_char", 2) else None
    return re.findall(r'"([^"\\]+)"', form) if form is not None else ()


def _regular(one: Term, pattern: Term, *, blind: bool = False) -> bool | None:
    wanted = literal(pattern)
    told = literal_of(wanted) if wanted is not None else None
    if told is None:
        return None
    text, starts, ends = told
    fold = str.lower if blind else str
    return _matches(one, fold(text), starts=starts, ends=ends, fold=fold)


def _starts(one: Term, text: Term) -> bool | None:
    wanted = literal(text)
    return _matches(one, wanted, starts=True, ends=False, fold=str) if wanted is not None else None


def elements(array: Term) -> tuple[list[Term], bool]:
    """Elements that an array surely has, and whether these are all."""
    inner = uncast(array)
    if inner.head == "string" and inner.name.startswith("["):
        listed = documents.list_of(inner)
        return [string(each) for each in listed or ()], listed is not None
    if inner.head == "string":
        path = documents.path_of(inner)
        return [string(each) for each in path or ()], path is not None or inner.name == "{}"
    if inner.head != "call":
        return [], False
    if inner.name == "array":
        return list(inner.args), True
    if inner.name in {"array_append", "array_prepend"}:
        array, new = inner.args if inner.name == "array_append" else reversed(inner.args)
        found, _ = elements(array)
        return [*found, new], False
    if inner.name in {"||", "array_cat"}:
        return [each for part in inner.args for each in _elements_or_one(part)], False
    return [], False


def _elements_or_one(part: Term) -> list[Term]:
    text = literal(part)
    if text is not None and not text.startswith(("{", "[")):
        return [part]
    return elements(part)[0]


def _is_in(element: Term, array: Term) -> bool | None:
    found, is_all = elements(array)
    wanted = literal(element)
    if any(each == element or (wanted is not None and literal(each) == wanted) for each in found):
        return True
    if has(uncast(array), "without", (uncast(element),)):
        return False
    texts = [literal(each) for each in found]
    if is_all and wanted is not None and None not in texts:
        return False if all(are_different("", str(each), wanted) for each in texts) else None
    return None


def _contains(one: Term, other: Term) -> bool | None:
    given = documents.object_of(other)
    if given is not None:
        keys = documents.steps(documents.as_document(other))
        found = [documents.read(one, (each.name,), as_text=False) for each in keys]
        same = [
            literal(mine) == literal(each.args[0]) for mine, each in zip(found, keys, strict=True)
        ]
        scalar = all(not (literal(each.args[0]) or "{").startswith(("{", "[")) for each in keys)
        return True if all(same) and scalar else None
    wanted, is_all = elements(other)
    if not is_all or not wanted:
        return None
    answers = [_is_in(each, one) for each in wanted]
    return True if all(answers) else False if False in answers else None


def _overlaps(one: Term, other: Term) -> bool | None:
    wanted, is_all = elements(other)
    answers = [_is_in(each, one) for each in wanted]
    if True in answers:
        return True
    return False if is_all and answers and None not in answers else None


def _has_key(one: Term, key: Term) -> bool | None:
    name = literal(key)
    return documents.has_key(one, name) if name is not None else None


COMPARED: Final[dict[str, Callable[[Term, Term], bool | None]]] = {
    "~~": _like,
    "~~*": lambda one, other: _like(one, other, blind=True),
    "~": _regular,
    "~*": lambda one, other: _regular(one, other, blind=True),
    "starts": _starts,
    "any": _is_in,
    "@>": _contains,
    "<@": lambda one, other: _contains(other, one),
    "&&": _overlaps,
    "?": _has_key,
}
