"""PL/pgSQL's statements that hold no others: assignments, SQL, RETURN, RAISE.

Each function stands at the first word of its statement and goes past its `;`; the SQLSTATEs are those of
`pl_gram.y`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.cursor import STRING
from idemlint.plpgsql.validator.refusal import unsure
from idemlint.plpgsql.validator.scanner import NO_COLUMN_NAMES, SYNTAX_ERROR
from idemlint.postgres.sqlstates import OTHERS, is_sqlstate, sqlstates

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.headings import Heading
    from idemlint.plpgsql.validator.scanner import Scanner

MISMATCH: Final = "42804"


# -- SQL ---------------------------------------------------------------------------------------------

#: The first version whose assignments are read by the grammar of SQL, names of variables too.
_AS_SQL: Final = 14


def assignment(scanner: Scanner) -> None:
    """`v := expression;`, of a variable that is known to be one."""
    first = scanner.at
    scanner.assignable()
    if scanner.words[first] in NO_COLUMN_NAMES and scanner.version >= _AS_SQL:
        scanner.near("syntax error", first)
    while scanner.word in {"[", "."}:
        if scanner.skip("["):
            scanner.construct("]")
            scanner.expect("]")
        else:
            scanner.at += 2
    scanner.check(first, scanner.at, "SELECT ")
    if not scanner.is_assign(scanner.at):
        scanner.near("syntax error")
    sign = scanner.word.strip(":=")
    scanner.at += 1
    if not sign:
        scanner.expression(";")
    elif scanner.word in {"", ";"}:
        scanner.near("syntax error")
    else:
        scanner.at -= 1
        unsure()
    scanner.at += 1


def sql(scanner: Scanner) -> None:
    """A statement of SQL, with its INTO."""
    words, first = scanner.words, scanner.at
    blank: tuple[int, int] | None = None
    scanner.at += 1
    depth = 0
    while (word := scanner.word) != ";" or depth:
        if not word:
            scanner.near("unexpected end of function definition")
        depth += (word == "(") - (word == ")")
        before = words[scanner.at - 1]
        if word == "into" and before not in {"insert", "merge"} and words[first] != "import":
            if blank is not None:
                scanner.near("INTO specified more than once")
            begin = scanner.at
            scanner.at += 1
            into(scanner, strict=True)
            blank = begin, scanner.at
        else:
            scanner.at += 1
    if words[first] == "create" and "atomic" in words[first : scanner.at]:
        unsure()  # its body may have more of them
    scanner.check(first, scanner.at, blank=blank)
    scanner.at += 1


def into(scanner: Scanner, *, strict: bool) -> None:
    """What stands behind INTO: one record, or scalars."""
    if strict:
        scanner.skip("strict")
    found = scanner.assignable()
    if found.sort != "record":
        more_scalars(scanner)
    elif scanner.word == ",":
        scanner.refuse("record variable cannot be part of multiple-item INTO list")


def more_scalars(scanner: Scanner) -> None:
    """Those behind the first of a list."""
    while scanner.skip(","):
        at = scanner.at
        found = scanner.assignable()
        if found.sort == "record":
            name = ".".join(scanner.name_at(at)[0])
            scanner.refuse(f'"{name}" is not a scalar variable', at)


def perform(scanner: Scanner) -> None:
    """`PERFORM …;`."""
    scanner.at += 1
    scanner.expression(";")
    scanner.at += 1


def call(scanner: Scanner) -> None:
    """`CALL p(…);` and `DO …;`, which go to SQL as they are."""
    scanner.query()
    scanner.at += 1


def execute(scanner: Scanner) -> None:
    """`EXECUTE text [INTO …] [USING …];`, in any order."""
    scanner.at += 1
    scanner.expression("into", "using", ";", expected="INTO or USING or ;")
    seen: set[str] = set()
    while (word := scanner.word) != ";":
        if word not in {"into", "using"} or word in seen:
            scanner.near("syntax error")
        seen.add(word)
        scanner.at += 1
        if word == "into":
            into(scanner, strict=True)
        else:
            arguments(scanner, ";", "into", expected=", or ; or INTO")
    scanner.at += 1


def arguments(scanner: Scanner, *until: str, expected: str) -> None:
    """Expressions between commas up to one of these words."""
    scanner.expression(",", *until, expected=expected)
    while scanner.skip(","):
        scanner.expression(",", *until, expected=expected)


def query(scanner: Scanner, expected: str) -> None:
    """A query, or `EXECUTE text [USING …]`, and go past its `;`; `expected` may stand behind the text."""
    if scanner.skip("execute"):
        scanner.expression("using", ";", expected=expected)
        if scanner.skip("using"):
            arguments(scanner, ";", expected=", or ;")
    else:
        scanner.query()
    scanner.at += 1


def ends_transaction(scanner: Scanner) -> None:
    """`COMMIT [AND [NO] CHAIN];`, and ROLLBACK."""
    scanner.at += 1
    if scanner.skip("and"):
        scanner.skip("no")
        scanner.expect("chain")
    scanner.expect(";")


def nothing(scanner: Scanner) -> None:
    """`NULL;`."""
    scanner.at += 1
    scanner.expect(";")


# -- RETURN --------------------------------------------------------------------------------------------


def returns(scanner: Scanner, heading: Heading) -> None:
    """`RETURN …;`, which what the routine gives forbids or asks for a value."""
    at = scanner.at
    scanner.at += 1
    if scanner.skip("next"):
        if not heading.is_set:
            scanner.refuse("cannot use RETURN NEXT in a non-SETOF function", at, MISMATCH)
        if heading.has_out:
            _no_value(scanner, "RETURN NEXT", "function with OUT parameters")
        else:
            scanner.expression(";")
        scanner.at += 1
    elif scanner.skip("query"):
        if not heading.is_set:
            scanner.refuse("cannot use RETURN QUERY in a non-SETOF function", at, MISMATCH)
        query(scanner, "; or USING")
    else:
        if heading.is_set:
            _no_value(scanner, "RETURN", "function returning set")
        elif heading.is_procedure and not heading.has_out:
            _no_value(scanner, "RETURN", "a procedure", SYNTAX_ERROR)
        elif heading.has_out:
            _no_value(scanner, "RETURN", "function with OUT parameters")
        elif heading.is_void:
            _no_value(scanner, "RETURN", "function returning void")
        else:
            scanner.expression(";")
        scanner.at += 1


def _no_value(scanner: Scanner, what: str, where: str, sqlstate: str = MISMATCH) -> None:
    if scanner.word != ";":
        scanner.refuse(f"{what} cannot have a parameter in {where}", sqlstate=sqlstate)


# -- RAISE and ASSERT -----------------------------------------------------------------------------------

_LEVELS: Final = ("exception", "warning", "notice", "info", "log", "debug")
_OPTIONS: Final = frozenset(
    ["errcode", "message", "detail", "hint", "column", "constraint", "datatype", "table", "schema"]
)


def raises(scanner: Scanner) -> None:
    """`RAISE [level] [condition | 'format', …] [USING …];`."""
    at = scanner.at
    scanner.at += 1
    if scanner.skip(";"):
        return
    if scanner.word in _LEVELS:
        scanner.at += 1
    if not scanner.word:
        scanner.near("unexpected end of function definition")
    if scanner.word == STRING:
        _message(scanner, at)
    elif scanner.word != "using":
        condition(scanner)
        if scanner.word not in {";", "using"}:
            scanner.near("syntax error")
    if scanner.skip("using"):
        while True:
            if scanner.word not in _OPTIONS:
                scanner.near("unrecognized RAISE statement option")
            scanner.at += 1
            if not scanner.is_assign(scanner.at):
                scanner.near('syntax error, expected "="')
            scanner.at += 1
            scanner.expression(",", ";", expected=", or ;")
            if not scanner.skip(","):
                break
    scanner.at += 1


#: Escapes that may stand for a sign of percent.
_CODES: Final = re.compile(r"\\[xuU0-7+]")


def _message(scanner: Scanner, at: int) -> None:
    """The old-style message, whose signs of percent have to be as many as its arguments."""
    text = scanner.string() or ""
    if scanner.word not in {",", ";", "using"}:
        scanner.near("syntax error")
    count = 0
    while scanner.skip(","):
        scanner.expression(",", ";", "using", expected=", or ; or USING")
        count += 1
    if text[:1] in "eEuU" and _CODES.search(text):
        unsure()
    wanted = text.replace("%%", "").count("%")
    if count != wanted:
        few = "few" if count < wanted else "many"
        scanner.refuse(f"too {few} parameters specified for RAISE", at)


def condition(scanner: Scanner, *, catches: bool = False) -> None:
    """A condition's name, or `SQLSTATE 'xxxxx'`."""
    at = scanner.at
    is_word = scanner.word == "sqlstate"
    name = scanner.any_identifier()
    if is_word:
        quoted = scanner.tokens.literal(scanner.at)
        if scanner.word != STRING:
            scanner.near("syntax error")
        if quoted is not None and not is_sqlstate(quoted):
            scanner.near("invalid SQLSTATE code")
        scanner.at += 1
    elif not (catches and name == OTHERS) and (is_sqlstate(name) or not sqlstates(name)):
        scanner.refuse(f'unrecognized exception condition "{name}"', at, "42704")


def assertion(scanner: Scanner) -> None:
    """`ASSERT condition [, message];`."""
    scanner.at += 1
    scanner.expression(",", ";", expected=", or ;")
    if scanner.skip(","):
        scanner.expression(";")
    scanner.at += 1
