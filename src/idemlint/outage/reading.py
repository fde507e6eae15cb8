"""The failure that a pasted log tells: the first one, for what follows is its consequence."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.outage.known_errors import said_in
from idemlint.outage.logs import lines_of
from idemlint.outage.wording import WORDINGS, Wording
from idemlint.postgres.error_texts import sqlstate_of
from idemlint.postgres.sqlstates import condition_name, sqlstates
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

#: A line that may be looked at has one of these, in lower case. All of a log's lines are asked: words are
#: found a hundred times as fast as patterns.
_MAYBE: Final = (
    *("error", "fatal", "panic", "fail", "exception", "pq: ", "pg::", "sqlstate", "sql state"),
    *("p30", "dirty", "cannot", "could not", "can't", "mismatch", "already exists", "violates"),
    *("does not exist", "denied", "lock timeout", "not found", "modified", "pending", "checksum"),
    *("check sum", "multiple head", "preceding", "non-empty", "not empty", "different than"),
    *("inserted before", "psql:", "aborted", "hashes"),
)
#: One of these stands in every line that has an SQLSTATE.
_CODED: Final = (
    *("SQLSTATE", "SQL State", "SqlState", "Database error code", "ERROR:", "FATAL:"),
    *("PostgresException", "code", "sqlState", "PG::", "psycopg", "asyncpg"),
)
#: A driver prints the SQLSTATE so many lines below its message, at most.
_CODE_BELOW: Final = 39
_HARMLESS: Final = re.compile(
    r"\b(?:NOTICE|WARNING|INFO|DEBUG|LOG):|, skipping\b|severity['\"]?: ?['\"](?:NOTICE|WARNING)"
)
_SEVERITY: Final = re.compile(r"severity(?:_local)?['\"]?: ?['\"]?(?:NOTICE|WARNING|INFO)")
#: How drivers and servers begin a message.
_SAYS: Final = re.compile(
    r"(?:\b(?:ERROR|FATAL|PANIC): +(?:[0-9A-Z]{5}: )?"
    r"|\b(?:Postgres|Database|Query|Migration|Programming|Operational|Integrity)?[eE]rror: "
    r"|\bpq: |\bPG::\w+: ERROR: +"
    r"|\(?(?:psycopg2?|asyncpg)(?:\.\w+)*\.\w+\)?:? |\b\d[0-9A-Z]{4}: )"
    r"(?P<message>\S.*)"
)
_CODES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"SQLSTATE[ :=\[(]*(?P<code>[0-9A-Z]{5})\b",
        r"SQL State\s*: (?P<code>[0-9A-Z]{5})\b",
        r"SqlState\(E?(?P<code>[0-9A-Z]{5})\)",
        r"Database error code: (?P<code>[0-9A-Z]{5})\b",
        r"\b(?:ERROR|FATAL):  ?(?P<code>[0-9A-Z]{5}): ",
        r"PostgresException[^:]*: (?P<code>[0-9A-Z]{5}): ",
        r"(?<![\w])['\"]?(?:code|sqlState|pgcode|status_code)['\"]?: ?Some\(?\"?(?P<code>[0-9A-Z]{5})\b",
        r"(?<![\w])['\"]?(?:code|sqlState|pgcode|status_code)['\"]?: ?['\"](?P<code>[0-9A-Z]{5})['\"]",
    )
)
_CLASSES: Final = re.compile(
    r"(?:PG::|(?:psycopg2?\.errors|asyncpg\.exceptions|asyncpg)\.)(?P<name>[A-Z]\w+?)(?:Error)?\b(?!\.)"
)
_NEXT: Final = frozenset({"file", "row", "column", "index", "statement", "message"})


class Failure(NamedTuple):
    """What a log says of a migration that failed; empty, and `None`, where it says nothing.

    `runner` is a profile's name, `own` the runner's own error, `line` and `number` the log's line that has
    the error (from 1). `file` is a path, a name or a version; `row` and `column` are in it, `index` counts
    its statements from 0, `statement` is its text or the beginning of it. `errors` is how many different
    errors of the server's the log has.
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
    errors: int = 1


