"""PL/pgSQL's variables: declarations, assignments, and what sets them besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import sql as grammar
from idemlint.plpgsql.bindings import FOUND, Declared, Value, cast, substitute
from idemlint.plpgsql.constants import constant
from idemlint.plpgsql.cursor import Tokens
from idemlint.plpgsql.nodes import Asks
from idemlint.plpgsql.sql import Json, Unreadable
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.jumps import Step
    from idemlint.plpgsql.reader import Reader

ASSIGN: Final = frozenset({":=", "="})


def is_assignment(reader: Reader) -> bool:
    """Whether `v :=`, `v.f :=` or `v[1] :=` is next (`=` is the same); any name will do for `v`."""
    words = reader.words
    at = reader.at
    following = words[at + 1] if words[at] else ""
    if following not in ASSIGN and following != "." and following != "[":
        return following.startswith("=") and reader.tokens.name(at) is not None
    if reader.tokens.name(at) is None:
        return False
    at += 1
    while words[at] in (".", "["):
        if words[at] == ".":
            at += 1
            at += words[at] != ""
        else:
            while words[at] not in ("]", ";", ""):
                at += 1
            at += words[at] == "]"
    return words[at] in ASSIGN


def assign(reader: Reader, steps: list[Step]) -> None:
    """`v := expression;`."""
    first = reader.at
    name = reader.tokens.name(first)
    while not reader.words[reader.at].startswith((":=", "=")):
        if reader.words[reader.at] in (".", "["):
            name = None
        reader.at += 1
    reader.at += 1
    begin, reader.at = reader.at, reader.find(frozenset())
    reader.variables.set(name, evaluated(reader, steps, begin, reader.at))
    reader.skip(";")


def evaluated(reader: Reader, steps: list[Step], first: int, last: int) -> Value | None:
    """The value of an expression; what it calls or reads is added to `steps`."""
    value = reader.read(first, last)
    if "(" in reader.words[first:last]:
        try:
            tree = grammar.selected(reader.tokens.text(first, last), reader.place(first))
        except Unreadable as error:
            steps.append(reader.unread(first, last, str(error)))
        else:
            shown = substitute(tree, constants_of(reader, first, last))
            steps.append(reader.statement(tree, shown, reader.span(first, last)))
    else:
        reader.asks(steps, first, last)
    return value


def declare(reader: Reader, steps: list[Step], hidden: dict[str, Value | None]) -> None:
    """One declaration; `hidden` gets what a variable of the same name outside was."""
    name = reader.tokens.name(reader.at)
    first = reader.at + 1
    if name is not None and name not in hidden:
        before = reader.variables.known.get(name)
        hidden[name] = before if before is not None and before.depends is None else None
        reader.variables.set(name, None)
    end = reader.find(frozenset({"default", ":=", "=", "cursor", "alias"}))
    if name is not None:
        of = reader.words[first:end]
        # A column's type (`pg_constraint.conname%TYPE`) may be that of names.
        holds_names = "name" in of or "%" in of
        (reader.variables.names.add if holds_names else reader.variables.names.discard)(name)
    word = reader.words[end]
    reader.at = end
    if word == "cursor" and name is not None:
        _declare_cursor(reader, name)
    if word in ("default", ":=", "="):
        reader.at = begin = end + 1
        reader.at = last = reader.find(frozenset())
        value = evaluated(reader, steps, begin, last)
        if value is not None and reader.words[first].startswith("reg"):
            value = value._replace(tree=cast(value.tree, reader.words[first]))
        reader.variables.set(name, value)
    if name is not None:
        reader.names.add(name, tuple(reader.words[first:end]))
    reader.skip_statement()


_BEFORE_QUERY: Final = frozenset({"for", "is"})


def _declare_cursor(reader: Reader, name: str) -> None:
    """`CURSOR [(parameters)] FOR query`, which runs where the cursor is opened."""
    first = reader.at
    reader.at = reader.find(_BEFORE_QUERY)
    reader.forward(1)
    begin, reader.at = reader.at, reader.find(frozenset())
    end = reader.at
    names = Declared(reader.names)
    if reader.words[first + 1] == "(":
        for index in range(first + 1, begin):
            if reader.words[index] in {"(", ","}:
                names.add(reader.tokens.name(index + 1) or "")
    query = reader.query(begin, end)
    if query is not None and reader.reads_tables(begin, end):
        reader.cursors[name] = Asks(wrap(query), reader.span(begin, end), names)
    reader.at = first


def opens(reader: Reader, steps: list[Step], at: int) -> None:
    """Add what the cursor asks that is called by the name at token `at`."""
    asked = reader.cursors.get(reader.tokens.name(at) or "")
    if asked is not None:
        steps.append(asked)


def assigned(tokens: Tokens) -> frozenset[str]:
    """All names that something in the body may set (and some that only look so)."""
    found = set()
    words = tokens.words
    for index, word in enumerate(words):
        if word.startswith((":=", "=")) and index:
            found.add(tokens.name(index - 1))
        elif word in ("into", "call"):
            at = index + 1
            while words[at] not in (";", "", "from", "where", "using", "select", "values"):
                found.add(tokens.name(at))
                at += 1
    return frozenset(name for name in found if name is not None)


def diagnostics(reader: Reader, steps: list[Step]) -> None:
    """`GET DIAGNOSTICS v = ROW_COUNT, …;`."""
    first = reader.at
    reader.skip_statement()
    words = reader.words[first : reader.at]
    reader.variables.forget(names=frozenset(words))
    for index, word in enumerate(words):
        known = _OF_HANDLERS.get(word)
        if known is not None and words[index - 1] in ASSIGN:
            tree = {"ColumnRef": {"fields": [{"String": {"sval": known}}]}}
            reader.variables.set(reader.tokens.name(first + index - 2), Value(tree, frozenset()))


#: What GET STACKED DIAGNOSTICS calls what a handler has as variables.
_OF_HANDLERS: Final = {"returned_sqlstate": "sqlstate", "message_text": "sqlerrm"}


def open_cursor(reader: Reader, steps: list[Step]) -> None:
    """`OPEN c`, `OPEN c FOR query`."""
    first = reader.at
    opens(reader, steps, first + 1)
    reader.at = reader.find(frozenset({"for"}))
    reader.forward(1)
    begin, last = reader.at, reader.find(frozenset())
    query = reader.query(begin, last) if reader.reads_tables(begin, last) else None
    if query is not None:
        steps.append(Asks(wrap(query), reader.span(begin, last), reader.names))
    reader.at = first
    cursor_command(reader, steps)


def cursor_command(reader: Reader, steps: list[Step]) -> None:
    """`FETCH c INTO v`, `MOVE`, `CLOSE`: of a cursor nothing is followed but what it asks."""
    diagnostics(reader, steps)
    reader.variables.set(FOUND, None)


def elements(tree: Json) -> list[Json] | None:
    """The elements of an array of constants."""
    while "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    if "A_ArrayExpr" in tree:
        items = tree["A_ArrayExpr"].get("elements", [])
        return items if all(constant(item) is not None for item in items) else None
    text = constant(tree) if "A_Const" in tree else None
    if text is None or text[:1] != "{" or set(text) & set('"\\') or "{" in text[1:]:
        return None
    return [{"A_Const": {"sval": {"sval": item.strip()}}} for item in text[1:-1].split(",") if item]


def names_at(reader: Reader, at: int, last: int) -> tuple[list[str | None], int]:
    """A list of variables (`None` for fields and elements), and the token behind it."""
    words = reader.words
    names: list[str | None] = []
    while at < last:
        name = reader.tokens.name(at)
        at += 1
        while at < last and words[at] == ".":
            name = None
            at = min(at + 2, last)
        if words[at] == "[":
            name = None
            while at < last and words[at] != "]":
                at += 1
            at = min(at + 1, last)
        names.append(name)
        if at >= last or words[at] != ",":
            break
        at += 1
    return names, at


def constants_of(reader: Reader, first: int, last: int) -> dict[str, Value]:
    """The variables between two tokens that are known to be constants here."""
    used = reader.variables.used(reader.words[first:last])
    return {name: value for name, value in used.items() if value.depends is None}


def fields_set(text: str, record: str) -> list[tuple[str, Json]] | None:
    """The fields of a record that a body sets (`new.a := 1`), with their values, in all of its branches;
    `None` where that cannot be told."""
    tokens = Tokens(text.encode("utf-8", "replace"))
    words = tokens.words
    found: list[tuple[str, Json]] = []
    for index, word in enumerate(words):
        if word == "into" and record in words[index : index + 3]:
            return None
        if word != record or words[index - 1] not in _BEFORE_STATEMENT:
            continue
        if words[index + 1 : index + 2] != ["."]:
            if words[index + 1] in ASSIGN:
                return None
            continue
        name = tokens.name(index + 2)
        if name is None or words[index + 3] not in ASSIGN:
            return None
        end = words.index(";", index) if ";" in words[index:] else len(words) - 1
        try:
            found.append((name, grammar.expression(tokens.text(index + 4, end), 0)))
        except Unreadable:
            return None
    return found


#: Behind these words a statement begins.
_BEFORE_STATEMENT: Final = frozenset({";", "begin", "then", "else", "loop", ""})
