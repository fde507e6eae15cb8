"""An UPDATE, run two times over one row: whether the second time makes anything else of it.

The row is not known: its columns are what they were (`terms`). Where a value or a condition depends on what
they are (CASE, COALESCE, OR), each way is gone, with what is known on that way (`truths`). On each, the row
is either found no more, or gets the same values once more, or it can be told that it does not, or it cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Again
from idemlint.replay.rewrites.evaluated import Row, Values
from idemlint.replay.rewrites.moved import moves_on
from idemlint.replay.rewrites.picked import picked
from idemlint.replay.rewrites.row_terms import Term, inside, uncast
from idemlint.replay.rewrites.truths import Facts
from idemlint.replay.rewrites.unstable import mentions_in, unstable_names
from idemlint.replay.rewrites.ways import Choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from idemlint.replay.rewrites.picked import Rewriting
    from idemlint.replay.rewrites.unstable import Unstable

#: Ways that are gone at most.
_MOST_WAYS: Final = 48
_TRUE: Final = frozenset({True})


class Second(NamedTuple):
    """What it comes to. `narrowed`: some rows are not found again for what it sets itself. `limited`: of the
    rows that there are it takes some. `asked`: what its columns are matters, and is not known."""

    again: Again
    why: str = ""
    narrowed: bool = False
    limited: bool = False
    asked: bool = False


def finds_none(rewriting: Rewriting, columns: Columns) -> bool:
    """Whether no row that it has changed is found again, and it has left none that it finds."""
    choices, unstable = Choices(), unstable_names(rewriting)
    for _ in range(_MOST_WAYS):
        found = _Way(rewriting, columns, choices, unstable).run()
        if not found.narrowed or found.limited:
            return False
        if not choices.another():
            return True
    return False


def changes(rewriting: Rewriting, given: Mapping[str, dict[str, Any]]) -> bool:
    """Whether a rewriting surely gives a row of these values (raw, by column) another one."""
    choices, unstable = Choices(), unstable_names(rewriting)
    for _ in range(_MOST_WAYS):
        if not _Way(rewriting, UNTOLD, choices, unstable).changes(given):
            return False
        if not choices.another():
            return True
    return False


class Columns(NamedTuple):
    """What is known of the columns: the type (empty: it is not known), and whether it is NOT NULL."""

    type_of: Callable[[str], str]
    is_there: Callable[[str], bool]


UNTOLD: Final = Columns(lambda name: "", lambda name: False)
_RANK: Final = {Again.SAME: 0, Again.UNKNOWN: 1, Again.VOLATILE: 2, Again.MOVES: 3}


def second_run(rewriting: Rewriting, columns: Columns = UNTOLD) -> Second:
    """Go all ways through an UPDATE that runs two times."""
    choices, unstable = Choices(), unstable_names(rewriting)
    worst = Second(Again.SAME)
    narrowed = limited = asked = False
    for _ in range(_MOST_WAYS):
        way = _Way(rewriting, columns, choices, unstable)
        found = way.run()
        narrowed |= found.narrowed
        limited |= found.limited
        asked |= found.asked
        if _RANK[found.again] > _RANK[worst.again]:
            worst = found
        if not choices.another():
            break
    else:
        if worst.again is Again.SAME:
            worst = Second(Again.UNKNOWN, "it has too many ways to give a value")
    return worst._replace(narrowed=narrowed, limited=limited, asked=asked)


class _Way:
    """One way through both runs."""

    def __init__(
        self, rewriting: Rewriting, columns: Columns, choices: Choices, unstable: Unstable
    ) -> None:
        self._of = rewriting
        self._asked = False
        self._columns = columns
        self._facts = Facts(self._type_of, columns.is_there)
        self._choices = choices.begun()
        self._written = frozenset(name for name, _ in rewriting.sets)
        self._unstable = unstable

    def _type_of(self, name: str) -> str:
        found = self._columns.type_of(name)
        self._asked |= not found
        return found

    def run(self) -> Second:
        conditions = picked(self._of)
        first = self._values({}, 1)
        for each in conditions.all:
            first.assume(first.of(each))
        new = {name: first.of(value) for name, value in self._of.sets}
        again = self._values(new, 2)
        is_found = True
        drifts = False
        for each in conditions.all:
            condition = again.of(each)
            drifts = drifts or _asks_others(condition)
            truth = self._facts.truth(condition)
            if True not in truth:
                if drifts:
                    break
                return Second(Again.SAME, "", True, conditions.limited, self._asked)
            is_found = is_found and truth == _TRUE
            self._facts.learn(condition, _TRUE)
        worst = Second(Again.SAME)
        if drifts:
            worst = Second(Again.UNKNOWN, "the WHERE reads the same table")
        for name, value in self._of.sets:
            found = self._compared(name, new, again.of(value), is_found=is_found)
            if _RANK[found.again] > _RANK[worst.again]:
                worst = found
        return worst._replace(limited=conditions.limited, asked=self._asked)

    def changes(self, given: Mapping[str, dict[str, Any]]) -> bool:
        """Whether the first run changes a row that has these values."""
        first = self._values({}, 1)
        new = {name: first.of(value) for name, value in given.items()}
        values = self._values(new, 1)
        for each in picked(self._of).all:
            if self._facts.truth(values.of(each)) != _TRUE:
                return False
        return any(
            name in new
            and True not in self._facts.truth(Term("is", "same", (new[name], values.of(value))))
            for name, value in self._of.sets
        )

    def _values(self, new: Mapping[str, Term], run: int) -> Values:
        row = Row(self._of.own, new, self._written, self._unstable, run)
        return Values(row, self._facts, self._choices, self._type_of)

    def _compared(
        self, name: str, new: Mapping[str, Term], value: Term, *, is_found: bool
    ) -> Second:
        """What the second value comes to beside the first."""
        before = new[name]
        if self._are_same(before, value):
            return Second(Again.SAME)
        if not is_found:
            return Second(Again.UNKNOWN, self._why_found(name))
        fresh = next(
            (each.name.split("#")[0] for each in inside(value) if each.head == "fresh"), None
        )
        if fresh is not None:
            return _of_fresh(fresh, name)
        others = sorted(self._written - {name})
        if moves_on(before, value, name, others):
            return Second(
                Again.MOVES, f"the new {name} is computed from the one the first run left"
            )
        if any(each.head == "column" and each.name in others for each in inside(before)):
            return Second(Again.UNKNOWN, "it reads a column that the same statement sets")
        return Second(Again.UNKNOWN, f"{name} is computed from itself")

    def _are_same(self, before: Term, value: Term) -> bool:
        one, other = uncast(before), uncast(value)
        if one == other and not any(each.head == "fresh" for each in inside(one)):
            return True
        if _settled(one) == _settled(other) and self._facts.nullness(before) is True:
            # What is NULL for sure is so whatever the moment.
            return True
        same = Term("is", "same", (before, value))
        return self._facts.truth(same) == _TRUE

    def _why_found(self, name: str) -> str:
        found = mentions_in(self._of.where)
        names, relations = found.names, found.relations
        own = self._of.own
        read = {each[-1] for each in names if len(each) == 1 or each[0] in own}
        if name in read:
            return f"the WHERE reads {name}, which it sets"
        if self._written & read:
            return "the WHERE reads a column that the statement sets"
        if own[0] in relations:
            return "the WHERE reads the same table"
        return "which rows it finds depends on what it changed itself"


def _asks_others(condition: Term) -> bool:
    """Whether other rows of the table decide whether this one is found: as they are by then. Where it asks
    that there is none, the rows that were changed only make it ask for fewer."""
    return condition.head != "not" and any(
        each.head == "fresh" and each.name.startswith("own rows") for each in inside(condition)
    )


def _settled(term: Term) -> Term:
    """Without what tells one moment from another."""
    if term.head == "fresh":
        return Term("fresh", term.name.split("#")[0])
    return Term(term.head, term.name, tuple(map(_settled, term.args)))


def _of_fresh(name: str, column: str) -> Second:
    if name == "own rows on":
        return Second(Again.MOVES, f"it moves {column} on from what the first run left")
    if name == "own rows":
        return Second(Again.UNKNOWN, f"{column} is computed from the same table")
    if name == "current time":
        return Second(Again.VOLATILE, "the current time is another one each time")
    if name.startswith("?"):
        return Second(Again.UNKNOWN, f"what {name[1:]}() gives the second time cannot be seen")
    return Second(Again.VOLATILE, f"{name}() gives another value each time")
