"""A query over the catalogs → what it searches for.

Each relation in FROM is a `Thing`: an object whose name, schema and parent the WHERE clause pins
down, in constants or through joins to other things. What no rule here understands is kept as text,
and makes the result `Narrowed`.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from idemlint.postgres.catalogs import CATALOGS, ENUM_RANGE, REGISTERED, CatalogRelation
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.guards.conditions import (
    TRUE,
    Condition,
    Exists,
    Narrowed,
    RowExists,
    disjunction,
)
from idemlint.replay.guards.expressions import (
    Json,
    always,
    cast_of,
    column_name,
    describe,
    enum_of,
    operator,
    registered,
    search_path,
    text_of,
    texts,
    uncast,
)
from idemlint.replay.guards.sought import Refused, Thing, facts_of, meet, point, take_letters

_MOST: Final = 16  # alternatives of one query


def search(select: Json) -> list[Condition]:
    """The objects (or the row) that a query without aggregates looks for: it gives a row for any.

    Raises `Refused`.
    """
    if "withClause" in select or "limitOffset" in select:
        raise Refused("WITH and OFFSET")
    sources = select.get("fromClause", ())
    if len(sources) == 1 and "RangeVar" in sources[0] and _catalog(sources[0]["RangeVar"]) is None:
        return [_rows(sources[0]["RangeVar"], select.get("whereClause"))]
    found: list[Condition] = []
    for where in alternatives(select.get("whereClause")):
        query = Query()
        for source in sources:
            query.add(source)
        for condition in where:
            query.narrow(condition)
        found += query.result()
        if len(found) > _MOST:
            raise Refused("too many alternatives")
    return found


def alternatives(where: Json | None) -> list[list[Json]]:
    """A condition as an OR of ANDs."""
    if where is None:
        return [[]]
    bool_expr = where.get("BoolExpr")
    if bool_expr is not None and bool_expr["boolop"] == "OR_EXPR":
        each = [option for item in bool_expr["args"] for option in alternatives(item)]
    elif bool_expr is not None and bool_expr["boolop"] == "AND_EXPR":
        each = [[]]
        for item in bool_expr["args"]:
            each = [left + right for left in each for right in alternatives(item)]
            if len(each) > _MOST:
                raise Refused("too many alternatives")
    else:
        return [[where]]
    if len(each) > _MOST:
        raise Refused("too many alternatives")
    return each


def _rows(table: Json, where: Json | None) -> Condition:
    """A search in a table of the application's."""
    ref = Ref(Space.RELATION, table["relname"], table.get("schemaname"))
    found: list[Condition] = []
    for conditions in alternatives(where):
        row = set()
        rest = []
        for condition in conditions:
            pair = _column_value(condition)
            if pair is not None:
                row.add(pair)
            elif not always(condition):
                rest.append(describe(condition))
        fact = RowExists(ref, frozenset(row))
        found.append(Narrowed(fact, " AND ".join(rest)) if rest else fact)
    return disjunction(found)


def _column_value(condition: Json) -> tuple[str, str] | None:
    """`column = constant`, either way round."""
    expr = condition.get("A_Expr")
    if expr is None or expr["kind"] != "AEXPR_OP" or operator(expr) != "=" or "lexpr" not in expr:
        return None
    for column, value in ((expr["lexpr"], expr["rexpr"]), (expr["rexpr"], expr["lexpr"])):
        name = column_name(column)
        text = text_of(value)
        if name is not None and text is not None:
            return name, text
    return None


