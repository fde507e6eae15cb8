"""Flyway (flyway/flyway: flyway-core internal/resource/ResourceNameParser.java,
internal/sqlscript/ParserSqlScript.java, internal/parser/PlaceholderReplacingReader.java,
internal/command/DbMigrate.java; flyway-database-postgresql PostgreSQLParser.java).

- `V1_2__x.sql` compared numerically, part by part (api/MigrationVersion.java); `R__x.sql` after all
  versions, by description, `_` being a blank, whenever its checksum changes
  (internal/resolver/ResolvedMigrationComparator.java); folders below are read, too; `U` undo; callbacks
  `beforeMigrate.sql`, `afterMigrate__x.sql` …
- `B` baseline: an empty database gets the newest one in place of all versions up to its own (docs, Baseline
  migrations).
  Prefix, separator and suffix can be configured (`flyway.sqlMigrationPrefix`; Spring Boot:
  `spring.flyway.sql-migration-prefix`): `flyway-unprefixed` has an empty prefix, `flyway-prefixed`
  any other; separator and suffix are taken for the usual ones. Other names are passed over unless
  `validateMigrationNaming` is set. A changed applied version fails validation.
- The lexer knows `$tag$`, `BEGIN ATOMIC`, COPY data. A file runs in a transaction, unless all its
  statements are of `_DETECTED`: then without. Those **and** others in one file is an error before
  the first statement, unless `mixed=true`, or `executeInTransaction=false` in `V1__x.sql.conf`:
  then all go one by one. Not detected, and so 25001: `REINDEX … CONCURRENTLY`, `DETACH …
  CONCURRENTLY`, `CLUSTER`.
- CREATE INDEX CONCURRENTLY hangs on Flyway's own lock unless
  `flyway.postgresql.transactional.lock=false` (docs).
- `${name}` is filled in anywhere, in bodies and comments too; unknown names are errors, and there
  is no escape.
- A file that failed outside a transaction blocks until `repair`.
- One connection for all files; before each, the role and the search_path are as at the beginning
  (DbMigrate.java: restoreOriginalState, changeCurrentSchemaTo; PostgreSQLConnection.java).
  Temporary tables stay.
- [unverified] A version without an undo script stops `undo`, which is not for everybody.
- A late version fails the validation before `migrate` ("Detected resolved migration not applied to
  database"; flyway-core core/internal/info/MigrationInfoServiceImpl.java validate).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from idemlint.postgres.no_block import refuses_block
from idemlint.runners.profile import (
    Claim,
    Named,
    NearMiss,
    Placeholders,
    Profile,
    Reads,
    version_key,
)
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Sending
    from idemlint.source.statement import Statement

_DETECTED: Final = frozenset(
    {
        "IndexStmt",
        "DropStmt",
        "CreatedbStmt",
        "DropdbStmt",
        "CreateTableSpaceStmt",
        "DropTableSpaceStmt",
        "AlterSystemStmt",
        "VacuumStmt",
        "DiscardStmt",
    }
)
_SUBSCRIPTIONS: Final = frozenset({"CreateSubscriptionStmt", "DropSubscriptionStmt"})
_WHOLE: Final = frozenset(
    {"REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_DATABASE", "REINDEX_OBJECT_SYSTEM"}
)
_OFF: Final = r"(?mi)^\s*executeInTransaction\s*=\s*false\s*$"
_MIXED: Final = r"(?mi)^\s*(?:flyway\.)?mixed\s*=\s*[\"']?true"
_LONE: Final = rb"(?i)\bCONCURRENTLY\b|\bVACUUM\b|\bALTER\s+SYSTEM\b"


def detected(statement: Statement) -> bool:
    """What Flyway itself knows to refuse a transaction."""
    if statement.tree is not None and statement.kind == "ReindexStmt":
        return statement.tree.fields.get("kind") in _WHOLE
    return statement.kind in _SUBSCRIPTIONS or (
        statement.kind in _DETECTED and refuses_block(statement)
    )


def by_itself(data: bytes, statements: Sequence[Statement], sending: Sending) -> Sending:
    """Without a transaction where every statement is known to refuse one."""
    return "stmt" if statements and all(detected(each) for each in statements) else sending


def configured(path: str, data: bytes, clues: FolderClues) -> Sending | None:
    """`V1__x.sql.conf` beside the file, or `mixed=true` where the file needs it."""
    folder, name = posixpath.split(path.replace("\\", "/"))
    if clues.beside(folder, f"{name}.conf"):
        text = clues.text(f"{clues.absolute(folder)}/{name}.conf")
        if re.search(_OFF, text):
            return "stmt"
    if re.search(_LONE, data):
        for config in ("flyway.toml", "flyway.conf"):
            found = clues.find(folder, config)
            if found and re.search(_MIXED, clues.text(found)):
                return "stmt"
    return None


_REPEATS: Final = (
    r"(?:(?:before|after)(?:Migrate(?:Applied)?|EachMigrate\w*|Versioned|Repeatables|Connect))"
    r"(?:__.*)?\.sql\Z"
)


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """Repeatable migrations and callbacks."""
    name = posixpath.basename(path.replace("\\", "/"))
    if name.startswith("R__"):
        return "Flyway runs R__ migrations again whenever they change"
    if re.match(_REPEATS, name):
        return f"Flyway runs {name.split('__')[0].removesuffix('.sql')} callbacks at every migrate"
    return None


def described(path: str) -> str:
    """The path with a description as it compares: its words apart, and without the suffix."""
    return path.removesuffix(".sql").replace("_", " ")


def from_baseline(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """Without the versions that the newest baseline stands for."""
    newest = max((version for path in paths if (version := _baseline(path))), default=None)
    if newest is None:
        return None
    kept = [path for path in paths if _baseline(path) == newest or not _is_before(path, newest)]
    return sorted(kept, key=FLYWAY.key_of)


def _baseline(path: str) -> tuple[int, ...] | None:
    match = re.fullmatch(_B, posixpath.basename(path.replace("\\", "/")))
    return version_key(match["version"]) if match else None


def _is_before(path: str, baseline: tuple[int, ...]) -> bool:
    """Whether the path is that of a version which the baseline stands for."""
    found = FLYWAY.named(path)
    version = found[1].groupdict().get("version") if found else None
    return version is not None and version_key(version) <= baseline


_B: Final = r"B(?P<version>\d[\d._]*)__[^/]*\.sql"
_V: Final = r"[VB](?P<version>\d[\d._]*)__(?P<name>[^/]*)\.sql"
_BARE: Final = r"(?P<version>\d[\d._]*)__(?P<name>[^/]*)\.sql"
_OWN: Final = r"(?![RU])[A-Za-z][A-Za-z_-]*?(?P<version>\d[\d._]*)__(?P<name>[^/]*)\.sql"


def files(versioned: str) -> tuple[Named, ...]:
    """Its files by name, with the pattern of versioned migrations."""
    return (
        Named(versioned, "up", exact=True),
        Named(r"U(?P<version>\d[\d._]*)__(?P<name>[^/]*)\.sql", "down", exact=True),
        Named(r"R__(?P<name>[^/]*)\.sql", "repeatable", rank=1, exact=True),
        Named(
            r"before(?:Migrate|EachMigrate\w*|Versioned|Connect)(?:__[^/]*)?\.sql",
            "repeatable",
            rank=-1,
            exact=True,
        ),
        Named(r"beforeRepeatables(?:__[^/]*)?\.sql", "repeatable", rank=1, exact=True),
        Named(
            r"after(?:Migrate(?:Applied)?|EachMigrate\w*|Versioned|Repeatables)(?:__[^/]*)?\.sql",
            "repeatable",
            rank=2,
            exact=True,
        ),
        # Callbacks of other commands than migrate.
        Named(
            r"(?:before|after)[A-Z]\w*(?:__[^/]*)?\.sql|createSchema\.sql", "ignored", exact=True
        ),
    )


_FOLDER: Final = r"(?:.*/)?db/migration(?:/.*)?"
_CONFIGS: Final = (
    "flyway.conf",
    "flyway.toml",
    "application*.properties",
    "application*.y*ml",
    "pom.xml",
    "build.gradle*",
)
_KEY: Final = r"(?im)^[^#\n]*\bsql-?migration-?prefix"
_NO_PREFIX: Final = _KEY + r"(?:[ \t]*[:=][ \t]*(?:\"\"|'')?[ \t\r]*(?:#.*)?$|/>|>[ \t]*</)"
_PREFIX: Final = _KEY + r"(?:[ \t]*[:=][ \t]*[\"']?|>[ \t]*)(?!V(?![\w-]))[A-Za-z_-]"
_NAME: Final = r"(?-i:[VUB]\d[\d._]*__.*\.sql|R__.*\.sql)"
_NUMBERED: Final = r"(?-i:[VB]\d.*\.sql)"
_READS: Final = Reads(names="V2__add_users.sql")

FLYWAY: Final = Profile(
    name="flyway",
    title="Flyway",
    edits="error",
    late="refuses",
    late_option="`-outOfOrder=true`",
    undoing=Undoing("refuses"),
    sending="tx",
    session="reset",
    message="statement",
    claims=(
        Claim(65, name=_NAME, folder=_FOLDER),
        Claim(64, name=_NAME, above=("flyway.toml",)),
        Claim(64, name=_NAME, above=("flyway.conf",)),
        Claim(63, name=_NUMBERED, folder=_FOLDER),
        Claim(63, name=_NUMBERED, above=("flyway.toml",)),
        Claim(63, name=_NUMBERED, above=("flyway.conf",)),
        Claim(30, name=_NAME),
        Claim(
            28,
            name=r"(?-i:(?:before|after)[A-Z]\w*?(?:__.*)?\.sql|createSchema\.sql)",
            beside=("V*__*.sql",),
        ),
    ),
    version_alone=True,
    goes_below=True,
    seen_as=described,
    journal=from_baseline,
    reads=_READS,
    files=files(_V),
    sending_of=by_itself,
    refusal="Flyway runs the file in a transaction, and refuses to mix such a statement in",
    opt_out=configured,
    way_out="put it into a migration of its own: "
    "Flyway runs a file of nothing else without a transaction",
    near_misses=(
        NearMiss(
            r"^--[^\n]*\bexecuteInTransaction\b[^\n]*",
            "Flyway reads executeInTransaction in a .conf file beside the migration",
        ),
    ),
    placeholders=Placeholders(
        pattern=r"\$\{[^}]+\}",
        in_bodies=True,
        breaks=r"\$\{",
    ),
    reruns=reruns,
)

PROFILES: Final = (
    FLYWAY,
    FLYWAY._replace(
        name="flyway-unprefixed",
        family="flyway",
        title="Flyway with an empty prefix",
        claims=(
            Claim(66, name=r"\d[\d._]*__.*\.sql", folder=_FOLDER),
            Claim(64, name=r"\d[\d._]*__.*\.sql", above=("flyway.toml",)),
            Claim(64, name=r"\d[\d._]*__.*\.sql", above=("flyway.conf",)),
            *(
                Claim(67, name=r"(?-i:[VUR]?_*\d.*|R__.*)\.sql", depends=((config, _NO_PREFIX),))
                for config in _CONFIGS
            ),
        ),
        reads=Reads(names="20240101120000__add_users.sql"),
        files=files(_BARE),
    ),
    FLYWAY._replace(
        name="flyway-prefixed",
        family="flyway",
        title="Flyway with a prefix of its own",
        claims=tuple(
            Claim(67, name=r"[A-Za-z_-]+\d.*\.sql|R__.*\.sql", depends=((config, _PREFIX),))
            for config in _CONFIGS
        ),
        reads=Reads(names="<prefix>2__add_users.sql"),
        files=files(_OWN),
    ),
)
