"""What is asked of git: which files changed, and what the default branch has.

git is asked by plumbing that does not look at the work tree, for to compare it git runs what the repository's
configuration names (`asking.py`); the files in it are compared here (`contents.py`).
"""

from __future__ import annotations

from idemlint.git.asking import GitProblem
from idemlint.git.repository import Repository

__all__ = ["GitProblem", "Repository"]
