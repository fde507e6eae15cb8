"""The tokens of a body as PL/pgSQL looks at them."""

from __future__ import annotations

from typing import Final

from idemlint.source.lexer import tokens

#: What stands for a literal, a quoted name, a number and any other token in `Scan.words`.
STRING: Final = "'"
QUOTED: Final = '"'
NUMBER: Final = "0"
OTHER: Final = "?"

_WORDS: Final = frozenset({"word", "punctuation", "operator"})
_SIGNS: Final = {"string": STRING, "dollar": STRING, "quoted": QUOTED, "number": NUMBER}


class Scan:
    """A body's tokens, without comments.

    `words[i]` is the i-th token: a word in lower case, punctuation and operators as they are, or
    one of the signs above. `starts` and `ends` are bytes of `data`. One empty word ends the list.
    """

    __slots__ = ("data", "ends", "starts", "words")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        word, starting, ending = self.words.append, self.starts.append, self.ends.append
        folded = data.lower()  # ASCII letters only, as PostgreSQL folds names in UTF-8
        for kind, start, end in tokens(data, 0, len(data.rstrip())):
            if kind in _WORDS:
                word(folded[start:end].decode("utf-8", "replace"))
            elif kind == "comment":
                continue
            else:
                word(_SIGNS.get(kind, OTHER))
            starting(start)
            ending(end)
        word("")
        starting(len(data))
        ending(len(data))

    def text(self, first: int, last: int) -> str:
        """The text from token `first` up to, not including, token `last`."""
        if first >= last:
            return ""
        return self.data[self.starts[first] : self.ends[last - 1]].decode("utf-8", "replace")

    def raw(self, index: int) -> str:
        """One token as it is written."""
        return self.data[self.starts[index] : self.ends[index]].decode("utf-8", "replace")

    def name(self, index: int) -> str | None:
        """The name that a token is, folded; `None` if it is none."""
        word = self.words[index]
        if word == QUOTED:
            return self.raw(index)[1:-1].replace('""', '"')
        return word if word and (word[0].isalpha() or word[0] == "_") else None

    def literal(self, index: int) -> str | None:
        """What a plain or dollar-quoted literal says; `None` if the token is another."""
        if self.words[index] != STRING:
            return None
        raw = self.raw(index)
        if raw[0] == "$":
            size = raw.index("$", 1) + 1
            return raw[size:-size]
        return raw[1:-1].replace("''", "'") if raw[0] == "'" else None
