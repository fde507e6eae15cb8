"""PostgreSQL's parser as pglast has it, without the rest of pglast.

To import `pglast.parser` makes tables of all of PostgreSQL's enums first, and classes for all nodes: that is
a quarter of a small run, and who reads trees as JSON uses none of it. Here they are made when somebody asks
for one. Where pglast was imported before us, or is another version than we think, all is as usual.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

_NAME: Final = "pglast"
#: What the parser's own module imports, and only uses for trees of nodes.
_LATER: Final = ("ast", "enums")
#: Another thread waits until all of the package is there.
_reading: Final = RLock()


class _Package(ModuleType):
    """The package; when somebody asks for more of it than a submodule, it is read."""

    def __getattr__(self, name: str) -> Any:
        known = vars(self)
        with _reading:
            spec = known.pop("_unread", None)
            if spec is not None:
                spec.loader.exec_module(self)
        if name not in known:
            raise AttributeError(f"module {_NAME!r} has no attribute {name!r}")
        return known[name]


class _Module(ModuleType):
    """One of its modules; when somebody asks for something of it, it is imported."""

    def __getattr__(self, name: str) -> Any:
        real = import_module(self.__name__)
        vars(self).update(vars(real))
        return getattr(real, name)


def _parser() -> ModuleType:
    name = f"{_NAME}.parser"
    spec = PathFinder.find_spec(_NAME) if _NAME not in sys.modules else None
    if spec is None or spec.loader is None:
        return import_module(name)
    try:
        sys.modules[_NAME] = _package(spec)
        vars(sys.modules[_NAME])["Error"] = import_module(f"{_NAME}.error").Error
        return import_module(name)
    except (ImportError, AttributeError):
        for each in [each for each in sys.modules if each.partition(".")[0] == _NAME]:
            del sys.modules[each]
        return import_module(name)


def _package(spec: ModuleSpec) -> ModuleType:
    package = _Package(_NAME)
    package.__spec__ = spec
    package.__loader__ = spec.loader
    package.__file__ = spec.origin
    package.__package__ = _NAME
    package.__path__ = spec.submodule_search_locations or []
    later = {each: _Module(f"{_NAME}.{each}") for each in _LATER}
    vars(package).update(later, _unread=spec)
    return package


if TYPE_CHECKING:
    from pglast.parser import ParseError, parse_plpgsql_json, parse_sql_json
else:
    _found = _parser()
    ParseError, parse_sql_json = _found.ParseError, _found.parse_sql_json
    parse_plpgsql_json = _found.parse_plpgsql_json

__all__ = ["ParseError", "parse_plpgsql_json", "parse_sql_json"]
