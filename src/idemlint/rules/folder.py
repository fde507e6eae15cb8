"""IDM8: the folder, and who reads which of its files."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.rules.kit.rule import FileRule
from idemlint.runners import FALLBACK, get
from idemlint.sequence.paths import short_name
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.sequence.migration import Migration


class DuplicateVersion(FileRule):
    """`0005_a.sql` beside `0005_b.sql`."""

    code = "IDM802"
    name = "duplicate-version"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Another migration of the folder that has this one's version."""
        for other in islice(migration.facts.same_version(migration.path), 1):
            profile = migration.profile
            yield self.diagnostic(
                migration,
                Span(0, 0),
                f"{short_name(profile, other)} has the version {profile.version_of(other)} too:"
                f" {profile.title} knows only one of them",
                fix=Fix(Applicability.DISPLAY, "give the newer one a version of its own"),
            )


class NotReadByRunner(FileRule):
    """A plain file beside one with `-- +goose Up`, `008b_x.sql` under Supabase."""

    code = "IDM821"
    name = "not-read-by-runner"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Why the runner does not run the file, where its author does not know."""
        if migration.facts.runs(migration.path):
            return
        from idemlint.runners.unread import why_not_run

        why = why_not_run(migration.profile, migration.path, migration.data, migration.clues)
        if why is None or why.kind != "unread":
            return
        sure = migration.evidence
        text, advice = why.reason, why.help
        if sure is not None and migration.path in sure.plain and sure.marked:
            text += (
                f" ({sure.marked} of {sure.marked + len(sure.plain)} files here have such a line)"
            )
        if sure is not None and sure.certainty != "named":
            advice += ", or name the runner that does run it (`--runner`)"
        yield self.diagnostic(migration, Span(0, 0), text, help_text=advice)


class MixedMarks(FileRule):
    """`0000_a.sql` with Drizzle's breakpoints beside `0001_b.sql` without, and no journal."""

    code = "IDM825"
    name = "mixed-marks"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """The folder's newest file that does not say whose it is, where others do."""
        sure, profile = migration.evidence, migration.profile
        if sure is None or not sure.is_divided or not migration.facts.runs(migration.path):
            return
        # Each file of the folder asks: the newest is found behind few others.
        run = (name for name in reversed(sure.plain) if migration.facts.runs(name))
        if next(run, None) != migration.path:
            return
        whole, other = sure.marked + len(sure.plain), get(FALLBACK)
        yield self.diagnostic(
            migration,
            Span(0, 0),
            f"{sure.marked} of {whole} files in this folder {'is' if sure.marked == 1 else 'are'}"
            f" marked as {profile.title}'s, {len(sure.plain)} without a mark: all are read as"
            f" {profile.title}'s, which sends {_SENDS[profile.sending]}; {other.title} would send"
            f" {_SENDS[other.sending]}",
            help_text=f"say whose they are: `--runner {profile.name}` or `--runner {other.name}`, or"
            " `runner` in the configuration",
        )


_SENDS: Final = {
    "stmt": "statement by statement",
    "msg": "each file as one message",
    "pipe": "each file as one pipeline",
    "tx": "each file in a transaction",
    "tx-all": "all pending files in one transaction",
}
