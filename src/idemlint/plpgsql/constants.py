"""Strings that are put together from constants: what EXECUTE runs, as far as the text says.

A string is a list of parts: text that is known, and holes for what is not. `'DROP TABLE ' || t` has
a hole, `format('DROP TABLE %I', 'a')` has none.

What is computed of constants alone (`to_char(now(), 'YYYY_MM')`) is not known either, but it is the same
wherever it is computed: such a hole has a `symbol`, a word that stands for what comes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zlib import crc32

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.names import SYMBOL
from idemlint.records import NamedTuple
from idemlint.source.tree import nodes_in, shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.sql import Json


class Hole(NamedTuple):
    """An unknown part; `form` is `I` for an identifier, `L` for a literal, `s` for any text. `symbol` stands
    for what is the same each time; empty: it may be another."""

    form: str
    symbol: str = ""


Parts = list["str | Hole"]

_UNKNOWN: Final[Parts] = [Hole("s")]
_LIMIT: Final = 1 << 20  # characters: a loop of doublings must not eat the memory
_NOT_NAMES: Final = frozenset(RESERVED_KEYWORDS) | frozenset(TYPE_FUNC_NAME_KEYWORDS)
_QUOTED: Final = _NOT_NAMES | frozenset(COL_NAME_KEYWORDS)
_PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_$]*\Z")
# The first set is a letter, `_` or anything beyond ASCII; said as what it is not, since a set up to
# U+10FFFF takes longer to compile than all other patterns together.
_NAME: Final = re.compile(r'"((?:[^"]|"")+)"|([^\x00-@\[-^`{-\x7f][\w$]*)')
_OPENS: Final = re.compile(r"\s*\(")
_DIRECTIVE: Final = re.compile(r"%(?:(\d+)\$)?(-?\d*)([sIL%])")


def constant(expression: Json) -> str | None:
    """The text that the expression always gives, or `None`; one that is nested too deeply is not read."""
    try:
        known = parts(expression)
    except RecursionError:
        return None
    return _joined(known) if known is not None else None


def settled(expression: Json) -> str | None:
    """The text that the expression gives each time, with symbols for what is computed; `None`: it may give
    another."""
    try:
        known = parts(expression)
    except RecursionError:
        return None
    return _symbolic(known) if known is not None else None


def is_settled(expression: Json) -> bool:
    """Whether an expression reads nothing but constants, and the clock, which stands still in a statement."""
    return not any(
        kind in _UNSETTLED or (kind == "FuncCall" and not _is_steady(fields))
        for kind, fields in nodes_in(expression)
    )


def _is_steady(call: Json) -> bool:
    return functions.call([each["String"]["sval"] for each in call["funcname"]]) in _STEADY


_UNSETTLED: Final = frozenset({"ColumnRef", "ParamRef", "SubLink", "agg_star"})
_STEADY: Final = frozenset({Call.PURE, Call.CLOCK})


def _symbol(expression: Json) -> str:
    """A word for what an expression gives each time. It is a name as it stands, and in lower case."""
    return f"{SYMBOL}{crc32(shape(expression).encode()):08x}"


def pattern(expression: Json) -> str | None:
    """The text with `%I`, `%L`, `%s` for what is not known; `None` where nothing is known."""
    known = parts(expression)
    if known is None or not any(isinstance(part, str) and part.strip() for part in known):
        return None
    return "".join([part if isinstance(part, str) else f"%{part.form}" for part in known])


def mentions(text: str) -> frozenset[str]:
    """The names in an SQL text, folded; reserved words are left out, what literals hold is not."""
    found = set()
    for quoted, plain in _NAME.findall(text):
        word = _folded(quoted, plain)
        if quoted or word not in _NOT_NAMES:
            found.add(word)
    return frozenset(found)


def called(text: str) -> frozenset[tuple[str, str]]:
    """What stands before a `(` in an SQL text: a schema (empty: none is said) and a name, folded."""
    found = set()
    schema, end = "", 0
    for match in _NAME.finditer(text):
        name = _folded(*match.groups())
        is_of_schema = text[end : match.start()].strip() == "."
        if _OPENS.match(text, match.end()) is not None:
            found.add((schema if is_of_schema else "", name))
        schema, end = name, match.end()
    return frozenset(found)


def _folded(quoted: str | None, plain: str) -> str:
    return quoted.replace('""', '"') if quoted else plain.lower()


def parts(expression: Json) -> Parts | None:
    """The parts of a text expression; `None` is SQL's NULL."""
    for kind, read in _READERS.items():
        if kind in expression:
            known = read(expression[kind])
            if known is not _UNKNOWN:
                return known
    return [Hole("s", _symbol(expression))] if is_settled(expression) else _UNKNOWN


def _symbolic(known: Parts) -> str | None:
    """The parts as one text, each hole by its symbol."""
    if any(isinstance(part, Hole) and not part.symbol for part in known):
        return None
    return "".join([part if isinstance(part, str) else part.symbol for part in known])


def _joined(known: Parts) -> str | None:
    if len(known) == 1:
        return known[0] if isinstance(known[0], str) else None
    text = ""
    for part in known:
        if not isinstance(part, str):
            return None
        text += part
    return text


