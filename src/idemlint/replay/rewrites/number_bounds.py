"""Between which numbers a call is, by what its arguments are between."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from idemlint.postgres.laws import LENGTHS
from idemlint.replay.rewrites.row_terms import uncast

if TYPE_CHECKING:
    from idemlint.replay.rewrites.row_terms import Term


def bounds_of(term: Term, given: list[tuple[float, float]]) -> tuple[float, float]:
    """The least and the most that a call may be, `given` those of its arguments."""
    name = term.name
    if name in {"greatest", "least"}:
        known = [each for each in given if each != (-math.inf, math.inf)]
        if name == "greatest":
            return max((low for low, _ in known), default=-math.inf), max(high for _, high in given)
        return min(low for low, _ in given), min((high for _, high in known), default=math.inf)
    if name == "abs":
        return 0.0, max(abs(given[0][0]), abs(given[0][1]))
    if name == "-" and len(given) == 1:
        return -given[0][1], -given[0][0]
    if len(given) == 2 and name in {"+", "-", "*"}:
        (a, b), (c, d) = given
        if name == "+":
            return a + c, b + d
        if name == "-":
            return a - d, b - c
        ends = [_product(x, y) for x in (a, b) for y in (c, d)]
        return min(ends), max(ends)
    if name in {"length", "char_length"}:
        exact = LENGTHS.get(uncast(term.args[0]).name)
        return (0.0, math.inf) if exact is None else (float(exact), float(exact))
    return -math.inf, math.inf


def _product(one: float, other: float) -> float:
    return 0.0 if 0.0 in {one, other} else one * other
