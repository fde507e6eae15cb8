"""Functions that give the same when they are called on what they gave: f(f(x)) = f(x), and what must hold of
their other arguments for it. And those that surely give something else.

What a function gives has a property, and a value that has the property is what the function makes of it:
`lower` gives what is `lower`, and `lower` of that is that. A function `keeps` the properties that what it is
given still has when it is done: `lower` leaves no blanks at the ends where there were none. So
`lower(trim(x))` is settled after once, and `left(trim(x), 3)` is not: it may end in a blank.

Each law is asked of a server with random values (`tests/postgres/test_laws.py`):
https://www.postgresql.org/docs/current/functions.html.
"""

from __future__ import annotations

from typing import Final

from idemlint.records import NamedTuple


class Law(NamedTuple):
    """What a function gives (properties), of which argument, and which properties of that it keeps.

    A property stands for itself and the other arguments: `left(x, 3)` gives what is `short` by `3`.
    """

    gives: tuple[str, ...]
    keeps: frozenset[str] = frozenset()
    of: int = 0


_CASES: Final = frozenset({"lower", "upper", "capital"})
_ENDS: Final = frozenset({"no blank before", "no blank behind"})
_NUMBERS: Final = frozenset({"whole", "rounded", "truncated", "positive"})

#: Function → its law; by its number of arguments where that tells two functions apart.
LAWS: Final[dict[str, Law]] = {
    "lower": Law(("lower",), _ENDS),
    "upper": Law(("upper",), _ENDS),
    "initcap": Law(("capital",), _ENDS),
    "btrim": Law(
        ("no blank before", "no blank behind"), _CASES | _ENDS | {"short", "lacks", "runs"}
    ),
    "ltrim": Law(("no blank before",), _CASES | _ENDS | {"short", "lacks", "runs"}),
    "rtrim": Law(("no blank behind",), _CASES | _ENDS | {"short", "lacks", "runs"}),
    "left": Law(("short",), _CASES | {"no blank before", "lacks", "runs"}),
    "right": Law(("tail",), frozenset({"lower", "upper", "no blank behind", "lacks", "runs"})),
    "lpad": Law(("padded before",)),
    "rpad": Law(("padded behind",)),
    "replace": Law(("lacks",), frozenset({"lacks", "lower", "upper"}) | _ENDS),
    "regexp_replace": Law(("runs",), frozenset({"lower", "upper"}) | _ENDS),
    "translate": Law(("translated",)),
    "normalize": Law(("normalized",)),
    "unaccent": Law(("without accents",)),
    "abs": Law(("positive",), _NUMBERS),
    "sign": Law(("sign",)),
    "round": Law(("rounded",), frozenset({"positive"})),
    "trunc": Law(("truncated",), frozenset({"positive"})),
    "floor": Law(("whole",), frozenset({"positive"})),
    "ceil": Law(("whole",), frozenset({"positive"})),
    "%": Law(("remainder",)),
    "&": Law(("masked",)),
    "|": Law(("set bits",)),
    "date_trunc": Law(("start of",), of=1),
    "array_remove": Law(("without",), frozenset({"without"})),
    "array_replace": Law(("replaced",)),
    "jsonb_set": Law(("set where it is",)),
    "to_jsonb": Law(("as json",)),
    "to_json": Law(("as json",)),
    "jsonb_strip_nulls": Law(("stripped",)),
    "json_strip_nulls": Law(("stripped",)),
    "jsonb_pretty": Law(("pretty",)),
}

#: Other names of the same.
ALIASES: Final = {
    "trim": "btrim",
    "ceiling": "ceil",
    "mod": "%",
    "textcat": "||",
    "substring": "substr",
}

#: f(f(x)) is not f(x), for all x but a few: it grows, loses more, or goes to and fro.
MOVING: Final = frozenset(
    {
        *("+", "-", "*", "/", "^", "#", "<<", ">>", "~", "!", "not"),
        *("||", "concat", "concat_ws", "repeat", "reverse"),
        *("array_append", "array_prepend", "array_cat", "array"),
        *("jsonb_build_array", "json_build_array", "jsonb_build_object", "json_build_object"),
        *("power", "pow", "exp", "sqrt", "cbrt", "ln", "log", "div"),
        *("md5", "sha224", "sha256", "sha384", "sha512", "digest", "hmac", "quote_literal"),
        *("timezone", "quoted as json"),
    }
)

