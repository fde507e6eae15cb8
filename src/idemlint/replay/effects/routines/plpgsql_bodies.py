"""What PostgreSQL looks at in a body before any of it runs: its syntax, and what it has to find by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.validator.headings import OF_DO, BodyParameter, Heading
from idemlint.plpgsql.validator.validation import validated
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.catalog.refs import inside, qualified
from idemlint.replay.effects.queries import types_read
from idemlint.replay.effects.vocabulary import Fails, Requires, Verb
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.validator.refusal import NeededType
    from idemlint.source.tree import Tree

_MODES: Final = {
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}


class Checked(NamedTuple):
    """What declarations need to be there, and why the body is refused."""

    needs: tuple[Requires, ...] = ()
    refusal: Fails | None = None


def of_do(text: str, version: int) -> Checked:
    """What has to hold before the PL/pgSQL body of a DO runs."""
    return _told(text, OF_DO, version)


def of_routine(stmt: Tree, text: str, version: int) -> Checked:
    """The same of a `CreateFunctionStmt`, whose body is looked at when it is made."""
    return _told(text, heading_of(stmt), version)


def heading_of(stmt: Tree) -> Heading:
    """What a `CreateFunctionStmt` says of its body."""
    parameters = tuple(
        BodyParameter(each.name or "", type_name(each.argType), _MODES.get(each.mode or "", "in"))
        for each in stmt.parameters or ()
    )
    returned = stmt.returnType
    is_table = any(each.mode == "table" for each in parameters)
    return Heading(
        strings(stmt.funcname)[-1],
        parameters,
        "" if returned is None or is_table else type_name(returned),
        is_table or bool(returned is not None and returned.setof),
        bool(stmt.is_procedure),
    )


def _told(text: str, heading: Heading, version: int) -> Checked:
    found = validated(text, heading, version)
    needs = tuple([each for need in found.needs for each in _needed(need, version)])
    if found.refusal is None:
        return Checked(needs)
    sqlstate, message, start, end = found.refusal
    return Checked(needs, Fails(sqlstate, message, (start, end)))


#: The first version that says what of `t.c%TYPE` is missing; those before take it for a syntax error.
_SAYS_WHAT_IS_MISSING: Final = 17


def _needed(need: NeededType, version: int) -> Iterator[Requires]:
    """What a type is of has to be there."""
    names = list(need.name)
    if need.what == "type":
        yield from types_read((qualified(Space.TYPE, names),))
        return
    table_names = names[:-1] if need.what == "column" else names
    table = qualified(Space.RELATION, table_names)
    is_said = need.what == "rowtype" or version >= _SAYS_WHAT_IS_MISSING
    yield _used(table, "42P01" if is_said else "42601", Kind.TABLE)
    if need.what == "column":
        column = inside(Space.COLUMN, names[-1], table)
        yield _used(column, "42703" if is_said else "42601", Kind.COLUMN)


def _used(ref: Ref, sqlstate: str, kind: Kind) -> Requires:
    return Requires(ref, True, sqlstate, kind, Verb.USE)
