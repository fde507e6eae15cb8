"""IDM1: it creates, and will already be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.effects.model import Verb
from idemlint.replay.names import Kind
from idemlint.rules.base import Case, OutcomeRule, fails

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix


class CreateTable(OutcomeRule):
    """`CREATE TABLE t`."""

    code = "IDM101"
    name = "create-table"
    on = fails(Verb.CREATE, Kind.TABLE)

    def message(self, case: Case) -> str:
        """The table is there."""
        return f"CREATE TABLE fails on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`."""
        return None
