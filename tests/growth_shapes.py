"""Folders that grow: for each mechanism that could cost more than its share, one folder of any size.

A shape makes the files of a folder, by name. `tests/test_growth.py` counts the steps that a folder twice as
large costs, `benchmarks/growth.py` the seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: A folder of size n: SQL by file name.
Files = dict[str, str]


class Shape(NamedTuple):
    """What grows, and how its folder is looked at.

    `fix`: it is fixed, too. `formats`: what its findings are shown in. `deep`: one stands in another, of
    which few are read; a level costs all that is in it once more.
    """

    files: Callable[[int], Files]
    rerun: str = "any"
    runner: str = "psql"
    fix: bool = False
    formats: tuple[str, ...] = ()
    deep: bool = False


def _one(*parts: str) -> Files:
    return {"all.sql": "".join(parts)}


def _each(count: int, template: str) -> str:
    """The template once for each number, which stands for `#`."""
    return "".join(template.replace("#", str(number)) + "\n" for number in range(count))


def _rows(count: int) -> str:
    return ",\n".join(f"({number}, 'row {number}', NULL)" for number in range(count))


_T = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a text, b text);\n"
_UPDATE = "UPDATE t SET a = 'x#' WHERE id = #;"


def _flyway(count: int) -> Files:
    return {
        f"V{number}__t{number}.sql": f"CREATE TABLE t{number} (id int PRIMARY KEY);\n"
        for number in range(count)
    }


def _drizzle(count: int) -> Files:
    return {
        f"{number:04d}_t.sql": f"CREATE TABLE t{number} (id int);\n--> statement-breakpoint\n"
        f"CREATE INDEX i{number} ON t{number} (id);\n"
        for number in range(count)
    }


def _values(count: int) -> Files:
    """Each file adds a value to an enum, and uses that of the first one."""
    values = {
        f"{number:04d}_t.sql": f"ALTER TYPE e ADD VALUE 'v{number}';\n--> statement-breakpoint\n"
        "UPDATE t SET a = 'v1';\n"
        for number in range(1, count + 1)
    }
    return {"0000_t.sql": "CREATE TYPE e AS ENUM ('a');\nCREATE TABLE t (a e);\n", **values}


def _run_by_one(count: int) -> Files:
    files = {f"{number:04d}.sql": f"CREATE TABLE t{number} (id int);\n" for number in range(count)}
    return {**files, "main.sql": "".join(f"\\ir {name}\n" for name in files)}


def _run_by_each(count: int) -> Files:
    return {
        **{
            f"{number:04d}.sql": f"\\ir x{number}.sql\nDROP TABLE t{number};\n"
            for number in range(count)
        },
        **{f"x{number}.sql": f"CREATE TABLE t{number} (id int);\n" for number in range(count)},
    }


def _one_marked(count: int) -> Files:
    return {**_psql(count), "9999_last.sql": "-- +goose Up\nCREATE TABLE t (id int);\n"}


def _dumps(count: int) -> Files:
    dump = "-- PostgreSQL database dump\nCREATE TABLE t{} (id int, a text);\n"
    return {
        **{f"dump_{number}.sql": dump.format(number) for number in range(count)},
        **_psql(count),
    }


def _psql(count: int) -> Files:
    return {f"{number:04d}.sql": f"CREATE TABLE t{number} (id int);\n" for number in range(count)}


def _edited(count: int) -> Files:
    """Every file has a finding with a fix."""
    return {f"{number:04d}.sql": f"CREATE TABLE t{number} (id int);\n" for number in range(count)}


_DO_TABLE = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 't#')"
    " THEN CREATE TABLE t# (id int); END IF; END $$;"
)
_DO_CONSTRAINT = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c#')"
    " THEN ALTER TABLE t ADD CONSTRAINT c# CHECK (id > #); END IF; END $$;"
)
_DO_COLUMN = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns"
    " WHERE table_name = 't' AND column_name = 'c#')"
    " THEN ALTER TABLE t ADD COLUMN c# int; END IF; END $$;"
)
_DO_CATCH = (
    "DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c# CHECK (id > #);"
    " EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
)
_UNKNOWN_IFS = "IF current_setting('x.y#') = 'on' THEN CREATE TABLE t# (id int); END IF;"


SHAPES: Final[dict[str, Shape]] = {
    "pairs of DROP TABLE IF EXISTS and CREATE TABLE, one name": Shape(
        lambda n: _one(_each(n, "DROP TABLE IF EXISTS t;\nCREATE TABLE t (id int, a text);"))
    ),
    "pairs of DROP TABLE IF EXISTS and CREATE TABLE, names of their own": Shape(
        lambda n: _one(_each(n, "DROP TABLE IF EXISTS t#;\nCREATE TABLE t# (id int, a text);"))
    ),
    "pairs of CREATE VIEW and DROP VIEW": Shape(
        lambda n: _one(_T, _each(n, "CREATE VIEW v AS SELECT * FROM t;\nDROP VIEW v;"))
    ),
    "pairs of ADD COLUMN and DROP COLUMN": Shape(
        lambda n: _one(
            _T, _each(n, "ALTER TABLE t ADD COLUMN c int;\nALTER TABLE t DROP COLUMN c;")
        )
    ),
    "tables, then their drops": Shape(
        lambda n: _one(_each(n, "CREATE TABLE t# (id int);"), _each(n, "DROP TABLE t#;"))
    ),
    "tables with an index each, then their drops": Shape(
        lambda n: _one(
            _each(n, "CREATE TABLE t# (id int);\nCREATE INDEX i# ON t# (id);"),
            _each(n, "DROP TABLE t#;"),
        )
    ),
    "views on one table, then their drops": Shape(
        lambda n: _one(
            _T, _each(n, "CREATE VIEW v# AS SELECT * FROM t;"), _each(n, "DROP VIEW v#;")
        )
    ),
    "tables with foreign keys to the one before, then their drops": Shape(
        lambda n: _one(
            "CREATE TABLE t0 (id int PRIMARY KEY);\n",
            "".join(
                f"CREATE TABLE t{k + 1} (id int PRIMARY KEY, p int REFERENCES t{k} (id));\n"
                for k in range(n)
            ),
            "".join(f"DROP TABLE t{k};\n" for k in range(n, -1, -1)),
        )
    ),
    "tables with foreign keys to one": Shape(
        lambda n: _one(
            _T, _each(n, "CREATE TABLE r# (id int PRIMARY KEY, p int REFERENCES t (id));")
        )
    ),
    "foreign keys between tables, and keys dropped": Shape(
        lambda n: _one(
            _each(n, "CREATE TABLE t# (id int PRIMARY KEY, p int);"),
            "".join(
                f"ALTER TABLE t{k + 1} ADD CONSTRAINT fk{k} FOREIGN KEY (p) REFERENCES t{k} (id);\n"
                for k in range(n - 1)
            ),
            _each(n, "ALTER TABLE t# DROP CONSTRAINT t#_pkey CASCADE;"),
        )
    ),
    "UPDATEs after one INSERT": Shape(
        lambda n: _one(_T, f"INSERT INTO t VALUES {_rows(n)};\n", _each(n, _UPDATE))
    ),
    "DELETEs after one INSERT": Shape(
        lambda n: _one(
            _T, f"INSERT INTO t VALUES {_rows(n)};\n", _each(n, "DELETE FROM t WHERE id = #;")
        )
    ),
    "INSERT and UPDATE": Shape(
        lambda n: _one(_T, _each(n, f"INSERT INTO t VALUES (#, 'a#', 'b#');\n{_UPDATE}"))
    ),
    "one INSERT of many rows": Shape(lambda n: _one(_T, f"INSERT INTO t VALUES {_rows(4 * n)};\n")),
    "INSERTs of one row": Shape(
        lambda n: _one(_T, _each(n, "INSERT INTO t VALUES (#, 'a', 'b') ON CONFLICT DO NOTHING;"))
    ),
    "INSERTs where the row is not there": Shape(
        lambda n: _one(
            _T,
            _each(
                n,
                "INSERT INTO t (id, a) SELECT #, 'a' WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = #);",
            ),
        )
    ),
    "unnamed indexes": Shape(lambda n: _one(_T, "CREATE INDEX ON t (a);\n" * n)),
    "unnamed checks": Shape(lambda n: _one(_T, _each(n, "ALTER TABLE t ADD CHECK (id > #);"))),
    "unnamed keys": Shape(lambda n: _one(_T, "ALTER TABLE t ADD UNIQUE (a);\n" * n)),
    "unnamed checks of a definition": Shape(
        lambda n: _one("CREATE TABLE t (id int", _each(n, ", CHECK (id > #)"), ");\n")
    ),
    "keys of a definition": Shape(
        lambda n: _one("CREATE TABLE t (id int", _each(n, ", c# int UNIQUE"), ");\n")
    ),
    "named unique indexes": Shape(
        lambda n: _one(_T, _each(n, "CREATE UNIQUE INDEX IF NOT EXISTS u# ON t (a, b);"))
    ),
    "columns of one table": Shape(
        lambda n: _one(_T, _each(n, "ALTER TABLE t ADD COLUMN c# int DEFAULT 0;"))
    ),
    "columns, then their drops": Shape(
        lambda n: _one(
            _T,
            _each(n, "ALTER TABLE t ADD COLUMN c# int;"),
            _each(n, "ALTER TABLE t DROP COLUMN c#;"),
        )
    ),
    "renames to and fro": Shape(
        lambda n: _one(_T, "ALTER TABLE t RENAME TO u;\nALTER TABLE u RENAME TO t;\n" * n)
    ),
    "tables that are renamed": Shape(
        lambda n: _one(
            _each(n, "CREATE TABLE t# (id int PRIMARY KEY);"),
            _each(n, "ALTER TABLE t# RENAME TO u#;"),
        )
    ),
    "tables that take each other's names": Shape(
        lambda n: _one(
            _each(n, "CREATE TABLE t# (id int PRIMARY KEY);"),
            *(f"ALTER TABLE t{k} RENAME TO t{k + 1};\n" for k in reversed(range(n))),
        )
    ),
    "one table that is renamed again and again": Shape(
        lambda n: _one(
            "CREATE TABLE t0 (id int PRIMARY KEY);\n",
            *(
                f"ALTER TABLE t{k} RENAME TO t{k + 1};\nCREATE INDEX ON t{k + 1} (id);\n"
                for k in range(n)
            ),
        )
    ),
    "schemas that are made and dropped": Shape(
        lambda n: _one(
            _each(n, "CREATE SCHEMA s#;\nCREATE TABLE s#.t (id int);\nDROP SCHEMA s# CASCADE;")
        )
    ),
    "tables that move to a schema": Shape(
        lambda n: _one(
            "CREATE SCHEMA IF NOT EXISTS s;\n",
            _each(n, "CREATE TABLE t# (id int PRIMARY KEY);"),
            _each(n, "ALTER TABLE t# SET SCHEMA s;"),
        )
    ),
    "overloads of a function": Shape(
        lambda n: _one(
            _each(n, "CREATE DOMAIN d# AS int;"),
            _each(n, "CREATE FUNCTION f(d#) RETURNS int LANGUAGE sql AS 'SELECT 1';"),
        )
    ),
    "overloads, then their drops": Shape(
        lambda n: _one(
            _each(n, "CREATE FUNCTION f(d#) RETURNS int LANGUAGE sql AS 'SELECT 1';"),
            _each(n, "DROP FUNCTION f(d#);"),
        )
    ),
    "policies of a table": Shape(
        lambda n: _one(_T, _each(n, "CREATE POLICY p# ON t USING (true);"))
    ),
    "triggers of a table": Shape(
        lambda n: _one(
            _T,
            _each(n, "CREATE TRIGGER g# BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"),
            _each(n, "INSERT INTO t VALUES (#);"),
        )
    ),
    "enum labels, and statements that use them": Shape(
        lambda n: _one(
            "CREATE TYPE e AS ENUM ('x');\nCREATE TABLE t (id int, e e);\n",
            _each(
                n, "ALTER TYPE e ADD VALUE IF NOT EXISTS 'v#';\nUPDATE t SET e = 'v#' WHERE id = #;"
            ),
        )
    ),
    "types, and tables of them": Shape(
        lambda n: _one(
            _each(n, "CREATE TYPE e# AS ENUM ('a');\nCREATE TABLE t# (id int, e e#);"),
            _each(n, "DROP TABLE t#;\nDROP TYPE e#;"),
        )
    ),
    "sequences, and their ends": Shape(
        lambda n: _one(_each(n, "CREATE SEQUENCE s#;"), _each(n, "DROP SEQUENCE s#;"))
    ),
    "schemas with a table each, and their ends": Shape(
        lambda n: _one(
            _each(n, "CREATE SCHEMA s#;\nCREATE TABLE s#.t (id int);"),
            _each(n, "DROP TABLE s#.t;\nDROP SCHEMA s#;"),
        )
    ),
    "partitions": Shape(
        lambda n: _one(
            "CREATE TABLE p (id int) PARTITION BY LIST (id);\n",
            _each(n, "CREATE TABLE p# PARTITION OF p FOR VALUES IN (#);"),
        )
    ),
    "files of one table each, psql": Shape(_psql),
    "files of one table each, flyway": Shape(_flyway, runner="flyway"),
    "files of one table each, drizzle": Shape(_drizzle, runner="drizzle"),
    "files of one transaction that add to an enum": Shape(_values, runner="drizzle"),
    "a script that runs many files": Shape(_run_by_one),
    "a script that runs many files, all of it again": Shape(_run_by_one, rerun="folder"),
    "scripts that run a file each": Shape(_run_by_each),
    "one marked file among plain ones": Shape(_one_marked, runner="auto"),
    "dumps beside the files": Shape(_dumps, fix=True),
    "files, all run again": Shape(_psql, rerun="folder"),
    "files that share a version": Shape(
        lambda n: {f"V1__t{number}.sql": f"SELECT {number};\n" for number in range(n)},
        runner="flyway",
    ),
    "files that make the same table": Shape(
        lambda n: {
            f"{number:04d}.sql": f"CREATE TABLE IF NOT EXISTS t (id int, c{number} int);\n"
            for number in range(n)
        }
    ),
    "guards in DO blocks: tables": Shape(lambda n: _one(_each(n, _DO_TABLE))),
    "guards in DO blocks: constraints": Shape(lambda n: _one(_T, _each(n, _DO_CONSTRAINT))),
    "guards in DO blocks: columns": Shape(lambda n: _one(_T, _each(n, _DO_COLUMN))),
    "handlers in DO blocks": Shape(lambda n: _one(_T, _each(n, _DO_CATCH))),
    "unknown conditions in one block": Shape(
        lambda n: _one("DO $$ BEGIN\n", _each(n, _UNKNOWN_IFS), "END $$;\n")
    ),
    "unknown conditions, one in another": Shape(
        lambda n: _one(
            "DO $$ BEGIN\n",
            _each(n, "IF current_setting('x.y#') = 'on' THEN CREATE TABLE t# (id int);"),
            "END IF;\n" * n,
            "END $$;\n",
        ),
        deep=True,
    ),
    "blocks that cannot be read": Shape(
        lambda n: _one(
            _each(n, "CREATE TABLE t# (id int);"),
            _each(n, "DO $$ BEGIN EXECUTE 'ALTER TABLE t# ' || current_setting('x.y'); END $$;"),
        )
    ),
    "unreadable statements": Shape(
        lambda n: _one(_each(n, "CREATE TABEL t# (id int);\nCREATE TABLE u# (id int);"))
    ),
    "transactions": Shape(lambda n: _one(_each(n, "BEGIN;\nCREATE TABLE t# (id int);\nCOMMIT;"))),
    "savepoints": Shape(
        lambda n: _one(
            "BEGIN;\n", _each(n, "SAVEPOINT s#;\nCREATE TABLE t# (id int);"), "COMMIT;\n"
        )
    ),
    "indexes built concurrently": Shape(
        lambda n: _one(_T, _each(n, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i# ON t (a);"))
    ),
    "temporary tables that end with their transactions": Shape(
        lambda n: _one(
            _each(
                n,
                "BEGIN;\nCREATE TEMP TABLE t# (a int) ON COMMIT DROP;\nCREATE INDEX ON t# (a);\n"
                "DROP TABLE IF EXISTS u#;\nCOMMIT;",
            )
        )
    ),
    "temporary tables that are dropped": Shape(
        lambda n: _one(
            _each(
                n,
                "CREATE TEMP TABLE t# (a serial UNIQUE);\nCREATE TABLE u# (a int);\nDROP TABLE t#;",
            )
        )
    ),
    "temporary tables": Shape(lambda n: _one(_each(n, "CREATE TEMP TABLE t# (id int);"))),
    "a path of many schemas": Shape(
        lambda n: _one(
            f"SET search_path = {', '.join(f's{k}' for k in range(8))};\n",
            _each(n, "CREATE TABLE IF NOT EXISTS t# (id int);"),
        )
    ),
    "suppression comments": Shape(
        lambda n: _one(_each(n, "-- idemlint: ignore[IDM101]\nCREATE TABLE t# (id int);"))
    ),
    "findings with fixes": Shape(lambda n: _one(_each(n, "CREATE TABLE t# (id int);")), fix=True),
    "constraints that get a guard": Shape(
        lambda n: _one(_T, _each(n, "ALTER TABLE t ADD CONSTRAINT c# CHECK (id > #);")), fix=True
    ),
    "commands of one ALTER TABLE": Shape(
        lambda n: _one(_T, "ALTER TABLE t", _each(n, "ADD COLUMN c# int,"), "ADD COLUMN z int;\n"),
        fix=True,
    ),
    "files with fixes": Shape(_edited, fix=True),
}
