"""From findings to fixed files: rounds to a fixed point, each proved before the next.

A round makes all fixes that do not overlap. The folder is then replayed with the new text in place
of the files; where something is wrong with that, the fixes to blame are dropped and the rest is
tried again. Nothing is written here.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from idemlint.apply.applied import Applied
from idemlint.apply.edits import choose, patch
from idemlint.apply.prove import Candidate, Objection, objections
from idemlint.apply.results import Dropped, FixedFile
from idemlint.engine import analyse, sequence_of
from idemlint.rules import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from idemlint.diagnostics import Applicability, Diagnostic, Fix
    from idemlint.engine import FileReport, Settings
    from idemlint.source.statement import Edit

#: A statement can hide as many failures as it has commands, and gives them one a round.
MOST_ROUNDS: Final = 100
#: In so many rounds a file's very same finding may be fixed. More means that fixes undo each other.
MOST_REPEATS: Final = 20


def fix_files(
    paths: Sequence[Path],
    settings: Settings,
    lowest: Applicability,
    *,
    fix_applied: bool = False,
    stdin: tuple[str, bytes] | None = None,
    report_on: Callable[[Path], bool] | None = None,
    contents: dict[str, bytes] | None = None,
) -> list[FixedFile]:
    """What fixes down to `lowest` make of the files, in the order of the reports.

    Files that look applied are left alone in a runner that minds edits, unless `fix_applied`.
    `contents` are bytes to take instead of what is on disk. Raises `UsageProblem` as `analyse` does.
    """
    applied = Applied()
    sequences: dict[tuple[str, str], _Folder] = {}
    files: list[_File] = []
    for report in analyse(paths, settings, stdin=stdin, report_on=report_on, contents=contents):
        file = _File(report, report.migration.data)
        file.is_stdin = stdin is not None and os.fspath(report.path) == stdin[0]
        # What runs again by design is there to be edited.
        editable = fix_applied or file.is_stdin or bool(report.migration.reruns)
        if not editable and file.wants(lowest):
            file.spared = applied.reason(report.path, report.migration.profile)
        files.append(file)
        key = sequence_of(report)
        if key not in sequences:
            sequences[key] = _Folder(settings, lowest, report_on)
        sequences[key].files[report.migration.path] = file
    for folder in sequences.values():
        folder.settle()
    return [file.result() for file in files]


@dataclass(slots=True, eq=False)
class _File:
    """A file on its way: its report on the newest text that is proved."""

    report: FileReport
    before: bytes
    fixed: list[Diagnostic] = field(default_factory=list)
    dropped: dict[Dropped, None] = field(default_factory=dict)
    banned: set[tuple[str, bytes]] = field(default_factory=set)
    often: Counter[tuple[str, str]] = field(default_factory=Counter)
    spared: str = ""
    is_stdin: bool = False
    given_up: bool = False

    def wants(self, lowest: Applicability) -> bool:
        """Whether it has findings that can be fixed."""
        return any(
            finding.fix is not None and finding.fix.applies(lowest)
            for finding in self.report.diagnostics
        )

    def candidates(self, lowest: Applicability) -> list[Candidate]:
        """The fixes of the next round."""
        if self.spared or self.given_up or self.report.context:
            return []
        wanted = [
            (finding, finding.fix)
            for finding in self.report.diagnostics
            if finding.fix is not None
            and finding.fix.applies(lowest)
            and self._identity(finding) not in self.banned
        ]
        # What makes a file readable comes first, and by itself: it is not compared with what was.
        wanted = [each for each in wanted if all_rules()[each[0].code].changes_meaning] or wanted
        together: dict[tuple[Edit, ...], list[tuple[Diagnostic, Fix]]] = {}
        for index in choose([fix for _, fix in wanted]):
            together.setdefault(wanted[index][1].edits, []).append(wanted[index])
        return [
            Candidate(self.report.migration.path, each[0][1], tuple(one for one, _ in each))
            for each in together.values()
        ]

    def ban(self, candidate: Candidate, why: str) -> None:
        """Never try this fix again."""
        for finding in candidate.findings:
            self.banned.add(self._identity(finding))
            self.dropped[Dropped(finding.code, why)] = None

    def take(self, candidate: Candidate) -> None:
        """Note that a fix was made."""
        self.fixed += candidate.findings

    def _identity(self, finding: Diagnostic) -> tuple[str, bytes]:
        """What a finding can be known by in the next round, when it has moved."""
        return finding.code, self.report.migration.data[finding.span.start : finding.span.end]

    def result(self) -> FixedFile:
        return FixedFile(
            self.report.filename,
            None if self.is_stdin else self.report.path,
            self.before,
            self.report.migration.data,
            tuple(self.fixed),
            tuple(self.dropped),
            self.spared,
            self.report,
        )


@dataclass(slots=True, eq=False)
class _Folder:
    """Files that are replayed together, by the engine's name for them."""

    settings: Settings
    lowest: Applicability
    report_on: Callable[[Path], bool] | None
    files: dict[str, _File] = field(default_factory=dict)
    #: The reports of the last trial that was without objection, not yet taken over.
    proved: dict[str, FileReport] = field(default_factory=dict)

    def settle(self) -> None:
        """Round after round, until there is nothing more to fix."""
        for _ in range(MOST_ROUNDS):
            candidates = self._candidates()
            if not candidates:
                return
            for candidate in self._best([], candidates):
                self.files[candidate.key].take(candidate)
            self._take_over()

    def _candidates(self) -> list[Candidate]:
        """The fixes of the next round; a file where they come again and again is given up."""
        found = []
        for file in self.files.values():
            candidates = file.candidates(self.lowest)
            marks = {(each.code, each.message) for one in candidates for each in one.findings}
            file.often.update(marks)
            if any(file.often[mark] > MOST_REPEATS for mark in marks):
                self._give_up(file, candidates)
            else:
                found += candidates
        return found

    def _give_up(self, file: _File, candidates: list[Candidate]) -> None:
        """Leave a file as it was when we began."""
        for candidate in candidates:
            file.ban(candidate, "its fixes do not come to an end")
        file.given_up = True
        file.fixed = []
        self.proved = {
            report.migration.path: report
            for report in self._analyse({file.report.migration.path: file.before})
        }
        self._take_over()

    def _take_over(self) -> None:
        for key, report in self.proved.items():
            self.files[key].report = report
        self.proved = {}

    def _best(self, base: list[Candidate], group: list[Candidate]) -> list[Candidate]:
        """As many of `group` as can be made on top of `base`, which is proved; the others are banned.

        Where it is not plain who is to blame, parts are tried: one bad fix among n costs log n.
        """
        while group:
            found = self._try([*base, *group])
            if not found:
                return group
            suspects = {id(each) for one in found for each in one.blamed}
            guilty = {}
            for one in found:
                mine = [each for each in group if each in one.blamed]
                if len(mine) == 1:
                    guilty[id(mine[0])] = one.why
            if len(group) == 1:
                guilty = {id(group[0]): found[0].why}
            if not guilty:
                first = [each for each in group if id(each) not in suspects]
                if not first or len(first) == len(group):
                    first = group[: len(group) // 2]
                accepted = self._best(base, first)
                second = [each for each in group if each not in first]
                return accepted + self._best([*base, *accepted], second)
            for each in group:
                if id(each) in guilty:
                    self.files[each.key].ban(each, guilty[id(each)])
            group = [each for each in group if id(each) not in guilty]
        return []

    def _try(self, candidates: list[Candidate]) -> list[Objection]:
        """Replay the folder with these fixes made, and say what is wrong with it."""
        by_file: dict[str, list[Candidate]] = {}
        for candidate in candidates:
            by_file.setdefault(candidate.key, []).append(candidate)
        patches = {
            key: patch(
                self.files[key].report.migration.data,
                [each.fix for each in mine],
                self.files[key].report.parsed.source.newline,
            )
            for key, mine in by_file.items()
        }
        texts = {key: each.data for key, each in patches.items()}
        reports = {report.migration.path: report for report in self._analyse(texts)}
        found: list[Objection] = []
        for key, file in self.files.items():
            after = reports.get(key)
            if after is None:
                found.append(Objection("the runner no longer takes the file for its own"))
            else:
                mine = by_file.get(key, ())
                found += objections(file.report, after, patches.get(key), mine)
        if not found:
            self.proved = reports
        return found

    def _analyse(self, changed: dict[str, bytes]) -> Iterable[FileReport]:
        contents = {key: file.report.migration.data for key, file in self.files.items()} | changed
        paths = [file.report.path for file in self.files.values() if not file.is_stdin]
        stdin = next(
            ((key, contents[key]) for key, file in self.files.items() if file.is_stdin), None
        )
        return analyse(
            paths, self.settings, stdin=stdin, report_on=self.report_on, contents=contents
        )
