"""A file of a sequence with all that is known of it, and one outcome of it: what rules look at."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from idemlint.plpgsql.nodes import insides
from idemlint.postgres.kinds import in_words
from idemlint.records import NamedTuple
from idemlint.replay.catalog.view import NOTHING_KNOWN, View
from idemlint.replay.effects.vocabulary import Body, Requires
from idemlint.sequence.first.fresh_database import NO_DATABASE, FreshDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from idemlint.modes import Rerun
    from idemlint.plpgsql.nodes import Block, Node, Sql
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.left_behind import Leaving, Rollback
    from idemlint.replay.judge.rerun import FileReplay, Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.signals import Hazard
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.majority import Evidence
    from idemlint.runners.profile import Profile
    from idemlint.runners.units import Delivery
    from idemlint.sequence.batch import Uncommitted
    from idemlint.sequence.facts import FolderFacts, OtherDefinition
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.sequence.running.strays import Stray
    from idemlint.sequence.standing import Late
    from idemlint.sequence.upgrade.upgrade_path import UpgradePath
    from idemlint.source.statement import ParsedFile, Span, Statement
    from idemlint.source.tree import Tree


def _not_asked() -> None:
    return None


class Migration:
    """A file with all that is known of it when the rules look at it.

    `outcomes` are by statement index and mode; a statement that is not applied has none. `hazards` are
    first runs that fail on a database with rows, by statement index, `firsts` what becomes of statements
    in the first run on a database that was empty. `programs` are the statements'
    effects, and with them the bodies of DO blocks. `after` is what is known when the file has run, as long
    as the replay has not gone on, and `fresh` what a database that was empty has then. `facts` are the
    folder's. `reruns` says why the file runs again by
    design, where it does. `faults` are errors of ours, by statement index (`None`: all). `evidence` says
    how sure it is that the folder is the runner's. `uncommitted` is what earlier files did in the
    transaction that this one shares with them. `rollback` is what rolling it back came to, where that was
    asked; `programs` has those statements, too. `ask_upgrade` tells what its sequence does on databases that
    have run a revision.
    """

    __slots__ = (
        "__weakref__",
        "_applied",
        "_bodies",
        "_insides",
        "_other_definitions",
        "after",
        "ask_upgrade",
        "clues",
        "deliveries",
        "edited_on",
        "evidence",
        "facts",
        "faults",
        "firsts",
        "fresh",
        "hazards",
        "hidden_by",
        "is_applied",
        "late",
        "left_behind",
        "outcomes",
        "parsed",
        "path",
        "postgres_version",
        "profile",
        "programs",
        "reruns",
        "rollback",
        "siblings",
        "story",
        "strays",
        "uncommitted",
    )

    def __init__(
        self,
        path: str,
        parsed: ParsedFile,
        profile: Profile,
        deliveries: Sequence[Delivery],
        postgres_version: int,
        clues: FolderClues,
        facts: FolderFacts,
        programs: dict[int, Program],
        reruns: str = "",
        faults: Mapping[int | None, Exception] = MappingProxyType({}),
        evidence: Evidence | None = None,
        *,
        is_applied: bool = False,
        edited_on: str = "",
        late: Late | None = None,
    ) -> None:
        self.path = path
        self.parsed = parsed
        self.profile = profile
        self.deliveries = deliveries
        self.postgres_version = postgres_version
        self.clues = clues
        self.facts = facts
        self.reruns = reruns
        self.faults = faults
        self.evidence = evidence
        self.is_applied = is_applied
        self.edited_on = edited_on
        self.late = late
        self.outcomes: dict[int, dict[Rerun, Outcome]] = {}
        self.hazards: list[tuple[int, Hazard]] = []
        self.firsts: dict[int, FirstOutcome] = {}
        #: What fails in the first run for what a guard of the file has skipped, by the guarded statement.
        self.hidden_by: dict[int, list[int]] = {}
        self.rollback: Rollback | None = None
        #: What that leaves and loses, by the statement that is to blame.
        self.left_behind: dict[int, list[Leaving]] = {}
        self.programs = programs
        self.after: View = NOTHING_KNOWN
        self.fresh: FreshDatabase = NO_DATABASE
        self.uncommitted: Uncommitted | None = None
        self.ask_upgrade: Callable[[], UpgradePath | None] = _not_asked
        #: All files, by name, where all of them run again.
        self.siblings: Mapping[str, Migration] = MappingProxyType({})
        #: What fixes found out about the names of the file; theirs alone.
        self.story: object = None
        #: Stops of a text that was here before from which this one does not come to its end.
        self.strays: list[Stray] = []
        self._other_definitions: dict[int, OtherDefinition] | None = None
        # Each rule asks for them.
        self._applied: tuple[Statement, ...] | None = None
        self._bodies: tuple[tuple[Statement, Block], ...] | None = None
        self._insides: dict[int, dict[int, tuple[Node, ...]]] = {}

    def take(self, replayed: FileReplay) -> None:
        """Take over what the file's replay came to."""
        applied = list(self.programs)
        self.outcomes = dict(zip(applied, replayed.outcomes, strict=True))
        self.hazards = [(applied[index], hazard) for index, hazard in replayed.hazards]
        firsts = zip(applied, replayed.firsts, strict=False)
        self.firsts = {index: each for index, each in firsts if each is not None}
        for index, each in self.firsts.items():
            if each.is_skipped and each.because is not None and each.because.file == self.path:
                self.hidden_by.setdefault(each.because.statement, []).append(index)
        self.rollback = replayed.rollback
        for place, leaving in self.rollback.leavings if self.rollback is not None else ():
            self.left_behind.setdefault(applied[place], []).append(leaving)

    @property
    def upgrade(self) -> UpgradePath | None:
        """What its sequence does on databases that have run a revision; `None`: nobody asked, or it cannot be
        told."""
        return self.ask_upgrade()

    def on_upgrade(self, index: int) -> FirstOutcome | None:
        """What becomes of a statement on databases that have run a revision; `None`: it does not run there,
        or nobody asked."""
        path = self.upgrade
        if path is None or path.refused or self.path not in path.pending:
            return None
        if path.notable is None or index not in self.programs:
            return self.firsts.get(index)
        from idemlint.sequence.first.first_outcome import RUNS

        found: FirstOutcome = path.notable.get((self.path, index), RUNS)
        return found

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.parsed.source.data

    @property
    def filename(self) -> str:
        """The file's name as it is shown."""
        return self.parsed.source.path

    @property
    def other_definitions(self) -> dict[int, OtherDefinition]:
        """Where else the folder makes the same table otherwise, by statement index."""
        if self._other_definitions is None:
            self._other_definitions = self.facts.other_definitions(self.path, self.parsed)
        return self._other_definitions

    def applied(self) -> tuple[Statement, ...]:
        """The statements that the runner applies, in file order; what rolls them back is none of them."""
        if self._applied is None:
            self._applied = tuple(
                [
                    each
                    for each in self.parsed.statements
                    if each.index in self.programs and not self.rolls_back(each)
                ]
            )
        return self._applied

    def rolls_back(self, statement: Statement) -> bool:
        """Whether a statement is there to undo others, and was asked about as such."""
        outcome = self.outcomes.get(statement.index, {}).get("redo")
        return outcome is not None and outcome.half == "down"

    def bodies(self) -> tuple[tuple[Statement, Block], ...]:
        """The DO blocks among them, with their bodies."""
        if self._bodies is None:
            found = ((each, self.body(each)) for each in self.applied() if each.kind == "DoStmt")
            self._bodies = tuple([(each, body) for each, body in found if body is not None])
        return self._bodies

    def body(self, statement: Statement) -> Block | None:
        """The body of a DO block, the very nodes that the replay ran; `None` for other statements."""
        program = self.programs.get(statement.index, ())
        last = program[-1] if program else None
        return last.block if isinstance(last, Body) else None

    def inside(self, statement: Statement, leaf: Sql) -> tuple[Node, ...]:
        """What a statement in the body of a DO block stands in, the outermost first; empty: nothing, or it is
        not of this body."""
        found = self._insides.get(statement.index)
        if found is None:
            body = self.body(statement)
            found = self._insides[statement.index] = {} if body is None else insides(body)
        return found.get(id(leaf), ())

    def text(self, span: Span) -> str:
        """The SQL of a stretch of the file."""
        return self.data[span.start : span.end].decode(errors="replace")


