"""A run that stopped in the midst of a file, for people and as the JSON that is promised to users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.report.excerpt import BEGINNING, beginning
from idemlint.report.full import plain
from idemlint.report.json import dumps
from idemlint.report.lines import indented
from idemlint.report.run_report import one_line, printable
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.outage.story import Outage, Step, Told
    from idemlint.report.lines import Line

#: Columns, where there is no terminal.
_WIDTH: Final = 110
#: Of more statements with one fate, the first and the last ones are listed.
_ENDS: Final = 5


def as_json(outage: Outage) -> str:
    """The promised keys, in their order."""
    return dumps({"stopped_at": as_dict(outage)})


def as_dict(outage: Outage) -> dict[str, Any]:
    """An outage as plain values."""
    return {
        "filename": printable(outage.filename),
        "runner": outage.runner,
        "statement": _step(outage.at),
        "exact": outage.is_exact,
        "note": outage.note or None,
        "about": outage.about or None,
        "stays": _told(outage.stays),
        "taken_back": _told(outage.undone),
        "never_ran": _told(outage.never),
        "earlier_files": outage.earlier or None,
        "rerun": {
            "begins": _step(outage.begins),
            "hits": _judged(outage.hits) if outage.hits is not None else None,
            "repeats": list(map(_judged, outage.repeats)),
            "unknown": list(map(_judged, outage.unknown)),
        },
        "journal": {
            "says": outage.journal,
            "commands": [{"command": each.text, "effect": each.effect} for each in outage.commands],
        },
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "filename": printable(step.filename),
        "index": step.index,
        "row": step.row,
        "start": step.start,
        "end": step.end,
        "kind": step.kind,
    }


def _judged(step: Step) -> dict[str, Any]:
    sqlstate = step.sqlstate
    return _step(step) | {
        "verdict": step.verdict,
        "sqlstate": sqlstate,
        "condition": condition_name(sqlstate) if sqlstate else None,
        "reason": step.reason,
    }


def _told(told: Told) -> dict[str, Any]:
    return {"statements": list(map(_step, told.steps)), "reason": told.why or None}


def text(outage: Outage) -> str:
    """The story as plain text."""
    return plain(lines(outage))


def lines(outage: Outage, *, width: int | None = None) -> Iterator[Line]:
    """What stays, what was taken back, what never ran, what the rerun meets, what the journal wants."""
    yield [(printable(outage.filename), "path"), (f"  {outage.runner}", "cut")]
    if outage.note:
        yield from sentence_lines(outage.note, width, "cut")
    yield []
    yield [("Stopped at", "error")]
    yield from _steps((outage.at,), outage.filename, width)
    if outage.about:
        yield from sentence_lines(outage.about, width, indent=4)
    for heading, style, told in (
        ("Ran and stays", "warning", outage.stays),
        ("Ran and was taken back", "good", outage.undone),
        ("Never ran", "label", outage.never),
    ):
        yield []
        if not told.steps:
            yield [(f"{heading}: ", style), ("nothing", "text"), *_of_the_file(told, outage)]
            continue
        yield [(heading, style), (f": {counted(len(told.steps), 'statement')}", "text")]
        if told.why:
            yield from sentence_lines(f"({told.why})", width, "cut", indent=2)
        yield from _steps(told.steps, outage.filename, width)
    if outage.earlier:
        yield []
        yield from sentence_lines(outage.earlier, width)
    yield []
    yield from _rerun(outage, width)
    yield []
    yield [("The runner's journal", "label")]
    yield from sentence_lines(outage.journal, width, indent=2)
    for command in outage.commands:
        yield [("    ", "text"), (command.text, "code")]
        yield from sentence_lines(command.effect, width, "cut", indent=8)


def _of_the_file(told: Told, outage: Outage) -> Line:
    if told is outage.stays:
        return [(" of this file", "text")]
    return []


def _rerun(outage: Outage, width: int | None) -> Iterator[Line]:
    where, far = f"line {outage.begins.row}", f"line {outage.at.row}"
    if outage.begins.filename != outage.filename:
        where += f" of {printable(outage.begins.filename)}"
        far += f" of {printable(outage.filename)}"
    if outage.hits is not None:
        yield [("The rerun", "label"), (f" begins at {where}, and stops first at", "text")]
        yield from _steps((outage.hits,), outage.filename, width)
    else:
        yield [
            ("The rerun", "label"),
            (f" begins at {where}, and comes as far as {far}", "text"),
        ]
        yield from sentence_lines(
            "Nothing before it is sure to fail; it fails itself as before, unless what stopped it is"
            " mended. What is behind it then runs for the first time.",
            width,
            indent=2,
        )
    if outage.repeats:
        yield [("Before that it does once more, without a word", "warning")]
        yield from _steps(outage.repeats, outage.filename, width)
    if outage.unknown:
        yield [("What these do there cannot be told from the files", "sqlstate")]
        yield from _steps(outage.unknown, outage.filename, width)


def _steps(steps: Sequence[Step], filename: str, width: int | None) -> Iterator[Line]:
    digits = max(len(str(each.row)) for each in steps)
    shown = [*steps] if len(steps) <= 2 * _ENDS + 1 else [*steps[:_ENDS], *steps[-_ENDS:]]
    for place, step in enumerate(shown):
        if place == _ENDS and len(shown) < len(steps):
            yield [("    ", "text"), (f"… {len(steps) - len(shown):,} more …", "cut")]
        lead: Line = [(f"  {step.row:>{digits}}  ", "gutter")]
        if step.filename != filename:
            lead.insert(0, (f"  {printable(step.filename)}:", "path"))
        if step.sqlstate:
            lead.append((f"{step.sqlstate}  ", "sqlstate"))
        room = BEGINNING
        if width is not None:
            room = min(room, max(width - sum(len(piece) for piece, _ in lead), 20))
        yield [*lead, (beginning(step.beginning, room), "text")]
        if step.reason:
            name = condition_name(step.sqlstate) if step.sqlstate else None
            why = f"{name}: {step.reason}" if name else step.reason
            yield from sentence_lines(why, width, "cut", indent=digits + 4)


def sentence_lines(
    sentence: str, width: int | None, style: str = "text", indent: int = 0
) -> Iterator[Line]:
    """A sentence as lines of that width, 110 where it is not known."""
    return indented(one_line(sentence), indent, width or _WIDTH, style)
