"""The story that must work: an outage (`examples/railway`), told by idemlint, repaired by it, and a
real server as the judge of both.

The folder is applied as Drizzle does it: cut at `--> statement-breakpoint`, every piece a message of
its own, all files in one transaction. Each piece of the original holds one statement, so that a
statement's index is its piece's.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from in_process import idemlint
from postgres.conftest import database, server
from postgres.server import execute
from postgres.snapshot import DATA, SEQUENCE, Snapshot, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postgres.server import Database, Server

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "railway"
FIRST, SECOND, REPAIR = FILES = (
    "0000_quiet_harbor.sql",
    "0001_editorial_calendar.sql",
    "0002_production_repair.sql",
)

#: Findings about the text or the transaction: the first run fails already.
FIRST_RUN = ("IDM0", "IDM5")
#: Findings about tables with rows in them.
WITH_ROWS = ("IDM7",)

USERS = """INSERT INTO users (email, username) VALUES ('ada@example.org', 'ada');"""

__all__ = ["database", "server"]  # fixtures


def findings_of(folder: Path, *options: str) -> list[dict[str, Any]]:
    result = idemlint("--output-format", "json", *options, folder)
    assert result.code in (0, 1), result.err
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


def pieces_of(folder: Path, *names: str) -> list[str]:
    """What Drizzle sends, in its order: of all files, or of those named."""
    journal = json.loads((folder / "drizzle" / "meta" / "_journal.json").read_text())
    files = [f"{entry['tag']}.sql" for entry in journal["entries"]]
    texts = [
        (folder / "drizzle" / name).read_text() for name in files if not names or name in names
    ]
    return [piece for text in texts for piece in text.split("--> statement-breakpoint")]


def migrate(database: Database, pieces: Sequence[str]) -> tuple[int, str] | None:
    """All pieces in one transaction; where it fails, the piece and its SQLSTATE, and a rollback."""
    with database.connect() as connection:
        execute(connection, "BEGIN")
        for index, piece in enumerate(pieces):
            sqlstate = execute(connection, piece)
            if sqlstate is not None:
                execute(connection, "ROLLBACK")
                return index, sqlstate
        return None if (last := execute(connection, "COMMIT")) is None else (len(pieces), last)


def each_in_a_savepoint(database: Database, pieces: Sequence[str]) -> dict[int, str]:
    """What every single piece says: one that fails has no effect, and the rest goes on."""
    said = {}
    with database.connect() as connection:
        execute(connection, "BEGIN")
        for index, piece in enumerate(pieces):
            execute(connection, "SAVEPOINT piece")
            sqlstate = execute(connection, piece)
            if sqlstate is not None:
                said[index] = sqlstate
                execute(connection, "ROLLBACK TO SAVEPOINT piece")
        execute(connection, "ROLLBACK")
    return said


def schema_changes(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """What is different, rows and the positions of sequences apart."""
    return {
        part: str(difference)
        for part, difference in before.difference(after).items()
        if part not in (DATA, SEQUENCE)
    }


def claimed(findings: Sequence[dict[str, Any]], name: str) -> dict[int, str]:
    """What idemlint says of a file's statements: the SQLSTATE of each that fails."""
    return {
        finding["statement"]["index"]: finding["sqlstate"]
        for finding in findings
        if Path(finding["filename"]).name == name and finding["sqlstate"]
    }


def by_hand(folder: Path) -> None:
    """Make the changes that the example's README leaves to a human."""
    path = folder / "drizzle" / REPAIR
    text = path.read_text()
    diff = re.search(r"```diff\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    assert diff is not None
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", diff[1], re.MULTILINE):
        before, after = ("\n".join(line[1:] for line in lines.splitlines()) for lines in (old, new))
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text)


