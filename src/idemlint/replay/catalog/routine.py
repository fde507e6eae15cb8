"""What a routine is: what tells it from those of the same name, and what OR REPLACE has to keep of it.

Types are texts as `datatype.type_name` writes them. Where a text means something only at one moment (a
name along the search_path, `t.c%TYPE`), `resolved` says what it means now.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import SERIALS, Column
from idemlint.replay.catalog.datatype import PERCENT_TYPE, type_name
from idemlint.replay.catalog.slots import PRESENT
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.source.tree import Tree


class KnownNames(Protocol):
    """What the catalog is asked here (`lookup`, which asks this module in turn)."""

    def key(self, ref: Ref) -> Key | None:
        """The key that a reference resolves to."""

    def slot(self, key: Key) -> Slot | None:
        """What is known under a key."""

    def find(self, ref: Ref) -> Slot | None:
        """What a reference names."""

    def overloads(self, ref: Ref) -> list[tuple[Key, Slot]]:
        """The live routines of a name."""

    def is_crowded(self, ref: Ref) -> bool:
        """Whether very many routines have a name."""

    def home_of(self, ref: Ref) -> str | None:
        """The schema that a name without one is found in."""


#: Modes of parameters (`FunctionParameterMode`, src/include/nodes/parsenodes.h) that give something back.
_GIVEN_BACK: Final = frozenset({"FUNC_PARAM_OUT", "FUNC_PARAM_INOUT", "FUNC_PARAM_TABLE"})
#: Those of them that take nothing: they do not tell two routines apart.
_ONLY_OUT: Final = frozenset({"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"})

#: Built-in types that arguments have most: no schema of the search_path hides them.
_BUILT_IN: Final = frozenset(
    {
        *(
            "bool",
            "bytea",
            "char",
            "bpchar",
            "varchar",
            "text",
            "name",
            "json",
            "jsonb",
            "uuid",
            "xml",
        ),
        *("int2", "int4", "int8", "float4", "float8", "numeric", "money", "oid", "regclass", "tid"),
        *("date", "time", "timetz", "timestamp", "timestamptz", "interval", "inet", "cidr", "bit"),
        *("varbit", "tsvector", "tsquery", "record", "trigger", "event_trigger", "void", "any"),
        *(
            "anyelement",
            "anyarray",
            "anynonarray",
            "anyenum",
            "anyrange",
            "anycompatible",
            "internal",
        ),
        *("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "point"),
    }
)
#: What a column of such a type has.
_OF_SERIAL: Final = {name: f"int{name.strip('serialbgm') or '4'}" for name in SERIALS} | {
    "smallserial": "int2",
    "bigserial": "int8",
}


#: What changes more than rows, and what runs a text.
_BUILDING: Final = r"(?i)\b(?:execute|create|alter|drop|rename)\b"


class _Text(NamedTuple):
    language: str
    text: str


class RoutineBody(_Text):
    """The text of a body, and its language in lower case.

    It is read where it is called, once for each list of arguments: `block`, `blocks` and `known_calls` are
    where that is kept, and no part of what it is.
    """

    block: Any = None
    blocks: dict[Any, Any] | None = None
    known_calls: tuple[Ref, ...] | None = None

    @property
    def builds(self) -> bool:
        """Whether it changes more than rows, or may."""
        return re.search(_BUILDING, self.text) is not None

    def calls(self) -> tuple[Ref, ...]:
        """The routines that it may call, by their names without arguments."""
        if self.known_calls is None:
            # Few routines are asked.
            from idemlint.plpgsql.constants import called

            names = sorted(called(self.text))
            self.known_calls = tuple(
                [Ref(Space.ROUTINE, name, schema or None) for schema, name in names]
            )
        return self.known_calls

    def mentions(self) -> frozenset[str]:
        """The names in it, folded."""
        from idemlint.plpgsql.constants import mentions

        return mentions(self.text)


class Parameter(NamedTuple):
    """A parameter that takes something: its name (empty: it has none), its type and its DEFAULT."""

    name: str
    type: str = ""
    default: Tree | None = None
    variadic: bool = False


class Routine(NamedTuple):
    """A function, procedure or aggregate, as the statement that makes it says.

    `result` is the type that it returns (empty: that cannot be told), `row` what the columns of a record are
    called and are (`None`: no OUT parameters say so), `inputs` the parameters that take something. `every`
    are the types of all its parameters. `body` is what it runs, `None` where that is no text.
    """

    kind: Kind
    result: str
    row: tuple[tuple[str, str], ...] | None
    inputs: tuple[Parameter, ...]
    every: tuple[str, ...] = ()
    window: bool = False
    body: RoutineBody | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Those of its input parameters (empty: it has none)."""
        return tuple([each.name for each in self.inputs])

    @property
    def defaults(self) -> int:
        """How many of them have one."""
        return sum(each.default is not None for each in self.inputs)

    def types_by(self, change: Callable[[str], str]) -> Routine:
        """The same with other words for its types."""
        row = self.row and tuple((name, change(each)) for name, each in self.row)
        every = tuple(map(change, self.every))
        return self._replace(result=_result_by(self.result, change), row=row, every=every)


