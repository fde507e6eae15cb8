"""Own errors of the runners that are made in Go.

Read in: golang-migrate/migrate: migrate.go, database/driver.go, internal/cli/main.go; pressly/goose: up.go,
internal/gooseutil/resolve.go, internal/sqlparser/parser.go, migration.go, cmd/goose/main.go; ariga/atlas:
sql/migrate/{migrate,dir}.go, sql/schema/migrate.go, cmd/atlas/internal/cmdapi/migrate.go; amacneil/dbmate:
pkg/dbmate/{db,migration}.go, main.go; rubenv/sql-migrate: migrate.go, sqlparse/sqlparse.go,
sql-migrate/config.go; jackc/tern: migrate/migrate.go, main.go; elwinar/rambler: apply.go.
"""

from __future__ import annotations

from typing import Final

from idemlint.outage.own_errors import NOT_THIS_FILE, NOTHING_RAN, OwnError

GO: Final[tuple[OwnError, ...]] = (
    OwnError(
        "golang-migrate",
        "Dirty database version",
        ("dirty database version", "dirty database", "fix and force version"),
        r"Dirty database version -?\d+|Fix and force version",
        "An earlier run failed in that version. golang-migrate wrote the version down before it ran the"
        " file, and refuses everything until you force one. This run did nothing.",
        "The file went as one message, so that nothing of it stays, unless it has a COMMIT of its own, or"
        " x-multi-statement is set: then what stands before the failure stays.",
        (
            "find the first log, and mend what it says; `idemlint replay --stopped-at FILE:LINE` says"
            " what stays",
            "`migrate … force VERSION-BEFORE`: the next `up` runs the file again (before the first one:"
            " `force -- -1`)",
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
        " deployed, or a file was renamed.",
        NOTHING_RAN,
        (
            "deploy the image that has the file, or bring the file back (`git log --all -- '*VERSION*'`)",
            "do not force a version that the database has passed: its tables are there",
        ),
        ran=False,
    ),
    OwnError(
        "golang-migrate",
        "can't acquire database lock",
        ("can't acquire database lock", "database locked"),
        r"can't acquire (?:database )?lock|^(?:error: )?database locked",
        "Another process migrates, or holds its advisory lock, longer than -lock-timeout (15 seconds).",
        NOTHING_RAN,
        (
            "run it again when that one is through; the lock goes with its session",
            "a pooler in between keeps sessions, and so the lock: migrate over the direct connection",
        ),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "goose",
        "missing (out-of-order) migrations",
        (
            "found missing migrations",
            "missing (out-of-order) migrations",
            "missing migrations before",
        ),
        r"(?:found|detected) \d+ missing (?:\(out-of-order\) )?migrations?",
        "A file with a lower number came after a higher one had run. goose refuses to run it late.",
        NOTHING_RAN,
        (
            "give the late file a number behind the newest that has run, if nothing else needs it earlier",
            "or `goose -allow-missing up`: it runs now, behind the others",
        ),
        ran=False,
    ),
    OwnError(
        "goose",
        "failed to parse SQL migration file",
        (
            "failed to parse sql migration file",
            "unexpected unfinished sql query",
            "missing semicolon",
        ),
        r"failed to parse (?:SQL )?migration(?: file)?:|unexpected unfinished SQL query",
        "goose cannot cut the file into statements: an annotation, the last semicolon, or StatementBegin and"
        " StatementEnd around a body are missing.",
        NOT_THIS_FILE,
        (
            "`idemlint FILE` says which line goose does not read",
            "`goose validate` reads all files without a database",
        ),
        ran=False,
    ),
    OwnError(
        "atlas",
        "checksum mismatch",
        ("checksum mismatch", "atlas.sum"),
        r"Error: checksum mismatch|You have a checksum error in your migration directory",
        "The folder is not what atlas.sum says: a file was edited, or two branches added files.",
        NOTHING_RAN,
        (
            "`git diff -- migrations` and `git log -p -- FILE`: was an applied file edited?",
            "put that back; what is new goes into a new file",
            "`atlas migrate hash` writes atlas.sum anew, when the files are right",
        ),
        ran=False,
    ),
    OwnError(
        "atlas",
        "history changed: a statement that had worked is another one now",
        ("history changed",),
        r"sql/migrate: history changed: statement \d+ from file",
        "An earlier run failed in the midst of this file, outside of a transaction; Atlas goes on behind the"
        " last statement that worked, and one of those before it was edited since.",
        "What stands before the statement that failed in the earlier run: each committed by itself.",
        (
            "put the statements that worked back as they were; mend the one that failed, and those behind it",
            "`atlas migrate status --url $DATABASE_URL` says how far it came",
            "`atlas migrate set VERSION` only when you have done the rest by hand",
        ),
        is_late=True,
    ),
    OwnError(
        "atlas",
        "a partially applied migration has no file any more",
        ("is partially applied but migration file was not found", "missing migration: revision"),
        r"missing migration: revision .+ is partially applied but migration file was not found",
        "An earlier run failed in the midst of a file that this checkout does not have.",
        "What stands before the statement that failed in the earlier run: each committed by itself.",
        (
            "bring the file back (`git log --all -- migrations`)",
            "`atlas migrate status --url $DATABASE_URL` says how far it came",
        ),
        is_late=True,
    ),
    OwnError(
        "atlas",
        "a migration file was added out of order",
        ("added out of order", "non-linear"),
        r"migration files? .+ (?:was|were) added out of order",
        "A file with an older version came after a newer one had run, and --exec-order is linear.",
        NOTHING_RAN,
        (
            "give the late file a version behind the newest, if nothing needs it earlier, and"
            " `atlas migrate hash`",
            "or `atlas migrate apply --exec-order non-linear`: it runs now",
        ),
        ran=False,
    ),
    OwnError(
        "atlas",
        "connected database is not clean",
        ("connected database is not clean", "baseline version or allow-dirty is required"),
        r"connected database is not clean|baseline version or allow-dirty is required",
        "There are tables, and no atlas_schema_revisions: the journal was lost, or somebody else made them.",
        NOTHING_RAN,
        (
            "`idemlint replay --rerun folder FOLDER` says what would fail if all files ran over what is"
            " there",
            "`atlas migrate apply --baseline VERSION` with the last version that the database has",
        ),
        ran=False,
    ),
    OwnError(
        "atlas",
        "acquiring database lock",
        ("acquiring database lock", "lock is held by other session"),
        r"acquiring database lock|sql/schema: lock is held by other session",
        "Another process migrates, or holds its lock longer than --lock-timeout.",
        NOTHING_RAN,
        ("run it again when that one is through; the lock goes with its session",),
        ran=False,
        is_passing=True,
    ),
    OwnError(
        "dbmate",
        "out of order with already applied migrations",
        ("is out of order with already applied migrations", "in --strict mode"),
        r"is out of order with already applied migrations",
        "A file with an older version came after a newer one had run, and dbmate was called with --strict.",
        NOTHING_RAN,
        (
            "give the late file a version behind the newest, if nothing needs it earlier",
            "or run dbmate without --strict: it runs now, behind the others",
        ),
        ran=False,
    ),
    OwnError(
        "dbmate",
        "the file's blocks cannot be read",
        (
            "dbmate requires each migration to define an up block",
            "dbmate does not support statements preceding",
        ),
        r"dbmate (?:requires (?:each migration to define|every '-- migrate:down'|'-- migrate:up')|does not"
        r" support statements preceding)",
        "`-- migrate:up` or `-- migrate:down` is missing or stands in the wrong place, or a statement stands"
        " before them.",
        NOT_THIS_FILE,
        (
            "`idemlint FILE` says what dbmate does not read",
            "put both marker lines in, up before down",
        ),
        ran=False,
    ),
    OwnError(
        "sql-migrate",
        "unknown migration in database",
        ("unable to create migration plan", "unknown migration in database"),
        r"Unable to create migration plan because of",
        "gorp_migrations has a file that this checkout does not have: an older image was deployed, or a file"
        " was renamed.",
        NOTHING_RAN,
        (
            "deploy the image that has the file, or bring it back under the name that the journal has",
            "`ignoreunknown: true` in dbconfig.yml passes over it",
        ),
        ran=False,
    ),
    OwnError(
        "sql-migrate",
        "the file cannot be read",
        ("no up/down annotations found", "the last statement must be ended by a semicolon"),
        r"no Up/Down annotations found, so no statements were executed|"
        r"The last statement must be ended by a semicolon|with no matching '-- \+migrate StatementEnd'",
        "sql-migrate cannot cut the file into statements: it reads all files before it runs the first.",
        NOTHING_RAN,
        ("`idemlint FILE` says which line sql-migrate does not read",),
        ran=False,
    ),
    OwnError(
        "tern",
        "a number is missing, or there twice",
        ("missing migration", "duplicate migration"),
        r"^\s*Missing migration \d+\s*$|^\s*Duplicate migration \d+\s*$",
        "tern wants the numbers 1 to n without gaps: two branches each added one, or a file is not there.",
        NOTHING_RAN,
        (
            "give the file that has not run the next free number",
            "a file that is not there: look whether the image has all of the folder",
        ),
        ran=False,
    ),
    OwnError(
        "tern",
        "the version is outside of the valid versions",
        ("outside the valid versions",),
        r"version \d+ is outside the valid versions of 0 to \d+",
        "The database has a higher version than this checkout has files: an older image was deployed.",
        NOTHING_RAN,
        ("deploy the image that has the files", "`tern status` shows both sides"),
        ran=False,
    ),
    OwnError(
        "rambler",
        "out of order, or missing, migration",
        ("out of order migration", "missing migration"),
        r"^out of order migration: \S+|^missing migration: \S+",
        "A file with an older name came after a newer one had run, or one that has run is not there.",
        NOTHING_RAN,
        (
            "give the late file a name behind the newest that has run",
            "a file that is not there: bring it back under the name that the journal has",
        ),
        ran=False,
    ),
)
