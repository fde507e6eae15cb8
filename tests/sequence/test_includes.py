"""Files that psql runs in the midst of others: where they have their place, and what runs with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.errors import UsageProblem
from idemlint.sequence.running import spliced
from idemlint.sequence.running.following import arranged
from idemlint.sequence.running.runs import Include
from idemlint.sequence.texts import Texts
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.modes import Mode


def to(*targets: str) -> tuple[Include, ...]:
    return tuple(Include(target) for target in targets)


class TestOrder:
    def test_what_a_file_runs_stands_before_it(self) -> None:
        includes = {"main": to("z", "a"), "z": to("y")}
        names, hosts = arranged(["a", "b", "main", "y", "z"], includes)
        assert names == ["b", "z", "y", "a", "main"]
        assert hosts == {"z": "main", "y": "main", "a": "main"}

    def test_what_two_files_run_is_judged_in_the_first(self) -> None:
        names, hosts = arranged(["1", "2", "x"], {"1": to("x"), "2": to("x")})
        assert (names, hosts) == (["x", "1", "2"], {"x": "1"})

    def test_a_file_from_elsewhere_comes_along(self) -> None:
        assert arranged(["1"], {"1": to("../x")}) == (["../x", "1"], {"../x": "1"})

    def test_a_file_that_has_its_place_keeps_it(self) -> None:
        includes = {"a": to("1", "x"), "1": to("y")}
        names, hosts = arranged(["1", "a", "x"], includes, {"1"})
        assert (names, hosts) == (["y", "1", "x", "a"], {"y": "1", "x": "a"})

    def test_in_a_circle_the_first_begins(self) -> None:
        includes = {"1": to("2"), "2": to("3"), "3": to("1", "2")}
        assert arranged(["0", "1", "2", "3"], includes) == (
            ["0", "2", "3", "1"],
            {"2": "1", "3": "1"},
        )

    def test_a_file_that_runs_itself_stays_where_it_is(self) -> None:
        assert arranged(["1", "2"], {"1": to("1")}) == (["1", "2"], {})

    def test_what_is_not_followed_moves_nothing(self) -> None:
        assert arranged(["1", "2"], {"1": (Include("", "why"),)}) == (["1", "2"], {})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def opened(
    *paths: str, once: bool = True, runner: str = "auto", rerun: Mode = "file"
) -> engine.Folder:
    settings = Settings.load(isolated=True, runner=runner, rerun=rerun)
    return engine.open(paths, settings, once=once)


def verdicts(*paths: str, runner: str = "auto", rerun: Mode = "file") -> dict[str, list[str]]:
    return {
        each.filename: [row.verdict for row in each.statements]
        for each in opened(*paths, runner=runner, rerun=rerun).reports()
    }


@pytest.mark.usefixtures("here")
class TestWhatRuns:
    def test_the_files_are_judged_where_they_run(self) -> None:
        write("db/a_main.sql", "CREATE SCHEMA s;\n\\ir z.sql\nDROP TABLE s.t;\n")
        write("db/z.sql", "CREATE TABLE s.t (id int);\nINSERT INTO s.t VALUES (1);\n")
        assert verdicts("db") == {
            "db/z.sql": ["safe", "safe"],
            "db/a_main.sql": ["fails", "safe", "safe"],
        }

    def test_a_transaction_goes_on_in_them(self) -> None:
        write("main.sql", "BEGIN;\n\\i inner/x.sql\nCOMMIT;\n")
        write("inner/x.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (id);\n")
        codes = {
            each.filename: [one.code for one in each.findings] for each in opened(".").reports()
        }
        assert codes == {"inner/x.sql": ["IDM501"], "main.sql": []}

    def test_who_is_to_blame_is_told_where_it_stands(self) -> None:
        write(
            "1.sql",
            "SELECT 1;\nSELECT 2;\n\\i x.sql\nALTER TABLE u ADD COLUMN IF NOT EXISTS a int;\n\\i y.sql\n",
        )
        write("x.sql", "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;\n")
        write("y.sql", "SELECT 3;\nDROP TABLE IF EXISTS t;\nDROP TABLE IF EXISTS u;\n")
        reasons = [row.reason for each in opened(".").reports() for row in each.statements]
        assert [each for each in reasons if each] == [
            "table t is gone since statement 2 of y.sql",
            "table u is gone since statement 3 of y.sql",
        ]

    def test_one_that_is_run_twice_has_its_worst_outcome(self) -> None:
        write("1.sql", "\\i x.sql\nDROP TABLE t;\n\\i x.sql\n")
        write("x.sql", "CREATE TABLE t (id int);\n")
        assert verdicts(".") == {"x.sql": ["fails"], "1.sql": ["safe", "repeats", "safe"]}

    @pytest.mark.parametrize("rerun", ["statement", "file", "interrupted", "any", "folder"])
    def test_in_every_rerun(self, rerun: Mode) -> None:
        write("1.sql", "\\i x.sql\nCREATE INDEX i ON t (id);\n")
        write("x.sql", "CREATE TABLE t (id int);\nSELECT 1;\n")
        assert verdicts(".", rerun=rerun) == {
            "x.sql": ["fails", "safe"],
            "1.sql": ["safe", "fails"],
        }

    def test_who_asks_about_a_file_asks_about_what_it_runs(self) -> None:
        write("db/main.sql", "\\ir ../lib/x.sql\n")
        write("lib/x.sql", "CREATE TABLE t (id int);\n")
        write("lib/y.sql", "CREATE TABLE u (id int);\n")
        assert verdicts("db/main.sql") == {"lib/x.sql": ["fails"], "db/main.sql": ["safe"]}

    def test_who_asks_about_what_is_run_hears_nothing_of_who_runs_it(self) -> None:
        write("main.sql", "CREATE TABLE u (id int);\n\\i x.sql\nDROP TABLE t;\n")
        write("x.sql", "CREATE TABLE t (id int);\n")
        assert verdicts("x.sql") == {"x.sql": ["safe"]}

    def test_a_file_is_asked_about_once_wherever_it_lies(self) -> None:
        write("db/main.sql", "\\i lib/x.sql\nDROP TABLE t;\n")
        write("lib/x.sql", "CREATE TABLE t (id int);\n")
        write("lib/y.sql", "CREATE TABLE u (id int);\n")
        folder = opened("db", "lib")
        reports = {each.filename: each.statements[0].verdict for each in folder.reports()}
        assert reports == {"lib/x.sql": "safe", "db/main.sql": "safe", "lib/y.sql": "fails"}
        assert [list(each) for each in opened("db", "lib")] == [
            ["lib/x.sql", "db/main.sql"],
            ["lib/y.sql"],
        ]

    def test_the_folder_of_a_sequence_is_where_its_own_files_lie(self) -> None:
        write("db/main.sql", "\\i lib/x.sql\n")
        write("lib/x.sql", "SELECT 1;\n")
        (sequence,) = opened("db")
        assert sequence.folder == "db"

    def test_a_test_that_runs_a_migration_does_not_take_it_from_its_runner(self) -> None:
        write("supabase/config.toml", "")
        write("supabase/migrations/20240101000000_a.sql", "CREATE TABLE t (id int);\n")
        write("supabase/migrations/20240102000000_b.sql", "DROP TABLE t;\n")
        write(
            "supabase/tests/b.sql",
            "BEGIN;\n\\ir ../migrations/20240101000000_a.sql\nALTER TABLE t ADD x int;\nROLLBACK;\n",
        )
        folder = opened(".")
        assert {each.runner: list(each) for each in folder} == {
            "supabase": [
                "supabase/migrations/20240101000000_a.sql",
                "supabase/migrations/20240102000000_b.sql",
            ],
            "psql": ["supabase/tests/b.sql"],
        }
        assert verdicts("supabase/tests")["supabase/tests/b.sql"] == ["safe"] * 4
        assert list(verdicts("supabase/tests")) == ["supabase/tests/b.sql"]

    def test_what_runs_a_file_that_is_judged_elsewhere_is_not_safe_where_that_is_not(self) -> None:
        write("supabase/config.toml", "")
        write("supabase/migrations/20240101000000_a.sql", "SELECT 1;\nCREATE TABLE t (id int);\n")
        write("supabase/tests/b.sql", "\\ir ../migrations/20240101000000_a.sql\nSELECT 1;\n")
        (report,) = opened("supabase/tests").reports()
        assert [(each.verdict, each.reason) for each in report.statements] == [
            (
                "unknown",
                "it runs statement 2 of supabase/migrations/20240101000000_a.sql, which fails",
            ),
            ("safe", ""),
        ]

    def test_what_somebody_has_put_into_an_order_stays_there(self) -> None:
        write("sql/808_a.sql", "CREATE TABLE t (id int);\n")
        write("sql/809_b.sql", "DROP TABLE t;\n")
        write("deploy/all.sql", "\\ir ../sql/809_b.sql\n")
        assert [list(each) for each in opened(".")] == [
            ["deploy/all.sql"],
            ["sql/808_a.sql", "sql/809_b.sql"],
        ]
        assert list(verdicts("deploy")) == ["sql/809_b.sql", "deploy/all.sql"]

    def test_who_runs_all_of_a_folder_says_in_which_order(self) -> None:
        write("indexes/01_a.sql", "CREATE INDEX a ON t (id);\n")
        write("indexes/02_b.sql", "CREATE INDEX b ON t (id);\n")
        write("main.sql", "\\i indexes/02_b.sql\n\\i indexes/01_a.sql\n")
        assert [list(each) for each in opened(".")] == [
            ["indexes/02_b.sql", "indexes/01_a.sql", "main.sql"]
        ]

    def test_a_plan_goes_before_what_its_scripts_run(self) -> None:
        write(
            "sqitch.plan",
            "%project=p\n\na 2024-01-01T00:00:00Z n <e>\nb 2024-01-01T00:00:00Z n <e>\n",
        )
        write("deploy/a.sql", "\\ir b.sql\n\\ir ../common/x.sql\n")
        write("deploy/b.sql", "SELECT 1;\n")
        write("common/x.sql", "CREATE TABLE t (id int);\n")
        assert [list(each) for each in opened(".")] == [
            ["common/x.sql", "deploy/a.sql", "deploy/b.sql"]
        ]

    def test_a_runner_that_is_not_psql_runs_no_other_file(self) -> None:
        write("V1__a.sql", "\\i x.txt\n")
        write("x.txt", "CREATE TABLE t (id int);\n")
        assert verdicts(".", runner="flyway") == {"V1__a.sql": ["unknown"]}

    def test_what_a_statement_was_made_by(self) -> None:
        write("main.sql", "SELECT 1;\n\\i x.sql\nSELECT 2;\n")
        write("x.sql", "SELECT 3;\nSELECT 4;\n")
        (sequence,) = opened(".", once=False)
        sequence.after("main.sql")
        assert [sequence.origin(number) for number in range(1, 7)] == [
            ("main.sql", 0),
            ("x.sql", 0),
            ("x.sql", 1),
            ("main.sql", 1),
            ("main.sql", 2),
            None,
        ]

    def test_what_a_file_runs_in_its_own_folder_goes_with_it(self) -> None:
        write("db/1.sql", "\\i sub/a.sql\nINSERT INTO a VALUES (1);\n\\ir sub/b.sql\n")
        write("db/sub/a.sql", "DROP TABLE IF EXISTS a;\nCREATE TABLE a (id int);\n\\ir deep.sql\n")
        write("db/sub/b.sql", "CREATE TABLE b (id int);\n")
        write("db/sub/deep.sql", "\\i ../../out.sql\nCREATE VIEW v AS SELECT id FROM a;\n")
        write("out.sql", "CREATE TABLE o (id int);\nDROP VIEW IF EXISTS v;\n")
        assert verdicts("db") == {
            "db/sub/a.sql": ["fails", "fails", "safe"],
            "db/sub/deep.sql": ["safe", "safe"],
            "out.sql": ["fails", "safe"],
            "db/sub/b.sql": ["fails"],
            "db/1.sql": ["safe", "repeats", "safe"],
        }


@pytest.mark.usefixtures("here")
class TestWhatIsNotFollowed:
    def reasons(self, *paths: str) -> list[str]:
        prefix = "runs another file here, which is not followed: "
        return [
            row.reason.partition(prefix)[2]
            for each in opened(*paths).reports()
            for row in each.statements
            if row.verdict == "unknown"
        ]

    def test_a_file_that_is_not_there(self) -> None:
        write("main.sql", "\\i x.sql\n")
        assert self.reasons(".") == ["it is not there"]

    def test_a_folder_and_a_device(self) -> None:
        write("main.sql", "\\i sub\n\\i /dev/stdin\n")
        Path("sub").mkdir()
        assert self.reasons(".") == ["it is not there", "its path is that of one machine"]

    def test_what_lies_outside_of_the_repository(self, here: Path) -> None:
        outside = here.parent / f"{here.name}-outside.sql"
        outside.write_text("SELECT 1;\n", encoding="utf-8")
        write("main.sql", f"\\i ../{outside.name}\n\\i link.sql\n")
        Path("link.sql").symlink_to(outside)
        assert self.reasons("main.sql") == ["it lies outside of the repository"] * 2

    def test_what_may_be_one_of_two(self) -> None:
        write("db/main.sql", "\\i x.sql\n\\ir x.sql\n")
        write("db/x.sql", "SELECT 1;\n")
        write("x.sql", "SELECT 1;\n")
        assert self.reasons("db/main.sql") == ["it may be any of 2 files of that name"]

    def test_a_circle(self) -> None:
        write("1.sql", "\\i 2.sql\n")
        write("2.sql", "\\i 1.sql\nCREATE TABLE t (id int);\n")
        assert self.reasons(".") == ["it is running already"]
        assert verdicts(".") == {"2.sql": ["unknown", "fails"], "1.sql": ["safe"]}

    def test_a_file_that_runs_itself(self) -> None:
        write("1.sql", "\\i 1.sql\n")
        assert self.reasons(".") == ["it is running already"]

    def test_more_than_anybody_would_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spliced, "_MOST", 1_000)
        for depth in range(20):
            write(f"{depth}.sql", f"\\ir {depth + 1}.sql\n" * 2)
        write("20.sql", "SELECT 1;\n")
        assert set(self.reasons("0.sql")) == {"more than 1,000 statements would run here"}

    def test_a_chain_that_is_too_long(self) -> None:
        for depth in range(60):
            write(f"{depth}.sql", f"\\ir {depth + 1}.sql\n")
        write("60.sql", "CREATE TABLE t (id int);\n")
        found = verdicts(".")
        assert found.pop("60.sql") == ["unknown"]
        assert self.reasons("0.sql")[0] == "it is 50 files deep"

    def test_what_cannot_be_read_as_text(self) -> None:
        write("main.sql", "\\i x.sql\n")
        Path("x.sql").write_bytes(b"\xff\xfeC\x00R\x00")
        assert verdicts("main.sql")["main.sql"] == ["safe"]
        assert verdicts("main.sql")["x.sql"] != ["safe"]


@pytest.mark.usefixtures("here")
class TestAFileThatCannotBeRead:
    @pytest.mark.parametrize("rerun", ["any", "folder"])
    def test_it_costs_itself_alone(self, monkeypatch: pytest.MonkeyPatch, rerun: Mode) -> None:
        write("main.sql", "\\i x.sql\n\\i y.sql\n")
        write("x.sql", "SELECT 1;\n")
        write("y.sql", "CREATE TABLE t (id int);\n")
        folder = opened(".", rerun=rerun)
        real = Texts.read

        def read(texts: Texts, name: str) -> bytes:
            if name == "x.sql":
                raise UsageProblem(f"{name}: cannot be read: it has gone")
            return real(texts, name)

        monkeypatch.setattr(Texts, "read", read)
        found = {each.filename: each for each in folder.reports()}
        assert found["x.sql"].problem == "x.sql: cannot be read: it has gone"
        assert [each.verdict for each in found["y.sql"].statements] == ["fails"]
        assert [each.verdict for each in found["main.sql"].statements] == ["unknown", "safe"]
        assert not any(each.problem for name, each in found.items() if name != "x.sql")


@pytest.mark.usefixtures("here")
class TestEdits:
    def test_an_edit_of_a_file_that_is_run(self) -> None:
        write("main.sql", "\\i x.sql\nDROP TABLE IF EXISTS u;\n")
        write("x.sql", "CREATE TABLE t (id int);\n")
        folder = opened(".", once=False)
        (sequence,) = folder
        assert [each.verdict for each in sequence.report("x.sql").statements] == ["fails"]
        moved = sequence.update("x.sql", b"CREATE TABLE u (id int);\n")
        assert moved >= {"x.sql", "main.sql"}
        assert list(folder) == [sequence]
        assert [each.verdict for each in sequence.report("x.sql").statements] == ["safe"]

    def test_an_edit_of_a_file_that_has_its_place_elsewhere(self) -> None:
        write("m/V1__t.sql", "CREATE TABLE t (id int);\n")
        write("tests/t.sql", "\\ir ../m/V1__t.sql\nDROP TABLE t;\n")
        folder = opened(".", once=False)
        sequence = folder.sequence_of("tests/t.sql")
        assert sequence is not None
        found = [each.verdict for each in sequence.report("tests/t.sql").statements]
        assert found == ["safe", "safe"]
        moved = folder.update({"m/V1__t.sql": b"CREATE TABLE u (id int);\n"})
        assert moved >= {"m/V1__t.sql", "tests/t.sql"}
        assert folder.sequence_of("tests/t.sql") is sequence
        found = [each.verdict for each in sequence.report("tests/t.sql").statements]
        assert found == ["unknown", "fails"]

    def test_an_edit_that_moves_the_command(self) -> None:
        write("main.sql", "\\i x.sql\n")
        write("x.sql", "CREATE TABLE t (id int);\n")
        folder = opened(".", once=False)
        (sequence,) = folder
        sequence.report("main.sql")
        sequence.update("main.sql", b"SELECT 1;\n\n\\i x.sql\nDROP TABLE t;\n")
        assert list(folder) == [sequence]
        assert [each.verdict for each in sequence.report("x.sql").statements] == ["safe"]

    def test_a_command_that_comes_and_goes(self) -> None:
        write("main.sql", "SELECT 1;\n")
        write("a.sql", "DROP TABLE t;\n")
        write("x.sql", "CREATE TABLE t (id int);\n")
        folder = opened(".", once=False)
        assert [list(each) for each in folder] == [["a.sql", "main.sql", "x.sql"]]
        folder.update({"main.sql": b"\\i x.sql\n\\i a.sql\n"})
        assert [list(each) for each in folder] == [["x.sql", "a.sql", "main.sql"]]
        assert [row.verdict for each in folder.reports() for row in each.statements] == ["safe"] * 4
        folder.update({"main.sql": None})
        assert [list(each) for each in folder] == [["a.sql", "main.sql", "x.sql"]]