def _const(fields: Json) -> Parts | None:
    for key in ("sval", "ival", "fval", "boolval"):
        if key in fields:
            value = fields[key].get(key, "")
            if key == "ival":
                value = value or 0
            elif key == "boolval":
                value = "true" if value else "false"
            return [str(value)]
    return None if fields.get("isnull") else _UNKNOWN


def _cast(fields: Json) -> Parts | None:
    known = parts(fields["arg"])
    names = fields["typeName"].get("names") or [{}]
    target = names[-1].get("String", {}).get("sval", "")
    return known if target in _TEXT_LIKE or known is None else _UNKNOWN


_TEXT_LIKE: Final = frozenset(
    {
        "text",
        "varchar",
        "bpchar",
        "name",
        "cstring",
        "regclass",
        "regtype",
        "unknown",
        "int4",
        "int8",
    }
)


def _operator(fields: Json) -> Parts | None:
    if fields.get("kind") != "AEXPR_OP" or fields["name"][-1]["String"]["sval"] != "||":
        return _UNKNOWN
    # A long chain of || leans to the left: walked, not recursed into.
    chain = []
    left: Json = {"A_Expr": fields}
    while (inner := left.get("A_Expr")) is not None and inner["name"][-1]["String"]["sval"] == "||":
        chain.append(inner["rexpr"])
        left = inner.get("lexpr", {})
    chain.append(left)
    whole: Parts = []
    for item in reversed(chain):
        known = parts(item)
        if known is None:
            return None
        whole += known
    return whole


def _call(fields: Json) -> Parts | None:
    function = _FUNCTIONS.get(fields["funcname"][-1]["String"]["sval"])
    if function is None or "agg_star" in fields:
        return _UNKNOWN
    return function([parts(argument) for argument in fields.get("args", ())])


def _coalesce(fields: Json) -> Parts | None:
    for argument in fields["args"]:
        known = parts(argument)
        if known is not None:
            return known if _joined(known) is not None else _UNKNOWN
    return None


def _format(arguments: list[Parts | None]) -> Parts | None:
    """`format()`, with the directives of `text_format` in varlena.c."""
    if not arguments or arguments[0] is None:
        return None
    template = _joined(arguments[0])
    if template is None:
        return _UNKNOWN
    whole: Parts = []
    done = 0
    following = 1
    for directive in _DIRECTIVE.finditer(template):
        whole.append(template[done : directive.start()])
        done = directive.end()
        position, width, form = directive.groups()
        if form == "%":
            whole.append("%")
            continue
        if position:
            following = int(position)
        known = arguments[following] if following < len(arguments) else _UNKNOWN
        following += 1
        if known is None:
            whole.append("NULL" if form == "L" else "")
            continue
        text = _joined(known)
        if form == "s" and not width:
            whole += known
        elif text is None or width:
            symbol = _symbolic(known)
            is_word = symbol is not None and not width
            whole.append(Hole(form, _QUOTES.get(form, str)(symbol or "") if is_word else ""))
        else:
            whole.append(_QUOTES[form](text))
    whole.append(template[done:])
    return [part for part in whole if part != ""] or [""]


def _mapped(function: Callable[[str], str], form: str = "s") -> Callable[..., Parts | None]:
    def apply(arguments: list[Parts | None]) -> Parts | None:
        if len(arguments) != 1:
            return _UNKNOWN
        known = arguments[0]
        if known is None:
            return None
        text = _joined(known)
        if text is not None:
            return [function(text)]
        symbol = _symbolic(known)
        return [Hole(form, function(symbol) if symbol is not None else "")]

    return apply


def _concat(arguments: list[Parts | None]) -> Parts | None:
    return [part for known in arguments if known is not None for part in known] or [""]


def _concat_ws(arguments: list[Parts | None]) -> Parts | None:
    if not arguments or arguments[0] is None:
        return None
    whole: Parts = []
    for known in arguments[1:]:
        if known is not None:
            whole += [*(arguments[0] if whole else ()), *known]
    return whole or [""]


def _replace(arguments: list[Parts | None]) -> Parts | None:
    texts = [_joined(known) if known is not None else None for known in arguments]
    if len(texts) != 3 or any(text is None for text in texts):
        return _UNKNOWN
    subject, old, new = (text or "" for text in texts)
    result = subject.replace(old, new) if old else subject
    return [result] if len(result) < _LIMIT else _UNKNOWN


def quote_identifier(name: str) -> str:
    """A name as `quote_ident` writes it."""
    if _PLAIN_NAME.match(name) and name not in _QUOTED:
        return name
    return '"' + name.replace('"', '""') + '"'


def _quote_literal(text: str) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


_QUOTES: Final = {"I": quote_identifier, "L": _quote_literal}
_READERS: Final[dict[str, Callable[[Json], Parts | None]]] = {
    "A_Const": _const,
    "TypeCast": _cast,
    "A_Expr": _operator,
    "FuncCall": _call,
    "CoalesceExpr": _coalesce,
}

_FUNCTIONS: Final[dict[str, Callable[[list[Parts | None]], Parts | None]]] = {
    "format": _format,
    "quote_ident": _mapped(quote_identifier, "I"),
    "quote_literal": _mapped(_quote_literal, "L"),
    "quote_nullable": _mapped(_quote_literal, "L"),
    "lower": _mapped(str.lower),
    "upper": _mapped(str.upper),
    "btrim": _mapped(lambda text: text.strip(" ")),
    "concat": _concat,
    "concat_ws": _concat_ws,
    "replace": _replace,
}
