"""Effects that make and end no names: properties, and what raises or repeats by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import knowledge, table_rows
from idemlint.replay.catalog.definition import RoleDefinition
from idemlint.replay.catalog.known_rows import Patterns
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNCHECKED, Slot
from idemlint.replay.catalog.table_rows import column_of
from idemlint.replay.machine.objects.defaults import keep
from idemlint.replay.machine.objects.dependencies import changed_needs
from idemlint.replay.machine.parse_analysis import is_unchecked, used
from idemlint.replay.machine.signals import SKIPPED

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.known_rows import Listed
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.effects.vocabulary import (
        Command,
        Fails,
        Fills,
        Opaque,
        Repeats,
        Sets,
    )
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def sets(run: Pass, effect: Sets) -> Result:
    """A property gets a value; only those that matter to later statements are kept."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    if effect.facet == "checked":
        presence = ABSENT if effect.value else PRESENT
        catalog.put(UNCHECKED, Slot(presence, catalog.new_oid(), maker=catalog.statement))
        return None
    if effect.facet == "restart":
        _restarts(run, effect)
        return None
    key = catalog.key(effect.ref)
    if key is None:
        return None
    slot = catalog.find_key(key)
    if slot is None or slot.presence is not PRESENT:
        return None
    if effect.facet == "owners":
        catalog.put(key, slot._replace(owners=run.oids(effect.value)))
        return None
    if effect.facet == "inherits":
        parents = run.oids(effect.value)
        catalog.put(key, slot._replace(needs=(*slot.needs, *parents) if parents else ()))
        return None
    if effect.facet == "login":
        if slot.definition != RoleDefinition(effect.value):
            catalog.put(key, slot._replace(definition=RoleDefinition(effect.value)))
        return None
    if effect.facet == "reads":
        _reads_else(run, effect, key, slot)
        return None
    if run.judging and effect.facet == "not_null" and not effect.value:
        keeps = _primary_key_with(run, effect.ref)
        if keeps:
            return run.raised("42P16", effect, keeps)
    known = column_of(catalog, catalog.by_oid(key[1]), key[2])
    if known is not None:
        definition = known._replace(**{effect.facet: effect.value})
        # The type is the one that it was bound to, whatever that is called now.
        bound = slot.definition is not None and definition.expression == known.expression
        needs = slot.needs if bound else changed_needs(run, key, slot, definition)
        catalog.put(key, slot._replace(definition=definition, needs=needs))
        keep(run, slot.oid, definition)
    return None


def _restarts(run: Pass, effect: Sets) -> None:
    """A sequence is put somewhere. At a number, it gives numbers once more that it gave since; where the data
    say where (`None`), what was said before counts no more."""
    key = run.catalog.key(effect.ref)
    if key is not None and effect.value is not None:
        run.restarted.add(key)
    if run.judging and run.world is None:
        from idemlint.replay.machine.objects.sequences import set_back

        set_back(run, effect)


def _primary_key_with(run: Pass, column: Ref) -> str:
    """Why a column cannot come to have nulls: the primary key that it is in; empty: it surely is in none, or
    that cannot be told (`ATExecDropNotNull`, src/backend/commands/tablecmds.c)."""
    if column.parent is None:
        return ""
    # Hardly any rerun drops NOT NULL.
    from idemlint.replay.catalog.view import View

    key = View(run.catalog).surely.primary_key(column.parent)
    if key.presence is not PRESENT or column.name not in key.columns:
        return ""
    return f"column {column.name} is in the primary key"


#: What a policy, and a domain, needs by other things than its expressions.
_OTHERWISE: Final = frozenset({Space.ROLE, Space.TYPE, Space.COLLATION, Space.EXTENSION})


def _reads_else(run: Pass, effect: Sets, key: Key, slot: Slot) -> None:
    """The expressions of a policy, or a domain's DEFAULT, are others, and with them what they need."""
    catalog = run.catalog
    homes = ((oid, catalog.key_of(oid)) for oid in slot.needs)
    kept = [oid for oid, home in homes if home is not None and home[0] in _OTHERWISE]
    found = used(run, effect.value)
    needs = dict.fromkeys((*kept, *found.others, *found.columns))
    catalog.put(key, slot._replace(needs=tuple(needs)))


def fills(run: Pass, effect: Fills) -> Result:
    """A first run that rows would break, unless the table is of the same file."""
    if not run.judging:
        slot = run.catalog.find(effect.table)
        fresh = slot is not None and slot.maker > run.file_start and slot.certain
        if not fresh:
            run.hazard(effect)
    return None


def repeats(run: Pass, effect: Repeats) -> Result:
    """It happens once more each time, unless its sequence was restarted before."""
    if effect.subject is not None:
        key = run.catalog.key(effect.subject)
        if key in run.restarted:
            return None
    run.candidate(effect.what, effect)
    return None


def fails(run: Pass, effect: Fails) -> Result:
    """It raises by itself, the second time or each time."""
    if effect.listed is not None:
        return _listed(run, effect, effect.listed)
    if not run.judging:
        return None
    if effect.body is not None and is_unchecked(run.catalog):
        return None
    is_each_time = effect.body is not None or effect.span is not None
    if run.world is not None and not is_each_time:
        return None
    raised = run.raised(effect.sqlstate, effect, effect.reason)
    return raised if effect.span is None else raised._replace(span=effect.span)


def _listed(run: Pass, effect: Fails, listed: Listed) -> Result:
    table = run.catalog.find(listed.table)
    if table is None and not run.judging:
        table = run.catalog.set_presence(listed.table, PRESENT, Kind.TABLE)
    known = table is not None and table.presence is PRESENT
    facts = table_rows.rows_of(run.catalog, table) if known and table is not None else None
    if effect.sqlstate and run.judging:
        is_there = table_rows.holds(facts, listed.row) if facts is not None else None
        if is_there is listed.there:
            return run.raised(effect.sqlstate, effect, effect.reason)
        # A new database has none of it: what is made there is made.
        if is_there is None and (run.world is None or not listed.there):
            run.doubt(f"it may fail: {effect.reason}", effect, effect.sqlstate)
    if facts is None or table is None:
        return None
    rows = facts.rows.without((listed.row,)) if listed.row else facts.rows
    if listed.there:
        gone = facts.gone if listed.whole else Patterns()
        facts = facts._replace(rows=rows.plus((listed.row | listed.more,)), gone=gone)
    else:
        facts = facts._replace(rows=rows, gone=facts.gone.plus((listed.row,)))
    table_rows.set_rows(run.catalog, table, facts)
    return None


def opaque(run: Pass, effect: Opaque) -> Result:
    """It cannot be told; what it mentions is not known any more. A call is run where its body is known."""
    if effect.call is not None:
        # Few statements call what is not PostgreSQL's own.
        from idemlint.replay.machine.called import calling

        found = calling.called(run, effect.call)
        if found is not None:
            return calling.run_call(run, effect.call, found)
    run.doubt(effect.reason, effect)
    if not run.judging:
        run.state.is_open = True
    if effect.mentions:
        knowledge.forget_all(run.catalog, effect.mentions)
        if run.world is not None:
            knowledge.open_all(run.catalog, effect.mentions)
    return None


def command(run: Pass, effect: Command) -> Result:
    """Effects that a guard skips together; the statement goes on."""
    before = run.uncertain
    result = run.apply(effect.effects)
    run.uncertain = before
    return None if result is SKIPPED else result
