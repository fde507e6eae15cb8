"""Loops, and EXIT and CONTINUE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.basic import executed_query
from idemlint.plpgsql.bindings import FOUND, Declared, Value, substitute
from idemlint.plpgsql.constants import constant
from idemlint.plpgsql.jumps import INNERMOST, Leap, Step, branch, closed, labels_of
from idemlint.plpgsql.nodes import Asks, Loop
from idemlint.plpgsql.sql import Json, Unreadable, negated, statements
from idemlint.plpgsql.variables import assigned, constants_of, elements, opens
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.reader import Reader

    #: What variables are in each round.
    Rounds = list[dict[str, Json]]

_LOOP_ENDS: Final = frozenset({"end", ""})
_QUERIES: Final = frozenset({"select", "with", "values", "table", "insert", "update", "delete"})
_ROUNDS: Final = 64  # of a loop over constants that is told round by round
_RANGE: Final = re.compile(r"\s*(\d+)\s*\.\.\s*(\d+)\s*")


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
    rounds: Rounds | None = None
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
        query, rounds = _source(reader, steps, word, targets)
    if word != "loop":
        reader.skip("loop")
    if targets or label is not None:
        reader.names = Declared(reader.names, label)
        for target in targets:
            reader.names.add(target)
    names = frozenset({INNERMOST, *([label] if label else [])})
    if rounds is not None and _tell(reader, steps, rounds, names):
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


def _source(
    reader: Reader, steps: list[Step], word: str, targets: list[str]
) -> tuple[Json | None, Rounds | None]:
    """What a FOR runs over: its query, and the constants that it takes in turn, or that a FOREACH takes."""
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
        items = elements(value.tree) if value is not None else None
        return None, None if items is None else [{targets[0]: item} for item in items]
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
        return None, _numbers(reader, begin, end, targets)  # or a cursor
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
    return shown, _rounds(shown, targets)


def _numbers(reader: Reader, begin: int, end: int, targets: list[str]) -> Rounds | None:
    """`1..12`, where the loop EXECUTEs something."""
    match = _RANGE.fullmatch(reader.tokens.text(begin, end))
    if match is None or "execute" not in reader.words[end:]:
        return None
    first, last = int(match[1]), int(match[2])
    if last - first >= _ROUNDS or "execute" not in reader.words[end : _loop_end(reader, end + 1)]:
        return None
    return [{targets[0]: {"A_Const": {"ival": {"ival": n}}}} for n in range(first, last + 1)]


def _rounds(query: Json, targets: list[str]) -> Rounds | None:
    """What the variables of a FOR are, round by round, where its query gives constants."""
    found = _constants(query.get("SelectStmt", {}))
    if found is None:
        return None
    columns, rows = found
    names = [name for name in targets if name]
    if len(names) > 1:
        return [dict(zip(names, row, strict=False)) for row in rows]
    rounds: Rounds = []
    for row in rows:
        fields = {f"{names[0]}.{column}": item for column, item in zip(columns, row, strict=True)}
        rounds.append(fields if len(row) > 1 else {names[0]: row[0], **fields})
    return rounds


def _constants(select: Json) -> tuple[list[str], list[list[Json]]] | None:
    """The columns and the rows of a query that gives constants: VALUES, `unnest` of an array, or one of them
    in FROM, all columns or some of them."""
    if not select.keys() <= {"targetList", "fromClause", "valuesLists", "limitOption", "op"}:
        return None
    if "valuesLists" in select:
        rows = [each["List"]["items"] for each in select["valuesLists"]]
        is_plain = all(constant(item) is not None for row in rows for item in row)
        return ([f"column{n + 1}" for n in range(len(rows[0]))], rows) if is_plain else None
    targets = [each["ResTarget"] for each in select.get("targetList", ())]
    if "fromClause" not in select:
        items = _unnested(targets[0].get("val", {})) if len(targets) == 1 else None
        name = targets[0].get("name", "unnest") if targets else ""
        return None if items is None else ([name], [[item] for item in items])
    found = _source_of_constants(select["fromClause"])
    if found is None:
        return None
    columns, rows = found
    wanted: list[str] = []
    for target in targets:
        last = target.get("val", {}).get("ColumnRef", {}).get("fields", [{}])[-1]
        if "A_Star" in last:
            wanted += columns
        elif last.get("String", {}).get("sval") in columns:
            wanted.append(last["String"]["sval"])
        else:
            return None
    places = [columns.index(name) for name in wanted]
    given = [target.get("name") for target in targets]
    names = [new or name for new, name in zip(given, wanted, strict=True)] if all(given) else wanted
    return names, [[row[place] for place in places] for row in rows]


def _source_of_constants(sources: list[Json]) -> tuple[list[str], list[list[Json]]] | None:
    """`(VALUES …) AS t(a, b)`, `unnest(ARRAY[…]) AS t(a)`."""
    [source, *more] = sources
    found = None
    if "RangeSubselect" in source:
        inner = source["RangeSubselect"]
        found = _constants(inner["subquery"].get("SelectStmt", {}))
    elif "RangeFunction" in source:
        inner = source["RangeFunction"]
        call = inner["functions"][0]["List"]["items"][0]
        items = _unnested(call) if len(inner["functions"]) == 1 else None
        name = inner.get("alias", {}).get("aliasname", "unnest")
        found = None if items is None else ([name], [[item] for item in items])
    if found is None or more or "ordinality" in inner:
        return None
    columns, rows = found
    given = [each["String"]["sval"] for each in inner.get("alias", {}).get("colnames", ())]
    return [*given, *columns[len(given) :]], rows


def _unnested(expr: Json) -> list[Json] | None:
    """The elements of the array that `unnest(…)` is called with."""
    call = expr.get("FuncCall", {})
    arguments = call.get("args", ())
    if len(arguments) != 1 or call["funcname"][-1]["String"]["sval"] != "unnest":
        return None
    return elements(arguments[0])


def _tell(reader: Reader, steps: list[Step], rounds: Rounds, names: frozenset[str]) -> bool:
    """Tell a loop over constants round by round, which makes what it EXECUTEs readable."""
    begin = reader.at
    end = _loop_end(reader, begin)
    cost = (end - begin) * len(rounds)
    if len(rounds) > _ROUNDS or cost > reader.budget or "exit" in reader.words[begin:end]:
        return False
    reader.budget -= cost
    for values in rounds:
        reader.at = begin
        for name, value in sorted(values.items()):
            reader.variables.set(name, Value(value))
        inner = reader.statements(_LOOP_ENDS)
        node = closed(inner)
        rest = labels_of(inner) - names
        steps.append(Leap(rest, False, node) if rest else node)
    if not rounds:
        reader.at = end
    _end_loop(reader)
    reader.variables.forget(names=frozenset({FOUND, *(name for each in rounds for name in each)}))
    return True


def _loop_end(reader: Reader, begin: int) -> int:
    """The END of the loop whose body begins there."""
    depth = 0
    words = reader.words
    for index in range(begin, len(words) - 1):
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
