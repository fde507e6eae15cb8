"""IDM6: the guard does not guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from idemlint.diagnostics import Applicability, Fix
from idemlint.plpgsql.nodes import If, Sql, Try, walk
from idemlint.postgres.kinds import Ref, Space
from idemlint.postgres.sqlstates import catches, condition_name
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import SKIP, Requires, Verb
from idemlint.rules import kit
from idemlint.rules.kit.rule import FileRule, OutcomeRule
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.plpgsql.nodes import Block, Handler, Node
    from idemlint.replay.guards.conditions import Exists
    from idemlint.rules.kit.branches import Likeness, Made
    from idemlint.sequence.migration import Case, Migration
    from idemlint.source.statement import Statement


class HandlerMissesError(OutcomeRule):
    """`ADD CONSTRAINT … UNIQUE` under `WHEN duplicate_object`: it raises duplicate_table."""

    code = "IDM602"
    name = "handler-misses-error"
    one_at_a_time = False

    def narrows(self, case: Case) -> bool:
        """Errors that went through a block with a handler that was meant to let the body go on."""
        return _guard(case) is not None

    def message(self, case: Case) -> str:
        """What it raises, and what is caught."""
        found = _guard(case)
        assert found is not None
        caught = " or ".join(found.handler.conditions)
        return (
            f"on a rerun this raises {_condition(case)}, and the handler catches only {caught}:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """The condition that is missing, in the handler that swallows the error for which it was written."""
        found = _guard(case)
        assert found is not None
        condition = _condition(case)
        edit = _add_condition(case.migration, found.handler, condition)
        message = f"catch {condition} too"
        if edit is None:
            return Fix(Applicability.DISPLAY, message)
        # Behind the statement that fails, the rest of the block would be skipped.
        return Fix(Applicability.SAFE if found.alone else Applicability.UNSAFE, message, (edit,))


class _Guard(NamedTuple):
    """A handler that goes on as if nothing had been, and whether its block holds nothing else."""

    handler: Handler
    alone: bool


def _guard(case: Case) -> _Guard | None:
    """The innermost handler around the failing statement that runs no SQL and raises nothing."""
    alone, node = True, cast("Node | None", case.outcome.leaf)
    for block in case.outcome.passed:
        alone = alone and len(block.body.body) == 1 and block.body.body[0] is node
        for handler in block.handlers:
            if not handler.body.body and handler.conditions:
                return _Guard(handler, alone)
        node = block
    return None


def _condition(case: Case) -> str:
    sqlstate = case.outcome.sqlstate or ""
    return condition_name(sqlstate) or f"SQLSTATE '{sqlstate}'"


def _add_condition(migration: Migration, handler: Handler, condition: str) -> Edit | None:
    """` OR duplicate_table` before the THEN of a handler."""
    if handler.span is None:
        return None
    before = None
    for word in tokens_of(migration.parsed, handler.span):
        if word.says("THEN"):
            if before is None:
                return None
            upper = word.text.isupper()
            return Edit(Span(before, before), f" {'OR' if upper else 'or'} {condition}")
        before = word.end
    return None


class _GuardRule(OutcomeRule):
    """Names failures in a branch whose condition was to keep them out."""

    one_at_a_time = False
    like: ClassVar[Likeness]

    def narrows(self, case: Case) -> bool:
        """Whether the branch hangs on the absence of something, but of nothing that the statement makes."""
        return _untested(case) == self.like

    def _asked(self, case: Case) -> Ref:
        return next(ref for ref in _absences(case))

    def repair(self, case: Case) -> Fix | None:
        """The author has to say what was meant."""
        return Fix(Applicability.DISPLAY, f"let the condition ask for {case.subject}")


def _untested(case: Case) -> Likeness:
    """How near the things that an IF asks for come to the one that fails; `same`: no IF is to blame."""
    ref = getattr(case.effect, "ref", None)
    if not isinstance(ref, Ref) or case.outcome.leaf is None:
        return "same"
    found: Likeness = "same"
    for fact in _facts(case):
        like = kit.branches.likeness(fact, ref)
        if like == "same":
            return "same"
        found = "case" if "case" in {like, found} else like
    return found


def _absences(case: Case) -> Iterator[Ref]:
    return (fact.ref for fact in _facts(case))


def _facts(case: Case) -> Iterator[Exists]:
    """What must not be there for the failing statement to run, the innermost IF's first."""
    leaf = case.outcome.leaf
    if leaf is None:
        return
    for node, branch in kit.branches.branches(case.migration.inside(case.statement, leaf)):
        for fact, present in kit.branches.asked(node, branch):
            if not present:
                yield fact


class GuardTestsAnother(_GuardRule):
    """`IF NOT EXISTS (… 'orders') THEN CREATE TABLE users`."""

    code = "IDM601"
    name = "guard-tests-another-object"
    like = "other"

    def message(self, case: Case) -> str:
        """What is asked, and what is made."""
        return (
            f"the guard asks for {self._asked(case)}, not for {case.subject}, and so lets this fail"
            f" on a rerun: {case.outcome.reason}"
        )


class GuardCaseMismatch(_GuardRule):
    """`IF NOT EXISTS (… table_name = 'Users') THEN CREATE TABLE Users`."""

    code = "IDM607"
    name = "guard-case-mismatch"
    like = "case"

    def message(self, case: Case) -> str:
        """The spelling."""
        return (
            f"the guard asks for {self._asked(case)}, and the catalog says {case.subject}: it never"
            f" finds it, and this fails on a rerun"
        )


