"""What the columns of PostgreSQL's catalogs are called (`idemlint.postgres.catalogs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.postgres.catalogs import CATALOGS, catalog_columns

if TYPE_CHECKING:
    from .server import Database

_COLUMNS = """
SELECT DISTINCT column_name FROM information_schema.columns
WHERE table_schema IN ('pg_catalog', 'information_schema')
"""
#: Columns of every table, which no list has.
_SYSTEM = {"oid", "ctid", "tableoid", "cmin", "xmin"}


@pytest.mark.server
def test_all_columns_of_a_servers_catalogs_are_known(database: Database) -> None:
    with database.connect() as session:
        found = {name for (name,) in session.execute(_COLUMNS).fetchall()}
    assert found <= catalog_columns()


def test_what_guards_look_up_is_among_them() -> None:
    asked = {column for row in CATALOGS.values() for column in row.roles}
    assert asked - _SYSTEM <= catalog_columns()
