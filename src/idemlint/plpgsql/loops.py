"""Loops, and EXIT and CONTINUE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.basic import executed_query
from idemlint.plpgsql.bindings import FOUND, Declared, Value, substitute
from idemlint.plpgsql.jumps import INNERMOST, Leap, Step, branch, closed, labels_of
from idemlint.plpgsql.nodes import Asks, Loop
from idemlint.plpgsql.sql import Json, Unreadable, negated, statements
from idemlint.plpgsql.variables import assigned, constants_of, elements, opens
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.reader import Reader

_LOOP_ENDS: Final = frozenset({"end", ""})
_QUERIES: Final = frozenset({"select", "with", "values", "table", "insert", "update", "delete"})
_ROUNDS: Final = 64  # of a FOREACH over constants that is told round by round


def any_loop(reader: Reader, steps: list[Step]) -> None:
    """A loop without a label."""
    loop(reader, steps, None)


def loop(reader: Reader, steps: list[Step], label: str | None) -> None:
    """`[WHILE … | FOR … | FOREACH …] LOOP … END LOOP [label];`."""
    names = reader.names
    _loop(reader, steps, label)
    reader.names = names


def _loop(reader: Reader, steps: list[Step], label: str | None) -> None:
    first = reader.at
    word = reader.words[reader.at]
    reader.at += 1
    targets: list[str] = []
    query: Json | None = None
    unless: Leap | None = None
    values: list[Json] | None = None
    if word == "while":
        begin, reader.at = reader.at, reader.find(frozenset({"loop"}))
        _enter_loop(reader, [])
        condition = reader.read(begin, reader.at)
        reader.asks(steps, begin, reader.at)
        test = wrap(negated(condition.tree)) if condition is not None else None
        leave: list[Step] = [Leap(frozenset({INNERMOST}), always=True)]
        step = branch(test, leave, [], reader.span(begin))
        unless = step if isinstance(step, Leap) else None
    elif word in ("for", "foreach"):
        targets = _targets(reader)
        query, values = _source(reader, steps, word)
    if word != "loop":
        reader.skip("loop")
    if targets or label is not None:
        reader.names = Declared(reader.names, label)
        for target in targets:
            reader.names.add(target)
    names = frozenset({INNERMOST, *([label] if label else [])})
    if values is not None and _tell(reader, steps, targets[0], values, names):
        return
    _enter_loop(reader, targets)
    inner = reader.statements(_LOOP_ENDS)
    if unless is not None:
        inner.insert(0, unless)
    _end_loop(reader)
    _enter_loop(reader, [*targets, FOUND])
    node = Loop(closed(inner), wrap(query) if query is not None else None, reader.span(first))
    rest = labels_of(inner) - names
    steps.append(Leap(rest, False, node) if rest else node)


def _targets(reader: Reader) -> list[str]:
    found = []
    while reader.words[reader.at] not in ("in", "slice", "loop", ";", ""):
        found.append(reader.tokens.name(reader.at) or "")
        reader.at += 1
    return found


def _source(reader: Reader, steps: list[Step], word: str) -> tuple[Json | None, list[Json] | None]:
    """What a FOR runs over: its query, or the constants that a FOREACH takes in turn."""
    if reader.skip("slice"):
        reader.at += 1
    reader.skip("in")
    if word == "foreach":
        reader.skip("array")
    begin, reader.at = reader.at, reader.find(frozenset({"loop"}))
    end = reader.at
    if word == "foreach":
        reader.asks(steps, begin, end)
        value = reader.read(begin, end)
        return None, elements(value.tree) if value is not None else None
    head = begin
    while reader.words[head] == "(":
        head += 1
    if reader.words[head] == "execute":
        query = executed_query(reader, head + 1, end)
        if query is not None and "fromClause" in query.get("SelectStmt", ()):
            steps.append(Asks(wrap(query), reader.span(begin, end)))
        return query, None
    if reader.words[head] not in _QUERIES:
        opens(reader, steps, begin)
        return None, None  # a range of numbers or a cursor
    try:
        [query] = statements(reader.tokens.text(begin, end), reader.place(begin))
    except (Unreadable, ValueError):
        return None, None
    shown = substitute(query, constants_of(reader, begin, end))
    if "SelectStmt" not in query:
        steps.append(reader.statement(query, shown, reader.span(begin, end)))
        reader.variables.disturb(reader.tokens, begin, end)
    elif reader.reads_tables(begin, end):
        steps.append(Asks(wrap(query), reader.span(begin, end), reader.names))
    return shown, None


def _tell(
    reader: Reader, steps: list[Step], target: str, values: list[Json], names: frozenset[str]
) -> bool:
    """Tell a FOREACH over constants round by round, which makes what it EXECUTEs readable."""
    begin = reader.at
    end = _loop_end(reader)
    cost = (end - begin) * len(values)
    if len(values) > _ROUNDS or cost > reader.budget or "exit" in reader.words[begin:end]:
        return False
    reader.budget -= cost
    for value in values:
        reader.at = begin
        reader.variables.set(target, Value(value))
        inner = reader.statements(_LOOP_ENDS)
        node = closed(inner)
        rest = labels_of(inner) - names
        steps.append(Leap(rest, False, node) if rest else node)
    if not values:
        reader.at = end
    _end_loop(reader)
    reader.variables.forget(names=frozenset({target, FOUND}))
    return True


def _loop_end(reader: Reader) -> int:
    """The END of the loop whose body is next."""
    depth = 0
    words = reader.words
    for index in range(reader.at, len(words) - 1):
        if words[index] == "loop":
            if words[index - 1] != "end":
                depth += 1
            elif depth == 0:
                return index - 1
            else:
                depth -= 1
    return len(words) - 1


def _end_loop(reader: Reader) -> None:
    reader.skip("end")
    reader.skip("loop")
    reader.skip_statement()


def _enter_loop(reader: Reader, targets: list[str]) -> None:
    """Forget what another round of a loop may have changed."""
    if reader.variables.known:
        if reader.assigned is None:
            reader.assigned = assigned(reader.tokens)
        reader.variables.forget(
            all_queries=True, names=reader.assigned | frozenset(targets) | {FOUND}
        )


def leap(reader: Reader, steps: list[Step]) -> None:
    """`EXIT|CONTINUE [label] [WHEN …];`."""
    first = reader.at
    reader.at += 1
    label = INNERMOST
    if reader.words[reader.at] not in ("when", ";", ""):
        label = reader.tokens.name(reader.at) or INNERMOST
        reader.at += 1
    jump = Leap(frozenset({label}), always=True)
    if reader.skip("when"):
        begin, reader.at = reader.at, reader.find(frozenset())
        tree, test = reader.condition(begin, reader.at), reader.span(begin)
        reader.asks(steps, begin, reader.at)
        reader.skip(";")
        steps.append(branch(tree, [jump], [], reader.span(first), test))
    else:
        reader.skip(";")
        steps.append(jump)
