"""Running the body of a DO block: branches, handlers, loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres.kinds import Space
from idemlint.postgres.sqlstates import catches
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.datatype import CompositeDefinition, EnumDefinition
from idemlint.replay.catalog.relation import IndexDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.effects.program import program_within
from idemlint.replay.effects.vocabulary import Opaque
from idemlint.replay.guards import conditions
from idemlint.replay.guards.kept import condition_of
from idemlint.replay.machine import opening
from idemlint.replay.machine.foresight import Foresight
from idemlint.replay.machine.requirements import is_unmade
from idemlint.replay.machine.signals import (
    RETURNED,
    SKIPPED,
    Doubt,
    Raised,
)
from idemlint.source.tree import holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.catalog.slots import Slot
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

    if not run.judging and not node.otherwise.body and _readable(condition):
        return _did_its_work(run, node, condition)

    def branch(assumed: bool, block: nodes.Block) -> Callable[[], Result]:
        def taken() -> Result:
            learn(run, condition, assumed)
            return run_block(run, block)

        return taken

    reason = condition.reason if isinstance(condition, conditions.UnreadableCondition) else ""
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


def _readable(condition: conditions.Condition) -> bool:
    return any(True for _ in conditions.assume(condition, True))


def _did_its_work(run: Pass, node: nodes.If, condition: conditions.Condition) -> Result:
    """The first run of a guarded block is taken to be the one that did what the guard guards.

    Where it did nothing the first time, neither the guard nor what it guards changes later.
    """
    catalog = run.catalog
    mark, uncertain = catalog.mark(), run.uncertain
    learn(run, condition, True)
    run.uncertain = True
    believed = run.believed
    run.believed = believed | {
        key
        for fact, _ in conditions.assume(condition, True)
        if isinstance(fact, conditions.Exists) and not fact.any_name and not fact.any_parent
        if (key := catalog.key(fact.ref)) is not None
    }
    result = run_block(run, node.then)
    run.uncertain, run.believed = uncertain, believed
    if isinstance(result, Raised):
        catalog.rollback(mark)
        learn(run, condition, False)
        return None
    return result


def _does(node: nodes.If) -> bool:
    return bool(node.then.body or node.otherwise.body)


def truth(run: Pass, condition: conditions.Condition) -> bool | None:
    """The value of a guard on the catalog as it is."""

    def known(fact: conditions.Exists | conditions.RowExists) -> bool | None:
        if isinstance(fact, conditions.RowExists):
            return _row_exists(run, fact)
        return _exists(run, fact)

    return conditions.evaluate(condition, known)


def _row_exists(run: Pass, fact: conditions.RowExists) -> bool | None:
    table = run.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return None
    return table_rows.holds(table_rows.rows_of(run.catalog, table), fact.row)


def _exists(run: Pass, fact: conditions.Exists) -> bool | None:
    catalog = run.catalog
    ref = fact.ref
    if fact.any_name:
        return None
    if fact.any_parent:
        found = catalog.anywhere(ref)
        if found is None and run.world is not None and run.world.is_nowhere(ref):
            return False
        return None if found and _is_narrow(fact) else found
    slot = catalog.find(ref)
    if run.world is not None and is_unmade(slot) and run.world.is_to_come(ref):
        return False
    if slot is None or slot.presence is UNKNOWN:
        if not fact.any_schema or _is_narrow(fact):
            return None
        return catalog.anywhere(ref, any_parent=False)
    if slot.presence is PRESENT:
        return _is_what_is_sought(run, fact, slot)
    if slot.presence is ABSENT:
        return fact.any_schema and catalog.anywhere(ref, any_parent=False) is True
    return None


def _is_narrow(fact: conditions.Exists) -> bool:
    """Whether it asks for more than a name."""
    return bool(_letters(fact) or fact.on or fact.columns or fact.any_case)


def _letters(fact: conditions.Exists) -> frozenset[str]:
    """The sorts it asks for; that a table has a primary key is a property, and says it all."""
    return frozenset() if fact.ref.space is Space.FACET else fact.only


def _is_what_is_sought(run: Pass, fact: conditions.Exists, slot: Slot) -> bool | None:
    """Whether a thing that is there is of the kind, and on the table, that a lookup asks for."""
    if fact.kinds is not None and slot.kind is not None and slot.kind not in fact.kinds:
        return False
    answers: list[bool | None] = [True]
    if sorts := _letters(fact):
        letter = _LETTERS.get(type(slot.definition))
        answers.append(None if letter is None else bool(letter & sorts))
    if fact.on is not None:
        table = run.catalog.find(fact.on)
        known = table is not None and table.presence is PRESENT and bool(slot.owners)
        answers.append(table.oid in slot.owners if known and table is not None else None)
    if fact.columns:
        columns = getattr(slot.definition, "columns", None)
        answers.append(None if columns is None else fact.columns <= set(columns))
    if False in answers:
        return False
    return None if None in answers else True


#: What `typtype` and `contype` say of a definition (pg_type, pg_constraint).
_LETTERS: Final[dict[type, frozenset[str]]] = {
    EnumDefinition: frozenset("e"),
    CompositeDefinition: frozenset("c"),
    ForeignKey: frozenset("f"),
    IndexDefinition: frozenset("pux"),
}


def learn(run: Pass, condition: conditions.Condition, assumed: bool) -> None:
    """In a branch, its condition holds (or does not)."""
    catalog = run.catalog
    for fact, value in conditions.assume(condition, assumed):
        if isinstance(fact, conditions.RowExists):
            _learn_row(run, fact, value)
        elif fact.any_name or (_is_narrow(fact) and not value):
            # That nothing of this sort is there does not say that nothing of the name is.
            continue
        elif fact.any_parent:
            if not value:
                catalog.set_nowhere(fact.ref)
        elif catalog.presence(fact.ref) not in {PRESENT, ABSENT}:
            catalog.set_presence(fact.ref, PRESENT if value else ABSENT)


def _learn_row(run: Pass, fact: conditions.RowExists, value: bool) -> None:
    table = run.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return
    facts = table_rows.rows_of(run.catalog, table)
    if table_rows.holds(facts, fact.row) is None:
        changed = (
            facts._replace(rows=facts.rows.plus((fact.row,)))
            if value
            else facts._replace(gone=facts.gone.plus((fact.row,)))
        )
        table_rows.set_rows(run.catalog, table, changed)


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

    doubts = len(run.doubts)
    run.either(once, never)
    if run.judging and len(run.doubts) == doubts and _may_go_round_more(run, node):
        reason = (
            "it runs over rows that came since, and what it makes of their values cannot be told"
        )
        run.doubt(reason, Opaque(reason), None, node.span)
    return None


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
