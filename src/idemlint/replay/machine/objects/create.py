"""CREATE: a name is taken, and what comes with the thing takes names too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Key, Slot
from idemlint.replay.machine.requirements import place
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import Creates, CreatesUnnamed
    from idemlint.replay.machine.objects.dependencies import Bound
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result
    from idemlint.replay.queries.columns import QueryDefinition


def creates(run: Pass, effect: Creates) -> Result:
    """A name is taken; OR REPLACE leaves the thing who it is."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    key = catalog.key(place(run, effect))
    if key is None:
        return None
    bound = _bound(run, effect)
    if isinstance(bound, Raised):
        return bound
    owners, needs = bound
    definition = effect.definition if effect.gives is None else _given(run, effect)
    if run.world is not None and isinstance(definition, (TableDefinition, Column)):
        # Only a first run meets what is amiss in the statement itself.
        from idemlint.replay.machine.objects import own_faults

        checked = own_faults.checked(run, effect, definition)
        if isinstance(checked, Raised):
            return checked
        definition = checked
    existing = catalog.slot(key)
    if key[0] is Space.ROUTINE:
        from idemlint.replay.machine.objects import replace

        definition = replace.as_made(catalog, definition)
        if effect.replaces and (refused := replace.refused(run, effect, existing, definition)):
            return refused
    for source in run.oids(effect.copies):
        run.copied.add(source)
    if effect.replaces and existing is not None and existing.presence is PRESENT:
        if effect.kind is Kind.VIEW and existing.kind not in {None, Kind.VIEW} and run.judging:
            noun = existing.kind.noun if existing.kind else "relation"
            return run.raised("42809", effect, f"{effect.ref} is a {noun}")
        if run.judging and effect.gives is not None and definition is not None:
            from idemlint.replay.queries.replaced import other_columns

            differs = other_columns(catalog, existing, definition)
            if differs is not None:
                return run.raised("42P16", effect, differs)
        slot = existing._replace(
            kind=effect.kind, needs=needs, maker=catalog.statement, definition=definition
        )
        catalog.put(key, slot)
        return None
    oid = _put_new(run, key, effect.kind, definition, owners, needs)
    if key[0] is Space.MEMBER:
        catalog.families.setdefault(key[1], {})[key[2]] = None
    elif run.world is not None and key[0] is Space.COLUMN:
        from idemlint.replay.machine.objects.taken_over import hand_down

        hand_down(run, effect, key)
    if effect.kind is Kind.TABLE and effect.gives is not None and definition is not None:
        from idemlint.replay.machine.objects.dependencies import bind_columns

        bind_columns(run, oid, definition.types)
    if isinstance(definition, Column) and definition.default is not None:
        from idemlint.replay.machine.objects import defaults

        defaults.keep(run, oid, definition)
    if isinstance(definition, TableDefinition):
        return _brings(run, effect, key, oid, definition)
    return None


def _bound(run: Pass, effect: Creates | CreatesUnnamed) -> Bound | Raised:
    plain = effect.reads is None and effect.kind.space is not Space.ROUTINE
    if plain and not isinstance(effect.definition, (Column, ForeignKey)):
        return run.oids(effect.owners), run.oids(effect.needs)
    # Most tables, types, indexes have no expression.
    from idemlint.replay.machine.objects.dependencies import bound

    return bound(run, effect)


def _given(run: Pass, effect: Creates) -> QueryDefinition | None:
    from idemlint.replay.machine.parse_analysis import given

    return given(run, effect)


