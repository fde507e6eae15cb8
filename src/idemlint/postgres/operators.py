"""Operators and functions of PostgreSQL's own by which an expression names nothing that could be dropped, and
those by which it does."""

from __future__ import annotations

from typing import Final

#: Operators of PostgreSQL's own that are written most; those of others are looked for by other names.
PLAIN_OPERATORS: Final = frozenset(
    {
        *("=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "^", "||", "|", "&", "#"),
        *("~", "!~", "~*", "!~*", "~~", "!~~", "~~*", "!~~*"),
        *("->", "->>", "#>", "#>>", "@>", "<@", "?", "&&", "@@"),
    }
)
#: Functions whose first argument, where there are two, may name a text search configuration.
SEARCHES: Final = frozenset(
    {
        "to_tsvector",
        "to_tsquery",
        "plainto_tsquery",
        "phraseto_tsquery",
        "websearch_to_tsquery",
        "ts_headline",
    }
)
