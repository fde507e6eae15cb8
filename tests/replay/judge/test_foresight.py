"""What would come to light in a body behind its first failure, for who mends one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.replay.effects.vocabulary import Requires
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.judge.verdict import Outcome, Verdict

from ..asking import VERSION, outcomes, programs, word

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

TABLE = "CREATE TABLE {} (i int);"
BEFORE = "CREATE TABLE t (i int, s text);"


def body(*statements: str) -> str:
    return f"DO $$ BEGIN {' '.join(statements)} END $$;"


def of(sql: str, *, foresees: bool = True) -> Outcome:
    [outcome] = outcomes(sql, before=BEFORE, foresees=foresees)
    return outcome


def places(sql: str) -> list[str]:
    """The statements of a body that are told of, the first failure first."""
    outcome = of(sql)
    told = (outcome, *outcome.behind)
    return [sql.encode()[slice(*each.span)].decode() for each in told if each.span is not None]


def test_nobody_looks_who_is_not_asked() -> None:
    sql = body(TABLE.format("a"), TABLE.format("b"))
    assert of(sql, foresees=False).behind == ()
    assert [word(each) for each in of(sql).behind] == ["fails 42P07"]


def test_all_that_fails_is_told_in_order() -> None:
    sql = body(
        TABLE.format("a"), "ALTER TABLE a ADD j int;", "SELECT 1;", "CREATE INDEX i ON t (i);"
    )
    assert places(sql) == [
        "CREATE TABLE a (i int)", "ALTER TABLE a ADD j int", "CREATE INDEX i ON t (i)",
    ]  # fmt: skip


def test_what_repeats_is_told_with_what_repeats() -> None:
    sql = body("CREATE INDEX ON t (i);", "CREATE INDEX ON t (s);", "INSERT INTO t VALUES (1);")
    outcome = of(sql)
    assert [each.verdict for each in (outcome, *outcome.behind)] == [Verdict.REPEATS] * 3
    assert sorted(places(sql)) == [
        "CREATE INDEX ON t (i)", "CREATE INDEX ON t (s)", "INSERT INTO t VALUES (1)",
    ]  # fmt: skip


def test_what_would_repeat_is_not_told_behind_a_failure() -> None:
    """It is what the body comes to once nothing fails in it."""
    sql = body("CREATE INDEX ON t (i);", TABLE.format("a"), "CREATE INDEX ON t (s);")
    assert places(sql) == ["CREATE TABLE a (i int)"]


def test_a_branch_that_is_surely_taken_is_followed() -> None:
    guard = "IF EXISTS (SELECT FROM pg_tables WHERE tablename = 't') THEN {} END IF;"
    assert len(places(body(TABLE.format("a"), guard.format(TABLE.format("b"))))) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "IF current_setting('x.y') = 'on' THEN CREATE TABLE a (i int); END IF;",
        "WHILE current_setting('x.y') = 'on' LOOP CREATE TABLE a (i int); END LOOP;",
    ],
)
def test_what_may_not_run_may_not_fail(statement: str) -> None:
    assert len(places(body(TABLE.format("a"), statement))) == 1


def test_what_a_handler_catches_does_not_come_to_light() -> None:
    caught = "BEGIN CREATE TABLE b (i int); CREATE TABLE c (i int); EXCEPTION WHEN others THEN NULL; END;"
    sql = body(TABLE.format("a"), caught, TABLE.format("d"))
    assert places(sql) == ["CREATE TABLE a (i int)", "CREATE TABLE d (i int)"]


def test_a_handler_that_misses_it_is_known_as_of_the_first() -> None:
    inner = "BEGIN {} EXCEPTION WHEN unique_violation THEN NULL; END;"
    outer = "BEGIN {} EXCEPTION WHEN undefined_table THEN NULL; END;"
    first, second = TABLE.format("a"), TABLE.format("b")
    outcome = of(body(outer.format(inner.format(first) + second)))
    assert [len(each.passed) for each in (outcome, *outcome.behind)] == [2, 1]
    assert outcome.passed[0].body.body == (outcome.leaf,)


@pytest.mark.parametrize("end", ["RETURN;", "RAISE EXCEPTION 'no';"])
def test_nothing_is_sought_where_the_body_ends(end: str) -> None:
    assert len(places(body(TABLE.format("a"), end, TABLE.format("b")))) == 1


def test_each_body_is_looked_at_by_itself() -> None:
    twice = [body(TABLE.format("a"), TABLE.format("b")), body(TABLE.format("c"))]
    told = outcomes(" ".join(twice), foresees=True)
    assert [len(each.behind) for each in told] == [1, 0]


def test_an_error_of_ours_behind_the_first_failure_costs_nothing() -> None:
    """Who does not look further does not come to it."""
    machine = new_machine(("public",), VERSION, foresees=True)
    requires = machine.handlers[Requires]

    def fail(run: Pass, effect: Requires) -> Result:
        if run.judging and effect.ref.name == "b":
            raise RuntimeError("of ours")
        return requires(run, effect)

    machine = machine._replace(handlers={**machine.handlers, Requires: fail})
    made = programs(body(TABLE.format("a"), TABLE.format("b")) + body(TABLE.format("c")))
    replayed = replay_file(machine, made, range(2), frozenset({"file"}), 0)
    assert machine.faults == {}
    assert [word(each["file"]) for each in replayed.outcomes] == ["fails 42P07"] * 2
