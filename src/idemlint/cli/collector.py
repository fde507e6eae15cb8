"""What is said of files, one after the other, becomes findings, totals and an account."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from idemlint import config as configuration
from idemlint.report.account import Account
from idemlint.report.run_report import Report
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.analysis.file_report import FileReport, FileTally, Finding
    from idemlint.faults import Fault
    from idemlint.files import Searched
    from idemlint.left_out import LeftOut


class Collector:
    """Takes in files. `found` is what the paths of the command line stand for, `applied_unknown` says why it
    is not known which files come late, `past_unknown` why the upgrade path was not asked."""

    def __init__(self, found: Searched, applied_unknown: str = "", past_unknown: str = "") -> None:
        self.findings: list[Finding] = []
        self.origins: dict[str, tuple[str, str]] = {}
        self.runners: Counter[str] = Counter()
        self.statements = 0
        self.unknown = 0
        self._switched_off: Counter[str] = Counter()
        self._left_out: list[LeftOut] = list(found.left_out)
        self.problems: dict[str, None] = dict.fromkeys(found.problems.values())
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        if applied_unknown:
            self.notes.append(f"late merges and edits were not looked for: {applied_unknown}")
        if past_unknown:
            self.notes.append(f"the upgrade path was not asked: {past_unknown}")
        self._found = found
        self._checked: set[str] = set()
        self._unread: set[str] = set()

    def leave_out(self, files: Iterable[LeftOut]) -> None:
        """Files that nobody judges. What is said of one all the same, that nobody reads it, does not make it
        one that was checked; so this comes before `add`."""
        for each in files:
            self._left_out.append(each)
            if each.kind == "unread":
                self._unread.add(each.filename)

    def add(self, file: FileTally) -> None:
        """Take in one file."""
        if self._is_checked(file):
            self.statements += file.statements
            self.unknown += file.unjudged
            for code, number in file.switched_off:
                self._switched_off[code] += number
        if file.findings:
            self.origins[file.filename] = (file.path, file.runner)
            self.findings += file.findings

    def add_report(self, file: FileReport) -> None:
        """Take in one file, of which each statement was asked for."""
        if self._is_checked(file):
            self.statements += len(file.statements)
            self.unknown += sum(each.verdict == "unknown" for each in file.statements)

    def _is_checked(self, file: FileTally | FileReport) -> bool:
        self.faults += file.faults
        if file.problem:
            self.problems[file.problem] = None
            return False
        if file.filename in self._unread:
            return False
        self._checked.add(file.path)
        self.runners[file.runner] += 1
        return True

    def account(self) -> Account:
        """What was looked at so far, and what not."""
        return Account(
            len(self._checked),
            self.statements,
            self.unknown,
            tuple(self._left_out),
            (*self.problems, *self._empty_folders()),
            tuple(self.faults),
            (*self.notes, *self._not_named()),
        )

    def report(self, *, fixed: int = 0, hints: tuple[str, ...] = ()) -> Report:
        """All that was taken in."""
        from idemlint.cli.rulebook import rule_text

        return Report(
            findings=self.findings,
            account=self.account(),
            fixed=fixed,
            rule=rule_text,
            root=configuration.repository(os.curdir) or os.getcwd(),  # noqa: PTH109
            hints=hints,
        )

    def _not_named(self) -> list[str]:
        """What a rerun does and nobody wanted to hear of."""
        number, codes = self._switched_off.total(), ", ".join(sorted(self._switched_off))
        if not number:
            return []
        verbs = "fails or repeats" if number == 1 else "fail or repeat"
        return [f"{counted(number, 'statement')} {verbs} by rules that are switched off: {codes}"]

    def _empty_folders(self) -> list[str]:
        """Folders that were named, and in which nothing was found to judge: that is no pass."""
        folders = self._found.folders
        empty = {
            name: inside for name, inside in folders.items() if self._checked.isdisjoint(inside)
        }
        if not empty or self.problems:
            return []
        from idemlint.cli.nothing_checked import nothing_checked

        return nothing_checked(self._found._replace(folders=empty), self._left_out)
