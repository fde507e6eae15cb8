"""`idemlint explain - < LOG`: the runner's message, the SQLSTATE, the file and the place in a pasted log."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cli.conftest import Result, write
from idemlint.outage.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Explain = Callable[..., Result]

#: What all folders hold: the second file stops at its second statement.
USERS = "CREATE TABLE users (id int PRIMARY KEY);\n"
ORDERS = """CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE users ADD COLUMN phone text NOT NULL;
CREATE INDEX orders_idx ON orders (id);
"""
NULLS = 'column "phone" of relation "users" contains null values'
THERE = 'relation "orders" already exists'


class Case(NamedTuple):
    """A log of a runner, and what is read out of it: the file, and the line of the statement there."""

    title: str
    files: dict[str, str]
    log: str
    file: str
    row: int
    sqlstate: str
    next: str = ""


CASES = {
    "psql": Case(
        "psql",
        {"db/0001_users.sql": USERS, "db/0002_orders.sql": ORDERS},
        f"CREATE TABLE\npsql:db/0002_orders.sql:2: ERROR:  {NULLS}\n",
        "db/0002_orders.sql",
        2,
        "23502",
        "psql --set ON_ERROR_STOP=1 --file db/0002_orders.sql",
    ),
    "drizzle": Case(
        "Drizzle",
        {
            "drizzle/0000_users.sql": USERS,
            "drizzle/0001_orders.sql": ORDERS.replace(";\n", ";--> statement-breakpoint\n"),
            "drizzle/meta/_journal.json": json.dumps(
                {"entries": [{"tag": "0000_users", "when": 1}, {"tag": "0001_orders", "when": 2}]}
            ),
        },
        "Reading config file '/app/drizzle.config.ts'\nUsing 'pg' driver for database querying\n"
        "[⣷] applying migrations...DrizzleQueryError: Failed query: ALTER TABLE users ADD COLUMN phone"
        " text NOT NULL;\nparams: \n"
        "    at NodePgPreparedQuery.queryWithCache (/app/node_modules/src/pg-core/session.ts:73:11)\n"
        f"  cause: error: {NULLS}\n      at Parser.parseErrorMessage (/app/parser.ts:368:69)\n"
        "    length: 146,\n    severity: 'ERROR',\n    code: '23502',\n    routine: 'ATRewriteTable'\n",
        "drizzle/0001_orders.sql",
        2,
        "23502",
        "npx drizzle-kit migrate",
    ),
    "prisma": Case(
        "Prisma Migrate",
        {
            "prisma/migrations/20260301090000_orders/migration.sql": ORDERS,
            "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        },
        "Applying migration `20260301090000_orders`\nError: P3018\n\nA migration failed to apply.\n\n"
        "Migration name: 20260301090000_orders\n\nDatabase error code: 23502\n\nDatabase error:\n"
        f'ERROR: {NULLS}\n\nDbError {{ severity: "ERROR", parsed_severity: Some(Error), code:'
        " SqlState(E23502), position: None, line: Some(6166) }\n",
        "prisma/migrations/20260301090000_orders/migration.sql",
        2,
        "23502",
        "prisma migrate resolve --rolled-back 20260301090000_orders",
    ),
    "supabase": Case(
        "Supabase",
        {"supabase/migrations/20260301090000_orders.sql": ORDERS},
        "Connecting to remote database...\nApplying migration 20260301090000_orders.sql...\n"
        f"ERROR: {NULLS} (SQLSTATE 23502)\nAt statement: 1\n"
        "ALTER TABLE users ADD COLUMN phone text NOT NULL\nTry rerunning the command with --debug\n",
        "supabase/migrations/20260301090000_orders.sql",
        2,
        "23502",
        "supabase db push",
    ),
    "flyway": Case(
        "Flyway",
        {"db/migration/V1__users.sql": USERS, "db/migration/V2__orders.sql": ORDERS},
        'Migrating schema "public" to version "2 - orders"\n'
        'ERROR: Migration of schema "public" to version "2 - orders" failed! Changes successfully rolled'
        " back.\nERROR: Script V2__orders.sql failed\n----------------------------\n"
        f"SQL State  : 23502\nError Code : 0\nMessage    : ERROR: {NULLS}\n"
        "Location   : db/migration/V2__orders.sql (/flyway/sql/V2__orders.sql)\nLine       : 2\n"
        "Statement  : ALTER TABLE users ADD COLUMN phone text NOT NULL\n",
        "db/migration/V2__orders.sql",
        2,
        "23502",
        "flyway migrate",
    ),
    "golang-migrate": Case(
        "golang-migrate",
        {
            "migrations/000001_users.up.sql": USERS,
            "migrations/000002_orders.up.sql": ORDERS,
            "go.mod": "require github.com/golang-migrate/migrate/v4 v4.17.0\n",
        },
        "2026/03/01 09:12:13 1/u users (12.3ms)\n"
        f"2026/03/01 09:12:13 error: migration failed: {NULLS} in line 0: {ORDERS.strip()}"
        f" (details: pq: {NULLS})\n",
        "migrations/000002_orders.up.sql",
        2,
        "23502",
        "force 000001",
    ),
    "goose": Case(
        "goose",
        {
            "migrations/00001_users.sql": f"-- +goose Up\n{USERS}",
            "migrations/00002_orders.sql": f"-- +goose Up\n{ORDERS}",
        },
        "2026/03/01 09:12:13 OK   00001_users.sql (12.3ms)\n"
        "2026/03/01 09:12:13 goose run: ERROR 00002_orders.sql: failed to run SQL migration: failed to"
        ' execute SQL query "ALTER TABLE users ADD COLUMN phone text NOT NULL;":'
        f" ERROR: {NULLS} (SQLSTATE 23502)\n",
        "migrations/00002_orders.sql",
        3,
        "23502",
        "goose up",
    ),
    "dbmate": Case(
        "dbmate",
        {
            "db/migrations/20260301_orders.sql": f"-- migrate:up\n{ORDERS}\n-- migrate:down\n",
            "db/migrations/20260201_users.sql": f"-- migrate:up\n{USERS}\n-- migrate:down\n",
        },
        f"Applying: 20260201_users.sql\nApplying: 20260301_orders.sql\nError: pq: {NULLS}\n",
        "db/migrations/20260301_orders.sql",
        3,
        "23502",
        "dbmate up",
    ),
    "sqlx": Case(
        "sqlx",
        {
            "migrations/20260201000000_users.sql": USERS,
            "migrations/20260301000000_orders.sql": ORDERS,
            "Cargo.toml": '[dependencies]\nsqlx = "0.8"\n',
        },
        "Applied 20260201000000/migrate users (3.2ms)\n"
        f"error: while executing migration 20260301000000: error returned from database: {NULLS}\n\n"
        f"Caused by:\n    0: error returned from database: {NULLS}\n    1: {NULLS}\n",
        "migrations/20260301000000_orders.sql",
        2,
        "23502",
        "sqlx migrate run",
    ),
    "diesel": Case(
        "Diesel",
        {
            "migrations/2026-03-01-090000_orders/up.sql": ORDERS,
            "migrations/2026-03-01-090000_orders/down.sql": "DROP TABLE orders;\n",
            "diesel.toml": "[migrations_directory]\n",
        },
        f"Running migration 2026-03-01-090000_orders\nFailed to run 2026-03-01-090000_orders with: {NULLS}\n",
        "migrations/2026-03-01-090000_orders/up.sql",
        2,
        "23502",
        "diesel migration run",
    ),
    "liquibase": Case(
        "Liquibase",
        {
            "db/changelog/orders.sql": "--liquibase formatted sql\n--changeset alice:1\n"
            "CREATE TABLE orders (id int PRIMARY KEY);\n--changeset alice:2\n"
            "ALTER TABLE users ADD COLUMN phone text NOT NULL;\n"
        },
        "Running Changeset: db/changelog/orders.sql::1::alice\n"
        "Unexpected error running Liquibase: Migration failed for changeset"
        " db/changelog/orders.sql::2::alice:\n"
        f"     Reason: liquibase.exception.DatabaseException: ERROR: {NULLS} [Failed SQL: (0) ALTER TABLE"
        " users ADD COLUMN phone text NOT NULL]\n",
        "db/changelog/orders.sql",
        5,
        "23502",
        "liquibase update",
    ),
    "node-pg-migrate": Case(
        "node-pg-migrate",
        {
            "migrations/1770000000000_users.sql": f"-- Up Migration\n{USERS}",
            "migrations/1780000000000_orders.sql": f"-- Up Migration\n{ORDERS}-- Down Migration\n",
            "package.json": '{"dependencies": {"node-pg-migrate": "^7.0.0"}}\n',
        },
        "> Migrating files:\n> - 1770000000000_users\n> - 1780000000000_orders\n"
        "### MIGRATION 1770000000000_users (UP) ###\n### MIGRATION 1780000000000_orders (UP) ###\n"
        f"Error executing:\n{ORDERS}\nerror: {NULLS}\n"
        "    at Parser.parseErrorMessage (/app/parser.js:285:98)\n"
        "  code: '23502',\n> Rolling back attempted migration ...\n",
        "migrations/1780000000000_orders.sql",
        3,
        "23502",
        "npx node-pg-migrate up",
    ),
    "alembic": Case(
        "Alembic",
        {"sql/0002_orders.sql": "-- Running upgrade  -> def456\n\n" + ORDERS},
        "INFO  [alembic.runtime.migration] Running upgrade abc123 -> def456, orders\nTraceback (most recent"
        ' call last):\n  File "/app/env.py", line 3\npsycopg2.errors.NotNullViolation: '
        f"{NULLS}\n\n\nThe above exception was the direct cause of the following exception:\n\n"
        f"sqlalchemy.exc.IntegrityError: (psycopg2.errors.NotNullViolation) {NULLS}\n\n"
        "[SQL: ALTER TABLE users ADD COLUMN phone text NOT NULL]\n(Background on this error at: https://x)\n",
        "sql/0002_orders.sql",
        4,
        "23502",
    ),
    "sqitch": Case(
        "Sqitch",
        {
            "sqitch.plan": "%syntax-version=1.0.0\n%project=x\n\n"
            "users 2026-03-01T09:00:00Z a <a@b> # u\norders 2026-03-01T09:00:00Z a <a@b> # o\n",
            "deploy/users.sql": USERS,
            "deploy/orders.sql": ORDERS,
        },
        "Deploying changes to db:pg:app\n  + users ... ok\n"
        f"  + orders .. psql:deploy/orders.sql:2: ERROR:  {NULLS}\nnot ok\n"
        '"psql" unexpectedly returned exit value 3\n\nReverting all changes\n  - users ... ok\n'
        "Deploy failed\n",
        "deploy/orders.sql",
        2,
        "23502",
        "sqitch status",
    ),
    "atlas": Case(
        "Atlas",
        {
            "migrations/20260301090000_orders.sql": "-- atlas:txmode none\n\n" + ORDERS,
            "migrations/atlas.sum": "h1:x\n",
        },
        "Migrating to version 20260301090000 from 20260201000000 (1 migrations in total):\n"
        '  -- migrating version 20260301090000\nError: sql/migrate: executing statement "ALTER TABLE users'
        f' ADD COLUMN phone text NOT NULL;" from version "20260301090000": pq: {NULLS}\n',
        "migrations/20260301090000_orders.sql",
        4,
        "23502",
        "atlas migrate status",
    ),
    "rails": Case(
        "Rails",
        {},
        "== 20260301090000 AddOrders: migrating ======\n-- create_table(:orders)\nrails aborted!\n"
        "StandardError: An error has occurred, this and all later migrations canceled:\n\n"
        f"PG::DuplicateTable: ERROR:  {THERE}\n",
        "",
        0,
        "42P07",
    ),
    "django": Case(
        "Django",
        {},
        "Running migrations:\n  Applying shop.0002_orders...Traceback (most recent call last):\n"
        f"psycopg2.errors.DuplicateTable: {THERE}\n\ndjango.db.utils.ProgrammingError: {THERE}\n",
        "",
        0,
        "42P07",
    ),
    "postgres-migrations": Case(
        "postgres-migrations",
        {
            "migrations/1_users.sql": USERS,
            "migrations/2_orders.sql": ORDERS,
            "package.json": '{"dependencies": {"postgres-migrations": "^5.3.0"}}\n',
        },
        "Error: Migration failed. Reason: An error occurred running 'orders'. Rolled back this migration."
        f" No further migrations were run. Reason: {NULLS}\n",
        "migrations/2_orders.sql",
        2,
        "23502",
    ),
}


def made(case: Case) -> None:
    """The folder of a case."""
    for name, text in case.files.items():
        write(name, text)


@pytest.mark.parametrize("runner", CASES)
def test_a_log_of_each_runner(explain: Explain, runner: str) -> None:
    case = CASES[runner]
    made(case)
    result = explain(case.log)
    assert (result.code, result.err) == (0, "")
    assert case.sqlstate in result.out
    assert case.title in result.out
    assert case.next in result.out
    if case.file:
        assert case.file in result.out
        stopped = result.out.split("Stopped at\n", 1)[1].splitlines()[0]
        assert stopped.split()[0] == str(case.row)
        assert "phone" in stopped


def coloured(log: str) -> str:
    return "".join(f"\x1b[31m{line}\x1b[0m\n" for line in log.splitlines())


def prefixed(prefix: str) -> Callable[[str], str]:
    return lambda log: "".join(f"{prefix}{line}\n" for line in log.splitlines())


DRESSES: dict[str, Callable[[str], str]] = {
    "colours": coloured,
    "CRLF": lambda log: log.replace("\n", "\r\n"),
    "GitHub": prefixed("2026-03-01T09:12:13.1234567Z "),
    "Heroku": prefixed("2026-03-01T09:12:13.123456+00:00 app[release.4821]: "),
    "docker compose": prefixed("migrate-1  | "),
    "syslog": prefixed("Mar  1 09:12:13 web-1 deploy[4711]: "),
    "kubectl": prefixed("[pod/migrate-x7/main] 2026-03-01T09:12:13Z "),
    "buildkit": prefixed("#12 3.456 "),
    "a logger's timestamps": prefixed("[2026-03-01 09:12:13,123] "),
    "JSON": lambda log: "".join(
        json.dumps({"level": "error", "time": 1772356333, "msg": line}) + "\n"
        for line in log.splitlines()
    ),
    "docker's JSON": lambda log: "".join(
        json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-03-01T09:12:13Z"}) + "\n"
        for line in log.splitlines()
    ),
    "one JSON object": lambda log: json.dumps({"level": 50, "err": {"message": log}}) + "\n",
}


@pytest.mark.parametrize("runner", ["prisma", "flyway", "goose", "psql", "drizzle", "sqitch"])
@pytest.mark.parametrize("dress", DRESSES)
def test_what_stands_around_a_message_does_not_matter(
    explain: Explain, dress: str, runner: str
) -> None:
    case = CASES[runner]
    made(case)
    plain = explain(case.log)
    dressed = explain(DRESSES[dress](case.log))
    assert dressed.code == 0
    assert dressed.out.split("What stays", 1)[1] == plain.out.split("What stays", 1)[1]


def test_utf_16_of_powershell(explain: Explain) -> None:
    case = CASES["psql"]
    made(case)
    assert "23502" in explain(b"\xff\xfe" + case.log.encode("utf-16-le")).out


def test_the_first_error_is_the_cause(explain: Explain) -> None:
    made(CASES["psql"])
    result = explain(
        'psql:db/0001_users.sql:1: NOTICE:  relation "x" already exists, skipping\n'
        f"psql:db/0002_orders.sql:2: ERROR:  {NULLS}\n"
        "psql:db/0002_orders.sql:3: ERROR:  current transaction is aborted, commands ignored until end\n"
    )
    assert "23502 not_null_violation" in result.out
    assert "The log has 2 different errors" in result.out


def test_a_notice_is_no_error(explain: Explain) -> None:
    log = (
        "{\n  severity_local: 'NOTICE',\n  severity: 'NOTICE',\n  code: '42P06',\n"
        "  message: 'schema \"drizzle\" already exists, skipping',\n}\n"
        'NOTICE:  relation "users" already exists, skipping\n'
    )
    assert explain(log).code == 1


@pytest.mark.parametrize(
    "log",
    ["", "\n\n", "Everything is fine.\n0 errors\n", "Build failed: npm ERR! code ELIFECYCLE\n"],
)
def test_a_log_without_a_known_error_is_1(explain: Explain, log: str) -> None:
    result = explain(log)
    assert (result.code, result.err) == (1, "")
    assert "Nothing in this log is a failed migration that idemlint knows" in result.out


def test_binary_garbage(explain: Explain) -> None:
    garbage = bytes(range(256)) * 4000
    assert explain(garbage).code == 1
    result = explain(garbage + b'\nERROR:  relation "orders" already exists\n' + garbage)
    assert (result.code, "42P07" in result.out) == (0, True)


def test_nothing_of_a_log_steers_the_terminal(explain: Explain) -> None:
    result = explain(b'ERROR:  relation "a\x1b]0;owned\x07\x9b31m\xe2\x80\xaeb" already exists\n')
    assert "42P07" in result.out
    assert result.out.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-01T09:12:13.1234567Z GET /health 200 12ms error=0 cannot=1 'already' does not fail",
        '{"level":"info","msg":"request failed once, error ignored","path":"/x","code":"ECONN"}',
        "x" * 5000 + " error " + "y" * 5000,
        "ERROR: " + "(" * 200,
    ],
)
def test_a_long_log_is_read_to_its_end(explain: Explain, line: str) -> None:
    made(CASES["psql"])
    result = explain(f"{line}\n" * (1_000_000 // (len(line) + 1)) + CASES["psql"].log)
    assert "db/0002_orders.sql" in result.out


def test_an_earlier_failure_is_told_from_its_consequence(explain: Explain) -> None:
    result = explain("error: Dirty database version 2. Fix and force version.\n")
    assert result.code == 0
    assert "This run did nothing." in result.out.replace("\n  ", " ")
    assert "force VERSION-BEFORE" in result.out


def test_the_folder_can_be_named(explain: Explain) -> None:
    write("a/0002_orders.sql", ORDERS)
    write("b/0002_orders.sql", ORDERS + "SELECT 1;\n")
    log = f"psql:0002_orders.sql:2: ERROR:  {NULLS}\n"
    assert "Stopped at" not in explain(log).out
    assert "b/0002_orders.sql" in explain(log, "b").out


def test_a_folder_that_is_not_there_is_2(explain: Explain) -> None:
    result = explain(CASES["psql"].log, "gone")
    assert (result.code, "gone" in result.err) == (2, True)


def test_without_the_files_it_says_what_it_can(explain: Explain) -> None:
    result = explain(CASES["prisma"].log)
    assert result.code == 0
    assert "No file here is called 20260301090000_orders" in result.out.replace("\n  ", " ") or (
        "There are no migrations here" in result.out
    )
    assert "idemlint replay --stopped-at" in result.out


def test_a_line_that_the_file_does_not_have(explain: Explain) -> None:
    made(CASES["psql"])
    result = explain(f"psql:db/0002_orders.sql:99: ERROR:  {NULLS}\n")
    assert result.code == 0
    assert "there is no line 99" in result.out


def test_a_configuration_says_where_the_files_are(explain: Explain, here: Path) -> None:
    made(CASES["psql"])
    write("other/0002_orders.sql", ORDERS)
    write("idemlint.toml", 'paths = ["db"]')
    result = explain(f"psql:0002_orders.sql:2: ERROR:  {NULLS}\n")
    assert "db/0002_orders.sql" in result.out
    assert "other/" not in result.out


#: Events of the profiler for a line (a call is two): JSON has 320; with 40 lines behind each it was 820.
MOST_CALLS = 400
#: Lines that nearly are errors, and make the reader look twice.
NEARLY = {
    "a request": "2026-03-01T09:12:13.1234567Z GET /health 200 12ms error=0 cannot=1 'already' no fail",
    "JSON": '{"level":"info","msg":"request failed once, error ignored","path":"/x","code":"ECONN"}',
    "a long line": "x" * 5000 + " error " + "y" * 5000,
    "an error without a code": "ERROR: " + "(" * 200,
}


@pytest.mark.slow
@pytest.mark.parametrize("line", NEARLY.values(), ids=list(NEARLY))
def test_no_line_of_a_long_log_is_looked_at_again_and_again(line: str) -> None:
    """Counted, not timed: what is called for a line, besides those who split the log."""
    error = 'psql:db/0002_orders.sql:2: ERROR:  relation "orders" already exists\n'
    number = 2_000
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        failure = read((f"{line}\n" * number + error).encode())
    finally:
        sys.setprofile(None)
    assert failure is not None
    assert (failure.sqlstate, failure.file, failure.row) == ("42P07", "db/0002_orders.sql", 2)
    assert calls < MOST_CALLS * number


#: A file, the log of a runner, and the row of the statement: what the log counts in is the runner's own.
ROWS = {
    "dbmate counts from the marker (2.36, measured)": (
        "db/migrations/20260301_orders.sql",
        "-- a comment\n-- another\n\n-- migrate:up\nCREATE TABLE a (id int);\n"
        "CREATE TABLE u (é text); INSERT INTO a (zz) VALUES (1);\n-- migrate:down\nDROP TABLE a;\n",
        "Applying: 20260301_orders.sql\nApplied: 20260301_orders.sql in 6.074258ms\nError: line: 3,"
        ' column: 41, position: 80: pq: column "zz" of relation "a" does not exist at position 3:41'
        " (42703)\n",
        "6  INSERT INTO a (zz)",
        "42703",
    ),
    "dbmate counts in the second block (2.36, measured)": (
        "db/migrations/20260301_orders.sql",
        "-- a comment\n-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\n\n"
        "-- migrate:up\nCREATE TABLE q (id int);\nSELECT nope;\n-- migrate:down\n",
        "Applying: 20260301_orders.sql\nError: line: 3, column: 8, position: 47:"
        ' pq: column "nope" does not exist at position 3:8 (42703)\n',
        "8  SELECT nope",
        "42703",
    ),
    "golang-migrate counts in the file": (
        "migrations/000002_orders.up.sql",
        ORDERS + "ALTER TABLE users ALTER nope SET NOT NULL;\n",
        'error: migration failed: column "nope" of relation "users" does not exist (column 1) in line 4: '
        + ORDERS
        + "ALTER TABLE users ALTER nope SET NOT NULL;\n"
        ' (details: pq: column "nope" of relation "users" does not exist)\n',
        "4  ALTER TABLE users ALTER nope",
        "42703",
    ),
    "golang-migrate in multi-statement mode counts in the statement": (
        "migrations/000002_orders.up.sql",
        ORDERS + "ALTER TABLE users\n  ALTER nope SET NOT NULL;\nSELECT 1;\n",
        'error: migration failed: column "nope" of relation "users" does not exist (column 9) in line 3: \n'
        "ALTER TABLE users\n  ALTER nope SET NOT NULL;"
        ' (details: pq: column "nope" of relation "users" does not exist)\n',
        "4  ALTER TABLE users ALTER nope",
        "42703",
    ),
    "node-pg-migrate sets a caret (8.0, measured)": (
        "migrations/1780000000000_orders.sql",
        "-- Up Migration\nCREATE TABLE b (id int);\nALTER TABLE a\n  ADD COLUMN c nope;\nSELECT 1;\n"
        "-- Down Migration\n",
        "### MIGRATION 1780000000000_orders (UP) ###\nError executing:\n-- Up Migration\nCREATE TABLE b (id"
        " int);\nALTER TABLE a\n  ADD COLUMN c nope;\n               ^^^^\nSELECT 1;\n;\n\n"
        'type "nope" does not exist\n\n> Rolling back attempted migration ...\n'
        "error: type \"nope\" does not exist\n    at /app/pg/lib/client.js:694:17 {\n  code: '42704',\n}\n",
        "3  ALTER TABLE a ADD COLUMN c nope",
        "42704",
    ),
    "graphile-migrate counts behind the headers": (
        "migrations/committed/000002-orders.sql",
        "--! Previous: sha1:aa\n--! Hash: sha1:bb\n\nCREATE TABLE b (id int);\nALTER TABLE b ADD c nope;\n",
        "graphile-migrate: Running migration '000001-users.sql'\n"
        "graphile-migrate: Running migration '000002-orders.sql'\n\n"
        '🛑 Error occurred at line 2, column 23 of "000002.sql":\n'
        "|   CREATE TABLE b (id int);\n|   ALTER TABLE b ADD c nope;\n| ----------------------^\n"
        '| 42704: type "nope" does not exist\n    error: type "nope" does not exist\n\n'
        "    Severity:\tERROR\n    Code:    \t42704\n",
        "5  ALTER TABLE b ADD c nope",
        "42704",
    ),
    "Prisma, where the row and the message agree": (
        "prisma/migrations/20260301090000_orders/migration.sql",
        ORDERS + "ALTER TABLE users ALTER nope SET NOT NULL;\n",
        "Error: P3018\n\nA migration failed to apply.\n\nMigration name: 20260301090000_orders\n\nDatabase"
        " error code: 42703\n\nDatabase error:\n"
        'ERROR: column "nope" of relation "users" does not exist\n\n'
        "Position:\n\x1b[1m  0\x1b[0m\n\x1b[1m  1\x1b[0m CREATE TABLE orders (id int PRIMARY KEY);\n"
        "\x1b[1m  2\x1b[0m ALTER TABLE users ADD COLUMN phone text NOT NULL;\n"
        "\x1b[1m  3\x1b[0m CREATE INDEX orders_idx ON orders (id);\n"
        "\x1b[1m  4\x1b[1;31m ALTER TABLE users ALTER nope SET NOT NULL;\x1b[0m\n\n"
        'DbError { severity: "ERROR", parsed_severity: Some(Error), code: SqlState(E42703) }\n',
        "4  ALTER TABLE users ALTER nope",
        "42703",
    ),
    "Prisma, where the row belongs to another statement": (
        "prisma/migrations/20260301090000_orders/migration.sql",
        ORDERS + "ALTER TABLE users ALTER nope SET NOT NULL;\n",
        "Error: P3018\n\nMigration name: 20260301090000_orders\n\nDatabase error code: 42703\n\nDatabase"
        ' error:\nERROR: column "nope" of relation "users" does not exist\n\n'
        "Position:\n  0\n  1 CREATE TABLE orders (id int PRIMARY KEY);\n\n"
        'DbError { severity: "ERROR", code: SqlState(E42703) }\n',
        "4  ALTER TABLE users ALTER nope",
        "42703",
    ),
    "tern counts in the trimmed text, and shows the line": (
        "migrations/002_orders.sql",
        "\n\nCREATE TABLE b (id int);\nALTER TABLE b ADD c nope;\n---- create above / drop below ----\n"
        "DROP TABLE b;\n",
        "2026-03-01 09:12:13 executing 002_orders.sql up\nCREATE TABLE b (id int);\nALTER TABLE b ADD c"
        ' nope;\n\n\nERROR: type "nope" does not exist (SQLSTATE 42704)\nLINE 2: ALTER TABLE b ADD c nope;\n'
        "                            ^\n",
        "4  ALTER TABLE b ADD c nope",
        "42704",
    ),
    "libpq shows a piece of the line": (
        "sql/0002_orders.sql",
        "CREATE TABLE b (id int);\n"
        "ALTER TABLE b ADD COLUMN a_long_name_of_a_column nope NOT NULL DEFAULT 1;\n",
        'psycopg2.errors.UndefinedObject: type "nope" does not exist\n'
        "LINE 1: ...TABLE b ADD COLUMN a_long_name_of_a_column nope NOT NULL DEF...\n"
        "                                                      ^\n",
        "2  ALTER TABLE b ADD COLUMN a_long",
        "42704",
    ),
    "DbUp counts statements from 0, and its block line is the server's": (
        "Scripts/0002_orders.sql",
        ORDERS,
        "Executing Database Server script '0002_orders.sql'\n"
        "Npgsql exception has occurred in script: '0002_orders.sql'\n"
        f"Script block number: 1; Block line 6049; Position: 0; Message: 23502: {NULLS}\n",
        "2  ALTER TABLE users ADD COLUMN phone",
        "23502",
    ),
}


@pytest.mark.parametrize("title", ROWS)
def test_the_row_of_a_log_is_that_of_the_file(explain: Explain, title: str) -> None:
    name, text, log, stopped, sqlstate = ROWS[title]
    write(name, text)
    result = explain(log, ".")
    assert result.code == 0
    assert sqlstate in result.out
    assert result.out.split("Stopped at\n", 1)[1].splitlines()[0].strip().startswith(stopped)


def test_a_row_that_two_blocks_have_is_not_guessed(explain: Explain) -> None:
    write(
        "db/migrations/20260301_orders.sql",
        "-- migrate:up\nCREATE TABLE a (id int);\nSELECT 1 / 0;\n-- migrate:down\n"
        "-- migrate:up\nCREATE TABLE b (id int);\nSELECT 2 / 0;\n-- migrate:down\n",
    )
    result = explain(
        "Applying: 20260301_orders.sql\nError: line: 3, column: 1, position: 40: pq: division by zero\n"
    )
    assert "Which statement it was is not in the log" in result.out
    assert "dbmate stopped in 20260301_orders.sql at line 3 of what it sent." in result.out


def test_a_version_is_found_without_the_zeros_of_its_file(explain: Explain) -> None:
    """golang-migrate prints the number, and the file has zeros before it."""
    made(CASES["golang-migrate"])
    result = explain("error: Dirty database version 2. Fix and force version.\n")
    assert "migrations/000002_orders.up.sql" in result.out


def test_a_runner_that_says_what_is_done_does_not_say_what_runs(explain: Explain) -> None:
    result = explain(
        f"1/u users (12.3ms)\nerror: migration failed: {NULLS} in line 0: ALTER (details: pq: {NULLS})\n"
    )
    assert "golang-migrate stopped." in result.out


def test_plain_files_are_those_of_the_runner_whose_log_it_is(explain: Explain) -> None:
    """Nothing in the folder says that it is DbUp's, and what stays hangs on it."""
    write("Scripts/0002_orders.sql", ORDERS)
    log = (
        "Executing Database Server script '0002_orders.sql'\n"
        "DB exception has occurred in script: '0002_orders.sql'\n"
        f"Script block number: 1; Message: 23502: {NULLS}\n"
    )
    assert "DbUp sends it statement by statement" in explain(log, ".").out


def test_a_log_of_another_runner_than_the_files_is_said(explain: Explain) -> None:
    made(CASES["flyway"])
    result = explain(
        "goose run: ERROR V2__orders.sql: failed to run SQL migration: failed to execute SQL query"
        f' "ALTER TABLE users ADD COLUMN phone text NOT NULL": ERROR: {NULLS} (SQLSTATE 23502)\n'
    )
    said = " ".join(result.out.split())
    assert "The log is that of goose, and these files are taken for those of Flyway" in said
