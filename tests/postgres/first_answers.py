"""What a server does with a folder's statements on an empty database, and of which that says nothing.

Every statement is a message of its own in autocommit, in the folder's order, and the run goes on
after errors: a statement that failed is not done. A server without the platform's extensions, roles
and schemas fails statements that run where they belong (`outside`); a few errors are no question of
what is there (`not comparable`). What would have been made there is missing on the server alone, so
that all statements that name it are left out, and what those would have made in turn (`behind`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import psycopg

from .rerun import bare, execute_kept
from .truth import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .comparison import Migration, Verdict
    from .server import Database

Cause = Literal["outside", "not comparable", "left out"]

# What depends on the runner's transactions, on rows, or on what the statement itself raises; and what
# says nothing of the statement (timeouts, a session that ended).
NOT_COMPARABLE = re.compile(r"25001|55P04|25P0[12]|P0001|55P03|(?:23|57|53|08|XX)...")
# `type "citext" does not exist`, `function uuid_generate_v4() does not exist`, `operator does not
# exist: text <-> text`; of what stands inside a table the table is told, and is at hand.
MISSING = re.compile(
    r"(?P<kind>[a-z][a-z -]*?) (?P<name>\"[^\"]+\"|[^\s(\"]+)(?:\(.*\))?"
    r"(?: with argument list .*| of type .*| for (?:access method|encoding) .*)? does not exist"
)
NO_OPERATOR = re.compile(r"operator(?: class)? .*does not exist")
NO_FILE = re.compile(
    r"could not (?:open extension control file|access file|load library)|extension .* is not available"
    r"|unrecognized configuration parameter|unacceptable schema name"
)
INSIDE = frozenset({"column", "constraint", "trigger", "policy", "rule", "key", "savepoint"})
MADE = re.compile(
    r"\b(?:create\s+(?:(?:or|replace|global|local|temp|temporary|unlogged|materialized|recursive|unique"
    r"|trusted|procedural|default|text|search|event|foreign|access|constraint)\s+)*"
    r"(?:table|view|index|type|domain|sequence|schema|function|procedure|aggregate|role|user|group"
    r"|collation|publication|server|operator|configuration|dictionary|language|method|conversion)"
    r"|rename\s+to)\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?"
    r'((?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))*)',
    re.IGNORECASE,
)
RENAMED = re.compile(
    r'\balter\b(?!.*\brename\s+(?:column|constraint)\b).*\brename\s+to\s+("[^"]+"|\w+)', re.I | re.S
)
MAKES = re.compile(r"create|alter|do|with|select|import|call", re.IGNORECASE)
# What leaves nothing that a later statement could miss.
MAKES_NOTHING = re.compile(
    r"(?:grant|revoke|comment|insert|update|delete|merge|select|copy|set|reset|analyze|refresh|truncate"
    r"|security|lock|notify|begin|commit|rollback|alter\s+default|drop\s+extension|create\s+extension)\b"
    r"|alter\s[^;]*\b(?:owner\s+to|row\s+level\s+security|cluster\s+on)\b[^,]*\Z",
    re.IGNORECASE,
)
# What is made on a table, and is nothing that statements about the table need.
ON_TABLE = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:index|trigger|policy|rule)", re.I
)
# What is used by its bare name anywhere: no word says that it follows.
USED_BARE = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:type|domain|function|procedure|aggregate|schema)\b", re.I
)
# A block that goes on where something fails in it, and that wants what this server has not.
HIDES = re.compile(r"do\b.*\bexception\s+when\b", re.IGNORECASE | re.DOTALL)
WANTS = re.compile(r"\bcreate\s+extension\b", re.IGNORECASE)
# COMMENT ON COLUMN t.c and OWNED BY t.c name a table before the last dot.
TABLE_OF_COLUMN = re.compile(
    r'\b(?:column|owned\s+by)\s+(?:\w+\.|"[^"]+"\.)*?(\w+|"[^"]+")\.(?:\w+|"[^"]+")(?![\w.])', re.I
)
WORDS = re.compile(r'"([^"]+)"|(\w+)')


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server did with one statement: the SQLSTATE and words of its error, None where it ran."""

    sqlstate: str | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why an answer says nothing of idemlint's; `behind` where it was another statement's failure."""

    cause: Cause
    behind: bool = False


def answers(database: Database, migrations: Iterable[Migration]) -> Iterator[list[Answer | None]]:
    """Run all statements, each file in a session of its own; give each file's answers.

    None is the answer of a statement that starts programs, and was not run.
    """
    for migration in migrations:
        yield answers_of_file(database, migration.verdicts)


def answers_of_file(database: Database, verdicts: Sequence[Verdict]) -> list[Answer | None]:
    """Run a file's statements in a new session."""
    given: list[Answer | None] = []
    connection = database.connect()
    try:
        for verdict in verdicts:
            if verdict.runs_programs:
                given.append(None)
                continue
            try:
                sqlstate = execute_kept(connection, verdict.text, verdict.copy_data)
            except psycopg.OperationalError as error:
                connection.close()
                connection = database.connect()
                given.append(Answer("57P01", str(error)))
                continue
            given.append(Answer(sqlstate, "" if sqlstate is None else connection.said))
    finally:
        connection.close()
    return given


