"""Regular expressions whose replacement is done after once, or never: `regexp_replace(x, '\\s+$', '')`.

https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-POSIX-REGEXP. Only the plainest are
read: a text, and a class of characters, with anchors.
"""

from __future__ import annotations

import re
from typing import Final

from idemlint.postgres.laws import is_lasting_replacement

#: What says more than itself in an expression.
_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")
#: A class of characters, and how often.
_CLASS: Final = (
    r"(\^?)(\\[sSdDwW]|\[\^?\]?[^\]\[]*(?:\[:[a-z]+:\][^\]\[]*)*\]|[^\\^$.|?*+()\[\]{}]|\\[^a-zA-Z0-9])"
    r"([+*]?)(\$?)"
)
_POSIX: Final = {
    "[:space:]": r"\s",
    "[:digit:]": "0-9",
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:blank:]": r" \t",
}
#: What Python reads otherwise in a class.
_OTHERWISE: Final = ("[", "--", "&&", "||", "~~")


def literal_of(pattern: str) -> tuple[str, bool, bool] | None:
    """The text that an expression looks for, and whether it is anchored before and behind; `None`: it looks
    for more than one text."""
    starts = pattern.startswith("^")
    inner = pattern[starts:]
    ends = inner.endswith("$") and not inner.endswith("\\$")
    inner = inner[: len(inner) - ends]
    text, place = [], 0
    while place < len(inner):
        each = inner[place]
        if each == "\\" and place + 1 < len(inner) and not inner[place + 1].isalnum():
            place += 1
            each = inner[place]
        elif each in _SPECIAL:
            return None
        text.append(each)
        place += 1
    return "".join(text), starts, ends


def replaces_again(pattern: str, new: str, flags: str) -> bool | None:
    """Whether `regexp_replace(x, pattern, new, flags)` makes something else of what it gave; `None`: that
    depends on what x is, or cannot be told."""
    if "\\" in new or not set(flags) <= set("gi") or pattern.startswith(("***", "(?")):
        return None
    everywhere, blind = "g" in flags, "i" in flags
    told = literal_of(pattern)
    if told is not None:
        again = _literal_again(told, new, everywhere=everywhere, blind=blind)
        if again is not None:
            return again
    parts = pattern.split("|")
    if len(parts) == 2 and not new and everywhere:
        # At both ends: `^\s+|\s+$`.
        found = [re.fullmatch(_CLASS, each) for each in parts]
        if all(found) and {(each[1], each[4]) for each in found if each} == {("^", ""), ("", "$")}:
            same = len({each[2] for each in found if each}) == 1
            return False if same and all(each[3] for each in found if each) else None
    of_class = re.fullmatch(_CLASS, pattern)
    return _class_again(of_class, new, everywhere=everywhere, blind=blind) if of_class else None


def _literal_again(
    told: tuple[str, bool, bool], new: str, *, everywhere: bool, blind: bool
) -> bool | None:
    text, starts, ends = told
    if not text:
        # It finds nothing, at an end of whatever is there.
        return bool(new) and not (starts and ends)
    if blind:
        text, new = text.lower(), new.lower()
    if starts and ends:
        return False
    if starts or ends:
        meets = str.startswith if starts else str.endswith
        if meets(new, text):
            return len(new) > len(text)
        return None if meets(text, new) else False
    if text in new:
        return len(new) > len(text)
    return False if everywhere and is_lasting_replacement(text, new) else None


def _class_again(found: re.Match[str], new: str, *, everywhere: bool, blind: bool) -> bool | None:
    starts, characters, quantifier, ends = found.groups()
    if not new.isascii() or (starts and ends) or (quantifier == "*" and (new or not starts + ends)):
        return None
    for name, plain in _POSIX.items():
        characters = characters.replace(name, plain)
    if any(each in characters[1:] for each in _OTHERWISE):
        return None
    try:
        inside = [
            re.fullmatch(characters, each, re.IGNORECASE if blind else 0) is not None
            for each in new
        ]
    except re.error:
        return None
    if starts or ends:
        if not quantifier:
            return None
        return None if inside and any(inside) and not all(inside) else False
    if not everywhere:
        return None
    if not any(inside):
        return False
    if quantifier or len(new) == 1:
        return False if all(inside) else None
    return True
