"""Opt-outs and what is mistaken for one: the same few shapes for all runners."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.runners.profile import Misdirective, OptOut
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Directives, Sending


class Near(NamedTuple):
    """A text that looks like the runner's opt-out and does nothing (or another thing)."""

    pattern: str
    message: str
    help: str = ""


_ANY: Final = rb"(?i)no.?tr|tx|transac"


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """A directive's pattern: lines of bytes, letter case ignored (`(?-i:…)` where it counts)."""
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)


def opts_out(pattern: str, sending: Sending) -> Callable[[str, bytes, FolderClues], OptOut | None]:
    """An opt-out by the first match of a pattern."""

    def opt_out(path: str, data: bytes, clues: FolderClues) -> OptOut | None:
        match = compiled(pattern).search(data)
        return OptOut(_line(match), sending) if match else None

    return opt_out


def misleads(
    own: str, near: tuple[Near, ...] = (), title: str = "", works: str | None = None
) -> Callable[[str, bytes, FolderClues, Directives], tuple[Misdirective, ...]]:
    """Near misses of the runner's own opt-out (what `works` matches is none), and other runners'
    opt-outs."""

    def find(
        path: str, data: bytes, clues: FolderClues, others: Directives
    ) -> tuple[Misdirective, ...]:
        if re.search(_ANY, data) is None:
            return ()
        found: list[Misdirective] = []
        right = [match.span() for match in compiled(works).finditer(data)] if works else []
        for pattern, message, advice in near:
            found += [
                Misdirective(_line(match), message, advice)
                for match in compiled(pattern).finditer(data)
                if not any(start <= match.start() < end for start, end in right)
            ]
        seen = {each.span.start for each in found}
        seen.update(at for start, end in right for at in range(start, end))
        for runner, (whose, pattern) in others().items():
            if runner == own:
                continue
            for match in compiled(pattern).finditer(data):
                if match.start() not in seen:
                    found.append(
                        Misdirective(
                            _line(match), f"this directive is for {whose}; {title} does not read it"
                        )
                    )
                    seen.add(match.start())
        return tuple(sorted(found, key=lambda each: each.span))

    return find


def _line(match: re.Match[bytes]) -> Span:
    text = match.group()
    return Span(match.start(), match.start() + len(text.rstrip()))


def newline(data: bytes) -> str:
    """The newline that the file's first line ends with."""
    at = data.find(b"\n")
    return "\r\n" if at > 0 and data[at - 1 : at] == b"\r" else "\n"


def after_bom(data: bytes) -> int:
    """Where the text begins."""
    return 3 if data.startswith(b"\xef\xbb\xbf") else 0


def first_line(text: str, bom_ok: bool = True) -> Callable[[bytes], Edit | None]:
    """The edit that makes a directive the file's first line; none where a BOM would stand before it
    and spoil it."""

    def edit(data: bytes) -> Edit | None:
        start = after_bom(data)
        if start and not bom_ok:
            return None
        return Edit(Span(start, start), text + newline(data))

    return edit
