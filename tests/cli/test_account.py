"""Every run ends with what was looked at and what was not; nothing checked is no pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from cli.conftest import BAD, GOOD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]

UNKNOWN = "SELECT do_something();\n"
UP, DOWN = "-- +goose Up\n", "-- +goose Down\n"


@pytest.fixture
def mixed(here: Path) -> None:
    """Files of all sorts in one folder."""
    write("m/001_old.up.sql", GOOD)
    write("m/002_new.up.sql", "CREATE INDEX IF NOT EXISTS i ON users (id);\n")
    write("m/003_more.up.sql", "DO $$ BEGIN EXECUTE current_setting('x.y'); END $$;\n")
    write("m/003_more.down.sql", "SELECT 1;\n")
    write("m/004_code.go", "package m\n")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "one")


LINE = "2 files checked, 1 before start-after, 1 down, 1 not SQL, 1 statement unknown"


@pytest.mark.usefixtures("mixed")
class TestInEveryFormat:
    @pytest.mark.parametrize("name", ["full", "concise", "markdown"])
    def test_as_a_sentence(self, idemlint: Idemlint, name: str) -> None:
        result = idemlint("--start-after", "001", "--output-format", name, "m")
        assert f"{LINE}; `idemlint replay` says why." in result.out
        assert result.code == 0

    @pytest.mark.parametrize("name", ["json", "gitlab"])
    def test_lists_stay_lists_and_it_is_said_beside(self, idemlint: Idemlint, name: str) -> None:
        result = idemlint("--start-after", "001", "--output-format", name, "m")
        assert json.loads(result.out) == []
        assert result.err == f"{LINE}.\n"

    def test_github_has_a_notice(self, idemlint: Idemlint) -> None:
        out = idemlint("--start-after", "001", "--output-format", "github", "m").out
        assert f"::notice title=idemlint::{LINE}\n" in out

    def test_sarif_has_a_notification(self, idemlint: Idemlint) -> None:
        out = idemlint("--start-after", "001", "--output-format", "sarif", "m").out
        (invocation,) = json.loads(out)["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is True
        assert invocation["toolExecutionNotifications"] == [
            {"level": "note", "message": {"text": f"{LINE}."}}
        ]

    def test_junit_has_properties(self, idemlint: Idemlint) -> None:
        out = idemlint("--start-after", "001", "--output-format", "junit", "m").out
        found = {
            each.attrib["name"]: each.attrib["value"]
            for each in ElementTree.fromstring(out).iter("property")
        }
        assert found == {
            "account": LINE,
            "statements": "2",
            "checked": "2",
            "start-after": "1",
            "down": "1",
            "not-sql": "1",
            "unknown": "1",
        }

    def test_a_summary_file_has_it_as_data(self, idemlint: Idemlint, here: Path) -> None:
        idemlint("--start-after", "001", "--summary-file", "summary.json", "m")
        found = json.loads((here / "summary.json").read_text())
        assert found["version"] == 1
        assert found["exit_code"] == 0
        assert found["account"] == LINE
        assert found["files"] == {"checked": 2, "start-after": 1, "down": 1, "not-sql": 1}
        assert found["statements"] == {"total": 2, "unknown": 1}
        assert {"filename": "m/004_code.go", "kind": "not-sql", "detail": "Go"} in found["left_out"]
        assert found["holes"] == ["1 not SQL", "1 statement unknown"]
        assert found["findings"] == {"total": 0, "errors": 0, "fixed": 0, "by_rule": {}}

    def test_the_summary_is_of_what_was_shown(self, idemlint: Idemlint, here: Path) -> None:
        def findings(*options: str) -> object:
            idemlint(*options, "--summary-file", "summary.json", "m")
            return json.loads((here / "summary.json").read_text())["findings"]

        write("m/005_bad.up.sql", BAD.replace("users", "bad"))
        found = {"total": 1, "errors": 1, "fixed": 0, "by_rule": {"IDM101": 1}}
        assert findings() == found
        idemlint("--write-baseline", "known.json", "m")
        nothing = {"total": 0, "errors": 0, "fixed": 0, "by_rule": {}}
        assert findings("--baseline", "known.json") == nothing
        assert findings("--fix") == {**nothing, "fixed": 1}

    def test_replay_has_it_too(self, idemlint: Idemlint) -> None:
        told = json.loads(idemlint("replay", "--output-format", "json", "m").out)
        assert told["summary"]["files"] == {"checked": 3, "down": 1, "not-sql": 1}
        assert (
            "3 files checked, 1 down, 1 not SQL, 1 statement unknown.\n"
            in idemlint("replay", "m").out
        )

    def test_fixes_have_it_too(self, idemlint: Idemlint) -> None:
        assert LINE in idemlint("--start-after", "001", "--fix", "m").out
        assert LINE in idemlint("--start-after", "001", "--diff", "m").err

    def test_verbose_names_each_file(self, idemlint: Idemlint) -> None:
        err = idemlint("-v", "--start-after", "001", "m").err
        assert "1 before start-after: m/001_old.up.sql\n" in err
        assert "1 down: m/003_more.down.sql\n1 not SQL: m/004_code.go\n" in err

    def test_quiet_has_not(self, idemlint: Idemlint) -> None:
        result = idemlint("-q", "--start-after", "001", "m")
        assert (result.out, result.err) == ("", "")


class TestStrict:
    @pytest.mark.parametrize(
        ("files", "hole"),
        [
            ({"m/1.sql": UNKNOWN.replace("SELECT", "CALL")}, "1 statement unknown"),
            ({"m/1.sql": GOOD, "m/2_x.go": ""}, "1 not SQL\n  1 not SQL: m/2_x.go"),
        ],
    )
    def test_each_hole_is_a_failure(
        self, idemlint: Idemlint, files: dict[str, str], hole: str
    ) -> None:
        for name, text in files.items():
            write(name, text)
        assert idemlint("m").code == 0
        strict = idemlint("--strict", "m")
        assert strict.code == 1
        assert strict.err == f"strict: {hole}\n"
        assert idemlint("--strict", "--exit-zero", "m").code == 0
        write("idemlint.toml", "strict = true\n")
        assert idemlint("m").code == 1

    def test_without_holes_it_passes(self, idemlint: Idemlint) -> None:
        write("m/1.sql", GOOD)
        write("m/2.sql", GOOD)
        assert idemlint("--strict", "m").code == 0
        assert idemlint("--strict", "--start-after", "2.sql", "m").code == 0

    def test_it_must_be_a_switch(self, idemlint: Idemlint) -> None:
        write("m/1.sql", GOOD)
        write("idemlint.toml", 'strict = "yes"\n')
        result = idemlint("m")
        assert (result.code, "idemlint.toml:1: `strict` must be true or false" in result.err) == (
            2,
            True,
        )


class TestNothingChecked:
    def test_a_folder_without_sql_is_2(self, idemlint: Idemlint, here: Path) -> None:
        (here / "empty").mkdir()
        write("m/1.sql", GOOD)
        result = idemlint("m", "empty")
        assert result.code == 2
        assert result.err == "error: empty: no *.sql file in this folder\n"
        assert "1 file checked, 1 that could not be looked at" in result.out

    @pytest.mark.parametrize(
        ("name", "language", "way"),
        [
            (
                "m/versions/0a1b2c3d4e5f_users.py",
                "Python",
                "alembic upgrade head --sql | idemlint -",
            ),
            ("app/migrations/0001_initial.py", "Python", "sqlmigrate APP NAME | idemlint -"),
            ("m/1700000000000-users.ts", "TypeScript", "node-pg-migrate up --dry-run"),
            ("m/20240101_users.js", "JavaScript", "for `idemlint -`"),
            ("db/migrate/20240101000000_users.rb", "Ruby", "structure.sql"),
            ("m/00001_users.go", "Go", "log the statements"),
            ("m/V1__users.java", "Java", "log the statements"),
            ("db/changelog/users.xml", "XML", "liquibase update-sql | idemlint -"),
            ("db/changelog/users.yaml", "YAML", "liquibase update-sql | idemlint -"),
            ("m/20240101000000_users.exs", "Elixir", "--log-migrations-sql"),
            ("m/2024_01_01_000000_users.php", "PHP", "migrate --pretend"),
            ("m/20240101000000_Users.cs", "C#", "dotnet ef migrations script"),
        ],
    )
    def test_other_languages_are_named_with_a_way_to_their_sql(
        self, idemlint: Idemlint, name: str, language: str, way: str
    ) -> None:
        write(name, "\n")
        result = idemlint(name.split("/")[0])
        assert result.code == 2
        assert f"1 migration in {language}, which idemlint does not read" in result.err
        assert way in result.err

    def test_what_is_no_migration_is_not_counted(self, idemlint: Idemlint) -> None:
        for name in ("m/README.md", "m/meta/_journal.json", "m/snapshot.yaml.bak", "src/index.ts"):
            write(name, "\n")
        write("m/1.sql", GOOD)
        assert "1 file checked.\n" in idemlint(".").out

    def test_all_before_start_after_is_0_and_said(self, idemlint: Idemlint) -> None:
        write("m/1_a.sql", BAD)
        result = idemlint("--start-after", "1", "m")
        assert result.code == 0
        assert result.out == (
            "Nothing was checked.\n0 files checked, 1 before start-after;"
            " late merges and edits were not looked for: it is in no git repository.\n"
        )

    def test_nothing_changed_is_0_and_said(self, idemlint: Idemlint, here: Path) -> None:
        write("m/1_a.sql", BAD)
        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "one")
        result = idemlint("--since", "HEAD", "m")
        assert result.code == 0
        assert result.out == "Nothing was checked.\n0 files checked, 1 not changed since HEAD.\n"

    def test_only_files_that_undo_is_2(self, idemlint: Idemlint) -> None:
        write("m/1_a.up.sql", GOOD)
        write("n/1_a.down.sql", "DROP TABLE users;\n")
        assert idemlint("m").code == 0
        assert idemlint("n").code != 0

    def test_upper_case_is_read(self, idemlint: Idemlint) -> None:
        write("m/1.SQL", BAD)
        assert "m/1.SQL:1:1: IDM101" in idemlint("m").out

    @pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
    def test_links_that_are_not_followed_are_said(self, idemlint: Idemlint, here: Path) -> None:
        write("elsewhere/1.sql", BAD)
        write("m/1.sql", GOOD)
        (here / "m" / "more").symlink_to("../elsewhere")
        (here / "m" / "up").symlink_to("..")
        (here / "docs").mkdir()
        (here / "m" / "docs").symlink_to("../docs")
        # What leads back into the folder, or to a folder without SQL, hides nothing.
        result = idemlint("m")
        assert "1 file checked, 1 behind links that are not followed." in result.out
        assert result.err == "Not followed: m/more. Name the folders behind them.\n"
        assert idemlint("-q", "m").err == ""
        (here / "n").mkdir()
        (here / "n" / "more").symlink_to("../elsewhere")
        assert "name the folders" in idemlint("n").err


class TestWhatIsNotFollowed:
    @pytest.mark.parametrize("command", ["i", "ir", "include", "include_relative"])
    def test_another_file_that_psql_would_run(self, idemlint: Idemlint, command: str) -> None:
        write("m/1.sql", f"SELECT 1;\n\\{command} ../other.sql\nCREATE TABLE t (id int);\n")
        result = idemlint("m")
        assert "m/1.sql:3:1: IDM101" in result.out
        assert "1 file checked, 1 statement unknown" in result.out
        assert idemlint("--strict", "m").code == 1
        told = json.loads(idemlint("replay", "--output-format", "json", "m").out)
        _, include, table = told["files"][0]["statements"]
        assert (include["index"], include["verdict"], table["index"]) == (1, "unknown", 2)
        assert include["reason"] == (
            f"`\\{command} ../other.sql` runs another file here, which is not followed:"
            " it is not there"
        )

    def test_other_commands_of_psql_run_none(self, idemlint: Idemlint) -> None:
        write("m/1.sql", "\\set ON_ERROR_STOP 1\n\\echo \\i x.sql\nSELECT 1;\n-- \\i x.sql\n")
        assert "1 file checked.\n" in idemlint("m").out

    def test_a_file_for_another_database_is_called_so(self, idemlint: Idemlint) -> None:
        write("m/1.sql", "CREATE TABLE `t` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;\n")
        result = idemlint("m")
        assert "help: this looks like a file for MySQL: PostgreSQL does not run it" in result.out


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
class TestOneBadFile:
    @pytest.mark.parametrize("option", ["--exit-zero", "--fix", "--diff", "--strict"])
    def test_a_link_that_loops(self, idemlint: Idemlint, here: Path, option: str) -> None:
        write("m/1.sql", BAD)
        (here / "m" / "2.sql").symlink_to("2.sql")
        result = idemlint(option, "m")
        assert result.code == 2
        assert "error: m/2.sql: cannot be read: Too many levels of symbolic links\n" in result.err
        assert "1 file checked, 1 that could not be looked at" in result.out + result.err
        if option == "--fix":
            assert "IF NOT EXISTS" in (here / "m" / "1.sql").read_text()

    def test_one_that_is_named(self, idemlint: Idemlint, here: Path) -> None:
        write("m/1.sql", BAD)
        (here / "m" / "2.sql").symlink_to("gone")
        result = idemlint("m/2.sql", "m/1.sql")
        assert result.code == 2
        assert "m/1.sql:1:1: IDM101" in result.out
        assert "error: m/2.sql: is a broken symbolic link\n" in result.err

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
    def test_one_that_may_not_be_read(self, idemlint: Idemlint, here: Path) -> None:
        write("m/1.sql", BAD)
        write("m/2.sql", BAD).chmod(0)
        result = idemlint("m")
        assert result.code == 2
        assert "error: m/2.sql: cannot be read: Permission denied\n" in result.err
        assert "m/1.sql:1:1" in result.out

    def test_one_that_vanishes_while_we_run(
        self, idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from idemlint import files

        write("m/1.sql", BAD)
        gone = write("m/2.sql", BAD)
        usual = files.look

        def look(*arguments: object, **options: object) -> files.Searched:
            found = usual(*arguments, **options)  # type: ignore[arg-type]
            gone.unlink(missing_ok=True)
            return found

        monkeypatch.setattr(files, "look", look)
        result = idemlint("m")
        assert result.code == 2
        assert "m/2.sql: cannot be read: No such file or directory" in result.err
        assert "m/1.sql:1:1" in result.out

    def test_one_that_is_read_only_under_fix(
        self, idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two = write("m/1.sql", BAD), write("m/2.sql", BAD.replace("users", "b"))
        one.chmod(0o444)
        usual = os.access
        monkeypatch.setattr(
            os, "access", lambda path, mode: not str(path).endswith("1.sql") and usual(path, mode)
        )
        result = idemlint("--fix", "m")
        assert result.code == 2
        assert (
            "error: m/1.sql: cannot be written: the file is read-only; it is as it was"
            in result.err
        )
        assert one.read_text() == BAD
        assert "IF NOT EXISTS" in two.read_text()


def git(*arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *names, *arguments], check=True, capture_output=True)
