"""One runner's files in their order, alive: replayed as far as somebody asks, and back again.

The files run one after the other over one catalog. Asking is pulling: a file is judged when it is asked
about, what stands before it runs for what it leaves, and what stands behind it does not run at all. Before
each file a mark is set; a changed text rolls back to its file's mark, and later files run again when they
are asked about.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.replay.catalog.view import View
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import FileReplay
from idemlint.replay.judge.settling import settled
from idemlint.sequence.facts import FolderFacts
from idemlint.sequence.first.first_run import FirstRun
from idemlint.sequence.migration import Migration, acquaint
from idemlint.sequence.running.runs import NOTHING, Running
from idemlint.sequence.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from idemlint.modes import Mode, Rerun
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.state import StateMark
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.majority import Evidence
    from idemlint.runners.ordering import Ordering
    from idemlint.sequence.batch import Uncommitted
    from idemlint.sequence.halfway import Halfway
    from idemlint.sequence.running.runs import Followed
    from idemlint.sequence.script import Script, Scripts
    from idemlint.sequence.terms import Terms

#: Which reruns a mode asks for.
_RERUNS: Final[dict[Mode, frozenset[Rerun]]] = {
    "statement": frozenset({"statement"}),
    "file": frozenset({"file"}),
    "interrupted": frozenset({"interrupted", "file"}),
    "any": frozenset({"file", "interrupted"}),
    "folder": frozenset({"file"}),
    "redo": frozenset({"redo"}),
}


class _Run(NamedTuple):
    """A file that has run: the state before it, and the statements that ran, by index in their file: this
    one, or those of `files`.

    They are numbered through the folder: the first has the number `first` + 1. `uncommitted` is what the
    transaction that it shares with the next file has done by then, where there is one.
    """

    mark: StateMark
    first: int
    statements: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    uncommitted: Uncommitted | None = None


class Chain:
    """The files `names` of one runner, in its order. Knows no rule.

    `facts` are those of the folder that the files stand in, where that is more than these, and `evidence`
    says how sure it is that the folder is the runner's. What files run in their midst, `followed`, stands
    before them in `names`, and is judged in their run.
    """

    def __init__(
        self,
        names: Iterable[str],
        scripts: Scripts,
        clues: FolderClues,
        terms: Terms,
        facts: FolderFacts | None = None,
        evidence: Evidence | None = None,
        followed: Followed = NOTHING,
    ) -> None:
        self.profile = scripts.profile
        self.names = tuple(names)
        self.terms = terms
        self.facts = facts or FolderFacts(self.names, scripts, terms)
        #: Whether what was said is kept for who comes back to it.
        self.keeps = scripts.keeps
        self._evidence = evidence
        self._scripts = scripts
        self._clues = clues
        self._followed = followed
        self._hosts = followed.hosts
        self._inner: dict[str, list[str]] = {}
        for inner, host in followed.hosts.items():
            self._inner.setdefault(host, []).append(inner)
        self._places = {name: place for place, name in enumerate(self.names)}
        self._standing = Standing(self.profile, self.names, terms)
        #: Asked for by all who go through the files; it hangs on their texts.
        self._applied: dict[str, bool] = {}
        self._machine = new_machine(
            terms.search_path, terms.postgres_version, self.profile.session, foresees=terms.foresees
        )
        self._runs: list[_Run] = []
        self.first = FirstRun(self, scripts)
        self._moment = 0
        #: What was judged last, and when: as long as nothing moved, it is the answer.
        self._latest: tuple[dict[str, Migration], int] | None = None
        self._again: dict[str, Migration] = {}

    @cached_property
    def ordering(self) -> Ordering:
        """Whether the order of the files is known, or guessed."""
        from idemlint.runners.ordering import ordering_of

        own = [name for name in self.names if name not in self._hosts]
        return ordering_of(self.profile, own, self._clues, self._evidence)

    def is_applied(self, name: str) -> bool:
        """Whether the file counts as applied, does not run again by design, and was not edited since: what it
        does is only context."""
        found = self._applied.get(name)
        if found is None:
            found = self._applied[name] = self._looks_applied(name)
        return found

    def _looks_applied(self, name: str) -> bool:
        if not self._standing.is_applied(name):
            return False
        data = self._scripts.data(name)
        if self.profile.reruns(name, data, self._clues):
            return False
        return not self._standing.edited_on(name, data)

    def judged(self, name: str) -> Migration:
        """The file with the outcomes of its reruns; the catalog is what it leaves. Raises `UsageProblem`
        where it cannot be read.

        It is the same object as before where nothing has moved since.
        """
        if self.terms.rerun == "folder":
            return self._judged_with_all(name)
        if self._latest is not None:
            known, moment = self._latest
            if name in known and moment == self._moment:
                return known[name]
            self._latest = None
        host = self._hosts.get(name, name)
        if host != name:
            self._scripts.read(name)
        self._go_to(self._places[host])
        runs = self.running(host)
        if self.terms.rerun == "redo":
            from idemlint.sequence.running.rolled_back import redone  # a question by itself

            runs = redone(runs, self._scripts, self._followed, self._clues)
        before = self._runs[-1].uncommitted if self._runs else None
        strays = runs.strays(self._machine, self.terms.before, self._number())
        found = self._migrations(runs, self._run(runs, _RERUNS[self.terms.rerun]))
        found[name].strays = strays
        for migration in found.values():
            migration.uncommitted = before
        if self.keeps or len(found) > 1:
            self._latest = found, self._moment
        return found[name]

    def after(self, name: str) -> View:
        """What is known when the file has run, read-only; it refuses once the chain has moved on."""
        place = self._places[self._hosts.get(name, name)] + 1
        if len(self._runs) != place:
            self._go_to(place)
        return self._view(self._machine.state.catalog)

    def origin(self, number: int) -> tuple[str, int] | None:
        """Which statement has a number: the file, and its index there; `None`: it has not run."""
        place = bisect_left(self._runs, number, key=lambda run: run.first) - 1
        if place < 0:
            return None
        run = self._runs[place]
        index = number - run.first - 1
        if index >= len(run.statements):
            return None
        return run.files[index] if run.files else self.names[place], run.statements[index]

    def update(self, names: Iterable[str]) -> frozenset[str]:
        """These files' texts are other ones now: forget what they did. Returns the files whose answers may
        be others: themselves, those behind the first, and those that the folder's facts connect with them."""
        names = list(names)
        # A dump is none of the files, and only the folder's facts know it; a file that has its place
        # elsewhere may be run by any of these.
        places = [
            self._places.get(name, len(self.names) if name in self.facts.dumps else 0)
            for name in names
        ]
        place = min(places)
        self.forget()
        for name in names:
            self._applied.pop(name, None)
        self._back_to(place)
        self._moment += 1
        place = min(place, self.first.update(names))
        moved = set(self.names[place:] if self.terms.rerun != "folder" else self.names)
        return frozenset(moved.union(*map(self.facts.update, names)))

    def forget(self) -> None:
        """What was judged last may be another answer now, though nothing has moved here."""
        self._latest, self._again = None, {}

    def retire(self) -> None:
        """Nobody asks this chain any more: its Views do not answer, and nothing is kept for them."""
        self._moment += 1
        self._again, self._latest = {}, None

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if `files` (all, where that is `None`) run again, in their order, over what all of
        them left, or over another database, `over`: outcomes by file and statement index.

        A file that cannot be read is left out.
        """
        from idemlint.sequence.running import again

        every = [runs for runs, _ in self._run_all()]
        machine = self._machine if over is None else self._machine.over(over)
        return again.all_again(machine, every, self._inner, files)

    def stopped(
        self, name: str, row: int, column: int | None = None, *, is_first: bool = False
    ) -> Halfway:
        """A run that stopped at the statement of this place, and what the rerun meets; `is_first`: it was the
        first of all files. Raises `UsageProblem` where no statement of what is applied is there, or a file
        cannot be read."""
        # Hardly anybody asks.
        from idemlint.sequence import halfway

        script = self._scripts.read(name)
        stop = halfway.locate(script, row, column)
        place = begin = self._places[self._hosts.get(name, name)]
        last = -1 if is_first else self._standing.last
        if (is_first or last >= 0) and halfway.shares_transaction(script, self._clues):
            begin = min(last + 1, place)
        alone = (each for each in self.names[begin : place + 1] if each not in self._hosts)
        run = halfway.Run([self.running(each) for each in alone], name, stop)
        self._go_to(begin)
        self._moment += 1
        replayed = run.replayed(self._machine, self._number())
        return run.told(replayed, self.names[:place], is_pending_known=is_first or last >= 0)

    # -- running -------------------------------------------------------------------------------------

    def _go_to(self, place: int) -> None:
        """Make it so that exactly the files before `place` have run."""
        self._back_to(place)
        for name in self.names[len(self._runs) : place]:
            self._pass(name)

    def running(self, name: str) -> Running:
        """What runs when the file runs. Raises `UsageProblem` where it cannot be read."""
        if name in self._followed.includes:
            from idemlint.sequence.running.spliced import Spliced  # hardly any file runs others

            return Spliced(name, self._scripts, self._followed, self._clues)
        return Running(name, self._scripts.read(name), self._clues)

    def _pass(self, name: str) -> tuple[Running, FileReplay] | None:
        """Run a file for what it leaves. Where it cannot be read and nobody asked about it, that is no
        reason to stop: what it does is not known, and the next one is judged without. One that another file
        runs has nothing to do by itself."""
        try:
            if name not in self._hosts:
                runs = self.running(name)
                return runs, self._run(runs, frozenset())
        except UsageProblem:
            pass
        self._runs.append(_Run(self._mark(), self._number()))
        self.first.passed()
        return None

    def _run(self, runs: Running, reruns: frozenset[Rerun]) -> FileReplay:
        """Run the file's applied part over the catalog, and judge its `reruns`."""
        programs = runs.programs()
        units = runs.units()
        first = self._number()
        place = len(self._runs)
        indexes, files = runs.places()
        uncommitted = self._uncommitted(runs.name, runs.script)

        def replay(programs: Sequence[Program]) -> FileReplay:
            self._runs.append(_Run(self._mark(), first, indexes, files, uncommitted))
            self._moment += 1
            try:
                return runs.replay(self._machine, programs, units, reruns, first)
            except BaseException:
                self._back_to(place)
                raise

        found = settled(
            replay,
            programs,
            runs.blame,
            take_back=lambda: self._back_to(place),
            faults=self._machine.faults,
            first=first,
        )
        if isinstance(found, Exception):
            self._runs.append(_Run(self._mark(), first, indexes, files, uncommitted))
            found = FileReplay(runs.give_up(found, reruns), [])
        return found._replace(firsts=self.first.run(runs, first))

    def _uncommitted(self, name: str, script: Script) -> Uncommitted | None:
        """What the transaction of all pending files has done when this one has run."""
        if self.profile.sending != "tx-all" or len(self._runs) <= self._standing.last:
            return None
        from idemlint.sequence import batch

        before = self._runs[-1].uncommitted if self._runs else None
        return batch.after(before or batch.NOTHING, name, script, self._clues)

    def _judged_with_all(self, name: str) -> Migration:
        """The file where all files run again, over what all of them left."""
        self._scripts.data(name)
        if not self._again or len(self._runs) != len(self.names):
            from idemlint.sequence.running import again

            ran = self._run_all()
            outcomes = again.all_again(self._machine, [runs for runs, _ in ran], self._inner)
            self._again = {}
            for runs, replayed in ran:
                self._again.update(self._migrations(runs, replayed))
            acquaint(self._again)
            for each, migration in self._again.items():
                migration.outcomes = {
                    index: {"folder": outcome} for index, outcome in outcomes[each].items()
                }
        if name not in self._again:
            self._scripts.read(name)  # says why not
        return self._again[name]

    def _run_all(self) -> list[tuple[Running, FileReplay]]:
        """All files that can be read and that no other one runs, after the last of them has run."""
        self._back_to(0)
        return [ran for name in self.names if (ran := self._pass(name)) is not None]

    def _migrations(self, runs: Running, replayed: FileReplay) -> dict[str, Migration]:
        """A file that has run, and those that it ran which are judged there, by name."""
        found = {}
        for name in runs.judged_here(self._inner):
            found[name] = self._migration(name, runs.script_of(name), runs)
            found[name].take(runs.of(name, replayed))
            found[name].after = self._view(self._machine.state.catalog)
            found[name].fresh = self.first.fresh(self._places[runs.name], self._view)
        return found

    def _migration(self, name: str, script: Script, runs: Running) -> Migration:
        """A file that has run, before anything is said of it."""
        profile, parsed, standing = self.profile, script.parsed, self._standing
        reruns = profile.reruns(name, parsed.source.data, self._clues) or ""
        return Migration(
            name,
            parsed,
            profile,
            runs.deliveries(name),
            self.terms.postgres_version,
            self._clues,
            self.facts,
            programs=runs.programs_of(name),
            faults=script.faults,
            reruns=reruns,
            evidence=self._evidence,
            is_applied=not reruns and standing.is_applied(name),
            edited_on="" if reruns else standing.edited_on(name, parsed.source.data),
            late=None if reruns else standing.late(name),
        )

    # -- marks ---------------------------------------------------------------------------------------

    def _number(self) -> int:
        """How many statements have run."""
        return self._runs[-1].first + len(self._runs[-1].statements) if self._runs else 0

    def _mark(self) -> StateMark:
        return self._machine.state.mark()

    def _back_to(self, place: int) -> None:
        """Undo the files from `place` on."""
        if len(self._runs) > place:
            self._machine.state.rollback(self._runs[place].mark)
            self.first.back_to(place)
            del self._runs[place:]
            self._moment += 1

    def _view(self, catalog: Catalog) -> View:
        """What is known now, until the next file runs or one is taken back."""
        return View(catalog, self._moment, lambda: self._moment)
