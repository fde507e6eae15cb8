"""Liquibase formatted SQL (liquibase/liquibase: liquibase-standard
parser/AbstractFormattedChangeLogParser.java, util/StringUtil.java processMultiLineSQL,
SimpleSqlGrammar.jj, changelog/ChangeSet.java execute, changelog/ExpressionExpander.java).

- `--changeset author:id attr:value` begins a changeset, a transaction of its own; order in the
  file, files by the root changelog: `include` and `sqlFile` where they stand, `includeAll` by path, folders
  below too (changelog/DatabaseChangeLog.java includeAll, getStandardChangeLogComparator). A changed
  applied changeset fails validation (`--validCheckSum`), unless `runOnChange:true`.
- `splitStatements` (default true) cuts at `;`, or at `GO` or `/` that begins a line; quotes and comments
  are known, `$$` is a plain word; between counted words BEGIN and END nothing is cut. So `AS $$
  SELECT 1; $$` is torn, and `DO $$ DECLARE x int; BEGIN` at its first `;`. Hence
  `splitStatements:false`, or `endDelimiter:X` instead of `;`: a word, or a regular expression for a word
  with the blanks before it. Attributes stand on the changeset's line alone (END_DELIMITER_REGEX and the
  others), not in the file's header; of several the last counts, and `rollbackSplitStatements` is one.
- The last changeset of a file that ends with a line `/` is cut at such lines alone (isNotEndDelimiter).
- `--ignoreLines:start`, `:end` or a number of lines: what it is told to ignore is not sent.
- `runInTransaction:false`: one by one. What is sent as one text, pgjdbc sends with one Sync: a pipeline
  (measured with 4.28: all of it is taken back, and only what stands first may refuse transactions).
- Commit, then the row: a failed changeset reruns; `failOnError:false` goes on.
- `${name}` is filled in where defined; `${:name}` escapes.
- One connection for all files, which nothing resets (measured with 4.28).
- `--rollback SQL` rolls the changeset back, line by line (ROLLBACK_REGEX); `--rollback empty` and `not
  required` say that nothing has to be done. Without one there is "No inverse to
  liquibase.change.core.RawSQLChange created". Changesets are rolled back last first. `/* liquibase rollback
  … */` is not read here.
- Late changesets run: what is not in the table has not run, wherever it stands
  (changelog/filter/ShouldRunChangeSetFilter.java).
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from idemlint.runners.cutters import between
from idemlint.runners.directives import opts_out
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import (
    Claim,
    Named,
    NearMiss,
    Part,
    Placeholders,
    Profile,
    WholeBody,
)
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Message, Sending

_SET: Final = r"^[ \t]*--[ \t]*changeset[ \t]+[^\n]*"
_OFF: Final = r"\brunInTransaction:[ \t]*\"?false\b"
_SPLIT: Final = re.compile(rb"(?i)splitStatements:(\w+)")
_STRIP: Final = re.compile(rb"(?i)stripComments:(\w+)")
_DELIMITER: Final = re.compile(rb"(?i)\bendDelimiter:(\S*)")
_IGNORED: Final = re.compile(rb"(?im)^--[ \t]*ignoreLines:(start|\d+)[ \t]*\r?\n")
_IGNORED_TO: Final = re.compile(rb"(?im)^--[ \t]*ignoreLines:end[ \t]*\r?$")
#: Where a file may have another end of a statement than `;`.
_MAY_END: Final = re.compile(rb"(?im)^(?:GO\b|/(?!\*))|endDelimiter:|^--[ \t]*ignoreLines:")
_LAST: Final = b"\n/$"
_REPEATS: Final = r"\b(runOnChange|runAlways):[ \t]*\"?true\b"
_ROLLBACK: Final = (
    r"^[ \t]*--[ \t]*rollback[ \t]+(?:(?:empty|not required|(?:changeset\w*|endDelimiter):)[^\n]*)?"
)


def changesets(data: bytes) -> tuple[Part, ...]:
    """One part for each changeset, with what its line says about cutting and transactions.

    A file without changesets is plain SQL, included by a changelog as one.
    """
    data = _without_ignored(data)
    lines = list(compiled(_SET).finditer(data))
    if not lines:
        return (Part(Span(0, len(data))),)
    found = []
    for number, line in enumerate(lines):
        end = lines[number + 1].start() if number + 1 < len(lines) else len(data)
        sending: Sending | None = "pipe" if compiled(_OFF).search(line.group()) else None
        message: Message | None = (
            None if _is_told(_SPLIT, line.group(), default=True) else "section"
        )
        found.append(Part(Span(min(line.end(), end), end), "up", sending, message, number))
    return tuple(found)


def at_delimiters(data: bytes, part: Part) -> tuple[Span, ...]:
    """Cut behind what ends a statement there; `$$` is a word like any other."""
    ends = [place.end for place in _ends(data).get(part.span, ())]
    return between(part.span.start, ends, part.span.end)


def as_sql(data: bytes) -> bytes:
    """The file with a `;` where it has another end of a statement, without what Liquibase ignores."""
    if _MAY_END.search(data) is None:
        return data
    # Few files are asked.
    from idemlint.runners.delimiters import undelimited

    data = _without_ignored(data)
    places = [place for places in _ends(data).values() for place in places]
    return undelimited(data, [each for each in places if data[each.start : each.end] != b";"])


@lru_cache(2)  # the text, its messages and its bodies are asked for one after the other
def _ends(data: bytes) -> dict[Span, tuple[Span, ...]]:
    """What ends statements in the changesets that are split."""
    data = _without_ignored(data)
    parts = changesets(data)
    return {part.span: _ends_in(data, part.span) for part in parts if part.message is None}


def _ends_in(data: bytes, span: Span) -> tuple[Span, ...]:
    from idemlint.runners.delimiters import delimiters

    line = _line_of(data, span.start)
    told = _DELIMITER.findall(line)
    delimiter = told[-1] if told else None
    strips = _is_told(_STRIP, line, default=True)
    places = delimiters(data, span, delimiter, strips)
    if delimiter is None and places and _ends_file(data, span, places[-1]):
        return delimiters(data, span, _LAST, strips)
    return places


def _ends_file(data: bytes, span: Span, place: Span) -> bool:
    """Whether a file ends with a line `/`: nothing else ends the statements of its last changeset then."""
    if data[place.start - 1 : place.end] != b"\n/" or compiled(_SET).search(data, span.end):
        return False
    rest = data[place.end : span.end].splitlines()
    return not any(line.strip() and not line.lstrip().startswith(b"--") for line in rest)


def _line_of(data: bytes, start: int) -> bytes:
    """The changeset's line, at whose end its part begins; empty: there is none."""
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    return line if compiled(_SET).match(line) else b""


