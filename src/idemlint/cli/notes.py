"""What is said about a run on stderr, and how to go on from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.cli import output, terminal
from idemlint.errors import UsageProblem
from idemlint.left_out import KINDS, told
from idemlint.report.run_report import shown_name
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.apply import FixedFile
    from idemlint.apply.results import Reason
    from idemlint.cli.collector import Collector
    from idemlint.cli.options import CheckOptions
    from idemlint.cli.session import Session
    from idemlint.report.account import Account

#: Of errors of ours, so many are told one by one: the next are mostly the same.
MOST_FAULTS: Final = 10
#: Where known findings are written unless somebody says otherwise.
_BASELINE: Final = "idemlint-baseline.json"


def ways_on(session: Session, options: CheckOptions, collector: Collector) -> tuple[str, ...]:
    """How to go on from a wall of findings: the commands for this repository, as they are typed."""
    if not output.is_for_eyes(session) or len(collector.findings) <= output.MOST:
        return ()
    import shlex  # hardly any run has a wall of findings

    paths = " ".join(shlex.quote(shown_name(path)) for path in session.options.paths)
    here = f" {paths}" if paths else ""
    ways = []
    if session.config.file is None and session.stdin is None:
        ways.append(
            f"`idemlint init{here}` makes what is applied context: only new migrations are reported."
        )
    if options.baseline is None and session.config.baseline is None:
        ways.append(
            f"`idemlint --write-baseline {_BASELINE}{here}` lists what is known; `idemlint --baseline"
            f" {_BASELINE}{here}` reports the rest."
        )
    branch = _default_branch() if session.changed is None else None
    if branch is not None:
        ways.append(
            f"`idemlint --since {branch}{here}` reports only what your branch adds or changes."
        )
    if any(finding.mark == "[*]" for finding in collector.findings):
        ways.append(f"`idemlint --fix{here}` repairs what is safe to repair.")
    return tuple(ways)


def _default_branch() -> str | None:
    from idemlint.git.repository import Repository, short

    try:
        return short(Repository(os.curdir).default_branch())
    except UsageProblem:
        return None


def say_runners(collector: Collector) -> None:
    """Say whose migrations these are (`-v`)."""
    for runner, number in collector.runners.most_common():
        terminal.note(f"runner {runner}: {counted(number, 'file')}")


def say_what_was_not_done(results: Sequence[FixedFile]) -> None:
    """Files left alone because they look applied, fixes that failed their own check, and stops from which a
    fixed file does not come to its end."""
    for result in results:
        for dropped in result.dropped:
            terminal.note(
                f"{result.filename}: the fix of {dropped.code} is left out, because {dropped.why}."
                f" Mend it by hand: `idemlint explain {dropped.code}` says how."
            )
        for sentence in result.astray:
            terminal.note(f"{result.filename}: {sentence}.")
    if any(dropped.is_ours for result in results for dropped in result.dropped):
        from idemlint.cli.exits import how_to_report

        terminal.note(how_to_report(wants_trace=False))
    say_spared(
        [
            (result.filename, result.limits.spared)
            for result in results
            if result.limits.spared is not None
        ],
        "Put the repair in a new migration, or use --fix-applied.",
    )


def say_edited(results: Sequence[FixedFile]) -> None:
    """Say which files `--fix-applied` has edited that would have been left alone."""
    edited = [
        (result.filename, result.limits.overruled)
        for result in results
        if result.limits.overruled is not None and result.after != result.before
    ]
    then = (
        "Where IDM822 finds that, `-- idemlint: ignore-file[IDM822] reason` says that it is meant."
    )
    for reason, names in _by_reason(edited):
        terminal.note(f"Edited all the same: {_some(names)}: {reason.why}. {then}")


def say_spared(spared: Sequence[tuple[str, Reason]], way_out: str) -> None:
    """Say which files were left alone, and why, once a reason; `way_out` is the way on, where naming the
    runner is none."""
    for reason, names in _by_reason(spared):
        way = way_out
        if reason.guessed:
            way = (
                f"Say who runs it (`--runner {reason.guessed}`, or `runner` in the configuration), or use"
                " --fix-applied."
            )
        terminal.note(f"Left alone: {_some(names)}: {reason.why}. {way}")


def say_where_nothing_changes(results: Sequence[FixedFile]) -> None:
    """Say, once a run, that databases keep what they have where a runner never looks at a file again."""
    from idemlint import runners

    edited = [each for each in results if each.limits.is_outlived and each.after != each.before]
    if not edited:
        return
    titles = sorted({runners.get(each.report.runner).title for each in edited})
    looks = "looks" if len(titles) == 1 else "look"
    terminal.note(
        f"Databases that have run {_some([each.filename for each in edited])} keep what they have:"
        f" {' and '.join(titles)} never {looks} at an applied migration again. The fixes count on new"
        " databases, and where a migration runs again."
    )


def _by_reason(files: Sequence[tuple[str, Reason]]) -> Iterable[tuple[Reason, list[str]]]:
    found: dict[Reason, list[str]] = {}
    for filename, reason in files:
        found.setdefault(reason, []).append(filename)
    return found.items()


def _some(names: Sequence[str]) -> str:
    """A few names of files, and how many more there are."""
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(map(shown_name, names[:3])) + more


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


def say_what_went_wrong(account: Account, *, verbose: bool = False) -> None:
    """Say what cannot be read, and where an error of ours stood in the way."""
    for problem in account.problems:
        terminal.note(f"error: {problem}")
    if not account.faults:
        return
    from idemlint.cli.exits import DEBUG, how_to_report

    shows_trace = verbose or bool(os.environ.get(DEBUG))
    for fault in account.faults[:MOST_FAULTS]:
        doing = f" ({fault.doing})" if fault.doing else ""
        terminal.note(
            f"internal error: {fault.filename}:{fault.row}{doing}: {fault.error};"
            " what is there was not judged"
        )
        if shows_trace:
            terminal.note(fault.trace)
    if len(account.faults) > MOST_FAULTS:
        terminal.note(f"… and {len(account.faults) - MOST_FAULTS:,} more.")
    terminal.note(how_to_report(wants_trace=not shows_trace))


def say_what_was_left_out(account: Account, *, verbose: bool) -> None:
    """Name the links that were not followed, since nothing else tells of what is behind them; and where
    somebody wants to know, all files that were left out."""
    for kind, words, names in told(account.left_out):
        if verbose:
            terminal.note(f"{words}: {', '.join(map(shown_name, names))}")
        elif kind == "link":
            terminal.note(f"Not followed: {_some(names)}. Name the folders behind them.")


def say_holes(account: Account) -> None:
    """Say why `--strict` fails."""
    holes = account.holes()
    if holes:
        terminal.note(f"strict: {', '.join(holes)}")
    for kind, words, names in told(account.left_out):
        if KINDS[kind].is_hole and kind != "link":
            terminal.note(f"  {words}: {_some(names)}")
