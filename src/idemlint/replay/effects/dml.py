"""Statements about rows: INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY, SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.kinds import Kind, Ref
from idemlint.records import NamedTuple
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.catalog.known_rows import NULL
from idemlint.replay.catalog.refs import relation
from idemlint.replay.effects.fixpoint import assignments, merged, pinned, upserted
from idemlint.replay.effects.queries import constant, reads
from idemlint.replay.effects.supplied.what_calls_do import calls, relied_on
from idemlint.replay.effects.tables import select_into
from idemlint.replay.effects.vocabulary import (
    Again,
    Arbiter,
    Command,
    Deletes,
    Effect,
    Fails,
    Inserts,
    Opaque,
    Repeats,
    Requires,
    Sets,
    SetsPath,
    Updates,
    UsesColumns,
    Verb,
)
from idemlint.replay.keys.values import read_source, value_of
from idemlint.replay.queries.compiled import read_query
from idemlint.replay.queries.meetings import text_of
from idemlint.replay.queries.own_rows import finds_others, leaves_out
from idemlint.replay.queries.statements import (
    NO_NAMES,
    read_delete,
    read_insert,
    read_merge,
    read_over_target,
    read_update,
)
from idemlint.source.tree import Tree, holds, nodes_in, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.replay.catalog.known_rows import Source, Value
    from idemlint.replay.guards.conditions import Condition
    from idemlint.replay.queries.scope import Reading, Scope
    from idemlint.replay.queries.statements import Known


class _Given(NamedTuple):
    """What an INSERT's query gives: as in `Inserts`."""

    rows: tuple[tuple[Value, ...], ...] | None
    guard: Condition | None = None
    guarded: bool | None = False
    source: Source | None = None


def _table_there(ref: Ref) -> Requires:
    return Requires(ref, True, "42P01", Kind.TABLE, Verb.WRITE)


def _nested(reading: Reading) -> list[Effect]:
    """Data-modifying WITH clauses: they run whether or not the outer query looks at them."""
    effects: list[Effect] = []
    for write, known in reading.writes:
        effects += WRITES[write.kind](write, dict(known))
    return effects


def select(stmt: Tree) -> list[Effect]:
    """A query run for itself: what it reads has to be there; what it does is what it calls."""
    if stmt.intoClause is not None:
        return select_into(stmt)
    reading = read_query(stmt.fields)
    effects = reads(reading)
    effects += _nested(reading)
    done = calls(reading.functions, many=_is_of_rows(stmt.fields))
    # A sequence may be put somewhere only where it is not there yet.
    if "whereClause" in stmt.fields or holds(stmt.fields, _CASE):
        done = [each for each in done if not isinstance(each, Sets)]
    if any(each.__class__ in _DEEDS for each in done):
        # Most functions only give something.
        from idemlint.replay.effects.supplied.reached import reached

        done = reached(stmt, [".".join(name) for name, _ in reading.functions], done)
    return [*effects, *done]


def _is_of_rows(query: dict[str, Any]) -> bool:
    """Whether a query may call something for each of its rows, or for none."""
    if "valuesLists" in query:
        return holds(query, _CHOICES)
    sources = query.get("fromClause", ())
    reads = any("RangeFunction" not in each for each in sources) or len(sources) > 1
    called = bool(sources) and holds(query.get("targetList"), _CALL)
    chooses = "whereClause" in query or "limitCount" in query or holds(query, _CHOICES)
    return reads or called or chooses or query.get("op", "SETOP_NONE") != "SETOP_NONE"


_CASE: Final = frozenset({"CaseExpr"})
_LIMIT: Final = frozenset({"limitCount"})
#: What looks at one argument before it comes to another.
_CHOICES: Final = frozenset({"CaseExpr", "CoalesceExpr", "BoolExpr"})
_CALL: Final = frozenset({"FuncCall"})
_DEEDS: Final = frozenset({Command, Fails, Opaque, Repeats})


