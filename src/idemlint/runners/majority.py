"""One folder, one runner: whose the files are that one journal orders.

Each file has an opinion of its own (`detector`). Plain SQL is evidence for nobody, and one comment is
little: the files that are marked decide by their majority, and what stands around the folder (a journal,
a configuration file, a manifest that names the tool) is stronger than marks, unless all files bear the
same one. A name is a custom: customs decide where they are those of half the numbered files.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from idemlint.runners.detector import Opinion
    from idemlint.runners.profile import Profile

#: So far behind its beginning a number in a name is a version.
_AHEAD: Final = 3

Certainty = Literal["named", "proved", "guessed"]


class Evidence(NamedTuple):
    """How sure it is that some files are a runner's.

    `named`: somebody said so. `proved`: what stands around the folder says so, or every file does.
    `guessed`: a name, a custom, or some of the files. `marked` is how many files bear the runner's mark,
    `plain` are those that do not, in their order.
    """

    certainty: Certainty = "named"
    marked: int = 0
    plain: tuple[str, ...] = ()

    @property
    def is_divided(self) -> bool:
        """Whether the runner was guessed, and some files speak for it while others do not."""
        return self.certainty == "guessed" and self.marked > 0 and bool(self.plain)


def settle(opinions: Mapping[str, Opinion], around: Callable[[str], Opinion]) -> dict[str, Profile]:
    """The runner of each file of one folder. `around` gives what the folder says of a file, whatever
    the file says itself."""
    own = {path: opinion.profile for path, opinion in opinions.items()}
    if len({profile.name for profile in own.values()}) < 2:
        said = [opinion.is_said for opinion in opinions.values()]
        if not any(said) or all(opinion.is_marked for opinion in opinions.values()):
            return own
    winner, by_custom = _winner(opinions, around)
    if winner is None:
        return own
    return {
        path: winner if _joins(path, opinion, winner, by_custom=by_custom) else opinion.profile
        for path, opinion in opinions.items()
    }


def evidence(
    profile: Profile, opinions: Mapping[str, Opinion], around: Callable[[str], Opinion]
) -> Evidence:
    """How sure it is that these files, in their order, are the profile's."""
    plain = tuple(
        path
        for path, opinion in opinions.items()
        if not (opinion.is_marked and opinion.profile is profile and _counts(opinion))
    )
    marked = len(opinions) - len(plain)
    borne_out = sum(_outer(path, each, around) is profile for path, each in opinions.items())
    proved = not plain or 2 * borne_out > len(opinions)
    return Evidence("proved" if proved else "guessed", marked, plain)


def _winner(
    opinions: Mapping[str, Opinion], around: Callable[[str], Opinion]
) -> tuple[Profile | None, bool]:
    """Whose the folder is, and whether only a custom says so."""
    by_name = {each.profile.name: each.profile for each in opinions.values()}
    marked = Counter(
        each.profile.name for each in opinions.values() if each.is_marked and _counts(each)
    )
    outside: Counter[str] = Counter()
    for path, opinion in opinions.items():
        profile = _outer(path, opinion, around)
        if profile is not None:
            by_name[profile.name] = profile
            outside[profile.name] += 1
    if marked:
        first = max(marked, key=lambda name: (marked[name], outside[name], name))
        outer = max(outside, key=lambda name: (outside[name], name), default=first)
        is_unanimous = marked[first] == len(opinions)
        overruled = not is_unanimous and 2 * outside[outer] > len(opinions)
        return by_name[outer if overruled else first], False
    customs = Counter(
        each.profile.name
        for path, each in opinions.items()
        if each.claim is not None and _counts(each) and _is_ordered(path, each)
    )
    counted = outside or customs
    if not counted:
        return None, True
    first = max(counted, key=lambda name: (counted[name], name))
    ordered = sum(_is_ordered(path, each) for path, each in opinions.items())
    return (by_name[first] if 2 * counted[first] >= ordered else None), not outside


def _outer(path: str, opinion: Opinion, around: Callable[[str], Opinion]) -> Profile | None:
    """Whose the file is by what stands around the folder, whatever files say."""
    if opinion.is_said:
        opinion = around(path)
    if opinion.claim is None or not opinion.claim.is_surroundings or not _counts(opinion):
        return None
    return opinion.profile


def _joins(path: str, opinion: Opinion, winner: Profile, *, by_custom: bool) -> bool:
    """Whether the file is in the winner's order, or was meant to be: by a name that the runner reads, or
    by a number. Others (`schema.sql`, a script for psql) stay what they are."""
    if opinion.profile is winner:
        return True
    if opinion.claim is not None and by_custom:
        return False
    if winner.named(path) is not None:
        return True
    if opinion.is_marked and not _counts(opinion):
        return False
    reads_all = bool(winner.reads.marker) and winner.direction(path) == "up"
    return reads_all or is_numbered(path)


def _counts(opinion: Opinion) -> bool:
    """Whether it speaks for a runner with a journal: a file for psql stands beside anybody's."""
    return opinion.profile.has_journal


def _is_ordered(path: str, opinion: Opinion) -> bool:
    """Whether somebody meant the file to be in an order: by a number, or by a folder of its own."""
    found = opinion.profile.named(path)
    return is_numbered(path) or (found is not None and bool(found[0].folders))


def is_numbered(path: str) -> bool:
    """Whether a name begins with a number, or has one behind a letter or two: somebody meant the file to be
    in the order."""
    for sign in path.replace("\\", "/").rpartition("/")[2][: _AHEAD + 1]:
        if sign.isdigit():
            return True
        if not (sign.isalpha() or sign in "-_."):
            return False
    return False
