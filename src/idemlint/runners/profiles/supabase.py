"""Supabase CLI (`db push`, `db reset`, `migration up`): `supabase` is 2.115 and later, two variants
what came before.

- Files `^([0-9]+)_(.*)\\.sql$` in the order of their names, not of their numbers (list.go, fs.ReadDir):
  `20240101000000_x` before `20260426_y`. Others are skipped, which it prints; its lexer knows quotes,
  comments, `$tag$` and `BEGIN ATOMIC`; `RESET ALL` before each file, the history row in the same
  batch (supabase/cli: apps/cli-go/pkg/migration/{list,apply,file}.go, pkg/parser/state.go). The
  row holds no checksum that is compared.
- Up to 2.108 a file is one pipeline: a statement that refuses blocks only in first place
  (`supabase-2.108`).
- 2.109–2.114 (PR 5671): a transaction; before such a statement the batch is committed, it runs
  alone, a new batch begins (`supabase-2.114`).
- 2.115 … 3.1.0 (PRs 6224, 6276): a pipeline again, with the same rule for `_OWN_LIST`; CREATE
  DATABASE is not in it. Measured with 3.1.0: `T; CIC` works, `T; CIC; error` leaves both and no
  row; a file with a top-level BEGIN or COMMIT runs one by one as written; the directive, exactly
  the first line, gives one by one; other tools' directives are ignored
  (apps/cli/src/legacy/shared/legacy-migration-apply.ts, legacy-migration-file.ts).
- One connection for all files; `RESET ALL` leaves temporary tables (measured with 3.1.0).
- `db push` refuses late files ("Found local migration files to be inserted before the last migration on
  remote database"; apps/cli-go/pkg/migration/apply.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.no_block import concurrently, refuses_block, transaction_verb
from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.profile import Sending
    from idemlint.source.statement import Statement

_DIRECTIVE: Final = r"\A(?-i:-- pg-delta: transaction=false)[ \t]*\r?$"
_OWN_LIST: Final = frozenset({"VacuumStmt", "AlterSystemStmt", "ClusterStmt"})
_CONCURRENT: Final = frozenset({"IndexStmt", "DropStmt", "ReindexStmt"})


def alone(statement: Statement) -> bool:
    """What the CLI takes out of the batch: its own list, not PostgreSQL's."""
    if statement.kind in _OWN_LIST:
        return statement.kind == "ClusterStmt" or refuses_block(statement)
    return statement.kind in _CONCURRENT and concurrently(statement)


def as_written(data: bytes, statements: Sequence[Statement], sending: Sending) -> Sending:
    """A file with transaction statements of its own is sent one by one."""
    if any(transaction_verb(statement) in ("begin", "end", "chain") for statement in statements):
        return "stmt"
    return sending


_FILES: Final = (Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),)
_READS: Final = Reads(
    names="20240101120000_add_users.sql",
    other_name="skips it, with a line in its output that no deploy stops at",
)
_PINNED: Final = r'"supabase"\s*:\s*"v?'

PROFILES: Final = (
    Profile(
        name="supabase",
        title="the Supabase CLI",
        edits="ignored",
        late="refuses",
        late_option="`supabase db push --include-all`",
        sending="pipe",
        session="reset",
        claims=(
            Claim(95, name=r".*\.sql", folder=r"supabase/migrations"),
            Claim(45, name=r"\d+[a-z]?_.*\.sql", needle=b"supabase", near=True),
            Claim(45, name=r"\d+[a-z]?_.*\.sql", needle=b"auth.uid()", near=True),
        ),
        version_alone=True,
        ordered_by="path",
        reads=_READS,
        files=_FILES,
        sent_alone=alone,
        sending_of=as_written,
        opt_out=opts_out(_DIRECTIVE, "stmt"),
        own_directive=r"^--[ \t]*pg-delta:[ \t]*transaction=false[^\n]*",
        opt_out_edit=first_line("-- pg-delta: transaction=false", bom_ok=False),
        near_misses=(
            NearMiss(
                r"^[ \t]*--[ \t]*pg-delta[ \t]*:[^\n]*\b(?:tx|trans)[^\n]*",
                "the Supabase CLI reads this directive only as the file's exact first line",
                "-- pg-delta: transaction=false",
            ),
        ),
        directives_read=_DIRECTIVE,
    ),
    Profile(
        name="supabase-2.114",
        family="supabase",
        title="the Supabase CLI before 2.115",
        edits="ignored",
        late="refuses",
        late_option="`supabase db push --include-all`",
        sending="tx",
        session="reset",
        message="statement",
        claims=(
            Claim(
                96,
                name=r".*\.sql",
                folder=r"supabase/migrations",
                depends=(("package.json", _PINNED + r"2\.(?:109|11[0-4])\."),),
            ),
        ),
        version_alone=True,
        ordered_by="path",
        reads=_READS,
        files=_FILES,
        sent_alone=alone,
    ),
    Profile(
        name="supabase-2.108",
        family="supabase",
        title="the Supabase CLI before 2.109",
        edits="ignored",
        late="refuses",
        late_option="`supabase db push --include-all`",
        sending="pipe",
        session="reset",
        claims=(
            Claim(
                96,
                name=r".*\.sql",
                folder=r"supabase/migrations",
                depends=(("package.json", _PINNED + r"(?:1\.|2\.(?:\d\d?|10[0-8])\.)"),),
            ),
        ),
        version_alone=True,
        ordered_by="path",
        reads=_READS,
        files=_FILES,
    ),
)
