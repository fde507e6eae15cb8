"""`--fix` and `--diff`: apply the fixes or show them, then report what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.cli import bounds, notes, output, terminal
from idemlint.cli.exits import Code, for_findings
from idemlint.diagnostics import Applicability
from idemlint.errors import UsageProblem
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.apply import FixedFile
    from idemlint.cli.collector import Collector
    from idemlint.cli.options import CheckOptions
    from idemlint.cli.session import Session
    from idemlint.left_out import LeftOut
    from idemlint.report.run_report import Report


def run_fixes(
    session: Session, collector: Collector, options: CheckOptions
) -> tuple[Code, Report | None]:
    """Fix all files, or print what would be fixed: the exit code, and the report on what is left."""
    from idemlint import apply

    results: Sequence[FixedFile] = ()
    barred = {} if options.diff else session.barred()
    names = list(session.paths)
    collector.leave_out(session.unchanged())
    if session.wanted():
        folder = session.open()
        names += sorted(folder.brought)
        if not options.diff:
            barred |= session.barred(folder.brought)
        collector.leave_out(folder.left_out(session.is_wanted))
        results = apply.fix_files(
            folder,
            Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE,
            only=session.only(folder),
            fix_applied=options.fix_applied,
            stdin=session.stdin[0] if session.stdin is not None else None,
            barred=barred,
        )
        collector.problems |= dict.fromkeys(
            bounds.told(barred, [each.name for each in results if each.limits.is_barred])
        )
    if options.diff:
        return _show_diff(session, collector, options, results)
    apply.clean_up(name for name in names if name not in barred)
    return _fix(session, collector, options, results)


def _show_diff(
    session: Session, collector: Collector, options: CheckOptions, results: Sequence[FixedFile]
) -> tuple[Code, None]:
    from idemlint.apply.diff import unified_diff

    for result in results:
        collector.add(result.report)
    changed = [result for result in results if result.after != result.before]
    for result in changed:
        patch = unified_diff(result.filename, result.before, result.after)
        terminal.emit_patch(patch, session.options.color)
    notes.say_what_was_not_done(results)
    if not session.options.quiet:
        notes.say_where_nothing_changes(changed)
        number = sum(len(result.fixed) for result in changed)
        files = counted(len(changed), "file")
        terminal.note(
            f"Would fix {counted(number, 'finding')} in {files}." if changed else "Nothing to fix."
        )
        terminal.note(f"{collector.account().line()}.")
    code = for_findings(False, would_change=bool(changed), exit_zero=options.exit_zero)
    return code, None


def _fix(
    session: Session, collector: Collector, options: CheckOptions, results: Sequence[FixedFile]
) -> tuple[Code, Report]:
    written: list[FixedFile] = []
    for result in results:
        if session.stdin is not None and result.name == session.stdin[0]:
            terminal.emit_bytes(result.after)
        elif result.after != result.before and not _is_written(result, collector):
            continue
        written.append(result)
    if len(written) == len(results):
        for result in results:
            collector.add(result.report)
    else:  # what is left to find is looked for once more where files are as they were
        for tally in session.tallies(_said_already, excerpts=output.shows_excerpts(session)):
            collector.add(tally)
    number = sum(len(result.fixed) for result in written)
    report = output.without_baseline(session, collector.report(fixed=number), options.baseline)
    if session.stdin is None:
        output.show(session, report, statistics=options.statistics, limit=not options.no_limit)
    else:  # the repaired text has stdout for itself
        from idemlint.report import formats

        text = formats.render(
            session.options.output_format or "concise", report, quiet=session.options.quiet
        )
        terminal.aside(text.rstrip("\n"))
    notes.say_what_was_not_done(results)
    if not session.options.quiet:
        notes.say_what_guards_hide(written)
        notes.say_where_nothing_changes(written)
        if options.fix_applied:
            notes.say_edited(written)
    code = for_findings(
        bool(report.findings),
        fixed=number > 0,
        exit_zero=options.exit_zero,
        non_zero_on_fix=options.exit_non_zero_on_fix,
    )
    return code, report


def _said_already(files: Iterable[LeftOut]) -> None:
    """What is left out is known since the files were opened first."""


def _is_written(result: FixedFile, collector: Collector) -> bool:
    """Write a file; one that cannot be written is a problem, and the others are."""
    from idemlint import apply

    try:
        apply.write(result)
    except UsageProblem as problem:
        collector.problems[str(problem)] = None
        return False
    return True
