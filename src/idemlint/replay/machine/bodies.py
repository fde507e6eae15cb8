"""Running the body of a DO block: branches, handlers, loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres.kinds import Space
from idemlint.postgres.sqlstates import catches
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.definitions import (
    CompositeDefinition,
    EnumDefinition,
    ForeignKey,
    IndexDefinition,
)
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.effects import effects_of
from idemlint.replay.effects.vocabulary import Opaque
from idemlint.replay.guards import conditions
from idemlint.replay.guards.read import read
from idemlint.replay.judge.verdict import Verdict
from idemlint.replay.machine.run import RETURNED, SKIPPED, Doubt, Raised

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Body, Effect
    from idemlint.replay.judge.patterns import Pattern
    from idemlint.replay.machine.run import Machine, Result


def body(machine: Machine, effect: Body) -> Result:
    """A DO block; its RETURN ends it and nothing else."""
    machine.in_body += 1
    result = run_block(machine, effect.block)
    machine.in_body -= 1
    return None if result is RETURNED else result


def run_block(machine: Machine, block: nodes.Block) -> Result:
    """Run nodes one after the other until one raises or returns."""
    for node in block.body:
        result = _RUN[node.__class__](machine, node)
        if result is not None and result is not SKIPPED:
            return result
    return None


def _sql(machine: Machine, node: nodes.Sql) -> Result:
    effects = _effects(machine, node)
    with machine.at(node.span, node):
        return machine.run(effects)


def _effects(machine: Machine, node: nodes.Sql) -> tuple[Effect, ...]:
    known = machine.leaves.get(id(node))
    if known is None:
        effects = effects_of(node.tree, machine.postgres_version)
        # The node is kept with its effects, so that its id stays its own.
        known = machine.leaves[id(node)] = (node, effects)
    return known[1]


def _dynamic(machine: Machine, node: nodes.Dynamic) -> Result:
    pattern = _pattern(machine, node)
    with machine.at(node.span):
        if pattern is None:
            return machine.run((Opaque(node.reason, node.mentions),))
        machine.catalog.forget(pattern.names)
        if pattern.verdict is not Verdict.SAFE:
            machine.doubt(node.reason, Opaque(node.reason), pattern.sqlstate)
    return None


def _pattern(machine: Machine, node: nodes.Dynamic) -> Pattern | None:
    if node.pattern is None:
        return None
    known = machine.patterns.get(id(node))
    if known is None:
        # Patterns are run on a machine of their own, which needs this module.
        from idemlint.replay.judge.patterns import read_pattern

        read = read_pattern(node.pattern, machine.postgres_version)
        known = machine.patterns[id(node)] = (node, read)
    return known[1]


def _if(machine: Machine, node: nodes.If) -> Result:
    condition = _condition(machine, node)
    value = truth(machine, condition)
    if value is not None:
        return run_block(machine, node.then if value else node.otherwise)

    if not machine.judging and not node.otherwise.body and _readable(condition):
        return _did_its_work(machine, node, condition)

    def branch(assumed: bool, block: nodes.Block) -> Callable[[], Result]:
        def run() -> Result:
            learn(machine, condition, assumed)
            return run_block(machine, block)

        return run

    reason = condition.reason if isinstance(condition, conditions.UnreadableCondition) else ""
    doubts = len(machine.doubts)
    result = machine.either(branch(True, node.then), branch(False, node.otherwise))
    if reason and machine.judging and len(machine.doubts) == doubts and _does(node):
        machine.doubts.append(Doubt(f"a condition cannot be read: {reason}", None, None, node.span))
    return result


def _condition(machine: Machine, node: nodes.If) -> conditions.Condition:
    known = machine.conditions.get(id(node))
    if known is None:
        # The node is kept with its condition, so that its id stays its own.
        known = machine.conditions[id(node)] = (node, read(node.condition))
    return known[1]


def _readable(condition: conditions.Condition) -> bool:
    return any(True for _ in conditions.assume(condition, True))


def _did_its_work(machine: Machine, node: nodes.If, condition: conditions.Condition) -> Result:
    """The first run of a guarded block is taken to be the one that did what the guard guards.

    Where it did nothing the first time, neither the guard nor what it guards changes later.
    """
    catalog = machine.catalog
    mark, uncertain = catalog.mark(), machine.uncertain
    learn(machine, condition, True)
    machine.uncertain = True
    believed = machine.believed
    machine.believed = believed | {
        key
        for fact, _ in conditions.assume(condition, True)
        if isinstance(fact, conditions.Exists) and not fact.any_name and not fact.any_parent
        if (key := catalog.key(fact.ref)) is not None
    }
    result = run_block(machine, node.then)
    machine.uncertain, machine.believed = uncertain, believed
    if isinstance(result, Raised):
        catalog.rollback(mark)
        learn(machine, condition, False)
        return None
    return result


def _does(node: nodes.If) -> bool:
    return bool(node.then.body or node.otherwise.body)


def truth(machine: Machine, condition: conditions.Condition) -> bool | None:
    """The value of a guard on the catalog as it is."""

    def known(fact: conditions.Exists | conditions.RowExists) -> bool | None:
        if isinstance(fact, conditions.RowExists):
            return _row_exists(machine, fact)
        return _exists(machine, fact)

    return conditions.evaluate(condition, known)


def _row_exists(machine: Machine, fact: conditions.RowExists) -> bool | None:
    table = machine.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return None
    return table_rows.holds(table_rows.rows_of(machine.catalog, table), fact.row)


def _exists(machine: Machine, fact: conditions.Exists) -> bool | None:
    catalog = machine.catalog
    ref = fact.ref
    if fact.any_name:
        return None
    if fact.any_parent:
        found = catalog.anywhere(ref)
        return None if found and _is_narrow(fact) else found
    slot = catalog.find(ref)
    if slot is None or slot.presence is UNKNOWN:
        if not fact.any_schema or _is_narrow(fact):
            return None
        return catalog.anywhere(ref, any_parent=False)
    if slot.presence is PRESENT:
        return _is_what_is_sought(machine, fact, slot)
    if slot.presence is ABSENT:
        return fact.any_schema and catalog.anywhere(ref, any_parent=False) is True
    return None


def _is_narrow(fact: conditions.Exists) -> bool:
    """Whether it asks for more than a name."""
    return bool(_letters(fact) or fact.on or fact.columns or fact.any_case)


def _letters(fact: conditions.Exists) -> frozenset[str]:
    """The sorts it asks for; that a table has a primary key is a property, and says it all."""
    return frozenset() if fact.ref.space is Space.FACET else fact.only


def _is_what_is_sought(machine: Machine, fact: conditions.Exists, slot: Slot) -> bool | None:
    """Whether a thing that is there is of the kind, and on the table, that a lookup asks for."""
    if fact.kinds is not None and slot.kind is not None and slot.kind not in fact.kinds:
        return False
    answers: list[bool | None] = [True]
    if sorts := _letters(fact):
        letter = _LETTERS.get(type(slot.definition))
        answers.append(None if letter is None else bool(letter & sorts))
    if fact.on is not None:
        table = machine.catalog.find(fact.on)
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


def learn(machine: Machine, condition: conditions.Condition, assumed: bool) -> None:
    """In a branch, its condition holds (or does not)."""
    catalog = machine.catalog
    for fact, value in conditions.assume(condition, assumed):
        if isinstance(fact, conditions.RowExists):
            _learn_row(machine, fact, value)
        elif fact.any_name or (_is_narrow(fact) and not value):
            # That nothing of this sort is there does not say that nothing of the name is.
            continue
        elif fact.any_parent:
            if not value:
                catalog.set_nowhere(fact.ref)
        elif catalog.presence(fact.ref) not in {PRESENT, ABSENT}:
            catalog.set_presence(fact.ref, PRESENT if value else ABSENT)


def _learn_row(machine: Machine, fact: conditions.RowExists, value: bool) -> None:
    table = machine.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return
    facts = table_rows.rows_of(machine.catalog, table)
    if table_rows.holds(facts, fact.row) is None:
        changed = (
            facts._replace(rows=(*facts.rows, fact.row))
            if value
            else facts._replace(gone=(*facts.gone, fact.row))
        )
        table_rows.set_rows(machine.catalog, table, changed)


def _try(machine: Machine, node: nodes.Try) -> Result:
    catalog = machine.catalog
    mark, candidates, doubts = catalog.mark(), len(machine.candidates), len(machine.doubts)
    outer, uncertain = machine.catches, machine.uncertain

    def caught(sqlstate: str) -> bool:
        return any(catches(each.conditions, sqlstate) for each in node.handlers)

    machine.catches = lambda sqlstate: caught(sqlstate) or (outer is not None and outer(sqlstate))
    result = run_block(machine, node.body)
    machine.catches, machine.uncertain = outer, uncertain
    machine.doubts[doubts:] = [
        doubt
        for doubt in machine.doubts[doubts:]
        if not doubt.sqlstate or not caught(doubt.sqlstate)
    ]
    if not isinstance(result, Raised):
        return result
    handler = next(
        (each for each in node.handlers if catches(each.conditions, result.sqlstate)), None
    )
    if handler is None:
        return result._replace(passed=(*result.passed, node))
    catalog.rollback(mark)
    del machine.candidates[candidates:]
    del machine.doubts[doubts:]
    handled, machine.current_error = machine.current_error, result
    outcome = run_block(machine, handler.body)
    machine.current_error = handled
    return outcome


def _loop(machine: Machine, node: nodes.Loop) -> Result:
    """None, one or more rounds: what happens in it may happen."""

    def once() -> Result:
        result = run_block(machine, node.body)
        return None if result is RETURNED else result

    def never() -> Result:
        return None

    machine.either(once, never)
    return None


def _raise(machine: Machine, node: nodes.Raise) -> Result:
    if node.sqlstate is None:
        return machine.current_error or Raised("0Z002", None, "RAISE outside a handler", node.span)
    return Raised(node.sqlstate, None, "the body raises an exception", node.span)


def _return(machine: Machine, node: nodes.Return) -> Result:
    return RETURNED


_RUN: Final[dict[type, Callable[..., Result]]] = {
    nodes.Sql: _sql,
    nodes.Dynamic: _dynamic,
    nodes.Block: run_block,
    nodes.If: _if,
    nodes.Try: _try,
    nodes.Loop: _loop,
    nodes.Raise: _raise,
    nodes.Return: _return,
}
