"""What replay says, check says: each statement that fails or repeats has a finding, or a comment that
suppresses it, or its rule is switched off, and the account names it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import all_rules, selectors
from idemlint.rules.suppressions import suppressions
from idemlint.settings import Settings
from in_process import idemlint
from replay.asking import read
from rules.asking import report
from rules.cases import Case, all_cases
from sequence.first.asking import FirstCase
from sequence.first.asking import read as read_first_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.analysis.judged import Judged
    from idemlint.modes import Mode

TESTS = Path(__file__).parents[1]
FOLDERS = sorted((TESTS / "fixtures").glob("*/*"))
MODES: tuple[Mode, ...] = ("any", "file", "interrupted", "statement", "folder")
DEFAULT = frozenset(code for code, rule in all_rules().items() if rule.default)

#: Each statement form with its verdict on a server.
STATEMENTS = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted((TESTS / "replay" / "cases").glob("*.sql"))
    for case in read(path.read_text(encoding="utf-8"))
]

#: Folders with what becomes of each statement on an empty database.
FIRST_RUNS = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted((TESTS / "sequence" / "first" / "cases").glob("*.sql"))
    for case in read_first_runs(path.read_text(encoding="utf-8"))
]


def unsaid(judged: Judged) -> list[str]:
    """Statements that fail or repeat, and of which nothing is said."""
    found = {each.statement for each in judged.diagnostics}
    migration = judged.migration
    found |= {each.statement for each in suppressions(migration, selectors()) if each.selectors}
    return [
        f"{judged.filename}: {migration.text(statement.span)[:60]}: {outcome}"
        for statement, outcome in zip(judged.parsed.statements, judged.outcomes, strict=True)
        if outcome.verdict in {Verdict.FAILS, Verdict.REPEATS} and statement.index not in found
    ]


def unsaid_firsts(judged: Judged) -> list[str]:
    """Statements whose first run fails by itself, without a finding of that SQLSTATE, or with several."""
    said = Counter((each.statement, each.sqlstate) for each in judged.diagnostics)
    return [
        f"{judged.filename}: {outcome.sqlstate} {outcome.reason}: {said[index, outcome.sqlstate]}"
        for index, outcome in judged.migration.firsts.items()
        if outcome.verdict == "fails" and outcome.follows is None
        if said[index, outcome.sqlstate] != 1
    ]


def judged_in(folder: Path, mode: Mode, rules: frozenset[str] = DEFAULT) -> Iterator[Judged]:
    settings = Settings(rules=rules, root=folder, rerun=mode)
    for sequence in engine.open([str(folder)], settings):
        for name in sequence:
            yield sequence.judged(name)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_in_a_folder(folder: Path, mode: Mode) -> None:
    told = list(judged_in(folder, mode))
    assert told
    assert [each for judged in told for each in unsaid(judged)] == []
    assert [judged.switched_off for judged in told if judged.switched_off] == []


@pytest.mark.parametrize("case", STATEMENTS)
def test_of_each_statement_form(case: Case) -> None:
    before = [case.before] if case.before else []
    assert unsaid(report(case.sql, *before, postgres=16)) == []


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_on_the_pages(case: Case) -> None:
    if "select" in case.example.options or "branch" in case.example.options:
        pytest.skip("most rules are switched off there, or the file counts as applied")
    assert unsaid(case.report(case.example.sql.encode())) == []


@pytest.mark.parametrize("case", FIRST_RUNS)
def test_of_each_first_run(case: FirstCase) -> None:
    texts = {f"no/such/folder/{name}": text.encode() for name, text in case.files.items()}
    settings = Settings(rules=DEFAULT, root=Path(), runner="psql")
    every = [
        sequence.judged(name)
        for sequence in engine.open(texts, settings, texts)
        for name in sequence
    ]
    assert [each for judged in every for each in unsaid_firsts(judged)] == []


def test_a_rule_that_is_switched_off_is_named_in_the_account(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE t (i int);\nCREATE INDEX x ON t (i);\n")
    done = idemlint("--runner", "psql", "--ignore", "IDM1", tmp_path)
    assert done.code == 0
    assert (
        "1 file checked; 2 statements fail or repeat by rules that are switched off: IDM101, IDM102"
        in done.out
    )
    told = idemlint("--runner", "psql", "--ignore", "IDM1", "--output-format", "json", tmp_path)
    assert json.loads(told.out) == []


def test_nothing_is_said_of_rules_that_would_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE IF NOT EXISTS t (i int);\n")
    done = idemlint("--runner", "psql", "--ignore", "IDM1", tmp_path)
    assert "switched off" not in done.out


def test_the_general_rule_is_rare() -> None:
    """Of all statement forms it names those only that raise by themselves, and what waits for a rule."""
    named = [
        f"{each.sqlstate} {each.message.partition(': ')[2]}"
        for param in STATEMENTS
        for case in param.values
        for each in report(case.sql, *([case.before] if case.before else [])).diagnostics
        if each.code == "IDM399" and not each.message.endswith("the body raises an exception")
    ]
    kept = {each for each in named if re.match("23505 (large object|replication origin) ", each)}
    assert set(named) - kept <= {
        "42P13 f() returns text, not int4",
        "None it grants on t2 as well, made since",
        "None it grants on street as well, made since",
        "None it grants on g as well, made since",
    }
