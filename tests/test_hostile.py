"""Bad input through the command line: a clear message, the right exit code, nothing half-written.

A run that may crash or hang is a process of its own, so that a crash is seen as one, with a generous
timeout; nothing here measures time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import in_process
from in_process import Done

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 240.0
MEGABYTE = 1 << 20
LARGE = 50 * MEGABYTE

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs links and modes")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def alone(*arguments: str, data: bytes | None = None) -> Done:
    """Run it as a process. Whatever it is given, it may neither crash nor show a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "idemlint", *arguments],
        input=data if data is not None else b"",
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    said, noted = done.stdout.decode("utf-8", "replace"), done.stderr.decode()
    return checked(Done(done.returncode, said, noted))


def idemlint(*arguments: str) -> Done:
    """Run it here, with the same demands."""
    return checked(in_process.idemlint(*arguments))


def checked(result: Done) -> Done:
    assert result.code in (0, 1, 2), result
    for sign in ("Traceback", "internal error"):
        assert sign not in result.err
    return result


def names() -> list[str]:
    """All that is in the folder."""
    return sorted(path.name for path in Path().iterdir())


def junk() -> bytes:
    """Bytes of all kinds, the same at every run; no NUL."""
    state, found = 1, bytearray()
    for _ in range(20_000):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        found.append((state >> 16) % 255 + 1)
    return bytes(found)


class Text(NamedTuple):
    """A file that is hard to read: its bytes, the exit code, what is said of it."""

    make: Callable[[], bytes]
    code: int
    said: str


def nested(opening: str, inside: str, closing: str, times: int) -> Callable[[], bytes]:
    return lambda: (
        b"CREATE TABLE IF NOT EXISTS t (a int);\nSELECT "
        + f"{opening * times}{inside}{closing * times}".encode()
        + b";\nDROP TABLE u;\n"
    )


