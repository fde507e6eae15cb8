"""Fixes of ALTER: commands, renames, members; and names for what has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Fix
from idemlint.fixes import alter_commands, exists
from idemlint.fixes.block import guarded, merged
from idemlint.fixes.clause import (
    SAFE,
    UNSAFE,
    advice,
    fix_or_advice,
    if_exists,
    object_end,
    ref_of,
)
from idemlint.fixes.layout import Site
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import KINDS, inside, relation
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.effects.vocabulary import CreatesUnnamed, Requires
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from idemlint.sequence.migration import Case
    from idemlint.source.statement import Edit
    from idemlint.source.tokens import Word
    from idemlint.source.tree import Tree


def _taken_again(case: Case, effect: CreatesUnnamed) -> bool:
    """Whether the folder has more than one of the name that PostgreSQL would choose, or none.

    Then which one is this statement's cannot be told.
    """
    names = (f"{effect.base}1", effect.base)
    refs = [
        inside(Space.CONSTRAINT, name, effect.table)
        if effect.kind is Kind.CONSTRAINT
        else Ref(effect.kind.space, name, effect.table.schema)
        for name in names
    ]
    second, first = (case.migration.after.as_made.presence(ref) for ref in refs)
    return second is PRESENT or first is ABSENT


def name_index(case: Case) -> Fix | None:
    """`CREATE INDEX ON t (a)` gets the name that PostgreSQL gave it, and `IF NOT EXISTS`."""
    site = Site(case)
    effect = case.effect
    assert isinstance(effect, CreatesUnnamed)
    end = object_end(site)
    if end is None or not site.editable or _taken_again(case, effect):
        return advice("give the index a name, and IF NOT EXISTS")
    text = f" {site.style('IF NOT EXISTS')} {_quoted(effect.base)}"
    return fix_or_advice(
        UNSAFE,
        f"give it the name that PostgreSQL chooses, {effect.base}, and {site.style('IF NOT EXISTS')}",
        (site.insertion(end, text),),
    )


def _quoted(name: str) -> str:
    # A chosen name ends in `_idx`, `_key` or the like: it is never a keyword.
    return exists.dotted(name)


def name_constraint(case: Case) -> Fix | None:
    """`CONSTRAINT name` before an unnamed constraint, which then is looked up like a named one."""
    site, tree, effect = Site(case), case.tree, case.effect
    assert isinstance(effect, CreatesUnnamed)
    advised = advice("give the constraint a name, and look for it before it is added")
    if not site.editable or _taken_again(case, effect):
        return advised
    own: tuple[Edit, ...] = ()
    if tree.kind == "AlterDomainStmt":
        ref = inside(Space.CONSTRAINT, effect.base, effect.table)
        edits = guarded(site, exists.missing_on_domain(ref))
        places: list[tuple[int, str]] = [(getattr(tree, "def").location, effect.base)]
    else:
        found = alter_commands.commands(site)
        edits = alter_commands.guarded_commands(site, found, naming=True)
        places = alter_commands.unnamed(site) or []
        if tree.kind == "AlterTableStmt":
            own = alter_commands.own_guards(site, found)
    if not edits or not places:
        return advised
    constraint = site.style("CONSTRAINT")
    names = [site.insertion(at, f"{constraint} {_quoted(name)} ") for at, name in places]
    return Fix(
        UNSAFE,
        f"give it the name that PostgreSQL chooses, {effect.base}, and look for it first",
        merged([*edits, *own, *names]),
    )


def alter_table(case: Case) -> Fix | None:
    """Commands that can have a guard of their own get it, the others are looked up, all in one go."""
    site = Site(case)
    advised = "give the command a statement of its own, and look for what it changes first"
    if not site.editable or case.tree.kind != "AlterTableStmt":
        return advice(advised)
    found = alter_commands.commands(site)
    own = alter_commands.own_guards(site, found)
    looked_up = alter_commands.guarded_commands(site, found)
    texts = list(dict.fromkeys(edit.content.strip() for edit in own))
    steps = [f"add {' and '.join(texts)}"] if own else []
    if looked_up:
        ref = ref_of(case)
        bare = ref is not None and ref.space is not Space.FACET
        subject = f"{_noun(case)} {ref.name}" if ref is not None and bare else case.subject
        steps.append("look for the others first" if own else f"look for {subject} first")
    if not steps:
        return advice(advised)
    return Fix(SAFE, ", ".join(steps), merged([*own, *looked_up]))


def _noun(case: Case) -> str:
    effect = case.effect
    return effect.kind.noun if isinstance(effect, Requires) else "object"


def rename(case: Case) -> Fix:
    """`IF EXISTS` for relations, else a DO block that looks for the old name."""
    effect, ref = case.effect, ref_of(case)
    gone = isinstance(effect, Requires) and effect.want
    if not gone or ref is None:
        from idemlint.fixes.stages import while_there

        taken = ref if isinstance(effect, Requires) and not gone else None
        return while_there(case, taken) or advice(
            "the file makes the old name again: guard what makes it by the new name"
        )
    assert isinstance(effect, Requires)
    what = KINDS.get(case.tree.renameType or case.tree.objectType)
    if what is not None and what.catalog == "pg_class" and ref.space is Space.RELATION:
        # of the relation itself: `IF EXISTS` says nothing of its columns and constraints
        return if_exists(case)
    site = Site(case)
    kind = effect.kind
    parent = ""
    if ref.parent is not None and ref.parent.space is Space.RELATION:
        maybe = bool(case.tree.fields.get("missing_ok"))
        parent = exists.maybe_relation(ref.parent) if maybe else exists.relation(ref.parent)
    if case.tree.renameType == "OBJECT_DOMCONSTRAINT" and ref.parent is not None:
        condition: str | None = exists.on_domain(ref)
    else:
        condition = exists.found(kind, ref, parent)
    return fix_or_advice(
        SAFE,
        f"do it only where {kind.noun} {ref.name} is still there",
        guarded(site, condition),
        f"look whether {kind.noun} {ref.name} is still there before",
    )


def change_type(case: Case) -> Fix | None:
    """`ALTER COLUMN c TYPE t USING …`, which only the old type has: not where it is of the new one."""
    site = Site(case)
    advised = (
        "look in pg_attribute whether the column still has its old type, and change it only then"
    )
    cmds: tuple[Tree, ...] = case.tree.cmds or ()
    if len(cmds) != 1 or cmds[0].subtype != "AT_AlterColumnType" or not site.editable:
        return advice(advised)
    start = site.after("TYPE")
    using = next(
        (word for word in site.words if start and word.start > start and _ends(word)), None
    )
    if start is None or using is None:
        return advice(advised)
    written = site.raw(Span(start, using.start)).strip()
    table = relation(case.tree.relation)
    column = exists.exists(Kind.COLUMN, inside(Space.COLUMN, cmds[0].name, table))
    assert column is not None
    condition = f"{column[:-1]} AND atttypid <> {exists.literal(written)}::regtype)"
    return fix_or_advice(
        SAFE, "change it only while the column has another type", guarded(site, condition), advised
    )


def _ends(word: Word) -> bool:
    return word.says("USING") or word.says("COLLATE")


def set_schema(case: Case) -> Fix:
    """As a rename; unsafe, since an object of the same name may stand in the old schema again."""
    fix = rename(case)
    return Fix(min(fix.applicability, UNSAFE), fix.message, fix.edits)


def link(case: Case) -> Fix | None:
    """ATTACH, DETACH, INHERIT: look in pg_inherits. Unsafe: it compares tables, not bounds."""
    fix = alter_table(case)
    return fix and Fix(
        min(fix.applicability, UNSAFE),
        "look in pg_inherits first" if fix.edits else fix.message,
        fix.edits,
    )


def publication_member(case: Case) -> Fix:
    """`ALTER PUBLICATION p ADD | DROP TABLE t`, one table."""
    site, tree = Site(case), case.tree
    objects: tuple[Tree, ...] = tree.pubobjects or ()
    advised = "look in pg_publication_tables first"
    if tree.kind != "AlterPublicationStmt" or len(objects) != 1 or objects[0].pubtable is None:
        return advice(advised)
    table = exists.relation(relation(objects[0].pubtable.relation))
    found = exists.published(tree.pubname, table)
    condition = f"NOT {found}" if tree.action == "AP_AddObjects" else found
    return fix_or_advice(UNSAFE, advised, guarded(site, condition), advised)
