"""How a statement gets out of the transaction that it cannot run in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.postgres.no_block import concurrently
from idemlint.runners import misdirectives
from idemlint.runners.units import deliver, read
from idemlint.source.statement import Edit, Span
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.runners.directives import Misdirective
    from idemlint.runners.units import Delivery
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement

_NO_WAY_OUT: Final = (
    "{} has no way out of its transaction: run the statement outside the migrations"
)
_INDEX_WITHOUT: Final = (
    "{} has no way out of its transaction: leave CONCURRENTLY away, or run it elsewhere"
)
_OWN_FILE: Final = "put it into a migration of its own"
_OWN_COMMIT: Final = "put it behind the COMMIT, or into a migration of its own"


class WayOut:
    """How a file's statements get out of the transaction; the runner's opt-out is tried once."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        profile, data = migration.profile, migration.data
        mistaken = misdirectives(profile, data)
        #: What is wrong with the file's directives; empty where nothing is.
        self.told = " ".join(_told(migration, each) for each in mistaken)
        #: What tells the runner, in place of what does not; empty: nothing in this file does.
        self.edits: tuple[Edit, ...] = ()
        self.freed: frozenset[int] = frozenset()
        for edits in self._ways(mistaken):
            freed = self._freed(edits)
            if freed:
                self.edits, self.freed = edits, freed
                break

    def _ways(self, mistaken: Sequence[Misdirective]) -> Iterator[tuple[Edit, ...]]:
        """Edits that may tell the runner: what is mistaken is mended, or taken away and written where the
        runner reads it, as the author wrote it if that does."""
        profile, data = self.migration.profile, self.migration.data
        mended = [each.repair for each in mistaken if each.repair is not None]
        if len(mended) < len(mistaken):
            return
        if any(edit.content for edit in mended):
            yield tuple(mended)
        without = _applied(data, mended)
        edit = profile.opt_out_edit(without)
        if edit is None:
            return
        words = edit.content.strip()
        if words.startswith("--"):
            for line in dict.fromkeys(each.line for each in mistaken if each.line.startswith("--")):
                content = edit.content.replace(words, line)
                yield _together(mended, edit._replace(content=content))
        yield _together(mended, edit)

    def _freed(self, edits: Sequence[Edit]) -> frozenset[int]:
        """Which statements the runner sends without a transaction once these edits are made; none where it
        would not read all that is said then."""
        migration, profile = self.migration, self.migration.profile
        source = decode(migration.filename, _applied(migration.data, edits))
        statements = read(profile, source).statements
        if len(statements) != len(migration.parsed.statements) or misdirectives(
            profile, source.data
        ):
            return frozenset()
        deliveries = deliver(profile, source, statements, migration.clues)
        every = migration.deliveries
        refused = {each.index for each in migration.applied() if every[each.index].refuses}
        return frozenset(
            each.index
            for each, delivery in zip(statements, deliveries, strict=True)
            if each.index in refused and not delivery.refuses
        )

    def of(self, statement: Statement, delivery: Delivery) -> Fix:
        """The way out of one statement."""
        if statement.index in self.freed:
            title = self.migration.profile.title
            message = f"tell {title} to run the file without a transaction"
            return Fix(Applicability.SAFE, message, self.edits)
        return Fix(Applicability.DISPLAY, self._advice(statement, delivery))

    def _advice(self, statement: Statement, delivery: Delivery) -> str:
        profile = self.migration.profile
        if delivery.authored:
            return _OWN_COMMIT
        if delivery.block != "transaction":
            return _OWN_FILE
        if profile.way_out:
            return profile.way_out
        if profile.opt_out is not None:
            return f"{_OWN_FILE}, and tell {profile.title} to run that without a transaction"
        return (_INDEX_WITHOUT if concurrently(statement) else _NO_WAY_OUT).format(profile.title)


def _applied(data: bytes, edits: Sequence[Edit]) -> bytes:
    for (start, end), content in reversed(edits):
        data = data[:start] + content.encode() + data[end:]
    return data


def _together(edits: Sequence[Edit], last: Edit) -> tuple[Edit, ...]:
    """Edits in order of place, and one that was made behind them, which inserts a text."""
    found: list[Edit] = []
    at = last.span.start  # in the text as it was before the edits that were passed
    rest = list(edits)
    while rest and rest[0].span.start < at:
        edit = rest.pop(0)
        found.append(edit)
        at += edit.span.end - edit.span.start - len(edit.content.encode())
    if rest and rest[0].span.start == at:
        edit = rest.pop(0)
        found.append(edit._replace(content=last.content + edit.content))
    else:
        found.append(Edit(Span(at, at), last.content))
    return (*found, *rest)


def _told(migration: Migration, each: Misdirective) -> str:
    """What is wrong with a directive, and where it stands."""
    row = migration.data.count(b"\n", 0, each.span.start) + 1
    advice = f" ({each.help})" if each.help else ""
    return f"line {row}: {each.message}{advice}."
