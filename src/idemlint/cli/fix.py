"""`--fix` and `--diff`: apply the fixes or show them, then report what is left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.cli import notes, output, terminal
from idemlint.cli.exits import Code, for_findings
from idemlint.cli.session import Collector
from idemlint.diagnostics import Applicability
from idemlint.report.summary import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.apply import FixedFile
    from idemlint.cli.options import CheckOptions
    from idemlint.cli.session import Session


def run_fixes(session: Session, options: CheckOptions) -> Code:
    """Fix all files, or print what would be fixed, and return the exit code."""
    from idemlint import apply

    if not options.diff:
        session.require_inside()
    wanted = None
    if session.changed is not None:
        names = [os.fspath(path) for path in session.paths]
        names += [session.stdin[0]] if session.stdin is not None else []
        wanted = {name for name in names if session.is_wanted(name)}
        if not wanted:
            return _finish(session, options, [])
    results = apply.fix_files(
        session.open(),
        Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE,
        only=wanted,
        fix_applied=options.fix_applied,
        stdin=session.stdin[0] if session.stdin is not None else None,
    )
    return _finish(session, options, results)


def _finish(session: Session, options: CheckOptions, results: Sequence[FixedFile]) -> Code:
    show = _show_diff if options.diff else _fix
    return show(session, options, results)


def _show_diff(session: Session, options: CheckOptions, results: Sequence[FixedFile]) -> Code:
    from idemlint.apply.diff import unified_diff

    changed = [result for result in results if result.after != result.before]
    for result in changed:
        terminal.emit_bytes(unified_diff(result.filename, result.before, result.after))
    notes.say_what_was_not_done(results)
    if not session.options.quiet:
        number = sum(len(result.fixed) for result in changed)
        files = counted(len(changed), "file")
        terminal.note(
            f"Would fix {counted(number, 'finding')} in {files}." if changed else "Nothing to fix."
        )
    return for_findings(False, would_change=bool(changed), exit_zero=options.exit_zero)


def _fix(session: Session, options: CheckOptions, results: Sequence[FixedFile]) -> Code:
    from idemlint import apply

    collector = Collector()
    for result in results:
        if session.stdin is not None and result.name == session.stdin[0]:
            terminal.emit_bytes(result.after)
        elif result.after != result.before:
            apply.write(result)
        collector.add(result.report)
    number = sum(len(result.fixed) for result in results)
    report = output.without_baseline(session, collector.report(fixed=number), options.baseline)
    if session.stdin is None:
        output.show(session, report, statistics=options.statistics)
    else:  # the repaired text has stdout for itself
        from idemlint.report import formats

        text = formats.render(
            session.options.output_format or "concise", report, quiet=session.options.quiet
        )
        terminal.note(text.rstrip("\n"))
    notes.say_what_was_not_done(results)
    if not session.options.quiet:
        notes.say_what_guards_hide(results)
        if options.fix_applied:
            notes.say_edited(session, results)
    return for_findings(
        bool(report.findings),
        fixed=number > 0,
        exit_zero=options.exit_zero,
        non_zero_on_fix=options.exit_non_zero_on_fix,
    )
