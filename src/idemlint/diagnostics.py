"""What a rule says: a diagnostic, and the fix that goes with it."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.source.statement import Edit, Span


class Severity(Enum):
    """`error` is certain to fail; `warning` repeats something, or silently skips it."""

    ERROR = "error"
    WARNING = "warning"


class Applicability(IntEnum):
    """How far a fix may be trusted, lowest first (ruff's `Applicability`).

    `SAFE` is right on a database where the statement never ran and on one where it did.
    """

    DISPLAY = 0
    UNSAFE = 1
    SAFE = 2

    @property
    def label(self) -> str:
        """`display`, `unsafe` or `safe`."""
        return self.name.lower()


class Fix(NamedTuple):
    """Edits that are made together or not at all. A `DISPLAY` fix may have none: its message is advice."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...] = ()

    def applies(self, lowest: Applicability) -> bool:
        """Whether it may be applied when fixes down to `lowest` are wanted."""
        return bool(self.edits) and self.applicability >= lowest


class Diagnostic(NamedTuple):
    """One finding. `span` are the guilty bytes; `statement` is the index of the statement they are in.

    `rerun` is the mode that gave it, `sqlstate` what PostgreSQL raises then.
    """

    code: str
    name: str
    severity: Severity
    message: str
    filename: str
    span: Span
    help: str = ""
    statement: int | None = None
    sqlstate: str | None = None
    rerun: str | None = None
    fix: Fix | None = None
