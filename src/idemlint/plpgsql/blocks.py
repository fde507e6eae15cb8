"""Blocks: DECLARE, BEGIN, EXCEPTION, END."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.bindings import Declared
from idemlint.plpgsql.jumps import Arms, Leap, Step, closed, labels_of, leaves
from idemlint.plpgsql.nodes import Block, Handler, Node, Try
from idemlint.plpgsql.variables import declare

if TYPE_CHECKING:
    from idemlint.plpgsql.bindings import Value, Variables
    from idemlint.plpgsql.reader import Reader

_BLOCK_ENDS: Final = frozenset({"end", "exception", ""})
_HANDLER_ENDS: Final = frozenset({"end", "when", ""})


def block(reader: Reader, steps: list[Step]) -> None:
    """A block without a label."""
    steps.append(labelled_block(reader, None))


def labelled_block(reader: Reader, label: str | None) -> Step:
    """`[DECLARE …] BEGIN … [EXCEPTION …] END [label];`."""
    first = reader.at
    outer, names = reader.variables, reader.names
    before: list[Step] = []
    hidden: dict[str, Value | None] = {}
    if label is not None or reader.words[reader.at] == "declare":
        reader.names = Declared(names, label)
    if reader.skip("declare"):
        while reader.words[reader.at] not in ("begin", ""):
            if not reader.skip("declare"):
                declare(reader, before, hidden)
    reader.skip("begin")
    start = reader.variables.copy()
    steps = reader.statements(_BLOCK_ENDS)
    whole: Step
    if reader.skip("exception"):
        whole = _handled(reader, first, start, steps)
    else:
        whole = _kept(steps, closed(before + steps))
    if isinstance(whole, Leap) and isinstance(whole.inside, Try) and before:
        whole = Leap(whole.labels, whole.always, Block((*closed(before).body, whole.inside)))
    elif isinstance(whole, Try) and before:
        whole = Block((*closed(before).body, whole))
    reader.names = names
    if not reader.skip("end"):
        reader.at = len(reader.words) - 1
    if reader.words[reader.at] != ";":
        reader.at += reader.words[reader.at] != ""
    reader.skip(";")
    for name, value in hidden.items():
        outer.set(name, value)
    if label is not None and isinstance(whole, Leap) and label in whole.labels:
        return _unlabelled(whole, frozenset({label}))
    return whole


def _kept(steps: list[Step], node: Node) -> Step:
    """`node`, made of `steps`, with their EXITs to the outside."""
    labels = labels_of(steps)
    return Leap(labels, leaves(steps), node) if labels else node


def _unlabelled(leap: Leap, labels: frozenset[str]) -> Step:
    """A statement behind which EXITs to these labels end."""
    rest = leap.labels - labels
    if rest or leap.inside is None:
        return Leap(rest, False, leap.inside) if rest else Block(())
    return leap.inside if not isinstance(leap.inside, Arms) else closed([leap])


def _handled(reader: Reader, first: int, start: Variables, steps: list[Step]) -> Step:
    """`WHEN … THEN …` up to the END of a block that began at token `first`, with `start` known."""
    after = reader.variables
    ways = [] if leaves(steps) else [after.copy()]
    start.merge([after])
    handlers = []
    names = reader.names = Declared(reader.names)
    for name in _OF_AN_ERROR:
        names.add(name, ("text",))
    every = list(steps)
    while reader.words[reader.at] == "when":
        begin = reader.at
        reader.at += 1
        conditions = _conditions(reader)
        reader.skip("then")
        reader.variables = start
        inner = reader.way(_HANDLER_ENDS, ways)
        every += [step for step in inner if isinstance(step, Leap)]
        handlers.append(Handler(conditions, closed(inner), reader.span(begin)))
    reader.join(after, ways)
    whole = Try(closed(steps), tuple(handlers), reader.span(first))
    labels = labels_of(every)
    return Leap(labels, False, whole) if labels else whole


#: Variables that a handler has.
_OF_AN_ERROR: Final = ("sqlstate", "sqlerrm")


def _conditions(reader: Reader) -> tuple[str, ...]:
    found = []
    while reader.words[reader.at] not in ("then", ";", ""):
        if reader.words[reader.at] == "sqlstate":
            reader.forward(1)
            found.append(reader.tokens.literal(reader.at) or "")
        elif reader.words[reader.at] != "or":
            found.append(reader.tokens.name(reader.at) or "")
        reader.forward(1)
    return tuple(found)