def left_out(texts: Sequence[str], given: Sequence[Answer | None]) -> list[LeftOut | None]:
    """Tell for each statement of a folder why its answer is not compared; None where it is."""
    made = _made(texts)
    gone: dict[str, Cause] = {}
    bare_names: set[str] = set()
    left: list[LeftOut | None] = []
    for text, answer in zip(texts, given, strict=True):
        reason = _behind(text, gone, bare_names) or _own(text, answer, made)
        left.append(reason)
        if answer is not None and answer.sqlstate is None:
            # Whether it did what it should, nobody can tell.
            hidden = HIDES.match(bare(text)) and (reason is not None or WANTS.search(text))
            reason = (reason or LeftOut("outside")) if hidden else None
        if reason is None:
            continue
        for name in _would_make(text, answer):
            gone.setdefault(name, reason.cause)
            if USED_BARE.match(bare(text)):
                bare_names.add(name)
    return left


def _own(text: str, answer: Answer | None, made: frozenset[str]) -> LeftOut | None:
    if answer is None:
        return LeftOut("left out")
    if answer.sqlstate is None:
        return None
    if NOT_COMPARABLE.fullmatch(answer.sqlstate):
        return LeftOut("not comparable")
    if re.match(r"create\s+extension\b", bare(text), re.IGNORECASE):
        return LeftOut("outside")
    return LeftOut("outside") if _nobody_makes(answer.message, made) else None


def _nobody_makes(message: str, made: frozenset[str]) -> bool:
    if NO_FILE.search(message) or NO_OPERATOR.match(message):
        return True
    found = MISSING.fullmatch(message)
    if found is None or found["kind"] in INSIDE:
        return False
    *schema, name = found["name"].strip('"').split(".")
    if schema and schema[-1] != "public" and schema[-1] not in made:
        return True
    return name.removesuffix("[]") not in made


def _made(texts: Iterable[str]) -> frozenset[str]:
    """Return all names that statements of the folder may make, wherever in them that is said."""
    return frozenset(
        part
        for text in texts
        if MAKES.match(bare(text))
        for name in MADE.findall(text)
        for part in [_folded(name.split(".")[-1].strip())]
    )


def _folded(name: str) -> str:
    """Return a name as the server has it: as it is where it is quoted, else in lower case."""
    return name.strip('"') if name.startswith('"') else name.lower()


def _behind(text: str, gone: dict[str, Cause], bare_names: set[str]) -> LeftOut | None:
    if not gone:
        return None
    names = names_in(text)
    names += [name.strip('"').lower() for name in TABLE_OF_COLUMN.findall(text)]
    if bare_names:
        words = {(quoted or word).lower() for quoted, word in WORDS.findall(text)}
        names += sorted(words & bare_names)
    return next((LeftOut(gone[name], True) for name in names if name in gone), None)


def _would_make(text: str, answer: Answer | None) -> list[str]:
    """Return the names of what a statement that failed would have made or changed."""
    plain = bare(text)
    if MAKES_NOTHING.match(plain):
        return []
    names = names_in(plain)
    if re.match(r"(?:do|with|call)\b", plain, re.IGNORECASE):
        return names
    if ON_TABLE.match(plain):
        return names[:1]
    on_table = re.match(r"create\s+unique\s+index\b", plain, re.IGNORECASE)
    concerned = names[: 2 if on_table else 1]
    concerned += [name.strip('"').lower() for name in RENAMED.findall(plain)]
    missing = MISSING.fullmatch(answer.message) if answer is not None else None
    if missing is None:
        return concerned
    # What is missing itself is nothing that this statement would have made.
    absent = missing["name"].strip('"').lower().split(".")[-1]
    return [name for name in concerned if name != absent]
