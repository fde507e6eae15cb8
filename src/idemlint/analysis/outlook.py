"""How far a new database comes: where the first run of a sequence stops, and what stays there then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.sequence.paths import shown
from idemlint.source.positions import Lines

if TYPE_CHECKING:
    from idemlint.sequence.chain import Chain
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.sequence.upgrade.upgrade_path import UpgradePath


class FirstStop(NamedTuple):
    """The statement that a first run stops at, by its file, as it is shown, and its row.

    What stays: `files` before it, all of what they did (`None`: that is not known); `statements` of its own
    file. `together`: so many files share the transaction that is taken back.
    """

    filename: str
    row: int
    sqlstate: str
    files: int | None = None
    statements: int = 0
    together: int = 1


class UpgradeOutlook(NamedTuple):
    """What becomes of a database that has run a `revision`: so many files are `pending`, and so many are
    `skipped`. `stop` is the first of them that fails, `unknown` are the statements of which it cannot be
    told. `refused` is the file at which the runner stops before anything runs; empty: it does not."""

    revision: str
    pending: int
    skipped: int
    stop: FirstStop | None
    unknown: int
    refused: str


class Outlook(NamedTuple):
    """What becomes of a sequence's files on an empty database: there are so many `files`; `failures` are its
    statements that fail, consequences of others apart, `unknown` those of which it cannot be told.
    `goes_on`: who runs them by hand goes on behind a failure. `upgrade` is about one that is there."""

    runner: str
    files: int
    failures: int
    unknown: int
    stop: FirstStop | None
    goes_on: bool
    upgrade: UpgradeOutlook | None = None


def outlook_of(chain: Chain, path: UpgradePath | None = None) -> Outlook | None:
    """Of a chain whose files have all run, and of its upgrade `path`, where that was asked; `None`: it has no
    files."""
    notable = chain.first.notable
    roots = [(site, each) for site, each in notable if each.follows is None]
    failures = [each for each in roots if each[1].verdict == "fails"]
    unknown = [each for each in roots if each[1].verdict == "unknown"]
    files = len(chain.names)
    if not files:
        return None
    stop = None
    if failures:
        (name, index), outcome = failures[0]
        stop = _stop(chain, name, index, outcome)
    profile = chain.profile
    return Outlook(
        profile.title,
        files,
        len(failures),
        len(unknown),
        stop,
        goes_on=not profile.has_journal,
        upgrade=_upgrade(chain, path) if path is not None else None,
    )


def _upgrade(chain: Chain, path: UpgradePath) -> UpgradeOutlook:
    found = chain.first.notable if path.notable is None else path.notable.items()
    roots = [each for each in found if each[0][0] in path.pending and each[1].follows is None]
    failed = next((each for each in roots if each[1].verdict == "fails"), None)
    stop = None
    if failed is not None:
        origin, outcome = failed
        site = chain.first.site(origin)
        assert site is not None
        stop = FirstStop(shown(site.file), site.row, outcome.sqlstate or "")
    refused = next((name for name, fate in path.late.items() if fate == "refuses"), "")
    return UpgradeOutlook(
        path.revision,
        len(path.pending),
        sum(fate == "skips" for fate in path.late.values()),
        stop,
        sum(each[1].verdict == "unknown" for each in roots),
        shown(refused),
    )


def _stop(chain: Chain, name: str, index: int, outcome: FirstOutcome) -> FirstStop:
    parsed = chain.running(name).script.parsed
    at = Lines(parsed.source.data).position(parsed.statements[index].start)
    try:
        halfway = chain.stopped(name, at.row, at.column, is_first=True)
    except UsageProblem:
        return FirstStop(shown(name), at.row, outcome.sqlstate or "")
    together = halfway.together
    files = len(halfway.earlier)
    own = [each for each in halfway.stays if each.name == name]
    return FirstStop(
        shown(name), at.row, outcome.sqlstate or "", files, len(own), len(together or ()) + 1
    )
