"""Own errors of the runners that are made in Java and C#.

Read in: flyway/flyway: flyway-core/src/main/java/org/flywaydb/core/Flyway.java,
api/exception/FlywayValidateException.java, internal/command/{DbMigrate,DbValidate,DbRepair}.java,
internal/info/MigrationInfoImpl.java, internal/resolver/CompositeMigrationResolver.java,
internal/sqlscript/ParserSqlScript.java, flyway-database-postgresql: PostgreSQLAdvisoryLockTemplate.java;
liquibase/liquibase: liquibase-standard: exception/ValidationFailedException.java,
lockservice/StandardLockService.java, changelog/visitor/ValidatingVisitor.java, liquibase-core.properties;
lecaillon/Evolve: src/Evolve/Evolve.cs, Migration/MigrationScript.cs; erikbra/grate:
src/grate.core/Migration/DbMigrator.cs.
"""

from __future__ import annotations

from typing import Final

from idemlint.outage.own_errors import ANEW, NOTHING_RAN, PUT_BACK, OwnError

VMS: Final[tuple[OwnError, ...]] = (
    OwnError(
        "flyway",
        "Validate failed",
        ("validate failed", "migrations have failed validation"),
        r"Validate failed: (?!invalid checksum)|Migrations have failed validation",
        "What Flyway finds in the folder does not go with flyway_schema_history: the lines below name the"
        " file.",
        NOTHING_RAN,
        (
            "`flyway info` shows both sides",
            "`flyway repair` only when you know which file it means, and why: it takes what is there for"
            " right",
        ),
        ran=False,
        is_general=True,
    ),
    OwnError(
        "flyway",
        "Migration checksum mismatch",
        ("migration checksum mismatch", "checksum mismatch"),
        r"Migration (?:checksum|description|type) mismatch for migration",
        "A file that has run is not what it was when it ran, or has another name.",
        NOTHING_RAN,
        (
            "put the file back as it was: `git log -p -- FILE`, and write the change into a new migration",
            "`flyway info` says which files it means",
            "`flyway repair` only where the change is known to do nothing (a comment): it takes the new"
            " checksum",
        ),
        ran=False,
    ),
    OwnError(
        "flyway",
        "Detected failed migration",
        ("detected failed migration", "contains a failed migration"),
        r"Detected failed (?:repeatable )?migration|contains a failed (?:repeatable |future )?migration",
        "An earlier run failed in a file that ran outside of a transaction: its row says success ="
        " false, and Flyway refuses to go on. This run did nothing.",
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
        "Detected applied migration not resolved locally",
        ("detected applied migration not resolved locally", "not resolved locally"),
        r"Detected applied migration not resolved locally",
        "flyway_schema_history has a version that this checkout has no file for: an older image was"
        " deployed, a file was renamed, or -locations is another.",
        NOTHING_RAN,
        (
            "look at -locations, and deploy the image that has the file",
            "`flyway repair` marks it as deleted: only where it was deleted on purpose",
        ),
        ran=False,
    ),
    OwnError(
        "flyway",
        "Detected resolved migration not applied to database",
        ("detected resolved migration not applied to database",),
        r"Detected resolved migration not applied|Detected resolved repeatable migration not applied"
        r"|Detected outdated resolved repeatable migration",
        "A file with an older version came after a newer one had run (then the message says"
        " -outOfOrder), or `flyway validate` was called before `flyway migrate`.",
        NOTHING_RAN,
        (
            "give the late file a version behind the newest, if nothing needs it earlier",
            "or `flyway -outOfOrder=true migrate`: it runs now, behind the others",
        ),
        ran=False,
    ),
    OwnError(
        "flyway",
        "Found non-empty schema without schema history table",
        ("found non-empty schema", "but no schema history table"),
        r"Found non-empty schema\(s\) .* (?:without|but no) schema history table",
        "There are tables, and no flyway_schema_history: the journal was lost, or somebody else made them.",
        NOTHING_RAN,
        (
            "`idemlint replay --rerun folder FOLDER` says what would fail if all files ran over what is"
            " there",
            "`flyway baseline -baselineVersion=V` with the last version that the database has",
        ),
        ran=False,
    ),
    OwnError(
        "flyway",
        "Found more than one migration with one version",
        ("found more than one migration with version",),
        r"Found more than one (?:repeatable )?migration with",
        "Two files have one version: two branches each added one. Flyway names both below.",
        NOTHING_RAN,
        ("give the one that has not run the next free version",),
        ran=False,
    ),
    OwnError(
        "flyway",
        "transactional and non-transactional statements in one migration",
        ("detected both transactional and non-transactional",),
        r"Detected both transactional and non-transactional (?:statements|migrations)",
        "One file (or one group) has a statement that refuses a transaction, such as CREATE INDEX"
        " CONCURRENTLY, beside others. Flyway looks before it runs the first of them.",
        "Nothing of this file; files before it in the same run have committed, and are in the history.",
        (
            "put that statement into a file of its own",
            "`executeInTransaction=false` in FILE.conf: then what stands before a failure stays",
        ),
        ran=False,
    ),
    OwnError(
        "flyway",
        "the advisory lock was not to be had",
        ("number of retries exceeded while attempting to acquire postgresql advisory lock",),
        r"(?:Number of retries exceeded|Interrupted) while attempting to acquire PostgreSQL advisory lock",
        "Another Flyway migrates this database, or a session that was left holds its lock.",
        NOTHING_RAN,
        (
            "look who holds it: `SELECT pid FROM pg_locks WHERE locktype = 'advisory'`",
            "run it again when that one is through",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "liquibase",
        "Validation Failed",
        ("validation failed",),
        r"Validation Failed:\s*$",
        "What Liquibase finds in the changelog does not go with databasechangelog, or with itself: the lines"
        " below name the changeset.",
        NOTHING_RAN,
        (
            "`liquibase status --verbose` shows what is not applied",
            "mend what the lines below name",
        ),
        ran=False,
        is_general=True,
    ),
    OwnError(
        "liquibase",
        "checksums of changesets",
        ("changesets check sum", "checksum mismatch", "checksum validation"),
        r"\d+ changesets? check ?sum|\bwas: \d+:\w+ but is now: \d+:\w+",
        "A changeset that has run is not what it was when it ran.",
        NOTHING_RAN,
        (
            "put the changeset back as it was, and write the change into a new one",
            "a change that does nothing: `--validCheckSum: ANY` in the changeset, with a reason",
            "`liquibase clear-checksums` only where all files are known to be right",
        ),
        ran=False,
    ),
    OwnError(
        "liquibase",
        "preconditions failed",
        ("preconditions failed", "preconditions generated an error"),
        r"\d+ preconditions (?:failed|generated an error)",
        "A precondition of the changelog, or of a changeset with onFail:HALT, does not hold in this"
        " database.",
        NOTHING_RAN,
        (
            "look what it asks for: an earlier run may have made it already",
            "`onFail:MARK_RAN` where the changeset is known to be done",
        ),
        ran=False,
    ),
    OwnError(
        "liquibase",
        "two changesets are called the same",
        ("changesets had duplicate identifiers",),
        r"\d+ changesets had duplicate identifiers",
        "Two changesets have one id, author and file: two branches each added one, or a file is read twice.",
        NOTHING_RAN,
        ("give the one that has not run another id",),
        ran=False,
    ),
    OwnError(
        "liquibase",
        "Could not acquire change log lock",
        ("could not acquire change log lock", "waiting for changelog lock"),
        r"Could not acquire change log lock|Waiting for changelog lock",
        "Another run holds the lock, or one was killed and left it.",
        "Nothing of this run. A run that was killed leaves what had committed: changesets before the one it"
        " was in.",
        (
            "look whether another run is alive (`SELECT * FROM databasechangeloglock`)",
            "`liquibase release-locks` when none is",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "evolve",
        "Validate failed: invalid checksum, or an older file came late",
        ("invalid checksum for migration", "out of order pending migration found"),
        r"Validate failed: invalid checksum for migration|Out of order pending migration found",
        "A file that has run is not what it was when it ran, or a file with an older version came after a"
        " newer one had run.",
        NOTHING_RAN,
        (
            PUT_BACK,
            ANEW,
            "a late file: give it a version behind the newest, or set OutOfOrder",
        ),
        ran=False,
    ),
    OwnError(
        "evolve",
        "Cannot acquire the lock",
        ("cannot acquire evolve application lock",),
        r"Cannot acquire Evolve (?:application|table) lock",
        "Another Evolve migrates this database; this one waits without end.",
        "Nothing of this run.",
        ("look whether another run is alive; its advisory lock goes with its session",),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "grate",
        "One time script changed",
        ("one time script changed", "script has changed since the last time it was run"),
        r"One time script changed|Script has changed since the last time it was run",
        "A file of `up` that has run is not what it was when it ran.",
        "Nothing of this file; what ran before it in this run stays, unless grate was called with"
        " --transaction.",
        (PUT_BACK, ANEW),
        ran=False,
    ),
)
