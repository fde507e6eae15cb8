"""Text from a file as it may stand where a terminal, or the log of a GitHub workflow, reads along.

What would steer them, or would hide, is shown as an escape: `\\x1b` for ESC, `\\u202e` for the mark
that turns the direction of writing, `\\xff` for a byte of a file name that is no UTF-8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: What no text for people has in it: controls, marks of direction and of nothing, separators that
#: some take for ends of lines, halves of characters.
_HIDING: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff"
)
#: Some scripts, and pictures of several parts, need joiners between their characters; nobody else does.
_JOINED: Final = f"[^\x00-\x7f\u200c\u200d{_HIDING}]"
#: `##[`, anywhere in a line, begins a command of a GitHub workflow, as `::` does at its beginning
#: (actions/runner, `src/Runner.Common/ActionCommand.cs`).
_UNSAFE: Final = re.compile(
    rf"[{_HIDING}]|(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})|(?<=##)\["
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with escapes in place of all that steers or hides; newlines and tabs stay."""
    return _UNSAFE.sub(_escape, text)


def without_surrogates(text: str) -> str:
    """The text with escapes in place of what no encoding has: bytes of names that are no UTF-8."""
    return _SURROGATE.sub(_escape, text)


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """The text with `escape` of each character that steers or hides: how a format writes such."""
    return _UNSAFE.sub(lambda match: escape(match[0]), text)


def is_unsafe(character: str) -> bool:
    """Whether a character, by itself, steers or hides. Joiners do not."""
    return character not in "\u200c\u200d" and _UNSAFE.match(character) is not None


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    if 0xDC80 <= number <= 0xDCFF:  # how Python keeps a byte that is no UTF-8
        number -= 0xDC00
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
