"""What a runner writes down when a file fails, and what it wants before it goes on.

Facts by the name of a profile (or of its family); where the profile's docstring says how a file is sent, this
says what the journal has then. Read in the runners' sources:

- Prisma (prisma/prisma-engines: schema-engine/commands/src/commands/{apply_migrations,
  mark_migration_rolled_back}.rs; prisma/prisma: packages/migrate/src/commands/Migrate{Deploy,Resolve}.ts):
  the row is written before the file runs, and blocks until it is resolved.
- golang-migrate (golang-migrate/migrate: migrate.go runMigrations, database/postgres/postgres.go
  SetVersion, internal/cli/main.go): the version is written dirty before the file runs; `force -- -1`
  empties the table, and without `--` the -1 is taken for an option.
- Flyway (flyway/flyway: flyway-core: internal/command/{DbMigrate,DbRepair}.java): a row with success=false,
  where the file (or group) ran outside of a transaction; `repair` also marks lost files as deleted.
- Atlas (ariga/atlas: sql/migrate/migrate.go Execute, cmd/atlas/internal/cmdapi/migrate.go tx): how many
  statements worked is written down, through the file's own transaction where there is one, so that it goes
  with it.
- Evolve (lecaillon/Evolve: src/Evolve/Evolve.cs, Metadata/MetadataTable.cs): a row with success=false,
  which no run minds; with CommitAll and RollbackAll none.
- Liquibase (liquibase/liquibase: liquibase-standard: lockservice/StandardLockService.java,
  changelog/ChangeSet.java, changelog/visitor/UpdateVisitor.java): a process that was killed keeps the lock.
- Sqitch (sqitchers/sqitch: lib/App/Sqitch/Engine.pm _deploy_all, _rollback, deploy_change,
  Command/deploy.pm): it reverts what this run deployed; the failure is an event, no change.
- yoyo 9.0 (yoyo/migrations.py process_steps, yoyo/backends/base.py): steps that had worked are rolled back
  by their rollback statements; a process that was killed keeps the lock.
- Drizzle (drizzle-team/drizzle-orm: drizzle-orm/src/pg-core/dialect.ts,
  drizzle-orm/src/neon-http/migrator.ts).
- The row comes with the file, or after it, so that a file that failed has none: alembic, dbmate
  (pkg/dbmate/db.go), DbUp (dbup-core/Support/ScriptExecutor.cs), Diesel (migration_harness.rs), Django
  (db/migrations/executor.py), goose (migration_sql.go, provider_run.go), graphile-migrate and
  graphile-worker (src/migration.ts, src/migrate.ts), grate (DbMigrator.cs, which writes failures into a
  table of their own), Hasura's CLI (cli/migrate/migrate.go runMigrations), node-pg-migrate
  (src/migration.ts), pop and popx (migrator.go), postgrator (postgrator.js), postgres-migrations
  (dist/run-migration.js), Rails (migration.rb), rambler (service.go), refinery (traits/{sync,async}.rs),
  sql-migrate (migrate.go), sqlx (sqlx-postgres/src/migrate.rs), Supabase (pkg/migration/file.go,
  legacy-migration-apply.ts), Synapse (synapse/storage/prepare_database.py), tern (migrate/migrate.go),
  yandex-pgmigrate (pgmigrate.py).

The commands of `RUNS` are those of the same command lines. [unverified] popx's row of an `.autocommit` file.
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple


class Remedy(NamedTuple):
    """Something to type, and what it brings about. `{version}`, `{name}`, `{file}` and `{before}` (the
    version before, where there is one) are those of the file that failed."""

    text: str
    effect: str


class Journal(NamedTuple):
    """What the journal has of a file that failed, and what it takes to go on. `first` are the commands where
    no file stands before it."""

    says: str
    commands: tuple[Remedy, ...] = ()
    first: tuple[Remedy, ...] = ()


class AfterFailure(NamedTuple):
    """The journal of a file that ran in the runner's own transaction, and of one that did not; and what
    became of the files before it in the same run, where they have transactions of their own."""

    inside: Journal
    outside: Journal
    earlier: str = "Files that ran before this one have committed, and are in the journal."


def _same(journal: Journal) -> AfterFailure:
    return AfterFailure(journal, journal)


def _nothing(table: str) -> AfterFailure:
    return _same(
        Journal(
            f"Nothing was written into {table}: the next run begins this file again, from its start."
        )
    )


_PRISMA: Final = _same(
    Journal(
        "_prisma_migrations has a row of this migration that never finished: every `prisma migrate deploy`"
        " is refused (P3009) until you say what became of it.",
        (
            Remedy(
                "prisma migrate resolve --rolled-back {name}",
                "the next deploy runs it again, from its first statement",
            ),
            Remedy(
                "prisma migrate resolve --applied {name}",
                "it counts as done and never runs: only when you have done the rest by hand",
            ),
        ),
    )
)
_DIRTY: Final = _same(
    Journal(
        "schema_migrations has version {version}, dirty: golang-migrate refuses everything"
        " (Dirty database version) until you force a version.",
        (
            Remedy(
                "migrate -path {folder} -database $DATABASE_URL force {before}",
                "the next `up` runs this file again, from its start",
            ),
            Remedy(
                "migrate -path {folder} -database $DATABASE_URL force {version}",
                "it counts as done: only when you have done the rest by hand",
            ),
        ),
        (
            Remedy(
                "migrate -path {folder} -database $DATABASE_URL force -- -1",
                "no version: the next `up` runs this file, the first one, again",
            ),
            Remedy(
                "migrate -path {folder} -database $DATABASE_URL force {version}",
                "it counts as done: only when you have done the rest by hand",
            ),
        ),
    )
)

RECOVERIES: Final[dict[str, AfterFailure]] = {
    "alembic": _nothing("alembic_version"),
    "atlas": AfterFailure(
        Journal(
            "Nothing stays in atlas_schema_revisions: what Atlas wrote there went with the transaction. The"
            " next `atlas migrate apply` begins this file again, from its start."
        ),
        Journal(
            "atlas_schema_revisions has how many statements of the file worked: the next"
            " `atlas migrate apply` goes on behind them. Statements that worked must stay as they are,"
            " since Atlas compares their hashes.",
            (Remedy("atlas migrate status --url $DATABASE_URL", "says how far it came"),),
        ),
    ),
    "dbmate": _nothing("schema_migrations"),
    "dbup": _nothing("schemaversions"),
    "diesel": _nothing("__diesel_schema_migrations"),
    "django": _nothing("django_migrations"),
    "drizzle": _nothing("drizzle.__drizzle_migrations"),
    "drizzle-neon-http": _same(
        Journal(
            "drizzle.__drizzle_migrations got no row, of the files before it in this run neither (neon-http"
            " writes them when all files are through): the next run begins again at the first of them."
        )
    )._replace(
        earlier="Files that ran before this one have committed, but are not in the journal."
    ),
    "evolve": _same(
        Journal(
            "Evolve writes a failed migration into its changelog table with success = false (with CommitAll"
            " nothing), and does not mind that row: the next run begins this file again, from its start."
        )
    ),
    "flyway": AfterFailure(
        Journal(
            "Nothing was written into flyway_schema_history: the next `flyway migrate` begins this file"
            " again, from its start."
        ),
        Journal(
            "flyway_schema_history has the migration with success = false: Flyway refuses everything"
            " (Detected failed migration) until the row is gone.",
            (
                Remedy(
                    "flyway repair",
                    "takes the failed row out (takes the checksums of the files as they are now, too, and"
                    " marks lost ones as deleted): the next `flyway migrate` runs the file again",
                ),
            ),
        ),
    ),
    "golang-migrate": _DIRTY,
    "goose": _nothing("goose_db_version"),
    "graphile-migrate": _nothing("graphile_migrate.migrations"),
    "graphile-worker": _nothing("graphile_worker.migrations"),
    "grate": _same(
        Journal(
            "grate writes a failed script into ScriptsRunErrors, and none into ScriptsRun: the next run"
            " begins the file again."
        )
    ),
    "hasura": _nothing("the migrations of hdb_catalog"),
    "liquibase": _same(
        Journal(
            "The changesets before this one are in databasechangelog, this one is not: the next update"
            " begins with it. A process that was killed leaves its lock in databasechangeloglock.",
            (
                Remedy(
                    "liquibase release-locks",
                    "only where the next run waits for the change log lock and no other process runs",
                ),
            ),
        )
    ),
    "node-pg-migrate": _nothing("pgmigrations"),
    "pop": _nothing("schema_migration"),
    "popx": _nothing("schema_migration"),
    "postgrator": _nothing("schemaversion"),
    "postgres-migrations": _nothing("migrations"),
    "prisma": _PRISMA,
    "psql": _same(
        Journal(
            "psql keeps no journal: whoever calls it decides what runs again. It stops at an error only with"
            " ON_ERROR_STOP=1; without that it went on, and the statements behind this one ran too."
        )
    )._replace(earlier="Files that ran before this one have committed."),
    "rails": _nothing("schema_migrations"),
    "rambler": _nothing("migrations"),
    "refinery": _nothing("refinery_schema_history"),
    "sql-migrate": _nothing("gorp_migrations"),
    "sqitch": _same(
        Journal(
            "Sqitch's registry has the failure as an event, and no deployed change. With the default --mode"
            " all Sqitch has run the revert scripts of the changes that this run had deployed before it, but"
            " not of this one: what stays of it, you take back.",
            (
                Remedy("sqitch status", "says which change is deployed last"),
                Remedy("sqitch deploy --mode change", "keeps each change that works from now on"),
            ),
        )
    )._replace(
        earlier="Changes before this one were deployed; those of the same run Sqitch has reverted, where it"
        " ran with its default --mode all."
    ),
    "sqlx": _nothing("_sqlx_migrations"),
    "supabase": _nothing("supabase_migrations.schema_migrations"),
    "synapse": _nothing("applied_schema_deltas"),
    "tern": _nothing("its version table"),
    "yandex-pgmigrate": _nothing("schema_version"),
    "yoyo": AfterFailure(
        Journal(
            "Nothing was written into _yoyo_migration: the next run begins this file again, from its start."
        ),
        Journal(
            "Nothing was written into _yoyo_migration; yoyo has run the rollback steps of the statements"
            " that had worked, where the migration has any. The next run begins this file again. A process"
            " that was killed has rolled nothing back, and leaves its lock in yoyo_lock.",
            (
                Remedy(
                    "yoyo break-lock",
                    "only where the next run says that the database is locked and no other process runs",
                ),
            ),
        ),
    ),
}


def recovery_of(name: str, family: str = "") -> AfterFailure:
    """A runner's, by the name of its profile, or of the family that it is a variant of."""
    return RECOVERIES.get(name) or RECOVERIES[family]


