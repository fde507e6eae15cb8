"""Each sequence has the configuration that is nearest above its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine

from .conftest import BAD, GOOD, write

if TYPE_CHECKING:
    from .conftest import Idemlint

INSERT = "INSERT INTO audit VALUES (1);\n"


def codes(idemlint: Idemlint, *arguments: str) -> dict[str, list[str]]:
    """The codes that are found, by file."""
    result = idemlint(*arguments, "--output-format", "json")
    assert result.code in {0, 1}, result.err
    found: dict[str, list[str]] = {}
    for each in json.loads(result.out):
        found.setdefault(each["filename"], []).append(each["code"])
    return found


@pytest.fixture
def services(here: Path) -> Path:
    """A repository of two services, each with a configuration, and one at the root."""
    write(".git/HEAD", "ref: refs/heads/main\n")
    write("services/a/migrations/0001_a.sql", BAD)
    write("services/b/migrations/0001_b.sql", BAD)
    write("migrations/0001_c.sql", BAD)
    write("services/a/idemlint.toml", 'ignore = ["create-table"]\n')
    write("services/b/pyproject.toml", '[tool.idemlint]\nrerun = "file"\nselect = ["IDM609"]\n')
    write("idemlint.toml", 'output-format = "concise"\n')
    return here


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_hook_at_the_root_uses_each_services_own(
    idemlint: Idemlint, services: Path, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idemlint.workers.sizing.processes", lambda sizes, most: int(jobs))
    names = sorted(map(str, services.rglob("*.sql")))
    relative = [str(Path(name).relative_to(services)) for name in names]
    assert codes(idemlint, "--force-exclude", "--jobs", jobs, *relative) == {
        "migrations/0001_c.sql": ["IDM101"]
    }


def test_the_command_line_wins_over_each(idemlint: Idemlint, services: Path) -> None:
    assert set(codes(idemlint, "--select", "IDM101", "--ignore", "IDM4", ".")) == {
        "migrations/0001_c.sql",
        "services/a/migrations/0001_a.sql",
        "services/b/migrations/0001_b.sql",
    }


def test_a_named_configuration_wins_for_all(idemlint: Idemlint, services: Path) -> None:
    everything = {
        "migrations/0001_c.sql",
        "services/a/migrations/0001_a.sql",
        "services/b/migrations/0001_b.sql",
    }
    assert set(codes(idemlint, "--config", "idemlint.toml", ".")) == everything
    assert set(codes(idemlint, "--isolated", ".")) == everything


def test_one_inside_the_runners_folder_is_not_read(idemlint: Idemlint, here: Path) -> None:
    write("prisma/schema.prisma", 'datasource db {\n  provider = "postgresql"\n}\n')
    write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    write("prisma/migrations/20240101000000_a/migration.sql", BAD)
    write("prisma/migrations/20240101000000_a/idemlint.toml", "nonsense = 1\n")
    write("prisma/migrations/20240102000000_b/migration.sql", BAD.replace("users", "b"))
    assert len(codes(idemlint, ".")) == 2
    write("prisma/migrations/idemlint.toml", 'ignore = ["IDM1"]\n')
    assert codes(idemlint, ".") == {}


@pytest.mark.parametrize(
    "text", ["nonsense = 1\n", "select = [\n", 'select = ["IDM999"]\n', 'runner = "x"\n']
)
def test_an_error_in_one_names_the_file(idemlint: Idemlint, services: Path, text: str) -> None:
    write("services/a/idemlint.toml", text)
    result = idemlint(".")
    assert result.code == 2
    assert "services/a/idemlint.toml" in result.err


def test_patterns_are_relative_to_their_file(idemlint: Idemlint, services: Path) -> None:
    write("services/a/idemlint.toml", 'per-file-ignores = { "/migrations/*.sql" = ["IDM1"] }\n')
    write("services/b/pyproject.toml", '[tool.idemlint]\nexclude = ["/migrations"]\n')
    assert set(codes(idemlint, ".")) == {"migrations/0001_c.sql"}
    named = "services/b/migrations/0001_b.sql"
    assert set(codes(idemlint, named)) == {named}
    assert codes(idemlint, named, "--force-exclude") == {}


def test_standard_input_has_that_of_its_name(
    idemlint: Idemlint, services: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in (("services/a/migrations/0002.sql", 0), ("migrations/0002.sql", 1)):
        stdin = write("text", "CREATE TABLE other (id int PRIMARY KEY);\n").open()
        monkeypatch.setattr("sys.stdin", stdin)
        assert idemlint("-", "--stdin-filename", name).code == code


def test_fixes_go_by_it(idemlint: Idemlint, services: Path) -> None:
    assert idemlint("--fix", ".").code == 0
    assert Path("migrations/0001_c.sql").read_text() == GOOD
    assert Path("services/a/migrations/0001_a.sql").read_text() == BAD


def test_the_verbose_run_names_them(idemlint: Idemlint, services: Path) -> None:
    result = idemlint("-v", ".")
    assert "configuration: services/a/idemlint.toml (1 file)" in result.err


def test_an_open_folder_follows_its_configurations(services: Path) -> None:
    folder = engine.open(["services/a/migrations", "services/b/migrations"])
    names = [name for sequence in folder for name in sequence]

    def found() -> list[list[str]]:
        reports = [folder.sequence_of(name).report(name) for name in names]  # type: ignore[union-attr]
        return [[each.code for each in report.findings] for report in reports]

    assert found() == [[], []]
    moved = folder.update({"services/a/idemlint.toml": b"postgres-version = 15\n"})
    assert names[0] in moved
    assert found() == [["IDM101"], []]
    folder.update({"services/a/migrations/0002.sql": b"CREATE TABLE x (a int);\n"})
    names.append("services/a/migrations/0002.sql")
    assert found() == [["IDM101"], [], ["IDM101"]]


class TestStartAfter:
    """`start-after` is resolved against its configuration file."""

    @pytest.fixture
    def project(self, here: Path) -> Path:
        write("db/migrations/0001_a.sql", BAD)
        write("db/migrations/0002_b.sql", BAD.replace("users", "b"))
        write("db/migrations/0003_c.sql", BAD.replace("users", "c"))
        return here

    @pytest.mark.parametrize("folder", [".", "db", "db/migrations"])
    @pytest.mark.parametrize("value", ["db/migrations/0002_b.sql", "./db/migrations/0002_b.sql"])
    def test_a_path_counts_from_every_folder(
        self,
        idemlint: Idemlint,
        project: Path,
        monkeypatch: pytest.MonkeyPatch,
        folder: str,
        value: str,
    ) -> None:
        write("idemlint.toml", f'start-after = "{value}"\n')
        monkeypatch.chdir(folder)
        assert idemlint("--fix", ".").code == 0
        fixed = [
            each.name for each in sorted(project.rglob("*.sql")) if "IF NOT" in each.read_text()
        ]
        assert fixed == ["0003_c.sql"]

    def test_it_counts_through_a_link(
        self, idemlint: Idemlint, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("idemlint.toml", 'start-after = "db/migrations/0002_b.sql"\n')
        Path("link").symlink_to("db/migrations")
        assert set(codes(idemlint, "link/")) == {"link/0003_c.sql"}

    def test_it_is_not_another_folders_file_of_that_name(
        self, idemlint: Idemlint, project: Path
    ) -> None:
        write("services/db/migrations/0002_b.sql", BAD)
        write("idemlint.toml", 'start-after = "db/migrations/0002_b.sql"\n')
        assert set(codes(idemlint, ".")) == {
            "db/migrations/0003_c.sql",
            "services/db/migrations/0002_b.sql",
        }

    @pytest.mark.parametrize(
        ("value", "near"),
        [
            ("db/migrations/0002_bb.sql", "did you mean `0002_b.sql`"),
            ("0002_bb.sql", "did you mean `0002_b.sql`"),
            ("0000", "did you mean `000"),
            ("db/migrations", "they go from `0001_a.sql` to `0003_c.sql`"),
            ("db/migrations/notes.txt", "they go from"),
            ("unknown", "they go from `0001_a.sql` to `0003_c.sql`"),
        ],
    )
    def test_what_there_is_none_of_is_an_error(
        self, idemlint: Idemlint, project: Path, value: str, near: str
    ) -> None:
        write("db/migrations/notes.txt", "no migration\n")
        write("idemlint.toml", f'start-after = "{value}"\n')
        for arguments in ((".",), ("--fix", ".")):
            result = idemlint(*arguments)
            assert result.code == 2
            assert f"idemlint.toml: start-after: `{value}` is none of the migrations" in result.err
            assert near in result.err
        assert "IF NOT" not in Path("db/migrations/0003_c.sql").read_text()
        option = idemlint("--isolated", "--start-after", value, ".")
        assert option.code == 2
        assert f"--start-after: `{value}`" in option.err

    def test_a_file_of_another_folder_is_no_error_where_that_is_not_asked_about(
        self, idemlint: Idemlint, project: Path
    ) -> None:
        write("other/0001.sql", GOOD)
        write("idemlint.toml", 'start-after = "db/migrations/0002_b.sql"\n')
        assert idemlint("other").code == 0

    def test_a_name_that_all_have_is_none(self, idemlint: Idemlint, here: Path) -> None:
        write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
        write("prisma/migrations/20240101000000_a/migration.sql", BAD)
        write("prisma/migrations/20240102000000_b/migration.sql", BAD.replace("users", "b"))
        for value, left in (
            ("20240101000000_a", 1),
            ("prisma/migrations/20240101000000_a", 1),
            ("prisma/migrations/20240101000000_a/migration.sql", 1),
            ("20240102000000", 0),
        ):
            write("idemlint.toml", f'start-after = "{value}"\n')
            assert len(codes(idemlint, "prisma")) == left
        write("idemlint.toml", 'start-after = "migration.sql"\n')
        assert idemlint("prisma").code == 2

    def test_a_table_by_folder(self, idemlint: Idemlint, project: Path) -> None:
        write("services/a/0001_x.sql", BAD)
        write("services/a/0002_y.sql", BAD.replace("users", "y"))
        write(
            "idemlint.toml",
            '[start-after]\n"db/migrations" = "0002"\n"services/a" = "services/a/0001_x.sql"\n',
        )
        assert set(codes(idemlint, ".")) == {"db/migrations/0003_c.sql", "services/a/0002_y.sql"}

    def test_a_table_in_pyproject(self, idemlint: Idemlint, project: Path) -> None:
        write("pyproject.toml", '[tool.idemlint.start-after]\n"db/migrations" = "0002_b.sql"\n')
        assert set(codes(idemlint, ".")) == {"db/migrations/0003_c.sql"}

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ('"db/migration" = "0002"', "there is no folder `db/migration`"),
            ('"db/migrations" = "x"', "`x` is none of the migrations in"),
            ('"db/migrations" = 2', "must be a text in quotes, or a table by folder"),
        ],
    )
    def test_a_wrong_table(
        self, idemlint: Idemlint, project: Path, table: str, message: str
    ) -> None:
        write("idemlint.toml", f"[start-after]\n{table}\n")
        result = idemlint(".")
        assert result.code == 2
        assert "idemlint.toml" in result.err
        assert message in result.err


class TestPerFileIgnores:
    """`--per-file-ignores`."""

    @pytest.fixture
    def two(self, here: Path) -> Path:
        write("m/0001.sql", "CREATE TABLE a (x int);\nCREATE INDEX ON a (x);\n")
        write("m/0002.sql", "CREATE TABLE b (x int);\nCREATE INDEX ON b (x);\n")
        return here

    @pytest.mark.parametrize(
        ("values", "left"),
        [
            (["0001.sql:IDM1,IDM4"], ["m/0002.sql"]),
            (["0001.sql:IDM1", "0001.sql:IDM4"], ["m/0002.sql"]),
            (["0001.sql:IDM1, IDM4, 0002.sql:IDM1,IDM4"], []),
            (["*.sql:ALL"], []),
            (["/m/0002.sql:create-table,IDM4,IDM1"], ["m/0001.sql"]),
        ],
    )
    def test_commas_separate_rules_and_patterns(
        self, idemlint: Idemlint, two: Path, values: list[str], left: list[str]
    ) -> None:
        arguments = [word for value in values for word in ("--per-file-ignores", value)]
        assert list(codes(idemlint, *arguments, "m")) == left

    def test_they_add_to_those_of_the_file(self, idemlint: Idemlint, two: Path) -> None:
        write(
            "idemlint.toml", 'per-file-ignores = { "0001.sql" = ["IDM1"], "0002.sql" = ["ALL"] }\n'
        )
        assert codes(idemlint, "--per-file-ignores", "0001.sql:IDM4", "m") == {}

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("IDM1", "`IDM1` is not PATTERN:CODE"),
            (":IDM1", "`:IDM1` is not PATTERN:CODE"),
            ("x.sql:IDM1,IDM777", "--per-file-ignores: unknown rule `IDM777`"),
            ("x.sql:", "--per-file-ignores: unknown rule ``"),
        ],
    )
    def test_what_is_none_is_an_error(
        self, idemlint: Idemlint, two: Path, value: str, message: str
    ) -> None:
        result = idemlint("--per-file-ignores", value, "m")
        assert result.code == 2
        assert message in result.err
