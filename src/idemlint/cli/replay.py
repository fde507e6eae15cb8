"""`idemlint replay`: every statement with its verdict on a rerun, and why."""

from __future__ import annotations

from typing import Any

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.cli.options import Options, flag, output_format, shared
from idemlint.cli.session import open_session


@click.command("replay")
@shared
@output_format("full", "json")
@flag("--effects", help="What each statement is taken to do, too.")
def command(*, effects: bool, **values: Any) -> Code:
    """Show every statement with its verdict on a rerun, and why. Exits 0 whatever the verdicts."""
    from idemlint.report import verdicts

    options = Options(**values)
    describe: verdicts.Describe | None = None
    if effects:
        from idemlint.replay.effects.describe import describe
    # What the configuration takes for applied is not reported by `check`; its verdicts are wanted.
    session = open_session(options, all_files=options.start_after is None)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    if not session.paths and session.stdin is None:
        terminal.note("warning: no *.sql files found")
    judged = [
        verdicts.judged(report, down=options.down, describe=describe)
        for report in session.analyse()
        if not report.context
    ]
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
