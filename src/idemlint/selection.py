"""From selectors (`IDM101`, `create-table`, `IDM1`, `ALL`) to the codes that are switched on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL: Final = "ALL"
_ALL_CODES: Final = ""


class UnknownRule(UsageProblem):
    """A selector that means no rule. `hint` says what may have been meant."""

    def __init__(self, selector: str, where: str, hint: str) -> None:
        super().__init__(f"{where}: unknown rule `{selector}`{hint}")
        self.hint = hint


class Selectors:
    """Resolves selectors. `names` gives each code its name, `default` are those on by default."""

    def __init__(self, names: Mapping[str, str], default: Iterable[str]) -> None:
        self._names = names
        self.default = frozenset(default)
        self._by_name = {name: code for code, name in names.items()}

    def prefix(self, selector: str, where: str) -> str:
        """The code, or the beginning of codes, that a selector means. `where` says who named it.

        Raises `UnknownRule` where it means none."""
        if selector.lower() in self._by_name:
            return self._by_name[selector.lower()]
        wanted = selector.upper()
        if wanted == ALL:
            return _ALL_CODES
        if wanted.startswith("IDM") and any(code.startswith(wanted) for code in self._names):
            return wanted
        hint = nearest(wanted, tuple(self._names)) if wanted.startswith("IDM") else ""
        hint = hint or nearest(selector.lower(), tuple(self._by_name))
        hint = hint or "; `idemlint rules` lists them"
        raise UnknownRule(selector, where, hint)

    def codes(self, selectors: Iterable[str], where: str) -> frozenset[str]:
        """All codes that the selectors mean."""
        prefixes = tuple(self.prefix(selector, where) for selector in selectors)
        return frozenset(code for code in self._names if prefixes and code.startswith(prefixes))

    def resolve(
        self,
        *,
        select: Iterable[str] | None = None,
        extend_select: Iterable[str] = (),
        ignore: Iterable[str] = (),
    ) -> frozenset[str]:
        """The codes that are on. The more specific selector wins: `--select IDM1 --ignore IDM101`,
        and the other way round; where both are equally specific, `ignore` does.
        """
        chosen = [self.prefix(s, "--select") for s in select or ()]
        chosen += [self.prefix(s, "--extend-select") for s in extend_select]
        dropped = [self.prefix(s, "--ignore") for s in ignore]
        on = set()
        for code in self._names:
            wins = max((len(p) for p in chosen if code.startswith(p)), default=-1)
            loses = max((len(p) for p in dropped if code.startswith(p)), default=-1)
            if wins < 0 and loses < 0:
                selected = select is None and code in self.default
            elif wins < 0:
                selected = False
            else:
                selected = wins > loses
            if selected:
                on.add(code)
        return frozenset(on)
