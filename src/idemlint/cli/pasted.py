"""A pasted log beside the folder that it is about: from what the log says to the statement in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.cli import stopping, terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem
from idemlint.outage.places import names_of, rows_of
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.analysis.statement_rows import StatementRow
    from idemlint.engine import Folder, Sequence
    from idemlint.outage.reading import Failure
    from idemlint.outage.story import Outage


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
    from idemlint.outage.reading import last_word, read
    from idemlint.report import failure as report

    failure = read(data)
    if failure is None:
        terminal.emit_lines(report.nothing(last_word(data), width=terminal.width()), color)
        return Code.FOUND
    found = _in_folder(failure, paths)
    outage = found.outage
    runner = outage.runner if outage is not None else failure.runner
    title = runners.get(runner).title if runner else "The runner"
    own = failure.own
    is_own = own is not None and (own.is_late or not failure.sqlstate)
    advice = own.now if own is not None and is_own else what_now(failure.sqlstate)
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
    """The next ones, three where a statement failed."""
    outage = found.outage
    name = found.name or "MIGRATION.sql"
    commands = []
    if not _may_have_run(failure):
        if found.name:
            commands.append((f"git log -p -- {_quoted(name)}", "what was changed in it, and when"))
        return [*commands, *_meaning(failure)]
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
    if failure.went_on is not None:
        commands.append(
            (f"idemlint --diff {_quoted(name)}", "the guards that let a rerun pass what stays")
        )
        commands.append((f"idemlint replay {_quoted(name)}", "what each statement does on a rerun"))
        return [*commands, *_meaning(failure)]
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
    return [*commands, *_meaning(failure)]


def _may_have_run(failure: Failure) -> bool:
    """Whether a statement of the run may have been carried out, so that it matters where it stopped."""
    return failure.own is None or failure.own.ran


def _meaning(failure: Failure) -> list[tuple[str, str]]:
    what = failure.sqlstate
    if failure.own is not None:
        said = failure.line.lower()
        called = failure.own.called
        what = next((each for each in called if each.lower() in said), called[0])
    if not what:
        return []
    return [(f"idemlint explain {_quoted(what)}", "what it means, without the log")]


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text.replace(os.sep, "/"))


def _in_folder(failure: Failure, paths: tuple[str, ...]) -> _Found:
    if not _may_have_run(failure):
        return _named(failure, paths)
    if not failure.file and not failure.statement and not failure.excerpt:
        return _Found(note="The log names no file and no statement: " + _TELL)
    folder = _folder(paths)
    if folder is None:
        return _Found(
            note="There are no migrations here: name their folder behind the `-`. " + _TELL
        )
    folder = _as_the_log_says(folder, failure, paths)
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
    if not places and (failure.statement or failure.excerpt):
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
    if failure.went_on is not None:
        return _Found(name, note=_went_on(failure))
    try:
        outage = stopping.stopped(folder, stopping.StopPlace(name, place.row, place.column))
    except UsageProblem as problem:
        return _Found(name, note=str(problem))
    return _Found(
        name, outage, " ".join(filter(None, (place.doubt, _whose(failure, folder, outage))))
    )


def _as_the_log_says(folder: Folder, failure: Failure, paths: tuple[str, ...]) -> Folder:
    """The folder as the runner reads it whose log this is, where its files are no runner's in particular and
    nobody has named one."""
    from idemlint import runners

    if not _is_unclaimed(folder) or failure.runner in {"", runners.FALLBACK}:
        return folder
    read = _folder(paths, failure.runner)
    return read if read is not None and any(each.files for each in read) else folder


def _is_unclaimed(folder: Folder) -> bool:
    """Whether nothing here says whose these files are."""
    from idemlint import runners

    return all(settings.runner == "auto" for settings, _, _ in folder.parts()) and all(
        each.profile.name == runners.FALLBACK for each in folder
    )


def _whose(failure: Failure, folder: Folder, outage: Outage) -> str:
    """A word where the log is another runner's than the files, or nobody's."""
    from idemlint import runners

    if not failure.runner and _is_unclaimed(folder):
        return (
            "Neither the log nor the folder says which runner it was. This is what stays with"
            f' {outage.title}: `runner = "NAME"` in idemlint.toml says another.'
        )
    if failure.runner in {"", runners.FALLBACK}:
        return ""
    families = {
        each.family or each.name for each in map(runners.get, (failure.runner, outage.runner))
    }
    if len(families) == 1:
        return ""
    return (
        f"The log is that of {runners.get(failure.runner).title}, and these files are taken for those of"
        f' {outage.title}: what stays hangs on it. `runner = "{failure.runner}"` in idemlint.toml says'
        " whose they are."
    )


def _went_on(failure: Failure) -> str:
    from idemlint import runners

    return (
        f"{runners.get(failure.runner).title} did not stop there: line {failure.went_on} of the log has an"
        " error of a later line of the same file. All of the file ran; what the log has no error of stays,"
        " but for what a transaction of the file's own took back."
    )


def _named(failure: Failure, paths: tuple[str, ...]) -> _Found:
    """The file that a log names, where nothing of it has run."""
    if not failure.file or (folder := _folder(paths)) is None:
        return _Found()
    names = {name for _, name in stopping.matching(folder, failure.file)}
    return _Found(names.pop()) if len(names) == 1 else _Found()


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
    doubt: str = ""


_BY_NAMES: Final = (
    "The log does not say which statement it was: this one has the names of its message."
)
_BY_ROW: Final = (
    "The log says line {}, but not from where it counts: look whether the statement is the one that it"
    " means."
)


def _folder(paths: tuple[str, ...], runner: str | None = None) -> Folder | None:
    """The migrations to look in; whose they are, where that is said."""
    from idemlint.cli.options import Shared
    from idemlint.cli.session import open_session

    try:
        session = open_session(Shared(paths=paths, runner=runner, quiet=True))
    except UsageProblem:
        if paths:
            raise
        session = open_session(Shared(paths=(os.curdir,), runner=runner, quiet=True))
    if not session.paths:
        return None
    return session.open()


def _place(sequence: Sequence, name: str, failure: Failure, *, sure: bool) -> _At | None:
    """Where in a file the log means: by its line, by the statement's number, by its text, and in a file that
    is `sure` by the names in the message."""
    if name not in sequence.files:
        return None
    try:
        rows = [each for each in sequence.report(name).statements if each.section == "up"]
    except UsageProblem:
        return None
    counted = _by_rows(sequence, name, rows, failure, sure=sure)
    if counted is not None:
        return counted
    if sure and failure.index is not None and failure.index < len(rows):
        return _at(sequence, name, rows[failure.index])
    wanted = _flat(failure.statement)
    if wanted:
        same = [each for each in rows if _is_same(_flat(each.beginning), wanted)]
        if len(same) == 1:
            return _at(sequence, name, same[0])
    is_all_of_it = bool(rows) and all(_flat(each.beginning)[:200] in wanted for each in rows)
    if not sure and not is_all_of_it:
        return None
    named = _by_names(rows, failure)
    return _at(sequence, name, named)._replace(doubt=_BY_NAMES) if named is not None else None


def _by_rows(
    sequence: Sequence, name: str, rows: list[StatementRow], failure: Failure, *, sure: bool
) -> _At | None:
    """The row that a log tells, or that of the line that it shows: of a file that is not `sure`, that line
    only."""
    if failure.row is None and not failure.excerpt:
        return None
    data = sequence.judged(name).data
    places = rows_of(data.decode("utf-8", "replace"), failure, _blocks(sequence, data))
    if not sure and not (failure.excerpt or failure.rows == "text"):
        return None
    if len(places) != 1:
        return None
    (row,) = places
    if failure.rows == "unknown":
        return _agreed(row, rows, failure)
    is_counted = failure.row is not None and failure.rows in {"file", "block"}
    return _At(row, failure.column if is_counted else None)


def _agreed(row: int, rows: list[StatementRow], failure: Failure) -> _At | None:
    """A row of which is not known where it counts from: the names of the message must be in its statement."""
    at = next((each for each in reversed(rows) if each.row <= row), None)
    if at is None or not names_of(failure.message):
        return None if at is None else _At(row, doubt=_BY_ROW.format(row))
    named = [each for each in rows if _has_names(each, failure)]
    if at not in named:
        return None
    return _At(row, doubt="" if len(named) == 1 else _BY_ROW.format(row))


def _blocks(sequence: Sequence, data: bytes) -> list[tuple[int, int]]:
    """The first and the last row of each block that a deploy sends, its marker line included."""
    from idemlint.source.positions import Lines

    lines = Lines(data)
    return [
        (lines.row(max(part.span.start - 1, 0)), lines.row(max(part.span.end - 1, 0)))
        for part in sequence.profile.parts(data)
        if part.section == "up"
    ]


def _is_same(own: str, wanted: str) -> bool:
    """Whether one of two texts, of which either may be cut, is the other one's beginning."""
    if len(own) < 200:
        return own == wanted or (len(wanted) >= 20 and own.startswith(wanted))
    shorter = min(len(own), len(wanted)) - 2
    return shorter >= 20 and own[:shorter] == wanted[:shorter]


def _by_names(rows: list[StatementRow], failure: Failure) -> StatementRow | None:
    """The statement that a message is about: all names that it quotes are in it, and where a rerun would
    raise that very error, that counts."""
    if not names_of(failure.message):
        return None
    named = [each for each in rows if _has_names(each, failure)]
    same = [each for each in named if each.sqlstate == failure.sqlstate]
    return next(iter(same or named), None)


def _has_names(row: StatementRow, failure: Failure) -> bool:
    return all(name in row.beginning for name in names_of(failure.message))


def _at(sequence: Sequence, name: str, row: StatementRow) -> _At:
    from idemlint.source.positions import Lines

    position = Lines(sequence.judged(name).data).position(row.start)
    return _At(position.row, position.column)


def _flat(text: str) -> str:
    return " ".join(text.split()).rstrip("; ")
