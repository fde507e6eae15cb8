"""A body's tokens as PL/pgSQL's grammar asks for them, and the SQL between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from pglast.keywords import RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from idemlint.plpgsql.cursor import OTHER, QUOTED, STRING, Tokens
from idemlint.plpgsql.validator.namespaces import Namespace
from idemlint.plpgsql.validator.refusal import Refusal, RefusedBody, unsure
from idemlint.source.grammar import TooDeep, rejection
from idemlint.source.lexer import tokens as lexed

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.namespaces import Variable
    from idemlint.plpgsql.validator.refusal import NeededType

#: `pl_reserved_kwlist.h`: never names.
RESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        "all begin by case declare else end execute for foreach from if in into loop not null "
        "or strict then to using when while",
    )
)
#: `pl_unreserved_kwlist.h`: names where a variable has them, and words of PL/pgSQL elsewhere.
UNRESERVED: Final = frozenset(
    re.findall(
        r"\w+",
        "absolute alias and array assert backward call chain close collate column column_name "
        "commit constant constraint constraint_name continue current cursor datatype debug "
        "default detail diagnostics do dump elseif elsif errcode error exception exit fetch "
        "first forward get hint import info insert is last log merge message message_text "
        "move next no notice open option perform pg_context pg_datatype_name "
        "pg_exception_context pg_exception_detail pg_exception_hint pg_routine_oid "
        "print_strict_params prior query raise relative return returned_sqlstate reverse "
        "rollback row_count rowtype schema schema_name scroll slice sqlstate stacked table "
        "table_name type use_column use_variable variable_conflict warning",
    )
)
#: Words that SQL takes for no variable's name.
NO_COLUMN_NAMES: Final = frozenset(RESERVED_KEYWORDS) | frozenset(TYPE_FUNC_NAME_KEYWORDS)
SYNTAX_ERROR: Final = "42601"
AT_END: Final = "at end of input"
_PARAMETER: Final = re.compile(r"\$\d+\Z")
#: How the tokens that parameters are among are shown.
_NO_WORD: Final = frozenset({OTHER, "$"})
_SELECT: Final = "SELECT "
#: Where so many tokens may end an expression, that none of them comes is said at once.
_MANY: Final = 3
SEMICOLON: Final = frozenset({";"})


class Scanner:
    """A place among the tokens of a body, with what is declared there.

    `reads_sql`: the SQL is looked at, too. `needs` is what declarations have named so far.
    """

    __slots__ = ("at", "names", "needs", "reads_sql", "tokens", "version", "words")

    def __init__(self, text: str, version: int, *, reads_sql: bool) -> None:
        self.tokens = Tokens(text.encode("utf-8", "replace"))
        self.words = self.tokens.words
        self.version = version
        self.reads_sql = reads_sql
        self.at = 0
        self.names = Namespace()
        self.needs: list[NeededType] = []

    @property
    def word(self) -> str:
        """The next token."""
        return self.words[self.at]

    # -- refusing ----------------------------------------------------------------------------------

    def refuse(self, message: str, at: int | None = None, sqlstate: str = SYNTAX_ERROR) -> NoReturn:
        """The body is refused at a token."""
        at = self.at if at is None else at
        raise RefusedBody(
            Refusal(sqlstate, message, self.tokens.starts[at], self.tokens.ends[self._end(at) - 1])
        )

    def near(self, message: str, at: int | None = None) -> NoReturn:
        """The same, and the message quotes the token."""
        at = self.at if at is None else at
        if not self.words[at]:
            self.refuse(f"{message} {AT_END}", at)
        quoted = self.tokens.text(at, self._end(at))
        self.refuse(f'{message} at or near "{quoted}"', at)

    def _end(self, at: int) -> int:
        """Behind the token, or all of a dotted name."""
        _, end = self.name_at(at)
        return max(end, at + 1)

    # -- words and names ---------------------------------------------------------------------------

    def expect(self, *words: str) -> None:
        """Go past these words, which have to be next."""
        for word in words:
            if self.word != word:
                self.near("syntax error")
            self.at += 1

    def skip(self, word: str) -> bool:
        """Go past a word if it is next."""
        found = self.word == word
        self.at += found
        return found

    def identifier(self, at: int) -> str | None:
        """The name that a token is, folded."""
        word = self.words[at]
        if word == QUOTED:
            return self.tokens.name(at)
        return self.tokens.name(at) if word not in RESERVED else None

    def name_at(self, at: int) -> tuple[tuple[str, ...], int]:
        """The name of up to three parts at a token, and the token behind it; empty: there is none."""
        first = self.identifier(at)
        if first is None:
            raw = self.tokens.raw(at) if self.words[at][:1] in _NO_WORD else ""
            if not _PARAMETER.match(raw):
                return (), at
            first = raw
        parts = [first]
        at += 1
        while len(parts) < 3 and self.words[at] == ".":
            more = self.identifier(at + 1)
            if more is None:
                break
            parts.append(more)
            at += 2
        return tuple(parts), at

    def any_identifier(self) -> str:
        """The name that is next, and go past it."""
        parts, end = self.name_at(self.at)
        if len(parts) != 1:
            self.near("syntax error")
        self.at = end
        return parts[0]

    def variable(self) -> Variable:
        """The variable that is next, and go past it."""
        parts, end = self.name_at(self.at)
        if not parts:
            self.near("syntax error")
        found = self.names.find(parts)
        if found is None:
            if len(parts) == 1 and self.words[self.at] in UNRESERVED:
                self.near("syntax error")
            self.unknown(parts)
        self.at = end
        return found

    def unknown(self, parts: tuple[str, ...]) -> NoReturn:
        """A name is not a variable's."""
        self.refuse(f'"{".".join(parts)}" is not a known variable')

    def assignable(self) -> Variable:
        """The same, of one that is no constant."""
        at = self.at
        found = self.variable()
        if found.is_constant:
            name = ".".join(self.name_at(at)[0])
            self.refuse(f'variable "{name}" is declared CONSTANT', at, "22005")
        return found

    def is_assign(self, at: int) -> bool:
        """Whether a token is `:=` or `=`. (A sign behind it is of the number that follows.)"""
        word = self.words[at]
        return word == ":=" or (word[:1] == "=" and not word.strip("=+-") and word[1:2] != "=")

    def string(self) -> str | None:
        """The literal that is next, and go past it."""
        if self.word != STRING:
            return None
        tokens = self.tokens
        text = tokens.raw(self.at)
        self.at += 1
        # On another line it goes on.
        while (
            self.word == STRING
            and b"\n" in tokens.data[tokens.ends[self.at - 1] : tokens.starts[self.at]]
        ):
            text += tokens.raw(self.at)
            self.at += 1
        return text

    # -- SQL ---------------------------------------------------------------------------------------

    def expression(self, *until: str, expected: str = "") -> None:
        """An expression up to one of these tokens, which is next then."""
        first = self._construct(frozenset(until), expected or until[0].upper(), "expression")
        self.check(first, self.at, _SELECT)
        self._goes_on()

    def query(self) -> None:
        """A statement up to its `;`."""
        first = self._construct(SEMICOLON, ";", "statement")
        self.check(first, self.at)
        self._goes_on()

    def _goes_on(self) -> None:
        if not self.word:
            self.near("syntax error")

    def construct(self, *until: str) -> int:
        """Anything up to one of these tokens: its first token."""
        return self._construct(frozenset(until), until[-1].upper(), "expression")

    def _construct(self, until: frozenset[str], expected: str, sort: str) -> int:
        """`read_sql_construct` of `pl_gram.y`: its first token."""
        first, depth, words = self.at, 0, self.words
        while True:
            word = words[self.at]
            if not depth and word in until:
                break
            if word in {"(", "["}:
                depth += 1
            elif word in {")", "]"}:
                depth -= 1
                if depth < 0:
                    self.near("mismatched parentheses")
            elif word in {"", ";"}:
                if depth:
                    self.near("mismatched parentheses")
                if not word and len(until) < _MANY:
                    break
                self.refuse(f'missing "{expected}" at end of SQL {sort}')
            self.at += 1
        if self.at == first:
            self.near(f"missing {'SQL statement' if sort == 'statement' else sort}")
        return first

    def check(
        self, first: int, last: int, lead: str = "", blank: tuple[int, int] | None = None
    ) -> None:
        """PostgreSQL's grammar has to take the text between two tokens; those of `blank` are left out."""
        if not self.reads_sql:
            return
        tokens = self.tokens
        start, stop = tokens.starts[first], tokens.ends[last - 1]
        raw = tokens.data[start:stop]
        if blank is not None and blank[0] < blank[1]:
            hole = tokens.starts[blank[0]] - start, tokens.ends[blank[1] - 1] - start
            raw = raw[: hole[0]] + b" " * (hole[1] - hole[0]) + raw[hole[1] :]
        self.check_text(raw, start, lead)

    def check_text(self, raw: bytes, start: int, lead: str, tail: str = "") -> None:
        """The same for a text that stands at byte `start`, between others."""
        try:
            found = rejection(lead.encode() + raw + tail.encode(), start - len(lead))
        except TooDeep:
            unsure()
        if found is None:
            return
        message, place = found.message, max(found.offset, start)
        if message.endswith(AT_END):
            place = start + len(raw)
        data = self.tokens.data
        token = next(lexed(data, place, start + len(raw)), None) if place < len(data) else None
        if token is None:
            place = min(place, start + len(raw))
            raise RefusedBody(Refusal(SYNTAX_ERROR, f"syntax error {AT_END}", place, place))
        raise RefusedBody(Refusal(SYNTAX_ERROR, message, token.start, token.end))
