"""An error of ours costs the statement, the rule or the file that it is about, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cli.conftest import BAD, Result, write
from idemlint.replay.machine.run import Pass
from idemlint.report.formats import FORMATS
from idemlint.rules.creates import CreateTable
from idemlint.runners import units
from idemlint.sequence import script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]

pytestmark = pytest.mark.faults

#: What is planted fails at statements that name this table.
CURSED = "CREATE TABLE cursed (id int);\n"
BESIDE = "CREATE TABLE beside (id int);\n"


def fails(*_: object, **__: object) -> None:
    raise IndexError("tuple index out of range")


def in_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = script.program_of

    def read(parsed: Any, statement: Any, version: int) -> Any:
        if b"cursed" in parsed.code[statement.start : statement.end]:
            fails()
        return usual(parsed, statement, version)

    monkeypatch.setattr(script, "program_of", read)


def in_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Pass.execute

    def execute(run: Pass, effects: tuple[Any, ...]) -> Any:
        if any("cursed" in str(getattr(effect, "ref", "")) for effect in effects):
            fails()
        return usual(run, effects)

    monkeypatch.setattr(Pass, "execute", execute)


def in_the_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Pass.execute

    def execute(run: Pass, effects: tuple[Any, ...]) -> Any:
        if run.judging and any("cursed" in str(getattr(each, "ref", "")) for each in effects):
            fails()
        return usual(run, effects)

    monkeypatch.setattr(Pass, "execute", execute)


def between_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    from idemlint.replay.judge import rerun

    usual = rerun.repeated

    def repeated(run: Pass, *rest: Any) -> Any:
        if any("cursed" in str(key) for key in run.catalog.slots):
            fails()
        return usual(run, *rest)

    monkeypatch.setattr(rerun, "repeated", repeated)


def in_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = CreateTable.check

    def check(rule: CreateTable, case: Any) -> Any:
        if "cursed" in case.text:
            fails()
        return usual(rule, case)

    monkeypatch.setattr(CreateTable, "check", check)


PLANTED = [in_the_reader, in_the_machine, in_the_rerun, in_the_rule]


@pytest.mark.parametrize("planted", PLANTED)
class TestInOneStatement:
    def test_all_others_have_their_findings(
        self, idemlint: Idemlint, planted: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("m/1.sql", BAD)
        write("m/2.sql", f"SELECT 1;\n{CURSED}{BESIDE}")
        write("m/3.sql", "CREATE TABLE third (id int);\n")
        planted(monkeypatch)
        result = idemlint("--output-format", "concise", "m")
        assert result.code == 2
        assert [line.split(" ")[:2] for line in result.out.splitlines()[:3]] == [
            ["m/1.sql:1:1:", "IDM101"],
            ["m/2.sql:3:1:", "IDM101"],
            ["m/3.sql:1:1:", "IDM101"],
        ]
        assert "3 files checked, 1 statement unknown, 1 error in idemlint" in result.out

    def test_it_is_said_where_and_how_to_report_it(
        self, idemlint: Idemlint, planted: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("m/2.sql", f"SELECT 1;\n{CURSED}{BESIDE}")
        planted(monkeypatch)
        result = idemlint("--exit-zero", "m")
        assert result.code == 2
        assert "internal error: m/2.sql:2" in result.err
        assert "IndexError: tuple index out of range" in result.err
        assert "This is a bug in idemlint" in result.err
        assert "/issues with the statement that causes it" in result.err
        assert "Traceback" not in result.err
        assert "in fails" in idemlint("-v", "m").err

    def test_the_statement_is_unknown(
        self, idemlint: Idemlint, planted: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("m/2.sql", f"{CURSED}{BESIDE}")
        planted(monkeypatch)
        result = idemlint("replay", "--output-format", "json", "m")
        told = json.loads(result.out)
        cursed, beside = told["files"][0]["statements"]
        assert (cursed["verdict"], beside["verdict"]) == ("unknown", "fails")
        assert "an error in idemlint (IndexError" in cursed["reason"]
        assert told["summary"]["faults"][0]["row"] == 1
        assert result.code == 2

    def test_all_others_are_fixed(
        self, idemlint: Idemlint, planted: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = write("m/1.sql", BAD)
        two = write("m/2.sql", f"{CURSED}{BESIDE}")
        planted(monkeypatch)
        assert idemlint("--fix", "m").code == 2
        assert "IF NOT EXISTS" in one.read_text()
        assert two.read_text() == CURSED + BESIDE.replace("TABLE", "TABLE IF NOT EXISTS")

    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_has_the_findings_of_the_others(
        self, idemlint: Idemlint, planted: Any, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        write("m/1.sql", BAD)
        write("m/2.sql", CURSED)
        planted(monkeypatch)
        result = idemlint("--output-format", name, "m")
        assert result.code == 2
        assert "m/1.sql" in result.out
        assert "IDM101" in result.out


def test_what_fails_between_statements_costs_one_of_them(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = "".join(f"CREATE TABLE t{number} (id int);\n" for number in range(20))
    write("m/1.sql", f"{others}{CURSED}{BESIDE}")
    between_statements(monkeypatch)
    result = idemlint("--output-format", "concise", "m")
    assert result.code == 2
    assert result.out.count("IDM101") == 21
    assert "internal error: m/1.sql:21:" in result.err


def test_a_thousand_errors_take_no_longer_than_one(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("m/1.sql", CURSED * 1000 + BESIDE)
    in_the_machine(monkeypatch)
    runs = 0
    usual = script.Script.blame

    def blame(*arguments: Any) -> Any:
        nonlocal runs
        runs += 1
        return usual(*arguments)

    monkeypatch.setattr(script.Script, "blame", blame)
    result = idemlint("m")
    assert runs == 1000
    assert "beside" in result.out
    assert "… and 990 more." in result.err


def test_an_error_in_the_parser_costs_the_file(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("m/1.sql", BAD)
    write("m/2.sql", CURSED)
    usual = units.parse

    def parse(source: Any, *rest: Any) -> Any:
        if b"cursed" in source.data:
            fails()
        return usual(source, *rest)

    monkeypatch.setattr(units, "parse", parse)
    result = idemlint("m")
    assert result.code == 2
    assert "m/1.sql:1:1" in result.out
    assert "internal error: m/2.sql:1: IndexError" in result.err


def test_an_error_while_a_file_is_fixed_costs_that_file(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idemlint.apply import rounds

    one, two = write("m/1.sql", BAD), write("m/2.sql", CURSED)
    usual = rounds.objections

    def objections(before: Any, after: Any, *rest: Any) -> Any:
        if b"cursed" in after.data and after.data != before.data:
            fails()
        return usual(before, after, *rest)

    monkeypatch.setattr(rounds, "objections", objections)
    result = idemlint("--fix", "m")
    assert result.code == 2
    assert "IF NOT EXISTS" in one.read_text()
    assert two.read_text() == CURSED
    assert "m/2.sql:1 (fix): IndexError" in result.err


def test_a_body_that_takes_too_many_steps_is_unknown_and_no_error(
    idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idemlint.replay.machine.budget.MOST_STEPS", 5)
    body = "".join(f"ALTER TABLE t ADD COLUMN c{number} int;" for number in range(10))
    write("m/1.sql", f"DO $$ BEGIN {body} END $$;\n{BESIDE}")
    result = idemlint("m")
    assert result.code == 1
    assert "beside" in result.out
    assert "1 file checked, 1 statement unknown" in result.out
    assert "its body takes more than 5 steps" in idemlint("replay", "m").out
    assert idemlint("--strict", "--exit-zero", "m").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE pg_attribute SET atttypmod = 54 WHERE attname = 'name';",
        "UPDATE pg_class SET reloptions = NULL WHERE relname = 't';",
        "UPDATE pg_catalog.pg_index SET indisvalid = true WHERE indexrelid = 5;",
        "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname = 'x';",
        "UPDATE pg_database SET datallowconn = false WHERE datname = 'x';",
        "DELETE FROM pg_depend WHERE objid = 5;",
        "UPDATE information_schema.sql_features SET comments = 'x' WHERE feature_id = 'y';",
        "CREATE TABLE t (a serial); SELECT last_value FROM t_a_seq;",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY); SELECT last_value FROM t_a_seq;",
        "CREATE TABLE t (b int); ALTER TABLE t ADD COLUMN a serial; SELECT is_called FROM t_a_seq;",
    ],
)
def test_what_used_to_fail_does_not(idemlint: Idemlint, text: str) -> None:
    write("m/1.sql", f"{text}\n")
    write("m/2.sql", BAD)
    result = idemlint("m")
    assert (result.code, result.err) == (1, "")
    assert "m/2.sql:1:1" in result.out
    assert idemlint("--fix", "m").err.count("internal error") == 0
