"""Fixes, made from what a rule found: pure functions from a `Case` to a `Fix`.

Each inserts the smallest text that makes the statement right on a database where it never ran and on
one where it did. Where none can be written, the fix is advice (`DISPLAY`, without edits). This module
has those of CREATE and the plain clauses, `alter_fixes` those of ALTER.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Fix
from idemlint.fixes import exists
from idemlint.fixes.block import guarded
from idemlint.fixes.clause import (
    SAFE,
    UNSAFE,
    advice,
    fix_or_advice,
    if_exists,
    if_exists_after,
    if_not_exists,
    or_replace,
    ref_of,
)
from idemlint.fixes.layout import Site
from idemlint.postgres.create_drop import FORMS, has_if_not_exists, has_or_replace
from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.effects.vocabulary import Requires
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.sequence.migration import Case


def create(case: Case) -> Fix | None:
    """Any CREATE: its own guard, or a DO block that looks for the object first."""
    effect = case.effect
    ref = ref_of(case)
    if not isinstance(effect, Requires) or ref is None:
        return advice(f"look whether {case.subject} is there before it is made")
    if has_if_not_exists(effect.kind) and not (
        case.tree.kind == "CreateSchemaStmt" and case.tree.schemaElts
    ):
        return if_not_exists(case)
    return guarded_create(case)


def create_table(case: Case) -> Fix | None:
    """`IF NOT EXISTS`, unless the name is a type's, or the folder makes the table otherwise, too."""
    if case.outcome.sqlstate != "42P07" or not isinstance(case.effect, Requires):
        return advice("give the table a name that is free on every run")
    otherwise = case.migration.other_definitions.get(case.statement.index)
    if otherwise is not None:
        hides = "hides" if otherwise.certain else "may hide"
        return if_not_exists(
            case,
            UNSAFE,
            f"add IF NOT EXISTS, which {hides} a difference: {otherwise.text}",
        )
    return if_not_exists(case)


def guarded_create(case: Case) -> Fix:
    """A DO block around the statement that looks the object up in its catalog."""
    site = Site(case)
    effect, ref = case.effect, ref_of(case)
    assert isinstance(effect, Requires)
    assert ref is not None
    if effect.kind.catalog == "pg_type":
        condition: str | None = exists.missing_type(ref._replace(space=Space.TYPE))
    elif case.tree.kind == "AlterDomainStmt" and ref.parent is not None:
        condition = exists.missing_on_domain(ref)
    elif effect.kind is Kind.CAST:
        condition = _missing_cast(site)
    elif effect.kind is Kind.OPERATOR:
        condition = exists.missing_operator(ref)
    else:
        condition = exists.missing(effect.kind, ref)
    noun = f"{effect.kind.noun} {ref.name}"
    return fix_or_advice(
        SAFE,
        f"make it only where {noun} is not there",
        guarded(site, condition),
        f"look whether {noun} is there before it is made"
        + ("" if site.profile.do_blocks else f"; {site.profile.title} cannot run a DO block here"),
    )


def _missing_cast(site: Site) -> str | None:
    """`CREATE CAST (source AS target)`."""
    words = site.words
    opening = next((index for index, word in enumerate(words) if word.text == "("), None)
    if opening is None:
        return None
    depth, middle = 0, None
    for index in range(opening, len(words)):
        word = words[index]
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth == 1 and word.says("AS"):
            middle = index
        if depth == 0 and middle is not None:
            source = site.data[words[opening].end : words[middle].start]
            target = site.data[words[middle].end : word.start]
            try:
                return exists.missing_cast(source.decode().strip(), target.decode().strip())
            except UnicodeDecodeError:  # a name that the server refuses, whatever is done about it
                return None
    return None


def select_into(case: Case) -> Fix:
    """`SELECT … INTO t` becomes `CREATE TABLE IF NOT EXISTS t AS SELECT …`."""
    site = Site(case)
    advised = "write it as CREATE TABLE IF NOT EXISTS … AS SELECT …"
    end = site.after("INTO TABLE", "INTO")
    name = site.name_after(end) if end is not None else None
    into = case.tree.intoClause
    if name is None or case.in_body or into.rel.relpersistence != "p":
        return advice(advised)
    start = next(word.start for word in site.words if word.says("INTO"))
    stop = name.end
    while site.data[stop : stop + 1] in {b" ", b"\t"}:
        stop += 1
    opening = site.style("CREATE TABLE IF NOT EXISTS") + f" {site.raw(name)} " + site.style("AS")
    return Fix(
        UNSAFE,
        "write it as " + site.style("CREATE TABLE IF NOT EXISTS … AS"),
        (
            site.insertion(site.span.start, opening + site.newline + site.indent),
            Edit(Span(start, stop), ""),
        ),
    )


# -- DROP … IF EXISTS before CREATE -------------------------------------------------------------------


def drop_before(case: Case, kind: Kind) -> Fix:
    """`DROP … IF EXISTS` before the statement. In between, nobody has the object: never safe."""
    site = Site(case)
    form = FORMS[kind]
    what = form.keyword
    message = f"put {site.style(f'DROP {what} IF EXISTS')} before it"
    end = site.after(what)
    name = site.name_after(end) if end is not None else None
    if name is None or not site.editable:
        return advice(message)
    target = ""
    if form.table:
        at = next(
            (i for i, word in enumerate(site.words) if word.start > name.end and word.says("ON")),
            None,
        )
        table = site.name_after(site.words[at].end) if at is not None else None
        if table is None:
            return advice(message)
        target = " " + site.style("ON") + f" {site.raw(table)}"
    text = site.style(f"DROP {what} IF EXISTS") + f" {site.raw(name)}{target};"
    text += site.breakpoint + site.newline + site.indent
    return Fix(UNSAFE, message, (site.insertion(site.span.start, text),))


def trigger(case: Case) -> Fix:
    """`OR REPLACE` from PostgreSQL 14 on: safe, where the folder says no more of the trigger, else a guarded
    DO block is. Constraint triggers, event triggers: DROP before it."""
    if case.tree.kind == "CreateEventTrigStmt":
        return drop_before(case, Kind.EVENT_TRIGGER)
    version = case.migration.postgres_version
    if case.tree.isconstraint or not has_or_replace(Kind.TRIGGER, version):
        return drop_before(case, Kind.TRIGGER)
    ref = ref_of(case)
    if ref is not None and case.migration.facts.is_sole_mention(ref.name):
        return or_replace(case, SAFE)
    fix = guarded_create(case)
    return fix if fix.edits else or_replace(case)


def policy(case: Case) -> Fix:
    """A guarded DO block; where the runner cannot have one, DROP POLICY IF EXISTS before it."""
    fix = guarded_create(case)
    return fix if fix.edits else drop_before(case, Kind.POLICY)


__all__ = [
    "advice",
    "create",
    "create_table",
    "drop_before",
    "guarded_create",
    "if_exists",
    "if_exists_after",
    "if_not_exists",
    "or_replace",
    "policy",
    "ref_of",
    "select_into",
    "trigger",
]
