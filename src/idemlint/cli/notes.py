"""What is said about a run on stderr, and how to go on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.cli import terminal
from idemlint.report.summary import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.apply import FixedFile
    from idemlint.cli.session import Collector, Session

INIT: Final = "`idemlint init` makes what is applied context: only new migrations are reported."
SINCE: Final = "`idemlint --since origin/main` reports only what your branch adds or changes."
FIX: Final = "`idemlint --fix` repairs what is safe to repair."


def ways_on(session: Session, collector: Collector) -> tuple[str, ...]:
    """How to go on from a wall of findings."""
    fixable = any(finding.mark == "[*]" for finding in collector.findings)
    ways = {
        INIT: session.settings.start_after is None,
        SINCE: session.changed is None,
        FIX: fixable,
    }
    return tuple(way for way, is_open in ways.items() if is_open)


def say_runners(collector: Collector) -> None:
    """Say whose migrations these are (`-v`)."""
    for runner, number in collector.runners.most_common():
        terminal.note(f"runner {runner}: {counted(number, 'file')}")


def say_what_was_not_done(results: Sequence[FixedFile]) -> None:
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


def say_edited(session: Session, results: Sequence[FixedFile]) -> None:
    """Say which files `--fix-applied` has edited that would have been left alone."""
    from idemlint import runners
    from idemlint.apply.applied import Applied

    applied = Applied(session.settings.default_branch)
    _say_by_reason(
        "Edited all the same",
        [
            (result.filename, applied.reason(result.name, runners.get(result.report.runner)))
            for result in results
            if result.after != result.before
        ],
        "Where IDM822 finds that, `-- idemlint: ignore-file[IDM822] reason` says that it is meant.",
    )


def say_spared(spared: Sequence[tuple[str, str]], way_out: str) -> None:
    """Say which files were left alone, and why, once a reason."""
    _say_by_reason("Left alone", spared, way_out)


def _say_by_reason(what: str, files: Sequence[tuple[str, str]], then: str) -> None:
    """One line a reason; an empty one is none."""
    by_reason: dict[str, list[str]] = {}
    for filename, reason in files:
        if reason:
            by_reason.setdefault(reason, []).append(filename)
    for reason, names in by_reason.items():
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        terminal.note(f"{what}: {shown}: {reason}. {then}")


def say_what_guards_hide(results: Sequence[FixedFile]) -> None:
    """Say how many guards were put in: a guard must not be taken for a comparison."""
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
