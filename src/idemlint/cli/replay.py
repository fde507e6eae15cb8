"""`idemlint replay`: every statement with its verdict on a rerun, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idemlint.cli import notes, terminal
from idemlint.cli.collector import Collector
from idemlint.cli.exits import Code, with_account
from idemlint.cli.options import ReplayOptions, Shared, flag, output_format, shared, taken
from idemlint.cli.session import open_session

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileReport


@click.command("replay")
@shared
@output_format("full", "json")
@flag("--effects", help="What each statement is taken to do, too.")
def command(**values: Any) -> Code:
    """Show every statement with its verdict on a rerun, and why. Exits 0 whatever the verdicts."""
    from idemlint.report import verdicts

    own = ReplayOptions(taken(Shared, values), **values)
    options = own.shared
    # What the configuration takes for applied is not reported by `check`; its verdicts are wanted.
    session = open_session(options, all_files=options.start_after is None)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    collector = Collector(session.found)
    judged = []
    for report in session.reports(collector.left_out, effects=own.effects):
        shown = _shown(report, down=options.down)
        collector.add_report(shown)
        if not shown.problem:
            judged.append(shown)
    account = collector.account()
    if options.output_file is not None:
        as_json = options.output_format == "json"
        render = verdicts.as_json if as_json else verdicts.text
        terminal.write_file(options.output_file, render(judged, account))
    if options.output_format == "json" and options.output_file is None:
        terminal.emit(verdicts.as_json(judged, account))
    else:
        terminal.emit_lines(
            verdicts.lines(judged, account, width=terminal.width(), quiet=options.quiet),
            options.color,
        )
    notes.say_what_went_wrong(account, verbose=options.verbose)
    return with_account(Code.CLEAN, account)


def _shown(report: FileReport, *, down: bool) -> FileReport:
    """The report without Down sections, unless they are asked for."""
    if down:
        return report
    statements = tuple(each for each in report.statements if each.section != "down")
    return report._replace(statements=statements)
