"""Which function carries out which effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.model import (
    Body,
    Command,
    Creates,
    CreatesUnnamed,
    Deletes,
    Drops,
    EndsAtCommit,
    Fails,
    Fills,
    Inserts,
    Opaque,
    Renames,
    Repeats,
    Requires,
    Sets,
    SetsPath,
    Transaction,
    Updates,
    UsesAnyColumn,
    UsesColumns,
)
from idemlint.replay.flow import body
from idemlint.replay.making import creates, creates_unnamed
from idemlint.replay.removing import drops
from idemlint.replay.renaming import renames
from idemlint.replay.requirements import requires, uses_any_column, uses_columns
from idemlint.replay.settings import (
    command,
    ends_at_commit,
    fails,
    fills,
    opaque,
    repeats,
    sets,
    sets_path,
    transaction,
)
from idemlint.replay.writes import deletes, insert, updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.machine import Result

#: A new effect is a class in `effects.model` and a row here.
HANDLERS: Final[dict[type, Callable[..., Result]]] = {
    Requires: requires,
    UsesColumns: uses_columns,
    UsesAnyColumn: uses_any_column,
    Creates: creates,
    CreatesUnnamed: creates_unnamed,
    EndsAtCommit: ends_at_commit,
    Drops: drops,
    Renames: renames,
    Sets: sets,
    SetsPath: sets_path,
    Inserts: insert,
    Updates: updates,
    Deletes: deletes,
    Fills: fills,
    Repeats: repeats,
    Fails: fails,
    Opaque: opaque,
    Command: command,
    Transaction: transaction,
    Body: body,
}
