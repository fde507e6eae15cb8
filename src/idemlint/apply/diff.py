"""What fixes changed, as a patch: `git apply` and `patch` take it, byte for byte, line ends and all."""

from __future__ import annotations

import os
from bisect import bisect_left
from difflib import Match, SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Unchanged lines around a change.
_CONTEXT: Final = 3
#: Texts are compared in stretches of about so many lines.
_STRETCH: Final = 1000


def unified_diff(filename: str, before: bytes, after: bytes) -> bytes:
    """The patch that makes `after` of `before`; empty where they are equal."""
    name = os.fsencode(filename.replace(os.sep, "/"))
    hunks = list(_hunks(_lines(before), _lines(after)))
    if not hunks:
        return b""
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in (b"--- " + _named(b"a/" + name), b"+++ " + _named(b"b/" + name), *hunks)
    )


def _named(name: bytes) -> bytes:
    """A name as git writes it into a head: quoted as in C where its end would be unsure, and with a tab
    behind it where it has blanks in it."""
    if any(byte < 0x20 or byte in b'\x7f"\\' for byte in name) or name.endswith(b" "):
        quoted = b"".join(
            bytes([byte]) if 0x20 <= byte != 0x7F and byte not in b'"\\' else b"\\%03o" % byte
            for byte in name
        )
        return b'"' + quoted + b'"\n'
    return name + (b"\t\n" if b" " in name else b"\n")


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    for group in _Matcher(old, new).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        ranges = _range(first[1], last[2]), _range(first[3], last[4])
        yield "@@ -{} +{} @@\n".format(*ranges).encode()
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                yield from (b" " + line for line in old[i:i_end])
                continue
            yield from (b"-" + line for line in old[i:i_end])
            yield from (b"+" + line for line in new[j:j_end])


def _range(start: int, stop: int) -> str:
    """Lines as a hunk's head has them; of none, the line before them."""
    length = stop - start
    return str(start + 1) if length == 1 else f"{start + bool(length)},{length}"


class _Matcher(SequenceMatcher[bytes]):
    """Compares long texts piece by piece: what difflib does is quadratic in the number of changes."""

    def __init__(self, old: Sequence[bytes], new: Sequence[bytes]) -> None:
        super().__init__(None, old, new)
        self._texts = old, new

    def get_matching_blocks(self) -> list[Match]:
        """The stretches that are equal, in order, and an empty one at the end."""
        old, new = self._texts
        blocks: list[Match] = []
        for (i, j), (i_end, j_end) in pairwise(_anchors(old, new)):
            piece = SequenceMatcher(None, old[i:i_end], new[j:j_end])
            for a, b, size in piece.get_matching_blocks()[:-1]:
                block = Match(i + a, j + b, size)
                if blocks and _touch(blocks[-1], block):
                    last = blocks.pop()
                    block = last._replace(size=last.size + size)
                blocks.append(block)
        return [*blocks, Match(len(old), len(new), 0)]


def _touch(one: Match, other: Match) -> bool:
    return one.a + one.size == other.a and one.b + one.size == other.b


def _anchors(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Where both texts are cut: at lines that each of them has once, in one order, and at their ends."""
    yield 0, 0
    if len(old) > _STRETCH:
        next_at = _STRETCH
        for i, j in _in_one_order(old, new):
            if i >= next_at:
                yield i, j
                next_at = i + _STRETCH
    yield len(old), len(new)


def _in_one_order(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int]]:
    """As many lines that both have once as stand in one order, with their places."""
    places = _once(new)
    pairs = [(i, places[line]) for line, i in _once(old).items() if line in places]
    ends: list[int] = []  # the last place of the best row of each length
    rows: list[int] = []  # which pair that is
    before: list[int] = []  # the one before each pair
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(rows[length - 1] if length else -1)
        ends[length : length + 1], rows[length : length + 1] = [j], [index]
    found = []
    at = rows[-1] if rows else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _once(lines: Sequence[bytes]) -> dict[bytes, int]:
    """The lines that a text has once, in order, with their places."""
    seen: dict[bytes, int] = {}
    for place, line in enumerate(lines):
        seen[line] = -1 if line in seen else place
    return {line: place for line, place in seen.items() if place >= 0}


def _lines(data: bytes) -> list[bytes]:
    """Lines that end at a newline only, as git sees them."""
    *whole, last = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([last] if last else [])
