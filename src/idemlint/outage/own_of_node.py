"""Own errors of the runners that npm has.

Read in: prisma/prisma-engines: libs/user-facing-errors/src/{schema_engine,common}.rs,
schema-engine/commands/src/commands/{apply_migrations,dev_diagnostic,mark_migration_rolled_back}.rs,
schema-engine/connectors/sql-schema-connector/src/flavour/postgres/connector/native/mod.rs (the last one as it
was up to 7.3; [unverified] that 7.4 and later send statement by statement is the word of prisma-engines PRs
5767 and 5847); prisma/prisma: packages/migrate/src/commands/Migrate{Deploy,Resolve,Status}.ts;
drizzle-team/drizzle-orm: drizzle-orm/src/migrator.ts; supabase/cli: apps/cli-go/pkg/migration/apply.go,
apps/cli-go/internal/migration/up/up.go, apps/cli/src/legacy/shared/legacy-db-push-core.ts;
salsita/node-pg-migrate: src/runner.ts, src/cli/args.ts; postgres-migrations 5.3: dist/validation.js;
graphile/migrate: src/migration.ts.
"""

from __future__ import annotations

from typing import Final

from idemlint.outage.own_errors import ANEW, NOTHING_RAN, PUT_BACK, OwnError

NODE: Final[tuple[OwnError, ...]] = (
    OwnError(
        "prisma",
        "P3018: a migration failed to apply",
        ("P3018", "a migration failed to apply"),
        r"\bP3018\b",
        "A statement of the migration failed. Prisma says its name and the server's error below.",
        "From Prisma 7.4 on, the statements before the one that failed stay, each by itself (earlier"
        " versions, and files with a statement that Prisma's parser does not read: nothing stays).",
        (
            "`idemlint replay --stopped-at MIGRATION:LINE` says what stays and what a rerun meets",
            "mend the cause, and what stayed: `idemlint --diff MIGRATION` shows guards",
            "`prisma migrate resolve --rolled-back NAME` lets the next deploy run it again",
        ),
    ),
    OwnError(
        "prisma",
        "P3009: there are failed migrations",
        ("P3009", "migrate found failed migrations"),
        r"\bP3009\b|migrate found failed migrations",
        "An earlier deploy failed in a migration, and its row in _prisma_migrations never finished. This"
        " deploy ran nothing.",
        "What the earlier deploy left: its log has the cause (P3018), and the statement.",
        (
            "find the first log; `idemlint explain - < that.log` reads it",
            "`prisma migrate resolve --rolled-back NAME`: the next deploy runs it again, from its start",
            "`prisma migrate resolve --applied NAME`: only when you have done the rest by hand",
        ),
        is_late=True,
    ),
    OwnError(
        "prisma",
        "P3006: a migration fails on the shadow database",
        ("P3006", "failed to apply cleanly to the shadow database"),
        r"\bP3006\b|failed to apply cleanly to (?:the shadow|a temporary) database",
        "`prisma migrate dev` runs all migrations from the first on an empty shadow database, and one fails"
        " there: the folder cannot build a database from nothing.",
        "Nothing in your database: the shadow database is thrown away.",
        (
            "`idemlint replay --rerun folder FOLDER` and `idemlint FOLDER` say which file stands on what",
            "look for what another tool or a person made by hand, and put that into a migration before it",
            "do not reset a database that has data",
        ),
    ),
    OwnError(
        "prisma",
        "P3005: the database is not empty",
        ("P3005", "the database schema is not empty"),
        r"\bP3005\b|The database schema is not empty",
        "There are tables, and no _prisma_migrations: the journal was lost, or somebody else made them.",
        NOTHING_RAN,
        (
            "`idemlint replay --rerun folder FOLDER` says what would fail if all files ran over what is"
            " there",
            "`prisma migrate resolve --applied NAME` for each migration that the database has already",
            "then `prisma migrate deploy` for the rest",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P3008: the migration is recorded as applied already",
        ("P3008", "already recorded as applied"),
        r"\bP3008\b|is already recorded as applied in the database",
        "`migrate resolve --applied` was called for a migration that the journal has as applied.",
        "Nothing ran, and nothing has to.",
        (
            "`prisma migrate status` says which migrations are missing",
            "resolve only the one that it names as failed",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P3011, P3012: the migration cannot be marked as rolled back",
        ("P3011", "P3012", "cannot be rolled back because"),
        r"\bP301[12]\b|cannot be rolled back because it (?:was never applied|is not in a failed state)",
        "`migrate resolve --rolled-back` was called for a migration that the journal does not have"
        " (P3011: often a part of the name only), or that has finished (P3012).",
        "Nothing ran, and the journal is as it was.",
        (
            "`prisma migrate status` says which migration has failed: resolve that one, by its whole name",
            "P3012: it counts as applied; to undo what it did, write a new migration",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P3015, P3017: the migration's file or folder is not there",
        ("P3015", "P3017", "could not find the migration file"),
        r"\bP301[57]\b|Could not find the migration file at|"
        r"The migration \S+ could not be found\. Please make sure that the migration exists",
        "A folder of migrations has no migration.sql (P3015), or `migrate resolve` was called with a name"
        " that no folder has (P3017).",
        NOTHING_RAN,
        (
            "look whether the image has all of prisma/migrations (`.dockerignore`, a sparse checkout)",
            "an empty folder: delete it; a lost file: `git log --all -- 'prisma/migrations/*'`",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P3014: the shadow database could not be made",
        ("P3014", "could not create the shadow database"),
        r"\bP3014\b|could not create the shadow database",
        "`prisma migrate dev` makes a database to try the migrations on, and the role may not. `migrate"
        " deploy` needs none: a deploy calls the wrong command.",
        NOTHING_RAN,
        (
            "in a deploy: `prisma migrate deploy`, not `migrate dev`",
            "for development: CREATEDB for the role, or a `shadowDatabaseUrl`",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P3019: another provider than migration_lock.toml says",
        ("P3019", "does not match the one specified in the migration_lock.toml"),
        r"\bP3019\b|does not match the one specified in the migration_lock\.toml",
        "The schema's datasource is of another kind than the one that the migrations were written for.",
        NOTHING_RAN,
        (
            "look which schema and which migrations the deploy has taken",
            "do not delete migrations/ where a database has run them",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "a migration was modified after it was applied",
        ("was modified after it was applied", "migration was modified"),
        r"was modified after it was applied|were modified since applied",
        "`prisma migrate dev` compares checksums, and a file is not what it was. `migrate deploy` does not"
        " mind.",
        NOTHING_RAN,
        (
            "put the file back: `git log -p -- MIGRATION`",
            ANEW,
            "do not take the reset that it offers where there is data",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "the database and the folder have come apart",
        ("drift detected", "missing from the local migrations directory"),
        r"Drift detected: Your database schema is not in sync|"
        r"applied to the database but missing from the local migrations directory|"
        r"migrations recorded in the database diverge from the local migrations directory",
        "`prisma migrate dev` finds in the database what no migration of this folder makes, or in the"
        " journal a migration that the folder does not have. It wants to reset; `migrate deploy` does not"
        " look.",
        NOTHING_RAN,
        (
            "a missing folder: bring it back from the branch that has it",
            "made by hand: write it into a new migration, and `prisma migrate resolve --applied NAME` here",
            "do not take the reset that it offers where there is data",
        ),
        ran=False,
    ),
    OwnError(
        "prisma",
        "P1000, P1001, P1003: the database was not reached",
        ("P1000", "P1001", "P1003", "can't reach database server"),
        r"\bP100[013]\b|Can't reach database server at",
        "The server did not answer at that address (P1001), did not take the password (P1000), or has no"
        " such database (P1003).",
        "Nothing of this run: Prisma connects before it looks at a migration.",
        (
            "look at DATABASE_URL as the deploy has it, and at the network between the two",
            "a server that was still starting: wait for `pg_isready`, and run it again",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "prisma",
        "P1002: the migration lock was not to be had",
        ("P1002", "timed out trying to acquire a postgres advisory lock"),
        r"\bP1002\b|Timed out trying to acquire a postgres advisory lock",
        "Another `prisma migrate` holds the advisory lock (72707369), or the connection goes through a"
        " pooler, which mixes sessions up.",
        "Nothing of this run: the lock comes before the first migration.",
        (
            "look who holds it: `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 72707369`",
            "run it again when that one is through; two deploys at once: let one of them migrate",
            "a pooler (PgBouncer, -pooler hosts): migrate over the direct connection",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "node-pg-migrate",
        "Not run migration is preceding an already run migration",
        ("not run migration", "preceding already run migration"),
        r"Not run migration .+ is preceding already run migration",
        "A file with an older name came after a newer one had run.",
        NOTHING_RAN,
        (
            "give the late file a name behind the newest that has run",
            "or `--no-check-order`: it runs now, behind the others",
        ),
        ran=False,
    ),
    OwnError(
        "node-pg-migrate",
        "Another migration is already running",
        ("another migration is already running",),
        r"Another migration is already running",
        "Another process holds node-pg-migrate's advisory lock (7241865325823964).",
        NOTHING_RAN,
        (
            "run it again when that one is through; the lock goes with its session",
            "`--advisory-lock-mode wait` waits instead",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "postgres-migrations",
        "Hashes don't match",
        ("hashes don't match", "migration hash"),
        r"Hashes don't match for migrations",
        "A file that has run is not what it was when it ran.",
        NOTHING_RAN,
        (PUT_BACK, ANEW),
        ran=False,
    ),
    OwnError(
        "postgres-migrations",
        "Found a non-consecutive migration ID",
        ("non-consecutive migration id",),
        r"Found a non-consecutive migration ID on file",
        "The numbers of the files have a gap, or a number twice: two branches each added one.",
        NOTHING_RAN,
        ("give the file that has not run the next free number",),
        ran=False,
    ),
    OwnError(
        "drizzle",
        "the journal names a file that is not there",
        ("can't find meta/_journal.json", "no file found in folder"),
        r"Can't find meta/_journal\.json file|No file \S+\.sql found in .+ folder",
        "Drizzle goes by meta/_journal.json, and that or a file that it names is not where the deploy looks.",
        NOTHING_RAN,
        (
            "look whether the image has all of the folder, meta/ too (`.dockerignore`, `migrationsFolder`)",
            "a file that was deleted: bring it back, since new databases run it",
        ),
        ran=False,
    ),
    OwnError(
        "graphile-migrate",
        "Hash does not match",
        ("hash does not match", "has the file been tampered with"),
        r"Hash for \S+ does not match|Previous migration with hash '[^']*' doesn't match",
        "A committed file is not what its header's hash says, or two branches each committed one.",
        "Nothing of this file; committed files before it in the same run have run.",
        (
            PUT_BACK,
            "two branches: `graphile-migrate uncommit` the one that has not run, and commit it again",
        ),
        ran=False,
    ),
    OwnError(
        "supabase",
        "remote migration versions not found in local migrations directory",
        ("remote migration versions not found", "migration history mismatch"),
        r"Remote migration versions not found in local migrations directory",
        "The database's journal has versions that this checkout has no file for.",
        NOTHING_RAN,
        (
            "`supabase migration list` shows both sides",
            "bring the files back (another branch, `supabase migration fetch`)",
            "`supabase migration repair --status reverted VERSION` only where what it made is gone, too",
        ),
        ran=False,
    ),
    OwnError(
        "supabase",
        "local migrations would be inserted before the last one on the remote database",
        ("inserted before the last migration on remote", "include-all"),
        r"Found local migration files to be inserted before the last migration on remote",
        "A file with an older version came after a newer one had run.",
        NOTHING_RAN,
        (
            "give the late file a version behind the newest, if nothing needs it earlier",
            "or `supabase db push --include-all`: it runs now, behind the others",
        ),
        ran=False,
    ),
)
