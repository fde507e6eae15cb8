"""How a report is printed: which findings, in which format, and where to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.cli import terminal
from idemlint.errors import UsageProblem
from idemlint.report.formats import LISTS

if TYPE_CHECKING:
    from idemlint.cli.session import Session
    from idemlint.report.run_report import Report

FULL: Final = "full"
#: A terminal gets so many findings at once.
MOST: Final = 50


def without_baseline(session: Session, report: Report, name: str | None) -> Report:
    """The report without the findings that a baseline lists: `name`, else the configured one."""
    if name is None and session.config.baseline is not None:
        name = os.path.join(session.config.folder, session.config.baseline)  # noqa: PTH118
    if name is None:
        return report
    from idemlint.cli.baseline import without_known

    return without_known(name, report, verbose=session.options.verbose)


def shows_excerpts(session: Session) -> bool:
    """Whether `show` prints the lines that findings stand in; with --output-file, stdout may get them."""
    options = session.options
    return format_of(session) == FULL or bool(options.output_file)


def format_of(session: Session) -> str:
    """The format that was asked for, or configured."""
    return session.options.output_format or session.config.output_format or FULL


def is_for_eyes(session: Session) -> bool:
    """Whether a person reads findings in full on a terminal."""
    return format_of(session) == FULL and terminal.is_terminal()


def write_summary(name: str, report: Report, code: int) -> None:
    """What was looked at and found, as JSON, for who keeps count of it."""
    from idemlint.report import account, json

    terminal.write_file(
        name,
        json.dumps(
            {
                "version": account.VERSION,
                "exit_code": int(code),
                "findings": {
                    "total": len(report.findings),
                    "errors": report.errors,
                    "fixed": report.fixed,
                    "by_rule": {rule: count for rule, _, count, _ in report.by_rule()},
                },
                **json.account_as_dict(report.account),
            }
        ),
    )


def show(session: Session, report: Report, *, statistics: bool, limit: bool = True) -> None:
    """Print the findings in the chosen format. An --output-file gets it, and stdout the text; one with a
    format of its own leaves stdout as it is. `limit`: of a long list, a terminal gets the newest findings
    alone."""
    options = session.options
    name = format_of(session)
    _known_format(name)
    if options.output_file:
        from idemlint.report import formats

        for file in options.output_file:
            text = formats.render(file.format or name, report, quiet=options.quiet)
            terminal.write_file(file.name, text)
        if not all(file.format for file in options.output_file):
            name = name if name in formats.FOR_PEOPLE else FULL
    if statistics:
        _show_statistics(report, name, options.color)
    elif name == FULL:
        from idemlint.report import full

        for_eyes = terminal.is_terminal()
        terminal.emit_lines(
            full.lines(
                report,
                width=terminal.width(),
                quiet=options.quiet,
                tables=for_eyes,
                most=MOST if for_eyes and limit else None,
            ),
            options.color,
        )
    else:
        from idemlint.report import formats

        terminal.emit(formats.render(name, report, quiet=options.quiet))
    if name in LISTS and not options.quiet:
        terminal.note(f"{report.account.line()}.")


def _show_statistics(report: Report, name: str, color: str) -> None:
    if name == "json":
        from idemlint.report import json

        rows = [
            {"code": code, "name": rule, "count": count, "fixable": mark == "[*]"}
            for code, rule, count, mark in report.by_rule()
        ]
        terminal.emit(json.dumps(rows))
        return
    from idemlint.report import overview

    terminal.emit_lines(overview.statistics(report), color)


def _known_format(name: str) -> None:
    from idemlint.errors import nearest
    from idemlint.report.formats import FORMATS

    if name not in FORMATS:
        raise UsageProblem(f"unknown output format `{name}`{nearest(name, tuple(FORMATS))}")
