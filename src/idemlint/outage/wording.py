"""How each runner says in its log that a migration failed: patterns over the lines, with named groups.

A row a runner. `speaks` is what only its log has; `says` are its messages, and the groups in them what they
tell: `file` (a path, a name or a version), `row`, `column`, `index` (of the statement, from 0), `statement`,
`message`; `running` is the line that names the migration it is at. Written after the runners' own words:

- psql (postgres/postgres: src/bin/psql/common.c, src/common/logging.c): `psql:FILE:LINE: ERROR:`; the line
  is that of the statement's semicolon.
- Prisma (prisma/prisma-engines: libs/user-facing-errors/src/schema_engine.rs; apply_migration_script).
- Drizzle (drizzle-team/drizzle-orm: src/errors.ts DrizzleQueryError), and the drivers' errors as Node prints.
- Supabase (supabase/cli: pkg/migration/file.go, apply.go); Flyway (flyway/flyway:
  internal/command/DbMigrate.java, internal/sqlscript/FlywaySqlScriptException.java).
- golang-migrate (golang-migrate/migrate: database/error.go, migrate.go; `line 0` is no line).
- goose (pressly/goose: migration.go, migration_sql.go, provider_run.go); dbmate (amacneil/dbmate:
  pkg/dbmate/db.go, dbutil QueryError); sqlx (sqlx-core/src/migrate/error.rs, sqlx-cli/src/migrate.rs);
  Diesel (diesel_migrations/src/errors.rs, migration_harness.rs).
- Liquibase (liquibase/liquibase: exception/MigrationFailedException.java, DatabaseException.java,
  ValidationFailedException.java); Atlas (ariga/atlas: sql/migrate/migrate.go).
- node-pg-migrate (src/runner.ts, migration.ts, db.ts), postgres-migrations (dist/run-migration.js).
- Alembic (alembic/runtime/migration.py) and SQLAlchemy's `[SQL: …]` (exc.py); Django, Rails
  (activerecord: migration.rs), Sqitch (App/Sqitch/Engine.pm), sql-migrate (migrate.go TxError), tern, yoyo,
  refinery, graphile-migrate, Npgsql (PostgresException) for grate, DbUp and Evolve.

Read there, or in logs that people pasted: golang-migrate, sqlx, postgres-migrations, node-pg-migrate, Atlas,
dbmate, Prisma, Drizzle, Liquibase. The others are [unverified].
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple

_GO_QUOTED: Final = r'"(?P<statement>(?:[^"\\]|\\.)*)"'
_SQL_FILE: Final = r"[^\s'\"`:(),]+\.sql"


class Wording(NamedTuple):
    """One runner's log; `runner` is the name of a profile."""

    runner: str
    speaks: str
    says: tuple[str, ...] = ()
    running: str = ""


