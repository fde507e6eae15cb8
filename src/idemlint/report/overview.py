"""What ends a long list of findings: where they are, and how to go on."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING, Final

from idemlint.report.run_report import shown_name
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.report.lines import Line
    from idemlint.report.run_report import Report

#: More findings than this end with tables.
WALL: Final = 50
#: The findings of so many files are shown in full nevertheless: the newest ones.
NEWEST: Final = 3
#: A table by folder or by file has at most so many lines.
_MOST: Final = 10


def overview(report: Report) -> Iterator[Line]:
    """How many findings there are by rule, by folder, and in the files that have most."""
    files = Counter(finding.filename for finding in report.findings)
    folders: Counter[str] = Counter()
    for name, number in files.items():
        folders[posixpath.dirname(name.replace("\\", "/")) or "."] += number
    yield _title(
        f"{counted(len(report.findings), 'finding')} in {counted(len(files), 'file')}, by rule"
    )
    yield from statistics(report)
    yield []
    yield _title("By folder")
    yield from _table(folders, "folder")
    yield []
    yield _title("The files with most")
    yield from _table(files, "file")
    yield []


def statistics(report: Report) -> Iterator[Line]:
    """A table: number, code, whether fixable, name."""
    rows = report.by_rule()
    digits = max((len(str(count)) for _, _, count, _ in rows), default=1)
    for code, name, count, mark in rows:
        yield [
            (f"{count:>{digits}}", "label"),
            ("  ", "text"),
            (code, "error"),
            (f" {mark or '':<3} ", "fix"),
            (name, "text"),
        ]


def newest(report: Report) -> list[str]:
    """The last files with findings: migrations come in the order in which they run."""
    return list(dict.fromkeys(finding.filename for finding in report.findings))[-NEWEST:]


def _title(text: str) -> Line:
    return [(f"{text}:", "message")]


def _table(counts: Counter[str], noun: str) -> Iterator[Line]:
    rows = counts.most_common(_MOST)
    digits = len(str(rows[0][1]))
    for name, number in rows:
        yield [(f"{number:>{digits}}", "label"), ("  ", "text"), (shown_name(name), "path")]
    left = counts.total() - sum(number for _, number in rows)
    if left:
        others = counted(len(counts) - len(rows), f"other {noun}")
        yield [(f"{left:>{digits}}", "label"), (f"  in {others}", "text")]
