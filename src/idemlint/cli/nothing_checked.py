"""Folders in which there was nothing to judge: what lies there instead, and what to do about it."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

from idemlint import not_sql
from idemlint.left_out import KINDS, told
from idemlint.report.words import counted
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from idemlint.files import Found
    from idemlint.left_out import LeftOut


def nothing_checked(
    found: Found, checked: Container[str], left_out: Iterable[LeftOut]
) -> list[str]:
    """A problem for each folder that was named and of which no file was judged, unless that is as it should
    be: all of it is applied, or has not changed."""
    by_name = {each.filename: each for each in left_out}
    problems = []
    for folder, names in found.folders.items():
        if any(name in checked for name in names):
            continue
        inside = [by_name[shown(name)] for name in names if shown(name) in by_name]
        if any(not KINDS[each.kind].is_hole and each.kind != "down" for each in inside):
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
    ways = " or ".join(dict.fromkeys(not_sql.way_of(name) for name in languages))
    return f"no *.sql file in this folder, but {seen}, which idemlint does not read: {ways}"
