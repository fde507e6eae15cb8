"""Finding keys by what they, or their slots, have, and what was made of objects: in as many steps as there
are answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

_Of = TypeVar("_Of", bound="Hashable")
_Key = TypeVar("_Key", bound="Hashable")


class KeyIndex(Generic[_Of, _Key]):
    """Keys by what they are looked for by, first come first."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: dict[_Of, dict[_Key, None]] = {}

    def add(self, of: _Of, key: _Key) -> None:
        """A key is to be found by `of`."""
        self._keys.setdefault(of, {})[key] = None

    def discard(self, of: _Of, key: _Key) -> None:
        """It no longer is."""
        keys = self._keys.get(of)
        if keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._keys[of]

    def find(self, of: _Of) -> tuple[_Key, ...]:
        """The keys, as they are now: looking on changes nothing of it."""
        return tuple(self._keys.get(of, ()))


class OwnedKeys(Generic[_Key]):
    """Keys of what is there as long as none of its owners has ended."""

    __slots__ = ("_by_owner", "_owners", "there")

    def __init__(self) -> None:
        #: Those whose owners are all there.
        self.there: set[_Key] = set()
        self._owners: dict[_Key, tuple[int, ...]] = {}
        self._by_owner: KeyIndex[int, _Key] = KeyIndex()

    def add(self, key: _Key, owners: tuple[int, ...], ended: Collection[int]) -> None:
        """A thing has come."""
        self._owners[key] = owners
        for owner in owners:
            self._by_owner.add(owner, key)
        if not any(owner in ended for owner in owners):
            self.there.add(key)

    def discard(self, key: _Key) -> None:
        """It has gone."""
        self.there.discard(key)
        for owner in self._owners.pop(key, ()):
            self._by_owner.discard(owner, key)

    def end(self, owner: int) -> None:
        """An owner has ended."""
        self.there.difference_update(self._by_owner.find(owner))

    def revive(self, owner: int, ended: Collection[int]) -> None:
        """It is there again."""
        for key in self._by_owner.find(owner):
            self.add(key, self._owners[key], ended)


class TakenNumbers(Generic[_Key]):
    """Up to which number the names that PostgreSQL could choose are taken, by what they are made of.

    PostgreSQL tries one number after the other. So do we, but from where the last search ended, unless
    a name that was found taken is free again.
    """

    __slots__ = ("_below", "numbers")

    def __init__(self) -> None:
        self._below: dict[Hashable, int] = {}
        #: Of keys that were found taken, the numbers; mostly empty.
        self.numbers: dict[_Key, dict[Hashable, int]] = {}

    def first(self, base: Hashable) -> int:
        """The lowest number whose name may be free."""
        return self._below.get(base, 0)

    def taken(self, base: Hashable, number: int, keys: Iterable[_Key]) -> None:
        """The name with a number is taken, since each of these keys is."""
        for key in keys:
            self.numbers.setdefault(key, {})[base] = number
        if self._below.get(base, 0) == number:
            self._below[base] = number + 1

    def free(self, key: _Key) -> None:
        """A key is free again."""
        for base, number in self.numbers.pop(key, {}).items():
            self._below[base] = min(self._below[base], number)


class Derived(Generic[_Of]):
    """What was made of objects, as long as they are what they were.

    Changes are numbered, and none is ever taken back: what was found before a rollback is not believed
    after it.
    """

    __slots__ = ("_changes", "_in_any", "_inside", "_made")

    def __init__(self) -> None:
        self._made: dict[tuple[object, int], tuple[int, _Of, Any]] = {}
        self._changes = 0
        #: The last change that may concern all of them, and that in each.
        self._in_any = 0
        self._inside: dict[int, int] = {}

    def known(self, make: object, oid: int, of: _Of) -> Any:
        """What was made of an object; `None`: it has to be made."""
        found = self._made.get((make, oid))
        if found is None or found[1] is not of or found[0] < self._in_any:
            return None
        return found[2] if found[0] >= self._inside.get(oid, 0) else None

    def keep(self, make: object, oid: int, of: _Of, made: Any) -> None:
        """It was made."""
        self._made[make, oid] = (self._changes, of, made)

    def change(self, oid: int) -> None:
        """Something in an object changed."""
        self._changes += 1
        self._inside[oid] = self._changes

    def change_all(self) -> None:
        """Something changed that may concern all of them."""
        self._changes += 1
        self._in_any = self._changes