#: Functions that never give NULL where no argument is NULL, and always do where one is.
STRICT: Final = frozenset(
    {
        *("lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "left", "right", "lpad", "rpad"),
        *("replace", "translate", "normalize", "unaccent", "regexp_replace", "reverse", "repeat"),
        *("abs", "sign", "round", "trunc", "floor", "ceil", "%", "&", "|", "#", "~", "<<", ">>"),
        *("+", "-", "*", "/", "^", "power", "exp", "sqrt", "ln", "||", "md5", "length", "substr"),
        *("date_trunc", "timezone", "to_jsonb", "to_json", "jsonb_strip_nulls", "json_strip_nulls"),
        *(
            "split_part",
            "quote_literal",
            "quote_ident",
            "sha256",
            "encode",
            "decode",
            "array_remove",
        ),
        *("array_replace", "starts_with", "to_char", "extract", "to_timestamp", "digest", "crypt"),
        *("jsonb_typeof", "json_typeof", "char_length", "strpos", "position", "merged", "defaults"),
    }
)

#: Functions that never give NULL.
NEVER_NULL: Final = frozenset(
    {
        *("concat", "array_append", "array_prepend", "array", "row"),
        *("jsonb_build_object", "json_build_object", "jsonb_build_array", "json_build_array"),
        *("now", "gen_random_uuid", "clock_timestamp", "statement_timestamp", "random"),
        *("transaction_timestamp", "timeofday", "uuid_generate_v4", "uuid_generate_v1"),
        *("uuidv7", "uuidv4", "nextval", "gen_random_bytes"),
    }
)

#: What a function gives: JSON, an array, or a text.
GIVES: Final = {
    **dict.fromkeys(
        (
            *("jsonb_build_object", "json_build_object", "jsonb_build_array", "json_build_array"),
            *("jsonb_set", "jsonb_insert", "jsonb_set_lax", "to_jsonb", "to_json", "row_to_json"),
            *("jsonb_strip_nulls", "json_strip_nulls", "jsonb_object", "->", "#>", "jsonb_agg"),
            *("jsonb_object_agg", "jsonb_extract_path", "#-"),
        ),
        "json",
    ),
    **dict.fromkeys(
        (
            *("array", "array_append", "array_prepend", "array_cat", "array_remove"),
            *("array_replace", "string_to_array", "array_agg", "regexp_split_to_array"),
        ),
        "array",
    ),
    **dict.fromkeys(
        (
            *("lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "left", "right", "lpad"),
            *("rpad", "replace", "regexp_replace", "translate", "concat", "concat_ws", "format"),
            *("md5", "to_char", "->>", "#>>", "substr", "split_part", "repeat", "reverse"),
        ),
        "text",
    ),
    "hstore": "hstore",
}


#: Function → the length of what it gives.
LENGTHS: Final = {"md5": 32}


def is_lasting_replacement(old: str, new: str) -> bool:
    """Whether `replace(x, old, new)` leaves no `old`, so that a second one finds none.

    What is left between two that were found holds none; one could only lie over something new: in the new
    text, around all of it, or over one of its ends.
    """
    if not old or old == new:
        return True
    if old in new:
        return False
    if len(old) == 1:
        return True
    if new in old:
        return False
    ends = range(1, min(len(old), len(new)) + 1)
    return not any(old[:n] == new[-n:] or old[-n:] == new[:n] for n in ends)


def is_lasting_translation(source: str, target: str) -> bool:
    """Whether `translate(x, source, target)` is done after once: it gives nothing that it replaces."""
    told: dict[str, str] = {}
    for place, each in enumerate(source):
        told.setdefault(each, target[place : place + 1])
    return all(told.get(each, each) == each for each in told.values())
