"""Running the body of a DO block: branches, handlers, loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres.sqlstates import catches
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.effects.program import program_within
from idemlint.replay.effects.vocabulary import Opaque
from idemlint.replay.guards import conditions
from idemlint.replay.guards.kept import condition_of
from idemlint.replay.machine import opening
from idemlint.replay.machine.asked import same_way
from idemlint.replay.machine.asked.lookups import learn, truth
from idemlint.replay.machine.foresight import Foresight
from idemlint.replay.machine.signals import (
    RETURNED,
    SKIPPED,
    Doubt,
    Raised,
)
from idemlint.source.tree import holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.effects.vocabulary import Body, Effect
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def body(run: Pass, effect: Body) -> Result:
    """A DO block; its RETURN ends it and nothing else."""
    if run.in_body:
        return _body(run, effect)
    run.machine.budget.renew()
    if run.judging and run.machine.foresees:
        return _foreseen(run, effect)
    return _body(run, effect)


def _body(run: Pass, effect: Body) -> Result:
    run.in_body += 1
    result = run_block(run, effect.block)
    run.in_body -= 1
    return None if result is RETURNED else result


def _foreseen(run: Pass, effect: Body) -> Result:
    """A body with all that fails in it: see `foresight`."""
    foresight = run.foresight = Foresight()
    try:
        result = _body(run, effect)
    except Exception:
        if not foresight.failures:
            raise
        # It is behind the first failure, where nobody would have come to.
        result = None
        run.begin()
    run.foresight = None
    if not foresight.failures:
        return result
    del run.candidates[foresight.candidates :]
    run.restarted, run.copied = foresight.restarted, foresight.copied
    return foresight.told()


def _goes_on_behind(run: Pass, raised: Raised, foresight: Foresight) -> bool:
    """Whether what would fail behind a failure is sought: not where a handler takes over."""
    if run.catches is not None and run.catches(raised.sqlstate):
        return False
    if not foresight.failures:
        foresight.candidates = len(run.candidates)
        foresight.restarted, foresight.copied = set(run.restarted), set(run.copied)
    foresight.failures.append(raised)
    return True


def run_block(run: Pass, block: nodes.Block) -> Result:
    """Run nodes one after the other until one raises or returns."""
    run.machine.budget.spend(len(block.body))
    for node in block.body:
        result = _RUN[node.__class__](run, node)
        if result is not None and result is not SKIPPED:
            return result
    return None


def _sql(run: Pass, node: nodes.Sql | nodes.Asks) -> Result:
    leaf = node if isinstance(node, nodes.Sql) else None
    if leaf is not None and run.calling:
        # It stands in another statement than the one that runs it.
        leaf = nodes.Sql(leaf.tree, run.span, executed=True)
    result = run.execute_at(_effects(run, node), node.span, leaf)
    foresight = run.foresight
    if foresight is not None and isinstance(result, Raised):
        return None if _goes_on_behind(run, result, foresight) else result
    return result


def _effects(run: Pass, node: nodes.Sql | nodes.Asks) -> tuple[Effect, ...]:
    version = run.machine.postgres_version
    known = node.effects
    if known is None or known[0] != version:
        known = node.effects = (version, program_within(node, version))
    effects: tuple[Effect, ...] = known[1]
    return effects


def _dynamic(run: Pass, node: nodes.Dynamic) -> Result:
    pattern = opening.pattern_of(run, node)
    if run.world is not None:
        opening.by_text(run.catalog, pattern, node.mentions)
    if pattern is None:
        return run.execute_at((Opaque(node.reason, node.mentions),), node.span)
    opening.forget(run.catalog, pattern.touched)
    if not pattern.safe:
        run.doubt(node.reason, Opaque(node.reason), pattern.sqlstate, node.span)
    return None


def _if(run: Pass, node: nodes.If) -> Result:
    condition = _asked(run, node)
    value = truth(run, condition)
    if value is not None:
        return run_block(run, node.then if value else node.otherwise)

    works = _the_one_that_works(node)
    if not run.judging and works is not None and _readable(condition, works):
        return _did_its_work(run, node, condition, works)
    steady = run.judging and same_way.is_steady(run, condition)
    if steady:
        answer = same_way.taken(run, node)
        if answer is not None:
            same_way.go_again(run, node, answer)
            learn(run, condition, answer)
            return run_block(run, node.then if answer else node.otherwise)

    def branch(assumed: bool, block: nodes.Block) -> Callable[[], Result]:
        def taken() -> Result:
            mark = run.catalog.mark()
            if steady:
                same_way.go_again(run, node, assumed)
            learn(run, condition, assumed)
            result = run_block(run, block)
            if not run.judging:
                same_way.note(run, node, assumed, mark, result)
            return result

        return taken

    reason = condition.reason if isinstance(condition, conditions.UnreadableCondition) else ""
    if run.exhausts and _is_of_none(node):
        reason = ""
    doubts = len(run.doubts)
    result = run.either(branch(True, node.then), branch(False, node.otherwise))
    if reason and run.judging and len(run.doubts) == doubts and _does(node):
        run.doubts.append(Doubt(f"a condition cannot be read: {reason}", None, None, node.span))
    return result


def _asked(run: Pass, node: nodes.If) -> conditions.Condition:
    """What an IF asks, by itself or by functions of the folder."""
    if node.condition is not None and holds(node.condition.fields, _CALL):
        # Few conditions call what is not PostgreSQL's own.
        from idemlint.replay.guards.read import read
        from idemlint.replay.machine.called.answers import answered

        found = answered(run, node.condition)
        if found is not None:
            return read(found)
    return condition_of(node)


_CALL: Final = frozenset({"FuncCall", "funcname"})


def _the_one_that_works(node: nodes.If) -> bool | None:
    """The answer with which an IF does something, where it does nothing (or leaves, or raises) with the
    other. Where neither does, the work is behind it."""
    then, otherwise = (any(map(_is_work, each.body)) for each in (node.then, node.otherwise))
    if then is otherwise:
        return None if then else not node.then.body
    return then


def _is_work(node: nodes.Node) -> bool:
    return not isinstance(node, (nodes.Return, nodes.Raise))


def _readable(condition: conditions.Condition, works: bool) -> bool:
    return any(True for _ in conditions.assume(condition, works))


def _did_its_work(
    run: Pass, node: nodes.If, condition: conditions.Condition, works: bool
) -> Result:
    """The first run of a guarded block is taken to be the one that did what the guard guards.

    Where it did nothing the first time, neither the guard nor what it guards changes later.
    """
    catalog = run.catalog
    mark, uncertain = catalog.mark(), run.uncertain
    learn(run, condition, works)
    run.uncertain = True
    believed = run.believed
    run.believed = believed | {
        key
        for fact, _ in conditions.assume(condition, works)
        if isinstance(fact, conditions.Exists) and not fact.any_name and not fact.any_parent
        if (key := catalog.key(fact.ref)) is not None
    }
    result = run_block(run, node.then if works else node.otherwise)
    run.uncertain, run.believed = uncertain, believed
    if isinstance(result, Raised):
        catalog.rollback(mark)
        learn(run, condition, not works)
        return None
    return result


def _does(node: nodes.If) -> bool:
    return bool(node.then.body or node.otherwise.body)


def _try(run: Pass, node: nodes.Try) -> Result:
    catalog = run.catalog
    mark, candidates, doubts = catalog.mark(), len(run.candidates), len(run.doubts)
    outer, uncertain = run.catches, run.uncertain
    foreseen = len(run.foresight.failures) if run.foresight is not None else 0

    def caught(sqlstate: str) -> bool:
        return any(catches(each.conditions, sqlstate) for each in node.handlers)

    run.catches = lambda sqlstate: caught(sqlstate) or (outer is not None and outer(sqlstate))
    result = run_block(run, node.body)
    run.catches, run.uncertain = outer, uncertain
    if run.foresight is not None:
        run.foresight.passed(foreseen, node)
    run.doubts[doubts:] = [
        doubt for doubt in run.doubts[doubts:] if not doubt.sqlstate or not caught(doubt.sqlstate)
    ]
    if not isinstance(result, Raised):
        return result
    handler = next(
        (each for each in node.handlers if catches(each.conditions, result.sqlstate)), None
    )
    if handler is None:
        return result._replace(passed=(*result.passed, node))
    catalog.rollback(mark)
    del run.candidates[candidates:]
    del run.doubts[doubts:]
    handled, run.current_error = run.current_error, result
    outcome = run_block(run, handler.body)
    run.current_error = handled
    return outcome


def _loop(run: Pass, node: nodes.Loop) -> Result:
    """None, one or more rounds: what happens in it may happen."""

    def once() -> Result:
        result = run_block(run, node.body)
        return None if result is RETURNED else result

    def never() -> Result:
        return None

    doubts, outside = len(run.doubts), run.exhausts
    run.exhausts = node.query is None and _goes_on_until_none(node)
    run.either(once, never)
    run.exhausts = outside
    if run.judging and len(run.doubts) == doubts and _may_go_round_more(run, node):
        reason = (
            "it runs over rows that came since, and what it makes of their values cannot be told"
        )
        run.doubt(reason, Opaque(reason), None, node.span)
    return None


def _goes_on_until_none(node: nodes.Loop) -> bool:
    """Whether a loop ends where nothing was found: `EXIT WHEN n = 0`, `NOT FOUND`, `n < batch`."""
    tests = (each.node for each in nodes.walk(node.body))
    return any(_is_of_none(each) for each in tests if isinstance(each, nodes.If))


def _is_of_none(node: nodes.If) -> bool:
    from idemlint.replay.machine.asked.loop_ends import is_of_none

    return node.condition is not None and is_of_none(node.condition)


def _may_go_round_more(run: Pass, node: nodes.Loop) -> bool:
    """Whether a loop makes statements of the rows of a table that was written into after its first run."""
    computes = any(isinstance(each.node, nodes.Dynamic) for each in nodes.walk(node.body))
    if node.query is None or not computes:
        return False
    # Few loops come to this.
    from idemlint.replay.queries.compiled import read_query

    catalog = run.catalog
    for ref in read_query(node.query.fields).tables:
        table = catalog.find(ref)
        if table is not None and table.presence is PRESENT:
            latest = max(table.maker, table_rows.written_by(catalog, table))
            if latest > catalog.statement:
                return True
    return False


def _raise(run: Pass, node: nodes.Raise) -> Result:
    if node.sqlstate is None:
        return run.current_error or Raised("0Z002", None, "RAISE outside a handler", node.span)
    return Raised(node.sqlstate, None, f"the body raises an exception{run.within}", node.span)


def _return(run: Pass, node: nodes.Return) -> Result:
    return RETURNED


_RUN: Final[dict[type, Callable[..., Result]]] = {
    nodes.Sql: _sql,
    nodes.Asks: _sql,
    nodes.Dynamic: _dynamic,
    nodes.Block: run_block,
    nodes.If: _if,
    nodes.Try: _try,
    nodes.Loop: _loop,
    nodes.Raise: _raise,
    nodes.Return: _return,
}
