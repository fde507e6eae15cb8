"""IDM5: transactions, and who opened them."""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, ClassVar, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.plpgsql.nodes import statements as statements_in
from idemlint.postgres.no_block import called, concurrently, refuses_block, transaction_verb
from idemlint.records import NamedTuple
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.rule import FileRule
from idemlint.rules.kit.ways_out import WayOut
from idemlint.runners import misdirectives
from idemlint.runners.profile import IN_TRANSACTION
from idemlint.source.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.runners.units import Delivery
    from idemlint.sequence.migration import Migration

_NOT_IN_BODY: Final = "make it a statement of its own: a DO block always runs in a transaction"


class _Refused(FileRule):
    """A statement that PostgreSQL refuses in a transaction block, where there is one."""

    concurrent: ClassVar[bool]

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Statements of the file, and of its DO bodies (a body is always in a transaction)."""
        way_out: WayOut | None = None
        for statement in migration.applied():
            if not self._mine(statement):
                continue
            delivery = migration.deliveries[statement.index]
            if delivery.refuses:
                way_out = way_out or WayOut(migration)
                yield self._refused(migration, statement, delivery, way_out)
        for statement, body in migration.bodies():
            for leaf in statements_in(body):
                inner = Statement(statement.index, 0, 0, leaf.tree.kind, leaf.tree)
                if self._mine(inner):
                    yield self.diagnostic(
                        migration,
                        leaf.span or statement.span,
                        f"{called(inner)} cannot run in a DO block, which is always in a transaction",
                        statement=statement.index,
                        sqlstate="25001",
                        fix=Fix(Applicability.DISPLAY, _NOT_IN_BODY),
                    )

    def _mine(self, statement: Statement) -> bool:
        return refuses_block(statement) and concurrently(statement) is self.concurrent

    def _refused(
        self, migration: Migration, statement: Statement, delivery: Delivery, way_out: WayOut
    ) -> Diagnostic:
        fix = way_out.of(statement, delivery)
        return self.diagnostic(
            migration,
            statement.span,
            f"{called(statement)} cannot run in a transaction: {delivery.reason}",
            help_text=f"{way_out.told} {fix.message}".strip(),
            statement=statement.index,
            sqlstate="25001",
            fix=fix,
        )


class ConcurrentlyInTransaction(_Refused):
    """`BEGIN; CREATE INDEX CONCURRENTLY …`."""

    code = "IDM501"
    name = "concurrently-in-transaction"
    writes_directives = True
    concurrent = True


class NeverInTransaction(_Refused):
    """`BEGIN; VACUUM`."""

    code = "IDM502"
    name = "never-in-transaction"
    writes_directives = True
    concurrent = False


_VALIDITY: Final = b"indisvalid"


class InvalidIndexKept(FileRule):
    """`CREATE INDEX CONCURRENTLY IF NOT EXISTS`: a build that failed leaves an index that is never used."""

    code = "IDM504"
    name = "invalid-index-kept"
    comes_to_light = True
    default = False

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Guarded concurrent builds, unless pg_index is asked about validity before."""
        asked: int | None = None  # where that is, at the earliest
        for statement in migration.applied():
            tree = statement.tree if statement.kind == "IndexStmt" else None
            if tree is None or not tree.idxname:
                continue
            if not (tree.concurrent and tree.if_not_exists):
                continue
            asked = migration.data.lower().find(_VALIDITY) if asked is None else asked
            if 0 <= asked <= statement.start - len(_VALIDITY):
                continue
            yield self.diagnostic(
                migration,
                statement.span,
                f"a build that fails leaves {tree.idxname} INVALID, and a rerun skips it silently",
                statement=statement.index,
                fix=Fix(
                    Applicability.DISPLAY,
                    "before it, drop the index where pg_index says that it is not valid",
                ),
            )


class _Block(NamedTuple):
    """A BEGIN that was not ended yet; `ours`: the runner's transaction was open already."""

    statement: Statement
    ours: bool