def _is_told(attribute: re.Pattern[bytes], line: bytes, *, default: bool) -> bool:
    told = attribute.findall(line)
    return told[-1].lower() == b"true" if told else default


@lru_cache(2)
def _without_ignored(data: bytes) -> bytes:
    """The file without the lines that Liquibase is told to ignore, at the same offsets."""
    if b"ignorelines:" not in data.lower():
        return data
    from idemlint.source.mask import BLANKED, patch

    pieces = []
    position = 0
    while found := _IGNORED.search(data, position):
        begin = position = found.end()
        if found[1].isdigit():
            for _ in range(min(int(found[1]), data.count(b"\n", position) + 1)):
                position = data.find(b"\n", position) + 1 or len(data)
        else:
            close = _IGNORED_TO.search(data, position)
            position = close.start() if close else len(data)
        pieces.append((Span(begin, position), data[begin:position].translate(BLANKED)))
    return patch(data, pieces)


def not_split(data: bytes, part: Part) -> WholeBody | None:
    """`splitStatements:false` at the end of the changeset's line, which is where its part begins."""
    line = _line_of(data, part.span.start)
    if not line:
        return None
    if _DELIMITER.search(line):
        return WholeBody("give the changeset an endDelimiter that does not stand in the body")
    end = len(data[: part.span.start].rstrip())
    edit = Edit(Span(end, end), " splitStatements:false")
    return WholeBody("give the changeset splitStatements:false", edit)


