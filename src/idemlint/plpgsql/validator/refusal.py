"""What a body is refused for, and what it needs to be there."""

from __future__ import annotations

from typing import Literal, NoReturn

from idemlint.records import NamedTuple


class Refusal(NamedTuple):
    """PostgreSQL's error, and the bytes of the body that it points at."""

    sqlstate: str
    message: str
    start: int
    end: int


class NeededType(NamedTuple):
    """A type that a declaration names: `type`, `rowtype` of a relation, or the type of a `column`, which is
    the last part of the name."""

    what: Literal["type", "rowtype", "column"]
    name: tuple[str, ...]


class RefusedBody(Exception):
    """The body is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Unsure(Exception):
    """Whether it is refused hangs on what only a database knows, or is not followed."""


def unsure() -> NoReturn:
    """Nothing is said of the rest."""
    raise Unsure
