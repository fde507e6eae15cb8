"""The account of a run: what was looked at, and what was not. A pass says what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.left_out import KINDS, told
from idemlint.records import NamedTuple
from idemlint.report.words import counted

if TYPE_CHECKING:
    from idemlint.faults import Fault
    from idemlint.left_out import LeftOut

#: Of `--summary-file`.
VERSION: Final = 1


class Account(NamedTuple):
    """What a run looked at.

    `checked` files have `statements`, of which `unknown` could not be judged. `left_out` are files that
    nobody judged, `problems` what stood in the way of reading some, `faults` errors of ours, and `notes`
    what was not looked for, and why.
    """

    checked: int = 0
    statements: int = 0
    unknown: int = 0
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether something ended in an error: the run cannot pass."""
        return bool(self.problems or self.faults)

    def line(self) -> str:
        """`3 files checked, 163 before start-after, 5 statements unknown`."""
        parts = [f"{counted(self.checked, 'file')} checked"]
        parts += [words for _, words, _ in told(self.left_out)]
        if self.problems:
            parts.append(f"{len(self.problems):,} that could not be looked at")
        if self.unknown:
            parts.append(f"{counted(self.unknown, 'statement')} unknown")
        if self.faults:
            parts.append(f"{counted(len(self.faults), 'error')} in idemlint")
        return "; ".join([", ".join(parts), *self.notes])

    def holes(self) -> list[str]:
        """What may hide something that ought to have been found: `--strict` fails for each."""
        found = [words for kind, words, _ in told(self.left_out) if KINDS[kind].is_hole]
        if self.unknown:
            found.append(f"{counted(self.unknown, 'statement')} unknown")
        if not self.checked and not any(not KINDS[each.kind].is_hole for each in self.left_out):
            found.append("nothing checked")
        return found