def by_changelog(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """The files in the order in which a changelog that stands in the folder, or above it, lists them; None
    where none lists all of them, or two do in another order."""
    own = {_whole_path(path, clues): path for path in paths}
    orders = set()
    for level in clues.climb(folder):
        for name in clues.names(level):
            if re.fullmatch(_CHANGELOG, name):
                listed = _listed(f"{level}/{name}", clues, set())
                order = tuple(dict.fromkeys(own[path] for path in listed if path in own))
                if len(order) == len(own):
                    orders.add(order)
    return list(orders.pop()) if len(orders) == 1 else None


#: What changelogs are called, so that not every file on the way up is read.
_CHANGELOG: Final = (
    r"(?i).*(?:change[-_.]?log|liquibase|master|root|main|index|migration).*\.(?:xml|ya?ml|json)"
)
_ENTRY: Final = r"(?P<kind>include(?:All)?|sqlFile)"
#: By the end of a changelog's name: what is a comment, an entry with its attributes, and a path in these.
_FORMATS: Final = {
    "xml": (
        r"(?s)<!--.*?-->",
        rf"<{_ENTRY}\b(?P<rest>[^>]*)>",
        r"\b(?:file|path)\s*=\s*[\"']([^\"']+)",
    ),
    "yaml": (
        r"(?m)^[ \t]*#.*$",
        rf"(?m)^[ \t]*-[ \t]*{_ENTRY}:(?P<rest>.*(?:\n(?![ \t]*-[ \t])[ \t]+.*)*)",
        r"\b(?:file|path):[ \t]*[\"']?([^\"'\s,}]+)",
    ),
    "json": (
        r"(?!)",
        rf'"{_ENTRY}"\s*:\s*\{{(?P<rest>[^}}]*)\}}',
        r'"(?:file|path)"\s*:\s*"([^"]+)"',
    ),
}


def _whole_path(path: str, clues: FolderClues) -> str:
    folder, name = posixpath.split(path.replace("\\", "/"))
    return f"{clues.absolute(folder)}/{name}"


def _listed(changelog: str, clues: FolderClues, seen: set[str]) -> Iterator[str]:
    """The files that a changelog runs, in its order, as whole paths; `seen` are changelogs on the way."""
    suffix = changelog.rpartition(".")[2].lower().replace("yml", "yaml")
    if suffix not in _FORMATS:
        yield changelog
        return
    if changelog in seen:
        return
    seen.add(changelog)
    comment, entry, path = _FORMATS[suffix]
    text = re.sub(comment, "", clues.text(changelog))
    for match in re.finditer(entry, text) if "databaseChangeLog" in text else ():
        named = re.search(path, match["rest"])
        found = _sought(named.group(1), posixpath.dirname(changelog), clues) if named else None
        if found is not None and match["kind"] == "includeAll":
            for each in sorted(_files_in(found, clues)):
                yield from _listed(each, clues, seen)
        elif found is not None:
            yield from _listed(found, clues, seen)


def _sought(name: str, folder: str, clues: FolderClues) -> str | None:
    """What a changelog names: beside it, or below one of the folders above."""
    for level in clues.climb(folder):
        found = posixpath.normpath(f"{level}/{name.removeprefix('classpath:').lstrip('/')}")
        if posixpath.basename(found) in clues.names(posixpath.dirname(found)):
            return found
    return None


def _files_in(folder: str, clues: FolderClues) -> Iterator[str]:
    for name in clues.names(folder):
        if name in clues.folders(folder):
            yield from _files_in(f"{folder}/{name}", clues)
        else:
            yield f"{folder}/{name}"


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """Changesets that run whenever they change, or always."""
    for line in compiled(_SET).finditer(data):
        if match := compiled(_REPEATS).search(line.group()):
            when = "at every update" if match[1].lower() == b"runalways" else "whenever it changes"
            return f"Liquibase runs a changeset of this file again {when}"
    return None


def opt_out_edit(data: bytes) -> Edit | None:
    """`runInTransaction:false` on the file's only changeset line; none where it would be a guess
    which."""
    lines = list(compiled(_SET).finditer(data))
    if len(lines) != 1:
        return None
    end = lines[0].start() + len(lines[0].group().rstrip())
    return Edit(Span(end, end), " runInTransaction:false")


PROFILES: Final = (
    Profile(
        name="liquibase",
        title="Liquibase",
        renders=(
            ("XML", "`liquibase update-sql | idemlint -`"),
            ("YAML", "`liquibase update-sql | idemlint -`"),
        ),
        edits="error",
        sending="tx",
        session="kept",
        late="runs",
        undoing=Undoing("refuses", comments=_ROLLBACK, last_first=True),
        message="piece",
        claims=(
            Claim(92, needle=b"liquibase formatted sql", text=r"^\s*--\s*liquibase formatted sql"),
            Claim(88, needle=b"changeset", text=r"^\s*--\s*changeset \S+:\S+"),
        ),
        files=(Named(r"(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        journal=by_changelog,
        plan="a changelog that lists all of them",
        goes_below=True,
        parts=changesets,
        cutter=at_delimiters,
        undelimited=as_sql,
        keep_body=not_split,
        opt_out=opts_out(_SET + _OFF, "pipe"),
        opt_out_edit=opt_out_edit,
        near_misses=(
            NearMiss(
                r"^[ \t]*--(?![ \t]*changeset)[^\n]*\brunInTransaction\b[^\n]*",
                "Liquibase reads runInTransaction:false only on the changeset's own line",
                wrong=r"(?<=formatted sql)[^\n]*\brunInTransaction[ \t]*[:=][ \t]*\"?\w+\"?",
            ),
            NearMiss(
                r"^[ \t]*--[ \t]*changeset[^\n]*\brunInTransaction[ \t]*=[^\n]*",
                "Liquibase reads attributes as name:value",
                "runInTransaction:false",
                r"\brunInTransaction[ \t]*=[ \t]*\"?\w+\"?",
                "runInTransaction:false",
            ),
        ),
        placeholders=Placeholders(
            pattern=r"\$\{[^:}][^}]*\}",
            in_bodies=True,
            breaks=r"\$\{",
        ),
        do_blocks=False,
        reruns=reruns,
        begins_again="part",
    ),
)
