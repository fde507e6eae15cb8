"""Which function carries out which effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import (
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
from idemlint.replay.machine.bodies import body
from idemlint.replay.machine.create import creates, creates_unnamed
from idemlint.replay.machine.drop import drops
from idemlint.replay.machine.properties import (
    command,
    fails,
    fills,
    opaque,
    repeats,
    sets,
)
from idemlint.replay.machine.rename import renames
from idemlint.replay.machine.requirements import requires, uses_any_column, uses_columns
from idemlint.replay.machine.sessions import ends_at_commit, sets_path, transaction
from idemlint.replay.machine.writes import deletes, insert, updates

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Handlers

#: A new effect is a class in `effects.vocabulary` and a row here.
HANDLERS: Final[Handlers] = {
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
