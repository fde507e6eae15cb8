"""What calling a function of an extension, or of a platform, comes to when it is called again.

`extension_functions.txt` holds, an extension a line, those that give the same for the same arguments;
docs/extension_functions.py makes it from the extensions' own scripts. A name is another's where the folder
makes a routine of that name itself: who asks here has to look for that.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.postgres.functions import Call, call, facts_in

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Schemas that extensions are put into: their functions are called by their bare names or with one of these.
HOMES: Final = frozenset({"public", "extensions", "postgis", "gis", "timescaledb"})
#: Another value at every call (PostGIS: the points are random).
_VOLATILE: Final = frozenset({"st_generatepoints"})


@cache
def _pure() -> frozenset[str]:
    lines = facts_in("extension_functions.txt").splitlines()
    return frozenset(name for line in lines for name in line.split()[1:])


def value_of_call(name: Sequence[str]) -> Call:
    """What calling a function (its dotted name) a second time comes to, be it an extension's."""
    known = call(name)
    if known is not Call.UNKNOWN:
        return known
    bare = name[-1] if len(name) == 1 or name[-2] in HOMES else ".".join(name[-2:])
    if bare in _VOLATILE:
        return Call.VOLATILE
    return Call.PURE if bare in _pure() else Call.UNKNOWN
