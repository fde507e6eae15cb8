"""Modules that are imported when one is asked for by its name: most files need few of ours."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from types import ModuleType


def submodules(package: str, names: Container[str]) -> Callable[[str], ModuleType]:
    """The `__getattr__` of a package (PEP 562) some of whose modules are used as `package.module`.

    Such a module is imported at its first use, and not by who imports the package.
    """

    def get(name: str) -> ModuleType:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return import_module(f"{package}.{name}")

    return get
