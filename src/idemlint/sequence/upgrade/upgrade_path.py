"""What the upgrade path comes to: where databases that have run a revision's files differ from new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.runners.profile import LateFiles
    from idemlint.sequence.first.first_outcome import FirstOutcome, StatementSite


class DatedSite(NamedTuple):
    """A statement by its file, its index there and its row: as the file is now, or (`is_past`) as the
    revision had it."""

    file: str
    statement: int
    row: int
    is_past: bool


def dated(site: StatementSite | None, past: str) -> DatedSite | None:
    """A statement of a run in which the files of the revision have names that begin with `past`."""
    if site is None:
        return None
    is_past = site.file.startswith(past)
    return DatedSite(site.file.removeprefix(past), site.statement, site.row, is_past)


class PathFailure(NamedTuple):
    """A statement that runs on a new database, by its index in its file, and fails on one of the revision;
    `because` is the statement that is to blame, `followers` how many fail for that alone."""

    statement: int
    outcome: FirstOutcome
    because: DatedSite | None = None
    followers: int = 0


class Divergence(NamedTuple):
    """Something that new databases and old ones do not both have, or not alike: its name in words.

    `side`: who has it. Of a column that both have, `types` are the two. `new` is the statement that made it
    on new databases, `old` on old ones: where it is not there, what took it away, if anything did.
    `statement` is the one of its file that it is told of; `None`: none of it.
    """

    subject: str
    side: Literal["new", "old", "both"]
    types: tuple[str, str] | None = None
    new: DatedSite | None = None
    old: DatedSite | None = None
    statement: int | None = None


class UpgradePath(NamedTuple):
    """Of a sequence. `revision` is what its databases have run, as it was named.

    `late` are the files that stand before one that has run, with what the runner does with them, and
    `newest` is the last one that has run; `edited` have run with another text. `failures` and `divergences`
    are by the file that they are told of; `lost` is what files would have made that never run there, by file.
    `refused`: the runner stops at a late file, and nothing runs. `pending` are the files that run; what
    statements of theirs do not simply run is in `notable`, by file and index, where that is not what they do
    on a new database (`None`); a revision's files are named there as git names them (`main:0001.sql`).
    `is_new` says of a table whether none of these databases had it.
    """

    revision: str
    late: Mapping[str, LateFiles]
    newest: str
    edited: frozenset[str]
    failures: Mapping[str, Sequence[PathFailure]]
    divergences: Mapping[str, Sequence[Divergence]]
    lost: Mapping[str, Sequence[str]]
    refused: bool
    pending: tuple[str, ...]
    notable: Mapping[tuple[str, int], FirstOutcome] | None
    is_new: Callable[[Ref], bool]
