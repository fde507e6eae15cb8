"""PL/pgSQL's simple statements: SQL, assignments, EXECUTE, RAISE, and declarations.

Each function reads the statement at the reader's next token, adds what it does to `steps`, and
leaves the reader behind its `;`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import sql as grammar
from idemlint.plpgsql.conditions import is_sqlstate, sqlstates
from idemlint.plpgsql.constants import constant, mentions, pattern
from idemlint.plpgsql.flow import EMPTY, Step
from idemlint.plpgsql.nodes import Block, Dynamic, If, Raise, Return, Sql
from idemlint.plpgsql.sql import Json, Unreadable
from idemlint.plpgsql.values import FOUND, Value, query_value, substitute
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.reader import Reader
    from idemlint.plpgsql.scan import Scan

_NO_DATA_FOUND: Final = "P0002"
_ASSERT_FAILURE: Final = "P0004"
_RAISE_EXCEPTION: Final = "P0001"
#: Statements that see variables; PL/pgSQL gives no values to any other.
_WITH_VARIABLES: Final = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CallStmt"}
)
_LEVELS: Final = frozenset({"debug", "log", "info", "notice", "warning"})
_ASSIGN: Final = frozenset({":=", "="})


def dynamic(reader: Reader, first: int, last: int, reason: str) -> Dynamic:
    """The tokens `first` to `last` as something that is not read; anything may have changed."""
    text = reader.scan.text(first, last)
    reader.variables.forget(all_queries=True, names=frozenset({FOUND}))
    return Dynamic(reason, mentions(text), None, reader.span(first, last))


def constants_of(reader: Reader, first: int, last: int) -> dict[str, Value]:
    """The variables between two tokens that are known to be constants here."""
    used = reader.variables.used(reader.words[first:last])
    return {name: value for name, value in used.items() if value.depends is None}


# -- SQL -------------------------------------------------------------------------------------------


def sql(reader: Reader, steps: list[Step]) -> None:
    """An SQL statement, `SELECT … INTO v` among them."""
    first = reader.at
    last = _statement_end(reader, first)
    text = reader.scan.text(first, last)
    targets: list[str | None] = []
    strict = False
    if "into" in reader.words[first:last]:
        found = _into(reader, first, last)
        if found is not None:
            start, end, targets, strict = found
            text = _blanked(reader.scan, first, last, start, end)
    reader.at = last
    reader.skip(";")
    try:
        trees = grammar.statements(text, reader.place(first))
    except Unreadable as error:
        steps.append(dynamic(reader, first, last, str(error)))
        _set_all(reader, targets)
        return
    if len(trees) != 1:  # a RULE in parentheses that do not match, and the like
        steps.append(dynamic(reader, first, last, "not one statement"))
        return
    _run(reader, steps, trees[0], first, last, targets, strict)


def perform(reader: Reader, steps: list[Step]) -> None:
    """`PERFORM …`: the SELECT without its result."""
    first = reader.at
    last = _statement_end(reader, first)
    text = "SELECT " + reader.scan.text(first, last)[len("PERFORM") :]
    reader.at = last
    reader.skip(";")
    try:
        [tree] = grammar.statements(text, reader.place(first))
    except (Unreadable, ValueError) as error:
        steps.append(dynamic(reader, first, last, str(error)))
        return
    _run(reader, steps, tree, first, last, [], False)


def _run(
    reader: Reader,
    steps: list[Step],
    tree: Json,
    first: int,
    last: int,
    targets: list[str | None],
    strict: bool,
) -> None:
    """Add a statement, and note what it does to variables."""
    [kind] = tree
    span = reader.span(first, last)
    if kind == "DoStmt":
        steps.append(_nested(tree))
        reader.variables.forget(all_queries=True)
        return
    shown = tree
    used: dict[str, Value] = {}
    if kind in _WITH_VARIABLES:
        used = reader.variables.used(reader.words[first:last])
        constants = {name: value for name, value in used.items() if value.depends is None}
        shown = substitute(tree, constants)
    steps.append(Sql(wrap(shown), span))
    reader.variables.disturb(reader.scan, first, last)
    if kind != "SelectStmt":
        if kind in _WITH_VARIABLES:
            reader.variables.set(FOUND, None)
        _set_all(reader, targets)
        return
    query = substitute(tree, used) if used else tree
    found = query_value(grammar.exists(query), reader.scan, first, last, used)
    if strict:
        missing = Block((Raise(_NO_DATA_FOUND, span),))
        steps.append(If(wrap(found.tree), EMPTY, missing, span, span))
        found = Value(grammar.TRUE)
    for column, name in enumerate(targets):
        try:
            value = found._replace(tree=grammar.value_of(query, column))
        except Unreadable:
            reader.variables.set(name, None)
        else:
            reader.variables.set(name, value)
    reader.variables.set(FOUND, found)


def _nested(tree: Json) -> Step:
    """A DO statement in a body."""
    from idemlint.plpgsql.body import block_of  # it is what reads bodies, this one's too

    return block_of(wrap(tree), None)


def _set_all(reader: Reader, targets: list[str | None]) -> None:
    for name in targets:
        reader.variables.set(name, None)


def _statement_end(reader: Reader, first: int) -> int:
    """The `;` of an SQL statement; those in CREATE RULE and BEGIN ATOMIC end nothing."""
    words = reader.words
    nesting = reader.nests and words[first] == "create"
    depth = block = 0
    end = len(words) - 1
    for index in range(first, end):
        word = words[index]
        if word == ";":
            if not nesting or (depth <= 0 and block <= 0):
                return index
        elif not nesting:
            continue
        elif word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif word == "atomic" and words[index - 1] == "begin":
            block = 1
        elif block:
            block += (word == "case") - (word == "end")
    if nesting and ";" in words[first:end]:
        reader.nests = False  # once, so that hostile text cannot make the work quadratic
        return words.index(";", first)
    return end


def _into(reader: Reader, first: int, last: int) -> tuple[int, int, list[str | None], bool] | None:
    """Where an INTO clause of PL/pgSQL's stands (its tokens), what it sets, and whether STRICT."""
    words = reader.words
    if words[first] in ("create", "import"):
        return None
    for index in range(first, last):
        if words[index] == "into" and (index == first or words[index - 1] not in _INTO_SQL):
            strict = words[index + 1] == "strict"
            targets, end = _names(reader, index + 1 + strict, last)
            return index, end, targets, strict
    return None