def read(data: bytes) -> Failure | None:
    """The first failure in a log; `None` where nothing in it is known to be one."""
    log = _Log(lines_of(data))
    found: Failure | None = None
    others: set[str] = set()
    for place, line in enumerate(log.lines):
        lower = line.lower()
        if not any(word in lower for word in _MAYBE) or _HARMLESS.search(line) is not None:
            continue
        if found is not None:
            said = _said(line)
            if said is not None and sqlstate_of(said["message"]):
                others.add(said["message"].strip())
            continue
        own = said_in(line)
        sqlstate, message = log.server(place)
        if own is None and not sqlstate:
            continue
        found = _failure(log, place, own, sqlstate, message)
    return found._replace(errors=len(others | {found.message})) if found is not None else None


class _Log:
    """The lines of a log, and what the server says in them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self._codes: dict[int, str] | None = None
        self._coded: list[int] = []

    def server(self, place: int) -> tuple[str, str]:
        """The SQLSTATE and the message of the server's error in a line; both empty where it has none."""
        line = self.lines[place]
        said = _said(line)
        message = said["message"].strip() if said is not None else line.strip()
        code = _code_in(line) if self._codes is None else self._codes.get(place, "")
        if not code:
            code = sqlstate_of(message) or ""
            if code and said is None and _is_notice(self.lines, place):
                return "", ""
        if not code and said is not None:
            code = self._code_below(place)
        return (code, message) if code and condition_name(code) else ("", "")

    def _code_below(self, place: int) -> str:
        """The next SQLSTATE that a line below has, where one is near."""
        if self._codes is None:
            found = ((at, _code_in(line)) for at, line in enumerate(self.lines))
            self._codes = {at: code for at, code in found if code}
            self._coded = list(self._codes)
        next_one = bisect_right(self._coded, place)
        if next_one == len(self._coded) or self._coded[next_one] > place + _CODE_BELOW:
            return ""
        return self._codes[self._coded[next_one]]


def _said(line: str) -> re.Match[str] | None:
    if ": " not in line and "psycopg" not in line and "asyncpg" not in line:
        return None
    return _SAYS.search(line)


def _is_notice(lines: Sequence[str], place: int) -> bool:
    return any(_SEVERITY.search(each) for each in lines[max(place - 4, 0) : place + 3])


def _code_in(line: str) -> str:
    if not any(word in line for word in _CODED):
        return ""
    for pattern in _CODES:
        match = pattern.search(line)
        if match is not None and condition_name(match["code"]):
            return match["code"]
    match = _CLASSES.search(line)
    if match is not None:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", match["name"]).lower()
        return next(iter(sqlstates(name)), "")
    return ""


def _failure(log: _Log, place: int, own: OwnError | None, sqlstate: str, message: str) -> Failure:
    lines = log.lines
    around = "\n".join(lines[max(place - _BEFORE, 0) : place + _BEHIND])
    wording = _spoken(lines, place, own, around)
    told: dict[str, str] = {}
    if wording is not None:
        told = _told(wording, around)
        if "file" not in told:
            told |= _running(wording, lines, place)
    if own is not None and not sqlstate and not own.is_late:
        # The runner's words come first, and the server's below them.
        for below in range(place + 1, min(place + 25, len(lines))):
            sqlstate, message = log.server(below)
            if sqlstate:
                break
    if "message" in told and sqlstate_of(told["message"]) in (sqlstate, None):
        message = told["message"]
    return Failure(
        place + 1,
        lines[place].strip(),
        wording.runner if wording is not None else own.runner if own is not None else "",
        own,
        sqlstate,
        message.strip(),
        told.get("file", ""),
        _number(told.get("row")),
        _number(told.get("column")),
        _number(told.get("index")),
        _unescaped(told.get("statement", "")),
    )


def _number(text: str | None) -> int | None:
    return int(text[:9]) if text else None


def _unescaped(statement: str) -> str:
    """A statement as it was, where the log has it between quotes."""
    if "\\" in statement and "\n" not in statement:
        words = {"n": "\n", "t": "\t", "r": "\r"}
        return re.sub(r"\\(.)", lambda match: words.get(match[1], match[1]), statement).strip()
    return statement.strip()


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
