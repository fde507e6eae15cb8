"""`idemlint check`: what breaks or repeats when the migrations run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from idemlint.cli import notes, output, terminal
from idemlint.cli.collector import Collector
from idemlint.cli.exits import Code, for_findings, with_account
from idemlint.cli.options import (
    CheckOptions,
    RuleOptions,
    Shared,
    flag,
    output_format,
    pairs,
    shared,
    taken,
    words,
)
from idemlint.cli.session import Session, open_session
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from idemlint.report.run_report import Report


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
@pairs("--per-file-ignores", "Rules not to report in files.", "PATTERN:CODES")
@flag("--fix", help="Apply the safe fixes, then report what is left.")
@flag("--unsafe-fixes", help="Apply (or count) the unsafe fixes too.")
@flag("--fix-applied", help="Fix files, too, that look applied where the runner minds edits.")
@flag("--diff", help="Show the fixes as a diff and change nothing; 1 where there are any.")
@flag("--exit-non-zero-on-fix", help="1 where something was fixed.")
@flag("--exit-zero", help="0 even where something was found.")
@flag("--statistics", help="Only count, by rule.")
@flag("--no-limit", help="All findings on a terminal, however many there are.")
@click.option(
    "--add-ignore",
    metavar="[=REASON]",
    help="Write a suppression comment above every statement that is reported.",
)
@flag("--strict", help="1, too, where something was not read or could not be judged.")
@click.option(
    "--summary-file", metavar="F", help="Write what was looked at and found to F, as JSON."
)
@click.option("--baseline", metavar="F", help="Do not report the findings that F lists.")
@click.option("--write-baseline", metavar="F", help="Write all findings to F, and report none.")
@output_format()
def command(**values: Any) -> Code:
    """Say what breaks or repeats when the migrations run again (the default command)."""
    options = CheckOptions(taken(Shared, values), taken(RuleOptions, values), **values)
    _refuse_contradictions(options)
    session = open_session(options.shared, options.rules)
    if options.shared.show_files:
        terminal.emit(session.shown_files())
        return Code.CLEAN
    collector = Collector(session.found, session.applied_unknown, session.past_unknown)
    if options.fix or options.diff:
        from idemlint.cli.fix import run_fixes

        code, shown = run_fixes(session, collector, options)
    else:
        tallies = session.tallies(collector.leave_out, excerpts=output.shows_excerpts(session))
        for file in tallies:
            collector.add(file)
        code, shown = _told(session, collector, options)
    return _finish(session, collector, options, code, shown)


def _told(
    session: Session, collector: Collector, options: CheckOptions
) -> tuple[Code, Report | None]:
    """Do with the findings what was asked for; the report that was shown, if one was."""
    if options.shared.verbose:
        notes.say_runners(collector)
    if options.add_ignore is not None:
        from idemlint.cli.add_ignore import add_ignores

        reason = options.add_ignore
        return add_ignores(session, collector, reason, fix_applied=options.fix_applied), None
    if options.write_baseline is not None:
        from idemlint.cli.baseline import write_baseline

        return write_baseline(options.write_baseline, collector.findings), None
    report = collector.report(hints=notes.ways_on(session, options, collector))
    report = output.without_baseline(session, report, options.baseline)
    output.show(session, report, statistics=options.statistics, limit=not options.no_limit)
    return for_findings(bool(report.findings), exit_zero=options.exit_zero), report


def _finish(
    session: Session,
    collector: Collector,
    options: CheckOptions,
    code: Code,
    shown: Report | None,
) -> Code:
    """Say what went wrong and what is left open, and what that makes of the exit code."""
    account = collector.account()
    strict = options.strict or session.config.strict is True
    if not session.options.quiet:
        notes.say_what_was_left_out(account, verbose=session.options.verbose)
    notes.say_what_went_wrong(account, verbose=session.options.verbose)
    if strict:
        notes.say_holes(account)
    code = with_account(code, account, strict=strict and not options.exit_zero)
    if options.summary_file is not None:
        report = (shown or collector.report())._replace(account=account)
        output.write_summary(options.summary_file, report, code)
    return code


def _refuse_contradictions(options: CheckOptions) -> None:
    modes = {
        "--fix": options.fix,
        "--diff": options.diff,
        "--add-ignore": options.add_ignore is not None,
        "--write-baseline": options.write_baseline is not None,
    }
    chosen = [name for name, given in modes.items() if given]
    if len(chosen) > 1 and chosen != ["--fix", "--diff"]:
        raise UsageProblem(f"{chosen[0]} and {chosen[1]} do not go together")
