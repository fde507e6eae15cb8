"""Statements with branches: IF and CASE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.bindings import substitute
from idemlint.plpgsql.jumps import MOST, Step, branch
from idemlint.plpgsql.nodes import Raise
from idemlint.plpgsql.sql import Unreadable, expression
from idemlint.records import NamedTuple
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.bindings import Variables
    from idemlint.plpgsql.reader import Reader
    from idemlint.source.statement import Span

_IF_ENDS: Final = frozenset({"end", "else", "elsif", "elseif", ""})
_CASE_ENDS: Final = frozenset({"end", "else", "when", ""})
_CASE_NOT_FOUND: Final = "20000"


class _Arm(NamedTuple):
    """`WHEN condition THEN statements`; `test` is where the condition stands, `asked` what it reads."""

    condition: Tree | None
    then: list[Step]
    test: Span | None
    asked: list[Step]


def conditional(reader: Reader, steps: list[Step]) -> None:
    """`IF … THEN … [ELSIF …] [ELSE …] END IF;`."""
    first = reader.at
    arms: list[_Arm] = []
    ways: list[Variables] = []
    last: list[Step] | None = None
    while reader.words[reader.at] in ("if", "elsif", "elseif"):
        reader.at += 1
        begin, reader.at = reader.at, reader.find(frozenset({"then"}))
        tree, test = reader.condition(begin, reader.at), reader.span(begin)
        asked: list[Step] = []
        reader.asks(asked, begin, reader.at)
        reader.skip("then")
        arms.append(_Arm(tree, reader.way(_IF_ENDS, ways), test, asked))
    if reader.skip("else"):
        last = reader.way(_IF_ENDS, ways)
    reader.skip("end")
    reader.skip("if")
    reader.skip(";")
    _close(reader, steps, arms, last, ways, first)


def case(reader: Reader, steps: list[Step]) -> None:
    """`CASE [x] WHEN … THEN … [ELSE …] END CASE;`: an IF chain that raises if nothing fits."""
    first = reader.at
    reader.at += 1
    begin, reader.at = reader.at, reader.find(frozenset({"when"}))
    subject = reader.tokens.text(begin, reader.at)
    used = reader.words[begin : reader.at]
    reader.asks(steps, begin, reader.at)
    arms: list[_Arm] = []
    ways: list[Variables] = []
    while reader.skip("when"):
        begin, reader.at = reader.at, reader.find(frozenset({"then"}))
        tree, test = reader.condition(begin, reader.at), reader.span(begin)
        if subject:
            tree = _one_of(reader, subject, reader.tokens.text(begin, reader.at), used)
        asked: list[Step] = []
        reader.asks(asked, begin, reader.at)
        reader.skip("then")
        arms.append(_Arm(tree, reader.way(_CASE_ENDS, ways), test, asked))
    last: list[Step] = [Raise(_CASE_NOT_FOUND, reader.span(first, first + 1))]
    if reader.skip("else"):
        last = reader.way(_CASE_ENDS, ways)
    reader.skip("end")
    reader.skip("case")
    reader.skip(";")
    if not ways:
        ways.append(reader.variables.copy())
    _close(reader, steps, arms, last, ways, first)


def _one_of(reader: Reader, subject: str, choices: str, words: list[str]) -> Tree | None:
    try:
        tree = expression(f"({subject}) IN ({choices})", 0)
    except Unreadable:
        return None
    return wrap(substitute(tree, reader.variables.used(words)))


def _close(
    reader: Reader,
    steps: list[Step],
    arms: list[_Arm],
    last: list[Step] | None,
    ways: list[Variables],
    first: int,
) -> None:
    """Close an IF or CASE that began at token `first`; without ELSE, `last` is `None`."""
    span = reader.span(first)
    if last is None:
        ways.append(reader.variables.copy())
    reader.join(reader.variables, ways)
    whole = last or []
    if len(arms) > MOST:
        steps.append(reader.unread(first, reader.at, "too many branches"))
        reader.variables.known.clear()
        return
    for arm in reversed(arms):
        whole = [*arm.asked, branch(arm.condition, arm.then, whole, span, arm.test)]
    steps += whole