def _result_by(result: str, change: Callable[[str], str]) -> str:
    bare = result.removeprefix(_SET_OF)
    return result[: len(result) - len(bare)] + change(bare)


_SET_OF: Final = "setof "


def read_routine(stmt: Tree, kind: Kind) -> Routine:
    """Of a `CreateFunctionStmt`; what it returns is as `interpret_function_parameter_list` has it
    (src/backend/commands/functioncmds.c)."""
    parameters = stmt.parameters or ()
    inputs = [each for each in parameters if each.mode not in _ONLY_OUT]
    out = [
        (each.name or f"column{place}", type_name(each.argType))
        for place, each in enumerate(
            (each for each in parameters if each.mode in _GIVEN_BACK), start=1
        )
    ]
    options = [each.defname for each in stmt.options or ()]
    is_record = len(out) > (0 if kind is Kind.PROCEDURE else 1)
    return Routine(
        kind,
        _result(stmt, kind, out),
        tuple(out) if is_record else None,
        tuple([_parameter(each) for each in inputs]),
        tuple(type_name(each.argType) for each in parameters if each.mode != "FUNC_PARAM_TABLE"),
        "window" in options,
        _body(stmt),
    )


def _parameter(node: Tree) -> Parameter:
    variadic = node.mode == "FUNC_PARAM_VARIADIC"
    return Parameter(node.name or "", type_name(node.argType), node.defexpr, variadic)


def _body(stmt: Tree) -> RoutineBody | None:
    language, text = "sql", None
    for option in stmt.options or ():
        if option.defname == "as":
            text = strings(option.arg.items)[0]
        elif option.defname == "language":
            language = option.arg.sval or ""
    return RoutineBody(language.lower(), text) if text is not None else None


def _result(stmt: Tree, kind: Kind, out: list[tuple[str, str]]) -> str:
    if kind is Kind.PROCEDURE:
        return "record" if out else "void"
    if stmt.returnType is not None:
        returned = type_name(stmt.returnType)
        return f"{_SET_OF}{returned}" if stmt.returnType.setof else returned
    return out[0][1] if len(out) == 1 else "record"


def read_aggregate(stmt: Tree) -> Routine:
    """Of a `DefineStmt`: it returns its state, or what a final function makes of that."""
    options = {each.defname: each.arg for each in stmt.definition or ()}
    state = options.get("stype") or options.get("stype1")
    final = options.get("finalfunc") is not None
    inputs = tuple([Parameter(each.name or "") for each in aggregate_parameters(stmt)])
    result = "" if final or state is None or state.kind != "TypeName" else type_name(state)
    return Routine(Kind.AGGREGATE, result, None, inputs)


def aggregate_parameters(stmt: Tree) -> tuple[Tree, ...]:
    """The arguments of a `CREATE AGGREGATE f(…)`, those behind ORDER BY among them."""
    given = stmt.args[0].items if stmt.args and stmt.args[0].kind == "List" else ()
    return tuple(each for each in given or () if each.kind == "FunctionParameter")


# -- one of several -----------------------------------------------------------------------------------


def key_of(catalog: KnownNames, ref: Ref) -> Key | None:
    """The key of a routine that is named with its arguments.

    `f(vector)` and `f(ext.vector)` are taken for one where nothing tells that they are two.
    """
    assert ref.signature is not None
    signature = resolved_all(catalog, ref.signature)
    key = catalog.key(Ref(Space.ROUTINE, f"{ref.name}({signature})", ref.schema))
    if key is None or "." not in signature + _foreign(signature):
        return key
    slot = catalog.slot(key)
    if (slot is None or slot.presence is not PRESENT) and not catalog.is_crowded(ref):
        for other, _ in catalog.overloads(ref):
            arguments = signature_in(other)
            if arguments != "?" and _may_be_one(catalog, signature, arguments):
                return other
    return key


