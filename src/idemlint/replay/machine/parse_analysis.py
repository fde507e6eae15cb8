"""What a statement reads: the names of its queries stand for columns, and what they are keeps them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres import functions
from idemlint.postgres.extensions import extension_of
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.postgres.names import is_system_name
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.refs import qualified
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNCHECKED
from idemlint.replay.effects.queries import types_read
from idemlint.replay.effects.vocabulary import Requires, Verb
from idemlint.replay.machine import opening
from idemlint.replay.machine.requirements import column_meant, is_unmade, requires
from idemlint.replay.machine.signals import SKIPPED
from idemlint.replay.queries.columns import QueryDefinition
from idemlint.replay.queries.literals import of_enum, refusal_of
from idemlint.replay.queries.resolve import outputs
from idemlint.replay.queries.scope import levels

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.effects.vocabulary import Calls, Creates, ReadsColumns, Validates
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result
    from idemlint.replay.queries.resolve import FoundColumn, Resolved
    from idemlint.replay.queries.scope import Name, Reading
    from idemlint.source.tree import Tree


class Used(NamedTuple):
    """What a query or an expression needs, by identity: `columns`, and all else."""

    columns: tuple[int, ...]
    others: tuple[int, ...]


def reads(run: Pass, effect: ReadsColumns) -> Result:
    """Each name has to stand for a column."""
    found = run.resolve(effect.scope, names=effect.names)
    for table, name in found.sole:
        result = requires(run, column_meant(run, name, (table,)))
        if result is not None:
            return result
    for name, tables in found.missing:
        if len(tables) > 1 and not run.judging:
            continue
        result = requires(run, column_meant(run, name, tables))
        if result is not None:
            return result
    return _ambiguous(run, effect, found) or _meet(run, effect, found) or _cast(run, effect)


def _ambiguous(run: Pass, effect: ReadsColumns, found: Resolved) -> Result:
    """A name of a variable must not be a column's as well: of one that came after the first run."""
    for column in found.ambiguous if run.judging else ():
        slot = run.catalog.find(Ref(Space.COLUMN, column.name, None, column.table))
        if slot is not None and slot.maker > run.catalog.statement:
            reason = f"{column.name} is a variable, and a column of {column.table}"
            return run.raised("42702", effect, f"{reason} {run.since(slot)}")
    return None


def _cast(run: Pass, effect: ReadsColumns) -> Result:
    """A literal that is cast to an enum has to be one of its labels."""
    if not run.judging:
        return None
    for level in levels(effect.scope):
        for ref, literal in level.casts:
            slot = run.catalog.find(ref)
            if slot is not None and slot.presence is PRESENT and slot.certain:
                refusal = of_enum(run.catalog, slot, ref.name, literal)
                if refusal is not None:
                    return run.raised(refusal[0], effect, refusal[1])
    return None


def calls(run: Pass, effect: Calls) -> Result:
    """There has to be a routine. Of what is not known to have been made, others of its name may be there."""
    if effect.unless is not None:
        # What is taken for an extension's is another's where the folder has made one of its name.
        if all(slot.presence is ABSENT for _, slot in run.catalog.namesakes(effect.ref)):
            return None
        return run.apply((effect.unless,)) or SKIPPED
    if not run.judging:
        return None
    found = [slot for _, slot in run.catalog.namesakes(effect.ref)]
    if run.world is not None:
        opening.by_call(run, effect, found)
    if any(slot.presence is not ABSENT for slot in found):
        return None
    if not found and run.world is not None and run.world.is_to_come(effect.ref):
        used = Requires(effect.ref, True, "42883", Kind.FUNCTION, Verb.USE)
        return run.raised("42883", used, f"there is no function {effect.ref}")
    for slot in found:
        if isinstance(slot.definition, Routine):
            reason = f"function {effect.ref} is gone {run.since(slot)}"
            return run.raised("42883", effect, reason)
    return None


def validates(run: Pass, effect: Validates) -> Result:
    """A body's tables and columns: a first run that went through proves nothing of them, since who sets
    `check_function_bodies` off has no body analysed."""
    if not run.judging or run.in_body:
        return None
    if is_unchecked(run.catalog):
        return None
    for reading in effect.body:
        if isinstance(reading, Requires):
            result = _declared(run, reading)
            if result is not None:
                return result
            continue
        for table in reading.tables:
            query = reading if reading.alternates else None
            there = Requires(table, True, "42P01", Kind.TABLE, Verb.USE, query=query)
            result = _declared(run, there, is_made=table in effect.makes)
            if result is not None:
                return result
        found = run.resolve(reading.scope)
        for name, tables in found.missing:
            return requires(run, column_meant(run, name, tables))
        result = _meet(run, effect, found)
        for cast in types_read(reading.types):
            result = result or requires(run, cast)
        if result is not None:
            return result
    return None


def is_unchecked(catalog: Catalog) -> bool:
    """Whether bodies are not looked at when routines are made (`check_function_bodies`)."""
    found = catalog.recorded(UNCHECKED)
    return found is not None and found.presence is PRESENT


