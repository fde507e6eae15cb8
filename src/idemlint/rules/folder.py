"""IDM8: the folder."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.refs import inside, relation
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.rules.kit.rule import FileRule
from idemlint.runners import FALLBACK, get
from idemlint.sequence.migration import Case
from idemlint.sequence.paths import short_name
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.fixes.layout import Site
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.column import Column
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree


class DefinitionDrift(FileRule):
    """`CREATE TABLE IF NOT EXISTS` of a table that an earlier migration made with fewer columns."""

    code = "IDM801"
    name = "definition-drift"
    changes_meaning = comes_to_light = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Columns that the statement names, and that the table does not have when the file is through."""
        removed: dict[str, set[str]] | None = None
        for statement in migration.applied():
            tree = statement.tree if statement.kind == "CreateStmt" else None
            if tree is None or not tree.if_not_exists:
                continue
            table = relation(tree.relation)
            if not migration.after.surely.maker(table):
                continue
            removed = _removed(migration) if removed is None else removed
            missing = _missing(migration, tree, table, removed.get(table.name, set()))
            if missing:
                names = ", ".join(each.name for each in missing)
                yield self.diagnostic(
                    migration,
                    statement.span,
                    f"{table} was made before without {names}: IF NOT EXISTS skips this silently, and"
                    f" {'it stays' if len(missing) == 1 else 'they stay'} missing",
                    statement=statement.index,
                    fix=_additions(migration, statement, missing),
                )


def _missing(migration: Migration, tree: Tree, table: Ref, gone: set[str]) -> list[Column]:
    known = migration.after.surely
    return [
        column
        for name, column in TableDefinition(table.name, tree).columns.items()
        if name not in gone and known.presence(inside(Space.COLUMN, name, table)) is ABSENT
    ]


def _removed(migration: Migration) -> dict[str, set[str]]:
    """The columns that the file itself drops or renames, by table."""
    found: dict[str, set[str]] = {}
    for statement in migration.applied():
        tree = statement.tree
        if statement.kind == "RenameStmt" and tree is not None and tree.relation and tree.subname:
            found.setdefault(tree.relation.relname, set()).add(tree.subname)
        elif statement.kind == "AlterTableStmt" and tree is not None:
            found.setdefault(tree.relation.relname, set()).update(
                command.name for command in tree.cmds or () if command.subtype == "AT_DropColumn"
            )
    return found


def _additions(migration: Migration, statement: Statement, missing: list[Column]) -> Fix:
    """The columns one by one, behind the statement, as it spells them."""
    site = fixes.layout.Site(
        Case(migration, statement, next(iter(migration.outcomes[statement.index].values())))
    )
    end = site.after("EXISTS")
    name = site.name_after(end) if end is not None else None
    texts = _texts(site, [each.name for each in missing])
    message = "add the missing columns behind it with ADD COLUMN IF NOT EXISTS"
    bare = any(
        each.not_null and each.default is None and not each.generated and not each.expression
        for each in missing
    )
    if bare:
        return Fix(
            Applicability.DISPLAY,
            f"{message}; one that is NOT NULL needs a DEFAULT, or its rows filled first",
        )
    if name is None or not all(texts) or site.semicolon is None:
        return Fix(Applicability.DISPLAY, message)
    alter = site.style("ALTER TABLE"), site.raw(name), site.style("ADD COLUMN IF NOT EXISTS")
    lines = "".join(
        f"{site.breakpoint}{site.newline}{site.indent}{' '.join(alter)} {text};" for text in texts
    )
    edit = Edit(Span(site.semicolon, site.semicolon), lines)
    return Fix(Applicability.UNSAFE, message, (edit,))


def _texts(site: Site, names: list[str]) -> list[str]:
    """Columns' definitions as they are written, up to the comma behind them; empty: there is no such text."""
    places: dict[str, int | None] = {}
    for element in site.tree.tableElts or ():
        if element.kind == "ColumnDef":
            places.setdefault(element.colname, element.location)
    words = list(site.words)
    starts = [word.start for word in words]
    found = []
    for name in names:
        start, depth, stop = places.get(name), 0, None
        for word in words[bisect_left(starts, start) :] if start is not None else ():
            if depth == 0 and word.text in {",", ")"}:
                break
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            stop = word.end
        text = site.raw(Span(start, stop)) if start is not None and stop is not None else ""
        found.append("" if "\n" in text or "--" in text else text)
    return found


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