@pytest.fixture(scope="module")
def original() -> list[dict[str, Any]]:
    return findings_of(EXAMPLE)


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, repaired by the real fixer, and by hand where it must be."""
    folder = tmp_path_factory.mktemp("repaired") / "railway"
    shutil.copytree(EXAMPLE, folder)
    result = idemlint("--fix", "--unsafe-fixes", folder)
    assert result.code == 1, result.out + result.err
    by_hand(folder)
    return folder


@pytest.fixture(scope="module")
def expected(server: Server, repaired: Path) -> Snapshot:
    """The schema to arrive at: what the untouched first two files make, and the mended third."""
    with server.fresh_database() as fresh:
        assert migrate(fresh, pieces_of(EXAMPLE, FIRST, SECOND)) is None
        assert migrate(fresh, pieces_of(repaired, REPAIR)) is None
        return fresh.snapshot()


class TestWithoutServer:
    def test_the_folder_is_drizzles_and_each_piece_one_statement(self) -> None:
        result = idemlint("replay", "--output-format", "json", EXAMPLE)
        files = json.loads(result.out)["files"]
        assert [Path(file["filename"]).name for file in files] == list(FILES)
        for file, name in zip(files, FILES, strict=True):
            assert file["runner"] == "drizzle"
            assert len(file["statements"]) == len(pieces_of(EXAMPLE, name))

    def test_nothing_is_unknown(self) -> None:
        result = idemlint("replay", "--output-format", "json", EXAMPLE)
        statements = [one for file in json.loads(result.out)["files"] for one in file["statements"]]
        assert [one for one in statements if one["verdict"] == "unknown"] == []

    def test_the_first_command_says_enough_and_not_too_much(
        self, original: list[dict[str, Any]]
    ) -> None:
        assert 25 <= len(original) <= 60
        codes = {finding["code"] for finding in original}
        assert codes >= {"IDM002", "IDM101", "IDM102", "IDM104", "IDM201", "IDM202", "IDM501"}
        assert codes >= {"IDM602", "IDM701"}
        assert idemlint(EXAMPLE).code == 1

    def test_one_command_repairs_all_but_what_the_readme_leaves_to_a_human(
        self, tmp_path: Path, original: list[dict[str, Any]]
    ) -> None:
        folder = tmp_path / "railway"
        shutil.copytree(EXAMPLE, folder)
        idemlint("--fix", "--unsafe-fixes", folder)
        left = findings_of(folder)
        assert sorted(finding["code"] for finding in left) == ["IDM501", "IDM501", "IDM701"]
        assert {Path(finding["filename"]).name for finding in left} == {REPAIR}

    def test_the_safe_fixes_leave_little(self, tmp_path: Path) -> None:
        folder = tmp_path / "railway"
        shutil.copytree(EXAMPLE, folder)
        result = idemlint("--fix", folder)
        assert "without comparing definitions" in result.err
        left = {(finding["code"], finding["location"]["row"]) for finding in findings_of(folder)}
        assert len(left) <= 4, left

    def test_a_second_fix_changes_nothing(self, repaired: Path) -> None:
        before = pieces_of(repaired)
        result = idemlint("--fix", "--unsafe-fixes", repaired)
        assert (result.code, pieces_of(repaired)) == (0, before), result.out

    @pytest.mark.parametrize("rerun", ["any", "statement", "folder"])
    def test_repaired_it_is_clean(self, repaired: Path, rerun: str) -> None:
        assert findings_of(repaired, "--rerun", rerun) == []

    def test_the_fix_of_users_is_unsafe_for_it_hides_a_difference(
        self, original: list[dict[str, Any]]
    ) -> None:
        """`0002` makes `users` with other columns, so one of the two shapes is skipped."""
        fixes = tables_of_the_first_file(original)
        users = fixes.pop("users")
        assert users["applicability"] == "unsafe"
        assert "hides" in users["message"]
        assert REPAIR in users["message"]
        assert {fix["applicability"] for fix in fixes.values()} == {"safe"}
        assert len(fixes) == 19


def tables_of_the_first_file(findings: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The fixes of `0000`'s CREATE TABLEs, by table."""
    fixes = {}
    for finding in findings:
        if finding["code"] == "IDM101":
            assert Path(finding["filename"]).name == FIRST
            found = re.search(r"CREATE TABLE (\w+)", finding["message"])
            assert found is not None
            fixes[found[1]] = finding["fix"]
    return fixes


