"""`idemlint explain - < LOG`: logs of deploys as they come out of clusters, CI and servers, and runs that did
not fail. Each is written after the real wording; what is not in a log is not claimed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cli.conftest import Result, write
from cli.test_explain_log import CASES, NULLS, ORDERS, USERS, made, prefixed

if TYPE_CHECKING:
    from collections.abc import Callable

    Explain = Callable[..., Result]

GOOSE = (
    "goose run: ERROR 00002_orders.sql: failed to run SQL migration: failed to execute SQL query"
    f' "ALTER TABLE users ADD COLUMN phone text NOT NULL;": ERROR: {NULLS} (SQLSTATE 23502)'
)
APPLYING = "Applying migration `20260301090000_orders`\n"
P3018 = f"""{APPLYING}Error: P3018

A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more \
about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve

Migration name: 20260301090000_orders

Database error code: 23502

Database error:
ERROR: {NULLS}

DbError {{ severity: "ERROR", parsed_severity: Some(Error), code: SqlState(E23502), message: \
"column \\"phone\\" of relation \\"users\\" contains null values", detail: None, position: None, file: \
Some("tablecmds.c"), line: Some(6166), routine: Some("ATRewriteTable") }}
"""


def flat(result: Result) -> str:
    """What was said, whatever the width of a line."""
    return " ".join(result.out.split())


def stopped(result: Result) -> str:
    """The statement that it stopped at, with the line before it."""
    return result.out.split("Stopped at\n", 1)[1].splitlines()[0].strip()


def psql_files() -> None:
    made(CASES["psql"])


# Around the message.


def test_kubernetes_log_files_of_a_node(explain: Explain) -> None:
    made(CASES["goose"])
    prefix = "2026-03-01T09:12:13.123456789Z stderr F "
    done = "2026/03/01 09:12:13 OK   00001_users.sql (12.3ms)\n"
    result = explain(prefixed(prefix)(f"{done}2026/03/01 09:12:13 {GOOSE}\n"))
    assert (result.code, result.err) == (0, "")
    assert "line 2 of the log: goose run: ERROR 00002_orders.sql" in result.out
    assert stopped(result) == "3  ALTER TABLE users ADD COLUMN phone text NOT NULL"


def test_the_log_that_gh_downloads(explain: Explain) -> None:
    """Job, step and time before each line, a byte order mark in the first, and GitHub's own words around."""
    made(CASES["prisma"])
    log = (
        "\ufeff##[group]Run npx prisma migrate deploy\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n"
        f"1 migration found in prisma/migrations\n\n{P3018}\n\n##[error]Process completed with exit code 1.\n"
    )
    result = explain(prefixed("deploy\tRun migrations\t2026-03-01T09:12:13.1234567Z ")(log))
    assert result.code == 0
    assert "line 7 of the log: Error: P3018" in result.out
    assert "different errors" not in result.out
    assert stopped(result).startswith("2  ALTER TABLE users")


def test_fly_io(explain: Explain) -> None:
    made(CASES["prisma"])
    result = explain(prefixed("2026-03-01T09:12:13Z app[d8d9] fra [info]")(P3018))
    assert result.code == 0
    assert "line 2 of the log: Error: P3018" in result.out
    assert stopped(result).startswith("2  ALTER TABLE users")


def test_a_line_of_a_json_log_is_a_line_of_the_file(explain: Explain) -> None:
    """zap writes a record a line; its stack trace has line ends that are none of the log's."""
    made(CASES["goose"])
    records = [
        {"level": "info", "ts": 1.1, "msg": "running migrations", "stacktrace": "a\nb\nc"},
        {
            "level": "error",
            "ts": 1.2,
            "msg": "migration failed",
            "error": GOOSE,
            "stacktrace": "a\n\tb",
        },
    ]
    result = explain("".join(json.dumps(each) + "\n" for each in records))
    assert result.code == 0
    assert "line 2 of the log: goose run" in result.out
    assert stopped(result).startswith("3  ALTER TABLE users")


