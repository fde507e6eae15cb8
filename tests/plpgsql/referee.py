"""What PostgreSQL's own PL/pgSQL parser sees in a body, in a form that our nodes can be put in too."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from pglast.parser import ParseError, parse_plpgsql_json

from idemlint.plpgsql.nodes import Block, Dynamic, If, Loop, Node, Raise, Return, Sql, Try

from .story import do, statement_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Outline = list[tuple[str, str]]

_BLANKS = re.compile(r"\s+|--[^\n]*|/\*.*?\*/", re.DOTALL)
_INTO = re.compile(r"\binto\b\s*(strict\b)?\s*[\w.\"]+(\s*,\s*[\w.\"]+)*", re.IGNORECASE)
_ERROR = 21


def _flat(text: str) -> str:
    return _BLANKS.sub("", _INTO.sub("", text)).lower()


def theirs(body: str, before: str = "DO") -> Outline:
    """The outline that libpg_query gives; raises its `ParseError`."""
    tag = "$referee$"
    [function] = orjson.loads(parse_plpgsql_json(f"{before} {tag}{body}{tag}"))
    return list(_their_statement(function["PLpgSQL_function"]["action"]))


def _query(expr: dict[str, Any]) -> str:
    return _flat(expr["PLpgSQL_expr"]["query"])


def _their_body(statements: list[dict[str, Any]] | None) -> Iterator[tuple[str, str]]:
    for statement in statements or []:
        yield from _their_statement(statement)


def _their_statement(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    [(kind, fields)] = statement.items()
    match kind.removeprefix("PLpgSQL_stmt_"):
        case "block":
            yield from _their_body(fields.get("body"))
            handlers = fields.get("exceptions", {}).get("PLpgSQL_exception_block", {})
            for handler in handlers.get("exc_list", []):
                inner = handler["PLpgSQL_exception"]
                names = [item["PLpgSQL_condition"]["condname"] for item in inner["conditions"]]
                yield "when", " ".join(dict.fromkeys(names))
                yield from _their_body(inner.get("action"))
        case "execsql":
            yield "sql", _query(fields["sqlstmt"])
        case "perform":
            yield "sql", _query(fields["expr"]).replace("perform", "select", 1)
        case "call":
            yield "sql", _query(fields["expr"])
        case "return_query":
            static = "query" in fields
            yield ("sql", _query(fields["query"])) if static else ("execute", "")
        case "commit" | "rollback" as word:
            yield "sql", word
        case "dynexecute":
            yield "execute", ""
        case "if":
            yield "if", _query(fields["cond"])
            yield from _their_body(fields.get("then_body"))
            for arm in fields.get("elsif_list", []):
                yield "if", _query(arm["PLpgSQL_if_elsif"]["cond"])
                yield from _their_body(arm["PLpgSQL_if_elsif"].get("stmts"))
            yield from _their_body(fields.get("else_body"))
        case "loop" | "while" | "fori" | "fors" | "forc" | "dynfors" | "foreach_a":
            yield "loop", ""
            yield from _their_body(fields.get("body"))
        case "raise":
            if fields.get("elog_level", 0) >= _ERROR:
                yield "raise", ""
        case "case":
            for arm in fields.get("case_when_list", []):
                yield from _their_body(arm["PLpgSQL_case_when"].get("stmts"))
            yield from _their_body(fields.get("else_stmts"))


def ours(body: str) -> Outline:
    """The outline of our nodes."""
    sql = statement_of(body)
    return list(_Ours(sql).outline(do(sql)))


class _Ours:
    def __init__(self, sql: str) -> None:
        self.data = sql.encode()
        self.seen: set[tuple[Any, Any]] = set()

    def text(self, node: Any) -> str:
        return self.data[node.start : node.end].decode() if node is not None else ""

    def outline(self, node: Node) -> Iterator[tuple[str, str]]:
        match node:
            case Block(body):
                for each in body:
                    yield from self.outline(each)
            case Sql() | Dynamic():
                text = self.text(node.span)
                word = re.match(r"\w*", text)[0].lower()  # type: ignore[index]
                if (node.span, "sql") in self.seen or word in {"", "array"}:
                    return  # a FOREACH that is told round by round; an assignment's expression
                self.seen.add((node.span, "sql"))
                if word == "execute":
                    yield "execute", ""
                elif _COMMANDS.match(word):
                    yield "sql", re.sub("^perform", "select", _flat(text))
            case If(_, then, otherwise, _, test):
                first = (test, "if") not in self.seen
                self.seen.add((test, "if"))
                before = self.data[: test.start].decode() if test is not None else ""
                if first and re.search(r"\b(if|elsif|elseif)\s*(--.*\s*)*$", before, re.IGNORECASE):
                    yield "if", _flat(self.text(test))
                yield from self.outline(then)
                yield from self.outline(otherwise)
            case Try(body, handlers):
                yield from self.outline(body)
                for handler in handlers:
                    yield "when", " ".join(handler.conditions)
                    yield from self.outline(handler.body)
            case Loop(body):
                yield "loop", ""
                yield from self.outline(body)
            case Raise() if self.text(node.span).lower().startswith("raise"):
                if node.span not in self.seen:
                    self.seen.add(node.span)  # type: ignore[arg-type]
                    yield "raise", ""
            case Raise() | Return():
                pass


_COMMANDS = re.compile(
    r"(select|perform|insert|update|delete|merge|with|create|alter|drop|grant|revoke|comment|truncate|set"
    r"|reset|call|lock|refresh|analyze|vacuum|copy|do|notify|commit|rollback|values|reindex|import|table)\Z"
)


def main() -> None:
    """Compare all DO blocks in the `.sql` files of the folders given."""
    same = refused = different = 0
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).rglob("*.sql")):
            text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
            for match in _DO.finditer(text):
                try:
                    one = theirs(match[2])
                except ParseError:
                    refused += 1
                    continue
                other = ours(match[2])
                equal = [x for x in one if x[0] != "loop"] == [x for x in other if x[0] != "loop"]
                same, different = same + equal, different + (not equal)
                if not equal:
                    print(f"{path}: {match[0][:60]!r}")
    print(f"{same} the same, {different} different, {refused} refused by libpg_query")


_DO = re.compile(r"\bDO\s+(?:LANGUAGE\s+plpgsql\s+)?(\$\w*\$)(.*?)\1", re.DOTALL | re.IGNORECASE)

if __name__ == "__main__":
    main()
