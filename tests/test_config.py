"""The configuration: nearest first, up to the repository's root; what is not known is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import config
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

ALL_KEYS = """
paths = ["db/migrations"]
select = ["IDM1"]
ignore = ["IDM103"]
extend-select = ["IDM9"]
runner = "drizzle"
postgres-version = 16
search-path = ["app", "public"]
rerun = "file"
start-after = "0003"
exclude = ["legacy/"]
per-file-ignores = { "seeds/*.sql" = ["IDM4"] }
output-format = "concise"
baseline = "baseline.json"
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps" / "api").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_key_of_the_promise(repository: Path) -> None:
    (repository / "idemlint.toml").write_text(ALL_KEYS)
    assert config.load(str(repository)) == config.Config(
        folder=str(repository),
        file=str(repository / "idemlint.toml"),
        paths=("db/migrations",),
        select=("IDM1",),
        ignore=("IDM103",),
        extend_select=("IDM9",),
        runner="drizzle",
        postgres_version=16,
        search_path=("app", "public"),
        rerun="file",
        start_after="0003",
        exclude=("legacy/",),
        per_file_ignores={"seeds/*.sql": ("IDM4",)},
        output_format="concise",
        baseline="baseline.json",
    )


def test_the_table_in_pyproject(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname='x'\n[tool.idemlint]" + ALL_KEYS)
    loaded = config.load(str(repository))
    assert loaded.file == str(repository / "pyproject.toml")
    assert loaded.runner == "drizzle"


def test_the_nearest_counts(repository: Path) -> None:
    (repository / "idemlint.toml").write_text('runner = "psql"')
    (repository / "apps" / "pyproject.toml").write_text('[tool.idemlint]\nrunner = "prisma"')
    assert config.load(str(repository / "apps" / "api")).runner == "prisma"
    assert config.load(str(repository)).runner == "psql"


def test_a_pyproject_without_our_table_is_passed_by(repository: Path) -> None:
    (repository / "idemlint.toml").write_text('runner = "psql"')
    (repository / "apps" / "pyproject.toml").write_text('dependencies = ["idemlint"]')
    assert config.load(str(repository / "apps")).runner == "psql"


def test_our_own_file_wins_over_pyproject(repository: Path) -> None:
    (repository / "idemlint.toml").write_text('runner = "psql"')
    (repository / "pyproject.toml").write_text('[tool.idemlint]\nrunner = "prisma"')
    assert config.load(str(repository)).runner == "psql"


def test_the_search_ends_at_the_repositorys_root(repository: Path) -> None:
    (repository / "idemlint.toml").write_text('runner = "psql"')
    inner = repository / "apps"
    (inner / ".git").mkdir()
    loaded = config.load(str(inner / "api"))
    assert loaded.file is None
    assert loaded.folder == str(inner)


def test_isolated_reads_nothing(repository: Path) -> None:
    (repository / "idemlint.toml").write_text("nonsense")
    assert config.load(str(repository), isolated=True).file is None


def test_a_file_that_is_named_is_the_only_one(repository: Path) -> None:
    (repository / "idemlint.toml").write_text('runner = "psql"')
    named = repository / "apps" / "other.toml"
    named.write_text('runner = "prisma"')
    loaded = config.load(str(repository), explicit=str(named))
    assert (loaded.runner, loaded.folder) == ("prisma", str(repository / "apps"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nslect = []", "idemlint.toml:2: unknown key `slect` (did you mean `select`?)"),
        ("postgres_version = 14", "idemlint.toml:1: unknown key `postgres_version`"),
        ("xyzzy = 1", "unknown key `xyzzy`; known are `paths`, "),
        ("a = 1\nrerun = 'fil'", "idemlint.toml:1: unknown key `a`"),
        ("\n\nrerun = 'fil'", "idemlint.toml:3: `rerun` must be one of statement, file,"),
        ("select = 'IDM1'", "idemlint.toml:1: `select` must be a list of texts"),
        ("select = [1]", "`select` must be a list of texts"),
        ("postgres-version = '14'", "`postgres-version` must be a major version"),
        ("postgres-version = true", "`postgres-version` must be a major version"),
        ("per-file-ignores = ['x']", "`per-file-ignores` must be a table"),
        ("runner = 1", "`runner` must be a text in quotes"),
        ("runner =", "idemlint.toml: is not valid TOML: "),
        ("[per-file-ignores]\n'x.sql' = 'IDM1'", "idemlint.toml:1: `per-file-ignores` must be"),
    ],
)
def test_mistakes_are_named_with_their_place(repository: Path, text: str, message: str) -> None:
    (repository / "idemlint.toml").write_text(text)
    with pytest.raises(UsageProblem) as problem:
        config.load(str(repository))
    assert message in str(problem.value)


def test_the_line_in_pyproject_is_that_of_our_table(repository: Path) -> None:
    (repository / "pyproject.toml").write_text(
        "[tool.other]\nselct = 1\n\n[tool.idemlint]\nselct = 1\n"
    )
    with pytest.raises(UsageProblem, match=r"pyproject\.toml:5: unknown key `selct`"):
        config.load(str(repository))


def test_a_named_file_that_cannot_be_read_is_an_error(repository: Path) -> None:
    with pytest.raises(UsageProblem, match=r"none\.toml: cannot be read: No such file"):
        config.load(str(repository), explicit="none.toml")


def test_a_named_pyproject_must_have_our_table(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname = 'x'")
    with pytest.raises(UsageProblem, match=r"has no \[tool.idemlint\] table"):
        config.load(str(repository), explicit="pyproject.toml")


def test_no_toml_parser_is_loaded_without_need(repository: Path) -> None:
    """Start-up is on the path of every commit."""
    import subprocess
    import sys

    (repository / "pyproject.toml").write_text("[project]\nname = 'x'")
    code = (
        "import sys; from idemlint import config; config.load('.');"
        "sys.exit('tomllib' in sys.modules or 'tomli' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=repository).returncode == 0
