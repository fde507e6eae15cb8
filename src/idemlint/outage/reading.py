"""The failure that a pasted log tells: the first one, for what follows is its consequence."""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from idemlint.outage.known_errors import needles, said_in
from idemlint.outage.logs import lines_of
from idemlint.outage.server_words import HARMLESS, Log, bare_message, said_by_server
from idemlint.outage.wording import WORDINGS, Rows, Wording
from idemlint.postgres.error_texts import sqlstate_of
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from idemlint.outage.own_errors import OwnError

#: Lines around the one that has the error: what belongs to one message, and where the run was before it.
_BEFORE: Final = 14
_BEHIND: Final = 60
_RUN: Final = 2_000
#: Where a runner says which one it is may stand far from the error, but not so far.
_SPOKEN: Final = 400

#: How far below a runner's words the server's may stand.
_BELOW: Final = 25
#: So many lines that look like a runner's word on a failure are looked at closely.
_CLOSELY: Final = 200

#: A line that may be looked at has one of these, in lower case, or a word of a runner's own error. All of a
#: log's lines are asked: words are found a hundred times as fast as patterns.
_MAYBE: Final = (
    *("error", "fatal", "panic", "fail", "exception", "pq: ", "pg::", "sqlstate", "sql state"),
    *("p30", "dirty", "cannot", "could not", "can't", "mismatch", "already exists", "violates"),
    *("does not exist", "denied", "lock timeout", "not found", "modified", "pending", "checksum"),
    *("check sum", "multiple head", "preceding", "non-empty", "not empty", "different than"),
    *("inserted before", "psql:", "aborted", "hashes", "unable", "message: "),
    *("fehler", "erreur", "errore", "ошибка", "важно", "помилка", "фатально", "შეცდომა"),
    *("ფატალური", "오류", "错误", "fel:", '"status_code": "', ".sql: "),
)
_NEXT: Final = frozenset({"file", "row", "column", "index", "statement", "excerpt", "message"})
#: How libpq's clients show the line with the error.
_SHOWN: Final = re.compile(r"^\s*LINE \d+: (?P<excerpt>\S.*)")
#: How a server logs the statement, in the languages that it speaks (see `logs`).
_LOGGED: Final = re.compile(
    r"(?<!\w)(?:STATEMENT|ANWEISUNG|SENTENCIA|INSTRUCTION ?|ISTRUZIONE|文|ოპერატორი|명령 구문|ОПЕРАТОР|SATS"
    r"|ІНСТРУКЦІЯ|语句):  (?P<statement>\S.*)"
)
#: The server was not there yet, or not to be reached: a run that waits for it goes on.
_PASSING: Final = frozenset({"08001", "57P03"})


class Failure(NamedTuple):
    """What a log says of a migration that failed; empty, and `None`, where it says nothing.

    `runner` is a profile's name, `own` the runner's own error, `line` and `number` the log's line that has
    the error (from 1). `file` is a path, a name or a version; `row` and `column` are in it, or in what `rows`
    says, `index` counts its statements from 0, `statement` is its text or the beginning of it, `excerpt` the
    line of it with the error. `errors` is how many different errors of the server's the log has. `through` is
    a line behind the failure, with its number, that says that a run went through; `went_on` the number of one
    that shows that the runner did not stop at the failure.
    """

    number: int
    line: str
    runner: str = ""
    own: OwnError | None = None
    sqlstate: str = ""
    message: str = ""
    file: str = ""
    row: int | None = None
    column: int | None = None
    index: int | None = None  # type: ignore[assignment]
    statement: str = ""
    excerpt: str = ""
    rows: Rows = "file"
    errors: int = 1
    through: tuple[int, str] | None = None
    went_on: int | None = None


class _Seen(NamedTuple):
    """A line that tells a failure."""

    place: int
    own: OwnError | None
    sqlstate: str
    message: str


def read(data: bytes) -> Failure | None:
    """The first failure in a log; `None` where nothing in it is known to be one."""
    log = Log(*lines_of(data))
    found: Failure | None = None
    others: set[str] = set()
    # What may pass by itself, and what only a runner's words call a failure, count where nothing else is.
    passing: _Seen | None = None
    unnamed: Failure | None = None
    closely = 0
    for place, line in enumerate(log.lines):
        if not _may_be(line.lower()) or HARMLESS.search(line) is not None:
            continue
        if found is not None:
            said = said_by_server(line)
            if said is not None and sqlstate_of(said["message"]):
                others.add(bare_message(said["message"]))
            continue
        seen = _seen(log, place)
        if seen is None:
            if unnamed is None and closely < _CLOSELY:
                closely += 1
                unnamed = _unnamed(log, place)
        elif _is_passing(seen):
            passing = passing or seen
        else:
            found = _failure(log, *seen)
    if found is None:
        found = unnamed or (_failure(log, *passing) if passing is not None else None)
    if found is None:
        return None
    return found._replace(
        errors=len(others | {found.message}),
        through=_through(log, found),
        went_on=_went_on(log, found),
    )


