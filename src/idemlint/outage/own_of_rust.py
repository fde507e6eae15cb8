"""Own errors of the runners that are made in Rust.

Read in: launchbadge/sqlx: sqlx-core/src/migrate/{error,migrator}.rs, sqlx-postgres/src/migrate.rs,
sqlx-cli/src/{migrate,opt}.rs; diesel-rs/diesel: diesel_migrations/src/{errors,file_based_migrations}.rs;
rust-db/refinery: refinery_core/src/{error,runner}.rs, refinery_core/src/traits/mod.rs. An application that
unwraps a result prints the name of the variant (`VersionMismatch(3)`), the command line the sentence.
"""

from __future__ import annotations

from typing import Final

from idemlint.outage.own_errors import ANEW, NOT_THIS_FILE, NOTHING_RAN, PUT_BACK, OwnError

RUST: Final[tuple[OwnError, ...]] = (
    OwnError(
        "sqlx",
        "a migration was applied before and has been modified",
        ("previously applied but has been modified", "version mismatch", "VersionMismatch"),
        r"was previously applied but has been modified|\bVersionMismatch\(\d+\)",
        "A file that has run is not what it was when it ran (sqlx compares checksums).",
        NOTHING_RAN,
        (
            PUT_BACK + " (line ends count, too)",
            ANEW,
        ),
        ran=False,
    ),
    OwnError(
        "sqlx",
        "a migration was applied before and is missing",
        (
            "previously applied but is missing",
            "missing in the resolved migrations",
            "VersionMissing",
        ),
        r"was previously applied but is missing in the resolved migrations|\bVersionMissing\(\d+\)",
        "_sqlx_migrations has a version that this checkout has no file for: an older build was deployed, or"
        " a file was renamed.",
        NOTHING_RAN,
        (
            "deploy the build that has the file, or bring it back",
            "`sqlx migrate info` lists both sides",
            "`sqlx migrate run --ignore-missing` passes over it",
        ),
        ran=False,
    ),
    OwnError(
        "sqlx",
        "a migration is partially applied",
        ("is partially applied", "remove row from _sqlx_migrations"),
        r"is partially applied; fix and remove row|\bDirty\(\d+\)",
        "_sqlx_migrations has a row of that version with success = false. sqlx itself writes none such on"
        " PostgreSQL: an old version of it did, or a hand.",
        "What the earlier run left: its log has the statement.",
        (
            "`idemlint replay --stopped-at FILE:LINE` with the first log's line says what stays",
            "mend that by hand, or guard the file",
            "DELETE FROM _sqlx_migrations WHERE version = VERSION: the next run begins it again",
        ),
        is_late=True,
    ),
    OwnError(
        "diesel",
        "the migration is empty, or no migration at all",
        ("attempted to run an empty migration", "invalid migration directory"),
        r"Attempted to run an empty migration|Invalid migration directory: the directory's name should be",
        "A folder of migrations has an up.sql without a byte, or is not called <timestamp>_<name>.",
        NOT_THIS_FILE,
        (
            "look whether the image has all of migrations/",
            "a comment makes an empty up.sql a migration",
        ),
        ran=False,
    ),
    OwnError(
        "refinery",
        "applied migration is different than filesystem one",
        ("divergent", "is different than filesystem one"),
        r"applied migration .+ is different than filesystem one|\bDivergentVersion\(",
        "A file that has run is not what it was when it ran (checksum, or name).",
        NOTHING_RAN,
        (PUT_BACK, ANEW),
        ran=False,
    ),
    OwnError(
        "refinery",
        "a migration is missing from the filesystem",
        ("is missing from the filesystem",),
        r"migration \S+ is missing from the filesystem|\bMissingVersion\(",
        "Either the journal has a version that this build has no file for, or a file with an older version"
        " came after a newer one had run: refinery has the same words for both.",
        NOTHING_RAN,
        (
            "look whether the file that it names is there: if not, deploy the build that has it",
            "if it is there, give it a version behind the newest, or call it U… instead of V…",
            "`set_abort_missing(false)` goes on without it",
        ),
        ran=False,
    ),
    OwnError(
        "refinery",
        "a version is there twice",
        ("is repeated, migration versions must be unique",),
        r"is repeated, migration versions must be unique",
        "Two files have one version: two branches each added one.",
        NOTHING_RAN,
        ("give the file that has not run the next free version",),
        ran=False,
    ),
)
