"""Which rerun: a file is run once, and then again after its end, after a stop, or statement by statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.slots import ABSENT, PG_TEMP, PRESENT, UNKNOWN, Change, Key, Slot
from idemlint.replay.effects.vocabulary import Command, Deletes, Drops, Effect, Renames
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.replay.machine.run import Candidate, Hazard, Machine, Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.modes import Rerun

Program = tuple[Effect, ...]

#: How many statements all replays after a stop may run in one file; beyond it, stops are left out evenly.
_MOST_STEPS: Final = 40_000

_HOLDS_ROWS: Final = frozenset({Kind.TABLE, Kind.FOREIGN_TABLE})


@dataclass(slots=True)
class FileReplay:
    """What one file's reruns came to: per statement one outcome a mode, and hazards of its first run."""

    outcomes: list[dict[Rerun, Outcome]]
    hazards: list[tuple[int, Hazard]] = field(default_factory=list)


def replay_file(
    machine: Machine,
    programs: Sequence[Program],
    units: Sequence[int],
    modes: frozenset[str],
    first: int,
) -> FileReplay:
    """Run a file once over the catalog, which keeps what it leaves, and judge the reruns in `modes`.

    `first` is the number of the statement before the file's first one; `units` are what commits together.
    """
    catalog = machine.catalog
    machine.file_start = first
    result = FileReplay([{} for _ in programs])
    path = catalog.search_path
    stops = _stops(programs, units) if "interrupted" in modes else frozenset()
    hazards = len(machine.hazards)
    for index, program in enumerate(programs):
        catalog.statement = first + 1 + index
        machine.run(program)
        if "statement" in modes:
            # Right after itself: in the same session.
            here = catalog.search_path
            result.outcomes[index]["statement"] = _rerun(
                machine, programs, [index], "statement", first, here
            )[index]
            catalog.search_path = here
        if index in stops:
            here = catalog.search_path
            found = _rerun(machine, programs, range(index + 1), "interrupted", first, path)
            _keep_worst(result.outcomes, found, "interrupted")
            catalog.search_path = here
    for hazard in machine.hazards[hazards:]:
        result.hazards.append((hazard.statement - first - 1, hazard))
    del machine.hazards[hazards:]
    catalog.search_path = path
    if "file" in modes:
        found = _rerun(machine, programs, range(len(programs)), "file", first, path)
        _keep_worst(result.outcomes, found, "file")
    if "interrupted" in modes:
        _where_not_interrupted(result.outcomes, units)
    catalog.search_path = path
    return result


def replay_folder(
    machine: Machine, files: Sequence[Sequence[Program]], path: tuple[str, ...]
) -> list[list[Outcome]]:
    """All files again, over what all of them left: a lost journal, a database made by hand.

    They were run in this order before, numbered from 1 through; each begins a session of its own.
    """
    programs = [program for file in files for program in file]
    starts: list[int] = []
    for file in files:
        starts.append(starts[-1] + len(file) if starts else len(file))
    # Numbers are the folder's here, not a file's.
    machine.file_start = 0
    machine.in_folder = True
    found = _rerun(machine, programs, range(len(programs)), "folder", 0, path, frozenset(starts))
    outcomes = [found[index] for index in range(len(programs))]
    return [outcomes[end - len(file) : end] for file, end in zip(files, starts, strict=True)]


def _keep_worst(
    outcomes: list[dict[Rerun, Outcome]], found: dict[int, Outcome], mode: Rerun
) -> None:
    for index, outcome in found.items():
        before = outcomes[index].get(mode)
        if before is None or outcome.verdict.rank > before.verdict.rank:
            outcomes[index][mode] = outcome


def _where_not_interrupted(outcomes: list[dict[Rerun, Outcome]], units: Sequence[int]) -> None:
    """A stop inside the file's only unit leaves nothing behind; other stops that were not looked at are
    those after which a rerun does what it does after the end."""
    several = len(set(units)) > 1
    for each in outcomes:
        if "interrupted" in each:
            continue
        whole = each.get("file")
        if not several or whole is None:
            reason = "the file is one transaction: a stop leaves nothing of it"
            each["interrupted"] = Outcome(Verdict.NOT_APPLICABLE, "interrupted", reason)
        else:
            each["interrupted"] = whole._replace(rerun="interrupted")


