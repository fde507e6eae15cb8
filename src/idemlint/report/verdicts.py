"""The verdicts of `idemlint replay`: a table for people, and the JSON that CLI.md promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.replay.judge.verdict import Verdict
from idemlint.report.excerpt import cells
from idemlint.report.finding import one_line, printable
from idemlint.report.full import plain
from idemlint.report.json import dumps
from idemlint.report.summary import counted
from idemlint.source.positions import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from idemlint.engine import FileReport
    from idemlint.replay.effects.describe import Described
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.report.full import Line

    Describe = Callable[[Iterable[Effect], int], tuple[Described, ...]]

#: Verdict → the style it is printed in.
_STYLES: Final = {
    "safe": "good",
    "fails": "error",
    "repeats": "warning",
    "unknown": "sqlstate",
    "not-applicable": "cut",
}
_VERDICT_WIDTH: Final = max(map(len, _STYLES))
_EXCERPT: Final = 72


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A statement and its verdict. `row` and `excerpt` are for people only.

    `effects` are what replay takes it to do; `None`: nobody asked.
    """

    index: int
    start: int
    end: int
    kind: str
    unit: int
    verdict: str
    sqlstate: str | None
    reason: str
    rerun: str
    codes: tuple[str, ...]
    row: int
    excerpt: str
    effects: tuple[Described, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class JudgedFile:
    """A file's statements, in file order."""

    filename: str
    runner: str
    statements: tuple[Judged, ...]


def judged(
    report: FileReport, *, down: bool = False, describe: Describe | None = None
) -> JudgedFile:
    """What replay tells about a file; its Down sections only with `down`.

    `describe` is `replay.effects.describe`'s, where effects are wanted too.
    """
    data = report.parsed.source.data
    programs, version = report.migration.programs, report.migration.postgres_version
    lines = Lines(data)
    statements = []
    for statement, outcome, unit, codes in zip(
        report.parsed.statements, report.outcomes, report.units, report.codes, strict=True
    ):
        if statement.section == "down" and not down:
            continue
        text = data[statement.start : min(statement.end, statement.start + 4 * _EXCERPT)]
        statements.append(
            Judged(
                index=statement.index,
                start=statement.start,
                end=statement.end,
                kind=statement.kind,
                unit=unit,
                verdict=outcome.verdict.value,
                sqlstate=outcome.sqlstate,
                reason=outcome.reason,
                rerun=outcome.rerun,
                codes=tuple(codes),
                row=lines.position(statement.start).row,
                excerpt=_excerpt(text.decode("utf-8", "replace")),
                effects=describe and describe(programs.get(statement.index, ()), version),
            )
        )
    return JudgedFile(printable(report.filename), report.runner, tuple(statements))


def as_json(files: Iterable[JudgedFile]) -> str:
    """The keys of CLI.md, in their order."""
    return dumps(
        {
            "files": [
                {
                    "filename": file.filename,
                    "runner": file.runner,
                    "statements": [_as_dict(statement) for statement in file.statements],
                }
                for file in files
            ]
        }
    )


def _as_dict(statement: Judged) -> dict[str, Any]:
    sqlstate = statement.sqlstate
    told = {
        "index": statement.index,
        "start": statement.start,
        "end": statement.end,
        "kind": statement.kind,
        "unit": statement.unit,
        "verdict": statement.verdict,
        "sqlstate": sqlstate,
        "condition": condition_name(sqlstate) if sqlstate else None,
        "reason": statement.reason,
        "rerun": statement.rerun,
        "codes": list(statement.codes),
    }
    if statement.effects is not None:
        told["effects"] = list(map(_effect, statement.effects))
    return told


def _effect(effect: Described) -> dict[str, Any]:
    """`effects` again are those inside of it; few words have any."""
    told: dict[str, Any] = {"word": effect.word, "text": effect.text}
    if effect.inner:
        told["effects"] = list(map(_effect, effect.inner))
    return told


def text(files: Sequence[JudgedFile]) -> str:
    """The table as plain text."""
    return plain(lines(files))


def lines(
    files: Sequence[JudgedFile], *, width: int | None = None, quiet: bool = False
) -> Iterator[Line]:
    """A block a file; a line a statement, and why where it is not safe."""
    for file in files:
        yield [(file.filename, "path"), (f"  {file.runner}", "cut")]
        digits = max((len(str(statement.row)) for statement in file.statements), default=1)
        for statement in file.statements:
            yield from _statement(statement, digits, width)
        yield []
    if not quiet:
        yield _totals(files)


def _statement(statement: Judged, digits: int, width: int | None) -> Iterator[Line]:
    style = _STYLES[statement.verdict]
    yield [
        (f"  {statement.row:>{digits}}  ", "gutter"),
        (f"{statement.verdict:<{_VERDICT_WIDTH}}", style),
        (f"  {statement.sqlstate or '':<5}  ", "sqlstate"),
        (statement.excerpt, "text"),
    ]
    indent = 2 + digits + 2 + _VERDICT_WIDTH + 2
    if statement.verdict != Verdict.SAFE.value:
        yield from _why(statement, indent, width)
    if statement.effects is not None:
        yield from _effects(statement.effects, indent, width)


def _why(statement: Judged, indent: int, width: int | None) -> Iterator[Line]:
    why = one_line(statement.reason)
    if statement.sqlstate:
        name = condition_name(statement.sqlstate) or statement.sqlstate
        why = f"{name}: {why}" if why else name
    notes = [why] if why else []
    if statement.codes:
        notes.append(f"[{', '.join(statement.codes)}]")
    if statement.verdict in {Verdict.FAILS.value, Verdict.REPEATS.value}:
        notes.append(f"(rerun: {statement.rerun})")
    if notes:
        for piece in _wrapped(" ".join(notes), indent, width):
            yield [(" " * indent, "text"), (piece, "cut")]


def _effects(effects: tuple[Described, ...], indent: int, width: int | None) -> Iterator[Line]:
    """A line an effect, what it holds two columns further in."""
    for effect in effects:
        first, *rest = _wrapped(one_line(effect.text), indent + 4, width)
        yield [(" " * indent, "text"), ("· ", "gutter"), (first, "text")]
        for piece in rest:
            yield [(" " * (indent + 4), "text"), (piece, "text")]
        yield from _effects(effect.inner, indent + 2, width)


def _wrapped(sentence: str, indent: int, width: int | None) -> list[str]:
    if width is None or width - indent < 30:
        return [sentence]
    from textwrap import wrap

    return wrap(sentence, width - indent, break_long_words=False, break_on_hyphens=False)


def _totals(files: Sequence[JudgedFile]) -> Line:
    counts = Counter(statement.verdict for file in files for statement in file.statements)
    total = sum(counts.values())
    line: Line = [
        (f"{counted(total, 'statement')} in {counted(len(files), 'file')}", "message"),
    ]
    for verdict in _STYLES:
        if counts[verdict]:
            line.append((": " if len(line) == 1 else ", ", "text"))
            line.append((f"{counts[verdict]:,} {verdict}", _STYLES[verdict]))
    return line


def _excerpt(text: str) -> str:
    flat = "".join(character for character, _ in cells(" ".join(text.split())))
    return flat if len(flat) <= _EXCERPT else flat[: _EXCERPT - 1].rstrip() + "…"
