"""Two runs of a sequence: on a database that was empty, and on one that has run a revision's files.

The second is a first run as well, of the revision's files and then of what its runner would run: but what
fails among the revision's has done its work, since a database got past it. Files that never run there stand
behind all others, for what they would make is surely not there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Body, Inserts, Opaque
from idemlint.runners.clues import FolderClues
from idemlint.runners.ordering import Ordering
from idemlint.sequence.chain import Chain
from idemlint.sequence.first.makings import Makings
from idemlint.sequence.script import KEPT, Scripts, Shelf
from idemlint.sequence.texts import Texts
from idemlint.sequence.upgrade.comparison import Comparison
from idemlint.sequence.upgrade.upgrade_path import PathFailure, UpgradePath, dated
from idemlint.sequence.upgrade.upgrade_plan import plan_of

if TYPE_CHECKING:
    from idemlint.git.past import Past
    from idemlint.postgres.kinds import Ref
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.sequence.upgrade.upgrade_plan import UpgradePlan

#: Where the texts of the revision stand, so that a file can have two of them.
_THEN: Final = "@then/"


class UpgradeRun(Chain):
    """The revision's files, which count as applied, and behind them what runs on them, in an order that is
    nobody's guess."""

    ordering = Ordering()

    def is_applied(self, name: str) -> bool:
        """Whether the file is one of the revision's."""
        return name.startswith(_THEN)


class Walk:
    """The upgrade path of a `chain` from a revision; `scripts` are the chain's."""

    def __init__(
        self, chain: Chain, scripts: Scripts, texts: Texts, clues: FolderClues, past: Past
    ) -> None:
        self._chain = chain
        self._scripts = scripts
        self._texts = texts
        self._clues = clues
        self._past = past

    def path(self) -> UpgradePath | None:
        """What it comes to; `None`: the order of the files is a guess, how they run is not known, or the
        revision had none of them."""
        chain = self._chain
        tree = self._past.of(str(Path(chain.names[0]).resolve().parent))
        if tree is None or chain.ordering.doubt:
            return None
        plan = plan_of(chain.profile, chain.names, tree, self._texts.read, self._clues)
        if plan is None:
            return None
        found = UpgradePath(
            self._past.revision,
            plan.late,
            plan.newest,
            plan.edited,
            {},
            {},
            {},
            plan.refused,
            plan.pending,
            None,
            _Tables(plan, self._scripts, Makings(chain.names, self._scripts, chain.terms)).is_new,
        )
        if plan.is_plain or not chain.names:
            return found
        return self._told(plan, found)

    def _told(self, plan: UpgradePlan, found: UpgradePath) -> UpgradePath:
        chain, shelf = self._chain, Shelf(KEPT)
        terms = chain.terms._replace(
            rerun="file", start_after=None, history=None, foresees=False, down=False
        )
        new = Chain(
            chain.names, Scripts(chain.profile, self._texts, terms, shelf), self._clues, terms
        )
        then = {f"{_THEN}{name}": plan.texts[name] for name in plan.ran}
        texts = Texts({**self._texts.given, **then})
        scripts = Scripts(chain.profile, texts, terms, shelf)
        clues = FolderClues(texts.given)
        old = UpgradeRun((*then, *plan.pending, *plan.never), scripts, clues, terms)
        new.after(chain.names[-1])
        old.after(plan.pending[-1] if plan.pending else _THEN + plan.ran[-1])
        if plan.refused:
            # Nothing runs there: what new databases have more is for the author of the late file to say.
            return found
        failures: dict[str, list[PathFailure]] = {}
        here = dict(new.first.notable)
        for (file, index), outcome in old.first.notable:
            if file not in plan.pending or outcome.verdict != "fails" or outcome.follows:
                continue
            if (file, index) not in here:
                failure = PathFailure(
                    index, outcome, dated(outcome.because, _THEN), _followers(old, file, index)
                )
                failures.setdefault(file, []).append(failure)
        compared = Comparison(plan, new, old, _THEN)
        if not plan.is_behind:
            compared.compare()
        return found._replace(
            failures=failures,
            divergences=compared.divergences,
            lost=compared.lost,
            notable={
                site: self._as_told(outcome)
                for site, outcome in old.first.notable
                if site[0] in plan.pending
            },
        )

    def _as_told(self, outcome: FirstOutcome) -> FirstOutcome:
        """The same, with the revision's files as git names them."""
        because, follows = (
            site._replace(file=f"{self._past.revision}:{site.file.removeprefix(_THEN)}")
            if site is not None and site.file.startswith(_THEN)
            else site
            for site in (outcome.because, outcome.follows)
        )
        return outcome._replace(because=because, follows=follows)


def _followers(run: Chain, file: str, index: int) -> int:
    return sum(
        each.follows is not None and (each.follows.file, each.follows.statement) == (file, index)
        for _, each in run.first.notable
    )


class _Tables:
    """Which tables no database has that has run the revision: only files make them that run now, and none of
    these files writes rows into them."""

    def __init__(self, plan: UpgradePlan, scripts: Scripts, makings: Makings) -> None:
        self._pending = plan.pending
        self._scripts = scripts
        self._makings = makings
        self._known: dict[Ref, bool] = {}
        self._filled: set[str] | None = None

    def is_new(self, table: Ref) -> bool:
        """Whether the table is new, and empty."""
        found = self._known.get(table)
        if found is None:
            makers = self._makings.of(table)
            found = bool(makers) and all(each.file in self._pending for each in makers)
            found = self._known[table] = found and table.name not in self._written()
        return found

    def _written(self) -> set[str]:
        """The tables that files write into which run now, by their bare names."""
        if self._filled is None:
            self._filled = set()
            for name in self._pending:
                script = self._scripts.read(name)
                for statement in script.applied:
                    for effect in flat(script.program(statement)):
                        if isinstance(effect, Inserts):
                            self._filled.add(effect.table.name)
                        elif isinstance(effect, Body | Opaque):
                            # Nobody looks into a body for this: what it names may have rows by then.
                            self._filled |= script.mentions(statement)
        return self._filled
