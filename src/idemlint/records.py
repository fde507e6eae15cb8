"""`typing.NamedTuple`, made without a look at the types.

There are a hundred records, and every run declares them anew. `typing` compiles each annotation only to
see that it could be a type; that takes twice as long as all the rest of a named tuple, and type checkers
do it better.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

# From 3.14 on, annotations are looked at when they are asked for, and a class keeps them elsewhere.
if TYPE_CHECKING or sys.version_info >= (3, 14):
    from typing import NamedTuple
else:
    from collections import namedtuple

    class _Maker(type):
        def __new__(cls, name, bases, namespace):
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = namespace.pop("__annotations__")
            defaults = [namespace.pop(field) for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace.pop("__module__"))
            made.__annotations__ = fields
            for key, value in namespace.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """The base of a record."""

        __slots__ = ()


__all__ = ["NamedTuple"]
