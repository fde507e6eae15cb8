"""What is true between two statements: all that a mark must hold, and nothing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNCHECKED, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.catalog.slots import Key, Mark
    from idemlint.replay.queries.resolutions import Resolutions
    from idemlint.runners.profile import Session

    #: By a statement's number and the place of an IF in it: what each answer came to; `None`: it raised.
    Ways = dict[tuple[int, object, object], dict[bool, Mapping[Key, Slot] | None]]


class StateMark(NamedTuple):
    """A point to come back to; a savepoint is one.

    `statement` is the number of the statement that was being run.
    """

    catalog: Mark
    last_oid: int
    statement: int
    savepoints: Mapping[str, StateMark]
    until_commit: tuple[Key, ...]
    path_after: tuple[str, ...] | None
    is_open: bool


class State:
    """A database, as far as it is known, and the session that migrations are run in.

    `default_path` is the search_path that a session begins with, `session` what the runner keeps of it
    from file to file. `savepoints` are those of the transaction that is open, by name; its beginning has
    none (`""`). `until_commit` is what ends with it, `path_after` the search_path that comes back then,
    where a SET LOCAL put another one in its place. `ways` are those that conditions led to in the first
    run. `is_open`: something ran of which nobody can tell what it
    made.
    """

    __slots__ = (
        "catalog",
        "default_path",
        "is_open",
        "path_after",
        "resolutions",
        "savepoints",
        "session",
        "until_commit",
        "ways",
    )

    def __init__(
        self, search_path: tuple[str, ...] = ("public",), session: Session = "kept"
    ) -> None:
        self.catalog = Catalog(search_path)
        #: What queries came to; made when somebody asks first.
        self.resolutions: Resolutions | None = None
        self.default_path = search_path
        self.session = session
        self.savepoints: Mapping[str, StateMark] = {}
        self.until_commit: tuple[Key, ...] = ()
        self.path_after: tuple[str, ...] | None = None
        self.is_open = False
        self.ways: Ways = {}

    def over(self, catalog: Catalog) -> State:
        """A database that was described elsewhere, and a session on it as this one's runner has it."""
        state = State(catalog.search_path, self.session)
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
            self.path_after,
            self.is_open,
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
        self.path_after, self.is_open = mark.path_after, mark.is_open

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
        self.until_commit, self.path_after = mark.until_commit, mark.path_after
        self.savepoints = {**mark.savepoints, name: mark} if name else {}
        return mark

    def commit(self) -> None:
        """The transaction ends, and what was to end with it."""
        for key in self.until_commit:
            self._end(key)
        if self.path_after is not None:
            self.catalog.search_path = self.path_after
        self.savepoints, self.until_commit, self.path_after = {}, (), None

    def end_unit(self) -> None:
        """What is sent next commits by itself, unless a BEGIN of the file's own is still open."""
        pending = self.savepoints or self.until_commit or self.path_after is not None
        if pending and "" not in self.savepoints:
            self.commit()

    # -- sessions ------------------------------------------------------------------------------------

    def set_path(self, path: tuple[str, ...] | None, *, local: bool) -> None:
        """SET, or SET LOCAL, which ends with its transaction; `None` is what the session began with."""
        catalog = self.catalog
        if not local:
            self.path_after = None
        elif self.path_after is None:
            self.path_after = catalog.search_path
        catalog.search_path = self.default_path if path is None else path

    def begin_session(self) -> None:
        """Another connection: temporary objects, settings and open transactions are of the one before."""
        catalog = self.catalog
        self.savepoints, self.until_commit, self.path_after = {}, (), None
        self.end_temporary()
        catalog.search_path = self.default_path
        if catalog.recorded(UNCHECKED) is not None:
            catalog.put(UNCHECKED, Slot(ABSENT, catalog.new_oid()))

    def end_temporary(self) -> None:
        """The session's temporary objects are gone."""
        for key in self.catalog.temporary():
            self._end(key)

    def end_file(self) -> None:
        """A file is at its end: a transaction that it left open is not the next one's.

        It counts as committed, since a first run is taken to have done its work: who forgets COMMIT
        has a runner that sends its own (psql and postgrator have none, and lose it with the connection:
        measured; IDM505 says so). Nobody can roll back what an earlier file did.
        """
        if self.session == "transaction":
            self.savepoints = {}
        else:
            self.commit()

    def begin_file(self) -> None:
        """The next file, with what its runner leaves it of the session of the one before."""
        if self.session == "new":
            self.begin_session()
        elif self.session == "reset":
            self.catalog.search_path = self.default_path

    def _end(self, key: Key) -> None:
        catalog = self.catalog
        slot = catalog.slot(key)
        if slot is not None and slot.presence is PRESENT:
            catalog.kill(slot.oid)
            catalog.put(key, slot._replace(presence=ABSENT))
