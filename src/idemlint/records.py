"""`typing.NamedTuple`, made without a look at the types, and without compiling anything for each.

There are a hundred records, and every run declares them anew. `typing` compiles each annotation only to
see that it could be a type; `collections` compiles a constructor for each record, though those of records
with equally many fields differ in nothing but the names, and what reads the first field is the same for
all. Type checkers look at both, and do it better.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

# From 3.14 on, annotations are looked at when they are asked for, and a class keeps them elsewhere.
if TYPE_CHECKING or sys.version_info >= (3, 14):
    from typing import NamedTuple
else:
    from collections import _tuplegetter
    from functools import cache
    from types import FunctionType

    #: What reads the first field, the second …, whatever their names.
    _READERS = [_tuplegetter(number, None) for number in range(64)]

    @cache
    def _constructor(size):
        """The constructor of records with that many fields."""
        names = "".join(f"field_{number}, " for number in range(size))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": tuple.__new__})

    class _Record(tuple):
        """What all records do, whatever their fields."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = tuple.__new__(self.__class__, map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{self.__class__.__name__}({fields})"

        def __getnewargs__(self):
            return tuple(self)

    class _Maker(type):
        def __new__(cls, name, bases, namespace):
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = {field: namespace[field] for field in fields if field in namespace}
            constructor = _constructor(len(fields))
            namespace.update(zip(fields, _READERS[: len(fields)], strict=True))
            namespace["_fields"] = namespace["__match_args__"] = fields
            namespace["_field_defaults"] = defaults
            namespace["__slots__"] = ()
            namespace["__new__"] = FunctionType(
                constructor.__code__.replace(co_varnames=("_cls", *fields)),
                constructor.__globals__,
                "__new__",
                tuple(defaults.values()),
            )
            return type(name, (_Record,), namespace)

    class NamedTuple(metaclass=_Maker):
        """The base of a record."""

        __slots__ = ()


__all__ = ["NamedTuple"]
