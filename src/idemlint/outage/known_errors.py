"""Finding a runner's own error: by what somebody types, and in a line of a log."""

from __future__ import annotations

import re
from functools import cache

from idemlint.outage.own_errors import OWN_ERRORS, OwnError


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
def pattern_of_all() -> re.Pattern[str]:
    """Finds any of them in a log."""
    return re.compile("|".join(f"(?:{each.pattern})" for each in OWN_ERRORS), re.IGNORECASE)


def said_in(line: str) -> OwnError | None:
    """The error that a line of a log is."""
    if pattern_of_all().search(line) is None:
        return None
    return next((each for each in OWN_ERRORS if re.search(each.pattern, line, re.IGNORECASE)), None)
