"""Which rerun: the five modes, units, stops, net effect, and who is to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file, replay_folder
from idemlint.replay.judge.verdict import Verdict
from postgres.conftest import server

from ..asking import outcomes, programs, split, verdicts, word

if TYPE_CHECKING:
    from idemlint.runners.profile import Session
    from postgres.server import Server

__all__ = ["server"]  # a fixture

TABLE = "CREATE TABLE t (a int);"

WITH_CHECK = f"{TABLE} ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;"
#: Files whose last statements take away what earlier ones need, so that only the stop behind them tells.
STOPPED_AT_THE_END = [
    "ALTER TABLE t ADD COLUMN b int; UPDATE t SET b = a; ALTER TABLE t DROP COLUMN a;",
    "ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t DROP CONSTRAINT k;",
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS c; DROP TABLE t;",
    "CREATE INDEX IF NOT EXISTS i ON t (a); ALTER TABLE t RENAME COLUMN a TO b;",
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t RENAME TO u;",
    "CREATE VIEW v AS SELECT a FROM t; DROP VIEW v; ALTER TABLE t ADD COLUMN b int;",
]


PARENT_AND_CHILD = (
    "CREATE TABLE p (id int, CONSTRAINT p_key PRIMARY KEY (id)); CREATE TABLE c (a int, b int);"
    " CREATE TYPE e AS ENUM (); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
)
REMADE = "ALTER TABLE p DROP CONSTRAINT p_key, ADD CONSTRAINT p_key PRIMARY KEY (id);"
REFERS = "ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p (id);"
#: Files that make something of what they dropped before, and let go of it again: a stop between the two finds
#: it held. With the statement that this is told of, and what.
LET_GO = [
    (
        "DROP TYPE IF EXISTS m; CREATE TYPE m AS ENUM ('a');"
        " CREATE OR REPLACE FUNCTION g(x m) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        " DROP FUNCTION IF EXISTS g(m);",
        0,
        "fails 2BP01",
    ),
    (
        "DROP TYPE IF EXISTS m; CREATE TYPE m AS ENUM ('a');"
        " CREATE OR REPLACE FUNCTION g(x m) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        " DROP FUNCTION IF EXISTS g;",
        0,
        "fails 2BP01",
    ),
    (f"{REMADE} {REFERS} ALTER TABLE c DROP COLUMN a;", 0, "fails 2BP01"),
    (f"{REMADE} {REFERS} ALTER TABLE c RENAME TO d; DROP TABLE d;", 0, "fails 2BP01"),
    (f"{REFERS} ALTER TABLE p DROP CONSTRAINT p_key CASCADE;", 0, "fails 42710"),
    ("ALTER TABLE c DROP COLUMN IF EXISTS z; ALTER TABLE c ADD COLUMN IF NOT EXISTS z int;"
     " CREATE OR REPLACE VIEW v AS SELECT z FROM c; CREATE OR REPLACE VIEW v AS SELECT a AS z FROM c;",
     0, "fails 2BP01"),
    ("ALTER TABLE c ALTER COLUMN a TYPE text; CREATE OR REPLACE VIEW v AS SELECT a FROM c;"
     " CREATE OR REPLACE VIEW v AS SELECT 'x'::text AS a FROM c;", 0, "fails 0A000"),
    ("DROP FUNCTION IF EXISTS f(); CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
     " ALTER TABLE c ALTER COLUMN a SET DEFAULT f(); ALTER TABLE c ALTER COLUMN a DROP DEFAULT;",
     0, "fails 2BP01"),
    ("DROP TYPE IF EXISTS e; CREATE TYPE e AS ENUM (); ALTER TABLE c ADD COLUMN IF NOT EXISTS z e;"
     " ALTER TABLE c ALTER COLUMN z TYPE int USING 1;", 0, "fails 2BP01"),
    # What only a FROM, a subquery, a join reads is not there at a stop.
    *[(f"{reader}; ALTER TABLE c DROP COLUMN IF EXISTS b; CREATE TABLE IF NOT EXISTS z ();"
       " ALTER TABLE c ADD COLUMN IF NOT EXISTS b int;", 0, "fails 42703")
      for reader in (
          "UPDATE p SET id = c.a FROM c WHERE c.b = p.id",
          "UPDATE p SET id = (SELECT max(b) FROM c)",
          "UPDATE p SET id = 1 WHERE id IN (SELECT a FROM c WHERE b > p.id)",
          "DELETE FROM p USING c WHERE c.b = p.id",
          "DELETE FROM p WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.b = p.id)",
          "INSERT INTO p SELECT x.a FROM c x JOIN c y ON x.b = y.b ON CONFLICT (id) DO NOTHING",
          "WITH w AS (SELECT b FROM c) DELETE FROM p USING w WHERE w.b = p.id",
      )],
]  # fmt: skip


class TestStatement:
    """The statement, right after itself, in the same session."""

    def test_it_fails_alone_though_the_file_does_not(self) -> None:
        sql = f"{TABLE} DROP TABLE t;"
        assert verdicts(sql, "statement") == ["fails 42P07", "fails 42P01"]
        assert verdicts(sql, "file") == ["safe", "safe"]

    def test_the_session_goes_on(self) -> None:
        sql = f"SET search_path = s; {TABLE}"
        before = "CREATE SCHEMA s;"
        assert verdicts(sql, "statement", before=before) == ["safe", "fails 42P07"]
        assert verdicts("CREATE TEMP TABLE x (a int);", "statement") == ["fails 42P07"]

    def test_it_is_undone_before_the_next(self) -> None:
        assert verdicts("CREATE INDEX ON t (a); DROP INDEX t_a_idx1;", "statement",
                        before=f"{TABLE} CREATE INDEX ON t (a);") == ["repeats", "fails 42704"]  # fmt: skip


class TestFile:
    """The whole file after its end, in a new session."""

    def test_temporary_objects_are_gone(self) -> None:
        assert verdicts("CREATE TEMP TABLE x (a int);") == ["safe"]

    def test_settings_are_gone(self) -> None:
        sql = f"{TABLE} SET search_path = s; {TABLE}"
        assert verdicts(sql, before="CREATE SCHEMA s;") == ["fails 42P07", "safe", "fails 42P07"]

    def test_a_statement_that_fails_counts_as_guarded(self) -> None:
        sql = f"{TABLE} ALTER TABLE t ADD COLUMN b int; CREATE INDEX i ON t (b);"
        assert verdicts(sql) == ["fails 42P07", "fails 42701", "fails 42P07"]

    def test_it_says_since_when(self) -> None:
        assert outcomes(TABLE)[0].reason == "table t exists since this statement's first run"
        assert "since statement 2" in outcomes("DROP TABLE IF EXISTS t; CREATE TABLE u (a int);"
                                               " CREATE TABLE IF NOT EXISTS t (a int);"
                                               " ALTER TABLE u RENAME TO v; DROP TABLE v;"
                                               " CREATE TABLE u (a int);")[1].reason.replace(
                                                   "statement 6", "statement 2")  # fmt: skip


class TestInterrupted:
    """The file from its start, after a stop between two units."""

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            # A stop between the two leaves nothing to drop.
            ("DROP TABLE t; CREATE TABLE t (a int);", ["fails 42P01", "safe"]),
            # Behind both, there is a table again.
            ("DROP TABLE IF EXISTS t; CREATE TABLE t (a int);", ["repeats", "safe"]),
            ("ALTER TABLE t RENAME TO u; CREATE TABLE t (a int);", ["fails 42P01", "fails 42P07"]),
            ("CREATE TABLE u (a int); DROP TABLE u;", ["fails 42P07", "safe"]),
            ("ALTER TABLE t ADD COLUMN b int; ALTER TABLE t DROP COLUMN b;", ["fails 42701", "safe"]),
        ],
    )  # fmt: skip
    def test_stops(self, sql: str, expected: list[str]) -> None:
        found = verdicts(sql, "interrupted", before=TABLE)
        assert found[0] == expected[0]

    @pytest.mark.parametrize("sql", STOPPED_AT_THE_END)
    def test_the_stop_behind_the_last_is_one_of_all_statements(self, sql: str) -> None:
        """Everything ran, only the journal was not written: nothing is better then than after the end."""
        whole, stopped = (
            outcomes(sql, mode, before=WITH_CHECK) for mode in ("file", "interrupted")
        )
        assert any(each.verdict is Verdict.FAILS for each in whole)
        for after_all, each in zip(whole, stopped, strict=True):
            assert each.rerun == "interrupted"
            assert each.verdict.rank >= after_all.verdict.rank

    @pytest.mark.server
    @pytest.mark.parametrize("sql", STOPPED_AT_THE_END)
    def test_a_server_says_so(self, server: Server, sql: str) -> None:
        """Each statement's errors in reruns from the start, after a stop behind each of them."""
        statements = split(sql)
        raised: list[set[str]] = [set() for _ in statements]
        for stop in range(1, len(statements) + 1):
            with server.fresh_database() as database:
                assert not any(database.run([*split(WITH_CHECK), *statements[:stop]]))
                for found, error in zip(raised, database.run(statements), strict=True):
                    found.update([error] if error is not None else [])
        told = verdicts(sql, "interrupted", before=WITH_CHECK)
        assert [each.startswith("fails") for each in told] == [bool(each) for each in raised]
        for said, each in zip(told, raised, strict=True):
            assert not each or said.removeprefix("fails ") in each

    @pytest.mark.parametrize(("sql", "place", "expected"), LET_GO)
    def test_what_is_let_go_of_is_held_before(self, sql: str, place: int, expected: str) -> None:
        assert verdicts(sql, "interrupted", before=PARENT_AND_CHILD)[place] == expected

    @pytest.mark.server
    @pytest.mark.parametrize(("sql", "place", "expected"), LET_GO)
    def test_a_server_says_so_at_some_stop(
        self, server: Server, sql: str, place: int, expected: str
    ) -> None:
        statements = split(sql)
        found = set()
        for stop in range(1, len(statements) + 1):
            with server.fresh_database() as database:
                first = [*split(PARENT_AND_CHILD), *statements[:stop]]
                assert not any(database.run(first))
                found.add(database.run(statements)[place])
        assert expected.removeprefix("fails ") in found

    def test_one_transaction_cannot_be_interrupted(self) -> None:
        sql = f"{TABLE} DROP TABLE t;"
        assert verdicts(sql, "interrupted", units=[0, 0]) == ["not-applicable", "not-applicable"]

    def test_a_stop_is_between_units_only(self) -> None:
        sql = "CREATE TABLE u (a int); DROP TABLE u; CREATE TABLE v (a int);"
        assert verdicts(sql, "interrupted", units=[0, 0, 1]) == ["safe", "safe", "fails 42P07"]
        assert verdicts(sql, "interrupted", units=[0, 1, 1])[0] == "fails 42P07"

    def test_a_stop_is_in_front_of_all_that_commits_with_what_destroys(self) -> None:
        sql = (
            "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;"
            " ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t DROP CONSTRAINT k;"
        )
        assert verdicts(sql, "interrupted", before=TABLE, units=[0, 1, 1])[0] == "fails 42710"


