"""The one place where the machine is put together."""

from __future__ import annotations

from idemlint.replay.judge.patterns import read_pattern
from idemlint.replay.machine.handlers import HANDLERS
from idemlint.replay.machine.run import Machine
from idemlint.replay.machine.state import State


def new_machine(search_path: tuple[str, ...], postgres_version: int) -> Machine:
    """A machine over a database of which nothing is known but where names are looked for."""
    return Machine(State(search_path), postgres_version, HANDLERS, read_pattern)
