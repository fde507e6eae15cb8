"""A fix is safe where it comes to the end from every stop of the file that it is made in."""

from __future__ import annotations

import pytest

from idemlint.diagnostics import Applicability
from idemlint.fixes import stages

from .words import fixed

RULES = "IDM1,IDM2,IDM3"
INIT = (
    "CREATE TYPE IF_ AS ENUM ('a', 'b');\n"
    "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, m if_);\n"
)
SWAP = (
    "CREATE TYPE if_new AS ENUM ('a');\n"
    "ALTER TABLE t ALTER COLUMN m TYPE if_new USING (m::text::if_new);\n"
    "ALTER TYPE if_ RENAME TO if_old;\n"
    "ALTER TYPE if_new RENAME TO if_;\n"
    "DROP TYPE if_old;\n"
)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each statement is guarded by itself, whatever it belongs to."""
    monkeypatch.setattr(stages, "staged", lambda case: None)


def test_a_swap_goes_on_where_it_stopped() -> None:
    (_, file) = fixed(INIT, SWAP, rules=RULES, runner="prisma")
    assert not file.dropped
    assert not file.astray
    text = file.after.decode()
    assert text.count("IF NOT EXISTS (SELECT FROM pg_type") == 2
    assert text.count("IF to_regtype('if_new') IS NOT NULL") == 2
    (again,) = fixed(text, rules=RULES, runner="prisma")
    assert again.after == again.before


@pytest.mark.usefixtures("alone")
def test_what_does_not_arrive_is_not_safe() -> None:
    (_, file) = fixed(INIT, SWAP, rules=RULES, runner="prisma")
    whys = [each.why for each in file.dropped]
    assert any("a run of the old file that stopped behind line" in each for each in whys)
    assert not any(each.is_ours for each in file.dropped)


@pytest.mark.usefixtures("alone")
def test_an_unsafe_fix_says_from_where_it_does_not_arrive() -> None:
    unsafe = Applicability.UNSAFE
    (_, file) = fixed(INIT, SWAP, rules=RULES, lowest=unsafe, runner="prisma")
    assert file.after != file.before
    assert file.astray
    assert all(each.startswith("a run of the old file that stopped") for each in file.astray)


def test_where_all_is_one_transaction_nothing_stops_halfway() -> None:
    (_, file) = fixed(INIT, SWAP, rules=RULES, runner="goose")
    assert file.after == file.before
    assert not file.dropped
