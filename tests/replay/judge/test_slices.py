"""After a stop only what it concerns runs again, and is told what the whole file running again would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.judge.slices import Slices
from idemlint.replay.judge.stops import stops

from ..asking import VERSION, programs
from .test_going_back import POOL, program

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.replay.judge.footprints import Name
    from idemlint.replay.judge.slices import Slice
    from idemlint.replay.judge.verdict import Outcome

EXAMPLES = settings(max_examples=200, deadline=None, derandomize=True, database=None)
FILE = st.lists(st.sampled_from(POOL), min_size=2, max_size=12)


def outcomes(file: list[str]) -> list[Outcome]:
    """Each statement's outcome where the run stops at places that matter to it."""
    made = [program(statement) for statement in file]
    machine = new_machine(("public",), VERSION)
    replayed = replay_file(machine, made, range(len(made)), frozenset({"interrupted"}), 0)
    return [each["interrupted"] for each in replayed.outcomes]


class TestSettled:
    """What changed nothing when it ran again is left out, until something that it is about changes."""

    @staticmethod
    def runs(sql: str) -> list[list[int]]:
        """Which statements run again, stop by stop."""
        made = programs(sql)
        found: list[list[int]] = []
        of = Slices.of

        def spy(self: Slices, after: int, names: Iterable[Name]) -> Slice:
            part = of(self, after, names)
            found.append(list(part.runs))
            return part

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Slices, "of", spy)
            machine = new_machine(("public",), VERSION)
            replay_file(machine, made, range(len(made)), frozenset({"interrupted"}), 0)
        return found

    def test_what_is_there_already_stands_by_itself(self) -> None:
        found = self.runs(
            "CREATE TABLE IF NOT EXISTS t (id int); CREATE VIEW v AS SELECT id FROM t; DROP VIEW v;"
            " CREATE VIEW v AS SELECT id FROM t; DROP VIEW v; SELECT 1"
        )
        assert found == [[0, 1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]

    def test_until_what_it_makes_is_gone(self) -> None:
        found = self.runs(
            "CREATE TABLE IF NOT EXISTS t (id int); CREATE VIEW v AS SELECT id FROM t; DROP VIEW v;"
            " DROP TABLE t; CREATE TABLE w (id int); SELECT 1"
        )
        assert found[-1] == [0, 1, 2, 3]

    def test_what_makes_anew_each_time_runs_each_time(self) -> None:
        found = self.runs(
            "DROP TABLE IF EXISTS t; CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t;"
            " DROP VIEW v; CREATE VIEW v AS SELECT id FROM t; DROP VIEW v; SELECT 1"
        )
        assert all({0, 1} <= set(each) for each in found[1:])

    def test_with_a_rollback_nothing_is_settled(self) -> None:
        found = self.runs(
            "BEGIN; CREATE TABLE IF NOT EXISTS t (id int); ROLLBACK; CREATE VIEW v AS SELECT 1 FROM t;"
            " DROP VIEW v; CREATE VIEW v AS SELECT 1 FROM t; DROP VIEW v; SELECT 1"
        )
        assert all(1 in each for each in found)


#: What was told wrongly once: each stands for something that one statement has to do with another.
FOUND = {
    "what ends with its transaction": [
        "BEGIN",
        "CREATE TEMP TABLE t (a int) ON COMMIT DROP",
        "ALTER TABLE t DROP COLUMN a",
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
    ],
    "rows that were put elsewhere": [
        "INSERT INTO u SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM u WHERE id = 1)",
        "CREATE TABLE u (id int REFERENCES t (id))",
        "DROP TABLE IF EXISTS u",
        "CREATE TABLE u (id int REFERENCES t (id))",
        "ALTER TABLE t SET SCHEMA s",
    ],
    "what a renamed table has": [
        "ALTER TABLE t RENAME TO u",
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
        "DROP TABLE IF EXISTS u",
        "CREATE INDEX ON t (a)",
        "ALTER TABLE t RENAME COLUMN a TO b",
    ],
    "what a schema holds": [
        "ALTER TABLE t SET SCHEMA s",
        "DROP SCHEMA s CASCADE",
        "CREATE SCHEMA s",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 't')"
        " THEN CREATE TABLE t (a int); END IF; END $$",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS t_a_check",
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
    ],
    "what a key in a table holds": [
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
        "DROP TABLE IF EXISTS u",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)",
        "DROP TABLE t",
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
    ],
    "what goes with its table once more": [
        "DO $$ BEGIN ALTER TABLE t ADD COLUMN c int;"
        " EXCEPTION WHEN OTHERS THEN DROP TABLE u; END $$",
        "DROP TABLE t",
        "ROLLBACK TO a",
        "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
        "DROP TABLE IF EXISTS u",
    ],
}


