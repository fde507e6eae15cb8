"""INSERTs that PostgreSQL refuses for what their ON CONFLICT asks for, whatever rows there are.

One that is refused in the first run has done nothing, and is refused again: what comes behind it never ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.definition import INSERT
from idemlint.replay.catalog.slots import PRESENT, Slot
from idemlint.replay.keys.identity import Keys
from idemlint.replay.machine.signals import SKIPPED

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.catalog.table_rows import Rows
    from idemlint.replay.effects.vocabulary import Inserts
    from idemlint.replay.keys.given import GivenRows
    from idemlint.replay.keys.inference import Inference
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: What ON CONFLICT does, in the outcome of a statement that is refused.
REFUSED: Final = "refused"
_DEFERRABLE: Final = "ON CONFLICT does not look at a key that is deferrable"


def refused(
    run: Pass,
    effect: Inserts,
    table: Slot,
    facts: Rows,
    rows: GivenRows | None,
    inference: Inference,
) -> Result:
    """The error; `SKIPPED`: it is one of the first run, which has done nothing; `None`: there is none."""
    key: Key = (Space.FACET, table.oid, f"@refused {run.catalog.statement} {run.span}")
    sqlstate, reason = inference.sqlstate, inference.reason
    if run.judging:
        known = run.catalog.recorded(key)
        if known is not None:
            sqlstate, reason = known.definition
    if not sqlstate and _defers(run, table, facts, rows, inference):
        sqlstate, reason = "55000", _DEFERRABLE
    if not sqlstate:
        return None
    if run.judging or (run.catches is not None and run.catches(sqlstate)):
        return run.raised(sqlstate, effect._replace(conflict=REFUSED), reason)
    slot = Slot(PRESENT, run.catalog.new_oid(), definition=(sqlstate, reason))
    run.catalog.put(key, slot)
    return SKIPPED


def _defers(
    run: Pass, table: Slot, facts: Rows, rows: GivenRows | None, inference: Inference
) -> bool:
    """Whether a row gets to a deferrable key: the keys are looked at in the order in which they were made,
    until one is in the way (`ExecCheckIndexConstraints`, src/backend/executor/execIndexing.c)."""
    if inference.keys is None or rows is None:
        return False
    if not any(key.definition.deferrable for key in inference.keys):
        return False
    if run.catalog.fires(table.oid, INSERT, before=True):
        return False
    keys = run.catalog.made_of(table, Keys)
    for row in rows:
        for key in inference.keys:
            if key.definition.deferrable:
                return True
            if keys.is_there(facts, row, key) is not False:
                break
    return False
