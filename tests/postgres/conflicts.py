"""Keys × ON CONFLICT clauses × rows: the cells of a table that a server fills in, and replay has to.

    python -m tests.postgres.conflicts [MAJOR]    prints where replay and a server differ

A cell is a table with a key, and an INSERT that runs twice.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from .server import execute, start_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .server import Session

TABLE = (
    "CREATE TABLE t (id serial, a text, b int, c text NOT NULL DEFAULT 'c', v varchar, gone date,"
    " live boolean)"
)

#: What is made of the table before, by name.
KEYS: dict[str, str] = {
    "none": "",
    "a": "CREATE UNIQUE INDEX u ON t (a)",
    "a constraint": "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
    "a not unique": "CREATE INDEX u ON t (a)",
    "b, a": "CREATE UNIQUE INDEX u ON t (b, a)",
    "a, include b": "CREATE UNIQUE INDEX u ON t (a) INCLUDE (b)",
    "a where gone is null": "CREATE UNIQUE INDEX u ON t (a) WHERE gone IS NULL",
    "a where gone is not null": "CREATE UNIQUE INDEX u ON t (a) WHERE gone IS NOT NULL",
    "a where b > 0": "CREATE UNIQUE INDEX u ON t (a) WHERE b > 0",
    "a where c and gone": "CREATE UNIQUE INDEX u ON t (a) WHERE c = 'c' AND gone IS NULL",
    "a where c in": "CREATE UNIQUE INDEX u ON t (a) WHERE c IN ('c', 'd')",
    "a where live": "CREATE UNIQUE INDEX u ON t (a) WHERE live",
    "a where b is not null": "CREATE UNIQUE INDEX u ON t (a) WHERE b IS NOT NULL",
    "lower(a)": "CREATE UNIQUE INDEX u ON t (lower(a))",
    "lower(v)": "CREATE UNIQUE INDEX u ON t (lower(v))",
    "coalesce(a)": "CREATE UNIQUE INDEX u ON t (coalesce(a, ''))",
    "lower(a), b": "CREATE UNIQUE INDEX u ON t (lower(a), b)",
    "a in parentheses": "CREATE UNIQUE INDEX u ON t ((a))",
    "a collated": 'CREATE UNIQUE INDEX u ON t (a COLLATE "C")',
    "a by pattern": "CREATE UNIQUE INDEX u ON t (a text_pattern_ops)",
    "a deferrable": "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a) DEFERRABLE",
    "a excluded": "ALTER TABLE t ADD CONSTRAINT u EXCLUDE (a WITH =)",
    "a excluded and unique": (
        "ALTER TABLE t ADD CONSTRAINT e EXCLUDE (b WITH =); CREATE UNIQUE INDEX u ON t (a)"
    ),
    "a deferrable and a": (
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a) DEFERRABLE; CREATE UNIQUE INDEX i ON t (a)"
    ),
    "a, then b deferrable": (
        "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT u UNIQUE (b) DEFERRABLE"
    ),
    "a dropped": "CREATE UNIQUE INDEX u ON t (a); DROP INDEX u",
    "a remade over b": (
        "CREATE UNIQUE INDEX u ON t (a); DROP INDEX u; CREATE UNIQUE INDEX u ON t (b)"
    ),
    "a renamed": "ALTER TABLE t ADD CONSTRAINT w UNIQUE (a); ALTER TABLE t RENAME CONSTRAINT w TO u",
    "a made of an index": (
        "CREATE UNIQUE INDEX w ON t (a); ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX w"
    ),
    "a by another name": (
        "ALTER TABLE t RENAME a TO old; CREATE UNIQUE INDEX u ON t (old);"
        " ALTER TABLE t RENAME old TO a"
    ),
    "id": "ALTER TABLE t ADD CONSTRAINT u PRIMARY KEY (id)",
    "c by default": "CREATE UNIQUE INDEX u ON t (c)",
    "a check": "ALTER TABLE t ADD CONSTRAINT u CHECK (a <> '')",
    "a nulls not distinct": "CREATE UNIQUE INDEX u ON t (a, gone) NULLS NOT DISTINCT",
}

#: What the INSERT says, by name; DO NOTHING where it says no more.
CLAUSES: dict[str, str] = {
    "no clause": "",
    "bare": "ON CONFLICT DO NOTHING",
    "(a)": "ON CONFLICT (a) DO NOTHING",
    "(a) update": "ON CONFLICT (a) DO UPDATE SET c = excluded.c",
    "(b)": "ON CONFLICT (b) DO NOTHING",
    "(a, b)": "ON CONFLICT (a, b) DO NOTHING",
    "(id)": "ON CONFLICT (id) DO NOTHING",
    "(a) where gone is null": "ON CONFLICT (a) WHERE gone IS NULL DO NOTHING",
    "(a) where b > 0": "ON CONFLICT (a) WHERE b > 0 DO NOTHING",
    "(a) where b = 5": "ON CONFLICT (a) WHERE b = 5 DO NOTHING",
    "(a) where c and gone": "ON CONFLICT (a) WHERE gone IS NULL AND c = 'c'::text DO NOTHING",
    "(a) where c": "ON CONFLICT (a) WHERE c = 'c' DO NOTHING",
    "(a) where live": "ON CONFLICT (a) WHERE live = true DO NOTHING",
    "(lower(a))": "ON CONFLICT (lower(a)) DO NOTHING",
    "(lower(v))": "ON CONFLICT (lower(v)) DO NOTHING",
    "(lower(v::text))": "ON CONFLICT (lower(v::text)) DO NOTHING",
    "(lower(a), b)": "ON CONFLICT (b, lower(a)) DO NOTHING",
    "(upper(a))": "ON CONFLICT (upper(a)) DO NOTHING",
    "(coalesce(a))": "ON CONFLICT (coalesce(a, ''::text)) DO NOTHING",
    '(a collate "C")': 'ON CONFLICT (a COLLATE "C") DO NOTHING',
    '(a collate "default")': 'ON CONFLICT (a COLLATE "default") DO NOTHING',
    "(a text_ops)": "ON CONFLICT (a text_ops) DO NOTHING",
    "(a desc)": "ON CONFLICT (a DESC) DO NOTHING",
    "on u": "ON CONFLICT ON CONSTRAINT u DO NOTHING",
    "on u update": "ON CONFLICT ON CONSTRAINT u DO UPDATE SET c = excluded.c",
    "on w": "ON CONFLICT ON CONSTRAINT w DO NOTHING",
}

#: What is inserted, by name.
ROWS: dict[str, str] = {
    "a, b": "INSERT INTO t (a, b, v) VALUES ('x', 5, 'y')",
    "gone": "INSERT INTO t (a, b, gone, live) VALUES ('x', 0, '2020-01-01', true)",
    "null": "INSERT INTO t (a, b) VALUES (NULL, 5)",
    "id": "INSERT INTO t (id, a, b) VALUES (100, 'x', 5)",
    "a call": "INSERT INTO t (a, b) VALUES (lower('X'), 2 + 3)",
    "nothing": "INSERT INTO t (a, b) SELECT 'x', 5 WHERE false",
}


class Cell(NamedTuple):
    """A table with a key, and an INSERT into it; by the names of the three lists."""

    key: str
    clause: str
    rows: str

    @property
    def before(self) -> str:
        return "; ".join(filter(None, (TABLE, KEYS[self.key]))) + ";"

    @property
    def insert(self) -> str:
        return f"{ROWS[self.rows]} {CLAUSES[self.clause]}".strip()


def cells(rows: tuple[str, ...] = tuple(ROWS)) -> Iterator[Cell]:
    """All of them, those of one key behind each other."""
    for key in KEYS:
        for row in rows:
            for clause in CLAUSES:
                yield Cell(key, clause, row)


def ask(connection: Session, asked: list[Cell]) -> Iterator[tuple[Cell, str]]:
    """What the server says of each on the second run; the first one's error, where it has one."""
    made = ""
    for cell in asked:
        if cell.before != made:
            execute(connection, "DROP TABLE IF EXISTS t")
            made = cell.before
            if execute(connection, made) is not None:
                made = ""
                continue  # this server has no such key
        execute(connection, "BEGIN")
        yield cell, _twice(connection, cell.insert)
        execute(connection, "ROLLBACK")


def _twice(connection: Session, insert: str) -> str:
    failed = execute(connection, insert)
    if failed is not None:
        return f"fails {failed}"
    before = connection.execute("SELECT count(*) FROM t").fetchone()
    failed = execute(connection, insert)
    if failed is not None:
        return f"fails {failed}"
    return (
        "safe" if connection.execute("SELECT count(*) FROM t").fetchone() == before else "repeats"
    )


def main(say: Callable[[Cell], str], major: int | None = None) -> None:
    """Print the cells in which replay and a server differ, and counts."""
    counts: dict[str, int] = {}
    with (
        start_server(major) as server,
        server.fresh_database() as database,
        database.connect() as connection,
    ):
        for cell, truth in ask(connection, list(cells())):
            said = say(cell)
            kind = "same" if said == truth else "unknown" if said == "unknown" else "DIFFERS"
            counts[kind] = counts.get(kind, 0) + 1
            if kind != "same":
                print(f"{kind} {cell}: replay {said}, server {truth}")
    print(counts)


if __name__ == "__main__":
    from replay.asking import verdicts

    main(
        lambda cell: verdicts(cell.insert + ";", before=cell.before)[0],
        int(sys.argv[1]) if sys.argv[1:] else None,
    )
