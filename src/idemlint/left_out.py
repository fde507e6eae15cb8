"""Files that were named, or lie where somebody looked, and that nobody judged: what they are, in words.

A pass that looked at nothing is no pass. So whoever leaves out a file says so with one of these.
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple


class LeftOut(NamedTuple):
    """A file, as it is shown, and why it is not judged: a kind of `KINDS`, and what more there is to say of
    it (whose it is, what it is)."""

    filename: str
    kind: str
    detail: str = ""


class LeftOutKind(NamedTuple):
    """What is said of `number` files of a kind, with their common `detail`; `is_hole`: something may stand
    in them that ought to have been judged, and `--strict` fails."""

    words: str
    is_hole: bool


#: In the order in which they are told.
KINDS: Final[dict[str, LeftOutKind]] = {
    "start-after": LeftOutKind("{number} before start-after", False),
    "unchanged": LeftOutKind("{number} not changed since {detail}", False),
    "down": LeftOutKind("{number} down", False),
    "dump": LeftOutKind("{number} dumped from a database", False),
    "beside": LeftOutKind("{number} that {detail} runs otherwise", False),
    "unread": LeftOutKind("{number} that {detail} does not read", True),
    "not-sql": LeftOutKind("{number} not SQL", True),
    "link": LeftOutKind("{number} behind links that are not followed", True),
}


def told(files: tuple[LeftOut, ...]) -> list[tuple[str, str, list[str]]]:
    """Kind, words and names of the files that were left out, in the order of `KINDS`."""
    names: dict[tuple[str, str], list[str]] = {}
    for each in files:
        detail = each.detail if "{detail}" in KINDS[each.kind].words else ""
        names.setdefault((each.kind, detail), []).append(each.filename)
    order = list(KINDS)
    return [
        (kind, KINDS[kind].words.format(number=f"{len(these):,}", detail=detail), these)
        for (kind, detail), these in sorted(names.items(), key=lambda row: order.index(row[0][0]))
    ]
