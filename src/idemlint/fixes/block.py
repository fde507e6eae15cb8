"""`IF … THEN … END IF` around the author's own statement: in a DO block, or inside the one it stands in."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from idemlint.fixes.exists import columns_of
from idemlint.records import NamedTuple
from idemlint.source.lexer import tokens
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.fixes.layout import Site
    from idemlint.runners.profile import Part

_TAGS: Final = ("$$", "$do$", "$guard$", "$idemlint$")


class GuardedPiece(NamedTuple):
    """A part of a statement that becomes a statement: its bytes, and what must hold for it to run.

    `head` is what it begins with, where the original says that once for several; `gap` are the bytes
    between the piece before and this one.
    """

    span: Span
    condition: str = ""
    head: str = ""
    gap: Span | None = None


def guarded(site: Site, condition: str | None) -> tuple[Edit, ...]:
    """Run the statement only where the condition holds; `()`: this cannot be written here."""
    if condition is None:
        return ()
    return guarded_pieces(site, [GuardedPiece(site.span, condition)])


def guarded_pieces(site: Site, pieces: list[GuardedPiece]) -> tuple[Edit, ...]:
    """Run the pieces one after the other, each where its condition holds; `()`: not possible here."""
    conditions = [piece.condition for piece in pieces]
    if not _possible(site, conditions):
        return ()
    depth = 0 if site.in_body else 1
    newline, step = site.newline, site.step
    base = site.indent
    opening, closing = "", ""
    edits: list[Edit] = []
    if not site.in_body:
        tag = _tag(site, " ".join(conditions))
        frame = _frame(site)
        if tag is None or frame is None:
            return ()
        edits += frame.before + _kept_whole(site)
        opening = site.style("DO") + f" {tag}{newline}{base}" + site.style("BEGIN") + newline
        closing = f"{newline}{base}" + site.style("END") + f"{newline}{base}{tag};" + frame.at_end

    inner = base + step * depth
    for index, piece in enumerate(pieces):
        before = _if(site, piece.condition, inner)
        text = before + piece.head
        if index == 0:
            lead = opening + (inner if opening else "") + text
            edits.append(site.insertion(piece.span.start, lead))
        else:
            edits += _between(site, piece, newline + inner, text)
        levels = depth + (1 if piece.condition else 0)
        edits += _reindented(site, piece.span, step * levels)
        end = _end_if(site, piece.condition, inner)
        if index + 1 < len(pieces):
            # The comma behind it becomes the end of a statement.
            gap = pieces[index + 1].gap
            assert gap is not None
            comma = _comma(site, gap)
            edits.append(Edit(comma, ";" + end))
        elif site.semicolon is not None:
            edits.append(site.insertion(site.semicolon, end + closing))
        else:
            edits.append(site.insertion(site.span.end, ";" + end + closing))
    if not site.in_body and frame is not None:
        edits += frame.after
    return merged(edits)


def merged(edits: list[Edit]) -> tuple[Edit, ...]:
    """Edits in order of place; insertions at the same place become one, in the order given."""
    result: list[Edit] = []
    for edit in sorted(edits, key=lambda each: each.span):
        last = result[-1] if result else None
        if last is not None and last.span == edit.span and edit.span.start == edit.span.end:
            result[-1] = Edit(last.span, last.content + edit.content)
        else:
            result.append(edit)
    return tuple(result)


def _if(site: Site, condition: str, indent: str) -> str:
    if not condition:
        return ""
    opening = site.style(f"IF {condition} THEN")
    return f"{opening}{site.newline}{indent}{site.step}"


def _end_if(site: Site, condition: str, indent: str) -> str:
    return f"{site.newline}{indent}" + site.style("END IF;") if condition else ""


def _comma(site: Site, gap: Span) -> Span:
    for kind, start, end in tokens(site.code, gap.start, gap.end):
        if kind == "punctuation" and site.code[start:end] == b",":
            return Span(start, end)
    raise AssertionError("a gap has a comma")


def _between(site: Site, piece: GuardedPiece, line: str, text: str) -> list[Edit]:
    """A piece begins on a line of its own; comments before it stay where they are."""
    start = piece.span.start
    blank = start
    while site.data[blank - 1 : blank] in {b" ", b"\t", b"\n", b"\r"}:
        blank -= 1
    return [Edit(Span(blank, start), line + text)]


def _reindented(site: Site, span: Span, pad: str) -> list[Edit]:
    """Further lines of a piece move along; what is inside a literal or a comment does not."""
    if site.data.find(b"\n", span.start, span.end) < 0:
        return []
    inside = [
        Span(start, end)
        for _, start, end in tokens(site.code, span.start, span.end, coarse=True)
        if site.code.find(b"\n", start, end) >= 0
    ]
    edits: list[Edit] = []
    for match in re.finditer(rb"\n(?![\r\n])", site.data[span.start : span.end]):
        at = span.start + match.end()
        if not any(each.start < at <= each.end - 1 for each in inside):
            edits.append(site.insertion(at, pad))
    return edits


def _possible(site: Site, conditions: list[str]) -> bool:
    if not site.editable or not (site.in_body or _runs_blocks(site)):
        return False
    text = " ".join(conditions)
    lowered = text.lower()
    if any(name and name in lowered for name in site.stands_in):
        return False
    if site.profile.placeholders.spoils(text, site.data):
        return False
    if site.in_body:
        delimiter = _delimiter(site)
        return (
            delimiter is not None and delimiter not in text and not site.declares(columns_of(text))
        )
    return True


def _runs_blocks(site: Site) -> bool:
    """Whether the runner can be given a DO block where the statement stands."""
    if site.profile.do_blocks:
        return True
    part = _part(site)
    return part is not None and (part.message == "statement" or bool(_kept_whole(site)))


def _kept_whole(site: Site) -> tuple[Edit, ...]:
    """What the runner has to be told of the part, so that it does not cut the block."""
    part = None if site.profile.do_blocks else _part(site)
    if part is None or part.message == "statement":
        return ()
    way = site.profile.keep_body(site.data, part)
    return (way.edit,) if way is not None and way.edit is not None else ()


def _part(site: Site) -> Part | None:
    parts = site.profile.parts(site.data)
    start = site.span.start
    return next((each for each in parts if each.span.start <= start < each.span.end), None)


def _delimiter(site: Site) -> str | None:
    """The dollar tag of the body that the statement stands in; a body in `'…'` has none."""
    outer = site.case.statement.span
    for kind, start, end in tokens(site.code, outer.start, outer.end, coarse=True):
        if kind == "dollar" and start < site.span.start < end:
            return site.code[start : site.code.index(b"$", start + 1) + 1].decode()
    return None


def _tag(site: Site, added: str) -> str | None:
    """A dollar tag that occurs neither in the statement nor in what is put around it."""
    text = site.raw(site.span) + added
    holders = site.profile.placeholders
    fills = holders.pattern if holders.in_bodies else None
    for tag in _TAGS:
        spoiled = holders.spoils(tag, site.data)
        filled = fills is not None and holders.breaks is None and re.search(fills, tag)
        if tag not in text and not spoiled and not filled:
            return tag
    return None


class _Frame(NamedTuple):
    """What the runner wants around a DO block."""

    before: tuple[Edit, ...] = ()
    after: tuple[Edit, ...] = ()
    at_end: str = ""


def _frame(site: Site) -> _Frame | None:
    """The runner's lines around a DO block; `None`: they cannot be put there."""
    first, last = site.profile.wrap
    if not first or _wrapped(site, first, last):
        return _Frame()
    if not site.alone_before:
        return None
    data = site.data
    end = site.semicolon if site.semicolon is not None else site.span.end
    line_end = data.find(b"\n", end)
    line_end = len(data) if line_end < 0 else line_end
    rest = data[end:line_end].rstrip(b"\r")
    if rest.strip() and not rest.lstrip().startswith(b"--"):
        return None
    before = (site.insertion(site.line_start, first + site.newline),)
    closing = site.newline + last
    if not rest.strip():
        return _Frame(before, (), closing)
    at = end + len(rest)
    return _Frame(before, (site.insertion(at, closing),))


def _wrapped(site: Site, first: str, last: str) -> bool:
    """Whether the author has put the runner's lines around it already."""

    def latest(marker: str) -> int:
        places = _lines_with(marker, site.data)
        before = bisect_left(places, site.span.start)
        return places[before - 1] if before else -1

    return latest(first) > latest(last)


@lru_cache(maxsize=2)
def _lines_with(marker: str, data: bytes) -> list[int]:
    """Where a runner's line begins in a file; all statements of the file ask for the same two."""
    pattern = r"\s*".join(map(re.escape, marker.split())).encode()
    found = re.finditer(rb"^" + pattern, data, re.MULTILINE | re.IGNORECASE)
    return [match.start() for match in found]
