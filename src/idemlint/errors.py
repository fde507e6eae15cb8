"""What stops a run: an error whose text is for the user, not for us."""

from __future__ import annotations


class UsageProblem(Exception):
    """Wrong usage or configuration, or something on disk that cannot be read: exit code 2."""
