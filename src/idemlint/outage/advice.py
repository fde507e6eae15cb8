"""What to do now, by SQLSTATE: the first lines of `idemlint explain 42P07`, for somebody with an outage.

A code's own advice, else that of its class (its first two characters, the appendix "PostgreSQL Error Codes").
"""

from __future__ import annotations

from typing import Final

_THERE: Final = (
    "It is there already: an earlier run of this file came further than its journal knows, or somebody"
    " made it"
    " by hand.",
    "Look at what is there before you mend anything (`\\d NAME` in psql): has it the shape of this file?",
    "Same shape: a guard lets the rerun pass (`idemlint --diff FILE`), or tell the journal that the file"
    " ran.",
    "Another shape: no guard; write what is missing into a new migration.",
)
_MISSING: Final = (
    "It is not there (any more): an earlier run of this file dropped or renamed it, or a file that makes"
    " it has"
    " not run here.",
    "`idemlint replay FILE` says whether the file takes it away itself; then the statement has done its"
    " work.",
    "Dropped by an earlier run: IF EXISTS lets the rerun pass (`idemlint --diff FILE`).",
    "Never made: look which file makes it, and whether the runner has passed over that one; mind"
    " search_path.",
)
_LOST: Final = (
    "The connection ended in the midst: what had committed stays, the statement that ran was taken back.",
    "Find the statement (the runner's log, or the server's), and ask"
    " `idemlint replay --stopped-at FILE:LINE`.",
    "A COMMIT that was under way may have gone through: look at the database, not only at the log.",
)
_TIMEOUT: Final = (
    "Nothing is wrong with the statement: it waited, or took, too long, and was taken back with its"
    " transaction.",
    "Look who holds the lock: `SELECT pid, state, query FROM pg_stat_activity WHERE state <> 'idle'`.",
    "Run it again when that is through; for a big table set lock_timeout low, and let the runner try"
    " again.",
    "Statements before it that committed by themselves stay: `idemlint replay --stopped-at FILE:LINE`.",
)
_ROWS: Final = (
    "The rows do not allow it: on an empty database the same file works, so that tests did not show it.",
    "The statement did nothing; what committed before it stays (`idemlint replay --stopped-at FILE:LINE`).",
)

