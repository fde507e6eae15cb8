"""IDM1, the rarer ones: roles, rules, publications, what is foreign, and what no guard can help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint import fixes
from idemlint.postgres.create_drop import has_or_replace
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import CreatesUnnamed, Requires
from idemlint.rules.creates import CreateRule, makes
from idemlint.rules.kit.rule import repeats

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix
    from idemlint.sequence.migration import Case


class CreateRole(CreateRule):
    """`CREATE ROLE`, `USER`, `GROUP`."""

    code = "IDM113"
    name = "create-role"
    on = makes(Kind.ROLE)


class CreateRewriteRule(CreateRule):
    """`CREATE RULE r AS ON … TO t`."""

    code = "IDM114"
    name = "create-rule"
    on = makes(Kind.RULE)

    def mend(self, case: Case) -> Fix | None:
        """`OR REPLACE`."""
        return fixes.create_fixes.or_replace(case)


class CreatePublication(CreateRule):
    """`CREATE PUBLICATION`, `CREATE SUBSCRIPTION`."""

    code = "IDM115"
    name = "create-publication"
    on = makes(Kind.PUBLICATION, Kind.SUBSCRIPTION)

    def mend(self, case: Case) -> Fix | None:
        """A lookup in pg_publication; a subscription that connects can be in no transaction."""
        effect = case.effect
        if isinstance(effect, Requires) and effect.kind is Kind.SUBSCRIPTION:
            return fixes.create_fixes.advice(
                "look in pg_subscription before you run it: it connects to the publisher, which no"
                " DO block may do"
            )
        return fixes.create_fixes.create(case)


class CreateForeignObject(CreateRule):
    """Servers, user mappings, foreign tables, foreign-data wrappers."""

    code = "IDM116"
    name = "create-foreign-object"
    on = makes(Kind.SERVER, Kind.USER_MAPPING, Kind.FOREIGN_TABLE, Kind.FOREIGN_DATA_WRAPPER)

    def mend(self, case: Case) -> Fix | None:
        """`IF NOT EXISTS`; a wrapper has none and is looked up."""
        if case.tree.kind == "ImportForeignSchemaStmt":
            return fixes.create_fixes.advice(
                "import what is missing only: LIMIT TO (…) or EXCEPT (…)"
            )
        return fixes.create_fixes.create(case)


class CreateOther(CreateRule):
    """Every other CREATE."""

    code = "IDM117"
    name = "create-other"
    on = makes(
        Kind.STATISTICS,
        Kind.COLLATION,
        Kind.CAST,
        Kind.OPERATOR,
        Kind.OPERATOR_CLASS,
        Kind.OPERATOR_FAMILY,
        Kind.CONVERSION,
        Kind.TS_CONFIGURATION,
        Kind.TS_DICTIONARY,
        Kind.TS_PARSER,
        Kind.TS_TEMPLATE,
        Kind.TRANSFORM,
        Kind.LANGUAGE,
        Kind.ACCESS_METHOD,
        Kind.LARGE_OBJECT,
    ) + repeats(CreatesUnnamed, Kind.STATISTICS)

    def repair(self, case: Case) -> Fix | None:
        """Its own guard, `OR REPLACE`, or a lookup; unnamed statistics need a name first."""
        effect = case.effect
        if isinstance(effect, CreatesUnnamed):
            return fixes.create_fixes.advice("give the statistics object a name, and IF NOT EXISTS")
        if isinstance(effect, Requires) and has_or_replace(
            effect.kind, case.migration.postgres_version
        ):
            return fixes.create_fixes.or_replace(case)
        return super().repair(case)


class CreateUnguardable(CreateRule):
    """`CREATE DATABASE`, `CREATE TABLESPACE`."""

    code = "IDM119"
    name = "create-unguardable"
    on = makes(Kind.DATABASE, Kind.TABLESPACE)

    def mend(self, case: Case) -> Fix | None:
        """Neither a guard of its own, nor a DO block, since it can be in no transaction."""
        return fixes.create_fixes.advice(
            "keep it out of the migrations, or let psql ask first: SELECT … WHERE NOT EXISTS (…) \\gexec"
        )
