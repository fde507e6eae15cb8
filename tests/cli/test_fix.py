"""`--fix` and `--diff`: what is written, what is said, which code comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint.apply import writing
from idemlint.cli import fix

from .conftest import BAD, GOOD, commit, git, write

if TYPE_CHECKING:
    from .conftest import Idemlint

VIEW = "CREATE VIEW v AS SELECT 1 AS a;\n"


class TestFix:
    def test_all_that_is_safe_is_written(self, idemlint: Idemlint, bad: Path) -> None:
        view = write("migrations/0002_view.sql", VIEW)
        result = idemlint("--fix", "migrations")
        assert bad.read_text() == GOOD
        assert view.read_text() == VIEW, "its fix is unsafe"
        assert result.code == 1
        assert "IDM108" in result.out
        assert "IDM101" not in result.out

    def test_unsafe_fixes_are_asked_for(self, idemlint: Idemlint, here: Path) -> None:
        view = write("migrations/0001_view.sql", VIEW)
        assert idemlint("--fix", "--unsafe-fixes", "migrations").code == 0
        assert view.read_text() == VIEW.replace("CREATE", "CREATE OR REPLACE")

    def test_a_second_time_nothing_changes(self, idemlint: Idemlint, bad: Path) -> None:
        idemlint("--fix", "migrations")
        before = bad.stat().st_mtime_ns
        result = idemlint("--fix", "migrations")
        assert (result.code, bad.stat().st_mtime_ns) == (0, before)
        assert "Fixed" not in result.out + result.err

    def test_a_file_without_findings_is_not_written(self, idemlint: Idemlint, here: Path) -> None:
        path = write("migrations/0001_good.sql", GOOD)
        before = path.stat()
        idemlint("--fix", "migrations")
        assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)

    def test_only_the_files_that_were_named(self, idemlint: Idemlint, bad: Path) -> None:
        other = write("migrations/0002_posts.sql", BAD.replace("users", "posts"))
        idemlint("--fix", str(other))
        assert bad.read_text() == BAD
        assert "IF NOT EXISTS" in other.read_text()

    def test_only_the_rules_that_are_on(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--fix", "--ignore", "IDM101", "migrations").code == 0
        assert bad.read_text() == BAD

    def test_a_suppressed_finding_stays(self, idemlint: Idemlint, here: Path) -> None:
        text = f"-- idemlint: ignore[IDM101] by hand\n{BAD}"
        path = write("migrations/0001_users.sql", text)
        assert idemlint("--fix", "migrations").code == 0
        assert path.read_text() == text

    def test_it_says_that_guards_do_not_compare(self, idemlint: Idemlint, bad: Path) -> None:
        write("migrations/0002_posts.sql", BAD.replace("users", "posts"))
        result = idemlint("--fix", "migrations")
        assert "2 guards skip what is there already without comparing definitions" in result.err

    def test_exit_codes(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--fix", "--exit-non-zero-on-fix", "migrations").code == 1
        assert idemlint("--fix", "--exit-non-zero-on-fix", "migrations").code == 0
        write("migrations/0002_view.sql", VIEW)
        assert idemlint("--fix", "migrations").code == 1
        assert idemlint("--fix", "--exit-zero", "migrations").code == 0

    def test_a_machine_gets_what_is_left(self, idemlint: Idemlint, bad: Path) -> None:
        assert idemlint("--fix", "--output-format", "json", "migrations").out.strip() == "[]"

    def test_a_file_that_cannot_be_written(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*arguments: object, **more: object) -> None:
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(writing, "_new", refuse)
        result = idemlint("--fix", "migrations")
        assert result.code == 2
        assert "0001_users.sql: cannot be written: Read-only file system" in result.err
        assert bad.read_text() == BAD

    def test_a_file_that_changes_meanwhile(
        self, idemlint: Idemlint, bad: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = fix._fix

        def edit_first(*arguments: object) -> object:
            bad.write_text("SELECT 1;")
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(fix, "_fix", edit_first)
        result = idemlint("--fix", "migrations")
        assert result.code == 2
        assert "changed while idemlint was reading it" in result.err
        assert bad.read_text() == "SELECT 1;"


class TestDiff:
    def test_nothing_is_written(self, idemlint: Idemlint, bad: Path) -> None:
        result = idemlint("--diff", "migrations")
        assert result.code == 1
        assert bad.read_text() == BAD
        assert result.out == (
            "--- a/migrations/0001_users.sql\n+++ b/migrations/0001_users.sql\n@@ -1 +1 @@\n"
            f"-{BAD}+{GOOD}"
        )
        assert "Would fix 1 finding in 1 file." in result.err

    def test_nothing_to_fix(self, idemlint: Idemlint, here: Path) -> None:
        write("migrations/0001_good.sql", GOOD)
        result = idemlint("--diff", "migrations")
        assert (result.code, result.out) == (0, "")

    def test_a_finding_that_cannot_be_fixed_is_no_difference(
        self, idemlint: Idemlint, here: Path
    ) -> None:
        write("migrations/0001_view.sql", VIEW)
        assert idemlint("--diff", "migrations").code == 0

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    @pytest.mark.parametrize("end", ["\n", ""])
    def test_git_applies_it(self, idemlint: Idemlint, here: Path, newline: str, end: str) -> None:
        text = f"-- Größe\nSELECT 1;\n{BAD.rstrip()}{end}".replace("\n", newline)
        path = write("migrations/0001_users.sql", text)
        diff = idemlint("--diff", "migrations").out
        apply = ["git", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(apply, input=diff.encode(), check=True, capture_output=True)
        assert "IF NOT EXISTS" in path.read_text(encoding="utf-8")
        assert idemlint("--fix", "migrations").code == 0
        assert idemlint("--diff", "migrations").code == 0


class TestStandardInput:
    def fix(self, text: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "idemlint", "--fix", *options, "-"]
        return subprocess.run(command, input=text, capture_output=True, check=False)

    def test_the_fixed_text_has_stdout_for_itself(self, here: Path) -> None:
        done = self.fix((BAD + VIEW).replace("\n", "\r\n").encode())
        assert done.stdout == (GOOD + VIEW).replace("\n", "\r\n").encode()
        assert done.returncode == 1
        assert b"IDM108" in done.stderr

    def test_what_needs_no_fix_comes_back_as_it_is(self, here: Path) -> None:
        text = b"\xef\xbb\xbf-- \xff\r\nSELECT 1;"
        assert self.fix(text).stdout == text

    def test_with_a_name_it_belongs_to_its_folder(self, here: Path) -> None:
        write("migrations/0001_users.sql", GOOD)
        text = b"DROP TABLE users;\n"
        done = self.fix(text, "--stdin-filename", str(Path("migrations", "0002_drop.sql")))
        assert done.stdout == b"DROP TABLE IF EXISTS users;\n"


@pytest.fixture
def applied(repository: Path) -> Path:
    """A folder of a runner that keeps checksums; the first file is on main, the second is not."""
    write("Cargo.toml", '[dependencies]\nsqlx = "0.8"\n')
    git("checkout", "--quiet", "-b", "feature")
    return write("migrations/0002_posts.sql", BAD.replace("users", "posts"))


class TestApplied:
    OLD = Path("migrations/0001_users.sql")

    def test_files_of_the_default_branch_are_left_alone(
        self, idemlint: Idemlint, applied: Path
    ) -> None:
        result = idemlint("--runner", "sqlx", "--fix", "migrations")
        assert self.OLD.read_text() == BAD
        assert "IF NOT EXISTS" in applied.read_text()
        assert result.code == 1
        [said] = [line for line in result.err.splitlines() if line.startswith("Left alone")]
        assert said == (
            "Left alone: migrations/0001_users.sql: it is on main already, and sqlx refuses applied"
            " migrations that were edited. Put the repair in a new migration, or use --fix-applied."
        )

    def test_unless_one_insists(self, idemlint: Idemlint, applied: Path) -> None:
        assert idemlint("--runner", "sqlx", "--fix", "--fix-applied", "migrations").code == 0
        assert "IF NOT EXISTS" in self.OLD.read_text()

    def test_or_the_runner_does_not_mind(self, idemlint: Idemlint, applied: Path) -> None:
        assert idemlint("--runner", "drizzle", "--fix", "migrations").code == 0
        assert "IF NOT EXISTS" in self.OLD.read_text()

    def test_what_needs_no_repair_is_not_mentioned(self, idemlint: Idemlint, applied: Path) -> None:
        write(str(self.OLD), GOOD)
        git("add", str(self.OLD))
        git("commit", "--quiet", "--message", "good")
        git("branch", "--force", "main")
        assert "Left alone" not in idemlint("--runner", "sqlx", "--fix", "migrations").err

    def test_what_is_context_is_never_fixed(self, idemlint: Idemlint, applied: Path) -> None:
        options = ("--start-after", "0001_users.sql", "--fix", "--fix-applied", "migrations")
        assert idemlint("--runner", "sqlx", *options).code == 0
        assert self.OLD.read_text() == BAD
        assert "IF NOT EXISTS" in applied.read_text()

    def test_nor_what_did_not_change_since(self, idemlint: Idemlint, applied: Path) -> None:
        assert idemlint("--runner", "drizzle", "--since", "main", "--fix", "migrations").code == 0
        assert self.OLD.read_text() == BAD
        assert "IF NOT EXISTS" in applied.read_text()


class TestRunnerThatIgnoresEdits:
    """A journal says that the folder is Drizzle's, which never looks at what it has run."""

    SAID = (
        "Databases that have run {} keep what they have: Drizzle never looks at an applied migration"
        " again. The fixes count on new databases, and where a migration runs again."
    )

    @pytest.fixture
    def drizzle(self, repository: Path) -> Path:
        """Two migrations on main, and one on a branch."""
        write("migrations/0002_posts.sql", BAD.replace("users", "posts"))
        names = ["0001_users", "0002_posts", "0003_teams"]
        entries = [{"idx": index, "tag": name} for index, name in enumerate(names)]
        journal = {"dialect": "postgresql", "entries": entries}
        write("migrations/meta/_journal.json", json.dumps(journal))
        commit("second")
        git("checkout", "--quiet", "-b", "feature")
        return write("migrations/0003_teams.sql", BAD.replace("users", "teams")).parent

    def said(self, err: str) -> list[str]:
        return [line for line in err.splitlines() if line.startswith("Databases that have run")]

    def test_applied_files_are_fixed_and_once_it_is_said_where_that_counts(
        self, idemlint: Idemlint, drizzle: Path
    ) -> None:
        result = idemlint("--fix", "migrations")
        assert all("IF NOT EXISTS" in path.read_text() for path in drizzle.glob("*.sql"))
        names = "migrations/0001_users.sql, migrations/0002_posts.sql"
        assert self.said(result.err) == [self.SAID.format(names)]
        assert result.code == 0

    def test_a_diff_says_it_too(self, idemlint: Idemlint, drizzle: Path) -> None:
        assert len(self.said(idemlint("--diff", "migrations").err)) == 1

    def test_a_machine_is_not_told_in_its_output(self, idemlint: Idemlint, drizzle: Path) -> None:
        assert idemlint("--fix", "--output-format", "json", "migrations").out.strip() == "[]"

    def test_nothing_is_said_of_files_of_the_branch(
        self, idemlint: Idemlint, drizzle: Path
    ) -> None:
        assert self.said(idemlint("--fix", "migrations/0003_teams.sql").err) == []

    def test_nor_of_files_that_need_no_fix(self, idemlint: Idemlint, drizzle: Path) -> None:
        idemlint("--fix", "migrations")
        assert self.said(idemlint("--fix", "migrations").err) == []

    def test_nor_where_nobody_keeps_a_journal(self, idemlint: Idemlint, drizzle: Path) -> None:
        assert self.said(idemlint("--fix", "--runner", "psql", "migrations").err) == []

    def test_nor_where_one_wants_quiet(self, idemlint: Idemlint, drizzle: Path) -> None:
        assert self.said(idemlint("--fix", "--quiet", "migrations").err) == []

    def test_where_git_cannot_tell_databases_may_have_run_it(
        self, idemlint: Idemlint, drizzle: Path
    ) -> None:
        git("branch", "--move", "main", "trunk")
        assert len(self.said(idemlint("--fix", "migrations").err)) == 1

    def test_two_runners_are_told_in_one_line(self, idemlint: Idemlint, drizzle: Path) -> None:
        write("db/0001_a.sql", f"-- +goose Up\n{BAD}")
        git("add", "--all")
        git("commit", "--quiet", "--message", "goose")
        git("branch", "--force", "main", "HEAD")
        [said] = self.said(idemlint("--fix", ".").err)
        assert "Drizzle and goose never look at" in said
        assert said.startswith("Databases that have run db/0001_a.sql, ")
        assert " and 1 more keep" in said


