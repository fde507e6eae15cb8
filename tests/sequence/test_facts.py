"""What has to look at all files: who makes which table, with which columns."""

from __future__ import annotations

from idemlint import runners
from idemlint.sequence.facts import FolderFacts
from idemlint.source.parse import parse
from idemlint.source.text import decode

PSQL = runners.get("psql")


class Files(dict[str, str]):
    def read(self, name: str) -> bytes:
        return self[name].encode()

    def facts(self) -> FolderFacts:
        return FolderFacts(list(self), self.read, PSQL)

    def elsewhere(self, facts: FolderFacts, name: str) -> list[str]:
        data = self.read(name)
        return list(
            facts.other_definitions(parse(decode(name, data), PSQL.sections(data))).values()
        )


def test_a_table_made_otherwise_is_said_where_and_how() -> None:
    files = Files(
        {
            "1.sql": "CREATE TABLE t (a int);",
            "2.sql": "create table if not exists T (a text, b int);",
        }
    )
    facts = files.facts()
    assert files.elsewhere(facts, "1.sql") == [
        "2.sql makes it with b and with another type of a",
    ]
    assert files.elsewhere(facts, "2.sql") == [
        "1.sql makes it without b and with another type of a",
    ]


def test_the_same_table_twice_is_no_difference() -> None:
    files = Files({"1.sql": "CREATE TABLE t (a int);", "2.sql": "CREATE TABLE t (a integer);"})
    assert files.elsewhere(files.facts(), "1.sql") == []


def test_a_table_of_another_schema_is_another_table() -> None:
    files = Files({"1.sql": "CREATE TABLE a.t (a int);", "2.sql": "CREATE TABLE b.t (b int);"})
    assert files.elsewhere(files.facts(), "1.sql") == []


def test_an_update_names_the_files_that_share_a_table() -> None:
    files = Files(
        {
            "1.sql": "CREATE TABLE t (a int);",
            "2.sql": "CREATE TABLE u (a int);",
            "3.sql": "SELECT 1;",
        }
    )
    facts = files.facts()
    assert files.elsewhere(facts, "1.sql") == []
    files["3.sql"] = "CREATE TABLE t (b int);"
    assert facts.update("3.sql") == {"1.sql"}
    assert files.elsewhere(facts, "1.sql") == ["3.sql makes it with b and without a"]
    files["3.sql"] = "CREATE TABLE u (b int);"
    assert facts.update("3.sql") == {"1.sql", "2.sql"}
    assert files.elsewhere(facts, "1.sql") == []


def test_a_file_of_another_folder_moves_nothing() -> None:
    assert Files({"1.sql": "CREATE TABLE t ();"}).facts().update("elsewhere.sql") == frozenset()
