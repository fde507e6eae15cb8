"""Whether a file is what a commit has, without the filters that git would run to find out.

git may keep a text with other ends of lines than the work tree has (`core.autocrlf`, the attributes `text`
and `eol`): files that differ in nothing else are the same.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idemlint.git.asking import Git

#: Of a blob that a filter of the repository has made: it cannot be compared without running that.
OPAQUE: Final = ""
#: A file that Git LFS keeps elsewhere (git-lfs, docs/spec.md): its SHA-256 stands in the blob.
_POINTER: Final = (
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n"
)
#: Attributes that change more of a file than its ends of lines (gitattributes(5)).
_CHANGING: Final = ("filter", "ident", "working-tree-encoding")
_UNSET: Final = frozenset({"unspecified", "unset"})


def blob_id(data: bytes, like: str) -> str:
    """The name that git gives to a text with LF as its ends of lines; `like`: a name of the same repository,
    which is as long (gitformat-pack(5), "SHA-1 and SHA-256")."""
    import hashlib

    data = data.replace(b"\r\n", b"\n")
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def read(paths: Iterable[str], texts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes | None]]:
    """Files by their real paths, with their bytes; `texts` are what some have instead of what is on disk.

    `None`: it cannot be read, or is no file: what a pipe has to say can be read once, and not by us.
    """
    for path in paths:
        if path not in texts:
            yield os.path.realpath(path), _bytes(path)
    for path, data in texts.items():
        yield os.path.realpath(path), data


def _bytes(path: str) -> bytes | None:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return None


def settle(git: Git, blobs: dict[str, str], files: Mapping[str, bytes]) -> None:
    """Make the names of `blobs`, by path, comparable with what `blob_id` says of `files`.

    Only those that are not equal at first sight are looked at: a blob with CRLF gets the name that it would
    have without, one of a filter is `OPAQUE`.
    """
    unequal = [
        path
        for path, data in files.items()
        if path in blobs and blob_id(data, blobs[path]) != blobs[path]
    ]
    if not unequal:
        return
    changing = _changed_by_attributes(git, unequal)
    contents = texts_of(git, {blobs[path] for path in unequal})
    for path in unequal:
        name, data = blobs[path], files[path]
        blob = contents.get(name)
        pointer = None if blob is None else re.match(_POINTER, blob)
        if pointer is not None and _sha256(data) == pointer[1].decode():
            blobs[path] = blob_id(data, name)
        elif blob is None or path in changing:
            blobs[path] = OPAQUE
        else:
            blobs[path] = blob_id(blob, name)


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _changed_by_attributes(git: Git, paths: Iterable[str]) -> set[str]:
    """The files that git would change by a filter when it takes them in."""
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    fields = git.ask("check-attr", "-z", "--stdin", *_CHANGING, given=given).text.split("\0")
    found = set()
    for path, attribute, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        # `filter` alone, without the name of one, says nothing.
        if value not in _UNSET and (attribute, value) != ("filter", "set"):
            found.add(path)
    return found


def texts_of(git: Git, names: Iterable[str]) -> dict[str, bytes]:
    """Blobs by their names; those that are not here (a partial clone) are left out."""
    given = "".join(f"{name}\n" for name in names).encode()
    output = git.ask("cat-file", "--batch", given=given).output
    found = {}
    start = 0
    while (end := output.find(b"\n", start)) >= 0:
        fields = output[start:end].split()
        start = end + 1
        if len(fields) == 3:  # `<name> blob <size>`, else `<name> missing`
            end = start + int(fields[2])
            found[fields[0].decode()] = output[start:end]
            start = end + 1
    return found
