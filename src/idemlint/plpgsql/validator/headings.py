"""What the statement around a body says of it: its parameters, and what it has to return."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.validator.declared_types import SCALARS, sort_of
from idemlint.plpgsql.validator.namespaces import RECORD, SCALAR, Level, Variable
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.plpgsql.validator.namespaces import Namespace

_OF_TRIGGERS: Final = re.findall(
    r"\w+",
    "tg_name tg_when tg_level tg_op tg_relid tg_relname tg_table_name tg_table_schema "
    "tg_nargs tg_argv",
)


class BodyParameter(NamedTuple):
    """`mode` is `in`, `out`, `inout`, `variadic` or `table`; `type` as `datatype.type_name` writes it."""

    name: str
    type: str
    mode: str = "in"

    @property
    def is_given_back(self) -> bool:
        """Whether it gives something back."""
        return self.mode in {"out", "inout", "table"}


class Heading(NamedTuple):
    """`result` is the type that it returns, empty where parameters say so; `label` what the body is called in
    itself."""

    label: str
    parameters: tuple[BodyParameter, ...] = ()
    result: str = "void"
    is_set: bool = False
    is_procedure: bool = False

    @property
    def has_out(self) -> bool:
        """Whether parameters give its result."""
        return any(each.is_given_back for each in self.parameters)

    @property
    def is_void(self) -> bool:
        """Whether it returns nothing."""
        return self.result in {"void", "event_trigger"}

    def declare(self, names: Namespace) -> None:
        """Make the variables that the body begins with (`plpgsql_compile`, src/pl/plpgsql/src/pl_comp.c)."""
        level = Level(self.label)
        variables = level.variables
        for number, each in enumerate(self.parameters, 1):
            found = sort_of(each.type)
            variables[f"${number}"] = found
            if each.name:
                variables[each.name] = found
        if self.result == "trigger":
            variables["new"] = variables["old"] = RECORD
            variables.update(dict.fromkeys(_OF_TRIGGERS, SCALAR))
        elif self.result == "event_trigger":
            variables["tg_event"] = variables["tg_tag"] = SCALAR
        variables["found"] = Variable("scalar")
        names.levels.append(level)

    def written(self, body: str, tag: str) -> str:
        """A CREATE FUNCTION with this body, in which types that not every database has are mere names."""
        given = [_parameter(each) for each in self.parameters if each.mode != "table"]
        table = [_parameter(each) for each in self.parameters if each.mode == "table"]
        word = "PROCEDURE" if self.is_procedure else "FUNCTION"
        returns = ""
        if table:
            returns = f" RETURNS TABLE ({', '.join(table)})"
        elif self.result and not self.is_procedure:
            returns = f" RETURNS {'SETOF ' * self.is_set}{_type(self.result)}"
        name = _quoted(self.label)
        return f"CREATE {word} {name}({', '.join(given)}){returns} LANGUAGE plpgsql AS {tag}{body}{tag}"


#: The call of a DO (`plpgsql_compile_inline`, src/pl/plpgsql/src/pl_comp.c).
OF_DO: Final = Heading("inline_code_block")


def _parameter(each: BodyParameter) -> str:
    mode = {"out": "OUT ", "inout": "INOUT "}.get(each.mode, "")
    name = f"{_quoted(each.name)} " if each.name else ""
    return f"{mode}{name}{_type(each.type)}"


def _type(name: str) -> str:
    bare = name.removeprefix("pg_catalog.").removesuffix("[]")
    array = "[]" if name.endswith("[]") else ""
    if bare in _KNOWN:
        return f"{_quoted(bare)}{array}"
    return "text[]" if array else _quoted(name)


_KNOWN: Final = SCALARS | {"record", "refcursor", "void", "trigger", "event_trigger"}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
