"""Files in a runner's folder that it runs nothing of, and why."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple
from idemlint.runners.line_patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile


class NotRun(NamedTuple):
    """Why a runner does not run a file.

    `down`: it undoes a migration that is there. `unread`: the runner passes it over, or stops at it, and
    its author does not know. `other`: it is there for something else. `reason` is a sentence without its
    full stop, `help` how to mend it, where there is something to mend.
    """

    kind: Literal["down", "unread", "other"]
    reason: str
    help: str = ""


_NAMELESS: Final = NotRun("other", "it has no name by which a runner could find it")


def why_not_run(profile: Profile, path: str, data: bytes, clues: FolderClues) -> NotRun | None:
    """Why the runner does not run a file of its folder; None: nothing of the kind is known.

    A migration in another language may be what a file undoes: siblings count whatever they end in.
    """
    direction = profile.direction(path)
    if direction == "down":
        return _undoes(profile, path, clues)
    if direction == "ignored":
        return _named_otherwise(profile, path, data)
    return lacks(profile, data) or _unlisted(profile, path, clues)


def lacks(profile: Profile, data: bytes) -> NotRun | None:
    """What the file's text lacks, so that the runner runs nothing of it."""
    reads = profile.reads
    if reads.marker and compiled(reads.marker).search(data) is None:
        reason = f"{profile.title} {reads.unmarked}: no line of it is `{reads.line}`"
        alike = compiled(reads.alike).search(data) if reads.alike else None
        if alike is not None:
            text = alike.group().decode("utf-8", "replace").strip()[:_SHOWN]
            shown = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in text)
            reason += f" (`{shown}` is another thing)"
        return NotRun("unread", reason, f"begin what it shall run with `{reads.line}`")
    if reads.empty and not data.strip():
        return NotRun("unread", f"{profile.title} {reads.empty}", "take the file away, or fill it")
    return None


_SHOWN: Final = 60


def is_nameless(path: str) -> bool:
    """Whether it is a text that came without a file's name: from standard input."""
    return path.startswith("<")


def _named_otherwise(profile: Profile, path: str, data: bytes) -> NotRun:
    reads = profile.reads
    lacking = lacks(profile, data)
    if lacking is not None or is_nameless(path):
        return lacking or _NAMELESS
    if profile.named(path) is not None or not reads.names:
        return NotRun("other", f"{profile.title} does not run it as a migration")
    return NotRun(
        "unread",
        f"{profile.title} {reads.other_name}: it reads names such as `{reads.names}`",
        "give it such a name, or move it to where no migrations are looked for",
    )


def _unlisted(profile: Profile, path: str, clues: FolderClues) -> NotRun | None:
    if not profile.reads.unlisted or profile.journal is None or profile.named(path) is None:
        return None
    listed = profile.journal(posixpath.dirname(path.replace("\\", "/")), [path], clues)
    if listed is None or listed:
        return None
    return NotRun(
        "unread",
        f"{profile.title} never runs this file: {profile.reads.unlisted}",
        "have the tool write it there, or move the file to where no migrations are looked for",
    )


# -- files that undo -----------------------------------------------------------------------------------

_UNDOES: Final = re.compile(r"[._-]?(?:down|rollback|revert|undo)$", re.IGNORECASE)
_DOES: Final = re.compile(r"[._-]?(?:up|do|apply|deploy|migrate)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+(?:[-._]\d+)*")
#: Folders beside the one with files that undo (`down/`) where what they undo is kept.
_UP_FOLDERS: Final = frozenset({"up", "do", "apply", "deploy", "migrate", "migrations"})


def _undoes(profile: Profile, path: str, clues: FolderClues) -> NotRun:
    path = path.replace("\\", "/")
    found = profile.named(path)
    # Where the runner keeps them in a folder of their own (`revert/`), it knows what belongs there.
    apart = found is not None and any(map(str.isalnum, found[0].folders))
    if apart or any(_is_twin(profile, path, other) for other in _candidates(profile, path, clues)):
        return NotRun("down", "it undoes a migration")
    return NotRun(
        "unread",
        "its name says that it undoes a migration, and there is none beside it that it would undo:"
        " it is not run as a migration",
        "give it another name if it is a migration",
    )


def _candidates(profile: Profile, path: str, clues: FolderClues) -> Iterator[str]:
    """The files that it might undo, nearest first."""
    folder = posixpath.dirname(path)
    stem = _UNDOES.sub("", posixpath.basename(path).removesuffix(".sql"))
    if stem:
        # Nearly always it is one of these, and a folder of thousands is not looked through for each.
        for name in clues.matching(folder, f"{stem}*"):
            yield f"{folder}/{name}" if folder else name
    found = profile.named(path)
    folders = [folder]
    if not (found and found[0].folders):
        above = posixpath.dirname(clues.absolute(folder))
        folders.append(above)
        folders += [f"{above}/{name}" for name in sorted(clues.folders(above) & _UP_FOLDERS)]
    for each in folders:
        for name in clues.names(each):
            yield f"{each}/{name}" if each else name


def _is_twin(profile: Profile, path: str, other: str) -> bool:
    """Whether `other` is the migration that `path` undoes."""
    if profile.direction(other) not in {"up", "repeatable"}:
        return False
    version = _version(profile, path)
    if version:
        return version == _version(profile, other)
    mine, its = (posixpath.basename(each).removesuffix(".sql") for each in (path, other))
    stem = _UNDOES.sub("", mine)
    number, its_number = _NUMBER.match(stem), _NUMBER.match(its)
    if number and its_number:
        return number.group() == its_number.group()
    return not stem or stem == _DOES.sub("", its)


def _version(profile: Profile, path: str) -> str:
    found = profile.named(path)
    return (found[1].groupdict().get("version") or "") if found else ""
