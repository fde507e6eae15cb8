"""How deep a body may be: who walks it calls itself for each level, and Python ends that somewhere.

Where it ends would depend on who calls idemlint. Hence a bound of our own, far below, so that a body
is judged alike wherever that is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.nodes import Block, Dynamic, If, Loop, Node, Try, parts

if TYPE_CHECKING:
    from collections.abc import Callable

#: The most nodes that may stand one in another. An ELSIF is one, and so is what follows a CONTINUE.
MOST_LEVELS: Final = 100
TOO_DEEP: Final = "nested too deeply"


def bounded(block: Block, mentions: Callable[[], frozenset[str]]) -> Block:
    """The body with what stands deeper than that as `Dynamic`; `mentions` gives the names in its text."""
    return _cut(block, mentions()) if _is_deeper(block) else block


def _is_deeper(block: Block) -> bool:
    level: list[Block] = [block]
    for _ in range(MOST_LEVELS):
        level = [part for each in level for node in each.body for part in parts(node)]
        if not level:
            return False
    return True


def _cut(block: Block, mentions: frozenset[str], level: int = 0) -> Block:
    if not block.body:
        return block
    if level == MOST_LEVELS:
        span = next((span for node in block.body if (span := getattr(node, "span", None))), None)
        return Block((Dynamic(TOO_DEEP, mentions, None, span),))

    def shorter(part: Block) -> Block:
        return _cut(part, mentions, level + 1)

    def cut(node: Node) -> Node:
        match node:
            case Block():
                return shorter(node)
            case If():
                return node._replace(then=shorter(node.then), otherwise=shorter(node.otherwise))
            case Loop():
                return node._replace(body=shorter(node.body))
            case Try():
                handlers = tuple(each._replace(body=shorter(each.body)) for each in node.handlers)
                return node._replace(body=shorter(node.body), handlers=handlers)
        return node

    return Block(tuple([cut(node) for node in block.body]))
