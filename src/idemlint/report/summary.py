"""The last lines of a run for people: how much was found, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability
from idemlint.report.words import counted

if TYPE_CHECKING:
    from idemlint.report.run_report import Report


def summary(report: Report) -> list[str]:
    """Found, fixable and fixed, as sentences; then what was looked at and what was not."""
    sentences = []
    account = report.account
    if report.fixed:
        sentences.append(f"Fixed {counted(report.fixed, 'finding')}.")
    if report.findings:
        sentences.append(_found(report))
    elif report.fixed:
        sentences.append("Nothing is left.")
    elif account.checked:
        sentences.append(
            f"Nothing found in {counted(account.checked, 'file')}"
            f" ({counted(account.statements, 'statement')})."
        )
    else:
        sentences.append("Nothing was checked.")
    why = "; `idemlint replay` says why" if account.unknown else ""
    return [*sentences, f"{account.line()}{why}."]


def _found(report: Report) -> str:
    errors = report.errors
    warnings = len(report.findings) - errors
    kinds = []
    if errors:
        kinds.append(counted(errors, "error"))
    if warnings:
        kinds.append(counted(warnings, "warning"))
    text = ("Left: " if report.fixed else "Found ") + ", ".join(kinds)
    safe = report.fixable(Applicability.SAFE)
    unsafe = report.fixable(Applicability.UNSAFE)
    if safe:
        text += f"; {safe:,} fixable with `--fix`"
        if unsafe:
            text += f", {unsafe:,} more with `--unsafe-fixes`"
    elif unsafe:
        text += f"; {unsafe:,} fixable with `--fix --unsafe-fixes`"
    return text + "."
