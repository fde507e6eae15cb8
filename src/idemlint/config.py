"""The configuration file: `[tool.idemlint]` in pyproject.toml, or idemlint.toml.

The nearest one counts, from the working directory up to the repository's root. Keys mirror the
long options; a key or value that we do not know is an error, since a typo that is silently passed
over would switch a gate off.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, get_args

from idemlint.errors import UsageProblem, nearest
from idemlint.modes import Mode
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONFIG_NAME: Final = "idemlint.toml"
PYPROJECT: Final = "pyproject.toml"
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
#: PostgreSQL's major versions that we have facts about.
OLDEST_POSTGRES: Final = 9


class Config(NamedTuple):
    """What the file says; `None` where it says nothing. Its paths are relative to `folder`."""

    folder: Path
    file: Path | None = None
    paths: tuple[str, ...] | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    runner: str | None = None
    postgres_version: int | None = None
    search_path: tuple[str, ...] | None = None
    rerun: Mode | None = None
    start_after: str | None = None
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    output_format: str | None = None
    baseline: str | None = None


#: The keys of the file: the fields of `Config` that are not about the file itself.
KEYS: Final = tuple(
    name.replace("_", "-") for name in Config._fields if name not in {"folder", "file"}
)


def load(start: Path, *, explicit: Path | None = None, isolated: bool = False) -> Config:
    """Read the configuration that counts in `start`: `explicit` if given, else the nearest."""
    if explicit is not None:
        return read(explicit)
    if not isolated:
        for candidate in candidates(start):
            config = read(candidate, only_if_ours=True)
            if config.file is not None:
                return config
    return Config(folder=repository(start) or start)


def candidates(start: Path) -> Iterator[Path]:
    """The files that may hold the configuration, nearest first, up to the repository's root."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        for name in (CONFIG_NAME, PYPROJECT):
            path = place / name
            if path.is_file():
                yield path
        if (place / ".git").exists():
            return


def repository(start: Path) -> Path | None:
    """The root of the git repository that `start` is in."""
    folder = start.absolute()
    return next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)


def read(path: Path, *, only_if_ours: bool = False) -> Config:
    """Read one file. With `only_if_ours`, a pyproject.toml without our table is no error."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{shown(path)}: cannot be read: {error.strerror or error}") from None
    ours = Config(folder=path.parent)
    in_pyproject = path.name == PYPROJECT
    if in_pyproject and only_if_ours and b"idemlint" not in data:
        return ours  # most pyproject.toml files: do not even load a TOML parser
    text = data.decode("utf-8", "replace")
    table = parse(text, path)
    if in_pyproject:
        tool = table.get("tool", {})
        if not isinstance(tool, dict) or "idemlint" not in tool:
            if only_if_ours:
                return ours
            raise UsageProblem(f"{shown(path)}: has no [tool.idemlint] table")
        table = tool["idemlint"]
        if not isinstance(table, dict):
            raise UsageProblem(f"{shown(path)}: tool.idemlint must be a table")
    return _Reader(path, text).config(table)


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working directory where it is below it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError):
        return str(path)


def parse(text: str, path: Path) -> dict[str, Any]:
    """TOML, as the text of that file. Raises `UsageProblem`, which names the file and the place."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"{shown(path)}: is not valid TOML: {error}") from None


class _Reader:
    """Turns a table into a `Config`, and says where in the file something is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def config(self, table: Mapping[str, Any]) -> Config:
        values: dict[str, Any] = {}
        for key, value in table.items():
            check = _VALUES.get(key)
            if check is None:
                hint = nearest(key, KEYS) or "; known are " + ", ".join(f"`{k}`" for k in KEYS)
                raise self.problem(key, f"unknown key `{key}`{hint}")
            try:
                values[key.replace("-", "_")] = check(value)
            except ValueError as error:
                raise self.problem(key, f"`{key}` {error}") from None
        return Config(folder=self.path.parent, file=self.path, **values)

    def problem(self, key: str, message: str) -> UsageProblem:
        row = self.row(key)
        where = shown(self.path) + (f":{row}" if row else "")
        return UsageProblem(f"{where}: {message}")

    def row(self, key: str) -> int | None:
        """The line that sets `key`. In pyproject.toml only lines from our table on are ours."""
        ours = self.path.name != PYPROJECT
        for row, line in enumerate(self.text.splitlines(), 1):
            bare = line.strip().replace('"', "").replace("'", "").replace(" ", "")
            if bare.startswith("["):
                ours = ours or bare.startswith("[tool.idemlint")
                if ours and bare.strip("[]").endswith(f"idemlint.{key}"):
                    return row
                if bare == f"[{key}]":
                    return row
            elif ours and bare.startswith((f"{key}=", f"{key}.")):
                return row
        return None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a text in quotes")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError('must be a list of texts, such as ["a", "b"]')
    return tuple(value)


def _version(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < OLDEST_POSTGRES:
        raise ValueError("must be a major version of PostgreSQL, such as 14")
    return value


def _mode(value: object) -> str:
    if value not in MODES:
        near = nearest(value, MODES) if isinstance(value, str) else ""
        raise ValueError(f"must be one of {', '.join(MODES)}{near}")
    return str(value)


def _ignores(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('must be a table, such as { "legacy/*.sql" = ["IDM101"] }')
    return {pattern: _texts(codes) for pattern, codes in value.items()}


_VALUES: Final[Mapping[str, Callable[[object], object]]] = {
    "paths": _texts,
    "select": _texts,
    "ignore": _texts,
    "extend-select": _texts,
    "runner": _text,
    "postgres-version": _version,
    "search-path": _texts,
    "rerun": _mode,
    "start-after": _text,
    "exclude": _texts,
    "per-file-ignores": _ignores,
    "output-format": _text,
    "baseline": _text,
}
