"""PostgreSQL's parser as pglast has it, without the rest of pglast.

To import `pglast.parser` makes tables of all of PostgreSQL's enums first, and classes for all nodes: that
takes as long as all else that a small run does, and who reads trees as JSON uses none of it. Here they are
made when somebody asks for one. Where pglast was imported before us, or is another version than we think, all
is as usual.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

_NAME: Final = "pglast"
#: What the parser's own module imports, and only uses for trees of nodes.
_LATER: Final = ("ast", "enums")


class _Package(ModuleType):
    """The package, before somebody asked for more of it than a submodule."""

    def __getattr__(self, name: str) -> Any:
        _make_ordinary(self)
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(self)
        return getattr(self, name)


class _Module(ModuleType):
    """One of its modules, before somebody asked for something of it."""

    def __getattr__(self, name: str) -> Any:
        real = import_module(self.__name__)
        _make_ordinary(self)
        self.__dict__.update(real.__dict__)
        return getattr(real, name)


def _make_ordinary(module: ModuleType) -> None:
    module.__class__ = ModuleType


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
    for each in _LATER:
        setattr(package, each, _Module(f"{_NAME}.{each}"))
    return package


if TYPE_CHECKING:
    from pglast.parser import ParseError, parse_sql_json
else:
    _found = _parser()
    ParseError, parse_sql_json = _found.ParseError, _found.parse_sql_json

__all__ = ["ParseError", "parse_sql_json"]
