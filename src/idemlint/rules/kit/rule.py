"""What a rule is: the name of one outcome, with a message and a way out.

A rule is a class in a module of this package and a page in `rules/`; both are found, not registered.
`OutcomeRule`s say which outcomes of the replay they name; `FileRule`s look at a whole migration. Who names a
failure of the first run, `first_runs` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Diagnostic, Fix, Severity
from idemlint.postgres.names import shown
from idemlint.records import NamedTuple
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.pages import Page, page_of
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.postgres.kinds import Kind
    from idemlint.replay.effects.vocabulary import Again, Effect, Verb
    from idemlint.sequence.migration import Case, FirstCase, Migration


class On(NamedTuple):
    """An outcome that a rule names: a verdict, what decided it, of which kind, in which statement.

    The kind of an effect on rows is how it writes them: what its ON CONFLICT does (`"nothing"`,
    `"update"`; `"refused"`: it asks for a key that is not there; `"unsure"`: the table may have any keys), or
    why a value is another one each time. What is empty is any; where two rules match, the one that says more
    wins, and one that says the SQLSTATE before all others.
    """

    verdict: Verdict
    cause: Verb | type[Effect] | None = None
    kind: Kind | Again | str | None = None
    statement: str = ""
    sqlstate: str = ""


def fails(cause: Verb | type[Effect], *kinds: Kind | str, statement: str = "") -> tuple[On, ...]:
    """`fails(Verb.CREATE, Kind.TABLE)`: making a table that is there."""
    return tuple(On(Verdict.FAILS, cause, kind, statement) for kind in kinds or (None,))


def repeats(
    cause: Verb | type[Effect], *kinds: Kind | Again | str, statement: str = ""
) -> tuple[On, ...]:
    """`repeats(CreatesUnnamed, Kind.INDEX)`: one more index each time."""
    return tuple(On(Verdict.REPEATS, cause, kind, statement) for kind in kinds or (None,))


def raises(*sqlstates: str) -> tuple[On, ...]:
    """`raises("22P02")`: whatever decided it, what PostgreSQL says tells what it is."""
    return tuple(On(Verdict.FAILS, sqlstate=each) for each in sqlstates)


def unsure(cause: Verb | type[Effect], kind: str, statement: str = "") -> tuple[On, ...]:
    """`unsure(Inserts, "unsure")`: it either fails or repeats."""
    return (On(Verdict.UNKNOWN, cause, kind, statement),)


class Rule:
    """What all rules have. Severity, fixes and SQLSTATEs are in the page's front matter.

    What a proof of fixes has to know of a rule (`apply.prove`) are facts of the rule too:

    - `changes_meaning`: its fix is there to change what a statement does, or to make one of what was none.
      Such fixes have a round for themselves: what they touch is not compared, all else in the file is.
    - `writes_directives`: its fix writes, changes or takes away words that the runner reads in comments.
    - `removes_suppressions`: its fix takes away comments that suppress nothing.
    - `comes_to_light`: a fix may bring it to light without having done it: it can only be said where there
      is a guard, of a suppression whose finding is gone, or of what is left when something is mended.
    - `of_redo`: it is about rolling back, and asked where a rerun is that (`--rerun redo`), nowhere else.
    - `one_at_a_time`: it names an outcome of a rerun, which stops at a statement's first failure: mending
      that may show the next one of the same statement.
    """

    code: ClassVar[str] = ""
    name: ClassVar[str] = ""
    default: ClassVar[bool] = True
    changes_meaning: ClassVar[bool] = False
    writes_directives: ClassVar[bool] = False
    removes_suppressions: ClassVar[bool] = False
    comes_to_light: ClassVar[bool] = False
    one_at_a_time: ClassVar[bool] = False
    of_redo: ClassVar[bool] = False

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

    def of_first_run(self, case: FirstCase) -> Diagnostic | None:
        """What it says of a failure of a first run that `first_runs.code_for` gives to it."""
        return None

    def of_file(self, migration: Migration) -> Iterator[Diagnostic]:
        """What it finds in a whole migration, beside outcomes."""
        yield from ()

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
            shown(message),
            migration.filename,
            span,
            help_text or (fix.message if fix is not None else ""),
            statement,
            sqlstate,
            rerun,
            fix,
        )


class OutcomeRule(Rule):
    """Names outcomes of the replay: those of `on`, and before all others those that `narrows` picks.

    `of_down`: those of statements that roll others back, which no other rule names. `of_names`: they are
    about names, which statements of a file may make and rename one after the other.
    """

    on: ClassVar[tuple[On, ...]] = ()
    of_down: ClassVar[bool] = False
    of_names: ClassVar[bool] = False
    one_at_a_time = True

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

    def check(self, case: Case) -> Diagnostic:
        """The diagnostic of a case."""
        fix = (fixes.stages.staged(case) if self.of_names else None) or self.repair(case)
        fix = fixes.stages.in_folder(case, fix) if case.migration.siblings else fix
        help_text = self.help(case) or (fix.message if fix is not None else "")
        return Diagnostic(
            self.code,
            self.name,
            SEVERITIES[case.outcome.verdict],
            shown(self.message(case)),
            case.migration.filename,
            case.span,
            help_text,
            case.statement.index,
            case.outcome.sqlstate,
            case.outcome.rerun,
            fix,
        )


#: A certain failure is an error; what repeats silently is a warning, and what does one or the other.
SEVERITIES: Final = {
    Verdict.FAILS: Severity.ERROR,
    Verdict.REPEATS: Severity.WARNING,
    Verdict.UNKNOWN: Severity.WARNING,
}


class FileRule(Rule):
    """Looks at a whole migration. `explains`: what it finds is the reason of an outcome at the same place,
    which then has no finding of its own. `of_applied`: it looks at migrations that count as applied, and were
    edited, as well; nothing else is said of these."""

    explains: ClassVar[bool] = False
    of_applied: ClassVar[bool] = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """What it finds there."""
        raise NotImplementedError

    def of_file(self, migration: Migration) -> Iterator[Diagnostic]:
        """The same."""
        return self.check(migration)


__all__ = [
    "Applicability",
    "FileRule",
    "Fix",
    "On",
    "OutcomeRule",
    "Rule",
    "Span",
    "fails",
    "raises",
    "repeats",
    "unsure",
]