class UnbalancedTransaction(FileRule):
    """BEGIN without COMMIT, COMMIT without BEGIN, BEGIN inside the runner's transaction."""

    code = "IDM505"
    name = "unbalanced-transaction"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """The file's transaction statements, section by section."""
        applied = migration.applied()
        if not any(each.kind == "TransactionStmt" for each in applied):
            return
        starts = sorted(part.span.start for part in migration.profile.parts(migration.data))
        for _, together in groupby(applied, lambda each: bisect_right(starts, each.start)):
            group = list(together)
            if any(each.kind == "TransactionStmt" for each in group):
                yield from self._group(migration, group)

    def _group(self, migration: Migration, group: list[Statement]) -> Iterator[Diagnostic]:
        title = migration.profile.title
        open_block: _Block | None = None
        runner = _is_runners(migration, group[0])
        for position, statement in enumerate(group):
            verb = transaction_verb(statement)
            if verb == "begin":
                if open_block is not None:
                    yield self._found(
                        migration,
                        statement,
                        "this BEGIN does nothing: the one before it has no COMMIT",
                    )
                    continue
                if runner:
                    yield self._found(
                        migration,
                        statement,
                        f"this BEGIN does nothing, and its COMMIT ends the transaction of {title}",
                        f"leave BEGIN and COMMIT away: {title} runs the file in a transaction",
                    )
                open_block = _Block(statement, runner)
            elif verb == "end":
                if open_block is None:
                    yield from self._end(migration, group, position, runner)
                open_block, runner = None, False
        ended = migration.profile.sending in IN_TRANSACTION
        if open_block is None or open_block.ours or ended:
            return
        unread = any(each.tree is None for each in group if each.start > open_block.statement.start)
        if not unread:  # the COMMIT may be in there
            yield self._found(
                migration,
                open_block.statement,
                "this BEGIN has no COMMIT: nothing behind it is kept",
                "end the file with COMMIT",
            )

    def _end(
        self, migration: Migration, group: list[Statement], position: int, runner: bool
    ) -> Iterator[Diagnostic]:
        statement = group[position]
        if runner:
            if _only_refusing(group[position + 1 :]):
                return
            what = "its note that the file ran" if position + 1 == len(group) else "what follows"
            message = f"this ends the transaction of {migration.profile.title}: {what} is not in it"
        elif migration.deliveries[statement.index].block == "message" and position > 0:
            return  # it ends the message's implicit block, on purpose
        else:
            message = "there is no BEGIN that this could end"
        yield self._found(migration, statement, message)

    def _found(
        self, migration: Migration, statement: Statement, message: str, advice: str = ""
    ) -> Diagnostic:
        fix = Fix(
            Applicability.DISPLAY, advice or "give every BEGIN its COMMIT, and the other way round"
        )
        return self.diagnostic(
            migration, statement.span, message, statement=statement.index, fix=fix
        )


def _is_runners(migration: Migration, first: Statement) -> bool:
    """Whether the runner's own transaction is open when a part begins."""
    delivery = migration.deliveries[first.index]
    return delivery.block == "transaction" and not delivery.authored


def _only_refusing(rest: list[Statement]) -> bool:
    """Whether a COMMIT was written for the sake of what follows: statements that refuse a transaction,
    up to the end or the next BEGIN."""
    found = False
    for statement in rest:
        if transaction_verb(statement) == "begin":
            break
        if statement.kind == "VariableSetStmt":
            continue
        if not refuses_block(statement):
            return False
        found = True
    return found


class PartlyApplied(FileRule):
    """Several statements that change the schema, no transaction around them, not all safe to rerun."""

    code = "IDM506"
    name = "partly-applied"
    default = False
    # It counts what else is found, and says that of the next statement when one is mended.
    comes_to_light = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding a file, at the first statement that a rerun would not survive."""
        changing = [
            each
            for each in migration.applied()
            if each.kind not in {"TransactionStmt", "VariableSetStmt", "SelectStmt"}
        ]
        units = [migration.deliveries[each.index].unit for each in changing]
        if not any(one != other for one, other in pairwise(units)):
            return
        risky = [each for each in changing if _is_risky(migration, each)]
        if risky:
            yield self.diagnostic(
                migration,
                risky[0].span,
                f"a failure in the middle leaves the file half applied, and {len(risky)} of its"
                f" {len(changing)} statements cannot simply run again",
                statement=risky[0].index,
                fix=Fix(Applicability.DISPLAY, "put BEGIN and COMMIT around them, or guard each"),
            )


def _is_risky(migration: Migration, statement: Statement) -> bool:
    return any(
        outcome.verdict in {Verdict.FAILS, Verdict.REPEATS}
        for outcome in migration.outcomes[statement.index].values()
    )


class IneffectiveDirective(FileRule):
    """`-- migrate:up transaction: false`: an opt-out that the runner does not read."""

    code = "IDM507"
    name = "ineffective-directive"

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Where no statement needs it; with one that does, IDM501 and IDM502 say it."""
        found = misdirectives(migration.profile, migration.data)
        if not found or any(
            migration.deliveries[each.index].refuses and refuses_block(each)
            for each in migration.applied()
        ):
            return
        for each in found:
            fix = Fix(Applicability.DISPLAY, each.help) if each.help else None
            yield self.diagnostic(migration, each.span, each.message, fix=fix)
