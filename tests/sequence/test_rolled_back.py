"""A migration is rolled back and run again: where its rollback stands, and what is said of both halves."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileReport

TABLE = "CREATE TABLE t (id int);\n"
DROP = "DROP TABLE t;\n"


def told(runner: str, files: dict[str, str], asked: list[str] | None = None) -> list[FileReport]:
    """What is said of the files, or of those that were `asked` about."""
    texts = {f"m/{name}": text.encode() for name, text in files.items()}
    settings = Settings(rules=frozenset(), root=Path(), runner=runner, rerun="redo")
    names = [f"m/{name}" for name in asked] if asked is not None else list(texts)
    return list(engine.open(names, settings, texts, named=names).reports())


def halves(report: FileReport) -> list[tuple[str | None, str]]:
    return [(each.half, each.sqlstate or each.verdict) for each in report.statements]


#: A file in which its rollback stands.
SECTIONS = {
    "goose": ("001_x.sql", f"-- +goose Up\n{TABLE}-- +goose Down\n{DROP}"),
    "dbmate": ("001_x.sql", f"-- migrate:up\n{TABLE}-- migrate:down\n{DROP}"),
    "sql-migrate": ("001_x.sql", f"-- +migrate Up\n{TABLE}-- +migrate Down\n{DROP}"),
    "node-pg-migrate": ("001_x.sql", f"-- Up Migration\n{TABLE}-- Down Migration\n{DROP}"),
    "tern": ("001_x.sql", f"{TABLE}---- create above / drop below ----\n{DROP}"),
    "liquibase": ("x.sql", f"--changeset a:1\n{TABLE}--rollback {DROP}"),
    "rambler": ("001_x.sql", f"-- rambler up\n{TABLE}-- rambler down\n{DROP}"),
}
#: A file, and the one beside it that rolls it back.
PAIRS = {
    "golang-migrate": ("001_x.up.sql", "001_y.down.sql"),
    "popx": ("001_x.up.sql", "001_x.postgres.down.sql"),
    "pop": ("001_x.up.sql", "001_x.down.sql"),
    "sqlx": ("001_x.up.sql", "001_x.down.sql"),
    "diesel": ("2024_x/up.sql", "2024_x/down.sql"),
    "hasura": ("1704110400000_x/up.sql", "1704110400000_x/down.sql"),
    "prisma": ("2024_x/migration.sql", "2024_x/down.sql"),
    "sqitch": ("deploy/a/x.sql", "revert/a/x.sql"),
    "postgrator": ("001.do.x.sql", "001.undo.x.sql"),
    "yoyo": ("001_x.sql", "001_x.rollback.sql"),
    "atlas": ("001_x.sql", "001_x.down.sql"),
    "flyway": ("V1__x.sql", "U1__x.sql"),
    "psql": ("x.up.sql", "x.down.sql"),
}


class TestWhereTheRollbackStands:
    @pytest.mark.parametrize("runner", SECTIONS)
    def test_in_the_file(self, runner: str) -> None:
        (report,) = told(runner, dict([SECTIONS[runner]]))
        assert halves(report) == [("up", "safe"), ("down", "safe")]

    @pytest.mark.parametrize("runner", PAIRS)
    def test_in_a_file_beside_it(self, runner: str) -> None:
        up, down = PAIRS[runner]
        first, second = told(runner, {up: TABLE, down: DROP})
        assert halves(first) == [("up", "safe")]
        assert halves(second) == [("down", "safe")]
        assert (second.path, second.undoes) == (f"m/{down}", f"m/{up}")

    def test_it_comes_along_with_the_file_that_was_asked_about(self) -> None:
        files = {"1_x.up.sql": TABLE, "1_x.down.sql": DROP, "2_y.up.sql": "", "2_y.down.sql": ""}
        found = told("golang-migrate", files, ["1_x.up.sql"])
        assert [each.path for each in found] == ["m/1_x.up.sql", "m/1_x.down.sql"]

    def test_it_can_be_asked_about_by_itself(self) -> None:
        files = {"1_x.up.sql": TABLE, "1_x.down.sql": "DROP VIEW t;"}
        (report,) = told("golang-migrate", files, ["1_x.down.sql"])
        assert halves(report) == [("down", "42809")]

    def test_one_that_rolls_nothing_back_is_none(self) -> None:
        first, *others = told("golang-migrate", {"1_x.up.sql": TABLE, "2_x.down.sql": DROP})
        assert halves(first) == [("up", "42P07")]
        assert not any(each.undoes for each in others)

    def test_of_several_parts_the_last_may_run_first(self) -> None:
        text = (
            f"-- rambler up\n{TABLE}-- rambler down\n{DROP}"
            "-- rambler up\nCREATE VIEW v AS SELECT id FROM t;\n-- rambler down\nDROP VIEW v;\n"
        )
        (report,) = told("rambler", {"1_x.sql": text})
        assert {each.verdict for each in report.statements} == {"safe"}

    def test_in_comments_of_each_changeset(self) -> None:
        text = (
            f"--changeset a:1\n{TABLE}--rollback DROP TABLE\n-- rollback t;\n"
            "--changeset a:2\nCREATE VIEW v AS SELECT id FROM t;\n--rollback DROP VIEW v;\n"
            "--changeset a:3\nSELECT 1;\n--rollback empty\n"
        )
        (report,) = told("liquibase", {"x.sql": text})
        assert [each.half for each in report.statements] == ["up", "down", "up", "down", "up"]
        assert {each.verdict for each in report.statements} == {"safe"}

    def test_for_this_server_comes_before_for_all(self) -> None:
        files = {"1_x.up.sql": TABLE, "1_x.down.sql": "", "1_x.postgres.down.sql": DROP}
        first, second = told("popx", files)[:2]
        assert second.path == "m/1_x.postgres.down.sql"
        assert halves(first) == [("up", "safe")]


def test_a_group_can_be_sent_to_another_process() -> None:
    texts = {"m/1_x.up.sql": TABLE.encode(), "m/1_x.down.sql": DROP.encode()}
    for rerun in ("any", "redo"):
        settings = Settings(rules=frozenset(), root=Path(), runner="golang-migrate", rerun=rerun)  # type: ignore[arg-type]
        (group,) = engine.open(texts, settings, texts).groups
        again = engine.part(pickle.loads(pickle.dumps(group)), settings, texts)
        assert [each.path for each in again.reports()][:1] == ["m/1_x.up.sql"]
        assert len(list(engine.part(group, settings, texts).reports())) == 1 + (rerun == "redo")


class TestWithoutOne:
    @pytest.mark.parametrize(
        ("runner", "name", "text"),
        [
            ("goose", "001_x.sql", f"-- +goose Up\n{TABLE}"),
            ("sql-migrate", "001_x.sql", f"-- +migrate Up\n{TABLE}"),
            ("golang-migrate", "001_x.up.sql", TABLE),
            ("rambler", "001_x.sql", f"-- rambler up\n{TABLE}"),
        ],
    )
    def test_it_is_taken_for_done(self, runner: str, name: str, text: str) -> None:
        (report,) = told(runner, {name: text})
        assert halves(report) == [("up", "42P07")]
        assert report.statements[0].leaves == ("table t",)

    @pytest.mark.parametrize(
        ("runner", "name", "text", "reason"),
        [
            ("diesel", "2024_x/up.sql", TABLE, "Diesel refuses to"),
            ("tern", "001_x.sql", f"{TABLE}---- create above / drop below ----\n", "refuses to"),
            ("sqlx", "001_x.up.sql", TABLE, "sqlx passes it over"),
            ("liquibase", "x.sql", f"--changeset a:1\n{TABLE}", "Liquibase refuses to"),
            ("drizzle", "0000_x.sql", TABLE, "Drizzle rolls nothing back"),
            ("flyway", "R__x.sql", TABLE, "never rolled back"),
        ],
    )
    def test_it_never_runs_again_that_way(
        self, runner: str, name: str, text: str, reason: str
    ) -> None:
        (report,) = told(runner, {name: text})
        assert halves(report) == [("up", "not-applicable")]
        assert reason in report.statements[0].reason

    def test_an_empty_one_is_a_plain_rerun(self) -> None:
        first, second = told("golang-migrate", {"1_x.up.sql": TABLE, "1_x.down.sql": "-- no\n"})
        assert halves(first) == [("up", "42P07")]
        assert halves(second) == []


class TestWhatIsSaid:
    def of(self, *files: tuple[str, str]) -> list[FileReport]:
        return told(
            "goose",
            {
                f"{number:03}_x.sql": f"-- +goose Up\n{up}\n-- +goose Down\n{down}\n"
                for number, (up, down) in enumerate(files, 1)
            },
        )

    def test_the_next_file_starts_from_the_first_run(self) -> None:
        _, second = self.of((TABLE, DROP), ("ALTER TABLE t ADD c int;", "ALTER TABLE t DROP c;"))
        assert halves(second) == [("up", "safe"), ("down", "safe")]

    def test_a_rollback_goes_on_after_an_error(self) -> None:
        up = "CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a;"
        (report,) = self.of((up, "DROP TABLE a; DROP VIEW v;"))
        assert halves(report) == [
            *(("up", "42P07"), ("up", "safe")),
            *(("down", "2BP01"), ("down", "safe")),
        ]
        assert report.statements[2].leaves == ("table a",), "who wanted to take it is to blame"

    def test_what_is_lost_was_there_before(self) -> None:
        create = "CREATE TABLE t (id int, c int);"
        _, second = self.of((create, DROP), ("ALTER TABLE t DROP COLUMN c;", "SELECT 1;"))
        assert second.statements[0].loses == ("column c on t",)

    def test_what_a_rollback_takes_too_much_is_its_own(self) -> None:
        _, second = self.of((TABLE, DROP), ("CREATE TABLE IF NOT EXISTS t (id int);", DROP))
        assert [each.loses for each in second.statements] == [(), ("table t",)]

    def test_rows_and_the_order_of_columns_do_not_count(self) -> None:
        create = "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2);"
        change = "ALTER TABLE t DROP COLUMN a;"
        found = self.of((create, DROP), (change, "ALTER TABLE t ADD COLUMN a int;"))
        assert {each.verdict for one in found for each in one.statements} == {"safe"}
        assert not any(each.leaves or each.loses for one in found for each in one.statements)

    def test_rows_that_stay_are_added_once_more(self) -> None:
        _, second = self.of((TABLE, DROP), ("INSERT INTO t VALUES (1);", "SELECT 1;"))
        assert halves(second)[0] == ("up", "repeats")

    def test_nothing_is_left_of_what_nobody_can_follow(self) -> None:
        (report,) = self.of((TABLE, "SELECT who_knows();"))
        assert halves(report) == [("up", "unknown"), ("down", "unknown")]
        assert report.statements[0].leaves == ()

    def test_what_nobody_made_is_missing(self) -> None:
        (report,) = self.of((TABLE, "DROP TABLE t; DROP TABLE u; DROP INDEX i;"))
        assert halves(report)[1:] == [("down", "safe"), ("down", "42P01"), ("down", "42704")]

    @pytest.mark.parametrize(
        "before",
        [
            "ALTER TABLE elsewhere ADD c int;",
            "SELECT who_knows();",
            "CREATE EXTENSION hstore;",
        ],
    )
    def test_unless_others_may_have_made_it(self, before: str) -> None:
        _, second = self.of((before, "SELECT 1;"), (TABLE, "DROP TABLE u;"))
        assert halves(second)[1] == ("down", "unknown")

    def test_no_sql_is_none_of_the_rollback_either(self) -> None:
        (report,) = self.of((TABLE, "DROP TABEL t;"))
        assert halves(report) == [("up", "42P07"), ("down", "42601")]

    def test_reasons_say_where_a_statement_stands(self) -> None:
        up = "CREATE TABLE a (id int);"
        files = {"1_x.up.sql": up, "1_x.down.sql": "DROP TABLE a; DROP TABLE a;"}
        _, second = told("golang-migrate", files)
        assert second.statements[1].sqlstate == "42P01"
        assert "of this file" not in second.statements[1].reason.replace("1 of this file", "")
