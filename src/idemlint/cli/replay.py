"""`idemlint replay`: every statement with its verdict on a rerun, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from idemlint.cli import notes, terminal
from idemlint.cli.collector import Collector
from idemlint.cli.exits import Code, with_account
from idemlint.cli.options import ReplayOptions, Shared, flag, output_format, shared, taken
from idemlint.cli.session import open_session
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idemlint.analysis.file_report import FileReport
    from idemlint.report.lines import Line


FORMATS: Final = ("full", "json")


@click.command("replay")
@shared
@output_format(*FORMATS)
@flag("--effects", help="What each statement is taken to do, too.")
@flag("--first", help="What the first run on an empty database comes to, instead of the rerun.")
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
    for file in options.output_file:
        if file.format not in (None, *FORMATS):
            raise UsageProblem(f"--output-file: replay has no format `{file.format}`")
    if own.stopped_at is not None:
        return _stopped(own, own.stopped_at)
    # What the configuration takes for applied is not reported by `check`; its verdicts are wanted.
    session = open_session(options, all_files=options.start_after is None)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    collector = Collector(session.found, past_unknown=session.past_unknown)
    judged = []
    for report in session.reports(collector.leave_out, effects=own.effects):
        shown = _shown(report, down=options.down)
        collector.add_report(shown)
        if not shown.problem:
            judged.append(shown)
    account = collector.account()
    _print(
        options,
        lambda: verdicts.as_json(judged, account),
        lambda: verdicts.text(judged, account, first=own.first),
        verdicts.lines(
            judged, account, width=terminal.width(), quiet=options.quiet, first=own.first
        ),
    )
    if not options.quiet:
        notes.say_what_was_left_out(account, verbose=options.verbose)
    notes.say_what_went_wrong(account, verbose=options.verbose)
    return with_account(Code.CLEAN, account)


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
    _print(
        options,
        lambda: told.as_json(outage),
        lambda: told.text(outage),
        told.lines(outage, width=terminal.width()),
    )
    return Code.CLEAN


def _print(
    options: Shared,
    as_json: Callable[[], str],
    text: Callable[[], str],
    lines: Iterable[Line],
) -> None:
    """Print what was asked for, in the format that was; an --output-file gets it, and stdout the lines."""
    for file in options.output_file:
        is_json = (file.format or options.output_format) == "json"
        terminal.write_file(file.name, as_json() if is_json else text())
    goes_to_a_file = any(file.format is None for file in options.output_file)
    if options.output_format == "json" and not goes_to_a_file:
        terminal.emit(as_json())
    else:
        terminal.emit_lines(lines, options.color)


def _shown(report: FileReport, *, down: bool) -> FileReport:
    """The report without Down sections, unless they are asked for, or the rerun is theirs."""
    if down:
        return report
    statements = tuple(
        each for each in report.statements if each.section != "down" or each.half is not None
    )
    return report._replace(statements=statements)
