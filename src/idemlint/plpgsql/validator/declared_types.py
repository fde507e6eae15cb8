"""DECLARE, and the types that it names (`decl_stmts` and `read_datatype` of `pl_gram.y`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.sql import Unreadable, expression
from idemlint.plpgsql.validator.namespaces import (
    RECORD,
    SCALAR,
    UNKNOWN,
    Level,
    Variable,
)
from idemlint.plpgsql.validator.refusal import NeededType, unsure

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.scanner import Scanner

#: What a declaration may go on with behind a type.
_BEHIND: Final = frozenset({"collate", "not", "default", ":=", "=", ";"})
_CAST: Final = "SELECT CAST(NULL AS "
_CURSOR: Final = Variable("scalar", is_cursor=True)
#: Types of every database that are no rows, by the names that the grammar makes of them.
SCALARS: Final = frozenset(
    re.findall(
        r"\w+",
        "bit bool box bpchar bytea char cid cidr circle date daterange float4 float8 inet "
        "int2 int4 int4range int8 int8range interval json jsonb jsonpath line lseg macaddr "
        "macaddr8 money name numeric numrange oid path pg_lsn point polygon regclass "
        "regconfig regnamespace regproc regprocedure regrole regtype text tid time timestamp "
        "timestamptz timetz tsquery tsrange tstzrange tsvector uuid varbit varchar xid xml",
    )
)
_PSEUDO: Final = frozenset(["void", "trigger", "event_trigger"])


def sort_of(name: str) -> Variable:
    """A variable of a type, by its name (`datatype.type_name`)."""
    bare = name.removeprefix("pg_catalog.")
    if name.endswith("[]") or bare in SCALARS:
        return SCALAR
    if bare == "refcursor":
        return _CURSOR
    return RECORD if bare == "record" else UNKNOWN


def declarations(scanner: Scanner) -> None:
    """The declarations of a block, up to its BEGIN."""
    scanner.expect("declare")
    while scanner.word != "begin":
        if scanner.skip("declare"):
            continue
        if scanner.word == "<<":
            scanner.refuse("block label must be placed before DECLARE, not after")
        _declaration(scanner, _new_name(scanner))


def _new_name(scanner: Scanner) -> str:
    at = scanner.at
    name = scanner.any_identifier()
    if name[0] == "$":
        scanner.near("syntax error", at)
    if name in scanner.names.top.variables:
        scanner.near("duplicate declaration", at)
    return name


def _declaration(scanner: Scanner, name: str) -> None:
    words, at = scanner.words, scanner.at
    if words[at] == "alias":
        scanner.expect("alias", "for")
        _alias(scanner, name)
        return
    if words[at] in {"cursor", "scroll"} or (words[at] == "no" and words[at + 1] == "scroll"):
        _cursor(scanner, name)
        return
    is_constant = scanner.skip("constant")
    variable = _type(scanner)
    if scanner.skip("collate"):
        _, end = scanner.name_at(scanner.at)
        if end == scanner.at:
            scanner.near("syntax error")
        scanner.at = end
    not_null = scanner.word == "not"
    if not_null:
        scanner.expect("not", "null")
    if not scanner.skip(";"):
        if scanner.word == "default" or scanner.is_assign(scanner.at):
            scanner.at += 1
        else:
            scanner.near("syntax error")
        scanner.expression(";")
        scanner.at += 1
    elif not_null:
        reason = f'variable "{name}" must have a default value, since it\'s declared NOT NULL'
        scanner.refuse(reason, at, "22004")
    scanner.names.top.variables[name] = variable._replace(is_constant=is_constant)


def _alias(scanner: Scanner, name: str) -> None:
    at = scanner.at
    parts, end = scanner.name_at(at)
    if not parts:
        scanner.near("syntax error")
    found = scanner.names.find(parts)
    if found is None:
        scanner.refuse(f'variable "{".".join(parts)}" does not exist', at, "42704")
    scanner.at = end
    scanner.expect(";")
    scanner.names.top.variables[name] = found


def _cursor(scanner: Scanner, name: str) -> None:
    if scanner.skip("no"):
        scanner.expect("scroll")
    else:
        scanner.skip("scroll")
    scanner.expect("cursor")
    parameters = Level(name)
    scanner.names.levels.append(parameters)
    if scanner.skip("("):
        while True:
            parameter = _new_name(scanner)
            parameters.variables[parameter] = _type(scanner)
            if not scanner.skip(","):
                break
        scanner.expect(")")
    if scanner.word not in {"is", "for"}:
        scanner.near("syntax error")
    scanner.at += 1
    scanner.query()
    scanner.at += 1
    scanner.names.levels.pop()
    found = _CURSOR._replace(parameters=tuple(parameters.variables))
    scanner.names.top.variables[name] = found


def _type(scanner: Scanner) -> Variable:
    """The type that is next: what a variable of it is."""
    words, first = scanner.words, scanner.at
    parts, end = scanner.name_at(first)
    if parts and words[end] == "%" and words[end + 1] in {"type", "rowtype"}:
        scanner.at = end + 2
        found = _of_row(scanner, parts) if words[end + 1] == "rowtype" else _like(scanner, parts)
        return SCALAR if _is_array(scanner) else found
    depth = 0
    while (word := words[scanner.at]) not in _BEHIND and not scanner.is_assign(scanner.at):
        if not word:
            scanner.near("mismatched parentheses" if depth else "incomplete data type declaration")
        if not depth and word in {",", ")"}:
            break
        depth += (word == "(") - (word == ")")
        scanner.at += 1
    if scanner.at == first:
        scanner.near("missing data type declaration")
    return _named(scanner, first)


def _is_array(scanner: Scanner) -> bool:
    """Whether `[]` or ARRAY is behind `%TYPE`, and go past it."""
    first = scanner.at
    if scanner.skip("array") and scanner.word != "[":
        return True
    while scanner.skip("["):
        while scanner.word not in {"]", ";", ""}:
            scanner.at += 1
        scanner.expect("]")
    return scanner.at > first


def _named(scanner: Scanner, first: int) -> Variable:
    """A type that is written out between a token and the next one."""
    tokens = scanner.tokens
    start, stop = tokens.starts[first], tokens.ends[scanner.at - 1]
    try:
        tree = expression(f"CAST(NULL AS {tokens.text(first, scanner.at)})", 0)
    except Unreadable:
        scanner.check_text(tokens.data[start:stop], start, _CAST, ")")
        unsure()
    fields = tree.get("TypeCast", {}).get("typeName")
    if fields is None or "pct_type" in fields:
        unsure()
    if "setof" in fields:
        scanner.refuse(f'invalid type name "{tokens.text(first, scanner.at)}"', first)
    name = tuple(part["String"].get("sval", "") for part in fields["names"])
    found = sort_of(".".join(name) + "[]" * ("arrayBounds" in fields))
    if name[-1] in _PSEUDO and len(name) == 1 and "arrayBounds" not in fields:
        unsure()
    if found is UNKNOWN or "arrayBounds" in fields:
        scanner.needs.append(NeededType("type", name))
    return found


def _of_row(scanner: Scanner, parts: tuple[str, ...]) -> Variable:
    scanner.needs.append(NeededType("rowtype", parts))
    return RECORD


def _like(scanner: Scanner, parts: tuple[str, ...]) -> Variable:
    """`v%TYPE` of a variable, or `t.c%TYPE` of a column."""
    found = scanner.names.find(parts)
    if found is not None:
        return found._replace(is_constant=False, parameters=None)
    if len(parts) == 1:
        if scanner.version < _SAYS_VARIABLE:
            scanner.near("syntax error", scanner.at - 2)
        scanner.refuse(f'variable "{parts[0]}" does not exist', scanner.at - 3, "42704")
    scanner.needs.append(NeededType("column", parts))
    return UNKNOWN


#: The first version that says what of `%TYPE` is missing; those before take it for a syntax error.
_SAYS_VARIABLE: Final = 17
