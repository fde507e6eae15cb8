"""`idemlint replay`: every statement with its verdict on a rerun, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.cli.options import ReplayOptions, Shared, flag, output_format, shared, taken
from idemlint.cli.session import open_session
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileReport


@click.command("replay")
@shared
@output_format("full", "json")
@flag("--effects", help="What each statement is taken to do, too.")
@click.option(
    "--stopped-at",
    metavar="FILE:LINE",
    help="A run stopped there: what stays, what was taken back, what the rerun meets.",
)
def command(**values: Any) -> Code:
    """Show every statement with its verdict on a rerun, and why. Exits 0 whatever the verdicts."""
    from idemlint.report import verdicts

    own = ReplayOptions(taken(Shared, values), **values)
    options = own.shared
    if own.stopped_at is not None:
        return _stopped(own, own.stopped_at)
    # What the configuration takes for applied is not reported by `check`; its verdicts are wanted.
    session = open_session(options, all_files=options.start_after is None)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    if not session.paths and session.stdin is None:
        terminal.note("warning: no *.sql files found")
    judged = [_shown(report, down=options.down) for report in session.reports(effects=own.effects)]
    if options.output_file is not None:
        as_json = options.output_format == "json"
        terminal.write_file(
            options.output_file, verdicts.as_json(judged) if as_json else verdicts.text(judged)
        )
    if options.output_format == "json" and options.output_file is None:
        terminal.emit(verdicts.as_json(judged))
    else:
        terminal.emit_lines(
            verdicts.lines(judged, width=terminal.width(), quiet=options.quiet), options.color
        )
    return Code.CLEAN


def _stopped(own: ReplayOptions, text: str) -> Code:
    """The story of a run that stopped. Without PATHS and a configuration that names some, the file's own
    folder is the one."""
    from idemlint.cli.stopping import place_of, stopped
    from idemlint.report import stopped as told

    options = own.shared
    if options.rerun is not None or own.effects:
        raise UsageProblem("--stopped-at is a rerun by itself: leave out --rerun and --effects")
    place = place_of(text)
    if not options.paths and Path(place.file).is_file():
        options = options._replace(paths=(place.file,))
    session = open_session(options)
    outage = stopped(session.open(), place)
    as_json = options.output_format == "json"
    if options.output_file is not None:
        whole = told.as_json(outage) if as_json else told.text(outage)
        terminal.write_file(options.output_file, whole)
    if as_json and options.output_file is None:
        terminal.emit(told.as_json(outage))
    else:
        terminal.emit_lines(told.lines(outage, width=terminal.width()), options.color)
    return Code.CLEAN


def _shown(report: FileReport, *, down: bool) -> FileReport:
    """The report without Down sections, unless they are asked for."""
    if down:
        return report
    statements = tuple(each for each in report.statements if each.section != "down")
    return report._replace(statements=statements)