class LastWord(NamedTuple):
    """The last line that says something of a migration: that a run went `through`, or at which one it is."""

    number: int
    line: str
    through: bool


def last_word(data: bytes) -> LastWord | None:
    """What a log without a failure says last of a migration; `None` where it says nothing of any."""
    log = Log(*lines_of(data))
    for place in reversed(range(max(len(log.lines) - _RUN, 0), len(log.lines))):
        line = log.lines[place]
        for each in WORDINGS:
            through = bool(each.through) and re.search(each.through, line) is not None
            if not through and not (each.running and re.search(each.running, line)):
                continue
            if _distance(each, log.lines, place, range(max(place - _SPOKEN, 0), place + 1)) < _RUN:
                return LastWord(log.numbers[place], line.strip(), through)
    return None


@cache
def _words() -> tuple[str, ...]:
    more = (each for each in needles() if not any(word in each for word in _MAYBE))
    return (*_MAYBE, *more)


def _may_be(lower: str) -> bool:
    for word in _words():  # noqa: SIM110
        if word in lower:
            return True
    return False


def _seen(log: Log, place: int) -> _Seen | None:
    own = said_in(log.lines[place])
    # A server that is asked nothing says nothing: what stands below is about something else.
    sqlstate, message = log.server(place, below=own is None or own.ran)
    if own is not None and own.is_passing and sqlstate:
        own = None  # the server has answered, and says more
    return _Seen(place, own, sqlstate, message) if own is not None or sqlstate else None


def _is_passing(seen: _Seen) -> bool:
    return seen.own.is_passing if seen.own is not None else seen.sqlstate in _PASSING


def _through(log: Log, failure: Failure) -> tuple[int, str] | None:
    """A line behind the failure that says that a run went through."""
    said = [each.through for each in WORDINGS if each.through and each.runner == failure.runner]
    if not said:
        return None
    pattern = re.compile("|".join(said))
    behind = _behind(log, failure)
    return next(((n, line.strip()) for n, line in behind if pattern.search(line)), None)


def _went_on(log: Log, failure: Failure) -> int | None:
    """A line behind the failure with an error of a later row of the same file."""
    wording = next((w for w in WORDINGS if w.goes_on and w.runner == failure.runner), None)
    if failure.row is None or wording is None:
        return None
    for number, line in _behind(log, failure):
        match = re.search(wording.says[0], line) if failure.file in line else None
        if match is not None and match["file"] == failure.file and int(match["row"]) > failure.row:
            return number
    return None


def _behind(log: Log, failure: Failure) -> Iterator[tuple[int, str]]:
    """The lines behind the failure, with their numbers."""
    lines = zip(log.numbers, log.lines, strict=True)
    return ((number, line) for number, line in lines if number > failure.number)


def _unnamed(log: Log, place: int) -> Failure | None:
    """A failure that a runner's own words tell, or a server's log with the statement below, and whose message
    is none of those known here: it may be in another language, or an extension's."""
    line = log.lines[place]
    said = said_by_server(line)
    message = said["message"] if said is not None else ""
    around = _around(log.lines, place)
    for wording in WORDINGS:
        for says in wording.says:
            match = re.search(says, line)
            if (
                match is not None
                and match.groupdict().keys() & {"file", "message"}
                and re.search(wording.speaks, around, re.MULTILINE) is not None
            ):
                return _failure(log, place, None, "", message)
    if message and _logged(log.lines, place):
        return _failure(log, place, None, "", message)
    return None


def _around(lines: Sequence[str], place: int) -> str:
    """The lines that may belong to one message."""
    return "\n".join(lines[max(place - _BEFORE, 0) : place + _BEHIND])


