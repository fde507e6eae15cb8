"""The JSON that is promised to users: bytes for offsets, rows and columns in characters from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from idemlint.left_out import told
from idemlint.report.run_report import is_plain, page_url, printable

if TYPE_CHECKING:
    from idemlint.analysis.file_report import Finding, FixText
    from idemlint.report.account import Account
    from idemlint.report.run_report import Report
    from idemlint.source.positions import Position

#: An array of one: what stands before its item, and behind it; and what stands between two.
_OPEN: Final = len("[\n")
_CLOSE: Final = -len("\n]\n")
_BETWEEN: Final = ",\n"


def render(report: Report) -> str:
    """One array of findings; each is written by itself, since all at once would take many times the memory
    of the text."""
    written = [dumps([as_dict(finding)])[_OPEN:_CLOSE] for finding in report.findings]
    return f"[\n{_BETWEEN.join(written)}\n]\n" if written else dumps([])


def dumps(value: object) -> str:
    """Indented JSON with a newline behind it. What would steer a terminal or a log is escaped, and
    comes back as it was when the JSON is read; lone surrogates do not stop it."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        import json

        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        data = text.encode("utf-8", "replace")
    written = data.decode()
    # JSON has escaped the control characters of ASCII but one.
    if data.isascii() and b"\x7f" not in data and b"##[" not in data:
        return written
    if is_plain(written):
        return written
    from idemlint.report.plain import escaped

    return escaped(written, _escape)


def _escape(character: str) -> str:
    """JSON's escape: UTF-16, a surrogate pair where it takes two."""
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def as_dict(finding: Finding) -> dict[str, Any]:
    """A finding with the promised keys, in their order."""
    statement = finding.statement
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "filename": printable(finding.filename),
        "location": _place(finding.start),
        "end_location": _place(finding.end),
        "statement": None
        if statement is None
        else {
            "index": statement.index,
            "start": statement.start,
            "end": statement.end,
            "kind": statement.kind,
        },
        "sqlstate": finding.sqlstate,
        "rerun": finding.rerun,
        "fix": _fix(finding.fix),
        "url": page_url(finding.code, finding.name),
        "fingerprint": finding.fingerprint,
    }


def _place(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column, "offset": position.offset}


def _fix(fix: FixText | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "applicability": fix.applicability,
        "message": fix.message,
        "edits": [
            {"start": edit.start.offset, "end": edit.end.offset, "content": edit.content}
            for edit in fix.edits
        ],
    }


def account_as_dict(account: Account) -> dict[str, Any]:
    """The promised keys of an account, in their order."""
    files = {"checked": account.checked}
    for kind, _, names in told(account.left_out):
        files[kind] = files.get(kind, 0) + len(names)
    return {
        "account": account.line(),
        "files": files,
        "statements": {"total": account.statements, "unknown": account.unknown},
        "left_out": [
            {"filename": printable(each.filename), "kind": each.kind, "detail": each.detail}
            for each in account.left_out
        ],
        "problems": list(map(printable, account.problems)),
        "faults": [
            {
                "filename": printable(each.filename),
                "row": each.row,
                "doing": each.doing,
                "error": each.error,
            }
            for each in account.faults
        ],
        "notes": list(account.notes),
        "holes": account.holes(),
    }