WORDINGS: Final[tuple[Wording, ...]] = (
    Wording(
        "prisma",
        r"\bP30(?:0[0-9]|1[0-9]|2[0-9])\b|prisma migrate|_prisma_migrations|prisma:migrateEngine",
        (
            r"Migration name:\s*(?P<file>\S+)",
            r"The `(?P<file>[^`]+)` migration started at",
            r"Migration `(?P<file>[^`]+)` failed to apply cleanly",
            r"Database error:\s*\n(?:ERROR: )?(?P<message>[^\n]+)",
            r"Position:\s*\n(?:\s*\d+ .*\n)*?\s*(?P<row>\d+) [^\n]*\n(?:\s*\n|\s*DbError|\Z)",
        ),
        r"Applying migration `(?P<file>[^`]+)`",
    ),
    Wording(
        "flyway",
        r"(?i)\bflyway\b|SQL State  : |Migrating schema ",
        (
            r"Location\s+: (?P<file>\S+)",
            r"Line\s+: (?P<row>\d+)",
            r"(?:Script|Migration) (?P<file>[VRUB][\w.]*__\S+\.sql) failed",
            r"Statement\s+: (?P<statement>.*?)(?:\n\s*\n|\n\tat |\n\s+at |\nCaused by|\Z)",
            r"Message\s+: (?:ERROR: )?(?P<message>[^\n]+)",
        ),
        r"to version \"?(?P<file>[\d._]+)",
    ),
    Wording(
        "supabase",
        r"(?i)\bsupabase\b|At statement:? \d",
        (
            r"At statement:? *(?P<index>\d+)\b",
            r"At statement: *\d+\s*\n(?P<statement>.*?)(?:\n\s*\^|\n\s*\n|\Z)",
            r"At statement: (?P<statement>(?!\d)[^\n]+)",
        ),
        rf"Applying migration (?P<file>{_SQL_FILE})",
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
        r"(?:Start buffering|Read and execute|Finished|error:)? ?\b(?P<file>\d+)/u [\w-]+",
    ),
    Wording(
        "goose",
        r"\bgoose\b|failed to run SQL migration|partial migration error",
        (
            rf"ERROR:? (?P<file>{_SQL_FILE}): failed to run SQL migration",
            rf"failed to execute SQL query {_GO_QUOTED}",
            r"partial migration error \(type:sql,version:(?P<file>\d+)\)",
            rf"ERROR (?P<file>{_SQL_FILE}): ",
        ),
        rf"(?:EMPTY|OK) +(?P<done>{_SQL_FILE})",
    ),
    Wording(
        "atlas",
        r"\batlas migrate\b|sql/migrate: |atlas_schema_revisions|Migrating to version \S+ from",
        (
            rf"executing statement {_GO_QUOTED} from version \"(?P<file>[^\"]+)\"",
            r"(?:read and execute|Error executing) (?P<file>\S+)",
        ),
        r"-- migrating version (?P<file>\S+)",
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
    ),
    Wording(
        "sqlx",
        r"while executing migrations? ?\d*:|\bsqlx\b|was previously applied but|_sqlx_migrations",
        (
            r"while executing migration (?P<file>\d+): (?:error returned from database:"
            r" )?(?P<message>[^\n]+)",
            r"migration (?P<file>\d+) (?:was previously applied|is partially applied)",
            r"error returned from database: (?P<message>[^\n]+)",
        ),
        r"Applied (?P<done>\d+)/migrate",
    ),
    Wording(
        "diesel",
        r"\bdiesel\b|Failed to run \S+ with: |^Running migration \d",
        (r"Failed to run (?P<file>\S+) with: (?P<message>[^\n]+)",),
        r"Running migration (?P<file>\S+)",
    ),
    Wording(
        "liquibase",
        r"(?i)\bliquibase\b",
        (
            r"Migration failed for changeset (?P<file>[^\s:][^:\n]*)::(?P<changeset>[^:\n]+)::",
            r"Reason: liquibase\.exception\.\w+: (?:ERROR: )?(?P<message>[^\n\[]+)",
            r"\[Failed SQL: (?:\(\d+\) )?(?P<statement>.*?)\](?:\s*\n|\Z)",
            r"check ?sum\s*\n\s*(?P<file>\S+?)::",
        ),
        r"Running Changeset: (?P<file>[^:\n]+)::",
    ),
    Wording(
        "node-pg-migrate",
        r"### MIGRATION |node-pg-migrate|> Rolling back attempted migration|> Migrating"
        r" files:|\bpgmigrations\b",
        (
            r"Error executing:\s*\n(?P<statement>.*?)\n(?:error|Error|\s*undefined|\(node)",
            r"### MIGRATION (?P<file>.+?) \(UP\) ###",
        ),
        r"### MIGRATION (?P<file>.+?) \(UP\) ###",
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
        r"rake aborted!|rails aborted!|ActiveRecord::|this and all later migrations canceled|PG::[A-Z]\w+",
        (r"PG::\w+: ERROR:  ?(?P<message>[^\n]+)",),
        r"== (?P<file>\d+) \w+: migrating",
    ),
    Wording(
        "sqitch",
        r"\bsqitch\b|\"psql\" unexpectedly returned exit value|Deploying changes to |Reverting all changes",
        (rf"psql:(?P<file>{_SQL_FILE}):(?P<row>\d+): (?:ERROR|FATAL): +(?P<message>[^\n]+)",),
        r"^  \+ (?P<file>[\w./-]+) \.\.",
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
        (r"(?P<file>\d{6}(?:-[\w-]+)?\.sql)",),
    ),
    Wording(
        "sql-migrate",
        r"\bsql-migrate\b|^Migration failed: .* handling ",
        (rf"(?:Migration failed: )?(?:pq: )?(?P<message>[^\n]+?) handling (?P<file>{_SQL_FILE})",),
    ),
    Wording(
        "refinery",
        r"\brefinery\b|error applying migration",
        (r"error applying migration (?P<file>[VU]\w+)",),
        r"applying migration: (?P<file>[VU]\w+)",
    ),
    Wording(
        "tern",
        r"\btern\b",
        (),
        rf"executing (?P<file>{_SQL_FILE}) up",
    ),
    Wording("yoyo", r"\byoyo\b", (), r"Applying (?P<file>[\w.-]+)"),
    Wording("hasura", r"\bhasura\b", (r"(?P<file>\d{13}_\w+)",)),
    Wording("grate", r"\bgrate\b", (), rf"Running '?(?P<file>{_SQL_FILE})"),
    Wording(
        "dbup",
        r"\bDbUp\b|Executing Database Server script",
        (r"SQL exception has occu?rred in script: '(?P<file>[^']+)'",),
        r"Executing Database Server script '(?P<file>[^']+)'",
    ),
    Wording("evolve", r"\bEvolve\b", (r"(?P<file>[VR][\d_]*__\w+\.sql)",)),
    Wording(
        "psql",
        r"psql:[^\s:]+:\d+: |ON_ERROR_STOP|docker-entrypoint-initdb\.d",
        (
            rf"psql:(?P<file>{_SQL_FILE}):(?P<row>\d+): (?:ERROR|FATAL): +(?P<message>[^\n]+)",
            r"STATEMENT:  (?P<statement>[^\n]+(?:\n\t[^\n]*)*)",
        ),
    ),
)
