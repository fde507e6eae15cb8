"""Finding a runner's own error: by what somebody types, and in a line of a log."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.outage.own_of_go import GO
from idemlint.outage.own_of_node import NODE
from idemlint.outage.own_of_others import OTHERS
from idemlint.outage.own_of_rust import RUST
from idemlint.outage.own_of_vms import VMS
from idemlint.postgres.error_texts import needle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.outage.own_errors import OwnError

#: What no runner in particular says is in the last table: a runner's own words count first.
OWN_ERRORS: Final[tuple[OwnError, ...]] = (*NODE, *GO, *RUST, *VMS, *OTHERS)


def asked_for(text: str) -> tuple[OwnError, ...]:
    """The errors that somebody means who types a code, a message or a part of one."""
    wanted = " ".join(text.lower().split()).strip(" .:`'\"")
    if not wanted:
        return ()
    exact = [each for each in OWN_ERRORS if wanted in {called.lower() for called in each.called}]
    if exact:
        return tuple(exact)
    found = [each for each in OWN_ERRORS if re.search(each.pattern, text, re.IGNORECASE)]
    if not found and len(wanted) >= 8:
        found = [
            each
            for each in OWN_ERRORS
            if any(wanted in called.lower() or called.lower() in wanted for called in each.called)
        ]
    return tuple(found)


def names() -> tuple[str, ...]:
    """All that `asked_for` knows by name."""
    return tuple(called for each in OWN_ERRORS for called in each.called)


@cache
def _by_needle() -> dict[str, list[tuple[OwnError, re.Pattern[str]]]]:
    """The errors with the patterns of each, by the words in lower case that these need."""
    found: dict[str, list[tuple[OwnError, re.Pattern[str]]]] = {}
    for each in OWN_ERRORS:
        for pattern in _alternatives(each.pattern):
            compiled = re.compile(pattern, re.IGNORECASE)
            found.setdefault(needle(pattern).lower(), []).append((each, compiled))
    return found


def needles() -> tuple[str, ...]:
    """In lower case, the words of which a line has one that is an error of a runner's own."""
    return tuple(_by_needle())


def _alternatives(pattern: str) -> Iterator[str]:
    """A pattern's alternatives, those within groups aside."""
    depth = start = 0
    for at, character in enumerate(pattern):
        if pattern[at - 1 : at] == "\\":
            continue
        depth += (character == "(") - (character == ")")
        if character == "|" and not depth:
            yield pattern[start:at]
            start = at + 1
    yield pattern[start:]


def said_in(line: str) -> OwnError | None:
    """The error that a line of a log is."""
    lower = line.lower()
    for needed, patterns in _by_needle().items():
        if needed in lower:
            for each, pattern in patterns:
                if pattern.search(line) is not None:
                    return each
    return None
