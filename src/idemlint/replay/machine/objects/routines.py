"""Which routine a statement means that names one: by its arguments, or by its name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.datatype import PERCENT_TYPE
from idemlint.replay.catalog.routine import Routine, resolved_all, signature_in, types_in
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Slot
from idemlint.replay.effects.vocabulary import Requires, Verb

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.effects.vocabulary import Drops, Renames
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Raised

#: The first version that takes no notice of procedures where a function's name alone is given, and the
#: other way round (`LookupFuncNameInternal`, src/backend/parser/parse_func.c).
_TELLS_KINDS_APART: Final = 14


def looked_for(run: Pass, effect: Requires) -> Slot | Raised | None:
    """What is there of a routine that has to be there, or must not; or the error of asking that way."""
    ref, beside = effect.ref, effect.beside
    if effect.want:
        return _meant(run, effect)
    if ref.signature is None and beside is not None:
        # A new name: the arguments are those of the routine that gets it.
        found = named(run, beside, effect.kind)
        ref = ref._replace(signature=signature_in(found[0][0]) if found else "?")
    return run.catalog.find(run.catalog.place(ref, beside))


def _meant(run: Pass, effect: Requires) -> Slot | Raised | None:
    """What a reference names, or the error that it raises while judging: there are several (42725), or it
    is of another kind (42809).

    `LookupFuncWithArgs` (src/backend/parser/parse_func.c); IF EXISTS keeps none of the two away.
    """
    ref, kind = effect.ref, effect.kind
    found = named(run, ref, kind)
    if not found:
        return _none(run, ref, kind)
    if not run.judging:
        return found[0][1]
    unnamed = [each for each in found if signature_in(each[0]) == "?"]
    if len(found) - len(unnamed) > 1:
        others = ", ".join(key[2] for key, _ in found)
        reason = f"there are several routines named {ref.name}: {others}"
        return run.raised("42725", effect._replace(verb=Verb.MEAN), reason)
    if len(found) > 1:
        run.doubt(
            f"whether {found[-1][0][2]} is the only {ref.name} cannot be told", effect, "42725"
        )
    slot = found[-1][1]
    if slot.kind is not None and not _may_be(effect, slot.kind):
        noun = slot.kind.noun
        reason = f"{ref} is {'an' if noun[0] == 'a' else 'a'} {noun}, not a {kind.noun}"
        return run.raised("42809", effect._replace(verb=Verb.MEAN), f"{reason} {run.since(slot)}")
    return slot


def missing_type(run: Pass, ref: Ref) -> Requires | None:
    """The first type that a routine is named by and that is surely not there: it is looked for before the
    routine is (`LookupFuncWithArgs`, src/backend/parser/parse_func.c)."""
    for path in types_in(ref.signature or ""):
        if path.endswith(PERCENT_TYPE):
            continue
        schema, _, name = path.rpartition(".")
        needed = Ref(Space.TYPE, name, schema or None)
        slot = run.catalog.find(needed)
        if slot is not None and slot.maker:
            is_gone = slot.presence is ABSENT
        else:
            is_gone = run.world is not None and run.world.is_to_come(needed)
        if is_gone:
            return Requires(needed, True, "42704", Kind.TYPE, Verb.USE)
    return None


#: Kinds whose parameters may be told with those that only give back.
_WITH_OUT: Final = frozenset({Kind.PROCEDURE, Kind.ROUTINE})


def _none(run: Pass, ref: Ref, kind: Kind) -> Slot | None:
    """What is known where there is none: by a name alone, those that do not count are none."""
    if ref.signature is None and run.catalog.overloads(ref):
        return Slot(ABSENT, 0)
    known = run.catalog.find(ref)
    if known is None and ref.signature is not None and kind in _WITH_OUT:
        gone = _with_out(run, ref, kind, run.catalog.namesakes(ref))
        return gone[0][1] if gone else None
    return known


def named(run: Pass, ref: Ref, kind: Kind) -> list[tuple[Key, Slot]]:
    """The routines that are there and that a reference may mean."""
    catalog = run.catalog
    if ref.signature is None:
        overloads = catalog.overloads(ref)
        if run.machine.postgres_version < _TELLS_KINDS_APART:
            return overloads
        return [each for each in overloads if _counts(kind, each[1].kind)]
    key = catalog.key(ref)
    slot = catalog.slot(key) if key is not None else None
    found = []
    if key is not None and slot is not None and slot.presence is PRESENT:
        found.append((key, slot))
    if kind not in _WITH_OUT:
        return found
    others = _with_out(run, ref, kind, catalog.overloads(ref))
    return found + [each for each in others if each[0] != key]


def _with_out(
    run: Pass, ref: Ref, kind: Kind, among: list[tuple[Key, Slot]]
) -> list[tuple[Key, Slot]]:
    """The procedures whose parameters are these, if those that only give back are counted (PostgreSQL 14
    and later)."""
    if kind not in _WITH_OUT or not among or not ref.signature:
        return []
    every = tuple(resolved_all(run.catalog, ref.signature).split(","))
    return [
        each
        for each in among
        if isinstance(each[1].definition, Routine)
        and each[1].kind is Kind.PROCEDURE
        and each[1].definition.every == every
        and signature_in(each[0]) != ",".join(every)
    ]


def _counts(asked: Kind, there: Kind | None) -> bool:
    """Whether a routine is looked at where a name alone is given."""
    if asked is Kind.ROUTINE or there in {None, Kind.ROUTINE}:
        return True
    return (asked is Kind.PROCEDURE) is (there is Kind.PROCEDURE)


def _may_be(effect: Requires, there: Kind) -> bool:
    """Whether a statement takes a routine of that kind; most take an aggregate for a function."""
    asked = effect.kind
    if there is Kind.AGGREGATE and effect.wrong_kind is not None:
        return asked is Kind.AGGREGATE
    if asked is there or Kind.ROUTINE in {asked, there}:
        return True
    return asked is Kind.FUNCTION and there is Kind.AGGREGATE


def key_of(run: Pass, effect: Drops | Renames) -> Key | None:
    """The key of the routine that is meant, which has been required before."""
    found = named(run, effect.ref, effect.kind)
    return found[0][0] if found else run.catalog.key(effect.ref)
