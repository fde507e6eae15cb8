"""Texts of fixes: pure functions from what a rule found to edits.

Rules ask for them as `fixes.create_fixes`: most files have no finding, and need no text of a fix.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.on_demand import submodules

if TYPE_CHECKING:
    from idemlint.fixes import alter_fixes, block, create_fixes, exists, layout, stages

__all__ = ["alter_fixes", "block", "create_fixes", "exists", "layout", "stages"]

__getattr__ = submodules(__name__, __all__)
