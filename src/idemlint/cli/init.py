"""`idemlint init`: look at the folder, and write the configuration that fits it."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from idemlint import config as configuration
from idemlint import engine, runners
from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.config import CONFIG_NAME, PYPROJECT
from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.report.words import counted
from idemlint.sequence.texts import full
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Found(NamedTuple):
    """A folder of migrations: who runs them, how many, and the last one in that runner's order.

    `others` are files there that the runner does not apply: those that undo, those that its journal does
    not list."""

    folder: str
    runner: str
    migrations: int
    last: str | None
    others: int


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
    table = settings(found, relative_to=Path.cwd())
    replaced = write(target, table)
    for folder in found:
        terminal.emit(f"{folder.folder}: {_described(folder)}\n")
    verb = "Replaced" if replaced else "Wrote"
    terminal.emit(f"{verb} {configuration.shown(os.fspath(target))}:\n\n{table}\n")
    terminal.emit(_what_now(found))
    return Code.CLEAN


def look(paths: Sequence[str], runner: str | None = None) -> list[Found]:
    """The folders with migrations below `paths`; other SQL only where there is nothing else.

    Raises `UsageProblem` where there are none."""
    opened = engine.open(list(paths) or [os.curdir], Settings.load(isolated=True, runner=runner))
    alone = {name for each in opened if not each.is_ordered for name in each.names}
    alone.difference_update(_no_migrations(opened))
    found = [
        Found(
            PurePath(each.folder).as_posix(),
            each.runner,
            len(each.files),
            each.newest,
            len(each.outside),
        )
        for each in opened
        if each.is_ordered and (each.files or alone.intersection(each.outside))
    ]
    if not found:
        outside = sum(len(each.outside) for each in opened)
        what = (
            f"no migration among {counted(outside, '*.sql file')}"
            if outside
            else "no *.sql files found"
        )
        raise UsageProblem(f"{what}: name the folder (`idemlint init db/migrations`)")
    return sorted(found if paths else _migrations_only(found), key=lambda each: each[:2])


def _no_migrations(opened: Iterable[engine.Sequence]) -> Iterator[str]:
    """The files that are no migrations by their names."""
    for each in opened:
        direction = runners.get(each.runner).direction
        yield from (name for name in each.outside if direction(name) in {"down", "ignored"})


def settings(found: Sequence[Found], relative_to: Path) -> str:
    """The keys to write, as TOML. What differs between the folders is left to detection."""
    folders = _outermost(folder.folder for folder in found)
    shown = [PurePath(os.path.relpath(folder, relative_to)).as_posix() for folder in folders]
    lines = [f"paths = [{', '.join(map(_quoted, shown))}]"]
    names = {folder.runner for folder in found}
    if len(names) == 1:
        lines.append(f"runner = {_quoted(names.pop())}")
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
    """Write the keys into the file, and leave all else in it as it is; whether it had such keys before.

    Raises `UsageProblem`, and writes nothing, where that cannot be done.
    """
    from idemlint.apply import writing

    try:
        if target.name != PYPROJECT:
            replaced = target.exists()
            writing.put(os.fspath(target), table.encode())
            return replaced
        before = target.read_bytes()
        text = before.decode()
        kept, replaced = _without_table(text)
        newline = "\r\n" if "\r\n" in text else "\n"
        gap = newline if kept.strip() else ""
        ours = f"[tool.idemlint]\n{table}".replace("\n", newline)
        changed = f"{kept.rstrip()}{newline}{gap}{ours}"
        if not _differ_in_ours_alone(target, text, changed, table):
            raise UsageProblem(
                f"{target}: its tables cannot be told apart by their lines: write this there"
                f" yourself, in place of what it says of idemlint\n\n[tool.idemlint]\n{table}"
            )
        writing.replace(target, before, changed.encode())
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{target}: byte {error.start}: is not UTF-8 text") from None
    except OSError as error:
        raise UsageProblem(f"{target}: cannot be written: {error.strerror or error}") from None
    return replaced


def _differ_in_ours_alone(target: Path, before: str, after: str, table: str) -> bool:
    """Whether a pyproject.toml says the same as before, but for our keys, and these are `table`."""
    name = os.fspath(target)
    try:
        old, new = configuration.parse(before, name), configuration.parse(after, name)
    except UsageProblem:
        return False
    old.get("tool", {}).pop("idemlint", None)
    ours = new.get("tool", {}).pop("idemlint", None)
    return _without_empty(old) == _without_empty(new) and ours == configuration.parse(table, name)


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "tool" or value}


def _target(here: Path, *, force: bool) -> Path:
    """The file to write: the configuration that counts here, else pyproject.toml, else our own."""
    existing = configuration.load(os.fspath(here)).file
    if existing is not None:
        if not force:
            raise UsageProblem(
                f"{configuration.shown(existing)} configures idemlint already; edit it, or replace"
                " its settings with `idemlint init --force`"
            )
        if Path(existing).parent == here.absolute():
            return Path(existing)
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


def _migrations_only(found: list[Found]) -> list[Found]:
    """Folders that a runner claims; else those that are called migrations; else all."""
    for chosen in (
        [each for each in found if each.runner != runners.FALLBACK],
        [each for each in found if "migration" in each.folder.lower()],
    ):
        if chosen:
            return chosen
    return found


def _described(found: Found) -> str:
    text = f"{counted(found.migrations, 'migration')}, {found.runner}"
    if found.others:
        text += f" ({counted(found.others, 'more file')} that it does not apply)"
    return text


def _outermost(folders: Iterable[str]) -> list[Path]:
    """The full paths of those that lie in no other one."""
    chosen: list[Path] = []
    for folder in sorted({Path(full(folder)) for folder in folders}):
        if not any(folder.is_relative_to(outer) for outer in chosen):
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
