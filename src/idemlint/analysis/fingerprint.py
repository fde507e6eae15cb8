"""What makes a finding the same finding after lines have moved.

The rule, the file, the statement's text with its white space evened out, and, where a file holds
the same statement several times, which of them it is. The file is part of it because code-quality
services drop findings with equal fingerprints; which other files were read is not, because hooks
run us in batches.
"""

from __future__ import annotations


class Identities:
    """Says which finding is which within one file, in order."""

    __slots__ = ("_filename", "_seen")

    def __init__(self, filename: str) -> None:
        self._filename = filename.encode("utf-8", "replace")
        self._seen: dict[bytes, int] = {}

    def of(self, code: str, statement: bytes) -> bytes:
        """What the next finding of `code` about this statement is known by."""
        identity = b"\0".join((code.encode(), self._filename, b" ".join(statement.split())))
        seen = self._seen.get(identity, 0)
        self._seen[identity] = seen + 1
        return identity + b"\0%d" % seen


def fingerprint(identity: bytes) -> str:
    """The fingerprint of an identity. Formats for people need none, and so no cryptography."""
    from hashlib import blake2b

    return blake2b(identity, digest_size=16).hexdigest()