#: How a runner is called to go on, where that is one command.
RUNS: Final[dict[str, str]] = {
    "alembic": "alembic upgrade head",
    "atlas": "atlas migrate apply --url $DATABASE_URL",
    "dbmate": "dbmate up",
    "diesel": "diesel migration run",
    "django": "python manage.py migrate",
    "drizzle": "npx drizzle-kit migrate",
    "flyway": "flyway migrate",
    "golang-migrate": "migrate -path {folder} -database $DATABASE_URL up",
    "goose": "goose up",
    "graphile-migrate": "graphile-migrate migrate",
    "hasura": "hasura migrate apply",
    "liquibase": "liquibase update",
    "node-pg-migrate": "npx node-pg-migrate up",
    "prisma": "prisma migrate deploy",
    "psql": "psql --set ON_ERROR_STOP=1 --file {file}",
    "rails": "bin/rails db:migrate",
    "rambler": "rambler apply --all",
    "sql-migrate": "sql-migrate up",
    "sqitch": "sqitch deploy",
    "sqlx": "sqlx migrate run",
    "supabase": "supabase db push",
    "tern": "tern migrate",
    "yandex-pgmigrate": "pgmigrate -t latest migrate",
    "yoyo": "yoyo apply",
}


def run_again(name: str, family: str = "") -> str:
    """The command that runs what is pending; empty where it is the application that does."""
    return RUNS.get(name) or RUNS.get(family, "")
