"""Where siblings are sought: in the folder of a migration, in those beside it that the runner goes by, and
nowhere else; and each folder is listed once."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idemlint import engine, runners
from idemlint.runners.clues import FolderClues
from idemlint.sequence.order import Group, group
from idemlint.sequence.owners import Owners
from idemlint.sequence.paths import named_folders
from idemlint.sequence.paths import root as root_of
from idemlint.sequence.texts import Texts
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.runners.profile import Profile

#: Names that some runner goes by; each profile is asked about those that it knows.
NAMES = (
    "0001_a.sql",
    "1_a.up.sql",
    "V1__a.sql",
    "001.do.a.sql",
    "000001.sql",
    "structure.sql",
    "current.sql",
    "1700000000000_a/up.sql",
    "20240101000000_a/migration.sql",
    "committed/000001.sql",
    "deploy/users.sql",
    "deploy/app/users.sql",
    "delta/72/01_a.sql",
    "up/1_a.sql",
    "views/app/v.sql",
    "down/x/down.sql",
)
CASES = [
    pytest.param(profile, name, id=f"{profile.name} {name}")
    for profile in runners.all_profiles().values()
    for name in NAMES
    if profile.named(name) is not None
]


class Listings(Counter[str]):
    """How often each folder was listed."""

    def scandir(self, folder: Any = ".") -> Any:
        self[str(Path(folder).absolute())] += 1
        return SCANDIR(folder)

    def __missing__(self, key: str) -> int:
        return 0


SCANDIR = os.scandir
SETTINGS = Settings.load(isolated=True)


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> Listings:
    found = Listings()
    monkeypatch.setattr(os, "scandir", found.scandir)
    return found


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("SELECT 1;\n")


def groups(
    names: list[str],
    profile: Profile,
    clues: FolderClues | None = None,
    given: dict[str, bytes] | None = None,
) -> list[Group]:
    """The groups of files whose runner was named."""
    clues, texts = clues or FolderClues(), Texts(given)
    return group(names, Owners(profile.name, texts.read, clues), texts, clues)[0]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with folders that are nobody's business, below each of its folders."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    for where in ("", "db/", "db/m/"):
        write(root / f"{where}not ours/deep/deeper/1_a.sql")
    write(tmp_path / "outside" / "1_a.sql")
    return root


def may_be_listed(profile: Profile, file: Path, top: Path) -> set[str]:
    """A migration's folder and those above it, and the folders beside it that its runner goes by."""
    found = {str(folder) for folder in file.parents if folder == top or top in folder.parents}
    depth = named_folders(profile, str(file))
    level = [Path(root_of(profile, str(file)))]
    for number in range(depth):
        level = [
            Path(entry.path)
            for folder in level
            if folder.is_dir()
            for entry in SCANDIR(folder)
            if entry.is_dir(follow_symlinks=False) and profile.holds(entry.name, number, depth)
        ]
        found.update(map(str, level))
    return found


@pytest.mark.parametrize(("profile", "name"), CASES)
@pytest.mark.parametrize("runner", ["named", "auto"])
def test_no_folder_is_listed_twice_nor_one_that_is_not_theirs(
    profile: Profile, name: str, runner: str, repository: Path, listings: Listings
) -> None:
    file = repository / "db" / "m" / name
    write(file)
    settings = SETTINGS._replace(runner=profile.name if runner == "named" else "auto")
    folder = engine.open([file], settings)
    sequence, *_ = folder  # what the runner passes over is a sequence by itself
    list(folder.reports())
    mine = runners.get(sequence.runner)
    assert set(listings) <= may_be_listed(mine, file, repository)
    assert max(listings.values()) == 1


def test_a_folder_that_is_asked_about_is_searched_and_then_listed_once(
    repository: Path, listings: Listings
) -> None:
    for number in range(1, 100):
        write(repository / f"db/n/{number}_a/up.sql")
    (sequence,) = engine.open([repository / "db" / "n"], SETTINGS._replace(runner="diesel"))
    assert len(sequence.files) == 99
    assert max(listings.values()) == 2


def test_a_name_that_many_patterns_fit_is_sought_beside_itself(
    repository: Path, listings: Listings
) -> None:
    """The folder's name, and those above it, look like a runner's, too."""
    for name in ("deploy/up/2024_a/deploy/x.sql", "deploy/up/2024_a/revert/x.sql"):
        write(repository / name)
    profile = runners.get("sqitch")
    file = repository / "deploy/up/2024_a/deploy/x.sql"
    (one,) = groups([str(file)], profile)
    assert one.root == str(repository / "deploy/up/2024_a")
    assert one.names == (str(file),)
    assert set(listings) <= may_be_listed(profile, file, repository)


@pytest.mark.parametrize("runner", runners.names())
@pytest.mark.parametrize(
    "name", ["/1_a.sql", "/up.sql", "/a/up.sql", "/2024_a/up.sql", "/a/b/down.sql"]
)
def test_a_file_at_the_top_of_the_disk(runner: str, name: str, listings: Listings) -> None:
    profile = runners.get(runner)
    clues = FolderClues({name: b"SELECT 1;"})
    (one,) = groups([name], profile, clues, {name: b"SELECT 1;"})
    assert name in (*one.names, *one.outside)
    # That a text has a place does not mean that the disk has its folder.
    assert set(listings) <= may_be_listed(profile, Path(name), Path("/")) | {str(Path(name).parent)}
    assert max(listings.values()) == 1


def test_links_lead_nowhere(repository: Path, listings: Listings) -> None:
    """One back to the folder itself, one to the repository, one to a folder with migrations."""
    migrations = repository / "db" / "m"
    write(migrations / "20240101000000_a" / "migration.sql")
    for name, target in (
        ("loop", migrations),
        ("up", repository),
        ("20240102000000_b", migrations / "20240101000000_a"),
    ):
        (migrations / name).symlink_to(target, target_is_directory=True)
    file = str(migrations / "20240101000000_a" / "migration.sql")
    profile = runners.get("prisma")
    (one,) = groups([file], profile)
    assert one.names == (file,)
    assert max(listings.values()) == 1


def test_a_folder_with_a_files_name_is_no_migration(repository: Path) -> None:
    write(repository / "db/m/1_a.sql")
    write(repository / "db/m/2_b.sql/up.sql")
    file = str(repository / "db/m/1_a.sql")
    profile = runners.get("psql")
    (one,) = groups([file], profile)
    assert one.names == (file,)
