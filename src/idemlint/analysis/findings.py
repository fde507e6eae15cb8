"""From outcomes to diagnostics: which rule names which, and what the file's comments suppress."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from idemlint.replay.effects.vocabulary import Again, Inserts, Requires, Updates
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import FileRule, OutcomeRule, all_rules
from idemlint.rules.suppressions import without_suppressed
from idemlint.sequence.migration import Case, Migration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idemlint.diagnostics import Diagnostic
    from idemlint.modes import Rerun
    from idemlint.postgres.kinds import Kind
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.verdict import Outcome

_NAMED = frozenset({Verdict.FAILS, Verdict.REPEATS})


@cache
def _index() -> dict[tuple[object, ...], OutcomeRule]:
    index: dict[tuple[object, ...], OutcomeRule] = {}
    for rule in all_rules().values():
        if isinstance(rule, OutcomeRule):
            for on in rule.on:
                if on in index:
                    raise RuntimeError(f"{rule.code} and {index[on].code} both name {on}")
                index[on] = rule
    return index


def rule_for(outcome: Outcome, kind: str) -> OutcomeRule | None:
    """The rule that names an outcome of a statement whose node is `kind`; the narrowest one."""
    effect = outcome.effect
    if effect is None or outcome.verdict not in _NAMED:
        return None
    cause = effect.verb if isinstance(effect, Requires) else effect.__class__
    of = _kind(effect)
    index = _index()
    verdict = outcome.verdict
    # As `On`, which is looked up alike, and takes as long to make as all else here.
    for each in (
        (verdict, cause, of, kind),
        (verdict, cause, None, kind),
        (verdict, cause, of, ""),
        (verdict, cause, None, ""),
    ):
        rule = index.get(each)
        if rule is not None:
            return rule
    return None


def _kind(effect: Effect) -> Kind | Again | str | None:
    """What tells effects of one class apart."""
    if isinstance(effect, Inserts):
        moves = effect.conflict == "update" and effect.update in {Again.MOVES, Again.VOLATILE}
        return effect.update if moves else effect.conflict or None
    if isinstance(effect, Updates):
        return effect.again
    kind: Kind | None = getattr(effect, "kind", None)
    return kind


@cache
def _narrow() -> tuple[OutcomeRule, ...]:
    return tuple(
        rule
        for rule in all_rules().values()
        if isinstance(rule, OutcomeRule) and type(rule).narrows is not OutcomeRule.narrows
    )


def findings(
    migration: Migration, outcomes: Mapping[int, Outcome], codes: frozenset[str]
) -> list[Diagnostic]:
    """All that the rules which are switched on find, in order of place; suppressions are obeyed.
    `outcomes` are the worst of each statement that is applied, by index."""
    found = list(_files(migration, codes))
    rules = all_rules()
    explained = {each.span for each in found if getattr(rules[each.code], "explains", False)}
    found += [each for each in _outcomes(migration, outcomes, codes) if each.span not in explained]
    found.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return without_suppressed(migration, found, codes)


def _outcomes(
    migration: Migration, outcomes: Mapping[int, Outcome], codes: frozenset[str]
) -> Iterator[Diagnostic]:
    statements = migration.parsed.statements
    for index, outcome in outcomes.items():
        if outcome.verdict not in _NAMED:
            continue
        statement = statements[index]
        case = Case(migration, statement, outcome)
        rule = _rule_of(case, codes)
        if rule is None or rule.code not in codes:
            continue
        diagnostic = rule.check(case)
        if diagnostic is None:
            continue
        if migration.reruns:
            message = f"{diagnostic.message}; and {migration.reruns}"
            diagnostic = diagnostic._replace(message=message)
        yield diagnostic


def _rule_of(case: Case, codes: frozenset[str]) -> OutcomeRule | None:
    outcome = case.outcome
    if outcome.leaf is None:
        return rule_for(outcome, case.statement.kind)
    for rule in _narrow():
        if rule.code in codes and outcome.effect is not None and rule.narrows(case):
            return rule
    return rule_for(outcome, outcome.leaf.tree.kind)


def worst(outcomes: dict[Rerun, Outcome]) -> Outcome:
    """The one that counts where any rerun may happen; the whole file's where they are equal."""
    return max(
        outcomes.values(), key=lambda outcome: (outcome.verdict.rank, outcome.rerun == "file")
    )


def _files(migration: Migration, codes: frozenset[str]) -> Iterator[Diagnostic]:
    for rule in _file_rules(codes):
        yield from rule.check(migration)


@cache
def _file_rules(codes: frozenset[str]) -> tuple[FileRule, ...]:
    return tuple(
        rule for rule in all_rules().values() if isinstance(rule, FileRule) and rule.code in codes
    )


@cache
def of_applied(codes: frozenset[str]) -> frozenset[str]:
    """Those of the rules that look at migrations which count as applied."""
    return frozenset(rule.code for rule in _file_rules(codes) if rule.of_applied)
