"""IDM8: the folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.fixes.layout import Site
from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.refs import inside, relation
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.migration import Case
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        for statement in migration.applied():
            tree = statement.tree
            if statement.kind != "CreateStmt" or tree is None or not tree.if_not_exists:
                continue
            missing = _missing(migration, statement, tree)
            if missing:
                table = relation(tree.relation)
                names = ", ".join(each.name for each in missing)
                yield self.diagnostic(
                    migration,
                    statement.span,
                    f"{table} was made before without {names}: IF NOT EXISTS skips this silently, and"
                    f" {'it stays' if len(missing) == 1 else 'they stay'} missing",
                    statement=statement.index,
                    fix=_additions(migration, statement, missing),
                )


def _missing(migration: Migration, statement: Statement, tree: Tree) -> list[Column]:
    known, table = migration.after.surely, relation(tree.relation)
    if not known.maker(table):
        return []
    gone = _removed(migration, table.name)
    return [
        column
        for name, column in TableDefinition(table.name, tree).columns.items()
        if name not in gone and known.presence(inside(Space.COLUMN, name, table)) is ABSENT
    ]


def _removed(migration: Migration, table: str) -> set[str]:
    """The columns that the file itself drops or renames."""
    found: set[str] = set()
    for statement in migration.applied():
        tree = statement.tree
        if tree is None or tree.relation is None or tree.relation.relname != table:
            continue
        if statement.kind == "RenameStmt" and tree.subname:
            found.add(tree.subname)
        elif statement.kind == "AlterTableStmt":
            found |= {
                command.name for command in tree.cmds or () if command.subtype == "AT_DropColumn"
            }
    return found


def _additions(migration: Migration, statement: Statement, missing: list[Column]) -> Fix:
    """The columns one by one, behind the statement, as it spells them."""
    site = Site(
        Case(migration, statement, next(iter(migration.outcomes[statement.index].values())))
    )
    end = site.after("EXISTS")
    name = site.name_after(end) if end is not None else None
    texts = [_text(site, each.name) for each in missing]
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


def _text(site: Site, name: str) -> str:
    """A column's definition as it is written, up to the comma behind it."""
    for element in site.tree.tableElts or ():
        if element.kind == "ColumnDef" and element.colname == name:
            start, depth, stop = element.location, 0, None
            if start is None:
                return ""
            for word in site.words:
                if word.start < start:
                    continue
                if depth == 0 and word.text in {",", ")"}:
                    break
                depth += {"(": 1, ")": -1}.get(word.text, 0)
                stop = word.end
            text = site.raw(Span(start, stop)) if stop is not None else ""
            return "" if "\n" in text or "--" in text else text
    return ""


class DuplicateVersion(FileRule):
    """`0005_a.sql` beside `0005_b.sql`."""

    code = "IDM802"
    name = "duplicate-version"
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Another migration of the folder that has this one's version."""
        version = _version(migration, migration.path)
        if not version:
            return
        for other in migration.siblings:
            if other != migration.path and _version(migration, other) == version:
                title = migration.profile.title
                name = other.replace(os.sep, "/").rpartition("/")[2]
                yield self.diagnostic(
                    migration,
                    Span(0, 0),
                    f"{name} has the version {version} too: {title} knows only one of them",
                    fix=Fix(Applicability.DISPLAY, "give the newer one a version of its own"),
                )
                return


def _version(migration: Migration, path: str) -> str:
    """A file's version as the runner tells files apart by it; empty where it does not."""
    profile = migration.profile
    named = profile.named(path.replace(os.sep, "/"))
    if not profile.version_alone or named is None or named[0].direction != "up":
        return ""
    return named[1].groupdict().get("version") or ""
