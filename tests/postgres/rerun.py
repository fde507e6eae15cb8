"""The judge: what does a real server do when statements run a second time?

Three questions, as idemlint's `--rerun` modes ask them:

- `judge_statements`: all of it again, after its end (`file`)
- `judge_each_statement`: each statement again, right after itself (`statement`)
- `judge_interrupted`: from the start again, after a stop in the middle (`interrupted`)

For a whole file's answers statement by statement: `by_statement`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from psycopg import pq

from .server import Session, execute
from .snapshot import SEQUENCE, Difference, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from psycopg import Connection

    from .server import Database
    from .snapshot import Snapshot

Outcome = Literal["safe", "fails", "repeats", "sequence", "first fails", "not-applicable"]

ACTIVE_SQL_TRANSACTION = "25001"
INVALID_TRANSACTION_TERMINATION = "2D000"
NO_ACTIVE_SQL_TRANSACTION = "25P01"
# What a statement says that cannot run in a transaction block.
NEEDS_AUTOCOMMIT = frozenset({ACTIVE_SQL_TRANSACTION, INVALID_TRANSACTION_TERMINATION})

_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.DOTALL)
_TRANSACTION = re.compile(
    r"(?:begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|"
    r"prepare\s+transaction)\b",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(?:set(?!\s+(?:local|transaction|constraints))|reset|discard|prepare(?!\s+transaction)|"
    r"create\s+(?:local\s+|global\s+)?temp(?:orary)?|select\s+(?:pg_catalog\.)?set_config)\b",
    re.IGNORECASE,
)


# What may take the next value of a sequence, which no rollback takes back.
_MOVES_SEQUENCES = re.compile(r"(?:insert|copy|select|with|update|merge|call)\b", re.IGNORECASE)
_WRITTEN = """SELECT pg_catalog.pg_current_wal_insert_lsn(),
    (SELECT pg_catalog.sum(1 + pg_catalog.abs(last_value::numeric)) FROM pg_catalog.pg_sequences)"""


class SetupFailed(RuntimeError):
    """A message that should prepare the database failed: the question could not be put."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the server did on the second run, as a whole and statement by statement.

    Of several reruns it is the worst: that after the first `stop` statements of the file; with what
    SQLSTATEs the statement fails in others is in `also`. `rows` is how many the first run wrote.
    """

    outcome: Outcome
    sqlstate: str | None = None
    parts: tuple[str, ...] = ()
    first: tuple[str | None, ...] = ()
    second: tuple[str | None, ...] = ()
    difference: Mapping[str, Difference] = field(default_factory=dict)
    stop: int | None = None
    also: tuple[str, ...] = ()
    rows: int | None = None

    def __str__(self) -> str:
        if self.sqlstate is not None:
            return f"{self.outcome} {self.sqlstate}"
        return f"repeats {','.join(self.parts)}" if self.outcome == "repeats" else self.outcome


def judge_statements(
    database: Database,
    setup: Sequence[str],
    statements: Sequence[str],
    *,
    between: Sequence[str] = (),
    same_session: bool = False,
    copy_data: bytes = b"",
) -> Judgement:
    """Run setup, then the statements, then all of them again; say what the second run did.

    Every text is one message in autocommit. `between` runs in a session of its own between the two
    runs. A message of `setup` that ends in `--expect-error` must fail, all others must not
    (SetupFailed). The second run has a new session, as a rerun has, unless `same_session`.
    """
    connection = database.connect()
    try:
        prepare(connection, setup)
        first = tuple(execute(connection, one, copy_data) for one in statements)
        if between:
            _prepare_apart(database, between)
        if (failed := first_error(first)) is not None:
            return Judgement("first fails", failed, first=first)
        if not same_session:
            connection.close()
        before = database.snapshot()
        if not same_session:
            connection = database.connect()
        second = tuple(execute(connection, one, copy_data) for one in statements)
        if not same_session:
            connection.close()
        return judged(before, database.snapshot(), first, second)
    finally:
        connection.close()


def judge_interrupted(
    database: Database,
    setup: Sequence[str],
    statements: Sequence[str],
    stops: Collection[int] | None = None,
) -> dict[int, Judgement]:
    """For each stop k: run the first k statements, end the session, run all from the start.

    The state to arrive at is the one after a run without a stop; `stops` defaults to all places
    between two statements and the end. A transaction that is open at the stop is rolled back.
    """
    with database.connect() as connection:
        prepare(connection, setup)
    with database.copy() as whole:
        first = tuple(whole.run(statements))
        expected = whole.snapshot()
    judgements: dict[int, Judgement] = {}
    for stop in sorted(range(1, len(statements) + 1) if stops is None else stops):
        if (failed := first_error(first)) is not None:
            judgements[stop] = Judgement("first fails", failed, first=first)
            continue
        with database.copy() as stopped:
            stopped.run(statements[:stop])
            second = tuple(stopped.run(statements))
            judgements[stop] = judged(expected, stopped.snapshot(), first[:stop], second)
    return judgements


def judge_each_statement(
    database: Database,
    setup: Sequence[str],
    statements: Sequence[str],
    chosen: Collection[int] | None = None,
    *,
    copy_data: Mapping[int, bytes] | None = None,
) -> list[Judgement | None]:
    """Run each statement a second time right after itself; say for each what that did.

    The second run is taken back, so that what follows meets the state after one run: in a
    transaction or savepoint where the statement allows one, else in a copy of the database.
    Only the statements with an index in `chosen` are asked about; the others give None, or
    "first fails". Transaction control is not-applicable.
    """
    connection = database.connect()
    session: list[str] = []
    judgements: list[Judgement | None] = []
    try:
        prepare(connection, setup)
        session += [message for message in setup if _makes_session_state(message)]
        for index, statement in enumerate(statements):
            data = (copy_data or {}).get(index, b"")
            first = execute_kept(connection, statement, data)
            rows = connection.rows
            if _makes_session_state(statement):
                session.append(statement)
            if first is not None:
                judgements.append(Judgement("first fails", first, first=(first,)))
                continue
            if chosen is not None and index not in chosen:
                judgements.append(None)
                continue
            if is_transaction_control(statement):
                judgements.append(Judgement("not-applicable", first=(None,)))
                continue
            judgement = _again_taken_back(database, connection, statement, data)
            if judgement is None:
                connection.close()
                judgement = _again_in_a_copy(database, session, statement, data)
                connection = database.connect()
                for message in session:
                    execute(connection, message)
            judgements.append(replace(judgement, rows=rows))
    finally:
        connection.close()
    return judgements


def written(connection: Connection[tuple[object, ...]]) -> tuple[str, str] | None:
    """Return where the log is, and the sum of all sequences: what changes where a statement does anything.

    The log alone does not tell: most calls of nextval() write none. None where nothing can be asked.
    """
    if connection.pgconn.transaction_status == pq.TransactionStatus.INERROR:
        return None
    row = connection.execute(_WRITTEN, prepare=False).fetchone()
    assert row is not None
    return str(row[0]), str(row[1])


def snapshot_within(database: Database, connection: Connection[tuple[object, ...]]) -> Snapshot:
    """Take a snapshot through a session, whether or not it has a transaction open."""
    server = database.server
    if connection.pgconn.transaction_status != pq.TransactionStatus.INTRANS:
        if connection.pgconn.transaction_status == pq.TransactionStatus.INERROR:
            execute(connection, "ROLLBACK")
        return take_snapshot(connection, server.version, server.first_user_xid)
    execute(connection, "SAVEPOINT _idemlint_look")
    try:
        return take_snapshot(connection, server.version, server.first_user_xid)
    finally:
        execute(connection, "ROLLBACK TO SAVEPOINT _idemlint_look")
        execute(connection, "RELEASE SAVEPOINT _idemlint_look")


def execute_kept(
    connection: Connection[tuple[object, ...]], statement: str, copy_data: bytes = b""
) -> str | None:
    """Run a statement so that its failure does not end the transaction that the file opened."""
    if isinstance(connection, Session):
        connection.rows = None
    inside = connection.pgconn.transaction_status == pq.TransactionStatus.INTRANS
    if not inside or is_transaction_control(statement):
        sqlstate = execute(connection, statement, copy_data)
        if sqlstate != NO_ACTIVE_SQL_TRANSACTION:
            return sqlstate
        # The runner has opened one for the file: LOCK TABLE wants to be in it.
        execute(connection, "BEGIN")
        sqlstate = execute(connection, statement, copy_data)
        execute(connection, "COMMIT" if sqlstate is None else "ROLLBACK")
        return sqlstate
    execute(connection, "SAVEPOINT _idemlint_kept")
    sqlstate = execute(connection, statement, copy_data)
    if sqlstate is not None:
        execute(connection, "ROLLBACK TO SAVEPOINT _idemlint_kept")
    execute(connection, "RELEASE SAVEPOINT _idemlint_kept")
    return sqlstate


def _again_taken_back(
    database: Database,
    connection: Connection[tuple[object, ...]],
    statement: str,
    copy_data: bytes,
) -> Judgement | None:
    """Run a statement again and take it back; None where it refuses to run in a transaction."""
    server = database.server
    inside = connection.pgconn.transaction_status == pq.TransactionStatus.INTRANS
    if not _MOVES_SEQUENCES.match(bare(statement)):
        # Most statements fail or do nothing, which is told faster than a state is read twice.
        log = written(connection)
        execute(connection, "SAVEPOINT _idemlint_try" if inside else "BEGIN")
        second = execute(connection, statement, copy_data)
        if second is None:
            second = execute(connection, "SET CONSTRAINTS ALL IMMEDIATE")
        changed = second is None and written(connection) != log
        execute(connection, "ROLLBACK TO SAVEPOINT _idemlint_try" if inside else "ROLLBACK")
        if inside:
            execute(connection, "RELEASE SAVEPOINT _idemlint_try")
        if second in NEEDS_AUTOCOMMIT:
            return None
        if not changed:
            return Judgement("safe" if second is None else "fails", second, (), (None,), (second,))
    before = snapshot_within(database, connection)
    execute(connection, "SAVEPOINT _idemlint_again" if inside else "BEGIN")
    try:
        second = execute(connection, statement, copy_data)
        if second in NEEDS_AUTOCOMMIT:
            return None
        if second is None:
            # What is deferred fails at the commit that will not come.
            second = execute(connection, "SET CONSTRAINTS ALL IMMEDIATE")
        if second is not None:
            return Judgement("fails", second, first=(None,), second=(second,))
        after = take_snapshot(connection, server.version, server.first_user_xid)
    finally:
        execute(connection, "ROLLBACK TO SAVEPOINT _idemlint_again" if inside else "ROLLBACK")
        if inside:
            execute(connection, "RELEASE SAVEPOINT _idemlint_again")
    judgement = judged(before, after, (None,), (None,))
    if SEQUENCE in judgement.difference:
        _reset_sequences(connection, before)
    return judgement


def _reset_sequences(connection: Connection[tuple[object, ...]], state: Snapshot) -> None:
    """Put sequences back: a rollback does not, and later rows would get other numbers."""
    for name, position in state.parts.get(SEQUENCE, ()):
        last_value, is_called = position.split()
        quoted = name.replace("'", "''")
        called = "true" if is_called == "t" else "false"
        execute(connection, f"SELECT pg_catalog.setval('{quoted}', {last_value}, {called})")


def _again_in_a_copy(
    database: Database, session: Sequence[str], statement: str, copy_data: bytes
) -> Judgement:
    with database.copy() as copied:
        before = copied.snapshot()
        with copied.connect() as connection:
            for message in session:
                execute(connection, message)
            second = execute(connection, statement, copy_data)
        return judged(before, copied.snapshot(), (None,), (second,))


def prepare(connection: Connection[tuple[object, ...]], messages: Sequence[str]) -> None:
    """Run the messages of a setup, each in autocommit; raises SetupFailed."""
    for message in messages:
        sqlstate = execute(connection, message)
        if (sqlstate is not None) != message.rstrip().endswith("--expect-error"):
            raise SetupFailed(f"{sqlstate or 'no error'}: {message}")


def _prepare_apart(database: Database, messages: Sequence[str]) -> None:
    with database.connect() as connection:
        prepare(connection, messages)


def first_error(outcomes: Sequence[str | None]) -> str | None:
    """Return the first SQLSTATE among outcomes, or None."""
    return next((one for one in outcomes if one is not None), None)


def judged(
    before: Snapshot,
    after: Snapshot,
    first: tuple[str | None, ...],
    second: tuple[str | None, ...],
) -> Judgement:
    """Turn two states and the outcomes of two runs into a judgement."""
    return judged_change(before.difference(after), first, second)


def judged_change(
    difference: Mapping[str, Difference],
    first: tuple[str | None, ...],
    second: tuple[str | None, ...],
) -> Judgement:
    """Turn what was seen into an outcome: an error counts first, then what is different."""
    parts = tuple(sorted(difference))
    outcome: Outcome = "safe"
    sqlstate = first_error(first)
    if sqlstate is not None:
        outcome = "first fails"
    elif (sqlstate := first_error(second)) is not None:
        outcome = "fails"
    elif parts == (SEQUENCE,):
        outcome = "sequence"
    elif parts:
        outcome = "repeats"
    return Judgement(outcome, sqlstate, parts, first, second, difference)


def bare(statement: str) -> str:
    """Return a statement without the comments before it."""
    return _COMMENTS.sub("", statement)


def is_transaction_control(statement: str) -> bool:
    """Tell whether a statement begins or ends a transaction, or a part of one."""
    return _TRANSACTION.match(bare(statement)) is not None


def _makes_session_state(statement: str) -> bool:
    return _SESSION.match(bare(statement)) is not None
