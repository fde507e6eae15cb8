"""Liquibase formatted SQL: changesets, and a cutter that does not know `$$`."""

from __future__ import annotations

import pytest

from idemlint.runners import FolderClues, get
from idemlint.runners.units import read
from idemlint.source.text import decode
from runners.words import Folder, misleads, reruns, sent, torn, with_directive

TOP = "--liquibase formatted sql\n"
SET = "--changeset ann:1"
BODY = "DO $$ DECLARE x int; BEGIN x := 1; END $$;\n"


def test_its_header_gives_it_away(folder: Folder) -> None:
    folder.write({"changelog/x-1.0.sql": f"-- liquibase formatted sql\n\n{SET}\nSELECT 1;\n"})
    assert folder.runners() == {"liquibase"}


def test_each_changeset_is_a_transaction() -> None:
    sql = f"{TOP}{SET}\nSELECT 1;\nSELECT 2;\n--changeset ann:2\nSELECT 3;\n--rollback SELECT 4;\n"
    assert sent("liquibase", sql) == ["0 transaction!", "0 transaction!", "1 transaction!"]


def test_run_in_transaction_false_holds_for_its_changeset() -> None:
    sql = f"{TOP}{SET} runInTransaction:false\nSELECT 1;\nVACUUM;\n--changeset ann:2\nSELECT 2;\n"
    assert sent("liquibase", sql) == ["0 none", "1 none", "2 transaction!"]


def test_bodies_are_torn_by_default() -> None:
    assert torn("liquibase", f"{TOP}{SET}\n{BODY}") == [" BEGIN x := 1; END $$"]
    sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;"
    assert torn("liquibase", f"{TOP}{SET}\n{sql}\n") == [" $$"]
    assert torn("liquibase", f"{TOP}{SET}\nDO $$ BEGIN PERFORM 1; END $$;\n") == []
    assert torn("liquibase", f"{TOP}{SET}\nSELECT ';';\n-- a; b\n") == []


@pytest.mark.parametrize("attribute", ["splitStatements:false", "endDelimiter:/"])
def test_unless_told_not_to_split(attribute: str) -> None:
    assert torn("liquibase", f"{TOP}{SET} {attribute}\n{BODY}") == []


MAKES = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$"


def parsed(sql: str) -> list[str]:
    """The statements that idemlint sees, without what it cannot read."""
    found = read(get("liquibase"), decode("x.sql", sql.encode()))
    assert not found.problems
    return [sql.encode()[slice(*each.span)].decode() for each in found.statements]


@pytest.mark.parametrize(
    ("attributes", "end"),
    [
        ("endDelimiter:/", "\n/"),
        ("runOnChange:true (endDelimiter:;; dbms:postgresql)", ";;"),
        ("ENDDELIMITER:@@ stripComments:false", "\n@@"),
        (r"endDelimiter:\nGO", "\nGO"),
        ("endDelimiter:--//", ";\n--//"),
        ("", ";\n/"),
        ("", "\nGO"),
        ('endDelimiter:""', ";"),
        ("splitStatements:false", ";"),
        ("splitStatements:true rollbackSplitStatements:false", ";"),
    ],
)
def test_statements_end_where_their_changeset_says(attributes: str, end: str) -> None:
    makes = "SELECT 2" if not attributes else MAKES
    sql = f"{TOP}{SET} {attributes}\n{makes}{end}\nSELECT 1{end}\n{SET}2\nSELECT 3;\nSELECT 4;\n"
    assert parsed(sql) == [makes, "SELECT 1", "SELECT 3", "SELECT 4"]
    assert torn("liquibase", sql) == []


def test_the_header_has_no_attributes() -> None:
    sql = f"{TOP.rstrip()} endDelimiter:;;\n{SET}\n{MAKES};\n"
    assert torn("liquibase", sql) == [" $$"]


def test_a_last_line_of_a_slash_ends_all_statements_of_its_changeset() -> None:
    assert torn("liquibase", f"{TOP}{SET}\n{BODY}/\n") == []
    assert torn("liquibase", f"{TOP}{SET}\n{BODY}/\n{SET}2\nSELECT 1;\n") == [
        " BEGIN x := 1; END $$"
    ]


def test_what_it_is_told_to_ignore_is_not_sql() -> None:
    ignored = f"--ignoreLines:start\nno SQL; at all\n{SET}2\n/\n--ignoreLines:end\n"
    lines = "--ignoreLines:2\nnor this;\nnor this\n"
    assert parsed(f"{TOP}{SET}\nSELECT 1;\n{ignored}SELECT 2;\n{lines}SELECT 3;\n") == [
        "SELECT 1",
        "SELECT 2",
        "SELECT 3",
    ]


def test_what_is_sent_as_one_text_is_a_pipeline() -> None:
    off = "runInTransaction:false"
    both = "CREATE TABLE t (a int); VACUUM;\n"
    assert sent("liquibase", f"{TOP}{SET} {off}\n{both}") == ["0 none", "1 none"]
    assert sent("liquibase", f"{TOP}{SET} {off} splitStatements:false\n{both}") == [
        "0 pipeline",
        "0 pipeline!",
    ]
    assert sent("liquibase", f"{TOP}{SET} {off} endDelimiter:/\n{both}/\nVACUUM\n/\n") == [
        "0 pipeline",
        "0 pipeline!",
        "1 none",
    ]