def _stops(programs: Sequence[Program], units: Sequence[int]) -> frozenset[int]:
    """The statements after which a stop tells more than the file's end: those that border on one that
    destroys, moved to the end of their unit."""
    last_of_unit = {unit: index for index, unit in enumerate(units)}
    if len(last_of_unit) <= 1:
        return frozenset()
    stops: set[int] = set()
    for index, program in enumerate(programs):
        if any(_destroys(effect) for effect in program):
            for candidate in (index - 1, index):
                if candidate >= 0:
                    stops.add(last_of_unit[units[candidate]])
    stops.discard(len(programs) - 1)
    most = max(1, _MOST_STEPS // max(1, len(programs)))
    ordered = sorted(stops)
    if len(ordered) > most:
        step = len(ordered) / most
        ordered = [ordered[int(number * step)] for number in range(most)]
    return frozenset(ordered)


def _destroys(effect: Effect) -> bool:
    if isinstance(effect, Command):
        return any(_destroys(inner) for inner in effect.effects)
    return isinstance(effect, (Drops, Renames, Deletes))


def _rerun(
    machine: Machine,
    programs: Sequence[Program],
    indexes: Sequence[int],
    mode: Rerun,
    first: int,
    path: tuple[str, ...],
    sessions: frozenset[int] = frozenset(),
) -> dict[int, Outcome]:
    """Run statements again, judge each, and undo it all.

    It is a new session, unless a statement runs again right after itself.

    `sessions` are the statements that begin one more session.
    """
    catalog = machine.catalog
    mark = catalog.mark()
    catalog.statement = 0
    if mode != "statement":
        catalog.new_session()
    catalog.search_path = path
    machine.restarted.clear()
    machine.copied.clear()
    begun = catalog.mark()
    fresh = machine.fresh = catalog.new_oid()
    machine.judging = True
    outcomes: dict[int, Outcome] = {}
    machine.candidates.clear()
    savepoints, machine.savepoints = machine.savepoints, {}
    for index in indexes:
        if index in sessions:
            catalog.new_session()
            catalog.search_path = path
        catalog.statement = first + 1 + index
        machine.doubts.clear()
        result = machine.run(programs[index])
        if isinstance(result, Raised):
            outcomes[index] = Outcome(
                Verdict.FAILS,
                mode,
                result.reason,
                result.sqlstate,
                result.effect,
                result.span,
                result.leaf,
                result.passed,
            )
            continue
        if machine.doubts:
            doubt = machine.doubts[0]
            outcomes[index] = Outcome(
                Verdict.UNKNOWN, mode, doubt.reason, None, doubt.effect, doubt.span, doubt.leaf
            )
        else:
            outcomes[index] = Outcome(Verdict.SAFE, mode)
    machine.judging = False
    for number, outcome in _repeated(machine, begun, fresh, machine.candidates, mode).items():
        index = number - first - 1
        before = outcomes.get(index)
        if before is not None and outcome.verdict.rank > before.verdict.rank:
            outcomes[index] = outcome
    catalog.rollback(mark)
    machine.savepoints = savepoints
    return outcomes


def _repeated(
    machine: Machine, begun: int, fresh: int, candidates: list[Candidate], mode: Rerun
) -> dict[int, Outcome]:
    """What the rerun changed that is still changed when it ends, by the statement that changed it."""
    catalog = machine.catalog
    found: dict[int, Outcome] = {}
    for each in candidates:
        if _lasts(machine, each):
            found.setdefault(
                each.statement,
                Outcome(
                    Verdict.REPEATS, mode, each.reason, None, each.effect, each.span, each.leaf
                ),
            )
    before: dict[Key, Slot | None] = {}
    changed_by: dict[Key, Change] = {}
    killed_by: dict[int, Change] = {}
    for change in catalog.changes(begun):
        if change.key is None:
            killed_by[change.oid] = change
            continue
        before.setdefault(change.key, change.before)
        changed_by[change.key] = change
    for key, old in before.items():
        if key[1] >= fresh or catalog.is_dead(key[1]) or table_rows.is_internal(key):
            continue
        if key[1] == PG_TEMP:
            # It ends with the session.
            continue
        reason = _difference(machine, key, old, begun, fresh)
        if reason:
            change = changed_by[key]
            if old is not None and old.oid in killed_by:
                change = killed_by[old.oid]
            effect, span, leaf = change.cause
            found.setdefault(
                change.statement, Outcome(Verdict.REPEATS, mode, reason, None, effect, span, leaf)
            )
            new = catalog.slot(key)
            if isinstance(effect, Renames) or (new is not None and new.presence is ABSENT):
                # Who renamed what was there before is as much to blame.
                _blame_renames(catalog.changes(begun), key, reason, mode, found)
    return found


def _blame_renames(
    changes: list[Change], key: Key, reason: str, mode: Rerun, found: dict[int, Outcome]
) -> None:
    for change in changes:
        effect = change.cause[0] if change.key == key and change.cause else None
        if isinstance(effect, Renames):
            _, span, leaf = change.cause
            found.setdefault(
                change.statement, Outcome(Verdict.REPEATS, mode, reason, None, effect, span, leaf)
            )


def _lasts(machine: Machine, each: Candidate) -> bool:
    if not each.oid:
        return True
    catalog = machine.catalog
    table, key = catalog.by_oid(each.oid), catalog.key_of(each.oid)
    if table is None or table.presence is not PRESENT or catalog.is_dead(each.oid):
        return False
    if key is not None and key[1] == PG_TEMP:
        return False
    return table_rows.rows_of(catalog, table).epoch == each.epoch


def _difference(machine: Machine, key: Key, old: Slot | None, begun: int, fresh: int) -> str:
    """How a name differs from what it was when the rerun began; empty where it does not."""
    catalog = machine.catalog
    new = catalog.slot(key)
    if new is None or new.presence is UNKNOWN or new.definition is BY_PRODUCT:
        return ""
    noun = new.kind.noun if new.kind is not None else key[0].value
    there = old is not None and old.presence is PRESENT and catalog.alive(old, begun)
    if new.presence is PRESENT:
        if not there:
            made = new.maker > machine.file_start
            unknown = old is not None and old.presence is UNKNOWN
            return f"it makes one more {noun}, {key[2]}" if made and not unknown else ""
        assert old is not None
        if new.oid == old.oid:
            return ""
        if not catalog.is_dead(old.oid):
            # Two that were there both before: one took the other's name.
            swapped = new.oid < fresh and catalog.key_of(old.oid) is not None
            return f"{noun} {key[2]} is another one than after the first run" if swapped else ""
        if new.kind not in _HOLDS_ROWS or key[0] is not Space.RELATION:
            return ""
        if old.oid in machine.copied:
            return ""
        return f"{noun} {key[2]} is dropped and made again: its rows are gone"
    if new.presence is ABSENT and there:
        return f"{noun} {key[2]} is there after the first run and gone after the rerun"
    return ""
