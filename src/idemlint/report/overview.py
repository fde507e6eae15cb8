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
#: So many folders with one file each are no chance.
_FEW: Final = 3


def overview(report: Report) -> Iterator[Line]:
    """How many findings there are by rule, by folder, and in the files that have most."""
    files = Counter(finding.filename for finding in report.findings)
    yield _title(
        f"{counted(len(report.findings), 'finding')} in {counted(len(files), 'file')}, by rule"
    )
    yield from statistics(report)
    yield []
    yield _title("By folder")
    yield from _table(_by_folder(files), "folder")
    yield []
    yield _title("The files with most")
    yield from _table(files, "file")
    yield []


def _by_folder(files: Counter[str]) -> Counter[str]:
    """The findings of files by folder. Where folders beside each other hold a file each, they are migrations:
    it is the one above that counts."""
    folder_of = {name: posixpath.dirname(name.replace("\\", "/")) for name in files}
    sizes = Counter(folder_of.values())
    beside = Counter(posixpath.dirname(folder) for folder, size in sizes.items() if size == 1)
    found: Counter[str] = Counter()
    for name, number in files.items():
        folder = folder_of[name]
        above = posixpath.dirname(folder)
        if folder and sizes[folder] == 1 and beside[above] >= _FEW:
            folder = above
        found[folder or "."] += number
    return found


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
