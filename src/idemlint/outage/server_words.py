"""What the server says in the lines of a log: its message, and the SQLSTATE, which may stand far below.

How drivers print them: psql and libpq, lib/pq (error.go), jackc/pgx (pgconn/errors.go), rust-postgres
(tokio-postgres: src/error/mod.rs), sqlx (sqlx-postgres/src/error.rs), npgsql/npgsql
(src/Npgsql/PostgresException.cs), Flyway's block (internal/util/ExceptionUtils.java), Prisma's, Hasura's and
graphile-migrate's (see `wording`), node-postgres (measured); [unverified] psycopg, asyncpg and Ruby's pg.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.outage.logs import MILD, SEVERE
from idemlint.postgres.error_texts import sqlstate_of
from idemlint.postgres.sqlstates import condition_name, sqlstates

if TYPE_CHECKING:
    from collections.abc import Sequence

#: One of these stands in every line that has an SQLSTATE.
_CODED: Final = (
    *("SQLSTATE", "SQL State", "SqlState", "Database error code", "ERROR:", "FATAL:"),
    *("PostgresException", "code", "sqlState", "PG::", "psycopg", "asyncpg", "pq: ", "FatalError"),
    *("Code:", ".sql: ", "Message: "),
)
#: A driver prints the SQLSTATE so many lines below its message, at most.
_CODE_BELOW: Final = 39
#: A line that is about no error, whatever else it says.
HARMLESS: Final = re.compile(
    rf"(?<!\w)(?:{MILD}):|, skipping\b|severity['\"]?: ?['\"](?:NOTICE|WARNING)"
)
_SEVERITY: Final = re.compile(r"severity(?:_local)?['\"]?: ?['\"]?(?:NOTICE|WARNING|INFO)")
#: How drivers and servers begin a message.
_SAYS: Final = re.compile(
    rf"(?:(?<!\w)(?:{SEVERE}): +(?:[0-9A-Z]{{5}}: )?"
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
        r"(?:PostgresException[^:]*|\.sql|Message): (?P<code>[0-9A-Z]{5}): ",
        r"\bpq: .*?\((?P<code>[0-9A-Z]{5})\)",
        r"\[(?P<code>[0-9A-Z]{5})\] FatalError: ",
        r"\bCode:\s+(?P<code>[0-9A-Z]{5})\s*$",
        r"(?<![\w])['\"]?(?:code|sqlState|pgcode|status_code)['\"]?: ?Some\(?\"?(?P<code>[0-9A-Z]{5})\b",
        r"(?<![\w])['\"]?(?:code|sqlState|pgcode|status_code)['\"]?: ?['\"](?P<code>[0-9A-Z]{5})['\"]",
    )
)
_CLASSES: Final = re.compile(
    r"(?:PG::|(?:psycopg2?\.errors|asyncpg\.exceptions|asyncpg)\.)(?P<name>[A-Z]\w+?)(?:Error)?\b(?!\.)"
)
#: What drivers add to a message.
_ADDED: Final = re.compile(
    r"(?: at (?:position \d+:\d+|column \d+))?(?: \((?:SQLSTATE )?[0-9A-Z]{5}\))$"
)


class Log:
    """The lines of a log with their numbers, and what the server says in them."""

    def __init__(self, lines: list[str], numbers: list[int]) -> None:
        self.lines = lines
        self.numbers = numbers
        self._codes: dict[int, str] | None = None
        self._coded: list[int] = []

    def server(self, place: int, *, below: bool = True) -> tuple[str, str]:
        """The SQLSTATE and the message of the server's error in a line; both empty where it has none. The
        SQLSTATE may stand `below` it."""
        line = self.lines[place]
        said = said_by_server(line)
        message = said["message"].strip() if said is not None else line.strip()
        code = _code_in(line) if self._codes is None else self._codes.get(place, "")
        if not code:
            code = sqlstate_of(message) or ""
            if code and said is None and _is_notice(self.lines, place):
                return "", ""
        if below and not code and said is not None:
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


def said_by_server(line: str) -> re.Match[str] | None:
    """Where in a line a driver or a server begins a `message`."""
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


def bare_message(message: str) -> str:
    """A message without what drivers add."""
    return _ADDED.sub("", message.strip())
