"""What a database that was empty has when a file has run there, and which statement made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.replay.catalog.view import NOTHING_KNOWN

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.view import Answers, View
    from idemlint.sequence.first.blame import Blame
    from idemlint.sequence.first.first_outcome import StatementSite


class SecondRoutine(NamedTuple):
    """A routine that a file made beside one of the same name: the argument types of both, and who made the
    older one."""

    arguments: str
    older: str
    site: StatementSite | None


class FreshDatabase:
    """Read-only, until another file runs: then it refuses. What was made before the file has an identity up
    to `last_oid`."""

    __slots__ = ("_blame", "_last_oid", "_surely", "answers")

    def __init__(
        self, view: View = NOTHING_KNOWN, blame: Blame | None = None, last_oid: int = 0
    ) -> None:
        #: What is there.
        self.answers: Answers = view.as_made
        self._surely = view.surely
        self._blame = blame
        self._last_oid = last_oid

    def maker(self, ref: Ref) -> StatementSite | None:
        """The statement that made it, or replaced it last; `None`: none of the folder did, or that is not
        known."""
        return self.site_of(self._surely.maker(ref))

    def site_of(self, number: int | None) -> StatementSite | None:
        """The statement that has a number; `None`: nobody of the folder has it."""
        return self._blame.site_of(number) if number and self._blame is not None else None

    def can_have_rows(self, table: Ref) -> bool:
        """Whether a table may have rows where the file runs: it was made by what counts as applied, or that
        is not known, or somebody writes into it."""
        site, blame = self.maker(table), self._blame
        if site is None or blame is None or not self.answers.has_no_rows(table):
            return True
        return not blame.is_pending_with(site.file)

    def is_ended(self, ref: Ref) -> bool:
        """Whether anything in the folder drops it, or renames it."""
        return self._blame is not None and self._blame.makings.is_ended(ref)

    def second_routine(self, ref: Ref) -> SecondRoutine | None:
        """A routine, by its arguments, that the file made beside the only one that had its name before, and
        that nobody in the folder drops later; `None`: it is the only one, or there were several."""
        own, *others = self.answers.overloads(ref) or (None,)
        blame = self._blame
        if own is None or own.identity <= self._last_oid or len(others) != 1:
            return None
        if blame is None or blame.doubt:
            return None
        [older] = others
        if not older.maker or older.identity > self._last_oid or self.answers.is_open(ref.name):
            return None
        if blame.makings.is_ended_later(ref):
            return None
        return SecondRoutine(own.arguments, older.arguments, blame.site_of(older.maker))


#: Where nothing was replayed.
NO_DATABASE = FreshDatabase()
