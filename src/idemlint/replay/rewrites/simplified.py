"""Calls on values that are known in part: what the laws of functions make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.laws import ALIASES, STRICT
from idemlint.replay.rewrites import documents
from idemlint.replay.rewrites.lawful import (
    TEXTS,
    are_others,
    folded,
    has,
    is_count,
    kind_of,
    law_of,
    others_of,
)
from idemlint.replay.rewrites.row_terms import (
    NULL,
    Term,
    call,
    is_of,
    literal,
    number,
    string,
    uncast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.replay.rewrites.lawful import KindOf


def simplified(name: str, args: Sequence[Term], columns: KindOf) -> Term:
    """A call, or what it surely gives."""
    name = ALIASES.get(name, name)
    given = tuple(args)
    if name in STRICT and NULL in given and name != "||":
        return NULL
    special = _SPECIAL.get(name)
    found = special(given, columns) if special is not None else None
    if found is not None:
        return found
    law = law_of(name, given)
    if law is not None:
        others = others_of(name, given, law)
        if all(has(given[law.of], each, others) for each in law.gives):
            return given[law.of]
    return folded(name, given) or Term("call", name, given)


# -- what is more than a law -------------------------------------------------------------------------------


def _plus(neutral: str) -> Callable[[Sequence[Term], KindOf], Term | None]:
    """`x + 0`, `x * 1`."""

    def found(args: Sequence[Term], columns: KindOf) -> Term | None:
        if len(args) == 2 and args[1].head == "number" and args[1].name == neutral:
            return args[0]
        return None

    return found


def _minus(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`x - 0`; `json - 'key'`."""
    if len(args) != 2:
        return None
    value, taken = args
    kind = kind_of(value, columns)
    key = literal(taken)
    if uncast(taken).head == "string" and key is not None and kind in {"json", "hstore", ""}:
        if taken.head == "cast" and taken.name.endswith("[]"):
            return _without(value, documents.path_of(taken))
        if kind or not key.replace(".", "").lstrip("-").isdigit():
            return (
                None
                if taken.head == "cast" and taken.name not in TEXTS
                else documents.removed(value, (key,))
            )
    if is_of(uncast(taken), "array") and kind in {"json", "hstore", ""}:
        return _without(value, documents.path_of(taken))
    return _plus("0")(args, columns) if kind != "json" else None


def _without(value: Term, keys: tuple[str, ...] | None) -> Term | None:
    found: Term | None = value
    for each in keys or ():
        found = documents.removed(found, (each,)) if found is not None else None
    return found if keys else None