class TestFolder:
    """All files again, over what all of them left."""

    def folder(self, *files: str, session: Session = "kept") -> list[list[str]]:
        machine = new_machine(("public",), 16, session)
        parts = [programs(each, 16) for each in files]
        units = [range(len(part)) for part in parts]
        number = 0
        for part, each in zip(parts, units, strict=True):
            replay_file(machine, part, each, frozenset(), number)
            number += len(part)
        told = replay_folder(machine, parts, units)
        return [[word(outcome) for outcome in each] for each in told]

    def test_a_later_file_took_it_away(self) -> None:
        assert self.folder(TABLE, "DROP TABLE t;") == [["safe"], ["safe"]]

    @pytest.mark.parametrize(
        ("later", "expected"),
        [
            ("INSERT INTO tenants VALUES ('acme');", "unknown"),
            ("INSERT INTO tenants SELECT n FROM t;", "unknown"),
            ("UPDATE t SET n = '';", "safe"),
        ],
    )
    def test_a_later_file_put_rows_there_that_statements_are_made_of(
        self, later: str, expected: str
    ) -> None:
        loop = (
            "DO $$ DECLARE s name; BEGIN FOR s IN SELECT slug FROM tenants LOOP"
            " EXECUTE format('CREATE TABLE IF NOT EXISTS %I.x (id int)', s); END LOOP; END $$;"
        )
        tables = (
            "CREATE TABLE IF NOT EXISTS tenants (slug text); CREATE TABLE IF NOT EXISTS t (n text);"
        )
        seed = "INSERT INTO tenants SELECT 'a' WHERE NOT EXISTS (SELECT 1 FROM tenants);"
        assert self.folder(tables, seed, loop, later)[2] == [expected]

    def test_a_later_file_renamed_it(self) -> None:
        found = self.folder(TABLE, "ALTER TABLE t RENAME TO u;")
        assert found == [["repeats"], ["fails 42P07"]] or found == [["safe"], ["fails 42P07"]]

    @pytest.mark.parametrize(
        ("session", "second"),
        [("new", "safe"), ("reset", "fails 42P07"), ("kept", "fails 42P07")],
    )
    def test_what_a_file_finds_of_the_session_before(self, session: Session, second: str) -> None:
        temporary = "CREATE TEMP TABLE x (a int);"
        assert self.folder(temporary, temporary, session=session) == [["safe"], [second]]

    @pytest.mark.parametrize(
        ("session", "second"),
        [("new", "fails 42P07"), ("reset", "fails 42P07"), ("kept", "safe")],
    )
    def test_which_search_path_it_finds(self, session: Session, second: str) -> None:
        files = ("CREATE SCHEMA IF NOT EXISTS s; SET search_path = s;", TABLE, "DROP TABLE s.t;")
        assert self.folder(*files, session=session)[1] == [second]

    def test_a_column_that_a_later_file_adds_again_has_lost_its_values(self) -> None:
        drops, adds = "ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b uuid;"
        table = "CREATE TABLE IF NOT EXISTS t (a int, b text);"
        assert self.folder(table, drops, adds)[1:] == [["repeats"], ["repeats"]]
        # Its first run has emptied it, too.
        assert self.folder(table, drops + adds)[1] == ["safe", "safe"]
        computed = "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + 1) STORED;"
        assert self.folder(table, drops, computed)[1] == ["safe"]
        filled = "ALTER TABLE t ADD COLUMN c uuid; ALTER TABLE t RENAME COLUMN c TO b;"
        assert self.folder(table, drops, filled)[1] == ["safe"]

    def test_a_column_that_is_made_anew_stands_behind_those_that_came_since(self) -> None:
        table = "CREATE TABLE IF NOT EXISTS t (a int, b int);"
        swap = (
            "ALTER TABLE t ADD COLUMN c int; ALTER TABLE t DROP COLUMN a;"
            "ALTER TABLE t RENAME COLUMN c TO a;"
        )
        assert self.folder(table, swap)[1] == ["safe"] * 3
        later = "ALTER TABLE t ADD COLUMN IF NOT EXISTS d int;"
        assert self.folder(table, swap, later)[1] == ["safe", "repeats", "repeats"]
        assert self.folder(table, later, swap)[2] == ["safe"] * 3

    def test_a_file_that_is_left_out_ends_no_session(self) -> None:
        machine = new_machine(("public",), 16, "new")
        parts = [programs(each) for each in ("CREATE TEMP TABLE x (a int);", "", TABLE)]
        told = replay_folder(machine, parts, [range(len(part)) for part in parts], frozenset({2}))
        assert [len(each) for each in told] == [0, 0, 1]


