"""Nodes told as lines of text, so that a test reads like the body that it is about."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

from idemlint.plpgsql.body import body_of
from idemlint.plpgsql.nodes import Asks, Block, Dynamic, If, Loop, Node, Raise, Return, Sql, Try
from idemlint.source.parse import parse
from idemlint.source.statement import SourceFile

if TYPE_CHECKING:
    from idemlint.source.tree import Tree


def do(sql: str) -> Block:
    """The body of the DO statement that is all of a file."""
    parsed = parse(SourceFile("a.sql", sql.encode(), sql))
    [statement] = parsed.statements
    block = body_of(parsed, statement)
    assert block is not None
    return block


def statement_of(body: str) -> str:
    """A DO statement that runs a body."""
    return f"DO $story${body}$story$"


def read(body: str) -> Block:
    """The nodes of a body in a DO statement."""
    return do(statement_of(body))


def story(body: str) -> str:
    """What a body's nodes say."""
    return told(read(dedent(body)))


def told(node: Node) -> str:
    match node:
        case Block(body):
            return "\n".join(map(told, body)) or "-"
        case Sql(tree, _, executed):
            return f"{'EXECUTE ' if executed else ''}{shown(tree)}"
        case Asks(query):
            return f"asks {_select(query.fields).strip('()')}".removesuffix(" of ")
        case Dynamic(_, mentions, pattern):
            return f"dynamic {pattern!r} of {' '.join(sorted(mentions))}".rstrip()
        case If(condition, then, otherwise):
            lines = f"if {asked(condition)}\n{inner(then)}"
            return f"{lines}\nelse\n{inner(otherwise)}" if otherwise.body else lines
        case Try(body, handlers):
            lines = [f"try\n{inner(body)}"]
            lines += [f"when {' '.join(each.conditions)}\n{inner(each.body)}" for each in handlers]
            return "\n".join(lines)
        case Loop(body, query):
            over = f" over {shown(query)}" if query is not None else ""
            return f"loop{over}\n{inner(body)}"
        case Raise(sqlstate):
            return f"raise {sqlstate}"
        case Return():
            return "return"


def inner(block: Block) -> str:
    return indent(told(block), "  ")


def asked(condition: Tree | None) -> str:
    """A condition as SQL."""
    if condition is None:
        return "?"
    return expression(condition)


def shown(tree: Tree) -> str:
    """A statement as its kind, with the name that it makes or writes."""
    name = tree.relation.relname if tree.relation is not None else tree.sequence or tree.schemaname
    return f"{tree.kind.removesuffix('Stmt')} {getattr(name, 'relname', name) or ''}".strip()


def expression(tree: Tree) -> str:
    """An expression in few words; enough to tell one from another."""
    return _told({tree.kind: tree.fields})


def _told(node: Any) -> str:
    [(kind, fields)] = node.items()
    match kind:
        case "BoolExpr":
            words = [_told(item) for item in fields["args"]]
            if fields["boolop"] == "NOT_EXPR":
                return f"not {words[0]}"
            return f" {fields['boolop'][:-5].lower()} ".join(words)
        case "SubLink":
            word = "exists" if fields["subLinkType"] == "EXISTS_SUBLINK" else "value"
            return f"{word} {_select(fields['subselect']['SelectStmt'])}"
        case "A_Const":
            return str(next((v.get(k, 0) for k, v in fields.items() if k.endswith("val")), "null"))
        case "A_Expr":
            left, right = _told(fields["lexpr"]), _told(fields["rexpr"])
            return f"{left} {fields['name'][-1]['String']['sval']} {right}"
        case "ColumnRef":
            return ".".join(item.get("String", {}).get("sval", "*") for item in fields["fields"])
        case "TypeCast":
            return f"{_told(fields['arg'])}::{fields['typeName']['names'][-1]['String']['sval']}"
        case "FuncCall":
            arguments = ", ".join(_told(item) for item in fields.get("args", ()))
            return f"{fields['funcname'][-1]['String']['sval']}({arguments})"
        case "List":
            return ", ".join(_told(item) for item in fields["items"])
        case "NullTest":
            return f"{_told(fields['arg'])} {fields['nulltesttype'].lower()}"
    return kind


def _select(select: dict[str, Any]) -> str:
    targets = ", ".join(_told(item["ResTarget"]["val"]) for item in select.get("targetList", ()))
    tables = ", ".join(item["RangeVar"]["relname"] for item in select.get("fromClause", ()))
    where = f" where {_told(select['whereClause'])}" if "whereClause" in select else ""
    return f"({targets} of {tables}{where})"