@EXAMPLES
@given(file=FILE)
def test_a_slice_tells_what_all_of_it_would(file: list[str]) -> None:
    hold_against_all(file)


@pytest.mark.parametrize("name", FOUND)
def test_what_was_told_wrongly_once(name: str) -> None:
    hold_against_all(FOUND[name])


def hold_against_all(file: list[str]) -> None:
    few = outcomes(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Slices, "with_grounds", lambda self, concerned: range(max(concerned, default=-1) + 1)
        )
        everything = outcomes(file)
    assert [(each.verdict, each.sqlstate) for each in few] == [
        (each.verdict, each.sqlstate) for each in everything
    ]


def concerned(sql: str) -> list[list[int]]:
    """For each stop, the statements that it concerns."""
    made = programs(sql)
    slices = Slices(made, VERSION)
    return [
        sorted(slices.concerned(stop.after, set().union(*map(slices.names, stop.next_to))))
        for stop in stops(made, range(len(made)))
    ]


class TestConcerned:
    def test_what_shares_no_name_is_not(self) -> None:
        assert concerned(
            "CREATE TABLE t (id int); CREATE TABLE u (id int); DROP TABLE u; SELECT 1"
        ) == [[1], [1, 2]]

    def test_what_is_about_a_table_is_concerned_by_its_end(self) -> None:
        found = concerned(
            "CREATE TABLE t (id int); CREATE TABLE u (id int); CREATE VIEW v AS SELECT id FROM t;"
            " DROP TABLE t CASCADE; SELECT 1"
        )
        assert found == [[0, 2], [0, 2, 3]]

    def test_one_leads_to_another(self) -> None:
        found = concerned(
            "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t;"
            " CREATE VIEW w AS SELECT id FROM v; DROP TABLE t CASCADE; SELECT 1"
        )
        assert found[-1] == [0, 1, 2, 3]

    def test_a_schema_of_the_search_path_concerns_what_is_looked_for_in_it(self) -> None:
        found = concerned(
            "SET search_path = s; CREATE TABLE t (id int); CREATE TABLE s2.u (id int);"
            " DROP SCHEMA s CASCADE; SELECT 1"
        )
        assert found[-1] == [0, 1, 3]

    def test_columns_of_one_table_are_strangers(self) -> None:
        found = concerned(
            "CREATE TABLE t (id int); ALTER TABLE t ADD COLUMN a int; ALTER TABLE t ADD COLUMN b int;"
            " ALTER TABLE t DROP COLUMN a; SELECT 1"
        )
        assert found == [[1], [1, 3]]


def test_what_there_are_too_many_stops_for_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a silent pass: what was not tried is said."""
    sql = "CREATE TABLE t (id int);" + "".join(
        f"ALTER TABLE t RENAME COLUMN id TO c; ALTER TABLE t RENAME COLUMN c TO id; SELECT {n};"
        for n in range(4)
    )

    def replayed() -> list[Outcome]:
        made = programs(sql)
        machine = new_machine(("public",), VERSION)
        found = replay_file(machine, made, range(len(made)), frozenset({"interrupted"}), 0)
        return [each["interrupted"] for each in found.outcomes]

    before = replayed()
    monkeypatch.setattr("idemlint.replay.judge.slices.MOST_RUNS", 0)
    after = replayed()
    assert {each.verdict.value for each in after} >= {"unknown"}
    said = {each.reason for each in after if each.verdict.value == "unknown"}
    assert any("a rerun was tried after 0 of them" in reason for reason in said)
    assert len(before) == len(after)
