"""Which revision the databases that are there have run: `--from`, else what `--since` was left at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idemlint.cli.options import Shared
    from idemlint.git.past import Past


def past_of(
    options: Shared, paths: Sequence[str], texts: Mapping[str, bytes]
) -> tuple[Past | None, str]:
    """What that revision has of the files' folders, and why that is not known where it is not. With `--since`
    it is the commit that changes count from. Raises `UsageProblem` for a revision that there is none of."""
    from idemlint.git.past import look_at

    if options.from_revision is not None:
        return look_at(options.from_revision, paths, texts)
    return look_at(options.since or "", paths, texts, from_base=True)