def _may_be_one(catalog: KnownNames, one: str, other: str) -> bool:
    """Whether nothing tells two argument lists apart: a type of `public` that is known is in no other."""
    if same_signature(one, other) is not None:
        return False
    for each, facing in zip(one.split(","), other.split(","), strict=True):
        bare = each if "." in facing else facing
        if each != facing and "." not in bare and PERCENT_TYPE not in each + facing:
            known = catalog.find(Ref(Space.TYPE, bare.removesuffix("[]"), "public"))
            if known is not None and known.presence is PRESENT:
                return False
    return True


def _foreign(signature: str) -> str:
    """A dot where a type is named that is not built in: somewhere else it may have a schema."""
    named = signature.split(",") if signature else ()
    return "" if all(each.rstrip("[]") in _BUILT_IN for each in named) else "."


def signature_in(key: Key) -> str:
    """The arguments that a routine's key ends with; `?` where they are not known."""
    _, opening, arguments = key[2].partition("(")
    return arguments.removesuffix(")") if opening else "?"


def same_signature(one: str, other: str) -> bool | None:
    """Whether two argument lists are one; `None`: that cannot be told."""
    if one == other:
        return True
    if "?" in {one, other}:
        return None
    if not one or not other:
        return False
    ones, others = one.split(","), other.split(",")
    if len(ones) != len(others):
        return False
    return same_all(zip(ones, others, strict=True))


def same_all(pairs: Iterable[tuple[str, str]]) -> bool | None:
    """Whether all of some pairs of types are one type each."""
    answers = {same_type(one, other) for one, other in pairs}
    return False if False in answers else (None if None in answers else True)


def same_type(one: str, other: str) -> bool | None:
    """Whether two types are one; `None`: that cannot be told."""
    if one == other:
        return True
    if not one or not other or PERCENT_TYPE in one + other:
        return None
    (schema, _, name), (other_schema, _, other_name) = one.rpartition("."), other.rpartition(".")
    if name != other_name or name.rstrip("[]") in _BUILT_IN:
        return False
    return None if not schema or not other_schema else False


# -- what a type's text means now ---------------------------------------------------------------------


def resolved_all(catalog: KnownNames, signature: str) -> str:
    """An argument list with each type as it is known now."""
    types = signature.split(",")
    if _BUILT_IN.issuperset(types):
        return signature
    return ",".join([resolved(catalog, each) for each in types])


def resolved(catalog: KnownNames, text: str) -> str:
    """A type by the schema that it is in (`public` is left out), or that of a column."""
    array = "[]" if text.endswith("[]") else ""
    name = text.removesuffix("[]")
    if name.endswith(PERCENT_TYPE):
        name = _column_type(catalog, name.removesuffix(PERCENT_TYPE)) or name
    if name.startswith("_") and name[1:] in _BUILT_IN:
        name, array = name[1:], "[]"
    schema, dot, bare = name.rpartition(".")
    if name in _BUILT_IN or name.endswith(PERCENT_TYPE) or not bare:
        return name + array
    if dot:
        public = schema == "public" and bare not in _BUILT_IN
        return (bare if public else name) + array
    home = catalog.home_of(Ref(Space.TYPE, bare))
    return (bare if home in {None, "public"} else f"{home}.{bare}") + array


def _column_type(catalog: KnownNames, path: str) -> str:
    """The type of `t.c` or `s.t.c`; empty where it cannot be told."""
    *table, column = path.split(".")
    if not table:
        return ""
    holder = Ref(Space.RELATION, table[-1], table[-2] if len(table) > 1 else None)
    owner = catalog.find(holder)
    slot = catalog.find(Ref(Space.COLUMN, column, None, holder))
    if owner is None or slot is None or slot.presence is not PRESENT:
        return ""
    known = _column(owner, slot, column)
    if known is None or not known.type:
        return ""
    return resolved(catalog, _OF_SERIAL.get(known.type, known.type))


def _column(owner: Slot, slot: Slot, name: str) -> Column | None:
    if isinstance(slot.definition, Column):
        return slot.definition
    if not (owner.certain and slot.certain):
        return None
    columns: dict[str, Column] = getattr(owner.definition, "columns", None) or {}
    return columns.get(name)


def types_in(signature: str) -> Iterator[str]:
    """The types that an argument list names, without those that are built in, and what an array is of."""
    for each in signature.split(","):
        path = each.removesuffix("[]")
        if path and path not in _BUILT_IN:
            yield path


def names_in(signature: str) -> Iterator[str]:
    """The types and tables that an argument list names, without those that are built in."""
    for path in types_in(signature):
        parts = path.removesuffix(PERCENT_TYPE).split(".")
        yield parts[-2] if path.endswith(PERCENT_TYPE) and len(parts) > 1 else parts[-1]
