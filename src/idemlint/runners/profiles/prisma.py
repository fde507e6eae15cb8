"""Prisma Migrate (`prisma migrate deploy`): `prisma` is 7.4 and later, `prisma-7.3` what came
before.

- Up to 7.3 the file is one simple-query message: atomic, CONCURRENTLY only alone
  (prisma/prisma-engines:
  schema-engine/connectors/sql-schema-connector/src/flavour/postgres/connector/native/mod.rs
  apply_migration_script).
- From 7.4.0 it is split with the Rust `sqlparser` crate and each statement is autocommit, so a
  failure leaves the earlier ones; where one statement does not parse, the whole file goes as one
  message again (prisma-engines PRs 5767, 5799, 5847). What sqlparser 0.61 does not read was
  measured on 2,997 files: `_UNREAD`. [unverified] The native engine itself was not run; that the
  fallback is always the whole file is PR 5847's word.
- [unverified] The JavaScript adapter path (`@prisma/adapter-pg executeScript`) splits at every `;`,
  in bodies too (measured), but `migrate deploy` does not use it by default.
- `_prisma_migrations` holds checksums: `migrate dev` wants a reset after an edit, `migrate deploy`
  does not mind. The row is not in the file's own transaction; a failed one blocks (P3009) until
  `migrate resolve`.
- Only folders are read: the command line hands the engine a list of them (schema-connector:
  migrations_directory.rs). [unverified] That it passes files beside them over in silence.
- One connection for all files, which nothing resets (the same mod.rs, `Connection`). [unverified]
  The native engine was not run.
- `deploy` runs late folders: what the table does not have, or has as rolled back
  (schema-engine/core/src/commands/apply_migrations.rs).

The version is taken from a package.json above that pins it (`"prisma": "^6.2.1"`); where none says
it, 7.4 or later is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.profile import Claim, Named, Profile, Reads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.runners.profile import Sending
    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree


def _exclusion(tree: Tree) -> bool:
    """An EXCLUDE constraint, or ALTER COLUMN … SET STATISTICS."""
    for element in tree.tableElts or ():
        if element.kind == "Constraint" and element.contype == "CONSTR_EXCLUSION":
            return True
    for command in tree.cmds or ():
        if command.subtype == "AT_SetStatistics":
            return True
        added = command.fields.get("def") or {}
        if added.get("Constraint", {}).get("contype") == "CONSTR_EXCLUSION":
            return True
    return False


def _always(tree: Tree) -> bool:
    return True


_UNREAD: Final[dict[str, Callable[[Tree], bool]]] = {
    "DoStmt": _always,
    "DropStmt": lambda tree: bool(tree.concurrent),
    "LockStmt": _always,
    "RefreshMatViewStmt": _always,
    "ReindexStmt": _always,
    "VacuumStmt": lambda tree: bool(tree.is_vacuumcmd and tree.options and tree.rels),
    "CommentStmt": lambda tree: (
        tree.objtype in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE")
    ),
    "AlterSeqStmt": _always,
    "AlterDatabaseStmt": _always,
    "AlterDatabaseSetStmt": _always,
    "DefineStmt": lambda tree: tree.fields.get("kind") == "OBJECT_AGGREGATE",
    "CreateStmt": _exclusion,
    "AlterTableStmt": _exclusion,
}
"""What sqlparser 0.61 does not read (measured)."""


def sent(data: bytes, statements: Sequence[Statement], sending: Sending) -> Sending:
    """One message where a statement is not read, else statement by statement."""
    for statement in statements:
        unread = _UNREAD.get(statement.kind)
        if statement.tree is None or (unread is not None and unread(statement.tree)):
            return "msg"
    return sending


_FILES: Final = (
    Named(r"migration\.sql", "up", folders=(r"(?P<version>\d+)_?(?P<name>[^/]*)",)),
    Named(r"migration\.sql", "up", folders=(r"(?P<name>[^/]*)",)),
    Named(r"down\.sql", "down", folders=(r"(?P<name>[^/]*)",)),
)
_OLD: Final = (
    "package.json",
    r'"(?:prisma|@prisma/client)"\s*:\s*"[\^~=v]*(?:[1-6]\.|7\.[0-3]\.)',
)

PROFILES: Final = (
    Profile(
        name="prisma",
        title="Prisma Migrate",
        edits="warn",
        late="runs",
        sending="stmt",
        session="kept",
        message="statement",
        claims=(
            Claim(97, name=r"migration\.sql", beside=("../migration_lock.toml",)),
            Claim(91, name=r"migration\.sql", folder=r"prisma/migrations/[^/]+"),
            Claim(60, name=r"migration\.sql", folder=r"\d+_[^/]+"),
            Claim(96, name=r".*\.sql", beside=("migration_lock.toml",)),
        ),
        reads=Reads(names="20240101120000_add_users/migration.sql"),
        files=_FILES,
        ordered_by="path",
        sending_of=sent,
    ),
    Profile(
        name="prisma-7.3",
        family="prisma",
        title="Prisma Migrate before 7.4",
        edits="warn",
        late="runs",
        sending="msg",
        session="kept",
        claims=(
            Claim(99, name=r"migration\.sql", beside=("../migration_lock.toml",), depends=(_OLD,)),
            Claim(98, name=r".*\.sql", beside=("migration_lock.toml",), depends=(_OLD,)),
            Claim(93, name=r"migration\.sql", folder=r"prisma/migrations/[^/]+", depends=(_OLD,)),
        ),
        reads=Reads(names="20240101120000_add_users/migration.sql"),
        files=_FILES,
        ordered_by="path",
    ),
)
