"""What a rule is: the name of one outcome, with a message and a way out.

A rule is a class in a module of this package and a page in `rules/`; both are found, not registered.
`OutcomeRule`s say which outcomes of the replay they name; `FileRule`s look at a whole migration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix, Severity
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Again, Body, Requires, Verb
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.pages import Page, page_of
from idemlint.source.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.plpgsql.nodes import Block
    from idemlint.postgres.kinds import Kind
    from idemlint.replay.catalog.slots import Catalog
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.judge.verdict import Outcome, Rerun
    from idemlint.replay.machine.run import Hazard
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.runners.units import Delivery
    from idemlint.source.model import ParsedFile, Statement
    from idemlint.source.tree import Tree


@dataclass(slots=True, eq=False)
class Migration:
    """A file with all that is known of it when the rules look at it.

    `outcomes` are by statement index and mode; a statement that is not applied has none. `hazards` are
    first runs that fail on a database with rows, by statement index. `programs` are the statements'
    effects, and with them the bodies of DO blocks. `catalog` is what is known when the file has run: it
    belongs to the replay, which goes on with it, and is there only while the rules look at this file.
    `siblings` are the folder's migrations in their order, this one among them. `other_definitions`
    say, by statement index, where else the folder makes the same table otherwise. `reruns` says why
    the file runs again by design, where it does.
    """

    path: str
    parsed: ParsedFile
    profile: Profile
    deliveries: Sequence[Delivery]
    postgres_version: int
    clues: FolderClues
    outcomes: dict[int, dict[Rerun, Outcome]] = field(default_factory=dict)
    hazards: list[tuple[int, Hazard]] = field(default_factory=list)
    programs: dict[int, Program] = field(default_factory=dict)
    catalog: Catalog | None = None
    siblings: Sequence[str] = ()
    other_definitions: dict[int, str] = field(default_factory=dict)
    reruns: str = ""

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.parsed.source.data

    @property
    def filename(self) -> str:
        """The file's name as it is shown."""
        return self.parsed.source.path

    def applied(self) -> Iterator[Statement]:
        """The statements that the runner applies, in file order."""
        return (each for each in self.parsed.statements if each.index in self.outcomes)

    def body(self, statement: Statement) -> Block | None:
        """The body of a DO block, the very nodes that the replay ran; `None` for other statements."""
        program = self.programs.get(statement.index, ())
        return program[0].block if program and isinstance(program[0], Body) else None

    def text(self, span: Span) -> str:
        """The SQL of a stretch of the file."""
        return self.data[span.start : span.end].decode(errors="replace")


class On(NamedTuple):
    """An outcome that a rule names: a verdict, what decided it, of which kind, in which statement.

    The kind of an effect on rows is how it writes them: what its ON CONFLICT does (`"nothing"`,
    `"update"`), or why a value is another one each time. What is empty is any; where two rules match,
    the one that says more wins.
    """

    verdict: Verdict
    cause: Verb | type[Effect]
    kind: Kind | Again | str | None = None
    statement: str = ""


def fails(cause: Verb | type[Effect], *kinds: Kind, statement: str = "") -> tuple[On, ...]:
    """`fails(Verb.CREATE, Kind.TABLE)`: making a table that is there."""
    return tuple(On(Verdict.FAILS, cause, kind, statement) for kind in kinds or (None,))


def repeats(
    cause: Verb | type[Effect], *kinds: Kind | Again | str, statement: str = ""
) -> tuple[On, ...]:
    """`repeats(CreatesUnnamed, Kind.INDEX)`: one more index each time."""
    return tuple(On(Verdict.REPEATS, cause, kind, statement) for kind in kinds or (None,))


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
        leaf = self.outcome.leaf
        if leaf is not None and leaf.span is not None:
            return leaf.span
        return self.outcome.span or self.statement.span

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
            return f"{effect.kind.noun} {effect.ref}"
        return str(getattr(effect, "ref", None) or getattr(effect, "table", ""))


class Rule:
    """What all rules have. Severity, fixes and SQLSTATEs are in the page's front matter."""

    code: ClassVar[str] = ""
    name: ClassVar[str] = ""
    default: ClassVar[bool] = True

    @property
    def severity(self) -> Severity:
        """`error` is certain to fail, `warning` repeats or silently skips."""
        return self.page().severity

    @property
    def fix(self) -> tuple[str, ...]:
        """The applicabilities that its fixes may have."""
        return self.page().fix

    @classmethod
    def page(cls) -> Page:
        """Its page."""
        return page_of(cls.code, cls.name)


class OutcomeRule(Rule):
    """Names outcomes of the replay: those of `on`, and before all others those that `narrows` picks."""

    on: ClassVar[tuple[On, ...]] = ()

    def narrows(self, case: Case) -> bool:
        """Whether this rule says more about the outcome than its effect does (a guard that fails)."""
        return False

    def message(self, case: Case) -> str:
        """One sentence: what the rerun does."""
        raise NotImplementedError

    def help(self, case: Case) -> str:
        """How to mend it; empty where the fix says it."""
        return ""

    def repair(self, case: Case) -> Fix | None:
        """The fix, if there is one."""
        return None

    def check(self, case: Case) -> Diagnostic | None:
        """The diagnostic of a case."""
        fix = self.repair(case)
        help_text = self.help(case) or (fix.message if fix is not None else "")
        return Diagnostic(
            self.code,
            self.name,
            SEVERITIES[case.outcome.verdict],
            self.message(case),
            case.migration.filename,
            case.span,
            help_text,
            case.statement.index,
            case.outcome.sqlstate,
            case.outcome.rerun,
            fix,
        )


#: A certain failure is an error; what repeats silently is a warning.
SEVERITIES: Final = {Verdict.FAILS: Severity.ERROR, Verdict.REPEATS: Severity.WARNING}


class FileRule(Rule):
    """Looks at a whole migration. `explains`: what it finds is the reason of an outcome at the same place,
    which then has no finding of its own."""

    explains: ClassVar[bool] = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """What it finds there."""
        raise NotImplementedError

    def diagnostic(
        self,
        migration: Migration,
        span: Span,
        message: str,
        *,
        help_text: str = "",
        statement: int | None = None,
        sqlstate: str | None = None,
        rerun: str | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding of this rule at a place."""
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            migration.filename,
            span,
            help_text or (fix.message if fix is not None else ""),
            statement,
            sqlstate,
            rerun,
            fix,
        )


__all__ = [
    "Applicability",
    "Case",
    "FileRule",
    "Fix",
    "Migration",
    "On",
    "OutcomeRule",
    "Rule",
    "Span",
    "fails",
    "repeats",
]
