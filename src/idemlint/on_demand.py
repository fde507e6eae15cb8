"""Modules that are imported when one is asked for by its name: most files need few of ours."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable
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


def modules_in(path: Iterable[str]) -> list[str]:
    """The names of a package's modules, sorted; `path` is its `__path__`. As `pkgutil.iter_modules`, which
    takes longer to import than all modules to list."""
    return sorted(
        name.removesuffix(".py")
        for folder in path
        for name in os.listdir(folder)  # noqa: PTH208
        if name.endswith(".py") and name != "__init__.py"
    )
