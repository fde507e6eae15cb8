"""What is granted to a role or belongs to it keeps the role from being dropped (`pg_shdepend`:
src/backend/catalog/pg_shdepend.c). Roles that no statement made are not followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Slot
from idemlint.replay.effects.access.privileges import PUBLIC
from idemlint.replay.machine.objects.drop import end
from idemlint.replay.machine.objects.needs import going

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.effects.vocabulary import Disowns, Entitles
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: All roles: it is always there. Its identity is below those that are given out.
_PUBLIC: Final = Slot(PRESENT, 5, Kind.ROLE, maker=1)
#: As keys of an object have it: whose it is, before what is granted to whom.
OWNER: Final = "@owner"


def entitles(run: Pass, effect: Entitles) -> Result:
    """A role may do something with an object, or no longer; or the object is its own."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    for role_ref in effect.roles:
        role = _PUBLIC if role_ref == PUBLIC else catalog.find(role_ref)
        if role is None or role.presence is not PRESENT or not role.maker:
            if effect.sort == OWNER:
                _put(run, effect, None)
            continue
        _put(run, effect, role)
    return None


def _put(run: Pass, effect: Entitles, role: Slot | None) -> None:
    catalog = run.catalog
    for holder in tuple(_objects(catalog, effect)):
        name = OWNER if effect.sort == OWNER or role is None else f"{effect.sort} {role.oid}"
        key: Key = (Space.FACET, holder, name)
        known = catalog.recorded(key)
        if role is None and known is None:
            continue
        if known is None and role is not None and effect.inside and not effect.revokes:
            _reaches(run, effect, role, holder)
        had = known.definition if known is not None and known.presence is PRESENT else frozenset()
        what = _changed(had, effect)
        oid = known.oid if known is not None else catalog.new_oid()
        owners = (holder,) if holder else ()
        presence = PRESENT if what and role is not None else ABSENT
        needs = (role.oid,) if role is not None and presence is PRESENT else ()
        catalog.put(key, Slot(presence, oid, None, what, owners, needs, catalog.statement))


def _reaches(run: Pass, effect: Entitles, role: Slot, holder: int) -> None:
    """GRANT … ON ALL … reaches what was made behind it, the second time, unless that has the privileges by
    ALTER DEFAULT PRIVILEGES: of PUBLIC and of a role that the folder makes, all of these are known."""
    catalog = run.catalog
    home, slot = catalog.key_of(holder), catalog.by_oid(holder)
    if home is None or slot is None or slot.maker <= catalog.statement:
        return
    if role is _PUBLIC and home[0] is Space.ROUTINE:
        # Who may execute a routine that nobody has granted anything on: all.
        return
    for place in (0, home[1]):
        default = catalog.recorded((Space.FACET, place, f"@default {role.oid}"))
        if default is not None and default.presence is PRESENT:
            return
    reason = f"it grants on {home[2].partition('(')[0]} as well, made since"
    run.candidate(reason, effect, holder, table_rows.rows_of(catalog, slot).epoch)


def _changed(had: frozenset[str], effect: Entitles) -> frozenset[str]:
    """The privileges that there are then; a table's, when they are revoked, with those of its columns."""
    if not effect.revokes:
        return had | frozenset(effect.what or ("all",))
    if not effect.what:
        return frozenset()
    return frozenset(each for each in had if each.partition("(")[0] not in effect.what)


def _objects(catalog: Catalog, effect: Entitles) -> Iterator[int]:
    if effect.ref is None:
        yield 0
        return
    slot = catalog.find(effect.ref)
    if slot is None or slot.presence is not PRESENT:
        return
    if not effect.inside:
        yield slot.oid
        return
    for (space, container, _), each in catalog.contents(slot.oid):
        held = container == slot.oid and space in _IN_SCHEMAS and each.presence is PRESENT
        if (
            held
            and each.kind is not None
            and each.kind.noun in effect.inside
            and catalog.alive(each)
        ):
            yield each.oid


#: Where what ALL … IN SCHEMA means lives.
_IN_SCHEMAS: Final = frozenset({Space.RELATION, Space.ROUTINE})


def disowns(run: Pass, effect: Disowns) -> Result:
    """DROP OWNED, REASSIGN OWNED: what belongs to a role is gone, or is another's; DROP OWNED takes back what
    is granted to it, too."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    to = catalog.find(effect.to) if effect.to is not None else None
    for ref in effect.roles:
        role = catalog.find(ref)
        if role is None or role.presence is not PRESENT:
            continue
        for key, slot in catalog.relying(role.oid):
            if role.oid not in slot.needs or slot.presence is not PRESENT:
                continue
            owned = catalog.key_of(key[1]) if key[2] == OWNER else None
            if effect.drops and owned is not None:
                holder = catalog.by_oid(key[1])
                if holder is not None:
                    end(catalog, going(catalog, [(owned, holder)], run.machine.postgres_version))
            elif effect.drops or owned is not None:
                needs = tuple(oid for oid in slot.needs if oid != role.oid)
                if owned is not None and to is not None and to.maker:
                    needs = (to.oid,)
                gone = key[0] is Space.FACET and not needs
                presence = ABSENT if gone else slot.presence
                catalog.put(key, slot._replace(needs=needs, presence=presence))
    return None
