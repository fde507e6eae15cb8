"""A query over the catalogs → what it searches for.

Each relation in FROM is a `_Thing`: an object whose name, schema and parent the WHERE clause pins
down, in constants or through joins to other things. What no rule here understands is kept as text,
and makes the result `Narrowed`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql.constants import constant
from idemlint.replay.conditions import (
    TRUE,
    Condition,
    Exists,
    Narrowed,
    RowExists,
    Unreadable,
    disjunction,
)
from idemlint.replay.lookups import (
    CATALOGS,
    CHILDREN,
    ENUM_RANGE,
    LETTERS,
    REGISTERED,
    SCHEMA_BOUND,
    Catalog,
)
from idemlint.replay.names import Kind, Ref, Space

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

_MOST: Final = 16  # alternatives of one query
_NAME_BYTES: Final = 63


class Refused(Exception):
    """The query is not a search that can be read; the message says why."""


class Thing:
    """An object that a query looks for, as far as it says."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.space = catalog.space
        self.ref: Ref | None = None
        self.cast = False
        self.names: list[str] | None = None
        self.any_case = False
        self.schemas: list[str] | None = None
        self.visible = False
        self.parts: dict[str, Thing] = {}  # schema, parent, on, member
        self.kinds = catalog.kinds
        self.only = catalog.only
        self.columns: set[str] = set()
        self.facet = ""
        self.texts: list[str] = []
        self.inner = False  # is a part of another thing

    def part(self, which: str) -> Thing:
        """The schema, parent … of this thing."""
        if which not in self.parts:
            space = Space.RELATION
            if which == "schema":
                space = Space.SCHEMA
            elif which == "parent":
                space = self.catalog.parent
            self.parts[which] = Thing(Catalog("", space, {}))
        return self.parts[which]

    def merge(self, other: Thing) -> None:
        """Take what is known of the same object elsewhere."""
        self.ref = self.ref or other.ref
        self.cast = self.cast or other.cast
        self.names = self.names if self.names is not None else other.names
        self.any_case = self.any_case or other.any_case
        self.schemas = self.schemas if self.schemas is not None else other.schemas
        self.visible = self.visible or other.visible
        self.columns |= other.columns
        self.texts += other.texts
        self.facet = self.facet or other.facet
        if other.catalog.only and self.space is other.space:
            self.only = self.only & other.only if self.only else other.only
        if other.kinds is not None and self.space is other.space:
            self.kinds = other.kinds if self.kinds is None else self.kinds & other.kinds
        for which, part in other.parts.items():
            if which in self.parts:
                self.parts[which].merge(part)
            else:
                self.parts[which] = part

    def refs(self) -> Iterator[tuple[Ref, bool, tuple[Ref, ...]]]:
        """The references that it may be: each with whether any schema will do, and the casts."""
        if self.ref is not None:
            yield self.ref, False, (self.ref,) if self.cast else ()
            return
        for name, (schema, any_schema) in product(self.names or [""], self._schemas()):
            yield Ref(self.space, cut(name), schema), any_schema, ()

    def _schemas(self) -> list[tuple[str | None, bool]]:
        if self.space not in SCHEMA_BOUND and self.space not in CHILDREN:
            return [(None, False)]
        if self.schemas is not None:
            return [(schema, False) for schema in self.schemas]
        owner = self.parts.get("schema")
        if owner is not None and owner.visible:
            return [(None, False)]
        if owner is not None and (owner.names is not None or owner.ref is not None):
            names = [owner.ref.name] if owner.ref is not None else owner.names or []
            return [(name, False) for name in names]
        return [(None, not self.visible)]


def cut(name: str) -> str:
    """A name as PostgreSQL compares it: at most 63 bytes."""
    return name.encode()[:_NAME_BYTES].decode(errors="ignore") if len(name) > 15 else name


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
            elif not _always(condition):
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
        text = _text(value)
        if name is not None and text is not None:
            return name, text
    return None


# -- expressions -----------------------------------------------------------------------------------


