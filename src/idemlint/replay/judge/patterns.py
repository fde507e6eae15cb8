"""EXECUTE of a computed string, where the constant part of it can still be read.

`format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS n int', t)` does the same thing twice whatever `t` is. The
placeholders are given a name, and the statement is run twice on a catalog of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import Catalog
from idemlint.replay.effects import effects_of
from idemlint.replay.effects.vocabulary import (
    Command,
    Creates,
    CreatesUnnamed,
    Drops,
    Opaque,
    Renames,
    SetsPath,
)
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.machine.run import Machine
from idemlint.source.grammar import Rejected, TooDeep, parse_stretch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.postgres.kinds import Ref, Space
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.verdict import Verdict

#: `format()`'s placeholders (https://www.postgresql.org/docs/current/functions-string.html).
_PLACEHOLDER: Final = re.compile(r"%(?:\d+\$)?(?:-?\d+)?(?P<type>[IsL%])")
_STAND_IN: Final = {"I": "_any", "s": "_any", "L": "'_any'", "%": "%"}


class Pattern(NamedTuple):
    """What a pattern comes to: `outcome` of its second run, the names it makes, drops or renames."""

    verdict: Verdict
    sqlstate: str | None
    names: frozenset[tuple[Space, str]]


def read_pattern(pattern: str, postgres_version: int) -> Pattern | None:
    """Read a format string; `None` where it is no statement with its placeholders filled."""
    text = _PLACEHOLDER.sub(lambda match: _STAND_IN[match["type"]], pattern)
    try:
        statements = parse_stretch(text.encode(), 0, "up", 0)
    except (Rejected, TooDeep):
        return None
    programs = [
        effects_of(statement.tree, postgres_version)
        for statement in statements
        if statement.tree is not None and statement.kind != "DoStmt"
    ]
    flat = [effect for program in programs for effect in _flat(program)]
    if len(programs) != len(statements) or any(
        isinstance(effect, (Opaque, SetsPath)) for effect in flat
    ):
        return None
    machine = Machine(Catalog(), postgres_version)
    replayed = replay_file(machine, programs, range(len(programs)), frozenset({"file"}), 0)
    outcomes = [each["file"] for each in replayed.outcomes]
    worst = max(outcomes, key=lambda outcome: outcome.verdict.rank, default=None)
    if worst is None:
        return None
    return Pattern(worst.verdict, worst.sqlstate, frozenset(_names(flat)))


def _flat(effects: Iterable[Effect]) -> Iterator[Effect]:
    for effect in effects:
        if isinstance(effect, Command):
            yield from _flat(effect.effects)
        else:
            yield effect


def _names(effects: Iterable[Effect]) -> Iterator[tuple[Space, str]]:
    for effect in effects:
        refs: tuple[Ref, ...] = ()
        if isinstance(effect, (Creates, Drops)):
            refs = (effect.ref,)
        elif isinstance(effect, Renames):
            refs = (effect.ref, effect.to)
        elif isinstance(effect, CreatesUnnamed):
            yield effect.kind.space, effect.base
        for ref in refs:
            yield ref.space, ref.name
