"""IDM82: what git says of a migration: databases have it already, or are past it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Severity
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.paths import short_name
from idemlint.sequence.standing import Late
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.runners.profile import Edits, LateFiles
    from idemlint.sequence.migration import Migration
    from idemlint.sequence.upgrade.upgrade_path import UpgradePath

#: What a runner does about an applied migration that was edited.
AFTER_EDIT: Final[dict[Edits, str]] = {
    "error": "{title} refuses applied migrations that were edited",
    "warn": "{title} complains about applied migrations that were edited",
    "ignored": "{title} does not look at it again: where it ran, the edit changes nothing",
}
#: What it does about one that it finds behind those that it has run.
_WHEN_LATE: Final[dict[LateFiles, str]] = {
    "skips": "{title} skips it without a word on databases that are past it, and runs it on new ones",
    "refuses": "{title} refuses to run anything on databases that are past it",
    "runs": "{title} runs it last on databases that are past it, and in its place on new ones",
    "unknown": "what {title} does with it on databases that are past it is not known",
}


class AppliedMigrationEdited(FileRule):
    """A migration that databases have already has another text than they have run."""

    code = "IDM822"
    name = "applied-migration-edited"
    of_applied = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding for the file."""
        branch, profile = migration.edited_on, migration.profile
        if not branch:
            return
        finding = self.diagnostic(
            migration,
            Span(0, 0),
            f"{branch} has this migration with another text, so that databases may have run that:"
            f" {AFTER_EDIT[profile.edits].format(title=profile.title)}",
            help_text="give the file the text again that it has there, and put the change in a new migration;"
            " if the edit is meant (`--fix-applied` makes such), say why in a comment:"
            " `-- idemlint: ignore-file[IDM822] reason`",
        )
        severity = Severity.ERROR if profile.edits == "error" else Severity.WARNING
        yield finding._replace(severity=severity)


def late_there(migration: Migration, path: UpgradePath) -> Late | None:
    """Of a file that databases of a revision never get since it comes late, after what it comes."""
    fate = path.late.get(migration.path)
    return Late(path.revision, path.newest) if fate in ("skips", "refuses") else None


def _lost(migration: Migration, path: UpgradePath | None) -> str:
    """What these databases then never have."""
    lost = path.lost.get(migration.path, ()) if path is not None else ()
    if not lost:
        return ""
    more = f" and {len(lost) - 2} more" if len(lost) > 2 else ""
    return f"; those never get {' and '.join(lost[:2]) if not more else ', '.join(lost[:2])}{more}"


class LateMigration(FileRule):
    """A new migration stands before one that databases have run already."""

    code = "IDM823"
    name = "late-migration"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding for the file."""
        path, profile = migration.upgrade, migration.profile
        late = migration.late or (late_there(migration, path) if path is not None else None)
        if late is None:
            return
        fate = profile.late_of(migration.path)
        newest = short_name(profile, late.newest)
        if late.newest == migration.path:
            behind = "`start-after` counts it as applied"
            way = f"let `start-after` name the newest migration of {late.branch}"
        else:
            behind = f"{newest}, which counts as applied, comes after it"
            named = profile.named(migration.path)
            has_version = named is not None and named[1].groupdict().get("version")
            way = f"give it a version after {newest}" if has_version else f"put it behind {newest}"
        if profile.late_option:
            way += f", or tell {profile.title} to run it all the same ({profile.late_option})"
        finding = self.diagnostic(
            migration,
            Span(0, 0),
            f"{late.branch} does not have this migration, but {behind}:"
            f" {_WHEN_LATE[fate].format(title=profile.title)}{_lost(migration, path)}",
            help_text=way,
        )
        severity = Severity.ERROR if fate == "refuses" else Severity.WARNING
        yield finding._replace(severity=severity)