def operator(expr: Json) -> str:
    """The operator of an `A_Expr`."""
    return str(expr["name"][-1]["String"]["sval"])


def column_name(expr: Json) -> str | None:
    """The column that an expression is, without casts."""
    expr = uncast(expr)
    fields = expr.get("ColumnRef", {}).get("fields")
    return fields[-1].get("String", {}).get("sval") if fields else None


def uncast(expr: Json) -> Json:
    """An expression without the casts around it."""
    while "TypeCast" in expr:
        expr = expr["TypeCast"]["arg"]
    return expr


def _text(expr: Json) -> str | None:
    """A constant, casts other than to text included: they change nothing that is compared."""
    inner = uncast(expr)
    return constant(inner) if "ColumnRef" not in inner else None


def texts(expr: Json) -> list[str] | None:
    """The constants of a list or an array."""
    inner = uncast(expr)
    if "List" in inner:
        items = inner["List"]["items"]
    elif "A_ArrayExpr" in inner:
        items = inner["A_ArrayExpr"].get("elements", [])
    else:
        text = _text(inner)
        if text is None or text[:1] != "{" or '"' in text:
            return None
        return [item.strip() for item in text[1:-1].split(",")]
    values = [_text(item) for item in items]
    return None if any(value is None for value in values) else [value or "" for value in values]


def _always(condition: Json) -> bool:
    """`true`, `1 = 1`."""
    if "A_Const" in condition:
        return constant(condition) == "true"
    expr = condition.get("A_Expr")
    if expr is None or operator(expr) != "=" or "lexpr" not in expr:
        return False
    left = _text(expr["lexpr"])
    return left is not None and left == _text(expr["rexpr"])


def registered(text: str, space: Space) -> Ref | None:
    """What the text of a `regclass` names: `s."T"`, folded."""
    text = text.strip()
    if space is Space.ROUTINE:
        text = text.partition("(")[0].strip()
    names = []
    rest = text
    while rest:
        if rest[0] == '"':
            end = rest.find('"', 1)
            while rest[end + 1 : end + 2] == '"' and end > 0:
                end = rest.find('"', end + 2)
            if end < 0:
                return None
            names.append(rest[1:end].replace('""', '"'))
            rest = rest[end + 1 :].strip()
        else:
            name, dot, after = rest.partition(".")
            names.append(name.strip().lower())
            rest = dot + after
        if rest:
            if rest[0] != "." or len(rest) == 1:
                return None
            rest = rest[1:].strip()
    if not names or not all(names):
        return None
    schema = names[-2] if len(names) > 1 else None
    return Ref(space, cut(names[-1]), schema)


def cast_of(expr: Json) -> tuple[Ref, bool] | None:
    """What `'t'::regclass` (which fails where there is no t) or `to_regclass('t')` refers to."""
    if "TypeCast" in expr:
        kind = expr["TypeCast"]["typeName"]["names"][-1]["String"]["sval"]
        argument = expr["TypeCast"]["arg"]
        if kind in {"oid", "int8", "int4"}:
            return cast_of(argument)
        found = cast_of(argument) if "FuncCall" in argument else None
        if found is not None:
            return found
        strict = True
    elif "FuncCall" in expr:
        kind = expr["FuncCall"]["funcname"][-1]["String"]["sval"]
        arguments = expr["FuncCall"].get("args", ())
        if not kind.startswith("to_reg") or len(arguments) != 1:
            return None
        kind, argument, strict = kind[3:], arguments[0], False
    else:
        return None
    space = REGISTERED.get(kind)
    text = _text(argument) if space is not None else None
    if space is None or text is None:
        return None
    ref = registered(text, space)
    return (ref, strict) if ref is not None else None


