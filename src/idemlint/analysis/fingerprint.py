"""What makes a finding the same finding after lines have moved.

The rule, the file, the statement's text with its white space evened out, and, where a file holds
the same statement several times, which of them it is. The file is part of it because code-quality
services drop findings with equal fingerprints; which other files were read is not, because hooks
run us in batches.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from hashlib import blake2b as Hash

#: Of a statement of more bytes only the fingerprint is kept: no finding holds on to megabytes.
_LONG: Final = 4096
_BLANKS: Final = bytes(0x20 if byte in b"\t\n\v\f\r" else byte for byte in range(256))


class Identity(NamedTuple):
    """What a finding is known by: `number` says which of a file's equal ones it is.

    `text` is what stands there, with its white space evened out (as Latin-1). A statement with many findings
    has it once; of a long one there is the fingerprint itself, `made`.
    """

    code: str
    filename: str
    text: str
    number: int
    made: str = ""


class Identities:
    """Says which finding is which within one file, whose bytes are `data`, in order."""

    __slots__ = ("_begun", "_data", "_filename", "_seen", "_texts")

    def __init__(self, filename: str, data: bytes) -> None:
        self._filename = filename
        self._data = data
        self._texts: dict[tuple[int, int], str] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._begun: dict[tuple[str, int, int], Hash] = {}

    def of(self, code: str, start: int, end: int) -> Identity:
        """What the next finding of `code` about this stretch is known by."""
        text = self._texts.get((start, end))
        if text is None:
            text = self._texts[start, end] = _evened(self._data[start:end]).decode("latin-1")
        number = self._seen.get((code, text), 0)
        self._seen[code, text] = number + 1
        if len(text) <= _LONG:
            return Identity(code, self._filename, text, number)
        begun = self._begun.get((code, start, end))
        if begun is None:
            begun = self._begun[code, start, end] = _hash(code, self._filename, text)
        return Identity(code, self._filename, "", number, _ended(begun, number))


def _evened(text: bytes) -> bytes:
    """The text with one blank for all white space in a row; megabytes of it are not cut into words."""
    if len(text) <= _LONG:
        return b" ".join(text.split())
    text = text.translate(_BLANKS).strip()
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def fingerprint(identity: Identity) -> str:
    """The fingerprint of an identity. Formats for people need none, and so no cryptography."""
    return identity.made or _ended(_begun(*identity[:3]), identity.number)


def _ended(begun: Hash, number: int) -> str:
    found = begun.copy()
    found.update(b"\0%d" % number)
    return found.hexdigest()


@lru_cache(maxsize=16)
def _begun(code: str, filename: str, text: str) -> Hash:
    """Fingerprints begin alike where a statement has many findings."""
    return _hash(code, filename, text)


def _hash(code: str, filename: str, text: str) -> Hash:
    try:  # where hashlib has it from: that loads OpenSSL, too, which takes longer than all of this
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    name = filename.encode("utf-8", "replace")
    return blake2b(b"\0".join((code.encode(), name, text.encode("latin-1"))), digest_size=16)