TEXTS = {
    "empty": Text(lambda: b"", 0, "Nothing"),
    "blanks": Text(lambda: b" \r\n\t\n", 0, "Nothing"),
    "comments": Text(lambda: b"-- a\n/* b */", 0, "Nothing"),
    "binary junk": Text(junk, 1, "IDM001"),
    "NUL": Text(lambda: b"SELECT 1;\0DROP TABLE t;\n", 1, "NUL byte at offset 9"),
    "UTF-16": Text(lambda: "DROP TABLE t;\n".encode("utf-16"), 1, "UTF-16"),
    "Latin-1": Text(lambda: "-- Größe\nDROP TABLE t;\n".encode("latin-1"), 1, "is not UTF-8"),
    "50 MB of SQL": Text(
        lambda: b"INSERT INTO t VALUES (1, 'some text that is long enough');\n" * (LARGE // 59),
        1,
        "MB of SQL in one file",
    ),
    "1 MB of junk": Text(lambda: junk() * 50, 1, "IDM001"),
    "100,000 terms": Text(
        lambda: b"SELECT " + b"+".join([b"1"] * 100_000) + b";\nDROP TABLE t;\n", 1, "IDM301"
    ),
    "10,000 parentheses": Text(nested("(", "1", ")", 10_000), 1, "IDM301"),
    "10,000 queries in one another": Text(nested("(SELECT ", "1", ")", 10_000), 1, "IDM301"),
    "100,000 parentheses": Text(nested("(", "1", ")", 100_000), 1, "IDM301"),
    "100,000 CASEs": Text(nested("CASE WHEN true THEN ", "1", " END", 100_000), 1, "IDM301"),
    "100,000 dots": Text(nested("a.", "a", "", 100_000), 1, "IDM301"),
    "50 MB of newlines": Text(lambda: b"\n" * LARGE + b"DROP TABLE t;\n", 1, "MB of SQL"),
    "10,000 open parentheses": Text(nested("(", "1", "", 10_000), 1, "IDM301"),
    "10,000 BEGINs in a body": Text(
        lambda: b"DO $$ " + b"BEGIN " * 10_000 + b"END; " * 10_000 + b"$$;\nDROP TABLE t;\n",
        1,
        "IDM301",
    ),
    "10,000 IFs in a body": Text(
        lambda: (
            b"DO $$ BEGIN "
            + b"IF true THEN " * 10_000
            + b"END IF; " * 10_000
            + b"END $$;\nDROP TABLE t;\n"
        ),
        1,
        "IDM301",
    ),
    "an unterminated body": Text(lambda: b"DO $$ BEGIN PERFORM 1;\nDROP TABLE t;\n", 1, "IDM003"),
    "an unterminated literal": Text(lambda: b"SELECT 'a;\nDROP TABLE t;\n", 1, "IDM001"),
    "an unterminated comment": Text(lambda: b"SELECT 1; /* /* a */\nDROP TABLE t;\n", 1, "IDM001"),
    "a comment in a comment, 10,000 times": Text(
        lambda: b"/*" * 10_000 + b"*/" * 10_000 + b"\nDROP TABLE t;\n", 1, "IDM301"
    ),
    "20,000 dollar quotes": Text(
        lambda: b"".join(b"SELECT $a%d$;\n" % number for number in range(20_000)), 1, "IDM00"
    ),
    "a byte that is no text in a suppression": Text(
        lambda: b"-- idemlint: ignore[\xff]\nDROP TABLE t;\n", 1, "IDM301"
    ),
    "a byte that is no text in a fix": Text(
        lambda: b'CREATE CAST ("\x80" AS d) WITH INOUT;\n', 1, "IDM117"
    ),
    "one line": Text(lambda: b"SELECT 1; " * 20_000 + b"DROP TABLE t;", 1, "IDM301"),
}

texts = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


@pytest.mark.slow
class TestText:
    @texts
    def test_it_is_read(self, here: Path, text: Text) -> None:
        Path("0001_it.sql").write_bytes(text.make())
        done = alone("--output-format", "concise", "0001_it.sql")
        assert done.code == text.code, done.err
        assert text.said in done.out
        assert len(done.out) < 10_000_000

    @texts
    def test_fixing_it_leaves_no_half_of_a_file(self, here: Path, text: Text) -> None:
        data = text.make()
        path = Path("0001_it.sql")
        path.write_bytes(data)
        alone("--fix", "--unsafe-fixes", "-q", "--output-format", "concise", "0001_it.sql")
        assert names() == ["0001_it.sql"]
        after = path.read_bytes()
        if after != data:
            again = alone("--diff", "--unsafe-fixes", "0001_it.sql")
            assert (again.code, again.out) == (0, "")

    def test_the_full_format_shows_little_of_what_is_long(self, here: Path) -> None:
        Path("0001_it.sql").write_bytes(b"SELECT '" + b"x" * MEGABYTE + b"'; DROP TABLE t;")
        done = alone("0001_it.sql")
        assert "IDM301" in done.out
        assert len(done.out) < 5_000

    def test_what_comes_in_through_a_pipe(self, here: Path) -> None:
        done = alone("--fix", "-", data=TEXTS["binary junk"].make())
        assert done.code == 1


class TestFiles:
    BAD = "DROP TABLE t;\n"
    FIXED = "DROP TABLE IF EXISTS t;\n"

    @pytest.fixture(params=["check", "--fix", "--diff", "replay"])
    def how(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_a_folder_that_is_called_like_a_file(self, here: Path, how: str) -> None:
        Path("x.sql").mkdir()
        path = Path("x.sql", "0001_it.sql")
        path.write_text(self.BAD)
        for argument in ("x.sql", "."):
            assert "0001_it.sql" in "".join(map(str, idemlint(how, argument))) or how == "--fix"
        assert path.read_text() == (self.FIXED if how == "--fix" else self.BAD)

    def test_a_file_that_is_not_there(self, here: Path, how: str) -> None:
        done = idemlint(how, "gone.sql")
        assert done.code == 2
        assert "gone.sql: no such file or folder" in done.err
        assert names() == []

    def test_one_that_is_not_there_stops_the_others(self, here: Path) -> None:
        Path("0001_it.sql").write_text(self.BAD)
        assert idemlint("--fix", "0001_it.sql", "gone.sql").code == 2
        assert Path("0001_it.sql").read_text() == self.BAD

    @posix
    def test_a_link_in_a_circle(self, here: Path, how: str) -> None:
        Path("a.sql").symlink_to("b.sql")
        Path("b.sql").symlink_to("a.sql")
        done = idemlint(how, "a.sql")
        assert done.code == 2
        assert "a.sql" in done.err
        assert names() == ["a.sql", "b.sql"]

    @posix
    def test_a_folder_with_a_link_in_a_circle(self, here: Path, how: str) -> None:
        Path("0001_it.sql").write_text(self.FIXED)
        Path("0002_it.sql").symlink_to("0002_it.sql")
        done = idemlint(how, ".")
        assert done.code == 2
        assert "0002_it.sql" in done.err

    @posix
    def test_a_folder_that_holds_itself(self, here: Path, how: str) -> None:
        Path("0001_it.sql").write_text(self.FIXED)
        Path("again").symlink_to(".", target_is_directory=True)
        assert idemlint(how, ".").code == 0

    @posix
    def test_a_file_that_may_not_be_read(self, here: Path, how: str) -> None:
        path = Path("0001_it.sql")
        path.write_text(self.BAD)
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read everything")
        done = idemlint(how, "0001_it.sql")
        assert done.code == 2
        assert "0001_it.sql: cannot be read: Permission denied" in done.err

    @posix
    def test_a_file_whose_bytes_cannot_be_had(self, here: Path, how: str) -> None:
        """As above, for root too: this one opens, and every read of it fails."""
        memory = Path("/proc/self/mem")
        if not memory.exists():
            pytest.skip("needs Linux")
        Path("0001_it.sql").symlink_to(memory)
        done = idemlint(how, "0001_it.sql")
        assert done.code == 2
        assert "0001_it.sql: cannot be read" in done.err

    @posix
    def test_a_pipe_in_a_folder_is_not_waited_for(self, here: Path, how: str) -> None:
        os.mkfifo("0001_it.sql")
        Path("0002_it.sql").write_text(self.FIXED)
        assert alone(how, ".").code == 0

    @posix
    def test_a_folder_that_takes_no_new_file(self, here: Path) -> None:
        folder = Path("migrations")
        folder.mkdir()
        path = folder / "0001_it.sql"
        path.write_text(self.BAD)
        folder.chmod(0o555)
        try:
            if os.access(folder, os.W_OK):
                pytest.skip("this user may write everywhere")
            done = idemlint("--fix", "migrations")
        finally:
            folder.chmod(0o755)
        assert done.code == 2
        assert "0001_it.sql: cannot be written" in done.err
        assert path.read_text() == self.BAD

    @pytest.mark.parametrize(
        "name", ['0001 it\'s; $(x) "y".sql', "0001_größe_🐘.sql", "-0001.sql", "0001\nit.sql"]
    )
    def test_names_that_are_odd(self, here: Path, name: str) -> None:
        Path(name).write_text(self.BAD)
        assert idemlint("--output-format", "json", ".").code == 1
        assert idemlint("--fix", ".").code == 0
        assert Path(name).read_text() == self.FIXED

    @posix
    def test_a_name_that_is_not_utf_8(self, here: Path) -> None:
        name = os.fsdecode(b"0001_\xff.sql")
        try:
            Path(name).write_text(self.BAD)
        except OSError:
            pytest.skip("this file system wants UTF-8")
        for form in ("full", "concise", "json", "github", "sarif"):
            assert alone("--output-format", form, ".").code == 1
        assert alone("--fix", ".").code == 0
        assert Path(name).read_text() == self.FIXED


class TestConfiguration:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("select = [", "idemlint.toml: is not valid TOML"),
            ("selct = ['IDM1']", "did you mean `select`?"),
            ("select = 'IDM1'", "must be a list of texts"),
            ("select = ['IDM999']", "unknown rule `IDM999`"),
            ("runner = 'gose'", "did you mean `goose`?"),
            ("postgres-version = '14'", "must be a major version"),
            ("postgres-version = true", "must be a major version"),
            ("rerun = 'twice'", "must be one of"),
            ("paths = ['gone']", "gone: no such file or folder"),
            ("exclude = ['[']\npaths=['.']", ""),
            ("\x00", "is not valid TOML"),
        ],
    )
    @pytest.mark.parametrize("how", ["check", "--fix"])
    def test_what_is_wrong_with_it_is_said(
        self, here: Path, text: str, said: str, how: str
    ) -> None:
        Path("idemlint.toml").write_text(text)
        path = Path("0001_it.sql")
        path.write_text(TestFiles.BAD)
        paths = () if "paths" in text else ("0001_it.sql",)
        done = idemlint(how, *paths)
        if said:
            assert done.code == 2
            assert said in done.err
            assert path.read_text() == TestFiles.BAD

    @pytest.mark.parametrize("name", ["idemlint.toml", "pyproject.toml"])
    def test_a_folder_in_its_place_is_none(self, here: Path, name: str) -> None:
        Path(name).mkdir()
        Path("0001_it.sql").write_text(TestFiles.FIXED)
        assert idemlint("0001_it.sql").code == 0

    def test_one_that_was_named_and_is_not_there(self, here: Path) -> None:
        done = idemlint("--config", "gone.toml", ".")
        assert done.code == 2
        assert "gone.toml" in done.err
