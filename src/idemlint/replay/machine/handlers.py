"""Which function carries out which effect."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import (
    Body,
    Calls,
    Command,
    Converts,
    Creates,
    CreatesUnnamed,
    Deletes,
    Disowns,
    Drops,
    EndsAtCommit,
    EndsTemporary,
    Entitles,
    Fails,
    Fills,
    Inserts,
    Opaque,
    ReadsColumns,
    Renames,
    Repeats,
    Requires,
    Retypes,
    Sets,
    SetsPath,
    Transaction,
    Updates,
    UsesColumns,
    Validates,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.machine.run import Handler

#: Word → `module.function` of this package. A new effect is a class in `effects.vocabulary` and a row here.
FUNCTIONS: Final[dict[type, str]] = {
    Requires: "requirements.requires",
    UsesColumns: "requirements.uses_columns",
    ReadsColumns: "parse_analysis.reads",
    Calls: "parse_analysis.calls",
    Validates: "parse_analysis.validates",
    Creates: "objects.create.creates",
    CreatesUnnamed: "objects.create.creates_unnamed",
    EndsAtCommit: "sessions.ends_at_commit",
    EndsTemporary: "sessions.ends_temporary",
    Drops: "objects.drop.drops",
    Renames: "objects.rename.renames",
    Sets: "properties.sets",
    Converts: "objects.retype.converts",
    Retypes: "objects.retype.retypes",
    Entitles: "objects.roles.entitles",
    Disowns: "objects.roles.disowns",
    SetsPath: "sessions.sets_path",
    Inserts: "inserts.insert",
    Updates: "writes.updates",
    Deletes: "writes.deletes",
    Fills: "properties.fills",
    Repeats: "properties.repeats",
    Fails: "properties.fails",
    Opaque: "properties.opaque",
    Command: "properties.command",
    Transaction: "sessions.transaction",
    Body: "bodies.body",
}


class _Handlers(dict[type, "Handler"]):
    """The functions that were asked for: a module is imported when its first effect is carried out."""

    def __missing__(self, word: type) -> Handler:
        module, _, function = FUNCTIONS[word].rpartition(".")
        found: Handler = getattr(import_module(f"{__package__}.{module}"), function)
        self[word] = found
        return found


HANDLERS: Final[Mapping[type, Handler]] = _Handlers()
