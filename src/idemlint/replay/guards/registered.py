"""What the text of a `regclass`, `regtype`, `regprocedure` … names."""

from __future__ import annotations

import re
from typing import Final

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS

from idemlint.plpgsql import sql
from idemlint.postgres.catalogs import REGISTERED
from idemlint.postgres.kinds import Ref, Space
from idemlint.postgres.names import cut, is_cut
from idemlint.replay.catalog.refs import signature_of, type_ref
from idemlint.source.tree import Tree

#: Those that need argument types, and the statement in which PostgreSQL's grammar reads these.
_WITH_ARGUMENTS: Final = {
    "regprocedure": "DROP FUNCTION f",
    "regoperator": "DROP OPERATOR +",
}
#: A name, and in parentheses what makes it one of several.
_CALL: Final = re.compile(r'((?:"(?:[^"]|"")*"|[^"(])+)(\(.*\))\s*', re.DOTALL)
#: A type whose name the grammar takes as it is, unless it is a keyword.
_PLAIN: Final = re.compile(r"(?:[a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*")
_KEYWORDS: Final = RESERVED_KEYWORDS | COL_NAME_KEYWORDS


def registered(text: str, kind: str) -> Ref | None:
    """What the text of a type such as `regclass` refers to; `None` where that cannot be read.

    `s."T"` is folded as PostgreSQL folds it, arguments and types become as effects spell them
    (`int4`).
    """
    space = REGISTERED[kind]
    if space is Space.TYPE:
        return _type(text)
    signature = None
    if space in {Space.ROUTINE, Space.OPERATOR}:
        call = _CALL.fullmatch(text)
        if call is not None:
            text = call[1]
        if kind in _WITH_ARGUMENTS:
            signature = _signature(_WITH_ARGUMENTS[kind] + call[2]) if call is not None else None
            if signature is None:
                return None
    names = _names(text)
    if not names:
        return None
    schema = cut(names[-2]) if len(names) > 1 else None
    return Ref(space, cut(names[-1]), schema, None, signature)


def holds_cut_names(text: str) -> bool:
    """Whether a part of a dotted name is longer than PostgreSQL stores it."""
    return any(map(is_cut, _names(text)))


def _names(text: str) -> list[str]:
    """The parts of a dotted name, folded; `[]`: it is none."""
    names = []
    rest = text.strip()
    while rest:
        if rest[0] == '"':
            end = rest.find('"', 1)
            while rest[end + 1 : end + 2] == '"' and end > 0:
                end = rest.find('"', end + 2)
            if end < 0:
                return []
            names.append(rest[1:end].replace('""', '"'))
            rest = rest[end + 1 :].strip()
        else:
            name, dot, after = rest.partition(".")
            names.append(name.strip().lower())
            rest = dot + after
        if rest:
            if rest[0] != "." or len(rest) == 1:
                return []
            rest = rest[1:].strip()
    return names if all(names) else []


def _type(text: str) -> Ref | None:
    """A type, which PostgreSQL reads with its grammar too: `integer` is `pg_catalog.int4`."""
    if _PLAIN.fullmatch(text):
        schema, _, name = text.rpartition(".")
        if not _KEYWORDS & {schema, name}:
            return Ref(Space.TYPE, cut(name), cut(schema) or None)
    dropped = _dropped(f"DROP TYPE {text}")
    if dropped is None or dropped.kind != "TypeName":
        return None
    ref = type_ref(dropped)
    return ref._replace(name=ref.name + "[]" * len(dropped.arrayBounds or ()))


def _signature(drop: str) -> str | None:
    dropped = _dropped(drop)
    return None if dropped is None else signature_of(dropped.objargs)


def _dropped(statement: str) -> Tree | None:
    """The only object of a DROP."""
    try:
        found = sql.statements(statement, 0)
    except sql.Unreadable:
        return None
    if len(found) != 1 or "DropStmt" not in found[0]:
        return None
    tree = Tree("DropStmt", found[0]["DropStmt"])
    [first, *more] = tree.objects
    return None if more or tree.behavior == "DROP_CASCADE" else first
