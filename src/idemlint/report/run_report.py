"""What printers print: the findings of a run, and its totals."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.report.account import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.analysis.file_report import Finding
    from idemlint.diagnostics import Applicability

#: Where the project, and the rules' pages, can be read.
PROJECT: Final = "https://github.com/idemlint/idemlint"
PAGES: Final = f"{PROJECT}/blob/main/rules"


class RuleText(NamedTuple):
    """A rule as printers show it. `fix` holds the applicabilities that its fixes may have."""

    code: str
    name: str
    severity: str
    fix: tuple[str, ...]
    default: bool
    sqlstates: tuple[str, ...]
    title: str
    markdown: str

    @property
    def url(self) -> str:
        """The rule's page."""
        return page_url(self.code, self.name)


class Report(NamedTuple):
    """A run: its findings in the order of files and places, and an account of what was looked at.

    `rule` gives a rule's text by its code; only formats that carry it along ask. `root` is the
    repository's, which paths are relative to in formats that a forge reads. `hints` are ways to go
    on that the command knows (`idemlint init`), shown below a long list.
    """

    findings: Sequence[Finding]
    account: Account = Account()
    fixed: int = 0
    rule: Callable[[str], RuleText | None] = lambda code: None
    root: str | None = None
    hints: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """Findings that are certain to fail."""
        return sum(1 for finding in self.findings if finding.is_error)

    def fixable(self, applicability: Applicability) -> int:
        """Findings with a fix of exactly this applicability that can be applied."""
        return sum(
            1
            for finding in self.findings
            if finding.fix is not None
            and finding.fix.edits
            and finding.fix.applicability == applicability.label
        )

    def by_rule(self) -> list[tuple[str, str, int, str]]:
        """Code, name, number and fix mark of the findings of each rule, most frequent first."""
        counts = Counter((finding.code, finding.name) for finding in self.findings)
        marks: dict[str, str] = {}
        for finding in self.findings:
            marks[finding.code] = max(marks.get(finding.code, ""), finding.mark, key=_MARKS.index)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(code, name, count, marks[code]) for (code, name), count in ordered]


_MARKS: Final = ["", "[-]", "[*]"]


def page_url(code: str, name: str) -> str:
    """The address of a rule's page."""
    return f"{PAGES}/{code}-{name}.md"


def repository_path(report: Report, filename: str) -> str:
    """A file's path from the repository's root, with slashes, as forges want it. Bytes of it that are no
    UTF-8 are lone surrogates still."""
    if report.root is not None:
        relative = os.path.relpath(filename, report.root)
        if not relative.startswith(".."):
            filename = relative
    return filename.replace(os.sep, "/")


def printable(text: str) -> str:
    """A file name as data: bytes that are no UTF-8 as `\\xff`, all else as it is."""
    if text.isascii():
        return text
    from idemlint.report.plain import without_surrogates

    return without_surrogates(text)


def shown_name(filename: str) -> str:
    """A file name for people: one line, nothing in it that steers a terminal, hides, or is a command to a
    log at its beginning."""
    if filename.lstrip().startswith("::"):
        filename = f"./{filename}"
    return visible(filename).replace("\n", "\\n").replace("\t", "\\t")


def visible(text: str) -> str:
    """A text without control characters and their like (see `plain`); newlines and tabs stay."""
    if is_plain(text):
        return text
    from idemlint.report import plain

    return plain.visible(text)


def is_plain(text: str) -> bool:
    """Whether a text certainly has nothing in it that `plain` would show otherwise: a quick look."""
    return text.replace("\n", "").isprintable() and "##[" not in text


def one_line(text: str) -> str:
    """A text without newlines and control characters: what it says must not steer a terminal."""
    return visible(" ".join(text.split()))


def no_command(line: str) -> str:
    """The line so that the log of a GitHub workflow does not take it for a command."""
    return f".{line}" if line.lstrip().startswith("::") else line
