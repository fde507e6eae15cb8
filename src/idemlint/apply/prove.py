"""The proof that a fix is owed before it is written.

Two reports on one file, before and after some fixes, and what is wrong with the step between them:
text that no longer parses, statements that do something else, comments that are gone, findings that
are still there or new. Each objection names the fixes to blame, as far as their places tell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final

from idemlint.apply.edits import extent
from idemlint.apply.meaning import atoms_of, comments_of, difference
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import all_rules
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.analysis.judged import Judged
    from idemlint.apply.edits import Patch
    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.rules import Rule
    from idemlint.sequence.running.strays import Stray
    from idemlint.source.statement import Statement


@dataclass(frozen=True, slots=True, eq=False)
class TriedFix:
    """A fix that is tried, and the findings that would be gone with it."""

    key: str
    fix: Fix
    findings: tuple[Diagnostic, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its findings."""
        return frozenset(finding.code for finding in self.findings)

    @property
    def rules(self) -> list[Rule]:
        """The rules that found them."""
        return [all_rules()[code] for code in self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class Objection:
    """Why a step must not be made. `blamed` is empty where any fix of the folder may be at fault. `is_ours`:
    the text of a fix is wrong; else it is right, and does not come to what it is for."""

    why: str
    blamed: tuple[TriedFix, ...] = ()
    is_ours: bool = False


_LEFT: Final = "the finding is still there afterwards"


def objections(
    before: Judged,
    after: Judged,
    patch: Patch | None,
    tried: Sequence[TriedFix],
) -> Iterator[Objection]:
    """All that is wrong with a step. `patch` is `None` for a file that only others' fixes concern."""
    if patch is None:
        yield from _findings(before, after, None, ())
        return
    step = _Step(
        before, after, patch, tried, _Stretches((extent(each.fix), each) for each in tried)
    )
    yield from _reading(step)
    yield from _statements(step)
    yield from _comments(step)
    yield from _findings(before, after, patch, tried)


class _Stretches:
    """Which fixes are at a place: stretches of text, each with its fix, sorted by where they begin."""

    def __init__(self, stretches: Iterable[tuple[Span, TriedFix]]) -> None:
        self._sorted = sorted(stretches, key=lambda each: each[0])
        self._starts = [span.start for span, _ in self._sorted]
        #: The furthest end of each and of all before it: where it lies before a place, so do these.
        self._ends = list(accumulate((span.end for span, _ in self._sorted), max))

    def over(self, span: Span) -> Iterator[TriedFix]:
        """The fixes whose stretches share a byte or an end with this one."""
        at = bisect_right(self._starts, span.end) - 1
        while at >= 0 and self._ends[at] >= span.start:
            stretch, fix = self._sorted[at]
            if stretch.end >= span.start:
                yield fix
            at -= 1


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    before: Judged
    after: Judged
    patch: Patch
    tried: Sequence[TriedFix]
    places: _Stretches

    def touching(self, span: Span) -> tuple[TriedFix, ...]:
        """The fixes that touch a stretch of the old text; all of them where none does."""
        found = tuple(
            each
            for each in self.places.over(span)
            if any(
                edit.span.start <= span.end and edit.span.end >= span.start
                for edit in each.fix.edits
            )
        )
        return found or tuple(self.tried)


def _reading(step: _Step) -> Iterator[Objection]:
    """The new text must be as readable as the old one."""
    old = Counter(problem.kind for problem in step.before.parsed.problems)
    new = step.after.parsed.problems
    if not new:
        return
    places = _Stretches((step.patch.moved_span(extent(each.fix)), each) for each in step.tried)
    for problem in new:
        if old[problem.kind] > 0:
            old[problem.kind] -= 1
            continue
        blamed = tuple(places.over(Span(problem.span.start, problem.span.start)))
        yield Objection(
            f"what it makes cannot be read ({problem.message})",
            blamed or tuple(step.tried),
            is_ours=True,
        )


def _statements(step: _Step) -> Iterator[Objection]:
    """Between statements that nobody touched, old and new ones must do the same."""
    for old, new in _changed(step):
        old_atoms = [(each, atom) for each in old for atom in atoms_of(step.before.parsed, (each,))]
        blamed = step.touching(_stretch(step, old, new))
        if any(all(rule.changes_meaning for rule in each.rules) for each in blamed):
            continue
        why, at = difference([atom for _, atom in old_atoms], atoms_of(step.after.parsed, new))
        if why:
            if old_atoms:  # it is at this statement, or behind the one before it
                last = old_atoms[min(at, len(old_atoms) - 1)][0]
                first = old_atoms[max(min(at, len(old_atoms)) - 1, 0)][0]
                blamed = step.touching(Span(first.start, last.end))
            yield Objection(why, blamed, is_ours=True)


def _stretch(step: _Step, old: Sequence[Statement], new: Sequence[Statement]) -> Span:
    """The stretch of the old text that changed statements come from."""
    if old:
        return Span(old[0].start, max(each.end for each in old))
    at = _old_place(step, new)
    return Span(at, at)


def _changed(step: _Step) -> Iterator[tuple[list[Statement], list[Statement]]]:
    """The stretches of statements, old and new, that are not byte for byte what they were."""
    old_code, new_code = step.before.parsed.code, step.after.parsed.code
    new = step.after.parsed.statements
    at = 0
    waiting: list[Statement] = []
    places = {each.start: index for index, each in enumerate(new)}
    for statement in step.before.parsed.statements:
        if not step.patch.touches(statement.span):
            start = step.patch.moved(statement.start, after=True)
            index = places.get(start, -1)
            if index >= at:
                twin = new[index]
                if (
                    twin.section == statement.section
                    and new_code[twin.start : twin.end] == old_code[statement.start : statement.end]
                ):
                    if waiting or index > at:
                        yield waiting, list(new[at:index])
                    waiting, at = [], index + 1
                    continue
        waiting.append(statement)
    if waiting or at < len(new):
        yield waiting, list(new[at:])


def _old_place(step: _Step, new: Sequence[Statement]) -> int:
    """About where statements that are altogether new would stand in the old text."""
    edits, moved = step.patch.edits, step.patch.moved
    at = bisect_left(edits, new[0].start, key=lambda edit: moved(edit[0].end, after=True))
    return edits[min(at, len(edits) - 1)][0].start


def _comments(step: _Step) -> Iterator[Objection]:
    lost = Counter(comments_of(step.before.parsed.code))
    lost.subtract(comments_of(step.after.parsed.code))
    new = [comment for comment, count in lost.items() if count < 0]
    # What a runner reads in a comment goes on behind what stands there.
    gone = [
        comment
        for comment, count in lost.items()
        if count > 0 and not any(each.startswith(comment + b" ") for each in new)
    ]
    if any(rule.removes_suppressions for each in step.tried for rule in each.rules):
        gone = [comment for comment in gone if b"idemlint:" not in comment]
    for comment in gone:
        at = step.before.parsed.code.find(comment.splitlines()[0])
        blamed = step.touching(Span(at, at + len(comment))) if at >= 0 else tuple(step.tried)
        if all(rule.writes_directives for each in blamed for rule in each.rules):
            continue
        text = comment.decode("utf-8", "replace")
        yield Objection(f"it loses the comment {text!r}", blamed, is_ours=True)


def _findings(
    before: Judged, after: Judged, patch: Patch | None, tried: Sequence[TriedFix]
) -> Iterator[Objection]:
    """No finding that was fixed may be left, and none may be new. What is foreseen, and was not fixed, counts
    for nothing: it is a guess."""
    fixed = {id(finding) for each in tried for finding in each.findings}
    surplus = _surplus(before, after, patch, fixed)
    to_come = list(chain(*after.foreseen.values()))
    if not surplus and not to_come:
        return
    changed = [each for each in tried if patch is not None]
    regions = _Stretches((_region(before, patch, each), each) for each in changed)
    # Many fixes of one body have one region.
    places = _Stretches(
        (patch.moved_span(finding.span), each)
        for each in changed
        if patch is not None
        for finding in each.findings
    )
    for finding in to_come:
        around = places.over(Span(finding.span.start, finding.span.start))
        left = tuple(each for each in around if _was_to_mend(each, finding))
        if left:
            yield Objection(_LEFT, left)
    for finding in surplus:
        rule, place = all_rules()[finding.code], Span(finding.span.start, finding.span.start)
        if rule.comes_to_light:
            continue
        here = tuple(places.over(place))
        left = tuple(each for each in here if _was_to_mend(each, finding))
        may_be_hidden = rule.one_at_a_time and not left
        if may_be_hidden and any(_was_hidden(before, each) for each in regions.over(place)):
            continue
        near = here or tuple(regions.over(place))
        left = left or tuple(each for each in near if finding.code in each.codes)
        if left:
            yield Objection(_LEFT, left)
        elif near:
            yield Objection(f"it brings {finding.code} ({finding.message})", near)
        else:
            yield Objection(f"{after.filename} then has {finding.code} ({finding.message})")


def astray(after: Judged) -> Iterator[Stray]:
    """The stops of the text that was there before from which this one does not come to its end, though a
    rerun of it alone does."""
    indexes = tuple(after.migration.programs)
    for stray in after.migration.strays:
        if stray.statement is None:
            if not any(each.verdict is Verdict.FAILS for each in after.outcomes):
                yield stray
            continue
        outcomes = after.migration.outcomes.get(indexes[stray.statement], {}).values()
        if not any(each.verdict is Verdict.FAILS for each in outcomes):
            yield stray


def gone_astray(
    after: Judged, patch: Patch, tried: Sequence[TriedFix], rows: Sequence[int]
) -> Iterator[Objection]:
    """Fixes that keep a database from coming to the end on which the old text stopped, statements of which
    begin on `rows`."""
    indexes = tuple(after.migration.programs)
    places = _Stretches((patch.moved_span(extent(each.fix)), each) for each in tried)
    for stray in astray(after):
        blamed: tuple[TriedFix, ...] = ()
        if stray.statement is not None:
            blamed = tuple(places.over(after.parsed.statements[indexes[stray.statement]].span))
        yield Objection(said_of(stray, rows), blamed or tuple(tried))


def said_of(stray: Stray, rows: Sequence[int]) -> str:
    """A stop from which a text does not come to its end, in words."""
    what = f"{stray.sqlstate} ({stray.reason})" if stray.sqlstate else stray.reason
    return f"a run of the old file that stopped behind line {rows[stray.after]} would not arrive: {what}"


def _surplus(
    before: Judged, after: Judged, patch: Patch | None, fixed: set[int]
) -> list[Diagnostic]:
    """The findings that were not there before, or should be gone."""
    kept: dict[tuple[str, int], list[Diagnostic]] = {}
    for finding in before.to_come:
        if id(finding) not in fixed:
            start = finding.span.start
            place = patch.moved(start, after=True) if patch is not None else start
            kept.setdefault((finding.code, place), []).append(finding)
    unplaced = []
    for finding in after.diagnostics:
        here = kept.get((finding.code, finding.span.start))
        if here:
            here.pop()
        else:
            unplaced.append(finding)
    # One may be shown at another place in its statement than before: then its words tell.
    words = Counter((each.code, each.message) for here in kept.values() for each in here)
    surplus = []
    for finding in unplaced:
        if words[finding.code, finding.message] > 0:
            words[finding.code, finding.message] -= 1
        else:
            surplus.append(finding)
    return surplus


def _was_to_mend(candidate: TriedFix, finding: Diagnostic) -> bool:
    """Whether a finding at the place of a fix is one that the fix should have mended."""
    return any(
        (each.code, each.message) == (finding.code, finding.message) for each in candidate.findings
    )


def _was_hidden(before: Judged, candidate: TriedFix) -> bool:
    """Whether a failure may be the next one of a statement that would fail several times."""
    if not all(rule.one_at_a_time for rule in candidate.rules):
        return True  # a body that could not be read before, or a transaction that could not begin
    statements = before.parsed.statements
    indexes = {each.statement for each in candidate.findings if each.statement is not None}
    return len(atoms_of(before.parsed, (statements[index] for index in indexes))) > 1


def _region(before: Judged, patch: Patch | None, candidate: TriedFix) -> Span:
    """Where a fix's edits, and the statements that it is about, are in the new text."""
    assert patch is not None
    statements = before.parsed.statements
    indexes = {each.statement for each in candidate.findings if each.statement is not None}
    spans = [extent(candidate.fix), *(statements[index].span for index in indexes)]
    return patch.moved_span(
        Span(min(span.start for span in spans), max(span.end for span in spans))
    )
