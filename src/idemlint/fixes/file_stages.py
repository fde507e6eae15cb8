"""What becomes of the names of a file, statement by statement, and what tells its stages apart."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from idemlint.fixes.names_read import NamesRead, Sign, Touching, plain
from idemlint.postgres.create_drop import COMMAND_GUARDS
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Inserts, Requires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Fix
    from idemlint.postgres.kinds import Kind, Ref

#: Statements that can have `IF EXISTS` for the relation that they change.
_OF_RELATION: Final = frozenset({"AlterTableStmt", "RenameStmt", "AlterObjectSchemaStmt"})
#: Statements that make one thing, and nothing else.
_MAKES_ONE: Final = frozenset(
    {"CreateStmt", "IndexStmt", "CreateSeqStmt", "CreateTableAsStmt", "CreateForeignTableStmt"}
)
#: A group of more statements is no group that a person would see.
_MOST: Final = 40


class FileStages(NamesRead):
    """What becomes of the names of a file, or of a folder, statement by statement."""

    @cached_property
    def fixes(self) -> dict[tuple[int, ...], Fix | None]:
        """What was found for groups of statements."""
        return {}

    def kind(self, ref: Ref) -> Kind:
        """What a name is the name of."""
        return self._kinds[ref]

    def knows(self, ref: Ref) -> bool:
        """Whether a name is one of those that are followed."""
        return plain(ref) in self._kinds

    def written(self, ref: Ref) -> Ref:
        """A name as the file has it, with its schema where that is said."""
        return self._written[ref]

    def _names(self, ref: Ref) -> frozenset[Ref]:
        return self._names_of(self._root(ref))

    def _names_of(self, root: Ref) -> frozenset[Ref]:
        """The names that one thing has, one after the other."""
        return frozenset(self._one.get(root, (root,)))

    def is_crowded(self, index: int) -> bool:
        """Whether what a statement touches comes and goes more often than a person would see."""
        return index in self._crowded

    @cached_property
    def _crowded(self) -> frozenset[int]:
        many: dict[Ref, int] = {}
        for ref, events in self._events.items():
            root = self._root(ref)
            many[root] = many.get(root, 0) + len(events)
        return frozenset(
            number
            for root, count in many.items()
            if count > _MOST
            for number in self._members.get(root, ())
        )

    def group(self, index: int) -> tuple[int, ...]:
        """The statements that go through the stages of renamed names with this one, in the file's order."""
        home = self.parts[index].home
        found: set[int] = set()
        waiting = [index]
        roots: set[Ref] = set()
        while waiting:
            each = waiting.pop()
            if each in found or self.parts[each].home is not home:
                continue
            found.add(each)
            if len(found) > _MOST:
                return ()
            for root in {self._root(ref) for ref in self.parts[each].touches}:
                if root not in roots and len(self._names_of(root)) > 1:
                    roots.add(root)
                    waiting += self._members[root]
        return tuple(sorted(found)) if roots else ()

    def shown(self, group: tuple[int, ...]) -> list[str]:
        """The names by which a group's statements are guarded."""
        signs = {sign for index in group for sign in self.signs(index)}
        return sorted({f"{self.kind(each.ref).noun} {each.ref}" for each in signs})

    def signs(self, index: int) -> tuple[Sign, ...]:
        """What must be there, or not, for a statement to run: this tells its stage from all later ones, but
        for those where it does no harm. Clauses that it has, or can have, count as had."""
        part = self.parts[index]
        found: dict[Sign, None] = {}
        for root in sorted({self._root(each) for each in part.touches}, key=str):
            names = self._names_of(root)
            stages = self._harmful(index, part, names, frozenset(part.skips) | self._clauses(index))
            found.update(dict.fromkeys(self._told(index, names, stages)))
        return tuple(found)

    def clauses(self, index: int) -> list[Sign]:
        """The guards of its own that a statement lacks, and needs."""
        part = self.parts[index]
        return [
            sign
            for sign in self._clauses(index) - part.skips
            for stages in [self._harmful(index, part, self._names(sign.ref), frozenset(part.skips))]
            if _tells(sign, stages)
        ]

    def _harmful(
        self, index: int, part: Touching, names: frozenset[Ref], skips: frozenset[Sign]
    ) -> list[frozenset[Ref]]:
        """The later stages of a thing at which a statement must not run, and that it does not skip."""
        mine, first = self._stage(names, index), self._stage(names, 0)
        changes = any(at == index for each in names for at, _ in self._events.get(each, ()))
        touched = names & part.touches
        later = {at + 1 for ref in names for at, _ in self._events.get(ref, ()) if at >= index}
        return [
            stage
            for stage in (self._stage(names, at) for at in sorted(later))
            if stage not in {mine, first}
            and (changes or stage & touched != mine & touched)
            and not any(
                (each.ref in stage) is not each.present for each in skips if each.ref in names
            )
        ]

    def _told(
        self, index: int, names: frozenset[Ref], stages: list[frozenset[Ref]]
    ) -> Iterator[Sign]:
        """Signs that tell the stage before a statement from others."""
        mine, made = self._stage(names, index), self._made(index)
        signs = sorted(
            (Sign(each, each in mine) for each in names),
            key=lambda sign: (
                sign.ref.space is not Space.CONSTRAINT,
                sign.ref in made or sign.ref not in self.parts[index].touches,
                str(sign.ref),
            ),
        )
        while stages:
            best = max(signs, key=lambda sign: _tells(sign, stages))
            if not _tells(best, stages):
                return
            stages = [stage for stage in stages if (best.ref in stage) is best.present]
            yield best

    def _made(self, index: int) -> set[Ref]:
        return {
            ref for ref in self.parts[index].touches if (index, True) in self._events.get(ref, ())
        }

    def _stage(self, names: frozenset[Ref], index: int) -> frozenset[Ref]:
        return frozenset(each for each in names if self.presence(each, index))

    def _clauses(self, index: int) -> frozenset[Sign]:
        """The guards of its own that a statement can have."""
        part = self.parts[index]
        tree = part.statement.tree
        if tree is None:
            return frozenset()
        found = set()
        if tree.kind in _OF_RELATION and (ref := self._own_relation(index)) is not None:
            found.add(Sign(ref, present=True))
        made = self._made(index)
        if tree.kind in _MAKES_ONE:
            found |= {Sign(each, present=False) for each in made if each.space is Space.RELATION}
        one = len(tree.cmds or tree.objects or ()) == 1
        if tree.kind == "DropStmt" and one:
            found |= {Sign(each, present=True) for each in self._gone(index)}
        if tree.kind == "AlterTableStmt" and one and tree.cmds[0].subtype in COMMAND_GUARDS:
            found |= {Sign(each, present=False) for each in made}
            found |= {Sign(each, present=True) for each in self._gone(index)}
        return frozenset(found)

    def _gone(self, index: int) -> set[Ref]:
        return {
            ref for ref in self.parts[index].touches if (index, False) in self._events.get(ref, ())
        }

    def _own_relation(self, index: int) -> Ref | None:
        """The relation that a statement alters, renames or moves, which it can do IF EXISTS."""
        for effect in flat(self.parts[index].program):
            if isinstance(effect, Requires) and effect.want:
                return plain(effect.ref) if effect.ref.space is Space.RELATION else None
        return None

    def comes_back(self, index: int) -> bool:
        """Whether the names that a statement touches are in the end as they were: it runs again each time."""
        end = len(self.parts)
        touched = self.parts[index].touches
        names = {each for ref in touched for each in self._names(ref)}
        return all(self.presence(each, 0) is self.presence(each, end) for each in names)

    def undone_by(self, index: int) -> Touching | None:
        """The statement of another file that drops for good a column which a statement adds, and would add
        once more: it has another place then."""
        end = len(self.parts)
        if any(self.presence(sign.ref, end) is not sign.present for sign in self.signs(index)):
            return None
        for ref in self._made(index):
            later = [at for at, _ in self._events[ref] if at > index]
            if ref.space is Space.COLUMN and later and not self.presence(ref, end):
                part = self.parts[later[-1]]
                return part if part.home is not self.parts[index].home else None
        return None

    def fills(self, index: int) -> list[Ref]:
        """The tables that a statement fills, and nothing else, which the file makes, and which are there
        whenever a rerun comes to it."""
        return [
            ref
            for ref in self._filled(index)
            if self._is_made_before(index, plain(ref))
            and (self.presence(plain(ref), len(self.parts)) or self.comes_back(index))
            and self._fillers[ref] == [index]
        ]

    @cached_property
    def _fillers(self) -> dict[Ref, list[int]]:
        """The statements that fill a table."""
        found: dict[Ref, list[int]] = {}
        for number in self.parts:
            for ref in set(self._filled(number)):
                found.setdefault(ref, []).append(number)
        return found

    def _is_made_before(self, index: int, ref: Ref) -> bool:
        events = self._events.get(ref, ())
        return any(present and at < index for at, present in events)

    def _filled(self, index: int) -> list[Ref]:
        effects = flat(self.parts[index].program)
        return [each.table for each in effects if isinstance(each, Inserts)]

    def is_open(self, sign: Sign) -> bool:
        """Whether nothing changes the name that is not read here."""
        return sign.ref.name.lower() not in self._closed


def _tells(sign: Sign, stages: list[frozenset[Ref]]) -> int:
    """How many stages a sign tells from the one that it was read at."""
    return sum((sign.ref in stage) is not sign.present for stage in stages)