class Query:
    """The things that a FROM clause names, being pinned down by one condition after the other."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.schema_ties: list[tuple[Thing, Thing]] = []
        self.texts: list[str] = []
        self.outer: set[str] = set()

    def add(self, source: Json) -> None:
        """A relation or a join in FROM."""
        if "JoinExpr" in source:
            join = source["JoinExpr"]
            self.add(join["larg"])
            before = set(self.things)
            self.add(join["rarg"])
            if join["jointype"] == "JOIN_LEFT":
                self.outer |= set(self.things) - before
            elif join["jointype"] != "JOIN_INNER":
                raise Refused("an outer join")
            if "quals" in join:
                for [*conditions] in alternatives(join["quals"])[:1]:
                    for condition in conditions:
                        self.narrow(condition)
            elif "usingClause" in join:
                self._using(join["usingClause"], before)
        elif "RangeVar" in source:
            table = source["RangeVar"]
            catalog = _catalog(table)
            if catalog is None:
                raise Refused(f"a join with {table['relname']}")
            alias = table.get("alias", {}).get("aliasname", table["relname"])
            self.things[alias] = Thing(catalog)
        elif "RangeFunction" in source:
            self._enum_range(source["RangeFunction"])
        else:
            raise Refused("a sub-select in FROM")

    def _enum_range(self, source: Json) -> None:
        """`unnest(enum_range(NULL::e)) AS v`."""
        call = source["functions"][0]["List"]["items"][0].get("FuncCall", {})
        arguments = call.get("args", ())
        type_ref = enum_of(arguments[0]) if len(arguments) == 1 else None
        if type_ref is None:
            raise Refused("a function in FROM")
        thing = Thing(ENUM_RANGE)
        thing.part("parent").ref = type_ref
        self.things[source.get("alias", {}).get("aliasname", "unnest")] = thing

    def _using(self, columns: list[Json], before: set[str]) -> None:
        for column in columns:
            name = column["String"]["sval"]
            owners = [
                (alias, thing)
                for alias, thing in self.things.items()
                if name in thing.catalog.roles
            ]
            for left, right in product(owners, owners):
                if left[0] in before and right[0] not in before:
                    self._tie(left[1], name, right[1], name)

    def narrow(self, condition: Json) -> None:
        """Take one condition."""
        if always(condition) or self._taken(condition):
            return
        self.texts.append(describe(condition))

    def _taken(self, condition: Json) -> bool:
        """Note what a condition says, if it is one that is understood."""
        if "BoolExpr" in condition:
            inner = condition["BoolExpr"]
            if inner["boolop"] == "AND_EXPR":
                for item in inner["args"]:
                    self.narrow(item)
                return True
            found = self._column(inner["args"][0])
            return inner["boolop"] == "NOT_EXPR" and found is not None and found[2] == "live"
        if "A_Expr" in condition:
            return self._compared(condition["A_Expr"])
        if "FuncCall" in condition:
            call = condition["FuncCall"]
            found = self._column(call["args"][0]) if call.get("args") else None
            if found is None or not call["funcname"][-1]["String"]["sval"].endswith("_is_visible"):
                return False
            thing = found[0] if found[2] == "self.oid" else found[0].part(found[2][:-4])
            thing.visible = True
            return True
        if "SubLink" in condition and condition["SubLink"]["subLinkType"] == "ANY_SUBLINK":
            link = condition["SubLink"]
            found = self._column(link.get("testexpr", {}))
            target = _searched(link["subselect"]) if "operName" not in link else None
            return found is not None and target is not None and point(found, target)
        if "NullTest" in condition:
            found = self._column(condition["NullTest"]["arg"])
            return (
                found is not None
                and condition["NullTest"]["nulltesttype"] == "IS_NOT_NULL"
                and found[2] in {"name", "self.oid", "parent", "schema", "parent.oid"}
            )
        found = self._column(condition)
        if found is not None and found[1] == "indisprimary":
            found[0].only = frozenset({"p"})
            return True
        return False

    def _column(self, expr: Json) -> tuple[Thing, str, str, str] | None:
        """The thing, its column, the column's role, what it is wrapped in (`lower`, `regclass`)."""
        wrapped = ""
        while True:
            if "TypeCast" in expr:
                kind = expr["TypeCast"]["typeName"]["names"][-1]["String"]["sval"]
                wrapped = kind if kind in REGISTERED else wrapped
                expr = expr["TypeCast"]["arg"]
            elif "FuncCall" in expr and len(expr["FuncCall"].get("args", ())) == 1:
                name = expr["FuncCall"]["funcname"][-1]["String"]["sval"]
                if name not in {"lower", "upper"}:
                    return None
                wrapped = name
                expr = expr["FuncCall"]["args"][0]
            else:
                break
        fields = expr.get("ColumnRef", {}).get("fields")
        if not fields or "String" not in fields[-1]:
            return None
        name = fields[-1]["String"]["sval"]
        if len(fields) > 1:
            owner = self.things.get(fields[-2].get("String", {}).get("sval", ""))
            if owner is None:
                return None
            return owner, name, _role(owner, name), wrapped
        owners = [thing for thing in self.things.values() if name in thing.catalog.roles]
        if not owners and len(self.things) == 1:
            owners = list(self.things.values())
        return (owners[0], name, _role(owners[0], name), wrapped) if owners else None

    def _compared(self, expr: Json) -> bool:
        kind = expr["kind"]
        name = operator(expr)
        if "lexpr" not in expr:
            return False
        left, right = self._column(expr["lexpr"]), expr["rexpr"]
        if kind == "AEXPR_OP" and left is None:
            left, right = self._column(right), expr["lexpr"]
            if left is not None and name in "<>=":
                name = {"<": ">", ">": "<"}.get(name, name)
        if left is None:
            return False
        thing, column, role, wrapped = left
        if kind == "AEXPR_OP" and name == "=":
            other = self._column(right)
            if other is not None and not (wrapped or other[3]):
                return self._tie(thing, column, other[0], other[1])
            return self._equals(left, right)
        if kind == "AEXPR_OP_ANY" and name == "=" and search_path(right) and role == "schema":
            thing.visible = True
            return True
        if (kind == "AEXPR_IN" or kind == "AEXPR_OP_ANY") and name == "=":
            values = texts(right)
            return values is not None and self._constant(left, values)
        if kind == "AEXPR_LIKE" and name == "~~":
            text = text_of(right)
            plain = text is not None and not set(text) & set("%_\\")
            return plain and self._constant(left, [text or ""])
        if role == "live":
            return name == ">" and text_of(right) == "0"
        if role.startswith("facet:") and name == "<>" and text_of(right) == "":
            thing.facet = role[6:]
            return True
        # that a schema is not this or that leaves all the others
        return name in {"<>", "!~~"} and role in {"schema", "on.schema"}

    def _equals(self, left: tuple[Thing, str, str, str], right: Json) -> bool:
        thing, _, role, wrapped = left
        if role in {"schema", "name"} and search_path(right):
            thing.visible = True
            return role == "schema" or thing.space is Space.SCHEMA
        if role == "database":
            return "FuncCall" in right or "SQLValueFunction" in right
        if role == "live":
            return text_of(right) == "false"
        found = cast_of(right)
        if found is not None and (role.endswith(".oid") or wrapped in REGISTERED):
            target = Thing(CatalogRelation("", found[0].space, {}))
            target.ref, target.cast = found
            return point(left, target)
        link = uncast(right).get("SubLink")
        if link is not None and link["subLinkType"] == "EXPR_SUBLINK":
            searched = _searched(link["subselect"])
            return searched is not None and point(left, searched)
        text = text_of(right)
        return text is not None and self._constant(left, [text])

    def _constant(self, left: tuple[Thing, str, str, str], values: list[str]) -> bool:
        """A column is one of these texts."""
        thing, column, role, wrapped = left
        if wrapped in REGISTERED:
            target = Thing(CatalogRelation("", REGISTERED[wrapped], {}))
            target.ref = registered(values[0], REGISTERED[wrapped]) if len(values) == 1 else None
            return target.ref is not None and point(left, target)
        if wrapped == "upper":
            values = [value.lower() for value in values]
        if thing.catalog is ENUM_RANGE:
            role = "name"
        if role == "name":
            meet(thing, values)
            thing.any_case = thing.any_case or bool(wrapped)
        elif role in {"parent", "on", "member"}:
            meet(thing.part(role), values)
        elif role == "schema":
            thing.schemas = values
        elif role.endswith(".schema"):
            thing.part(role.partition(".")[0]).schemas = values
        elif role == "column":
            if len(values) > 1:
                return False
            thing.columns |= set(values)
        elif role == "kind":
            return take_letters(thing, column, values)
        elif role == "database":
            return False
        elif role.startswith("facet:"):
            if not set(values) <= {"YES", "a", "d", "s", "v", "ALWAYS"}:
                return False
            thing.facet = role[6:]
        else:
            return False
        return True

    def _tie(self, one: Thing, column: str, other: Thing, other_column: str) -> bool:
        """Two columns are equal: which makes two things one, or one a part of the other."""
        roles = (_role(one, column), _role(other, other_column))
        if roles[0] == "self.oid" and roles[1].endswith(".oid") and roles[1] != "self.oid":
            return point((other, other_column, roles[1], ""), one)
        if roles[1] == "self.oid" and roles[0].endswith(".oid") and roles[0] != "self.oid":
            return point((one, column, roles[0], ""), other)
        if roles[0] == "name" and roles[1] in {"parent", "schema", "on"}:
            return point((other, other_column, roles[1] + ".oid", ""), one)
        if roles[1] == "name" and roles[0] in {"parent", "schema", "on"}:
            return point((one, column, roles[0] + ".oid", ""), other)
        same = roles[0] == roles[1] and one.space is other.space
        if same and roles[0] in {"name", "self.oid"}:
            self._unite(one, other)
            return True
        if roles[0] == roles[1] and roles[0] in {"parent", "parent.oid", "on", "on.oid"}:
            which = roles[0].removesuffix(".oid")
            shared = one.part(which)
            if other.parts.get(which) is not shared:
                shared.merge(other.part(which))
                other.parts[which] = shared
            return True
        if set(roles) <= {"schema", "on.schema", "member.schema"}:
            self.schema_ties.append((one, other))
            return True
        return set(roles) == {"database"}

    def _unite(self, one: Thing, other: Thing) -> None:
        if one is other:
            return
        catalog = other.catalog
        one.merge(other)
        # the columns of both relations lead to the one thing now
        roles = {**catalog.roles, **one.catalog.roles}
        one.catalog = one.catalog._replace(roles=roles)
        for alias, thing in self.things.items():
            if thing is other:
                self.things[alias] = one

    # -- result ------------------------------------------------------------------------------------

    def result(self) -> list[Condition]:
        """What the query looks for."""
        for _ in range(2):
            for one, other in self.schema_ties:
                if one.schemas is None and "schema" not in one.parts:
                    one.schemas = other.schemas
                if other.schemas is None and "schema" not in other.parts:
                    other.schemas = one.schemas
        roots: list[Thing] = []
        for alias, thing in self.things.items():
            if not thing.inner and not any(thing is root for root in roots):
                # what a LEFT JOIN adds takes nothing away
                if alias in self.outer and thing.names is None:
                    continue
                roots.append(thing)
        if not roots:
            return [TRUE]
        named = [root for root in roots if root.names is not None or root.ref is not None]
        subject = (named or roots)[0]
        more = [f"a row of {root.catalog.name}" for root in roots if root is not subject]
        extra = [*subject.texts, *self.texts, *more]
        found = facts_of(subject)
        if not extra:
            return found
        text = " AND ".join(extra)
        if subject.names is None and subject.ref is None and not subject.parts:
            raise Refused(text)
        return [Narrowed(fact, text) if isinstance(fact, Exists) else fact for fact in found]


