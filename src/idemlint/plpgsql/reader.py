"""PL/pgSQL's control flow, read from tokens.

The grammar is that of `pl_gram.y`; as there, an expression goes up to the word that ends it, and an
SQL statement up to its `;`. What is not as the grammar wants it becomes `Dynamic`, never an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import basic, leaving, loops, variables
from idemlint.plpgsql.bindings import Value, Variables, query_value, substitute
from idemlint.plpgsql.jumps import Arms, Leap, Step, branch, closed, labels_of, leaves
from idemlint.plpgsql.nodes import Block, Dynamic, Handler, Node, Raise, Try
from idemlint.plpgsql.sql import Unreadable, expression
from idemlint.source.statement import Span
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.cursor import Scan

_DEEPEST: Final = 80
_ARMS: Final = 80  # an ELSIF is an IF in the ELSE of another, as is what follows a CONTINUE
_BLOCK_ENDS: Final = frozenset({"end", "exception", ""})
_HANDLER_ENDS: Final = frozenset({"end", "when", ""})
_IF_ENDS: Final = frozenset({"end", "else", "elsif", "elseif", ""})
_CASE_ENDS: Final = frozenset({"end", "else", "when", ""})
_OPEN: Final = frozenset({"(", "["})
_CLOSE: Final = frozenset({")", "]"})


class Reader:
    """A body being read. `at` is the next token, `base` the file's byte where the body begins."""

    def __init__(self, scan: Scan, base: int | None) -> None:
        self.scan = scan
        self.words = scan.words
        self.base = base
        self.at = 0
        self.variables = Variables()
        self.depth = 0
        self.nests = True  # whether parentheses hide semicolons
        self.budget = loops.TELLING
        self.assigned: frozenset[str] | None = None

    # -- places ------------------------------------------------------------------------------------

    def span(self, first: int, last: int | None = None) -> Span | None:
        """The file's bytes from token `first` up to, not including, `last` (or the next token)."""
        if self.base is None:
            return None
        last = self.at if last is None else last
        if last > first and self.words[last - 1] == ";":
            last -= 1
        start = self.scan.starts[first]
        end = self.scan.ends[last - 1] if last > first else start
        return Span(self.base + start, self.base + end)

    def place(self, first: int) -> int:
        """The file's byte that token `first` begins at, for locations; 0 if it has none."""
        return 0 if self.base is None else self.base + self.scan.starts[first]

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

    def skip_statement(self) -> None:
        """Go past the next `;`."""
        self.at = self.find(frozenset())
        self.skip(";")

    # -- expressions -------------------------------------------------------------------------------

    def read(self, first: int, last: int) -> Value | None:
        """The expression between two tokens, with what is known of its variables."""
        try:
            tree = expression(self.scan.text(first, last), self.place(first))
        except Unreadable:
            return None
        used = self.variables.used(self.words[first:last])
        return query_value(substitute(tree, used), self.scan, first, last, used)

    def condition(self, first: int, last: int) -> Tree | None:
        """The same as a tree to keep."""
        value = self.read(first, last)
        return wrap(value.tree) if value is not None else None

    # -- blocks ------------------------------------------------------------------------------------

    def body(self) -> Block:
        """The whole body."""
        while self.words[self.at].startswith("#"):  # #variable_conflict use_column
            self.at += 3
        first = self.at
        label = self.label()
        if self.words[self.at] not in ("declare", "begin"):
            return Block((self.unread(first, len(self.words) - 1, "not a PL/pgSQL block"),))
        steps = [self.block(label)]
        if self.at < len(self.words) - 1:
            first = self.at
            self.at = len(self.words) - 1
            steps.append(self.unread(first, self.at, "text after the end of the body"))
        whole = closed(steps)
        if len(whole.body) == 1 and isinstance(whole.body[0], Block):
            return whole.body[0]
        return whole

    def unread(self, first: int, last: int, reason: str) -> Dynamic:
        """A stretch that cannot be read."""
        return basic.dynamic(self, first, last, reason)

    def label(self) -> str | None:
        """`<<name>>`, if it is next."""
        if self.words[self.at] != "<<":
            return None
        name = self.scan.name(self.at + 1)
        self.at += 3
        return name

    def block(self, label: str | None) -> Step:
        """`[DECLARE …] BEGIN … [EXCEPTION …] END [label];`."""
        first = self.at
        outer = self.variables
        before: list[Step] = []
        hidden: dict[str, Value | None] = {}
        if self.skip("declare"):
            while self.words[self.at] not in ("begin", ""):
                if not self.skip("declare"):
                    variables.declare(self, before, hidden)
        self.skip("begin")
        start = self.variables.copy()
        steps = self.sequence(_BLOCK_ENDS)
        whole: Step
        if self.skip("exception"):
            whole = self.handlers(first, start, steps)
        else:
            whole = self._kept(steps, closed(before + steps))
        if isinstance(whole, Leap) and isinstance(whole.inside, Try) and before:
            whole = Leap(whole.labels, whole.always, Block((*closed(before).body, whole.inside)))
        elif isinstance(whole, Try) and before:
            whole = Block((*closed(before).body, whole))
        if not self.skip("end"):
            self.at = len(self.words) - 1
        if self.words[self.at] != ";":
            self.at += self.words[self.at] != ""
        self.skip(";")
        for name, value in hidden.items():
            outer.set(name, value)
        if label is not None and isinstance(whole, Leap) and label in whole.labels:
            return self._unlabelled(whole, frozenset({label}))
        return whole

    @staticmethod
    def _kept(steps: list[Step], node: Node) -> Step:
        """`node`, made of `steps`, with their EXITs to the outside."""
        labels = labels_of(steps)
        return Leap(labels, leaves(steps), node) if labels else node

    @staticmethod
    def _unlabelled(leap: Leap, labels: frozenset[str]) -> Step:
        """A statement behind which EXITs to these labels end."""
        rest = leap.labels - labels
        if rest or leap.inside is None:
            return Leap(rest, False, leap.inside) if rest else Block(())
        return leap.inside if not isinstance(leap.inside, Arms) else closed([leap])

    def handlers(self, first: int, start: Variables, steps: list[Step]) -> Step:
        """`WHEN … THEN …` up to the END of a block."""
        after = self.variables
        ways = [] if leaves(steps) else [after.copy()]
        start.merge([after])
        handlers = []
        every = list(steps)
        while self.words[self.at] == "when":
            begin = self.at
            self.at += 1
            conditions = self._conditions()
            self.skip("then")
            self.variables = start.copy()
            inner = self.sequence(_HANDLER_ENDS)
            if not leaves(inner):
                ways.append(self.variables)
            every += [step for step in inner if isinstance(step, Leap)]
            handlers.append(Handler(conditions, closed(inner), self.span(begin)))
        self._join(after, ways)
        whole = Try(closed(steps), tuple(handlers), self.span(first))
        labels = labels_of(every)
        return Leap(labels, False, whole) if labels else whole

    def _conditions(self) -> tuple[str, ...]:
        found = []
        while self.words[self.at] not in ("then", ";", ""):
            if self.words[self.at] == "sqlstate":
                found.append(self.scan.literal(self.at + 1) or "")
                self.at += 1
            elif self.words[self.at] != "or":
                found.append(self.scan.name(self.at) or "")
            self.at += 1
        return tuple(found)

    def _join(self, variables: Variables, ways: list[Variables]) -> None:
        """Go on with what is the same at the end of all `ways`."""
        if ways:
            variables.known = ways[0].known
            variables.merge(ways[1:])
        self.variables = variables

    # -- statements --------------------------------------------------------------------------------

    def sequence(self, ends: frozenset[str]) -> list[Step]:
        """Statements up to one of the words `ends`."""
        steps: list[Step] = []
        self.depth += 1
        words = self.words
        start = self.at
        while (word := words[self.at]) not in ends or variables.is_assignment(self):
            first = self.at
            if self.depth > _DEEPEST:
                self.at = len(words) - 1
                steps.append(self.unread(first, self.at, "nested too deeply"))
                break
            read = _STATEMENTS.get(word)
            if word == ";":
                self.at += 1
            elif variables.is_assignment(self):
                variables.assign(self, steps)
            elif read is not None:
                read(self, steps)
            else:
                basic.sql(self, steps)
            if self.at == first:  # whatever it is, go on
                self.at += 1
        self.depth -= 1
        if sum(isinstance(step, Leap) for step in steps) > _ARMS:
            return [self.unread(start, self.at, "too many jumps")]
        return steps

    def labelled(self, steps: list[Step]) -> None:
        """A statement behind `<<label>>`."""
        label = self.label()
        word = self.words[self.at]
        if word in ("declare", "begin"):
            steps.append(self.block(label))
        elif word in ("loop", "while", "for", "foreach"):
            loops.loop(self, steps, label)

    def inner(self, steps: list[Step]) -> None:
        """A block in a block."""
        steps.append(self.block(None))

    def conditional(self, steps: list[Step]) -> None:
        """`IF … THEN … [ELSIF …] [ELSE …] END IF;`."""
        first = self.at
        arms: list[tuple[Tree | None, list[Step], Span | None]] = []
        ways: list[Variables] = []
        last: list[Step] | None = None
        while (word := self.words[self.at]) in ("if", "elsif", "elseif"):
            self.at += 1
            begin, self.at = self.at, self.find(frozenset({"then"}))
            tree, test = self.condition(begin, self.at), self.span(begin)
            self.skip("then")
            arms.append((tree, self._way(_IF_ENDS, ways), test))
        if self.skip("else"):
            last = self._way(_IF_ENDS, ways)
        self.skip("end")
        self.skip("if")
        word = self.words[self.at]
        self.at += word == ";"
        self._branches(steps, arms, last, ways, first)

    def _way(self, ends: frozenset[str], ways: list[Variables]) -> list[Step]:
        """The statements of one branch; the variables at its end are added to `ways`."""
        here = self.variables
        self.variables = here.copy()
        inner = self.sequence(ends)
        if not leaves(inner):
            ways.append(self.variables)
        self.variables = here
        return inner

    def _branches(
        self,
        steps: list[Step],
        arms: list[tuple[Tree | None, list[Step], Span | None]],
        last: list[Step] | None,
        ways: list[Variables],
        first: int,
    ) -> None:
        """Close an IF or CASE that began at token `first`; without ELSE, `last` is `None`."""
        span = self.span(first)
        if last is None:
            ways.append(self.variables.copy())
        self._join(self.variables, ways)
        whole = last or []
        if len(arms) > _ARMS:
            steps.append(self.unread(first, self.at, "too many branches"))
            self.variables.known.clear()
            return
        for condition, then, test in reversed(arms):
            whole = [branch(condition, then, whole, span, test)]
        steps += whole

    def case(self, steps: list[Step]) -> None:
        """`CASE [x] WHEN … THEN … [ELSE …] END CASE;`: an IF chain that raises if nothing fits."""
        first = self.at
        self.at += 1
        begin, self.at = self.at, self.find(frozenset({"when"}))
        subject = self.scan.text(begin, self.at)
        used = self.words[begin : self.at]
        arms: list[tuple[Tree | None, list[Step], Span | None]] = []
        ways: list[Variables] = []
        while self.skip("when"):
            begin, self.at = self.at, self.find(frozenset({"then"}))
            tree, test = self.condition(begin, self.at), self.span(begin)
            if subject:
                tree = self._one_of(subject, self.scan.text(begin, self.at), used)
            self.skip("then")
            arms.append((tree, self._way(_CASE_ENDS, ways), test))
        last: list[Step] = [Raise("20000", self.span(first, first + 1))]
        if self.skip("else"):
            last = self._way(_CASE_ENDS, ways)
        self.skip("end")
        self.skip("case")
        self.skip(";")
        if not ways:
            ways.append(self.variables.copy())
        self._branches(steps, arms, last, ways, first)

    def _one_of(self, subject: str, choices: str, words: list[str]) -> Tree | None:
        try:
            tree = expression(f"({subject}) IN ({choices})", 0)
        except Unreadable:
            return None
        return wrap(substitute(tree, self.variables.used(words)))


_STATEMENTS: Final[dict[str, Callable[[Reader, list[Step]], None]]] = {
    "<<": Reader.labelled,
    "declare": Reader.inner,
    "begin": Reader.inner,
    "if": Reader.conditional,
    "case": Reader.case,
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
    "open": variables.cursor,
    "fetch": variables.cursor,
    "move": variables.cursor,
    "close": variables.cursor,
    "null": basic.nothing,
}