@pytest.mark.server
class TestOriginal:
    """It fails where idemlint says that it fails, with the SQLSTATE that it says."""

    @pytest.mark.parametrize("name", [FIRST, SECOND])
    def test_every_statement_again(
        self, database: Database, original: list[dict[str, Any]], name: str
    ) -> None:
        for one in FILES[: FILES.index(name) + 1]:
            assert migrate(database, pieces_of(EXAMPLE, one)) is None
        assert each_in_a_savepoint(database, pieces_of(EXAMPLE, name)) == claimed(original, name)

    def test_every_statement_of_the_repair(
        self, database: Database, original: list[dict[str, Any]]
    ) -> None:
        assert migrate(database, pieces_of(EXAMPLE, FIRST, SECOND)) is None
        pieces = pieces_of(EXAMPLE, REPAIR)
        always = [finding for finding in original if finding["code"].startswith(FIRST_RUN)]
        some = [finding for finding in original if not finding["code"].startswith(WITH_ROWS)]
        assert each_in_a_savepoint(database, pieces) == claimed(always, REPAIR)
        assert claimed(some, REPAIR) == claimed(always, REPAIR)
        database.run([USERS])
        assert each_in_a_savepoint(database, pieces) == claimed(original, REPAIR)

    def test_empty_database(self, database: Database, original: list[dict[str, Any]]) -> None:
        pieces = pieces_of(EXAMPLE)
        before = len(pieces_of(EXAMPLE, FIRST, SECOND))
        always = [finding for finding in original if finding["code"].startswith(FIRST_RUN)]
        index, sqlstate = min(claimed(always, REPAIR).items())
        assert migrate(database, pieces) == (before + index, sqlstate)

    @pytest.mark.parametrize("name", [FIRST, SECOND])
    def test_database_with_the_tables(
        self, database: Database, original: list[dict[str, Any]], name: str
    ) -> None:
        for one in FILES[: FILES.index(name) + 1]:
            assert migrate(database, pieces_of(EXAMPLE, one)) is None
        assert migrate(database, pieces_of(EXAMPLE)) == min(claimed(original, FIRST).items())

    def test_stopped_after_each_statement(
        self, database: Database, original: list[dict[str, Any]]
    ) -> None:
        """The first statement that ran before, and of which idemlint says that it cannot again."""
        pieces = pieces_of(EXAMPLE)
        again = claimed(original, FIRST)
        before = len(pieces_of(EXAMPLE, FIRST, SECOND))
        always = [finding for finding in original if finding["code"].startswith(FIRST_RUN)]
        broken = {before + index: state for index, state in claimed(always, REPAIR).items()}
        for stop, piece in enumerate(pieces_of(EXAMPLE, FIRST), start=1):
            assert database.run([piece]) == [None]
            ran = {index: state for index, state in again.items() if index < stop}
            assert migrate(database, pieces) == min((ran or broken).items()), stop