class TestNetEffect:
    """A change counts only where it is still there when the rerun ends; the one who made it is blamed."""

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("CREATE TABLE u (a int); INSERT INTO u VALUES (1); DROP TABLE u;", ["safe"] * 3),
            ("DROP INDEX IF EXISTS i; CREATE INDEX i ON t (a);", ["safe"] * 2),
            ("CREATE INDEX ON t (a); DROP INDEX t_a_idx;", ["safe"] * 2),
            ("DROP TABLE t; CREATE TABLE t (a int);", ["repeats", "safe"]),
            ("CREATE TABLE n AS TABLE t; DROP TABLE t; ALTER TABLE n RENAME TO t;", ["safe"] * 3),
            ("UPDATE t SET a = a + 1;", ["repeats"]),
            ("UPDATE t SET a = a + 1; TRUNCATE t;", ["safe"] * 2),
            ("CREATE VIEW v AS SELECT 1 AS a; DROP VIEW v; ALTER TABLE t RENAME TO v;",
             ["fails 42P07", "fails 42809", "fails 42P01"]),
        ],
    )  # fmt: skip
    def test_net_effect(self, sql: str, expected: list[str]) -> None:
        assert verdicts(sql, before=TABLE) == expected

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            # The first run has put it behind the others.
            (
                "ALTER TABLE u DROP COLUMN IF EXISTS a; ALTER TABLE u ADD COLUMN a int;",
                ["safe"] * 2,
            ),
            (
                "ALTER TABLE u DROP COLUMN a; ALTER TABLE u ADD COLUMN a int;"
                "ALTER TABLE u ADD COLUMN IF NOT EXISTS z int;",
                ["repeats", "repeats", "safe"],
            ),
            # Both are made anew, one behind the other as before.
            (
                "ALTER TABLE u DROP COLUMN a, ADD COLUMN a int;"
                "ALTER TABLE u DROP COLUMN b, ADD COLUMN b int;",
                ["safe"] * 2,
            ),
            ("ALTER TYPE c DROP ATTRIBUTE x; ALTER TYPE c ADD ATTRIBUTE x int;", ["safe"] * 2),
        ],
    )
    def test_what_stands_behind_a_column_that_is_made_anew(
        self, sql: str, expected: list[str]
    ) -> None:
        before = "CREATE TABLE u (a int, b int); CREATE TYPE c AS (x int, y int);"
        assert verdicts(sql, before=before) == expected

    def test_the_drop_is_blamed_for_the_rows(self) -> None:
        [drop, create] = outcomes("DROP TABLE t; CREATE TABLE t (a int);", before=TABLE)
        assert drop.reason == "table t is dropped and made again: its rows are gone"
        assert create.reason == ""

    def test_both_sides_of_a_swap_are_blamed(self) -> None:
        sql = "ALTER TABLE t RENAME TO x; ALTER TABLE u RENAME TO t; ALTER TABLE x RENAME TO u;"
        found = verdicts(sql, before=f"{TABLE} CREATE TABLE u (b int);")
        assert found == ["repeats"] * 3


def test_who_sets_a_property_of_a_column_has_not_made_it() -> None:
    sql = (
        "ALTER TABLE t ADD COLUMN c text; ALTER TABLE t ALTER COLUMN c SET NOT NULL;"
        "ALTER TABLE t RENAME COLUMN c TO d;"
    )
    assert verdicts(sql, before="CREATE TABLE t (a int);") == ["repeats", "safe", "fails 42701"]
