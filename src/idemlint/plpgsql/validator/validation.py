"""What PostgreSQL finds wrong with a body before it runs, and the types that have to be there by then.

Two have to agree before a body is called wrong: PostgreSQL's own parser, as libpg_query has it, which is
quick, gives no places, and takes what it cannot look up for wrong; and the strict reader here, which is
asked where the other one has refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.validator.compiler import Compiler
from idemlint.plpgsql.validator.declared_types import SCALARS
from idemlint.plpgsql.validator.headings import OF_DO
from idemlint.plpgsql.validator.refusal import NeededType, Refusal, RefusedBody, Unsure
from idemlint.plpgsql.validator.scanner import AT_END, SYNTAX_ERROR
from idemlint.records import NamedTuple
from idemlint.source.lexer import tokens
from idemlint.source.libpg_query import ParseError, parse_plpgsql_json
from idemlint.source.placeholders import EVERY, find

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.headings import Heading

_TAG: Final = "$idemlint$"
#: How libpg_query says that it has no database to look into (its stubs), and what it makes of types that it
#: takes for records.
_NO_DATABASE: Final = re.compile(
    r"Not implemented|does not exist\Z|has pseudo-type|invalid type name"
    r'|"[^"]+\.[^"]+" is not a known variable'
    r"|cannot be part of multiple-item INTO|is not a scalar variable|must be a simple variable"
    r"|VARIADIC parameter|cache lookup"
)
_NEAR: Final = re.compile(r'(.*?) at or near "(.*)"\Z', re.DOTALL)
_NO_VARIABLE: Final = re.compile(r'variable "[^"]*" does not exist\Z|syntax error at or near "%"\Z')
_UNTERMINATED: Final = "unterminated "
#: Characters of a quoted text that are compared.
_QUOTED: Final = 40
#: A section of declarations, as far as that can be told without reading the body.
_SECTION: Final = re.compile(r"\bdeclare\b(.*?)\bbegin\b", re.DOTALL | re.IGNORECASE)
_COMMENT: Final = re.compile(r"--[^\n]*")
_PLAIN: Final = re.compile(
    r'\s*(?:"[^"]*"|\w+)\s+(?:constant\s+)?(\w+)(?!\w*\s*[.%"])', re.IGNORECASE
)
_WORDS_OF_TYPES: Final = SCALARS | frozenset(
    re.findall(
        r"\w+",
        "int integer bigint smallint boolean decimal real double character record refcursor "
        "cursor alias dec nchar float",
    )
)


class Validated(NamedTuple):
    """`needs` are types that declarations name, in their order; those before a refusal."""

    needs: tuple[NeededType, ...] = ()
    refusal: Refusal | None = None


_FINE: Final = Validated()


def validated(text: str, heading: Heading, version: int) -> Validated:
    """What becomes of a body on a server of a version."""
    said = _said(text, heading)
    if said is None:
        # Behind the last declaration there is nothing to find.
        text = text[: _end_of_types(text)]
        if not text:
            return _FINE
    needs, found = _compiled(text, heading, version, reads_sql=said is not None)
    if said is not None and said.startswith(_UNTERMINATED):
        found = _unterminated(text, said)
    if found is None or not _agree(said, found) or is_filled_in(text, found.end):
        return Validated(needs)
    return Validated(needs, found)


def _compiled(
    text: str, heading: Heading, version: int, *, reads_sql: bool
) -> tuple[tuple[NeededType, ...], Refusal | None]:
    compiler = Compiler(text, heading, version, reads_sql=reads_sql)
    refusal = None
    try:
        compiler.body()
    except RefusedBody as error:
        refusal = error.refusal
    except (Unsure, RecursionError):
        pass
    return tuple(dict.fromkeys(compiler.needs)), refusal


def _unterminated(text: str, said: str) -> Refusal | None:
    """The token that never ends."""
    data = text.encode("utf-8", "replace")
    for token in tokens(data, 0, len(data)):
        if token.kind == "unterminated":
            first = data[token.start : token.end].partition(b"\n")[0]
            message = said.partition("\n")[0]
            message += '"' * (message.count('"') % 2)
            return Refusal(SYNTAX_ERROR, message, token.start, token.start + len(first))
    return None


def _said(text: str, heading: Heading) -> str | None:
    """What libpg_query says against a body."""
    if _TAG in text:
        return None
    whole = f"DO {_TAG}{text}{_TAG}" if heading is OF_DO else heading.written(text, _TAG)
    try:
        parse_plpgsql_json(whole)
    except ParseError as error:
        return str(error.args[0])
    return None


def _agree(said: str | None, found: Refusal) -> bool:
    """Whether both say the same, or libpg_query could not look into a database."""
    if said is None:
        # It does not mind `v%TYPE` of a variable that is not there.
        return _NO_VARIABLE.match(found.message) is not None
    if found.message == said:
        return True
    if _NO_DATABASE.search(said) and not _NO_VARIABLE.match(said):
        return True
    if said.endswith(AT_END):
        return found.start == found.end
    one, other = _NEAR.match(said), _NEAR.match(found.message)
    if one is None or other is None:
        return False
    return one[1] == other[1] and one[2][:_QUOTED] == other[2][:_QUOTED]


def is_filled_in(text: str, end: int) -> bool:
    """Whether something may be put in place of what stands before that byte of a body."""
    return any(place.start < end for place in find(text.encode("utf-8", "replace"), EVERY))


def _end_of_types(text: str) -> int:
    """Where the last declarations end that may name a type that not every database has; 0: none does."""
    sections = (each for each in _SECTION.finditer(text) if _names_types(each[1]))
    return max((each.end() for each in sections), default=0)


def _names_types(section: str) -> bool:
    for part in _COMMENT.sub("", section).split(";"):
        plain = _PLAIN.match(part)
        word = plain[1].lower() if plain is not None else ""
        if part.strip() and (word not in _WORDS_OF_TYPES or (word == "cursor" and "(" in part)):
            return True
    return False