@pytest.mark.server
class TestRepaired:
    """It always arrives at the same schema."""

    def test_empty_database(self, database: Database, repaired: Path, expected: Snapshot) -> None:
        assert migrate(database, pieces_of(repaired)) is None
        assert expected.difference(database.snapshot()) == {}

    @pytest.mark.parametrize("names", [(FIRST,), (FIRST, SECOND)], ids=["first", "both"])
    def test_database_with_the_tables_and_rows(
        self, database: Database, repaired: Path, expected: Snapshot, names: tuple[str, ...]
    ) -> None:
        assert migrate(database, pieces_of(EXAMPLE, *names)) is None
        assert database.run([USERS]) == [None]
        assert migrate(database, pieces_of(repaired)) is None
        after = database.snapshot()
        assert schema_changes(expected, after) == {}
        assert any(
            "ada@example.org" in row for table, row in after.parts[DATA] if table == "public.users"
        )

    def test_stopped_after_each_statement(
        self, database: Database, repaired: Path, expected: Snapshot
    ) -> None:
        """The first run was the original, as far as it can run; then the mended repair."""
        pieces = pieces_of(repaired)
        first = [*pieces_of(EXAMPLE, FIRST, SECOND), *pieces_of(repaired, REPAIR)]
        of_server = database.server
        with database.connect() as connection:
            for stop, piece in enumerate(first, start=1):
                assert execute(connection, piece) is None, piece
                execute(connection, "BEGIN")
                said = [execute(connection, one) for one in pieces]
                assert said == [None] * len(pieces), stop
                after = take_snapshot(connection, of_server.version, of_server.first_user_xid)
                assert schema_changes(expected, after) == {}, stop
                execute(connection, "ROLLBACK")

    def test_stopped_while_the_repaired_ran(
        self, database: Database, repaired: Path, expected: Snapshot
    ) -> None:
        pieces = pieces_of(repaired)
        of_server = database.server
        with database.connect() as connection:
            for stop, piece in enumerate(pieces, start=1):
                assert execute(connection, piece) is None, piece
                execute(connection, "BEGIN")
                assert [execute(connection, one) for one in pieces] == [None] * len(pieces), stop
                after = take_snapshot(connection, of_server.version, of_server.first_user_xid)
                assert schema_changes(expected, after) == {}, stop
                execute(connection, "ROLLBACK")

    def test_the_whole_folder_again(
        self, database: Database, repaired: Path, expected: Snapshot
    ) -> None:
        for _ in range(3):
            assert migrate(database, pieces_of(repaired)) is None
        after = database.snapshot()
        changed = expected.difference(after)
        # ON CONFLICT DO NOTHING takes numbers from the sequence; the rows are the same.
        assert changed.keys() <= {SEQUENCE}

    def test_users_in_an_older_shape_stay_so_and_idemlint_has_said_it(
        self,
        database: Database,
        repaired: Path,
        expected: Snapshot,
        original: list[dict[str, Any]],
    ) -> None:
        users = next(
            piece for piece in pieces_of(EXAMPLE, FIRST) if 'CREATE TABLE "users"' in piece
        )
        line = "\t\"time_zone\" text DEFAULT 'UTC' NOT NULL,\n"
        assert line in users
        assert database.run([users.replace(line, "")]) == [None]
        assert migrate(database, pieces_of(repaired)) is None
        hidden = schema_changes(expected, database.snapshot())
        assert any("time_zone" in change for change in hidden.values())
        for part, change in hidden.items():
            lines = change.splitlines()
            assert all("users" in one for one in lines), (part, change)
        assert tables_of_the_first_file(original)["users"]["applicability"] == "unsafe"

    def test_users_made_by_hand(
        self,
        database: Database,
        repaired: Path,
        expected: Snapshot,
        original: list[dict[str, Any]],
    ) -> None:
        """The shape that `0002` remembers, from before there was a password."""
        users = next(piece for piece in pieces_of(EXAMPLE, REPAIR) if "CREATE TABLE" in piece)
        older = users.replace('\t"password_hash" text NOT NULL,\n', "")
        assert older != users
        assert database.run([older, USERS]) == [None, None]
        assert migrate(database, pieces_of(repaired)) is None
        hidden = expected.difference(database.snapshot())
        columns = {name for name, _ in hidden["pg_attribute"].removed}
        assert {column.split(".")[-1].split()[-1] for column in columns} >= {
            "display_name",
            "time_zone",
        }
        assert tables_of_the_first_file(original)["users"]["applicability"] == "unsafe"
