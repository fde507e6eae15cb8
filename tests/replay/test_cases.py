"""Small migrations with the verdict behind each statement (`cases/*.sql`), as replay and as a server says.

A new shape that matters is a new case: write the statements, run this file with a server, and put down
what it says. Where the two differ on purpose, the case says both: see `asking`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postgres.by_statement import judge_by_statement
from postgres.conftest import server
from postgres.rerun import judge_each_statement

from .asking import Case, Told, outcomes, read, split, verdicts

if TYPE_CHECKING:
    from postgres.rerun import Judgement
    from postgres.server import Server

__all__ = ["server"]

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(Path(__file__).with_name("cases").glob("*.sql"))
    for case in read(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_replay_says(case: Case) -> None:
    file = verdicts(case.sql, "file", before=case.before)
    alone = verdicts(case.sql, "statement", before=case.before)
    assert file == [told.verdict for told in case.file]
    assert _but_transactions(case, alone) == [
        told.verdict for told in case.alone if told.verdict != "-"
    ]


@pytest.mark.parametrize("mode", ["file", "statement", "interrupted"])
@pytest.mark.parametrize("case", CASES)
def test_who_looks_further_is_told_the_same(case: Case, mode: str) -> None:
    """What would fail behind the first failure of a body is sought after all is said."""
    plain, further = (
        [
            (each.verdict, each.sqlstate, each.reason, each.span, len(each.passed))
            for each in outcomes(case.sql, mode, before=case.before, foresees=foresees)
        ]
        for foresees in (False, True)
    )
    assert further == plain


#: A word twice, or a property's name as idemlint has it among its own.
_OURS = re.compile(r"\b(\w+) \1\b|\b(?:identity|expression|default|nullable):")


@pytest.mark.parametrize("case", CASES)
def test_reasons_name_things(case: Case) -> None:
    for each in outcomes(case.sql, "file", before=case.before):
        assert not _OURS.search(each.reason), each.reason


@pytest.mark.server
@pytest.mark.parametrize("case", CASES)
def test_a_server_says(server: Server, case: Case) -> None:
    before = split(case.before)
    with server.fresh_database() as database:
        _, file = judge_by_statement(database, before, case.statements)
    with server.fresh_database() as database:
        alone = judge_each_statement(database, before, case.statements)
    for told, judgement in zip(case.file, file, strict=True):
        assert _agrees(told, judgement)
    for told, judgement in zip(case.alone, alone, strict=True):
        assert judgement is not None
        assert _agrees(told, judgement)


def _but_transactions(case: Case, found: list[str]) -> list[str]:
    return [each for each, told in zip(found, case.alone, strict=True) if told.verdict != "-"]


def _agrees(told: Told, judgement: Judgement) -> bool:
    said = judgement.outcome
    if said == "not-applicable":
        return True
    if said == "sequence":
        # Only a position moved on, which some call a change and others do not.
        return told.truth in {"safe", "repeats", "sequence"}
    return told.truth == (f"fails {judgement.sqlstate}" if said == "fails" else said)
