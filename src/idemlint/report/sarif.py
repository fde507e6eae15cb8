"""SARIF 2.1.0, for code scanning. One bad result rejects a whole upload, so nothing is left to
chance: lines and columns from 1, relative URIs, `results` even when there are none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from idemlint import __version__
from idemlint.report.full import notes
from idemlint.report.json import dumps
from idemlint.report.run_report import PROJECT, page_url, printable, repository_path

if TYPE_CHECKING:
    from idemlint.analysis.file_report import Finding
    from idemlint.report.run_report import Report, RuleText
    from idemlint.source.positions import Position

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def render(report: Report) -> str:
    """One run with its findings and the pages of their rules."""
    codes = sorted({finding.code for finding in report.findings})
    names = {finding.code: finding for finding in report.findings}
    indexes = {code: index for index, code in enumerate(codes)}
    return dumps(
        {
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "idemlint",
                            "version": __version__,
                            "informationUri": PROJECT,
                            "rules": [_rule(names[code], report.rule(code)) for code in codes],
                        }
                    },
                    "invocations": [_invocation(report)],
                    "columnKind": "unicodeCodePoints",
                    "results": [
                        _result(report, finding, indexes[finding.code])
                        for finding in report.findings
                    ],
                }
            ],
        }
    )


def _invocation(report: Report) -> dict[str, Any]:
    """What was looked at, and what stood in the way."""
    account = report.account
    said = [("note", f"{account.line()}."), *(("error", each) for each in account.problems)]
    said += [("error", f"{each.filename}:{each.row}: {each.error}") for each in account.faults]
    return {
        "executionSuccessful": not account.is_broken,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": printable(text)}} for level, text in said
        ],
    }


def _rule(example: Finding, text: RuleText | None) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": example.code,
        "name": example.name,
        "shortDescription": {"text": (text and text.title) or example.name},
        "helpUri": page_url(example.code, example.name),
        "defaultConfiguration": {"level": _level(example)},
        "properties": {"tags": ["postgresql", "migrations"]},
    }
    if text is not None and text.markdown.strip():
        rule["help"] = {"text": text.markdown, "markdown": text.markdown}
    return rule


def _result(report: Report, finding: Finding, index: int) -> dict[str, Any]:
    said = [finding.message, *(f"{label}: {text}" for label, text in notes(finding))]
    artifact = {"uri": quote(os.fsencode(repository_path(report, finding.filename)))}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _level(finding),
        "message": {"text": "\n".join(said)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": _region(finding.start, finding.end),
                }
            }
        ],
        # GitHub follows a finding through the history by the first of these.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "idemlint/v1": finding.fingerprint,
        },
    }
    fix = finding.fix
    if fix is not None and fix.edits:
        result["fixes"] = [
            {
                "description": {"text": f"{fix.message or finding.name} ({fix.applicability})"},
                "artifactChanges": [
                    {
                        "artifactLocation": artifact,
                        "replacements": [
                            {
                                "deletedRegion": _region(edit.start, edit.end),
                                "insertedContent": {"text": edit.content},
                            }
                            for edit in fix.edits
                        ],
                    }
                ],
            }
        ]
    return result


def _region(start: Position, end: Position) -> dict[str, int]:
    return {
        "startLine": start.row,
        "startColumn": start.column,
        "endLine": end.row,
        "endColumn": end.column,
    }


def _level(finding: Finding) -> str:
    return "error" if finding.is_error else "warning"
