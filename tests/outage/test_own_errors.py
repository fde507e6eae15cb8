"""The runners' own errors are found by the words that the runners print."""

from __future__ import annotations

import pytest

from idemlint import runners
from idemlint.outage.known_errors import OWN_ERRORS, asked_for
from idemlint.outage.reading import read

#: What runners print, after their sources (see the tables), and the title of the error.
PRINTED: tuple[tuple[str, str, str], ...] = (
    (
        "prisma",
        "P3018: a migration failed to apply",
        "Applying migration `20260301_x`\n\nError: P3018\n\nA migration failed to apply. New"
        " migrations cannot be applied before the error is recovered from. Read more about how to"
        " resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\n"
        "Migration name: 20260301_x\n",
    ),
    (
        "prisma",
        "P3009: there are failed migrations",
        "Error: P3009\n\nmigrate found failed migrations in the target database, new migrations"
        " will not be applied. Read more about how to resolve migration issues in a production"
        " database: https://pris.ly/d/migrate-resolve\nThe `20260301_x` migration started at"
        " 2026-03-01 09:12:13 UTC failed\n",
    ),
    (
        "prisma",
        "P3006: a migration fails on the shadow database",
        "Error: P3006\n\nMigration `20260301_x` failed to apply cleanly to the shadow database. \n"
        "Error:\n",
    ),
    (
        "prisma",
        "P3005: the database is not empty",
        "Error: P3005\n\nThe database schema is not empty. Read more about how to baseline an"
        " existing production database: https://pris.ly/d/migrate-baseline\n",
    ),
    (
        "prisma",
        "P3008: the migration is recorded as applied already",
        "Error: P3008\n\nThe migration `20260301_x` is already recorded as applied in the database."
        "\n",
    ),
    (
        "prisma",
        "P3011, P3012: the migration cannot be marked as rolled back",
        "Error: P3012\n\nMigration `20260301_x` cannot be rolled back because it is not in a"
        " failed state.\n",
    ),
    (
        "prisma",
        "P3015, P3017: the migration's file or folder is not there",
        "Error: P3015\n\nCould not find the migration file at"
        " prisma/migrations/20260301_x/migration.sql. Please delete the directory or restore the"
        " migration file.\n",
    ),
    (
        "prisma",
        "P3014: the shadow database could not be made",
        "Error: P3014\n\nPrisma Migrate could not create the shadow database. Please make sure the"
        " database user has permission to create databases.\n",
    ),
    (
        "prisma",
        "P3019: another provider than migration_lock.toml says",
        "Error: P3019\n\nThe datasource provider `sqlite` specified in your schema does not match"
        " the one specified in the migration_lock.toml, `postgresql`.\n",
    ),
    (
        "prisma",
        "a migration was modified after it was applied",
        "The migration `20260301_x` was modified after it was applied.\nWe need to reset the"
        " database.\n",
    ),
    (
        "prisma",
        "the database and the folder have come apart",
        "Drift detected: Your database schema is not in sync with your migration history.\n",
    ),
    (
        "prisma",
        "the database and the folder have come apart",
        "The following migration(s) are applied to the database but missing from the local"
        " migrations directory: 20260301_x\n",
    ),
    (
        "prisma",
        "P1000, P1001, P1003: the database was not reached",
        "Error: P1001: Can't reach database server at `db`:`5432`\n\nPlease make sure your"
        " database server is running at `db`:`5432`.\n",
    ),
    (
        "prisma",
        "P1002: the migration lock was not to be had",
        "Error: P1002\n\nThe database server at `db`:`5432` was reached but timed out.\n\nContext:"
        " Timed out trying to acquire a postgres advisory lock (SELECT pg_advisory_lock(72707369))."
        " Elapsed: 10000ms.\n",
    ),
    (
        "node-pg-migrate",
        "Not run migration is preceding an already run migration",
        "Error: Not run migration 1770000000000_users is preceding already run migration"
        " 1780000000000_orders\n",
    ),
    (
        "node-pg-migrate",
        "Another migration is already running",
        "Error: Another migration is already running. Advisory lock mode is set to 'fail'.\n",
    ),
    (
        "postgres-migrations",
        "Hashes don't match",
        "Error: Migration failed. Reason: Hashes don't match for migrations '2_orders.sql'.\nThis"
        " means that the scripts have changed since it was applied.\n",
    ),
    (
        "postgres-migrations",
        "Found a non-consecutive migration ID",
        "Error: Migration failed. Reason: Found a non-consecutive migration ID on file: '4_x.sql'\n",
    ),
    (
        "drizzle",
        "the journal names a file that is not there",
        "Error: Can't find meta/_journal.json file\n    at readMigrationFiles (migrator.js:12:11)\n",
    ),
    (
        "drizzle",
        "the journal names a file that is not there",
        "Error: No file ./drizzle/0003_x.sql found in ./drizzle folder\n",
    ),
    (
        "graphile-migrate",
        "Hash does not match",
        "Error: Hash for 000002-orders.sql does not match - sha1:aa !== sha1:bb; has the file been"
        " tampered with?\n",
    ),
    (
        "supabase",
        "remote migration versions not found in local migrations directory",
        "Connecting to remote database...\nRemote migration versions not found in local migrations"
        " directory.\n\nMake sure your local git repo is up-to-date.\n",
    ),
    (
        "supabase",
        "local migrations would be inserted before the last one on the remote database",
        "Found local migration files to be inserted before the last migration on remote database.\n"
        "\nRerun the command with --include-all flag to apply these migrations:\n"
        "supabase/migrations/20260101_x.sql\n",
    ),
    (
        "golang-migrate",
        "Dirty database version",
        "error: Dirty database version 2. Fix and force version.\n",
    ),
    (
        "golang-migrate",
        "no migration found for version",
        "error: no migration found for version 20: read down for version 20 migrations: file does"
        " not exist\n",
    ),
    (
        "golang-migrate",
        "can't acquire database lock",
        "error: timeout: can't acquire database lock\n",
    ),
    (
        "goose",
        "missing (out-of-order) migrations",
        "2026/03/01 09:12:13 goose run: error: found 1 missing migrations before current version 3:"
        "\n\tversion 2: migrations/00002_x.sql\n",
    ),
    (
        "goose",
        "missing (out-of-order) migrations",
        "detected 2 missing (out-of-order) migrations lower than database version (5): versions 1,3"
        "\n",
    ),
    (
        "goose",
        "failed to parse SQL migration file",
        "2026/03/01 09:12:13 goose run: ERROR 00002_x.sql: failed to parse SQL migration file:"
        " failed to parse migration: state 1, direction: up: unexpected unfinished SQL query:"
        ' "SELECT 1": missing semicolon?\n',
    ),
    (
        "atlas",
        "checksum mismatch",
        "You have a checksum error in your migration directory.\n\n\tL2: 20260301_x.sql was edited"
        "\n\nPlease check your migration files and run 'atlas migrate hash' to re-hash the contents"
        "\n\nError: checksum mismatch\n",
    ),
    (
        "atlas",
        "history changed: a statement that had worked is another one now",
        'Error: sql/migrate: history changed: statement 2 from file "20260301_x.sql" changed\n',
    ),
    (
        "atlas",
        "a partially applied migration has no file any more",
        'Error: sql/migrate: missing migration: revision "20260301_x.sql" is partially applied but'
        " migration file was not found\n",
    ),
    (
        "atlas",
        "a migration file was added out of order",
        "Error: migration file 20260201_x.sql was added out of order. See:"
        " https://atlasgo.io/versioned/apply#non-linear-error\n",
    ),
    (
        "atlas",
        "connected database is not clean",
        'Error: sql/migrate: connected database is not clean: found table "users" in schema'
        ' "public". baseline version or allow-dirty is required\n',
    ),
    (
        "atlas",
        "acquiring database lock",
        "Error: acquiring database lock: sql/schema: lock is held by other session\n",
    ),
    (
        "dbmate",
        "out of order with already applied migrations",
        "Error: migration `20260101` is out of order with already applied migrations, the version"
        " number has to be higher than the applied migration `20260301` in --strict mode\n",
    ),
    (
        "dbmate",
        "the file's blocks cannot be read",
        "Applying: 20260301_x.sql\nError: dbmate requires each migration to define an up block"
        " with '-- migrate:up'\n",
    ),
    (
        "sql-migrate",
        "unknown migration in database",
        "Migration failed: Unable to create migration plan because of 2_x.sql: unknown migration"
        " in database\n",
    ),
    (
        "sql-migrate",
        "the file cannot be read",
        "Migration failed: Error parsing migration (2_x.sql): ERROR: no Up/Down annotations found,"
        " so no statements were executed.\n",
    ),
    (
        "tern",
        "a number is missing, or there twice",
        "Error loading migrations:\n  Missing migration 2\n",
    ),
    (
        "tern",
        "the version is outside of the valid versions",
        "current version 5 is outside the valid versions of 0 to 4\n",
    ),
    (
        "rambler",
        "out of order, or missing, migration",
        "2026/03/01 09:12:13 out of order migration: 2_x.sql\n",
    ),
    (
        "sqlx",
        "a migration was applied before and has been modified",
        "error: migration 20260301000000 was previously applied but has been modified\n",
    ),
    (
        "sqlx",
        "a migration was applied before and has been modified",
        "thread 'main' panicked at src/main.rs:9:10:\ncalled `Result::unwrap()` on an `Err` value:"
        " VersionMismatch(20260301000000)\n",
    ),
    (
        "sqlx",
        "a migration was applied before and is missing",
        "error: migration 20260301000000 was previously applied but is missing in the resolved"
        " migrations\n",
    ),
    (
        "sqlx",
        "a migration is partially applied",
        "error: migration 20260301000000 is partially applied; fix and remove row from"
        " `_sqlx_migrations` table\n",
    ),
    (
        "diesel",
        "the migration is empty, or no migration at all",
        "Failed to run migrations: Failed to run 2026-03-01-090000_x with: Attempted to run an"
        " empty migration.\n",
    ),
    (
        "refinery",
        "applied migration is different than filesystem one",
        "Error: applied migration V2__orders is different than filesystem one V2__orders\n",
    ),
    (
        "refinery",
        "a migration is missing from the filesystem",
        "Error: migration V3__x is missing from the filesystem\n",
    ),
    (
        "refinery",
        "a version is there twice",
        "Error: migration V3__x is repeated, migration versions must be unique\n",
    ),
    (
        "flyway",
        "Validate failed",
        "ERROR: Validate failed: Migrations have failed validation\n\nNeed more flexibility with"
        " validation rules?\n",
    ),
    (
        "flyway",
        "Migration checksum mismatch",
        "ERROR: Validate failed: Migrations have failed validation\nMigration checksum mismatch"
        " for migration version 2\n-> Applied to database : 1234\n-> Resolved locally    : 5678\n"
        "Either revert the changes to the migration, or run repair to update the schema history.\n",
    ),
    (
        "flyway",
        "Detected failed migration",
        "ERROR: Validate failed: Migrations have failed validation\nDetected failed migration to"
        " version 2 (orders).\nPlease remove any half-completed changes then run repair to fix the"
        " schema history.\n",
    ),
    (
        "flyway",
        "Detected failed migration",
        'ERROR: Schema "public" contains a failed migration to version 2 !\n',
    ),
    (
        "flyway",
        "Detected applied migration not resolved locally",
        "ERROR: Validate failed: Migrations have failed validation\nDetected applied migration not"
        " resolved locally: 3.\nIf you removed this migration intentionally, run repair to mark the"
        " migration as deleted.\n",
    ),
    (
        "flyway",
        "Detected resolved migration not applied to database",
        "ERROR: Validate failed: Migrations have failed validation\nDetected resolved migration"
        " not applied to database: 2.5.\nTo ignore this migration, set"
        " -ignoreMigrationPatterns='*:ignored'. To allow executing this migration, set"
        " -outOfOrder=true.\n",
    ),
    (
        "flyway",
        "Found non-empty schema without schema history table",
        'ERROR: Found non-empty schema(s) "public" but no schema history table. Use baseline() or'
        " set baselineOnMigrate to true to initialize the schema history table.\n",
    ),
    (
        "flyway",
        "Found more than one migration with one version",
        "ERROR: Found more than one migration with version 2\nOffenders:\n-> V2__a.sql (SQL)\n->"
        " V2__b.sql (SQL)\n",
    ),
    (
        "flyway",
        "transactional and non-transactional statements in one migration",
        "ERROR: Detected both transactional and non-transactional statements within the same"
        " migration (even though mixed is false).\n",
    ),
    (
        "flyway",
        "the advisory lock was not to be had",
        "ERROR: Number of retries exceeded while attempting to acquire PostgreSQL advisory lock."
        " Configure the number of retries with the 'lockRetryCount' configuration option\n",
    ),
    (
        "liquibase",
        "Validation Failed",
        "Unexpected error running Liquibase: Validation Failed:\n     1 changes have errors\n",
    ),
    (
        "liquibase",
        "checksums of changesets",
        "Unexpected error running Liquibase: Validation Failed:\n     1 changesets check sum\n    "
        "      db/changelog/orders.sql::2::alice was: 9:aa11 but is now: 9:bb22\n",
    ),
    (
        "liquibase",
        "preconditions failed",
        "Unexpected error running Liquibase: Validation Failed:\n     1 preconditions failed\n",
    ),
    (
        "liquibase",
        "two changesets are called the same",
        "Unexpected error running Liquibase: Validation Failed:\n     1 changesets had duplicate"
        " identifiers\n",
    ),
    (
        "liquibase",
        "Could not acquire change log lock",
        "Waiting for changelog lock....\nWaiting for changelog lock....\n",
    ),
    (
        "liquibase",
        "Could not acquire change log lock",
        "liquibase.exception.LockException: Could not acquire change log lock.  Currently locked"
        " by web-1 since 3/1/26, 9:12 AM\n",
    ),
    (
        "evolve",
        "Validate failed: invalid checksum, or an older file came late",
        "Validate failed: invalid checksum for migration: V2__orders.sql.\n",
    ),
    (
        "evolve",
        "Validate failed: invalid checksum, or an older file came late",
        "Validation failed: Out of order pending migration found: V1_5__x.sql. Use OutOfOrder"
        " option if you want to execute it.\n",
    ),
    (
        "evolve",
        "Cannot acquire the lock",
        "Cannot acquire Evolve application lock. Another migration is running.\n",
    ),
    (
        "grate",
        "One time script changed",
        "fail: grate[0]\n      0002_orders.sql: One time script changed\n",
    ),
    (
        "alembic",
        "Can't locate revision, or multiple heads",
        "FAILED: Can't locate revision identified by 'abc123'\n",
    ),
    (
        "alembic",
        "Can't locate revision, or multiple heads",
        "FAILED: Multiple head revisions are present for given argument 'head'; please specify a"
        " specific target revision\n",
    ),
    (
        "django",
        "Conflicting migrations detected",
        "CommandError: Conflicting migrations detected; multiple leaf nodes in the migration"
        " graph: (0002_a, 0002_b in shop).\nTo fix them run 'python manage.py makemigrations"
        " --merge'\n",
    ),
    (
        "django",
        "InconsistentMigrationHistory",
        "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration shop.0003_c is"
        " applied before its dependency shop.0002_b on database 'default'.\n",
    ),
    (
        "rails",
        "Migrations are pending",
        "ActiveRecord::PendingMigrationError: \n\nMigrations are pending. To resolve this issue,"
        " run:\n\n        bin/rails db:migrate RAILS_ENV=production\n",
    ),
    (
        "rails",
        "ConcurrentMigrationError",
        "ActiveRecord::ConcurrentMigrationError: \n\nCannot run migrations because another"
        " migration process is currently running.\n",
    ),
    (
        "rails",
        "a version or a name is there twice",
        "ActiveRecord::DuplicateMigrationVersionError: \n\nMultiple migrations have the version"
        " number 20260301090000.\n",
    ),
    (
        "sqitch",
        "psql unexpectedly returned exit value 3",
        '"psql" unexpectedly returned exit value 3\n\nReverting all changes\nDeploy failed\n',
    ),
    (
        "sqitch",
        "another instance of Sqitch is at work",
        "Blocked by another instance of Sqitch working on db:pg:app; waiting 60 seconds...\n",
    ),
    (
        "sqitch",
        "the plan and the registry have come apart",
        "Cannot find 1b2c3d (orders @v1.0) in sqitch.plan\n",
    ),
    (
        "yoyo",
        "the database is locked",
        "yoyo.exceptions.LockTimeout: Process 4711 has locked this database (run yoyo break-lock"
        " to remove this lock)\n",
    ),
    (
        "yandex-pgmigrate",
        "transactional and nontransactional migrations in one run",
        "2026-03-01 09:12:13,123 ERROR   : Unable to mix transactional and nontransactional"
        " migrations\n",
    ),
    (
        "yandex-pgmigrate",
        "Migration versions have gaps",
        "pgmigrate.MigrateError: Migration versions have gaps: missing versions 3\n",
    ),
    (
        "postgrator",
        "MD5 checksum failed",
        "Error: MD5 checksum failed for migration [2]\n",
    ),
    (
        "",
        "the database was not reached",
        "Error: connect ECONNREFUSED 127.0.0.1:5432\n",
    ),
    (
        "",
        "the database was not reached",
        "Error: getaddrinfo ENOTFOUND db.internal\n",
    ),
    (
        "",
        "the database was not reached",
        "error: dial tcp 127.0.0.1:5432: connect: connection refused\n",
    ),
    (
        "",
        "the database was not reached",
        "error: error communicating with database: Connection refused (os error 111)\n",
    ),
)


