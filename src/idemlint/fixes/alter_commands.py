"""The commands of an ALTER TABLE: their places, and the guards that each of them can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.fixes import exists
from idemlint.fixes.block import GuardedPiece, guarded_pieces
from idemlint.postgres.alter_passes import COLUMN, alter_pass
from idemlint.postgres.create_drop import COMMAND_GUARDS, CommandGuard
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.constraint import constraint_name
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.catalog.refs import inside, relation
from idemlint.replay.effects import effects_of
from idemlint.replay.effects.vocabulary import Updates
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.fixes.layout import Site
    from idemlint.source.tokens import Word
    from idemlint.source.tree import Tree


class AlterCommand(NamedTuple):
    """One command: its node, what it does, its tokens."""

    tree: Tree
    does: str
    words: tuple[Word, ...]

    @property
    def span(self) -> Span:
        """Its bytes."""
        return Span(self.words[0].start, self.words[-1].end)


class AlterCommands(NamedTuple):
    """The statement in parts: its words before the first command, and the commands."""

    head: tuple[Word, ...]
    all: tuple[AlterCommand, ...]


#: Commands whose turn does not matter, as long as their column is there.
_ANY_TURN: Final = frozenset({"AT_SetNotNull", "AT_DropNotNull", "AT_ColumnDefault"})


#: ALTER TYPE says column where it means attribute.
_ATTRIBUTES: Final = {"AT_AddColumn": "AT_AddAttribute", "AT_DropColumn": "AT_DropAttribute"}


def does(site: Site, command: Tree) -> str:
    """A command's `AlterTableType`."""
    subtype: str = command.subtype
    if site.tree.objtype == "OBJECT_TYPE":
        return _ATTRIBUTES.get(subtype, subtype)
    return subtype


def commands(site: Site) -> AlterCommands | None:
    """Find the commands in the text; `None` where text and tree do not agree."""
    trees = site.tree.cmds or ()
    first = _first(site.words)
    if first is None:
        return None
    groups: list[list[Word]] = [[]]
    depth = 0
    for word in site.words[first:]:
        if word.kind == "punctuation":
            if word.text in {"(", "["}:
                depth += 1
            elif word.text in {")", "]"}:
                depth -= 1
            elif word.text == "," and depth == 0:
                groups.append([])
                continue
        groups[-1].append(word)
    if len(groups) != len(trees) or not all(groups):
        return None
    return AlterCommands(
        tuple(site.words[:first]),
        tuple(
            AlterCommand(tree, does(site, tree), tuple(words))
            for tree, words in zip(trees, groups, strict=True)
        ),
    )


def _first(words: list[Word]) -> int | None:
    """The number of the word behind `ALTER TABLE [IF EXISTS] [ONLY] name [*]`."""
    at = 1
    while at < len(words) and words[at].text.upper() in {"FOREIGN", "MATERIALIZED"}:
        at += 1
    at += 1  # TABLE, VIEW, INDEX, SEQUENCE, TYPE
    if at + 1 < len(words) and words[at].says("IF") and words[at + 1].says("EXISTS"):
        at += 2
    if at < len(words) and words[at].says("ONLY"):
        at += 1
    while at + 2 < len(words) and words[at + 1].text == ".":
        at += 2
    at += 1
    if at < len(words) and words[at].text == "*":
        at += 1
    return at if at < len(words) else None


def own_guards(site: Site, found: AlterCommands | None) -> tuple[Edit, ...]:
    """`IF [NOT] EXISTS` in every one of the site's commands that can have it and has none."""
    if found is None:
        return ()
    dropped = {each.tree.name for each in found.all if each.does == "AT_DropColumn"}
    edits = []
    for each in found.all:
        clause = COMMAND_GUARDS.get(each.does)
        if clause is None or each.tree.fields.get("missing_ok"):
            continue
        if each.does == "AT_AddColumn" and _column_name(each.tree) in dropped:
            continue
        at = _behind(each.words, clause)
        if at is not None:
            edits.append(site.insertion(at, " " + site.style(clause.text)))
    return tuple(edits)


def _column_name(command: Tree) -> str:
    name: str = command.fields["def"]["ColumnDef"]["colname"]
    return name


def _behind(words: tuple[Word, ...], clause: CommandGuard) -> int | None:
    size = len(clause.words)
    for index in range(len(words) - size + 1):
        if all(
            word.says(text)
            for word, text in zip(words[index : index + size], clause.words, strict=True)
        ):
            rest = words[index + size :]
            if clause.optional and rest and rest[0].says(clause.optional):
                return rest[0].end
            return words[index + size - 1].end
    return None


