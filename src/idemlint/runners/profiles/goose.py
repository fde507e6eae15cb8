"""goose (pressly/goose: internal/sqlparser/parser.go, provider_collect.go, migration_sql.go,
provider_run.go; mfridman/interpolate: parser.go).

- Number before the first `_`; other names are skipped, and a file without `-- +goose Up` is an
  error (provider_collect.go, parser.go); a missing lower version is an error without
  `-allow-missing`; contents are not compared.
- An annotation is a line from column 0 with `--` and `+goose`, any case; a leading blank or an
  unknown word is an error: `Up`, `Down`, `StatementBegin`, `StatementEnd`, `NO TRANSACTION`
  (anywhere, the whole file, both directions), `ENVSUB ON|OFF`.
- A statement ends at a line whose last word before a `--` word ends in `;`: blind to `$$`, quotes,
  `/* */`. `a; b;` on one line, and all between StatementBegin and StatementEnd, is one message.
- The version row is written in the file's transaction; without one it follows.
- ENVSUB (off by default) turns `$$` into `$` and makes `$1` an error.
- One connection for all files (provider_run.go, `initialize`), which nothing resets.
- A file without `-- +goose Down` has no statements that way; its version is forgotten (parser.go).
- A late file is an error ("missing (out-of-order) migrations"; internal/gooseutil/resolve.go UpVersions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.cutters import at_line_ends
from idemlint.runners.directives import newline, opts_out
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Claim, Named, NearMiss, Placeholders, Profile, Reads
from idemlint.runners.sections import Marker, marked
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.runners.profile import Part

_UP: Final = r"^--[ \t]*\+goose[ \t]+Up[ \t]*\r?(?:\n|\Z)"
_KNOWN: Final = (
    r"^--[ \t]*\+goose[ \t]+(?:up|down|statementbegin|statementend|no transaction|envsub (?:on|off))"
    r"[ \t]*\r?$"
)
_DIRECTIVE: Final = r"^--\s*\+goose\s+NO\s+TRANSACTION[ \t]*\r?$"
_PARTS: Final = marked(
    Marker(_UP, "up"), Marker(r"^--[ \t]*\+goose[ \t]+Down[ \t]*\r?(?:\n|\Z)", "down")
)
ENVSUB: Final = r"^--\s*\+goose\s+ENVSUB\s+ON\b"


def parts(data: bytes) -> tuple[Part, ...]:
    """The Up part and the Down part."""
    return _PARTS(data)


def opt_out_edit(data: bytes) -> Edit | None:
    """NO TRANSACTION on a line of its own before `-- +goose Up`."""
    match = compiled(_UP).search(data)
    if match is None:
        return None
    return Edit(Span(match.start(), match.start()), "-- +goose NO TRANSACTION" + newline(data))


PROFILES: Final = (
    Profile(
        name="goose",
        title="goose",
        edits="ignored",
        late="refuses",
        undoing=Undoing("runs"),
        late_option="`goose up -allow-missing`",
        sending="tx",
        session="kept",
        message="piece",
        claims=(
            Claim(90, needle=b"+goose", text=_KNOWN),
            Claim(
                59,
                name=r"\d+_.*\.sql",
                needle=b"+goose",
                text=_KNOWN,
                near=True,
                depends=(("go.mod", r"pressly/goose"),),
            ),
            Claim(58, name=r"\d+_.*\.sql", needle=b"+goose", text=_KNOWN, near=True),
        ),
        version_alone=True,
        reads=Reads(
            names="00002_add_users.sql",
            marker=_UP,
            line="-- +goose Up",
            alike=r"^[^\n]*\+goose[ \t]+up[^\n]*",
            unmarked="stops with an error at this file",
        ),
        files=(Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),),
        parts=parts,
        cutter=at_line_ends("goose", b"--"),
        opt_out=opts_out(_DIRECTIVE, "stmt"),
        own_directive=r"^--[ \t]*\+goose NO TRANSACTION[^\n]*",
        opt_out_edit=opt_out_edit,
        near_misses=(
            NearMiss(
                r"^[ \t]*--[ \t]*\+goose[ \t]+NO[ \t_-]*(?:TRANSACTION|TX)\w*[^\n]*",
                "goose does not read this as NO TRANSACTION",
                "-- +goose NO TRANSACTION, from the first column of its line",
            ),
        ),
        directives_read=_DIRECTIVE,
        placeholders=Placeholders(
            pattern=r"\$\{?[A-Za-z_]\w*(?::?-[^}]*)?\}?",
            in_bodies=True,
            when=ENVSUB,
            breaks=r"\$\$",
        ),
        wrap=("-- +goose StatementBegin", "-- +goose StatementEnd"),
    ),
)
