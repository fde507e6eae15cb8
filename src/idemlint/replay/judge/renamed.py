"""Names of a file that stand for one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
#: An object by its bare name, something inside one (`table`, `column`), or all that is inside (`table`, `*`).
Name = str | tuple[str, str]


class Renamed:
    """Names of a file that are taken for one: what is renamed keeps all that it has, and all that hangs on
    it, and goes by either."""

    def __init__(self) -> None:
        self._alike: dict[str, list[str]] = {}

    def add(self, one: str, other: str) -> None:
        """The two are one from now on."""
        more, fewer = self._alike.get(one, [one]), self._alike.get(other, [other])
        if more is fewer or one == other:
            return
        if len(more) < len(fewer):
            more, fewer = fewer, more
        more += fewer
        self._alike.update(dict.fromkeys((more[0], *fewer), more))

    def one(self, name: Name) -> Name:
        """What stands for a name, and for all that are the same."""
        if isinstance(name, str):
            return self._of(name)
        return self._of(name[0]), self._of(name[1])

    def one_of(self, names: Iterable[Name]) -> Iterable[Name]:
        """These names, each by the one that stands for it."""
        return set(map(self.one, names)) if self._alike else names

    def _of(self, name: str) -> str:
        alike = self._alike.get(name)
        return name if alike is None else alike[0]
