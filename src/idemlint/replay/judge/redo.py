"""Rolled back, and run again: up, down, up. Does the down run, does it undo, does the up run afterwards?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space, in_words
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import PRESENT, UNKNOWN
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import SKIP, Opaque, Requires, Retypes, Updates, Verb
from idemlint.replay.judge.lasting import repeated
from idemlint.replay.judge.left_behind import Rollback, leavings
from idemlint.replay.judge.rerun import FileReplay, ends_of, outcome_of
from idemlint.replay.judge.verdict import Outcome, Verdict, safe
from idemlint.replay.machine.run import Pass

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from idemlint.modes import Half
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.slots import Mark
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.left_behind import Leaving
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.machine.run import Machine

#: Where what others made shows, who worked on the database before: extensions bring what they like.
_OF_OTHERS: Final = frozenset({Space.RELATION, Space.EXTENSION, Space.SCHEMA})
#: Up to here identities are of what every database has.
_BUILTIN: Final = Catalog().last_oid


def replay_redo(
    machine: Machine,
    programs: Sequence[Program],
    units: Sequence[int],
    ups: int,
    first: int,
    lacks: str = "",
) -> FileReplay:
    """Run a file once over the machine's state, which keeps what it leaves; then judge what rolls it back,
    and the file after that. Both go on after errors, and nothing is left of either.

    The first `ups` of the programs are the file, the others what rolls it back; they are numbered from
    `first` + 1 on. `lacks` says why it is never rolled back, where it is not.
    """
    state = machine.state
    catalog = state.catalog
    up, down = programs[:ups], programs[ups:]
    ends = ends_of(state, units[:ups]), ends_of(state, units[ups:])
    begun = catalog.mark()
    state.begin_file()
    run = Pass(machine, judging=False, file_start=first)
    for index, program in enumerate(up):
        run.statement(first + 1 + index, program)
        if index in ends[0]:
            state.end_unit()
    state.end_file()
    hazards = [(hazard.statement - first - 1, hazard) for hazard in run.hazards]
    if lacks:
        never = Outcome(Verdict.NOT_APPLICABLE, "redo", lacks, half="up")
        return FileReplay(
            [{"redo": never} for _ in up], hazards, Rollback(is_empty=True, lacks=lacks)
        )
    mark = state.mark()
    ran, fresh = catalog.mark(), catalog.new_oid()
    rolled = _half(machine, down, ends[1], "down", first, first + ups)
    hidden = any(map(_hides, down))
    left = () if hidden else tuple(_blamed(machine, begun, down, rolled, first, ups))
    redone = _half(machine, up, ends[0], "up", first, first, fresh, ran)
    if hidden:
        redone = list(map(_doubted, redone))
    written = {_bare(each) for program in down for each in _written(program)}
    redone = [_put_back(each, written) for each in redone]
    state.rollback(mark)
    return FileReplay(
        [{"redo": each} for each in (*redone, *rolled)], hazards, Rollback(left, not down)
    )


def _half(
    machine: Machine,
    programs: Sequence[Program],
    ends: frozenset[int],
    half: Half,
    file_start: int,
    before: int,
    fresh: int = 0,
    ran: Mark | None = None,
) -> list[Outcome]:
    """Judge one half in a session of its own; the state keeps what it does. Its statements have the numbers
    behind `before`. What it does once more is told by what there was at the mark `ran`, if one is
    given; what has an identity from `fresh` on was none of that."""
    state = machine.state
    state.catalog.statement, state.catalog.cause = 0, None
    state.begin_session()
    run = Pass(machine, judging=True, file_start=file_start)
    run.fresh = fresh or run.fresh
    found: list[Outcome] = []
    for index, program in enumerate(programs):
        unheard = list(_unheard(machine.catalog, program)) if half == "down" else ()
        result = run.statement(before + 1 + index, program)
        outcome = outcome_of(run, result, "redo")
        if outcome.verdict is Verdict.UNKNOWN and outcome.effect in unheard:
            outcome = _never_made(machine, outcome)
        is_safe = outcome.verdict is Verdict.SAFE
        found.append(safe("redo", half) if is_safe else outcome._replace(half=half))
        if index in ends:
            state.end_unit()
    if ran is not None:
        for number, outcome in repeated(run, ran, "redo").items():
            index = number - before - 1
            if 0 <= index < len(found) and outcome.verdict.rank > found[index].verdict.rank:
                found[index] = outcome._replace(half=half)
    return found


def _unheard(catalog: Catalog, program: Program) -> Iterator[Effect]:
    """What a statement wants to drop and nobody has ever heard of; in an object, that is one that somebody so
    far has made."""
    for each in flat(program):
        if isinstance(each, Requires) and each.verb is Verb.DROP and each.otherwise != SKIP:
            slot = catalog.find(each.ref)
            holder = catalog.find(each.ref.parent) if each.ref.parent is not None else None
            is_known = slot is not None and (slot.presence is not UNKNOWN or slot.maker)
            is_outside = each.ref.parent is not None and (
                holder is None or holder.presence is not PRESENT or not holder.maker
            )
            if not is_known and not is_outside:
                yield each


def _never_made(machine: Machine, outcome: Outcome) -> Outcome:
    """What nobody has ever heard of is surely missing, where what ran so far shows all that was made."""
    effect = outcome.effect
    assert isinstance(effect, Requires)
    if not _shows_all(machine):
        return outcome
    reason = f"nothing so far has made {in_words(effect.kind, effect.ref)}"
    return outcome._replace(verdict=Verdict.FAILS, sqlstate=effect.otherwise, reason=reason)


def _shows_all(machine: Machine) -> bool:
    """Whether what ran so far was all that ever ran on this database, as far as anybody can tell: it has used
    nothing that others made, and nothing that nobody can follow."""
    if machine.state.is_open:
        return False
    for key, slot in machine.catalog.slots.items():
        is_there = key[0] in _OF_OTHERS and slot.presence is PRESENT and slot.oid > _BUILTIN
        if is_there and (not slot.maker or key[0] is Space.EXTENSION):
            return False
    return True


def _hides(program: Program) -> bool:
    """Whether a statement may do anything, so that nothing is told of what is there after it."""
    return any(isinstance(each, Opaque) for each in flat(program))


def _doubted(outcome: Outcome) -> Outcome:
    """The same, where a rollback may have taken anything: what is in the way may be gone."""
    effect = outcome.effect
    if outcome.verdict is not Verdict.FAILS or not isinstance(effect, Requires) or effect.want:
        return outcome
    reason = f"whether the rollback takes {in_words(effect.kind, effect.ref)} cannot be told"
    return outcome._replace(verdict=Verdict.UNKNOWN, sqlstate=None, reason=reason)


def _written(program: Program) -> Iterator[Ref]:
    """The tables whose rows a statement gives other values."""
    for each in flat(program):
        if isinstance(each, Updates):
            yield each.table
        elif isinstance(each, Retypes) and each.ref.parent is not None:
            yield each.ref.parent


def _put_back(outcome: Outcome, written: Container[Ref]) -> Outcome:
    """The same, where the rollback writes the very table that is written once more: it is there to put its
    values back."""
    effect = outcome.effect
    if outcome.verdict is not Verdict.REPEATS or not isinstance(effect, Updates):
        return outcome
    if _bare(effect.table) not in written:
        return outcome
    reason = f"whether the rollback puts back the values of {effect.table} cannot be told"
    return outcome._replace(verdict=Verdict.UNKNOWN, reason=reason)


def _blamed(
    machine: Machine,
    begun: Mark,
    down: Sequence[Program],
    outcomes: Sequence[Outcome],
    first: int,
    ups: int,
) -> Iterator[tuple[int, Leaving]]:
    """What the rollback leaves and loses, by index: what a statement of it wanted to take and did not, is
    that one's; the others are told of who made them or took them."""
    failing = {
        ref: ups + index
        for index, (program, outcome) in enumerate(zip(down, outcomes, strict=True))
        if outcome.verdict is Verdict.FAILS
        for ref in _named(program)
    }
    for number, leaving in leavings(machine.catalog, begun, first, first + ups):
        if not number:
            continue
        index = number - first - 1
        yield failing.get(_bare(leaving.ref), index), leaving


def _named(program: Program) -> Iterator[Ref]:
    for effect in flat(program):
        ref = getattr(effect, "ref", None)
        if ref is not None:
            yield _bare(ref)


def _bare(ref: Ref) -> Ref:
    """A name without where it is looked for."""
    parent = None if ref.parent is None else _bare(ref.parent)
    return ref._replace(schema=None, signature=None, parent=parent)
