"""The one place where the machine is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.faults import Noted
from idemlint.replay.judge.patterns import read_pattern
from idemlint.replay.machine.budget import Budget
from idemlint.replay.machine.handlers import HANDLERS
from idemlint.replay.machine.run import Machine
from idemlint.replay.machine.state import State

if TYPE_CHECKING:
    from idemlint.runners.profile import Session


def new_machine(
    search_path: tuple[str, ...],
    postgres_version: int,
    session: Session = "kept",
    *,
    foresees: bool = False,
) -> Machine:
    """A machine over a database of which nothing is known but where names are looked for; `session` is
    what a file finds of the one before's."""
    state = State(search_path, session)
    return Machine(state, postgres_version, HANDLERS, read_pattern, Noted(), Budget(), foresees)
