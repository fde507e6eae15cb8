"""Built-in types and their values: which literals one takes, and which types go together.

Asked of PostgreSQL 15 (`tests/postgres/test_value_types.py`): the input functions of
src/backend/utils/adt, the casts of `pg_cast` (https://www.postgresql.org/docs/current/typeconv.html).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: Types by what they are alike in: within a group an operator or an assignment is found.
_GROUPS: Final = {
    "number": "int2 int4 int8 numeric float4 float8 serial bigserial smallserial serial2 serial4 serial8",
    "string": "text varchar bpchar name",
    "time": "date timestamp timestamptz",
    "bool": "bool",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "jsonb",
    "bytea": "bytea",
    "clock": "time timetz",
    "interval": "interval",
    "address": "inet cidr",
}
GROUP_OF: Final = {name: group for group, names in _GROUPS.items() for name in names.split()}
#: Groups between which a value is assigned though they differ.
_ASSIGNED: Final = frozenset(
    {
        ("json", "jsonb"),
        ("jsonb", "json"),
        ("time", "clock"),
        ("interval", "clock"),
        ("clock", "interval"),
    }
)
#: Two types of different groups that are compared: one becomes the other of its own accord.
_COMPARED: Final = frozenset({"time", "interval"})
#: Functions whose first argument is text, and those whose second is a time.
TAKES_TEXT: Final = frozenset(
    {
        "replace",
        "lower",
        "upper",
        "initcap",
        "split_part",
        "string_to_array",
        "regexp_replace",
        "regexp_matches",
        "regexp_split_to_array",
        "left",
        "right",
        "strpos",
        "translate",
        "lpad",
        "rpad",
    }
)
TAKES_TIME: Final = frozenset({"extract", "date_trunc"})
_INTEGERS: Final = {
    "int2": 15,
    "int4": 31,
    "int8": 63,
    "serial2": 15,
    "serial4": 31,
    "serial8": 63,
    "smallserial": 15,
    "serial": 31,
    "bigserial": 63,
}
# Compiled where the first literal is asked about: most files have none.
_INTEGER: Final = r"\s*[+-]?[0-9]+\s*"
#: As PostgreSQL 16 reads them besides: `0x1F`, `1_000`.
_NEW_INTEGER: Final = r"\s*[+-]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)\s*"
_NUMBER: Final = (
    r"(?i:\s*[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|inf|infinity)\s*|\s*nan\s*)"
)
_UUID: Final = r"\{?([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\}?"
#: How truth values are written (`parse_bool_with_len`, src/backend/utils/adt/bool.c).
TRUE: Final = frozenset({"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"})
FALSE: Final = frozenset({"f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"})
#: A time without a digit is one of these words.
_TIMES: Final = frozenset(
    {"now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs"}
)


def refused(type_name: str, literal: str) -> str | None:
    """The SQLSTATE of reading a literal as a value of a built-in type (`int4`, as the grammar spells it).

    `None`: PostgreSQL takes it, or that is not known.
    """
    if type_name.endswith("[]"):
        return None if literal.lstrip()[:1] in {"{", "["} else "22P02"
    bits = _INTEGERS.get(type_name)
    if bits is not None:
        if not re.fullmatch(_INTEGER, literal):
            return None if re.fullmatch(_NEW_INTEGER, literal) else "22P02"
        number = int(literal) if len(literal) < 40 else 1 << 64
        return None if -(1 << bits) <= number < 1 << bits else "22003"
    if type_name in {"numeric", "float4", "float8"}:
        return (
            None if re.fullmatch(_NUMBER, literal) or "_" in literal or "x" in literal else "22P02"
        )
    if type_name == "bool":
        return None if literal.strip().lower() in TRUE | FALSE else "22P02"
    if type_name == "uuid":
        return None if re.fullmatch(_UUID, literal) else "22P02"
    if type_name in {"json", "jsonb"}:
        return None if _is_json(literal) else "22P02"
    if type_name in {"date", "timestamp", "timestamptz", "time", "timetz"}:
        word = literal.strip().lower()
        return None if word in _TIMES or any(each.isdigit() for each in word) else "22007"
    return None


#: `varchar(10)`, `bpchar(3)`.
_SHORT: Final = r"(?:varchar|bpchar)\(([0-9]+)\)"


def is_too_long(type_name: str, literal: str) -> bool:
    """Whether assigning a literal to a column of a type with its length raises 22001: blanks at its end do
    not count."""
    short = re.fullmatch(_SHORT, type_name)
    return short is not None and len(literal.rstrip(" ")) > int(short[1])


def _is_json(literal: str) -> bool:
    # Loaded already by whoever reads parse trees.
    import orjson

    try:
        orjson.loads(literal)
    except orjson.JSONDecodeError:
        # What orjson refuses and PostgreSQL takes has a backslash in it.
        return "\\" in literal
    return True


def compared(one: str, other: str) -> str | None:
    """The SQLSTATE of comparing two columns of built-in types."""
    groups = GROUP_OF.get(one), GROUP_OF.get(other)
    if None in groups or {one, other} == _COMPARED:
        return None
    return "42883" if groups[0] != groups[1] or groups[0] == "json" else None


def assigned(target: str, source: str) -> str | None:
    """The SQLSTATE of assigning a column of one built-in type to one of another."""
    to, given = GROUP_OF.get(target), GROUP_OF.get(source)
    if to is None or given is None or to in {given, "string"} or (given, to) in _ASSIGNED:
        return None
    return "42804"


def called(function: str, type_name: str) -> str | None:
    """The SQLSTATE of giving a column of a built-in type to a function of `TAKES_TEXT` or `TAKES_TIME`."""
    group = GROUP_OF.get(type_name)
    if group is None:
        return None
    if function in TAKES_TIME:
        return None if group in {"time", "clock", "interval", "string"} else "42883"
    return None if group in {"string", "bytea"} else "42883"


#: A literal of a type → what tells its value from others; of other types, one value has many texts.
_VALUE_OF: Final[dict[str, Callable[[str], object]]] = {
    "string": lambda text: text,
    "bool": lambda text: text.strip().lower() in TRUE,
    "uuid": lambda text: text.strip("{}").replace("-", "").lower(),
}


def differ(type_name: str, one: str, other: str) -> bool:
    """Whether two literals are surely two values of a built-in type; `False`: they are not, or may not be."""
    if type_name in _INTEGERS:
        return one.isdecimal() and other.isdecimal() and int(one) != int(other)
    value_of = _VALUE_OF.get(GROUP_OF.get(type_name, ""))
    if value_of is None or type_name in {"bpchar", "name"}:
        return False
    return value_of(one) != value_of(other)