class GuardInverted(FileRule):
    """`IF EXISTS (… 'users') THEN CREATE TABLE users`."""

    code = "IDM606"
    name = "guard-inverted"
    explains = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Branches that make what they ask to be there, or need what they ask to be gone."""
        for statement, node in _ifs(migration):
            for branch in (node.then, node.otherwise):
                found = _inverted(node, branch)
                if found is None:
                    continue
                wrong, made = found
                yield self.diagnostic(
                    migration,
                    made.leaf.span or node.span or statement.span,
                    f"this runs only where {made.ref} {'exists' if wrong else 'does not exist'} already,"
                    f" and then it fails",
                    statement=statement.index,
                    fix=Fix(Applicability.DISPLAY, f"write {'NOT EXISTS' if wrong else 'EXISTS'}"),
                )
                break


def _inverted(node: If, branch: Block) -> tuple[bool, Made] | None:
    if not branch.body:
        return None
    facts = kit.branches.asked(node, branch)
    if not facts:
        return None
    doing = kit.branches.doings(branch)
    for fact, present in facts:
        of_sort = fact.only and fact.ref.space is not Space.RELATION
        if fact.any_parent or fact.any_schema or fact.any_name or of_sort:
            continue  # it may be about another one of the same name
        for made in doing.creates if present else doing.needs:
            if kit.branches.likeness(fact, made.ref) == "same" and fact.ref.space is made.ref.space:
                return present, made
    return None


def _ifs(migration: Migration) -> Iterator[tuple[Statement, If]]:
    for statement, body in migration.bodies():
        for place in walk(body):
            if isinstance(place.node, If):
                yield statement, place.node


class GuardCoversPart(FileRule):
    """`IF NOT EXISTS (… 'users') THEN CREATE TABLE users …; CREATE TABLE orders …`."""

    code = "IDM608"
    name = "guard-covers-part"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding a branch, at the first thing that nobody looks for."""
        for statement, node in _ifs(migration):
            facts = [fact for fact, present in kit.branches.asked(node, node.then) if not present]
            if len(facts) != 1:
                continue
            creates = kit.branches.doings(node.then).creates
            tested = [
                made for made in creates if kit.branches.likeness(facts[0], made.ref) == "same"
            ]
            if not tested:
                continue
            names = {each.ref.name for each in tested}
            names |= {each.ref.parent.name for each in tested if each.ref.parent is not None}
            rest = [made for made in creates if not _belongs(made, names)]
            if rest:
                yield self.diagnostic(
                    migration,
                    rest[0].leaf.span or node.span or statement.span,
                    f"{rest[0].ref} is made only where {tested[0].ref} is missing, whether it is there"
                    " itself or not",
                    statement=statement.index,
                    fix=Fix(Applicability.DISPLAY, "look for each of them on its own"),
                )


def _belongs(made: Made, names: set[str]) -> bool:
    """Whether a thing is one of these, or lives in one of them, or hangs on one."""
    if made.ref.name in names or (made.ref.parent and made.ref.parent.name in names):
        return True
    return any(
        owner.name in names or (owner.parent is not None and owner.parent.name in names)
        for owner in made.owners
    )


class HandlerCatchesAll(FileRule):
    """`EXCEPTION WHEN OTHERS THEN NULL`."""

    code = "IDM603"
    name = "handler-catches-all"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Handlers that swallow whatever happens."""
        for statement, block in _tries(migration):
            for handler in block.handlers:
                if "others" not in handler.conditions or handler.body.body:
                    continue
                yield self.diagnostic(
                    migration,
                    handler.span or block.span or statement.span,
                    "this swallows every error, also those that nobody thought of",
                    statement=statement.index,
                    fix=Fix(Applicability.DISPLAY, "name the conditions that may happen"),
                )


class HandlerSkipsRest(FileRule):
    """`BEGIN ADD CONSTRAINT a; ADD CONSTRAINT b; EXCEPTION WHEN duplicate_object THEN NULL; END`."""

    code = "IDM609"
    name = "handler-skips-rest"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Blocks in which a statement that may be caught has others behind it."""
        for statement, block in _tries(migration):
            conditions = tuple(
                name for each in block.handlers if not each.body.body for name in each.conditions
            )
            leaves = [node for node in block.body.body if isinstance(node, Sql)]
            for position, leaf in enumerate(leaves[:-1]):
                caught = [
                    effect
                    for effect in kit.branches.effects(leaf.tree)
                    if isinstance(effect, Requires)
                    and effect.verb is Verb.CREATE
                    and not effect.want
                    and effect.otherwise is not SKIP
                    and catches(conditions, effect.otherwise)
                ]
                if caught:
                    count = len(leaves) - position - 1
                    yield self.diagnostic(
                        migration,
                        leaf.span or block.span or statement.span,
                        f"where {caught[0].ref} exists, the handler takes over, and the"
                        f" {'statement' if count == 1 else 'statements'} behind it never run",
                        statement=statement.index,
                        fix=Fix(Applicability.DISPLAY, "give each statement a block of its own"),
                    )
                    break


def _tries(migration: Migration) -> Iterator[tuple[Statement, Try]]:
    for statement, body in migration.bodies():
        for place in walk(body):
            if isinstance(place.node, Try):
                yield statement, place.node
