"""Statements of a file that belong together: what one of them makes or uses, another renames or drops.

Such a file goes through stages, which the names tell apart that are there. A statement is past where a later
stage is reached: each is guarded by names that are there, or not, at its own stage and at no later one.
Then a rerun goes on where a run stopped, and does nothing where it came to its end.

What is found here is a proposal: that it holds, is proved by who applies it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Fix
from idemlint.fixes import exists
from idemlint.fixes.alter_commands import commands, own_guards
from idemlint.fixes.block import guarded, merged
from idemlint.fixes.clause import SAFE, UNSAFE, if_exists, if_not_exists
from idemlint.fixes.file_stages import FileStages
from idemlint.fixes.layout import Site
from idemlint.fixes.names_read import Sign, plain
from idemlint.postgres.kinds import Space
from idemlint.postgres.no_block import refuses_block
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.sequence.migration import Case
from idemlint.sequence.paths import short_name

if TYPE_CHECKING:
    from idemlint.fixes.names_read import Touching
    from idemlint.postgres.kinds import Ref
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Edit, Statement


def staged(case: Case) -> Fix | None:
    """One fix for all statements that go with this one through the stages of renamed names; `None`: there are
    none, or one of them cannot be guarded."""
    if case.in_body or not _may_rename(case.migration):
        return None
    story = _story(case)
    number = story.number(case.migration, case.statement.index) if story is not None else None
    if story is None or number is None:
        return None
    group = story.group(number)
    if not group or (len(group) < 2 and not case.migration.siblings):
        return None
    if group not in story.fixes:
        story.fixes[group] = _of_group(story, group)
    return story.fixes[group]


#: What gives a thing another name, as it is written.
_RENAMES: Final = re.compile(rb"rename|set\s+schema|using\s+index", re.IGNORECASE)
#: In the place of a file's story: nothing in it has two names.
_PLAIN: Final = object()


def _may_rename(migration: Migration) -> bool:
    """Whether a file, or its folder where that is fixed as a whole, may give a thing another name."""
    if migration.story is None and not migration.siblings and not _RENAMES.search(migration.data):
        migration.story = _PLAIN
    return migration.story is not _PLAIN


def _of_group(story: FileStages, group: tuple[int, ...]) -> Fix | None:
    edits: list[Edit] = []
    applicability = SAFE
    for index in group:
        part = story.parts[index]
        if story.comes_back(index) and _repeats(part):
            return None  # guarded by its stage, it would do so all the same
        found = _guards(story, index, story.signs(index))
        if found is None:
            return None
        edits += found
        moves = part.statement.kind == "AlterObjectSchemaStmt"
        if moves or part.statement.index in part.home.other_definitions:
            applicability = UNSAFE
    if not edits:
        return None
    names = ", ".join(story.shown(group))
    return Fix(
        applicability,
        f"guard what belongs together by what tells how far it came ({names})",
        merged(list(dict.fromkeys(edits))),  # what a runner is told of a part is said once
    )


def while_there(case: Case, absent: Ref | None = None) -> Fix | None:
    """Run the statement only where that is there which the file drops or renames further on, and (`absent`)
    where a name is free; `None`: this is not why it fails, or cannot be written."""
    story = _story(case)
    if story is None:
        return None
    index = story.number(case.migration, case.statement.index)
    assert index is not None
    signs = story.signs(index)
    if absent is not None and story.knows(absent):
        signs = tuple(dict.fromkeys((*signs, Sign(plain(absent), present=False))))
    found = _guards(story, index, signs)
    if case.in_body:
        found = list(_inside(story, index, signs, case))
    if not found:
        return None
    names = [(f"{story.kind(each.ref).noun} {each.ref}", each.present) for each in signs]
    told = " and ".join(f"{name} is {'' if there else 'not '}there" for name, there in names)
    what = f"run it only while {told}" if signs else "add IF EXISTS"
    return Fix(SAFE, what, merged(found))


def _story(case: Case) -> FileStages | None:
    """The stages of the file that a statement stands in, or of its folder; `None`: it has none, or more than
    a person would see."""
    if case.outcome.half is not None:
        return None
    migration = case.migration
    known = migration.story
    if not isinstance(known, FileStages):
        files = tuple(migration.siblings.values()) or (migration,)
        known = FileStages(files)
        for each in files:
            each.story = known
    number = known.number(migration, case.statement.index)
    return None if number is None or known.is_crowded(number) else known


def in_folder(case: Case, fix: Fix | None) -> Fix | None:
    """The fix of a statement where all files run again: what a later file takes away is made once more, which
    nobody does who fails before. That is not safe."""
    if fix is None or not case.migration.siblings or not fix.edits:
        return fix
    story = _story(case)
    number = story.number(case.migration, case.statement.index) if story is not None else None
    part = story.undone_by(number) if story is not None and number is not None else None
    if part is None:
        return fix
    row = part.home.data.count(b"\n", 0, part.statement.start) + 1
    where = f"{short_name(part.home.profile, part.home.path)}:{row}"
    message = f"{fix.message}; a rerun of the folder then makes it once more, and {where} drops it"
    return Fix(min(fix.applicability, UNSAFE), message, fix.edits)


def _repeats(part: Touching) -> bool:
    """Whether a rerun from the start does a statement once more, for good."""
    outcomes = part.home.outcomes[part.statement.index]
    return any(
        each.verdict is Verdict.REPEATS
        for mode, each in outcomes.items()
        if mode in {"file", "folder"}
    )


def _guards(story: FileStages, index: int, signs: tuple[Sign, ...]) -> list[Edit] | None:
    """The edits that guard a statement; empty: it needs none; `None`: this cannot be written."""
    part = story.parts[index]
    case = _case(part.home, part.statement)
    edits: list[Edit] = []
    if part.statement.tree is None:
        return None
    if signs:
        if refuses_block(part.statement) or part.statement.kind == "DoStmt":
            return None
        condition = _all_of(story, index, signs)
        found = guarded(Site(case), condition)
        if not found:
            return None
        edits += found
    return edits + _clause_edits(story, index, case)


def _inside(story: FileStages, index: int, signs: tuple[Sign, ...], case: Case) -> tuple[Edit, ...]:
    """The edits that guard the one statement of a body."""
    if not signs or not story.parts[index].is_alone:
        return ()
    return guarded(Site(case), _all_of(story, index, signs))


def _all_of(story: FileStages, index: int, signs: tuple[Sign, ...]) -> str | None:
    """What must hold for a statement to run, as SQL."""
    conditions = [_condition(story, sign) for sign in signs]
    if not all(conditions) or not all(map(story.is_open, signs)):
        return None
    conditions += [
        f"NOT EXISTS (SELECT FROM {exists.quoted(ref.schema, ref.name)})"
        for ref in story.fills(index)
        # Where it may be missing, this cannot be asked.
        if all(sign.ref.name != ref.name for sign in signs)
    ]
    return " AND ".join(filter(None, conditions))


def _condition(story: FileStages, sign: Sign) -> str | None:
    """A sign as SQL."""
    ref, kind = story.written(sign.ref), story.kind(sign.ref)
    if ref.space is Space.RELATION:
        return f"{exists.maybe_relation(ref)} IS {'NOT ' if sign.present else ''}NULL"
    parent = ""
    if ref.parent is not None and ref.parent.space is Space.RELATION:
        parent = exists.maybe_relation(ref.parent)
    if ref.space is Space.TYPE and not sign.present:
        return exists.missing_type(ref)
    found = exists.found(kind, ref, parent)
    return found if found is None or sign.present else f"NOT {found}"


def _clause_edits(story: FileStages, index: int, case: Case) -> list[Edit]:
    """`IF [NOT] EXISTS` in a statement that needs one, and has none."""
    edits: list[Edit] = []
    needed = story.clauses(index)
    of_commands = case.tree.kind == "AlterTableStmt"
    for sign in needed:
        if not sign.present and not of_commands:
            fix = if_not_exists(case)
            edits += fix.edits if fix is not None else ()
        elif sign.ref.space is Space.RELATION or case.tree.kind == "DropStmt":
            edits += if_exists(case).edits
    if of_commands and any(sign.ref.space is not Space.RELATION for sign in needed):
        edits += own_guards(Site(case), commands(Site(case)))
    return edits


def _case(migration: Migration, statement: Statement) -> Case:
    return Case(migration, statement, Outcome(Verdict.FAILS, "file"))
