"""PostgreSQL is the judge of the pages: what is called bad is, and what is called fixed runs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.rules import all_rules
from postgres.conftest import database, server
from postgres.server import execute
from postgres.snapshot import SEQUENCE

from .cases import Case, all_cases
from .sending import roll_back, send, units

if TYPE_CHECKING:
    from idemlint.analysis.judged import Judged
    from postgres.server import Database
    from postgres.snapshot import Difference, Snapshot

pytestmark = pytest.mark.server

#: Families that name what a rerun does: without an error, something must have been done again.
OUTCOMES = ("IDM1", "IDM2", "IDM3", "IDM4")

#: Cases that a server cannot be asked about, with the reasons on their pages. To be kept short.
MOST_NOT_ASKED = 11

bad = pytest.mark.parametrize(
    "case", [case for case in all_cases() if case.example.what == "bad" and case.on_server], ids=str
)
fixed = pytest.mark.parametrize(
    "case", [case for case in all_cases() if case.fixed is not None and case.on_server], ids=str
)


def test_few_examples_are_not_asked_about() -> None:
    left_out = [case for case in all_cases() if not case.on_server]
    assert len(left_out) <= MOST_NOT_ASKED, [str(case) for case in left_out]
    assert all("reason" in case.example.options for case in left_out)


@bad
def test_bad_does_what_the_page_says(database: Database, case: Case) -> None:
    report = set_up(database, case)
    findings = report.diagnostics
    claimed = {finding.sqlstate for finding in findings if finding.sqlstate is not None}
    if {finding.rerun for finding in findings} == {"interrupted"}:
        expected = set(claimed) or {None}
        after_stop(database, report, expected)
        return
    if case.rerun == "redo":
        rolled_back(database, report, claimed)
        return
    first = send(database, report)
    if first is not None:
        assert first in claimed, "the first run fails already"
        return
    if case.between:
        with database.connect() as connection:
            assert execute(connection, case.between) is None
    before = database.snapshot()
    second = send(database, report)
    if claimed:
        assert second in claimed
    elif case.page.code.startswith(OUTCOMES):
        assert second is None
        assert before.difference(database.snapshot()), "the second run did it again"


@fixed
def test_fixed_leads_to_the_same_and_runs_twice(database: Database, case: Case) -> None:
    broken = set_up(database, case)
    assert case.fixed is not None
    report = case.report(case.fixed.sql.encode())
    with database.copy() as fresh:
        assert send(fresh, report) is None
        expected = fresh.snapshot()
        assert send(fresh, report) is None
        nothing(expected, fresh.snapshot())
    if send(database, broken) is not None:
        return  # it does not even run once: there is no such database
    if not all_rules()[case.page.code].changes_meaning:
        nothing(expected, database.snapshot())
    assert send(database, report) is None
    nothing(expected, database.snapshot())


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in all_cases()
        if case.example.what == "good" and case.on_server and case.page.code.startswith(OUTCOMES)
    ],
    ids=str,
)
def test_good_runs_twice(database: Database, case: Case) -> None:
    report = set_up(database, case)
    assert send(database, report) is None
    before = database.snapshot()
    assert send(database, report) is None
    nothing(before, database.snapshot())


def set_up(database: Database, case: Case) -> Judged:
    """Run the earlier migrations, and return the report on the example."""
    *earlier, report = case.every_report(case.example.sql.encode())
    for each in earlier:
        assert send(database, each) is None, "the setup does not run"
    return report


def after_stop(database: Database, report: Judged, expected: set[str | None]) -> None:
    """After a stop before some unit, a rerun from the start fails so, or ends with more than one run."""
    with database.copy() as whole:
        assert send(whole, report) is None
        once = whole.snapshot()
    found = []
    for unit in units(report)[1:]:
        with database.copy() as stopped:
            assert send(stopped, report, until=unit) is None
            error = send(stopped, report)
            if error is not None or once.difference(stopped.snapshot()):
                found.append(error)
    assert expected & set(found)


def rolled_back(database: Database, report: Judged, claimed: set[str]) -> None:
    """What rolls the file back fails so, or does not lead to what was there before."""
    before = database.snapshot()
    assert send(database, report) is None
    failed = {each for each in roll_back(database, report) if each is not None}
    assert failed == claimed
    if not claimed:
        assert before.difference(database.snapshot()), "all is as it was before the file ran"


def nothing(before: Snapshot, after: Snapshot) -> None:
    """No difference that a user could see, apart from numbers that sequences gave away."""
    found: dict[str, Difference] = before.difference(after)
    assert not {part: str(change) for part, change in found.items() if part != SEQUENCE}


__all__ = ["database", "server"]
