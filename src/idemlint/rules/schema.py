"""IDM7: it fails on a database with rows. IDM8: the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.replay.effects.model import Fills
from idemlint.rules.base import FileRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.rules.base import Migration


class AddNotNull(FileRule):
    """`ADD COLUMN c text NOT NULL` on a table that may have rows."""

    code = "IDM701"
    name = "add-not-null-without-default"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Columns whose old rows would be NULL."""
        for index, hazard in migration.hazards:
            effect = hazard.effect
            if not isinstance(effect, Fills) or effect.sqlstate != "23502":
                continue
            yield self.diagnostic(
                migration,
                hazard.span or migration.parsed.statements[index].span,
                f"fails where {effect.table} has rows: column {effect.subject.name} is NOT NULL and has no"
                " default",
                statement=index,
                sqlstate=effect.sqlstate,
                fix=Fix(
                    Applicability.DISPLAY,
                    "give it a DEFAULT, or add it without NOT NULL, fill the rows, and SET NOT NULL then",
                ),
            )
