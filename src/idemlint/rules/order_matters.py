"""IDM82: what becomes of the databases of yesterday, and not of new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.rules.kit import first_runs
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.migration import span_of
from idemlint.sequence.paths import short_name
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.migration import Migration
    from idemlint.sequence.upgrade.upgrade_path import (
        DatedSite,
        Divergence,
        PathFailure,
        UpgradePath,
    )


class OrderMatters(FileRule):
    """A database that has run a revision stops, or comes to another schema than a new one."""

    code = "IDM824"
    name = "order-matters"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Statements that fail only there, and what differs in the end."""
        path = migration.upgrade
        if path is None:
            return
        for failure in path.failures.get(migration.path, ()):
            yield self._failure(migration, path, failure)
        alike: dict[object, list[Divergence]] = {}
        for each in path.divergences.get(migration.path, ()):
            sites = tuple(site and site.file for site in (each.new, each.old))
            key = (each.statement, each.side, sites) if each.side != "both" else each
            alike.setdefault(key, []).append(each)
        for found in alike.values():
            yield self._difference(migration, path, found)

    def _failure(self, migration: Migration, path: UpgradePath, failure: PathFailure) -> Diagnostic:
        statement = migration.parsed.statements[failure.statement]
        outcome = failure.outcome
        because = failure.because
        see = f" (see {_place(migration, path, because)})" if because is not None else ""
        number = failure.followers
        behind = f", and so do {number} that need it" if number else ""
        return self.diagnostic(
            migration,
            span_of(statement, outcome),
            f"a new database runs this, one that has run {path.revision} stops here{behind}:"
            f" {outcome.reason}{see}",
            statement=failure.statement,
            sqlstate=outcome.sqlstate,
            help_text=_way_out(migration, path),
        )

    def _difference(
        self, migration: Migration, path: UpgradePath, alike: list[Divergence]
    ) -> Diagnostic:
        """One finding for all that differs in one way."""
        found, more = alike[0], len(alike) - 1
        if more:
            subject = f"{found.subject} and {more} other{'s' * (more > 1)}"
            found = found._replace(subject=subject)
        statement = (
            migration.parsed.statements[found.statement] if found.statement is not None else None
        )
        return self.diagnostic(
            migration,
            statement.span if statement is not None else Span(0, 0),
            _told(migration, path, found),
            statement=found.statement,
            help_text=_way_out(migration, path),
        )


def _told(migration: Migration, path: UpgradePath, found: Divergence) -> str:
    new = _place(migration, path, found.new) if found.new is not None else ""
    old = _place(migration, path, found.old) if found.old is not None else ""
    if found.side == "both":
        mine, other = (f" ({each})" for each in found.types) if found.types else ("", "")
        return (
            f"{found.subject} is as {new} makes it on a new database{mine}, and as {old} does on one that has"
            f" run {path.revision}{other}"
        )
    if found.side == "new":
        gone = f": {old} takes it away" if old else ""
        return f"a new database has {found.subject} ({new}), one that has run {path.revision} has not{gone}"
    gone = f": {new} takes it away" if new else ""
    return f"a database that has run {path.revision} has {found.subject} ({old}), a new one has not{gone}"


def _place(migration: Migration, path: UpgradePath, site: DatedSite) -> str:
    """Where a statement stands, in words."""
    if not site.is_past:
        return first_runs.place(migration, site)
    where = f"{short_name(migration.profile, site.file)}:{site.row}"
    return f"{where} of {path.revision}"


def _way_out(migration: Migration, path: UpgradePath) -> str:
    name = migration.path
    if name in path.edited:
        return (
            "give the file the text again that has run, and put the change in a new migration behind"
            f" {short_name(migration.profile, path.newest)}"
        )
    if path.late.get(name) == "runs":
        return (
            f"give it a version after {short_name(migration.profile, path.newest)}: then it runs behind it"
            " on all databases"
        )
    return "let a new migration bring both to the same, whichever of them it finds"
