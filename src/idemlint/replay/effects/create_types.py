"""CREATE of types and of what computes with them: routines, aggregates, operators, casts, languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.datatype import (
    BUILTIN,
    CompositeDefinition,
    EnumDefinition,
    RangeDefinition,
    type_name,
)
from idemlint.replay.catalog.identifiers import chosen_name
from idemlint.replay.catalog.refs import (
    KINDS,
    inside,
    parameters_signature,
    qualified,
    relation,
    routine_signature,
    type_ref,
)
from idemlint.replay.catalog.routine import aggregate_parameters, read_aggregate, read_routine
from idemlint.replay.effects.create_objects import creates, is_guarded
from idemlint.replay.effects.queries import reads, types_there
from idemlint.replay.effects.vocabulary import (
    Creates,
    CreatesUnnamed,
    Drops,
    Effect,
    Fails,
    Opaque,
    Requires,
    Validates,
    Verb,
)
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.scope import Reading, Scope
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Iterable


def create_enum(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS ENUM`."""
    labels = tuple(value.fields.get("sval", "") for value in stmt.vals or ())
    ref = qualified(Space.TYPE, strings(stmt.typeName))
    return creates(ref, Kind.TYPE, definition=EnumDefinition(labels))


def create_range(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS RANGE`."""
    ref = qualified(Space.TYPE, strings(stmt.typeName))
    return creates(ref, Kind.TYPE, definition=RangeDefinition(), reading=_named(stmt.params))


def create_composite(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS (…)`: it lives among the relations, and its name is taken among the types: 42710."""
    ref = relation(stmt.typevar)
    elements = [each for each in stmt.coldeflist or () if each.kind == "ColumnDef"]
    attributes = {each.colname: type_name(each.typeName) for each in elements}
    collations = {
        each.colname: strings(each.collClause.collname)[-1] for each in elements if each.collClause
    }
    return [
        Requires(ref._replace(space=Space.TYPE), False, "42710", Kind.TYPE, Verb.CREATE),
        *types_there(each.typeName.fields for each in elements),
        Creates(ref, Kind.COMPOSITE_TYPE, CompositeDefinition(attributes, collations)),
    ]


def create_domain(stmt: Tree) -> list[Effect]:
    """`CREATE DOMAIN`."""
    ref = qualified(Space.TYPE, strings(stmt.domainname))
    constraints = [
        Tree("Constraint", each["Constraint"]) for each in stmt.fields.get("constraints", ())
    ]
    defaults = [each.fields["raw_expr"] for each in constraints if each.contype == "CONSTR_DEFAULT"]
    base = types_there([stmt.typeName.fields])
    types = [type_ref(stmt.typeName)]
    if stmt.collClause is not None:
        types.append(qualified(Space.COLLATION, strings(stmt.collClause.collname)))
    effects = [*base, *creates(ref, Kind.DOMAIN, reading=naming(read_level(defaults), types))]
    effects += [domain_check(ref, each) for each in constraints if each.contype == "CONSTR_CHECK"]
    return effects


def domain_check(domain: Ref, node: Tree) -> Effect:
    """A CHECK of a domain: what it calls cannot be dropped under it."""
    reading = read_level([node.fields.get("raw_expr")])
    if node.conname:
        return Creates(
            inside(Space.CONSTRAINT, node.conname, domain), Kind.CONSTRAINT, reads=reading
        )
    base = chosen_name(domain.name, "", "check")
    return CreatesUnnamed(domain, base, Kind.CONSTRAINT, reads=reading)


def create_function(stmt: Tree, postgres_version: int) -> list[Effect]:
    """`CREATE [OR REPLACE] FUNCTION` and `PROCEDURE`; overloads are told apart by input types."""
    kind = Kind.PROCEDURE if stmt.is_procedure else Kind.FUNCTION
    ref = qualified(Space.ROUTINE, strings(stmt.funcname), parameters_signature(stmt.parameters))
    routine = read_routine(stmt, kind)
    reading, body = _kept(stmt)
    parameters = (each["FunctionParameter"] for each in stmt.fields.get("parameters", ()))
    types = [each["argType"] for each in parameters]
    if "returnType" in stmt.fields:
        types.append(stmt.fields["returnType"])
    effects: list[Effect] = [*types_there(types), *(reads(body) if body is not None else ())]
    needs, refusal = _looked_at(stmt, postgres_version)
    if refusal is not None:
        # It was never made, so that nothing is in its way.
        effects += [*needs, refusal]
        needs = ()
    if stmt.replace:
        effects.append(Creates(ref, kind, routine, replaces=True, reads=reading))
    else:
        effects += creates(ref, kind, definition=routine, reading=reading)
    return [*effects, *needs]


def _looked_at(stmt: Tree, postgres_version: int) -> tuple[tuple[Validates, ...], Fails | None]:
    """What a body that is a string needs to be there, of which nothing is kept; and why it is refused."""
    text, language = None, ""
    for option in stmt.options or ():
        if option.defname == "as":
            parts = strings(option.arg.items)
            text = parts[0] if len(parts) == 1 else None
        elif option.defname == "language":
            language = str(option.arg.fields.get("sval", "")).lower()
        elif option.defname == "set" and option.arg.name == "check_function_bodies":
            return (), None
    if text is None:
        return (), None
    if language == "plpgsql":
        from idemlint.replay.effects.routines.plpgsql_bodies import of_routine

        declared, refused = of_routine(stmt, text, postgres_version)
        return ((Validates(declared),) if declared else ()), refused
    if language != "sql":
        return (), None
    from idemlint.replay.effects.routines.sql_bodies import is_polymorphic, refusal
    from idemlint.replay.queries.commands import read_text

    refused = refusal(stmt, text)
    if is_polymorphic(stmt):
        return (), refused
    body, makes = read_text(text, strings(stmt.funcname)[-1], stmt.parameters or ())
    return ((Validates(body, makes),) if body else ()), refused


def _kept(stmt: Tree) -> tuple[Reading | None, Reading | None]:
    """What a routine needs by its expressions: DEFAULTs of parameters, a body that is analysed when it is
    made. And that of the body alone."""
    defaults = [
        each["FunctionParameter"]["defexpr"]
        for each in stmt.fields.get("parameters", ())
        if "defexpr" in each["FunctionParameter"]
    ]
    body = stmt.fields.get("sql_body")
    if body is None:
        return (read_level(defaults) if defaults else None), None
    from idemlint.replay.queries.commands import (
        body_commands,
        joined,
        parameters_of,
        read_commands,
    )

    itself = parameters_of(strings(stmt.funcname)[-1], stmt.parameters or ())
    reading = read_commands(body_commands(body), (itself,))
    return joined((read_level(defaults), reading)), reading


def naming(reading: Reading, types: Iterable[Ref], functions: Iterable[Tree] = ()) -> Reading:
    """A reading that names some types and functions as well."""
    known = [each for each in types if each.schema != "pg_catalog" and each.name not in BUILTIN]
    calls = [(tuple(strings(each.names)), Tree("FuncCall", {})) for each in functions]
    return reading._replace(types=(*reading.types, *known), functions=(*reading.functions, *calls))


#: Options of CREATE AGGREGATE, OPERATOR, TYPE … AS RANGE that name a type, and those that name a function.
_TYPES: Final = frozenset(
    {"stype", "mstype", "stype1", "basetype", "leftarg", "rightarg", "subtype"}
)
_FUNCTIONS: Final = frozenset(
    {
        *("sfunc", "sfunc1", "finalfunc", "combinefunc", "serialfunc", "deserialfunc"),
        *("msfunc", "minvfunc", "mfinalfunc", "function", "procedure", "restrict", "join"),
        *("canonical", "subtype_diff"),
    }
)


def _named(options: Iterable[Tree] | None, types: Iterable[Tree] = ()) -> Reading:
    """What options name that a thing is made of."""
    given = [each for each in options or () if each.arg is not None and each.arg.kind == "TypeName"]
    named = [type_ref(each.arg) for each in given if each.defname in _TYPES]
    functions = [each.arg for each in given if each.defname in _FUNCTIONS]
    return naming(Reading(Scope()), [*named, *map(type_ref, types)], functions)


def _aggregate_signature(stmt: Tree) -> str:
    """Its arguments; the old style names one as `basetype`, and `"ANY"` for none."""
    for option in stmt.definition or () if stmt.oldstyle else ():
        if option.defname == "basetype":
            given = option.arg
            if given.kind == "TypeName" and strings(given.names) != ["any"]:
                return routine_signature((given,))
            return ""
    return routine_signature(each.argType for each in aggregate_parameters(stmt))


def _operator_signature(stmt: Tree) -> str:
    sides = {"leftarg": "none", "rightarg": "none"}
    for element in stmt.definition or ():
        name = element.defname
        if name in sides and element.arg is not None and element.arg.kind == "TypeName":
            sides[name] = type_name(element.arg).removeprefix("public.")
    return f"{sides['leftarg']},{sides['rightarg']}"


def define(stmt: Tree) -> list[Effect]:
    """`DefineStmt`: aggregates, operators, types, collations, text search objects."""
    kind = KINDS.get(stmt.fields["kind"])
    if kind is None:
        return [Opaque(f"no model of {stmt.fields['kind']}")]
    signature = None
    if kind is Kind.AGGREGATE:
        signature = _aggregate_signature(stmt)
    elif kind is Kind.OPERATOR:
        signature = _operator_signature(stmt)
    ref = qualified(kind.space, strings(stmt.defnames), signature)
    definition = read_aggregate(stmt) if kind is Kind.AGGREGATE else None
    reading = None
    if kind in {Kind.AGGREGATE, Kind.OPERATOR}:
        arguments = aggregate_parameters(stmt) if kind is Kind.AGGREGATE else ()
        reading = _named(stmt.definition, [each.argType for each in arguments])
    if stmt.replace:
        return [Creates(ref, kind, definition, replaces=True, reads=reading)]
    if kind is Kind.TYPE and stmt.definition:
        # A base type takes the place of its shell; a second time there is no shell any more.
        shell = inside(Space.FACET, "shell", ref)
        return [
            Requires(shell, True, "42710", kind, Verb.CREATE),
            Drops(shell, kind),
            Creates(ref, kind, replaces=True),
        ]
    effects = creates(ref, kind, guarded=is_guarded(stmt), definition=definition, reading=reading)
    if kind is Kind.TYPE:
        effects.append(Creates(inside(Space.FACET, "shell", ref), kind))
    return effects


def create_cast(stmt: Tree) -> list[Effect]:
    """`CREATE CAST`."""
    name = f"{type_name(stmt.sourcetype)} AS {type_name(stmt.targettype)}"
    functions = [Tree("", {"names": stmt.func.fields["objname"]})] if stmt.func is not None else []
    types = [type_ref(stmt.sourcetype), type_ref(stmt.targettype)]
    reading = naming(Reading(Scope()), types, functions)
    return creates(Ref(Space.CAST, name), Kind.CAST, reading=reading)


def create_transform(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] TRANSFORM`."""
    ref = Ref(Space.TRANSFORM, f"{type_name(stmt.type_name)} {stmt.lang}")
    if stmt.replace:
        return [Creates(ref, Kind.TRANSFORM, replaces=True)]
    return creates(ref, Kind.TRANSFORM)


def create_operator_class(stmt: Tree) -> list[Effect]:
    """`CREATE OPERATOR CLASS`: names are per index method."""
    ref = qualified(Space.OPERATOR_CLASS, strings(stmt.opclassname), stmt.amname)
    return creates(ref, Kind.OPERATOR_CLASS)


def create_operator_family(stmt: Tree) -> list[Effect]:
    """`CREATE OPERATOR FAMILY`."""
    ref = qualified(Space.OPERATOR_FAMILY, strings(stmt.opfamilyname), stmt.amname)
    return creates(ref, Kind.OPERATOR_FAMILY)


def create_language(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] LANGUAGE`."""
    ref = Ref(Space.LANGUAGE, stmt.plname)
    if stmt.replace:
        return [Creates(ref, Kind.LANGUAGE, replaces=True)]
    return creates(ref, Kind.LANGUAGE)


def create_conversion(stmt: Tree) -> list[Effect]:
    """`CREATE CONVERSION`."""
    return creates(qualified(Space.CONVERSION, strings(stmt.conversion_name)), Kind.CONVERSION)
