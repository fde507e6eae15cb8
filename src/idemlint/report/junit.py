"""JUnit XML: a suite a file, a failed case a finding."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from idemlint.report.full import notes
from idemlint.report.json import account_as_dict
from idemlint.report.run_report import is_plain, no_command, printable, visible
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.analysis.file_report import Finding
    from idemlint.report.account import Account
    from idemlint.report.run_report import Report

_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """All findings. A clean run has one passed case: some readers refuse an empty report."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    account = report.account
    number = len(report.findings)
    broken = [*account.problems, *(f"{a.filename}:{a.row}: {a.error}" for a in account.faults)]
    totals = f'tests="{number + len(broken) + 1}" failures="{number}" errors="{len(broken)}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="idemlint" {totals}>'
    yield from _run(account, broken)
    for filename, group in groupby(report.findings, key=lambda finding: finding.filename):
        findings = list(group)
        name = _attribute(printable(filename))
        count = f'tests="{len(findings)}" failures="{len(findings)}" errors="0"'
        yield f"  <testsuite name={name} {count}>"
        for finding in findings:
            yield from _case(finding, name)
        yield "  </testsuite>"
    yield "</testsuites>"


def _run(account: Account, broken: list[str]) -> Iterator[str]:
    """What was looked at, as properties; what stood in the way, as errors. There is one case in any run:
    some readers refuse an empty report."""
    count = f'tests="{len(broken) + 1}" failures="0" errors="{len(broken)}"'
    yield f'  <testsuite name="idemlint" {count}>'
    yield "    <properties>"
    values = {"account": account.line(), "statements": account.statements}
    values |= account_as_dict(account)["files"]
    for name, value in {**values, "unknown": account.unknown}.items():
        yield f'      <property name="{name}" value={_attribute(f"{value}")}/>'
    yield "    </properties>"
    name = _attribute(f"{counted(account.checked, 'file')} checked")
    yield f'    <testcase name={name} classname="idemlint"/>'
    for each in broken:
        message = _attribute(printable(each))
        yield f'    <testcase name={message} classname="idemlint"><error message={message}/></testcase>'
    yield "  </testsuite>"


def _case(finding: Finding, classname: str) -> Iterator[str]:
    place = f"{finding.start.row}:{finding.start.column}"
    name = _attribute(f"{finding.code} {finding.name} at {place}")
    path = _attribute(printable(finding.filename))
    yield (
        f'    <testcase name={name} classname={classname} file={path} line="{finding.start.row}">'
    )
    message = _attribute(finding.message)
    body = [f"{printable(finding.filename)}:{place}"]
    body += [f"{label}: {text}" for label, text in notes(finding)]
    kind = _attribute(finding.code)
    yield f"      <failure message={message} type={kind}>{_text(body)}</failure>"
    yield "    </testcase>"


def _text(lines: list[str]) -> str:
    written = escape(legal("\n".join(lines)))
    return _referred("\n".join(map(_no_command, written.split("\n"))))


def _attribute(text: str) -> str:
    return _referred(quoteattr(legal(text)))


def _no_command(line: str) -> str:
    """The line without the `::` that would make it a command to the log of a GitHub workflow."""
    return line if no_command(line) == line else line.replace(":", "&#x3a;", 1)


def legal(text: str) -> str:
    """The text with an escape in place of every character that XML 1.0 cannot hold."""
    return _ILLEGAL.sub(lambda match: visible(match[0]), text)


def _referred(written: str) -> str:
    """The XML with references to all characters that would steer or hide; read, they are there again."""
    if is_plain(written):
        return written
    from idemlint.report.plain import escaped

    return escaped(written, lambda character: f"&#x{ord(character):x};")
