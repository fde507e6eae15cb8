"""What the proof asks of a rule: facts of its class, without which a fix is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.diagnostics import Applicability
from idemlint.rules import all_rules

from .words import fix, fixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.diagnostics import Fix
    from idemlint.sequence.migration import Case

    Repair = Callable[[Case], Fix | None]
    Say = Callable[[str, str, bool], None]

TABLE = "CREATE TABLE a (id int);\n"


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Say a fact of a rule otherwise than its class does."""

    def use(code: str, fact: str, value: bool) -> None:
        monkeypatch.setattr(all_rules()[code].__class__, fact, value)

    return use


@pytest.fixture
def repair(monkeypatch: pytest.MonkeyPatch) -> Callable[[Repair], None]:
    """Put a repair of the test's own into the rule for CREATE TABLE."""

    def use(repair: Repair) -> None:
        rule = all_rules()["IDM101"].__class__
        monkeypatch.setattr(rule, "repair", lambda self, case: repair(case))

    return use


def whys(text: str, rules: str) -> list[str]:
    """Why fixes were dropped; nothing where all were made."""
    [result] = fixed(text, rules=rules, lowest=Applicability.UNSAFE)
    assert bool(result.fixed) is not bool(result.dropped)
    return [dropped.why for dropped in result.dropped]


def test_a_statement_may_do_something_else_only_where_the_rule_says_so(
    say: Say, repair: Callable[[Repair], None]
) -> None:
    repair(lambda case: fix((13, 14, "IF NOT EXISTS b")))
    [why] = whys(TABLE, "IDM101")
    assert why == "it changes more than guards: CreateStmt"
    say("IDM101", "changes_meaning", True)
    assert whys(TABLE, "IDM101") == []


@pytest.mark.parametrize(
    ("comment", "fact"),
    [
        ("-- atlas:txmode none\n", "writes_directives"),
        ("-- idemlint: ignore[IDM105] why\n", "removes_suppressions"),
    ],
)
def test_a_comment_may_go_only_where_the_rule_says_so(
    say: Say, repair: Callable[[Repair], None], comment: str, fact: str
) -> None:
    at = len(comment) + len("CREATE TABLE")
    repair(lambda case: fix((0, len(comment), ""), (at, at, " IF NOT EXISTS")))
    [why] = whys(comment + TABLE, "IDM101")
    assert why == f"it loses the comment {comment.rstrip()!r}"
    say("IDM101", fact, True)
    assert whys(comment + TABLE, "IDM101") == []


def test_what_a_guard_brings_to_light_is_not_held_against_it(say: Say) -> None:
    text = "CREATE TABLE IF NOT EXISTS a ();\nALTER TABLE a ADD COLUMN b int UNIQUE;\n"
    assert whys(text, "IDM201,IDM211") == []
    say("IDM211", "comes_to_light", False)
    say("IDM211", "one_at_a_time", False)
    [why] = whys(text, "IDM201,IDM211")
    assert why.startswith("it brings IDM211")


def test_what_is_left_of_a_count_is_not_held_against_the_fix(say: Say) -> None:
    text = "CREATE TABLE a ();\nCREATE TABLE b AS SELECT 1;\n"
    assert whys(text, "IDM101,IDM506") == []
    say("IDM506", "comes_to_light", False)
    [why] = whys(text, "IDM101,IDM506")
    assert "IDM506" in why


def test_the_next_failure_of_a_statement_is_not_held_against_the_fix_of_the_first(
    say: Say,
) -> None:
    text = "DO $$ BEGIN CREATE TABLE a (b int); CREATE INDEX ON a (b); END $$;\n"
    assert whys(text, "IDM101,IDM103") == []
    say("IDM103", "one_at_a_time", False)
    [why] = whys(text, "IDM101,IDM103")
    assert why.startswith("it brings IDM103")
