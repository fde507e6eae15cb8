"""Atlas: a transaction a file; the directive at the top needs an empty line after it."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from idemlint.runners.units import read
from idemlint.source.text import decode
from runners.words import Folder, misleads, opt_out, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
OFF = "-- atlas:txmode none\n"


def test_its_checksums_give_it_away(folder: Folder) -> None:
    folder.write({"migrations/atlas.sum": "h1:x\n", "migrations/20240101_x.sql": "SELECT 1;"})
    assert folder.runners() == {"atlas"}


def test_the_directive_frees_every_statement() -> None:
    assert sent("atlas", f"SELECT 1; {CIC}") == ["0 transaction!"] * 2
    assert sent("atlas", f"{OFF}\nSELECT 1; {CIC}") == ["0 none", "1 none"]
    assert opt_out("atlas", f"-- a comment\n{OFF}-- atlas:delimiter ;;\n\n{CIC}") is not None


@pytest.mark.parametrize("near", [OFF + CIC, f"SELECT 1;\n\n{OFF}\n{CIC}", f"\n{OFF}\n{CIC}"])
def test_near_misses(near: str) -> None:
    assert opt_out("atlas", near) is None
    assert misleads("atlas", near) == [OFF.strip()]


def test_the_fix_writes_the_empty_line_too() -> None:
    assert with_directive("atlas", CIC) == f"{OFF}\n{CIC}"
    other = f"-- atlas:delimiter ;\n\n{CIC}"
    assert with_directive("atlas", other) == OFF + other


def test_a_changed_file_is_an_error() -> None:
    assert get("atlas").edits == "error"


def test_names_rule_not_numbers(folder: Folder) -> None:
    folder.write(dict.fromkeys(["2_b.sql", "10_a.sql"], ""))
    assert folder.order("atlas") == ["10_a.sql", "2_b.sql"]


def test_an_empty_database_begins_at_the_last_checkpoint(folder: Folder) -> None:
    checkpoint = "-- atlas:checkpoint\n\nCREATE TABLE t (id int);\n"
    folder.write({"1.sql": "", "2.sql": checkpoint, "3.sql": "", "4.sql": checkpoint, "5.sql": ""})
    assert folder.order("atlas") == ["4.sql", "5.sql"]


def test_a_checkpoint_is_said_at_the_top_with_an_empty_line_after_it(folder: Folder) -> None:
    folder.write({"1.sql": "", "2.sql": "-- atlas:checkpoint\nCREATE TABLE t (id int);\n"})
    assert folder.order("atlas") == ["1.sql", "2.sql"]


@pytest.mark.parametrize(
    ("delimiter", "end"),
    [(r"\n\n\n", "\n\n\n"), ("-- end", "\n-- end\n"), ("//", "//\n"), (";", ";\n")],
)
def test_a_file_may_say_what_ends_its_statements(delimiter: str, end: str) -> None:
    statements = ["CREATE FUNCTION f() AS $$ BEGIN a; END $$", "SELECT ('//')", "SELECT 2"]
    sql = f"-- atlas:delimiter {delimiter}\n{end.join(statements)}{end}"
    found = read(get("atlas"), decode("1.sql", sql.encode()))
    assert [sql.encode()[slice(*each.span)].decode() for each in found.statements] == statements
