"""How each runner says in its log that a migration failed: patterns over the lines, with named groups.

A row a runner. `speaks` is what only its log has; `says` are its messages, and the groups in them what they
tell: `file` (a path, a name or a version), `row`, `column`, `index` (of the statement, from 0), `statement`,
`excerpt` (the line of the file with the error), `message`; `running` is the line that names the migration it
is at. Written after what the runners print:

- psql (postgres/postgres: src/common/logging.c; measured): `psql:FILE:LINE: ERROR:`; the line is that of the
  statement's semicolon. Drivers on libpq, psql and tern add `LINE n: …`, which `reading` knows.
- Prisma (prisma/prisma-engines: libs/user-facing-errors/src/schema_engine.rs, schema-engine/commands/src/
  commands/apply_migrations.rs, flavour/postgres/connector/native/mod.rs apply_migration_script, as of 7.3).
  [unverified] What text its `Position:` counts in from 7.4 on, where it sends statement by statement.
- Drizzle (drizzle-team/drizzle-orm: drizzle-orm/src/errors.ts DrizzleQueryError,
  drizzle-kit/src/cli/views.ts), and the drivers' errors as Node prints them.
- Supabase (supabase/cli: apps/cli-go/pkg/migration/{file,apply}.go, and the same in TypeScript: apps/cli/src/
  legacy/shared/legacy-migration-apply.ts): the index counts from 0, the text ends at the caret.
- Flyway (flyway/flyway: flyway-core: internal/command/DbMigrate.java, internal/util/ExceptionUtils.java,
  internal/sqlscript/FlywaySqlScriptException.java, "Failed to execute script"; [unverified] "Script … failed"
  and "Migration … failed" are what versions before it said). The statement is there with -X only.
- golang-migrate (golang-migrate/migrate: database/error.go, database/postgres/postgres.go runStatement,
  migrate.go runMigrations, migration.go LogString): `in line n` counts in the text that is printed behind it,
  0 is no line; `2/u name` is printed when that one is done, with -verbose `Read and execute` before.
- goose (pressly/goose: migration.go, migration_sql.go, provider_errors.go, up.go); Atlas (ariga/atlas:
  sql/migrate/migrate.go StmtExecError, cmd/atlas/internal/cmdlog/cmdlog.go MigrateApplyTemplate).
- dbmate (amacneil/dbmate: pkg/dbmate/driver.go QueryError, pkg/dbmate/db.go Migrate; npm 2.36, measured):
  rows count from the `-- migrate:up` line of the block; `Applied:` is printed of a file that failed, too.
- lib/pq (error.go, CHANGELOG.md): ` at position 3:41 (42703)` behind the message, in versions of 2026.
- sqlx (launchbadge/sqlx: sqlx-core/src/migrate/error.rs, sqlx-postgres/src/error.rs,
  sqlx-cli/src/migrate.rs); Diesel (diesel-rs/diesel: diesel_migrations/src/{errors,migration_harness,
  file_based_migrations}.rs); refinery (rust-db/refinery: refinery_core/src/error.rs,
  refinery_core/src/traits/{sync,async}.rs).
- Liquibase (liquibase/liquibase: liquibase-standard: exception/MigrationFailedException.java,
  executor/jvm/JdbcExecutor.java, changelog/ChangeSet.java, changelog/visitor/UpdateVisitor.java).
- node-pg-migrate (salsita/node-pg-migrate: src/{db,migration,runner}.ts; 8.0 measured); postgres-migrations
  5.3 (dist/run-migration.js); graphile-migrate (graphile/migrate: src/{instrumentation,migration}.ts: rows
  count behind the headers, and the file is named without its description).
- Alembic (alembic/runtime/migration.py), SQLAlchemy's `[SQL: …]` (lib/sqlalchemy/exc.py); Django 5.2
  (core/management/commands/migrate.py); Rails (rails/rails: activerecord/lib/active_record/migration.rb).
- Sqitch (sqitchers/sqitch: lib/App/Sqitch/Engine.pm); sql-migrate (rubenv/sql-migrate: migrate.go TxError);
  tern (jackc/tern: main.go Migrate); rambler (elwinar/rambler: service.go); yoyo 9.0 (yoyo/backends/base.py);
  yandex-pgmigrate 1.0 (pgmigrate.py _apply_statement).
- Hasura CLI (hasura/graphql-engine: cli/migrate/database/hasuradb/types.go HasuraError; issues 5202, 7616).
- DbUp (DbUp/DbUp: dbup-core/Support/ScriptExecutor.cs, DbUp/dbup-postgresql: PostgresqlScriptExecutor.cs; its
  "Block line" is a line of the server's source); Evolve (lecaillon/Evolve: src/Evolve/Evolve.cs); grate
  (erikbra/grate: src/grate.core/Migration/DbMigrator.cs); `42P07: …` is Npgsql's (npgsql/npgsql:
  src/Npgsql/PostgresException.cs).
"""