def describe(expr: Json) -> str:
    """A condition in a few words, for messages."""
    if "A_Expr" in expr:
        inner = expr["A_Expr"]
        left, right = (
            describe(inner[side]) if side in inner else "" for side in ("lexpr", "rexpr")
        )
        word = {"AEXPR_IN": "IN", "AEXPR_LIKE": "LIKE", "AEXPR_ILIKE": "ILIKE"}.get(inner["kind"])
        return f"{left} {word or operator(inner)} {right}".strip()
    if "BoolExpr" in expr:
        if expr["BoolExpr"]["boolop"] == "NOT_EXPR":
            return f"NOT {describe(expr['BoolExpr']['args'][0])}"
        word = expr["BoolExpr"]["boolop"].removesuffix("_EXPR")
        return f" {word} ".join(describe(item) for item in expr["BoolExpr"]["args"])
    name = column_name(expr)
    if name is not None:
        return name
    text = _text(expr)
    if text is not None:
        return f"'{text}'" if "sval" in uncast(expr).get("A_Const", {}) else text
    if "FuncCall" in expr:
        return f"{expr['FuncCall']['funcname'][-1]['String']['sval']}(…)"
    return "(…)"


# -- the query -------------------------------------------------------------------------------------


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
        if _always(condition) or self._taken(condition):
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
            return found is not None and target is not None and _point(found, target)
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
        if kind == "AEXPR_OP_ANY" and name == "=" and _search_path(right) and role == "schema":
            thing.visible = True
            return True
        if (kind == "AEXPR_IN" or kind == "AEXPR_OP_ANY") and name == "=":
            values = texts(right)
            return values is not None and self._constant(left, values)
        if kind == "AEXPR_LIKE" and name == "~~":
            text = _text(right)
            plain = text is not None and not set(text) & set("%_\\")
            return plain and self._constant(left, [text or ""])
        if role == "live":
            return name == ">" and _text(right) == "0"
        if role.startswith("facet:") and name == "<>" and _text(right) == "":
            thing.facet = role[6:]
            return True
        # that a schema is not this or that leaves all the others
        return name in {"<>", "!~~"} and role in {"schema", "on.schema"}

    def _equals(self, left: tuple[Thing, str, str, str], right: Json) -> bool:
        thing, _, role, wrapped = left
        if role in {"schema", "name"} and _search_path(right):
            thing.visible = True
            return role == "schema" or thing.space is Space.SCHEMA
        if role == "database":
            return "FuncCall" in right or "SQLValueFunction" in right
        if role == "live":
            return _text(right) == "false"
        found = cast_of(right)
        if found is not None and (role.endswith(".oid") or wrapped in REGISTERED):
            target = Thing(Catalog("", found[0].space, {}))
            target.ref, target.cast = found
            return _point(left, target)
        link = uncast(right).get("SubLink")
        if link is not None and link["subLinkType"] == "EXPR_SUBLINK":
            searched = _searched(link["subselect"])
            return searched is not None and _point(left, searched)
        text = _text(right)
        return text is not None and self._constant(left, [text])

    def _constant(self, left: tuple[Thing, str, str, str], values: list[str]) -> bool:
        """A column is one of these texts."""
        thing, column, role, wrapped = left
        if wrapped in REGISTERED:
            target = Thing(Catalog("", REGISTERED[wrapped], {}))
            target.ref = registered(values[0], REGISTERED[wrapped]) if len(values) == 1 else None
            return target.ref is not None and _point(left, target)
        if wrapped == "upper":
            values = [value.lower() for value in values]
        if thing.catalog is ENUM_RANGE:
            role = "name"
        if role == "name":
            _meet(thing, values)
            thing.any_case = thing.any_case or bool(wrapped)
        elif role in {"parent", "on", "member"}:
            _meet(thing.part(role), values)
        elif role == "schema":
            thing.schemas = values
        elif role.endswith(".schema"):
            thing.part(role.partition(".")[0]).schemas = values
        elif role == "column":
            if len(values) > 1:
                return False
            thing.columns |= set(values)
        elif role == "kind":
            return _letters(thing, column, values)
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
            return _point((other, other_column, roles[1], ""), one)
        if roles[1] == "self.oid" and roles[0].endswith(".oid") and roles[0] != "self.oid":
            return _point((one, column, roles[0], ""), other)
        if roles[0] == "name" and roles[1] in {"parent", "schema", "on"}:
            return _point((other, other_column, roles[1] + ".oid", ""), one)
        if roles[1] == "name" and roles[0] in {"parent", "schema", "on"}:
            return _point((one, column, roles[0] + ".oid", ""), other)
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
        found = _facts(subject)
        if not extra:
            return found
        text = " AND ".join(extra)
        if subject.names is None and subject.ref is None and not subject.parts:
            raise Refused(text)
        return [Narrowed(fact, text) if isinstance(fact, Exists) else fact for fact in found]