def test_a_body_that_its_own_delimiter_tears_needs_another() -> None:
    sql = f"{TOP}{SET} endDelimiter:/\nDO $$ SELECT 4\n/\n2 $$\n/\n"
    assert torn("liquibase", sql) == ["\n2 $$"]
    way = get("liquibase").keep_body(sql.encode(), get("liquibase").parts(sql.encode())[0])
    assert way is not None
    assert way.edit is None


@pytest.mark.parametrize(
    "near", ["-- runInTransaction:false", "--changeset ann:1 runInTransaction=false"]
)
def test_near_misses(near: str) -> None:
    sql = f"{TOP}{near}\n" if "changeset" in near else f"{TOP}{SET}\n{near}\n"
    assert misleads("liquibase", sql) == [near]


def test_the_fix_adds_the_attribute_where_there_is_one_changeset() -> None:
    fixed = f"{TOP}{SET} runInTransaction:false\nVACUUM;\n"
    assert with_directive("liquibase", f"{TOP}{SET}\nVACUUM;\n") == fixed
    assert with_directive("liquibase", f"{TOP}{SET}\n{SET}2\nVACUUM;\n") is None


@pytest.mark.parametrize("attribute", ["runOnChange:true", "runAlways:true"])
def test_some_changesets_run_again_by_design(attribute: str) -> None:
    assert reruns("liquibase", "x.sql", f"{TOP}{SET} {attribute}\nSELECT 1;\n") is not None
    assert reruns("liquibase", "x.sql", f"{TOP}{SET}\nSELECT 1;\n") is None


def test_a_fix_writes_no_do_block() -> None:
    assert not get("liquibase").do_blocks


# -- the order of files --------------------------------------------------------------------------------

XML = """<databaseChangeLog>
  <!-- <include file="a.sql"/> -->
  <include file="db/b.sql"/>
  <changeSet id="1" author="x"><sqlFile path="c.sql" relativeToChangelogFile="true"/></changeSet>
  <include relativeToChangelogFile="true" file="a.sql" />
</databaseChangeLog>
"""
YAML = """databaseChangeLog:
  # - include: {file: a.sql}
  - include:
      relativeToChangelogFile: true
      file: b.sql
  - changeSet:
      id: 1
      changes:
        - sqlFile:
            path: "c.sql"
  - include: {file: 'a.sql'}
"""
JSON = """{"databaseChangeLog": [{"include": {"file": "b.sql"}}, {"include": {"file": "c.sql"}},
  {"include": {"file": "classpath:/db/a.sql"}}]}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db/db.changelog-master.xml", XML),
        ("db/db.changelog-master.yaml", YAML),
        ("db/changelog.yml", YAML),
        ("db/changelog.json", JSON),
    ],
)
def test_the_changelog_rules(folder: Folder, name: str, text: str) -> None:
    folder.write({name: text, "db/a.sql": "", "db/b.sql": "", "db/c.sql": ""})
    assert folder.order("liquibase") == ["db/b.sql", "db/c.sql", "db/a.sql"]


def test_changelogs_include_others_and_whole_folders(folder: Folder) -> None:
    folder.write(
        {
            "main.xml": '<databaseChangeLog><include file="db/two.xml"/></databaseChangeLog>',
            "db/two.xml": '<databaseChangeLog><include file="../main.xml"/>'
            '<include file="changes/z.sql"/><includeAll path="db/changes/"/></databaseChangeLog>',
            "db/changes/B.sql": "",
            "db/changes/a.sql": "",
            "db/changes/z.sql": "",
        }
    )
    assert folder.order("liquibase") == [
        "db/changes/z.sql",
        "db/changes/B.sql",
        "db/changes/a.sql",
    ]


def included(*names: str) -> str:
    files = "".join(f"<include file='{name}'/>" for name in names)
    return f"<databaseChangeLog>{files}</databaseChangeLog>"


@pytest.mark.parametrize(
    "texts",
    [
        {"changelog.xml": included("b.sql")},
        {"changelog.xml": included("a.sql", "b.sql"), "master.xml": included("b.sql", "a.sql")},
        {"changelog.xml": included("b.sql", "a.sql").replace("ChangeLog", "")},
    ],
    ids=["one is not listed", "two that differ", "it is none"],
)
def test_names_rule_without_a_changelog_that_lists_all(
    folder: Folder, texts: dict[str, str]
) -> None:
    folder.write({**texts, "a.sql": "", "b.sql": ""})
    profile, clues = get("liquibase"), FolderClues()
    assert profile.journal is not None
    paths = [folder.path("a.sql"), folder.path("b.sql")]
    assert profile.journal(str(folder.root), paths, clues) is None
    assert folder.order("liquibase") == ["a.sql", "b.sql"]
