"""What idemlint says of a first run beside what a server did: do they agree, and how often?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from .comparison import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from .comparison import First, Verdict
    from .first_answers import Answer, LeftOut

Outcome = Literal[
    "right",
    "false claim",
    "wrong sqlstate",
    "missed",
    "unknown, fails",
    "unknown, runs",
    "runs",
    "outside",
    "not comparable",
    "left out",
    "behind",
    "not asked",
]
DISAGREEMENTS: tuple[Outcome, ...] = ("false claim", "wrong sqlstate", "missed")
ORDER: tuple[Outcome, ...] = get_args(Outcome)
#: Where idemlint's answer and the server's are held against each other.
COMPARED: frozenset[Outcome] = frozenset(ORDER[: ORDER.index("outside")])
CLAIMS: frozenset[Outcome] = frozenset({"right", "wrong sqlstate", "false claim"})
#: How many disagreements of one kind a mutant shows.
SHOWN = 3
TABLE_HEAD = ("claims", "right", "false", "other", "fails", "found", "recall")


@dataclass(frozen=True, slots=True)
class FirstRun:
    """One statement with both answers; `mutation` says what was changed in the folder, and how."""

    filename: str
    verdict: Verdict
    answer: Answer | None
    left_out: LeftOut | None
    outcome: Outcome
    mutation: str = ""

    @property
    def claimed(self) -> str | None:
        """The SQLSTATE that idemlint claims."""
        first = self.verdict.first
        return first.sqlstate or "none" if first is not None and first.verdict == "fails" else None

    def as_json(self) -> dict[str, object]:
        """Return it as it is kept."""
        verdict, first = self.verdict, self.verdict.first
        return {
            "file": self.filename,
            "row": verdict.row,
            "start": verdict.start,
            "kind": verdict.kind,
            "text": shortened(verdict.text, 400),
            "verdict": first.verdict if first else None,
            "sqlstate": first.sqlstate if first else None,
            "reason": first.reason if first else "",
            "because": first.because if first else "",
            "follows": first.follows if first else "",
            "server_sqlstate": self.answer.sqlstate if self.answer else None,
            "server_message": self.answer.message if self.answer else "",
            "left_out": self.left_out.cause if self.left_out else None,
            "outcome": self.outcome,
            "mutation": self.mutation,
        }


def outcome(first: First | None, answer: Answer | None, left: LeftOut | None) -> Outcome:
    """Hold what idemlint says of a first run against the server's answer.

    A claim that something from outside is missing is right where the server has the same SQLSTATE.
    """
    if first is None:
        return "not asked"
    if left is not None and left.behind:
        return "behind"
    if answer is None or (left is not None and left.cause != "outside"):
        return left.cause if left is not None else "left out"
    if first.verdict == "fails":
        if answer.sqlstate is None:
            return "false claim"
        return "right" if first.sqlstate == answer.sqlstate else "wrong sqlstate"
    if left is not None:
        return "outside"
    if first.verdict == "unknown":
        return "unknown, runs" if answer.sqlstate is None else "unknown, fails"
    return "runs" if answer.sqlstate is None else "missed"


@dataclass(slots=True)
class FirstReport:
    """All statements of a run with both answers, and notes about what was left out.

    Statements that are only counted, and not kept, are in `counted`.
    """

    runs: list[FirstRun] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counted: Counter[Outcome] = field(default_factory=Counter)

    def add(self, other: FirstReport) -> None:
        """Take another report's statements and notes along."""
        self.runs += other.runs
        self.notes += other.notes
        self.counted += other.counted

    def forget(self, kinds: Collection[Outcome]) -> None:
        """Only count statements that came out so: there are many, and nobody reads them."""
        self.counted.update(one.outcome for one in self.runs if one.outcome in kinds)
        self.runs = [one for one in self.runs if one.outcome not in kinds]

    def text(self) -> str:
        """Return the report as it is printed: disagreements, notes, counts."""
        lines: list[str] = []
        for kind in DISAGREEMENTS:
            # What one change lets fail, others follow.
            shown: Counter[str] = Counter()
            for one in (each for each in self.runs if each.outcome == kind):
                shown[one.mutation] += 1
                if not one.mutation or shown[one.mutation] <= SHOWN:
                    lines.append(f"{kind}: {_described(one)}")
            lines += [
                f"{kind}: {number - SHOWN} more of {shortened(mutation)}"
                for mutation, number in shown.items()
                if mutation and number > SHOWN
            ]
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join([*lines, *self.summary()])

    def counts(self) -> Counter[Outcome]:
        """Return how many statements came out which way."""
        return self.counted + Counter(one.outcome for one in self.runs)

    def summary(self) -> list[str]:
        """Return the counts, a line each; the shares that matter; a table by SQLSTATE."""
        counts = self.counts()
        lines = [f"{name:>15} {counts[name]:6}" for name in ORDER if counts[name]]
        lines += [""] if len(counts) > 1 else []
        claims = sum(counts[one] for one in CLAIMS)
        compared = sum(counts[one] for one in COMPARED)
        fails = counts["right"] + counts["wrong sqlstate"]
        false = counts["false claim"]
        lines.append(
            f"{compared} compared of {counts.total()}; {claims} claims,"
            f" right {_share(counts['right'], claims)}, SQLSTATE right {_share(counts['right'], fails)};"
            f" false: {false}{f', 1 in {compared / false:.0f}' if false else ''}"
        )
        behind = Counter(
            (one.left_out.cause, one.answer is not None and one.answer.sqlstate is None)
            for one in self.runs
            if one.outcome == "behind" and one.claimed and one.left_out
        )
        for (cause, ran), number in sorted(behind.items()):
            said = "the server runs" if ran else "the server fails, too"
            lines.append(f"claims left out behind what is {cause}: {number} that {said}")
        return [*lines, *by_sqlstate(self.runs)]

    def as_json(self) -> list[dict[str, object]]:
        """Return all statements as they are kept."""
        return [one.as_json() for one in self.runs]