def _facts(thing: Thing) -> list[Condition]:
    """What a thing comes to: a fact for each of its names, schemas and parents."""
    on: Ref | None = None
    casts: tuple[Ref, ...] = ()
    owner = thing.parts.get("on")
    if owner is not None:
        if owner.schemas is None and owner.ref is None:
            owner.schemas = thing.schemas
        [(on, _, casts), *more] = list(owner.refs())
        if more:
            raise Refused("one of several tables")
    found: list[Condition] = []
    if thing.space is Space.MEMBER:
        return _members(thing)
    no_name = thing.names is None and thing.ref is None
    parent = thing.parts.get("parent")
    for ref, any_schema, name_casts in thing.refs():
        fact = Exists(
            ref,
            thing.kinds,
            thing.only if thing.only != thing.catalog.only or no_name else frozenset(),
            any_name=no_name,
            any_case=thing.any_case,
            any_schema=any_schema,
            on=on,
            columns=frozenset(thing.columns),
            casts=(*name_casts, *casts),
            catalog=thing.catalog.name,
        )
        if thing.space not in CHILDREN:
            found.append(_primary(fact) if thing.only == {"p"} else fact)
            continue
        if parent is None:
            found.append(_with(fact, any_parent=True))
            continue
        if parent.ref is None and parent.schemas is None and "schema" not in parent.parts:
            parent.schemas = thing.schemas
            parent.parts |= {"schema": thing.parts["schema"]} if "schema" in thing.parts else {}
            parent.visible = parent.visible or thing.visible
        for parent_ref, parent_any, parent_casts in parent.refs():
            child = ref._replace(schema=None, parent=parent_ref)
            if not parent_ref.name:
                child = ref._replace(schema=parent_ref.schema)
            whole = _with(
                fact,
                ref=_faceted(child, thing.facet),
                any_schema=parent_any,
                any_parent=not parent_ref.name,
                casts=(*fact.casts, *parent_casts),
            )
            if no_name and thing.only == {"p"} and parent_ref.name and not thing.columns:
                key = Ref(Space.FACET, "primary key", None, parent_ref)
                whole = _with(whole, ref=key, any_name=False)
            if whole not in found:
                found.append(whole)
    return found


def _with(fact: Exists, **changes: Any) -> Exists:
    fields = {name: getattr(fact, name) for name in Exists.__slots__}
    return Exists(**{**fields, **changes})


def _faceted(column: Ref, facet: str) -> Ref:
    """A property of a column, named as effects name it."""
    if not facet or column.parent is None:
        return column
    return Ref(Space.FACET, f"{facet}:{column.name}", None, column.parent)


def _primary(fact: Exists) -> Exists:
    """`indisprimary` of a table's indexes: that it has a primary key."""
    if not fact.any_name or fact.on is None:
        return fact
    ref = Ref(Space.FACET, "primary key", None, fact.on)
    return _with(fact, ref=ref, kinds=None, any_name=False, any_schema=False, on=None)


