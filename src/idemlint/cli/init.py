"""`idemlint init`: look at the folder, and write the configuration that fits it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

import click

from idemlint import config as configuration
from idemlint import files
from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.config import CONFIG_NAME, PYPROJECT
from idemlint.errors import UsageProblem
from idemlint.report.summary import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.runners import FolderClues
    from idemlint.runners.profile import Profile

#: Runners with a folder a migration give all their files the same names.
_ONE_FOLDER_EACH: Final = frozenset({"migration.sql", "up.sql", "down.sql"})
_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class Found:
    """A folder of migrations: who runs them, and the last one in that runner's order."""

    folder: str
    runner: str
    files: int
    last: str | None


@click.command("init")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str))
@click.option("--runner", metavar="NAME", help="Who runs the migrations, where it is not clear.")
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
def command(paths: tuple[str, ...], runner: str | None, force: bool) -> Code:
    """Look at the folder and write [tool.idemlint] or idemlint.toml: paths, runner, start-after.

    Migrations that exist now have been applied somewhere: `start-after` makes them context, so that
    only new ones are reported and fixed.
    """
    target = _target(Path.cwd(), force=force)
    found = look(paths, runner)
    if not found:
        raise UsageProblem("no *.sql files found: name the folder (`idemlint init db/migrations`)")
    table = settings(found, relative_to=Path.cwd())
    replaced = write(target, table)
    for folder in found:
        terminal.emit(f"{folder.folder}: {counted(folder.files, 'migration')}, {folder.runner}\n")
    verb = "Replaced" if replaced else "Wrote"
    terminal.emit(f"{verb} {configuration.shown(target)}:\n\n{table}\n")
    terminal.emit(_what_now(found))
    return Code.CLEAN


def look(paths: Sequence[str], runner: str | None = None) -> list[Found]:
    """The folders with migrations below `paths`; other SQL only where there is nothing else."""
    from idemlint import runners

    if runner is not None:
        from idemlint.settings import require_runner

        require_runner(runner)
    clues = runners.FolderClues()
    detect = runners.detection(clues)
    groups: dict[tuple[str, str], list[str]] = {}
    for path in files.discover(list(paths) or ["."]):
        name = PurePath(path).as_posix()
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
        except OSError as error:
            raise UsageProblem(f"{name}: cannot be read: {error.strerror or error}") from None
        profile = runners.get(runner) if runner else detect(name, head)
        groups.setdefault((_folder(path), profile.name), []).append(name)
    if not paths:
        groups = _migrations_only(groups, runners.FALLBACK)
    return [
        Found(folder, name, len(members), _last(runners.get(name), members, clues))
        for (folder, name), members in sorted(groups.items())
    ]


def settings(found: Sequence[Found], relative_to: Path) -> str:
    """The keys to write, as TOML. What differs between the folders is left to detection."""
    folders = _outermost(folder.folder for folder in found)
    shown = [PurePath(os.path.relpath(folder, relative_to)).as_posix() for folder in folders]
    lines = [f"paths = [{', '.join(map(_quoted, shown))}]"]
    runners = {folder.runner for folder in found}
    if len(runners) == 1:
        lines.append(f"runner = {_quoted(runners.pop())}")
    else:
        lines.append("# several runners: each file's own is detected")
    last = found[0].last if len(found) == 1 else None
    if last is not None:
        lines += [
            "# up to here all is applied: read for context, not reported, not fixed",
            f"start-after = {_quoted(PurePath(os.path.relpath(last, relative_to)).as_posix())}",
        ]
    return "\n".join(lines) + "\n"


def write(target: Path, table: str) -> bool:
    """Write the keys into the file; whether a table of ours was there before."""
    try:
        if target.name != PYPROJECT:
            replaced = target.exists()
            target.write_text(table, encoding="utf-8")
            return replaced
        text = target.read_text(encoding="utf-8")
        kept, replaced = _without_table(text)
        gap = "\n" if kept.strip() else ""
        target.write_text(f"{kept.rstrip()}\n{gap}[tool.idemlint]\n{table}", encoding="utf-8")
    except OSError as error:
        raise UsageProblem(f"{target}: cannot be written: {error.strerror or error}") from None
    return replaced


def _target(here: Path, *, force: bool) -> Path:
    """The file to write: the configuration that counts here, else pyproject.toml, else our own."""
    existing = configuration.load(here).file
    if existing is not None:
        if not force:
            raise UsageProblem(
                f"{configuration.shown(existing)} configures idemlint already; edit it, or replace"
                " its settings with `idemlint init --force`"
            )
        if existing.parent == here.absolute():
            return existing
    pyproject = here / PYPROJECT
    return pyproject if pyproject.is_file() else here / CONFIG_NAME


def _without_table(text: str) -> tuple[str, bool]:
    kept = []
    inside = replaced = False
    for line in text.splitlines(keepends=True):
        bare = line.strip().replace(" ", "")
        if bare.startswith("["):
            inside = bare.startswith(("[tool.idemlint]", "[tool.idemlint."))
            replaced |= inside
        if not inside:
            kept.append(line)
    return "".join(kept), replaced


def _folder(path: Path) -> str:
    parent = path.parent
    return (parent.parent if path.name in _ONE_FOLDER_EACH else parent).as_posix()


def _migrations_only(
    groups: dict[tuple[str, str], list[str]], fallback: str
) -> dict[tuple[str, str], list[str]]:
    """Folders that a runner claims; else those that are called migrations; else all."""
    for wanted in (
        lambda folder, runner: runner != fallback,
        lambda folder, runner: "migration" in folder.lower(),
    ):
        chosen = {key: members for key, members in groups.items() if wanted(*key)}
        if chosen:
            return chosen
    return groups


def _last(profile: Profile, members: list[str], clues: FolderClues) -> str | None:
    ordered = profile.order(members, clues)
    return ordered[-1] if ordered else None


def _outermost(folders: Iterable[str]) -> list[str]:
    chosen: list[str] = []
    for folder in sorted(set(folders)):
        if not any(folder.startswith(outer.rstrip("/") + "/") for outer in chosen):
            chosen.append(folder)
    return chosen


def _quoted(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _what_now(found: Sequence[Found]) -> str:
    lines = ["Now `idemlint` checks what is new; `idemlint --isolated .` checks everything."]
    if len(found) > 1:
        lines.append(
            "There are several folders, so `start-after` is not set: run `idemlint init` in each,"
            " or use `--since`."
        )
    return "".join(f"{line}\n" for line in lines)
