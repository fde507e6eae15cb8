"""Placeholders that a template engine, a runner or psql would fill in, filled with neutral text.

The text is as long as the placeholder, so that all offsets stay true.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from idemlint.source.lexer import Literals
from idemlint.source.mask import BLANKED
from idemlint.source.statement import Span

# No alternative may read past the next place where it could begin anew: where it is not closed, the
# next attempt would read the same bytes once more.
Family = Literal["braces", "dollar", "colon", "at", "percent", "marked"]
#: Those that are filled, so that the statement can be judged.
FAMILIES: Final[frozenset[Family]] = frozenset(["braces", "dollar", "colon", "at", "percent"])
_FAMILIES: Final[dict[Family, bytes]] = {
    # {{ name }}, {{ if .X }}, {% if x %}: Go templates, Jinja, Mustache
    "braces": rb"\{\{(?:[^{}]|\}(?!\})|\{(?!\{))*\}\}|\{%(?:[^%{]|%(?!\})|\{(?!%))*%\}",
    # ${name}, $name, $%NAME%$: Flyway, Liquibase, envsubst, Synapse
    "dollar": rb"\$\{[^{}\r\n]*\}|\$%\w+%\$|\$[A-Za-z_]\w*(?![\w$])",
    # :name, :'name', :"name", :{?name}: psql, graphile-migrate
    "colon": rb"(?<!:):(?:[A-Za-z_]\w*|'\w+'|\"\w+\"|\{\?\w+\})",
    # @extschema@, @extschema:name@: extension scripts
    "at": rb"@[A-Za-z_][\w:]*@",
    # %(name)s: Python drivers
    "percent": rb"%\(\w+\)[a-z]",
    # {name}, {0}, {}, #{name}, $(name), [[name]]: format strings, psycopg's sql, Ruby, sqlcmd. Nothing says
    # that they are filled in, and nowhere in SQL is there such a thing.
    "marked": rb"#?\{[\w.:-]*\}|\$\(\w+\)|\[\[[^\S\n]*\w+[^\S\n]*\]\]",
}
EVERY: Final[frozenset[Family]] = frozenset(_FAMILIES)
#: Tags of a template that decide what follows: they stand for nothing.
CONTROL: Final = re.compile(
    rb"\{%|\{\{-?\s*(?:(?:if|else|end|range|with|define|block|template)\b|/\*|[#/!])"
)
_NAMED: Final = bytes(
    byte if byte >= 0x80 or chr(byte).isalnum() else ord("_") for byte in range(256)
)

Guise = Literal["name", "literal", "number", "nothing"]
GUISES: Final[tuple[Guise, ...]] = ("name", "literal", "number", "nothing")


def find(code: bytes, families: frozenset[Family] = FAMILIES) -> list[Span]:
    """The placeholders in a stretch of code that stand outside literals, bodies and comments."""
    literals = Literals(code, 0, len(code))
    return [
        Span(*found.span())
        for found in _pattern(families).finditer(code)
        if not literals.cover(found.start())
    ]


def fill(placeholder: bytes, guise: Guise) -> bytes:
    """The text, of the same length, that stands for a placeholder.

    As a `name` it is an identifier made of the placeholder's own letters, so that equal ones stay
    equal. psql's `:'x'` is a literal and `:"x"` a quoted name always; a template's control tags
    become blanks.
    """
    if placeholder.startswith((b":'", b':"')):
        quote = placeholder[1:2]
        return quote + b"_" + placeholder[2:-1] + quote
    if guise == "nothing" or CONTROL.match(placeholder):
        return placeholder.translate(BLANKED)
    if guise == "name":
        return placeholder.translate(_NAMED)
    if guise == "literal":
        return b"'" + placeholder[1:-1].translate(_NAMED) + b"'"
    return b"1".ljust(len(placeholder))


@cache
def _pattern(families: frozenset[Family]) -> re.Pattern[bytes]:
    chosen = [pattern for family, pattern in _FAMILIES.items() if family in families]
    return re.compile(b"|".join(chosen) or rb"(?!)")
