"""From findings to fixed files: rounds to a fixed point, each proved before the next.

A round makes all fixes that do not overlap, those of what a body hides behind its first failure among
them. The folder is then replayed with the new text in place of the files; where something is wrong with
that, the fixes to blame are dropped and the rest is tried again. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from idemlint.analysis.file_report import FileTally, tally_of
from idemlint.analysis.unanswered import unanswered
from idemlint.apply.applied import Applied
from idemlint.apply.edits import choose, patch
from idemlint.apply.prove import Objection, TriedFix, astray, gone_astray, objections, said_of
from idemlint.apply.results import NO_LIMITS, Dropped, FixedFile, Limits
from idemlint.diagnostics import Applicability
from idemlint.faults import fault
from idemlint.records import NamedTuple
from idemlint.rules import OutcomeRule, all_rules
from idemlint.sequence.running.strays import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from idemlint.analysis.judged import Judged
    from idemlint.apply.edits import Patch
    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.engine import Folder, Sequence
    from idemlint.source.statement import Edit

#: What a body hides is foreseen; any other statement can hide as many failures as it has commands, and gives
#: them one a round.
MOST_ROUNDS: Final = 100
#: In so many rounds a file's very same finding may be fixed. More means that fixes undo each other.
MOST_REPEATS: Final = 20


def fix_files(
    folder: Folder,
    lowest: Applicability,
    *,
    only: Container[str] | None = None,
    fix_applied: bool = False,
    stdin: str | None = None,
    barred: Container[str] = (),
) -> list[FixedFile]:
    """What fixes down to `lowest` make of the files of a folder, or of `only` these, in their order.

    Files that look applied are left alone in a runner that minds edits or may be one, unless `fix_applied`;
    the text that came through standard input, by its name, and what runs again by design are there to be
    edited. The `barred` ones are always left alone. The folder has other texts afterwards. Of a file
    that cannot be read, and of one in which an error of ours stands in the way, the report says so; it
    stays as it is, and the others are fixed.
    """
    folder.foresee()
    guards: dict[str | None, Applied] = {}
    results = [_untouched(tally) for tally in folder.unread(FileTally, only)]
    for names in [tuple(sequence) for sequence in folder]:
        # What was tried on the ones before may have made other objects of the sequences.
        sequence = folder.sequence_of(names[0]) if names else None
        if sequence is None:
            continue
        settings = sequence.settings
        branch = settings.default_branch
        applied = guards.setdefault(branch, Applied(branch))
        files: dict[str, _File] = {}
        for name in names:
            if only is not None and name not in only:
                continue
            try:
                judged = sequence.judged(name)
            except Exception as error:
                results.append(_untouched(unanswered(FileTally, name, error, sequence.runner)))
                continue
            file = files[name] = _File(judged, judged.data)
            if name == stdin or not file.wants(lowest):
                continue
            folder.before[name] = _text(judged)
            file.rows = _rows(judged)
            if name in barred:
                file.limits = Limits(is_barred=True)
            elif not judged.migration.reruns:
                file.limits = applied.limits(name, sequence, insists=fix_applied)
        settled = _settled(folder, sequence, files, lowest)
        folder.before.clear()
        # The last trial may have been one that was refused.
        folder.update({name: file.judged.data for name, file in settled.items()})
        # Plain data from here on: a folder that is done leaves no trees.
        results += [
            file.result(settings.stable_name, down=settings.down) for file in settled.values()
        ]
    return results


def _rows(judged: Judged) -> tuple[int, ...]:
    """The lines on which the statements begin that are applied."""
    data, statements = judged.data, judged.parsed.statements
    return tuple(
        [data.count(b"\n", 0, statements[each].start) + 1 for each in judged.migration.programs]
    )


def _text(judged: Judged) -> Text:
    """A file as it ran before it was fixed."""
    migration = judged.migration
    units = [migration.deliveries[index].unit for index in migration.programs]
    return Text(judged.data, tuple(migration.programs.values()), tuple(units))


def _settled(
    folder: Folder, sequence: Sequence, files: dict[str, _File], lowest: Applicability
) -> dict[str, _File]:
    """The files of a sequence with all fixes made that can be; an error of ours in the midst costs the
    file in which it comes when that is fixed by itself."""
    trial = _Trial(folder, sequence, lowest, files, {name: f.judged for name, f in files.items()})
    try:
        trial.settle()
    except Exception as error:
        folder.update({name: file.before for name, file in files.items()})
        anew = {name: _File(_judged_in(folder, name), file.before) for name, file in files.items()}
        for name, file in anew.items():
            file.limits, file.rows = files[name].limits, files[name].rows
        if len(anew) > 1:
            for name in list(anew):
                anew |= _settled(folder, sequence, {name: anew[name]}, lowest)
        else:
            for file in anew.values():
                file.failed = error
        return anew
    return files


def _judged_in(folder: Folder, name: str) -> Judged:
    sequence = folder.sequence_of(name)
    assert sequence is not None
    return sequence.judged(name)


def _untouched(tally: FileTally) -> FixedFile:
    return FixedFile(tally, b"", b"", (), ())


@dataclass(slots=True, eq=False)
class _File:
    """A file on its way: its report on the newest text that is proved."""

    judged: Judged
    before: bytes
    fixed: list[Diagnostic] = field(default_factory=list)
    dropped: dict[Dropped, None] = field(default_factory=dict)
    banned: set[tuple[str, bytes]] = field(default_factory=set)
    often: Counter[tuple[str, str]] = field(default_factory=Counter)
    limits: Limits = NO_LIMITS
    rows: tuple[int, ...] = ()
    given_up: bool = False
    failed: Exception | None = None

    def wants(self, lowest: Applicability) -> bool:
        """Whether it has findings that can be fixed."""
        return any(
            finding.fix is not None and finding.fix.applies(lowest)
            for finding in self.judged.diagnostics
        )

    def candidates(self, lowest: Applicability) -> list[TriedFix]:
        """The fixes of the next round."""
        if self.limits.is_closed or self.given_up:
            return []
        wanted = [
            (each, each.fix)
            for finding in self.judged.diagnostics
            for each in takewhile(lambda each: self._is_open(each, lowest), self._from(finding))
            if each.fix is not None
        ]
        # What makes a file readable comes first, and by itself: it is not compared with what was.
        wanted = [each for each in wanted if all_rules()[each[0].code].changes_meaning] or wanted
        together: dict[tuple[Edit, ...], list[tuple[Diagnostic, Fix]]] = {}
        for index in choose([fix for _, fix in wanted]):
            together.setdefault(wanted[index][1].edits, []).append(wanted[index])
        return [
            TriedFix(self.judged.name, each[0][1], tuple(one for one, _ in each))
            for each in together.values()
        ]

    def _from(self, finding: Diagnostic) -> Iterator[Diagnostic]:
        """A finding, and those that come to light in its body when it is mended."""
        yield finding
        if finding.statement is not None and isinstance(all_rules()[finding.code], OutcomeRule):
            yield from self.judged.foreseen.get(finding.statement, ())

    def _is_open(self, finding: Diagnostic, lowest: Applicability) -> bool:
        """Whether it has a fix that may be tried."""
        fix = finding.fix
        may_be = fix is not None and fix.applies(lowest)
        return may_be and self._identity(finding) not in self.banned

    def lift_bans(self) -> None:
        """Let what was banned be tried again, if the file was not given up."""
        if not self.given_up:
            self.banned.clear()
            self.dropped.clear()

    def ban(self, candidate: TriedFix, why: Objection) -> None:
        """Never try this fix again."""
        for finding in candidate.findings:
            self.banned.add(self._identity(finding))
            self.dropped[Dropped(finding.code, why.why, why.is_ours)] = None

    def take(self, candidate: TriedFix) -> None:
        """Note that a fix was made."""
        self.fixed += candidate.findings

    def _identity(self, finding: Diagnostic) -> tuple[str, bytes]:
        """What a finding can be known by in the next round, when it has moved."""
        return finding.code, self.judged.data[finding.span.start : finding.span.end]

    def result(self, naming: Callable[[str], str], *, down: bool) -> FixedFile:
        """What has come of it."""
        tally = tally_of(self.judged, naming, down=down)
        if self.failed is not None:
            told = fault(self.judged.filename, 1, "fix", self.failed)
            tally = tally._replace(faults=(*tally.faults, told))
        return FixedFile(
            tally,
            self.before,
            self.judged.data,
            tuple(self.fixed),
            tuple(self.dropped),
            self.limits,
            tuple([said_of(each, self.rows) for each in astray(self.judged)] if self.fixed else ()),
        )


class _Step(NamedTuple):
    """A file before and after some fixes were tried on it, and what is wrong with that."""

    before: Judged
    after: Judged
    tried: list[TriedFix]
    objections: list[Objection]


@dataclass(slots=True, eq=False)
class _Trial:
    """The files of one sequence, and the texts that are tried on them."""

    folder: Folder
    sequence: Sequence
    lowest: Applicability
    files: dict[str, _File] = field(default_factory=dict)
    #: What is said of the files on the folder's texts as they are now.
    latest: dict[str, Judged] = field(default_factory=dict)
    #: What the last trial without objection came to, not yet taken over.
    proved: dict[str, Judged] = field(default_factory=dict)
    #: The steps of the last trial, with what was wrong with each: most of the next one are the same.
    steps: dict[str, _Step] = field(default_factory=dict)

    def settle(self) -> None:
        """Round after round, until there is nothing more to fix.

        What was wrong with a fix may have been another one beside it: once those that went through are made,
        the others are tried again.
        """
        is_second = False
        for _ in range(MOST_ROUNDS):
            candidates = self._candidates()
            if not candidates and not is_second and any(each.fixed for each in self.files.values()):
                is_second = True
                for each in self.files.values():
                    each.lift_bans()
                candidates = self._candidates()
            if not candidates:
                return
            for candidate in self._best([], candidates):
                self.files[candidate.key].take(candidate)
            self._take_over()

    def _candidates(self) -> list[TriedFix]:
        """The fixes of the next round; a file where they come again and again is given up."""
        found = []
        for file in self.files.values():
            candidates = file.candidates(self.lowest)
            marks = {(each.code, each.message) for one in candidates for each in one.findings}
            file.often.update(marks)
            if any(file.often[mark] > MOST_REPEATS for mark in marks):
                self._give_up(file, candidates)
            else:
                found += candidates
        return found

    def _give_up(self, file: _File, candidates: list[TriedFix]) -> None:
        """Leave a file as it was when we began."""
        for candidate in candidates:
            file.ban(candidate, Objection("its fixes do not come to an end", is_ours=True))
        file.given_up = True
        file.fixed = []
        self.proved = self._judge({file.judged.name: file.before})
        self._take_over()

    def _take_over(self) -> None:
        for key, judged in self.proved.items():
            self.files[key].judged = judged
        self.proved = {}

    def _best(self, base: list[TriedFix], group: list[TriedFix]) -> list[TriedFix]:
        """As many of `group` as can be made on top of `base`, which is proved; the others are banned.

        Where it is not plain who is to blame, parts are tried: one bad fix among n costs log n.
        """
        while group:
            found = self._try([*base, *group])
            if not found:
                return group
            tried = {id(each) for each in group}
            suspects = {id(each) for one in found for each in one.blamed}
            guilty = {}
            for one in found:
                mine = [id(each) for each in one.blamed if id(each) in tried]
                if len(mine) == 1:
                    guilty[mine[0]] = one
            if len(group) == 1:
                guilty = {id(group[0]): found[0]}
            if not guilty:
                first = [each for each in group if id(each) not in suspects]
                if not first or len(first) == len(group):
                    first = group[: len(group) // 2]
                accepted = self._best(base, first)
                chosen = {id(each) for each in first}
                second = [each for each in group if id(each) not in chosen]
                return accepted + self._best([*base, *accepted], second)
            for each in group:
                if id(each) in guilty:
                    self.files[each.key].ban(each, guilty[id(each)])
            group = [each for each in group if id(each) not in guilty]
        return []

    def _try(self, candidates: list[TriedFix]) -> list[Objection]:
        """Replay the folder with these fixes made, and say what is wrong with it."""
        by_file: dict[str, list[TriedFix]] = {}
        for candidate in candidates:
            by_file.setdefault(candidate.key, []).append(candidate)
        patches = {
            key: patch(
                self.files[key].judged.data,
                [each.fix for each in mine],
                self.files[key].judged.parsed.source.newline,
            )
            for key, mine in by_file.items()
        }
        judged = self._judge({key: each.data for key, each in patches.items()})
        found: list[Objection] = []
        for key, file in self.files.items():
            after = judged.get(key)
            if after is None:
                found.append(Objection("the runner no longer takes the file for its own"))
            elif key in patches or after is not file.judged:
                found += self._objections(key, after, patches.get(key), by_file.get(key, []))
        if not found:
            self.proved = judged
        return found

    def _objections(
        self, key: str, after: Judged, patch: Patch | None, tried: list[TriedFix]
    ) -> list[Objection]:
        before = self.files[key].judged
        last = self.steps.get(key)
        if (
            last is not None
            and last.before is before
            and last.after is after
            and last.tried == tried
        ):
            return last.objections
        found = list(objections(before, after, patch, tried))
        if not found and patch is not None and self.lowest is Applicability.SAFE:
            found += gone_astray(after, patch, tried, self.files[key].rows)
        self.steps[key] = _Step(before, after, tried, found)
        return found

    def _judge(self, changed: dict[str, bytes]) -> dict[str, Judged]:
        """The files, with other texts for some of them; a file that moved to another sequence is left out."""
        texts = {key: file.judged.data for key, file in self.files.items()} | changed
        for name in self.folder.update(texts):
            self.latest.pop(name, None)
        for name in self.files:
            sequence = self.folder.sequence_of(name)
            if sequence is None or sequence.key != self.sequence.key:
                self.latest.pop(name, None)
            elif name not in self.latest:
                self.latest[name] = sequence.judged(name)
        return dict(self.latest)
