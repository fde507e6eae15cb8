"""How a statement gets out of the transaction that it cannot run in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.postgres.no_block import concurrently
from idemlint.runners import misdirectives
from idemlint.runners.units import deliver, read
from idemlint.source.text import decode

if TYPE_CHECKING:
    from idemlint.runners.directives import Misdirective
    from idemlint.runners.units import Delivery
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement

_NO_WAY_OUT: Final = (
    "{} has no way out of its transaction: run the statement outside the migrations"
)
_INDEX_WITHOUT: Final = (
    "{} has no way out of its transaction: leave CONCURRENTLY away, or run it elsewhere"
)
_OWN_FILE: Final = "put it into a migration of its own"
_OWN_COMMIT: Final = "put it behind the COMMIT, or into a migration of its own"


class WayOut:
    """How a file's statements get out of the transaction; the runner's opt-out is tried once."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        profile, data = migration.profile, migration.data
        mistaken = misdirectives(profile, data)
        #: What is wrong with the file's directives; empty where nothing is.
        self.told = " ".join(_told(migration, each) for each in mistaken)
        edit = profile.opt_out_edit(data)
        if edit is not None and any(
            each.span.start <= edit.span.start <= each.span.end for each in mistaken
        ):
            edit = None  # it would stand beside a word of the author's that means the same
        self.edit = edit
        self.freed: frozenset[int] = frozenset()
        if edit is not None:
            start, end = edit.span
            changed = data[:start] + edit.content.encode() + data[end:]
            source = decode(migration.filename, changed)
            statements = read(profile, source).statements
            deliveries = deliver(profile, source, statements, migration.clues)
            if len(statements) == len(migration.parsed.statements):
                self.freed = frozenset(
                    each.index
                    for each, delivery in zip(statements, deliveries, strict=True)
                    if not delivery.refuses
                )

    def of(self, statement: Statement, delivery: Delivery) -> Fix:
        """The way out of one statement."""
        if self.edit is not None and statement.index in self.freed:
            title = self.migration.profile.title
            message = f"tell {title} to run the file without a transaction"
            return Fix(Applicability.SAFE, message, (self.edit,))
        return Fix(Applicability.DISPLAY, self._advice(statement, delivery))

    def _advice(self, statement: Statement, delivery: Delivery) -> str:
        profile = self.migration.profile
        if delivery.authored:
            return _OWN_COMMIT
        if delivery.block != "transaction":
            return _OWN_FILE
        if profile.way_out:
            return profile.way_out
        if profile.opt_out is not None:
            return f"{_OWN_FILE}, and tell {profile.title} to run that without a transaction"
        return (_INDEX_WITHOUT if concurrently(statement) else _NO_WAY_OUT).format(profile.title)


def _told(migration: Migration, each: Misdirective) -> str:
    """What is wrong with a directive, and where it stands."""
    row = migration.data.count(b"\n", 0, each.span.start) + 1
    advice = f" ({each.help})" if each.help else ""
    return f"line {row}: {each.message}{advice}."
