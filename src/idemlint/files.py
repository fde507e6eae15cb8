"""From the paths on the command line to the files to read.

A file that is named is read, whatever its name. A folder is searched for `*.sql` files; there
`.gitignore` and `exclude` count. Symbolic links to folders are not followed (so no loop can hold us
up), links to files are. The order is that of the names and does not depend on the file system. What is
passed over and may be migrations is told.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.left_out import LeftOut
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    #: Patterns of one folder: `True` ignored, `False` taken back by `!`, `None` not named.
    Ignores = Callable[[str], bool | None]
    #: Whether an absolute path is to be left out; the second argument says if it is a folder.
    _Test = Callable[[str, bool], bool]

SUFFIX: Final = ".sql"
STDIN: Final = "-"

#: Folders that hold other people's files; they are searched only when named.
SKIPPED: Final = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", ".tox", ".nox", "__pycache__"}
)


class Searched(NamedTuple):
    """What paths stand for.

    `names` are the files to read, each once, in a fixed order, spelled as `pathlib` spells them:
    `./a//b.sql` is `a/b.sql`. `folders` are those that were named and searched, with the files in each.
    `problems` say what cannot be read, by path; `left_out` what else lies in the folders.
    """

    names: list[str]
    folders: dict[str, list[str]]
    problems: dict[str, str]
    left_out: list[LeftOut]


NOTHING: Final = Searched([], {}, {}, [])


def discover(paths: Sequence[str]) -> list[str]:
    """The files that `paths` (without `-`) stand for. Raises `UsageProblem` for what cannot be read."""
    found = look(paths)
    for problem in found.problems.values():
        raise UsageProblem(problem)
    return found.names


def look(
    paths: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    exclude_root: str = os.curdir,
    force_exclude: bool = False,
) -> Searched:
    """What `paths` (without `-`) stand for."""
    excluded = _excluder(exclude, exclude_root)
    found: dict[str, str] = {}
    folders: dict[str, list[str]] = {}
    problems: dict[str, str] = {}
    left_out: dict[str, LeftOut] = {}
    for name in paths:
        try:
            mode = _mode(name)
        except UsageProblem as problem:
            problems[name] = str(problem)
            continue
        if stat.S_ISDIR(mode):
            if force_exclude and excluded(os.path.abspath(name), True):
                continue
            given = len(os.path.join(name, ""))
            spelled = os.path.join(_spelled(name), "").removeprefix(os.path.join(os.curdir, ""))
            inside = folders.setdefault(name, [])
            for shown, absolute, why in _walk(name, excluded, problems):
                if why is not None:
                    kind, detail = why
                    left_out.setdefault(absolute, LeftOut(spelled + shown[given:], kind, detail))
                else:
                    inside.append(found.setdefault(absolute, spelled + shown[given:]))
        elif not (force_exclude and excluded(os.path.abspath(name), False)):
            found.setdefault(os.path.abspath(name), _spelled(name))
    kept = [each for absolute, each in left_out.items() if absolute not in found]
    return Searched(list(found.values()), folders, problems, kept)


def without(
    found: Sequence[str], exclude: Sequence[str], root: str, *, but: Iterable[str] = ()
) -> list[str]:
    """The files that `exclude`, from the folder `root`, does not leave out; those in `but` stay."""
    excluded = _excluder(exclude, root)
    kept = {os.path.abspath(name) for name in but}
    return [
        name
        for name in found
        if (path := os.path.abspath(name)) in kept or not excluded(path, False)
    ]


def _spelled(name: str) -> str:
    """A path without what means nothing in it. `..` stays: it may be that of a linked folder."""
    if os.sep != "/":
        from pathlib import Path  # to import it takes a hundredth of a small run

        return str(Path(name))
    root = "/" if name.startswith("/") else ""
    if name.startswith("//") and not name.startswith("///"):
        root = "//"  # POSIX leaves to the system what that is
    return root + "/".join(part for part in name.split("/") if part not in {"", "."}) or os.curdir


def _mode(name: str) -> int:
    try:
        return os.stat(name).st_mode
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError):
            reason = (
                "is a broken symbolic link" if os.path.islink(name) else "no such file or folder"
            )
        raise UsageProblem(f"{name}: {reason[0].lower()}{reason[1:]}") from None
    except ValueError as error:  # a NUL in the name
        raise UsageProblem(f"{name}: {error}") from None


def _walk(
    top: str, excluded: _Test, problems: dict[str, str]
) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
    """The SQL files below `top` in the order of their names: as named, and absolute; and what may be
    migrations and is not read, with why. A folder that cannot be searched is put into `problems`."""
    ignored = _Gitignore(top)
    stack = [(os.path.join(top, ""), os.path.join(os.path.abspath(top), ""))]
    while stack:
        shown, absolute = stack.pop()
        try:
            with os.scandir(shown) as entries:
                listing = sorted(entries, key=_name)
        except OSError as error:
            problems[shown] = f"{shown}: cannot be searched: {error.strerror or error}"
            continue
        if any(entry.name == ".gitignore" for entry in listing):
            ignored.enter(absolute)
        folders = []
        for entry in listing:
            name = entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            why = None
            if is_folder:
                if name in SKIPPED:
                    continue
            elif entry.is_symlink() and _leads_to_folder(entry):
                if name in SKIPPED or not _holds_others(absolute + name, top):
                    continue
                why = ("link", "")
            elif not name.lower().endswith(SUFFIX):
                language = _language(absolute, name)
                if language is None:
                    continue
                why = ("not-sql", language)
            elif not _readable_kind(entry):
                continue
            path = absolute + name
            if ignored(path, is_folder) or excluded(path, is_folder):
                continue
            if is_folder:
                folders.append((shown + name + os.sep, path + os.sep))
            else:
                yield shown + name, path, why
        if folders:
            stack.extend(reversed(folders))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _readable_kind(entry: os.DirEntry[str]) -> bool:
    """A file, or a link to one. A broken link counts: reading it says what is wrong."""
    if entry.is_file(follow_symlinks=False):
        return True
    if not entry.is_symlink():
        return False  # a socket, a pipe: reading it would wait for ever
    try:
        entry.stat()
    except OSError:
        return True
    return entry.is_file()


def _language(folder: str, name: str) -> str | None:
    """What a migration is written in that is no SQL; `None`: it is none, as it seems."""
    if "." not in name:
        return None
    # Most folders of migrations hold nothing else.
    from idemlint import not_sql

    return not_sql.language(os.path.basename(folder[:-1]), name)


def _holds_others(link: str, top: str) -> bool:
    """Whether a link leads to SQL files that are not searched as it is."""
    real, searched = os.path.realpath(link), os.path.realpath(top)
    if os.path.join(real, "").startswith(os.path.join(searched, "")):
        return False
    try:
        return any(name.lower().endswith(SUFFIX) for name in os.listdir(real))
    except OSError:
        return True


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


class _Gitignore:
    """The `.gitignore` files from the repository's root down; the deepest one wins."""

    def __init__(self, top: str) -> None:
        self.files: list[tuple[str, Ignores]] = []
        above: list[str] = []
        folder = os.path.abspath(top)
        while not os.path.exists(os.path.join(folder, ".git")):
            parent = os.path.dirname(folder)
            if parent == folder:
                above.clear()  # no repository: what lies above is not about us
                break
            folder = parent
            above.append(folder)
        for folder in reversed(above):
            if os.path.isfile(os.path.join(folder, ".gitignore")):
                self.enter(folder)

    def enter(self, folder: str) -> None:
        try:
            with open(os.path.join(folder, ".gitignore"), "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return  # git, too, goes on without it
        patterns = compile_patterns(text.splitlines())
        if patterns is not None:
            self.files.append((os.path.join(folder, ""), patterns))

    def __call__(self, absolute: str, folder: bool) -> bool:
        for prefix, patterns in reversed(self.files):
            if absolute.startswith(prefix):
                verdict = patterns(_relative(absolute, prefix, folder))
                if verdict is not None:
                    return verdict
        return False


def _excluder(exclude: Sequence[str], root: str) -> _Test:
    patterns = compile_patterns(exclude)
    if patterns is None:
        return lambda absolute, folder: False
    prefix = os.path.join(os.path.abspath(root), "")

    def excluded(absolute: str, folder: bool) -> bool:
        if not absolute.startswith(prefix):
            return False
        relative = _relative(absolute, prefix, folder)
        # A file that is named may lie in an excluded folder, which no walk has passed through.
        parts = relative.rstrip("/").split("/")
        above = ("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))
        return any(patterns(name) for name in above) or bool(patterns(relative))

    return excluded


def _relative(absolute: str, prefix: str, folder: bool) -> str:
    relative = absolute[len(prefix) :] + ("/" if folder else "")
    return relative if os.sep == "/" else relative.replace(os.sep, "/")


def compile_patterns(lines: Sequence[str]) -> Ignores | None:
    """Patterns as in a `.gitignore`; `None` where there are none.

    pathspec tries its patterns one by one, which costs more than all the rest of the walk; one
    regular expression made of all of them tells first whether any can match at all.
    """
    if not any(line.strip() and not line.lstrip().startswith("#") for line in lines):
        return None
    import re

    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise UsageProblem(f"a pattern to leave out files is wrong: {error}") from None
    regexes = [p.regex.pattern for p in spec.patterns if p.include is not None and p.regex]
    any_of_them = re.compile("|".join(r.replace("?P<ps_d>", "?:") for r in regexes))

    def ignores(relative: str) -> bool | None:
        if any_of_them.match(relative) is None:
            return None
        return spec.check_file(relative).include

    return ignores