def _role(thing: Thing, column: str) -> str:
    return "name" if thing.catalog is ENUM_RANGE else thing.catalog.roles.get(column, "")


def _searched(select: Json) -> Thing | None:
    """The thing whose oid (or name) a sub-select gives."""
    inner = select.get("SelectStmt", {})
    targets = inner.get("targetList", ())
    if len(targets) != 1 or not inner.get("fromClause") or "withClause" in inner:
        found = cast_of(targets[0]["ResTarget"]["val"]) if len(targets) == 1 else None
        if found is None:
            return None
        thing = Thing(CatalogRelation("", found[0].space, {}))
        thing.ref, thing.cast = found
        return thing
    query = Query()
    try:
        for source in inner["fromClause"]:
            query.add(source)
        [conditions] = alternatives(inner.get("whereClause"))
        for condition in conditions:
            query.narrow(condition)
    except (Refused, ValueError):
        return None
    column = query._column(targets[0]["ResTarget"]["val"])
    if column is None or column[2] not in {"self.oid", "name"} or query.texts:
        return None
    return column[0]


def _catalog(table: Json) -> CatalogRelation | None:
    """The row of the facts for a relation in FROM; `None` if it is a table of the application's."""
    schema = table.get("schemaname")
    name = table["relname"]
    if schema == "information_schema":
        name = f"{schema}.{name}"
    elif schema not in {None, "pg_catalog"}:
        return None
    found = CATALOGS.get(name)
    if found is None and (schema is not None or name.startswith("pg_")):
        raise Refused(f"a lookup in {name}")
    return found
