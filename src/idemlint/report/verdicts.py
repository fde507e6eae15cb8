"""The verdicts of `idemlint replay`: a table for people, and the JSON that is promised to users."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.replay.judge.verdict import Verdict
from idemlint.report import outlooks
from idemlint.report.excerpt import beginning
from idemlint.report.full import plain
from idemlint.report.json import account_as_dict, dumps
from idemlint.report.lines import folded, headed, indented, wrapped
from idemlint.report.run_report import one_line, printable, shown_name
from idemlint.report.words import counted, error_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.analysis.file_report import FileReport
    from idemlint.analysis.statement_rows import FirstRow, StatementRow
    from idemlint.replay.effects.describe import Described
    from idemlint.report.account import Account
    from idemlint.report.lines import Line

#: Verdict → the style it is printed in.
_STYLES: Final = {
    "safe": "good",
    "fails": "error",
    "repeats": "warning",
    "unknown": "sqlstate",
    "not-applicable": "cut",
}
_VERDICT_WIDTH: Final = max(map(len, _STYLES))


def as_json(files: Iterable[FileReport], account: Account) -> str:
    """The promised keys, in their order."""
    return dumps(
        {
            "files": [
                {
                    "filename": printable(file.filename),
                    "runner": file.runner,
                    **({"undoes": printable(file.undoes)} if file.undoes else {}),
                    "statements": [_as_dict(statement) for statement in file.statements],
                }
                for file in files
            ],
            "summary": account_as_dict(account),
        }
    )


def _as_dict(statement: StatementRow) -> dict[str, Any]:
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
        "first": _first(statement.first),
    }
    if statement.half is not None:
        told["half"] = statement.half
        told["leaves"], told["loses"] = list(statement.leaves), list(statement.loses)
    if statement.upgrade is not None:
        told["upgrade"] = _first(statement.upgrade)
    if statement.effects is not None:
        told["effects"] = list(map(_effect, statement.effects))
    return told


def _first(first: FirstRow | None) -> dict[str, Any] | None:
    if first is None:
        return None
    because, follows = (
        {"filename": printable(site[0]), "row": site[1]} if site is not None else None
        for site in (first.because, first.follows)
    )
    return {
        "verdict": first.verdict,
        "sqlstate": first.sqlstate,
        "condition": condition_name(first.sqlstate) if first.sqlstate else None,
        "reason": first.reason,
        "because": because,
        "follows": follows,
    }


def _effect(effect: Described) -> dict[str, Any]:
    """`effects` again are those inside of it; few words have any."""
    told: dict[str, Any] = {"word": effect.word, "text": effect.text}
    if effect.inner:
        told["effects"] = list(map(_effect, effect.inner))
    return told


def text(files: Sequence[FileReport], account: Account, *, first: bool = False) -> str:
    """The table as plain text."""
    return plain(lines(files, account, first=first))


def lines(
    files: Sequence[FileReport],
    account: Account,
    *,
    width: int | None = None,
    quiet: bool = False,
    first: bool = False,
) -> Iterator[Line]:
    """A block a file; a line a statement, and why where it is not safe; an account of all. With `first`, what
    the first run on an empty database comes to instead of the rerun."""
    if first:
        yield from outlooks.lines(files, width=width)
    for file in files if not first else ():
        undoes = f", rolls back {shown_name(file.undoes)}" if file.undoes else ""
        yield [(shown_name(file.filename), "path"), (f"  {file.runner}{undoes}", "cut")]
        digits = max((len(str(statement.row)) for statement in file.statements), default=1)
        for statement in file.statements:
            yield from _statement(statement, digits, width)
        yield []
    yield from outlooks.outlooks(files, width)
    if not quiet:
        if not first:
            yield from folded(_totals(files), width)
        yield from folded([(f"{account.line()}.", "text")], width)


def _statement(statement: StatementRow, digits: int, width: int | None) -> Iterator[Line]:
    style = _STYLES[statement.verdict]
    lead: Line = [
        (f"  {statement.row:>{digits}}  ", "gutter"),
        (f"{statement.half:<6}" if statement.half is not None else "", "cut"),
        (f"{statement.verdict:<{_VERDICT_WIDTH}}", style),
        (f"  {statement.sqlstate or '':<5}  ", "sqlstate"),
    ]
    yield from headed(lead, beginning(statement.beginning), width)
    indent = 2 + digits + 2 + (6 if statement.half else 0) + _VERDICT_WIDTH + 2
    if statement.verdict != Verdict.SAFE.value:
        yield from _why(statement, indent, width)
    for verb, things in (("leaves", statement.leaves), ("loses", statement.loses)):
        if things:
            told = f"the rollback {verb} {one_line(', '.join(things))}"
            yield from indented(told, indent, width, "cut")
    if statement.effects is not None:
        yield from _effects(statement.effects, indent, width)


def _why(statement: StatementRow, indent: int, width: int | None) -> Iterator[Line]:
    why = error_in_words(statement.sqlstate, one_line(statement.reason))
    notes = [why] if why else []
    if statement.codes:
        notes.append(f"[{', '.join(statement.codes)}]")
    if statement.verdict in {Verdict.FAILS.value, Verdict.REPEATS.value}:
        notes.append(f"(rerun: {statement.rerun})")
    if notes:
        yield from indented(" ".join(notes), indent, width, "cut")


def _indented(described: Iterable[Described], depth: int = 0) -> Iterator[tuple[int, str]]:
    """The lines, with how deep each stands."""
    for each in described:
        yield depth, each.text
        yield from _indented(each.inner, depth + 1)


def _effects(effects: tuple[Described, ...], indent: int, width: int | None) -> Iterator[Line]:
    """A line an effect, what it holds two columns further in."""
    for depth, effect in _indented(effects):
        margin = indent + 2 * (depth + 1)
        first, *rest = wrapped(one_line(effect), margin + 2, width)
        yield [(" " * (margin - 2), "text"), ("· ", "gutter"), (first, "text")]
        for piece in rest:
            yield [(" " * (margin + 2), "text"), (piece, "text")]


def _totals(files: Sequence[FileReport]) -> Line:
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
