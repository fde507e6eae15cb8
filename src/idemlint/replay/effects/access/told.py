"""What is said of roles and privileges, a line an effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Disowns, Entitles


def entitles(effect: Entitles) -> str:
    """`gives app privileges on t`."""
    on = "what will be made" if effect.ref is None else str(effect.ref)
    if effect.sort == "@owner":
        return f"makes {_listed(effect.roles)} the owner of {on}"
    return (
        f"{'takes from' if effect.revokes else 'gives'} {_listed(effect.roles)} privileges on {on}"
    )


def disowns(effect: Disowns) -> str:
    """`drops all that belongs to app`."""
    return (
        f"{'drops' if effect.drops else 'gives away'} all that belongs to {_listed(effect.roles)}"
    )


def _listed(roles: Iterable[Ref]) -> str:
    return ", ".join(map(str, roles))