def insert(stmt: Tree, known: Known = NO_NAMES) -> list[Effect]:
    """`INSERT`: what a second one does is told by the table's keys, its own ON CONFLICT and its query."""
    fields = stmt.fields
    table = relation(stmt.relation)
    source = stmt.selectStmt
    query = read_insert(fields, known)
    columns = tuple(target.name for target in stmt.cols) if stmt.cols else None
    target: list[Effect] = [_table_there(table)]
    if columns:
        target.append(UsesColumns(table, columns))
    # `transformInsertStmt` (src/backend/parser/analyze.c): WITH, then the target, then what is inserted.
    read = reads(query)
    effects = [*read, *target] if "withClause" in fields else [*target, *read]
    effects += _nested(query)
    for effect in calls(query.functions, many=source is not None and _is_of_rows(source.fields)):
        if isinstance(effect, (Opaque, SetsPath)):
            effects.append(effect)
        elif isinstance(effect, Command):
            from idemlint.replay.effects.supplied.reached import in_values

            effects.append(in_values(effect))
    over = read_over_target(fields, known)
    if over is not None:
        effects += reads(over)
    targets = stmt.onConflictClause.targetList if stmt.onConflictClause is not None else None
    if targets:
        effects.append(UsesColumns(table, tuple(each.name for each in targets if each.name)))
        effects += relied_on(over.functions if over else (), stmt.onConflictClause.fields)
    picks = _picks(source, query)
    gives = _insert_source(fields, source, table, query)
    if picks and gives.source is not None:
        gives = _Given(None)
    own = _names_of(table, stmt.relation)
    conflict, arbiter, update = _on_conflict(stmt.onConflictClause, own, source, columns or ())
    sources = tuple(
        effect.ref
        for effect in effects
        if isinstance(effect, Requires) and effect.verb is Verb.USE and effect.kind is Kind.TABLE
    )
    effects.append(
        Inserts(
            table,
            columns,
            gives.rows,
            conflict,
            arbiter,
            gives.guard,
            gives.guarded,
            update,
            sources,
            source=gives.source,
            literals=_literals_of(source, columns) if gives.rows is None else (),
            query=_of_changing_width(source, query.scope, columns),
            picks=picks,
        )
    )
    return effects


def _picks(source: Tree | None, query: Reading) -> bool:
    """Whether a query over the same rows may come to others: by chance, the clock, what it is not told. What
    it makes of a row that it has found is not asked."""
    if source is None:
        return False
    finds = {name: each for name, each in source.fields.items() if name != "targetList"}
    if query.writes or holds(finds, _LIMIT):
        return True
    made = {id(call) for _, call in nodes_in(source.fields.get("targetList"))}
    asked = (name for name, call in query.functions if id(call.fields) not in made)
    return any(functions.call(name) not in _STEADY for name in asked)


_STEADY: Final = frozenset({functions.Call.PURE, functions.Call.HARMLESS})


def _of_changing_width(
    source: Tree | None, scope: Scope, columns: tuple[str, ...] | None
) -> Scope | None:
    """The query of an INSERT, where either it or the table may have another number of columns some day."""
    if source is None or source.valuesLists or len(scope.inner) != 1:
        return None
    given = scope.inner[0]
    star = any(each.label == "*" for each in given.targets or ())
    return given if star or columns is None else None


def _literals_of(
    source: Tree | None, columns: tuple[str, ...] | None
) -> tuple[tuple[str, str], ...]:
    """The texts that a query gives, by the columns that they are for."""
    if source is None or columns is None:
        return ()
    given = (text_of(each.fields["val"]) for each in source.targetList or ())
    return tuple((name, text) for name, text in zip(columns, given, strict=False) if text)


def _insert_source(
    fields: dict[str, Any], source: Tree | None, table: Ref, query: Reading
) -> _Given:
    if source is None:
        return _Given(((),))
    values = source.fields.get("valuesLists")
    if values:
        return _Given(
            tuple(tuple(value_of(item) for item in row["List"]["items"]) for row in values)
        )
    if source.op not in {None, "SETOP_NONE"}:
        return _Given(None, guarded=leaves_out(fields, table.name))
    where = source.whereClause
    if query.writes and all(write.kind == "DeleteStmt" for write, _ in query.writes):
        # What it moves over is no longer where it came from.
        return _Given(None, guarded=True)
    reads = read_source(source)
    row = tuple(value_of(target.fields["val"], reads) for target in source.targetList or ())
    literal = (row,) if not source.fromClause and any(each is not None for each in row) else None
    if where is not None and constant(where) == "false":
        return _Given(())
    if where is not None and literal is not None and _reads_table(query, table):
        # Few INSERTs have a guard of their own.
        from idemlint.replay.guards.read import read

        return _Given(literal, read(where), guarded=True)
    guarded = _reads_table(query, table) and leaves_out(fields, table.name)
    if guarded is not False:
        return _Given(None, guarded=guarded)
    return _Given((row,), source=reads) if reads is not None else _Given(literal)


def _reads_table(query: Reading, table: Ref) -> bool:
    return any(each.name == table.name for each in query.tables)


def _on_conflict(
    clause: Tree | None, own: tuple[str, ...], source: Tree | None, columns: Sequence[str]
) -> tuple[str, Arbiter | None, Again | None]:
    if clause is None:
        return "", None, None
    infer = clause.infer
    arbiter: Arbiter | None = None
    if infer is not None:
        arbiter = Arbiter(infer.indexElems or (), infer.whereClause, cut(infer.conname or ""))
    if clause.action == "ONCONFLICT_NOTHING":
        return "nothing", arbiter, None
    return "update", arbiter, upserted(clause, own, source, columns)