@pytest.mark.parametrize(
    ("runner", "title", "log"), PRINTED, ids=[f"{each[0]}-{each[1][:24]}" for each in PRINTED]
)
def test_the_words_of_each_error_are_known(runner: str, title: str, log: str) -> None:
    failure = read(f"Deploying\n{log}".encode())
    assert failure is not None
    assert failure.own is not None
    assert (failure.own.runner, failure.own.title) == (runner, title)


def test_no_error_is_without_its_words() -> None:
    known = {(each.runner, each.title) for each in OWN_ERRORS}
    assert known - {each[:2] for each in PRINTED} == set()


def test_each_error_is_of_a_runner_and_has_names_that_find_it() -> None:
    for own in OWN_ERRORS:
        assert not own.runner or runners.get(own.runner).title
        for called in own.called:
            assert own in asked_for(called), called


def test_what_the_lines_below_say_more_exactly_counts() -> None:
    """Flyway begins all with `Validate failed`, and names the cause below."""
    failure = read(
        b"ERROR: Validate failed: Migrations have failed validation\n"
        b"Detected failed migration to version 2 (orders).\n"
    )
    assert failure is not None
    assert failure.own is not None
    assert failure.own.is_late


def test_what_may_pass_counts_less_than_what_failed_behind_it() -> None:
    """A deploy that waits for its database, or for a lock, and fails then."""
    for waiting in (
        "Error: P1001: Can't reach database server at `db`:`5432`",
        "Waiting for changelog lock....",
        'psql: error: connection to server at "db" (10.0.0.2), port 5432 failed: Connection refused',
        "FATAL:  the database system is starting up",
    ):
        failure = read(f'{waiting}\n{waiting}\nERROR:  relation "orders" already exists\n'.encode())
        assert failure is not None
        assert (failure.sqlstate, failure.own) == ("42P07", None)
