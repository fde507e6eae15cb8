"""What rules stand on: what a rule is, its page, and ways to look at a migration.

What looks into bodies is asked for as `kit.branches`: most files have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.on_demand import submodules

if TYPE_CHECKING:
    from idemlint.rules.kit import branches, presence_ifs

__all__ = ["branches", "presence_ifs"]

__getattr__ = submodules(__name__, __all__)
