"""Errors that are a runner's own, not the server's: what each means, what it left, and what to do now.

By the runners' sources (see `wording`) and manuals: Prisma's error reference, "Error message reference" of
Flyway's docs, golang-migrate's GETTING_STARTED and FAQ, sqlx-core/src/migrate/error.rs, goose's
provider_errors.go, Atlas's docs on "Migration directory integrity", Liquibase's docs on checksums and the
lock table, node-pg-migrate's runner.ts, Alembic's command.py, Rails' migration.rb, supabase/cli
internal/db/push.

Read there: golang-migrate, sqlx, Atlas, node-pg-migrate. The others are [unverified].
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple


class OwnError(NamedTuple):
    """An error of a runner (the name of its profile). `pattern` finds it in a log, letter case ignored;
    `called` is what somebody may type to ask for it. `is_late`: it is the consequence of an earlier failure,
    of which another log has the cause."""

    runner: str
    title: str
    called: tuple[str, ...]
    pattern: str
    happened: str
    stays: str
    now: tuple[str, ...]
    is_late: bool = False


_EDITED: Final = "Nothing ran: the check comes before the first statement."

OWN_ERRORS: Final[tuple[OwnError, ...]] = (
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
        "Nothing ran.",
        (
            "`idemlint replay --rerun folder FOLDER` says what would fail if all files ran over what is"
            " there",
            "`prisma migrate resolve --applied NAME` for each migration that the database has already",
            "then `prisma migrate deploy` for the rest",
        ),
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
    ),
    OwnError(
        "prisma",
        "a migration was modified after it was applied",
        ("was modified after it was applied", "migration was modified"),
        r"was modified after it was applied|were modified since applied",
        "`prisma migrate dev` compares checksums, and a file is not what it was. `migrate deploy` does not"
        " mind.",
        _EDITED,
        (
            "put the file back: `git log -p -- MIGRATION`",
            "write what you wanted to change into a new migration",
            "do not take the reset that it offers where there is data",
        ),
    ),
    OwnError(
        "golang-migrate",
        "Dirty database version",
        ("dirty database version", "dirty database", "fix and force version"),
        r"Dirty database version -?\d+|Fix and force version",
        "An earlier run failed in that version. golang-migrate wrote the version down before it ran the"
        " file,"
        " and refuses everything until you force one. This run did nothing.",
        "The file went as one message, so that nothing of it stays, unless it has a COMMIT of its own, or"
        " x-multi-statement is set: then what stands before the failure stays.",
        (
            "find the first log, and mend what it says; `idemlint replay --stopped-at FILE:LINE` says"
            " what stays",
            "`migrate … force VERSION-BEFORE`: the next `up` runs the file again",
            "`migrate … force VERSION`: it counts as done, only when you have done the rest by hand",
        ),
        is_late=True,
    ),
    OwnError(
        "golang-migrate",
        "no migration found for version",
        ("no migration found for version",),
        r"no migration found for version \d+",
        "schema_migrations has a version that this checkout has no file for: an older image was"
        " deployed, or"
        " a file was renamed.",
        "Nothing ran.",
        (
            "deploy the image that has the file, or bring the file back (`git log --all -- '*VERSION*'`)",
            "do not force a version that the database has passed: its tables are there",
        ),
    ),
    OwnError(
        "flyway",
        "Validate failed: checksum mismatch",
        ("validate failed", "migration checksum mismatch", "checksum mismatch"),
        r"Migration checksum mismatch|Validate failed|Migrations have failed validation",
        "A file that has run is not what it was when it ran, or an applied one is missing, or an older one"
        " came late. Flyway names it in the lines below.",
        _EDITED,
        (
            "put the file back as it was: `git log -p -- FILE`, and write the change into a new migration",
            "`flyway info` says which files it means",
            "`flyway repair` only where the change is known to do nothing (a comment): it takes the new"
            " checksum",
        ),
    ),
    OwnError(
        "flyway",
        "Detected failed migration",
        ("detected failed migration", "contains a failed migration"),
        r"Detected failed migration to version|contains a failed migration",
        "An earlier run failed in a file that ran outside of a transaction: its row says success ="
        " false, and"
        " Flyway refuses to go on. This run did nothing.",
        "What stands before the statement that failed: each committed by itself.",
        (
            "find the first log; `idemlint replay --stopped-at FILE:LINE` says what stays",
            "take back, or guard, what stayed (an INVALID index: DROP INDEX)",
            "`flyway repair` takes the row out: the next `flyway migrate` runs the file again",
        ),
        is_late=True,
    ),
    OwnError(
        "flyway",
        "Found non-empty schema without schema history table",
        ("found non-empty schema", "without schema history table"),
        r"Found non-empty schema\(s\) .* (?:without|but no) schema history table",
        "There are tables, and no flyway_schema_history: the journal was lost, or somebody else made them.",
        "Nothing ran.",
        (
            "`idemlint replay --rerun folder FOLDER` says what would fail if all files ran over what is"
            " there",
            "`flyway baseline -baselineVersion=V` with the last version that the database has",
        ),
    ),
    OwnError(
        "sqlx",
        "a migration was applied before and has been modified",
        ("previously applied but has been modified", "version mismatch"),
        r"was previously applied but has been modified",
        "A file that has run is not what it was when it ran (sqlx compares checksums).",
        _EDITED,
        (
            "put the file back as it was: `git log -p -- FILE` (line ends count, too)",
            "write the change into a new migration",
        ),
    ),
    OwnError(
        "sqlx",
        "a migration was applied before and is missing",
        ("previously applied but is missing", "missing in the resolved migrations"),
        r"was previously applied but is missing in the resolved migrations",
        "_sqlx_migrations has a version that this checkout has no file for: an older build was deployed, or"
        " a file was renamed.",
        "Nothing ran.",
        (
            "deploy the build that has the file, or bring it back",
            "`sqlx migrate info` lists both sides",
        ),
    ),
    OwnError(
        "sqlx",
        "a migration is partially applied",
        ("is partially applied", "remove row from _sqlx_migrations"),
        r"is partially applied; fix and remove row",
        "An earlier run failed in that version, and left its row with success = false.",
        "What the earlier run left: its log has the statement.",
        (
            "`idemlint replay --stopped-at FILE:LINE` with the first log's line says what stays",
            "mend that by hand, or guard the file",
            "DELETE FROM _sqlx_migrations WHERE version = VERSION: the next run begins it again",
        ),
        is_late=True,
    ),
    OwnError(
        "goose",
        "found missing migrations",
        ("found missing migrations", "missing (out-of-order) migrations"),
        r"found \d+ missing (?:\(out-of-order\) )?migrations?",
        "A file with a lower number came after a higher one had run. goose refuses to run it late.",
        "Nothing ran.",
        (
            "give the late file a number behind the newest that has run, if nothing else needs it earlier",
            "or `goose up --allow-missing`: it runs now, behind the others",
        ),
    ),
    OwnError(
        "atlas",
        "checksum mismatch",
        ("checksum mismatch", "atlas.sum"),
        r"Error: checksum mismatch|You have a checksum error in your migration directory",
        "The folder is not what atlas.sum says: a file was edited, or two branches added files.",
        _EDITED,
        (
            "`git diff -- migrations` and `git log -p -- FILE`: was an applied file edited?",
            "put that back; what is new goes into a new file",
            "`atlas migrate hash` writes atlas.sum anew, when the files are right",
        ),
    ),
    OwnError(
        "liquibase",
        "Validation Failed: checksums of changesets",
        ("validation failed", "changesets check sum", "checksum mismatch"),
        r"Validation Failed:|\d+ changesets? check ?sum",
        "A changeset that has run is not what it was when it ran.",
        _EDITED,
        (
            "put the changeset back as it was, and write the change into a new one",
            "a change that does nothing: `--validCheckSum: ANY` in the changeset, with a reason",
            "`liquibase clear-checksums` only where all files are known to be right",
        ),
    ),
    OwnError(
        "liquibase",
        "Could not acquire change log lock",
        ("could not acquire change log lock", "waiting for changelog lock"),
        r"Could not acquire change log lock",
        "Another run holds the lock, or one was killed and left it.",
        "Nothing of this run. A run that was killed leaves what had committed: changesets before the one it"
        " was in.",
        (
            "look whether another run is alive (`SELECT * FROM databasechangeloglock`)",
            "`liquibase release-locks` when none is",
        ),
    ),
    OwnError(
        "supabase",
        "remote migration versions not found in local migrations directory",
        ("remote migration versions not found", "migration history mismatch"),
        r"Remote migration versions not found in local migrations directory",
        "The database's journal has versions that this checkout has no file for.",
        "Nothing ran.",
        (
            "`supabase migration list` shows both sides",
            "bring the files back (another branch, `supabase migration fetch`)",
            "`supabase migration repair --status reverted VERSION` only where what it made is gone, too",
        ),
    ),
    OwnError(
        "supabase",
        "local migrations would be inserted before the last one on the remote database",
        ("inserted before the last migration on remote", "include-all"),
        r"Found local migration files to be inserted before the last migration on remote",
        "A file with an older version came after a newer one had run.",
        "Nothing ran.",
        (
            "give the late file a version behind the newest, if nothing needs it earlier",
            "or `supabase db push --include-all`: it runs now, behind the others",
        ),
    ),
    OwnError(
        "node-pg-migrate",
        "Not run migration is preceding an already run migration",
        ("not run migration", "preceding already run migration"),
        r"Not run migration .+ is preceding already run migration",
        "A file with an older name came after a newer one had run.",
        "Nothing ran.",
        (
            "give the late file a name behind the newest that has run",
            "or `--no-check-order`: it runs now, behind the others",
        ),
    ),
    OwnError(
        "alembic",
        "Can't locate revision, or multiple heads",
        ("can't locate revision", "multiple head revisions"),
        r"Can't locate revision identified by|Multiple head revisions are present",
        "alembic_version has a revision that this checkout has no file for, or two branches each added a"
        " revision.",
        "Nothing ran.",
        (
            "`alembic heads` and `alembic current` show both sides",
            "two heads: `alembic merge heads`; a lost revision: deploy the checkout that has it",
        ),
    ),
    OwnError(
        "rails",
        "Migrations are pending",
        ("pendingmigrationerror", "migrations are pending"),
        r"ActiveRecord::PendingMigrationError|Migrations are pending",
        "The application has files that the database has not: the deploy's migration step failed, or did"
        " not"
        " run.",
        "Look into the log of that step: this one only says that it is not through.",
        (
            "`bin/rails db:migrate:status` shows which",
            "`idemlint explain - < that.log` with the log of the migration step",
        ),
        is_late=True,
    ),
    OwnError(
        "postgres-migrations",
        "Hashes don't match",
        ("hashes don't match", "migration hash"),
        r"Hashes don't match for migrations",
        "A file that has run is not what it was when it ran.",
        _EDITED,
        (
            "put the file back as it was: `git log -p -- FILE`",
            "write the change into a new migration",
        ),
    ),
    OwnError(
        "refinery",
        "applied migration is different than filesystem one",
        ("divergent", "is different than filesystem one"),
        r"applied migration .+ is different than filesystem one",
        "A file that has run is not what it was when it ran (checksum), or an applied one is missing.",
        _EDITED,
        (
            "put the file back as it was: `git log -p -- FILE`",
            "write the change into a new migration",
        ),
    ),
    OwnError(
        "sqitch",
        "psql unexpectedly returned exit value 3",
        ("unexpectedly returned exit value", "deploy failed"),
        r"\"psql\" unexpectedly returned exit value [123]",
        "psql stopped at an error of a deploy script; the line above has it.",
        "What the script did before, unless it stands between BEGIN and COMMIT of the script's own.",
        (
            "`idemlint replay --stopped-at deploy/CHANGE.sql:LINE` says what stays",
            "`sqitch status`: with --mode all the changes before it in this run were reverted",
            "mend the script, take back what stayed, `sqitch deploy`",
        ),
    ),
)