def _brings(run: Pass, effect: Creates, key: Key, oid: int, definition: TableDefinition) -> Result:
    """A table comes with sequences and indexes; a chosen name gets a number where it is taken."""
    catalog = run.catalog
    for each in definition.by_products():
        name = each.name
        relation: Key = (Space.RELATION, key[1], name)
        if each.base is None and run.judging and not _free(run, relation):
            return run.raised("42P07", effect, f"relation {name} exists")
        number = 0
        while each.base is not None and (
            not _free(run, relation) or (number and name in definition.constraints)
        ):
            number += 1
            name = each.base.numbered(number)
            relation = (Space.RELATION, key[1], name)
        inner: Key = (each.of_space, oid, each.of)
        of = catalog.find_key(inner)
        if of is None:
            continue
        if number and each.is_index:
            # That the table has a primary key hangs on this one, whatever its name.
            catalog.find_key((Space.FACET, oid, "primary key"))
            catalog.put(inner, Slot(ABSENT, catalog.new_oid(), maker=catalog.statement))
            catalog.put((each.of_space, oid, name), of)
        owners = (of.oid, oid, *of.owners)
        if not each.is_index:
            identity = catalog.find_key((Space.FACET, oid, f"identity:{each.of}"))
            if identity is not None and identity.presence is PRESENT:
                owners = (identity.oid, *owners)
        kind = Kind.INDEX if each.is_index else Kind.SEQUENCE
        _put_new(run, relation, kind, BY_PRODUCT, owners, ())
    if definition.foreign_keys():
        from idemlint.replay.machine.objects.foreign_keys import bind_inline

        return bind_inline(run, effect, oid, definition)
    return None


def _put_new(
    run: Pass,
    key: Key,
    kind: Kind,
    definition: object,
    owners: tuple[int, ...],
    needs: tuple[int, ...],
) -> int:
    catalog = run.catalog
    oid = catalog.new_oid()
    slot = Slot(PRESENT, oid, kind, definition, owners, needs, catalog.statement, not run.uncertain)
    catalog.put(key, slot)
    if isinstance(definition, IndexDefinition):
        table = key[1] if key[0] is Space.CONSTRAINT else (owners[0] if owners else 0)
        home = catalog.key_of(table)
        # Of a table that nobody has made, only columns may be known.
        if home is not None and home[0] is Space.RELATION:
            table_rows.remember_key(catalog, table, oid, definition)
    return oid


def creates_unnamed(run: Pass, effect: CreatesUnnamed) -> Result:
    """PostgreSQL chooses the name: the first one that is free."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    table_key = catalog.key(effect.table)
    table = catalog.find(effect.table)
    if table_key is None or table is None or table.presence is ABSENT:
        return None
    bound = _bound(run, effect)
    if isinstance(bound, Raised):
        return bound
    owners, needs = bound
    is_index = isinstance(effect.definition, IndexDefinition)
    keys = _chosen(run, effect, table_key, table, is_index=is_index)
    oid = 0
    for key in keys:
        kind = effect.kind
        if kind is Kind.CONSTRAINT and key[0] is Space.RELATION:
            kind = Kind.INDEX
        of = owners if not oid else (oid, table.oid, *owners)
        oid = _put_new(run, key, kind, effect.definition, of, needs)
    return None


def _chosen(
    run: Pass, effect: CreatesUnnamed, table_key: Key, table: Slot, *, is_index: bool
) -> list[Key]:
    """The first name that is free, in every namespace that the object needs it in."""
    taken = run.catalog.taken_numbers
    base = (effect.kind, effect.base.parts, table_key[1], table.oid, is_index)
    number = taken.first(base)
    while True:
        name = effect.base.numbered(number)
        keys: list[Key] = []
        if effect.kind is Kind.CONSTRAINT:
            keys.append((Space.CONSTRAINT, table.oid, name))
            if is_index:
                keys.append((Space.RELATION, table_key[1], name))
        else:
            keys.append((effect.kind.space, table_key[1], name))
        in_the_way = [key for key in keys if not _free(run, key)]
        if not in_the_way:
            return keys
        taken.taken(base, number, in_the_way)
        number += 1


def _free(run: Pass, key: Key) -> bool:
    slot = run.catalog.slot(key)
    if slot is None and key[0] is Space.CONSTRAINT:
        slot = run.catalog.find_key(key)
    return slot is None or slot.presence is not PRESENT
