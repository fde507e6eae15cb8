"""Folders in which there was nothing to judge: what lies there instead, and what to do about it."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from idemlint import not_sql, runners
from idemlint.left_out import told
from idemlint.report.words import counted
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.files import Searched
    from idemlint.left_out import LeftOut


#: Kinds that say enough: it is as it should be, or there is a finding for each.
_SAID: Final = frozenset({"start-after", "unchanged", "unread"})


def nothing_checked(found: Searched, left_out: Iterable[LeftOut]) -> list[str]:
    """A problem for each of the folders, of which no file was judged, unless that is as it should be: all
    of it is applied, or has not changed."""
    by_name = {each.filename: each for each in left_out}
    problems = []
    for folder, names in found.folders.items():
        inside = [by_name[shown(name)] for name in names if shown(name) in by_name]
        if any(each.kind in _SAID for each in inside):
            continue
        prefix = shown(f"{PurePath(folder)}/").removeprefix("./")
        beside = [each for each in found.left_out if each.filename.startswith(prefix)]
        problems.append(f"{folder}: {_why(inside, beside)}")
    return problems


def _why(inside: list[LeftOut], beside: list[LeftOut]) -> str:
    if inside:
        words = ", ".join(words for _, words, _ in told(tuple(inside)))
        return f"no migration to check in this folder: {words}"
    languages = Counter(each.detail for each in beside if each.kind == "not-sql")
    if not languages:
        links = sum(each.kind == "link" for each in beside)
        return "no *.sql file in this folder" + (
            f", and {counted(links, 'link')} to folders, which are not followed: name the folders"
            if links
            else ""
        )
    seen = ", ".join(f"{counted(n, 'migration')} in {name}" for name, n in languages.items())
    ways = dict.fromkeys(way for name in languages for way in _ways(name))
    return (
        f"no *.sql file in this folder, but {seen}, which idemlint does not read:"
        f" {'; or '.join(ways)}"
    )


def _ways(language: str) -> list[str]:
    """How to get at the SQL of migrations in a language."""
    known = [
        way
        for profile in runners.all_profiles().values()
        for name, way in profile.renders
        if name == language
    ]
    return known or [not_sql.way(language)]
