"""Comments that opt a file out of its runner's transaction: those that do, those that only look as
if they did, and the edits that write them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.runners.line_patterns import compiled
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import NearMiss, Profile, Sending

WORDS: Final = (b"trans", b"tx", b"autocommit")
"""One of them, in lower case, is in every comment about transactions, of whichever runner."""


#: A comment with more words than any directive says something that nobody takes away.
_MOST_WORDS: Final = 6


class Misdirective(NamedTuple):
    """A comment that looks like an opt-out and is none, or is another runner's.

    `repair` takes it away, or what is wrong in its line; `None`: that would take more away. `line` is the
    whole comment where it is the runner's own, and may only stand in the wrong place.
    """

    span: Span
    message: str
    help: str = ""
    repair: Edit | None = None
    line: str = ""


def opts_out(pattern: str, sending: Sending) -> Callable[[str, bytes, FolderClues], Sending | None]:
    """An opt-out by a match of a pattern anywhere in the file."""

    def opt_out(path: str, data: bytes, clues: FolderClues) -> Sending | None:
        return sending if compiled(pattern).search(data) else None

    return opt_out


def opts_out_by_name(
    part: str, sending: Sending
) -> Callable[[str, bytes, FolderClues], Sending | None]:
    """An opt-out by what stands in the file's name."""

    def opt_out(path: str, data: bytes, clues: FolderClues) -> Sending | None:
        return sending if part in posixpath.basename(path.replace("\\", "/")) else None

    return opt_out


def may_have_directives(data: bytes) -> bool:
    """Whether one of `WORDS` stands in a comment: most files have none, and are looked at no
    closer."""
    text = data.lower()
    block = text.find(b"/*")
    for word in WORDS:
        at = text.find(word)
        while at >= 0:
            if 0 <= block < at or text.rfind(b"--", text.rfind(b"\n", 0, at) + 1, at) >= 0:
                return True
            end = text.find(b"\n", at)
            at = text.find(word, end) if end >= 0 else -1
    return False


def misdirectives(
    profile: Profile, data: bytes, everybody: Iterable[Profile]
) -> tuple[Misdirective, ...]:
    """Near misses of the runner's own opt-out, and other runners' opt-outs, in order of place."""
    found: list[Misdirective] = []
    read: set[int] = set()  # the bytes of the directives that the runner does read
    if profile.directives_read:
        for match in compiled(profile.directives_read).finditer(data):
            read.update(range(*match.span()))
    for miss in profile.near_misses:
        found += [
            Misdirective(
                _line(match),
                miss.message,
                miss.help,
                _repair(profile, data, _line(match), miss),
                data[slice(*_line(match))].strip().decode("utf-8", "replace"),
            )
            for match in compiled(miss.pattern).finditer(data)
            if match.start() not in read
        ]
    seen = {each.span.start for each in found} | read
    lines = list(_lines_with_words(data))
    for other in everybody:
        if not other.own_directive or other.name == profile.name:
            continue
        message = f"this directive is for {other.title}; {profile.title} does not read it"
        for match in filter(None, (compiled(other.own_directive).match(data, at) for at in lines)):
            if match.start() not in seen:
                span = _line(match)
                found.append(Misdirective(span, message, repair=_repair(profile, data, span)))
                seen.add(match.start())
    return tuple(sorted(found, key=lambda each: each.span))


def _lines_with_words(data: bytes) -> Iterator[int]:
    """Where lines begin that are comments with one of `WORDS`: what a runner's own directive is."""
    text = data.lower()
    begin = text.find(b"--")
    while begin >= 0:
        if begin == 0 or text[begin - 1] == _NEWLINE:
            end = text.find(b"\n", begin)
            if end < 0:
                end = len(text)
            if any(text.find(word, begin, end) >= 0 for word in WORDS):
                yield begin
        begin = text.find(b"--", begin + 2)


_NEWLINE: Final = 0x0A


def _line(match: re.Match[bytes]) -> Span:
    text = match.group()
    return Span(match.start(), match.start() + len(text.rstrip()))


def _repair(profile: Profile, data: bytes, span: Span, miss: NearMiss | None = None) -> Edit | None:
    """The edit that mends a directive in its place where the line says more, else takes the line away."""
    if miss is not None and miss.wrong:
        wrong = compiled(miss.wrong).search(data, *span)
        if wrong is not None:
            return Edit(Span(*wrong.span()), miss.right)
    start = data.rfind(b"\n", 0, span.start) + 1
    end = data.find(b"\n", span.end) + 1 or len(data)
    start = max(start, after_bom(data) if start == 0 else 0)
    line = data[start:end].strip()
    without = data[:start] + data[end:]
    if (
        not line.startswith(b"--")
        or len(line.split()) > _MOST_WORDS
        or len(profile.parts(without)) != len(profile.parts(data))
    ):
        return None
    return Edit(Span(start, end), "")


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