def _members(thing: Thing) -> list[Condition]:
    """Tables of a publication, and children of a table, named as effects name them."""
    parent, member = thing.parts.get("parent"), thing.parts.get("member")
    if parent is None or member is None:
        raise Refused(f"{thing.catalog.name} by one side only")
    words = ("table",) if thing.catalog.parent is Space.PUBLICATION else ("partition", "child")
    found: list[Condition] = []
    for (owner, any_schema, one), (ref, any_member, two) in product(parent.refs(), member.refs()):
        spelled = {ref, ref._replace(schema=None)} if ref.schema == "public" else {ref}
        if ref.schema is None:
            spelled.add(ref._replace(schema="public"))
        for word, name in product(words, sorted(map(str, spelled))):
            found.append(
                Exists(
                    Ref(Space.MEMBER, f"{word} {name}", None, owner),
                    any_schema=any_schema or any_member,
                    casts=(*one, *two),
                    catalog=thing.catalog.name,
                )
            )
    return found


def _role(thing: Thing, column: str) -> str:
    return "name" if thing.catalog is ENUM_RANGE else thing.catalog.roles.get(column, "")


def _meet(thing: Thing, values: list[str]) -> None:
    """Names that are asked for; a second list leaves what is in both."""
    if thing.names is None:
        thing.names = values
    else:
        thing.names = [name for name in thing.names if name in values]


def _letters(thing: Thing, column: str, values: list[str]) -> bool:
    table = LETTERS.get(column, {})
    if not all(value in table for value in values):
        return False
    found = [table[value] for value in values]
    kinds = frozenset(item for item in found if isinstance(item, Kind))
    letters = frozenset(item for item in found if isinstance(item, str))
    if kinds:
        thing.kinds = kinds if thing.kinds is None else thing.kinds & kinds
    if letters:
        thing.only = letters
    return not (kinds and letters)


def _point(left: tuple[Thing, str, str, str], target: Thing) -> bool:
    """A column that refers to another thing refers to this one."""
    thing, _, role, wrapped = left
    if role == "self.oid":
        if thing.space is not target.space:
            return False
        thing.merge(target)
        return True
    if role == "name" and wrapped == "" and thing.space is target.space:
        thing.merge(target)
        return True
    which, _, kind = role.partition(".")
    if kind != "oid" or which in {"domain", "index"}:
        if which == "domain":
            thing.catalog = thing.catalog._replace(parent=Space.TYPE)
            which = "parent"
        else:
            return False
    part = thing.parts.get(which)
    if part is None:
        thing.parts[which] = target
    elif part is not target:
        target.merge(part)
        thing.parts[which] = target
    target.inner = True
    return True


def _searched(select: Json) -> Thing | None:
    """The thing whose oid (or name) a sub-select gives."""
    inner = select.get("SelectStmt", {})
    targets = inner.get("targetList", ())
    if len(targets) != 1 or not inner.get("fromClause") or "withClause" in inner:
        found = cast_of(targets[0]["ResTarget"]["val"]) if len(targets) == 1 else None
        if found is None:
            return None
        thing = Thing(Catalog("", found[0].space, {}))
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


def _search_path(expr: Json) -> bool:
    """`current_schema()`, `current_schemas(…)`."""
    inner = uncast(expr)
    if "SQLValueFunction" in inner:
        return bool(inner["SQLValueFunction"]["op"] == "SVFOP_CURRENT_SCHEMA")
    names = inner.get("FuncCall", {}).get("funcname")
    return bool(names) and names[-1]["String"]["sval"] in {"current_schema", "current_schemas"}


def enum_of(expr: Json) -> Ref | None:
    """The type in `enum_range(NULL::e)`, casts around it or not."""
    inner = uncast(expr)
    call = inner.get("FuncCall", {})
    names = call.get("funcname")
    arguments = call.get("args", ())
    if not names or names[-1]["String"]["sval"] != "enum_range" or len(arguments) != 1:
        return None
    cast = arguments[0].get("TypeCast")
    if cast is None:
        return None
    parts = [name["String"]["sval"] for name in cast["typeName"]["names"]]
    return Ref(Space.TYPE, parts[-1], parts[-2] if len(parts) > 1 else None)


def _catalog(table: Json) -> Catalog | None:
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


__all__ = [
    "Query",
    "Refused",
    "Unreadable",
    "cast_of",
    "describe",
    "enum_of",
    "search",
    "texts",
]
