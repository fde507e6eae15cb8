"""INSERTs that PostgreSQL refuses: for what their ON CONFLICT asks for, for values that no column takes.

One that is refused in the first run has done nothing, and is refused again: what comes behind it never ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.column import SERIALS, Column
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.definition import INSERT
from idemlint.replay.catalog.knowledge import is_open
from idemlint.replay.catalog.known_rows import NULL
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT, Slot
from idemlint.replay.effects.vocabulary import Requires, Verb
from idemlint.replay.keys.identity import Keys
from idemlint.replay.keys.inference import BY_KEYS
from idemlint.replay.machine.signals import SKIPPED
from idemlint.replay.queries.columns import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.replay.catalog.known_rows import Value
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.catalog.table_rows import Rows
    from idemlint.replay.effects.vocabulary import Inserts
    from idemlint.replay.keys.given import GivenRows
    from idemlint.replay.keys.inference import Inference
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: What ON CONFLICT does, in the outcome of a statement that is refused.
REFUSED: Final = "refused"
_DEFERRABLE: Final = "ON CONFLICT does not look at a key that is deferrable"


def refused(
    run: Pass,
    effect: Inserts,
    table: Slot,
    facts: Rows,
    rows: GivenRows | None,
    inference: Inference,
) -> Result:
    """The error; `SKIPPED`: it is one of the first run, which has done nothing; `None`: there is none."""
    key: Key = (Space.FACET, table.oid, f"@refused {run.catalog.statement} {run.span}")
    sqlstate, reason = inference.sqlstate, inference.reason
    if run.judging:
        known = run.catalog.recorded(key)
        if known is not None:
            sqlstate, reason = known.definition
    if not sqlstate and _defers(run, table, facts, rows, inference):
        sqlstate, reason = "55000", _DEFERRABLE
    if not sqlstate and reason and run.judging and run.world is not None:
        # It is the table's key that is asked about, not what becomes of rows.
        run.doubt(reason, Requires(effect.table, True, "42P10", Kind.TABLE, Verb.WRITE), "42P10")
    if not sqlstate or (sqlstate in BY_KEYS and not _is_whole(run, table)):
        return None
    if run.judging or (run.catches is not None and run.catches(sqlstate)):
        return run.raised(sqlstate, effect._replace(conflict=REFUSED), reason)
    slot = Slot(PRESENT, run.catalog.new_oid(), definition=(sqlstate, reason))
    run.catalog.put(key, slot)
    return SKIPPED


def _is_whole(run: Pass, table: Slot) -> bool:
    """Whether a table has the keys that are known, and no others: in the first run, what built its SQL may
    have made some."""
    return run.world is None or (table.certain and not is_open(run.catalog, "", table.oid))


def _defers(
    run: Pass, table: Slot, facts: Rows, rows: GivenRows | None, inference: Inference
) -> bool:
    """Whether a row gets to a deferrable key: the keys are looked at in the order in which they were made,
    until one is in the way (`ExecCheckIndexConstraints`, src/backend/executor/execIndexing.c)."""
    if inference.keys is None or rows is None:
        return False
    if not any(key.definition.deferrable for key in inference.keys):
        return False
    if run.catalog.fires(table.oid, INSERT, before=True):
        return False
    keys = run.catalog.made_of(table, Keys)
    for row in rows:
        for key in inference.keys:
            if key.definition.deferrable:
                return True
            if keys.is_there(facts, row, key) is not False:
                break
    return False


def no_values(run: Pass, effect: Inserts, table: Slot, rows: GivenRows | None) -> Result:
    """Literals that a column took in the first run, and does not take since its type is another one; more
    values than there are columns."""
    if (refusal := _is_of_another_width(run, effect)) is not None:
        return refusal
    for name, text in effect.literals:
        if (refusal := _is_no_value(run, effect, table, name, {text})) is not None:
            return refusal
    if not effect.rows or rows is None:
        return None
    told = tuple(getattr(table.definition, "columns", ()))
    for place, name in enumerate(rows.columns):
        other = effect.columns is None and told[place : place + 1] != (name,)
        given = (row[place] for row in effect.rows if place < len(row))
        if (refusal := _is_no_value(run, effect, table, name, given, other=other)) is not None:
            return refusal
    return None


def _is_of_another_width(run: Pass, effect: Inserts) -> Result:
    """Who names no columns may give fewer values than there are, who names them gives as many
    (`transformInsertRow`, src/backend/parser/analyze.c)."""
    if effect.columns is not None and effect.query is None:
        return None
    given, taken = _width(run, effect), len(effect.columns or ())
    if not given:
        return None
    if effect.columns is None:
        found = run.catalog.find(effect.table)
        names = run.catalog.made_of(found, names_of) if found is not None else ()
        taken = len(names)
        if not names or given <= taken:
            return None
    if given == taken:
        return None
    values, columns = f"value{'s' * (given != 1)}", f"column{'s' * (taken != 1)}"
    reason = f"it gives {given} {values} for {taken} {columns} of {effect.table} by then"
    return run.raised("42601", effect, reason)


def _width(run: Pass, effect: Inserts) -> int:
    """How many values it gives for a row; 0 where that is not known."""
    if effect.query is None:
        return max(map(len, effect.rows or ()), default=0)
    targets = effect.query.targets
    if targets is not None and all(each.label != "*" for each in targets):
        return len(targets)
    # Few INSERTs take all that a table has.
    from idemlint.replay.queries.resolve import outputs

    return len(outputs(run.catalog, effect.query) or ())


def _is_no_value(
    run: Pass,
    effect: Inserts,
    table: Slot,
    name: str,
    values: Iterable[Value],
    *,
    other: bool = False,
) -> Result:
    """`other`: they were for another column, maybe."""
    column = run.catalog.find_key((Space.COLUMN, table.oid, name))
    if column is None or column.presence is not PRESENT:
        return None
    unchanged = column.definition is None and not column.needs and not _is_made(table, name)
    if unchanged and not other:
        # It has the type that it was made with.
        return None
    # Few columns get another type.
    from idemlint.replay.queries.literals import of_literal
    from idemlint.replay.queries.resolve import found_in

    found = found_in(run.catalog, effect.table, name)
    if found is None or not found.type:
        return None
    for value in dict.fromkeys(values):
        if isinstance(value, str) and not value.startswith("\0"):
            refusal = of_literal(run.catalog, found, value, assigns=True)
            if refusal is not None:
                return run.raised(refusal[0], effect, refusal[1])
    return None


def is_null(run: Pass, effect: Inserts, table: Slot, rows: GivenRows | None) -> Result:
    """A first row without a value for a column that takes no NULL by now: that is looked at before any key
    (`ExecConstraints`, src/backend/executor/execMain.c)."""
    catalog = run.catalog
    columns = catalog.made_of(table, _not_null)
    if not columns or rows is None or rows.found or effect.source is not None:
        return None
    if effect.guard is not None or catalog.fires(table.oid, INSERT, before=True):
        return None
    definition = table.definition
    if effect.columns is None and (
        not isinstance(definition, TableDefinition) or catalog.lacks(table, definition.columns)
    ):
        return None
    row = next(iter(rows), {})
    for name, has_default in columns.items():
        if row.get(name) == NULL or (name not in row and not has_default):
            reason = f"column {name} of {effect.table} takes no NULL by then"
            return run.raised("23502", effect, reason)
    return None


def _not_null(catalog: Catalog, table: Slot) -> dict[str, bool]:
    """The columns that take no NULL since they were added or changed, and whether they may have a default."""
    found = {}
    for (space, _, name), slot in catalog.contents(table.oid):
        column = slot.definition
        if space is not Space.COLUMN or slot.presence is not PRESENT:
            continue
        known = slot.maker or isinstance(table.definition, TableDefinition)
        if known and slot.certain and isinstance(column, Column) and column.not_null:
            built_in = column.type.rstrip("[]") in BUILTIN and column.type not in SERIALS
            bare = column.default is None and not column.generated and not column.expression
            found[name] = not (built_in and bare)
    return found


def _is_made(table: Slot, name: str) -> bool:
    """Whether a column is of a type that somebody made, as its table's definition says."""
    definition = table.definition
    made = definition.columns.get(name) if isinstance(definition, TableDefinition) else None
    return made is not None and bool(made.type) and made.type.rstrip("[]") not in BUILTIN
