"""What a text does, without its guards: the measure by which a fixed text equals the old one.

A statement comes apart into atoms: the commands of an ALTER TABLE, the objects of a DROP, the
statements in a DO body, whatever IF or EXCEPTION stands around them. A fix may put guards around
atoms, and give a name to what has none; it may not add, lose, change or reorder an atom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql.body import block_of, body_of
from idemlint.plpgsql.nodes import Block, Dynamic, If, Loop, Raise, Return, Sql, Try
from idemlint.postgres.create_drop import FORMS
from idemlint.source.lexer import tokens
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.plpgsql.nodes import Node
    from idemlint.source.statement import ParsedFile, Statement
    from idemlint.source.tree import Tree

Json = dict[str, Any]

#: Fields that are guards, and places.
_GUARDS: Final = frozenset(
    {"if_not_exists", "missing_ok", "replace", "skipIfNewValExists", "is_select_into"}
)
_PLACES: Final = frozenset(
    {
        "location",
        "stmt_location",
        "stmt_len",
        "arg_location",
        "list_start",
        "list_end",
        "rexpr_list_start",
        "rexpr_list_end",
    }
)
#: Fields that a fix may fill in where the user wrote nothing.
_GIVEN: Final = frozenset({"idxname", "conname", "onConflictClause"})

#: Nodes that hold a list of things to be done one by one, and the field that has it.
_LISTS: Final = {"AlterTableStmt": "cmds", "DropStmt": "objects", "DropRoleStmt": "roles"}

#: `DROP … IF EXISTS` that a fix may put before a CREATE, by what it drops: how that is made again.
_MADE_AGAIN: Final = {
    word: form for kind, form in FORMS.items() if form.name for word in kind.objects
}


def atoms_of(parsed: ParsedFile, statements: Iterable[Statement]) -> list[Json]:
    """The atoms of statements, in the order of the text."""
    found: list[Json] = []
    for statement in statements:
        if statement.tree is None:
            found.append({"unread": _words(parsed, statement.span)})
        elif statement.kind == "DoStmt":
            block = body_of(parsed, statement)
            found += _of_node(parsed, block) if block is not None else _of_tree(statement.tree)
        else:
            found += _of_tree(statement.tree)
    return found


def difference(old: list[Json], new: list[Json]) -> tuple[str, int]:
    """What a fix changed besides guards, in words; empty where that is nothing.

    With the index of the old atom that was expected there.
    """
    at = 0
    for index, atom in enumerate(new):
        if at < len(old) and same(old[at], atom):
            at += 1
        elif not (index + 1 < len(new) and _is_made_again(atom, new[index + 1])):
            what = "adds" if at >= len(old) else "changes"
            return f"it {what} more than guards: {_kind(atom)}", at
    return (f"it loses a statement: {_kind(old[at])}" if at < len(old) else ""), at


def same(old: object, new: object) -> bool:
    """Whether two trees mean the same apart from guards, places, and names that were not given."""
    pairs: list[tuple[object, object]] = [(old, new)]
    while pairs:  # trees may be deeper than Python's stack
        one, other = pairs.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            for key in one.keys() | other.keys():
                if key in _GUARDS or key in _PLACES or (key in _GIVEN and key not in one):
                    continue
                if key not in one or key not in other:
                    return False
                pairs.append((one[key], other[key]))
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif one != other:
            return False
    return True


def comments_of(code: bytes) -> list[bytes]:
    """All comments of a text, those in dollar-quoted bodies too, without their indentation."""
    found: list[bytes] = []
    stretches = [Span(0, len(code))]
    while stretches:
        start, end = stretches.pop()
        for kind, first, last in tokens(code, start, end, coarse=True):
            if kind == "comment":
                lines = code[first:last].splitlines()
                found.append(b"\n".join(line.strip() for line in lines))
            elif kind == "dollar":
                tag = code.index(b"$", first + 1) + 1 - first
                stretches.append(Span(first + tag, last - tag))
    return found


def _of_tree(tree: Tree) -> Iterator[Json]:
    kind, fields = tree.kind, tree.fields
    if kind == "DoStmt":
        # One in the body of another: only its string is at hand, and places in it do not matter.
        yield from _of_node(None, block_of(tree, None))
        return
    if kind == "SelectStmt" and "intoClause" in fields:
        query = {name: value for name, value in fields.items() if name != "intoClause"}
        into = fields["intoClause"]
        kind = "CreateTableAsStmt"
        fields = {"query": {"SelectStmt": query}, "into": into, "objtype": "OBJECT_TABLE"}
    several = fields.get(_LISTS.get(kind, ""))
    if several and len(several) > 1:
        for each in several:
            yield {kind: {**fields, _LISTS[kind]: [each]}}
    else:
        yield {kind: fields}


def _of_node(parsed: ParsedFile | None, node: Node) -> Iterator[Json]:
    match node:
        case Block(body):
            for each in body:
                yield from _of_node(parsed, each)
        case Sql(tree):
            yield from _of_tree(tree)
        case If(_, then, otherwise):
            yield from _of_node(parsed, then)
            yield from _of_node(parsed, otherwise)
        case Try(body, handlers):
            yield from _of_node(parsed, body)
            for handler in handlers:
                yield from _of_node(parsed, handler.body)
        case Loop(body, query):
            if query is not None:
                yield {"loop": query.fields}
            yield from _of_node(parsed, body)
        case Dynamic(_, mentions, _, span):
            yield {"dynamic": sorted(mentions) if span is None else _words(parsed, span)}
        case Raise(sqlstate, span):
            yield {"raise": sqlstate if span is None else _words(parsed, span)}
        case Return():
            yield {"return": ""}


def _words(parsed: ParsedFile | None, span: Span) -> list[str]:
    """A stretch of text as its tokens, for what has no tree."""
    if parsed is None:
        return []
    code = parsed.code
    return [
        code[start:end].decode("utf-8", "replace")
        for kind, start, end in tokens(code, span.start, span.end)
        if kind != "comment"
    ]


def _is_made_again(atom: Json, following: Json) -> bool:
    """Whether `atom` is a `DROP … IF EXISTS` of what the next atom makes again."""
    drop = atom.get("DropStmt")
    if drop is None or not drop.get("missing_ok") or drop.get("behavior") == "DROP_CASCADE":
        return False
    form = _MADE_AGAIN.get(drop["removeType"])
    create = following.get(form.nodes) if form is not None else None
    if form is None or create is None or len(drop["objects"]) != 1:
        return False
    wanted = [create[form.name]]
    if form.table:
        table = create[form.table]
        wanted = [table[part] for part in ("schemaname", "relname") if part in table] + wanted
    return _names(drop["objects"][0]) == wanted


def _names(node: Json) -> list[str]:
    items = node["List"]["items"] if "List" in node else [node]
    return [item["String"].get("sval", "") for item in items if "String" in item]


def _kind(atom: Json) -> str:
    return next(iter(atom))
