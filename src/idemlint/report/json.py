"""The JSON that CLI.md promises: bytes for offsets, rows and columns in characters from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from idemlint.report.finding import printable

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix
    from idemlint.report.finding import Finding, Report
    from idemlint.source.positions import Position


def render(report: Report) -> str:
    """One array of findings."""
    return dumps([as_dict(finding) for finding in report.findings])


def dumps(value: object) -> str:
    """Indented JSON with a newline behind it. Lone surrogates do not stop it."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        import json

        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        data = text.encode("utf-8", "replace")
    return data.decode()


def as_dict(finding: Finding) -> dict[str, Any]:
    """A finding with the keys of CLI.md, in their order."""
    diagnostic = finding.diagnostic
    statement = finding.statement
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "filename": printable(diagnostic.filename),
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
        "sqlstate": diagnostic.sqlstate,
        "rerun": diagnostic.rerun,
        "fix": _fix(diagnostic.fix),
        "url": finding.url,
        "fingerprint": finding.fingerprint,
    }


def _place(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column, "offset": position.offset}


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "applicability": fix.applicability.label,
        "message": fix.message,
        "edits": [
            {"start": edit.span.start, "end": edit.span.end, "content": edit.content}
            for edit in fix.edits
        ],
    }
