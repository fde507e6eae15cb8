"""JSON in which something is set or removed by path, and what is read of it by path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from idemlint.replay.rewrites.row_terms import NULL, PATH, Term, call, is_of, literal, string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Path = tuple[str, ...]

#: What is done to a document. A NULL that is `set` makes all of it NULL, one that is `put` a null.
_SET, _PUT, _REMOVED = "set", "put", "removed"
EMPTY: Final = string("{}")
#: What is read: as JSON, and as text.
GET, GET_TEXT = "get", "get as text"


def path_of(term: Term) -> Path | None:
    """`'{a,b}'` and `ARRAY['a', 'b']`."""
    text = literal(term)
    if text is not None:
        if not (text.startswith("{") and text.endswith("}")) or "\\" in text or not text[1:-1]:
            return None
        return tuple(each.strip().strip('"') for each in text[1:-1].split(","))
    while term.head == "cast":
        term = term.args[0]
    if not is_of(term, "array"):
        return None
    parts = [literal(each) for each in term.args]
    return None if None in parts else tuple(each for each in parts if each is not None)


def is_index(part: str) -> bool:
    """Whether a part of a path may stand for a place in an array."""
    return part.lstrip("-").isdigit()


def object_of(term: Term) -> dict[str, Any] | None:
    """The JSON object that a literal is."""
    text = literal(term)
    if text is None or not text.lstrip().startswith("{"):
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def list_of(term: Term) -> list[str] | None:
    """The elements of the JSON array that a literal is, each written as JSON."""
    try:
        found = orjson.loads(literal(term) or "")
    except orjson.JSONDecodeError:
        return None
    return list(map(_written, found)) if isinstance(found, list) else None


def as_document(term: Term) -> Term:
    """A literal object as a document; others as they are."""
    given = object_of(term)
    if given is None:
        return term
    found = EMPTY
    for name, value in given.items():
        found = _done(found, Term(_PUT, name, (string(_written(value)),)))
    return found


def _written(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def base_of_document(term: Term) -> Term:
    """What a document was before anything was done to it."""
    while term.head == "cast" or term.head == "document":
        term = term.args[0]
    return term


def steps(term: Term) -> tuple[Term, ...]:
    """What was done to it."""
    while term.head == "cast":
        term = term.args[0]
    return term.args[1:] if term.head == "document" else ()


def _done(document: Term, step: Term) -> Term:
    """A document with one thing more done to it: what that covers is no more seen."""
    base, kept = base_of_document(document), list(steps(document))
    path = _parts(step)
    kept = [each for each in kept if _parts(each)[: len(path)] != path]
    kept.append(step)
    kept.sort(key=_parts)
    return Term("document", "", (base, *kept))


def _parts(step: Term) -> Path:
    return tuple(step.name.split(PATH))


def is_settled(path: Path) -> bool:
    """Whether what is written there is there afterwards, be it in an object or in an array."""
    return all(not is_index(each) or each in {"0", "-1"} for each in path)


def written(document: Term, path: Path, value: Term, *, strict: bool) -> Term | None:
    """A document with a value set; `None`: it cannot be told where."""
    if NULL in ({value, document} if strict else {document}):
        return NULL
    numbered = any(map(is_index, path))
    if not is_settled(path) or (numbered and not _is_only(document, path)):
        return None
    return _done(document, Term(_SET if strict else _PUT, PATH.join(path), (value,)))


def _is_only(document: Term, path: Path) -> bool:
    """Whether nothing else is done in the array where a path leads."""
    place = next(place for place, each in enumerate(path) if is_index(each))
    others = (_parts(each) for each in steps(document))
    return all(each == path or each[:place] != path[:place] for each in others)


def removed(document: Term, path: Path) -> Term | None:
    """A document without what is there."""
    if document == NULL:
        return NULL
    return None if any(map(is_index, path)) else _done(document, Term(_REMOVED, PATH.join(path)))


def merged(document: Term, other: Term) -> Term | None:
    """`document || other`, where `other` is an object whose keys are known."""
    other = as_document(other)
    if base_of_document(other) != EMPTY or other.head not in {"document", "string"}:
        return None
    found: Term | None = document
    for each in steps(other):
        if found is None or len(_parts(each)) > 1:
            return None
        found = _done(found, each)
    return found


def built(arguments: Sequence[Term]) -> Term | None:
    """`jsonb_build_object('a', …)`."""
    found = Term("document", "", (EMPTY,))
    for name, value in zip(arguments[::2], arguments[1::2], strict=False):
        key = literal(name)
        if key is None:
            return None
        found = _done(found, Term(_PUT, key, (value,)))
    return found


def read(term: Term, path: Path, *, as_text: bool) -> Term:
    """What a document has there."""
    if term == NULL:
        return NULL
    term = as_document(term)
    base = base_of_document(term)
    name = GET_TEXT if as_text else GET
    seen = []
    for each in reversed(steps(term)):
        done = _parts(each)
        shared = min(len(done), len(path))
        if done[:shared] != path[:shared] and not any(map(is_index, (*done, *path))):
            continue
        if len(done) == 1 and path[:1] == done and (each.head != _SET or _is_made(each)):
            return NULL if each.head == _REMOVED else _inside(each.args[0], path[1:], name)
        if each.head == _REMOVED and path[: len(done)] == done:
            return NULL
        seen.append(each)
    if seen:
        return call(name, Term("document", "", (base, *reversed(seen))), string(PATH.join(path)))
    if base == EMPTY:
        return NULL
    if is_of(base, GET):
        before = literal(base.args[1]) or ""
        return call(name, base.args[0], string(f"{before}{PATH}{PATH.join(path)}"))
    return call(name, base, string(PATH.join(path)))


def _is_made(step: Term) -> bool:
    """Whether a key that was not there is made."""
    return len(step.args) == 1


def _inside(value: Term, path: Path, name: str) -> Term:
    if path:
        return read(value, path, as_text=name == GET_TEXT)
    if name == GET:
        return value
    text = literal(value)
    if text is None:
        return value if value == NULL else call(name, value, string(""))
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return value
    if found is None:
        return NULL
    return string(found if isinstance(found, str) else _written(found))


def has_key(term: Term, name: str) -> bool | None:
    """`term ? name`."""
    document = as_document(term)
    for each in reversed(steps(document)):
        if _parts(each)[0] == name:
            if len(_parts(each)) > 1 or (each.head == _SET and not _is_made(each)):
                return None
            return each.head != _REMOVED
    return False if base_of_document(document) == EMPTY else None


def strict_values(term: Term) -> Iterable[Term]:
    """What makes all of a document NULL where it is."""
    yield base_of_document(term)
    for each in steps(term):
        if each.head == _SET:
            yield each.args[0]


def reads_what_it_writes(term: Term) -> Iterable[tuple[Term, bool]]:
    """The values that a document sets, and whether they are made of what stands at a place that it sets or
    removes."""
    base = base_of_document(term)
    touched = [_parts(each) for each in steps(term)]
    for each in steps(term):
        for value in each.args[:1]:
            yield (
                value,
                any(_meets(read_at, done) for read_at in _reads(value, base) for done in touched),
            )


def _meets(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _reads(value: Term, base: Term) -> Iterable[Path]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if each.head == "call" and each.name in {GET, GET_TEXT}:
            if base_of_document(each.args[0]) == base:
                yield tuple(each.args[1].name.split(PATH))
                continue
        elif each == base and base.head == "column":
            yield ()
        waiting += each.args