def _failure(log: Log, place: int, own: OwnError | None, sqlstate: str, message: str) -> Failure:
    lines = log.lines
    if own is not None and own.is_general:
        own = _closer(lines, place, own)
    around = _around(lines, place)
    wording = _spoken(lines, place, own, around)
    told: dict[str, str] = {}
    if wording is not None:
        told = _told(wording, around)
        if "file" not in told:
            told |= _running(wording, lines, place)
    if own is not None and own.ran and not sqlstate and not own.is_late:
        # The runner's words come first, and the server's below them.
        for below in range(place + 1, min(place + _BELOW, len(lines))):
            sqlstate, message = log.server(below)
            if sqlstate:
                break
    said = _unescaped(told.get("message", ""))
    if said and sqlstate_of(said) in (sqlstate or None, None):
        message = said
    return Failure(
        log.numbers[place],
        lines[place].strip(),
        wording.runner if wording is not None else own.runner if own is not None else "",
        own,
        sqlstate,
        bare_message(message),
        told.get("file", ""),
        _number(told.get("row")),
        _number(told.get("column")),
        _number(told.get("index")),
        _unescaped(told.get("statement", "")) or _logged(lines, place),
        told.get("excerpt", "") or _shown(lines, place),
        wording.rows if wording is not None else "file",
    )


def _closer(lines: Sequence[str], place: int, own: OwnError) -> OwnError:
    """What one of the lines below says more exactly."""
    for below in lines[place + 1 : place + _BELOW]:
        said = said_in(below)
        if said is not None and said.runner == own.runner and not said.is_general:
            return said
    return own


def _logged(lines: Sequence[str], place: int) -> str:
    """The statement that a server's log has below a message."""
    for below in range(place + 1, min(place + 5, len(lines))):
        match = _LOGGED.search(lines[below])
        if match is not None:
            more = takewhile(lambda line: line.startswith("\t"), lines[below + 1 : below + _BEHIND])
            return "\n".join((match["statement"], *more))
    return ""


def _shown(lines: Sequence[str], place: int) -> str:
    """The line of the statement that libpq's clients print below a message."""
    for below in lines[place + 1 : place + 8]:
        match = _SHOWN.match(below)
        if match is not None:
            return match["excerpt"]
    return ""


def _number(text: str | None) -> int | None:
    return int(text[:9]) if text else None


def _unescaped(text: str) -> str:
    """A statement, or a message, as it was, where the log has it between quotes."""
    if "\\" in text and "\n" not in text:
        words = {"n": "\n", "t": "\t", "r": "\r"}
        return re.sub(r"\\(.)", lambda match: words.get(match[1], match[1]), text).strip()
    # What stands before it counts where a row is one of this text.
    return text.rstrip()


def _spoken(lines: Sequence[str], place: int, own: OwnError | None, around: str) -> Wording | None:
    """Whose log it is: who says its words at the error, else who says them nearest to it."""
    if own is not None:
        mine = next((each for each in WORDINGS if each.runner == own.runner), None)
        if mine is not None:
            return mine
    near = [
        each
        for each in WORDINGS
        if re.search(each.speaks, around, re.MULTILINE)
        and any(re.search(says, around, re.MULTILINE | re.DOTALL) for says in each.says)
    ]
    if near:
        return near[0]
    span = range(max(place - _SPOKEN, 0), min(place + _BEHIND, len(lines)))
    text = "\n".join(lines[each] for each in span)
    spoken = [each for each in WORDINGS if re.search(each.speaks, text, re.MULTILINE)]
    if not spoken:
        return None
    return min(spoken, key=lambda each: _distance(each, lines, place, span))


def _distance(wording: Wording, lines: Sequence[str], place: int, span: range) -> int:
    pattern = re.compile(wording.speaks)
    return min((abs(each - place) for each in span if pattern.search(lines[each])), default=_RUN)


def _told(wording: Wording, around: str) -> dict[str, str]:
    """What the messages say, the first of each."""
    told: dict[str, str] = {}
    for says in wording.says:
        match = re.search(says, around, re.MULTILINE | re.DOTALL)
        if match is not None:
            for name, value in match.groupdict().items():
                if name in _NEXT and value and name not in told:
                    told[name] = value
    return told


def _running(wording: Wording, lines: Sequence[str], place: int) -> Mapping[str, str]:
    """The migration that the runner was at."""
    if not wording.running:
        return {}
    pattern = re.compile(wording.running)
    for each in _back(lines, place):
        match = pattern.search(each)
        if match is not None:
            # A line that says what is done does not say what is being done.
            return {"file": match["file"]} if "file" in match.groupdict() else {}
    return {}


def _back(lines: Sequence[str], place: int) -> Iterator[str]:
    for each in range(place, max(place - _RUN, -1), -1):
        yield lines[each]
