"""What only a look at all files tells: who makes which relation, and who has which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine, runners
from idemlint.errors import UsageProblem
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.sequence.facts import FolderFacts, OtherDefinition
from idemlint.sequence.script import Scripts, Shelf
from idemlint.sequence.terms import Terms
from idemlint.settings import Settings
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from pathlib import Path

PSQL = runners.get("psql")
UNREADABLE = "?"


class Files(dict[str, str]):
    def read(self, name: str) -> bytes:
        if self[name] == UNREADABLE:
            raise UsageProblem(f"{name}: cannot be read")
        return self[name].encode()

    def facts(self, runner: str = "psql") -> FolderFacts:
        scripts = Scripts(runners.get(runner), self, Terms(), Shelf(0))
        return FolderFacts(list(self), scripts, Terms())

    def differences(self, facts: FolderFacts, name: str) -> list[OtherDefinition]:
        data = self.read(name)
        parsed = parse(decode(name, data), PSQL.sections(data))
        return list(facts.other_definitions(name, parsed).values())

    def elsewhere(self, facts: FolderFacts, name: str) -> list[str]:
        return [each.text for each in self.differences(facts, name)]


def made_in(text: str, mine: str = "CREATE TABLE t (a int);") -> list[OtherDefinition]:
    """What is said of `mine` where the folder's second file is `text`."""
    files = Files({"1.sql": mine, "2.sql": text})
    return files.differences(files.facts(), "1.sql")


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


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("CREATE TABLE t AS SELECT 1 AS a;", "2.sql makes it from a query"),
        ("CREATE  UNLOGGED\nTABLE t (b int);", "2.sql makes it with b and without a"),
        ("DO $$ BEGIN CREATE TABLE t (b int); END $$;", "2.sql makes it with b and without a"),
        (
            "DO $$ BEGIN IF true THEN EXECUTE 'CREATE TABLE t (a int, b int)'; END IF; END $$;",
            "2.sql makes it with b",
        ),
        ("CREATE TABLE public.t (a int, b int);", "2.sql makes it with b"),
    ],
)
def test_another_definition_is_seen_wherever_and_however_it_is_written(
    text: str, difference: str
) -> None:
    assert made_in(text) == [OtherDefinition(difference)]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (a integer);",
        "CREATE TABLE public.t (a int);",
        "DO $$ BEGIN CREATE TABLE t (a int); END $$;",
        "CREATE TEMP TABLE t (b int);",
        "CREATE TABLE other.t (b int);",
        "-- CREATE TABLE t (b int);\nSELECT 1;",
        "COMMENT ON TABLE u IS 'see CREATE TABLE t (b int)';",
        "CREATE TABLE u (t int);",
        "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS b;",
    ],
)
def test_the_same_table_another_relation_and_a_mention_are_no_difference(text: str) -> None:
    assert made_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (b int,,);",
        "DO $$ BEGIN EXECUTE 'CREATE TABLE t (' || current_setting('x') || ')'; END $$;",
    ],
)
def test_a_statement_that_cannot_be_read_may_make_it_otherwise(text: str) -> None:
    ((said, certain),) = made_in(text)
    assert said.startswith("2.sql makes it, too, in a way that cannot be read (")
    assert not certain


def test_a_table_of_another_schema_is_another_table() -> None:
    files = Files({"1.sql": "CREATE TABLE a.t (a int);", "2.sql": "CREATE TABLE b.t (b int);"})
    assert files.elsewhere(files.facts(), "1.sql") == []


def test_the_makers_of_a_relation_stand_in_the_folders_order() -> None:
    files = Files(
        {
            "1.sql": "SELECT 1; CREATE TABLE t (a int);",
            "2.sql": "DROP TABLE t;",
            "3.sql": "CREATE VIEW public.t AS SELECT 1;",
        }
    )
    assert [
        (made.file, made.statement, made.kind)
        for made in files.facts().makers(Ref(Space.RELATION, "t"))
    ] == [("1.sql", 1, Kind.TABLE), ("3.sql", 0, Kind.VIEW)]


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


def test_a_trigger_that_is_named_once_is_told_from_one_that_something_else_happens_to() -> None:
    files = Files(
        {
            "1.sql": "CREATE TRIGGER once AFTER INSERT ON t EXECUTE FUNCTION f();",
            "2.sql": 'CREATE TRIGGER twice AFTER INSERT ON t EXECUTE FUNCTION f(); -- and trigger "Other"',
            "3.sql": 'ALTER TABLE t DISABLE TRIGGER "twice"',
        }
    )
    facts = files.facts()
    assert facts.is_sole_mention("once")
    assert not facts.is_sole_mention("twice")
    assert facts.is_sole_mention("of which nobody has heard")
    files["3.sql"] = "DROP TRIGGER IF EXISTS once ON t"
    assert facts.update("3.sql") == {"1.sql", "2.sql"}
    assert not facts.is_sole_mention("once")
    assert facts.is_sole_mention("twice")


def test_a_file_of_another_folder_moves_nothing() -> None:
    assert Files({"1.sql": "CREATE TABLE t ();"}).facts().update("elsewhere.sql") == frozenset()


def test_a_version_that_two_files_have_is_told_of_both() -> None:
    files = Files(dict.fromkeys(("0001_a.sql", "0001_b.sql", "0002_c.sql"), ""))
    facts = files.facts("dbmate")
    assert [list(facts.same_version(name)) for name in files] == [
        ["0001_b.sql"],
        ["0001_a.sql"],
        [],
    ]


def test_a_runner_that_tells_files_apart_by_their_names_has_no_double_version() -> None:
    files = Files({"1_a.sql": "", "1_b.sql": ""})
    assert list(files.facts("drizzle").same_version("1_a.sql")) == []


def test_a_file_that_cannot_be_read_says_nothing_of_the_others() -> None:
    files = Files(
        {
            "1.sql": "CREATE TABLE t (a int);",
            "2.sql": UNREADABLE,
            "3.sql": "CREATE TABLE t (b int);",
        }
    )
    assert files.elsewhere(files.facts(), "1.sql") == ["3.sql makes it with b and without a"]


def test_a_dump_that_changes_changes_what_is_said_of_a_table(tmp_path: Path) -> None:
    header = "-- PostgreSQL database dump\n"
    (tmp_path / "001_t.sql").write_text("CREATE TABLE t (a int, b int);\n")
    (tmp_path / "schema.sql").write_text(f"{header}CREATE TABLE t (a int);\n")
    folder = engine.open([tmp_path], Settings.load(isolated=True))
    (sequence,) = folder
    name, dump = str(tmp_path / "001_t.sql"), str(tmp_path / "schema.sql")

    def mark() -> str:
        (finding,) = sequence.report(name).findings
        return finding.mark

    assert (list(sequence), sequence.beside, mark()) == ([name], (dump,), "[-]")
    assert sequence.update(dump, f"{header}CREATE TABLE t (a int, b int);\n".encode()) >= {name}
    assert mark() == "[*]"
    folder.update({dump: b"CREATE TABLE t (a int);\n"})
    assert [list(each) for each in folder] == [[name, dump]]