class TestGuessedRunner:
    """Some files are marked as Drizzle's, which ignores edits; others are not, and nothing else tells."""

    OLD = Path("migrations/0001_users.sql")

    @pytest.fixture
    def divided(self, repository: Path) -> Path:
        """Two files on main, one of them marked; a third on a branch."""
        marked = f"{GOOD}--> statement-breakpoint\nSELECT 1;\n"
        write("migrations/0000_marked.sql", marked)
        commit("marked")
        git("checkout", "--quiet", "-b", "feature")
        return write("migrations/0002_posts.sql", BAD.replace("users", "posts"))

    def test_files_of_the_default_branch_are_left_alone(
        self, idemlint: Idemlint, divided: Path
    ) -> None:
        result = idemlint("--fix", "migrations")
        assert self.OLD.read_text() == BAD
        assert "IF NOT EXISTS" in divided.read_text()
        [said] = [line for line in result.err.splitlines() if line.startswith("Left alone")]
        assert said == (
            "Left alone: migrations/0001_users.sql: it is on main already, and that Drizzle runs it is a"
            " guess (1 of 3 files here is marked as Drizzle's): another runner might refuse applied"
            " migrations that were edited. Say who runs it (`--runner drizzle`, or `runner` in the"
            " configuration), or use --fix-applied."
        )

    @pytest.mark.parametrize("option", [("--runner", "drizzle"), ("--fix-applied",)])
    def test_the_ways_on_that_are_named_work(
        self, idemlint: Idemlint, divided: Path, option: tuple[str, ...]
    ) -> None:
        assert "Left alone" not in idemlint("--fix", *option, "migrations").err
        assert "IF NOT EXISTS" in self.OLD.read_text()

    def test_the_configuration_is_no_guess(self, idemlint: Idemlint, divided: Path) -> None:
        write("idemlint.toml", 'runner = "drizzle"\n')
        assert "Left alone" not in idemlint("--fix", "migrations").err
        assert "IF NOT EXISTS" in self.OLD.read_text()

    def test_nor_is_what_a_journal_says(self, idemlint: Idemlint, divided: Path) -> None:
        entries = [
            {"idx": n, "tag": path.stem} for n, path in enumerate(sorted(divided.parent.iterdir()))
        ]
        write(
            "migrations/meta/_journal.json",
            json.dumps({"dialect": "postgresql", "entries": entries}),
        )
        assert "Left alone" not in idemlint("--fix", "migrations").err
        assert "IF NOT EXISTS" in self.OLD.read_text()

    def test_what_git_cannot_tell_is_left_alone(self, idemlint: Idemlint, divided: Path) -> None:
        git("branch", "--move", "main", "trunk")
        result = idemlint("--fix", "migrations")
        assert self.OLD.read_text() == BAD
        assert "IF NOT EXISTS" in divided.read_text(), (
            "what is not committed has not left this tree"
        )
        assert "cannot tell what is applied" in result.err

    def test_a_comment_is_an_edit_as_well(self, idemlint: Idemlint, divided: Path) -> None:
        result = idemlint("--add-ignore", "migrations")
        assert self.OLD.read_text() == BAD
        assert "idemlint: ignore" in divided.read_text()
        assert "`--runner drizzle`" in result.err

    def test_who_insists_is_told_what_was_edited(self, idemlint: Idemlint, divided: Path) -> None:
        said = idemlint("--fix", "--fix-applied", "migrations").err
        assert "Edited all the same: migrations/0001_users.sql: it is on main already" in said


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE b;\nCREATE TABLE b (id int);\n",
        "DROP TABLE a, b;\nCREATE TABLE b (id int);\n",
        "DROP VIEW b;\nCREATE VIEW b AS SELECT 1;\n",
        "DROP FOREIGN TABLE b;\nCREATE FOREIGN TABLE b (id int) SERVER s;\n",
        "ALTER TABLE t DROP COLUMN b;\nALTER TABLE t ADD COLUMN b int;\n",
        "DO $$ BEGIN DROP TABLE b; END $$;\nCREATE TABLE b (id int);\n",
        "CREATE TABLE n (id int);\nDROP TABLE b;\nALTER TABLE n RENAME TO b;\n",
    ],
)
def test_no_fix_is_offered_that_cannot_be_made(idemlint: Idemlint, here: Path, sql: str) -> None:
    path = write("migrations/0001.sql", sql)
    found = json.loads(idemlint("--output-format", "json", "migrations").out)
    offered = any(each["fix"] is not None and each["fix"]["edits"] for each in found)
    result = idemlint("--fix", "--unsafe-fixes", "migrations")
    assert "left out" not in result.err
    assert "bug" not in result.err
    assert offered == (path.read_text() != sql)


def test_a_table_that_is_dropped_and_made_keeps_its_failure(idemlint: Idemlint, here: Path) -> None:
    # What nobody here makes was there before the folder, and so was b.
    write("migrations/0001.sql", "TRUNCATE a;\nDROP TABLE b;\nCREATE TABLE b (id int);\n")
    result = idemlint("migrations")
    assert "fixable" not in result.out
    assert "leave out the DROP" in result.out
