"""`--fix` and `--diff`: apply the fixes or show them, then report what is left."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from idemlint.cli import terminal
from idemlint.cli.exits import Code, for_findings
from idemlint.cli.session import Collector
from idemlint.diagnostics import Applicability
from idemlint.report.summary import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.apply import FixedFile
    from idemlint.cli.session import Session


def run_fixes(session: Session) -> Code:
    """Fix all files, or print what would be fixed, and return the exit code."""
    from idemlint import apply

    options = session.options
    wanted = None
    if session.changed is not None:
        names = [os.fspath(path) for path in session.paths]
        names += [session.stdin[0]] if session.stdin is not None else []
        wanted = {name for name in names if session.is_wanted(Path(name))}
        if not wanted:
            return _finish(session, [])
    results = apply.fix_files(
        session.open(),
        Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE,
        only=wanted,
        fix_applied=options.fix_applied,
        stdin=session.stdin[0] if session.stdin is not None else None,
    )
    return _finish(session, results)


def _finish(session: Session, results: Sequence[FixedFile]) -> Code:
    show = _show_diff if session.options.diff else _fix
    return show(session, results)


def _show_diff(session: Session, results: Sequence[FixedFile]) -> Code:
    changed = [result for result in results if result.after != result.before]
    for result in changed:
        terminal.emit_bytes(unified_diff(result.filename, result.before, result.after))
    _say_what_was_not_done(results)
    if not session.options.quiet:
        number = sum(len(result.fixed) for result in changed)
        files = counted(len(changed), "file")
        terminal.note(
            f"Would fix {counted(number, 'finding')} in {files}." if changed else "Nothing to fix."
        )
    return for_findings(False, would_change=bool(changed), exit_zero=session.options.exit_zero)


def _fix(session: Session, results: Sequence[FixedFile]) -> Code:
    from idemlint import apply
    from idemlint.analysis.file_report import report_of
    from idemlint.cli import check

    options = session.options
    collector = Collector(session)
    for result in results:
        if session.stdin is not None and result.name == session.stdin[0]:
            terminal.emit_bytes(result.after)
        elif result.after != result.before:
            apply.write(result)
        collector.add(report_of(result.judged, session.settings.stable_name(result.name)))
    number = sum(len(result.fixed) for result in results)
    report = check.without_baseline(session, collector.report(fixed=number))
    if session.stdin is None:
        check.show(session, report)
    else:  # the repaired text has stdout for itself
        from idemlint.report import formats

        text = formats.render(options.output_format or "concise", report, quiet=options.quiet)
        terminal.note(text.rstrip("\n"))
    _say_what_was_not_done(results)
    if not options.quiet:
        _say_what_guards_hide(results)
    return for_findings(
        bool(report.findings),
        fixed=number > 0,
        exit_zero=options.exit_zero,
        non_zero_on_fix=options.exit_non_zero_on_fix,
    )


def _say_what_was_not_done(results: Sequence[FixedFile]) -> None:
    """Files left alone because they look applied, and fixes that failed their own check."""
    for result in results:
        for dropped in result.dropped:
            terminal.note(
                f"{result.filename}: the fix of {dropped.code} was not made, because {dropped.why}."
                " This is a bug in idemlint; please report it."
            )
    say_spared(
        [(result.filename, result.spared) for result in results if result.spared],
        "Put the repair in a new migration, or use --fix-applied.",
    )


def say_spared(spared: Sequence[tuple[str, str]], way_out: str) -> None:
    """Say which files were left alone, and why, once a reason."""
    by_reason: dict[str, list[str]] = {}
    for filename, reason in spared:
        by_reason.setdefault(reason, []).append(filename)
    for reason, names in by_reason.items():
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        terminal.note(f"Left alone: {shown}: {reason}. {way_out}")


def _say_what_guards_hide(results: Sequence[FixedFile]) -> None:
    """DESIGN.md §6: a guard must not be taken for a comparison."""
    guards = sum(
        diagnostic.fix is not None
        and any("if not exists" in edit.content.lower() for edit in diagnostic.fix.edits)
        for result in results
        for diagnostic in result.fixed
    )
    if guards:
        skips = "guard skips" if guards == 1 else "guards skip"
        terminal.note(
            f"{guards:,} {skips} what is there already without comparing definitions:"
            " a database with an older shape keeps it."
        )


def unified_diff(filename: str, before: bytes, after: bytes) -> bytes:
    """A diff that `git apply` and `patch` take: byte for byte, line ends and all."""
    from difflib import diff_bytes, unified_diff

    name = filename.replace("\\", "/").encode(sys.getfilesystemencoding(), "surrogateescape")
    lines = diff_bytes(
        unified_diff,
        _lines(before),
        _lines(after),
        b"a/" + name,
        b"b/" + name,
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    )


def _lines(data: bytes) -> list[bytes]:
    """Lines that end at a newline only, as git sees them."""
    *whole, last = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([last] if last else [])