def tally(runs: Iterable[FirstRun]) -> dict[str, Counter[str]]:
    """Count by SQLSTATE: `claims`, and of those `right`, `false`, `other`; `fails`, and of those `found`.

    `other` are claims of statements that fail otherwise, counted where idemlint put them. Where it
    says nothing of first runs, the failures are still counted.
    """
    numbers: dict[str, Counter[str]] = {}
    for one in runs:
        asked = one.outcome in COMPARED
        if not asked and (one.outcome != "not asked" or one.left_out is not None):
            continue
        claimed = one.claimed
        failed = one.answer.sqlstate if one.answer is not None else None
        if claimed is not None:
            kind = {"right": "right", "false claim": "false"}.get(one.outcome, "other")
            numbers.setdefault(claimed, Counter()).update({"claims": 1, kind: 1})
        if failed is not None:
            found = {"found": 1} if one.outcome == "right" else {}
            numbers.setdefault(failed, Counter()).update({"fails": 1, **found})
    return numbers


def by_sqlstate(runs: Iterable[FirstRun]) -> list[str]:
    """Return the table of `tally`, a line for each SQLSTATE."""
    return table("SQLSTATE", tally(runs))


def table(title: str, numbers: Mapping[str, Counter[str]]) -> list[str]:
    """Return counts as lines: a column each, and the recall."""
    if not numbers:
        return []
    width = max(9, *(len(key) for key in numbers))
    lines = [f"{title:{width}} " + " ".join(f"{head:>7}" for head in TABLE_HEAD)]
    for key, mine in sorted(numbers.items()):
        cells = [str(mine[head]) for head in TABLE_HEAD[:-1]]
        cells.append(_share(mine["found"], mine["fails"]))
        lines.append(f"{key:{width}} " + " ".join(f"{cell:>7}" for cell in cells))
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _described(one: FirstRun) -> str:
    first, answer = one.verdict.first, one.answer
    lines = [f"{one.filename}:{one.verdict.row}"]
    if one.mutation:
        lines.append(f"    mutation: {one.mutation}")
    lines.append(f"    {shortened(one.verdict.text, 300)}")
    if first is not None:
        said = " ".join(filter(None, (first.verdict, first.sqlstate)))
        more = "".join(
            f", {word} {place}"
            for word, place in (("because", first.because), ("follows", first.follows))
            if place
        )
        lines.append(f"    idemlint: {said} ({first.reason or 'no reason'}{more})")
    if answer is not None:
        did = f"fails {answer.sqlstate} ({answer.message})" if answer.sqlstate else "runs"
        lines.append(f"    server:   {did}")
    return "\n".join(lines)
