"""What makes a finding the same finding after lines have moved.

The rule, the file, the statement's text with its white space evened out, and, where a file holds
the same statement several times, which of them it is. The file is part of it because code-quality
services drop findings with equal fingerprints; which other files were read is not, because hooks
run us in batches.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from hashlib import blake2b as Hash


class Identity(NamedTuple):
    """What a finding is known by: `number` says which of a file's equal ones it is.

    `text` is what stands there, with its white space evened out (bytes, as Latin-1). A statement with many
    findings has it once.
    """

    code: str
    filename: str
    text: str
    number: int


class Identities:
    """Says which finding is which within one file, whose bytes are `data`, in order."""

    __slots__ = ("_data", "_filename", "_seen", "_texts")

    def __init__(self, filename: str, data: bytes) -> None:
        self._filename = filename
        self._data = data
        self._texts: dict[tuple[int, int], str] = {}
        self._seen: dict[tuple[str, str], int] = {}

    def of(self, code: str, start: int, end: int) -> Identity:
        """What the next finding of `code` about this stretch is known by."""
        text = self._texts.get((start, end))
        if text is None:
            text = b" ".join(self._data[start:end].split()).decode("latin-1")
            self._texts[start, end] = text
        number = self._seen.get((code, text), 0)
        self._seen[code, text] = number + 1
        return Identity(code, self._filename, text, number)


def fingerprint(identity: Identity) -> str:
    """The fingerprint of an identity. Formats for people need none, and so no cryptography."""
    found = _begun(*identity[:3]).copy()
    found.update(b"\0%d" % identity.number)
    return found.hexdigest()


@lru_cache(maxsize=16)
def _begun(code: str, filename: str, text: str) -> Hash:
    """Fingerprints begin alike where a statement has many findings, and may be long."""
    from hashlib import blake2b

    name = filename.encode("utf-8", "replace")
    return blake2b(b"\0".join((code.encode(), name, text.encode("latin-1"))), digest_size=16)
