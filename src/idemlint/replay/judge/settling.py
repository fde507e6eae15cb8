"""Replays, until nothing of ours fails in them.

A statement in which something fails is blamed: nothing is known of it from then on, and all runs again with
that, so that the others are judged as they would be beside a statement that cannot be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from idemlint.replay.effects.vocabulary import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.faults import Noted
    from idemlint.replay.judge.rerun import Program

_Found = TypeVar("_Found")

#: What fails in a statement is found in one replay; what fails between statements in one for each.
_ATTEMPTS: Final = 10
#: Stands for a statement while it is sought who is to blame.
_LEFT_OUT: Final = (Opaque("it is left out"),)


def settled(
    replay: Callable[[Sequence[Program]], _Found],
    programs: Sequence[Program],
    blame: Callable[[int, Exception], Program],
    *,
    take_back: Callable[[], None],
    faults: Noted[int],
    first: int = 0,
) -> _Found | Exception:
    """What `replay` gives of these programs, or of those that `blame` puts in the place of some.

    `replay` leaves nothing where it raises, and `take_back` undoes one that went through. `faults` are what
    it notes meanwhile, by statement number; `first` is the number before theirs. `blame` is told what
    fails, by index. Returns an error that stayed, whoever was blamed.
    """
    programs = list(programs)
    last: Exception = RuntimeError("it does not come to an end")
    for _ in range(_ATTEMPTS):
        faults.clear()
        try:
            found = replay(programs)
        except Exception as error:
            last = error
            guilty = _guilty(replay, take_back, programs)
            if guilty is None:
                return error
            failed: dict[int, Exception] = {guilty: error}
        else:
            if not faults:
                return found
            failed = {number - first - 1: error for number, error in faults.items()}
            take_back()
        for index, why in failed.items():
            programs[index] = blame(index, why)
    return last


def _guilty(
    replay: Callable[[Sequence[Program]], object],
    take_back: Callable[[], None],
    programs: Sequence[Program],
) -> int | None:
    """The statement with which an error goes that none was carried out in; `None`: none does.

    Without the statements up to it the replay goes through, without those before it it does not.
    """

    def goes_through(left_out: int) -> bool:
        try:
            replay([_LEFT_OUT] * left_out + list(programs[left_out:]))
        except Exception:
            return False
        take_back()
        return True

    if not programs or not goes_through(len(programs)):
        return None
    low, high = 0, len(programs)
    while high - low > 1:
        middle = (low + high) // 2
        if goes_through(middle):
            high = middle
        else:
            low = middle
    return low
