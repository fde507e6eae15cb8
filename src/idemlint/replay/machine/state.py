"""What is true between two statements: all that a mark must hold, and nothing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PRESENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.catalog.slots import Key, Mark


class StateMark(NamedTuple):
    """A point to come back to; a savepoint is one.

    `statement` is the number of the statement that was being run.
    """

    catalog: Mark
    last_oid: int
    statement: int
    savepoints: Mapping[str, StateMark]
    until_commit: tuple[Key, ...]


class State:
    """A database, as far as it is known, and the session that migrations are run in.

    `savepoints` are those of the transaction that is open, by name; its beginning has none (`""`).
    `until_commit` is what ends with it. Neither outlives the file that began the transaction.
    """

    __slots__ = ("catalog", "savepoints", "until_commit")

    def __init__(self, search_path: tuple[str, ...] = ("public",)) -> None:
        self.catalog = Catalog(search_path)
        self.savepoints: Mapping[str, StateMark] = {}
        self.until_commit: tuple[Key, ...] = ()

    @classmethod
    def of(cls, catalog: Catalog) -> State:
        """A database that was described elsewhere, and a session on it."""
        state = cls(catalog.search_path)
        state.catalog = catalog
        return state

    def mark(self) -> StateMark:
        """A point to come back to."""
        catalog = self.catalog
        return StateMark(
            catalog.mark(),
            catalog.last_oid,
            catalog.statement,
            self.savepoints,
            self.until_commit,
        )

    def rollback(self, mark: StateMark) -> None:
        """Take everything back: from here on, all is as if nothing had happened since `mark`.

        Identities are handed out again as well, so nothing that a run has found may be asked after it.
        """
        catalog = self.catalog
        catalog.rollback(mark.catalog)
        catalog.last_oid = mark.last_oid
        catalog.statement, catalog.cause = mark.statement, None
        self.savepoints, self.until_commit = mark.savepoints, mark.until_commit

    # -- transactions --------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """BEGIN (`""`) or SAVEPOINT."""
        self.savepoints = {**self.savepoints, name: self.mark()}

    def undo(self, name: str) -> StateMark | None:
        """ROLLBACK (`""`) or ROLLBACK TO: what was done never was, what it proved of before is kept.

        The savepoint, which stays; `None` where there is none of that name.
        """
        mark = self.savepoints.get(name)
        if mark is None:
            return None
        knowledge.undo(self.catalog, mark.catalog)
        self.until_commit = mark.until_commit
        self.savepoints = {**mark.savepoints, name: mark} if name else {}
        return mark

    def commit(self) -> None:
        """The transaction ends, and what was to end with it."""
        catalog = self.catalog
        for key in self.until_commit:
            slot = catalog.slot(key)
            if slot is not None and slot.presence is PRESENT:
                catalog.kill(slot.oid)
                catalog.put(key, slot._replace(presence=ABSENT))
        self.savepoints, self.until_commit = {}, ()

    # -- sessions ------------------------------------------------------------------------------------

    def begin_session(self, search_path: tuple[str, ...]) -> None:
        """Another connection: temporary objects, settings and open transactions are of the one before."""
        catalog = self.catalog
        self.savepoints, self.until_commit = {}, ()
        for key in catalog.temporary():
            slot = catalog.recorded(key)
            if slot is not None and slot.presence is PRESENT:
                catalog.kill(slot.oid)
                catalog.put(key, slot._replace(presence=ABSENT))
        catalog.search_path = search_path

    def end_file(self, search_path: tuple[str, ...]) -> None:
        """A file is at its end: a transaction that it left open is not the next one's.

        It counts as committed, since a first run is taken to have done its work: who forgets COMMIT
        has a runner that sends its own. Nobody can roll back what an earlier file did.
        """
        self.commit()
        self.catalog.search_path = search_path