#: SQLSTATE, or its class → what to do now.
_ADVICE: Final[dict[str, tuple[str, ...]]] = {
    "42P07": _THERE,
    "42710": _THERE,
    "42701": _THERE,
    "42P06": _THERE,
    "42723": (
        _THERE[0],
        "CREATE OR REPLACE lets the rerun pass, where name and argument types are the same.",
        "Another return type: DROP FUNCTION first, and mind what relies on it.",
    ),
    "42P04": _THERE,
    "42P16": (
        "The table has what the statement adds (a primary key), or a view has other columns.",
        "A rerun: an earlier run did it; look with `\\d NAME`, and guard the statement"
        " (`idemlint --diff FILE`).",
        "A view with other columns: DROP VIEW and CREATE VIEW, with what relies on it.",
    ),
    "42P01": _MISSING,
    "42703": _MISSING,
    "42704": _MISSING,
    "42883": _MISSING,
    "3F000": _MISSING,
    "3D000": (
        "The database is not there: look at the connection URL of the deploy first.",
        "A database that was restored under another name: mend the URL, do not run the migrations on a"
        " new one.",
        "A new environment: create it, then run all migrations from the first.",
    ),
    "23505": (
        "A row with that key is there: a rerun inserts once more what the first run inserted, or the"
        " rows have"
        " doubles.",
        "A rerun: ON CONFLICT DO NOTHING, or a WHERE NOT EXISTS (`idemlint --diff FILE`).",
        "CREATE UNIQUE INDEX or ADD UNIQUE: find the doubles"
        " (`SELECT key, count(*) … GROUP BY key HAVING count(*) > 1`), decide, and run it again.",
        "CONCURRENTLY leaves the index INVALID: DROP INDEX before the next try.",
    ),
    "23502": (
        *_ROWS,
        "Give the column a DEFAULT, or add it without NOT NULL, fill the rows, and SET NOT NULL then.",
    ),
    "23503": (
        *_ROWS,
        "Find the rows without a partner, and decide; or add the key NOT VALID, mend, and VALIDATE"
        " CONSTRAINT.",
    ),
    "23514": (
        *_ROWS,
        "Find the rows that break the check, and mend them; or add it NOT VALID, mend, and VALIDATE"
        " CONSTRAINT.",
    ),
    "23P01": (*_ROWS, "Find the rows that overlap, and decide which one is right."),
    "2BP01": (
        "Something relies on what the statement drops; DETAIL of the message says what.",
        "Drop or change that first, in the file; it is no reason for CASCADE, which takes away more than"
        " you see.",
        "On a rerun: the first run made something new that relies on it; guard the DROP.",
    ),
    "25001": (
        "The statement cannot run inside a transaction (CONCURRENTLY, VACUUM …), and the runner has one"
        " open,"
        " or sends the file as one message. It will fail in every run.",
        "Nothing of that transaction stays.",
        "Put it into a file of its own, with the runner's opt-out: `idemlint FILE` says its exact words"
        " (IDM501).",
    ),
    "25P02": (
        "This is not the cause: an earlier statement of the same transaction failed. Look further up in"
        " the log.",
        "Everything in that transaction is taken back.",
        "`idemlint explain - < deploy.log` finds the first error.",
    ),
    "25P01": (
        "The statement wants a transaction, and none is open: the runner sends the file without one, or"
        " a COMMIT"
        " of the file's own has ended it.",
        "What stands before it has committed, and stays.",
        "Put BEGIN and COMMIT around what belongs together, or take the COMMIT out.",
    ),
    "2D000": (
        "A COMMIT or ROLLBACK in a DO block or procedure, inside of a transaction that is open.",
        "Nothing of that transaction stays.",
        "Run the file without the runner's transaction, or take the COMMIT out of the body.",
    ),
    "55P04": (
        "An enum value was added and used in one transaction: it cannot be used before that commits.",
        "Nothing of that transaction stays, the new value neither.",
        "Put ALTER TYPE … ADD VALUE into an earlier file that commits by itself; with a runner that has one"
        " transaction for all files, into an earlier deploy.",
    ),
    "42601": (
        "PostgreSQL cannot read the statement: it fails in every run. `idemlint FILE` shows the place"
        " (IDM001).",
        "If the text in the log is not that of the file, the runner has cut it, or filled in a"
        " placeholder.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "42501": (
        "The deploy's role may not do it: look whether the deploy has connected as the role that it"
        " should.",
        "Who owns it says `\\d NAME`; an object that was made by hand has the owner who made it.",
        "GRANT, or ALTER … OWNER TO, as an administrator, then run it again; nothing of the statement"
        " was done.",
    ),
    "42804": (
        "The types do not fit: a column is there with another type than the file takes it for.",
        "ALTER COLUMN … TYPE: add USING, with the expression that makes the new value of the old one.",
        "On a rerun: an earlier run, or a hand, made the column otherwise; compare with `\\d NAME`.",
    ),
    "42P10": (
        "ON CONFLICT names columns without a unique index: that index is made later, or was never made"
        " here.",
        "Look with `\\d NAME`; make the index first.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "0A000": (
        "PostgreSQL cannot do that to this object as it is, often since a view or a rule uses the column.",
        "DETAIL of the message says what uses it: drop that, alter, and make it again, in one transaction.",
        "The statement did nothing; what committed before it stays.",
    ),
    "40P01": (
        "Two transactions waited for each other, and the server ended this one: all of it was taken back.",
        "Run it again; while the application writes, take the locks in its order, or stop it for the"
        " deploy.",
        "Statements before it that committed by themselves stay: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "55P03": _TIMEOUT,
    "57014": _TIMEOUT,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P03": (
        "The server was not ready (starting, stopping, or a standby): nothing of the statement ran.",
        "Wait until `pg_isready` says so, and run it again.",
        "If it happened in the midst of a run: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "53100": (
        "The server's disk is full: make room first, and look whether the server still runs.",
        "The statement was taken back; what committed before it stays.",
        "A statement that writes a table anew needs its size once more: look for ALTER … TYPE, and for"
        " indexes.",
    ),
    "53300": (
        "No connection was free: nothing of the statement ran.",
        "End what sits idle (`pg_stat_activity`), or stop the application while you deploy, and run it"
        " again.",
        "If it happened in the midst of a run: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "08001": (
        "The client did not get as far as the server: nothing of this statement ran, and nothing of the run"
        " where it is the first thing that it did.",
        "Look at the address as the deploy has it, and at the network between; was the server up?",
        "Wait until `pg_isready` says so, and run it again.",
    ),
    "28P01": (
        "The password is wrong: nothing ran. Look at the deploy's secrets, not at the migrations.",
        "Was it changed in one place only? The application may go on with its old connections for a while.",
        "Mend it, and run the deploy again.",
    ),
    # By class.
    "03": (
        "The statement is not whole.",
        "Look where the runner cuts the file.",
        "Nothing of it ran.",
    ),
    "08": _LOST,
    "0A": (
        "PostgreSQL, in this version, does not do that.",
        "`SELECT version()`, and the release notes: is the server older than the one that you tested with?",
        "The statement did nothing; what committed before it stays.",
    ),
    "22": (
        "A value does not fit: the rows of this database are others than those that you tested with.",
        "Find them with a SELECT of the same expression, decide, and run it again.",
        "The statement did nothing; what committed before it stays"
        " (`idemlint replay --stopped-at FILE:LINE`).",
    ),
    "23": (*_ROWS, "Find the rows that break it, and decide."),
    "25": (
        "The statement does not go with the transaction that it stands in.",
        "`idemlint FILE` says how the runner sends the file.",
        "What that transaction did is taken back; what committed before it stays.",
    ),
    "28": (
        "The server did not let the deploy in: nothing ran.",
        "Look at the connection URL, the role, and pg_hba.conf, not at the migrations.",
        "Mend it, and run the deploy again.",
    ),
    "40": (
        "The server ended the transaction: all of it was taken back.",
        "Run it again; nothing is wrong with the file.",
        "Statements before it that committed by themselves stay: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "42": (
        "The statement does not go with what is there: with a name, a type, or the grammar.",
        "It fails in every run against this database until the file, or what is there, is another.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "53": (
        "The server has run out of something (memory, disk, connections).",
        "Look at the server first; the statement was taken back.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "54": (
        "The statement is larger than PostgreSQL takes (columns, arguments, depth).",
        "It fails in every run: cut it into several.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "55": (
        "What the statement wants to change is in use, or not in a state for it.",
        "Look who uses it (`pg_stat_activity`, pg_locks); run it again when that is through.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "57": _LOST,
    "58": (
        "The server had trouble with its files or its machine: look at its log first.",
        "The statement was taken back; what committed before it stays.",
        "An extension that is not installed on the server (58P01): install it there, or leave it out.",
    ),
    "P0": (
        "A function, a DO block or a trigger raised it on purpose: read its message.",
        "It comes again in every run until what it looks at is another.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
    "XX": (
        "The server found a fault in itself: look at its log, and take a backup before anything else.",
        "Do not run the migration again before you know why.",
        "What committed before it stays: `idemlint replay --stopped-at FILE:LINE`.",
    ),
}
_ANY: Final = (
    "The server refused the statement; its message, DETAIL and HINT in the log say more than the code.",
    "The statement was taken back with its transaction; what committed before it stays.",
    "`idemlint replay --stopped-at FILE:LINE` says what that is, and what the rerun meets.",
)


#: Of a message that is none of those known here, without a code.
_UNNAMED: Final = (
    "The server refused the statement: its message, DETAIL and HINT in the log say why.",
    "An SQLSTATE says more: psql prints it with `--set VERBOSITY=verbose`, the server's log with %e in"
    " log_line_prefix; lc_messages = 'C' makes the messages English.",
    "The statement was taken back with its transaction; what committed before it stays.",
)


def what_now(sqlstate: str) -> tuple[str, ...]:
    """Three or four lines: what it means in a deploy, and what to do first; `sqlstate` may be empty."""
    if not sqlstate:
        return _UNNAMED
    return _ADVICE.get(sqlstate) or _ADVICE.get(sqlstate[:2]) or _ANY