def test_flyway_within_spring_boot(explain: Explain) -> None:
    write("src/main/resources/db/migration/V1__users.sql", USERS)
    write("src/main/resources/db/migration/V2__orders.sql", ORDERS)
    log = "2026-03-01T09:12:13.123Z  INFO 1 --- [           main] o.f.core.internal.command.DbMigrate      : "
    result = explain(
        f'{log}Current version of schema "public": 1\n'
        f'{log}Migrating schema "public" to version "2 - orders"\n'
        f'{log}Migration of schema "public" to version "2 - orders" failed! Changes successfully rolled'
        " back.\n"
        "2026-03-01T09:12:13.423Z  WARN 1 --- [           main] ConfigServletWebServerApplicationContext :"
        " Exception encountered during context initialization: org.springframework.beans.factory."
        "BeanCreationException: Error creating bean with name 'flywayInitializer': Failed to execute script"
        " V2__orders.sql\n------------------------------------\n"
        f"SQL State  : 23502\nError Code : 0\nMessage    : ERROR: {NULLS}\n"
        "Location   : db/migration/V2__orders.sql (/app/BOOT-INF/classes/db/migration/V2__orders.sql)\n"
        "Line       : 2\n"
        "Statement  : Run Flyway with -X option to see the actual statement causing the problem\n"
    )
    assert result.code == 0
    assert "src/main/resources/db/migration/V2__orders.sql  flyway" in result.out
    assert stopped(result) == "2  ALTER TABLE users ADD COLUMN phone text NOT NULL"


def test_windows_line_ends_and_paths(explain: Explain) -> None:
    psql_files()
    result = explain(f"CREATE TABLE\r\npsql:db\\0002_orders.sql:2: ERROR:  {NULLS}\r\n")
    assert result.code == 0
    assert "line 2 of the log" in result.out
    assert stopped(result).startswith("2  ALTER TABLE users")


# Other languages: the message is not known, the SQLSTATE only where the log has it.


def test_a_german_server_without_an_sqlstate(explain: Explain) -> None:
    psql_files()
    result = explain(
        "CREATE TABLE\npsql:db/0001_users.sql:1: HINWEIS:  Relation »users« existiert bereits, wird"
        " übersprungen\n"
        "psql:db/0002_orders.sql:2: FEHLER:  Spalte »phone« von Relation »users« enthält NULL-Werte\n"
    )
    assert result.code == 0
    assert "line 3 of the log" in result.out
    assert "The log has no SQLSTATE, and this message is none that idemlint knows" in flat(result)
    assert "PostgreSQL says" not in result.out
    assert "lc_messages = 'C'" in result.out
    assert stopped(result).startswith("2  ALTER TABLE users")


def test_a_french_server_with_an_sqlstate(explain: Explain) -> None:
    made(CASES["goose"])
    message = "la colonne « phone » de la table « users » contient des valeurs NULL"
    result = explain(GOOSE.replace(f"ERROR: {NULLS}", f"ERREUR: {message}"))
    assert result.code == 0
    assert f"PostgreSQL says 23502 not_null_violation: {message}" in flat(result)


def test_a_german_server_and_node(explain: Explain) -> None:
    result = explain(
        "error: Relation »orders« existiert bereits\n"
        "    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:285:98) {\n"
        "  length: 100,\n  severity: 'FEHLER',\n  code: '42P07',\n  detail: undefined,\n}\n"
    )
    assert result.code == 0
    assert "42P07 duplicate_table: Relation »orders« existiert bereits" in result.out
    assert "The log names no file and no statement" in result.out


def test_a_message_that_nobody_knows(explain: Explain) -> None:
    psql_files()
    result = explain("psql:db/0002_orders.sql:3: ERROR:  timescale says no to this hypertable\n")
    assert result.code == 0
    assert "none that idemlint knows: timescale says no to this hypertable" in flat(result)
    assert stopped(result).startswith("3  CREATE INDEX")


