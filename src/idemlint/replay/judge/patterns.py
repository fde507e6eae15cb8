"""EXECUTE of a computed string, where the constant part of it can still be read.

`format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS n int', t)` does the same thing twice whatever `t` is. The
placeholders are given a name, and the statement is run twice on a catalog of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import Opaque, SetsPath
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.judge.verdict import Verdict
from idemlint.replay.machine.signals import NOTHING_TOUCHED, STAND_IN, Pattern
from idemlint.source.grammar import Rejected, TooDeep, parse_stretch

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Machine

#: `format()`'s placeholders (https://www.postgresql.org/docs/current/functions-string.html).
_PLACEHOLDER: Final = r"%(?:\d+\$)?(?:-?\d+)?(?P<type>[IsL%])"
_STAND_IN: Final = {"I": STAND_IN, "s": STAND_IN, "L": f"'{STAND_IN}'", "%": "%"}


#: Statements that leave all objects as they are.
_OF_ROWS: Final = (
    r"\s*(?:insert|update|delete|truncate|analyze|lock|comment|grant|revoke)\b[^;]*;?\s*\Z"
)
_TELLS_NOTHING: Final = Pattern(False, None, NOTHING_TOUCHED)


def _is_of_rows(text: str) -> bool:
    """Whether it is one statement that changes no object, whatever stands in the placeholders: these may be
    more than names, so that the grammar refuses what stands for them here."""
    return re.match(_OF_ROWS, text, re.IGNORECASE) is not None


def read_pattern(machine: Machine, pattern: str) -> Pattern | None:
    """Read a format string; `None` where it is no statement with its placeholders filled.

    `machine` says how it would be run; nothing is run on its state.
    """
    # The module is loaded by every run, and few need the expression and what is touched.
    from idemlint.replay.machine.opening import touched

    text = re.sub(_PLACEHOLDER, lambda match: _STAND_IN[match["type"]], pattern)
    machine = machine.anew()
    try:
        statements = parse_stretch(text.encode(), 0, "up", 0)
    except (Rejected, TooDeep):
        return _TELLS_NOTHING if _is_of_rows(text) else None
    programs = [
        effects_of(statement.tree, machine.postgres_version)
        for statement in statements
        if statement.tree is not None and statement.kind != "DoStmt"
    ]
    effects = [effect for program in programs for effect in flat(program)]
    if len(programs) != len(statements) or any(
        isinstance(effect, (Opaque, SetsPath)) for effect in effects
    ):
        return None
    replayed = replay_file(machine, programs, range(len(programs)), frozenset({"file"}), 0)
    for error in machine.faults.values():
        raise error
    outcomes = [each["file"] for each in replayed.outcomes]
    worst = max(outcomes, key=lambda outcome: outcome.verdict.rank, default=None)
    if worst is None:
        return None
    is_safe = worst.verdict is Verdict.SAFE
    return Pattern(is_safe, worst.sqlstate, touched(effects))