_INTO_SQL: Final = frozenset({"insert", "merge"})


def _names(reader: Reader, at: int, last: int) -> tuple[list[str | None], int]:
    """A list of variables (`None` for fields and elements), and the token behind it."""
    words = reader.words
    names: list[str | None] = []
    while at < last:
        name = reader.scan.name(at)
        at += 1
        while at < last and words[at] == ".":
            name = None
            at += 2
        if words[at] == "[":
            name = None
            while at < last and words[at] != "]":
                at += 1
            at += 1
        names.append(name)
        if at >= last or words[at] != ",":
            break
        at += 1
    return names, at


def _blanked(scan: Scan, first: int, last: int, start: int, end: int) -> str:
    """The text of `first` to `last` with blanks in place of the tokens `start` to `end`."""
    begin = scan.starts[first]
    data = bytearray(scan.data[begin : scan.ends[last - 1]])
    hole = slice(scan.starts[start] - begin, scan.ends[end - 1] - begin)
    data[hole] = b" " * (hole.stop - hole.start)
    return data.decode("utf-8", "replace")


# -- EXECUTE ---------------------------------------------------------------------------------------


def execute(reader: Reader, steps: list[Step]) -> None:
    """`EXECUTE text [INTO …] [USING …];`."""
    first = reader.at
    reader.at += 1
    end = reader.find(frozenset({"into", "using"}))
    value = reader.read(first + 1, end)
    targets: list[str | None] = []
    reader.at = end
    while reader.words[reader.at] in ("into", "using"):
        if reader.words[reader.at] == "into":
            strict = reader.words[reader.at + 1] == "strict"
            targets, reader.at = _names(reader, reader.at + 1 + strict, len(reader.words) - 1)
        else:
            reader.at += 1
            reader.at = reader.find(frozenset({"into"}))
    last = reader.at
    reader.skip(";")
    text = constant(value.tree) if value is not None else None
    _set_all(reader, targets)
    if value is None or text is None:
        known = pattern(value.tree) if value is not None else None
        names = mentions(known if known is not None else reader.scan.text(first + 1, end))
        reader.variables.forget(all_queries=True)
        reason = "EXECUTE of a string that is not constant"
        steps.append(Dynamic(reason, names, known, reader.span(first, last)))
        return
    try:
        trees = grammar.statements(text, 0)
    except Unreadable as error:
        steps.append(Dynamic(str(error), mentions(text), text, reader.span(first, last)))
        reader.variables.forget(all_queries=True)
        return
    span = reader.span(first, last)
    steps += [
        _nested(tree) if "DoStmt" in tree else Sql(wrap(tree), span, executed=True)
        for tree in trees
    ]
    if len(trees) == 1 and "SelectStmt" in trees[0]:
        for column, name in enumerate(targets):
            try:
                tree = grammar.value_of(trees[0], column)
            except Unreadable:
                continue
            reader.variables.set(name, Value(tree, mentions(text), False, len(text) // 4 + 1))
    else:
        reader.variables.forget(all_queries=True)


def executed_query(reader: Reader, first: int, last: int) -> Json | None:
    """The query that a `FOR … IN EXECUTE text` runs over, if its text is constant."""
    here, reader.at = reader.at, first
    end = min(reader.find(frozenset({"using", "loop"})), last)
    reader.at = here
    value = reader.read(first, end)
    text = constant(value.tree) if value is not None else None
    try:
        [tree] = grammar.statements(text or "", 0)
    except (Unreadable, ValueError):
        return None
    return tree


def elements(tree: Json) -> list[Json] | None:
    """The elements of an array of constants."""
    while "TypeCast" in tree:
        tree = tree["TypeCast"]["arg"]
    if "A_ArrayExpr" in tree:
        items = tree["A_ArrayExpr"].get("elements", [])
        return items if all(constant(item) is not None for item in items) else None
    text = constant(tree) if "A_Const" in tree else None
    if text is None or text[:1] != "{" or set(text) & set('"\\') or "{" in text[1:]:
        return None
    return [{"A_Const": {"sval": {"sval": item.strip()}}} for item in text[1:-1].split(",") if item]


# -- variables -------------------------------------------------------------------------------------


def is_assignment(reader: Reader) -> bool:
    """Whether `v :=`, `v.f :=` or `v[1] :=` is next (`=` is the same); any name will do for `v`."""
    words = reader.words
    at = reader.at
    following = words[at + 1] if words[at] else ""
    if following not in _ASSIGN and following != "." and following != "[":
        return following.startswith("=") and reader.scan.name(at) is not None
    if reader.scan.name(at) is None:
        return False
    at += 1
    while words[at] in (".", "["):
        if words[at] == ".":
            at += 2
        else:
            while words[at] not in ("]", ";", ""):
                at += 1
            at += words[at] == "]"
    return words[at] in _ASSIGN


def assign(reader: Reader, steps: list[Step]) -> None:
    """`v := expression;`."""
    first = reader.at
    name = reader.scan.name(first)
    while not reader.words[reader.at].startswith((":=", "=")):
        if reader.words[reader.at] in (".", "["):
            name = None
        reader.at += 1
    reader.at += 1
    begin, reader.at = reader.at, reader.find(frozenset())
    reader.variables.set(name, _evaluated(reader, steps, begin, reader.at))
    reader.skip(";")


def _evaluated(reader: Reader, steps: list[Step], first: int, last: int) -> Value | None:
    """The value of an expression; what it calls or reads is added to `steps`."""
    value = reader.read(first, last)
    if "(" in reader.words[first:last]:
        try:
            text = "SELECT " + reader.scan.text(first, last)
            [tree] = grammar.statements(text, reader.place(first) - len("SELECT "))
        except (Unreadable, ValueError) as error:
            steps.append(dynamic(reader, first, last, str(error)))
        else:
            shown = substitute(tree, constants_of(reader, first, last))
            steps.append(Sql(wrap(shown), reader.span(first, last)))
    return value


def declare(reader: Reader, steps: list[Step], hidden: dict[str, Value | None]) -> None:
    """One declaration; `hidden` gets what a variable of the same name outside was."""
    name = reader.scan.name(reader.at)
    first = reader.at + 1
    if name is not None and name not in hidden:
        before = reader.variables.known.get(name)
        hidden[name] = before if before is not None and before.depends is None else None
        reader.variables.set(name, None)
    end = reader.find(frozenset({"default", ":=", "=", "cursor", "alias"}))
    word = reader.words[end]
    reader.at = end
    if word in ("default", ":=", "="):
        reader.at = begin = end + 1
        reader.at = last = reader.find(frozenset())
        value = _evaluated(reader, steps, begin, last)
        if value is not None and reader.words[first].startswith("reg"):
            value = value._replace(tree=_cast(value.tree, reader.words[first]))
        reader.variables.set(name, value)
    reader.skip_statement()


def _cast(tree: Json, type_name: str) -> Json:
    names = [{"String": {"sval": type_name}}]
    return {"TypeCast": {"arg": tree, "typeName": {"names": names, "typemod": -1}}}


def assigned(scan: Scan) -> frozenset[str]:
    """All names that something in the body may set (and some that only look so)."""
    found = set()
    words = scan.words
    for index, word in enumerate(words):
        if word.startswith((":=", "=")) and index:
            found.add(scan.name(index - 1))
        elif word in ("into", "call"):
            at = index + 1
            while words[at] not in (";", "", "from", "where", "using", "select", "values"):
                found.add(scan.name(at))
                at += 1
    return frozenset(name for name in found if name is not None)


def diagnostics(reader: Reader, steps: list[Step]) -> None:
    """`GET DIAGNOSTICS v = ROW_COUNT, …;`."""
    first = reader.at
    reader.skip_statement()
    names = frozenset(reader.words[first : reader.at])
    reader.variables.forget(names=names)


def cursor(reader: Reader, steps: list[Step]) -> None:
    """`OPEN`, `FETCH c INTO v`, `MOVE`, `CLOSE`: nothing of a cursor is followed."""
    diagnostics(reader, steps)
    reader.variables.set(FOUND, None)


# -- leaving ---------------------------------------------------------------------------------------


def leave(reader: Reader, steps: list[Step]) -> None:
    """`RETURN [expression];`; RETURN NEXT and RETURN QUERY go on."""
    first = reader.at
    reader.at += 1
    begin = reader.at
    word = reader.words[begin]
    if word == "query":
        reader.at += 1
        if reader.words[reader.at] == "execute":
            execute(reader, steps)
        else:
            sql(reader, steps)
        return
    reader.at = reader.find(frozenset())
    if word == "next":
        begin += 1
    if "(" in reader.words[begin : reader.at]:
        _evaluated(reader, steps, begin, reader.at)
    reader.skip(";")
    if word != "next":
        steps.append(Return(reader.span(first)))


def raise_error(reader: Reader, steps: list[Step]) -> None:
    """`RAISE [level] [what] [USING …];`; only an exception does anything."""
    first = reader.at
    reader.at += 1
    level = reader.words[reader.at]
    if level in _LEVELS:
        reader.skip_statement()
        return
    reader.skip("exception")
    begin = reader.at
    reader.skip_statement()
    sqlstate = _raised(reader, begin, reader.at)
    steps.append(Raise(sqlstate, reader.span(first)))


def _raised(reader: Reader, first: int, last: int) -> str | None:
    """The SQLSTATE that is raised; `None` is the one being handled, or a computed one."""
    words = reader.words
    if words[first] == ";":
        return None if words[first - 1] == "raise" else _RAISE_EXCEPTION
    if words[first] == "sqlstate":
        return reader.scan.literal(first + 1)
    if words[first].isidentifier() and words[first] != "using":
        return next(iter(sqlstates(words[first])), None)
    for index in range(first, last):
        if words[index] == "errcode" and words[index + 1] in _ASSIGN:
            code = reader.scan.literal(index + 2)
            if code is None:
                return None
            return code if is_sqlstate(code) else next(iter(sqlstates(code.lower())), None)
    return _RAISE_EXCEPTION


def assertion(reader: Reader, steps: list[Step]) -> None:
    """`ASSERT condition [, message];`."""
    first = reader.at
    reader.at += 1
    begin, reader.at = reader.at, reader.find(frozenset({","}))
    tree, test = reader.condition(begin, reader.at), reader.span(begin)
    reader.skip_statement()
    span = reader.span(first)
    steps.append(If(tree, EMPTY, Block((Raise(_ASSERT_FAILURE, span),)), span, test))


def call(reader: Reader, steps: list[Step]) -> None:
    """`CALL p(…);`, which may set the variables that it is given."""
    first = reader.at
    sql(reader, steps)
    reader.variables.forget(all_queries=True, names=frozenset(reader.words[first : reader.at]))


def nothing(reader: Reader, steps: list[Step]) -> None:
    """`NULL;`."""
    reader.skip_statement()
