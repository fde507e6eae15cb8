"""IDM604 and IDM605: lookups by a bare name, that another schema's or table's thing answers as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from idemlint.postgres.kinds import Space
from idemlint.rules import kit
from idemlint.rules.kit.rule import FileRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.guards.conditions import Exists
    from idemlint.rules.kit.branches import Made
    from idemlint.sequence.migration import Migration

_IN_TABLES: Final = frozenset({Space.CONSTRAINT, Space.TRIGGER, Space.POLICY, Space.RULE})


class _LookupRule(FileRule):
    """Lookups in which a part of the name is missing."""

    default = False
    role: ClassVar[str]

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding a condition."""
        for lookup in kit.presence_ifs.lookups_in(migration):
            if not self.is_bare(lookup.fact):
                continue
            fact, made = lookup.fact, lookup.made
            yield self.diagnostic(
                migration,
                lookup.node.test or lookup.node.span or lookup.statement.span,
                self.message(fact),
                statement=lookup.statement.index,
                fix=kit.presence_ifs.narrowed(migration, lookup, self.role, self.wanted(made)),
            )

    def is_bare(self, fact: Exists) -> bool:
        """Whether the part is missing."""
        raise NotImplementedError

    def message(self, fact: Exists) -> str:
        """What else answers."""
        raise NotImplementedError

    def wanted(self, made: Made) -> Ref | None:
        """The thing that the lookup leaves out, where the statement names it."""
        raise NotImplementedError


class GuardWithoutSchema(_LookupRule):
    """`… FROM information_schema.tables WHERE table_name = 'users'`."""

    code = "IDM604"
    name = "guard-without-schema"
    role = "schema"

    def is_bare(self, fact: Exists) -> bool:
        """No schema is asked for."""
        return fact.any_schema and not fact.any_parent

    def message(self, fact: Exists) -> str:
        """Another schema's thing."""
        name = fact.ref.name if fact.ref.parent is None else fact.ref.parent.name
        return f"a {name} in any other schema answers this as well, and then nothing is made"

    def wanted(self, made: Made) -> Ref | None:
        """The schema of the table, or of the thing itself."""
        return made.ref.parent or made.ref


class GuardWithoutTable(_LookupRule):
    """`… FROM pg_constraint WHERE conname = 'amount_positive'`."""

    code = "IDM605"
    name = "guard-without-table"
    role = "parent"

    def is_bare(self, fact: Exists) -> bool:
        """No table is asked for."""
        return fact.any_parent and fact.ref.space in _IN_TABLES

    def message(self, fact: Exists) -> str:
        """Another table's thing."""
        return (
            f"a {fact.ref.space.value} {fact.ref.name} on any other table answers this as well, and then"
            " none is made here"
        )

    def wanted(self, made: Made) -> Ref | None:
        """The table."""
        return made.ref.parent