class Case(NamedTuple):
    """One outcome that a rule names. In a DO body, `tree` and `span` are the inner statement's."""

    migration: Migration
    statement: Statement
    outcome: Outcome

    @property
    def tree(self) -> Tree:
        """The statement that did it."""
        leaf = self.outcome.leaf
        tree = leaf.tree if leaf is not None else self.statement.tree
        assert tree is not None
        return tree

    @property
    def span(self) -> Span:
        """Its bytes; the whole statement where a body's place is not known."""
        return span_of(self.statement, self.outcome)

    @property
    def effect(self) -> Effect:
        """What decided it."""
        effect = self.outcome.effect
        assert effect is not None
        return effect

    @property
    def in_body(self) -> bool:
        """Whether it stands in a DO body."""
        return self.outcome.leaf is not None

    @property
    def text(self) -> str:
        """Its SQL."""
        return self.migration.text(self.span)

    @property
    def subject(self) -> str:
        """What it is about, in PostgreSQL's words: `table users`, `constraint c on users`."""
        effect = self.effect
        if isinstance(effect, Requires):
            return in_words(effect.kind, effect.ref)
        return str(getattr(effect, "ref", None) or getattr(effect, "table", ""))


class FirstCase(NamedTuple):
    """A statement that fails in the first run of its folder, and why; `behind` it so many others of its file
    fail for that alone."""

    migration: Migration
    statement: Statement
    outcome: FirstOutcome
    behind: int = 0

    @property
    def span(self) -> Span:
        """Its bytes, as those of a `Case`."""
        return span_of(self.statement, self.outcome)


def span_of(statement: Statement, outcome: Outcome | FirstOutcome) -> Span:
    """The bytes of what an outcome is about: in a body the inner statement's, where its place is known."""
    leaf = outcome.leaf
    if leaf is not None and leaf.span is not None:
        return leaf.span
    return outcome.span or statement.span


def acquaint(migrations: Mapping[str, Migration]) -> None:
    """Tell migrations of each other: where all files run again, what one makes another may drop."""
    from weakref import WeakValueDictionary

    siblings = WeakValueDictionary(migrations)
    for migration in migrations.values():
        migration.siblings = siblings
