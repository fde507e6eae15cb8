"""Raw parse trees → what they read, level by level. Trees may be large, and deeper than Python's stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Ref, Space
from idemlint.postgres.operators import PLAIN_OPERATORS, SEARCHES
from idemlint.replay.catalog.datatype import BUILTIN, raw_type_name
from idemlint.replay.catalog.refs import qualified, table_of, type_ref
from idemlint.replay.queries.from_entries import (
    function_name,
    is_system,
    names_of,
    sides,
)
from idemlint.replay.queries.labels import labelled
from idemlint.replay.queries.meetings import (
    in_call,
    in_case,
    in_coalesce,
    in_operator,
    text_of,
    texts_of,
)
from idemlint.replay.queries.scope import (
    WRITES,
    GroupedLevel,
    Meeting,
    Name,
    RangeEntry,
    Reading,
    Scope,
    Target,
    field_names,
)
from idemlint.source.tree import NESTED, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
#: Queries in queries that are looked into; what is deeper is collected without its levels.
DEEPEST: Final = 50
_NOTHING: Final[dict[str, Any]] = {}
#: Parts of a SELECT whose names are columns, and those whose names may be labels.
_PLAIN: Final = ("targetList", "whereClause", "havingClause", "valuesLists", "windowClause")
_LABELLED: Final = ("groupClause", "distinctClause", "sortClause")
#: Stands for what may have any column.
_OPEN: Final = RangeEntry("")
#: What reads nothing: most INSERTs.
_EMPTY: Final = Reading(Scope(targets=None))


def read_query(select: dict[str, Any], known: Mapping[str, RangeEntry] = _NOTHING) -> Reading:
    """What a raw `SelectStmt` reads; `known` are the names that a WITH around it makes."""
    reader = _Reader()
    return reader.told(reader.query(select, dict(known), 0))


def read_level(
    expressions: Iterable[Any],
    sources: tuple[RangeEntry, ...] = (),
    from_items: Iterable[Any] = (),
    with_clause: dict[str, Any] | None = None,
    known: Mapping[str, RangeEntry] = _NOTHING,
    sets: Iterable[Meeting] = (),
) -> Reading:
    """What raw expressions read over some sources, raw FROM entries and a raw `WithClause`; `sets` are
    assignments among them."""
    expressions = [each for each in expressions if each is not None]
    if not (expressions or from_items or with_clause or sets):
        return _EMPTY if not sources else Reading(Scope(sources, targets=None))
    reader = _Reader()
    level = _Level(dict(known), 0)
    reader.with_clause(with_clause, level)
    level.sources += sources
    reader.from_items(from_items, level)
    reader.expressions(expressions, level)
    level.meetings += sets
    return reader.told(level.scope(None))


class _Level:
    """A level while it is read."""

    __slots__ = (
        "apart",
        "casts",
        "depth",
        "inner",
        "known",
        "labels",
        "meetings",
        "merges",
        "names",
        "sources",
    )

    def __init__(self, known: dict[str, RangeEntry], depth: int) -> None:
        self.known = known
        self.depth = depth
        self.sources: list[RangeEntry] = []
        #: With the number of tables that the query has looked for before.
        self.names: dict[Name, int] = {}
        self.inner: list[Scope] = []
        self.apart: list[Scope] = []
        self.meetings: list[Meeting] = []
        self.casts: list[tuple[Ref, str]] = []
        self.labels: set[str] = set()
        #: Columns of the two sides of a join are one: in which order `*` has them is not followed.
        self.merges = False

    def scope(self, targets: tuple[Target, ...] | None) -> Scope:
        if self.merges and targets is not None and any(each.name == ("*",) for each in targets):
            targets = None
        return Scope(
            tuple(self.sources),
            tuple(self.names),
            tuple(self.inner),
            tuple(self.apart),
            targets,
            tuple(self.meetings),
            tuple(self.casts),
            tuple(self.names.values()),
        )


class _Reader:
    def __init__(self) -> None:
        self.tables: dict[Ref, None] = {}
        self.functions: list[tuple[Name, Tree]] = []
        self.types: dict[Ref, None] = {}
        self.regclasses: dict[str, None] = {}
        self.groupings: list[GroupedLevel] = []
        self.writes: list[tuple[Tree, tuple[tuple[str, RangeEntry], ...]]] = []
        self.asks = self.alternates = False

    def told(self, scope: Scope) -> Reading:
        return Reading(
            scope,
            tuple(self.tables),
            tuple(self.functions),
            tuple(self.types),
            tuple(self.regclasses),
            tuple(self.writes),
            tuple(self.groupings),
            self.alternates,
        )

    # -- queries -------------------------------------------------------------------------------------

    def query(self, fields: dict[str, Any], known: dict[str, RangeEntry], depth: int) -> Scope:
        if depth > DEEPEST:
            self.flat(fields)
            return Scope((_OPEN,), targets=None)
        level = _Level(known, depth)
        self.with_clause(fields.get("withClause"), level)
        if fields.get("op", "SETOP_NONE") != "SETOP_NONE":
            joined = [self.query(each, level.known, depth + 1) for each in sides(fields)]
            level.apart += joined
            level.sources.append(RangeEntry("", query=joined[0]))
            return level.scope((Target("*", ("*",), "?"),))
        self.from_items(fields.get("fromClause", ()), level)
        targets = [each["ResTarget"] for each in fields.get("targetList", ())]
        level.labels = {each["name"] for each in targets if "name" in each}
        self.expressions([fields[part] for part in _PLAIN if part in fields], level)
        for part in _LABELLED:
            self.labelled(fields.get(part, ()), level)
        if "groupClause" in fields:
            from idemlint.replay.queries.groupings import grouping_of

            grouping = grouping_of(fields, tuple(level.sources))
            if grouping is not None and grouping.others:
                self.groupings.append(grouping)
        # Neither sees what is selected from.
        limits = [fields[part] for part in ("limitCount", "limitOffset") if part in fields]
        if limits:
            self.expressions(limits, level)
        values = fields.get("valuesLists")
        if values:
            width = len(values[0]["List"]["items"])
            return level.scope(tuple(Target(f"column{i + 1}") for i in range(width)))
        return level.scope(labelled(targets))

    def with_clause(self, clause: dict[str, Any] | None, level: _Level) -> None:
        if clause is None:
            return
        level.known = dict(level.known)
        for each in clause.get("ctes", ()):
            cte = each["CommonTableExpr"]
            name, columns = cte["ctename"], names_of(cte.get("aliascolnames", ()))
            itself = RangeEntry(name, columns=columns, only=bool(columns))
            [(kind, inner)] = cte["ctequery"].items()
            if kind in WRITES:
                self.writes.append((Tree(kind, inner), tuple(level.known.items())))
                level.known[name] = RangeEntry(name, columns=columns)
                continue
            known = {**level.known, name: itself} if clause.get("recursive") else level.known
            scope = self.query(inner, known, level.depth + 1)
            level.apart.append(scope)
            level.known[name] = RangeEntry(name, query=scope, columns=columns)

    # -- FROM ----------------------------------------------------------------------------------------

    def from_items(self, items: Iterable[dict[str, Any]], level: _Level) -> None:
        waiting = list(items)[::-1]
        while waiting:
            [(kind, fields)] = waiting.pop().items()
            alias = fields.get("alias", _NOTHING)
            name = alias.get("aliasname", "")
            columns = names_of(alias.get("colnames", ()))
            if kind == "RangeVar":
                level.sources.append(self.relation(fields, level.known))
            elif kind == "JoinOn":
                self.joined(fields, level)
            elif kind == "JoinExpr":
                if name:
                    # The join's own name hides those of its sides.
                    inner = _Level(level.known, level.depth)
                    self.from_items([{"JoinExpr": {**fields, "alias": _NOTHING}}], inner)
                    level.apart.append(inner.scope(None))
                    level.sources.append(RangeEntry(name, columns=columns))
                    continue
                waiting += ({"JoinOn": fields}, fields["rarg"], fields["larg"])
            elif kind == "RangeSubselect":
                self.subselect(fields, RangeEntry(name, columns=columns), level)
            elif kind == "RangeTableSample":
                waiting.append(fields["relation"])
            else:
                self.expressions([fields], level)
                given = tuple(each["ColumnDef"]["colname"] for each in fields.get("coldeflist", ()))
                label = name or function_name(fields)
                level.sources.append(RangeEntry(label, columns=given or columns, only=bool(given)))

    def joined(self, fields: dict[str, Any], level: _Level) -> None:
        """By what the two sides of a join, which are known by now, are joined."""
        using = names_of(fields.get("usingClause", ()))
        level.merges = level.merges or bool(using) or "isNatural" in fields
        for each in using:
            self.asked((each,), level)
        if "quals" in fields:
            self.expressions([fields["quals"]], level)

    def subselect(self, fields: dict[str, Any], source: RangeEntry, level: _Level) -> None:
        [(kind, inner)] = fields["subquery"].items()
        if kind != "SelectStmt":
            level.sources.append(source)
            return
        scope = self.query(inner, level.known, level.depth + 1)
        (level.inner if fields.get("lateral") else level.apart).append(scope)
        level.sources.append(source._replace(query=scope))

    def relation(self, fields: dict[str, Any], known: Mapping[str, RangeEntry]) -> RangeEntry:
        alias = fields.get("alias", _NOTHING)
        name = fields["relname"]
        label, columns = alias.get("aliasname") or name, names_of(alias.get("colnames", ()))
        made = known.get(name) if "schemaname" not in fields else None
        if made is not None:
            return made._replace(name=label, columns=columns or made.columns)
        if is_system(fields):
            return RangeEntry(label, columns=columns)
        table = table_of(fields)
        if table not in self.tables:
            self.tables[table] = None
            self.alternates = self.alternates or self.asks
        return RangeEntry(label, table, columns=columns)

    # -- expressions ---------------------------------------------------------------------------------

    def labelled(self, items: Iterable[dict[str, Any]], level: _Level) -> None:
        """Where a bare name may be a label of the query's own columns."""
        for item in items:
            node = item.get("SortBy", _NOTHING).get("node", item)
            bare = node.get("ColumnRef", _NOTHING).get("fields", ())
            if len(bare) != 1 or bare[0].get("String", _NOTHING).get("sval") not in level.labels:
                self.expressions([node], level)

    def expressions(self, values: list[Any], level: _Level) -> None:
        stack: list[Any] = values[::-1]
        while stack:
            current = stack.pop()
            if current.__class__ is list:
                stack.extend(current[::-1])
            elif current.__class__ is dict:
                inside = []
                for kind, inner in current.items():
                    if inner.__class__ in NESTED:
                        known = _NODES.get(kind)
                        rest: Any = inner if known is None else known(self, inner, level)
                        if rest:
                            inside.append(rest)
                stack += reversed(inside)

    # Each gives back what is to be read on with.

    def column(self, fields: dict[str, Any], level: _Level) -> _Rest:
        self.asked(field_names(fields["fields"]), level)
        return None

    def asked(self, name: Name, level: _Level) -> None:
        level.names.setdefault(name, len(self.tables))
        self.asks = True

    def constant(self, fields: dict[str, Any], level: _Level) -> _Rest:
        return None

    def sub_query(self, fields: dict[str, Any], level: _Level) -> _Rest:
        level.inner.append(self.query(fields, level.known, level.depth + 1))
        return None

    def call(self, fields: dict[str, Any], level: _Level) -> _Rest:
        name = field_names(fields["funcname"])
        self.functions.append((name, Tree("FuncCall", fields)))
        level.meetings += in_call(name, fields)
        if name[-1] in {"nextval", "currval", "setval"}:
            for each in fields.get("args", ())[:1]:
                text = text_of(each)
                if text is not None:
                    self.regclasses[text] = None
        elif name[-1] in SEARCHES and len(fields.get("args", ())) > 1:
            self.configuration(fields["args"][0])
        return {**fields, "funcname": None}

    def configuration(self, value: dict[str, Any]) -> None:
        """A literal, or a cast of one, that names a text search configuration."""
        text = text_of(value)
        if text is not None and '"' not in text:
            schema, _, name = text.lower().rpartition(".")
            if schema != "pg_catalog":
                self.types[Ref(Space.TS_CONFIGURATION, name, schema or None)] = None

    def cast(self, fields: dict[str, Any], level: _Level) -> _Rest:
        text = text_of(fields["arg"])
        name = raw_type_name(fields["typeName"])
        if name == "regclass" and text is not None:
            self.regclasses[text] = None
        elif name == "regconfig":
            self.configuration(fields["arg"])
        ref = type_ref(Tree("TypeName", fields["typeName"]))
        if ref.schema != "pg_catalog":
            self.types[ref] = None
            if ref.name not in BUILTIN:
                level.casts += [(ref, each) for each in texts_of(fields)]
        arg: dict[str, Any] = fields["arg"]
        return arg

    def meets(self, fields: dict[str, Any], level: _Level) -> _Rest:
        level.meetings += in_operator(fields)
        operator = fields.get("name", ())
        if operator and operator[-1]["String"].get("sval") not in PLAIN_OPERATORS:
            self.types[qualified(Space.OPERATOR, list(field_names(operator)))] = None
        return {**fields, "name": None}

    def collates(self, fields: dict[str, Any], level: _Level) -> _Rest:
        names = list(field_names(fields["collname"]))
        self.types[qualified(Space.COLLATION, names)] = None
        return {**fields, "collname": None}

    def case(self, fields: dict[str, Any], level: _Level) -> _Rest:
        level.meetings += in_case(fields)
        return fields

    def coalesce(self, fields: dict[str, Any], level: _Level) -> _Rest:
        level.meetings += in_coalesce(fields)
        return fields

    def flat(self, value: Any) -> None:
        """What is mentioned, whatever its level."""
        level = _Level({}, DEEPEST + 1)
        stack = [value]
        while stack:
            current = stack.pop()
            if current.__class__ is list:
                stack.extend(current)
            elif current.__class__ is dict:
                for kind, inner in current.items():
                    if kind == "RangeVar" and "relname" in inner:
                        self.relation(inner, level.known)
                    elif kind == "FuncCall":
                        self.call(inner, level)
                    elif kind in WRITES:
                        self.writes.append((Tree(kind, inner), ()))
                    stack.append(inner)


_Rest = dict[str, Any] | None

_NODES: Final = {
    "A_Const": _Reader.constant,
    "ColumnRef": _Reader.column,
    "SelectStmt": _Reader.sub_query,
    "FuncCall": _Reader.call,
    "TypeCast": _Reader.cast,
    "A_Expr": _Reader.meets,
    "CaseExpr": _Reader.case,
    "CollateClause": _Reader.collates,
    "CoalesceExpr": _Reader.coalesce,
}
