"""A body's tokens as PL/pgSQL looks at them, and a place among them.

What a token means is not known here: who reads which statement says `dispatch`.
"""

from __future__ import annotations

from typing import Final

from idemlint.source.lexer import tokens as lexed
from idemlint.source.statement import Span

#: What stands for a literal, a quoted name, a number and any other token in `Tokens.words`.
STRING: Final = "'"
QUOTED: Final = '"'
NUMBER: Final = "0"
OTHER: Final = "?"

_WORDS: Final = frozenset({"word", "punctuation", "operator", "param"})
_SIGNS: Final = {"string": STRING, "dollar": STRING, "quoted": QUOTED, "number": NUMBER}
_OPEN: Final = frozenset({"(", "["})
_CLOSE: Final = frozenset({")", "]"})


class Tokens:
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
        for kind, start, end in lexed(data, 0, len(data.rstrip())):
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


class Cursor:
    """A place among a body's tokens: `at` is the next one.

    `base` is the byte of the file that the body begins at, `None` where it stands nowhere as it is run.
    """

    __slots__ = ("at", "base", "tokens", "words")

    def __init__(self, tokens: Tokens, base: int | None) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.base = base
        self.at = 0

    # -- positions ---------------------------------------------------------------------------------

    def span(self, first: int, last: int | None = None) -> Span | None:
        """The file's bytes from token `first` up to, not including, `last` (or the next token)."""
        if self.base is None:
            return None
        last = self.at if last is None else last
        if last > first and self.words[last - 1] == ";":
            last -= 1
        start = self.tokens.starts[first]
        end = self.tokens.ends[last - 1] if last > first else start
        return Span(self.base + start, self.base + end)

    def place(self, first: int) -> int:
        """The file's byte that token `first` begins at, for locations; 0 if it has none."""
        return 0 if self.base is None else self.base + self.tokens.starts[first]

    # -- matching ----------------------------------------------------------------------------------

    def find(self, stops: frozenset[str]) -> int:
        """The next token that is one of `stops` outside of parentheses, or the next `;`."""
        depth = 0
        words = self.words
        for index in range(self.at, len(words)):
            word = words[index]
            if word in _OPEN:
                depth += 1
            elif word in _CLOSE:
                depth -= 1
            elif word == ";" or (depth <= 0 and word in stops):
                return index
        return len(words) - 1

    def skip(self, *wanted: str) -> bool:
        """Go past these words if they are next."""
        if tuple(self.words[self.at : self.at + len(wanted)]) != wanted:
            return False
        self.at += len(wanted)
        return True

    def forward(self, count: int) -> None:
        """Go past some words, but not past the end."""
        self.at = min(self.at + count, len(self.words) - 1)

    def skip_statement(self) -> None:
        """Go past the next `;`."""
        self.at = self.find(frozenset())
        self.skip(";")

    def label(self) -> str | None:
        """`<<name>>`, if it is next."""
        if self.words[self.at] != "<<":
            return None
        name = self.tokens.name(self.at + 1)
        self.forward(3)
        return name
