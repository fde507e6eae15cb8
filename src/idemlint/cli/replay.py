"""`idemlint replay`: every statement with its verdict on a rerun, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.cli.options import ReplayOptions, Shared, flag, output_format, shared, taken
from idemlint.cli.session import open_session
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileReport


FORMATS: Final = ("full", "json")


@click.command("replay")
@shared
@output_format(*FORMATS)
@flag("--effects", help="What each statement is taken to do, too.")
def command(**values: Any) -> Code:
    """Show every statement with its verdict on a rerun, and why. Exits 0 whatever the verdicts."""
    from idemlint.report import verdicts

    own = ReplayOptions(taken(Shared, values), **values)
    options = own.shared
    for file in options.output_file:
        if file.format not in (None, *FORMATS):
            raise UsageProblem(f"--output-file: replay has no format `{file.format}`")
    # What the configuration takes for applied is not reported by `check`; its verdicts are wanted.
    session = open_session(options, all_files=options.start_after is None)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    if not session.paths and session.stdin is None:
        terminal.note("warning: no *.sql files found")
    judged = [_shown(report, down=options.down) for report in session.reports(effects=own.effects)]
    for file in options.output_file:
        as_json = (file.format or options.output_format) == "json"
        terminal.write_file(
            file.name, verdicts.as_json(judged) if as_json else verdicts.text(judged)
        )
    goes_to_a_file = any(file.format is None for file in options.output_file)
    if options.output_format == "json" and not goes_to_a_file:
        terminal.emit(verdicts.as_json(judged))
    else:
        terminal.emit_lines(
            verdicts.lines(judged, width=terminal.width(), quiet=options.quiet), options.color
        )
    return Code.CLEAN


def _shown(report: FileReport, *, down: bool) -> FileReport:
    """The report without Down sections, unless they are asked for."""
    if down:
        return report
    statements = tuple(each for each in report.statements if each.section != "down")
    return report._replace(statements=statements)
