"""The condition of an IF, read once and kept with its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import If
    from idemlint.replay.guards.conditions import Condition


def condition_of(node: If) -> Condition:
    """What the IF asks; `UnreadableCondition` where that cannot be said."""
    if node.read is None:
        # Most files have no body, and reading takes a dozen modules.
        from idemlint.replay.guards.read import read

        node.read = read(node.condition)
    condition: Condition = node.read
    return condition
