"""From paths to files: what is searched, what is left out, what is an error."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from idemlint.errors import UsageProblem
from idemlint.files import discover, look

NO_SYMLINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*names: str, text: str = "SELECT 1;") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def found(*paths: str, **options: object) -> list[str]:
    searched = look(paths, **options)  # type: ignore[arg-type]
    for problem in searched.problems.values():
        raise UsageProblem(problem)
    return [Path(path).as_posix() for path in searched.names]


def test_a_folder_is_searched_for_sql_files(here: Path) -> None:
    make("m/b.sql", "m/a.sql", "m/deep/er/c.sql", "m/README.md", "m/d.sql.bak")
    assert found("m") == ["m/a.sql", "m/b.sql", "m/deep/er/c.sql"]


def test_a_folder_may_be_named_like_a_file(here: Path) -> None:
    make("m/x.sql/migration.sql")
    assert found("m") == found("m/x.sql") == ["m/x.sql/migration.sql"]


def test_a_file_that_is_named_is_read_whatever_its_name(here: Path) -> None:
    make("m/delta.sql.postgres")
    assert found("m/delta.sql.postgres") == ["m/delta.sql.postgres"]


def test_every_file_comes_once_in_the_order_of_the_paths(here: Path) -> None:
    make("m/a.sql", "m/b.sql", "n/c.sql")
    assert found("n", "m/b.sql", "m", "./m/a.sql") == ["n/c.sql", "m/b.sql", "m/a.sql"]


def test_what_git_ignores_is_left_out(here: Path) -> None:
    make("m/a.sql", "m/tmp_b.sql", "m/build/c.sql", "m/keep/tmp_d.sql")
    make(".gitignore", text="tmp_*\n# a comment\nbuild/\n")
    (here / ".git").mkdir()
    assert found("m") == ["m/a.sql"]


def test_a_deeper_gitignore_wins(here: Path) -> None:
    make("m/tmp_a.sql", "m/deep/tmp_b.sql", "m/deep/c.sql")
    make(".gitignore", text="tmp_*\n")
    make("m/deep/.gitignore", text="!tmp_b.sql\n/c.sql\n")
    (here / ".git").mkdir()
    assert found(".") == ["m/deep/tmp_b.sql"]


def test_gitignore_counts_up_to_the_repositorys_root_only(here: Path) -> None:
    make("repository/m/a.sql")
    make(".gitignore", text="*.sql\n")
    (here / "repository" / ".git").mkdir()
    assert found("repository/m") == ["repository/m/a.sql"]


def test_a_file_that_is_named_is_read_though_git_ignores_it(here: Path) -> None:
    make("m/a.sql")
    make(".gitignore", text="*.sql\n")
    (here / ".git").mkdir()
    assert found("m") == []
    assert found("m/a.sql") == ["m/a.sql"]


def test_exclude_is_relative_to_the_configuration(here: Path) -> None:
    make("db/m/a.sql", "db/legacy/b.sql", "other/legacy/c.sql")
    assert found("db", "other", exclude=["/legacy/"], exclude_root=here / "db") == [
        "db/m/a.sql",
        "other/legacy/c.sql",
    ]


def test_a_named_file_is_read_unless_exclusion_is_forced(here: Path) -> None:
    """pre-commit names every file: its hooks force it."""
    make("legacy/a.sql", "m/b.sql")
    paths = ("legacy/a.sql", "m/b.sql")
    assert found(*paths, exclude=["legacy"], exclude_root=here) == list(paths)
    assert found(*paths, exclude=["legacy"], exclude_root=here, force_exclude=True) == ["m/b.sql"]


def test_other_peoples_files_are_not_searched(here: Path) -> None:
    make("a.sql", "node_modules/x/b.sql", ".venv/c.sql", ".git/d.sql")
    assert found(".") == ["a.sql"]
    assert found("node_modules") == ["node_modules/x/b.sql"]


@NO_SYMLINKS
def test_a_loop_of_links_ends(here: Path) -> None:
    make("m/a.sql")
    (here / "m" / "up").symlink_to("..")
    assert found("m") == ["m/a.sql"]


@NO_SYMLINKS
def test_a_link_to_a_file_is_read(here: Path) -> None:
    make("elsewhere/a.sql", "m/b.sql")
    (here / "m" / "a.sql").symlink_to("../elsewhere/a.sql")
    assert found("m") == ["m/a.sql", "m/b.sql"]


@NO_SYMLINKS
def test_a_link_that_loops_is_an_error(here: Path) -> None:
    (here / "loop.sql").symlink_to("loop.sql")
    with pytest.raises(UsageProblem, match=r"loop\.sql: too many levels of symbolic links"):
        found("loop.sql")


@NO_SYMLINKS
def test_a_broken_link_is_an_error_and_in_a_folder_left_to_the_reader(here: Path) -> None:
    (here / "broken.sql").symlink_to("gone")
    with pytest.raises(UsageProblem, match=r"broken\.sql: is a broken symbolic link"):
        found("broken.sql")
    assert found(".") == ["broken.sql"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_a_folder_is_no_migration(here: Path) -> None:
    os.mkfifo(here / "pipe.sql")
    assert found(".") == []


def test_a_file_that_is_not_there(here: Path) -> None:
    with pytest.raises(UsageProblem, match=r"gone\.sql: no such file or folder"):
        found("gone.sql")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to root"
)
def test_a_folder_that_may_not_be_searched(here: Path) -> None:
    make("m/a.sql")
    (here / "m").chmod(0)
    try:
        with pytest.raises(UsageProblem, match="m: cannot be searched: Permission denied"):
            found("m")
    finally:
        (here / "m").chmod(0o755)


@pytest.mark.parametrize(
    "name", [".", "./", "m", "m/", "./m", "m//", "m/.", ".//m/./", "../here/m", "m/../m"]
)
@pytest.mark.parametrize("above", ["", "/", "//", "///"])
def test_a_path_is_spelled_as_pathlib_spells_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, name: str, above: str
) -> None:
    make("here/a.sql", "here/m/a.sql")
    monkeypatch.chdir("here")
    if above:
        name = f"{above}{Path.cwd().as_posix().lstrip('/')}/{name}"
    file = os.path.join(name, "a.sql")  # noqa: PTH118
    assert discover([file]) == [str(Path(file))]
    assert discover([name])[0] == str(Path(file))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text(here: Path) -> None:
    (here / os.fsdecode(b"\xff.sql")).touch()
    assert [os.fsencode(path) for path in discover(["."])] == [b"\xff.sql"]


def test_a_wrong_pattern_is_an_error(here: Path) -> None:
    make("a.sql")
    with pytest.raises(UsageProblem, match="a pattern to leave out files is wrong"):
        found(".", exclude=["!"], exclude_root=here)


def test_five_thousand_files_take_no_time(here: Path) -> None:
    for number in range(5000):
        (here / f"{number:05}.sql").touch()
    (here / ".git").mkdir()
    make(".gitignore", text="node_modules/\n*.log\n!x.log\n/tmp\nbuild\n**/cache/*\n")
    discover(["."])  # pathspec's import is not part of the measure
    begun = time.perf_counter()
    assert len(discover(["."])) == 5000
    assert time.perf_counter() - begun < 1  # about 0.05 on an idle machine
