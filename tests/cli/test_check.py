"""`idemlint [PATHS]`: what is reported, in which form, and the exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, GOOD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable

    Idemlint = Callable[..., Result]


def codes(result: Result) -> list[str]:
    return [entry["code"] for entry in json.loads(result.out)]


class TestExitCodes:
    def test_nothing_found_is_0(self, idemlint: Idemlint) -> None:
        write("migrations/1.sql", GOOD)
        assert idemlint("migrations").code == 0

    def test_something_found_is_1(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("migrations").code == 1

    def test_exit_zero_turns_1_into_0(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("--exit-zero", "migrations")
        assert result.code == 0
        assert "IDM101" in result.out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("gone.sql",), "gone.sql: no such file or folder"),
            (("--selec", "IDM1", "."), "No such option"),
            (("--rerun", "twice", "."), "'twice' is not one of 'statement', 'file'"),
            (("--select", "IDM999", "."), "unknown rule `IDM999`"),
            (("--select", "create-tabel", "."), "(did you mean `create-table`?)"),
            (("--output-format", "yaml", "."), "'yaml' is not one of"),
            (("--config", "gone.toml", "."), "gone.toml: cannot be read"),
            (("--since", "main", "."), "is not in a git repository"),
            (("--baseline", "gone.json", "."), "gone.json: the baseline cannot be read"),
            (("--runner", "drizle", "."), "drizzle"),
            (("--fix", "--add-ignore", "."), "--fix and --add-ignore do not go together"),
            (("--isolated", "replay", "."), "the command `replay` comes before its options"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_wrong_usage_is_2(
        self, idemlint: Idemlint, bad: Path, arguments: tuple[str, ...], message: str
    ) -> None:
        result = idemlint(*arguments)
        assert result.code == 2
        assert message in result.err
        assert result.out == ""

    def test_wrong_configuration_is_2(self, idemlint: Idemlint, bad: Path) -> None:
        write("idemlint.toml", "slect = []")
        result = idemlint("migrations")
        assert result.code == 2
        assert "idemlint.toml:1: unknown key `slect` (did you mean `select`?)" in result.err

    def test_an_unreadable_file_is_2(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (bad.parent / "0002_gone.sql").symlink_to("nowhere")
        result = idemlint("migrations")
        assert result.code == 2
        assert "0002_gone.sql" in result.err
        assert "internal error" not in result.err

    def test_an_error_of_ours_is_2_and_says_how_to_report_it(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise ValueError("a bug")

        monkeypatch.setattr("idemlint.analysis.judging.tally_of", broken)
        result = idemlint("migrations")
        assert result.code == 2
        assert "internal error: migrations/0001_users.sql:1: ValueError: a bug" in result.err
        assert "This is a bug in idemlint" in result.err
        assert "Traceback" not in result.err
        assert "Traceback" in idemlint("-v", "migrations").err
        monkeypatch.setenv("IDEMLINT_DEBUG", "1")
        assert "Traceback" in idemlint("migrations").err

    def test_control_c_is_130_without_a_traceback(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("idemlint.analysis.judging.tally_of", interrupted)
        result = idemlint("migrations")
        assert result.code == 130
        assert "Traceback" not in result.err


class TestOutput:
    def test_findings_go_to_stdout_and_messages_to_stderr(
        self, idemlint: Idemlint, bad: Path
    ) -> None:
        result = idemlint("-v", "migrations")
        assert result.out.startswith("migrations/0001_users.sql:1:")
        assert "IDM101" not in result.err
        assert "configuration: none" in result.err

    def test_full_is_the_default_and_plain_when_piped(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("migrations")
        assert "\x1b" not in result.out
        assert "42P07 duplicate_table" in result.out
        assert "^" in result.out
        assert "Found 1 error; 1 fixable with `--fix`." in result.out

    def test_colours_when_asked_for(self, idemlint: Idemlint, bad: Path) -> None:
        coloured = idemlint("--color", "always", "migrations").out
        assert "\x1b[" in coloured
        import re

        assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == idemlint("migrations").out

    def test_no_color_and_force_color(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[" in idemlint("migrations").out
        assert "\x1b[" not in idemlint("--color", "never", "migrations").out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in idemlint("migrations").out
        assert "\x1b[" in idemlint("--color", "always", "migrations").out

    def test_quiet_prints_findings_only(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("-q", "--output-format", "concise", "migrations")
        assert len(result.out.splitlines()) == 1
        write("good.sql", GOOD)
        assert idemlint("-q", "good.sql").out == ""

    def test_the_output_file_stands_beside_the_terminals_output(
        self, idemlint: Idemlint, bad: Path, here: Path
    ) -> None:
        result = idemlint("--output-format", "json", "--output-file", "found.json", "migrations")
        assert "Found 1 error" in result.out
        assert json.loads((here / "found.json").read_text())[0]["code"] == "IDM101"

    def test_several_formats_are_one_run(self, idemlint: Idemlint, bad: Path) -> None:
        files = ("--output-file", "sarif:x.sarif", "--output-file", "junit:x.xml")
        result = idemlint("--output-format", "json", *files, "migrations")
        assert json.loads(result.out)[0]["code"] == "IDM101"
        assert json.loads(Path("x.sarif").read_text())["version"] == "2.1.0"
        assert Path("x.xml").read_text().startswith("<?xml")

    def test_a_colon_in_a_name_is_no_format(self, idemlint: Idemlint, bad: Path) -> None:
        idemlint("--output-file", "./json:x", "--output-file", "other:y", "migrations")
        assert Path("json:x").exists()
        assert Path("other:y").exists()

    def test_an_output_file_that_cannot_be_written_is_2(
        self, idemlint: Idemlint, bad: Path
    ) -> None:
        result = idemlint("--output-file", "no/such/folder", "migrations")
        assert (result.code, "cannot be written" in result.err) == (2, True)

    def test_statistics_count_by_rule(self, idemlint: Idemlint, bad: Path) -> None:
        write("migrations/0002.sql", BAD.replace("users", "people"))
        assert idemlint("--statistics", "migrations").out == "2  IDM101 [*] create-table\n"
        result = idemlint("--statistics", "--output-format", "json", "migrations")
        assert json.loads(result.out) == [
            {"code": "IDM101", "name": "create-table", "count": 2, "fixable": True}
        ]

    def test_show_files_lists_and_stops(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("--show-files", "migrations")
        assert (result.code, result.out) == (0, "migrations/0001_users.sql\n")

    def test_a_folder_without_sql_is_said(self, idemlint: Idemlint, here: Path) -> None:
        (here / "empty").mkdir()
        result = idemlint("empty")
        assert result.code == 2
        assert result.err == "error: empty: no *.sql file in this folder\n"

    def test_the_json_is_utf8_whatever_the_locale(self, idemlint: Idemlint, here: Path) -> None:
        write("größe.sql", BAD.replace("users", '"größe"'))
        (entry,) = json.loads(idemlint("--output-format", "json", "größe.sql").out)
        assert entry["filename"] == "größe.sql"


class TestPaths:
    def test_check_may_be_said(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("check", "migrations") == idemlint("migrations")

    def test_options_may_stand_first(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--output-format", "json", "migrations").code == 1

    def test_a_path_named_like_a_command(self, idemlint: Idemlint, here: Path) -> None:
        write("check/1.sql")
        assert idemlint("./check").code == 1

    def test_no_paths_means_those_of_the_configuration(
        self, idemlint: Idemlint, here: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("idemlint.toml", 'paths = ["migrations"]')
        (here / "sub").mkdir()
        assert idemlint("--show-files").out == "migrations/0001_users.sql\n"
        monkeypatch.chdir(here / "sub")
        assert idemlint("--show-files").out == "../migrations/0001_users.sql\n"

    def test_standard_input(
        self, idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(BAD.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        result = idemlint("--stdin-filename", "migrations/1.sql", "--output-format", "json", "-")
        (entry,) = json.loads(result.out)
        assert entry["filename"] == "migrations/1.sql"
        assert result.code == 1

    def test_exclude_and_force_exclude(self, idemlint: Idemlint, bad: Path) -> None:
        write("idemlint.toml", 'exclude = ["migrations/"]')
        assert idemlint("migrations/0001_users.sql").code == 1
        result = idemlint("--force-exclude", "migrations/0001_users.sql")
        assert (result.code, result.err) == (0, "")


class TestSelection:
    @pytest.mark.parametrize(
        ("arguments", "fires"),
        [
            ((), True),
            (("--select", "IDM101"), True),
            (("--select", "IDM1"), True),
            (("--select", "create-table"), True),
            (("--select", "ALL"), True),
            (("--select", "IDM102,IDM101"), True),
            (("--select", "IDM102"), False),
            (("--ignore", "IDM101"), False),
            (("--ignore", "IDM1"), False),
            (("--select", "IDM101", "--ignore", "IDM1"), True),
            (("--select", "IDM1", "--ignore", "IDM101"), False),
            (("--select", "IDM102", "--extend-select", "IDM101"), True),
            (("--per-file-ignores", "migrations/*.sql:IDM101"), False),
            (("--per-file-ignores", "other/*.sql:IDM101"), True),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
    )
    def test_codes_names_and_prefixes(
        self, idemlint: Idemlint, bad: Path, arguments: tuple[str, ...], fires: bool
    ) -> None:
        result = idemlint("--output-format", "json", *arguments, "migrations")
        assert ("IDM101" in codes(result)) is fires

    def test_the_command_line_wins_over_the_configuration(
        self, idemlint: Idemlint, bad: Path
    ) -> None:
        write("idemlint.toml", 'ignore = ["IDM101"]')
        assert idemlint("migrations").code == 0
        assert idemlint("--ignore", "IDM102", "migrations").code == 1
        assert idemlint("--isolated", "migrations").code == 1


class TestFixing:
    def test_fix_repairs_in_place_and_reports_what_is_left(
        self, idemlint: Idemlint, bad: Path
    ) -> None:
        result = idemlint("--fix", "migrations")
        assert bad.read_bytes().decode() == GOOD
        assert result.code == 0
        assert "Fixed 1 finding." in result.out
        assert "1 guard" in result.err
        assert idemlint("--fix", "migrations").code == 0

    def test_a_hook_learns_that_something_was_fixed(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--fix", "--exit-non-zero-on-fix", "migrations").code == 1
        assert idemlint("--fix", "--exit-non-zero-on-fix", "migrations").code == 0

    def test_diff_shows_and_changes_nothing(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("--diff", "migrations")
        assert result.code == 1
        assert bad.read_bytes().decode() == BAD
        assert result.out == (
            "--- a/migrations/0001_users.sql\n"
            "+++ b/migrations/0001_users.sql\n"
            "@@ -1 +1 @@\n"
            f"-{BAD}+{GOOD}"
        )
        assert idemlint("--fix", "migrations").code == 0
        assert idemlint("--diff", "migrations").code == 0

    def test_standard_input_comes_back_fixed(
        self, idemlint: Idemlint, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
        result = idemlint("--fix", "-")
        assert (result.code, result.out) == (0, GOOD)


class TestBaseline:
    def test_what_is_known_is_not_reported_what_is_new_is(
        self, idemlint: Idemlint, bad: Path
    ) -> None:
        assert idemlint("--write-baseline", "known.json", "migrations").code == 0
        assert idemlint("--baseline", "known.json", "migrations").code == 0
        write("migrations/0002.sql", BAD.replace("users", "people"))
        result = idemlint("--baseline", "known.json", "--output-format", "json", "migrations")
        assert [entry["filename"] for entry in json.loads(result.out)] == ["migrations/0002.sql"]

    def test_moving_lines_brings_nothing_back(self, idemlint: Idemlint, bad: Path) -> None:
        idemlint("--write-baseline", "known.json", "migrations")
        bad.write_text("-- a new comment\n\n\n" + BAD)
        assert idemlint("--baseline", "known.json", "migrations").code == 0

    def test_it_holds_from_another_folder(
        self, idemlint: Idemlint, here: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("idemlint.toml", 'baseline = "known.json"')
        idemlint("--write-baseline", "known.json", "migrations")
        monkeypatch.chdir(here / "migrations")
        assert idemlint(".").code == 0

    def test_a_file_that_is_no_baseline_is_2(self, idemlint: Idemlint, bad: Path) -> None:
        write("known.json", "[]")
        result = idemlint("--baseline", "known.json", "migrations")
        assert (result.code, "is not a baseline" in result.err) == (2, True)


class TestAddIgnore:
    def test_a_comment_is_written_above_the_statement(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("--add-ignore=applied in 2019", "migrations")
        assert result.code == 0
        assert "Suppressed 1 finding." in result.err
        assert bad.read_text() == f"-- idemlint: ignore[IDM101] applied in 2019\n{BAD}"
        assert idemlint("migrations").code == 0

    def test_without_a_reason_the_path_is_still_a_path(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--add-ignore", "migrations").code == 0
        assert bad.read_text() == f"-- idemlint: ignore[IDM101]\n{BAD}"
