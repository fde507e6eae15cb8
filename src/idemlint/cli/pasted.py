"""A pasted log beside the folder that it is about: from what the log says to the statement in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.cli import stopping, terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.analysis.file_report import StatementRow
    from idemlint.engine import Folder, Sequence
    from idemlint.outage.reading import Failure
    from idemlint.outage.story import Outage

_NOTHING: Final = (
    "Nothing in this log is a failed migration that idemlint knows: no message of PostgreSQL's, no SQLSTATE,"
    " none of a runner's own. Paste the lines around the first error, with those above it."
)


class _Found(NamedTuple):
    """What of a log was found in a folder: the file (empty: none), and what stopped there."""

    name: str = ""
    outage: Outage | None = None
    note: str = ""


def explain(data: bytes, paths: tuple[str, ...], color: str) -> Code:
    """Say what a log tells, and what is known of it from the files at `paths` (else those that the
    configuration names, else those here). 1 where the log tells nothing that is known."""
    from idemlint import runners
    from idemlint.outage.advice import what_now
    from idemlint.outage.reading import read
    from idemlint.report import failure as report

    failure = read(data)
    if failure is None:
        terminal.emit(_NOTHING + "\n")
        return Code.FOUND
    found = _in_folder(failure, paths)
    outage = found.outage
    runner = outage.runner if outage is not None else failure.runner
    title = runners.get(runner).title if runner else "The runner"
    advice = (*(failure.own.now if failure.own is not None else ()),)
    if failure.sqlstate:
        advice = what_now(failure.sqlstate)
    terminal.emit_lines(
        report.lines(
            failure,
            title,
            outage,
            found.note,
            _commands(failure, found, paths),
            advice,
            width=terminal.width(),
        ),
        color,
    )
    return Code.CLEAN


def _commands(failure: Failure, found: _Found, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """The next three."""
    outage = found.outage
    name = found.name or "MIGRATION.sql"
    commands = []
    if outage is not None:
        commands.append(
            (
                f"idemlint --diff {_quoted(name)}",
                "the guards that let a rerun pass what stays; --fix writes them",
            )
        )
        commands += [(each.text, each.effect) for each in outage.commands[:1]]
        if outage.again:
            commands.append((outage.again, "when the cause is mended"))
        commands.append(
            (
                f"idemlint replay {_quoted(name)}",
                "what each statement of the file does on a rerun",
            )
        )
        return commands[:3]
    folder = " ".join(map(_quoted, paths))
    row = failure.row or "LINE"
    commands = [
        (
            f"idemlint replay --stopped-at {_quoted(name)}:{row} {folder}".rstrip(),
            "what stays, what was taken back, what the rerun meets",
        ),
        (
            f"idemlint --diff {_quoted(name)}",
            "the guards that let a rerun pass what stays",
        ),
    ]
    what = failure.own.called[0] if failure.own is not None else failure.sqlstate
    commands.append((f"idemlint explain {_quoted(what)}", "what it means, without the log"))
    return commands


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text.replace(os.sep, "/"))


def _in_folder(failure: Failure, paths: tuple[str, ...]) -> _Found:
    if not failure.file and not failure.statement:
        return _Found(note="The log names no file and no statement: " + _TELL)
    folder = _folder(paths)
    if folder is None:
        return _Found(
            note="There are no migrations here: name their folder behind the `-`. " + _TELL
        )
    files = dict.fromkeys(stopping.matching(folder, failure.file)) if failure.file else {}
    run = {each: None for each in files if each[1] in each[0].files}
    files = run or files  # a deploy stops in what it runs, whatever lies beside it
    if not files and failure.file and not failure.statement:
        return _Found(
            note=f"No file here is called {failure.file}: name its folder behind the `-`."
        )
    if not files:
        files = dict.fromkeys((each, name) for each in folder for name in each.files)
    places = _places(files, failure)
    if not places and failure.statement:
        # Some runners name a migration only when it is done: the text says more.
        every = dict.fromkeys((each, name) for each in folder for name in each.files)
        places = _places(every, failure)
    if len(places) != 1:
        (_, name), *others = files if files else ((None, ""),)
        only = name if not others and name else ""
        if len(places) > 1:
            return _Found(note="The statement stands in several files here: " + _TELL)
        return _Found(only, note="Which statement it was is not in the log: " + _TELL)
    _, name, place = places[0]
    try:
        outage = stopping.stopped(folder, stopping.StopPlace(name, place.row, place.column))
    except UsageProblem as problem:
        return _Found(name, note=str(problem))
    note = (
        ""
        if place.is_sure
        else ("The log does not say which statement it was: this one has the names of its message.")
    )
    return _Found(name, outage, note)


_TELL: Final = (
    "`idemlint replay --stopped-at FILE:LINE` says what stays, once you know where it stopped."
)


def _places(
    files: Iterable[tuple[Sequence, str]], failure: Failure
) -> list[tuple[Sequence, str, _At]]:
    files = list(files)
    return [
        (sequence, name, place)
        for sequence, name in files
        if (place := _place(sequence, name, failure, sure=len(files) == 1)) is not None
    ]


class _At(NamedTuple):
    row: int
    column: int | None = None
    is_sure: bool = True


def _folder(paths: tuple[str, ...]) -> Folder | None:
    """The migrations to look in."""
    from idemlint.cli.options import Shared
    from idemlint.cli.session import open_session

    try:
        session = open_session(Shared(paths=paths, quiet=True))
    except UsageProblem:
        if paths:
            raise
        session = open_session(Shared(paths=(os.curdir,), quiet=True))
    if not session.paths:
        return None
    return session.open()


def _place(sequence: Sequence, name: str, failure: Failure, *, sure: bool) -> _At | None:
    """Where in a file the log means: by its line, by the statement's number, by its text, and in a file that
    is `sure` by the names in the message."""
    if name not in sequence.files:
        return None
    if sure and failure.row is not None:
        return _At(failure.row, failure.column)
    try:
        rows = [each for each in sequence.report(name).statements if each.section == "up"]
    except UsageProblem:
        return None
    if sure and failure.index is not None and failure.index < len(rows):
        return _at(name, rows[failure.index])
    wanted = _flat(failure.statement)
    if wanted:
        same = [each for each in rows if _is_same(_flat(each.beginning), wanted)]
        if len(same) == 1:
            return _at(name, same[0])
    is_all_of_it = bool(rows) and all(_flat(each.beginning)[:200] in wanted for each in rows)
    if not sure and not is_all_of_it:
        return None
    named = _by_names(rows, failure)
    return _at(name, named)._replace(is_sure=False) if named is not None else None


def _is_same(own: str, wanted: str) -> bool:
    """Whether one of two texts, of which either may be cut, is the other one's beginning."""
    if len(own) < 200:
        return own == wanted or (len(wanted) >= 20 and own.startswith(wanted))
    shorter = min(len(own), len(wanted)) - 2
    return shorter >= 20 and own[:shorter] == wanted[:shorter]


def _by_names(rows: list[StatementRow], failure: Failure) -> StatementRow | None:
    """The statement that a message is about: all names that it quotes are in it, and where a rerun would
    raise that very error, that counts."""
    from idemlint.postgres.error_texts import names_in

    names = names_in(failure.message)
    if not names:
        return None
    named = [each for each in rows if all(name in each.beginning for name in names)]
    same = [each for each in named if each.sqlstate == failure.sqlstate]
    return next(iter(same or named), None)


def _at(name: str, row: StatementRow) -> _At:
    from idemlint.source.positions import Lines

    with open(name, "rb") as file:  # noqa: PTH123
        position = Lines(file.read()).position(row.start)
    return _At(position.row, position.column)


def _flat(text: str) -> str:
    return " ".join(text.split()).rstrip("; ")
