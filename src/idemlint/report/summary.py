"""The last lines of a run for people: how much was found, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability

if TYPE_CHECKING:
    from idemlint.report.run_report import Report


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary(report: Report) -> list[str]:
    """Found, fixable, fixed and not judged, as sentences."""
    sentences = []
    if report.fixed:
        sentences.append(f"Fixed {counted(report.fixed, 'finding')}.")
    if report.findings:
        sentences.append(_found(report))
    elif not report.fixed:
        sentences.append(
            f"Nothing found in {counted(report.files, 'file')}"
            f" ({counted(report.statements, 'statement')})."
        )
    else:
        sentences.append("Nothing is left.")
    if report.unjudged:
        sentences.append(
            f"{report.unjudged:,} of {counted(report.statements, 'statement')} could not be judged;"
            " `idemlint replay` says why."
        )
    return sentences


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
