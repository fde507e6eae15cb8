"""What makes a finding the same finding after lines have moved.

The rule, the file, the statement's text with its white space evened out, and, where a file holds
the same statement several times, which of them it is. The file is part of it because code-quality
services drop findings with equal fingerprints; which other files were read is not, because hooks
run us in batches.
"""

from __future__ import annotations

from typing import Final

#: The identity of a statement of more bytes is its fingerprint at once: megabytes are not kept for it.
_LONG: Final = 4096
_BLANKS: Final = bytes(0x20 if byte in b"\t\n\v\f\r" else byte for byte in range(256))
#: What stands before such a one; codes of rules begin otherwise.
_MADE: Final = b"\0"


class Identities:
    """Says which finding is which within one file, in order."""

    __slots__ = ("_filename", "_seen")

    def __init__(self, filename: str) -> None:
        self._filename = filename.encode("utf-8", "replace")
        self._seen: dict[bytes, int] = {}

    def of(self, code: str, statement: bytes) -> bytes:
        """What the next finding of `code` about this statement is known by."""
        identity = b"\0".join((code.encode(), self._filename, _evened(statement)))
        known = identity if len(identity) <= _LONG else fingerprint(identity).encode()
        seen = self._seen.get(known, 0)
        self._seen[known] = seen + 1
        identity += b"\0%d" % seen
        return identity if len(identity) <= _LONG else _MADE + fingerprint(identity).encode()


def _evened(text: bytes) -> bytes:
    """The text with one blank for all white space in a row; megabytes of it are not cut into words."""
    if len(text) <= _LONG:
        return b" ".join(text.split())
    text = text.translate(_BLANKS).strip()
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def fingerprint(identity: bytes) -> str:
    """The fingerprint of an identity. Formats for people need none, and so no cryptography."""
    if identity.startswith(_MADE):
        return identity[len(_MADE) :].decode()
    from hashlib import blake2b

    return blake2b(identity, digest_size=16).hexdigest()
