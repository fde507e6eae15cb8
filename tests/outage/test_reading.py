"""What is read out of a log: the failure, the file and the statement, and what a log without one
says last."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from idemlint.outage.reading import last_word, read

NULLS = 'column "phone" of relation "users" contains null values'


class Told(NamedTuple):
    """What a log tells of a failure."""

    runner: str
    sqlstate: str
    file: str = ""
    statement: str = ""


#: Runners as applications call them, and those without a command line of their own; after their sources (see
#: `wording`).
LOGS: dict[str, tuple[str, Told]] = {
    "sqlx, unwrapped by an application": (
        "thread 'main' panicked at src/main.rs:12:10:\ncalled `Result::unwrap()` on an `Err` value:"
        ' ExecuteMigration(Database(PgDatabaseError { severity: Error, code: "23502", message: "column'
        ' \\"phone\\" of relation \\"users\\" contains null values", detail: None, hint: None,'
        ' position: None, file: Some("tablecmds.c"), line: Some(6166) }), 20260301000000)\n',
        Told("sqlx", "23502", "20260301000000"),
    ),
    "sqlx, an error of its own": (
        "Error: VersionMismatch(20260301000000)\n",
        Told("sqlx", "", "20260301000000"),
    ),
    "Diesel, unwrapped by an application": (
        "called `Result::unwrap()` on an `Err` value: RunMigrationsError(DieselMigrationName { name:"
        ' "2026-03-01-090000_orders", version: MigrationVersion("20260301090000") },'
        ' QueryError(DatabaseError(Unknown, "column \\"phone\\" of relation \\"users\\" contains null'
        ' values")))\n',
        Told("diesel", "23502", "2026-03-01-090000_orders"),
    ),
    "Hasura": (
        "INFO Applying migrations on database: default\n"
        "ERRO skipping applying migrations on database default, encountered: \n{\n"
        '  "internal": {\n    "statement": "ALTER TABLE \\"users\\" ADD COLUMN phone text NOT NULL;",\n'
        '    "prepared": false,\n    "error": {\n      "exec_status": "FatalError",\n      "hint": null,\n'
        '      "message": "column \\"phone\\" of relation \\"users\\" contains null values",\n'
        '      "status_code": "23502",\n      "description": null\n    },\n    "arguments": []\n  },\n'
        '  "path": "$[0].args",\n  "error": "query execution failed",\n  "code": "postgres-error"\n}\n',
        Told("hasura", "23502", "", 'ALTER TABLE "users" ADD COLUMN phone text NOT NULL;'),
    ),
    "Hasura before 2.0": (
        "FATA[0001] apply failed: [postgres-error] query execution failed ($.args[0].args)\n"
        f"File: '1770000000000_orders/up.sql'\n[23502] FatalError: {NULLS}\n",
        Told("hasura", "23502", "1770000000000_orders/up.sql"),
    ),
    "grate": (
        f"grate v1.7\n  Running '0002_orders.sql'.\n0002_orders.sql: 23502: {NULLS}\n",
        Told("grate", "23502", "0002_orders.sql"),
    ),
    "Evolve": (
        "Evolve.EvolveException: Error executing script: V2__orders.sql after 12 ms.\n"
        f" ---> Npgsql.PostgresException (0x80004005): 23502: {NULLS}\n",
        Told("evolve", "23502", "V2__orders.sql"),
    ),
    "rambler": (
        f"unable to apply migration 2_orders.sql: pq: {NULLS}\nALTER TABLE users ADD COLUMN phone text NOT"
        " NULL;\n",
        Told(
            "rambler",
            "23502",
            "2_orders.sql",
            "ALTER TABLE users ADD COLUMN phone text NOT NULL;",
        ),
    ),
    "yandex-pgmigrate": (
        "2026-03-01 09:12:13,123 ERROR   : Error executing statement from V0002__orders.sql:\n"
        "ALTER TABLE users ADD COLUMN phone text NOT NULL\n"
        f"2026-03-01 09:12:13,123 ERROR   : {NULLS}\n\n"
        f"Traceback (most recent call last):\npsycopg2.errors.NotNullViolation: {NULLS}\n",
        Told(
            "yandex-pgmigrate",
            "23502",
            "V0002__orders.sql",
            "ALTER TABLE users ADD COLUMN phone text NOT NULL",
        ),
    ),
    "sql-migrate": (
        f"Migration failed: pq: {NULLS} handling 2_orders.sql\n",
        Told("sql-migrate", "23502", "2_orders.sql"),
    ),
    "refinery": (
        "[INFO] applying migration: V2__orders\nError: `error applying migration V2__orders`, `db error`\n\n"
        f"Caused by:\n    ERROR: {NULLS}\n",
        Told("refinery", "23502", "V2__orders"),
    ),
    "docker-entrypoint": (
        "/usr/local/bin/docker-entrypoint.sh: running /docker-entrypoint-initdb.d/02.sql\nCREATE TABLE\n"
        f"psql:/docker-entrypoint-initdb.d/02.sql:2: ERROR:  {NULLS}\n",
        Told("psql", "23502", "/docker-entrypoint-initdb.d/02.sql"),
    ),
    "a statement in quotes, and another in another error": (
        "goose run: ERROR 2_orders.sql: failed to run SQL migration: failed to execute SQL query"
        f' "ALTER TABLE \\"users\\"\\nADD phone text": ERROR: {NULLS} (SQLSTATE 23502)\n',
        Told("goose", "23502", "2_orders.sql", 'ALTER TABLE "users"\nADD phone text'),
    ),
}


@pytest.mark.parametrize("title", LOGS)
def test_what_a_log_tells(title: str) -> None:
    log, told = LOGS[title]
    failure = read(log.encode())
    assert failure is not None
    assert failure.message == (NULLS if told.sqlstate else "")
    assert Told(failure.runner, failure.sqlstate, failure.file, failure.statement) == told


def test_lines_are_those_of_the_log_though_a_record_has_several() -> None:
    record = json.dumps({"msg": "a\nb\nc\nd"})
    failure = read(f"{record}\r\n{record}\r\nERROR:  {NULLS}\r\n".encode())
    assert failure is not None
    assert (failure.number, failure.sqlstate) == (3, "23502")


def test_an_error_that_passed_counts_where_nothing_else_failed() -> None:
    waits = "Error: P1001: Can't reach database server at `db`:`5432`\n"
    failure = read(f"{waits}psql:2_orders.sql:2: ERROR:  {NULLS}\n".encode())
    assert failure is not None
    assert (failure.own, failure.sqlstate) == (None, "23502")
    failure = read(waits.encode())
    assert failure is not None
    assert failure.own is not None


def test_psql_went_on_only_in_the_same_file() -> None:
    first = f"psql:1_users.sql:2: ERROR:  {NULLS}\n"
    later = "psql:{}: ERROR:  current transaction is aborted, commands ignored until end\n"
    for place, went_on in (("1_users.sql:3", 2), ("1_users.sql:1", None), ("2_orders.sql:3", None)):
        failure = read((first + later.format(place)).encode())
        assert failure is not None
        assert failure.went_on == went_on


def test_the_last_word_of_a_run() -> None:
    assert last_word(b"") is None
    assert last_word(b"npm run build\nOK\n") is None
    done = last_word(b"goose: no migrations to run. current version: 2\nserver listens\n")
    assert done == (1, "goose: no migrations to run. current version: 2", True)
    begun = last_word(b"Deploying changes to db:pg:app\n  + users .. \n")
    assert begun == (2, "+ users ..", False)
