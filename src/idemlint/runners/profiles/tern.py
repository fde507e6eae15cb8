"""tern (jackc/tern: migrate/migrate.go).

- Numbers 1…n without gaps; other names are passed over, a file without SQL is an error
  (ErrNoFwMigration); `---- create above / drop below ----` parts up from down. One message in
  a transaction; a line `---- tern: disable-tx ----`, for each direction, takes it away: then its
  lexer sends one by one.
- Go templates with sprig. Edits are not seen: its journal is one number.
- Where nothing stands below the line it refuses (IrreversibleMigrationError).
- One connection for all files, `reset all` after each: temporary tables stay
  (migrate/migrate.go).
- It goes on behind the number that it is at: what gets an older one, the others moving on, never runs
  there (MigrateTo). Two of one number are an error (FindMigrations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Claim, Named, NearMiss, Part, Profile, Reads
from idemlint.runners.profiles.popx import TEMPLATES
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from idemlint.source.statement import Section

_BELOW: Final = r"^----[ \t]*create above[ \t]*/[ \t]*drop below[ \t]*----[^\n]*\n?"
_OFF: Final = r"^----[ \t]*tern:[ \t]*disable-tx[ \t]*----[ \t]*\r?$"


def parts(data: bytes) -> tuple[Part, ...]:
    """Up above the line, down below it."""
    match = compiled(_BELOW).search(data)
    middle, below = match.span() if match else (len(data), len(data))
    found = []
    both: tuple[tuple[int, int, Section], ...] = ((0, middle, "up"), (below, len(data), "down"))
    for start, end, section in both:
        if start < end and (section == "up" or data[start:end].strip()):
            off = compiled(_OFF).search(data[start:end]) is not None
            found.append(Part(Span(start, end), section, "stmt" if off else None))
    return tuple(found)


PROFILES: Final = (
    Profile(
        name="tern",
        title="tern",
        edits="ignored",
        sending="tx",
        session="reset",
        late="skips",
        undoing=Undoing("refuses"),
        claims=(
            Claim(92, needle=b"create above", text=_BELOW),
            Claim(92, needle=b"tern: disable-tx", text=_OFF),
            Claim(63, name=r"\d+_.*\.sql", above=("tern.conf",)),
            Claim(57, name=r"\d+_.*\.sql", needle=b"create above", text=_BELOW, near=True),
        ),
        version_alone=True,
        reads=Reads(
            names="002_add_users.sql",
            empty="stops with an error at a file without SQL",
        ),
        files=(Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),),
        parts=parts,
        opt_out=opts_out(_OFF, "stmt"),
        own_directive=r"^----[ \t]*tern:[ \t]*disable-tx[ \t]*----[^\n]*",
        opt_out_edit=first_line("---- tern: disable-tx ----"),
        near_misses=(
            NearMiss(
                r"^[ \t]*--[- \t]*tern:?[ \t]*(?:disable|no)[-_ ]?(?:tx|transaction)[^\n]*",
                "tern does not read this as its directive",
                "---- tern: disable-tx ----",
            ),
        ),
        directives_read=_OFF,
        placeholders=TEMPLATES,
    ),
)
