"""PL/pgSQL's statements about cursors, and GET DIAGNOSTICS.

Each function stands at the first word of its statement and goes past its `;`; the SQLSTATEs are those of
`pl_gram.y`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.validator.refusal import unsure
from idemlint.plpgsql.validator.simple_statements import MISMATCH, into, query

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.namespaces import Variable
    from idemlint.plpgsql.validator.scanner import Scanner

_DIRECTIONS: Final = frozenset({"next", "prior", "first", "last"})
_ITEMS: Final = frozenset(
    re.findall(
        r"\w+",
        "pg_exception_detail pg_exception_hint pg_exception_context column_name "
        "constraint_name pg_datatype_name message_text table_name schema_name "
        "returned_sqlstate",
    )
)
_CURRENT_ITEMS: Final = frozenset({"row_count", "result_oid", "pg_routine_oid"})


def diagnostics(scanner: Scanner) -> None:
    """`GET [CURRENT | STACKED] DIAGNOSTICS v = item, …;`."""
    at = scanner.at
    scanner.at += 1
    is_stacked = scanner.word == "stacked"
    scanner.at += is_stacked or scanner.word == "current"
    scanner.expect("diagnostics")
    wrong: str | None = None
    while True:
        target = scanner.at
        found = scanner.assignable()
        if found.sort == "record":
            name = ".".join(scanner.name_at(target)[0])
            scanner.refuse(f'"{name}" is not a scalar variable', target)
        if not scanner.is_assign(scanner.at):
            scanner.near("syntax error")
        scanner.at += 1
        item = scanner.word
        if item not in _ITEMS | _CURRENT_ITEMS | {"pg_context"}:
            scanner.near("unrecognized GET DIAGNOSTICS item")
        if wrong is None and item in (_CURRENT_ITEMS if is_stacked else _ITEMS):
            wrong = item
        scanner.at += 1
        if not scanner.skip(","):
            break
    scanner.expect(";")
    if wrong is not None:
        area = "STACKED" if is_stacked else "CURRENT"
        text = f"diagnostics item {wrong.upper()} is not allowed in GET {area} DIAGNOSTICS"
        scanner.refuse(text, at)


def _cursor_variable(scanner: Scanner) -> Variable:
    at = scanner.at
    found = scanner.variable()
    if found.sort == "record":
        scanner.refuse("cursor variable must be a simple variable", at, MISMATCH)
    if found.is_cursor is False:
        name = ".".join(scanner.name_at(at)[0])
        text = f'variable "{name}" must be of type cursor or refcursor'
        scanner.refuse(text, at, MISMATCH)
    if found.is_cursor is None:
        unsure()
    return found


def opens(scanner: Scanner) -> None:
    """`OPEN c [(…)];`, `OPEN c [[NO] SCROLL] FOR …;`."""
    scanner.at += 1
    at = scanner.at
    found = _cursor_variable(scanner)
    if found.parameters is not None:
        cursor_arguments(scanner, found, ".".join(scanner.name_at(at)[0]), ";")
        return
    if scanner.skip("no"):
        scanner.skip("scroll")
    else:
        scanner.skip("scroll")
    if scanner.word != "for":
        scanner.near('syntax error, expected "FOR"')
    scanner.at += 1
    query(scanner, "USING or ;")


def cursor_arguments(scanner: Scanner, found: Variable, name: str, until: str) -> None:
    """What a cursor is opened with, up to a token, and go past that."""
    parameters = found.parameters or ()
    if not parameters:
        if scanner.word == "(":
            scanner.refuse(f'cursor "{name}" has no arguments')
        scanner.expect(until)
        return
    if scanner.word != "(":
        scanner.refuse(f'cursor "{name}" has arguments')
    scanner.at += 1
    for index in range(len(parameters)):
        if scanner.words[scanner.at + 1] in {":=", "=>"}:
            if scanner.identifier(scanner.at) not in parameters:
                unsure()
            scanner.at += 2
        scanner.expression(",", ")", expected='," or ")')
        is_last = index == len(parameters) - 1
        if scanner.word == ")" and not is_last:
            scanner.refuse(f'not enough arguments for cursor "{name}"')
        if scanner.word == "," and is_last:
            scanner.refuse(f'too many arguments for cursor "{name}"')
        scanner.at += 1
    scanner.expect(until)


def fetches(scanner: Scanner) -> None:
    """`FETCH [direction FROM] c INTO …;` and `MOVE [direction FROM] c;`."""
    at, is_move = scanner.at, scanner.word == "move"
    scanner.at += 1
    is_of_many = _direction(scanner)
    _cursor_variable(scanner)
    if not is_move:
        scanner.expect("into")
        into(scanner, strict=False)
    scanner.expect(";")
    if is_of_many and not is_move:
        scanner.refuse("FETCH statement cannot return multiple rows", at, "0A000")


def _direction(scanner: Scanner) -> bool:
    """What is read of a cursor, if that is said: whether it may be several rows."""
    word, is_of_many = scanner.word, False
    if word in _DIRECTIONS or word == "all":
        scanner.at += 1
        is_of_many = word == "all"
    elif word in {"absolute", "relative"}:
        scanner.at += 1
        scanner.expression("from", "in", expected="FROM or IN")
    elif word in {"forward", "backward"}:
        scanner.at += 1
        is_of_many = scanner.word not in _FROM
        if not scanner.skip("all") and is_of_many:
            scanner.expression("from", "in", expected="FROM or IN")
    elif word not in _FROM:
        parts, _ = scanner.name_at(scanner.at)
        if parts and scanner.names.find(parts) is not None:
            return False
        scanner.expression("from", "in", expected="FROM or IN")
        is_of_many = True
    if scanner.word not in _FROM:
        scanner.near("expected FROM or IN")
    scanner.at += 1
    return is_of_many


_FROM: Final = frozenset({"from", "in"})


def closes(scanner: Scanner) -> None:
    """`CLOSE c;`."""
    scanner.at += 1
    _cursor_variable(scanner)
    scanner.expect(";")