def condition_of(site: Site, command: Tree, *, naming: bool = False) -> str | None:
    """What must hold for a command to run: `""`: nothing, it does no harm; `None`: more than a lookup tells.

    Own guards count as written; so do names of constraints, where they are given (`naming`).
    """
    subtype = does(site, command)
    if subtype == "AT_AlterColumnType":
        return None if _moves(site) else ""
    if subtype not in _LOOKED_UP:
        return None if subtype in _MOVING else ""
    table = relation(site.tree.relation)
    maybe = bool(site.tree.fields.get("missing_ok"))
    oid = exists.maybe_relation(table) if maybe else exists.relation(table)
    if subtype == "AT_AddConstraint":
        node = getattr(command, "def")
        if node.contype == "CONSTR_NOTNULL":
            return ""
        if node.contype == "CONSTR_PRIMARY":
            return exists.no_primary_key(oid)
        name = node.conname or node.indexname
        if not name and not naming:
            return None
        name = name or constraint_name(table.name, node, None)
        return exists.missing(Kind.CONSTRAINT, inside(Space.CONSTRAINT, name, table), oid)
    if subtype == "AT_AddAttribute":
        attribute = inside(Space.COLUMN, _column_name(command), table)
        return exists.missing(Kind.ATTRIBUTE, attribute, oid)
    if subtype == "AT_AddIdentity":
        return exists.not_identity(oid, cut(command.name))
    if subtype in {"AT_AddInherit", "AT_AttachPartition"}:
        parent, child = _link(table, command)
        return f"NOT {exists.inherits(exists.relation(parent), exists.relation(child))}"
    if subtype == "AT_DetachPartition" and getattr(command, "def").concurrent:
        return None
    parent, child = _link(table, command)
    return exists.inherits(exists.relation(parent), exists.maybe_relation(child))


def _moves(site: Site) -> bool:
    """Whether a USING of the statement may change the data once more."""
    program = effects_of(site.tree, site.migration.postgres_version)
    return any(isinstance(effect, Updates) for effect in program)


#: Commands that a lookup can guard.
_LOOKED_UP: Final = frozenset(
    {
        "AT_AddConstraint",
        "AT_AddAttribute",
        "AT_AddIdentity",
        "AT_AddInherit",
        "AT_AttachPartition",
        "AT_DropInherit",
        "AT_DetachPartition",
    }
)
#: Commands that a lookup cannot guard, and that are not idempotent by nature.
_MOVING: Final = frozenset({"AT_GenericOptions", "AT_AlterColumnGenericOptions", "AT_DropOf"})


def _link(table: Ref, command: Tree) -> tuple[Ref, Ref]:
    definition = getattr(command, "def")
    if command.subtype in {"AT_AttachPartition", "AT_DetachPartition"}:
        return table, relation(definition.name)
    return relation(definition), table


def unnamed(site: Site) -> list[tuple[int, str]] | None:
    """Unnamed constraints: where each begins, and the name that PostgreSQL would choose for it.

    `None` where two would get the same name, or a place is not known.
    """
    table = relation(site.tree.relation)
    starts = {word.start for word in site.words}
    result: list[tuple[int, str]] = []
    for command in site.tree.cmds or ():
        if command.subtype != "AT_AddConstraint":
            continue
        node = getattr(command, "def")
        if node.conname or node.indexname or node.contype in {"CONSTR_PRIMARY", "CONSTR_NOTNULL"}:
            continue
        name = constraint_name(table.name, node, None)
        if node.location not in starts or any(name == other for _, other in result):
            return None
        result.append((node.location, name))
    return result


def guarded_commands(
    site: Site, found: AlterCommands | None, *, naming: bool = False
) -> tuple[Edit, ...]:
    """Each of the site's commands that needs one in an IF of its own; `()` where that would change their
    order."""
    if found is None or all(each.does not in _LOOKED_UP for each in found.all):
        return ()
    if not _in_order(found.all):
        return ()
    head = _text(site, found.head) if len(found.all) > 1 else ""
    pieces: list[GuardedPiece] = []
    end = 0
    for each in found.all:
        condition = condition_of(site, each.tree, naming=naming)
        if condition is None:
            return ()
        if not pieces:
            pieces.append(GuardedPiece(Span(site.span.start, each.span.end), condition))
        elif not condition and not pieces[-1].condition:
            last = pieces.pop()
            pieces.append(last._replace(span=Span(last.span.start, each.span.end)))
        else:
            gap = Span(end, each.span.start)
            pieces.append(GuardedPiece(each.span, condition, head=head, gap=gap))
        end = each.span.end
    if not any(piece.condition for piece in pieces):
        return ()
    return guarded_pieces(site, pieces)


def _text(site: Site, words: tuple[Word, ...]) -> str:
    """Words as they are written, with single blanks and without comments: `ALTER TABLE "t" `."""
    parts: list[str] = []
    end = words[0].start
    for word in words:
        parts.append(("" if word.start == end else " ") + site.raw(word.span))
        end = word.end
    return "".join(parts) + " "


def _in_order(found: tuple[AlterCommand, ...]) -> bool:
    """Whether the commands stand in the order in which PostgreSQL would run them together."""
    passes = [_pass(each) for each in found if each.does not in _ANY_TURN]
    columns = [index for index, each in enumerate(found) if _pass(each) == COLUMN]
    early = any(each.does in _ANY_TURN for each in found[: columns[-1]]) if columns else False
    return passes == sorted(passes) and not early


def _pass(command: AlterCommand) -> int:
    tree = command.tree
    contype = getattr(tree, "def").contype if command.does == "AT_AddConstraint" else None
    return alter_pass(tree.subtype, contype)
