"""A body from end to end: blocks, branches and loops (`pl_gram.y`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.validator import cursor_statements as cursors
from idemlint.plpgsql.validator import simple_statements as simple
from idemlint.plpgsql.validator.declared_types import declarations
from idemlint.plpgsql.validator.namespaces import CONSTANT, RECORD, SCALAR, Level
from idemlint.plpgsql.validator.refusal import unsure
from idemlint.plpgsql.validator.scanner import UNRESERVED, Scanner

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.validator.headings import Heading
    from idemlint.plpgsql.validator.namespaces import Variable

_DEEPEST: Final = 60


class Compiler(Scanner):
    """Reads a body as strictly as PostgreSQL does."""

    __slots__ = ("depth", "heading")

    def __init__(self, text: str, heading: Heading, version: int, *, reads_sql: bool) -> None:
        super().__init__(text, version, reads_sql=reads_sql)
        self.heading = heading
        self.depth = 0

    def body(self) -> None:
        """All of it. Raises `RefusedBody` and `Unsure`."""
        self.heading.declare(self.names)
        while self.word[:1] == "#":  # #variable_conflict use_column
            self._option()
        self._block(self._label(is_loop=False))
        self.skip(";")
        if self.word:
            self.near("syntax error")

    def _option(self) -> None:
        """`#option dump`, `#print_strict_params on`, `#variable_conflict error`."""
        self.at += 1
        values = _OPTIONS.get(self.word)
        if values is None:
            self.near("syntax error")
        self.at += 1
        if values and self.word not in values:
            self.near("syntax error")
        self.at += 1

    def _label(self, *, is_loop: bool) -> str | None:
        """`<<name>>`, if it is next; a level begins with it."""
        name = self._read_label() if self.word == "<<" else None
        self.names.levels.append(Level(name, is_loop=is_loop))
        return name

    def _read_label(self) -> str:
        self.at += 1
        name = self.any_identifier()
        self.expect(">>")
        return name

    def _block(self, label: str | None) -> None:
        """`[DECLARE …] BEGIN … [EXCEPTION …] END [label]` in a level of its own."""
        if self.word == "declare":
            declarations(self)
        self.expect("begin")
        self._statements()
        if self.skip("exception"):
            self.names.top.variables.update(sqlstate=CONSTANT, sqlerrm=CONSTANT)
            if self.word != "when":
                self.near("syntax error")
            while self.skip("when"):
                simple.condition(self, catches=True)
                while self.skip("or"):
                    simple.condition(self, catches=True)
                self.expect("then")
                self._statements()
        self.expect("end")
        self._end_label(label)
        self.names.levels.pop()

    def _end_label(self, label: str | None) -> None:
        at = self.at
        parts, _ = self.name_at(at)
        if not parts:
            return
        name = self.any_identifier()
        # It is compared when all is read.
        if self.word not in {";", ""}:
            self.near("syntax error")
        if label is None:
            self.refuse(f'end label "{name}" specified for unlabeled block', at)
        if name != label:
            self.refuse(f'end label "{name}" differs from block\'s label "{label}"', at)

    # -- statements --------------------------------------------------------------------------------

    def _statements(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            unsure()
        while self._statement():
            pass
        self.depth -= 1

    def _statement(self) -> bool:
        """Read a statement; false where none is next."""
        word = self.word
        if word == "<<":
            self._labelled()
            return True
        parts, behind = self.name_at(self.at)
        if self._is_assigned(parts, behind):
            simple.assignment(self)
            return True
        read = _READERS.get(word)
        if read is not None:
            read(self)
            return True
        if word in UNRESERVED or not parts:
            return False
        if self.words[behind] == "[" or self.is_assign(behind):
            self.unknown(parts)
        simple.sql(self)
        return True

    def _is_assigned(self, parts: tuple[str, ...], behind: int) -> bool:
        if not parts:
            return False
        if len(parts) == 1 and not (self.words[behind] == "[" or self.is_assign(behind)):
            return False
        return self.names.find(parts) is not None

    def _labelled(self) -> None:
        name = self._read_label()
        is_loop = self.word in _LOOPS
        if not is_loop and self.word not in {"declare", "begin"}:
            self.near("syntax error")
        self.names.levels.append(Level(name, is_loop=is_loop))
        if is_loop:
            _LOOPS[self.word](self, name)
        else:
            self._block(name)
            self.expect(";")

    def _inner_block(self) -> None:
        self.names.levels.append(Level(None))
        self._block(None)
        self.expect(";")

    def _loop(self) -> None:
        self.names.levels.append(Level(None, is_loop=True))
        _LOOPS[self.word](self, None)

    def _return(self) -> None:
        simple.returns(self, self.heading)

    def _if(self) -> None:
        self.at += 1
        self.expression("then")
        self.at += 1
        self._statements()
        while self.word in {"elsif", "elseif"}:
            self.at += 1
            self.expression("then")
            self.at += 1
            self._statements()
        if self.skip("else"):
            self._statements()
        self.expect("end", "if", ";")

    def _case(self) -> None:
        self.at += 1
        if self.word != "when":
            self.expression("when")
        while self.skip("when"):
            self.expression("then")
            self.at += 1
            self._statements()
        if self.skip("else"):
            self._statements()
        self.expect("end", "case", ";")

    # -- loops -------------------------------------------------------------------------------------

    def _rounds(self, label: str | None) -> None:
        self.expect("loop")
        self._statements()
        self.expect("end", "loop")
        self._end_label(label)
        self.expect(";")
        self.names.levels.pop()

    def _while(self, label: str | None) -> None:
        self.at += 1
        self.expression("loop")
        self._rounds(label)

    def _for(self, label: str | None) -> None:
        self.at += 1
        at = self.at
        name, target, is_list = self._targets()
        self.expect("in")
        if self.skip("execute"):
            self.expression("loop", "using", expected="LOOP or USING")
            self._rows(at, target, "42804")
            if self.skip("using"):
                simple.arguments(self, "loop", expected=", or LOOP")
        else:
            parts, behind = self.name_at(self.at)
            cursor = self._cursor(parts, behind)
            if cursor is not None:
                if is_list:
                    self.refuse("cursor FOR loop must have only one target variable", at)
                if cursor.parameters is None:
                    self.refuse("cursor FOR loop must use a bound cursor variable")
                self.at = behind
                simple_name = ".".join(parts)
                cursors.cursor_arguments(self, cursor, simple_name, "loop")
                self.at -= 1
                self.names.top.variables[name] = RECORD
            else:
                self._range_or_query(at, name, target, is_list)
        self._rounds(label)

    def _cursor(self, parts: tuple[str, ...], behind: int) -> Variable | None:
        if not parts or self.words[behind] not in {"loop", "("}:
            return None
        found = self.names.find(parts)
        if found is None or found.is_cursor is False:
            return None
        return found if found.is_cursor else unsure()

    def _range_or_query(self, at: int, name: str, target: Variable | None, is_list: bool) -> None:
        is_reverse = self.skip("reverse")
        first = self.construct("..", "loop")
        last = self.at
        if self.skip(".."):
            self.check(first, last, "SELECT ")
            self.expression("loop", "by", expected="LOOP")
            if self.skip("by"):
                self.expression("loop")
            if is_list:
                self.refuse("integer FOR loop must have only one target variable", at)
            self.names.top.variables[name] = SCALAR
            return
        if is_reverse:
            self.refuse("cannot specify REVERSE in query FOR loop", first - 1)
        self.check(first, last)
        self._rows(at, target, "42601")

    def _rows(self, at: int, target: Variable | None, sqlstate: str) -> None:
        """What a loop over rows puts them into has to be there."""
        if target is None:
            text = "loop variable of loop over rows must be a record variable or list of scalar variables"
            self.refuse(text, at, sqlstate)
        if target.is_constant:
            name = ".".join(self.name_at(at)[0])
            self.refuse(f'variable "{name}" is declared CONSTANT', at, "22005")

    def _targets(self) -> tuple[str, Variable | None, bool]:
        """What FOR and FOREACH set: a name, the variable that it is, and whether others follow."""
        at = self.at
        parts, behind = self.name_at(at)
        found = self.names.find(parts) if parts else None
        if not parts or (found is None and self.word in UNRESERVED):
            self.near("syntax error")
        if found is None and (len(parts) > 1 or self.words[behind] == ","):
            self.unknown(parts)
        self.at = behind
        is_list = self.word == "," and found is not None and found.sort != "record"
        if is_list and found is not None:
            if found.is_constant:
                self.refuse(f'variable "{parts[0]}" is declared CONSTANT', at, "22005")
            simple.more_scalars(self)
        return ".".join(parts), found, is_list

    def _foreach(self, label: str | None) -> None:
        self.at += 1
        at = self.at
        _, target, _ = self._targets()
        if self.skip("slice"):
            if self.word != "0":
                self.near("syntax error")
            self.at += 1
        self.expect("in", "array")
        self.expression("loop")
        self._rounds_of_array(at, target, label)

    def _rounds_of_array(self, at: int, target: Variable | None, label: str | None) -> None:
        self._rounds(label)
        if target is None:
            text = "loop variable of FOREACH must be a known variable or list of variables"
            self.refuse(text, at)
        self._rows(at, target, "42601")

    def _exit(self) -> None:
        """`EXIT | CONTINUE [label] [WHEN condition];`."""
        at, is_exit = self.at, self.word == "exit"
        self.at += 1
        label_at = self.at
        parts, _ = self.name_at(label_at)
        label = self.any_identifier() if parts else None
        if self.skip("when"):
            self.expression(";")
        self.expect(";")
        if label is not None:
            found = self.names.label(label)
            if found is None:
                text = f'there is no label "{label}" attached to any block or loop enclosing this statement'
                self.refuse(text, label_at)
            if not found.is_loop and not is_exit:
                self.refuse(f'block label "{label}" cannot be used in CONTINUE', label_at)
        elif not self.names.is_in_loop:
            more = ", unless it has a label" if is_exit else ""
            word = "EXIT" if is_exit else "CONTINUE"
            self.refuse(f"{word} cannot be used outside a loop{more}", at)


#: Options of a body; those without values take any.
_OPTIONS: Final = {
    "option": {"dump"},
    "print_strict_params": set[str](),
    "variable_conflict": {"error", "use_variable", "use_column"},
}
_LOOPS: Final[dict[str, Callable[[Compiler, str | None], None]]] = {
    "loop": Compiler._rounds,
    "while": Compiler._while,
    "for": Compiler._for,
    "foreach": Compiler._foreach,
}

_READERS: Final[dict[str, Callable[[Compiler], None]]] = {
    "declare": Compiler._inner_block,
    "begin": Compiler._inner_block,
    "if": Compiler._if,
    "case": Compiler._case,
    "loop": Compiler._loop,
    "while": Compiler._loop,
    "for": Compiler._loop,
    "foreach": Compiler._loop,
    "exit": Compiler._exit,
    "continue": Compiler._exit,
    "return": Compiler._return,
    "raise": simple.raises,
    "assert": simple.assertion,
    "execute": simple.execute,
    "perform": simple.perform,
    "call": simple.call,
    "do": simple.call,
    "get": cursors.diagnostics,
    "open": cursors.opens,
    "fetch": cursors.fetches,
    "move": cursors.fetches,
    "close": cursors.closes,
    "null": simple.nothing,
    "commit": simple.ends_transaction,
    "rollback": simple.ends_transaction,
    "insert": simple.sql,
    "import": simple.sql,
    "merge": simple.sql,
}
