"""PostgreSQL is the judge of the pages: what is called bad is, and what is called fixed runs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from postgres.conftest import database, server
from postgres.snapshot import SEQUENCE

from .cases import Case, all_cases
from .sending import send, units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.engine import FileReport
    from postgres.server import Database
    from postgres.snapshot import Difference, Snapshot

pytestmark = pytest.mark.server

#: Families that name what a rerun does: without an error, something must have been done again.
OUTCOMES = ("IDM1", "IDM2", "IDM3", "IDM4")

#: Cases that a server cannot be asked about, with the reasons on their pages. To be kept short.
MOST_NOT_ASKED = 8

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
    with database.copy() as once:
        first = send(once, report)
        if first is not None:
            assert first in claimed, "the first run fails already"
            return
        before = once.snapshot()
        stops = {finding.rerun for finding in findings} == {"interrupted"}
        if not stops:
            second = send(once, report)
            if claimed:
                assert second in claimed
            elif case.page.code.startswith(OUTCOMES):
                assert second is None
                assert before.difference(once.snapshot()), "the second run did it again"
            return
    if claimed:
        assert claimed & {error for error, _ in after_stops(database, report)}
    else:
        assert any(before.difference(after) for _, after in after_stops(database, report))


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
    with database.copy() as used:
        if send(used, broken) is not None:
            return  # it does not even run once: there is no such database
        nothing(expected, used.snapshot())
        assert send(used, report) is None
        nothing(expected, used.snapshot())


@pytest.mark.parametrize(
    "case",
    [case for case in all_cases() if case.example.what == "good" and case.on_server],
    ids=str,
)
def test_good_runs_twice(database: Database, case: Case) -> None:
    report = set_up(database, case)
    if not case.page.code.startswith(OUTCOMES):
        pytest.skip("not about reruns")
    assert send(database, report) is None
    before = database.snapshot()
    assert send(database, report) is None
    nothing(before, database.snapshot())


def set_up(database: Database, case: Case) -> FileReport:
    """Run the earlier migrations, and return the report on the example."""
    *earlier, report = case.every_report(case.example.sql.encode())
    for each in earlier:
        assert send(database, each) is None, "the setup does not run"
    return report


def after_stops(database: Database, report: FileReport) -> Iterator[tuple[str | None, Snapshot]]:
    """What a rerun from the start comes to after a stop before each unit but the first."""
    for unit in units(report)[1:]:
        with database.copy() as stopped:
            assert send(stopped, report, until=unit) is None
            error = send(stopped, report)
            yield error, stopped.snapshot()


def nothing(before: Snapshot, after: Snapshot) -> None:
    """No difference that a user could see, apart from numbers that sequences gave away."""
    found: dict[str, Difference] = before.difference(after)
    assert not {part: str(change) for part, change in found.items() if part != SEQUENCE}


__all__ = ["database", "server"]
