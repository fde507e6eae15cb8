"""Statements that leave a body: RETURN, RAISE, ASSERT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.basic import execute, sql
from idemlint.plpgsql.jumps import EMPTY, Step
from idemlint.plpgsql.nodes import Block, If, Raise, Return
from idemlint.plpgsql.variables import ASSIGN, evaluated
from idemlint.postgres.sqlstates import is_sqlstate, sqlstates

if TYPE_CHECKING:
    from idemlint.plpgsql.reader import Reader

_LEVELS: Final = frozenset({"debug", "log", "info", "notice", "warning"})
_ASSERT_FAILURE: Final = "P0004"
_RAISE_EXCEPTION: Final = "P0001"


def leave(reader: Reader, steps: list[Step]) -> None:
    """`RETURN [expression];`; RETURN NEXT and RETURN QUERY go on."""
    first = reader.at
    reader.at += 1
    begin = reader.at
    word = reader.words[begin]
    if word == "query":
        reader.at += 1
        if reader.words[reader.at] == "execute":
            execute(reader, steps)
        else:
            sql(reader, steps)
        return
    reader.at = reader.find(frozenset())
    if word == "next":
        begin += 1
    value = None
    if "(" in reader.words[begin : reader.at]:
        evaluated(reader, steps, begin, reader.at)
    if reader.is_called and word != "next":
        value = reader.condition(begin, reader.at)
    reader.skip(";")
    if word != "next":
        steps.append(Return(reader.span(first), value))


def raise_error(reader: Reader, steps: list[Step]) -> None:
    """`RAISE [level] [what] [USING …];`; only an exception does anything."""
    first = reader.at
    reader.at += 1
    level = reader.words[reader.at]
    reader.at += level in _LEVELS or level == "exception"
    begin = reader.at
    reader.at = reader.find(frozenset({"using"}))
    reader.asks(steps, begin, reader.at)
    reader.skip_statement()
    if level in _LEVELS:
        return
    sqlstate = _raised(reader, begin, reader.at)
    steps.append(Raise(sqlstate, reader.span(first)))


def _raised(reader: Reader, first: int, last: int) -> str | None:
    """The SQLSTATE that is raised; `None` is the one being handled, or a computed one."""
    words = reader.words
    if words[first] == ";":
        return None if words[first - 1] == "raise" else _RAISE_EXCEPTION
    if words[first] == "sqlstate":
        return reader.tokens.literal(first + 1)
    if words[first].isidentifier() and words[first] != "using":
        return next(iter(sqlstates(words[first])), None)
    for index in range(first, last):
        if words[index] == "errcode" and words[index + 1] in ASSIGN:
            code = reader.tokens.literal(index + 2)
            if code is None:
                return None
            return code if is_sqlstate(code) else next(iter(sqlstates(code.lower())), None)
    return _RAISE_EXCEPTION


def assertion(reader: Reader, steps: list[Step]) -> None:
    """`ASSERT condition [, message];`."""
    first = reader.at
    reader.at += 1
    begin, reader.at = reader.at, reader.find(frozenset({","}))
    reader.asks(steps, begin, reader.at)
    tree, test = reader.condition(begin, reader.at), reader.span(begin)
    reader.skip_statement()
    span = reader.span(first)
    steps.append(If(tree, EMPTY, Block((Raise(_ASSERT_FAILURE, span),)), span, test))
