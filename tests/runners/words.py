"""Small words for the runners' tests: whose file is it, what does the server get, what is torn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.runners import FolderClues, detection, get, misdirectives
from idemlint.runners.units import deliver, read, torn_bodies
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from idemlint.runners.profile import Sending


class Folder:
    """A folder of files, written for the test."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir(exist_ok=True)

    def write(self, files: Mapping[str, str]) -> Folder:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        return self

    def path(self, name: str) -> str:
        return str(self.root / name)

    def runner(self, name: str) -> str:
        """The runner that `auto` finds for one of the files."""
        path = self.root / name
        data = path.read_bytes() if path.exists() else b""
        return detection(FolderClues())(str(path), data).profile.name

    def runners(self) -> set[str]:
        """The runners that `auto` finds for all SQL files."""
        detect = detection(FolderClues())
        return {
            detect(str(path), path.read_bytes()).profile.name for path in self.root.rglob("*.sql")
        }

    def order(self, profile: str) -> list[str]:
        """What a fresh database gets, first to last."""
        paths = sorted(path.as_posix() for path in self.root.rglob("*.sql"))
        root = self.root.as_posix() + "/"
        return [path.removeprefix(root) for path in get(profile).order(paths, FolderClues())]


def sent(profile: str, sql: str, path: str = "1_x.sql") -> list[str]:
    """Each statement's unit, block, and a `!` where a statement that refuses blocks is refused."""
    runner = get(profile)
    source = decode(path, sql.encode())
    statements = read(runner, source).statements
    return [
        f"{each.unit} {each.block}{'!' if each.refuses else ''}{' own' if each.authored else ''}"
        for each in deliver(runner, source, statements, FolderClues())
    ]


def torn(profile: str, sql: str) -> list[str]:
    """The text behind each place where the cutter ends a message inside a body."""
    runner, data = get(profile), sql.encode()
    return [
        data[each.at : each.body.end].decode()
        for part in runner.parts(data)
        for each in torn_bodies(runner, data, part)
    ]


def opt_out(profile: str, sql: str, path: str = "1_x.sql") -> Sending | None:
    """How the file is sent, if it opted out of the transaction."""
    hook = get(profile).opt_out
    return hook(path, sql.encode(), FolderClues()) if hook is not None else None


def misleads(profile: str, sql: str) -> list[str]:
    """The lines that look like an opt-out and are none."""
    data = sql.encode()
    found = misdirectives(get(profile), data)
    return [data[each.span.start : each.span.end].decode() for each in found]


def with_directive(profile: str, sql: str) -> str | None:
    """The file after the fix that opts it out."""
    data = sql.encode()
    edit = get(profile).opt_out_edit(data)
    if edit is None:
        return None
    return (data[: edit.span.start] + edit.content.encode() + data[edit.span.end :]).decode()


def reruns(profile: str, path: str, sql: str = "") -> str | None:
    """Why the file runs again by design."""
    return get(profile).reruns(path, sql.encode(), FolderClues())


def direction(profile: str, path: str) -> str:
    return get(profile).direction(path)


def sections(profile: str, sql: str) -> list[tuple[str, str]]:
    """Each section and its text."""
    data = sql.encode()
    return [
        (chunk.section, data[chunk.span.start : chunk.span.end].decode())
        for chunk in get(profile).sections(data)
    ]
