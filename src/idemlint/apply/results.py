"""What fixing a file came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileTally
    from idemlint.diagnostics import Diagnostic


class Dropped(NamedTuple):
    """A fix that failed its own check. `why` goes on from "is left out, because". `is_ours`: what it writes
    is wrong, which is a bug; else it is right, and does not come to what it is for."""

    code: str
    why: str
    is_ours: bool = False


class Reason(NamedTuple):
    """Why a file is better left alone: `why`, in words. `guessed` is the runner to name where that it is the
    file's is only a guess; empty: naming one changes nothing."""

    why: str
    guessed: str = ""


class Limits(NamedTuple):
    """What speaks against an edit of a file that has findings which could be fixed.

    `spared` says why it was left alone, `overruled` what spoke against it where the user insisted.
    `is_outlived`: databases that have run the file never see what was fixed. `is_barred`: nothing may be
    written into it.
    """

    spared: Reason | None = None
    overruled: Reason | None = None
    is_outlived: bool = False
    is_barred: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether the file stays as it is."""
        return self.is_barred or self.spared is not None


NO_LIMITS: Final = Limits()


class FixedFile(NamedTuple):
    """One file: its bytes `before` and `after`, and how it came from the one to the other.

    `report` is on the bytes `after`: what is left. `fixed` are the findings that are gone, in the order in
    which their fixes were made; their spans are those of the text as it then was. `astray` are sentences on
    databases where the old text stopped, and from which the new one does not come to its end.
    """

    report: FileTally
    before: bytes
    after: bytes
    fixed: tuple[Diagnostic, ...]
    dropped: tuple[Dropped, ...]
    limits: Limits = NO_LIMITS
    astray: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file, as it was named to us."""
        return self.report.path

    @property
    def filename(self) -> str:
        """The file, as it is shown."""
        return self.report.filename
