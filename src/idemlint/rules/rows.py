"""IDM4: it writes rows again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.diagnostics import Applicability, Fix
from idemlint.replay.effects.vocabulary import Again, Deletes, Inserts, Repeats, Sets, Updates
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.first_runs import finding
from idemlint.rules.kit.rule import OutcomeRule, fails, repeats, unsure
from idemlint.source.statement import Edit, Span
from idemlint.source.tree import holds

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.migration import Case, FirstCase

_DO_NOTHING: Final = "ON CONFLICT DO NOTHING"
_NO_KEY: Final = (
    "no key of {} keeps these rows out: give it one and add ON CONFLICT DO NOTHING,"
    " or insert with SELECT … WHERE NOT EXISTS (…)"
)
_MAYBE: Final = (
    "add ON CONFLICT DO NOTHING if {} has a key over these columns, else insert with SELECT …"
    " WHERE NOT EXISTS (…)"
)


class Insert(OutcomeRule):
    """`INSERT INTO t VALUES …`."""

    code = "IDM401"
    name = "insert"
    on = (*fails(Inserts), *repeats(Inserts), *unsure(Inserts, "unsure"))

    def message(self, case: Case) -> str:
        """The row is there, or comes once more."""
        if case.outcome.verdict is Verdict.FAILS:
            return f"INSERT fails on a rerun: {case.outcome.reason}"
        verb = "repeats or fails" if case.outcome.verdict is Verdict.UNKNOWN else "repeats"
        if case.effect is not None and getattr(case.effect, "kept", None) is True:
            verb = "fails"
        return f"INSERT {verb} on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """`ON CONFLICT DO NOTHING` where a key finds the rows; it helps nowhere else."""
        effect = case.effect
        assert isinstance(effect, Inserts)
        if case.outcome.verdict is Verdict.FAILS:
            sqlstate = case.outcome.sqlstate or ""
            if sqlstate not in _OF_KEYS:
                return Fix(Applicability.DISPLAY, _OF_VALUES.get(sqlstate, _OTHERWISE))
            return _do_nothing(case)
        if effect.kept is True and not _calls(case.tree.fields):
            return _do_nothing(case)
        advice = _NO_KEY if effect.kept is False else _MAYBE
        return Fix(Applicability.DISPLAY, advice.format(effect.table))


_CALLS: Final = frozenset({"FuncCall"})
#: A key is in the way.
_OF_KEYS: Final = frozenset({"23505", "23P01"})
#: What is to be done where none is: SQLSTATE → advice.
_OTHERWISE: Final = "run it only before what it meets by then is there"
_OF_VALUES: Final = {
    "42601": "name the columns that it gives values for, and those that it selects, instead of `*`",
    "23502": "give the column a value, or run the INSERT only before the column is NOT NULL",
}


def _calls(root: object) -> bool:
    """Whether a statement calls a function: the key may be one that it makes up each time."""
    return holds(root, _CALLS)


def _do_nothing(case: Case) -> Fix:
    """At the end of the statement, before its RETURNING."""
    site = fixes.layout.Site(case)
    message = f"add {site.style(_DO_NOTHING)}"
    if not site.editable or case.tree.kind != "InsertStmt":
        return Fix(Applicability.DISPLAY, message)
    # A statement of a file ends with its last token; ten megabytes of rows are not read to find it.
    reads_all = site.in_body or "returningClause" in site.tree.fields
    at = _before_returning(site) if reads_all else site.span.end
    several = b"\n" in site.data[site.span.start : at]
    gap = site.newline + site.indent if several else " "
    edit = Edit(Span(at, at), gap + site.style(_DO_NOTHING))
    return Fix(Applicability.UNSAFE, message, (edit,))


def _before_returning(site: fixes.layout.Site) -> int:
    """Behind the last token before RETURNING, or of all."""
    depth, returning = 0, None
    before = site.span.start
    for word in site.words:
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth == 0 and word.kind == "word" and word.says("RETURNING"):
            returning = before
        before = word.end
    return returning if returning is not None else min(site.span.end, before)


#: What PostgreSQL says of an ON CONFLICT whose key is not there, or is none that it can use.
_REFUSED: Final = {
    "42P10": "make a unique index over these columns first, or name the columns of one",
    "42704": "name a constraint that the table has, or the columns of a unique index",
    "42809": "name a unique constraint, or the columns of a unique index",
    "55000": "make the key NOT DEFERRABLE, or name the columns of another one",
}


class ConflictTarget(OutcomeRule):
    """`ON CONFLICT (a)` of a table that has no unique index over exactly these columns."""

    code = "IDM402"
    name = "conflict-target-without-index"
    on = fails(Inserts, "refused")

    def message(self, case: Case) -> str:
        """The same in the first run, where nothing has changed since."""
        return str(case.outcome.reason)

    def repair(self, case: Case) -> Fix | None:
        """A person has to say what tells the rows apart."""
        return _advice(case.outcome.sqlstate)

    def of_first_run(self, case: FirstCase) -> Diagnostic:
        """A rerun, too, may fail for it: that is the same."""
        outcome = case.outcome
        return finding(self, case, outcome.reason, fix=_advice(outcome.sqlstate))


def _advice(sqlstate: str | None) -> Fix:
    advice = _REFUSED.get(str(sqlstate), "name columns that the table has")
    return Fix(Applicability.DISPLAY, advice)


class ConflictNever(OutcomeRule):
    """`ON CONFLICT DO NOTHING` where no row can ever conflict."""

    code = "IDM403"
    name = "conflict-never"
    on = repeats(Inserts, "nothing", "update")

    def message(self, case: Case) -> str:
        """The clause looks like a guard and is none."""
        return case.outcome.reason

    def repair(self, case: Case) -> Fix | None:
        """Only a key would help."""
        return Fix(Applicability.DISPLAY, _NO_KEY.format(_table(case)))


class SelfReferencingUpdate(OutcomeRule):
    """`UPDATE t SET n = n + 1`."""

    code = "IDM404"
    name = "self-referencing-update"
    on = (*repeats(Updates, Again.MOVES), *repeats(Inserts, Again.MOVES))

    def message(self, case: Case) -> str:
        """The value moves on."""
        return f"a rerun changes the rows once more: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """A person has to say how changed rows are told from others."""
        return Fix(
            Applicability.DISPLAY, "let its WHERE leave out the rows that were changed before"
        )


class VolatileUpdate(OutcomeRule):
    """`UPDATE t SET seen = now()`; and one that finds rows that came after it."""

    code = "IDM405"
    name = "volatile-update"
    on = (
        *repeats(Updates, Again.VOLATILE, Again.SAME),
        *repeats(Inserts, Again.VOLATILE),
        *repeats(Deletes),
    )

    def message(self, case: Case) -> str:
        """Another value, or other rows."""
        return f"a rerun changes the rows once more: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Only rows that have no value yet."""
        return Fix(
            Applicability.DISPLAY,
            "let its WHERE leave out the rows that were changed before (… IS NULL)",
        )


