"""IFs in bodies that look for what they make, and one more condition for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability, Fix
from idemlint.fixes.exists import dotted, literal
from idemlint.plpgsql.nodes import If, walk
from idemlint.postgres.catalogs import CATALOGS
from idemlint.records import NamedTuple
from idemlint.rules.kit.branches import Made, asked, doings
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import Word, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.guards.conditions import Exists
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement


class Lookup(NamedTuple):
    """An IF whose branch makes what it looks for."""

    statement: Statement
    node: If
    fact: Exists
    made: Made


def lookups_in(migration: Migration) -> Iterator[Lookup]:
    """All such lookups of a migration, in order."""
    for statement, body in migration.bodies():
        for place in walk(body):
            node = place.node
            if not isinstance(node, If):
                continue
            for branch in (node.then, node.otherwise):
                found = [fact for fact, present in asked(node, branch) if not present]
                made = {made.ref.name: made for made in doings(branch).creates} if found else {}
                for fact in found:
                    if fact.ref.name in made:
                        yield Lookup(statement, node, fact, made[fact.ref.name])


def narrowed(migration: Migration, lookup: Lookup, role: str, wanted: Ref | None) -> Fix:
    """One more condition, behind the one that names the thing."""
    message = f"ask for the {'table' if role == 'parent' else 'schema'} too"
    advice = Fix(Applicability.DISPLAY, message)
    catalog = CATALOGS.get(lookup.fact.catalog)
    test = lookup.node.test
    if catalog is None or test is None or wanted is None:
        return advice
    columns = {what: column for column, what in reversed(catalog.roles.items())}
    words = list(tokens_of(migration.parsed, test))
    name = lookup.fact.ref.name
    if role == "schema" and lookup.fact.ref.parent is not None:
        name = lookup.fact.ref.parent.name
    place = _comparison(words, literal(name))
    if place is None:
        return advice
    at, alias = place
    lower = any(word.says("where") and word.text.islower() for word in words)
    condition = _condition(columns, role, wanted, alias)
    if not condition:
        return advice
    text = f" {'and' if lower else 'AND'} {condition}"
    return Fix(Applicability.SAFE, message, (Edit(Span(at, at), text),))


def _condition(columns: dict[str, str], role: str, wanted: Ref, alias: str) -> str:
    if role == "schema":
        schema = "current_schema()" if wanted.schema is None else literal(wanted.schema)
        if "schema" in columns:
            return f"{alias}{columns['schema']} = {schema}"
        if "schema.oid" in columns:
            return f"{alias}{columns['schema.oid']} = {schema}::regnamespace"
        return ""
    if "parent.oid" in columns:
        table = literal(dotted(wanted.schema, wanted.name))
        return f"{alias}{columns['parent.oid']} = to_regclass({table})"
    return f"{alias}{columns['parent']} = {literal(wanted.name)}" if "parent" in columns else ""


def _comparison(words: list[Word], name: str) -> tuple[int, str] | None:
    """Where `column = 'name'` ends, and the alias that its column has; None where it is not so plain."""
    found = [
        index
        for index, word in enumerate(words)
        if word.kind == "string"
        and word.text == name
        and index > 1
        and words[index - 1].text == "="
    ]
    if len(found) != 1:
        return None
    index = found[0]
    alias = ""
    if index > 3 and words[index - 3].text == ".":
        alias = f"{words[index - 4].text}."
    following = words[index + 1] if index + 1 < len(words) else None
    if following is not None and following.kind == "operator":
        return None
    return words[index].end, alias
