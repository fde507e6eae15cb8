"""Columns that a guard hides, and the ALTER TABLE that makes them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Fix
from idemlint.replay.effects.vocabulary import Requires
from idemlint.sequence.migration import Case
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.fixes.layout import Site
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.column import Column
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement


#: So many of the lines that need what is missing are named.
_SHOWN: Final = 3


def additions(
    migration: Migration, statement: Statement, missing: list[Column], *, has_rows: bool
) -> Fix:
    """The columns one by one, behind the statement, as it spells them; `has_rows`: the table may have some,
    so that none can be NOT NULL without more ado."""
    site = fixes.layout.Site(
        Case(migration, statement, next(iter(migration.outcomes[statement.index].values())))
    )
    end = site.after("EXISTS")
    name = site.name_after(end) if end is not None else None
    texts = _texts(site, [each.name for each in missing])
    message = "add the missing columns behind it with ADD COLUMN IF NOT EXISTS"
    bare = has_rows and any(
        each.not_null and each.default is None and not each.generated and not each.expression
        for each in missing
    )
    if bare:
        return Fix(
            Applicability.DISPLAY,
            f"{message}; one that is NOT NULL needs a DEFAULT, or its rows filled first",
        )
    if name is None or not all(texts) or site.semicolon is None:
        return Fix(Applicability.DISPLAY, message)
    alter = site.style("ALTER TABLE"), site.raw(name), site.style("ADD COLUMN IF NOT EXISTS")
    lines = "".join(
        f"{site.breakpoint}{site.newline}{site.indent}{' '.join(alter)} {text};" for text in texts
    )
    edit = Edit(Span(site.semicolon, site.semicolon), lines)
    return Fix(Applicability.UNSAFE, message, (edit,))


def who_needs(migration: Migration, statement: Statement, table: Ref) -> str:
    """The statements of the file that fail on a new database for what a guard hides, and what they need;
    empty: none does."""
    needed: dict[str, set[int]] = {}
    for index in migration.hidden_by.get(statement.index, ()):
        effect = migration.firsts[index].effect
        if isinstance(effect, Requires):
            start = migration.parsed.statements[index].start
            row = migration.data.count(b"\n", 0, start) + 1
            needed.setdefault(f"{table.name}.{effect.ref.name}", set()).add(row)
    told = [f"{_lines(sorted(rows))} {name}" for name, rows in needed.items()]
    return f"; {', '.join(told)}" if told else ""


def _lines(rows: list[int]) -> str:
    if len(rows) == 1:
        return f"line {rows[0]} needs"
    *first, last = rows if len(rows) <= _SHOWN else [*rows[: _SHOWN - 1], "…"]
    return f"lines {', '.join(map(str, first))} and {last} need"


def _texts(site: Site, names: list[str]) -> list[str]:
    """Columns' definitions as they are written, up to the comma behind them; empty: there is no such text."""
    places: dict[str, int | None] = {}
    for element in site.tree.tableElts or ():
        if element.kind == "ColumnDef":
            places.setdefault(element.colname, element.location)
    words = list(site.words)
    starts = [word.start for word in words]
    found = []
    for name in names:
        start, depth, stop = places.get(name), 0, None
        for word in words[bisect_left(starts, start) :] if start is not None else ():
            if depth == 0 and word.text in {",", ")"}:
                break
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            stop = word.end
        text = site.raw(Span(start, stop)) if start is not None and stop is not None else ""
        found.append("" if "\n" in text or "--" in text else text)
    return found
