"""What of a migration's path is its own, and what is its folder's."""

from __future__ import annotations

import pytest

from idemlint import runners
from idemlint.sequence import paths


@pytest.mark.parametrize(
    ("runner", "name", "root", "short"),
    [
        ("psql", "db/0001_a.sql", "db", "0001_a.sql"),
        ("psql", "db/x/down.sql", "db/x", "down.sql"),
        ("prisma", "prisma/migrations/1_a/migration.sql", "prisma/migrations", "1_a/migration.sql"),
        ("diesel", "migrations/2024_a/up.sql", "migrations", "2024_a/up.sql"),
        ("diesel", "2024_a/up.sql", "", "2024_a/up.sql"),
        ("sqitch", "db/deploy/users.sql", "db", "users.sql"),
        ("sqitch", "db/deploy/app/users.sql", "db", "app/users.sql"),
        ("synapse", "schema/delta/72/01_a.sql", "schema", "72/01_a.sql"),
        ("graphile-migrate", "migrations/committed/000001.sql", "migrations", "000001.sql"),
        ("flyway", "sql/not_a_migration.sql", "sql", "not_a_migration.sql"),
    ],
)
def test_a_migrations_folder_and_its_name_among_its_siblings(
    runner: str, name: str, root: str, short: str
) -> None:
    profile = runners.get(runner)
    assert (paths.root(profile, name), paths.short_name(profile, name)) == (root, short)


@pytest.mark.parametrize(
    ("runner", "names", "holder"),
    [
        ("psql", ["db/1.sql", "db/2.sql"], "db"),
        ("psql", ["1.sql"], ""),
        ("prisma", ["prisma/migrations/1_a/migration.sql"], "prisma/migrations"),
        ("sqitch", ["db/deploy/users.sql"], "db/deploy"),
        ("sqitch", ["db/deploy/app/users.sql", "db/deploy/b.sql"], "db/deploy"),
        ("graphile-migrate", ["m/committed/000001.sql", "m/current.sql"], "m"),
    ],
)
def test_the_folder_to_name_is_the_innermost_that_new_migrations_come_into(
    runner: str, names: list[str], holder: str
) -> None:
    assert paths.holder(runners.get(runner), names) == holder
