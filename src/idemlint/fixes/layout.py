"""Where a fix goes: the statement's tokens, and how its author writes.

A fix looks as if the author had made it: keywords in his case, his newlines, his indentation.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from idemlint.source.lexer import tokens
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import Word, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.sequence.migration import Case
    from idemlint.source.tree import Tree

_PARTS: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"]+""")
_DECLARED: Final = r"(?is)\bdeclare\b(.*?)\bbegin\b"
_NAME: Final = frozenset({"word", "quoted"})


class Site:
    """The statement that a case is about, as a place to write at."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.migration = case.migration
        self.profile = case.migration.profile
        self.code = case.migration.parsed.code
        self.data = case.migration.data
        self.tree: Tree = case.tree
        self.span = case.span
        self.in_body = case.in_body
        self._words: list[Word] = []
        self._uncut = tokens_of(self.migration.parsed, self.span)

    @property
    def words(self) -> list[Word]:
        """The statement's tokens, comments left out."""
        self._words.extend(self._uncut)
        return self._words

    def word(self, number: int) -> Word | None:
        """One of its tokens; a long statement is not read for the first ones."""
        while len(self._words) <= number:
            word = next(self._uncut, None)
            if word is None:
                return None
            self._words.append(word)
        return self._words[number]

    @property
    def editable(self) -> bool:
        """Whether the statement's own text is there to be edited, and says what its tree says.

        That of an EXECUTE is a string, perhaps put together; a body in quotes with
        quotes in it has no places.
        """
        leaf = self.case.outcome.leaf
        return leaf is None or (leaf.span is not None and not leaf.executed)

    # -- style ---------------------------------------------------------------------------------------

    @cached_property
    def lower(self) -> bool:
        """Whether the author writes keywords in lower case."""
        first = self.word(0)
        return first is not None and first.text.islower()

    def style(self, sql: str) -> str:
        """Text of ours in the author's case; literals and quoted names stay."""
        if not self.lower:
            return sql
        return "".join(part if part[0] in "'\"" else part.lower() for part in _PARTS.findall(sql))

    @cached_property
    def newline(self) -> str:
        """How the file ends its lines."""
        return self.migration.parsed.source.newline

    @cached_property
    def line_start(self) -> int:
        """The first byte of the line that the statement begins on."""
        bom = 3 if self.migration.parsed.source.bom else 0
        return max(self.data.rfind(b"\n", 0, self.span.start) + 1, bom)

    @cached_property
    def alone_before(self) -> bool:
        """Whether nothing but blanks stands before it on its line."""
        return not self.data[self.line_start : self.span.start].strip()

    @cached_property
    def indent(self) -> str:
        """The blanks that its line begins with."""
        line = self.data[self.line_start : self.span.start]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    @cached_property
    def step(self) -> str:
        """One level of indentation."""
        lines = self.data[self.line_start : self.span.end].split(b"\n")
        if any(line.startswith(b"\t") for line in lines):
            return "\t"
        width = len(self.indent)
        return "    " if self.in_body and width and width % 4 == 0 else "  "

    # -- places --------------------------------------------------------------------------------------

    @cached_property
    def semicolon(self) -> int | None:
        """The byte behind its closing `;`; `None`: there is none."""
        for kind, start, end in tokens(self.code, self.span.end, len(self.code)):
            if kind != "comment":
                return end if self.code[start:end] == b";" else None
        return None

    def after(self, *phrases: str, start: int = 0) -> int | None:
        """The byte behind the first of these phrases of keywords, from word number `start` on."""
        spelled = [phrase.split() for phrase in phrases]
        words = self.words
        for index in range(start, len(words)):
            for phrase in spelled:
                found = words[index : index + len(phrase)]
                if len(found) == len(phrase) and all(map(Word.says, found, phrase)):
                    return found[-1].end
        return None

    def name_after(self, offset: int) -> Span | None:
        """The bytes of the dotted name that begins behind `offset`."""
        rest = [word for word in self.words if word.start >= offset]
        if not rest or rest[0].kind not in _NAME:
            return None
        end = 0
        while end + 2 < len(rest) and rest[end + 1].text == "." and rest[end + 2].kind in _NAME:
            end += 2
        return Span(rest[0].start, rest[end].end)

    def raw(self, span: Span) -> str:
        """The bytes of the file as text, placeholders and all."""
        return self.migration.text(span)

    @cached_property
    def stands_in(self) -> frozenset[str]:
        """What stands for placeholders in the parsed text: a name in it is not the real one."""
        return frozenset(
            self.code[mask.span.start : mask.span.end].decode(errors="replace").strip().lower()
            for mask in self.migration.parsed.masks
            if mask.what == "placeholder"
            and mask.span.start < self.span.end
            and mask.span.end > self.span.start
        )

    @cached_property
    def breakpoint(self) -> str:
        """What stands between statements besides `;`: the runner's marker, where the file has any."""
        marker = self.profile.breakpoint
        return marker if marker and not self.in_body and marker.encode() in self.data else ""

    def declares(self, names: Iterable[str]) -> bool:
        """Whether the body declares a variable of one of these names: they would be ambiguous."""
        if not self.in_body:
            return False
        declared = _declared(self.data, self.case.statement.span)
        return any(re.search(rf"\b{re.escape(name)}\b", declared) for name in names)

    def insertion(self, offset: int, text: str) -> Edit:
        """Insert at a byte."""
        return Edit(Span(offset, offset), text)


@lru_cache(maxsize=2)
def _declared(data: bytes, body: Span) -> str:
    """What a body declares; all its statements ask for it."""
    text = data[body.start : body.end].decode(errors="replace")
    return " ".join(re.findall(_DECLARED, text)).lower()