@pytest.mark.parametrize("severity", ["ERROR", "FEHLER", "ОШИБКА"])
def test_what_psql_read_from_its_input(explain: Explain, severity: str) -> None:
    """The line counts in a text that the log has no name of."""
    psql_files()
    result = explain(f"psql:<stdin>:12: {severity}:  Hypertable sagt nein\n")
    assert result.code == 0
    assert "none that idemlint knows: Hypertable sagt nein" in flat(result)
    assert "Stopped at" not in result.out
    assert "--stopped-at MIGRATION.sql:12" in result.out


def test_an_error_of_no_server_is_not_taken_for_one(explain: Explain) -> None:
    psql_files()
    assert explain("FEHLER:  Datei nicht gefunden\nERROR:  no such bucket\n").code == 1


# The server was not reached, or the run went through.


def test_a_refused_connection_ran_nothing(explain: Explain) -> None:
    psql_files()
    result = explain(
        "> app@1.0.0 migrate\n> node migrate.js\n\nError: connect ECONNREFUSED 127.0.0.1:5432\n"
        "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {\n  errno: -111,\n"
        "  code: 'ECONNREFUSED',\n  syscall: 'connect',\n  address: '127.0.0.1',\n  port: 5432\n}\n"
    )
    assert result.code == 0
    assert "the database was not reached" in result.out
    assert "PostgreSQL says" not in result.out
    assert "--stopped-at" not in result.out
    assert result.out.count("idemlint ") == 1
    assert "idemlint explain econnrefused" in result.out


def test_a_server_that_was_waited_for(explain: Explain) -> None:
    made(CASES["prisma"])
    result = explain(
        "Error: P1001: Can't reach database server at `db`:`5432`\n\nPlease make sure your database server is"
        " running at `db`:`5432`.\nretrying in 2s\n1 migration found in prisma/migrations\n"
        "No pending migrations to apply.\n"
    )
    assert result.code == 0
    assert "on line 6, the log says that a run went through" in flat(result)
    assert "idemlint explain P1001" in result.out


SUCCESS = (
    f"1 migration found in prisma/migrations\n\n{APPLYING}\nThe following migration(s) have been applied:\n\n"
    "migrations/\n  └─ 20260301090000_orders/\n    └─ migration.sql\n\n"
    "All migrations have been successfully applied.\n"
)


@pytest.mark.parametrize(
    "behind",
    ["", "> app start\nERROR: could not connect to redis at cache:6379\n"],
    ids=["nothing behind it", "an error of the app"],
)
def test_a_run_that_went_through_is_no_failure(explain: Explain, behind: str) -> None:
    result = explain(SUCCESS + behind)
    assert (result.code, result.err) == (1, "")
    assert "Line 11 says that a run went through: All migrations have been" in flat(result)
    assert "What stays" not in result.out


def test_a_run_that_was_killed(explain: Explain) -> None:
    """The log has no error: what it says last is all that is known."""
    made(CASES["prisma"])
    result = explain(f"{APPLYING}Killed\n")
    assert result.code == 1
    assert "is line 1: Applying migration `20260301090000_orders`" in flat(result)
    assert "went through" not in result.out


def test_the_last_word_is_that_of_the_last_run(explain: Explain) -> None:
    result = explain(f"{SUCCESS}{APPLYING}Killed\n")
    assert "is line 12: Applying migration" in flat(result)
    assert "went through" not in result.out


def test_a_lock_that_was_not_given(explain: Explain) -> None:
    made(CASES["goose"])
    result = explain(
        "goose run: ERROR 00002_orders.sql: failed to run SQL migration: failed to execute SQL query"
        ' "CREATE INDEX orders_idx ON orders (id);": ERROR: canceling statement due to lock timeout'
        " (SQLSTATE 55P03)\n"
    )
    assert result.code == 0
    assert "55P03 lock_not_available" in result.out
    assert stopped(result).startswith("4  CREATE INDEX")


