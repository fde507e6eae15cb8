"""SQL that Alembic writes (`alembic upgrade --sql`; sqlalchemy/alembic:
alembic/runtime/migration.py).

One BEGIN … COMMIT for the range, or each migration's with `transaction_per_migration`;
`autocommit_block()` prints COMMIT before and BEGIN after. It is run by hand, with psql: one by one.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile

PROFILES: Final = (
    Profile(
        name="alembic",
        title="psql (SQL from Alembic)",
        renders=(("Python", "`alembic upgrade head --sql | idemlint -` (Alembic)"),),
        edits="ignored",
        sending="stmt",
        runs_files=True,
        session="new",
        has_journal=False,
        message="statement",
        claims=(
            Claim(77, needle=b"alembic_version", text=r"\balembic_version\b"),
            Claim(77, needle=b"-- running upgrade", text=r"^-- running upgrade "),
        ),
        files=(Named(r"(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        ordered_by="path",
    ),
)
