"""The configuration file: `[tool.idemlint]` in pyproject.toml, or idemlint.toml.

`load` finds the nearest one from a folder up to its repository's root; `configured` says which folder
that is for a migration. Keys mirror the long options; a key or value that we do not know is an error,
since a typo that is silently passed over would switch a gate off.
"""

from __future__ import annotations

import os
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, get_args

from idemlint.errors import UsageProblem, nearest
from idemlint.modes import Mode
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONFIG_NAME: Final = "idemlint.toml"
PYPROJECT: Final = "pyproject.toml"
#: Where both stand in a folder, the first counts.
NAMES: Final = (CONFIG_NAME, PYPROJECT)
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
#: PostgreSQL's major versions that we have facts about.
OLDEST_POSTGRES: Final = 9


class Config(NamedTuple):
    """What the file says; `None` where it says nothing. Its paths are relative to `folder`."""

    folder: str
    file: str | None = None
    paths: tuple[str, ...] | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    runner: str | None = None
    postgres_version: int | None = None
    search_path: tuple[str, ...] | None = None
    rerun: Mode | None = None
    start_after: str | Mapping[str, str] | None = None
    default_branch: str | None = None
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    output_format: str | None = None
    baseline: str | None = None
    strict: bool | None = None


#: The keys of the file: the fields of `Config` that are not about the file itself.
KEYS: Final = tuple(
    name.replace("_", "-") for name in Config._fields if name not in {"folder", "file"}
)


def load(start: str, *, explicit: str | None = None, isolated: bool = False) -> Config:
    """Read the configuration that counts in a folder: `explicit` if given, else the nearest."""
    if explicit is not None:
        return read(explicit)
    if not isolated:
        for candidate in candidates(start):
            config = read(candidate, only_if_ours=True)
            if config.file is not None:
                return config
    return Config(folder=repository(start) or start)


def candidates(start: str) -> Iterator[str]:
    """The files that may hold the configuration, nearest first, up to the repository's root."""
    for folder in upwards(start):
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                yield path
        if is_repository(folder):
            return


def repository(start: str) -> str | None:
    """The root of the git repository that a folder is in."""
    return next(filter(is_repository, upwards(start)), None)


def upwards(start: str) -> Iterator[str]:
    """A folder and those above it, as full paths."""
    folder, above = os.path.abspath(start), ""
    while folder != above:
        yield folder
        folder, above = os.path.dirname(folder), folder


def is_repository(folder: str) -> bool:
    """Whether a folder is the root of a git repository."""
    return os.path.exists(os.path.join(folder, ".git"))


def read(path: str, *, only_if_ours: bool = False, data: bytes | None = None) -> Config:
    """Read one file, or `data` in its place. With `only_if_ours`, a pyproject.toml without our table is no
    error."""
    if data is None:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            reason = error.strerror or error
            raise UsageProblem(f"{shown(path)}: cannot be read: {reason}") from None
    folder, name = os.path.split(path)
    ours = Config(folder=folder or os.curdir)
    in_pyproject = name == PYPROJECT
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


def shown(path: str) -> str:
    """A path as messages show it: relative to the working directory where it is below it."""
    from pathlib import Path

    try:
        return Path(path).resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError):
        return path


def parse(text: str, path: str) -> dict[str, Any]:
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

    def __init__(self, path: str, text: str) -> None:
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
        return Config(folder=os.path.dirname(self.path) or os.curdir, file=self.path, **values)

    def problem(self, key: str, message: str) -> UsageProblem:
        row = self.row(key)
        where = shown(self.path) + (f":{row}" if row else "")
        return UsageProblem(f"{where}: {message}")

    def row(self, key: str) -> int | None:
        """The line that sets `key`. In pyproject.toml only lines from our table on are ours."""
        ours = os.path.basename(self.path) != PYPROJECT
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


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _ignores(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError('must be a table, such as { "legacy/*.sql" = ["IDM101"] }')
    return {pattern: _texts(codes) for pattern, codes in value.items()}


def _start_after(value: object) -> str | dict[str, str]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, dict) and all(isinstance(each, str) and each for each in value.values()):
        return dict(value)
    raise ValueError(
        'must be a text in quotes, or a table by folder, such as { "db/migrations" = "0042" }'
    )


_VALUES: Final[Mapping[str, Callable[[object], object]]] = {
    "paths": _texts,
    "select": _texts,
    "ignore": _texts,
    "extend-select": _texts,
    "runner": _text,
    "postgres-version": _version,
    "search-path": _texts,
    "rerun": _mode,
    "start-after": _start_after,
    "default-branch": _text,
    "exclude": _texts,
    "per-file-ignores": _ignores,
    "output-format": _text,
    "baseline": _text,
    "strict": _switch,
}