# Several errors.


def test_psql_that_went_on(explain: Explain) -> None:
    """Without ON_ERROR_STOP it runs the rest of the file: nothing is told as if it had stopped."""
    psql_files()
    result = explain(
        'psql:db/0002_orders.sql:1: ERROR:  relation "orders" already exists\n'
        f"psql:db/0002_orders.sql:2: ERROR:  {NULLS}\n"
        'psql:db/0002_orders.sql:3: ERROR:  relation "orders_idx" already exists\n'
    )
    assert result.code == 0
    assert "psql failed in db/0002_orders.sql at line 1." in result.out
    assert "The log has 3 different errors" in result.out
    assert "psql did not stop there: line 2 of the log" in flat(result)
    assert "Never ran" not in result.out
    assert "--stopped-at" not in result.out
    assert "idemlint replay db/0002_orders.sql" in result.out


def test_the_same_error_twice_is_one(explain: Explain) -> None:
    """Supervisors print what the program did: the log of a pod that was started again has it each time."""
    made(CASES["goose"])
    result = explain(f"{GOOSE}\n{GOOSE}\n{GOOSE}\n")
    assert "line 1 of the log" in result.out
    assert "different errors" not in result.out


def test_what_an_earlier_deploy_failed_with(explain: Explain) -> None:
    """P3009 prints the log of the deploy that failed: the error is of that one, and so is its advice."""
    made(CASES["prisma"])
    result = explain(
        "Error: P3009\n\nmigrate found failed migrations in the target database, new migrations will not be"
        " applied. Read more about how to resolve migration issues in a production database:"
        " https://pris.ly/d/migrate-resolve\nThe `20260301090000_orders` migration started at 2026-03-01"
        " 09:12:13.123 UTC failed with the following logs:\nA migration failed to apply. New migrations"
        " cannot be applied before the error is recovered from.\n\nMigration name: 20260301090000_orders\n\n"
        f"Database error code: 23502\n\nDatabase error:\nERROR: {NULLS}\n"
    )
    assert result.code == 0
    assert "PostgreSQL said then 23502 not_null_violation" in flat(result)
    assert "This deploy ran nothing." in flat(result)
    assert stopped(result).startswith("2  ALTER TABLE users")
    now = flat(result).split("What to do now", 1)[1]
    assert "`prisma migrate resolve --rolled-back NAME`" in now


# The server's own log.


def test_a_log_of_the_server(explain: Explain) -> None:
    psql_files()
    at = "2026-03-01 09:12:13.123 UTC [4711] "
    result = explain(
        f"{at}ERROR:  {NULLS}\n{at}STATEMENT:  ALTER TABLE users\n\t  ADD COLUMN phone text NOT NULL;\n"
    )
    assert result.code == 0
    assert stopped(result).startswith("2  ALTER TABLE users")
    assert "Neither the log nor the folder says which runner it was" in flat(result)


def test_a_log_of_a_german_server(explain: Explain) -> None:
    psql_files()
    at = "2026-03-01 09:12:13.123 CET [4711] "
    result = explain(
        f"{at}FEHLER:  Spalte »phone« von Relation »users« enthält NULL-Werte\n"
        f"{at}ANWEISUNG:  ALTER TABLE users ADD COLUMN phone text NOT NULL;\n"
    )
    assert result.code == 0
    assert stopped(result).startswith("2  ALTER TABLE users")


def test_a_runner_that_is_configured_is_not_doubted(explain: Explain) -> None:
    psql_files()
    write("idemlint.toml", 'paths = ["db"]\nrunner = "psql"\n')
    result = explain(
        f"ERROR:  {NULLS}\nSTATEMENT:  ALTER TABLE users ADD COLUMN phone text NOT NULL;\n"
    )
    assert stopped(result).startswith("2  ALTER TABLE users")
    assert "Neither the log nor the folder" not in result.out
