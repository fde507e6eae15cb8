"""A call of a routine of the folder: its body is run in the call's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.machine.bodies import run_block
from idemlint.replay.machine.called.overload import block_of, meant
from idemlint.replay.machine.signals import RETURNED

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Block
    from idemlint.replay.catalog.refs import Called
    from idemlint.replay.machine.called.overload import MeantRoutine
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: Calls in calls: PostgreSQL stops at `max_stack_depth`.
_DEEPEST: Final = 16


def called(run: Pass, call: Called) -> MeantRoutine | None:
    """The routine of a call, where its body can be run: not in itself."""
    found = meant(run.catalog, call)
    if found is None or found.oid in run.calling or len(run.calling) >= _DEEPEST:
        return None
    return found


def run_call(run: Pass, call: Called, found: MeantRoutine) -> Result:
    """Carry out a call: what its body does, once or, for each row, once and not at all."""
    if not run.in_body:
        run.machine.budget.renew()
    block = block_of(found, call.ref.name)

    def once() -> Result:
        return _told(run, call, found, block)

    if not call.many:
        return once()
    return run.either(once, lambda: None)


def _told(run: Pass, call: Called, found: MeantRoutine, block: Block) -> Result:
    outer, within = run.calling, run.within
    run.calling = (*outer, found.oid)
    # Where it stands is said once: by the routine that the statement calls.
    run.within = within or f", in {call.ref}()"
    run.in_body += 1
    result = run_block(run, block)
    run.in_body -= 1
    run.calling, run.within = outer, within
    return None if result is RETURNED else result
