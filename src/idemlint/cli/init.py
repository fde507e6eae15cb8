"""`idemlint init`: look at the folder, and write the configuration that fits it."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from idemlint import config as configuration
from idemlint.cli import folders, terminal
from idemlint.cli.exits import Code
from idemlint.config import CONFIG_NAME, PYPROJECT
from idemlint.errors import UsageProblem
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.cli.folders import Found, LeftFolder


@click.command("init")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str))
@click.option("--runner", metavar="NAME", help="Who runs the migrations, where it is not clear.")
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
def command(paths: tuple[str, ...], runner: str | None, force: bool) -> Code:
    """Look at the folder and write [tool.idemlint] or idemlint.toml: paths, runner, start-after.

    Migrations that the default branch has were applied somewhere: `start-after` makes them context, so
    that only new ones are reported and fixed. Without git, all that are there count as applied.
    """
    target = _target(Path.cwd(), force=force)
    found, left_out = folders.look(paths, runner, named=bool(paths), with_history=True)
    table = settings(found, relative_to=Path.cwd())
    replaced = write(target, table)
    for folder in found:
        terminal.emit(f"{folder.folder}: {_described(folder)}\n")
    if left_out:
        terminal.emit("".join(_left_out(left_out)))
    verb = "Replaced" if replaced else "Wrote"
    terminal.emit(f"{verb} {configuration.shown(os.fspath(target))}:\n\n{table}\n")
    terminal.emit(_what_now(found))
    return Code.CLEAN


def settings(found: Sequence[Found], relative_to: Path) -> str:
    """The keys to write, as TOML. What differs between the folders is left to detection."""

    def shown(path: str | Path) -> str:
        return _quoted(PurePath(os.path.relpath(path, relative_to)).as_posix())

    outer = folders.outermost(folder.folder for folder in found)
    lines = [f"paths = [{', '.join(map(shown, outer))}]"]
    names = {folder.runner for folder in found}
    if len(names) == 1:
        lines.append(f"runner = {_quoted(names.pop())}")
    else:
        lines.append("# several runners: each file's own is detected")
    applied = _last_of_each(found)
    if applied:
        lines.append("# up to here all is applied: read for context, not reported, not fixed")
    if len(found) == 1:
        lines += [f"start-after = {shown(last)}" for last in applied.values()]
    else:
        lines += [f"start-after.{shown(each)} = {shown(last)}" for each, last in applied.items()]
    return "\n".join(lines) + "\n"


def _last_of_each(found: Sequence[Found]) -> dict[str, str]:
    """The last applied migration of each folder; where two runners share one, of the one with more."""
    few_first = sorted(found, key=lambda each: each.migrations)
    last = {each.folder: each.last for each in few_first if each.last is not None}
    return {each.folder: last[each.folder] for each in found if each.folder in last}


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


def _described(found: Found) -> str:
    text = f"{counted(found.migrations, 'migration')}, {found.runner}"
    if found.others:
        text += f" ({counted(found.others, 'more file')} that it does not apply)"
    if found.ahead:
        text += f"; not on {found.branch}, and so not applied: {found.ahead:,}"
    return text


def _left_out(left_out: Sequence[LeftFolder]) -> Iterator[str]:
    """What is not in `paths`, and how to have it there."""
    for each in left_out:
        yield f"Left out: {each.folder}: {counted(each.files, 'file')}: {each.why}\n"
    yield "Folders that are named are taken, whatever they are: `idemlint init FOLDER…`.\n"


def _quoted(text: str) -> str:
    """A TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _what_now(found: Sequence[Found]) -> str:
    """How to go on; which folders have no end yet."""
    lines = ["Now `idemlint` checks what is new; `idemlint --isolated .` checks everything."]
    applied = _last_of_each(found)
    for each in found:
        if applied.get(each.folder) == each.last:
            continue
        lines.append(
            f"{each.folder}, {each.runner}: all is checked, since `start-after` is that of another"
            " runner there."
        )
    return "".join(f"{line}\n" for line in lines)
