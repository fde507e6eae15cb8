"""EXIT and CONTINUE, said with IF: what stands behind one runs only if it was not reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.nodes import Block, If, Node, Raise, Return, Try
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.statement import Span
    from idemlint.source.tree import Tree

EMPTY: Final = Block(())
#: The label of the innermost loop, which EXIT and CONTINUE leave when they name none.
INNERMOST: Final = ""
#: The most branches of a statement, or jumps in a row or one in another: an ELSIF is an IF in the ELSE of
#: another, as is what follows a CONTINUE.
MOST: Final = 80


class Arms(NamedTuple):
    """An IF before its branches are closed: what follows it can still go into one of them."""

    condition: Tree | None
    then: list[Step]
    otherwise: list[Step]
    span: Span | None
    test: Span | None
    jumps: int


class Leap(NamedTuple):
    """A statement that may leave the loops or blocks `labels`; `always` if it does so for sure."""

    labels: frozenset[str]
    always: bool = False
    inside: Node | Arms | None = None


Step = Node | Leap


def labels_of(steps: list[Step]) -> frozenset[str]:
    """The labels that some statement of these may leave."""
    found: frozenset[str] = frozenset()
    for step in steps:
        if isinstance(step, Leap):
            found |= step.labels
    return found


def jumps(steps: list[Step]) -> int:
    """How many IFs stand one in another once these are closed, for the jumps in them."""
    leaps = [step.inside for step in steps if isinstance(step, Leap)]
    return len(leaps) + max((each.jumps for each in leaps if isinstance(each, Arms)), default=0)


def leaves(steps: Sequence[Step]) -> bool:
    """Whether nothing that stands behind these statements can run."""
    return any(_leaves(step) for step in steps)


def _leaves(step: Step) -> bool:
    match step:
        case Raise() | Return():
            return True
        case Leap():
            return step.always
        case Block():
            return leaves(step.body)
        case If():
            return leaves(step.then.body) and leaves(step.otherwise.body)
        case Try():
            return leaves(step.body.body) and all(leaves(h.body.body) for h in step.handlers)
    return False


def branch(
    condition: Tree | None,
    then: list[Step],
    otherwise: list[Step],
    span: Span | None,
    test: Span | None = None,
) -> Step:
    """An IF statement."""
    labels = labels_of(then) | labels_of(otherwise)
    if labels:
        always = leaves(then) and leaves(otherwise)
        inner = max(jumps(then), jumps(otherwise))
        return Leap(labels, always, Arms(condition, then, otherwise, span, test, inner))
    return If(condition, closed(then), closed(otherwise), span, test)


def closed(steps: list[Step]) -> Block:
    """The statements as a block of nodes."""
    nodes: list[Node] = []
    for index, step in enumerate(steps):
        if not isinstance(step, Leap):
            nodes.append(step)
            continue
        inside, rest = step.inside, steps[index + 1 :]
        if step.always:
            rest = []
        if isinstance(inside, Arms):
            then, otherwise = inside.then, inside.otherwise
            if rest and leaves(then):
                otherwise, rest = otherwise + rest, []
            elif rest and leaves(otherwise):
                then, rest = then + rest, []
            nodes.append(
                If(inside.condition, closed(then), closed(otherwise), inside.span, inside.test)
            )
        elif inside is not None:
            nodes.append(inside)
        if rest:
            nodes.append(If(None, closed(rest), EMPTY))
        break
    return Block(tuple(nodes)) if nodes else EMPTY
