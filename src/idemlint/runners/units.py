"""How a file's statements reach the server: which commit together, and which stand in a block.

The server's side of it was measured (PostgreSQL 15.18): several statements in one simple-query
message form an implicit block; a COMMIT in the text ends whatever block is open, the runner's too,
and what follows is a new implicit block, or autocommit; a pipeline is one implicit transaction up
to its Sync, and takes a statement that refuses blocks only in first place, committing it at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import count, groupby
from typing import TYPE_CHECKING, Final, Literal

from idemlint.postgres.no_block import refuses_block, transaction_verb
from idemlint.records import NamedTuple
from idemlint.runners.body_spans import bodies
from idemlint.runners.profile import IN_TRANSACTION, Part, Profile, Sending
from idemlint.source.parse import parse
from idemlint.source.statement import Span
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.source.statement import ParsedFile, SourceFile, Statement

_REASONS: Final = {
    "none": "",
    "stmt": "",
    "msg": "",
    "tx": "{} runs the file in a transaction",
    "tx-all": "{} runs all pending files in one transaction",
    "message": "{} sends several statements in one message, which is one transaction",
    "pipe": "",
    "pipeline": "{} sends the file as one pipeline, which is one transaction",
}
_PIPELINES: Final = "{} sends several statements as one pipeline, which is one transaction"

Block = Literal["none", "message", "pipeline", "transaction"]


class Delivery(NamedTuple):
    """One statement on its way to the server.

    `unit` numbers what commits together. `block` is what stands around the statement. `refuses`: a
    statement that cannot run in a transaction block gets 25001 here (or its runner's own refusal).
    `authored`: the block was opened by the file's own BEGIN. `reason` says who opened the block, in
    words for people.
    """

    unit: int
    block: Block
    refuses: bool = False
    authored: bool = False
    reason: str = ""


def deliver(
    profile: Profile, source: SourceFile, statements: Sequence[Statement], clues: FolderClues
) -> tuple[Delivery, ...]:
    """One delivery for each statement, in their order."""
    opted_out = profile.opt_out(source.path, source.data, clues) if profile.opt_out else None
    every = profile.parts(source.data)
    usual = profile.sending
    if opted_out and not any(part.sending for part in every):  # else it speaks of its part only
        usual = opted_out
    found: dict[int, Delivery] = {}
    units = count()
    for parts, mine in _groups(every, statements):
        sending = profile.sending_of(source.data, mine, parts[0].sending or usual)
        starts = [each.start for each in mine]
        messages = [
            message
            for part in parts
            for message in _messages(
                profile, source.data, part, [mine[at] for at in _within(part.span, starts)], sending
            )
        ]
        session = _Session(profile, sending, units)
        for message in messages:
            for statement, delivery in session.send(message):
                found[id(statement)] = delivery
    return tuple(found[id(statement)] for statement in statements)


def one_by_one(profile: Profile, statements: Sequence[Statement]) -> tuple[Delivery, ...]:
    """One delivery for each statement, where each is a message and they may stand in several files."""
    session = _Session(profile, profile.sending, count())
    return tuple([each for one in statements for _, each in session.send([one])])


def read(profile: Profile, source: SourceFile) -> ParsedFile:
    """The file's statements, and the text in which they stand, as its runner would cut it."""
    code = profile.undelimited(source.data)
    sections = profile.sections(source.data)
    if code == source.data:
        return parse(source, sections)
    return parse(decode(source.path, code), sections)._replace(source=source)


class TornBody(NamedTuple):
    """A body, and a place in it (`at`, an offset) where the runner's cutter ends a message."""

    body: Span
    at: int


def torn_bodies(profile: Profile, data: bytes, part: Part) -> tuple[TornBody, ...]:
    """Dollar-quoted and `BEGIN ATOMIC` bodies that the runner's cutter cuts into pieces: one for
    each place."""
    if profile.cutter is None or part.message in ("statement", "section"):
        return ()
    inside = bodies(profile.undelimited(data), *part.span)
    if not inside:
        return ()
    ends = sorted(piece.end for piece in profile.cutter(data, part))
    return tuple(
        TornBody(body, at)
        for body in inside
        for at in ends[bisect_right(ends, body.start) : bisect_left(ends, body.end)]
    )


def _groups(
    parts: Sequence[Part], statements: Sequence[Statement]
) -> Iterator[tuple[list[Part], list[Statement]]]:
    """Chunks that share a transaction, with their statements; those outside all parts come
    last."""
    starts = [each.start for each in statements]
    left = dict(enumerate(statements))
    for _, together in groupby(parts, key=lambda part: (part.section, part.group)):
        group = list(together)
        places = sorted({place for part in group for place in _within(part.span, starts)})
        mine = [left.pop(place) for place in places if place in left]
        if mine:
            yield group, mine
    if left:
        rest = list(left.values())
        yield [Part(Span(rest[0].start, rest[-1].end))], rest


def _within(span: Span, starts: Sequence[int]) -> range:
    """Which statements, by their starts in order, begin in a stretch."""
    return range(bisect_left(starts, span.start), bisect_left(starts, span.end))


def _messages(
    profile: Profile,
    data: bytes,
    part: Part,
    mine: Sequence[Statement],
    sending: Sending,
) -> list[list[Statement]]:
    message = part.message or profile.message
    if sending == "msg" or (message == "section" and sending != "stmt"):
        return [list(mine)]
    if message == "piece" and profile.cutter is not None:
        ends = [piece.end for piece in profile.cutter(data, part)]
        cut: list[list[Statement]] = [[] for _ in range(len(ends) + 1)]
        at = 0
        for statement in mine:
            while at < len(ends) and statement.start >= ends[at]:
                at += 1
            cut[at].append(statement)
        return [each for each in cut if each]
    return [[each] for each in mine]


class _Session:
    """The connection while a group of parts is sent: which block is open, and which unit."""

    def __init__(self, profile: Profile, sending: Sending, units: Iterator[int]) -> None:
        self.profile = profile
        self.sending = sending
        self.units = units
        self.unit = -1
        self.open = False  # the unit still takes statements
        self.explicit = sending in IN_TRANSACTION
        self.authored = False
        self.first = True  # in its pipeline
        self._reasons: dict[tuple[Block, bool], str] = {}

    def send(self, message: Sequence[Statement]) -> Iterator[tuple[Statement, Delivery]]:
        implicit: Block = "none"
        if self.sending == "pipe" and (len(message) > 1 or self.profile.message != "piece"):
            implicit, self.first = "pipeline", True
        elif len(message) > 1:
            implicit = "message"
        for statement in message:
            yield statement, self._one(statement, implicit)
        if not self.explicit:
            self.open = False

    def _one(self, statement: Statement, implicit: Block) -> Delivery:
        if not self.authored and self.profile.sent_alone(statement):
            return self._alone()
        if implicit == "pipeline" and self.first and not self.explicit and refuses_block(statement):
            self.first = False
            return self._alone(restart=False)
        verb = transaction_verb(statement)
        if verb == "begin" and not self.explicit:
            self.explicit = self.authored = True
        block: Block = "transaction" if self.explicit else implicit
        if not self.open:
            self.unit, self.open = next(self.units), True
        refuses = block in ("transaction", "message") or (block == "pipeline" and not self.first)
        delivery = Delivery(self.unit, block, refuses, self.authored, self._reason(block))
        self.first = False
        if verb == "end":
            self.explicit = self.authored = self.open = False
            self.first = True
        elif verb == "chain" or block == "none":
            self.open = False
        return delivery

    def _alone(self, restart: bool = True) -> Delivery:
        self.open = False
        self.first = restart
        return Delivery(next(self.units), "none")

    def _reason(self, block: Block) -> str:
        key = block, self.authored
        reason = self._reasons.get(key)
        if reason is None:
            reason = self._reasons[key] = self._told(block)
        return reason

    def _told(self, block: Block) -> str:
        if block == "transaction" and self.authored:
            return "the file's own BEGIN opened a transaction"
        if block == "transaction" and self.profile.refusal:
            return self.profile.refusal
        if block == "pipeline" and self.profile.message == "piece":
            return _PIPELINES.format(self.profile.title)
        kind = self.sending if block == "transaction" else block
        return _REASONS[kind].format(self.profile.title)


__all__ = ["Block", "Delivery", "TornBody", "deliver", "one_by_one", "read", "torn_bodies"]