def update(stmt: Tree, known: Known = NO_NAMES) -> list[Effect]:
    """`UPDATE`: a fixpoint unless a value is computed from what the first run left."""
    fields = stmt.fields
    table = relation(stmt.relation)
    query = read_update(fields, known)
    effects: list[Effect] = [_table_there(table), *reads(query)]
    columns = tuple(target.name for target in stmt.targetList or () if target.name)
    if columns:
        effects.append(UsesColumns(table, columns))
    effects += _nested(query)
    written = assignments(
        stmt.targetList or (),
        fields.get("whereClause"),
        _names_of(table, stmt.relation),
        sources=fields.get("fromClause", ()),
        ctes=fields.get("withClause", {}).get("ctes", ()),
    )
    effects += relied_on(query.functions, fields.get("targetList", []))
    rows = _rows_told(stmt)
    sets = _literals(stmt.targetList or ())
    effects.append(Updates(table, written.again, written.why, columns, sets, rows, written.told))
    return effects


def _rows_told(stmt: Tree) -> tuple[frozenset[tuple[str, str]], ...]:
    """The rows of an UPDATE, by their values, where literals tell them: all of them have none of these."""
    if stmt.fromClause:
        return ()
    where = stmt.whereClause
    if where is None:
        return (frozenset(),)
    pins = pinned(where)
    return pins.rows() if pins.all and not pins.nulls else ()


def _literals(targets: tuple[Tree, ...]) -> frozenset[tuple[str, str]]:
    found = ((each.name, value_of(each.fields["val"])) for each in targets if _is_whole(each))
    return frozenset(
        (name, value)
        for name, value in found
        if isinstance(value, str) and (value == NULL or value[:1] != NULL[:1])
    )


def _is_whole(target: Tree) -> bool:
    """Whether an item of a SET list sets a column, and not a part of one, by a value of its own."""
    value = target.val
    return bool(target.name) and not target.indirection and value.kind in {"A_Const", "TypeCast"}


def _names_of(table: Ref, range_var: Tree) -> tuple[str, ...]:
    """The names by which the columns of a table are called that is written: its own one first."""
    alias = range_var.alias
    return (table.name,) if alias is None else (table.name, alias.aliasname)


def delete(stmt: Tree, known: Known = NO_NAMES) -> list[Effect]:
    """`DELETE`: what is gone stays gone, unless the statement finds other rows each time."""
    fields = stmt.fields
    table = relation(stmt.relation)
    query = read_delete(fields, known)
    effects: list[Effect] = [_table_there(table), *reads(query)]
    effects += _nested(query)
    where = stmt.whereClause
    pins = pinned(where)
    others = finds_others(fields, table.name) if where is not None else False
    rows = pins.rows() if pins.all and not pins.nulls else None
    effects.append(
        Deletes(table, rows, every=where is None and not stmt.usingClause, others=others)
    )
    return effects


def merge(stmt: Tree, known: Known = NO_NAMES) -> list[Effect]:
    """`MERGE`: its join keeps out what is there already, where it asks for what is inserted."""
    table = relation(stmt.relation)
    query = read_merge(stmt.fields, known)
    effects: list[Effect] = [_table_there(table), *reads(query), *_nested(query)]
    own = _names_of(table, stmt.relation)
    result = merged(stmt.mergeWhenClauses or (), stmt.joinCondition, own)
    effects.append(Updates(table, result.again, result.why))
    return effects


def truncate(stmt: Tree) -> list[Effect]:
    """`TRUNCATE`."""
    tables = tuple(relation(node) for node in stmt.relations or ())
    restarts, cascade = bool(stmt.restart_seqs), stmt.behavior == "DROP_CASCADE"
    made = (
        Deletes(table, every=True, restarts=restarts, among=tables, cascade=cascade)
        for table in tables
    )
    return [*(_table_there(table) for table in tables), *made]


def copy(stmt: Tree) -> list[Effect]:
    """`COPY`: FROM adds rows once more (23505 under a key), TO reads."""
    if stmt.relation is None:
        return reads(read_query(stmt.query.fields)) if stmt.query.kind == "SelectStmt" else []
    table = relation(stmt.relation)
    effects: list[Effect] = [_table_there(table)]
    if stmt.is_from:
        columns = tuple(strings(stmt.attlist)) or None
        effects.append(Inserts(table, columns, None, from_file=True))
    return effects


def explain(stmt: Tree) -> list[Effect]:
    """`EXPLAIN`: with ANALYZE it runs what it explains."""
    analyze = any(
        option.defname == "analyze" and constant_option(option) for option in stmt.options or ()
    )
    inner = stmt.query
    if not analyze or inner is None:
        return []
    model = WRITES.get(inner.kind)
    return model(inner) if model is not None else []


def constant_option(option: Tree) -> bool:
    """Whether a boolean option is on (`ANALYZE`, `ANALYZE true`)."""
    argument = option.arg
    if argument is None:
        return True
    return argument.fields.get("sval", "true") in {"true", "on"}


WRITES: dict[str, Callable[..., list[Effect]]] = {
    "InsertStmt": insert,
    "UpdateStmt": update,
    "DeleteStmt": delete,
    "MergeStmt": merge,
}
