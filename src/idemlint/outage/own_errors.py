"""What an error of a runner's own is: not the server's word, but what the runner says of its journal, its
files and its locks. The tables are `own_of_node`, `own_of_go`, `own_of_rust`, `own_of_vms` and
`own_of_others`, by what the runners are made with; each names the source of its words.
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple


class OwnError(NamedTuple):
    """An error of a runner (the name of its profile; empty: of no one in particular). `pattern` finds it in a
    log, letter case ignored; `called` is what somebody may type to ask for it.

    `is_late`: it is the consequence of an earlier failure, of which another log has the cause. `ran`: a
    statement of this run may have been carried out, so that it matters where it stopped. `is_general`: what
    it is about stands in the lines below. `is_passing`: it may pass by itself, so that an error behind it
    counts more.
    """

    runner: str
    title: str
    called: tuple[str, ...]
    pattern: str
    happened: str
    stays: str
    now: tuple[str, ...]
    is_late: bool = False
    ran: bool = True
    is_general: bool = False
    is_passing: bool = False


NOTHING_RAN: Final = "Nothing ran: the check comes before the first statement."
#: Of a check that the runner makes file by file.
NOT_THIS_FILE: Final = (
    "Nothing of this file; files before it in the same run have committed, and are in the journal."
)
PUT_BACK: Final = "put the file back as it was: `git log -p -- FILE`"
ANEW: Final = "write what you wanted to change into a new migration"
