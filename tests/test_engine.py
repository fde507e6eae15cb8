"""From paths to reports: what a file is told depends on its folder, never on the command line."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from idemlint import engine
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import Slot
from idemlint.replay.catalog.view import StaleView
from idemlint.rules import all_rules
from idemlint.sequence.terms import StartAfter
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FileReport
    from idemlint.analysis.judged import Judged


def settings(root: Path, **options: object) -> Settings:
    codes = frozenset(code for code, rule in all_rules().items() if rule.default)
    return Settings(codes, root, **options)  # type: ignore[arg-type]


def write(root: Path, files: dict[str, str]) -> dict[str, Path]:
    paths = {}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths[name] = path
    return paths


def reports(root: Path, paths: list[Path], **options: object) -> dict[str, Judged]:
    return {
        str(Path(name).relative_to(root)): sequence.judged(name)
        for sequence in engine.open(paths, settings(root, **options))
        for name in sequence
    }


def verdicts(report: Judged) -> list[str]:
    return [
        f"{outcome.verdict.value} {outcome.sqlstate or ''}".strip() for outcome in report.outcomes
    ]


FOLDER = {
    "001_users.sql": "CREATE TABLE users (id int PRIMARY KEY, name text);\n",
    "002_names.sql": "ALTER TABLE users ALTER COLUMN name SET NOT NULL;\n",
    "003_seed.sql": "INSERT INTO users VALUES (1, 'ada');\n",
}


class TestKnowledgeOfTheFolder:
    def test_earlier_files_are_read_for_what_they_leave(self, tmp_path: Path) -> None:
        paths = write(tmp_path, FOLDER)
        alone = reports(tmp_path, [paths["003_seed.sql"]])
        assert list(alone) == ["003_seed.sql"]
        assert verdicts(alone["003_seed.sql"]) == ["fails 23505"]

    def test_a_file_is_told_the_same_alone_in_a_batch_and_with_its_folder(
        self, tmp_path: Path
    ) -> None:
        paths = write(tmp_path, FOLDER)
        whole = reports(tmp_path, list(paths.values()))
        for name, path in paths.items():
            for batch in ([path], [path, paths["001_users.sql"]]):
                told = reports(tmp_path, batch)[name]
                assert told.diagnostics == whole[name].diagnostics
                assert verdicts(told) == verdicts(whole[name])

    def test_without_its_folder_an_insert_may_fail_or_repeat(self, tmp_path: Path) -> None:
        paths = write(tmp_path, {"seed.sql": FOLDER["003_seed.sql"]})
        told = reports(tmp_path, [paths["seed.sql"]])["seed.sql"]
        assert verdicts(told) == ["unknown"]
        assert [each.code for each in told.diagnostics] == ["IDM401"]

    def test_a_column_without_a_default_is_harmless_on_a_table_of_the_same_file(
        self, tmp_path: Path
    ) -> None:
        add = "ALTER TABLE t ADD COLUMN IF NOT EXISTS n int NOT NULL;\n"
        paths = write(
            tmp_path,
            {
                "a/001.sql": "CREATE TABLE IF NOT EXISTS t (id int);\n" + add,
                "b/001.sql": "CREATE TABLE IF NOT EXISTS t (id int);\n",
                "b/002.sql": add,
            },
        )
        found = reports(tmp_path, list(paths.values()))
        assert not found["b/001.sql"].diagnostics
        assert [each.code for each in found["b/002.sql"].diagnostics] == ["IDM701"]

    def test_two_folders_do_not_know_of_each_other(self, tmp_path: Path) -> None:
        text = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY);\n"
        paths = write(tmp_path, {"a/001.sql": text, "b/001.sql": "INSERT INTO t VALUES (1);\n"})
        found = reports(tmp_path, list(paths.values()))
        assert verdicts(found["b/001.sql"]) == ["unknown"]
        assert [each.code for each in found["b/001.sql"].diagnostics] == ["IDM401"]


class TestOtherDefinitions:
    def test_a_guard_that_would_hide_a_difference_is_unsafe(self, tmp_path: Path) -> None:
        paths = write(
            tmp_path,
            {
                "001_a.sql": "CREATE TABLE users (id int, name text);\n",
                "002_b.sql": "CREATE TABLE IF NOT EXISTS users (id bigint, email text);\n",
            },
        )
        for asked in ([paths["001_a.sql"]], list(paths.values())):
            (diagnostic,) = reports(tmp_path, asked)["001_a.sql"].diagnostics
            assert diagnostic.fix is not None
            assert diagnostic.fix.applicability.label == "unsafe"
            assert diagnostic.fix.message.endswith(
                "002_b.sql makes it with email and without name and with another type of id"
            )

    def test_the_same_definition_twice_hides_nothing(self, tmp_path: Path) -> None:
        text = "CREATE TABLE users (id int, name text);\n"
        paths = write(tmp_path, {"001.sql": text, "002.sql": text.lower()})
        (diagnostic,) = reports(tmp_path, list(paths.values()))["001.sql"].diagnostics
        assert diagnostic.fix is not None
        assert diagnostic.fix.applicability.label == "safe"


class TestStartAfter:
    @pytest.mark.parametrize("up_to", ["002", "002_names.sql", "2", "migrations/002_names.sql"])
    def test_what_was_applied_is_context(self, tmp_path: Path, up_to: str) -> None:
        paths = write(tmp_path, {f"migrations/{name}": text for name, text in FOLDER.items()})
        after = (StartAfter(up_to, str(tmp_path)),)
        found = reports(tmp_path, list(paths.values()), start_after=after, runner="psql")
        assert list(found) == ["migrations/003_seed.sql"]
        assert found["migrations/003_seed.sql"].diagnostics

    def test_it_does_not_excuse_what_runs_again_by_design(self, tmp_path: Path) -> None:
        paths = write(
            tmp_path,
            {
                "db/migration/V1__t.sql": "CREATE TABLE t (a int);\n",
                "db/migration/R__v.sql": "CREATE VIEW v AS SELECT 1 AS a;\n",
                "db/migration/V2__u.sql": "CREATE TABLE u (a int);\n",
            },
        )
        found = reports(tmp_path, list(paths.values()), start_after=(StartAfter("2", "."),))
        told = [report for report in found.values() if report.diagnostics]
        (diagnostic,) = told[0].diagnostics
        assert len(told) == 1
        assert diagnostic.code == "IDM108"
        assert diagnostic.message.endswith("Flyway runs R__ migrations again whenever they change")


UP_AND_DOWN = {
    "1_t.up.sql": "CREATE TABLE t (a int);\n",
    "1_t.down.sql": "DROP TABLE t;\n",
}


class TestDirections:
    def test_files_that_undo_are_not_linted(self, tmp_path: Path) -> None:
        paths = write(tmp_path, UP_AND_DOWN)
        assert list(reports(tmp_path, list(paths.values()))) == ["1_t.up.sql"]

    def test_unless_they_are_asked_for(self, tmp_path: Path) -> None:
        paths = write(tmp_path, UP_AND_DOWN)
        found = reports(tmp_path, list(paths.values()), down=True)
        assert [each.code for each in found["1_t.down.sql"].diagnostics] == ["IDM301"]

    def test_sections_that_undo_have_no_verdict(self, tmp_path: Path) -> None:
        text = "-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\nDROP TABLE t;\n"
        paths = write(tmp_path, {"db/migrations/20240101000000_t.sql": text})
        (report,) = reports(tmp_path, list(paths.values())).values()
        assert verdicts(report) == ["fails 42P07", "not-applicable"]


RENAMED_LATER = {
    "001.sql": "CREATE TABLE IF NOT EXISTS t (a int);\n",
    "002.sql": "ALTER TABLE IF EXISTS t RENAME TO u;\n",
}


class TestReruns:
    def test_a_folder_knows_what_a_file_alone_does_not(self, tmp_path: Path) -> None:
        paths = write(tmp_path, RENAMED_LATER)
        file = reports(tmp_path, list(paths.values()), rerun="file")
        assert [verdicts(file[name]) for name in RENAMED_LATER] == [["safe"], ["safe"]]
        folder = reports(tmp_path, list(paths.values()), rerun="folder")
        assert [verdicts(folder[name]) for name in RENAMED_LATER] == [["repeats"], ["fails 42P07"]]

    def test_a_file_outside_the_order_is_a_folder_by_itself(self, tmp_path: Path) -> None:
        paths = write(tmp_path, UP_AND_DOWN)
        found = reports(tmp_path, [paths["1_t.down.sql"]], rerun="folder", down=True)
        assert verdicts(found["1_t.down.sql"]) == ["fails 42P01"]

    def test_a_stop_in_the_middle_is_worse_than_the_end(self, tmp_path: Path) -> None:
        text = "CREATE TABLE t (a int);\nDROP TABLE t;\n"
        paths = write(tmp_path, {"001.sql": text})
        file = reports(tmp_path, [paths["001.sql"]], rerun="file")["001.sql"]
        assert verdicts(file) == ["safe", "safe"]
        worst = reports(tmp_path, [paths["001.sql"]], rerun="any")["001.sql"]
        assert verdicts(worst) == ["fails 42P07", "safe"]
        assert worst.outcomes[0].rerun == "interrupted"

    def test_one_transaction_leaves_nothing_half_done(self, tmp_path: Path) -> None:
        text = "BEGIN;\nCREATE TABLE t (a int);\nDROP TABLE t;\nCOMMIT;\n"
        paths = write(tmp_path, {"001.sql": text})
        worst = reports(tmp_path, [paths["001.sql"]], rerun="any")["001.sql"]
        assert verdicts(worst) == ["safe"] * 4


def test_a_file_is_asked_about_once_however_its_name_is_written(tmp_path: Path) -> None:
    paths = write(tmp_path, FOLDER)
    again = f"{tmp_path}/../{tmp_path.name}/001_users.sql"
    for names in ([paths["001_users.sql"], again], [tmp_path, again]):
        folder = engine.open(names, settings(tmp_path))
        asked = [name for sequence in folder for name in sequence]
        assert again not in asked
        assert asked.count(str(paths["001_users.sql"])) == 1


def opened(texts: dict[str, str], **options: object) -> engine.Folder:
    """A folder that is in memory only."""
    files = {name: text.encode() for name, text in texts.items()}
    return engine.open(files, settings(Path(), runner="psql", **options), files)


def only(folder: engine.Folder) -> engine.Sequence:
    (sequence,) = folder
    return sequence


class TestAFolderLives:
    """An editor changes texts, and asks again."""

    TEXTS: ClassVar = {
        "no/such/1.sql": "CREATE TABLE IF NOT EXISTS t (a int);\n",
        "no/such/2.sql": "ALTER TABLE t ADD COLUMN IF NOT EXISTS b int;\n",
        "no/such/3.sql": "CREATE TABLE u (a int);\n",
    }

    def test_a_changed_text_is_judged_anew(self) -> None:
        sequence = only(opened(self.TEXTS))
        assert verdicts(sequence.judged("no/such/2.sql")) == ["safe"]
        sequence.update("no/such/2.sql", b"ALTER TABLE t ADD COLUMN b int;\n")
        assert verdicts(sequence.judged("no/such/2.sql")) == ["fails 42701"]

    def test_files_may_be_asked_about_in_any_order(self) -> None:
        forth = only(opened(self.TEXTS))
        back = only(opened(self.TEXTS))
        told = {name: forth.report(name) for name in self.TEXTS}
        assert {name: back.report(name) for name in reversed(self.TEXTS)} == told
        assert {name: back.report(name) for name in reversed(self.TEXTS)} == told

    def test_an_earlier_file_changes_what_a_later_one_meets(self) -> None:
        sequence = only(opened(self.TEXTS))
        assert verdicts(sequence.judged("no/such/3.sql")) == ["fails 42P07"]
        moved = sequence.update("no/such/1.sql", b"CREATE TABLE t (id int PRIMARY KEY);\n")
        assert moved == set(self.TEXTS)
        sequence.update("no/such/3.sql", b"INSERT INTO t VALUES (1);\n")
        assert verdicts(sequence.judged("no/such/3.sql")) == ["fails 23505"]

    def test_the_same_text_again_moves_nothing(self) -> None:
        sequence = only(opened(self.TEXTS))
        text = self.TEXTS["no/such/1.sql"].encode()
        assert sequence.update("no/such/1.sql", text) == frozenset()

    def test_a_later_file_may_change_the_answers_of_an_earlier_one(self) -> None:
        texts = {**self.TEXTS, "no/such/1.sql": "CREATE TABLE t (a int);\n"}
        sequence = only(opened(texts))
        (before,) = sequence.report("no/such/1.sql").findings
        moved = sequence.update("no/such/3.sql", b"CREATE TABLE IF NOT EXISTS t (other text);\n")
        assert moved == {"no/such/1.sql", "no/such/3.sql"}
        (after,) = sequence.report("no/such/1.sql").findings
        assert before.fix is not None
        assert after.fix is not None
        assert (before.fix.applicability, after.fix.applicability) == ("safe", "unsafe")

    def test_an_update_and_its_taking_back_leave_no_trace(self) -> None:
        sequence = only(opened(self.TEXTS))
        before = [sequence.report(name) for name in sequence]
        for name, text in self.TEXTS.items():
            sequence.update(name, b"DROP TABLE IF EXISTS t; CREATE TABLE t (x int);\n")
            _ = [sequence.report(each) for each in sequence]
            sequence.update(name, text.encode())
        assert [sequence.report(name) for name in sequence] == before

    def test_what_made_something_can_be_found(self) -> None:
        sequence = only(opened({**self.TEXTS, "no/such/2.sql": "SELECT 1;\nCREATE TABLE b ();\n"}))
        sequence.judged("no/such/3.sql")
        assert [sequence.origin(number) for number in range(6)] == [
            None,
            ("no/such/1.sql", 0),
            ("no/such/2.sql", 0),
            ("no/such/2.sql", 1),
            ("no/such/3.sql", 0),
            None,
        ]

    def test_a_view_is_of_one_moment(self) -> None:
        sequence = only(opened(self.TEXTS))
        first = sequence.after("no/such/1.sql")
        table, column = (
            Ref(Space.RELATION, "t"),
            Ref(Space.COLUMN, "b", None, Ref(Space.RELATION, "t")),
        )
        assert first.as_made.presence(table) == "present"
        assert first.surely.presence(column) == "unknown"
        second = sequence.after("no/such/2.sql")
        assert second.surely.presence(column) == "present"
        with pytest.raises(StaleView):
            first.surely.presence(table)

    def test_files_run_again_over_what_the_whole_sequence_left(self) -> None:
        sequence = only(opened(RENAMED_LATER))
        again = sequence.rerun()
        assert {
            name: [each.verdict.value for each in told.values()] for name, told in again.items()
        } == {
            "001.sql": ["repeats"],
            "002.sql": ["fails"],
        }
        assert list(sequence.rerun({"002.sql"})) == ["002.sql"]
        assert sequence.rerun({"002.sql"})["002.sql"][0].sqlstate is None

    def test_files_run_over_another_database(self) -> None:
        sequence = only(opened({"1.sql": "CREATE TABLE t (a int);\n"}))
        live = Catalog()
        key = (Space.RELATION, 1, "t")
        live.put(key, Slot("absent", live.new_oid()))
        assert sequence.rerun(over=live)["1.sql"][0].sqlstate is None
        live.put(key, Slot("present", live.new_oid(), Kind.TABLE))
        assert sequence.rerun(over=live)["1.sql"][0].sqlstate == "42P07"

    def test_a_text_may_change_whose_migrations_the_siblings_are(self, tmp_path: Path) -> None:
        paths = write(tmp_path, {"1_a.sql": "CREATE TABLE a ();\n", "2_b.sql": "SELECT 1;\n"})
        folder = engine.open(paths.values(), settings(tmp_path))
        assert [sequence.runner for sequence in folder] == ["psql"]
        first, second = map(str, paths.values())
        goose = b"-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n"
        moved = folder.update({first: goose})
        assert moved == {first, second}
        assert [(sequence.runner, sequence.names) for sequence in folder] == [
            ("goose", (first,)),
            ("goose", (second,)),
        ]
        assert folder.update({second: goose.replace(b"a", b"b")}) == {first, second}
        assert [sequence.names for sequence in folder] == [(first, second)]

    def test_an_unsaved_configuration_of_the_runner_counts(self, tmp_path: Path) -> None:
        paths = write(
            tmp_path,
            {
                "diesel.toml": "",
                "migrations/20240101000000_i/up.sql": "CREATE INDEX CONCURRENTLY i ON t (a);\n",
                "migrations/20240101000000_i/metadata.toml": "run_in_transaction = true\n",
            },
        )
        name = str(paths["migrations/20240101000000_i/up.sql"])
        metadata = str(paths["migrations/20240101000000_i/metadata.toml"])
        folder = engine.open([name], settings(tmp_path))
        (before,) = folder.reports()
        assert "IDM501" in {finding.code for finding in before.findings}
        assert name in folder.update({metadata: b"run_in_transaction = false\n"})
        (after,) = folder.reports()
        assert "IDM501" not in {finding.code for finding in after.findings}

    def test_so_may_a_configuration_file_that_is_not_saved_yet(self, tmp_path: Path) -> None:
        up = "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\n"
        name = str(write(tmp_path, {"diesel.toml": "", "1_t/up.sql": up})["1_t/up.sql"])
        folder = engine.open([name], settings(tmp_path))
        (sequence,) = folder
        assert [each.code for each in sequence.judged(name).diagnostics] == ["IDM501"]
        toml = str(tmp_path / "1_t" / "metadata.toml")
        moved = folder.update({toml: b"run_in_transaction = false\n"})
        assert name in moved
        (sequence,) = folder
        assert not sequence.judged(name).diagnostics
        folder.update({toml: None})
        (sequence,) = folder
        assert [each.code for each in sequence.judged(name).diagnostics] == ["IDM501"]

    def test_siblings_that_are_not_on_disk_count_for_whose_a_file_is(self) -> None:
        texts = {
            "no/such/1_a.sql": "SELECT 1;\n",
            "no/such/2_b.sql": "-- +goose Up\nSELECT 1;\n",
        }
        files = {name: text.encode() for name, text in texts.items()}
        sequence, alone = engine.open(["no/such/1_a.sql"], settings(Path()), files)
        assert sequence.runner == alone.runner == "goose"
        assert sequence.files == ("no/such/2_b.sql",)
        assert {name: why.kind for name, why in sequence.outside.items()} == {
            "no/such/1_a.sql": "unread"
        }


def test_the_door_opens_without_a_command_line_or_a_driver() -> None:
    program = (
        "import sys, idemlint.engine;"
        "print(*({'click', 'rich', 'psycopg', 'idemlint.cli', 'idemlint.report'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


class TestAReport:
    def report(self) -> FileReport:
        return only(
            opened({"1.sql": "CREATE TABLE é (a int);\nINSERT INTO é VALUES (1);\n"})
        ).report("1.sql")

    def test_it_can_be_sent_to_another_process(self) -> None:
        report = self.report()
        assert pickle.loads(pickle.dumps(report)) == report

    def test_it_can_be_written_as_json(self) -> None:
        report = self.report()
        assert json.loads(json.dumps(report)) == _as_lists(report)

    def test_it_says_where_things_are(self) -> None:
        first, second = self.report().findings
        assert (first.start.row, first.start.column, first.start.offset) == (1, 1, 0)
        assert (second.start.row, second.start.column, second.start.offset) == (2, 1, 25)
        assert [line.marked for line in first.lines] == ["CREATE TABLE é (a int)"]


def _as_lists(value: object) -> object:
    return [_as_lists(each) for each in value] if isinstance(value, tuple) else value
