r"""Atlas (ariga/atlas: sql/migrate/dir.go, sql/migrate/lex.go, sql/migrate/migrate.go Execute,
cmd/atlas/internal/cmdapi/migrate.go).

- Folder with `atlas.sum`; a changed file is a checksum error before anything runs. Its lexer knows
  `$$`.
- File directives stand at the top with an **empty line** after them: `-- atlas:txmode none|file`,
  `-- atlas:delimiter`, `-- atlas:checkpoint`. Without a transaction a retry goes on behind the last
  good statement, which `atlas_schema_revisions` counts. [unverified] `-- atlas:txtar` is a paid
  format.
- `-- atlas:delimiter X` as the first line: X ends statements instead of `;`, outside of quotes, bodies and
  parentheses; `\n`, `\r` and `\t` are what they are in Go (sql/migrate/lex.go setDelim, stmt).
- All `*.sql` in the order of their names (sql/migrate/dir.go Files). An empty database begins at the last
  `-- atlas:checkpoint`, which no other one runs (sql/migrate/migrate.go Pending).
- Files run on one pool (cmd/atlas/internal/cmdapi/migrate.go, `tx`), one after the other: one
  connection, which nothing resets.
- A file that was added late is refused (cmd/atlas/internal/cmdapi/migrate_test.go, "was added out of
  order"; `--exec-order` is `linear` unless it is said).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import after_bom, newline, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

_TOP: Final = r"\A(?:--[^\n]*\n)*?"
_DIRECTIVE: Final = (
    _TOP + r"--[ \t]*atlas:txmode[ \t]+none[ \t]*\r?\n(?=(?:--[^\n]*\n)*[ \t]*\r?\n)"
)


_CHECKPOINT: Final = (
    rb"(?i)\A(?:--[^\n]*\n)*?--[ \t]*atlas:checkpoint\b[^\n]*\n(?=(?:--[^\n]*\n)*[ \t]*\r?\n)"
)


_DELIMITER: Final = re.compile(rb"-- atlas:delimiter +([ -~]*[!-~])")
_ESCAPES: Final = {b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t"}
#: What a delimiter does not end a statement in, besides parentheses; it goes before bodies and comments.
_QUOTED: Final = rb"'[^']*'|\"[^\"]*\""
_SKIPPED: Final = rb"\$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?\$(?P=tag)\$|--[^\n]*\n|/\*.*?\*/"


def as_sql(data: bytes) -> bytes:
    """The file with a `;` in place of the delimiter that it declares."""
    told = _DELIMITER.match(data)
    if told is None:
        return data
    delimiter = re.sub(rb"\\[nrt]", lambda found: _ESCAPES[found[0]], told[1])
    words = rb"(?s)%b|(?P<cut>%b)|%b|(?P<open>\()|\)" % (_QUOTED, re.escape(delimiter), _SKIPPED)
    places: list[Span] = []
    depth = 0
    for found in re.compile(words).finditer(data, told.end()):
        if found["cut"] is not None and depth <= 0:
            places.append(Span(*found.span()))
        elif found["open"] is not None:
            depth += 1
        elif found[0] == b")":
            depth -= 1
    # Few files say so.
    from idemlint.runners.delimiters import undelimited

    return undelimited(data, places)


def from_checkpoint(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """From the last checkpoint on; None where there is none."""
    ordered = sorted(paths)
    for place in range(len(ordered) - 1, -1, -1):
        if re.match(_CHECKPOINT, clues.head(ordered[place])):
            return ordered[place:]
    return None


def opt_out_edit(data: bytes) -> Edit | None:
    """The directive as the first line, and the empty line that must follow it."""
    if data.startswith(b"-- atlas:"):
        return Edit(Span(0, 0), "-- atlas:txmode none" + newline(data))
    at = after_bom(data)
    return Edit(Span(at, at), "-- atlas:txmode none" + newline(data) * 2)


PROFILES: Final = (
    Profile(
        name="atlas",
        title="Atlas",
        edits="error",
        late="refuses",
        late_option="`atlas migrate apply --exec-order non-linear`",
        sending="tx",
        session="kept",
        message="statement",
        claims=(
            Claim(93, name=r".*\.sql", beside=("atlas.sum",)),
            Claim(84, needle=b"-- atlas:", text=r"^-- atlas:\w+"),
            Claim(42, name=r"\d+_.*\.sql", folder="migrations", above=("atlas.hcl",)),
        ),
        version_alone=True,
        files=(
            Named(r"(?P<version>\d+)(?P<name>[^/]*)\.down\.sql", "down"),
            Named(r"(?P<version>[^/_]+)_?(?P<name>[^/]*)\.sql", "up"),
        ),
        ordered_by="path",
        journal=from_checkpoint,
        opt_out=opts_out(_DIRECTIVE, "stmt"),
        own_directive=r"^--[ \t]*atlas:txmode[ \t]+none[^\n]*",
        opt_out_edit=opt_out_edit,
        near_misses=(
            NearMiss(
                r"^[ \t]*--[ \t]*atlas:[ \t]*txmode\b(?![ \t]+(?:file|all))[^\n]*",
                "Atlas reads this only at the top of the file, with an empty line after it",
                "-- atlas:txmode none",
            ),
        ),
        directives_read=_DIRECTIVE,
        begins_again="statement",
        undelimited=as_sql,
    ),
)