def _join(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`||`: of JSON it sets keys, of texts and arrays it puts one behind the other."""
    if len(args) != 2:
        return None
    one, other = args
    kinds = {kind_of(one, columns), kind_of(other, columns)}
    is_text = bool(kinds & {"text", "array", "other"})
    if NULL in args:
        return None if "array" in kinds else NULL
    if not is_text:
        found = (
            documents.merged(one, other) if "json" in kinds or documents.object_of(other) else None
        )
        if found is not None:
            return found
        if "hstore" in kinds and other.head != "column":
            return (
                one
                if is_of(one, "merged", 2) and one.args[1] == other
                else call("merged", one, other)
            )
        is_new = documents.base_of_document(documents.as_document(one)) == documents.EMPTY
        if is_new and ("json" in kinds or documents.object_of(one)):
            # What is there goes before what is given.
            return (
                other
                if is_of(other, "defaults", 2) and other.args[0] == one
                else call("defaults", one, other)
            )
        if "json" in kinds and not _is_list(other):
            return call("merged", one, other)
    for value, end in ((one, other), (other, one)):
        if literal(end) == "" and "array" not in kinds:
            return value
    texts = literal(one), literal(other)
    if texts[0] is not None and texts[1] is not None and kinds <= {"text", ""}:
        return string(texts[0] + texts[1])
    return None


def _is_list(term: Term) -> bool:
    """Whether JSON is surely no object."""
    text = literal(term)
    if text is not None:
        return not text.lstrip().startswith("{")
    inner = uncast(term)
    return (
        inner.head == "call"
        and inner.name in {"jsonb_build_array", "json_build_array", "to_jsonb", "to_json"}
        and (
            inner.name.endswith("array")
            or (len(inner.args) == 1 and literal(inner.args[0]) is not None)
        )
    )


def _set(args: Sequence[Term], columns: KindOf) -> Term | None:
    path = documents.path_of(args[1]) if len(args) in {3, 4} else None
    if path is None:
        return None
    makes = len(args) == 3 or literal(args[3]) == "true"
    if not makes and literal(args[3]) != "false":
        return None
    if not makes and (len(path) > 1 or any(map(documents.is_index, path))):
        return None
    found = documents.written(args[0], path, args[2], strict=True)
    if found is None or makes or found == NULL:
        return found
    return None


def _insert(args: Sequence[Term], columns: KindOf) -> Term | None:
    path = documents.path_of(args[1]) if len(args) > 2 else None
    if path is not None and documents.is_index(path[-1]):
        return call("array_append", args[0], args[2])
    return None


def _cut(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`#-`."""
    path = documents.path_of(args[1]) if len(args) == 2 else None
    return documents.removed(args[0], path) if path is not None else None


def _get(*, as_text: bool) -> Callable[[Sequence[Term], KindOf], Term | None]:
    def found(args: Sequence[Term], columns: KindOf) -> Term | None:
        key = literal(args[1]) if len(args) == 2 else None
        return documents.read(args[0], (key,), as_text=as_text) if key is not None else None

    return found


def _get_path(*, as_text: bool) -> Callable[[Sequence[Term], KindOf], Term | None]:
    def found(args: Sequence[Term], columns: KindOf) -> Term | None:
        path = documents.path_of(args[1]) if len(args) == 2 else None
        return documents.read(args[0], path, as_text=as_text) if path is not None else None

    return found


def _build(args: Sequence[Term], columns: KindOf) -> Term | None:
    return documents.built(args)


def _remove(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`array_remove(array_append(x, 'a'), 'a')`."""
    if len(args) != 2:
        return None
    within, taken = args
    if is_of(within, "array_append", 2):
        inner = simplified("array_remove", (within.args[0], taken), columns)
        if within.args[1] == taken:
            return inner
        if are_others(within.args[1], taken):
            return call("array_append", inner, within.args[1])
    return None


def _substring(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`substr(x, 1, 3)` is `left(x, 3)`."""
    if len(args) == 3 and number(args[1]) == 1 and is_count((args[0], args[2])):
        return simplified("left", (args[0], args[2]), columns)
    return call("substr", *args)


def _split(args: Sequence[Term], columns: KindOf) -> Term | None:
    """The first part, or the last, has no more than one."""
    if len(args) != 3 or number(args[2]) not in {1, -1} or not literal(args[1]):
        return None
    return args[0] if is_of(args[0], "split_part") and args[0].args[1:] == tuple(args[1:]) else None


def _extreme(name: str) -> Callable[[Sequence[Term], KindOf], Term | None]:
    """GREATEST and LEAST: of what is in them already nothing is new."""

    def found(args: Sequence[Term], columns: KindOf) -> Term | None:
        flat: dict[Term, None] = {}
        for each in args:
            flat.update(dict.fromkeys(each.args if is_of(each, name) else (each,)))
        left = tuple(sorted(flat))
        return left[0] if len(left) == 1 else Term("call", name, left)

    return found


def _as_json(args: Sequence[Term], columns: KindOf) -> Term | None:
    """`to_jsonb`: of JSON it is that, of a text a string in quotes."""
    kind = kind_of(args[0], columns) if len(args) == 1 else ""
    if kind == "json":
        return args[0]
    return call("quoted as json", *args) if kind == "text" else None


_SPECIAL: Final[dict[str, Callable[[Sequence[Term], KindOf], Term | None]]] = {
    "+": _plus("0"),
    "-": _minus,
    "*": _plus("1"),
    "/": _plus("1"),
    "||": _join,
    "jsonb_set": _set,
    "jsonb_insert": _insert,
    "#-": _cut,
    "->": _get(as_text=False),
    "->>": _get(as_text=True),
    "#>": _get_path(as_text=False),
    "#>>": _get_path(as_text=True),
    "jsonb_build_object": _build,
    "json_build_object": _build,
    "array_remove": _remove,
    "substr": _substring,
    "split_part": _split,
    "to_jsonb": _as_json,
    "to_json": _as_json,
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
}