def _declared(run: Pass, needed: Requires, *, is_made: bool = False) -> Result:
    """What a body names has to be there. Of what nobody makes, a name without a schema is asked for; others
    may be those of a platform that brings its own."""
    ref = needed.ref
    slot = run.catalog.find(ref)
    if slot is not None and slot.presence is ABSENT:
        return requires(run, needed)
    if is_made and is_unmade(slot):
        reason = f"{ref} is made by the body itself, which is looked at before it runs"
        return run.raised(needed.otherwise, needed, reason)
    if run.world is None or not is_unmade(slot):
        return None
    is_own = ref.parent is None and ref.schema in _OWN and not is_system_name(ref.schema, ref.name)
    return requires(run, needed) if is_own or run.world.is_to_come(ref) else None


_OWN: Final = frozenset({None, "public"})


def _meet(run: Pass, effect: ReadsColumns | Validates, found: Resolved) -> Result:
    """Literals and columns have to be of the types of what they meet."""
    for meeting, column, other in found.met:
        refusal = refusal_of(run.catalog, meeting, column, other)
        if refusal is None:
            continue
        sqlstate, reason = refusal
        if run.judging:
            return run.raised(sqlstate, effect, reason)
        # The first run took it, so the column's type is another one than was believed.
        forget_type(run, column)
    return None


def forget_type(run: Pass, column: FoundColumn) -> None:
    """The type of a column is not known."""
    if column.table is None:
        return
    key = run.catalog.key(Ref(Space.COLUMN, column.name, None, column.table))
    slot = run.catalog.find_key(key) if key is not None else None
    if key is not None and slot is not None and slot.presence is PRESENT:
        unknown = Column(column.name, "", False, None, False, False)
        run.catalog.put(key, slot._replace(definition=unknown, certain=False))


def used(run: Pass, reading: Reading) -> Used:
    """What a query or an expression cannot do without, as `pg_depend` has it
    (`find_expr_references_walker`, src/backend/catalog/dependency.c)."""
    catalog = run.catalog
    columns = []
    has_names = reading.scope.asks or bool(reading.scope.targets)
    for table, name in run.resolve(reading.scope, stars=True).columns if has_names else ():
        key = catalog.key(Ref(Space.COLUMN, name, None, table))
        slot = catalog.find_key(key) if key is not None else None
        if slot is not None and slot.presence is PRESENT and slot.oid:
            columns.append(slot.oid)
    others = list(run.oids(reading.tables))
    others += [oid for name, call in reading.functions if (oid := _routine(run, name, call))]
    for ref in reading.types:
        others += named(run, ref)
    if reading.regclasses:
        # Few expressions have any.
        from idemlint.replay.guards.registered import registered

        for text in reading.regclasses:
            relation = registered(text, "regclass")
            others += named(run, relation) if relation is not None else ()
    if reading.groupings:
        from idemlint.replay.machine.objects.foreign_keys import keys_grouped_by

        others += keys_grouped_by(catalog, reading.groupings)
    return Used(tuple(dict.fromkeys(columns)), tuple(dict.fromkeys(others)))


def named(run: Pass, ref: Ref) -> tuple[int, ...]:
    """The identity of a type, a collation, an operator …, if it is known to be there."""
    catalog = run.catalog
    if ref.space is Space.OPERATOR:
        found = catalog.overloads(ref)
        return (found[0][1].oid,) if len(found) == 1 else ()
    slot = catalog.find(ref)
    if slot is None or not slot.maker:
        brought = _extension(run, ref.space, ref.name)
        if brought:
            return (brought,)
    return (slot.oid,) if slot is not None and slot.presence is PRESENT else ()


def _extension(run: Pass, space: Space, name: str) -> int:
    """The extension that a thing comes with, if it is known to be there."""
    home = extension_of(space, name)
    slot = run.catalog.find(Ref(Space.EXTENSION, home)) if home is not None else None
    return slot.oid if slot is not None and slot.presence is PRESENT else 0


def _routine(run: Pass, name: Name, call: Tree) -> int:
    """The routine that is called, if it can be told from its overloads; 0: it is PostgreSQL's own."""
    own = len(name) == 1 and functions.call(name) is not Call.UNKNOWN
    brought = extension_of(Space.ROUTINE, name[-1])
    if own and brought is None:
        return 0
    found = run.catalog.overloads(qualified(Space.ROUTINE, list(name)))
    if not found and brought is not None:
        return _extension(run, Space.ROUTINE, name[-1])
    if len(found) > 1:
        count = len(call.fields.get("args", ()))
        found = [(key, slot) for key, slot in found if _arity(key[2]) == count]
    return found[0][1].oid if len(found) == 1 else 0


def _arity(name: str) -> int:
    """How many arguments a signature has: `f(a,b)`."""
    _, _, arguments = name.rstrip(")").partition("(")
    return arguments.count(",") + 1 if arguments else 0


def given(run: Pass, effect: Creates) -> QueryDefinition | None:
    """The columns of a relation that is made by a query; `None`: they cannot be told."""
    if effect.reads is None or effect.gives is None:
        return None
    columns = outputs(run.catalog, effect.reads.scope)
    if columns is None or len(effect.gives) > len(columns):
        return None
    names = [each.name for each in columns]
    names[: len(effect.gives)] = effect.gives
    return QueryDefinition({name: each.type for name, each in zip(names, columns, strict=True)})
