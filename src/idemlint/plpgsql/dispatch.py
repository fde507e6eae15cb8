"""Which statement of PL/pgSQL is read by whom: the words that begin one, and a body from end to end.

The grammar is that of `pl_gram.y`; as there, an expression goes up to the word that ends it, and an
SQL statement up to its `;`. What is not as the grammar wants it becomes `Dynamic`, never an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import basic, blocks, conditionals, leaving, loops, variables
from idemlint.plpgsql.depth import TOO_DEEP
from idemlint.plpgsql.jumps import MOST, Step, closed, jumps
from idemlint.plpgsql.nodes import Block
from idemlint.plpgsql.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

_DEEPEST: Final = 80


class BodyReader(Reader):
    """Reads a body with all statements that PL/pgSQL has."""

    __slots__ = ()

    def body(self) -> Block:
        """The whole body."""
        while self.words[self.at].startswith("#"):  # #variable_conflict use_column
            self.names.conflict = self.words[self.at + 2 : self.at + 3][0]
            self.forward(3)
        first = self.at
        label = self.label()
        if self.words[self.at] not in ("declare", "begin"):
            return Block((self.unread(first, len(self.words) - 1, "not a PL/pgSQL block"),))
        steps = [blocks.labelled_block(self, label)]
        if self.at < len(self.words) - 1:
            first = self.at
            self.at = len(self.words) - 1
            steps.append(self.unread(first, self.at, "text after the end of the body"))
        whole = closed(steps)
        if len(whole.body) == 1 and isinstance(whole.body[0], Block):
            return whole.body[0]
        return whole

    def statements(self, ends: frozenset[str]) -> list[Step]:
        """The statements up to one of the words `ends`, which is next then."""
        steps: list[Step] = []
        self.depth += 1
        words = self.words
        start = self.at
        while (word := words[self.at]) not in ends or variables.is_assignment(self):
            first = self.at
            if self.depth > _DEEPEST:
                self.at = len(words) - 1
                steps.append(self.unread(first, self.at, TOO_DEEP))
                break
            if word == ";":
                self.at += 1
            elif variables.is_assignment(self):
                variables.assign(self, steps)
            else:
                _READERS.get(word, basic.sql)(self, steps)
            if self.at == first:  # whatever it is, go on
                self.at += 1
        self.depth -= 1
        if jumps(steps) > MOST:
            return [self.unread(start, self.at, "too many jumps")]
        return steps


def _labelled(reader: Reader, steps: list[Step]) -> None:
    """A statement behind `<<label>>`."""
    label = reader.label()
    word = reader.words[reader.at]
    if word in ("declare", "begin"):
        steps.append(blocks.labelled_block(reader, label))
    elif word in ("loop", "while", "for", "foreach"):
        loops.loop(reader, steps, label)


#: The first word of a statement → what reads it from there. Any other is SQL, unless a variable is
#: assigned to, which may have any name.
_READERS: Final[dict[str, Callable[[Reader, list[Step]], None]]] = {
    "<<": _labelled,
    "declare": blocks.block,
    "begin": blocks.block,
    "if": conditionals.conditional,
    "case": conditionals.case,
    "loop": loops.any_loop,
    "while": loops.any_loop,
    "for": loops.any_loop,
    "foreach": loops.any_loop,
    "exit": loops.leap,
    "continue": loops.leap,
    "return": leaving.leave,
    "raise": leaving.raise_error,
    "assert": leaving.assertion,
    "perform": basic.perform,
    "execute": basic.execute,
    "call": basic.call,
    "get": variables.diagnostics,
    "open": variables.open_cursor,
    "fetch": variables.cursor_command,
    "move": variables.cursor_command,
    "close": variables.cursor_command,
    "null": basic.nothing,
}