from __future__ import annotations

from typing import Final, Literal

from idemlint.outage.logs import SEVERE
from idemlint.records import NamedTuple

#: What a row of a log counts in: the file; the block of it that is sent, from the line that begins the block;
#: the text that the log prints; or it is not known.
Rows = Literal["file", "block", "text", "unknown"]

_GO_QUOTED: Final = r'"(?P<statement>(?:[^"\\]|\\.)*)"'
_SQL_FILE: Final = r"[^\s'\"`:(),]+\.sql"
_PSQL: Final = rf"psql:(?P<file>{_SQL_FILE}):(?P<row>\d+): (?:{SEVERE}): +(?P<message>[^\n]+)"


class Wording(NamedTuple):
    """One runner's log; `runner` is the name of a profile, `through` what it prints when all is done, and
    `goes_on` that it may go on behind an error."""

    runner: str
    speaks: str
    says: tuple[str, ...] = ()
    running: str = ""
    rows: Rows = "file"
    through: str = ""
    goes_on: bool = False


WORDINGS: Final[tuple[Wording, ...]] = (
    Wording(
        "prisma",
        r"\bP30(?:0[0-9]|1[0-9]|2[0-9])\b|prisma migrate|_prisma_migrations|prisma:migrateEngine"
        r"|Applying migration `",
        (
            r"Migration name:\s*(?P<file>\S+)",
            r"The `(?P<file>[^`]+)` migration started at",
            r"Migration `(?P<file>[^`]+)` failed to apply cleanly",
            r"Database error:\s*\n(?:ERROR: )?(?P<message>[^\n]+)",
            r"Position:\s*\n(?:\s*\d+ .*\n)*?\s*(?P<row>\d+) (?P<excerpt>[^\n]*)\n(?:\s*\n|\s*DbError|\Z)",
        ),
        r"Applying migration `(?P<file>[^`]+)`",
        "unknown",
        r"All migrations have been successfully applied|No pending migrations to apply",
    ),
    Wording(
        "flyway",
        r"(?i)\bflyway\b|SQL State  : |Migrating schema ",
        (
            r"Location\s+: (?P<file>\S+)",
            r"Line\s+: (?P<row>\d+)",
            r"(?:Script|Migration) (?P<file>[VRUB][\w.]*__\S+\.sql) failed",
            r"Failed to execute script (?P<file>\S+\.sql)",
            r"Statement\s+: (?!Run Flyway with -X)(?P<statement>.*?)"
            r"(?:\n\s*\n|\n\tat |\n\s+at |\nCaused by|\Z)",
            r"Message\s+: (?:ERROR: )?(?P<message>[^\n]+)",
        ),
        r"Migrating schema .* to version \"?(?P<file>[\d._]+)",
        through=r"Successfully applied \d+ migrations? to schema|No migration necessary",
    ),
    Wording(
        "supabase",
        rf"(?i)\bsupabase\b|At statement:? \d|Applying migration {_SQL_FILE}\.\.\.",
        (
            r"At statement:? *(?P<index>\d+)\b",
            r"At statement: *\d+\s*\n(?P<statement>.*?)(?:\n\s*\^|\n\s*\n|\Z)",
            r"At statement: (?P<statement>(?!\d)[^\n]+)",
        ),
        rf"Applying migration (?P<file>{_SQL_FILE})",
        through=r"Finished supabase db push|(?:Local|Remote) database is up to date",
    ),
    Wording(
        "golang-migrate",
        r"Dirty database version|migration failed: .* in line \d+:|\(details: (?:pq|ERROR)|\d+/u \w+"
        r"|\bgolang-migrate\b|no migration found for version",
        (
            r"Dirty database version (?P<file>\d+)",
            r"in line (?!0:)(?P<row>\d+): ",
            r"in line \d+: (?P<statement>.*?)(?:\(details: |\Z)",
            r"migration failed: (?P<message>.*?)(?: \(column \d+\))? in line",
        ),
        r"Read and execute (?P<file>\d+)/u ",
        "text",
    ),
    Wording(
        "goose",
        r"\bgoose\b|failed to run SQL migration|partial migration error",
        (
            rf"ERROR:? (?P<file>{_SQL_FILE}): failed to run SQL migration",
            rf"ERROR (?P<file>{_SQL_FILE}): failed to parse SQL migration",
            rf"failed to execute SQL query {_GO_QUOTED}",
            r"partial migration error \(type:sql,version:(?P<file>\d+)\)",
            rf"ERROR (?P<file>{_SQL_FILE}): ",
        ),
        rf"(?:EMPTY|OK) +(?P<done>{_SQL_FILE})",
        through=r"goose: successfully migrated database to version|goose: no migrations to run",
    ),
    Wording(
        "atlas",
        r"\batlas migrate\b|sql/migrate: |atlas_schema_revisions|Migrating to version \S+ from",
        (
            rf"executing statement {_GO_QUOTED} from version \"(?P<file>[^\"]+)\": (?:pq: )?"
            r"(?P<message>[^\n]+)",
            r"history changed: statement \d+ from file \"(?P<file>[^\"]+)\"",
            r"revision \"(?P<file>[^\"]+)\" is partially applied",
        ),
        r"-- migrating version (?P<file>\S+)",
        through=r"No migration files to execute",
    ),
    Wording(
        "dbmate",
        rf"\bdbmate\b|^Applying: {_SQL_FILE}",
        (
            r"Error: line: (?P<row>\d+), column: (?P<column>\d+), position: \d+: (?:pq:"
            r" )?(?P<message>[^\n]+)",
            r"Error: (?:pq: )(?P<message>[^\n]+)",
        ),
        rf"Applying: (?P<file>{_SQL_FILE})",
        "block",
    ),
    Wording(
        "sqlx",
        r"while executing migrations? ?\d*:|\bsqlx\b|was previously applied but|_sqlx_migrations"
        r"|\bExecuteMigration\(|\bPgDatabaseError \{",
        (
            r"while executing migration (?P<file>\d+): (?:error returned from database:"
            r" )?(?P<message>[^\n]+)",
            r"migration (?P<file>\d+) (?:was previously applied|is partially applied)",
            r"error returned from database: (?P<message>[^\n]+)",
            # An error that an application unwraps.
            r"PgDatabaseError \{.*?message: \"(?P<message>(?:[^\"\\]|\\.)*)\"",
            r"ExecuteMigration\(.*\), (?P<file>\d+)\)",
            r"\b(?:VersionMismatch|VersionMissing|Dirty)\((?P<file>\d+)\)",
        ),
        r"Applied (?P<done>\d+)/migrate",
    ),
    Wording(
        "diesel",
        r"\bdiesel\b|Failed to run \S+ with: |^Running migration \d|\bDieselMigrationName \{",
        (
            r"Failed to run (?P<file>\S+) with: (?P<message>[^\n]+?)(?: \(see https://docs\.diesel\.rs|\n|\Z)",
            # An error that an application unwraps.
            r"DieselMigrationName \{ name: \"(?P<file>[^\"]+)\"",
            r"DatabaseError\(\w+, \"(?P<message>(?:[^\"\\]|\\.)*)\"\)",
        ),
        r"Running migration (?P<file>\S+)",
    ),
    Wording(
        "liquibase",
        r"(?i)\bliquibase\b|^Running Changeset: ",
        (
            r"Migration failed for changeset (?P<file>[^\s:][^:\n]*)::(?P<changeset>[^:\n]+)::",
            r"Reason: liquibase\.exception\.\w+: (?:ERROR: )?(?P<message>[^\n\[]+)",
            r"\[Failed SQL: (?:\(\d+\) )?(?P<statement>.*?)\](?:\s*\n|\Z)",
            r"check ?sum\s*\n\s*(?P<file>\S+?)::",
        ),
        r"Running Changeset: (?P<file>[^:\n]+)::",
        through=r"Liquibase command 'update' was executed successfully",
    ),
    Wording(
        "node-pg-migrate",
        r"### MIGRATION |node-pg-migrate|> Rolling back attempted migration|> Migrating"
        r" files:|\bpgmigrations\b",
        (
            # The line with the error has a caret below it, where the server has told a place.
            r"\n(?P<excerpt>[^\n]+)\n *\^\^\^\^(?:\n|\Z)",
            r"Error executing:\s*\n(?P<statement>(?:(?! *\^\^\^\^)[^\n]*\n)*?)(?:error|Error|\(node)",
        ),
        r"### MIGRATION (?P<file>.+?) \(UP\) ###",
        through=r"Migrations complete!|No migrations to run!",
    ),
    Wording(
        "postgres-migrations",
        r"An error occurred running '[^']+'\. Rolled back this migration",
        (
            r"An error occurred running '(?P<file>[^']+)'\. Rolled back this migration\."
            r" No further migrations were run\. Reason: (?P<message>[^\n]+)",
        ),
    ),
    Wording(
        "alembic",
        r"\balembic\b",
        (r"\[SQL: (?P<statement>.*?)\]\s*\n",),
        r"Running upgrade \S* ?-> (?P<file>\w+)",
    ),
    Wording(
        "django",
        r"django\.db|manage\.py|Running migrations:",
        (),
        r"Applying (?P<file>\w+\.\d+\w+)\.\.\.",
    ),
    Wording(
        "rails",
        r"rake aborted!|rails aborted!|ActiveRecord::|all later migrations canceled|PG::[A-Z]\w+"
        r"|^== \d+ \w+: migrating",
        (r"PG::\w+: ERROR:  ?(?P<message>[^\n]+)",),
        r"== (?P<file>\d+) \w+: migrating",
    ),
    Wording(
        "sqitch",
        r"\bsqitch\b|psql\"? unexpectedly returned exit value|Deploying changes to |Reverting all changes",
        (_PSQL,),
        r"^  \+ (?P<file>[\w./-]+)(?: @\S+)* \.\.",
        through=r"Nothing to deploy \(up-to-date\)",
    ),
    Wording(
        "drizzle",
        r"\bdrizzle\b|Drizzle\w*Error|__drizzle_migrations",
        (
            r"Failed query: (?P<statement>.*?)\n(?:params:|\s+at )",
            r"query: '(?P<statement>(?:[^'\\]|\\.)*)'",
            r"cause: (?:Postgres)?[eE]rror: (?P<message>[^\n]+)",
        ),
    ),
    Wording(
        "graphile-migrate",
        r"graphile-migrate|graphile_migrate",
        (
            r"Error occurred at line \d+, column \d+ of \"(?P<file>(?!\d{6}\.sql)[^\"]+)\"",
            r"\| +(?P<excerpt>[^\n]+)\n\s*\| -+\^",
        ),
        r"Running migration '(?P<file>[^']+)'",
        through=r"graphile-migrate\S*: \d+ committed migrations executed",
    ),
    Wording(
        "sql-migrate",
        r"\bsql-migrate\b|^Migration failed: .* handling ",
        (
            rf"(?m:^)(?:Migration failed: )?(?:pq: )?(?P<message>[^\n]+?) handling (?P<file>{_SQL_FILE})",
        ),
    ),
    Wording(
        "refinery",
        r"\brefinery\w*\b|error applying (?:migration|update)",
        (r"error applying migration (?P<file>[VU][\w.]+)",),
        r"applying migration: (?P<file>[VU][\w.]+)",
    ),
    Wording(
        "tern",
        rf"\btern\b|^executing {_SQL_FILE} up$",
        (),
        rf"executing (?P<file>{_SQL_FILE}) up",
    ),
    Wording(
        "yandex-pgmigrate",
        r"\bpgmigrate\b|Error executing statement from ",
        (r"Error executing statement from (?P<file>[^\n:]+):\n(?P<statement>[^\n]+)",),
    ),
    Wording(
        "rambler",
        r"\brambler\b|unable to apply migration ",
        (
            r"unable to apply migration (?P<file>\S+): (?:pq: )?(?P<message>[^\n]+)\n"
            r"(?P<statement>.*?)(?:\n\s*\n|\Z)",
        ),
    ),
    Wording("yoyo", r"\byoyo\b", (), r"Applying (?P<file>[\w.-]+)"),
    Wording(
        "hasura",
        r"\bhasura\b|skipping applying migrations on database|\[postgres-error\] ",
        (
            r"File: '(?P<file>[^']+)'",
            r"\"statement\": \"(?P<statement>(?:[^\"\\]|\\.)*)\"",
            r"\"message\": \"(?P<message>(?:[^\"\\]|\\.)*)\"",
            r"\[[0-9A-Z]{5}\] FatalError: (?P<message>[^\n]+)",
        ),
    ),
    Wording(
        "grate",
        r"\bgrate\b",
        (r"(?<![\w./-])(?P<file>[\w./-]+\.sql): \d[0-9A-Z]{4}: (?P<message>[^\n]+)",),
        r"Running '(?P<file>[^']+)'",
    ),
    Wording(
        "dbup",
        r"\bDbUp\b|Executing Database Server script",
        (
            r"(?:Npgsql|DB|SQL) exception has occu?rred in script: '(?P<file>[^']+)'",
            r"Script block number: (?P<index>\d+);",
            r"; Message: (?:[0-9A-Z]{5}: )?(?P<message>[^\n]+)",
        ),
        r"Executing Database Server script '(?P<file>[^']+)'",
    ),
    Wording(
        "evolve",
        r"\bEvolve\b",
        (
            r"Error executing script: (?P<file>\S+\.sql)",
            r"(?:invalid checksum for migration|pending migration found): (?P<file>\S+?\.sql)",
        ),
    ),
    Wording(
        "psql",
        r"psql:[^\s:]+:\d+: |ON_ERROR_STOP|docker-entrypoint-initdb\.d",
        (_PSQL, rf"psql:<stdin>:(?P<row>\d+): (?:{SEVERE}): +(?P<message>[^\n]+)"),
        goes_on=True,
    ),
)
