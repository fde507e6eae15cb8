"""What fixing a file came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileTally
    from idemlint.diagnostics import Diagnostic


class Dropped(NamedTuple):
    """A fix that failed its own check. `why` goes on from "is left out, because"."""

    code: str
    why: str


class FixedFile(NamedTuple):
    """One file: its bytes `before` and `after`, and how it came from the one to the other.

    `report` is on the bytes `after`: what is left. `fixed` are the findings that are gone, in the order in
    which their fixes were made; their spans are those of the text as it then was. `spared` says why the
    file was left alone although it has findings that could be fixed, empty where it was not.
    """

    report: FileTally
    before: bytes
    after: bytes
    fixed: tuple[Diagnostic, ...]
    dropped: tuple[Dropped, ...]
    spared: str

    @property
    def name(self) -> str:
        """The file, as it was named to us."""
        return self.report.path

    @property
    def filename(self) -> str:
        """The file, as it is shown."""
        return self.report.filename
