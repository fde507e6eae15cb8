"""What a CREATE TABLE says, and of how many tables that is known at a time."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog import relation
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.source import parse as parsing
from source.words import parsed

TABLE = "(id serial PRIMARY KEY, a text DEFAULT 'x' REFERENCES u (b), UNIQUE (a))"


def definitions(number: int) -> list[TableDefinition]:
    text = ";".join(f"CREATE TABLE t{each} {TABLE}" for each in range(number))
    trees = [statement.tree for statement in parsed(text).statements]
    return [TableDefinition(f"t{place}", tree) for place, tree in enumerate(trees) if tree]


def facts(table: TableDefinition) -> list[object]:
    return [
        table.column_names,
        table.columns,
        table.constraints,
        table.by_products(),
        table.needs(),
        table.needed_names,
        table.inside(Space.FACET, "primary key"),
        table.hangs_on(Space.FACET, "primary key"),
    ]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are large, and few tables are known at a time."""
    monkeypatch.setattr(parsing, "LARGE", 0)
    monkeypatch.setattr(relation, "_MOST_READ", 3)
    relation._read_last.clear()


def known(tables: list[TableDefinition]) -> list[bool]:
    return [table._contents is not None for table in tables]


def test_what_is_said_stays_known() -> None:
    tables = definitions(5)
    assert [facts(table) for table in tables] == [facts(table) for table in tables]
    assert all(known(tables))


@pytest.mark.usefixtures("large")
def test_of_a_large_file_it_is_known_of_the_last_tables_that_were_asked() -> None:
    tables = definitions(5)
    for table in tables:
        facts(table)
    assert known(tables) == [False, False, True, True, True]


@pytest.mark.usefixtures("large")
def test_what_is_not_known_any_more_is_read_again() -> None:
    tables = definitions(5)
    before = [facts(table) for table in tables]
    assert [facts(table) for table in tables] == before
    assert before[4] == facts(definitions(5)[4])
