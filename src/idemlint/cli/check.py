"""`idemlint check`: what breaks or repeats when the migrations run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code, for_findings
from idemlint.cli.options import Options, flag, output_format, shared, words
from idemlint.cli.session import Collector, Session, open_session
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from idemlint.report.run_report import Report

FULL: Final = "full"
INIT: Final = "`idemlint init` makes what is applied context: only new migrations are reported."
SINCE: Final = "`idemlint --since origin/main` reports only what your branch adds or changes."
FIX: Final = "`idemlint --fix` repairs what is safe to repair."


class Check(click.Command):
    """`--add-ignore` may stand alone, and must not take the path behind it for its reason."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give a bare `--add-ignore` its empty reason."""
        args = ["--add-ignore=" if arg == "--add-ignore" else arg for arg in args]
        return super().parse_args(ctx, args)


@click.command("check", cls=Check)
@shared
@words("--select", "Rules to report: codes, names or prefixes.")
@words("--extend-select", "Rules to report besides the others.")
@words("--ignore", "Rules not to report.")
@words("--per-file-ignores", "Rules not to report in files.", "PATTERN:CODE")
@flag("--fix", help="Apply the safe fixes, then report what is left.")
@flag("--unsafe-fixes", help="Apply (or count) the unsafe fixes too.")
@flag("--fix-applied", help="Fix files, too, that look applied where the runner minds edits.")
@flag("--diff", help="Show the fixes as a diff and change nothing; 1 where there are any.")
@flag("--exit-non-zero-on-fix", help="1 where something was fixed.")
@flag("--exit-zero", help="0 even where something was found.")
@flag("--statistics", help="Only count, by rule.")
@click.option(
    "--add-ignore",
    metavar="[=REASON]",
    help="Write a suppression comment above every statement that is reported.",
)
@click.option("--baseline", metavar="F", help="Do not report the findings that F lists.")
@click.option("--write-baseline", metavar="F", help="Write all findings to F, and report none.")
@output_format()
def command(**values: Any) -> Code:
    """Say what breaks or repeats when the migrations run again (the default command)."""
    options = Options(**values)
    _refuse_contradictions(options)
    session = open_session(options)
    if options.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    if not session.paths and session.stdin is None:
        if not options.force_exclude:  # a hook's batch may well be excluded as a whole
            terminal.note("warning: no *.sql files found")
        return _finish(session, Collector(session).report())
    if options.fix or options.diff:
        from idemlint.cli.fix import run_fixes

        return run_fixes(session)
    collector = Collector(session)
    for report in session.reports():
        collector.add(report)
    if options.verbose:
        collector.say_runners()
    if options.add_ignore is not None:
        from idemlint.cli.add_ignore import add_ignores

        return add_ignores(session, collector, options.add_ignore)
    if options.write_baseline is not None:
        from idemlint.cli.baseline import write_baseline

        return write_baseline(options.write_baseline, collector.findings)
    return _finish(session, collector.report(hints=_ways_on(session, collector)))


def _finish(session: Session, report: Report) -> Code:
    report = without_baseline(session, report)
    show(session, report)
    return for_findings(bool(report.findings), exit_zero=session.options.exit_zero)


def without_baseline(session: Session, report: Report) -> Report:
    """The report without the findings that the baseline lists."""
    name = session.options.baseline
    if name is None and session.config.baseline is not None:
        name = str(session.config.folder / session.config.baseline)
    if name is None:
        return report
    from idemlint.cli.baseline import without_known

    return without_known(name, report, verbose=session.options.verbose)


def show(session: Session, report: Report) -> None:
    """Print the findings in the chosen format; --output-file gets that, and stdout the text."""
    options = session.options
    name = options.output_format or session.config.output_format or FULL
    _known_format(name)
    if options.output_file is not None:
        from idemlint.report import formats

        terminal.write_file(options.output_file, formats.render(name, report, quiet=options.quiet))
        name = name if name in formats.FOR_PEOPLE else FULL
    if options.statistics:
        _show_statistics(report, name, options.color)
    elif name == FULL:
        from idemlint.report import full

        terminal.emit_lines(
            full.lines(
                report,
                width=terminal.width(),
                quiet=options.quiet,
                shorten=terminal.is_terminal(),
            ),
            options.color,
        )
    else:
        from idemlint.report import formats

        terminal.emit(formats.render(name, report, quiet=options.quiet))


def _show_statistics(report: Report, name: str, color: str) -> None:
    if name == "json":
        from idemlint.report import json

        rows = [
            {"code": code, "name": rule, "count": count, "fixable": mark == "[*]"}
            for code, rule, count, mark in report.by_rule()
        ]
        terminal.emit(json.dumps(rows))
        return
    from idemlint.report import full

    terminal.emit_lines(full.statistics(report), color)


def _known_format(name: str) -> None:
    from idemlint.errors import nearest
    from idemlint.report.formats import FORMATS

    if name not in FORMATS:
        raise UsageProblem(f"unknown output format `{name}`{nearest(name, tuple(FORMATS))}")


def _ways_on(session: Session, collector: Collector) -> tuple[str, ...]:
    """How to go on from a wall of findings."""
    fixable = any(finding.mark == "[*]" for finding in collector.findings)
    ways = {
        INIT: session.settings.start_after is None,
        SINCE: session.changed is None,
        FIX: fixable,
    }
    return tuple(way for way, is_open in ways.items() if is_open)


def _refuse_contradictions(options: Options) -> None:
    modes = {
        "--fix": options.fix,
        "--diff": options.diff,
        "--add-ignore": options.add_ignore is not None,
        "--write-baseline": options.write_baseline is not None,
    }
    chosen = [name for name, given in modes.items() if given]
    if len(chosen) > 1 and chosen != ["--fix", "--diff"]:
        raise UsageProblem(f"{chosen[0]} and {chosen[1]} do not go together")