class CopyFrom(OutcomeRule):
    """`COPY t FROM …`."""

    code = "IDM406"
    name = "copy-from"
    on = (
        *fails(Inserts, statement="CopyStmt"),
        *repeats(Inserts, statement="CopyStmt"),
        *unsure(Inserts, "unsure", statement="CopyStmt"),
    )

    def message(self, case: Case) -> str:
        """The rows are there."""
        if case.outcome.verdict is Verdict.FAILS:
            return f"COPY fails on a rerun: {case.outcome.reason}"
        verb = "repeats or fails" if case.outcome.verdict is Verdict.UNKNOWN else "repeats"
        return f"COPY {verb} on a rerun: {case.outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """COPY has no ON CONFLICT."""
        return Fix(
            Applicability.DISPLAY,
            "copy into a temporary table, and INSERT … SELECT … ON CONFLICT DO NOTHING from there",
        )


class SequenceAdvance(OutcomeRule):
    """`SELECT nextval('s')`."""

    code = "IDM407"
    name = "sequence-advance"
    on = (*repeats(Repeats), *repeats(Sets))

    def message(self, case: Case) -> str:
        """It happens at every run."""
        effect = case.effect
        what = effect.what if isinstance(effect, Repeats) else case.outcome.reason
        return f"each run does it once more: {what}"

    def repair(self, case: Case) -> Fix | None:
        """setval to a value that the data tell does not move on."""
        effect = case.effect
        if isinstance(effect, Repeats) and effect.subject is None:
            return None
        return Fix(
            Applicability.DISPLAY,
            "set the sequence from the data: SELECT setval(…, (SELECT max(id) FROM …))",
        )


def _table(case: Case) -> str:
    return str(getattr(case.effect, "table", "the table"))
