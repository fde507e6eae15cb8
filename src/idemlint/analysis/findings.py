"""From outcomes to diagnostics: which rule names which, and what the file's comments suppress."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Again, Deletes, Inserts, Requires, Updates
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import FileRule, OutcomeRule, Rule, all_rules, selectors
from idemlint.rules.suppressions import speaks_of_us, without_suppressed
from idemlint.sequence.migration import Case, FirstCase, Migration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idemlint.diagnostics import Diagnostic
    from idemlint.faults import Noted
    from idemlint.modes import Rerun
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.source.statement import Span


class Ruling(NamedTuple):
    """What a rule (empty: it is sought which one) says of a statement, or (`None`) of a file."""

    statement: int | None
    rule: str


#: Of what cannot be told, a rule names what is amiss either way.
_NAMED = frozenset({Verdict.FAILS, Verdict.REPEATS, Verdict.UNKNOWN})


@cache
def _index(*, of_down: bool = False) -> dict[tuple[object, ...], OutcomeRule]:
    index: dict[tuple[object, ...], OutcomeRule] = {}
    for rule in all_rules().values():
        if isinstance(rule, OutcomeRule) and rule.of_down == of_down:
            for on in rule.on:
                if on in index:
                    raise RuntimeError(f"{rule.code} and {index[on].code} both name {on}")
                index[on] = rule
    return index


def rule_for(outcome: Outcome, kind: str) -> OutcomeRule | None:
    """The rule that names an outcome of a statement whose node is `kind`; the narrowest one."""
    effect, verdict = outcome.effect, outcome.verdict
    if verdict not in _NAMED:
        return None
    index = _index(of_down=outcome.half == "down")
    rule = index.get((verdict, None, None, "", outcome.sqlstate)) if outcome.sqlstate else None
    if rule is not None:
        return rule
    if effect is None:
        return index.get((verdict, None, None, "", ""))
    cause = effect.verb if isinstance(effect, Requires) else effect.__class__
    of = _kind(effect)
    # As `On`, which is looked up alike, and takes as long to make as all else here.
    for each in (
        (verdict, cause, of, kind, ""),
        (verdict, cause, None, kind, ""),
        (verdict, cause, of, "", ""),
        (verdict, cause, None, "", ""),
        (verdict, None, None, "", ""),
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
    if isinstance(effect, Deletes):
        return Kind.TABLE if effect.refilled else None
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
    migration: Migration,
    outcomes: Mapping[int, Outcome],
    codes: frozenset[str],
    faults: Noted[Ruling],
    switched_off: Counter[str],
) -> list[Diagnostic]:
    """All that the rules which are switched on find, in order of place; suppressions are obeyed.
    `outcomes` are the worst of each statement that is applied, by index. What a rule fails at is noted in
    `faults`; a rule that would name an outcome and is off is counted in `switched_off`, so that no outcome
    is lost without a word."""
    found = list(_files(migration, codes, faults))
    rules = all_rules()
    explained = {each.span for each in found if getattr(rules[each.code], "explains", False)}
    firsts: list[Diagnostic] = []
    unsaid: dict[int, str] = {}
    if _stops(migration):
        for failure, code in _firsts(migration):
            if failure.span in explained:
                continue
            if code not in codes:
                unsaid[failure.statement.index] = code
                continue
            try:
                first = rules[code].of_first_run(failure)
            except Exception as error:
                faults.note(Ruling(failure.statement.index, code), error)
                continue
            firsts += [first] if first is not None else []
        found += firsts
    same = {(each.span, each.sqlstate): each.code for each in firsts}
    stands_for: dict[tuple[Span, str], str] = {}
    for case, rule in _named(migration, outcomes, codes, faults):
        if case.span in explained:
            continue
        instead = same.get((case.span, case.outcome.sqlstate)) if same else None
        if instead is not None:
            stands_for[case.span, instead] = rule.code
            continue
        if rule.code not in codes:
            switched_off[rule.code] += 1
            unsaid.pop(case.statement.index, None)
            continue
        try:
            diagnostic = rule.check(case)
        except Exception as error:
            faults.note(Ruling(case.statement.index, rule.code), error)
            continue
        if migration.reruns:
            message = f"{diagnostic.message}; and {migration.reruns}"
            diagnostic = diagnostic._replace(message=message)
        found.append(diagnostic)
    if unsaid:
        said = {each.statement for each in found}
        switched_off.update(code for index, code in unsaid.items() if index not in said)
    found.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    if not speaks_of_us(migration.data):
        return found
    try:
        return without_suppressed(migration, found, codes, selectors(), stands_for)
    except Exception as error:
        faults.note(Ruling(None, "suppressions"), error)
        return found


def _stops(migration: Migration) -> bool:
    """Whether anything of the file fails in a first run; in most files nothing does."""
    # What counts as applied was said before it ran.
    return not migration.is_applied and any(
        each.verdict == "fails" and each.follows is None for each in migration.firsts.values()
    )


def _firsts(migration: Migration) -> Iterator[tuple[FirstCase, str]]:
    """Each failure of the first run that follows from no other one, with the rule that names it."""
    from idemlint.rules.kit.first_runs import code_for

    behind = Counter(
        each.follows.statement
        for each in migration.firsts.values()
        if each.follows is not None and each.follows.file == migration.path
    )
    statements = migration.parsed.statements
    for index, outcome in migration.firsts.items():
        if outcome.verdict == "fails" and outcome.follows is None:
            case = FirstCase(migration, statements[index], outcome, behind[index])
            yield case, code_for(outcome)


def _named(
    migration: Migration,
    outcomes: Mapping[int, Outcome],
    codes: frozenset[str],
    faults: Noted[Ruling],
) -> Iterator[tuple[Case, OutcomeRule]]:
    """Each outcome that has to be told, with the rule that names it."""
    statements = migration.parsed.statements
    for index, outcome in outcomes.items():
        if outcome.verdict not in _NAMED:
            continue
        case = Case(migration, statements[index], outcome)
        try:
            rule = _rule_of(case, codes)
        except Exception as error:
            faults.note(Ruling(index, ""), error)
            continue
        if rule is not None:
            yield case, rule


def foreseen(
    migration: Migration,
    outcomes: Mapping[int, Outcome],
    codes: frozenset[str],
    found: Iterable[Diagnostic],
) -> Mapping[int, tuple[Diagnostic, ...]]:
    """What will be found in a body, by statement index, when what is `found` there has been mended, and then
    what comes after it: as far as each has a fix. Empty where the replay did not look for it."""
    behind = {index: outcome.behind for index, outcome in outcomes.items() if outcome.behind}
    if not behind:
        return {}
    rules = all_rules()
    explained = {each.span for each in found if getattr(rules[each.code], "explains", False)}
    chains = {index: list(_chain(migration, index, behind[index], codes)) for index in behind}
    told = [each for chain in chains.values() for each in chain]
    if speaks_of_us(migration.data):
        told = without_suppressed(migration, told, frozenset(), selectors())
    open_ = {id(each) for each in told if each.span not in explained}
    return {
        index: tuple(takewhile(lambda each: id(each) in open_, chain))
        for index, chain in chains.items()
    }


def _chain(
    migration: Migration, index: int, outcomes: Iterable[Outcome], codes: frozenset[str]
) -> Iterator[Diagnostic]:
    for outcome in outcomes:
        case = Case(migration, migration.parsed.statements[index], outcome)
        try:
            rule = _rule_of(case, codes)
            finding = rule.check(case) if rule is not None and rule.code in codes else None
        except Exception:
            return  # it is a guess; when that is found, somebody is told
        if finding is None or finding.fix is None or not finding.fix.edits:
            return
        yield finding


def _rule_of(case: Case, codes: frozenset[str]) -> OutcomeRule | None:
    outcome = case.outcome
    if outcome.leaf is None or outcome.half == "down":
        return rule_for(outcome, case.statement.kind)
    for rule in _narrow() if outcome.verdict is not Verdict.UNKNOWN else ():
        if rule.code in codes and outcome.effect is not None and rule.narrows(case):
            return rule
    return rule_for(outcome, outcome.leaf.tree.kind)


def worst(outcomes: dict[Rerun, Outcome]) -> Outcome:
    """The one that counts where any rerun may happen; the whole file's where they are equal."""
    return max(
        outcomes.values(), key=lambda outcome: (outcome.verdict.rank, outcome.rerun == "file")
    )


def _files(
    migration: Migration, codes: frozenset[str], faults: Noted[Ruling]
) -> Iterator[Diagnostic]:
    for rule in _file_rules(codes):
        try:
            yield from rule.of_file(migration)
        except Exception as error:
            faults.note(Ruling(None, rule.code), error)


@cache
def _file_rules(codes: frozenset[str]) -> tuple[Rule, ...]:
    every = (rule for code, rule in all_rules().items() if code in codes)
    return tuple(rule for rule in every if type(rule).of_file is not Rule.of_file)


@cache
def asked_in(codes: frozenset[str], *, redo: bool) -> frozenset[str]:
    """Those of the rules that say something of a rerun. Rolling back is one by itself: a comment that
    suppresses what others do is not idle for that."""
    rules = all_rules()
    return frozenset(
        code
        for code in codes
        if (not rules[code].removes_suppressions if redo else not rules[code].of_redo)
    )


@cache
def of_applied(codes: frozenset[str]) -> frozenset[str]:
    """Those of the rules that look at migrations which count as applied."""
    rules = (rule for rule in _file_rules(codes) if isinstance(rule, FileRule))
    return frozenset(rule.code for rule in rules if rule.of_applied)
