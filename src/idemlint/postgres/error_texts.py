"""Which SQLSTATE an error has, by PostgreSQL's own English words: logs have the message, seldom the code.

From the texts of `ereport` and `elog` in the server's sources (src/backend: commands/*.c, catalog/*.c,
parser/*.c, executor/execMain.c, tcop/postgres.c, storage/lmgr/*.c, libpq/auth.c) and of libpq
(src/interfaces/libpq/fe-misc.c, fe-connect.c: those have no SQLSTATE, and get that of the class that
PostgreSQL's appendix has for it). `tests/postgres/test_error_texts.py` asks a server.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

#: SQLSTATE, and the pattern of its message; of those that need the same words the first
#: that is found counts. `Q` stands for a quoted name.
_TEXTS: Final = r"""
42701 column Q of relation Q already exists
42710 (?:constraint|trigger|rule) Q for (?:relation|domain) Q already exists
42P07 relation Q already exists
42P06 schema Q already exists
42P04 database Q already exists
42723 function .+ already exists with same argument types
42710 enum label Q already exists
42710 policy Q for table Q already exists
42710 (?:type|role|extension|publication|subscription|collation|language|server) Q already exists
42710 (?:tablespace|event trigger|foreign-data wrapper|statistics object) Q already exists
42P16 multiple primary keys for table Q are not allowed
42P16 cannot (?:change (?:name|data type) of view column|drop columns from view)
42703 column Q of relation Q does not exist
42703 column \S+ does not exist
42704 (?:constraint|trigger|rule|policy) Q (?:of|for) (?:relation|domain|table) Q does not exist
42704 (?:type|role|index|extension|publication|subscription|collation|language|server) Q does not exist
42704 (?:tablespace|event trigger|access method) Q does not exist
42704 operator class Q does not exist for access method Q
42P01 (?:relation|table|view|sequence|materialized view|foreign table) Q does not exist
42P01 missing FROM-clause entry for table Q
3F000 schema Q does not exist
3F000 no schema has been selected to create in
3D000 database Q does not exist
42883 (?:function|procedure|aggregate|operator) .+ does not exist
23505 duplicate key value violates unique constraint
23505 could not create unique index
23502 null value in column Q (?:of relation Q )?violates not-null constraint
23502 column Q (?:of relation Q )?contains null values
23503 (?:insert or update|update or delete) on table Q violates foreign key constraint
23514 new row for relation Q violates check constraint
23514 check constraint Q of relation Q is violated by some row
23514 no partition of relation Q found for row
23P01 conflicting key value violates exclusion constraint
2BP01 cannot drop .+ because (?:other objects depend on it|it is required)
25001 cannot (?:run|be executed) (?:inside a transaction block|within a pipeline|from a function)
55P04 unsafe use of new value
25P02 current transaction is aborted, commands ignored
25P01 can only be used in transaction blocks
42601 syntax error at (?:or near|end of input)
42601 unterminated (?:quoted string|dollar-quoted string|/\* comment)
42501 permission denied (?:for|to)
42501 must be (?:owner|member|superuser)
40P01 deadlock detected
40001 could not serialize access
55P03 canceling statement due to lock timeout
55P03 could not obtain lock on
57014 canceling statement due to (?:statement timeout|user request)
57P01 terminating connection due to administrator command
57P02 terminating connection because of crash of another server process
57P03 the database system is (?:starting up|shutting down|in recovery mode)
25P03 terminating connection due to idle-in-transaction timeout
53300 (?:sorry, )?too many clients already
53300 remaining connection slots are reserved
53100 could not (?:extend|write to) file .*No space left on device
53200 out of (?:shared )?memory
28P01 password authentication failed for user
28000 no pg_hba\.conf entry for
08006 server closed the connection unexpectedly
08006 Connection terminated unexpectedly
08001 could not connect to server
08001 connection to server .* failed
42804 column Q cannot be cast automatically to type
42804 column Q is of type .+ but expression is of type
42804 foreign key constraint Q cannot be implemented
42830 there is no unique constraint matching given keys for referenced table
42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification
42P13 cannot change (?:return type of existing function|name of input parameter)
42P13 cannot remove parameter defaults from existing function
42P13 cannot change whether a procedure has output parameters
42809 cannot change routine kind
42809 .+ is not a (?:function|procedure)
42725 (?:function|procedure|routine|aggregate) name Q is not unique
22P02 invalid input (?:syntax for|value for enum)
22001 value too long for type
22003 (?:integer|bigint|smallint|numeric field|value) .*(?:out of range|overflow)
22012 division by zero
0A000 cannot alter type of a column used
42809 Q is not (?:a|an) (?:table|view|sequence|index|materialized view)
42P05 prepared statement Q already exists
42P17 functions in index (?:expression|predicate) must be marked IMMUTABLE
42P17 generation expression is not immutable
42702 column reference Q is ambiguous
"""
#: A quoted name; a log that is JSON, or Rust's `{:?}`, has a backslash before the marks.
_QUOTED: Final = r'\\?"[^"]+"'


def needle(pattern: str) -> str:
    """The longest stretch of a pattern that stands in every text which it matches: to look for that is a
    hundred times as fast. The pattern has no alternatives outside of groups."""
    depth, bare = 0, []
    for token in re.findall(r"\\.[+*?]?|\[(?:\\.|[^\]])*\][+*?]?|.[*?]|.", pattern):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
        is_plain = len(token) == 1 and token not in "().+*?[]{}^$|"
        bare.append(token if is_plain and not depth else "\0")
    return max("".join(bare).replace("Q", "\0").split("\0"), key=len)


@cache
def _patterns() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """SQLSTATE and pattern, in their order, by what each needs."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for line in _TEXTS.strip().splitlines():
        code, text = line.split(" ", 1)
        pattern = re.compile(re.sub(r"\bQ\b", lambda _: _QUOTED, text))
        found.setdefault(needle(text), []).append((code, pattern))
    return found


def sqlstate_of(message: str) -> str | None:
    """The SQLSTATE of an error's message; `None` where it is none of those that are known here."""
    for needed, patterns in _patterns().items():
        if needed in message:
            for code, pattern in patterns:
                if pattern.search(message) is not None:
                    return code
    return None


def names_in(message: str) -> tuple[str, ...]:
    """The names that a message quotes, in their order."""
    return tuple(re.findall(r'"([^"\\]+)\\?"', message))
